/*
 * inverter_write.c - the way out: terms sorted, postings put into document order, variants numbered
 * canonically.
 *
 * Two passes over the bytes of each term. The first finds where its postings begin, which documents
 * they belong to and how often each form occurs in documents that stay; the second, in document
 * order, gives them to the builder. When the archive was fed in document order, or exactly against
 * it, nothing is sorted.
 */
#include "indexer/invert/inverter_private.h"

#include <stdlib.h>

struct key { /* one posting that stays */
    dtl_doc doc;
    uint32_t at; /* of its first occurrence in the term's bytes */
};

struct order {     /* one term; most compares end in `head` */
    uint64_t head; /* field, language, first six bytes */
    uint32_t node;
};

struct numbering { /* one variant of the current term */
    struct dtl_variant v;
    uint32_t number; /* as it came */
};

struct writer { /* scratch of one write, reused term after term */
    struct dtl_inverter *inv;
    const dtl_doc *document;
    struct dtl_builder *b;
    struct dtl_buffer bytes, keys, positions, variants, numbering, listed, renumber;
};

static enum dtl_status no_memory(struct dtl_error *err)
{
    dtl_fail(err, DTL_ENOMEM, 0, "no memory to write a batch");
    return DTL_ENOMEM; /* said so that an analyser sees it is no success */
}

/* An array of `n` items of `size` bytes in a scratch buffer; NULL: no memory. */
static void *room(struct dtl_buffer *b, size_t n, size_t size)
{
    dtl_buffer_reset(b);
    return dtl_buffer_reserve(b, n * size + 1) ? b->p : NULL;
}

/* ---- the order of terms ---- */

static uint64_t head_of(const struct dtl_term_node *n, const uint8_t *text)
{
    uint64_t h = (uint64_t)n->field << 56 | (uint64_t)n->lang << 48;
    for (unsigned i = 0; i < 6 && i < n->bytes; i++)
        h |= (uint64_t)text[i] << (40 - 8 * i);
    return h;
}

static int compare_terms(const void *a, const void *b, void *ctx)
{
    const struct order *x = a, *y = b;
    if (x->head != y->head)
        return x->head < y->head ? -1 : 1;
    const struct dtl_term_table *t = ctx;
    return dtl_bytes_compare(dtl_term_text(t, dtl_pool_at(&t->pool, x->node)),
                             dtl_term_text(t, dtl_pool_at(&t->pool, y->node)));
}

static struct order *sorted_terms(struct dtl_term_table *t)
{
    struct order *o = malloc((t->terms.n + 1) * sizeof *o);
    if (!o)
        return NULL;
    size_t n = 0;
    for (size_t i = 0; i < t->terms.capacity; i++) {
        if (!t->terms.slot[i])
            continue;
        o[n].node = (uint32_t)t->terms.slot[i] - 1;
        const struct dtl_term_node *node = dtl_pool_at(&t->pool, o[n].node);
        o[n].head = head_of(node, t->pool.base + node->text);
        n++;
    }
    qsort_r(o, n, sizeof *o, compare_terms, t);
    return o;
}

/* ---- first pass: which postings, how many of each form ---- */

static inline uint64_t next_number(const uint8_t **p)
{
    uint64_t v = 0;
    for (unsigned shift = 0;; shift += 7) {
        uint8_t c = *(*p)++;
        v |= (uint64_t)(c & 0x7f) << shift;
        if (!(c & 0x80))
            return v;
    }
}

static bool scan(struct writer *w, const struct dtl_term_node *n, struct dtl_bytes bytes,
                 uint32_t *counts, size_t *found)
{
    dtl_buffer_reset(&w->keys);
    uint32_t article = 0, variant = 0;
    bool stays = false;
    for (const uint8_t *p = bytes.p, *end = bytes.p + bytes.n; p < end;) {
        uint32_t at = (uint32_t)(p - bytes.p);
        uint64_t v = next_number(&p);
        if (v & DTL_RUN_FIRST) {
            article += (uint32_t)next_number(&p);
            struct key k = {w->document[article - 1], at};
            stays = k.doc != DTL_DOC_END;
            if (stays && !dtl_buffer_append(&w->keys, &k, sizeof k))
                return false;
            variant = 0;
        }
        if (v & DTL_RUN_OTHER)
            variant = (uint32_t)next_number(&p);
        if (stays && n->variants)
            counts[variant]++;
    }
    *found = w->keys.n / sizeof(struct key);
    return true;
}

static int compare_keys(const void *a, const void *b)
{
    dtl_doc x = ((const struct key *)a)->doc, y = ((const struct key *)b)->doc;
    return (x > y) - (x < y);
}

static void sort_keys(struct key *k, size_t n)
{
    bool rises = true, falls = true;
    for (size_t i = 1; i < n; i++) {
        rises = rises && k[i - 1].doc < k[i].doc;
        falls = falls && k[i - 1].doc > k[i].doc;
    }
    if (rises)
        return;
    if (!falls) {
        qsort(k, n, sizeof *k, compare_keys);
        return;
    }
    for (size_t i = 0, j = n - 1; i < j; i++, j--) {
        struct key swap = k[i];
        k[i] = k[j];
        k[j] = swap;
    }
}

/* ---- variants ---- */

static int compare_variants(const void *a, const void *b)
{
    const struct dtl_variant *x = &((const struct numbering *)a)->v;
    const struct dtl_variant *y = &((const struct numbering *)b)->v;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return dtl_bytes_compare(x->form, y->form);
}

/* The variants that stay, in canonical order, and the new number of each old one. */
static bool number_variants(struct writer *w, const struct dtl_term_node *n, uint32_t *counts,
                            size_t *listed)
{
    struct dtl_term_table *t = &w->inv->table;
    struct numbering *all = room(&w->numbering, n->variants, sizeof *all);
    struct dtl_variant *list = room(&w->listed, n->variants, sizeof *list);
    if (!all || !list)
        return false;
    size_t stay = 0;
    uint32_t at = n->newest;
    for (uint32_t i = 0; i < n->variants; i++) {
        const struct dtl_variant_node *v = dtl_pool_at(&t->pool, at);
        if (counts[v->number])
            all[stay++] = (struct numbering){
                {dtl_bytes(t->pool.base + v->form, v->form_bytes),
                 dtl_bytes(t->pool.base + v->folded, v->folded_bytes), counts[v->number]},
                v->number
            };
        at = v->older;
    }
    qsort(all, stay, sizeof *all, compare_variants);
    for (size_t i = 0; i < stay; i++) {
        list[i] = all[i].v;
        counts[all[i].number] = (uint32_t)i;
    }
    *listed = stay;
    return true;
}

/* ---- second pass ---- */

static enum dtl_status write_posting(struct writer *w, const struct dtl_term_node *n,
                                     struct dtl_bytes bytes, struct key k, const uint32_t *renumber,
                                     struct dtl_error *err)
{
    bool positions = dtl_field_has_positions(n->field);
    uint32_t position = 0, variant = 0, count = 0;
    uint64_t tf = 0;
    dtl_buffer_reset(&w->positions);
    dtl_buffer_reset(&w->variants);
    const uint8_t *p = bytes.p + k.at, *end = bytes.p + bytes.n;
    while (p < end) {
        const uint8_t *here = p;
        uint64_t v = next_number(&p);
        if (v & DTL_RUN_FIRST) {
            if (here != bytes.p + k.at)
                break;
            (void)next_number(&p);
        }
        if (v & DTL_RUN_OTHER)
            variant = (uint32_t)next_number(&p);
        tf += v & DTL_RUN_TITLE ? w->inv->title_weight : 1;
        position += (uint32_t)(v >> DTL_RUN_SHIFT);
        if (!positions)
            continue;
        count++;
        if (!dtl_buffer_u32(&w->positions, position) ||
            (n->variants && !dtl_buffer_u32(&w->variants, renumber[variant])))
            return no_memory(err);
    }
    struct dtl_posting posting = {
        .doc = k.doc, .tf = tf > UINT32_MAX ? UINT32_MAX : (uint32_t)tf, .count = count};
    if (positions)
        posting.positions = (const uint32_t *)(const void *)w->positions.p;
    if (n->variants)
        posting.variants = (const uint32_t *)(const void *)w->variants.p;
    return dtl_builder_posting(w->b, &posting, err);
}

static enum dtl_status write_term(struct writer *w, const struct dtl_term_node *n,
                                  struct dtl_error *err)
{
    struct dtl_bytes bytes = {0};
    uint32_t *counts = room(&w->renumber, n->variants, sizeof *counts);
    size_t found = 0, listed = 0;
    if (!counts || !dtl_byte_run_view(&w->inv->table.pool, &n->run, &w->bytes, &bytes))
        return no_memory(err);
    memset(counts, 0, n->variants * sizeof *counts);
    if (!scan(w, n, bytes, counts, &found))
        return no_memory(err);
    if (found == 0)
        return DTL_OK;
    if (n->variants && !number_variants(w, n, counts, &listed))
        return no_memory(err);
    struct key *keys = (struct key *)(void *)w->keys.p;
    sort_keys(keys, found);
    struct dtl_term_key key = {n->field, n->lang, dtl_term_text(&w->inv->table, n)};
    enum dtl_status st = dtl_builder_term(
        w->b, &key, listed ? (const struct dtl_variant *)(const void *)w->listed.p : NULL, listed,
        dtl_field_has_positions(n->field), err);
    for (size_t i = 0; st == DTL_OK && i < found; i++)
        st = write_posting(w, n, bytes, keys[i], counts, err);
    return st;
}

enum dtl_status dtl_inverter_write(struct dtl_inverter *inv, const dtl_doc *document,
                                   struct dtl_builder *b, struct dtl_error *err)
{
    struct writer w = {.inv = inv, .document = document, .b = b};
    struct order *order = sorted_terms(&inv->table);
    enum dtl_status st = order ? DTL_OK : no_memory(err);
    for (size_t i = 0; st == DTL_OK && i < inv->table.terms.n; i++)
        st = write_term(&w, dtl_pool_at(&inv->table.pool, order[i].node), err);
    struct dtl_buffer *scratch[] = {&w.bytes,     &w.keys,   &w.positions, &w.variants,
                                    &w.numbering, &w.listed, &w.renumber};
    for (size_t i = 0; i < sizeof scratch / sizeof scratch[0]; i++)
        dtl_buffer_release(scratch[i]);
    free(order);
    return st;
}
