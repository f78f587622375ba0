/*
 * rerank.c - see rerank.h.
 *
 * The best of the first stage come first, so that soon a score is known which must be reached; the
 * others follow in the order of documents, since neighbours share blocks of the lists. How often an
 * article holds the words says what they can score at most, before any position is decoded. A block
 * of a list is found as the walks that skip do; lists are opened when an article of their segment
 * comes first.
 */
#include "query/result/rerank.h"

#include "query/rank/clause.h"

struct word { /* of the pairs, in one segment */
    struct dtl_list **list;
    uint32_t lists;
    uint64_t count;     /* in the article looked at, weighted */
    const uint32_t *at; /* its positions there, once asked for */
    uint32_t n;
};

struct place { /* a segment's lists */
    struct dtl_cursor_context ctx;
    struct word *word; /* parallel to pairs->word; NULL: not open */
};

struct rerank {
    struct dtl_snapshot *snap;
    struct dtl_plan *plan;
    const struct dtl_pairs *pairs;
    struct place *place; /* by segment */
    double average;      /* words of an article */
    struct dtl_decay *decay;
    struct dtl_topk *top;
    bool all; /* no candidate may be left out */
    enum dtl_status status;
    struct dtl_arena arena;
    struct dtl_error *err;
};

static enum dtl_status no_memory(struct rerank *r)
{
    return dtl_fail(r->err, DTL_ENOMEM, 0, "no memory for a query's second stage");
}

static enum dtl_status open_word(struct rerank *r, struct place *p, const struct dtl_word *w,
                                 uint32_t segment, struct word *out)
{
    const struct dtl_word_lists *in = &w->in[segment];
    out->list = dtl_arena_alloc(&r->arena, (in->count + 1) * sizeof(struct dtl_list *));
    if (!out->list)
        return no_memory(r);
    for (uint32_t i = 0; i < in->count; i++) {
        struct dtl_list *l =
            (struct dtl_list *)dtl_cursor_term(&p->ctx, in->list[i].term, in->list[i].filter);
        if (!l)
            return p->ctx.status;
        /* only decoding tells where a short list ends */
        if (l->p.term.df < DTL_BLOCK && !dtl_list_load(l, 0))
            return p->ctx.status;
        out->list[out->lists++] = l;
    }
    return DTL_OK;
}

static enum dtl_status open_place(struct rerank *r, struct place *p, uint32_t segment)
{
    p->word = dtl_arena_alloc(&r->arena, r->pairs->words * sizeof *p->word);
    if (!p->word)
        return no_memory(r);
    dtl_cursor_context_init(&p->ctx, &r->snap->segment[segment], r->plan->title_weight, &r->arena,
                            r->err);
    enum dtl_status st = DTL_OK;
    for (uint32_t i = 0; i < r->pairs->words && st == DTL_OK; i++)
        st = open_word(r, p, r->pairs->word[i], segment, &p->word[i]);
    return st;
}

/* How often the article holds the word, a title word counted for several; its lists stand there. */
static bool word_count(struct word *w, dtl_doc doc)
{
    w->n = 0;
    w->count = 0;
    for (uint32_t i = 0; i < w->lists; i++) {
        struct dtl_list *l = w->list[i];
        if (!dtl_list_find(l, doc, &l->i))
            return false;
        if (l->i < l->p.count && !dtl_list_tfs(l))
            return false;
        w->count += l->i < l->p.count ? l->p.tfs[l->i] : 0;
    }
    return true;
}

/* Merge `more` into the word's positions, each once. */
static bool merge(struct place *p, struct word *w, const uint32_t *more, uint32_t n)
{
    uint32_t *out = NULL, room = 0, i = 0, k = 0, total = 0;
    if (n > UINT32_MAX - w->n || !dtl_positions_room(&p->ctx, &out, &room, w->n + n))
        return false;
    while (i < w->n || k < n) {
        bool both = i < w->n && k < n && w->at[i] == more[k];
        bool ours = k == n || (i < w->n && w->at[i] <= more[k]);
        out[total++] = ours ? w->at[i++] : more[k++];
        k += both;
    }
    w->at = out;
    w->n = total;
    return true;
}

/* The word's positions where its lists stand. */
static bool word_positions(struct place *p, struct word *w)
{
    for (uint32_t i = 0; i < w->lists; i++) {
        struct dtl_list *l = w->list[i];
        const uint32_t *at = NULL;
        uint32_t n = l->i < l->p.count ? l->c.ops->positions(&l->c, &at) : 0;
        if (p->ctx.status != DTL_OK || (n && w->n && !merge(p, w, at, n)))
            return false;
        if (n && !w->n) {
            w->at = at;
            w->n = n;
        }
    }
    return true;
}

/* What the pairs add to the article; *most alone, and false, when that is less than `need`. */
static bool pairs_score(struct rerank *r, struct place *p, dtl_doc doc, uint64_t need,
                        uint64_t *score)
{
    const struct dtl_pairs *pairs = r->pairs;
    uint32_t weighted, words;
    uint64_t most = 0;
    enum dtl_status st = dtl_columns_counts(p->ctx.segment, doc, &weighted, &words, r->err);
    if (st < 0) {
        dtl_cursor_fail(&p->ctx, st);
        return false;
    }
    for (uint32_t i = 0; i < pairs->words; i++) {
        if (!word_count(&p->word[i], doc))
            return false;
    }
    for (uint32_t i = 0; i < pairs->pairs; i++) {
        const struct word *a = &p->word[pairs->pair[i].a], *b = &p->word[pairs->pair[i].b];
        most += dtl_near_score(&pairs->pair[i].weight, dtl_nearness_most(a->count, b->count), words,
                               r->average);
    }
    if (most < need)
        return false;
    *score = 0;
    for (uint32_t i = 0; i < pairs->pairs && most > 0; i++) {
        struct word *a = &p->word[pairs->pair[i].a], *b = &p->word[pairs->pair[i].b];
        if (!a->count || !b->count)
            continue;
        if ((!a->n && !word_positions(p, a)) || (!b->n && !word_positions(p, b)))
            return false;
        *score += dtl_near_score(&pairs->pair[i].weight, dtl_nearness(a->at, a->n, b->at, b->n),
                                 words, r->average);
    }
    return true;
}

static void swap(uint64_t *x, uint64_t *y)
{
    uint64_t keep = *x;
    *x = *y;
    *y = keep;
}

/* By segment and document: neighbours share blocks. */
static void sort_by_place(const struct dtl_candidate *c, uint32_t *order, size_t n)
{
    for (size_t gap = n / 2; gap > 0; gap /= 2) { /* shell sort: at most DTL_RERANKED */
        for (size_t i = gap; i < n; i++) {
            uint32_t x = order[i];
            size_t k = i;
            for (; k >= gap; k -= gap) {
                const struct dtl_candidate *a = &c[order[k - gap]], *b = &c[x];
                if (a->segment < b->segment || (a->segment == b->segment && a->doc < b->doc))
                    break;
                order[k] = order[k - gap];
            }
            order[k] = x;
        }
    }
}

/* The best `room` scores so far, the worst of them first: a heap. */
struct best {
    uint64_t score[DTL_RERANKED];
    uint32_t n, room;
};

static void best_add(struct best *b, uint64_t score)
{
    uint32_t at = 0;
    if (b->n < b->room) {
        at = b->n++;
        b->score[at] = score;
        for (; at && b->score[(at - 1) / 2] > b->score[at]; at = (at - 1) / 2)
            swap(&b->score[at], &b->score[(at - 1) / 2]);
        return;
    }
    if (score <= b->score[0])
        return;
    b->score[0] = score;
    for (uint32_t k = 1; k < b->n; k = 2 * at + 1) {
        k += k + 1 < b->n && b->score[k + 1] < b->score[k];
        if (b->score[k] >= b->score[at])
            break;
        swap(&b->score[k], &b->score[at]);
        at = k;
    }
}

/* Raise candidate i, unless it cannot be among the best then: false. */
static bool raise_one(struct rerank *r, struct best *best, uint32_t i)
{
    struct dtl_candidate *c = &r->top->c[i];
    struct place *p = &r->place[c->segment];
    uint64_t more = 0, need = 0;
    dtl_day day = r->decay ? dtl_topk_date(r->top, c).earliest : 0;
    if (!r->all && best->n == best->room)
        need = r->decay ? dtl_decay_need(r->decay, day, best->score[0]) : best->score[0];
    need -= need < c->whole ? need : c->whole;
    if (need > r->pairs->most)
        return false;
    if (!p->word && (r->status = open_place(r, p, c->segment)) != DTL_OK)
        return false;
    bool ok = pairs_score(r, p, c->doc, need, &more);
    r->status = p->ctx.status;
    c->whole += more;
    c->score = r->decay ? dtl_decay_score(r->decay, day, c->whole) : c->whole;
    if (ok)
        best_add(best, c->score);
    return ok;
}

/* Those that were raised to the front; how many. */
static size_t gather(struct dtl_topk *t, const bool *raised, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (raised[i])
            t->c[kept++] = t->c[i];
    }
    return kept;
}

static enum dtl_status raise(struct rerank *r, uint64_t want)
{
    struct dtl_topk *t = r->top;
    size_t n = t->n, first = n < DTL_RERANKED ? n : DTL_RERANKED;
    struct best best = {.room = want < DTL_RERANKED ? (uint32_t)want : DTL_RERANKED};
    bool raised[DTL_RERANKED] = {false};
    uint32_t order[DTL_RERANKED], lead = first < 2 * want ? (uint32_t)first : 2 * (uint32_t)want;
    r->all = want >= first;
    for (uint32_t i = 0; i < first; i++)
        order[i] = i;
    sort_by_place(t->c, order + lead, first - lead);
    for (uint32_t i = 0; i < first && r->status == DTL_OK; i++)
        raised[order[i]] = raise_one(r, &best, order[i]);
    if (r->status != DTL_OK)
        return r->status;
    size_t kept = gather(t, raised, first);
    t->n = kept;
    enum dtl_status st = dtl_topk_finish(t);
    if (kept == first) /* the others stay behind them */
        t->n = n;
    return st;
}

enum dtl_status dtl_rerank(struct dtl_snapshot *snap, struct dtl_plan *plan,
                           const struct dtl_pairs *pairs, struct dtl_decay *decay, uint64_t want,
                           struct dtl_topk *t, uint64_t *positions)
{
    struct rerank r = {
        .snap = snap, .plan = plan, .pairs = pairs, .decay = decay, .top = t, .err = t->err};
    r.average = plan->average_words;
    r.place = dtl_arena_alloc(&r.arena, (snap->segments + 1) * sizeof *r.place);
    enum dtl_status st = r.place ? raise(&r, want) : no_memory(&r);
    for (size_t i = 0; r.place && i < snap->segments; i++) {
        if (!r.place[i].word)
            continue;
        *positions += r.place[i].ctx.positions_read;
        dtl_cursor_context_release(&r.place[i].ctx);
    }
    dtl_arena_release(&r.arena);
    return st;
}
