/*
 * all.c - block-max AND: the best of a conjunction.
 *
 * The word with the fewest documents leads. For each of its blocks the others' bounds over the same
 * documents are known first; a block whose sum is under the floor is passed over, the most
 * promising ones come first. Of a block that is read, contributions say which documents can still
 * reach the floor with the others' help; only those are looked for in the next list, and so on.
 *
 * A leader of several terms leads with each of its lists in turn; a document that an earlier list
 * holds was seen then.
 */
#include "query/rank/clause.h"

#include <stdlib.h>

#define FIRST  8u /* blocks visited ahead of their turn */
#define SPARSE 8u /* a list with so many times the leader's blocks is bounded as a whole */

struct all {
    struct dtl_prune *p;
    struct dtl_sieve *sieve;
    struct dtl_clause *order[DTL_CLAUSES_MAX]; /* fewest documents first */
    uint32_t lead;                             /* list of order[0] that leads */
    uint32_t most[DTL_CLAUSES_MAX];            /* bound of each clause in the block looked at */
    uint32_t rest[DTL_CLAUSES_MAX + 1];        /* rest[i]: sum of most[i..] */
    uint32_t floor;
};

static int by_cost(const void *x, const void *y)
{
    const struct dtl_clause *a = *(struct dtl_clause *const *)x;
    const struct dtl_clause *b = *(struct dtl_clause *const *)y;
    return (a->cost > b->cost) - (a->cost < b->cost);
}

/* What clause i adds at most to a document of [from, to), apart from the leading list; *here false
 * when it holds none. */
static bool bound_of(struct all *x, uint32_t i, dtl_doc from, dtl_doc to, uint32_t *sum, bool *here)
{
    struct dtl_clause *c = x->order[i];
    struct dtl_list *leader = x->order[0]->list[x->lead];
    *sum = 0;
    *here = i == 0;
    for (uint32_t j = 0; j < c->lists; j++) {
        struct dtl_list *l = c->list[j];
        uint32_t most = 0;
        if (l == leader)
            continue;
        if (dtl_list_block(l, from) == l->p.blocks)
            continue;
        *here = true;
        if (!c->weight)
            continue;
        if (l->p.blocks > SPARSE * leader->p.blocks)
            most = l->most ? l->most : (l->most = dtl_list_most(l, c->weight));
        else if (!dtl_list_most_in(l, c->weight, from, to, &most))
            return false;
        *sum += most + (c->lists > 1);
    }
    return true;
}

/* Bounds of every clause over [from, to) into most and rest; 0 in *sum when one holds nothing
 * there.
 */
static bool bound_block(struct all *x, uint32_t block, dtl_doc from, dtl_doc to, uint32_t *sum)
{
    uint32_t n = x->p->clauses;
    struct dtl_clause *c = x->order[0];
    bool all = true;
    x->rest[n] = 0;
    for (uint32_t i = n; i-- > 0;) {
        bool here;
        if (!bound_of(x, i, from, to, &x->most[i], &here))
            return false;
        all &= here;
        x->rest[i] = x->rest[i + 1] + x->most[i];
    }
    uint32_t own = c->weight ? dtl_list_bounded(c->list[x->lead], block) : 0;
    *sum = all ? own + x->rest[0] : 0;
    return true;
}

/* The leader holds `doc` and scored `score` in its leading list. */
static bool complete(struct all *x, dtl_doc doc, uint32_t score)
{
    struct dtl_clause *c = x->order[0];
    if (c->lists > 1) { /* frequencies of all its lists, unless another led here before */
        uint64_t tf = 0;
        for (uint32_t j = 0; j < c->lists; j++) {
            uint32_t more = 0;
            if (!dtl_list_probe(c->list[j], doc, &more))
                return false;
            if (more && j < x->lead)
                return true;
            tf += more;
        }
        score = c->weight ? (uint32_t)dtl_weight_score(c->weight, tf, doc) : 0;
    }
    for (uint32_t i = 1; i < x->p->clauses; i++) {
        bool match;
        uint32_t more, have = score + x->rest[i + 1];
        if (have + x->most[i] < x->floor)
            return true;
        uint32_t need = have < x->floor ? x->floor - have : 0;
        if (!dtl_clause_probe(x->order[i], doc, need, &match, &more))
            return false;
        if (!match)
            return true;
        score += more;
    }
    if (score < x->floor)
        return true;
    enum dtl_status st = dtl_sieve_offer(x->sieve, doc, score);
    if (st < 0) {
        dtl_cursor_fail(x->p->ctx, st);
        return false;
    }
    x->floor = dtl_sieve_floor(x->sieve, doc + 1);
    return true;
}

static bool walk_block(struct all *x, uint32_t block)
{
    struct dtl_clause *c = x->order[0];
    struct dtl_list *l = c->list[x->lead];
    struct dtl_sieve *s = x->sieve;
    dtl_doc from = block ? dtl_postings_last(&l->p, block - 1) + 1 : 0;
    dtl_doc to = dtl_postings_last(&l->p, block) + 1;
    uint16_t pick[DTL_BLOCK + 16];
    uint32_t sum = 0, n = 0;
    from = from > s->begin ? from : s->begin;
    to = to < s->end ? to : s->end;
    if (from >= to)
        return true;
    x->floor = dtl_sieve_floor(s, from);
    if (!bound_block(x, block, from, to, &sum))
        return false;
    if (sum < x->floor)
        return true;
    if (!dtl_list_load(l, block))
        return false;
    const uint32_t *scores = NULL;
    if (c->weight && !(scores = dtl_list_scores(l, c->weight)))
        return false;
    if (scores) {
        n = dtl_at_least(scores, l->p.count, x->floor > x->rest[0] ? x->floor - x->rest[0] : 0,
                         pick);
    } else {
        for (; n < l->p.count; n++)
            pick[n] = (uint16_t)n;
    }
    for (uint32_t i = 0; i < n; i++) {
        dtl_doc doc = l->p.docs[pick[i]];
        if (doc >= from && doc < to && !complete(x, doc, scores ? scores[pick[i]] : 0))
            return false;
    }
    return true;
}

static bool lead_with(struct all *x, uint32_t lead)
{
    struct dtl_cursor_context *ctx = x->p->ctx;
    struct dtl_sieve *s = x->sieve;
    struct dtl_clause *c = x->order[0];
    struct dtl_list *l = c->list[lead];
    x->lead = lead;
    uint32_t k = dtl_list_block(l, s->begin), blocks = l->p.blocks, first[FIRST], firsts = 0;
    uint32_t end = dtl_postings_find(&l->p, k, s->end - 1);
    end = end < blocks ? end + 1 : end;
    if (k == end)
        return true;
    if (c->weight && !dtl_list_bounds(l, c->weight, k, end))
        return false;
    uint32_t *sum = dtl_arena_alloc(ctx->arena, (end - k) * sizeof *sum);
    if (!sum) {
        dtl_cursor_fail(ctx, dtl_fail(ctx->err, DTL_ENOMEM, 0, "no memory for a query's sums"));
        return false;
    }
    dtl_doc from = s->begin;
    for (uint32_t i = k; i < end; i++) {
        dtl_doc to = dtl_postings_last(&l->p, i) + 1;
        to = to < s->end ? to : s->end;
        if (from < to && !bound_block(x, i, from, to, &sum[i - k]))
            return false;
        from = to;
        uint32_t at = firsts; /* the FIRST greatest, falling */
        if (end - k <= 2 * FIRST || (at == FIRST && sum[first[at - 1]] >= sum[i - k]))
            continue;
        for (at -= at == FIRST; at > 0 && sum[first[at - 1]] < sum[i - k]; at--)
            first[at] = first[at - 1];
        first[at] = i - k;
        firsts += firsts < FIRST;
    }
    for (uint32_t i = 0; i < firsts; i++) {
        if (sum[first[i]] && !walk_block(x, k + first[i]))
            return false;
        sum[first[i]] = 0; /* the floor is never below 1 */
    }
    from = s->begin;
    for (uint32_t i = k; i < end; i++) {
        if (sum[i - k] && sum[i - k] >= dtl_sieve_floor(s, from) && !walk_block(x, i))
            return false;
        from = dtl_postings_last(&l->p, i) + 1;
    }
    return true;
}

enum dtl_status dtl_prune_all(struct dtl_prune *p, struct dtl_sieve *sieve)
{
    struct all x = {.p = p, .sieve = sieve};
    for (uint32_t i = 0; i < p->clauses; i++)
        x.order[i] = &p->clause[i];
    qsort(x.order, p->clauses, sizeof x.order[0], by_cost);
    for (uint32_t j = 0; j < x.order[0]->lists; j++) {
        if (!lead_with(&x, j))
            break;
    }
    return p->ctx->status;
}
