/*
 * inverter.c - the way in: each occurrence of an article becomes a few bytes of its term's run.
 *
 * Why in order of arrival: the alternative, keeping the text of a batch until its order is known,
 * holds the text and the index in memory at once and cannot say beforehand how large the index of
 * it will be. Put into order at the end, a batch is as large as memory allows, known exactly at
 * every article, and the sort touches small keys of one term at a time (inverter_write.c).
 */
#include "indexer/invert/inverter_private.h"

#include <stdlib.h>

bool dtl_field_has_positions(uint8_t field)
{
    switch (field) {
    case DTL_FIELD_TEXT:
    case DTL_FIELD_TITLE:
    case DTL_FIELD_SENTENCE:
    case DTL_FIELD_PARAGRAPH:
    case DTL_FIELD_AUTHOR:
    case DTL_FIELD_URL:
        return true;
    default:
        return false;
    }
}

enum dtl_status dtl_inverter_open(struct dtl_inverter **out, uint32_t title_weight,
                                  struct dtl_error *err)
{
    struct dtl_inverter *inv = calloc(1, sizeof *inv);
    if (!inv)
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for an inverter");
    inv->title_weight = title_weight;
    enum dtl_status st = dtl_term_table_open(&inv->table, err);
    if (st != DTL_OK) {
        free(inv);
        return st;
    }
    *out = inv;
    return DTL_OK;
}

void dtl_inverter_close(struct dtl_inverter *inv)
{
    if (inv)
        dtl_term_table_close(&inv->table);
    free(inv);
}

void dtl_inverter_reset(struct dtl_inverter *inv)
{
    dtl_term_table_reset(&inv->table);
    inv->articles = 0;
}

uint32_t dtl_inverter_articles(const struct dtl_inverter *inv)
{
    return inv->articles;
}

size_t dtl_inverter_memory(const struct dtl_inverter *inv)
{
    return sizeof *inv + dtl_term_table_memory(&inv->table);
}

struct article_walk {
    struct dtl_inverter *inv;
    struct dtl_error *err;
};

static enum dtl_status on_occurrence(void *ctx, const struct dtl_occurrence *o)
{
    const struct article_walk *w = ctx;
    struct dtl_term_table *t = &w->inv->table;
    struct dtl_term_node *n = NULL;
    uint32_t variant = 0;
    if (o->form.n) {
        const struct dtl_variant_node *v = dtl_term_table_variant(t, o);
        if (v) {
            n = dtl_pool_at(&t->pool, v->term);
            variant = v->number;
        }
    } else {
        n = dtl_term_table_term(t, o);
    }
    if (!n)
        return dtl_fail(w->err, DTL_ENOMEM, 0, "no memory for a term of a batch");
    uint32_t flags = o->weight != 1 ? DTL_RUN_TITLE : 0;
    uint32_t article = w->inv->articles + 1, since = n->last_article;
    if (since != article) {
        n->last_article = article;
        n->last_position = n->last_variant = 0;
        flags |= DTL_RUN_FIRST;
    }
    if (variant != n->last_variant)
        flags |= DTL_RUN_OTHER;
    if (o->position < n->last_position || (o->weight != 1 && o->weight != w->inv->title_weight))
        return dtl_fail(w->err, DTL_ECORRUPT, o->position, "an article's words came out of order");
    uint64_t step = o->position - n->last_position;
    n->last_position = o->position;
    n->last_variant = variant;
    bool ok = dtl_byte_run_varint(&t->pool, &n->run, step << DTL_RUN_SHIFT | flags);
    if (ok && flags & DTL_RUN_FIRST)
        ok = dtl_byte_run_varint(&t->pool, &n->run, article - since);
    if (ok && flags & DTL_RUN_OTHER)
        ok = dtl_byte_run_varint(&t->pool, &n->run, variant);
    return ok ? DTL_OK : dtl_fail(w->err, DTL_ENOMEM, 0, "no memory for a posting");
}

enum dtl_status dtl_inverter_add(struct dtl_inverter *inv, struct dtl_analyzer *an,
                                 const struct dtl_article *a, struct dtl_document_lengths *lengths,
                                 struct dtl_error *err)
{
    struct article_walk w = {inv, err};
    enum dtl_status st =
        dtl_document_walk(an, a, inv->title_weight, on_occurrence, &w, lengths, err);
    inv->articles++;
    return st;
}
