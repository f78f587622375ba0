/* The table of keys in a large dictionary: every key is found through it, crowded lines say that
 * they do not know, damage in it is survived. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/segment/front.h"
#include "memory_parts.h"

#define PART 1u

struct made { /* a dictionary without payloads */
    struct memory_parts *parts;
    struct dtl_arena arena;
    struct dtl_part part;
    struct dtl_front front;
};

static void key_of(char out[16], uint32_t i)
{
    snprintf(out, 16, "key%08u", i);
}

static enum dtl_status reopen(struct made *m, struct dtl_error *err)
{
    enum dtl_status st = dtl_part_open(&m->part, PART, m->parts->bytes[PART], memory_fetch,
                                       m->parts, &m->arena, err);
    return st < 0 ? st : dtl_front_open(&m->front, &m->part, &m->arena, err);
}

/* Keys i < n of which `in` says yes. */
static void make(struct made *m, uint32_t n, bool (*in)(uint32_t i))
{
    struct dtl_part_writer part;
    struct dtl_front_writer w;
    *m = (struct made){.parts = calloc(1, sizeof *m->parts)};
    dtl_part_writer_init(&part, PART, memory_sink, m->parts);
    dtl_front_writer_init(&w, &part);
    for (uint32_t i = 0; i < n; i++) {
        char key[16];
        key_of(key, i);
        if (in(i))
            assert_int_equal(dtl_front_add(&w, dtl_bytes_of(key), NULL), DTL_OK);
    }
    assert_int_equal(dtl_front_finish(&w, 0, NULL), DTL_OK);
    assert_int_equal(dtl_part_finish(&part, NULL), DTL_OK);
    dtl_front_writer_release(&w);
    dtl_part_writer_release(&part);
    assert_int_equal(reopen(m, NULL), DTL_OK);
}

static void unmake(struct made *m)
{
    memory_release(m->parts);
    dtl_arena_release(&m->arena);
    free(m->parts);
}

static enum dtl_status candidates(struct made *m, uint32_t i, uint32_t out[DTL_FRONT_CANDIDATES],
                                  size_t *n)
{
    char key[16];
    key_of(key, i);
    return dtl_front_candidates(&m->front, dtl_front_hash(dtl_bytes_of(key)), &m->arena, out, n,
                                NULL);
}

static bool even(uint32_t i)
{
    return i % 2 == 0;
}

static void a_key_is_where_the_table_says_and_others_hardly_anywhere(void **state)
{
    (void)state;
    struct made m;
    uint32_t wrong = 0, unknown = 0;
    make(&m, 20000, even);
    assert_int_equal(m.front.table_bytes, 64 * (10000 / 12 + 1));
    for (uint32_t i = 0; i < 20000; i++) {
        uint32_t ordinal[DTL_FRONT_CANDIDATES];
        size_t n = 0;
        enum dtl_status st = candidates(&m, i, ordinal, &n);
        unknown += st == DTL_END;
        if (st == DTL_END)
            continue;
        assert_int_equal(st, DTL_OK);
        bool found = false;
        for (size_t k = 0; k < n; k++)
            found |= i % 2 == 0 && ordinal[k] == i / 2;
        assert_int_equal(found, i % 2 == 0);
        wrong += (uint32_t)n - found;
    }
    assert_true(wrong < 20);    /* tags of 18 bits */
    assert_true(unknown < 600); /* four full lines in a row: one lookup in sixty */
    unmake(&m);
}

static void a_small_dictionary_has_no_table(void **state)
{
    (void)state;
    struct made m;
    uint32_t ordinal[DTL_FRONT_CANDIDATES];
    size_t n = 0;
    make(&m, 2 * (DTL_FRONT_TABLE_FROM - 1), even);
    assert_int_equal(m.front.table_bytes, 0);
    assert_int_equal(candidates(&m, 0, ordinal, &n), DTL_END);
    unmake(&m);
}

/* Keys whose hash puts them into the first thousandth: all in a few lines. */
static bool crowded(uint32_t i)
{
    char key[16];
    key_of(key, i);
    return dtl_front_hash(dtl_bytes_of(key)) < UINT32_MAX / 1000;
}

static void crowded_lines_know_that_they_do_not_know(void **state)
{
    (void)state;
    struct made m;
    uint32_t left_out = 0, ordinal = 0;
    make(&m, 5000000, crowded);
    assert_in_range(m.front.entries, DTL_FRONT_TABLE_FROM, 6000);
    for (uint32_t i = 0; i < 5000000; i++) {
        uint32_t found[DTL_FRONT_CANDIDATES];
        size_t n = 0;
        bool here = false;
        if (!crowded(i))
            continue;
        enum dtl_status st = candidates(&m, i, found, &n);
        for (size_t k = 0; st == DTL_OK && k < n; k++)
            here |= found[k] == ordinal;
        assert_true(here || st == DTL_END); /* never a no that is wrong */
        left_out += st == DTL_END;
        ordinal++;
    }
    assert_true(left_out > 0);
    unmake(&m);
}

static void a_slot_that_lies_is_refused_or_leads_to_another_key(void **state)
{
    (void)state;
    struct made m;
    make(&m, 20000, even);
    struct dtl_chunk c = {0};
    assert_int_equal(
        dtl_chunk_open(dtl_buffer_view(&m.parts->chunk[PART][0]), memory_seed(PART, 0), &c, NULL),
        DTL_OK);
    size_t bytes = c.payload_bytes;
    uint8_t *copy = malloc(bytes);
    memcpy(copy, c.payload, bytes);
    memset(copy + m.front.table_at, 0xa5, (size_t)m.front.table_bytes);
    dtl_buffer_reset(&m.parts->chunk[PART][0]);
    m.parts->bytes[PART] = 0;
    memory_put(m.parts, PART, dtl_bytes(copy, bytes));
    assert_int_equal(reopen(&m, NULL), DTL_OK);
    for (uint32_t i = 0; i < 20000; i++) {
        uint32_t ordinal[DTL_FRONT_CANDIDATES];
        size_t n = 0;
        enum dtl_status st = candidates(&m, i, ordinal, &n);
        assert_true(st == DTL_END || st == DTL_ECORRUPT || st == DTL_OK);
        for (size_t k = 0; st == DTL_OK && k < n; k++)
            assert_true(ordinal[k] < m.front.entries);
    }
    free(copy);
    unmake(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_is_where_the_table_says_and_others_hardly_anywhere),
        cmocka_unit_test(a_small_dictionary_has_no_table),
        cmocka_unit_test(crowded_lines_know_that_they_do_not_know),
        cmocka_unit_test(a_slot_that_lies_is_refused_or_leads_to_another_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
