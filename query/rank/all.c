/*
 * all.c - block-max AND: the best of a conjunction.
 *
 * The word with the fewest documents leads. For each of its blocks the others' bounds over the same
 * documents are known first; a block whose sum is under the floor is passed over, the most
 * promising ones come first. In a block that is read, the impact pairs say how often a posting must
 * hold the word to reach the floor with the others' help; only such postings are scored, and of
 * them only those that have the other words as far as bitmaps tell. Those that still can are looked
 * for in the next list all together, and so on.
 *
 * A leader of several terms leads with each of its lists in turn; a document that an earlier list
 * holds was seen then.
 */
#include "query/rank/candidates.h"

#include <stdlib.h>

#define FIRST  8u /* blocks visited ahead of their turn */
#define SPARSE 8u /* a list with so many times the leader's blocks is bounded as a whole */

struct all {
    struct dtl_prune *p;
    struct dtl_sieve *sieve;
    struct dtl_clause *order[DTL_CLAUSES_MAX]; /* fewest documents first */
    uint32_t lead;                             /* list of order[0] that leads */
    uint32_t first, end;                       /* its blocks in the zone */
    uint32_t *most[DTL_CLAUSES_MAX];           /* bound of each clause by block, from `first` on */
    uint32_t *sum;                             /* of all; 0: nothing there, or it was walked */
    uint32_t rest[DTL_CLAUSES_MAX + 1]; /* of the block walked: bounds of clauses i, i + 1... */
    struct dtl_required required;       /* all words but the leader */
    struct dtl_candidates c;            /* of the block walked */
};

static int by_cost(const void *x, const void *y)
{
    const struct dtl_clause *a = *(struct dtl_clause *const *)x;
    const struct dtl_clause *b = *(struct dtl_clause *const *)y;
    return (a->cost > b->cost) - (a->cost < b->cost);
}

/* ---- bounds ---- */

static bool no_memory(struct all *x)
{
    struct dtl_cursor_context *ctx = x->p->ctx;
    dtl_cursor_fail(ctx, dtl_fail(ctx->err, DTL_ENOMEM, 0, "no memory for a query's bounds"));
    return false;
}

/* Raise most[] by what list `l` adds at most to a document of each block of the leader; *here says
 * where it holds one. */
static bool add_bounds(struct all *x, struct dtl_list *l, const struct dtl_weight *w, uint32_t more,
                       uint32_t *most, uint8_t *here)
{
    struct dtl_list *leader = x->order[0]->list[x->lead];
    const dtl_doc *lead = dtl_list_lasts(leader), *last = lead ? dtl_list_lasts(l) : NULL;
    const uint32_t *bound = NULL;
    uint32_t blocks = l->p.blocks, k = dtl_list_block(l, x->sieve->begin), whole = 0;
    if (!last)
        return false;
    if (w && blocks > SPARSE * leader->p.blocks)
        whole = l->most ? l->most : (l->most = dtl_list_most(l, w));
    else if (w && k < blocks) {
        uint32_t end = dtl_postings_find(&l->p, k, x->sieve->end - 1);
        if (!(bound = dtl_list_bounds(l, w, k, end < blocks ? end + 1 : end)))
            return false;
    }
    dtl_doc from = x->sieve->begin;
    for (uint32_t i = x->first; i < x->end && k < blocks; i++) {
        dtl_doc to = lead[i] < x->sieve->end ? lead[i] : x->sieve->end - 1;
        uint32_t high = whole;
        if (bound) {
            k += last[k] < from; /* the block before went on to the first of these, or did not */
            while (k < blocks && last[k] < from)
                k++;
            if (k == blocks)
                break;
            for (high = bound[k]; last[k] < to && k + 1 < blocks;) {
                k++;
                high = bound[k] > high ? bound[k] : high;
            }
        } else if (last[blocks - 1] < from) {
            break;
        }
        most[i - x->first] += high + (w ? more : 0);
        here[i - x->first] = 1;
        from = to + 1;
    }
    return true;
}

/* Bounds of every clause, and their sum, for each block of the leader. */
static bool bound_blocks(struct all *x)
{
    struct dtl_prune *p = x->p;
    struct dtl_arena *arena = p->ctx->arena;
    struct dtl_list *leader = x->order[0]->list[x->lead];
    uint32_t n = x->end - x->first;
    const uint32_t *own = NULL;
    if (x->order[0]->weight &&
        !(own = dtl_list_bounds(leader, x->order[0]->weight, x->first, x->end)))
        return false;
    x->sum = dtl_arena_alloc(arena, n * sizeof *x->sum);
    uint8_t *here = dtl_arena_take(arena, n), *all = dtl_arena_take(arena, n);
    if (!x->sum || !here || !all)
        return no_memory(x);
    memset(all, 1, n);
    for (uint32_t i = 0; i < p->clauses; i++) {
        struct dtl_clause *c = x->order[i];
        if (!(x->most[i] = dtl_arena_alloc(arena, n * sizeof *x->most[i])))
            return no_memory(x);
        memset(here, i == 0, n);
        for (uint32_t j = 0; j < c->lists; j++) {
            if (c->list[j] != leader &&
                !add_bounds(x, c->list[j], c->weight, c->lists > 1, x->most[i], here))
                return false;
        }
        for (uint32_t k = 0; k < n; k++) {
            all[k] &= here[k];
            x->sum[k] += x->most[i][k];
        }
    }
    for (uint32_t k = 0; k < n; k++)
        x->sum[k] = all[k] ? x->sum[k] + (own ? own[x->first + k] : 0) : 0;
    return true;
}

/* ---- one block ---- */

/* A leader of several lists: their frequencies are added up, unless another led here before. */
static bool add_lists(struct all *x)
{
    struct dtl_clause *leader = x->order[0];
    struct dtl_candidates *c = &x->c;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < c->n; i++) {
        uint64_t tf = 0;
        bool before = false;
        for (uint32_t j = 0; j < leader->lists && !before; j++) {
            uint32_t more = 0;
            if (!dtl_list_probe(leader->list[j], c->doc[i], &more))
                return false;
            before = more && j < x->lead;
            tf += more;
        }
        c->doc[kept] = c->doc[i];
        c->score[kept] =
            leader->weight ? (uint32_t)dtl_weight_score(leader->weight, tf, c->doc[i]) : 0;
        kept += !before;
    }
    c->n = kept;
    return true;
}

static bool walk_block(struct all *x, uint32_t block)
{
    struct dtl_list *l = x->order[0]->list[x->lead];
    struct dtl_sieve *s = x->sieve;
    uint32_t n = x->p->clauses;
    dtl_doc from = block ? l->lasts[block - 1] + 1 : 0, to = l->lasts[block] + 1;
    from = from > s->begin ? from : s->begin;
    to = to < s->end ? to : s->end;
    uint32_t floor = dtl_sieve_floor(s, from);
    if (from >= to || x->sum[block - x->first] < floor)
        return true;
    x->rest[n] = 0;
    for (uint32_t i = n; i-- > 0;)
        x->rest[i] = x->rest[i + 1] + x->most[i][block - x->first];
    const struct dtl_weight *w = x->order[0]->weight;
    uint32_t need = floor > x->rest[0] ? floor - x->rest[0] : 0;
    if (!dtl_list_load(l, block) ||
        !dtl_candidates_of_block(&x->c, l, w, from, to, need, &x->required))
        return false;
    if (x->order[0]->lists > 1 && !add_lists(x))
        return false;
    for (uint32_t i = 1; i < n && x->c.n; i++) {
        need = floor > x->rest[i + 1] ? floor - x->rest[i + 1] : 0;
        if (!dtl_candidates_ask(&x->c, x->order[i], true, need))
            return false;
    }
    enum dtl_status st = dtl_candidates_offer(&x->c, s);
    if (st < 0)
        dtl_cursor_fail(x->p->ctx, st);
    return st == DTL_OK;
}

/* ---- the walk ---- */

static bool lead_with(struct all *x, uint32_t lead)
{
    struct dtl_sieve *s = x->sieve;
    struct dtl_list *l = x->order[0]->list[lead];
    x->lead = lead;
    uint32_t blocks = l->p.blocks, first[FIRST], firsts = 0;
    x->first = dtl_list_block(l, s->begin);
    x->end = dtl_postings_find(&l->p, x->first, s->end - 1);
    x->end = x->end < blocks ? x->end + 1 : x->end;
    uint32_t n = x->end - x->first;
    if (n == 0)
        return true;
    if (!dtl_list_lasts(l) || !bound_blocks(x))
        return false;
    for (uint32_t i = 0; n > 2 * FIRST && i < n; i++) { /* the FIRST greatest, falling */
        uint32_t at = firsts;
        if (at == FIRST && x->sum[first[at - 1]] >= x->sum[i])
            continue;
        for (at -= at == FIRST; at > 0 && x->sum[first[at - 1]] < x->sum[i]; at--)
            first[at] = first[at - 1];
        first[at] = i;
        firsts += firsts < FIRST;
    }
    for (uint32_t i = 0; i < firsts; i++) {
        if (x->sum[first[i]] && !walk_block(x, x->first + first[i]))
            return false;
        x->sum[first[i]] = 0; /* the floor is never below 1 */
    }
    for (uint32_t i = 0; i < n; i++) {
        if (x->sum[i] && !walk_block(x, x->first + i))
            return false;
    }
    return true;
}

enum dtl_status dtl_prune_all(struct dtl_prune *p, struct dtl_sieve *sieve)
{
    struct all x = {.p = p, .sieve = sieve};
    for (uint32_t i = 0; i < p->clauses; i++)
        x.order[i] = &p->clause[i];
    qsort(x.order, p->clauses, sizeof x.order[0], by_cost);
    for (uint32_t i = 1; i < p->clauses; i++) {
        struct dtl_list *l = x.order[i]->list[0];
        if (x.order[i]->lists > 1)
            continue;
        if (!dtl_list_bitmap(l))
            return p->ctx->status;
        if (l->bitmap.n)
            x.required.bits[x.required.n++] = l->bitmap;
    }
    for (uint32_t j = 0; j < x.order[0]->lists; j++) {
        if (!lead_with(&x, j))
            break;
    }
    return p->ctx->status;
}
