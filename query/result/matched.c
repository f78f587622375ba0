/* matched.c - windows gathered into the bits of a segment. */
#include "query/result/matched.h"

#include <stdlib.h>

struct gathering {
    struct dtl_matched m; /* segment NULL: nothing gathered */
    size_t room;          /* of m.bits, in words */
    dtl_matched_fn fn;
    void *ctx;
};

static enum dtl_status give(struct gathering *g, struct dtl_error *err)
{
    if (!g->m.segment)
        return DTL_OK;
    enum dtl_status st = g->fn(g->ctx, &g->m, err);
    g->m.segment = NULL;
    return st;
}

static enum dtl_status begin(struct gathering *g, const struct dtl_matches *w,
                             struct dtl_error *err)
{
    size_t words = (size_t)w->segment->facts.docs / 64 + 1;
    if (words > g->room) {
        free(g->m.bits);
        g->m.bits = malloc(words * sizeof *g->m.bits);
        g->room = g->m.bits ? words : 0;
        if (!g->m.bits)
            return dtl_fail(err, DTL_ENOMEM, 0, "no memory for the matches of a segment");
    }
    memset(g->m.bits, 0, words * sizeof *g->m.bits);
    g->m.segment = w->segment;
    g->m.number = w->number;
    g->m.words = words;
    g->m.count = 0;
    return DTL_OK;
}

static enum dtl_status on_window(void *ctx, const struct dtl_matches *w, struct dtl_error *err)
{
    struct gathering *g = ctx;
    enum dtl_status st = DTL_OK;
    if (g->m.segment != w->segment && (st = give(g, err)) == DTL_OK)
        st = begin(g, w, err);
    if (st != DTL_OK)
        return st;
    size_t at = w->begin / 64, shift = w->begin % 64;
    size_t words = ((size_t)(w->end - w->begin) + 63) / 64;
    for (size_t k = 0; k < words; k++) {
        g->m.bits[at + k] |= w->bits[k] << shift;
        if (shift && w->bits[k] >> (64 - shift)) /* the last word holds no bit beyond the segment */
            g->m.bits[at + k + 1] |= w->bits[k] >> (64 - shift);
    }
    g->m.count += w->count;
    return DTL_OK;
}

enum dtl_status dtl_matched_walk(struct dtl_snapshot *snap, struct dtl_plan *plan,
                                 const struct dtl_query *q, const struct dtl_node *n,
                                 dtl_matched_fn fn, void *ctx, struct dtl_error *err)
{
    struct gathering g = {.fn = fn, .ctx = ctx};
    enum dtl_status st = dtl_search_visit(snap, plan, q, n, on_window, &g, err);
    if (st == DTL_OK)
        st = give(&g, err);
    free(g.m.bits);
    return st;
}

enum dtl_status dtl_matched_each(const struct dtl_matched *m, dtl_doc_fn each, void *ctx,
                                 struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    for (size_t k = 0; k < m->words && st == DTL_OK; k++)
        for (uint64_t left = m->bits[k]; left && st == DTL_OK; left &= left - 1)
            st = each(ctx, (dtl_doc)(64 * k) + (dtl_doc)__builtin_ctzll(left), err);
    return st;
}
