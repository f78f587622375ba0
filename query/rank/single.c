/*
 * single.c - the best of one word of one list.
 *
 * Nothing adds to what a posting scores, so a floor says of each impact pair alone whether its
 * block is worth reading: a look-up and a comparison of bytes, thirty-two pairs at a time
 * (query/cursor/reach.h). No bound of a block is computed. A first floor is found by guessing: a
 * score that a few blocks promise, found by halves; those are read before all others.
 *
 * Where floors fall with age, and in short lists, bounds of blocks are asked instead.
 */
#include "common/segment/impacts.h"
#include "query/cursor/reach.h"
#include "query/rank/candidates.h"

#define FIRST   12u /* blocks visited ahead of their turn, by their bounds */
#define PROMISE 48u /* pairs that a first guess may let pass */
#define FEWEST  3u
#define NONE    UINT32_MAX
#define GUESSES 8u
#define MANY    150u  /* blocks from which on guessing costs less than their bounds */
#define WINDOW  1024u /* pairs looked at with one table */

struct single {
    struct dtl_cursor_context *ctx;
    struct dtl_sieve *sieve;
    struct dtl_list *list;
    const struct dtl_weight *weight;
    uint32_t first, end; /* blocks of the zone */
    struct dtl_candidates c;
};

static bool walk_block(struct single *x, uint32_t k)
{
    struct dtl_list *l = x->list;
    struct dtl_sieve *s = x->sieve;
    dtl_doc from = k ? dtl_postings_last(&l->p, k - 1) + 1 : 0;
    from = from > s->begin ? from : s->begin;
    uint32_t floor = dtl_sieve_floor(s, from);
    if (dtl_list_bounded(l, k) < floor)
        return true;
    if (!dtl_list_load(l, k))
        return false;
    dtl_doc to = l->p.last + 1 < s->end ? l->p.last + 1 : s->end;
    if (!dtl_candidates_of_block(&x->c, l, x->weight, from, to, floor, NULL))
        return false;
    enum dtl_status st = dtl_candidates_offer(&x->c, s);
    if (st < 0)
        dtl_cursor_fail(x->ctx, st);
    return st == DTL_OK;
}

/* ---- by bounds ---- */

static bool walk_by_bounds(struct single *x)
{
    uint32_t first[FIRST], firsts = 0, n = x->end - x->first;
    const uint32_t *bound = dtl_list_bounds(x->list, x->weight, x->first, x->end);
    if (!bound)
        return false;
    for (uint32_t i = x->first; n > 2 * FIRST && i < x->end; i++) { /* the greatest, falling */
        uint32_t at = firsts;
        if (at == FIRST && bound[first[at - 1]] >= bound[i])
            continue;
        for (at -= at == FIRST; at > 0 && bound[first[at - 1]] < bound[i]; at--)
            first[at] = first[at - 1];
        first[at] = i;
        firsts += firsts < FIRST;
    }
    for (uint32_t i = 0; i < firsts; i++)
        if (!walk_block(x, first[i]))
            return false;
    for (uint32_t i = x->first; i < x->end; i++) {
        bool seen = false;
        for (uint32_t j = 0; j < firsts; j++)
            seen |= first[j] == i;
        if (!seen && !walk_block(x, i))
            return false;
    }
    return true;
}

/* ---- by pairs ---- */

/* A floor for the whole zone: that of a place is at most 1 under another's, then rises. */
static uint32_t floor_of(struct single *x)
{
    uint32_t floor = dtl_sieve_floor(x->sieve, x->sieve->begin);
    return floor > 1 ? floor - 1 : 1;
}

/* The code of a frequency that no posting of the list passes. */
static uint8_t most_often(const struct dtl_list *l)
{
    uint32_t most = 1;
    for (uint32_t i = 0; i < l->p.term.impacts; i++)
        most = l->p.term.impact[i].tf > most ? l->p.term.impact[i].tf : most;
    return dtl_impact_tf_code(most);
}

struct walk { /* by pairs */
    struct dtl_reach_pairs reach;
    const uint8_t *pairs; /* of the zone's blocks */
    uint32_t number, n;   /* of the first, and how many */
    uint32_t found[WINDOW];
    uint32_t seen[PROMISE], seens; /* blocks walked ahead of their turn, rising */
};

/* Find a score that a few pairs promise; how many of them are in found[]. */
static uint32_t guess(struct single *x, struct walk *w)
{
    uint32_t low = floor_of(x), high = dtl_list_most(x->list, x->weight), passing = 0;
    uint32_t score = high - high / 8;
    for (uint32_t i = 0; i < GUESSES && low < score; i++) {
        dtl_reach_pairs_set(&w->reach, x->weight, score);
        passing = dtl_reach_pairs_find(&w->reach, w->pairs, w->n, w->found, PROMISE);
        if (passing >= FEWEST && passing <= PROMISE)
            return passing;
        *(passing > PROMISE ? &low : &high) = score;
        score = low + (high - low) / 2;
    }
    if (passing < FEWEST) { /* it is many or hardly any: some of the many */
        dtl_reach_pairs_set(&w->reach, x->weight, low);
        passing = dtl_reach_pairs_find(&w->reach, w->pairs, w->n, w->found, PROMISE);
    }
    return passing < PROMISE ? passing : PROMISE;
}

static bool walk_promising(struct single *x, struct walk *w)
{
    uint32_t block = x->first, n = guess(x, w);
    for (uint32_t i = 0; i < n; i++) {
        block = dtl_postings_pair_block(&x->list->p, block, w->number + w->found[i]);
        if (w->seens && w->seen[w->seens - 1] == block)
            continue;
        w->seen[w->seens++] = block;
        if (!walk_block(x, block))
            return false;
    }
    return true;
}

/* Walk the blocks of n pairs, from number `at` of the zone's, that can reach the floor. *block:
 * the one looked at last. */
static bool walk_window(struct single *x, struct walk *w, uint32_t at, uint32_t n, uint32_t *block,
                        uint32_t *next)
{
    const uint8_t *pairs = w->pairs + (size_t)DTL_IMPACT_BYTES * at;
    dtl_reach_pairs_set(&w->reach, x->weight, floor_of(x));
    uint32_t passing = dtl_reach_pairs_find(&w->reach, pairs, n, w->found, WINDOW);
    for (uint32_t i = 0; i < passing; i++) {
        if (!dtl_reach_pair(&w->reach, pairs + (size_t)DTL_IMPACT_BYTES * w->found[i]))
            continue; /* the floor rose since */
        uint32_t from = *block == NONE ? x->first : *block;
        uint32_t k = dtl_postings_pair_block(&x->list->p, from, w->number + at + w->found[i]);
        if (k == *block)
            continue;
        *block = k;
        while (*next < w->seens && w->seen[*next] < k)
            ++*next;
        if (*next < w->seens && w->seen[*next] == k)
            continue;
        if (!walk_block(x, k))
            return false;
        dtl_reach_pairs_set(&w->reach, x->weight, floor_of(x));
    }
    return true;
}

static bool walk_by_pairs(struct single *x)
{
    struct walk w = {.reach = {.most = most_often(x->list)}};
    uint32_t block = NONE, next = 0;
    enum dtl_status st = dtl_postings_all_pairs(&x->list->p, x->first, x->end, &w.pairs, &w.number,
                                                &w.n, x->ctx->err);
    if (st < 0) {
        dtl_cursor_fail(x->ctx, st);
        return false;
    }
    if (!walk_promising(x, &w))
        return false;
    for (uint32_t at = 0; at < w.n; at += WINDOW)
        if (!walk_window(x, &w, at, w.n - at < WINDOW ? w.n - at : WINDOW, &block, &next))
            return false;
    return true;
}

enum dtl_status dtl_prune_single(struct dtl_prune *p, struct dtl_sieve *sieve)
{
    struct dtl_clause *c = &p->clause[0];
    struct dtl_list *l = c->list[0];
    struct single x = {.ctx = p->ctx, .sieve = sieve, .list = l, .weight = c->weight};
    x.first = dtl_list_block(l, sieve->begin);
    x.end = dtl_postings_find(&l->p, x.first, sieve->end - 1);
    x.end = x.end < l->p.blocks ? x.end + 1 : x.end;
    /* a failure is in the context */
    if (x.end - x.first < MANY || !c->weight->norm || dtl_sieve_floors_rise(sieve))
        (void)walk_by_bounds(&x);
    else
        (void)walk_by_pairs(&x);
    return p->ctx->status;
}
