/*
 * and.c - what all of several cursors match, and what one matches and another does not.
 *
 * The cheapest child leads and the others are sought to where it stands. Children that look at
 * positions come last: a candidate reaches them when everything else already matched.
 */
#include "query/cursor/list.h"

#include <stdlib.h>

struct all_of {
    struct dtl_cursor c;
    struct dtl_cursor **child; /* leader first */
    uint32_t n;
};

static dtl_doc and_seek(struct dtl_cursor *c, dtl_doc target)
{
    struct all_of *a = (struct all_of *)c;
    dtl_doc d = dtl_cursor_seek(a->child[0], target);
    for (uint32_t i = 1; i < a->n && d != DTL_DOC_END;) {
        dtl_doc at = dtl_cursor_seek(a->child[i], d);
        if (at == d) {
            i++;
        } else {
            d = dtl_cursor_seek(a->child[0], at);
            i = 1;
        }
    }
    return d;
}

static uint64_t and_score(struct dtl_cursor *c)
{
    struct all_of *a = (struct all_of *)c;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < a->n; i++)
        sum += dtl_cursor_score(a->child[i]);
    return sum;
}

static int by_cost(const void *x, const void *y)
{
    const struct dtl_cursor *a = *(struct dtl_cursor *const *)x;
    const struct dtl_cursor *b = *(struct dtl_cursor *const *)y;
    if (a->slow != b->slow)
        return a->slow ? 1 : -1;
    return (a->cost > b->cost) - (a->cost < b->cost);
}

struct dtl_cursor *dtl_cursor_and(struct dtl_cursor_context *ctx, struct dtl_cursor **child,
                                  uint32_t n)
{
    static const struct dtl_cursor_ops ops = {.seek = and_seek, .score = and_score};
    if (n == 0)
        return dtl_cursor_all(ctx);
    if (n == 1)
        return child[0];
    qsort(child, n, sizeof *child, by_cost);
    uint64_t cost = UINT64_MAX;
    for (uint32_t i = 0; i < n; i++)
        cost = child[i]->cost < cost ? child[i]->cost : cost;
    struct all_of *a = dtl_cursor_new(ctx, sizeof *a, &ops, cost);
    if (!a)
        return NULL;
    a->c.kind = DTL_CURSOR_AND;
    a->c.part = a->child = child;
    a->c.parts = a->n = n;
    a->c.slow = child[n - 1]->slow;
    return &a->c;
}

/* ---- without ---- */

struct without {
    struct dtl_cursor c;
    struct dtl_cursor *keep, *drop;
};

static dtl_doc not_seek(struct dtl_cursor *c, dtl_doc target)
{
    struct without *w = (struct without *)c;
    dtl_doc d = dtl_cursor_seek(w->keep, target);
    while (d != DTL_DOC_END && dtl_cursor_seek(w->drop, d) == d)
        d = dtl_cursor_next(w->keep);
    return d;
}

static uint64_t not_score(struct dtl_cursor *c)
{
    return dtl_cursor_score(((struct without *)c)->keep);
}

static void not_window(struct dtl_cursor *c, struct dtl_window *w)
{
    struct without *x = (struct without *)c;
    uint64_t kept[DTL_WINDOW_WORDS] = {0}, dropped[DTL_WINDOW_WORDS] = {0};
    if (w->scores || w->tfs) { /* sums of dropped documents must not reach the caller's */
        dtl_cursor_window_slowly(c, w);
        return;
    }
    struct dtl_window keep = {.begin = w->begin, .end = w->end, .bits = kept};
    struct dtl_window drop = {.begin = w->begin, .end = w->end, .bits = dropped};
    dtl_cursor_seek(x->drop, w->begin);
    dtl_cursor_window(x->keep, &keep);
    dtl_cursor_window(x->drop, &drop);
    for (uint32_t k = 0; k < DTL_WINDOW_WORDS; k++)
        w->bits[k] |= kept[k] & ~dropped[k];
    c->doc = not_seek(c, w->end);
}

struct dtl_cursor *dtl_cursor_not(struct dtl_cursor_context *ctx, struct dtl_cursor *keep,
                                  struct dtl_cursor *drop)
{
    static const struct dtl_cursor_ops ops = {
        .seek = not_seek, .score = not_score, .window = not_window};
    struct without *w = dtl_cursor_new(ctx, sizeof *w, &ops, keep->cost);
    if (!w)
        return NULL;
    w->keep = keep;
    w->drop = drop;
    w->c.slow = keep->slow || drop->slow;
    return &w->c;
}
