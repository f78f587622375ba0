/*
 * or.c - what any of several cursors matches: OR, and the union of a word's terms.
 *
 * Few children are looked at one by one; from HEAP_FROM on they stand in a binary heap by document,
 * so that a prefix of thousands of lists costs a logarithm a step. A window walks child by child
 * either way.
 */
#include "query/cursor/list.h"

#define HEAP_FROM 9u

struct either {
    struct dtl_cursor c;
    struct dtl_cursor **child; /* a heap by document when n >= HEAP_FROM and not fresh */
    uint32_t n;
    uint32_t *here; /* stack of places in the heap that may stand at c.doc */
    uint32_t *tfs;  /* union: DTL_WINDOW of them, all 0 between windows; made on first use */
    uint32_t *merged;
    uint32_t merged_room;
};

static void sift_down(struct either *e, uint32_t at)
{
    struct dtl_cursor *c = e->child[at];
    for (;;) {
        uint32_t k = 2 * at + 1;
        if (k >= e->n)
            break;
        if (k + 1 < e->n && e->child[k + 1]->doc < e->child[k]->doc)
            k++;
        if (e->child[k]->doc >= c->doc)
            break;
        e->child[at] = e->child[k];
        at = k;
    }
    e->child[at] = c;
}

static dtl_doc either_seek(struct dtl_cursor *c, dtl_doc target)
{
    struct either *e = (struct either *)c;
    if (e->n < HEAP_FROM) {
        dtl_doc first = DTL_DOC_END;
        for (uint32_t i = 0; i < e->n; i++) {
            dtl_doc d = dtl_cursor_seek(e->child[i], target);
            if (d < first)
                first = d;
        }
        return first;
    }
    if (c->fresh) {
        for (uint32_t i = 0; i < e->n; i++)
            dtl_cursor_seek(e->child[i], target);
        for (uint32_t i = e->n / 2; i-- > 0;)
            sift_down(e, i);
    } else {
        while (e->child[0]->doc < target) {
            dtl_cursor_seek(e->child[0], target);
            sift_down(e, 0);
        }
    }
    return e->child[0]->doc;
}

/* Call `fn` for each child that stands at c->doc. */
static void each_here(struct either *e, void (*fn)(void *ctx, struct dtl_cursor *child), void *ctx)
{
    if (e->n < HEAP_FROM) {
        for (uint32_t i = 0; i < e->n; i++) {
            if (e->child[i]->doc == e->c.doc)
                fn(ctx, e->child[i]);
        }
        return;
    }
    uint32_t depth =
        0; /* the children at the least document are the top of the heap, as one tree */
    if (e->child[0]->doc == e->c.doc)
        e->here[depth++] = 0;
    while (depth > 0) {
        uint32_t at = e->here[--depth];
        fn(ctx, e->child[at]);
        for (uint32_t k = 2 * at + 1; k <= 2 * at + 2 && k < e->n; k++) {
            if (e->child[k]->doc == e->c.doc)
                e->here[depth++] = k;
        }
    }
}

/* Let every child with a match before w->end fill the window, and stand at the first match after
 * it. */
static void fill(struct either *e, struct dtl_window *w)
{
    if (e->n >= HEAP_FROM) {
        while (e->child[0]->doc < w->end) {
            dtl_cursor_window(e->child[0], w);
            sift_down(e, 0);
        }
        e->c.doc = e->child[0]->doc;
        return;
    }
    e->c.doc = DTL_DOC_END;
    for (uint32_t i = 0; i < e->n; i++) {
        dtl_cursor_window(e->child[i], w);
        if (e->child[i]->doc < e->c.doc)
            e->c.doc = e->child[i]->doc;
    }
}

static struct either *either_new(struct dtl_cursor_context *ctx, struct dtl_cursor **child,
                                 uint32_t n, const struct dtl_cursor_ops *ops)
{
    uint64_t cost = 0, docs = ctx->segment->facts.docs;
    bool slow = false;
    for (uint32_t i = 0; i < n; i++) {
        cost += child[i]->cost;
        slow |= child[i]->slow;
    }
    struct either *e = dtl_cursor_new(ctx, sizeof *e, ops, cost < docs ? cost : docs);
    if (!e)
        return NULL;
    e->c.part = e->child = child;
    e->c.parts = e->n = n;
    e->c.slow = slow;
    e->here = n < HEAP_FROM ? NULL : dtl_arena_alloc(ctx->arena, n * sizeof *e->here);
    if (n >= HEAP_FROM && !e->here) {
        dtl_cursor_fail(ctx, dtl_fail(ctx->err, DTL_ENOMEM, 0, "no memory for a query's cursors"));
        return NULL;
    }
    return e;
}

/* ---- OR ---- */

static void add_score(void *sum, struct dtl_cursor *child)
{
    *(uint64_t *)sum += dtl_cursor_score(child);
}

static uint64_t or_score(struct dtl_cursor *c)
{
    uint64_t sum = 0;
    each_here((struct either *)c, add_score, &sum);
    return sum;
}

static void or_window(struct dtl_cursor *c, struct dtl_window *w)
{
    fill((struct either *)c, w);
}

struct dtl_cursor *dtl_cursor_or(struct dtl_cursor_context *ctx, struct dtl_cursor **child,
                                 uint32_t n)
{
    static const struct dtl_cursor_ops ops = {
        .seek = either_seek, .score = or_score, .window = or_window};
    if (n == 0)
        return dtl_cursor_none(ctx);
    if (n == 1)
        return child[0];
    struct either *e = either_new(ctx, child, n, &ops);
    if (!e)
        return NULL;
    e->c.kind = DTL_CURSOR_OR;
    return &e->c;
}

/* ---- the union of a word's terms ---- */

static void add_tf(void *sum, struct dtl_cursor *child)
{
    *(uint64_t *)sum += child->ops->tf(child);
}

static uint64_t union_tf(struct dtl_cursor *c)
{
    uint64_t sum = 0;
    each_here((struct either *)c, add_tf, &sum);
    return sum;
}

struct merge {
    struct either *e;
    const uint32_t *positions; /* of one child, or e->merged */
    uint32_t n;
};

/* Merge the child's positions into those so far; an article mostly holds one term of a word, and
 * nothing is copied. */
static void add_positions(void *ctx, struct dtl_cursor *child)
{
    struct merge *m = ctx;
    struct either *e = m->e;
    const uint32_t *more = NULL;
    uint32_t n = child->ops->positions(child, &more);
    if (m->n == 0) {
        m->positions = more;
        m->n = n;
        return;
    }
    uint32_t total = m->n + n;
    if (n > UINT32_MAX - m->n || !dtl_positions_room(e->c.ctx, &e->merged, &e->merged_room, total))
        return;
    uint32_t *out = e->merged;
    if (m->positions != out) /* a child's, or what was merged before there was more room */
        memcpy(out, m->positions, m->n * sizeof *out);
    for (uint32_t i = m->n, k = n, at = total; k > 0;) /* from the back, in place */
        out[--at] = i > 0 && out[i - 1] > more[k - 1] ? out[--i] : more[--k];
    m->positions = out;
    m->n = total;
}

static uint32_t union_positions(struct dtl_cursor *c, const uint32_t **positions)
{
    struct merge m = {.e = (struct either *)c};
    each_here(m.e, add_positions, &m);
    *positions = m.positions;
    return m.n;
}

static void union_window(struct dtl_cursor *c, struct dtl_window *w)
{
    struct either *e = (struct either *)c;
    if (!w->scores || !c->weight) {
        fill(e, w);
        return;
    }
    /* frequencies are added before they are turned into a score */
    if (!e->tfs && !(e->tfs = dtl_arena_alloc(c->ctx->arena, DTL_WINDOW * sizeof *e->tfs))) {
        c->doc = dtl_cursor_fail(c->ctx, dtl_fail(c->ctx->err, DTL_ENOMEM, 0, "no memory"));
        return;
    }
    uint64_t bits[DTL_WINDOW_WORDS] = {0};
    struct dtl_window own = {.begin = w->begin, .end = w->end, .bits = bits};
    if (c->weight->norm)
        own.tfs = e->tfs;
    fill(e, &own);
    for (uint32_t k = 0; k < DTL_WINDOW_WORDS; k++) {
        w->bits[k] |= bits[k];
        for (uint64_t left = bits[k]; left; left &= left - 1) {
            uint32_t i = 64 * k + (uint32_t)__builtin_ctzll(left);
            w->scores[i] += dtl_weight_score(c->weight, e->tfs[i], w->begin + i);
            e->tfs[i] = 0;
        }
    }
}

struct dtl_cursor *dtl_cursor_union(struct dtl_cursor_context *ctx, struct dtl_cursor **list,
                                    uint32_t n)
{
    static const struct dtl_cursor_ops ops = {
        .seek = either_seek, .window = union_window, .tf = union_tf, .positions = union_positions};
    if (n == 0)
        return dtl_cursor_none(ctx);
    if (n == 1)
        return list[0];
    struct either *e = either_new(ctx, list, n, &ops);
    if (!e)
        return NULL;
    e->c.kind = DTL_CURSOR_UNION;
    return &e->c;
}
