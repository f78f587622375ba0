/*
 * bitmap.c - a set of documents as bits: what a prefix of many lists becomes, since their matches
 * all score the same.
 *
 * Bits are marked on demand. Short lists are marked at once: opening one costs as much. Of long
 * ones the blocks up to the place somebody asked for, and each time twice as far, so that the
 * newest ten of a million cost a block a list, and a whole walk costs what it must.
 */
#include "common/codec/tail.h"
#include "query/cursor/list.h"

#define FIRST_STRETCH 4096u /* documents marked at the first call */

struct expansion {
    struct dtl_cursor c;
    uint64_t *bits;
    uint32_t docs;
    uint32_t marked;        /* documents below it have their bits */
    struct dtl_list **list; /* long ones, each with a block to be marked: p.block + 1, or 0 */
    uint32_t lists;
};

static inline void mark(struct expansion *e, dtl_doc d)
{
    e->bits[d >> 6] |= UINT64_C(1) << (d & 63);
}

/* Documents of a block. Of neighbours each would wait for the one before it in the same word of 64
 * bits; four places of the block far from each other do not. */
static void mark_all(struct expansion *e, const dtl_doc *doc, uint32_t n)
{
    uint32_t quarter = n / 4, i = 0;
    for (; i < quarter; i++) {
        mark(e, doc[i]);
        mark(e, doc[i + quarter]);
        mark(e, doc[i + 2 * quarter]);
        mark(e, doc[i + 3 * quarter]);
    }
    for (i = 4 * quarter; i < n; i++)
        mark(e, doc[i]);
}

/* The current block of a list. */
static bool mark_block(struct expansion *e, struct dtl_list *l)
{
    if (!l->filter) {
        mark_all(e, l->p.docs, l->p.count);
        l->i = l->p.count;
        return true;
    }
    for (l->i = 0; l->i < l->p.count; l->i++)
        if (dtl_list_passes(l))
            mark(e, l->p.docs[l->i]);
    return e->c.ctx->status == DTL_OK;
}

/* A list of less than a block, with every posting counting. */
static bool mark_inline(struct expansion *e, const struct dtl_term *t)
{
    dtl_doc docs[DTL_BLOCK];
    uint32_t tfs[DTL_BLOCK];
    size_t used = 0;
    struct dtl_cursor_context *ctx = e->c.ctx;
    enum dtl_status st =
        dtl_tail_decode(t->inline_postings, 0, e->docs, t->df, docs, tfs, &used, ctx->err);
    if (st < 0) {
        dtl_cursor_fail(ctx, st);
        return false;
    }
    ctx->blocks_read++;
    mark_all(e, docs, t->df);
    return true;
}

/* Mark documents up to `end` at least. */
static bool mark_to(struct expansion *e, dtl_doc end)
{
    if (end <= e->marked)
        return true;
    dtl_doc to = e->marked > FIRST_STRETCH / 2 ? 2 * e->marked : FIRST_STRETCH;
    to = to < end ? end : to;
    to = to < e->docs ? to : e->docs;
    for (uint32_t i = 0; i < e->lists;) {
        struct dtl_list *l = e->list[i];
        while (l->near < l->p.blocks &&
               (l->near == 0 || dtl_postings_last(&l->p, l->near - 1) < to))
            if (!dtl_list_load(l, l->near++) || !mark_block(e, l))
                return false;
        if (l->near == l->p.blocks)
            e->list[i] = e->list[--e->lists];
        else
            i++;
    }
    e->marked = to;
    return true;
}

/* The word at bit `at`, which may stand astride two. */
static uint64_t word_at(const struct expansion *e, dtl_doc at)
{
    uint64_t low = e->bits[at >> 6] >> (at & 63);
    return at & 63 ? low | e->bits[(at >> 6) + 1] << (64 - (at & 63)) : low;
}

static dtl_doc expansion_seek(struct dtl_cursor *c, dtl_doc target)
{
    struct expansion *e = (struct expansion *)c;
    while (target < e->docs) {
        if (!mark_to(e, target + 1))
            return DTL_DOC_END;
        uint32_t k = target >> 6, end = (e->marked + 63) / 64;
        uint64_t left = e->bits[k] & (~UINT64_C(0) << (target & 63));
        while (left == 0 && ++k < end)
            left = e->bits[k];
        dtl_doc d = left ? 64 * k + (dtl_doc)__builtin_ctzll(left) : e->marked;
        if (d < e->marked)
            return d;
        target = e->marked; /* bits from there on are not all known */
    }
    return DTL_DOC_END;
}

static uint64_t expansion_score(struct dtl_cursor *c)
{
    return c->weight ? dtl_weight_score(c->weight, 1, c->doc) : 0; /* constant by construction */
}

static void expansion_window(struct dtl_cursor *c, struct dtl_window *w)
{
    struct expansion *e = (struct expansion *)c;
    dtl_doc end = w->end < e->docs ? w->end : e->docs;
    uint64_t score = w->scores ? expansion_score(c) : 0;
    if (!mark_to(e, end)) {
        c->doc = DTL_DOC_END;
        return;
    }
    /* others were sought to where it stands: what lies before is past */
    dtl_doc past = c->doc < end ? c->doc : end, from = past - (past - w->begin) % 64;
    for (dtl_doc at = from; at < end; at += 64) {
        uint64_t here = word_at(e, at);
        if (at < past)
            here &= ~UINT64_C(0) << (past - at);
        if (end - at < 64)
            here &= (UINT64_C(1) << (end - at)) - 1;
        w->bits[(at - w->begin) >> 6] |= here;
        for (; score && here; here &= here - 1)
            w->scores[at - w->begin + (uint32_t)__builtin_ctzll(here)] += score;
    }
    c->doc = expansion_seek(c, end);
}

static bool add_list(struct expansion *e, const struct dtl_marked_list *m)
{
    if (m->term->is_inline && !m->filter)
        return mark_inline(e, m->term);
    struct dtl_list *l = (struct dtl_list *)dtl_cursor_term(e->c.ctx, m->term, m->filter);
    if (!l)
        return false;
    if (m->term->df < DTL_BLOCK)
        return dtl_list_load(l, 0) && mark_block(e, l);
    e->list[e->lists++] = l;
    return true;
}

struct dtl_cursor *dtl_cursor_expansion(struct dtl_cursor_context *ctx,
                                        const struct dtl_marked_list *list, uint32_t n)
{
    static const struct dtl_cursor_ops ops = {
        .seek = expansion_seek, .score = expansion_score, .window = expansion_window};
    uint32_t docs = ctx->segment->facts.docs;
    uint64_t cost = 0;
    struct expansion *e = dtl_cursor_new(ctx, sizeof *e, &ops, 0);
    if (!e)
        return NULL;
    e->docs = docs;
    e->bits = dtl_arena_alloc(ctx->arena, (docs / 64 + 2) * sizeof *e->bits);
    e->list = dtl_arena_take(ctx->arena, (n + 1) * sizeof(struct dtl_list *));
    if (!e->bits || !e->list) {
        dtl_cursor_fail(ctx, dtl_fail(ctx->err, DTL_ENOMEM, 0, "no memory for a query's cursors"));
        return NULL;
    }
    for (uint32_t i = 0; i < n; i++) {
        if (!add_list(e, &list[i]))
            return NULL;
        cost += list[i].term->df;
    }
    e->c.cost = cost < docs ? cost : docs;
    return &e->c;
}
