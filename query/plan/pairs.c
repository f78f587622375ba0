/* pairs.c - see pairs.h. */
#include "query/plan/pairs.h"

#include "query/plan/build.h"

struct collector {
    struct dtl_plan *p;
    struct dtl_pairs *out;
    const struct dtl_word **word; /* all that can be in a pair, NULL where a phrase stands */
    uint32_t n, room;
    bool failed;
};

static void append(struct collector *c, const struct dtl_word *w)
{
    if (c->n == c->room) {
        uint32_t room = c->room ? 2 * c->room : 16;
        const struct dtl_word **more =
            dtl_arena_alloc(c->p->arena, room * sizeof(const struct dtl_word *));
        if (!more) {
            c->failed = true;
            return;
        }
        if (c->n)
            memcpy(more, c->word, c->n * sizeof *more);
        c->word = more;
        c->room = room;
    }
    c->word[c->n++] = w;
}

static void collect(struct collector *c, const struct dtl_node *n)
{
    const struct dtl_node_words *words = dtl_plan_words(c->p, n);
    if (n->kind == DTL_NODE_NOT || c->failed)
        return;
    if (dtl_build_is_placed(n)) { /* says itself where its words must stand */
        append(c, NULL);
        return;
    }
    if (words && words->words == 1) {
        const struct dtl_word *w = &words->word[0];
        if (w->df > 0 && !w->prefix && (!w->stop || c->p->stops_score))
            append(c, w);
    } else if (words) {
        append(c, NULL);
    }
    for (uint32_t i = 0; i < n->children; i++)
        collect(c, n->child[i]);
}

/* The number of the word among the distinct ones. */
static uint32_t number_of(struct dtl_pairs *out, const struct dtl_word *w)
{
    uint32_t i = 0;
    while (i < out->words && out->word[i]->in != w->in)
        i++;
    if (i == out->words)
        out->word[out->words++] = w;
    return i;
}

static void add_pair(struct dtl_plan *p, struct dtl_pairs *out, const struct dtl_word *x,
                     const struct dtl_word *y)
{
    uint32_t k = 0;
    while (k < out->pairs &&
           (out->word[out->pair[k].a]->in != x->in || out->word[out->pair[k].b]->in != y->in))
        k++;
    if (k < out->pairs) {
        out->pair[k].weight.times++;
        return;
    }
    if (k == DTL_PAIRS_MAX)
        return;
    uint32_t a = number_of(out, x), b = number_of(out, y);
    out->pair[out->pairs++] = (struct dtl_pair){
        a, b, dtl_near_weight(dtl_bm25_idf(&p->bm25, x->df), dtl_bm25_idf(&p->bm25, y->df), 1)};
}

enum dtl_status dtl_plan_pairs(struct dtl_plan *p, struct dtl_pairs *out, struct dtl_error *err)
{
    struct collector c = {.p = p, .out = out};
    *out = (struct dtl_pairs){0};
    collect(&c, p->query->root);
    if (c.failed)
        goto no_memory;
    if (c.n < 2)
        return DTL_OK;
    uint32_t room = c.n - 1 < DTL_PAIRS_MAX ? c.n - 1 : DTL_PAIRS_MAX;
    out->pair = dtl_arena_alloc(p->arena, room * sizeof *out->pair);
    out->word = dtl_arena_alloc(p->arena, 2 * room * sizeof(const struct dtl_word *));
    if (!out->pair || !out->word)
        goto no_memory;
    for (uint32_t i = 0; i + 1 < c.n; i++) {
        const struct dtl_word *x = c.word[i], *y = c.word[i + 1];
        if (x && y && x->in != y->in)
            add_pair(p, out, x, y);
    }
    for (uint32_t i = 0; i < out->pairs; i++)
        out->most += dtl_near_most(&out->pair[i].weight);
    return DTL_OK;
no_memory:
    *out = (struct dtl_pairs){0};
    return dtl_fail(err, DTL_ENOMEM, 0, "no memory for a query's pairs of words");
}
