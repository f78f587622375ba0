/* The algebra of spans against every pair looked at: random sets, small enough to enumerate. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "query/cursor/extents.h"
#include "tests/unit/random.h"

#define MOST  40u
#define PAIRS (MOST * MOST * 2)

struct set {
    struct dtl_extent v[PAIRS];
    uint32_t n;
};

/* Minimal and rising, by the definition. */
static void minimal(struct set *s)
{
    struct set out = {.n = 0};
    for (uint32_t begin = 0; begin < 400; begin++)
        for (uint32_t i = 0; i < s->n; i++) {
            bool outer = s->v[i].begin != begin;
            for (uint32_t k = 0; k < s->n && !outer; k++) {
                bool inside = s->v[k].begin >= s->v[i].begin && s->v[k].end <= s->v[i].end;
                bool same = s->v[k].begin == s->v[i].begin && s->v[k].end == s->v[i].end;
                outer = inside && (!same || k < i);
            }
            if (!outer)
                out.v[out.n++] = s->v[i];
        }
    *s = out;
}

static struct dtl_extents view(const struct set *s)
{
    return (struct dtl_extents){s->v, s->n};
}

static void random_set(struct random *r, struct set *s)
{
    s->n = random_below(r, MOST / 2);
    for (uint32_t i = 0; i < s->n; i++) {
        uint32_t begin = random_below(r, 100);
        s->v[i] = (struct dtl_extent){begin, begin + (random_below(r, 3) ? 0 : random_below(r, 6))};
    }
    minimal(s);
}

static bool crosses(uint32_t begin, uint32_t end, uint32_t border)
{
    return begin < border && end >= border;
}

/* Spans do not reach over the border when they are made. */
static void cut(struct set *s, uint32_t border)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->n; i++)
        if (!crosses(s->v[i].begin, s->v[i].end, border))
            s->v[n++] = s->v[i];
    s->n = n;
}

static void expect_equal(const struct dtl_extent *got, uint32_t n, const struct set *want)
{
    assert_int_equal(n, want->n);
    for (uint32_t i = 0; i < n; i++) {
        assert_int_equal(got[i].begin, want->v[i].begin);
        assert_int_equal(got[i].end, want->v[i].end);
    }
}

static bool start_between(const uint32_t *starts, uint32_t n, uint32_t begin, uint32_t end)
{
    for (uint32_t i = 0; i < n; i++)
        if (starts[i] > begin && starts[i] <= end)
            return true;
    return false;
}

static void pairs_are_those_of_the_definition(void **state)
{
    (void)state;
    static struct set a, b, want;
    static struct dtl_extent got[PAIRS];
    for (uint64_t seed = 1; seed <= 3000; seed++) {
        struct random r = {seed};
        uint32_t border = random_below(&r, 3) ? random_below(&r, 60) : 0, starts[MOST], n = 0;
        uint32_t distance = 1 + random_below(&r, 12);
        bool ordered = random_below(&r, 2), sentence = random_below(&r, 3) == 0;
        random_set(&r, &a);
        random_set(&r, &b);
        cut(&a, border);
        cut(&b, border);
        for (uint32_t p = random_below(&r, 10); p < 110 && n < MOST; p += 1 + random_below(&r, 20))
            starts[n++] = p;
        want.n = 0;
        for (uint32_t i = 0; i < a.n; i++)
            for (uint32_t k = 0; k < b.n; k++) {
                struct dtl_extent x = a.v[i], y = b.v[k];
                bool forth = x.end < y.begin, back = y.end < x.begin;
                struct dtl_extent all = forth ? (struct dtl_extent){x.begin, y.end}
                                              : (struct dtl_extent){y.begin, x.end};
                uint32_t gap = forth ? y.begin - x.end : x.begin - y.end;
                if ((!forth && !back) || crosses(all.begin, all.end, border))
                    continue;
                if (sentence ? !start_between(starts, n, all.begin, all.end)
                             : gap <= distance && (forth || !ordered))
                    want.v[want.n++] = all;
            }
        minimal(&want);
        expect_equal(got,
                     sentence
                         ? dtl_extents_together(view(&a), view(&b), starts, n, border, got)
                         : dtl_extents_near(view(&a), view(&b), ordered, distance, border, got),
                     &want);
    }
}

static void not_near_keeps_what_nothing_comes_close_to(void **state)
{
    (void)state;
    static struct set a, b, want;
    static struct dtl_extent got[PAIRS];
    for (uint64_t seed = 1; seed <= 2000; seed++) {
        struct random r = {seed};
        uint32_t border = random_below(&r, 2) ? random_below(&r, 60) : 0;
        uint32_t distance = 1 + random_below(&r, 8);
        random_set(&r, &a);
        random_set(&r, &b);
        cut(&a, border);
        cut(&b, border);
        want.n = 0;
        for (uint32_t i = 0; i < a.n; i++) {
            bool near = false;
            for (uint32_t k = 0; k < b.n; k++) {
                struct dtl_extent x = a.v[i], y = b.v[k];
                uint32_t begin = x.begin < y.begin ? x.begin : y.begin;
                uint32_t end = x.end > y.end ? x.end : y.end;
                uint32_t gap = x.end < y.begin   ? y.begin - x.end
                               : y.end < x.begin ? x.begin - y.end
                                                 : 0;
                near |= gap <= distance && !crosses(begin, end, border);
            }
            if (!near)
                want.v[want.n++] = a.v[i];
        }
        expect_equal(got, dtl_extents_not_near(view(&a), view(&b), distance, border, got), &want);
    }
}

static void either_and_inside_keep_the_inner(void **state)
{
    (void)state;
    static struct set a, b, want;
    static struct dtl_extent got[PAIRS];
    for (uint64_t seed = 1; seed <= 2000; seed++) {
        struct random r = {seed};
        random_set(&r, &a);
        random_set(&r, &b);
        want = a;
        for (uint32_t i = 0; i < b.n; i++)
            want.v[want.n++] = b.v[i];
        minimal(&want);
        uint32_t n = dtl_extents_either(view(&a), view(&b), got);
        expect_equal(got, n, &want);
        uint32_t from = random_below(&r, 60), to = from + random_below(&r, 60);
        for (uint32_t i = want.n, k = want.n = 0; k < i; k++)
            if (want.v[k].begin >= from && want.v[k].end < to)
                want.v[want.n++] = want.v[k];
        n = dtl_extents_inside((struct dtl_extents){got, n}, from, to, got);
        expect_equal(got, n, &want);
    }
}

/* ---- loose phrases ---- */

struct words {
    uint32_t positions[4][MOST], n[4], offset[4], same[4]; /* same: the word it equals, or itself */
    uint32_t words, slop, border;
};

/* Every choice of places for the words from `i` on. */
static void choose(const struct words *w, uint32_t i, uint32_t *place, bool any, struct set *out)
{
    if (i == w->words) {
        uint32_t begin = place[0], end = place[0];
        for (uint32_t k = 0; k < w->words; k++) {
            begin = place[k] < begin ? place[k] : begin;
            end = place[k] > end ? place[k] : end;
            for (uint32_t j = 0; j < k; j++) {
                if (any && w->same[j] == w->same[k] && place[j] == place[k])
                    return;
                if (!any && j + 1 == k && place[k] < place[j] + w->offset[k] - w->offset[j])
                    return;
            }
        }
        uint32_t span = w->offset[w->words - 1] - w->offset[0];
        if (!crosses(begin, end, w->border) && end - begin <= span + w->slop && out->n < PAIRS)
            out->v[out->n++] = (struct dtl_extent){begin, end};
        return;
    }
    for (uint32_t k = 0; k < w->n[w->same[i]]; k++) {
        place[i] = w->positions[w->same[i]][k];
        choose(w, i + 1, place, any, out);
    }
}

static void loose_phrases_are_all_choices_of_places(void **state)
{
    (void)state;
    static struct set want;
    static struct dtl_extent got[PAIRS];
    for (uint64_t seed = 1; seed <= 3000; seed++) {
        struct random r = {seed};
        struct words w = {.words = 2 + random_below(&r, 3)};
        struct dtl_loose_word word[4] = {{0}};
        bool any = random_below(&r, 2);
        uint32_t place[4], at = 0;
        w.slop = random_below(&r, 6);
        w.border = random_below(&r, 2) ? random_below(&r, 30) : 0;
        for (uint32_t i = 0; i < w.words; i++) {
            w.offset[i] = at;
            at += random_below(&r, 5) ? 1 : 2;
            w.same[i] = i && random_below(&r, 4) == 0 ? w.same[i - 1] : i;
            for (uint32_t p = random_below(&r, 12); p < 60 && w.n[i] < 7;
                 p += 1 + random_below(&r, 14))
                w.positions[i][w.n[i]++] = p;
        }
        for (uint32_t i = 0; i < w.words; i++) {
            uint32_t of = w.same[i];
            word[i] = (struct dtl_loose_word){.positions = w.positions[of],
                                              .n = w.n[of],
                                              .offset = w.offset[i],
                                              .needed = of == i};
            if (of != i)
                word[of].needed++;
        }
        want.n = 0;
        choose(&w, 0, place, any, &want);
        minimal(&want);
        uint32_t n = any ? dtl_extents_any_order(word, w.words, w.slop, w.border, got)
                         : dtl_extents_loose(word, w.words, w.slop, w.border, got);
        expect_equal(got, n, &want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_are_those_of_the_definition),
        cmocka_unit_test(not_near_keeps_what_nothing_comes_close_to),
        cmocka_unit_test(either_and_inside_keep_the_inner),
        cmocka_unit_test(loose_phrases_are_all_choices_of_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
