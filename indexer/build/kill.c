/*
 * kill.c - df pairs of the dead: their terms gathered in a table, looked up in the segment once a
 * term, added to what died before.
 */
#include "indexer/build/kill.h"

#include "common/segment/columns.h"
#include "common/segment/terms.h"
#include "indexer/invert/term_table.h"

#include <stdlib.h>

#define TABLE_BYTES ((size_t)32 << 20) /* of terms gathered before they are looked up */

struct killing {
    struct dtl_snapshot *snap;
    struct dtl_segment *s;
    struct dtl_analyzer *an;
    struct dtl_dead *dead;
    struct dtl_term_table table; /* a node's last_variant counts the articles that hold it */
    uint32_t article;            /* 1, 2, ... */
    struct dtl_buffer pairs;     /* of dtl_dead_pair, unsorted */
    struct dtl_arena scratch;
    struct dtl_error *err;
};

static enum dtl_status no_memory(struct dtl_error *err)
{
    dtl_fail(err, DTL_ENOMEM, 0, "no memory to remove articles");
    return DTL_ENOMEM; /* said so that an analyser sees it is no success */
}

static enum dtl_status on_occurrence(void *ctx, const struct dtl_occurrence *o)
{
    struct killing *k = ctx;
    struct dtl_term_node *n = dtl_term_table_term(&k->table, o);
    if (!n)
        return no_memory(k->err);
    if (n->last_article != k->article) {
        n->last_article = k->article;
        n->last_variant++;
    }
    return DTL_OK;
}

/* Turn the gathered terms into pairs. */
static enum dtl_status look_up(struct killing *k)
{
    for (size_t i = 0; i < k->table.terms.capacity; i++) {
        if (!k->table.terms.slot[i])
            continue;
        const struct dtl_term_node *n =
            dtl_pool_at(&k->table.pool, (uint32_t)k->table.terms.slot[i] - 1);
        struct dtl_term_key key = {n->field, n->lang, dtl_term_text(&k->table, n)};
        struct dtl_term term;
        dtl_arena_reset(&k->scratch);
        enum dtl_status st = dtl_terms_find(k->s, &key, &k->scratch, &term, k->err);
        if (st == DTL_NOTFOUND)
            return dtl_fail(k->err, DTL_ECORRUPT, n->field,
                            "a stored article has a term its segment does not know");
        if (st < 0)
            return st;
        struct dtl_dead_pair pair = {term.ordinal, n->last_variant};
        if (!dtl_buffer_append(&k->pairs, &pair, sizeof pair))
            return no_memory(k->err);
    }
    dtl_term_table_reset(&k->table);
    return DTL_OK;
}

static enum dtl_status kill_one(struct killing *k, dtl_doc doc)
{
    struct dtl_document row;
    struct dtl_article a;
    struct dtl_document_lengths lengths;
    struct dtl_dead *d = k->dead;
    uint32_t title_weight = dtl_store_settings(k->snap->store)->title_weight;
    dtl_arena_reset(&k->scratch);
    enum dtl_status st = dtl_columns_row(k->s, doc, &row, k->err);
    if (st < 0 || (st = dtl_snapshot_article(k->snap, k->s, doc, &k->scratch, &a, k->err)) < 0)
        return st;
    k->article++;
    if ((st = dtl_document_walk(k->an, &a, title_weight, on_occurrence, k, &lengths, k->err)) < 0)
        return st;
    if (row.group >= d->groups)
        return dtl_fail(k->err, DTL_ECORRUPT, doc, "document of an unknown article group");
    roaring_bitmap_add(d->docs, doc);
    d->count++;
    d->weighted_total += row.weighted;
    d->word_total += row.words;
    d->text_bytes += row.text_bytes;
    d->lang_docs[dtl_lang_of(row.lang)]++;
    d->group_bytes[row.group] += row.frame_bytes;
    return dtl_term_table_memory(&k->table) > TABLE_BYTES ? look_up(k) : DTL_OK;
}

static int by_ordinal(const void *a, const void *b)
{
    uint32_t x = ((const struct dtl_dead_pair *)a)->ordinal;
    uint32_t y = ((const struct dtl_dead_pair *)b)->ordinal;
    return (x > y) - (x < y);
}

/* Old and new pairs in one sorted array, a term once. */
static enum dtl_status join_pairs(struct killing *k)
{
    struct dtl_dead *d = k->dead;
    if (d->pair_count && !dtl_buffer_append(&k->pairs, d->pairs, d->pair_count * sizeof *d->pairs))
        return no_memory(k->err);
    size_t n = k->pairs.n / sizeof(struct dtl_dead_pair), kept = 0;
    struct dtl_dead_pair *p = malloc((n + 1) * sizeof *p);
    if (!p)
        return no_memory(k->err);
    if (n)
        memcpy(p, k->pairs.p, n * sizeof *p);
    qsort(p, n, sizeof *p, by_ordinal);
    for (size_t i = 0; i < n; i++) {
        if (kept && p[kept - 1].ordinal == p[i].ordinal)
            p[kept - 1].df += p[i].df;
        else
            p[kept++] = p[i];
    }
    free(d->pairs);
    d->pairs = p;
    d->pair_count = kept;
    return DTL_OK;
}

enum dtl_status dtl_kill(struct dtl_snapshot *snap, struct dtl_segment *s,
                         const roaring_bitmap_t *killed, struct dtl_analyzer *an,
                         struct dtl_dead **out, struct dtl_error *err)
{
    struct killing k = {.snap = snap, .s = s, .an = an, .err = err};
    enum dtl_status st = dtl_term_table_open(&k.table, err);
    if (st == DTL_OK && !(k.dead = dtl_dead_clone(s->dead, &s->facts)))
        st = no_memory(err);
    roaring_uint32_iterator_t *it = roaring_create_iterator(killed);
    if (st == DTL_OK && !it)
        st = no_memory(err);
    for (; st == DTL_OK && it->has_value; roaring_advance_uint32_iterator(it))
        st = kill_one(&k, it->current_value);
    if (it)
        roaring_free_uint32_iterator(it);
    if (st == DTL_OK && (st = look_up(&k)) == DTL_OK)
        st = join_pairs(&k);
    dtl_term_table_close(&k.table);
    dtl_buffer_release(&k.pairs);
    dtl_arena_release(&k.scratch);
    if (st == DTL_OK)
        *out = k.dead;
    else
        dtl_dead_release(k.dead);
    return st;
}
