/*
 * bitmap.c - a set of documents as bits: what a prefix of many lists becomes, since all of them are
 * read anyway and their matches score a constant.
 */
#include "query/cursor/list.h"

struct bitmap {
    struct dtl_cursor c;
    const uint64_t *bits;
    uint32_t docs;
};

static dtl_doc bitmap_seek(struct dtl_cursor *c, dtl_doc target)
{
    struct bitmap *b = (struct bitmap *)c;
    if (target >= b->docs)
        return DTL_DOC_END;
    uint32_t k = target >> 6, words = (b->docs + 63) / 64;
    uint64_t left = b->bits[k] & (~UINT64_C(0) << (target & 63));
    while (left == 0) {
        if (++k == words)
            return DTL_DOC_END;
        left = b->bits[k];
    }
    return 64 * k + (dtl_doc)__builtin_ctzll(left);
}

static uint64_t bitmap_score(struct dtl_cursor *c)
{
    return c->weight ? dtl_weight_score(c->weight, 1, c->doc) : 0; /* constant by construction */
}

struct dtl_cursor *dtl_cursor_bitmap(struct dtl_cursor_context *ctx, const uint64_t *bits,
                                     uint64_t count)
{
    static const struct dtl_cursor_ops ops = {.seek = bitmap_seek, .score = bitmap_score};
    struct bitmap *b = dtl_cursor_new(ctx, sizeof *b, &ops, count);
    if (!b)
        return NULL;
    b->bits = bits;
    b->docs = ctx->segment->facts.docs;
    return &b->c;
}
