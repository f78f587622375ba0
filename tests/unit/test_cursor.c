/* Conjunction, disjunction, exclusion and quorum over made-up lists, compared with plain loops. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/codec/tail.h"
#include "common/segment/impacts.h"
#include "query/cursor/cursor.h"
#include "query/cursor/follow.h"
#include "query/cursor/meet.h"
#include "query/cursor/reach.h"
#include "query/cursor/scores.h"
#include "random.h"

#define DOCS 9000u

struct made_up { /* a cursor over a table of documents, a score and a position list for each */
    struct dtl_cursor c;
    const uint8_t *holds;
    uint64_t worth;
};

static dtl_doc made_up_seek(struct dtl_cursor *c, dtl_doc target)
{
    struct made_up *m = (struct made_up *)c;
    assert_true(c->fresh || c->doc < target); /* never asked to stand still or move back */
    while (target < DOCS && !m->holds[target])
        target++;
    return target < DOCS ? target : DTL_DOC_END;
}

static uint64_t made_up_score(struct dtl_cursor *c)
{
    return ((struct made_up *)c)->worth * (c->doc % 7 + 1);
}

static const struct dtl_cursor_ops made_up_ops = {.seek = made_up_seek, .score = made_up_score};

struct world {
    struct dtl_arena arena;
    struct dtl_segment segment;
    struct dtl_cursor_context ctx;
    struct dtl_error err;
    uint8_t holds[40][DOCS];
};

static struct world *world_new(void)
{
    struct world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    w->segment.facts.docs = DOCS;
    dtl_cursor_context_init(&w->ctx, &w->segment, 3, &w->arena, &w->err);
    return w;
}

static void world_free(struct world *w)
{
    assert_int_equal(w->ctx.status, DTL_OK);
    dtl_cursor_context_release(&w->ctx);
    dtl_arena_release(&w->arena);
    free(w);
}

static struct dtl_cursor *made_up(struct world *w, uint32_t i, uint64_t cost)
{
    struct made_up *m = dtl_arena_alloc(&w->arena, sizeof *m);
    assert_non_null(m);
    *m = (struct made_up){
        .c = {.fresh = true, .cost = cost, .ops = &made_up_ops, .ctx = &w->ctx},
        .holds = w->holds[i],
        .worth = i + 1
    };
    return &m->c;
}

enum shape { SHAPE_AND, SHAPE_OR, SHAPE_NOT, SHAPE_QUORUM, SHAPE_OR_OF_AND, SHAPES };

static struct dtl_cursor *shape_of(struct world *w, enum shape shape, uint32_t n, uint32_t needed)
{
    struct dtl_cursor **c = dtl_arena_alloc(&w->arena, n * sizeof *c);
    for (uint32_t i = 0; i < n; i++)
        c[i] = made_up(w, i, (i * 37) % 11);
    switch (shape) {
    case SHAPE_AND:
        return dtl_cursor_and(&w->ctx, c, n);
    case SHAPE_OR:
        return dtl_cursor_or(&w->ctx, c, n);
    case SHAPE_NOT:
        return dtl_cursor_not(&w->ctx, c[0], dtl_cursor_or(&w->ctx, c + 1, n - 1));
    case SHAPE_QUORUM:
        return dtl_cursor_quorum(&w->ctx, c, n, needed);
    default: {
        struct dtl_cursor **pair = dtl_arena_alloc(&w->arena, 2 * sizeof *pair);
        pair[0] = dtl_cursor_and(&w->ctx, c, n / 2);
        pair[1] = dtl_cursor_or(&w->ctx, c + n / 2, n - n / 2);
        return dtl_cursor_or(&w->ctx, pair, 2);
    }
    }
}

/* What the shape should say of document d: false, or its score. */
static bool expected(const struct world *w, enum shape shape, uint32_t n, uint32_t needed,
                     dtl_doc d, uint64_t *score)
{
    uint32_t count = 0, low = 0, high = 0;
    uint64_t sum = 0, low_sum = 0, high_sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (!w->holds[i][d])
            continue;
        uint64_t worth = (i + 1) * (d % 7 + 1);
        count++;
        sum += worth;
        if (i < n / 2) {
            low++;
            low_sum += worth;
        } else {
            high++;
            high_sum += worth;
        }
    }
    *score = sum;
    switch (shape) {
    case SHAPE_AND:
        return count == n;
    case SHAPE_OR:
        return count > 0;
    case SHAPE_NOT:
        return count == 1 && w->holds[0][d];
    case SHAPE_QUORUM:
        return count >= needed;
    default:
        *score = (low == n / 2 ? low_sum : 0) + high_sum;
        return low == n / 2 || high > 0;
    }
}

static void every_shape_equals_a_plain_loop_by_seek_and_by_window(void **state)
{
    (void)state;
    struct random r = random_start("test_cursor");
    for (int round = 0; round < 60; round++) {
        struct world *w = world_new();
        uint32_t n = 2 + random_below(&r, round % 3 ? 4 : 30);
        uint32_t needed = 2 + random_below(&r, n - 1);
        for (uint32_t i = 0; i < n; i++) {
            uint32_t one_in = 1 + random_below(&r, i % 2 ? 4 : 60);
            for (dtl_doc d = 0; d < DOCS; d++)
                w->holds[i][d] = random_below(&r, one_in) == 0;
        }
        for (int shape = 0; shape < SHAPES; shape++) {
            struct dtl_cursor *c = shape_of(w, (enum shape)shape, n, needed);
            assert_non_null(c);
            for (dtl_doc target = 0; target < DOCS;) { /* seeks of random length */
                dtl_doc want = target;
                uint64_t score = 0;
                while (want < DOCS && !expected(w, (enum shape)shape, n, needed, want, &score))
                    want++;
                dtl_doc d = dtl_cursor_seek(c, target);
                assert_int_equal(d, want < DOCS ? want : DTL_DOC_END);
                if (d == DTL_DOC_END)
                    break;
                assert_int_equal(dtl_cursor_score(c), score);
                target = d + 1 + random_below(&r, 40);
            }
            bool scored = random_below(&r, 2);
            c = shape_of(w, (enum shape)shape, n, needed);
            dtl_doc begin = random_below(&r, 300), next = begin, end = DOCS - random_below(&r, 300);
            for (dtl_doc d = dtl_cursor_seek(c, begin); d < end; d = c->doc) {
                static uint64_t scores[DTL_WINDOW];
                uint64_t bits[DTL_WINDOW_WORDS] = {0};
                struct dtl_window win = {.begin = d, .bits = bits};
                win.end = end - d < DTL_WINDOW ? end : d + DTL_WINDOW;
                memset(scores, 0, sizeof scores);
                if (scored)
                    win.scores = scores;
                dtl_cursor_window(c, &win);
                for (; next < win.end; next++) {
                    uint64_t score = 0;
                    bool want = expected(w, (enum shape)shape, n, needed, next, &score);
                    uint32_t i = next - d;
                    bool got = next >= d && bits[i >> 6] >> (i & 63) & 1;
                    assert_int_equal(got, want);
                    if (want && scored)
                        assert_int_equal(scores[i], score);
                }
                assert_true(c->doc >= win.end);
            }
            for (; next < end; next++) {
                uint64_t score;
                assert_false(expected(w, (enum shape)shape, n, needed, next, &score));
            }
        }
        world_free(w);
    }
}

/* Short lists of a dictionary, as an expansion finds them: sought and in windows that begin
 * anywhere.
 */
static void an_expansion_gives_the_documents_of_all_its_lists(void **state)
{
    (void)state;
    struct random r = random_start(__func__);
    for (int round = 0; round < 50; round++) {
        struct world *w = world_new();
        bool *want = dtl_arena_alloc(&w->arena, (DOCS + 1) * sizeof *want);
        struct dtl_marked_list list[12];
        struct dtl_buffer bytes[12] = {0};
        uint32_t n = 1 + random_below(&r, 12);
        for (uint32_t i = 0; i < n; i++) {
            dtl_doc docs[DTL_BLOCK], at = random_below(&r, 40);
            uint32_t tfs[DTL_BLOCK], df = 0;
            for (; df < 100 && at < DOCS; at += 1 + random_below(&r, 200), df++) {
                docs[df] = at;
                tfs[df] = 1;
                want[at] = true;
            }
            struct dtl_term *t = dtl_arena_alloc(&w->arena, sizeof *t);
            assert_true(dtl_tail_encode(&bytes[i], 0, docs, tfs, df));
            *t = (struct dtl_term){
                .df = df, .is_inline = true, .inline_postings = dtl_buffer_view(&bytes[i])};
            list[i] = (struct dtl_marked_list){.term = t};
        }
        struct dtl_cursor *c = dtl_cursor_expansion(&w->ctx, list, n);
        struct dtl_cursor *by_window = dtl_cursor_expansion(&w->ctx, list, n);
        dtl_doc d = dtl_cursor_seek(c, 0);
        for (dtl_doc at = 0; at < DOCS; at++)
            if (want[at]) {
                assert_int_equal(d, at);
                d = dtl_cursor_next(c);
            }
        assert_int_equal(d, DTL_DOC_END);
        assert_int_equal(dtl_cursor_seek(c, 5), DTL_DOC_END); /* the end may be sought again */
        dtl_doc begin = dtl_cursor_seek(by_window, random_below(&r, 100));
        while (begin < DOCS) {
            uint64_t bits[DTL_WINDOW_WORDS] = {0};
            struct dtl_window window = {.begin = begin, .bits = bits};
            window.end = begin + 1 + random_below(&r, DTL_WINDOW);
            window.end = window.end < DOCS ? window.end : DOCS;
            dtl_cursor_window(by_window, &window);
            for (dtl_doc at = begin; at < begin + DTL_WINDOW; at++)
                assert_int_equal(bits[(at - begin) >> 6] >> ((at - begin) & 63) & 1,
                                 at < window.end && want[at]);
            begin = by_window->doc;
        }
        for (uint32_t i = 0; i < n; i++)
            dtl_buffer_release(&bytes[i]);
        world_free(w);
    }
}

struct printed { /* a word at given positions of document 4 */
    struct dtl_cursor c;
    const uint32_t *positions;
    uint32_t n;
};

static dtl_doc printed_seek(struct dtl_cursor *c, dtl_doc target)
{
    (void)c;
    return target <= 4 ? 4 : DTL_DOC_END;
}

static uint32_t printed_positions(struct dtl_cursor *c, const uint32_t **positions)
{
    *positions = ((struct printed *)c)->positions;
    return ((struct printed *)c)->n;
}

static uint64_t phrase_occurrences(const uint32_t *a, uint32_t an, const uint32_t *b, uint32_t bn,
                                   uint32_t offset)
{
    static const struct dtl_cursor_ops ops = {.seek = printed_seek, .positions = printed_positions};
    struct world *w = world_new();
    struct printed x = {
        .c = {.fresh = true, .ops = &ops, .ctx = &w->ctx},
          .positions = a, .n = an
    };
    struct printed y = {
        .c = {.fresh = true, .ops = &ops, .ctx = &w->ctx},
          .positions = b, .n = bn
    };
    struct dtl_phrase_word place[] = {
        {&x.c, 0     },
        {&y.c, offset}
    };
    struct dtl_cursor *c = dtl_cursor_phrase(&w->ctx, place, 2, true);
    uint64_t tf = dtl_cursor_seek(c, 0) == DTL_DOC_END ? 0 : c->ops->tf(c);
    world_free(w);
    return tf;
}

static void a_phrase_counts_its_occurrences(void **state)
{
    (void)state;
    const uint32_t a[] = {0, 5, 9, 40, 200, 201}, b[] = {1, 7, 10, 11, 41, 202};
    assert_int_equal(phrase_occurrences(a, 6, b, 6, 1), 4);
    assert_int_equal(phrase_occurrences(a, 6, b, 6, 2), 3);
    assert_int_equal(phrase_occurrences(a, 6, a, 6, 1), 1);
    assert_int_equal(phrase_occurrences(a, 6, b, 6, 300), 0);
    assert_int_equal(phrase_occurrences(a, 1, b, 1, 0), 0);
}

static void a_phrase_equals_a_plain_loop(void **state)
{
    (void)state;
    struct random r = random_start("test_cursor");
    for (int round = 0; round < 2000; round++) {
        uint32_t a[300], b[300], n[2] = {0, 0}, span = 2 + random_below(&r, 600);
        for (uint32_t p = 0; p < span && n[0] < 300 && n[1] < 300; p++) {
            if (random_below(&r, 8) == 0)
                a[n[0]++] = p;
            if (random_below(&r, round % 2 ? 2 : 40) == 0)
                b[n[1]++] = p;
        }
        uint32_t offset = random_below(&r, 4);
        uint64_t want = 0;
        for (uint32_t i = 0; i < n[0]; i++) {
            for (uint32_t k = 0; k < n[1]; k++)
                want += a[i] + offset == b[k];
        }
        assert_int_equal(phrase_occurrences(a, n[0], b, n[1], offset), want);
    }
}

static void overlap_and_within_differ_as_documented(void **state)
{
    (void)state;
    struct dtl_interval march = dtl_interval_month(2024, 3),
                        day = dtl_interval_day(dtl_day_of(2024, 3, 9));
    struct dtl_interval year = dtl_interval_year(2024);
    assert_true(dtl_date_holds(day, march, false));
    assert_true(dtl_date_holds(day, march, true));
    assert_true(dtl_date_holds(year, march, false));
    assert_false(dtl_date_holds(year, march, true));
    assert_false(dtl_date_holds(dtl_interval_month(2024, 4), march, false));
}

/* ---- documents looked for in a block ---- */

static void what_a_block_holds_is_found_by_every_kernel(void **state)
{
    (void)state;
    struct random r = random_start("meetings");
    for (int round = 0; round < 4000; round++) {
        dtl_doc block[DTL_BLOCK], wanted[DTL_MEET_ROOM] = {0};
        uint32_t count = 1 + random_below(&r, DTL_BLOCK), gap = 1 + random_below(&r, 20), n = 0;
        uint32_t expected = 0, limit = random_below(&r, DTL_BLOCK + 1);
        struct dtl_meeting want;
        dtl_doc next = random_below(&r, 2) ? random_below(&r, 1000) : 0;
        dtl_doc doc = next;
        for (uint32_t i = 0; i < DTL_BLOCK; i++, next++) {
            next += random_below(&r, gap);
            block[i] = i < count ? next : DTL_DOC_END;
        }
        for (uint32_t i = 0; n < limit; doc++) {
            doc += random_below(&r, gap);
            while (i < count && block[i] < doc)
                i++;
            if (i < count && block[i] == doc) {
                want.which[expected] = (uint16_t)n;
                want.place[expected++] = (uint16_t)i;
            }
            wanted[n++] = doc;
        }
        for (unsigned kind = 0; kind < DTL_MEET_KERNELS; kind++) {
            struct dtl_meeting got;
            if (!dtl_meet_kernel(kind))
                continue;
            assert_int_equal(dtl_meet_kernel(kind)(block, wanted, n, &got), expected);
            assert_memory_equal(got.which, want.which, expected * sizeof *got.which);
            assert_memory_equal(got.place, want.place, expected * sizeof *got.place);
        }
    }
}

/* ---- positions that follow others ---- */

static uint32_t rising_positions(struct random *r, uint32_t *position, uint32_t most, uint32_t gap)
{
    uint32_t n = random_below(r, most + 1), at = random_below(r, 8) ? 0 : UINT32_MAX - 400;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t step = random_below(r, gap);
        at = step > UINT32_MAX - at ? UINT32_MAX : at + step; /* equal ones among them */
        position[i] = at;
    }
    return n;
}

static void every_kernel_finds_what_follows(void **state)
{
    (void)state;
    struct random r = random_start("follow");
    for (int round = 0; round < 20000; round++) {
        uint32_t gap = 1 + random_below(&r, 12), offset = random_below(&r, 20), wanted = 0;
        uint32_t kept = 0, a[80], b[80], want[80], last[80];
        uint32_t n = rising_positions(&r, a, random_below(&r, 4) ? 6 : 70, gap);
        uint32_t m = rising_positions(&r, b, random_below(&r, 4) ? 6 : 70, gap);
        uint32_t *position = malloc((m ? m : 1) * sizeof *position); /* exactly: for asan */
        memcpy(position, b, m * sizeof *b);
        for (uint32_t i = 0; i < n; i++)
            if (a[i] >= offset && (i == 0 || a[i] != a[i - 1]))
                want[wanted++] = a[i] - offset;
        uint32_t distance = random_below(&r, 30);
        for (uint32_t i = 0; i < wanted; i++) {
            bool found = false;
            for (uint32_t k = 0; k < m; k++)
                found |= (uint64_t)want[i] + distance == b[k];
            if (found)
                last[kept++] = want[i];
        }
        for (unsigned kind = 0; kind < DTL_FOLLOW_KERNELS; kind++) {
            const struct dtl_follow_kernel *kernel = dtl_follow_kernel(kind);
            uint32_t *start = malloc((n ? n : 1) * sizeof *start);
            if (kernel) {
                assert_int_equal(kernel->starts(a, n, offset, start), wanted);
                assert_memory_equal(start, want, wanted * sizeof *want);
                assert_int_equal(kernel->keep(start, wanted, distance, position, m), kept);
                assert_memory_equal(start, last, kept * sizeof *last);
            }
            free(start);
        }
        free(position);
    }
}

/* ---- what a floor asks for ---- */

static void a_table_drops_only_what_cannot_reach_the_floor(void **state)
{
    (void)state;
    struct random r = random_start("reach");
    double norm[256];
    uint8_t lengths[4096 + 3] = {0};
    uint64_t dropped = 0, let_pass = 0, needless = 0;
    for (int round = 0; round < 300; round++) {
        double average = 1 + random_below(&r, 100000) / 100.0;
        for (int code = 0; code < 256; code++)
            norm[code] = 1.2 * (0.4 + 0.6 * (code * code) / average);
        for (uint32_t i = 0; i < 4096; i++)
            lengths[i] = (uint8_t)random_below(&r, 256);
        struct dtl_weight w = {.factor = 1 + random_below(&r, 40000000),
                               .norm = norm,
                               .lengths = lengths,
                               .times = 1 + random_below(&r, 3)};
        struct dtl_reach reach = {0};
        for (int floors = 0; floors < 8; floors++) { /* one table, moved up and down */
            uint32_t n = random_below(&r, DTL_BLOCK + 1);
            dtl_doc docs[DTL_BLOCK + 16] = {0};
            uint32_t tfs[DTL_BLOCK + 16] = {0}, at[DTL_REACH_KERNELS] = {0};
            for (uint32_t i = 0; i < n; i++) {
                docs[i] = random_below(&r, 4096);
                tfs[i] = 1 + random_below(&r, random_below(&r, 8) ? 20 : 1u << 20);
            }
            uint32_t floor = 1 + random_below(&r, (uint32_t)w.factor * w.times);
            dtl_reach_set(&reach, &w, floor);
            uint16_t pick[DTL_REACH_KERNELS][DTL_BLOCK + 16];
            uint32_t found = dtl_reach_kernel(0)(&reach, lengths, docs, tfs, n, pick[0]);
            for (uint32_t i = 0; i < n; i++) {
                bool passed = at[0] < found && pick[0][at[0]] == i;
                at[0] += passed;
                if (dtl_weight_score(&w, tfs[i], docs[i]) >= floor)
                    assert_true(passed);
                else
                    needless += passed && tfs[i] < DTL_REACH_TFS - 1;
                dropped += !passed;
                let_pass += passed;
            }
            assert_int_equal(at[0], found);
            for (unsigned kind = 1; kind < DTL_REACH_KERNELS; kind++) {
                if (!dtl_reach_kernel(kind))
                    continue;
                assert_int_equal(dtl_reach_kernel(kind)(&reach, lengths, docs, tfs, n, pick[kind]),
                                 found);
                assert_memory_equal(pick[kind], pick[0], found * sizeof pick[0][0]);
            }
        }
    }
    assert_true(dropped > 10000 && let_pass > 10000);
    assert_true(needless < let_pass / 100); /* the rounding of bounds alone */
}

static void pairs_pass_whose_bound_reaches_the_floor(void **state)
{
    (void)state;
    struct random r = random_start("pairs");
    double norm[256];
    uint64_t passed = 0, dropped = 0;
    for (int round = 0; round < 400; round++) {
        double average = 1 + random_below(&r, 100000) / 100.0;
        for (int code = 0; code < 256; code++)
            norm[code] = 1.2 * (0.4 + 0.6 * (code * code) / average);
        struct dtl_weight w = {.factor = 1 + random_below(&r, 40000000),
                               .norm = norm,
                               .times = 1 + random_below(&r, 3)};
        uint32_t n = random_below(&r, 300), found = 0, want[300], got[300];
        uint32_t room = random_below(&r, 3) ? 300 : random_below(&r, 40);
        uint8_t *pairs = malloc(2 * n + 1), most = (uint8_t)(1 + random_below(&r, 255));
        for (uint32_t i = 0; i < n; i++) {
            pairs[2 * i] = (uint8_t)(1 + random_below(&r, most));
            pairs[2 * i + 1] = (uint8_t)random_below(&r, 256);
        }
        struct dtl_reach_pairs reach = {.most = most};
        dtl_reach_pairs_set(&reach, &w, 1 + random_below(&r, (uint32_t)w.factor * w.times));
        for (uint32_t i = 0; i < n; i++) {
            uint32_t bound = dtl_pair_bound(&w, dtl_impact_tf_of(pairs[2 * i]), pairs[2 * i + 1]);
            bool passes = dtl_reach_pair(&reach, pairs + 2 * i);
            if (bound >= reach.floor)
                assert_true(passes);
            if (passes)
                want[found++] = i;
        }
        passed += found;
        dropped += n - found;
        for (unsigned kind = 0; kind < DTL_REACH_KERNELS; kind++) {
            dtl_reach_pairs_fn find = dtl_reach_pairs_kernel(kind);
            if (!find)
                continue;
            assert_int_equal(find(&reach, pairs, n, got, room), found);
            assert_memory_equal(got, want, (found < room ? found : room) * sizeof *got);
        }
        free(pairs);
    }
    assert_true(passed > 1000 && dropped > 1000);
}

/* ---- contributions by the block ---- */

static void every_kernel_finds_what_a_bitmap_holds(void **state)
{
    (void)state;
    struct random r = random_start(__func__);
    for (int round = 0; round < 400; round++) {
        uint32_t words = random_below(&r, 40), n = random_below(&r, 301), expect = 0;
        uint8_t *bits = malloc(8 * words + 1); /* nothing behind it may be read */
        dtl_doc docs[304];
        uint16_t wanted[320], pick[320];
        for (uint32_t i = 0; i < 8 * words; i++)
            bits[i] = (uint8_t)random_next(&r);
        for (uint32_t i = 0; i < n; i++) {
            docs[i] = random_below(&r, 64 * words + (random_below(&r, 9) ? 64 : 1u << 31));
            if (docs[i] < 64 * words && bits[docs[i] / 8] >> docs[i] % 8 & 1)
                wanted[expect++] = (uint16_t)i;
        }
        for (unsigned kind = 0; kind < DTL_SCORE_KERNELS; kind++) {
            const struct dtl_score_kernels *k = dtl_score_kernels(kind);
            if (!k)
                continue;
            assert_int_equal(k->held(dtl_bytes(bits, 8 * words), docs, n, pick), expect);
            assert_memory_equal(pick, wanted, expect * sizeof *pick);
        }
        free(bits);
    }
}

static void vectors_score_as_the_reference_does_and_bounds_hold(void **state)
{
    (void)state;
    struct random r = random_start("scores");
    double norm[256];
    uint8_t lengths[4096 + 3] = {0};
    dtl_doc docs[300];
    uint32_t tfs[300], got[304], kinds = 0;
    uint8_t pairs[2 * 300];
    double f[304], k[304];
    for (unsigned kind = 1; kind < DTL_SCORE_KERNELS; kind++)
        kinds += dtl_score_kernels(kind) != NULL;
    print_message("%u kinds of vectors\n", kinds);
    for (int round = 0; round < 400; round++) {
        double average = 1 + random_below(&r, 100000) / 100.0;
        for (int code = 0; code < 256; code++)
            norm[code] = 1.2 * (0.4 + 0.6 * (code * code) / average);
        for (uint32_t i = 0; i < 4096; i++)
            lengths[i] = (uint8_t)random_below(&r, 256);
        struct dtl_weight w = {.factor =
                                   random_below(&r, 40000000) + random_below(&r, 1000) / 999.0,
                               .norm = random_below(&r, 20) ? norm : NULL,
                               .constant = DTL_SCORE_UNIT,
                               .lengths = lengths,
                               .times = 1 + random_below(&r, 3)};
        uint32_t n = random_below(&r, 301), least = random_below(&r, 40000000);
        for (uint32_t i = 0; i < n; i++) {
            docs[i] = random_below(&r, 4096);
            tfs[i] = 1 + random_below(&r, random_below(&r, 8) ? 40 : 1u << 30);
            f[i] = tfs[i];
            k[i] = norm[lengths[docs[i]]];
        }
        for (uint32_t i = n; i < 304; i++)
            f[i] = k[i] = 1;
        dtl_scores(&w, docs, tfs, n, got);
        for (uint32_t i = 0; i < n; i++) {
            uint64_t want = dtl_weight_score(&w, tfs[i], docs[i]);
            assert_int_equal(got[i], want);
            assert_true(dtl_pair_bound(&w, tfs[i], lengths[docs[i]]) >= want);
            assert_true(dtl_weight_most(&w) >= (double)want);
            uint8_t shorter = (uint8_t)random_below(&r, lengths[docs[i]] + 1u);
            uint32_t oftener = tfs[i] + random_below(&r, 3);
            assert_true(dtl_pair_bound(&w, oftener, shorter) >= want);
        }
        uint16_t pick[320], wanted[320];
        const struct dtl_score_kernels *plain = dtl_score_kernels(0);
        uint32_t picked = plain->at_least(got, n, least, wanted);
        for (unsigned kind = 1; kind < DTL_SCORE_KERNELS; kind++) {
            const struct dtl_score_kernels *v = dtl_score_kernels(kind);
            uint32_t want[304], again[304];
            if (!v)
                continue;
            plain->contributions(f, k, w.factor, DTL_BOUND_ROUND, w.times, n, want);
            v->contributions(f, k, w.factor, DTL_BOUND_ROUND, w.times, n, again);
            assert_memory_equal(again, want, n * sizeof *want);
            assert_int_equal(v->at_least(got, n, least, pick), picked);
            assert_memory_equal(pick, wanted, picked * sizeof *pick);
        }
        uint32_t end[40], bound[40], blocks = 0;
        for (uint32_t at = 0; at + 8 < n && blocks < 40; blocks++) {
            at += 1 + random_below(&r, 8);
            end[blocks] = at;
        }
        for (uint32_t i = 0; i < 600; i++)
            pairs[i] = (uint8_t)(1 + random_below(&r, 255));
        dtl_block_bounds(&w, pairs, end, blocks, bound);
        for (uint32_t b = 0, i = 0; b < blocks; b++) {
            uint32_t most = 0;
            for (; i < end[b]; i++) {
                uint32_t one = dtl_pair_bound(&w, dtl_impact_tf_of(pairs[2 * i]), pairs[2 * i + 1]);
                most = one > most ? one : most;
            }
            assert_int_equal(bound[b], most);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_block_holds_is_found_by_every_kernel),
        cmocka_unit_test(every_kernel_finds_what_a_bitmap_holds),
        cmocka_unit_test(vectors_score_as_the_reference_does_and_bounds_hold),
        cmocka_unit_test(every_shape_equals_a_plain_loop_by_seek_and_by_window),
        cmocka_unit_test(an_expansion_gives_the_documents_of_all_its_lists),
        cmocka_unit_test(a_phrase_counts_its_occurrences),
        cmocka_unit_test(a_phrase_equals_a_plain_loop),
        cmocka_unit_test(every_kernel_finds_what_follows),
        cmocka_unit_test(a_table_drops_only_what_cannot_reach_the_floor),
        cmocka_unit_test(pairs_pass_whose_bound_reaches_the_floor),
        cmocka_unit_test(overlap_and_within_differ_as_documented),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
