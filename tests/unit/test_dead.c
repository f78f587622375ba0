/* deleted documents and what they subtract. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/segment/dead.h"
#include "random.h"

static struct dtl_group_use groups[] = {
    {5, 1000000},
    {9, 500    }
};
static const struct dtl_segment_facts facts = {
    .docs = 200000,
    .weighted_total = 1u << 30,
    .word_total = 1u << 29,
    .text_bytes = UINT64_C(1) << 33,
    .terms = 100000,
    .lang_docs = {50000, 0, 150000},
    .group = groups,
    .groups = 2,
};

static enum dtl_status decode(const uint8_t *p, size_t n, struct dtl_dead **out,
                              struct dtl_error *err)
{
    uint8_t *exact = malloc(n ? n : 1);
    assert_non_null(exact);
    if (n)
        memcpy(exact, p, n);
    enum dtl_status st = dtl_dead_decode(dtl_bytes(exact, n), &facts, out, err);
    free(exact);
    return st;
}

static void assert_same(const struct dtl_dead *a, const struct dtl_dead *b)
{
    assert_true(roaring_bitmap_equals(a->docs, b->docs));
    assert_int_equal(a->count, b->count);
    assert_true(a->weighted_total == b->weighted_total && a->word_total == b->word_total &&
                a->text_bytes == b->text_bytes);
    assert_memory_equal(a->lang_docs, b->lang_docs, sizeof a->lang_docs);
    assert_int_equal(a->groups, b->groups);
    for (size_t i = 0; i < a->groups; i++)
        assert_true(a->group_bytes[i] == b->group_bytes[i]);
    assert_int_equal(a->pair_count, b->pair_count);
    for (size_t i = 0; i < a->pair_count; i++) {
        assert_int_equal(a->pairs[i].ordinal, b->pairs[i].ordinal);
        assert_int_equal(a->pairs[i].df, b->pairs[i].df);
    }
}

/* docs/FORMAT.md, "Dead": documents 3 and 10, both English, two terms of theirs. */
static const uint8_t example[] = {
    1,  2,    50,   40, 0xf8, 1, /* version, count, totals: 50, 40, 248 */
    20, 0x3a, 0x30, 0,  0,    1, 0, 0, 0, 0, 0, 1, 0, 16, 0, 0, 0, 3, 0, 10, 0, /* the bitmap */
};

static struct dtl_dead *small(void)
{
    struct dtl_dead *d = dtl_dead_clone(NULL, &facts);
    assert_non_null(d);
    roaring_bitmap_add(d->docs, 3);
    roaring_bitmap_add(d->docs, 10);
    d->count = 2;
    d->weighted_total = 50;
    d->word_total = 40;
    d->text_bytes = 248;
    d->lang_docs[2] = 2;
    d->group_bytes[0] = 180;
    d->pair_count = 2;
    free(d->pairs);
    d->pairs = malloc(2 * sizeof *d->pairs);
    assert_non_null(d->pairs);
    d->pairs[0] = (struct dtl_dead_pair){7, 2};
    d->pairs[1] = (struct dtl_dead_pair){300, 1};
    return d;
}

static void the_format_example_is_what_the_encoder_writes(void **state)
{
    (void)state;
    static const uint8_t tail[] = {2, 0xb4, 1, 0, 2, 7, 1, 0xa4, 2, 0};
    struct dtl_dead *d = small(), *back = NULL;
    struct dtl_buffer b = {0};
    assert_true(dtl_dead_encode(d, &b));
    assert_memory_equal(b.p, example, sizeof example);
    assert_memory_equal(b.p + b.n - sizeof tail, tail, sizeof tail);
    assert_int_equal(b.n, sizeof example + DTL_LANGS + sizeof tail);
    assert_int_equal(decode(b.p, b.n, &back, NULL), DTL_OK);
    assert_same(d, back);
    struct dtl_segment s = {.facts = facts, .dead = back};
    assert_true(dtl_is_dead(&s, 3));
    assert_false(dtl_is_dead(&s, 4));
    assert_int_equal(dtl_dead_df(&s, 7), 2);
    assert_int_equal(dtl_dead_df(&s, 300), 1);
    assert_int_equal(dtl_dead_df(&s, 8), 0);
    assert_int_equal(dtl_dead_df(&s, 301), 0);
    s.dead = NULL;
    assert_false(dtl_is_dead(&s, 3));
    assert_int_equal(dtl_dead_df(&s, 7), 0);
    dtl_dead_release(d);
    dtl_dead_release(back);
    dtl_buffer_release(&b);
}

static void every_proper_prefix_is_refused(void **state)
{
    (void)state;
    struct dtl_dead *d = small(), *out = NULL;
    struct dtl_buffer b = {0};
    assert_true(dtl_dead_encode(d, &b));
    for (size_t n = 0; n < b.n; n++) {
        struct dtl_error err = {0};
        assert_int_equal(decode(b.p, n, &out, &err), DTL_ECORRUPT);
        assert_null(out);
    }
    dtl_dead_release(d);
    dtl_buffer_release(&b);
}

/* What is accepted must be sound and, but for a varint spelt long, the same bytes again. */
static void check_accepted(const struct dtl_dead *d)
{
    assert_true(roaring_bitmap_get_cardinality(d->docs) == d->count);
    assert_true(d->count == 0 || roaring_bitmap_maximum(d->docs) < facts.docs);
    uint64_t langs = 0;
    for (int l = 0; l < DTL_LANGS; l++)
        langs += d->lang_docs[l];
    assert_true(langs == d->count);
    for (size_t i = 0; i < d->pair_count; i++) {
        assert_true(d->pairs[i].ordinal < facts.terms && d->pairs[i].df <= d->count);
        assert_true(i == 0 || d->pairs[i].ordinal > d->pairs[i - 1].ordinal);
    }
}

static void every_flipped_byte_is_refused_or_harmless(void **state)
{
    (void)state;
    struct dtl_dead *d = small();
    struct dtl_buffer b = {0};
    assert_true(dtl_dead_encode(d, &b));
    for (size_t i = 0; i < b.n; i++)
        for (unsigned flip = 1; flip < 256; flip++) {
            struct dtl_dead *out = NULL;
            b.p[i] ^= (uint8_t)flip;
            if (decode(b.p, b.n, &out, NULL) == DTL_OK)
                check_accepted(out);
            dtl_dead_release(out);
            b.p[i] ^= (uint8_t)flip;
        }
    dtl_dead_release(d);
    dtl_buffer_release(&b);
}

static void random_deaths_survive_the_round_trip_and_cloning(void **state)
{
    (void)state;
    struct random r = random_start("random_deaths_survive_the_round_trip_and_cloning");
    for (int k = 0; k < 60; k++) {
        struct dtl_dead *d = dtl_dead_clone(NULL, &facts), *back = NULL, *copy = NULL;
        assert_non_null(d);
        uint32_t n = k ? 1 + random_below(&r, k % 3 ? 200 : 60000) : 0;
        for (uint32_t i = 0; i < n; i++) {
            uint32_t doc = random_below(&r, facts.docs),
                     run = k % 4 == 0 ? random_below(&r, 50) : 1;
            for (uint32_t j = doc; j < doc + run && j < facts.docs; j++)
                roaring_bitmap_add(d->docs, j);
        }
        d->count = (uint32_t)roaring_bitmap_get_cardinality(d->docs);
        uint32_t most = d->count < 50000 ? d->count : 50000;
        d->lang_docs[0] = most;
        d->lang_docs[2] = d->count - most;
        d->weighted_total = random_below(&r, 1u << 30);
        d->text_bytes = random_next(&r) >> 32;
        d->group_bytes[0] = random_below(&r, 1000001);
        d->group_bytes[1] = random_below(&r, 501);
        d->pairs = realloc(d->pairs, facts.terms * sizeof *d->pairs);
        assert_non_null(d->pairs);
        for (uint32_t o = random_below(&r, 2000); d->count && o < facts.terms;
             o += 1 + random_below(&r, 1u << random_below(&r, 12)))
            d->pairs[d->pair_count++] = (struct dtl_dead_pair){o, 1 + random_below(&r, d->count)};
        struct dtl_buffer b = {0}, again = {0};
        assert_true(dtl_dead_encode(d, &b));
        assert_int_equal(decode(b.p, b.n, &back, NULL), DTL_OK);
        assert_same(d, back);
        check_accepted(back);
        assert_non_null(copy = dtl_dead_clone(back, &facts));
        assert_same(d, copy);
        roaring_bitmap_add(copy->docs, 0); /* one's own from now on */
        assert_true(dtl_dead_encode(back, &again));
        assert_true(dtl_bytes_equal(dtl_buffer_view(&b), dtl_buffer_view(&again)));
        struct dtl_segment s = {.facts = facts, .dead = back};
        for (size_t i = 0; i < d->pair_count; i++)
            assert_int_equal(dtl_dead_df(&s, d->pairs[i].ordinal), d->pairs[i].df);
        dtl_dead_release(d);
        dtl_dead_release(back);
        dtl_dead_release(copy);
        dtl_buffer_release(&b);
        dtl_buffer_release(&again);
    }
}

/* A bitmap that grew, through containers of every kind and with encodings between, is written as
 * one made at once. */
static void what_is_written_does_not_depend_on_how_it_grew(void **state)
{
    (void)state;
    struct random r = random_start("how it grew");
    for (int i = 0; i < 300; i++) {
        struct dtl_dead grown = {.docs = roaring_bitmap_create()}, once = {0};
        uint32_t at = random_below(&r, 70000);
        for (int j = (int)random_below(&r, 40); j > 0; j--) {
            uint32_t run = 1 + random_below(&r, random_below(&r, 4) ? 3 : 3000);
            roaring_bitmap_add_range(grown.docs, at, at + run);
            at += run + 1 + random_below(&r, random_below(&r, 4) ? 3 : 3000);
            if (random_below(&r, 3) == 0)
                roaring_bitmap_run_optimize(grown.docs);
            if (random_below(&r, 4) == 0)
                roaring_bitmap_add(grown.docs, random_below(&r, at));
        }
        uint64_t n = roaring_bitmap_get_cardinality(grown.docs);
        uint32_t *values = calloc(n + 1, sizeof *values);
        assert_non_null(values);
        roaring_bitmap_to_uint32_array(grown.docs, values);
        once.docs = roaring_bitmap_of_ptr(n, values);
        free(values);
        struct dtl_buffer a = {0}, b = {0};
        assert_true(dtl_dead_encode(&grown, &a) && dtl_dead_encode(&once, &b));
        assert_true(dtl_bytes_equal(dtl_buffer_view(&a), dtl_buffer_view(&b)));
        dtl_buffer_release(&a);
        dtl_buffer_release(&b);
        roaring_bitmap_free(grown.docs);
        roaring_bitmap_free(once.docs);
    }
}

static void deaths_that_do_not_fit_their_segment_are_refused(void **state)
{
    (void)state;
#define REFUSED(change)                                                                            \
    do {                                                                                           \
        struct dtl_dead *d = small(), *out = NULL;                                                 \
        struct dtl_buffer b = {0};                                                                 \
        change;                                                                                    \
        assert_true(dtl_dead_encode(d, &b));                                                       \
        assert_int_equal(decode(b.p, b.n, &out, NULL), DTL_ECORRUPT);                              \
        assert_null(out);                                                                          \
        dtl_dead_release(d);                                                                       \
        dtl_buffer_release(&b);                                                                    \
    } while (0)
    REFUSED(roaring_bitmap_add(d->docs, 11));
    REFUSED(roaring_bitmap_remove(d->docs, 3));
    REFUSED((roaring_bitmap_remove(d->docs, 3), roaring_bitmap_add(d->docs, facts.docs)));
    REFUSED(d->count = 3);
    REFUSED(d->weighted_total = facts.weighted_total + 1);
    REFUSED(d->word_total = facts.word_total + 1);
    REFUSED(d->text_bytes = facts.text_bytes + 1);
    REFUSED(d->lang_docs[2] = 1);
    REFUSED((d->lang_docs[2] = 1, d->lang_docs[1] = 1));
    REFUSED(d->groups = 1);
    REFUSED(d->group_bytes[1] = 501);
    REFUSED(d->pairs[1].ordinal = facts.terms);
    REFUSED(d->pairs[1].df = 3);
    REFUSED(d->pairs[1].ordinal = 7); /* not rising: its distance becomes enormous */
#undef REFUSED
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_format_example_is_what_the_encoder_writes),
        cmocka_unit_test(every_proper_prefix_is_refused),
        cmocka_unit_test(every_flipped_byte_is_refused_or_harmless),
        cmocka_unit_test(random_deaths_survive_the_round_trip_and_cloning),
        cmocka_unit_test(what_is_written_does_not_depend_on_how_it_grew),
        cmocka_unit_test(deaths_that_do_not_fit_their_segment_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
