/*
 * cursor.c - what all cursors share: their context, the default ways of scoring and filling a
 * window, and the two cursors that need no list.
 */
#include "query/cursor/cursor.h"

#include "query/cursor/list.h"

void dtl_cursor_context_init(struct dtl_cursor_context *ctx, struct dtl_segment *segment,
                             uint32_t title_weight, struct dtl_arena *arena, struct dtl_error *err)
{
    *ctx = (struct dtl_cursor_context){
        .segment = segment,
        .arena = arena,
        .err = err,
        .title_weight = title_weight,
        .titled = DTL_DOC_END,
    };
}

void dtl_cursor_context_release(struct dtl_cursor_context *ctx)
{
    for (struct dtl_list *l = ctx->lists; l; l = l->next) {
        ctx->blocks_read += l->p.blocks_read;
        dtl_postings_release(&l->p);
    }
    ctx->lists = NULL;
}

dtl_doc dtl_cursor_fail(struct dtl_cursor_context *ctx, enum dtl_status st)
{
    if (ctx->status == DTL_OK)
        ctx->status = st;
    return DTL_DOC_END;
}

void *dtl_cursor_new(struct dtl_cursor_context *ctx, size_t bytes, const struct dtl_cursor_ops *ops,
                     uint64_t cost)
{
    struct dtl_cursor *c = dtl_arena_alloc(ctx->arena, bytes);
    if (!c) {
        dtl_cursor_fail(ctx, dtl_fail(ctx->err, DTL_ENOMEM, 0, "no memory for a query's cursors"));
        return NULL;
    }
    c->fresh = true;
    c->cost = cost;
    c->ops = ops;
    c->ctx = ctx;
    return c;
}

uint32_t dtl_cursor_title_words(struct dtl_cursor_context *ctx, dtl_doc doc)
{
    if (ctx->titled != doc) {
        struct dtl_document row = {0};
        enum dtl_status st = dtl_columns_row(ctx->segment, doc, &row, ctx->err);
        if (st < 0) {
            dtl_cursor_fail(ctx, st);
            return 0;
        }
        ctx->titled = doc;
        ctx->title_words = row.title_words;
    }
    return ctx->title_words;
}

uint64_t dtl_cursor_score(struct dtl_cursor *c)
{
    if (c->ops->score)
        return c->ops->score(c);
    if (!c->weight)
        return 0;
    return dtl_weight_score(c->weight, c->weight->norm ? c->ops->tf(c) : 1, c->doc);
}

void dtl_cursor_window_slowly(struct dtl_cursor *c, struct dtl_window *w)
{
    for (dtl_doc d = c->doc; d < w->end; d = dtl_cursor_next(c)) {
        dtl_window_set(w, d);
        if (w->scores)
            w->scores[d - w->begin] += dtl_cursor_score(c);
        else if (w->tfs)
            w->tfs[d - w->begin] += (uint32_t)c->ops->tf(c);
    }
}

void dtl_cursor_window(struct dtl_cursor *c, struct dtl_window *w)
{
    if (c->doc >= w->end)
        return;
    if (c->ops->window)
        c->ops->window(c, w);
    else
        dtl_cursor_window_slowly(c, w);
}

/* ---- nothing, everything ---- */

static dtl_doc none_seek(struct dtl_cursor *c, dtl_doc target)
{
    (void)c;
    (void)target;
    return DTL_DOC_END;
}

static uint64_t no_score(struct dtl_cursor *c)
{
    (void)c;
    return 0;
}

struct dtl_cursor *dtl_cursor_none(struct dtl_cursor_context *ctx)
{
    static const struct dtl_cursor_ops ops = {.seek = none_seek, .score = no_score};
    struct dtl_cursor *c = dtl_cursor_new(ctx, sizeof(struct dtl_cursor), &ops, 0);
    if (c)
        c->kind = DTL_CURSOR_NONE;
    return c;
}

static dtl_doc all_seek(struct dtl_cursor *c, dtl_doc target)
{
    return target < c->ctx->segment->facts.docs ? target : DTL_DOC_END;
}

static void all_window(struct dtl_cursor *c, struct dtl_window *w)
{
    for (dtl_doc d = c->doc; d < w->end; d++)
        dtl_window_set(w, d);
    dtl_cursor_seek(c, w->end);
}

struct dtl_cursor *dtl_cursor_all(struct dtl_cursor_context *ctx)
{
    static const struct dtl_cursor_ops ops = {
        .seek = all_seek, .score = no_score, .window = all_window};
    return dtl_cursor_new(ctx, sizeof(struct dtl_cursor), &ops, ctx->segment->facts.docs);
}
