/* placed.c - nodes whose words must stand in certain places, to cursors that know them. */
#include "query/cursor/places.h"
#include "query/plan/build.h"

static struct dtl_cursor *in_scope(struct dtl_build *b, const struct dtl_node *n,
                                   struct dtl_cursor *c)
{
    return c && n->scope > DTL_SCOPE_TITLE ? dtl_cursor_scope(b->ctx, c, n->scope, n->first) : c;
}

static struct dtl_cursor *leaf(struct dtl_build *b, const struct dtl_node *n)
{
    const struct dtl_node_words *words = dtl_plan_words(b->p, n);
    if (!words)
        return NULL;
    if (words->words == 1)
        return in_scope(b, n, dtl_build_word(b, &words->word[0]));
    struct dtl_phrase_word *place = dtl_arena_alloc(b->ctx->arena, words->words * sizeof *place);
    if (!place)
        return dtl_build_no_memory(b);
    for (uint32_t i = 0; i < words->words; i++) {
        const struct dtl_word *w = &words->word[i];
        if (w->in[b->segment].count == 0)
            return dtl_cursor_none(b->ctx);
        place[i].offset = w->position;
        for (uint32_t k = 0; k < i && !place[i].word; k++)
            if (words->word[k].in == w->in)
                place[i].word = place[k].word;
        if (!place[i].word && !(place[i].word = dtl_build_word(b, w)))
            return NULL;
    }
    bool loose = n->slop > 0 || n->any_order;
    return in_scope(b, n,
                    loose ? dtl_cursor_loose(b->ctx, place, words->words, n->slop, n->any_order)
                          : dtl_cursor_phrase(b->ctx, place, words->words, words->word[0].title));
}

/* An operand without a word says nothing: the other stands for both. */
static struct dtl_cursor *near(struct dtl_build *b, const struct dtl_node *n)
{
    struct dtl_cursor *left = dtl_build_placed(b, n->child[0]);
    struct dtl_cursor *right = b->ctx->status == DTL_OK ? dtl_build_placed(b, n->child[1]) : NULL;
    if (b->ctx->status != DTL_OK)
        return NULL;
    if (!left || !right) {
        struct dtl_cursor *alone = left || n->near == DTL_NEAR_NOT ? left : right;
        return alone ? dtl_cursor_atleast(b->ctx, alone, 1) : NULL; /* it scores by places too */
    }
    return dtl_cursor_near(b->ctx, n->near, n->distance, left, right);
}

static struct dtl_cursor *either(struct dtl_build *b, const struct dtl_node *n)
{
    struct dtl_cursor **child = dtl_arena_alloc(b->ctx->arena, (n->children + 1) * sizeof *child);
    uint32_t kept = 0;
    if (!child)
        return dtl_build_no_memory(b);
    for (uint32_t i = 0; i < n->children; i++) {
        struct dtl_cursor *c = dtl_build_placed(b, n->child[i]);
        if (b->ctx->status != DTL_OK)
            return NULL;
        if (c)
            child[kept++] = c;
    }
    return kept ? dtl_cursor_either(b->ctx, child, kept) : NULL;
}

struct dtl_cursor *dtl_build_placed(struct dtl_build *b, const struct dtl_node *n)
{
    struct dtl_cursor *c;
    switch (n->kind) {
    case DTL_NODE_WORD:
    case DTL_NODE_PHRASE:
        return leaf(b, n);
    case DTL_NODE_NEAR:
        return near(b, n);
    case DTL_NODE_OR:
        return either(b, n);
    case DTL_NODE_ATLEAST:
        c = dtl_build_placed(b, n->child[0]);
        return c ? dtl_cursor_atleast(b->ctx, c, n->needed) : NULL;
    default: /* refused before a cursor was made */
        return NULL;
    }
}
