/*
 * naive_nearness.c - what successive words of a query that stand near each other add
 * (docs/decisions/0160), by the definition: every pair of places.
 */
#include "tests/model/naive.h"

#include <math.h>

static double boosted(double boost, const struct dtl_node *n)
{
    return n->boost ? boost * n->boost / 1000.0 : boost;
}

#define PAIRS_MOST 256
#define NEAR_WORDS 20
#define WORTH_UNIT 1048576

struct naive_sequence { /* of the tokens that can be near; NULL where a phrase stands */
    const struct token *token[4096];
    double boost[4096];
    size_t n;
};

static void sequence_of(const struct query *q, const struct dtl_node *n, double boost,
                        struct naive_sequence *s)
{
    const struct leaf *l = naive_leaf_of(q, n);
    bool placed = n->kind == DTL_NODE_NEAR || n->kind == DTL_NODE_ATLEAST ||
                  n->scope > DTL_SCOPE_TITLE || n->slop || n->any_order;
    if (n->kind == DTL_NODE_NOT || n->alone)
        return;
    if (placed) { /* says itself where its words must stand */
        s->token[s->n++] = NULL;
        return;
    }
    boost = boosted(boost, n);
    if (l && l->tokens > 1)
        s->token[s->n++] = NULL;
    if (l && l->tokens == 1) {
        const struct token *t = &l->token[0];
        bool scores = !t->stop || q->stops_score;
        if (t->df && !t->prefix && scores) {
            s->boost[s->n] = boost;
            s->token[s->n++] = t;
        }
    }
    for (uint32_t i = 0; i < n->children; i++)
        sequence_of(q, n->child[i], boost, s);
}

static bool same_token(const struct token *a, const struct token *b)
{
    return a->field == b->field && a->exact == b->exact && a->letter_case == b->letter_case &&
           a->accents == b->accents && dtl_bytes_equal(a->form, b->form);
}

/* Distance of the word of `a` from the nearest of token `t` at another place; 0: none. */
static uint32_t distance(const struct query *q, const struct article *a, const struct word *w,
                         const struct token *t)
{
    uint32_t least = 0;
    for (size_t i = 0; i < a->words; i++) {
        const struct word *o = &a->word[i];
        if (!naive_word_is(q, o, t))
            continue;
        uint32_t g =
            o->position > w->position ? o->position - w->position : w->position - o->position;
        if (g && (least == 0 || g < least))
            least = g;
    }
    return least;
}

static uint64_t nearness(const struct query *q, const struct article *a, const struct token *x,
                         const struct token *y)
{
    uint64_t sum = 0;
    int64_t counted = -1;
    for (size_t i = 0; i < a->words; i++) {
        const struct word *w = &a->word[i];
        if (!naive_word_is(q, w, x) || counted == w->position)
            continue;
        counted = w->position; /* two terms of the token may stand there */
        uint32_t g = distance(q, a, w, y);
        if (g && g <= NEAR_WORDS)
            sum += (uint64_t)floor((double)WORTH_UNIT / (g * g) + 0.5);
    }
    return sum;
}

static double idf_of(const struct query *q, uint64_t df)
{
    return log(1 + (q->docs - (double)df + 0.5) / ((double)df + 0.5));
}

uint64_t naive_pairs_score(const struct query *q, const struct naive_sequence *s,
                           const struct article *a)
{
    uint64_t score = 0, pairs = 0;
    for (size_t i = 0; i + 1 < s->n; i++) {
        const struct token *x = s->token[i], *y = s->token[i + 1];
        uint64_t times = 0, before = 0;
        if (!x || !y || same_token(x, y))
            continue;
        for (size_t k = 0; k + 1 < s->n; k++) {
            bool same = s->token[k] && s->token[k + 1] && same_token(s->token[k], x) &&
                        same_token(s->token[k + 1], y) && s->boost[k] == s->boost[i] &&
                        s->boost[k + 1] == s->boost[i + 1];
            times += same;
            before += same && k < i;
        }
        if (before || pairs++ >= PAIRS_MOST)
            continue;
        double acc = (double)nearness(q, a, x, y) / WORTH_UNIT;
        double length = q->average_words > 0 ? a->total_words / q->average_words : 1;
        double k = 1.2 * (0.4 + 0.6 * length),
               mean = (s->boost[i] * idf_of(q, x->df) + s->boost[i + 1] * idf_of(q, y->df)) / 2;
        score += (uint64_t)floor(1e6 * 0.3 * mean * 2.2 * acc / (acc + k) + 0.5) * times;
    }
    return score;
}

struct naive_sequence *naive_sequence_of(const struct query *q)
{
    struct naive_sequence *s = must(calloc(1, sizeof *s));
    sequence_of(q, q->q->root, 1, s);
    return s;
}
