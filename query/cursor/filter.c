/*
 * filter.c - documents told one by one: those that pass a test of their columns, and those of a
 * list.
 *
 * A test is asked of candidates only: in a conjunction it comes last, after everything that knows
 * where to look.
 */
#include "query/cursor/list.h"

struct tested {
    struct dtl_cursor c;
    dtl_doc_test test;
    const void *arg;
};

static uint64_t no_score(struct dtl_cursor *c)
{
    (void)c;
    return 0;
}

static dtl_doc tested_seek(struct dtl_cursor *c, dtl_doc target)
{
    struct tested *t = (struct tested *)c;
    struct dtl_cursor_context *ctx = c->ctx;
    for (dtl_doc d = target; d < ctx->segment->facts.docs; d++) {
        bool passes = t->test(ctx, t->arg, d);
        if (ctx->status != DTL_OK)
            return DTL_DOC_END;
        if (passes)
            return d;
    }
    return DTL_DOC_END;
}

struct dtl_cursor *dtl_cursor_tested(struct dtl_cursor_context *ctx, dtl_doc_test test,
                                     const void *arg)
{
    static const struct dtl_cursor_ops ops = {.seek = tested_seek, .score = no_score};
    struct tested *t = dtl_cursor_new(ctx, sizeof *t, &ops, ctx->segment->facts.docs);
    if (!t)
        return NULL;
    t->test = test;
    t->arg = arg;
    t->c.slow = true;
    return &t->c;
}

struct listed {
    struct dtl_cursor c;
    const dtl_doc *docs;
    uint32_t n, at;
};

static dtl_doc listed_seek(struct dtl_cursor *c, dtl_doc target)
{
    struct listed *l = (struct listed *)c;
    while (l->at < l->n && l->docs[l->at] < target)
        l->at++;
    return l->at < l->n ? l->docs[l->at] : DTL_DOC_END;
}

struct dtl_cursor *dtl_cursor_docs(struct dtl_cursor_context *ctx, const dtl_doc *docs, uint32_t n)
{
    static const struct dtl_cursor_ops ops = {.seek = listed_seek, .score = no_score};
    struct listed *l = dtl_cursor_new(ctx, sizeof *l, &ops, n);
    if (!l)
        return NULL;
    l->docs = docs;
    l->n = n;
    return &l->c;
}
