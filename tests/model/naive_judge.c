/* naive_judge.c - one article against one node of a query. */
#include "tests/model/naive.h"
#include "tests/model/naive_fields.h"

#include <math.h>

/* Weighted occurrences of the leaf's tokens side by side. */
static uint64_t frequency(const struct query *q, const struct leaf *l, const struct article *a)
{
    uint64_t tf = 0;
    if (l->tokens == 1) {
        for (size_t i = 0; i < a->words; i++)
            tf += naive_word_is(q, &a->word[i], &l->token[0]) ? a->word[i].weight : 0;
        return tf;
    }
    int64_t counted = -1;
    for (size_t i = 0; i < a->words; i++) {
        const struct word *first = &a->word[i];
        bool all = naive_word_is(q, first, &l->token[0]);
        for (size_t t = 1; t < l->tokens && all; t++) {
            uint32_t place = first->position + l->token[t].position - l->token[0].position;
            bool there = false;
            for (size_t k = 0; k < a->words && !there; k++)
                there = a->word[k].position == place && naive_word_is(q, &a->word[k], &l->token[t]);
            all = there;
        }
        if (all && counted != first->position) { /* a joined word stands where its half does */
            tf += first->weight;
            counted = first->position;
        }
    }
    return tf;
}

struct weighing {
    double idf;
    bool constant, stop;
};

static struct weighing weigh(const struct query *q, const struct dtl_node *n)
{
    struct weighing sum = {0, true, true};
    const struct leaf *l = naive_leaf_of(q, n);
    double total = q->docs;
    if (l) {
        sum.stop = naive_is_stop(l);
        for (size_t i = 0; i < l->tokens; i++) {
            double df = (double)l->token[i].df;
            if (l->token[i].prefix)
                continue;
            sum.idf += log(1 + (total - df + 0.5) / (df + 0.5));
            sum.constant = false;
        }
        return sum;
    }
    for (uint32_t i = 0; i < n->children; i++) {
        if (i == 1 && n->kind == DTL_NODE_NEAR && n->near == DTL_NEAR_NOT)
            break;
        if (!naive_says(q, n->child[i]))
            continue;
        struct weighing w = weigh(q, n->child[i]);
        sum.stop &= w.stop;
        sum.constant &= w.constant;
        if (n->kind == DTL_NODE_OR)
            sum.idf = w.idf > sum.idf ? w.idf : sum.idf;
        else
            sum.idf += w.idf;
    }
    return sum;
}

/* What tf occurrences of the node add, `boost` being that of the groups around. */
static uint64_t contribution(const struct query *q, const struct dtl_node *n,
                             const struct article *a, uint64_t tf, double boost)
{
    struct weighing w = weigh(q, n);
    if (w.stop && !q->stops_score)
        return 0;
    boost *= n->boost ? n->boost / 1000.0 : 1;
    if (w.constant)
        return (uint64_t)(1e6 * boost + 0.5);
    double length = dtl_length_of(dtl_length_code(a->weighted));
    double k = 1.2 * (0.4 + 0.6 * (q->average > 0 ? length / q->average : 1));
    return (uint64_t)floor(1e6 * w.idf * 2.2 * boost * (double)tf / ((double)tf + k) + 0.5);
}

static struct naive_verdict judge_placed(const struct query *q, const struct dtl_node *n,
                                         const struct article *a, double boost)
{
    struct naive_verdict v = {.says = naive_says(q, n)};
    struct naive_spans s = v.says ? naive_places(q, n, a) : (struct naive_spans){0};
    uint64_t tf = 0;
    for (size_t i = 0; i < s.n; i++)
        tf += s.v[i].begin < a->title_words ? q->n->title_weight : 1;
    free(s.v);
    v.matches = tf > 0;
    v.score = tf ? contribution(q, n, a, tf, boost) : 0;
    return v;
}

struct naive_verdict naive_judge(const struct query *q, const struct dtl_node *n,
                                 const struct article *a, double boost)
{
    struct naive_verdict v = {0};
    uint32_t saying = 0, matching = 0;
    uint64_t sum = 0, tf;
    const struct leaf *l = naive_leaf_of(q, n);
    if (naive_is_placed(q, n))
        return judge_placed(q, n, a, boost);
    if (l) {
        v.says = l->tokens > 0;
        tf = v.says ? frequency(q, l, a) : 0;
        v.matches = tf > 0;
        v.score = tf ? contribution(q, n, a, tf, boost) : 0;
        return v;
    }
    boost *= n->boost ? n->boost / 1000.0 : 1;
    if (n->kind == DTL_NODE_ALL)
        return (struct naive_verdict){true, true, 0};
    if (n->kind == DTL_NODE_FIELD || n->kind == DTL_NODE_NUMBER || n->kind == DTL_NODE_CALENDAR ||
        n->kind == DTL_NODE_ADDED)
        return (struct naive_verdict){true, naive_filter_holds(q, n, a), 0};
    if (n->kind == DTL_NODE_DATE)
        return (struct naive_verdict){true, naive_date_holds(a, n->range, n->undated, q->q->within),
                                      0};
    for (uint32_t i = 0; i < n->children; i++) {
        struct naive_verdict c = naive_judge(q, n->child[i], a, boost);
        saying += c.says;
        matching += c.says && c.matches;
        sum += c.says && c.matches ? c.score : 0;
    }
    v.says = saying > 0;
    if (n->kind == DTL_NODE_NOT) {
        v.matches = matching == 0;
        return v;
    }
    uint32_t needed = n->kind == DTL_NODE_AND  ? saying
                      : n->kind == DTL_NODE_OR ? 1
                      : n->needed < 1          ? 1
                      : n->needed < saying     ? n->needed
                                               : saying;
    v.matches = v.says && matching >= needed;
    v.score = v.matches ? sum : 0;
    return v;
}
