/*
 * inverter.c - the way in: each occurrence of an article becomes a few bytes of its term's run.
 *
 * Why in order of arrival: the alternative, keeping the text of a batch until its order is known,
 * holds the text and the index in memory at once and cannot say beforehand how large the index of
 * it will be. Put into order at the end, a batch is as large as memory allows, known exactly at
 * every article, and the sort touches small keys of one term at a time (inverted_write.c).
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

/* ---- one occurrence ---- */

static enum dtl_status no_memory(struct dtl_error *err)
{
    dtl_fail(err, DTL_ENOMEM, 0, "no memory for the words of a batch");
    return DTL_ENOMEM; /* said so that an analyser sees it is no success */
}

static enum dtl_status put(struct dtl_inverter *inv, struct dtl_term_node *n, uint32_t variant,
                           uint32_t position, uint32_t weight, struct dtl_error *err)
{
    struct dtl_pool *pool = &inv->table.pool;
    uint32_t flags = weight != 1 ? DTL_RUN_TITLE : 0;
    uint32_t article = inv->articles + 1, since = n->last_article;
    if (since != article) {
        n->last_article = article;
        n->last_position = n->last_variant = 0;
        flags |= DTL_RUN_FIRST;
    }
    if (variant != n->last_variant)
        flags |= DTL_RUN_OTHER;
    if (position < n->last_position || (weight != 1 && weight != inv->title_weight))
        return dtl_fail(err, DTL_ECORRUPT, position, "an article's words came out of order");
    uint64_t step = position - n->last_position;
    n->last_position = position;
    n->last_variant = variant;
    bool ok = dtl_byte_run_varint(pool, &n->run, step << DTL_RUN_SHIFT | flags);
    if (ok && flags & DTL_RUN_FIRST)
        ok = dtl_byte_run_varint(pool, &n->run, article - since);
    if (ok && flags & DTL_RUN_OTHER)
        ok = dtl_byte_run_varint(pool, &n->run, variant);
    return ok ? DTL_OK : no_memory(err);
}

static enum dtl_status put_word(struct dtl_inverter *inv, const struct dtl_occurrence *o,
                                uint32_t hash, struct dtl_error *err)
{
    const struct dtl_variant_node *v = dtl_term_table_variant(&inv->table, o, hash);
    if (!v)
        return no_memory(err);
    return put(inv, dtl_pool_at(&inv->table.pool, v->term), v->number, o->position, o->weight, err);
}

/*
 * Words wait in a ring before they are put, and on the way what they will touch is fetched: the
 * slot of their form, its node, the node of their term, the end of its run. Each of the four is a
 * cache miss as often as not, and the last three are known only from the one before. Words of one
 * term keep their order.
 */

static void copy_text(struct dtl_bytes *b, uint8_t **to)
{
    memcpy(*to, b->p, b->n);
    b->p = *to;
    *to += b->n;
}

static enum dtl_status put_oldest(struct dtl_inverter *inv, struct dtl_error *err)
{
    struct dtl_waiting *w = &inv->ring[inv->ring_out++ % DTL_RING];
    return put_word(inv, &w->o, w->hash, err);
}

static void look_ahead(struct dtl_inverter *inv)
{
    const struct dtl_pool *pool = &inv->table.pool;
    for (uint32_t stage = 1; stage < 4; stage++) {
        uint32_t age = stage * DTL_RING / 4;
        if (inv->ring_in - inv->ring_out < age)
            return;
        struct dtl_waiting *w = &inv->ring[(inv->ring_in - age) % DTL_RING];
        const struct dtl_term_node *n = NULL;
        if (stage == 1) {
            w->guess = dtl_term_table_guess(&inv->table, w->hash);
            __builtin_prefetch(w->guess);
        } else if (w->guess) {
            n = dtl_pool_at(pool, w->guess->term);
            __builtin_prefetch(stage == 2 ? (const uint8_t *)n : pool->base + n->run.tail);
        }
    }
}

static enum dtl_status on_word(struct dtl_inverter *inv, const struct dtl_occurrence *o,
                               struct dtl_error *err)
{
    uint32_t hash = dtl_term_table_hash(o);
    enum dtl_status st = DTL_OK;
    if (o->term.n + o->form.n + o->folded.n > DTL_RING_TEXT) { /* too long to wait */
        while (st == DTL_OK && inv->ring_out != inv->ring_in)
            st = put_oldest(inv, err);
        return st == DTL_OK ? put_word(inv, o, hash, err) : st;
    }
    if (inv->ring_in - inv->ring_out == DTL_RING && (st = put_oldest(inv, err)) != DTL_OK)
        return st;
    dtl_term_table_expect(&inv->table, hash);
    struct dtl_waiting *w = &inv->ring[inv->ring_in++ % DTL_RING];
    uint8_t *to = w->text;
    w->o = *o;
    w->hash = hash;
    w->guess = NULL;
    copy_text(&w->o.term, &to);
    copy_text(&w->o.form, &to);
    copy_text(&w->o.folded, &to);
    look_ahead(inv);
    return DTL_OK;
}

/* ---- one article ---- */

struct article_walk {
    struct dtl_inverter *inv;
    struct dtl_error *err;
};

static enum dtl_status on_occurrence(void *ctx, const struct dtl_occurrence *o)
{
    const struct article_walk *w = ctx;
    if (o->form.n)
        return on_word(w->inv, o, w->err);
    struct dtl_term_node *n = dtl_term_table_term(&w->inv->table, o);
    return n ? put(w->inv, n, 0, o->position, o->weight, w->err) : no_memory(w->err);
}

enum dtl_status dtl_inverter_add(struct dtl_inverter *inv, struct dtl_analyzer *an,
                                 const struct dtl_article *a, struct dtl_document_lengths *lengths,
                                 struct dtl_error *err)
{
    struct article_walk w = {inv, err};
    enum dtl_status st =
        dtl_document_walk(an, a, inv->title_weight, on_occurrence, &w, lengths, err);
    while (st == DTL_OK && inv->ring_out != inv->ring_in)
        st = put_oldest(inv, err);
    inv->ring_in = inv->ring_out = 0;
    inv->articles++;
    return st;
}
