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
        cmocka_unit_test(inside_a_zone_no_id_is_fetched),
        cmocka_unit_test(a_failing_fetch_fails_the_search),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
