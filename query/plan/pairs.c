/* pairs.c - see pairs.h. */
#include "query/plan/pairs.h"

struct member {
    const struct dtl_word *word; /* NULL where a phrase stands */
    double idf;                  /* boosted */
};

struct collector {
    struct dtl_plan *p;
    struct dtl_pairs *out;
    struct member *member; /* all that can be in a pair */
    uint32_t n, room;
    bool failed;
};

static void append(struct collector *c, const struct dtl_word *w, double boost)
{
    if (c->n == c->room) {
        uint32_t room = c->room ? 2 * c->room : 16;
        struct member *more = dtl_arena_alloc(c->p->arena, room * sizeof *more);
        if (!more) {
            c->failed = true;
            return;
        }
        if (c->n)
            memcpy(more, c->member, c->n * sizeof *more);
        c->member = more;
        c->room = room;
    }
    c->member[c->n++] = (struct member){w, w ? boost * dtl_bm25_idf(&c->p->bm25, w->df) : 0};
}

static void collect(struct collector *c, const struct dtl_node *n, double boost)
{
    const struct dtl_node_words *words = dtl_plan_words(c->p, n);
    if (n->kind == DTL_NODE_NOT || n->alone || c->failed)
        return;
    if (dtl_node_is_placed(n)) { /* says itself where its words must stand */
        append(c, NULL, 0);
        return;
    }
    if (n->boost)
        boost *= n->boost / (double)DTL_BOOST_NONE;
    if (words && words->words == 1) {
        const struct dtl_word *w = &words->word[0];
        if (w->df > 0 && !w->prefix && (!w->stop || c->p->stops_score))
            append(c, w, boost);
    } else if (words) {
        append(c, NULL, 0);
    }
    for (uint32_t i = 0; i < n->children; i++)
        collect(c, n->child[i], boost);
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

/* The same words with the same boosts are one pair, twice. */
static void add_pair(struct dtl_pairs *out, const struct member *x, const struct member *y)
{
    struct dtl_near_weight weight = dtl_near_weight(x->idf, y->idf, 1);
    uint32_t k = 0;
    for (; k < out->pairs; k++) {
        const struct dtl_pair *p = &out->pair[k];
        if (out->word[p->a]->in == x->word->in && out->word[p->b]->in == y->word->in &&
            p->weight.factor == weight.factor)
            break;
    }
    if (k < out->pairs) {
        out->pair[k].weight.times++;
    } else if (k < DTL_PAIRS_MAX) {
        uint32_t a = number_of(out, x->word), b = number_of(out, y->word);
        out->pair[out->pairs++] = (struct dtl_pair){a, b, weight};
    }
}

enum dtl_status dtl_plan_pairs(struct dtl_plan *p, struct dtl_pairs *out, struct dtl_error *err)
{
    struct collector c = {.p = p, .out = out};
    *out = (struct dtl_pairs){0};
    collect(&c, p->query->root, 1);
    if (c.failed)
        goto no_memory;
    if (c.n < 2)
        return DTL_OK;
    uint32_t room = c.n - 1 < DTL_PAIRS_MAX ? c.n - 1 : DTL_PAIRS_MAX;
    out->pair = dtl_arena_alloc(p->arena, room * sizeof *out->pair);
    out->word = dtl_arena_alloc(p->arena, c.n * sizeof(const struct dtl_word *));
    if (!out->pair || !out->word)
        goto no_memory;
    for (uint32_t i = 0; i + 1 < c.n; i++) {
        const struct dtl_word *x = c.member[i].word, *y = c.member[i + 1].word;
        if (x && y && x->in != y->in)
            add_pair(out, &c.member[i], &c.member[i + 1]);
    }
    for (uint32_t i = 0; i < out->pairs; i++)
        out->most += dtl_near_most(&out->pair[i].weight);
    return DTL_OK;
no_memory:
    *out = (struct dtl_pairs){0};
    return dtl_fail(err, DTL_ENOMEM, 0, "no memory for a query's pairs of words");
}
