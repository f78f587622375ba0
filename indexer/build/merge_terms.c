/*
 * merge_terms.c - the terms of several segments, in dictionary order, each with the union of its
 * postings and of its printed forms.
 *
 * A variant's number follows from its count among the documents of the new segment. Counts are
 * added up when all of an input's documents are in the part; else the input's postings are read
 * once for the counts alone, before they are read to be written. A term no dead document holds
 * needs no such pass.
 */
#include "common/segment/postings.h"
#include "indexer/build/merge.h"

#include <stdlib.h>

struct cursor { /* one input: its place among the terms, and in the postings of the current one */
    const struct dtl_merge_input *in;
    bool filtered;  /* some of its documents are not in this part */
    bool only_dead; /* ... and those are exactly the segment's dead */
    struct dtl_terms_iter terms;
    struct dtl_term term;
    struct dtl_postings list;
    bool open;
    uint32_t at;        /* posting of the current block */
    dtl_doc final;      /* the document it becomes */
    uint32_t *renumber; /* old variant -> new */
};

struct named { /* one variant of one input */
    struct dtl_variant v;
    uint32_t cursor, number;
};

struct terms_merge {
    const struct dtl_merge_plan *plan;
    uint32_t part;
    struct dtl_builder *builder;
    struct cursor *cursor;
    uint32_t *heap, heaped;   /* cursors by term */
    uint32_t *group, grouped; /* cursors at the current term */
    struct dtl_arena arena;   /* of the current term */
    struct dtl_buffer variants;
};

static enum dtl_status no_memory(struct dtl_error *err)
{
    return dtl_fail(err, DTL_ENOMEM, 0, "no memory to merge terms");
}

/* ---- the next term ---- */

static bool term_before(const struct terms_merge *m, uint32_t a, uint32_t b)
{
    int c = dtl_term_key_compare(&m->cursor[a].term.key, &m->cursor[b].term.key);
    return c ? c < 0 : a < b;
}

static void sink_term(struct terms_merge *m, uint32_t i)
{
    for (;;) {
        uint32_t child = 2 * i + 1;
        if (child >= m->heaped)
            return;
        if (child + 1 < m->heaped && term_before(m, m->heap[child + 1], m->heap[child]))
            child++;
        if (!term_before(m, m->heap[child], m->heap[i]))
            return;
        uint32_t swap = m->heap[i];
        m->heap[i] = m->heap[child];
        m->heap[child] = swap;
        i = child;
    }
}

static void lift_term(struct terms_merge *m, uint32_t i)
{
    while (i && term_before(m, m->heap[i], m->heap[(i - 1) / 2])) {
        uint32_t swap = m->heap[i];
        m->heap[i] = m->heap[(i - 1) / 2];
        m->heap[(i - 1) / 2] = swap;
        i = (i - 1) / 2;
    }
}

/* Read the next term of a cursor into the heap. */
static enum dtl_status push(struct terms_merge *m, uint32_t c, struct dtl_error *err)
{
    enum dtl_status st = dtl_terms_next(&m->cursor[c].terms, &m->cursor[c].term, err);
    if (st == DTL_END)
        return DTL_OK;
    if (st < 0)
        return st;
    m->heap[m->heaped++] = c;
    lift_term(m, m->heaped - 1);
    return DTL_OK;
}

static void take_group(struct terms_merge *m)
{
    m->grouped = 0;
    do {
        m->group[m->grouped++] = m->heap[0];
        m->heap[0] = m->heap[--m->heaped];
        sink_term(m, 0);
    } while (m->heaped && dtl_term_key_compare(&m->cursor[m->heap[0]].term.key,
                                               &m->cursor[m->group[0]].term.key) == 0);
}

/* ---- postings of one input ---- */

static enum dtl_status next_posting(struct cursor *c, uint32_t part, struct dtl_error *err)
{
    for (;;) {
        if (c->at < c->list.count) {
            c->final = dtl_merge_map(c->in, part, c->list.docs[c->at]);
            if (c->final != DTL_DOC_END)
                return DTL_OK;
            c->at++;
            continue;
        }
        dtl_doc target = c->list.count ? c->list.last + 1 : 0;
        enum dtl_status st = dtl_postings_seek(&c->list, target, err);
        if (st != DTL_OK) {
            c->final = DTL_DOC_END;
            return st;
        }
        c->at = 0;
    }
}

static void close_list(struct cursor *c)
{
    if (c->open)
        dtl_postings_release(&c->list);
    c->open = false;
}

static enum dtl_status open_list(struct terms_merge *m, struct cursor *c, struct dtl_error *err)
{
    close_list(c);
    c->list = (struct dtl_postings){0};
    enum dtl_status st = dtl_postings_open(&c->list, c->in->segment, &c->term, &m->arena, err);
    c->open = st == DTL_OK;
    c->at = 0;
    return st < 0 ? st : next_posting(c, m->part, err);
}

/* ---- variants ---- */

static enum dtl_status recount(struct terms_merge *m, struct cursor *c, uint32_t *counts,
                               struct dtl_error *err)
{
    enum dtl_status st = open_list(m, c, err);
    while (st == DTL_OK) {
        const uint32_t *positions = NULL, *variants = NULL;
        uint32_t n = 0;
        if ((st = dtl_postings_positions(&c->list, c->at, &positions, &n, err)) < 0 ||
            (st = dtl_postings_variants(&c->list, c->at, &variants, err)) < 0)
            return st;
        for (uint32_t i = 0; i < n; i++) {
            if (variants[i] >= c->term.variants)
                return dtl_fail(err, DTL_ECORRUPT, c->list.docs[c->at], "variant out of range");
            counts[variants[i]]++;
        }
        c->at++;
        st = next_posting(c, m->part, err);
    }
    return st == DTL_END ? DTL_OK : st;
}

static enum dtl_status add_variants(struct terms_merge *m, uint32_t number, struct dtl_error *err)
{
    struct cursor *c = &m->cursor[number];
    struct dtl_variant *v = NULL;
    if (c->term.variants == 0)
        return DTL_OK;
    uint32_t *counts = dtl_arena_alloc(&m->arena, c->term.variants * sizeof *counts);
    c->renumber = dtl_arena_alloc(&m->arena, c->term.variants * sizeof *c->renumber);
    if (!counts || !c->renumber)
        return no_memory(err);
    enum dtl_status st = dtl_term_variants(&c->term, &m->arena, &v, err);
    if (st < 0)
        return st;
    bool count = c->filtered;
    if (count && c->only_dead && dtl_dead_df(c->in->segment, c->term.ordinal) == 0)
        count = false;
    if (count && (st = recount(m, c, counts, err)) < 0)
        return st;
    for (uint32_t i = 0; i < c->term.variants; i++) {
        struct named n = {v[i], number, i};
        if (count)
            n.v.count = counts[i];
        if (n.v.count && !dtl_buffer_append(&m->variants, &n, sizeof n))
            return no_memory(err);
    }
    return DTL_OK;
}

static int by_form(const void *a, const void *b)
{
    return dtl_bytes_compare(((const struct named *)a)->v.form, ((const struct named *)b)->v.form);
}

struct merged { /* a variant of the output, and where its sources stand among the named */
    struct dtl_variant v;
    uint32_t first, n;
};

static int canonical(const void *a, const void *b)
{
    const struct dtl_variant *x = &((const struct merged *)a)->v;
    const struct dtl_variant *y = &((const struct merged *)b)->v;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return dtl_bytes_compare(x->form, y->form);
}

/* The output's variant list in canonical order; fills every cursor's `renumber`. */
static enum dtl_status merge_variants(struct terms_merge *m, struct dtl_variant **list, size_t *n,
                                      struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    dtl_buffer_reset(&m->variants);
    for (uint32_t i = 0; i < m->grouped; i++)
        if ((st = add_variants(m, m->group[i], err)) < 0)
            return st;
    size_t all = m->variants.n / sizeof(struct named), made = 0;
    struct named *named = (struct named *)(void *)m->variants.p;
    struct merged *merged = dtl_arena_alloc(&m->arena, (all + 1) * sizeof *merged);
    *list = dtl_arena_alloc(&m->arena, (all + 1) * sizeof **list);
    if (!merged || !*list)
        return no_memory(err);
    if (m->grouped > 1 && all > 1)
        qsort(named, all, sizeof *named, by_form);
    for (size_t i = 0; i < all; i++) {
        if (made && dtl_bytes_equal(merged[made - 1].v.form, named[i].v.form)) {
            uint64_t sum = (uint64_t)merged[made - 1].v.count + named[i].v.count;
            merged[made - 1].v.count = sum > UINT32_MAX ? UINT32_MAX : (uint32_t)sum;
            merged[made - 1].n++;
        } else {
            merged[made++] = (struct merged){named[i].v, (uint32_t)i, 1};
        }
    }
    if (made > 1)
        qsort(merged, made, sizeof *merged, canonical);
    for (size_t i = 0; i < made; i++) {
        (*list)[i] = merged[i].v;
        for (uint32_t k = merged[i].first; k < merged[i].first + merged[i].n; k++)
            m->cursor[named[k].cursor].renumber[named[k].number] = (uint32_t)i;
    }
    *n = made;
    return DTL_OK;
}

/* ---- writing ---- */

static enum dtl_status write_posting(struct terms_merge *m, struct cursor *c, struct dtl_error *err)
{
    struct dtl_posting p = {.doc = c->final, .tf = c->list.tfs[c->at]};
    enum dtl_status st = DTL_OK;
    if (c->term.has_positions &&
        (st = dtl_postings_positions(&c->list, c->at, &p.positions, &p.count, err)) < 0)
        return st;
    if (c->term.variants) {
        const uint32_t *old = NULL;
        if ((st = dtl_postings_variants(&c->list, c->at, &old, err)) < 0)
            return st;
        dtl_buffer_reset(&m->variants);
        if (!dtl_buffer_reserve(&m->variants, p.count * sizeof(uint32_t) + 1))
            return no_memory(err);
        uint32_t *fresh = (uint32_t *)(void *)m->variants.p;
        for (uint32_t i = 0; i < p.count; i++) {
            if (old[i] >= c->term.variants)
                return dtl_fail(err, DTL_ECORRUPT, c->list.docs[c->at], "variant out of range");
            fresh[i] = c->renumber[old[i]];
        }
        p.variants = fresh;
    }
    return dtl_builder_posting(m->builder, &p, err);
}

static void sink_list(struct terms_merge *m, uint32_t i)
{
    for (;;) {
        uint32_t child = 2 * i + 1;
        if (child >= m->grouped)
            return;
        if (child + 1 < m->grouped &&
            m->cursor[m->group[child + 1]].final < m->cursor[m->group[child]].final)
            child++;
        if (m->cursor[m->group[i]].final < m->cursor[m->group[child]].final)
            return;
        uint32_t swap = m->group[i];
        m->group[i] = m->group[child];
        m->group[child] = swap;
        i = child;
    }
}

/* Open the lists of the group; those with nothing to give leave it. */
static enum dtl_status open_group(struct terms_merge *m, struct dtl_error *err)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < m->grouped; i++) {
        enum dtl_status st = open_list(m, &m->cursor[m->group[i]], err);
        if (st < 0)
            return st;
        if (st == DTL_OK)
            m->group[kept++] = m->group[i];
    }
    m->grouped = kept;
    for (uint32_t i = kept; i-- > 0;)
        sink_list(m, i);
    return DTL_OK;
}

static enum dtl_status write_term(struct terms_merge *m, struct dtl_error *err)
{
    const struct dtl_term first = m->cursor[m->group[0]].term;
    struct dtl_variant *list = NULL;
    size_t variants = 0;
    enum dtl_status st = merge_variants(m, &list, &variants, err);
    if (st < 0 || (first.variants && variants == 0)) /* all of it is gone */
        return st;
    if ((st = open_group(m, err)) < 0 || m->grouped == 0)
        return st;
    st = dtl_builder_term(m->builder, &first.key, variants ? list : NULL, variants,
                          first.has_positions, err);
    while (st == DTL_OK && m->grouped) {
        struct cursor *c = &m->cursor[m->group[0]];
        if ((st = write_posting(m, c, err)) < 0)
            break;
        c->at++;
        if ((st = next_posting(c, m->part, err)) < 0)
            break;
        if (st == DTL_END)
            m->group[0] = m->group[--m->grouped];
        sink_list(m, 0);
        st = DTL_OK;
    }
    return st;
}

static enum dtl_status check_group(const struct terms_merge *m, struct dtl_error *err)
{
    const struct dtl_term *a = &m->cursor[m->group[0]].term;
    for (uint32_t i = 1; i < m->grouped; i++) {
        const struct dtl_term *b = &m->cursor[m->group[i]].term;
        if (a->has_positions != b->has_positions || !a->variants != !b->variants)
            return dtl_fail(err, DTL_ECORRUPT, b->ordinal, "segments disagree about a term");
    }
    return DTL_OK;
}

static void count_stays(struct cursor *c, uint32_t part)
{
    const struct dtl_segment *s = c->in->segment;
    uint32_t docs = s->facts.docs, stay = c->in->stay;
    if (c->in->output) {
        stay = 0;
        for (dtl_doc d = 0; d < docs; d++)
            stay += dtl_merge_map(c->in, part, d) != DTL_DOC_END;
    }
    c->filtered = stay != docs;
    c->only_dead = s->dead && !c->in->dropped && !c->in->output;
}

enum dtl_status dtl_merge_terms(const struct dtl_merge_plan *plan, uint32_t part,
                                struct dtl_builder *b, struct dtl_error *err)
{
    struct terms_merge m = {.plan = plan, .part = part, .builder = b};
    enum dtl_status st = DTL_OK;
    m.cursor = calloc(plan->inputs + 1, sizeof *m.cursor);
    m.heap = calloc(plan->inputs + 1, sizeof *m.heap);
    m.group = calloc(plan->inputs + 1, sizeof *m.group);
    if (!m.cursor || !m.heap || !m.group)
        st = no_memory(err);
    for (uint32_t i = 0; st == DTL_OK && i < plan->inputs; i++) {
        m.cursor[i].in = &plan->input[i];
        count_stays(&m.cursor[i], part);
        if (plan->input[i].stay &&
            (st = dtl_terms_seek(&m.cursor[i].terms, plan->input[i].segment, NULL, err)) == DTL_OK)
            st = push(&m, i, err);
    }
    while (st == DTL_OK && m.heaped) {
        take_group(&m);
        uint32_t n = m.grouped;
        uint32_t *taken = dtl_arena_alloc(&m.arena, n * sizeof *taken);
        if (!taken) {
            st = no_memory(err);
            break;
        }
        memcpy(taken, m.group, n * sizeof *taken);
        if ((st = check_group(&m, err)) == DTL_OK)
            st = write_term(&m, err);
        for (uint32_t i = 0; i < n; i++)
            close_list(&m.cursor[taken[i]]);
        for (uint32_t i = 0; st == DTL_OK && i < n; i++)
            st = push(&m, taken[i], err);
        dtl_arena_reset(&m.arena);
    }
    for (size_t i = 0; m.cursor && i < plan->inputs; i++) {
        close_list(&m.cursor[i]);
        dtl_terms_iter_release(&m.cursor[i].terms);
    }
    free(m.cursor);
    free(m.heap);
    free(m.group);
    dtl_arena_release(&m.arena);
    dtl_buffer_release(&m.variants);
    return st;
}
