/* Weights and the bounded heap. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <math.h>

#include "common/segment/document.h"
#include "query/rank/bm25.h"
#include "query/rank/decay.h"
#include "query/rank/near.h"
#include "query/rank/spread.h"
#include "query/rank/topk.h"
#include "random.h"

static void our_logarithm_is_the_librarys_to_the_last_bits(void **state)
{
    (void)state;
    struct random r = random_start("test_rank");
    assert_true(dtl_ln(1) == 0);
    for (int i = 0; i < 200000; i++) {
        double x = exp((double)random_below(&r, 4000000) / 1e5 - 2);
        double want = log(x), got = dtl_ln(x);
        assert_true(fabs(got - want) <= 1e-15 * fmax(fabs(want), 0.25));
    }
}

static void a_rarer_word_weighs_more_and_none_weighs_less_than_nothing(void **state)
{
    (void)state;
    struct dtl_bm25 b;
    dtl_bm25_init(&b, 1000, 250000);
    double last = INFINITY;
    for (uint64_t n = 0; n <= 1200; n++) {
        double idf = dtl_bm25_idf(&b, n);
        assert_true(idf > 0 && (idf < last || n > 1000));
        last = idf;
    }
    assert_true(fabs(dtl_bm25_idf(&b, 10) - log(1 + 990.5 / 10.5)) < 1e-12);
}

static void a_contribution_is_the_formula_rounded(void **state)
{
    (void)state;
    struct dtl_bm25 b;
    uint8_t lengths[] = {dtl_length_code(20), dtl_length_code(400)};
    dtl_bm25_init(&b, 500, 500 * 200);
    struct dtl_weight w = dtl_bm25_weight(&b, 2.5, lengths, 1), twice = w;
    twice.times = 2;
    for (uint64_t tf = 1; tf < 50; tf++) {
        for (dtl_doc d = 0; d < 2; d++) {
            double k = 1.2 * (0.4 + 0.6 * dtl_length_of(lengths[d]) / 200.0);
            double want = 1e6 * 2.5 * 2.2 * (double)tf / ((double)tf + k);
            assert_true(fabs((double)dtl_weight_score(&w, tf, d) - want) <= 0.5001);
            assert_int_equal(dtl_weight_score(&twice, tf, d), 2 * dtl_weight_score(&w, tf, d));
        }
    }
    struct dtl_weight prefix = dtl_constant_weight(3);
    assert_int_equal(dtl_weight_score(&prefix, 9, 0), 3 * DTL_SCORE_UNIT);
}

static void an_archive_without_words_gives_finite_norms(void **state)
{
    (void)state;
    struct dtl_bm25 b;
    dtl_bm25_init(&b, 0, 0);
    for (int code = 0; code < 256; code++)
        assert_true(isfinite(b.norm[code]) && b.norm[code] > 0);
    assert_true(isfinite(dtl_bm25_idf(&b, 0)));
}

/* ---- top k ---- */

struct row {
    struct dtl_candidate c;
    char id[16];
};
static struct row rows[400];
static uint32_t fetched;

static enum dtl_status fetch(void *ctx, uint32_t segment, dtl_doc doc, struct dtl_arena *arena,
                             struct dtl_names *out, struct dtl_error *err)
{
    (void)ctx;
    (void)arena;
    fetched++;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].c.segment == segment && rows[i].c.doc == doc) {
            out->id = dtl_bytes_of(rows[i].id);
            out->source = dtl_bytes_of(i % 2 ? "b" : "a");
            return DTL_OK;
        }
    }
    return dtl_fail(err, DTL_ECORRUPT, doc, "no such document");
}

static enum dtl_order wanted_order;

static int plainly(const void *x, const void *y)
{
    const struct row *a = *(struct row *const *)x, *b = *(struct row *const *)y;
    if (wanted_order == DTL_ORDER_SCORE && a->c.score != b->c.score)
        return a->c.score > b->c.score ? -1 : 1;
    int64_t p = a->c.date.earliest, q = b->c.date.earliest;
    if (wanted_order != DTL_ORDER_OLDEST) {
        p = p == DTL_DAY_NONE ? INT64_MAX : -p;
        q = q == DTL_DAY_NONE ? INT64_MAX : -q;
    }
    if (p != q)
        return p < q ? -1 : 1;
    int c = strcmp(a->id, b->id);
    return c ? c : (int)((a - rows) % 2 - (b - rows) % 2);
}

static void the_best_k_are_those_of_a_full_sort(void **state)
{
    (void)state;
    struct random r = random_start("test_rank");
    for (int round = 0; round < 300; round++) {
        uint32_t n = 1 + random_below(&r, 400);
        struct row *sorted[400];
        for (uint32_t i = 0; i < n; i++) {
            dtl_day day = random_below(&r, 9) ? (dtl_day)random_below(&r, 4) - 2 : DTL_DAY_NONE;
            rows[i] = (struct row){
                .c = {.score = random_below(&r, 5),
                      .date = {day, day},
                      .segment = i, /* documents of segments of their own */
                      .zone = day == DTL_DAY_NONE ? DTL_ZONE_UNDATED : DTL_ZONE_DAY,
                      .doc = i}
            };
            snprintf(rows[i].id, sizeof rows[i].id, "%u", i / 2);
            sorted[i] = &rows[i];
        }
        wanted_order = (enum dtl_order)random_below(&r, 3);
        uint64_t k = round % 5 == 0 ? UINT64_MAX : 1 + random_below(&r, 30);
        struct dtl_arena arena = {0};
        struct dtl_error err = {0};
        struct dtl_topk t;
        dtl_topk_init(&t, wanted_order, k, fetch, NULL, &arena, &err);
        for (uint32_t i = 0; i < n; i++) {
            if (rows[i].c.score >= dtl_topk_below(&t))
                dtl_topk_offer(&t, &rows[i].c);
        }
        assert_int_equal(dtl_topk_finish(&t), DTL_OK);
        qsort(sorted, n, sizeof *sorted, plainly);
        assert_int_equal(t.n, k < n ? k : n);
        for (size_t i = 0; i < t.n; i++)
            assert_int_equal(t.c[i].doc, sorted[i]->c.doc);
        dtl_topk_release(&t);
        dtl_arena_release(&arena);
    }
}

static bool is_among(struct row *const *row, uint32_t n, dtl_doc doc)
{
    for (uint32_t i = 0; i < n; i++) {
        if (row[i]->c.doc == doc)
            return true;
    }
    return false;
}

/* Scores are raised after the walk: what was kept must hold the best `want` of the raised ones, as
 * raising the best k of a full sort gives them. */
static void what_is_expected_to_rise_is_kept(void **state)
{
    (void)state;
    struct random r = random_start("test_rank");
    wanted_order = DTL_ORDER_SCORE;
    for (int round = 0; round < 300; round++) {
        uint32_t n = 1 + random_below(&r, 400), k = 2 + random_below(&r, 60);
        uint32_t want = 1 + random_below(&r, k - 1), slack = random_below(&r, 300);
        uint64_t rise[400], kept = 0;
        struct row *sorted[400];
        struct dtl_arena arena = {0};
        struct dtl_error err = {0};
        struct dtl_topk t;
        dtl_topk_init(&t, DTL_ORDER_SCORE, k, fetch, NULL, &arena, &err);
        assert_int_equal(dtl_topk_expect(&t, want, slack), DTL_OK);
        for (uint32_t i = 0; i < n; i++) {
            rows[i] = (struct row){
                .c = {.score = random_below(&r, 1000), .segment = i, .doc = i}
            };
            snprintf(rows[i].id, sizeof rows[i].id, "%u", i / 2);
            sorted[i] = &rows[i];
            rise[i] = random_below(&r, slack + 1);
            dtl_topk_offer(&t, &rows[i].c);
        }
        qsort(sorted, n, sizeof *sorted, plainly);
        uint32_t first = k < n ? k : n;
        for (uint32_t i = 0; i < first; i++) { /* does it belong to the best `want` when raised? */
            uint64_t score = sorted[i]->c.score + rise[sorted[i]->c.doc];
            uint32_t better = 0;
            for (uint32_t j = 0; j < first; j++)
                better += sorted[j]->c.score + rise[sorted[j]->c.doc] > score;
            bool found = false;
            for (size_t j = 0; j < t.n; j++)
                found |= t.c[j].doc == sorted[i]->c.doc;
            assert_true(found || better >= want);
            kept += found;
        }
        for (size_t j = 0; j < t.n; j++) /* the others cannot rise that far */
            kept += t.c[j].score < t.least && !is_among(sorted, first, t.c[j].doc);
        assert_int_equal(kept, t.n);
        dtl_topk_release(&t);
        dtl_arena_release(&arena);
    }
}

static void nearness_is_told_by_the_nearest_on_either_side(void **state)
{
    (void)state;
    static const uint32_t a[] = {3, 10, 50, 200}, b[] = {1, 10, 12, 71, 180};
    /* 3: 1 is 2 away; 10: 12 is 2 away, 10 itself is no distance; 50 and 71 are too far apart for
     * 50; 200: 20 away */
    assert_int_equal(dtl_nearness(a, 4, b, 5), 2 * (DTL_NEAR_UNIT / 4) + 2621);
    assert_int_equal(dtl_nearness(a, 4, b, 0), 0);
    assert_int_equal(dtl_nearness(a, 1, a, 1), 0);
    struct random r = random_start("test_rank");
    for (int round = 0; round < 20000; round++) {
        uint32_t x[40], y[40], n[2] = {random_below(&r, 40), random_below(&r, 40)};
        for (int which = 0; which < 2; which++) {
            uint32_t at = random_below(&r, 3);
            for (uint32_t i = 0; i < n[which]; i++, at += 1 + random_below(&r, 12))
                (which ? y : x)[i] = at;
        }
        uint64_t plain = 0;
        for (uint32_t i = 0; i < n[0]; i++) {
            uint32_t g = DTL_NEAR_WORDS + 1;
            for (uint32_t k = 0; k < n[1]; k++) {
                uint32_t d = x[i] > y[k] ? x[i] - y[k] : y[k] - x[i];
                g = d && d < g ? d : g;
            }
            if (g <= DTL_NEAR_WORDS)
                plain += (uint64_t)floor((double)DTL_NEAR_UNIT / (g * g) + 0.5);
        }
        uint64_t got = dtl_nearness(x, n[0], y, n[1]);
        assert_int_equal(got, plain);
        assert_true(got <= dtl_nearness_most(n[0], n[1]));
    }
}

static void a_pair_scores_by_the_formula_and_below_its_bound(void **state)
{
    (void)state;
    struct dtl_near_weight w = dtl_near_weight(4, 2, 1), twice = dtl_near_weight(4, 2, 2);
    for (uint32_t words = 0; words < 4000; words += 37) {
        for (uint64_t near = 0; near < 40 * (uint64_t)DTL_NEAR_UNIT; near += 300001) {
            double acc = (double)near / DTL_NEAR_UNIT, k = 1.2 * (0.4 + 0.6 * words / 250.0);
            double want = 1e6 * 0.3 * 3 * 2.2 * acc / (acc + k);
            uint64_t got = dtl_near_score(&w, near, words, 250);
            assert_true(fabs((double)got - want) <= 0.5001);
            assert_true(got <= dtl_near_most(&w));
            assert_int_equal(dtl_near_score(&twice, near, words, 250), 2 * got);
        }
    }
    assert_true(dtl_near_score(&w, DTL_NEAR_UNIT, 10, 0) > 0); /* an archive without words */
}

static void half_of_a_score_fades_in_each_span(void **state)
{
    (void)state;
    struct random r = random_start("test_rank");
    struct dtl_decay d;
    dtl_decay_init(&d, 1000, 30);
    assert_int_equal(dtl_decay_score(&d, 1000, 8000001), 8000001);
    assert_int_equal(dtl_decay_score(&d, 1500, 8000001), 8000001); /* of the future */
    assert_int_equal(dtl_decay_score(&d, 970, 8000001), 4000000);
    assert_int_equal(dtl_decay_score(&d, 910, 8000001), 1000000);
    assert_int_equal(dtl_decay_score(&d, 985, 8000000), 5656854); /* 8e6 / sqrt 2 = 5656854.2 */
    assert_int_equal(dtl_decay_score(&d, DTL_DAY_NONE, UINT64_MAX), 0);
    for (int round = 0; round < 20; round++) {
        dtl_decay_init(&d, (dtl_day)random_below(&r, 20000), 1 + random_below(&r, 800));
        uint64_t score = random_below(&r, 2000000000), last = UINT64_MAX;
        for (dtl_day day = d.today + 3; day > d.today - 4000;
             day -= 1 + (dtl_day)random_below(&r, 9)) {
            double age = day < d.today ? d.today - day : 0;
            double want = (double)score * exp2(-age / d.span);
            uint64_t left = dtl_decay_score(&d, day, score);
            assert_true((double)left <= want + 1e-3 && (double)left > want - 1.001);
            assert_true(left <= last); /* older: never more */
            last = left;
            uint64_t need = dtl_decay_need(&d, day, left);
            assert_true(need <= score && dtl_decay_score(&d, day, need) >= left);
            assert_true(need == 0 || dtl_decay_score(&d, day, need - 1) < left);
        }
    }
}

/* Rounds, each in the order of results, as a full sort by (place in its period, order) has them. */
static void the_best_of_every_period_come_in_turn(void **state)
{
    (void)state;
    struct random r = random_start("test_rank");
    for (int round = 0; round < 200; round++) {
        uint32_t n = 1 + random_below(&r, 400);
        struct row *sorted[400];
        for (uint32_t i = 0; i < n; i++) {
            dtl_day day = random_below(&r, 9) ? (dtl_day)random_below(&r, 900) - 400 : DTL_DAY_NONE;
            rows[i] = (struct row){
                .c = {.score = random_below(&r, 50),
                      .date = {day, day},
                      .segment = i,
                      .zone = day == DTL_DAY_NONE ? DTL_ZONE_UNDATED : DTL_ZONE_DAY,
                      .doc = i}
            };
            snprintf(rows[i].id, sizeof rows[i].id, "%u", i / 2);
            sorted[i] = &rows[i];
        }
        wanted_order = (enum dtl_order)random_below(&r, 3);
        enum dtl_spread_by by = random_below(&r, 2) ? DTL_SPREAD_MONTH : DTL_SPREAD_YEAR;
        uint64_t want = round % 5 == 0 ? UINT64_MAX : 1 + random_below(&r, 60);
        struct dtl_arena arena = {0};
        struct dtl_error err = {0};
        struct dtl_topk like, out;
        struct dtl_spread s;
        dtl_topk_init(&like, wanted_order, want, fetch, NULL, &arena, &err);
        out = like;
        dtl_spread_init(&s, by, &like);
        for (uint32_t i = 0; i < n; i++)
            assert_int_equal(dtl_spread_offer(&s, &rows[i].c), DTL_OK);
        assert_int_equal(dtl_spread_finish(&s, want, &out), DTL_OK);
        qsort(sorted, n, sizeof *sorted, plainly);
        assert_int_equal(out.n, want < n ? want : n);
        size_t at = 0;
        for (uint32_t place = 0; at < out.n; place++) { /* a round */
            for (uint32_t i = 0; i < n && at < out.n; i++) {
                uint32_t before = 0;
                dtl_day day = sorted[i]->c.date.earliest;
                struct dtl_civil c =
                    day == DTL_DAY_NONE ? (struct dtl_civil){0} : dtl_civil_of(day);
                for (uint32_t k = 0; k < i; k++) {
                    dtl_day other = sorted[k]->c.date.earliest;
                    struct dtl_civil o =
                        other == DTL_DAY_NONE ? (struct dtl_civil){0} : dtl_civil_of(other);
                    before += o.year == c.year && (by == DTL_SPREAD_YEAR || o.month == c.month);
                }
                if (before == place)
                    assert_int_equal(out.c[at++].doc, sorted[i]->c.doc);
            }
        }
        dtl_spread_release(&s);
        dtl_topk_release(&out);
        dtl_arena_release(&arena);
    }
}

static void inside_a_zone_no_id_is_fetched(void **state)
{
    (void)state;
    struct dtl_arena arena = {0};
    struct dtl_error err = {0};
    struct dtl_topk t;
    fetched = 0;
    dtl_topk_init(&t, DTL_ORDER_NEWEST, 10, fetch, NULL, &arena, &err);
    bool refused = false;
    for (dtl_doc d = 0; d < 400; d++) {
        dtl_day day = 400 - (dtl_day)(d / 8);
        struct dtl_candidate c = {
            .date = {day, day},
              .zone = DTL_ZONE_DAY, .doc = d
        };
        refused |= !dtl_topk_offer(&t, &c);
    }
    assert_true(refused);
    assert_int_equal(dtl_topk_finish(&t), DTL_OK);
    for (dtl_doc d = 0; d < 10; d++)
        assert_int_equal(t.c[d].doc, d);
    assert_int_equal(fetched, 0);
    dtl_topk_release(&t);
    dtl_arena_release(&arena);
}

static void a_failing_fetch_fails_the_search(void **state)
{
    (void)state;
    struct dtl_arena arena = {0};
    struct dtl_error err = {0};
    struct dtl_topk t;
    dtl_topk_init(&t, DTL_ORDER_SCORE, 1, fetch, NULL, &arena, &err);
    for (uint32_t i = 0; i < 3; i++) {
        struct dtl_candidate c = {.segment = 5000 + i, .zone = DTL_ZONE_DAY};
        dtl_topk_offer(&t, &c);
    }
    assert_int_equal(dtl_topk_finish(&t), DTL_ECORRUPT);
    assert_int_equal(err.code, DTL_ECORRUPT);
    dtl_topk_release(&t);
    dtl_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_logarithm_is_the_librarys_to_the_last_bits),
        cmocka_unit_test(a_rarer_word_weighs_more_and_none_weighs_less_than_nothing),
        cmocka_unit_test(a_contribution_is_the_formula_rounded),
        cmocka_unit_test(an_archive_without_words_gives_finite_norms),
        cmocka_unit_test(the_best_k_are_those_of_a_full_sort),
        cmocka_unit_test(what_is_expected_to_rise_is_kept),
        cmocka_unit_test(nearness_is_told_by_the_nearest_on_either_side),
        cmocka_unit_test(a_pair_scores_by_the_formula_and_below_its_bound),
        cmocka_unit_test(half_of_a_score_fades_in_each_span),
        cmocka_unit_test(the_best_of_every_period_come_in_turn),
        cmocka_unit_test(inside_a_zone_no_id_is_fetched),
        cmocka_unit_test(a_failing_fetch_fails_the_search),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
