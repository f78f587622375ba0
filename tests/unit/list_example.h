/*
 * tests/unit/list_example.h - the segment whose terms, forms and postings docs/FORMAT.md shows byte
 * for byte.
 *
 * 200 articles, all of length code 40. `run` in articles 3 (twice: "run" at 1, "Running" at 4) and
 * 10 ("run" at 8); `runaway` in article 0, once, in the title, at 5, printed "Runaway"; source
 * `wire` in articles 0..127 and 130.
 */
#ifndef DTL_TESTS_LIST_EXAMPLE_H
#define DTL_TESTS_LIST_EXAMPLE_H
#include "list_model.h"

#define EXAMPLE_DOCS 200u

static inline void example_make(struct model *m)
{
    static uint32_t at[] = {1, 4, 8, 5}, form[] = {0, 1, 0, 0};
    *m = (struct model){.docs = EXAMPLE_DOCS, .terms = 3};
    m->row = dtl_arena_alloc(&m->arena, EXAMPLE_DOCS * sizeof *m->row);
    m->term = dtl_arena_alloc(&m->arena, 3 * sizeof *m->term);
    for (uint32_t i = 0; i < EXAMPLE_DOCS; i++)
        m->row[i] = (struct dtl_document){.date = dtl_interval_day(19000), .length_code = 40};
    struct model_term *run = &m->term[0], *away = &m->term[1], *wire = &m->term[2];
    run->key = (struct dtl_term_key){DTL_FIELD_TEXT, 1, DTL_LITERAL("run")};
    run->has_positions = true;
    run->variant[0] = (struct dtl_variant){DTL_LITERAL("run"), DTL_LITERAL("run"), 2};
    run->variant[1] = (struct dtl_variant){DTL_LITERAL("Running"), DTL_LITERAL("running"), 1};
    run->variants = 2;
    run->posting = dtl_arena_alloc(&m->arena, 2 * sizeof *run->posting);
    run->posting[0] = (struct model_posting){3, 2, 2, at, form};
    run->posting[1] = (struct model_posting){10, 1, 1, at + 2, form + 2};
    run->df = 2;
    run->tf_total = 3;
    away->key = (struct dtl_term_key){DTL_FIELD_TEXT, 1, DTL_LITERAL("runaway")};
    away->has_positions = true;
    away->variant[0] = (struct dtl_variant){DTL_LITERAL("Runaway"), DTL_LITERAL("runaway"), 1};
    away->variants = 1;
    away->posting = dtl_arena_alloc(&m->arena, sizeof *away->posting);
    away->posting[0] = (struct model_posting){0, 3, 1, at + 3, form + 3};
    away->df = 1;
    away->tf_total = 3;
    wire->key = (struct dtl_term_key){DTL_FIELD_SOURCE, 0, DTL_LITERAL("wire")};
    wire->posting = dtl_arena_alloc(&m->arena, 129 * sizeof *wire->posting);
    for (uint32_t i = 0; i < 129; i++)
        wire->posting[i] = (struct model_posting){i < 128 ? i : 130, 1, 0, NULL, NULL};
    wire->df = 129;
    wire->tf_total = 129;
}

/* The payload of part `id` of `parts`, which must fit one chunk. */
static inline struct dtl_bytes example_part(const struct memory_parts *parts, uint8_t id)
{
    struct dtl_chunk c = {0};
    if (parts->bytes[id] == 0)
        return (struct dtl_bytes){0};
    assert_int_equal(
        dtl_chunk_open(dtl_buffer_view(&parts->chunk[id][0]), memory_seed(id, 0), &c, NULL),
        DTL_OK);
    return dtl_bytes(c.payload, c.payload_bytes);
}

/* `parts` with part `id` replaced by `bytes`. */
static inline void example_replace(struct memory_parts *parts, uint8_t id, struct dtl_bytes bytes)
{
    for (uint32_t c = 0; c < MEMORY_CHUNKS; c++)
        dtl_buffer_reset(&parts->chunk[id][c]);
    parts->bytes[id] = 0;
    memory_put(parts, id, bytes);
}
#endif
