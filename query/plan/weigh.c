/*
 * weigh.c - what matches of words, phrases and places weigh (docs/decisions/0081, 0140).
 *
 * A phrase weighs the idf of its words together, so does NEAR; of alternatives the rarest counts,
 * of NOTNEAR what must be there.
 */
#include "query/plan/build.h"

#define BOOST_MOST 1e6 /* of boosts inside each other: keeps every sum inside 64 bits */

struct tally {
    double idf;
    bool says;               /* there is a word at all */
    bool all_stop, constant; /* no word scores; every word stands for many */
};

static struct tally leaf(const struct dtl_plan *p, const struct dtl_node *n)
{
    const struct dtl_node_words *words = dtl_plan_words(p, n);
    struct tally t = {.all_stop = true, .constant = true, .says = words != NULL};
    for (uint32_t i = 0; words && i < words->words; i++) {
        const struct dtl_word *w = &words->word[i];
        t.all_stop &= w->stop;
        t.constant &= w->prefix;
        if (!w->prefix)
            t.idf += dtl_bm25_idf(&p->bm25, w->df);
    }
    return t;
}

static struct tally tally(const struct dtl_plan *p, const struct dtl_node *n)
{
    struct tally sum = {.all_stop = true, .constant = true};
    if (n->kind == DTL_NODE_WORD || n->kind == DTL_NODE_PHRASE)
        return leaf(p, n);
    uint32_t counted = n->kind == DTL_NODE_NEAR && n->near == DTL_NEAR_NOT ? 1 : n->children;
    for (uint32_t i = 0; i < counted; i++) {
        struct tally t = tally(p, n->child[i]);
        if (!t.says)
            continue;
        sum.says = true;
        sum.all_stop &= t.all_stop;
        sum.constant &= t.constant;
        if (n->kind != DTL_NODE_OR)
            sum.idf += t.idf;
        else if (t.idf > sum.idf)
            sum.idf = t.idf;
    }
    return sum;
}

const struct dtl_weight *dtl_build_weight(struct dtl_build *b, const struct dtl_node *n,
                                          uint32_t times)
{
    if (!b->lengths)
        return NULL;
    struct tally t = tally(b->p, n);
    if (t.all_stop && !b->p->stops_score)
        return NULL;
    struct dtl_weight *weight = dtl_arena_alloc(b->ctx->arena, sizeof *weight);
    if (!weight) {
        dtl_build_no_memory(b);
        return NULL;
    }
    double boost = b->boost * (n->boost ? n->boost / (double)DTL_BOOST_NONE : 1);
    *weight = t.constant ? dtl_constant_weight(times)
                         : dtl_bm25_weight(&b->p->bm25, t.idf, b->lengths, times);
    boost = boost > BOOST_MOST ? BOOST_MOST : boost;
    weight->factor *= boost;
    weight->constant = (uint64_t)((double)weight->constant * boost + 0.5);
    return weight;
}
