/*
 * quorum.c - what at least `needed` of several cursors match (--match N).
 *
 * A seek raises the target to the needed-th smallest place where children stand: no earlier
 * document can have enough of them. A window counts.
 */
#include "query/cursor/list.h"

#include <stdlib.h>

struct quorum {
    struct dtl_cursor c;
    struct dtl_cursor **child;
    uint32_t n, needed;
    dtl_doc *place;    /* n of them: scratch */
    uint64_t *sums;    /* DTL_WINDOW of them, all 0 between windows */
    uint16_t *matched; /* likewise */
};

static int by_doc(const void *x, const void *y)
{
    dtl_doc a = *(const dtl_doc *)x, b = *(const dtl_doc *)y;
    return (a > b) - (a < b);
}

static dtl_doc quorum_seek(struct dtl_cursor *c, dtl_doc target)
{
    struct quorum *q = (struct quorum *)c;
    for (;;) {
        uint32_t here = 0;
        for (uint32_t i = 0; i < q->n; i++) {
            q->place[i] = dtl_cursor_seek(q->child[i], target);
            here += q->place[i] == target;
        }
        if (here >= q->needed || target == DTL_DOC_END)
            return target;
        qsort(q->place, q->n, sizeof *q->place, by_doc);
        dtl_doc next = q->place[q->needed - 1];
        target = next > target ? next : target + 1;
    }
}

static uint64_t quorum_score(struct dtl_cursor *c)
{
    struct quorum *q = (struct quorum *)c;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < q->n; i++) {
        if (q->child[i]->doc == c->doc)
            sum += dtl_cursor_score(q->child[i]);
    }
    return sum;
}

static void quorum_window(struct dtl_cursor *c, struct dtl_window *w)
{
    struct quorum *q = (struct quorum *)c;
    uint64_t any[DTL_WINDOW_WORDS] = {0};
    for (uint32_t i = 0; i < q->n; i++) {
        uint64_t bits[DTL_WINDOW_WORDS] = {0};
        struct dtl_window own = {.begin = w->begin, .end = w->end, .bits = bits};
        if (w->scores)
            own.scores = q->sums;
        dtl_cursor_window(q->child[i], &own);
        for (uint32_t k = 0; k < DTL_WINDOW_WORDS; k++) {
            any[k] |= bits[k];
            for (uint64_t left = bits[k]; left; left &= left - 1)
                q->matched[64 * k + (uint32_t)__builtin_ctzll(left)]++;
        }
    }
    for (uint32_t k = 0; k < DTL_WINDOW_WORDS; k++) {
        for (uint64_t left = any[k]; left; left &= left - 1) {
            uint32_t i = 64 * k + (uint32_t)__builtin_ctzll(left);
            if (q->matched[i] >= q->needed) {
                w->bits[k] |= left & -left;
                if (w->scores)
                    w->scores[i] += q->sums[i];
            }
            q->matched[i] = 0;
            q->sums[i] = 0;
        }
    }
    c->doc = quorum_seek(c, w->end);
}

struct dtl_cursor *dtl_cursor_quorum(struct dtl_cursor_context *ctx, struct dtl_cursor **child,
                                     uint32_t n, uint32_t needed)
{
    static const struct dtl_cursor_ops ops = {
        .seek = quorum_seek, .score = quorum_score, .window = quorum_window};
    if (needed > n)
        return dtl_cursor_none(ctx);
    uint64_t cost = 0, docs = ctx->segment->facts.docs;
    bool slow = false;
    for (uint32_t i = 0; i < n; i++) {
        cost += child[i]->cost;
        slow |= child[i]->slow;
    }
    struct quorum *q = dtl_cursor_new(ctx, sizeof *q, &ops, cost < docs ? cost : docs);
    if (!q)
        return NULL;
    q->child = child;
    q->n = n;
    q->needed = needed;
    q->c.slow = slow;
    q->place = dtl_arena_alloc(ctx->arena, n * sizeof *q->place);
    q->sums = dtl_arena_alloc(ctx->arena, DTL_WINDOW * sizeof *q->sums);
    q->matched = dtl_arena_alloc(ctx->arena, DTL_WINDOW * sizeof *q->matched);
    if (!q->place || !q->sums || !q->matched) {
        dtl_cursor_fail(ctx, dtl_fail(ctx->err, DTL_ENOMEM, 0, "no memory for a query's cursors"));
        return NULL;
    }
    return &q->c;
}
