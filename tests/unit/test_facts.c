/* the catalog row of a segment: numbers that check each other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/segment/segment.h"
#include "memory_parts.h"
#include "random.h"

static enum dtl_status decode(const uint8_t *p, size_t n, struct dtl_arena *arena,
                              struct dtl_segment_facts *out, struct dtl_error *err)
{
    uint8_t *exact = malloc(n ? n : 1);
    assert_non_null(exact);
    if (n)
        memcpy(exact, p, n);
    enum dtl_status st = dtl_segment_facts_decode(dtl_bytes(exact, n), arena, out, err);
    free(exact);
    return st;
}

/* docs/FORMAT.md, "Catalog row": three articles, two of 2024-03-22, one of March 2024. */
static struct dtl_group_use example_group[] = {
    {5, 248}
};
static const struct dtl_segment_facts example = {
    .first_day = 19783,
    .docs = 3,
    .zone = {{0, 2, 19804, 19804},
             {2, 1, 19783, 19813},
             {3, 0, DTL_DAY_NONE, DTL_DAY_NONE},
             {3, 0, DTL_DAY_NONE, DTL_DAY_NONE},
             {3, 0, DTL_DAY_NONE, DTL_DAY_NONE}},
    .weighted_total = 53,
    .word_total = 37,
    .text_bytes = 241,
    .part_bytes = {0, 640, 64, 0, 0, 0, 768, 512},
    .terms = 21,
    .forms = 2,
    .lang_docs = {0,                                0,                               3                             },
    .group = example_group,
    .groups = 1,
};
static const uint8_t example_bytes[] = {
    1,    0, 0, 0,                                     /* version */
    3,    0, 0, 0,                                     /* documents */
    2,    0, 0, 0, 0x5c, 0x4d, 0, 0, 0x5c, 0x4d, 0, 0, /* days */
    1,    0, 0, 0, 0x47, 0x4d, 0, 0, 0x65, 0x4d, 0, 0, /* months */
    0,    0, 0, 0, 0,    0,    0, 0, 0,    0,    0, 0, /* years, others, undated */
    53,   0, 0, 0, 0,    0,    0, 0,                   /* weighted words */
    37,   0, 0, 0, 0,    0,    0, 0,                   /* words */
    241,  0, 0, 0, 0,    0,    0, 0,                   /* bytes of text */
    0x80, 2, 0, 0, 0,    0,    0, 0,                   /* parts: terms */
    64,   0, 0, 0, 0,    0,    0, 0,                   /* forms */
    0,    0, 0, 0, 0,    0,    0, 0,                   /* postings */
    0,    0, 0, 0, 0,    0,    0, 0,                   /* positions */
    0,    0, 0, 0, 0,    0,    0, 0,                   /* variants */
    0,    3, 0, 0, 0,    0,    0, 0,                   /* columns */
    0,    2, 0, 0, 0,    0,    0, 0,                   /* identities */
    21,   0, 0, 0,                                     /* terms */
    2,    0, 0, 0,                                     /* forms */
    1,    0, 0, 0, 2,    0,    0, 0, 3,    0,    0, 0, /* languages: one, number 2, 3 documents */
    1,    0, 0, 0,                                     /* article groups: one */
    5,    0, 0, 0, 248,  0,    0, 0, 0,    0,    0, 0,
};

static void assert_same(const struct dtl_segment_facts *a, const struct dtl_segment_facts *b)
{
    assert_int_equal(a->first_day, b->first_day);
    assert_int_equal(a->docs, b->docs);
    assert_memory_equal(a->zone, b->zone, sizeof a->zone);
    assert_true(a->weighted_total == b->weighted_total && a->word_total == b->word_total &&
                a->text_bytes == b->text_bytes);
    assert_memory_equal(a->part_bytes, b->part_bytes, sizeof a->part_bytes);
    assert_int_equal(a->terms, b->terms);
    assert_int_equal(a->forms, b->forms);
    assert_memory_equal(a->lang_docs, b->lang_docs, sizeof a->lang_docs);
    assert_int_equal(a->groups, b->groups);
    for (size_t i = 0; i < a->groups; i++) {
        assert_int_equal(a->group[i].serial, b->group[i].serial);
        assert_true(a->group[i].bytes == b->group[i].bytes);
    }
}

static void the_format_example_is_what_the_encoder_writes(void **state)
{
    (void)state;
    struct dtl_buffer b = {0};
    struct dtl_arena arena = {0};
    struct dtl_segment_facts back = {0};
    assert_true(dtl_segment_facts_encode(&example, &b));
    assert_int_equal(b.n, sizeof example_bytes);
    assert_memory_equal(b.p, example_bytes, b.n);
    assert_int_equal(decode(b.p, b.n, &arena, &back, NULL), DTL_OK);
    assert_same(&back, &example);
    assert_int_equal(back.serial, 0);
    dtl_buffer_release(&b);
    dtl_arena_release(&arena);
}

static void every_proper_prefix_is_refused(void **state)
{
    (void)state;
    for (size_t n = 0; n < sizeof example_bytes; n++) {
        struct dtl_arena arena = {0};
        struct dtl_segment_facts f = {.docs = 77};
        struct dtl_error err = {0};
        assert_int_equal(decode(example_bytes, n, &arena, &f, &err), DTL_ECORRUPT);
        assert_int_equal(f.docs, 77);
        assert_in_range(err.pos, 0, n + 8);
        dtl_arena_release(&arena);
    }
}

static void every_flipped_byte_is_refused_or_gives_another_consistent_row(void **state)
{
    (void)state;
    uint8_t copy[sizeof example_bytes];
    memcpy(copy, example_bytes, sizeof copy);
    for (size_t i = 0; i < sizeof copy; i++)
        for (unsigned flip = 1; flip < 256; flip++) {
            struct dtl_arena arena = {0};
            struct dtl_segment_facts f = {0};
            struct dtl_buffer again = {0};
            copy[i] ^= (uint8_t)flip;
            if (decode(copy, sizeof copy, &arena, &f, NULL) == DTL_OK) {
                assert_true(i >= 12); /* version, documents and their zones are never believed */
                assert_true(dtl_segment_facts_encode(&f, &again));
                assert_int_equal(again.n, sizeof copy);
                assert_memory_equal(again.p, copy, sizeof copy);
            }
            copy[i] ^= (uint8_t)flip;
            dtl_buffer_release(&again);
            dtl_arena_release(&arena);
        }
}

static void rows_that_do_not_add_up_are_refused(void **state)
{
    (void)state;
    struct dtl_group_use two[] = {
        {5, 1},
        {5, 1}
    };
#define REFUSED(change)                                                                            \
    do {                                                                                           \
        struct dtl_segment_facts f = example, out = {0};                                           \
        struct dtl_buffer b = {0};                                                                 \
        struct dtl_arena arena = {0};                                                              \
        change;                                                                                    \
        assert_true(dtl_segment_facts_encode(&f, &b));                                             \
        assert_int_equal(decode(b.p, b.n, &arena, &out, NULL), DTL_ECORRUPT);                      \
        dtl_buffer_release(&b);                                                                    \
        dtl_arena_release(&arena);                                                                 \
    } while (0)
    REFUSED(f.docs = 0);
    REFUSED(f.docs = 4);
    REFUSED(f.docs = DTL_SEGMENT_DOCS_MAX + 1);
    REFUSED(f.zone[0].docs = UINT32_MAX);
    REFUSED(f.zone[0].oldest = 19805);
    REFUSED(f.zone[0].oldest = DTL_DAY_MIN - 1);
    REFUSED(f.zone[0].newest = DTL_DAY_NONE);
    REFUSED(f.zone[1].oldest = 19784); /* not the first of a month */
    REFUSED(f.zone[1].newest = 19812);
    REFUSED(f.weighted_total = UINT64_MAX);
    REFUSED(f.part_bytes[DTL_PART_TERMS] = 20);
    REFUSED(f.part_bytes[DTL_PART_COLUMNS] = 2);
    REFUSED(f.part_bytes[DTL_PART_IDENTITIES] = 23);
    REFUSED(f.part_bytes[DTL_PART_POSTINGS] = DTL_PART_MAX + 1);
    REFUSED(f.terms = 0);
    REFUSED(f.lang_docs[2] = 2);
    REFUSED(f.lang_docs[0] = 1);
    REFUSED((f.group = two, f.groups = 2));
    two[1] = (struct dtl_group_use){6, UINT64_MAX};
    REFUSED((f.group = two, f.groups = 2));
#undef REFUSED
}

static void opening_touches_no_chunk(void **state)
{
    (void)state;
    struct memory_parts *m = calloc(1, sizeof *m);
    assert_non_null(m);
    struct dtl_arena arena = {0};
    struct dtl_segment s;
    assert_int_equal(dtl_segment_open(&s, &example, memory_fetch, m, &arena, NULL), DTL_OK);
    assert_int_equal(m->fetches, 0);
    for (int p = DTL_PART_TERMS; p < DTL_PARTS_END; p++) {
        assert_true(s.part[p].bytes == example.part_bytes[p]);
        assert_int_equal(s.part[p].id, p);
    }
    assert_null(s.dead);
    dtl_arena_release(&arena);
    free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_format_example_is_what_the_encoder_writes),
        cmocka_unit_test(every_proper_prefix_is_refused),
        cmocka_unit_test(every_flipped_byte_is_refused_or_gives_another_consistent_row),
        cmocka_unit_test(rows_that_do_not_add_up_are_refused),
        cmocka_unit_test(opening_touches_no_chunk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
