/*
 * any.c - block-max MaxScore: the best of a disjunction.
 *
 * The zone is cut into stretches of STRETCH documents. For each word and stretch the greatest bound
 * of the blocks that reach into it is known first, from the impact pairs alone; a stretch whose sum
 * is under the floor is passed over. In any other the words are ordered by bound: the least, as
 * long as they cannot reach the floor together, are not walked but asked only about documents the
 * others brought near it. One word left to walk is the common case and needs no sums: its blocks
 * are scored 128 at a time and what is high enough picked out. The few stretches that promise most
 * are visited before all others, so that the floor stands high from the start
 * (docs/decisions/0083).
 */
#include "query/rank/candidates.h"

#define STRETCH 2048u
#define FIRST   4u /* stretches visited ahead of their turn */

struct any {
    struct dtl_prune *p;
    struct dtl_sieve *sieve;
    dtl_doc begin, end; /* of the stretch */
    uint32_t floor;
    uint32_t order[DTL_CLAUSES_MAX];    /* clauses by bound, rising */
    uint32_t rest[DTL_CLAUSES_MAX + 1]; /* rest[i]: sum of the i least bounds */
    uint32_t asked;                     /* so many of the least are only asked */
    uint32_t sum;                       /* of all bounds */
    uint32_t *sums, *tfs;               /* of the stretch's documents, all 0 between stretches */
    dtl_doc *docs;
    uint16_t *pick;
    struct dtl_candidates c;
};

static bool no_memory(struct any *x)
{
    struct dtl_cursor_context *ctx = x->p->ctx;
    dtl_cursor_fail(ctx, dtl_fail(ctx->err, DTL_ENOMEM, 0, "no memory for a query's sums"));
    return false;
}

/* ---- bounds by the stretch ---- */

static uint32_t stretches_of(const struct dtl_sieve *s)
{
    return (s->end - s->begin + STRETCH - 1) / STRETCH;
}

/* Raise each stretch's bound to that of the blocks of `l` that reach into it. */
static bool raise(const struct dtl_sieve *s, struct dtl_list *l, const struct dtl_weight *w,
                  uint32_t *stretch)
{
    uint32_t k = dtl_list_block(l, s->begin), blocks = l->p.blocks;
    uint32_t end = dtl_postings_find(&l->p, k, s->end - 1);
    end = end < blocks ? end + 1 : end;
    const uint32_t *bound = dtl_list_bounds(l, w, k, end);
    if (!bound)
        return false;
    dtl_doc low = s->begin;
    for (; k < end; k++) {
        dtl_doc high = dtl_postings_last(&l->p, k);
        high = high < s->end ? high : s->end - 1;
        uint32_t to = (high - s->begin) / STRETCH;
        for (uint32_t i = (low - s->begin) / STRETCH; i <= to; i++)
            stretch[i] = bound[k] > stretch[i] ? bound[k] : stretch[i];
        low = high + 1 < s->end ? high + 1 : high;
    }
    return true;
}

static bool bound_clause(struct any *x, struct dtl_clause *c)
{
    uint32_t n = stretches_of(x->sieve);
    struct dtl_arena *arena = x->p->ctx->arena;
    if (!(c->stretch = dtl_arena_alloc(arena, n * sizeof *c->stretch)))
        return no_memory(x);
    if (!raise(x->sieve, c->list[0], c->weight, c->stretch))
        return false;
    if (c->lists == 1)
        return true;
    uint32_t *more = dtl_arena_alloc(arena, n * sizeof *more);
    if (!more)
        return no_memory(x);
    /* f(a + b) <= f(a) + f(b), but for what rounding takes away */
    for (uint32_t i = 1; i < c->lists; i++) {
        memset(more, 0, n * sizeof *more);
        if (!raise(x->sieve, c->list[i], c->weight, more))
            return false;
        for (uint32_t k = 0; k < n; k++)
            c->stretch[k] += more[k] ? more[k] + 1 : 0;
    }
    return true;
}

/* ---- one stretch ---- */

/* Order the clauses by bound, and say how many need not be walked. */
static void divide(struct any *x, uint32_t stretch)
{
    struct dtl_prune *p = x->p;
    for (uint32_t i = 0; i < p->clauses; i++) {
        uint32_t bound = p->clause[i].bound = p->clause[i].stretch[stretch], k = i;
        for (; k > 0 && p->clause[x->order[k - 1]].bound > bound; k--)
            x->order[k] = x->order[k - 1];
        x->order[k] = i;
    }
    x->asked = 0;
    for (uint32_t i = 0; i < p->clauses; i++) {
        x->rest[i + 1] = x->rest[i] + p->clause[x->order[i]].bound;
        if (x->rest[i + 1] < x->floor)
            x->asked = i + 1;
    }
    x->sum = x->rest[p->clauses];
}

/* What a document must get from the walked words to be worth asking the others about. */
static uint32_t enough(const struct any *x)
{
    uint32_t rest = x->rest[x->asked];
    return x->floor > rest ? x->floor - rest : 1;
}

/* The candidates are what the walked words brought: add the others, then offer them. */
static bool complete(struct any *x)
{
    struct dtl_candidates *c = &x->c;
    for (uint32_t i = x->asked; i-- > 0 && c->n;) {
        uint32_t need = x->floor > x->rest[i] ? x->floor - x->rest[i] : 0;
        if (!dtl_candidates_ask(c, &x->p->clause[x->order[i]], false, need))
            return false;
    }
    enum dtl_status st = dtl_candidates_offer(c, x->sieve);
    if (st < 0)
        dtl_cursor_fail(x->p->ctx, st);
    x->floor = dtl_sieve_floor(x->sieve, x->begin);
    return st == DTL_OK;
}

/* The only word to walk has one list: no sums are needed. */
static bool walk_one(struct any *x, struct dtl_clause *c)
{
    struct dtl_list *l = c->list[0];
    for (uint32_t k = dtl_list_block(l, x->begin); k < l->p.blocks; k++) {
        uint32_t need = enough(x);
        if (dtl_list_bounded(l, k) >= need) {
            if (!dtl_list_load(l, k) ||
                !dtl_candidates_of_block(&x->c, l, c->weight, x->begin, x->end, need, NULL) ||
                !complete(x))
                return false;
        }
        if (dtl_postings_last(&l->p, k) >= x->end - 1)
            break;
    }
    return true;
}

/* Add the contributions of one list to the sums. */
static bool add_list(struct any *x, struct dtl_clause *c)
{
    struct dtl_list *l = c->list[0];
    uint32_t others = x->sum - c->bound;
    for (uint32_t k = dtl_list_block(l, x->begin); k < l->p.blocks; k++) {
        dtl_doc last = dtl_postings_last(&l->p, k);
        if (dtl_list_bounded(l, k) + others >= x->floor) {
            if (!dtl_list_load(l, k))
                return false;
            const uint32_t *scores = dtl_list_scores(l, c->weight);
            if (!scores)
                return false;
            uint32_t i = l->p.docs[0] < x->begin ? dtl_list_place(l, x->begin) : 0;
            uint32_t end = last < x->end ? l->p.count : dtl_list_place(l, x->end);
            for (; i < end; i++)
                x->sums[l->p.docs[i] - x->begin] += scores[i];
        }
        if (last >= x->end - 1)
            break;
    }
    return true;
}

/* A word of several terms: frequencies are added before they are turned into a contribution. */
static bool add_union(struct any *x, struct dtl_clause *c)
{
    uint64_t bits[STRETCH / 64] = {0};
    for (uint32_t j = 0; j < c->lists; j++) {
        struct dtl_list *l = c->list[j];
        for (uint32_t k = dtl_list_block(l, x->begin); k < l->p.blocks; k++) {
            if (!dtl_list_load(l, k) || !dtl_list_tfs(l))
                return false;
            for (uint32_t i = 0; i < l->p.count; i++) {
                uint32_t at = l->p.docs[i] - x->begin;
                if (l->p.docs[i] < x->begin || l->p.docs[i] >= x->end)
                    continue;
                x->tfs[at] += l->p.tfs[i];
                bits[at >> 6] |= UINT64_C(1) << (at & 63);
            }
            if (l->p.last >= x->end - 1)
                break;
        }
    }
    uint32_t n = 0;
    for (uint32_t k = 0; k < STRETCH / 64; k++) {
        for (uint64_t left = bits[k]; left; left &= left - 1)
            x->docs[n++] = 64 * k + (uint32_t)__builtin_ctzll(left);
    }
    for (uint32_t from = 0; from < n; from += DTL_BLOCK) {
        uint32_t part = n - from < DTL_BLOCK ? n - from : DTL_BLOCK;
        uint32_t tfs[DTL_BLOCK], scores[DTL_BLOCK];
        dtl_doc docs[DTL_BLOCK];
        for (uint32_t i = 0; i < part; i++) {
            uint32_t at = x->docs[from + i];
            docs[i] = x->begin + at;
            tfs[i] = x->tfs[at];
            x->tfs[at] = 0;
        }
        dtl_scores(c->weight, docs, tfs, part, scores);
        for (uint32_t i = 0; i < part; i++)
            x->sums[docs[i] - x->begin] += scores[i];
    }
    return true;
}

static bool make_room(struct any *x)
{
    struct dtl_arena *arena = x->p->ctx->arena;
    if (x->sums)
        return true;
    x->sums = dtl_arena_alloc(arena, (STRETCH + 16) * sizeof *x->sums);
    x->tfs = dtl_arena_alloc(arena, STRETCH * sizeof *x->tfs);
    x->docs = dtl_arena_alloc(arena, STRETCH * sizeof *x->docs);
    x->pick = dtl_arena_alloc(arena, (STRETCH + 16) * sizeof *x->pick);
    return (x->sums && x->tfs && x->docs && x->pick) || no_memory(x);
}

static bool walk_several(struct any *x)
{
    struct dtl_prune *p = x->p;
    if (!make_room(x))
        return false;
    for (uint32_t i = x->asked; i < p->clauses; i++) {
        struct dtl_clause *c = &p->clause[x->order[i]];
        if (!(c->lists == 1 ? add_list(x, c) : add_union(x, c)))
            return false;
    }
    uint32_t span = x->end - x->begin;
    uint32_t n = dtl_at_least(x->sums, span, enough(x), x->pick);
    bool ok = true;
    for (uint32_t i = 0; i < n && ok;) {
        for (x->c.n = 0; i < n && x->c.n < DTL_BLOCK; i++) {
            x->c.doc[x->c.n] = x->begin + x->pick[i];
            x->c.score[x->c.n++] = x->sums[x->pick[i]];
        }
        dtl_candidates_keep(&x->c, enough(x)); /* the floor may have risen */
        ok = complete(x);
    }
    memset(x->sums, 0, span * sizeof *x->sums);
    return ok;
}

static bool walk_stretch(struct any *x, uint32_t stretch)
{
    struct dtl_sieve *s = x->sieve;
    x->begin = s->begin + stretch * STRETCH;
    x->end = s->end - x->begin < STRETCH ? s->end : x->begin + STRETCH;
    x->floor = dtl_sieve_floor(s, x->begin);
    divide(x, stretch);
    if (x->sum < x->floor)
        return true;
    struct dtl_clause *last = &x->p->clause[x->order[x->p->clauses - 1]];
    if (x->asked + 1 == x->p->clauses && last->lists == 1)
        return walk_one(x, last);
    return walk_several(x);
}

enum dtl_status dtl_prune_any(struct dtl_prune *p, struct dtl_sieve *sieve)
{
    struct any x = {.p = p, .sieve = sieve};
    uint32_t n = stretches_of(sieve), first[FIRST], firsts = 0;
    if (p->clauses == 1 && p->clause[0].lists == 1)
        return dtl_prune_single(p, sieve);
    uint32_t *sum = dtl_arena_alloc(p->ctx->arena, n * sizeof *sum);
    if (!sum)
        no_memory(&x);
    for (uint32_t i = 0; i < p->clauses && p->ctx->status == DTL_OK; i++) {
        struct dtl_clause *c = &p->clause[i];
        if (bound_clause(&x, c)) {
            for (uint32_t k = 0; k < n; k++)
                sum[k] += c->stretch[k];
        }
    }
    if (p->ctx->status != DTL_OK)
        return p->ctx->status;
    for (uint32_t i = 0; n > 2 * FIRST && i < n; i++) { /* the FIRST greatest, falling */
        uint32_t k = firsts;
        if (k == FIRST && sum[first[k - 1]] >= sum[i])
            continue;
        for (k -= k == FIRST; k > 0 && sum[first[k - 1]] < sum[i]; k--)
            first[k] = first[k - 1];
        first[k] = i;
        firsts += firsts < FIRST;
    }
    bool ok = true;
    for (uint32_t i = 0; i < firsts && ok; i++) {
        ok = walk_stretch(&x, first[i]);
        sum[first[i]] = 0; /* the floor is never below 1 */
    }
    for (uint32_t i = 0; i < n && ok; i++) {
        if (sum[i] && sum[i] >= dtl_sieve_floor(sieve, sieve->begin + i * STRETCH))
            ok = walk_stretch(&x, i);
    }
    return p->ctx->status;
}
