/*
 * indexer/invert/term_table.h - the terms of a batch and the forms they were printed in, by hash.
 *
 * Everything stands in one pool. A word that comes again in the same form is found by the form
 * alone (field, language and term are then compared, not hashed); terms have a table of their own
 * for what has no forms and for forms met for the first time.
 */
#ifndef DTL_INVERT_TERM_TABLE_H
#define DTL_INVERT_TERM_TABLE_H
#include "common/segment/document.h"
#include "indexer/invert/byte_run.h"

struct dtl_term_node {      /* a line of the cache, and for most terms all there is of them */
    uint32_t last_article;  /* local number + 1 of the last posting; 0: none yet */
    uint32_t last_position; /* of that posting */
    uint32_t last_variant;  /* of that posting */
    struct dtl_byte_run run;
    uint32_t text; /* offset of its bytes */
    uint8_t bytes, field;
    dtl_lang lang;
    uint32_t variants; /* how many; numbered as they came */
    uint32_t newest;   /* offset of the newest variant */
    uint8_t first[DTL_BYTE_RUN_FIRST];
};
_Static_assert(sizeof(struct dtl_term_node) == 64, "a term's node is a line of the cache");

struct dtl_variant_node {
    uint32_t term;   /* offset of its term */
    uint32_t older;  /* the variant that came before it; the first has number 0 */
    uint32_t number; /* in the term */
    uint32_t form, folded;
    uint16_t form_bytes, folded_bytes;
};

struct dtl_slots { /* open addressing: hash << 32 | offset + 1; 0 is free */
    uint64_t *slot;
    size_t capacity; /* a power of two, or 0 */
    size_t n;
};

struct dtl_term_table { /* open with dtl_term_table_open */
    struct dtl_pool pool;
    struct dtl_slots terms, forms;
    uint32_t node, nodes; /* offset of the next free node, and how many follow each other there */
};

enum dtl_status dtl_term_table_open(struct dtl_term_table *t, struct dtl_error *err) DTL_MUST_USE;
void dtl_term_table_reset(struct dtl_term_table *t);
void dtl_term_table_close(struct dtl_term_table *t); /* {0} is fine */
size_t dtl_term_table_memory(const struct dtl_term_table *t);

/** The node of an occurrence's term, made when it is new; NULL: no memory. */
struct dtl_term_node *dtl_term_table_term(struct dtl_term_table *t, const struct dtl_occurrence *o);
/** Hash of an occurrence's form (o->form.n > 0). */
uint32_t dtl_term_table_hash(const struct dtl_occurrence *o);
/** Fetch what dtl_term_table_variant will read first of it. */
void dtl_term_table_expect(const struct dtl_term_table *t, const struct dtl_occurrence *o,
                           uint32_t hash);
/** The node of an occurrence's form, it and its term made when new; NULL: no memory. */
struct dtl_variant_node *dtl_term_table_variant(struct dtl_term_table *t,
                                                const struct dtl_occurrence *o, uint32_t hash);

static inline struct dtl_bytes dtl_term_text(const struct dtl_term_table *t,
                                             const struct dtl_term_node *n)
{
    return dtl_bytes(t->pool.base + n->text, n->bytes);
}
#endif
