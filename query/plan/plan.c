/*
 * plan.c - the query's tree to cursors over one segment.
 *
 * A document scores what the parts of the tree that match it score: both sides of an AND, the
 * matching sides of an OR or quorum, nothing under a NOT, nothing for a filter. A node without
 * words (punctuation) says nothing and is left out, wherever it stands.
 */
#include "query/plan/build.h"

#define BITMAP_FROM 9u /* lists of an expansion that become one bitmap */

struct dtl_cursor *dtl_build_no_memory(struct dtl_build *b)
{
    dtl_cursor_fail(b->ctx,
                    dtl_fail(b->ctx->err, DTL_ENOMEM, 0, "no memory for a query's cursors"));
    return NULL;
}

/* The lists of one word, as one cursor. */
struct dtl_cursor *dtl_build_word(struct dtl_build *b, const struct dtl_word *w)
{
    const struct dtl_word_lists *in = &w->in[b->segment];
    struct dtl_cursor **list = dtl_arena_alloc(b->ctx->arena, (in->count + 1) * sizeof *list);
    if (!list)
        return dtl_build_no_memory(b);
    for (uint32_t i = 0; i < in->count; i++) {
        if (!(list[i] = dtl_cursor_term(b->ctx, in->list[i].term, in->list[i].filter)))
            return NULL;
    }
    return dtl_cursor_union(b->ctx, list, in->count);
}

static struct dtl_cursor *expansion_cursor(struct dtl_build *b, const struct dtl_word *w)
{
    const struct dtl_word_lists *in = &w->in[b->segment];
    struct dtl_marked_list *list = dtl_arena_take(b->ctx->arena, (in->count + 1) * sizeof *list);
    if (!list)
        return dtl_build_no_memory(b);
    for (uint32_t i = 0; i < in->count; i++)
        list[i] = (struct dtl_marked_list){in->list[i].term, in->list[i].filter};
    return dtl_cursor_expansion(b->ctx, list, in->count);
}

static struct dtl_cursor *leaf(struct dtl_build *b, const struct dtl_node *n, uint32_t times)
{
    const struct dtl_node_words *words = dtl_plan_words(b->p, n);
    struct dtl_cursor *c;
    if (!words)
        return NULL;
    if (words->words > 1 || dtl_node_is_placed(n))
        c = dtl_build_placed(b, n);
    else if (words->word[0].prefix && words->word[0].in[b->segment].count >= BITMAP_FROM)
        c = expansion_cursor(b, &words->word[0]);
    else
        c = dtl_build_word(b, &words->word[0]);
    if (c)
        c->weight = dtl_build_weight(b, n, times);
    return b->ctx->status == DTL_OK ? c : NULL;
}

static struct dtl_cursor *build(struct dtl_build *b, const struct dtl_node *n);

/* Under a NOT nothing scores. */
static struct dtl_cursor *build_unscored(struct dtl_build *b, const struct dtl_node *n)
{
    struct dtl_build plain = *b;
    plain.lengths = NULL;
    return build(&plain, n);
}

/* The one word of a plain leaf, by which equal words are known; NULL for anything else. */
static const struct dtl_word_lists *single_word(struct dtl_build *b, const struct dtl_node *n)
{
    const struct dtl_node_words *words = dtl_plan_words(b->p, n);
    bool plain = !dtl_node_is_placed(n) && (n->boost == DTL_BOOST_NONE || !n->boost);
    return plain && words && words->words == 1 ? words->word[0].in : NULL;
}

/* How often the word of child i stands among the children; 0 when it stood before. */
static uint32_t times_of(struct dtl_build *b, const struct dtl_node *n, uint32_t i)
{
    const struct dtl_word_lists *word = single_word(b, n->child[i]);
    uint32_t times = 1;
    if (!word)
        return 1;
    for (uint32_t k = 0; k < n->children; k++) {
        if (k == i || single_word(b, n->child[k]) != word)
            continue;
        if (k < i)
            return 0;
        times++;
    }
    return times;
}

/* The children's cursors, those that say nothing left out; of an AND, NOT children apart in *drop.
 */
static bool build_children(struct dtl_build *b, const struct dtl_node *n, struct dtl_cursor **keep,
                           uint32_t *kept, struct dtl_cursor **drop, uint32_t *dropped)
{
    for (uint32_t i = 0; i < n->children; i++) {
        const struct dtl_node *child = n->child[i];
        bool word = child->kind == DTL_NODE_WORD || child->kind == DTL_NODE_PHRASE;
        bool negative = drop && child->kind == DTL_NODE_NOT;
        bool counted = n->kind == DTL_NODE_QUORUM && n->needed > 1; /* each child for itself */
        uint32_t times = word && !counted ? times_of(b, n, i) : 1;
        if (times == 0)
            continue;
        struct dtl_cursor *c = word       ? leaf(b, child, times)
                               : negative ? build_unscored(b, child->child[0])
                                          : build(b, child);
        if (b->ctx->status != DTL_OK)
            return false;
        if (c && negative)
            drop[(*dropped)++] = c;
        else if (c)
            keep[(*kept)++] = c;
    }
    return true;
}

static struct dtl_cursor *build_and(struct dtl_build *b, const struct dtl_node *n)
{
    struct dtl_cursor **keep = dtl_arena_alloc(b->ctx->arena, (n->children + 1) * sizeof *keep);
    struct dtl_cursor **drop = dtl_arena_alloc(b->ctx->arena, (n->children + 1) * sizeof *drop);
    uint32_t kept = 0, dropped = 0;
    if (!keep || !drop)
        return dtl_build_no_memory(b);
    if (!build_children(b, n, keep, &kept, drop, &dropped) || kept + dropped == 0)
        return NULL;
    struct dtl_cursor *c = dtl_cursor_and(b->ctx, keep, kept);
    if (!c || dropped == 0)
        return c;
    struct dtl_cursor *out = dtl_cursor_or(b->ctx, drop, dropped);
    return out ? dtl_cursor_not(b->ctx, c, out) : NULL;
}

static struct dtl_cursor *build_or(struct dtl_build *b, const struct dtl_node *n)
{
    struct dtl_cursor **child = dtl_arena_alloc(b->ctx->arena, (n->children + 1) * sizeof *child);
    uint32_t count = 0;
    if (!child)
        return dtl_build_no_memory(b);
    if (!build_children(b, n, child, &count, NULL, NULL) || count == 0)
        return NULL;
    uint32_t needed = n->kind == DTL_NODE_QUORUM && n->needed < count ? n->needed : count;
    if (n->kind == DTL_NODE_OR || needed <= 1)
        return dtl_cursor_or(b->ctx, child, count);
    if (needed == count)
        return dtl_cursor_and(b->ctx, child, count);
    return dtl_cursor_quorum(b->ctx, child, count, needed);
}

static struct dtl_cursor *build_dates(struct dtl_build *b, const struct dtl_node *n)
{
    struct dtl_date_ranges ranges;
    enum dtl_status st = dtl_date_ranges_of(b->ctx->segment, n->range, b->p->query->within,
                                            n->undated, &ranges, b->ctx->err);
    if (st < 0) {
        dtl_cursor_fail(b->ctx, st);
        return NULL;
    }
    return dtl_cursor_dates(b->ctx, &ranges);
}

static struct dtl_cursor *placed(struct dtl_build *b, const struct dtl_node *n)
{
    struct dtl_cursor *c = dtl_build_placed(b, n);
    if (c)
        c->weight = dtl_build_weight(b, n, 1);
    return b->ctx->status == DTL_OK ? c : NULL;
}

/* What stands inside a boosted group weighs so much more. */
static struct dtl_build inside(const struct dtl_build *b, const struct dtl_node *n)
{
    struct dtl_build inner = *b;
    inner.boost *= n->boost ? n->boost / (double)DTL_BOOST_NONE : 1;
    return inner;
}

static struct dtl_cursor *build(struct dtl_build *b, const struct dtl_node *n)
{
    struct dtl_build inner = inside(b, n);
    struct dtl_cursor *all, *c;
    switch (n->kind) {
    case DTL_NODE_WORD:
    case DTL_NODE_PHRASE:
        return leaf(b, n, 1);
    case DTL_NODE_AND:
        return build_and(&inner, n);
    case DTL_NODE_OR:
    case DTL_NODE_QUORUM:
        return build_or(&inner, n);
    case DTL_NODE_NOT:
        c = build_unscored(b, n->child[0]);
        all = c ? dtl_cursor_all(b->ctx) : NULL;
        return all ? dtl_cursor_not(b->ctx, all, c) : NULL;
    case DTL_NODE_DATE:
        return build_dates(b, n);
    case DTL_NODE_ALL:
        return dtl_cursor_all(b->ctx);
    case DTL_NODE_NEAR:
    case DTL_NODE_ATLEAST:
        return placed(b, n);
    case DTL_NODE_FIELD:
    case DTL_NODE_NUMBER:
    case DTL_NODE_CALENDAR:
    case DTL_NODE_ADDED:
        return dtl_build_filter(b, n);
    }
    return NULL;
}

enum dtl_status dtl_plan_cursor(struct dtl_plan *p, size_t segment, const struct dtl_node *n,
                                bool scored, struct dtl_cursor_context *ctx,
                                struct dtl_cursor **out, struct dtl_error *err)
{
    struct dtl_build b = {.p = p, .segment = segment, .ctx = ctx, .boost = 1};
    if (scored) {
        enum dtl_status st = dtl_columns_lengths(ctx->segment, &b.lengths, err);
        if (st < 0) {
            dtl_cursor_fail(ctx, st);
            return st;
        }
    }
    struct dtl_cursor *c = build(&b, n);
    if (ctx->status != DTL_OK)
        return ctx->status;
    *out = c;
    return DTL_OK;
}
