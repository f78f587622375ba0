/*
 * blocks.c - a list by block number: its documents, what its postings score, what they score at
 * most before any of them is decoded.
 */
#include "common/segment/impacts.h"
#include "query/cursor/list.h"

#define TRIED_TFS 16u /* a higher frequency is not asked for */

bool dtl_list_load(struct dtl_list *l, uint32_t block)
{
    enum dtl_status st = dtl_postings_load(&l->p, block, l->c.ctx->err);
    if (st < 0)
        dtl_cursor_fail(l->c.ctx, st);
    return st == DTL_OK;
}

bool dtl_list_tfs(struct dtl_list *l)
{
    enum dtl_status st = dtl_postings_tfs(&l->p, l->c.ctx->err);
    if (st < 0)
        dtl_cursor_fail(l->c.ctx, st);
    return st == DTL_OK;
}

bool dtl_list_bitmap(struct dtl_list *l)
{
    enum dtl_status st = dtl_postings_bitmap(&l->p, &l->bitmap, l->c.ctx->err);
    if (st < 0)
        dtl_cursor_fail(l->c.ctx, st);
    return st >= 0;
}

const uint32_t *dtl_list_scores(struct dtl_list *l, const struct dtl_weight *w)
{
    if (l->scored == l->p.block + 1)
        return l->scores;
    if (!dtl_list_tfs(l))
        return NULL;
    dtl_scores(w, l->p.docs, l->p.tfs, l->p.count, l->scores);
    l->scored = l->p.block + 1;
    return l->scores;
}

static bool bound_group(struct dtl_list *l, const struct dtl_weight *w, uint32_t group)
{
    uint32_t from = group * DTL_BOUNDS_AT_ONCE, end[DTL_BOUNDS_AT_ONCE];
    uint32_t n = l->p.blocks - from < DTL_BOUNDS_AT_ONCE ? l->p.blocks - from : DTL_BOUNDS_AT_ONCE;
    const uint8_t *pairs = NULL;
    if (l->p.term.df < DTL_BLOCK) {
        const struct dtl_term *t = &l->p.term;
        for (uint32_t i = 0; i < t->impacts; i++) {
            uint32_t most = dtl_pair_bound(w, t->impact[i].tf, t->impact[i].length_code);
            l->bound[0] = most > l->bound[0] ? most : l->bound[0];
        }
        return true;
    }
    enum dtl_status st = dtl_postings_pairs(&l->p, from, from + n, &pairs, end, l->c.ctx->err);
    if (st < 0) {
        dtl_cursor_fail(l->c.ctx, st);
        return false;
    }
    dtl_block_bounds(w, pairs, end, n, l->bound + from);
    return true;
}

const uint32_t *dtl_list_bounds(struct dtl_list *l, const struct dtl_weight *w, uint32_t from,
                                uint32_t to)
{
    struct dtl_cursor_context *ctx = l->c.ctx;
    if (!l->bounded) {
        uint32_t groups = (l->p.blocks + DTL_BOUNDS_AT_ONCE - 1) / DTL_BOUNDS_AT_ONCE;
        l->bound = dtl_arena_alloc(ctx->arena, (l->p.blocks + 1) * sizeof *l->bound);
        l->bounded = l->bound ? dtl_arena_alloc(ctx->arena, groups + 1) : NULL;
        if (!l->bounded) {
            dtl_cursor_fail(ctx, dtl_fail(ctx->err, DTL_ENOMEM, 0, "no memory for bounds"));
            return NULL;
        }
    }
    for (uint32_t g = from / DTL_BOUNDS_AT_ONCE; g * DTL_BOUNDS_AT_ONCE < to; g++) {
        if (!l->bounded[g] && !bound_group(l, w, g))
            return NULL;
        l->bounded[g] = 1;
    }
    return l->bound;
}

const dtl_doc *dtl_list_lasts(struct dtl_list *l)
{
    struct dtl_cursor_context *ctx = l->c.ctx;
    if (l->lasts)
        return l->lasts;
    l->lasts = dtl_arena_take(ctx->arena, l->p.blocks * sizeof *l->lasts);
    if (l->lasts)
        dtl_postings_lasts(&l->p, 0, l->p.blocks, l->lasts);
    else
        dtl_cursor_fail(ctx, dtl_fail(ctx->err, DTL_ENOMEM, 0, "no memory for bounds"));
    return l->lasts;
}

/* ---- what a posting must have ---- */

uint32_t dtl_list_least_tf(struct dtl_list *l, const struct dtl_weight *w, uint32_t need)
{
    struct dtl_impact pair[DTL_IMPACTS_MAX];
    const struct dtl_impact *in = l->p.term.impact;
    uint32_t n = l->p.term.impacts, block = l->p.block, end = 0, tf = 1;
    if (need == 0 || !w->norm)
        return 1;
    if (l->p.term.df >= DTL_BLOCK) {
        const uint8_t *bytes = NULL;
        if (dtl_postings_pairs(&l->p, block, block + 1, &bytes, &end, l->c.ctx->err) < 0)
            return 1; /* the bounds were read before: they are sound, or the search has failed */
        for (n = 0; n < end; n++, bytes += DTL_IMPACT_BYTES)
            pair[n] = (struct dtl_impact){dtl_impact_tf_of(bytes[0]), bytes[1]};
        in = pair;
    }
    double norm = dtl_norm_an_occurrence(w, need);
    for (; tf < TRIED_TFS; tf++) { /* as short as an article with so many occurrences can be */
        unsigned shortest = UINT32_MAX;
        for (uint32_t i = 0; i < n; i++)
            if (in[i].tf >= tf && in[i].length_code < shortest)
                shortest = in[i].length_code;
        if (shortest <= UINT8_MAX && w->norm[shortest] <= tf * norm)
            break;
    }
    return tf;
}
