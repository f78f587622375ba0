/*
 * merge_terms.c - the terms of several segments, in dictionary order, each with the union of its
 * postings and of its printed forms.
 *
 * A variant's number follows from its count among the documents of the new segment. Counts are
 * added up when all of an input's documents are in the part; else the input's postings are read
 * once for the counts alone, before they are read to be written. A term no dead document holds
 * needs no such pass.
 */
#include "indexer/build/heap.h"
#include "indexer/build/merge_cursor.h"

#include <stdlib.h>

struct named { /* one variant of one input */
    struct dtl_variant v;
    uint32_t cursor, number;
};

struct terms_merge {
    struct dtl_builder *builder;
    struct dtl_merge_cursor *cursor;
    struct dtl_heap terms;  /* cursors by term */
    struct dtl_heap lists;  /* cursors at the current term, then by document */
    uint32_t *taken, takes; /* cursors at the current term */
    struct dtl_arena arena; /* of the current term */
    struct dtl_buffer variants;
};

static enum dtl_status no_memory(struct dtl_error *err)
{
    dtl_fail(err, DTL_ENOMEM, 0, "no memory to merge terms");
    return DTL_ENOMEM; /* said so that an analyser sees it is no success */
}

/* ---- the next term ---- */

static bool term_before(void *ctx, uint32_t a, uint32_t b)
{
    const struct terms_merge *m = ctx;
    int c = dtl_term_key_compare(&m->cursor[a].term.key, &m->cursor[b].term.key);
    return c ? c < 0 : a < b;
}

/* Read the next term of a cursor into the heap. */
static enum dtl_status push(struct terms_merge *m, uint32_t c, struct dtl_error *err)
{
    enum dtl_status st = dtl_terms_next(&m->cursor[c].terms, &m->cursor[c].term, err);
    if (st == DTL_OK)
        dtl_heap_add(&m->terms, c);
    return st < 0 ? st : DTL_OK;
}

static void take_group(struct terms_merge *m)
{
    m->takes = 0;
    do
        m->taken[m->takes++] = dtl_heap_take(&m->terms);
    while (m->terms.n && dtl_term_key_compare(&m->cursor[m->terms.v[0]].term.key,
                                              &m->cursor[m->taken[0]].term.key) == 0);
}

/* ---- variants ---- */

/* Add up the variants of postings [from, to) of the block; their positions stay packed. */
static enum dtl_status count_some(struct dtl_merge_cursor *c, uint32_t from, uint32_t to,
                                  uint32_t *counts, struct dtl_error *err)
{
    if (!c->opened) {
        enum dtl_status st = dtl_postings_occurrences(&c->list, false, true, &c->occurrences, err);
        if (st < 0)
            return st;
        c->opened = true;
    }
    const uint32_t *start = c->occurrences.start;
    if (!c->occurrences.numbers)
        counts[0] += start[to] - start[from];
    else
        for (uint32_t k = start[from]; k < start[to]; k++)
            counts[c->occurrences.numbers[k]]++;
    return DTL_OK;
}

static enum dtl_status recount(struct terms_merge *m, struct dtl_merge_cursor *c, uint32_t *counts,
                               struct dtl_error *err)
{
    enum dtl_status st = dtl_merge_cursor_list(c, &m->arena, err);
    while (st == DTL_OK) {
        uint32_t n = dtl_merge_cursor_run(c, DTL_DOC_END);
        if ((st = count_some(c, c->at, c->at + n, counts, err)) == DTL_OK)
            st = dtl_merge_cursor_skip(c, n, err);
    }
    return st == DTL_END ? DTL_OK : st;
}

static enum dtl_status add_variants(struct terms_merge *m, uint32_t number, struct dtl_error *err)
{
    struct dtl_merge_cursor *c = &m->cursor[number];
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
    for (uint32_t i = 0; i < m->takes; i++)
        if ((st = add_variants(m, m->taken[i], err)) < 0)
            return st;
    size_t all = m->variants.n / sizeof(struct named), made = 0;
    struct named *named = (struct named *)(void *)m->variants.p;
    struct merged *merged = dtl_arena_alloc(&m->arena, (all + 1) * sizeof *merged);
    *list = dtl_arena_alloc(&m->arena, (all + 1) * sizeof **list);
    if (!merged || !*list)
        return no_memory(err);
    if (m->takes > 1 && all > 1)
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

/* The occurrences of the block, their variants under the output's numbers when it has `variants` >
 * 1. */
static enum dtl_status open_block(struct dtl_merge_cursor *c, size_t variants,
                                  struct dtl_error *err)
{
    enum dtl_status st =
        dtl_postings_occurrences(&c->list, true, variants > 1, &c->occurrences, err);
    if (st < 0)
        return st;
    c->opened = true;
    if (variants < 2)
        return DTL_OK;
    const uint32_t *old = c->occurrences.numbers;
    uint32_t n = c->occurrences.start[c->list.count];
    dtl_buffer_reset(&c->numbers);
    if (!dtl_buffer_reserve(&c->numbers, n * sizeof *old))
        return no_memory(err);
    uint32_t *fresh = (uint32_t *)(void *)c->numbers.p;
    for (uint32_t i = 0; i < n; i++)
        fresh[i] = c->renumber[old ? old[i] : 0];
    c->occurrences.numbers = fresh;
    return DTL_OK;
}

static enum dtl_status write_run(struct terms_merge *m, struct dtl_merge_cursor *c, uint32_t n,
                                 size_t variants, struct dtl_error *err)
{
    struct dtl_posting_run run = {.n = n, .docs = c->mapped + c->at, .tfs = c->list.tfs + c->at};
    if (c->term.has_positions) {
        enum dtl_status st = c->opened ? DTL_OK : open_block(c, variants, err);
        if (st < 0)
            return st;
        run.start = c->occurrences.start + c->at;
        run.gaps = c->occurrences.gaps;
        run.variants = c->occurrences.numbers;
    }
    return dtl_builder_postings(m->builder, &run, err);
}

static bool list_before(void *ctx, uint32_t a, uint32_t b)
{
    const struct terms_merge *m = ctx;
    return m->cursor[a].final < m->cursor[b].final;
}

/* Open the lists of the term; those with nothing to give are left out. */
static enum dtl_status open_lists(struct terms_merge *m, struct dtl_error *err)
{
    m->lists.n = 0;
    for (uint32_t i = 0; i < m->takes; i++) {
        enum dtl_status st = dtl_merge_cursor_list(&m->cursor[m->taken[i]], &m->arena, err);
        if (st < 0)
            return st;
        if (st == DTL_OK)
            m->lists.v[m->lists.n++] = m->taken[i];
    }
    dtl_heap_order(&m->lists);
    return DTL_OK;
}

/* The first document that is not of the list in front. */
static dtl_doc next_final(const struct terms_merge *m)
{
    dtl_doc next = DTL_DOC_END;
    for (uint32_t i = 1; i < 3 && i < m->lists.n; i++)
        if (m->cursor[m->lists.v[i]].final < next)
            next = m->cursor[m->lists.v[i]].final;
    return next;
}

static enum dtl_status write_term(struct terms_merge *m, struct dtl_error *err)
{
    const struct dtl_term first = m->cursor[m->taken[0]].term;
    struct dtl_variant *list = NULL;
    size_t variants = 0;
    enum dtl_status st = merge_variants(m, &list, &variants, err);
    if (st < 0 || (first.variants && variants == 0)) /* all of it is gone */
        return st;
    if ((st = open_lists(m, err)) < 0 || m->lists.n == 0)
        return st;
    st = dtl_builder_term(m->builder, &first.key, variants ? list : NULL, variants,
                          first.has_positions, err);
    while (st == DTL_OK && m->lists.n) {
        struct dtl_merge_cursor *c = &m->cursor[m->lists.v[0]];
        uint32_t n = dtl_merge_cursor_run(c, next_final(m));
        if ((st = write_run(m, c, n, variants, err)) < 0 ||
            (st = dtl_merge_cursor_skip(c, n, err)) < 0)
            break;
        if (st == DTL_END)
            dtl_heap_take(&m->lists);
        else
            dtl_heap_sink(&m->lists, 0);
        st = DTL_OK;
    }
    return st;
}

static enum dtl_status check_group(const struct terms_merge *m, struct dtl_error *err)
{
    const struct dtl_term *a = &m->cursor[m->taken[0]].term;
    for (uint32_t i = 1; i < m->takes; i++) {
        const struct dtl_term *b = &m->cursor[m->taken[i]].term;
        if (a->has_positions != b->has_positions || !a->variants != !b->variants)
            return dtl_fail(err, DTL_ECORRUPT, b->ordinal, "segments disagree about a term");
    }
    return DTL_OK;
}

static enum dtl_status merge_all(struct terms_merge *m, struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    while (st == DTL_OK && m->terms.n) {
        take_group(m);
        if ((st = check_group(m, err)) == DTL_OK)
            st = write_term(m, err);
        for (uint32_t i = 0; i < m->takes; i++)
            dtl_merge_cursor_unlist(&m->cursor[m->taken[i]]);
        for (uint32_t i = 0; st == DTL_OK && i < m->takes; i++)
            st = push(m, m->taken[i], err);
        dtl_arena_reset(&m->arena);
    }
    return st;
}

enum dtl_status dtl_merge_terms(const struct dtl_merge_plan *plan, uint32_t part,
                                struct dtl_builder *b, struct dtl_error *err)
{
    struct terms_merge m = {.builder = b};
    enum dtl_status st = DTL_OK;
    m.cursor = calloc(plan->inputs + 1, sizeof *m.cursor);
    m.terms = (struct dtl_heap){calloc(plan->inputs + 1, sizeof(uint32_t)), 0, term_before, &m};
    m.lists = (struct dtl_heap){calloc(plan->inputs + 1, sizeof(uint32_t)), 0, list_before, &m};
    m.taken = calloc(plan->inputs + 1, sizeof *m.taken);
    if (!m.cursor || !m.terms.v || !m.lists.v || !m.taken)
        st = no_memory(err);
    for (uint32_t i = 0; st == DTL_OK && i < plan->inputs; i++)
        if ((st = dtl_merge_cursor_open(&m.cursor[i], &plan->input[i], part, err)) == DTL_OK &&
            m.cursor[i].ranges)
            st = push(&m, i, err);
    if (st == DTL_OK)
        st = merge_all(&m, err);
    for (size_t i = 0; m.cursor && i < plan->inputs; i++)
        dtl_merge_cursor_close(&m.cursor[i]);
    free(m.cursor);
    free(m.terms.v);
    free(m.lists.v);
    free(m.taken);
    dtl_arena_release(&m.arena);
    dtl_buffer_release(&m.variants);
    return st;
}
