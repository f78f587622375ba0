/*
 * search.c - a planned query over every segment: what matches, how many, the best of them.
 *
 * Segments are visited newest first, their zones one after the other, and in a zone the documents
 * the date filter admits. The best by score of a query of words are found by the walks that skip
 * (query/rank/prune.h); the exact total, when it is asked for and they stopped short of it, is a
 * second pass that scores nothing. Any other query is walked a window at a time: dead documents
 * and, in the zone of stated ranges, those outside the filter are masked out of each window; then
 * bits are counted and offered to the heap. Inside a zone document order is the order of --sort
 * newest, so once a document of it is refused there, the rest of the zone is only counted, or left.
 */
#include "query/result/search.h"

#include "common/segment/dead.h"
#include "common/segment/identities.h"
#include "query/plan/plan.h"
#include "query/rank/prune.h"
#include "query/result/rerank.h"

struct search {
    struct dtl_snapshot *snap;
    struct dtl_plan *plan;
    const struct dtl_query *q;
    const struct dtl_node *node;
    bool dates; /* the whole query's filter holds */
    bool scored, first_only, collect;
    bool prune;   /* walks may skip */
    bool pruned;  /* one did: matches may be missing from the total */
    bool inexact; /* and matches that score nothing from the hits */
    struct dtl_topk top;
    struct dtl_decay decay;
    bool fades;
    struct dtl_topk like;     /* `top` as it was initialised */
    struct dtl_spread spread; /* takes the place of `top` until the hits are taken */
    struct dtl_pairs pairs;   /* none: the first stage is all */
    uint64_t want;            /* hits asked for, the first `offset` included */
    const struct dtl_after *after;
    const struct dtl_docs *only; /* NULL: all documents */
    dtl_matches_fn visit;        /* NULL: nobody */
    void *visit_ctx;
    bool (*stop)(void *ctx);
    void *stop_ctx;
    uint64_t total;
    struct dtl_work work;
    struct dtl_error *err;
};

struct pass { /* over one segment */
    struct search *s;
    uint32_t segment;
    struct dtl_segment *seg;
    struct dtl_cursor *root;
    struct dtl_cursor_context ctx;
    struct dtl_date_ranges ranges;
    roaring_uint32_iterator_t *dead; /* NULL: none */
    struct dtl_prune prune;
    uint64_t bits[DTL_COUNT_WORDS]; /* a counting window is the greater */
    uint64_t scores[DTL_WINDOW];    /* all 0 between windows */
};

static enum dtl_status names_of(void *ctx, uint32_t segment, dtl_doc doc, struct dtl_arena *arena,
                                struct dtl_names *out, struct dtl_error *err)
{
    struct search *s = ctx;
    return dtl_identities_of(&s->snap->segment[segment], doc, arena, &out->id, &out->source, err);
}

static enum dtl_status date_of(void *ctx, uint32_t segment, dtl_doc doc, struct dtl_interval *out,
                               struct dtl_error *err)
{
    struct search *s = ctx;
    return dtl_columns_date(&s->snap->segment[segment], doc, out, err);
}

static void mask_dead(struct pass *p, const struct dtl_window *w)
{
    if (!p->dead || (p->dead->has_value && p->dead->current_value < w->begin &&
                     !roaring_move_uint32_iterator_equalorlarger(p->dead, w->begin)))
        return;
    while (p->dead->has_value && p->dead->current_value < w->end) {
        uint32_t i = p->dead->current_value - w->begin;
        w->bits[i >> 6] &= ~(UINT64_C(1) << (i & 63));
        roaring_advance_uint32_iterator(p->dead);
    }
}

/* In the zone of stated ranges the filter's range of documents is a superset. */
static enum dtl_status mask_dates(struct pass *p, const struct dtl_window *w)
{
    for (uint32_t k = 0; 64 * k < w->end - w->begin; k++) {
        for (uint64_t left = w->bits[k]; left; left &= left - 1) {
            dtl_doc doc = w->begin + 64 * k + (dtl_doc)__builtin_ctzll(left);
            struct dtl_interval date = DTL_UNDATED;
            enum dtl_status st = dtl_columns_date(p->seg, doc, &date, p->s->err);
            if (st < 0)
                return st;
            if (!dtl_date_holds(date, p->ranges.range, p->ranges.within))
                w->bits[k] &= ~(left & -left);
        }
    }
    return DTL_OK;
}

/* The candidate's date is known, its score is whole. */
static void fade(struct search *s, struct dtl_candidate *c)
{
    c->whole = c->score;
    if (s->fades)
        c->score = dtl_decay_score(&s->decay, c->date.earliest, c->score);
}

/* Offer the window's documents; *open becomes false when the rest of the zone cannot enter. */
static enum dtl_status offer(struct pass *p, const struct dtl_window *w, enum dtl_zone_id zone,
                             bool *open)
{
    struct search *s = p->s;
    for (uint32_t k = 0; k < DTL_WINDOW_WORDS; k++) {
        for (uint64_t left = w->bits[k]; left && *open; left &= left - 1) {
            uint32_t i = 64 * k + (uint32_t)__builtin_ctzll(left);
            struct dtl_candidate c = {.score = s->scored ? w->scores[i] : 0,
                                      .segment = p->segment,
                                      .zone = zone,
                                      .doc = w->begin + i};
            if (c.score < dtl_topk_below(&s->top))
                continue;
            enum dtl_status st = dtl_columns_date(p->seg, c.doc, &c.date, s->err);
            if (st < 0)
                return st;
            fade(s, &c);
            if (s->spread.period) {
                if ((st = dtl_spread_offer(&s->spread, &c)) < 0)
                    return st;
                continue;
            }
            if (!dtl_topk_offer(&s->top, &c) && s->top.order == DTL_ORDER_NEWEST &&
                zone != DTL_ZONE_OTHER)
                *open = false;
            if (s->top.status != DTL_OK)
                return s->top.status;
        }
    }
    return DTL_OK;
}

static bool stops(const struct search *s)
{
    return s->stop && s->stop(s->stop_ctx);
}

static enum dtl_status search_zone(struct pass *p, enum dtl_zone_id zone)
{
    struct search *s = p->s;
    struct dtl_doc_range range = p->ranges.zone[zone];
    bool open = s->collect;
    dtl_doc d = range.begin < range.end ? dtl_cursor_seek(p->root, range.begin) : DTL_DOC_END;
    while (d < range.end) {
        struct dtl_window w = {.begin = d, .bits = p->bits};
        w.end = range.end - d < DTL_WINDOW ? range.end : d + DTL_WINDOW;
        w.scores = open && s->scored ? p->scores : NULL;
        memset(p->bits, 0, sizeof p->bits);
        if (w.scores)
            memset(p->scores, 0, (w.end - w.begin) * sizeof *p->scores);
        dtl_cursor_window(p->root, &w);
        mask_dead(p, &w);
        enum dtl_status st = DTL_OK;
        if (zone == DTL_ZONE_OTHER && p->ranges.test_other)
            st = mask_dates(p, &w);
        uint64_t count = dtl_prune_ones(p->bits, DTL_WINDOW_WORDS);
        s->total += count;
        if (w.scores)
            s->work.documents_scored += count;
        if (st == DTL_OK && open && count)
            st = offer(p, &w, zone, &open);
        if (st == DTL_OK && s->visit && count) {
            struct dtl_matches m = {p->seg, p->segment, w.begin, w.end, p->bits, count};
            st = s->visit(s->visit_ctx, &m, s->err);
        }
        if (st == DTL_OK && stops(s))
            st = DTL_END;
        if (st != DTL_OK || (s->first_only && s->total))
            return st;
        d = p->root->doc;
    }
    return DTL_OK;
}

/* The zone's newest matches, one by one until the first is refused: the rest is older. */
static enum dtl_status newest_of_zone(struct pass *p, enum dtl_zone_id zone)
{
    struct search *s = p->s;
    struct dtl_doc_range range = p->ranges.zone[zone];
    struct dtl_cursor *root = p->root;
    bool test = zone == DTL_ZONE_OTHER && p->ranges.test_other;
    dtl_doc d = range.begin < range.end ? dtl_cursor_seek(root, range.begin) : DTL_DOC_END;
    s->pruned = true;
    for (; d < range.end; d = dtl_cursor_next(root)) {
        struct dtl_candidate c = {.segment = p->segment, .zone = zone, .doc = d};
        if (dtl_is_dead(p->seg, d))
            continue;
        enum dtl_status st = dtl_columns_date(p->seg, d, &c.date, s->err);
        if (st < 0)
            return st;
        if (test && !dtl_date_holds(c.date, p->ranges.range, p->ranges.within))
            continue;
        c.score = s->scored ? dtl_cursor_score(root) : 0;
        fade(s, &c);
        s->work.documents_scored += s->scored;
        if (!dtl_topk_offer(&s->top, &c) && zone != DTL_ZONE_OTHER)
            break;
        if (s->top.status != DTL_OK)
            return s->top.status;
    }
    return DTL_OK;
}

static struct dtl_sieve sieve_of(struct pass *p, enum dtl_zone_id zone)
{
    struct search *s = p->s;
    struct dtl_doc_range range = p->ranges.zone[zone];
    struct dtl_sieve sieve = {.top = &s->top,
                              .seg = p->seg,
                              .segment = p->segment,
                              .zone = zone,
                              .begin = range.begin,
                              .end = range.end,
                              .newest = p->seg->facts.zone[zone].newest,
                              .decay = s->fades ? &s->decay : NULL,
                              .scored = &s->work.documents_scored,
                              .err = s->err};
    if (zone == DTL_ZONE_OTHER && p->ranges.test_other)
        sieve.ranges = &p->ranges;
    return sieve;
}

/* The zone's best, without looking at those that cannot enter. */
static enum dtl_status best_of_zone(struct pass *p, enum dtl_zone_id zone)
{
    struct search *s = p->s;
    struct dtl_sieve sieve = sieve_of(p, zone);
    s->pruned = true;
    s->inexact |= !p->prune.exact;
    return sieve.begin < sieve.end ? dtl_prune_zone(&p->prune, &sieve) : DTL_OK;
}

/* The zone's best phrases, without decoding positions of those that cannot enter. */
static enum dtl_status best_phrases_of_zone(struct pass *p, enum dtl_zone_id zone)
{
    struct search *s = p->s;
    struct dtl_sieve sieve = sieve_of(p, zone);
    enum dtl_status st = DTL_OK;
    uint32_t steps = 0;
    s->pruned = true;
    if (sieve.begin >= sieve.end)
        return DTL_OK;
    dtl_cursor_phrase_floor(p->root, dtl_sieve_floor(&sieve, sieve.begin), sieve.end);
    dtl_doc d = dtl_cursor_seek(p->root, sieve.begin);
    for (; d < sieve.end && st == DTL_OK; d = dtl_cursor_next(p->root)) {
        uint32_t score = (uint32_t)dtl_cursor_score(p->root);
        if (score >= dtl_sieve_floor(&sieve, d))
            st = dtl_sieve_offer(&sieve, d, score);
        dtl_cursor_phrase_floor(p->root, dtl_sieve_floor(&sieve, d + 1), sieve.end);
        if (st == DTL_OK && ++steps % 16 == 0 && stops(s))
            st = DTL_END;
    }
    return st;
}

/* Does every match score the same? Then the newest are the best. */
static bool is_constant(const struct dtl_cursor *c)
{
    return c->weight && !c->weight->norm;
}

/* How many of the zone match words, by marks and bits. */
static enum dtl_status count_zone(struct pass *p, enum dtl_zone_id zone)
{
    struct search *s = p->s;
    struct dtl_doc_range range = p->ranges.zone[zone];
    bool test = zone == DTL_ZONE_OTHER && p->ranges.test_other;
    uint64_t count = 0;
    if (range.begin >= range.end)
        return DTL_OK;
    if (!p->dead && !test && dtl_prune_count(&p->prune, range.begin, range.end, &count)) {
        s->total += count;
        return DTL_OK;
    }
    if (p->ctx.status != DTL_OK)
        return p->ctx.status;
    dtl_doc d = dtl_prune_next(&p->prune, range.begin);
    while (d < range.end) {
        struct dtl_window w = {.begin = d, .bits = p->bits};
        w.end = range.end - d < DTL_COUNT_WINDOW ? range.end : d + DTL_COUNT_WINDOW;
        if (!dtl_prune_bits(&p->prune, &w))
            return p->ctx.status;
        mask_dead(p, &w);
        enum dtl_status st = test ? mask_dates(p, &w) : DTL_OK;
        if (st < 0)
            return st;
        s->total += dtl_prune_ones(p->bits, (w.end - w.begin + 63) / 64);
        d = dtl_prune_next(&p->prune, w.end);
    }
    return DTL_OK;
}

typedef enum dtl_status (*zone_fn)(struct pass *p, enum dtl_zone_id zone);

/* How the zones of a segment are walked, now that its cursors are known. */
static zone_fn way_of(struct pass *p)
{
    struct search *s = p->s;
    if (!s->prune || (s->spread.period && s->collect))
        return search_zone;
    if (!s->collect)
        return dtl_prune_countable(p->root, &p->prune) ? count_zone : search_zone;
    if (s->top.order == DTL_ORDER_NEWEST ||
        (s->top.order == DTL_ORDER_SCORE && is_constant(p->root)))
        return newest_of_zone;
    if (s->top.order == DTL_ORDER_SCORE && dtl_cursor_phrase_prunes(p->root))
        return best_phrases_of_zone;
    if (s->top.order == DTL_ORDER_SCORE && dtl_prune_of(p->root, &p->prune))
        return best_of_zone;
    return search_zone;
}

/* By date, what stands before the place to go on from is a piece of each zone. */
static enum dtl_status narrow(struct pass *p)
{
    const struct dtl_after *after = p->s->after;
    bool oldest = p->s->top.order == DTL_ORDER_OLDEST;
    if (!after || p->s->top.order == DTL_ORDER_SCORE)
        return DTL_OK;
    for (int z = 0; z < DTL_ZONE_UNDATED; z++) {
        struct dtl_doc_range *r = &p->ranges.zone[z];
        dtl_doc begin = 0, end = 0;
        enum dtl_status st = DTL_OK;
        struct dtl_interval left = oldest
                                       ? (struct dtl_interval){after->date.earliest, DTL_DAY_MAX}
                                       : (struct dtl_interval){DTL_DAY_MIN, after->date.earliest};
        if (after->date.earliest != DTL_DAY_NONE)
            st = dtl_columns_range(p->seg, (enum dtl_zone_id)z, left, oldest, &begin, &end,
                                   p->s->err);
        if (st < 0)
            return st;
        r->begin = r->begin > begin ? r->begin : begin;
        r->end = r->end < end ? r->end : end;
    }
    return DTL_OK;
}

/* Of the segment's matches, without those of the id that the query leaves out. */
static enum dtl_status leave_out(struct pass *p, struct dtl_arena *arena)
{
    dtl_doc *docs = NULL;
    size_t n = 0;
    enum dtl_status st = dtl_identities_find(p->seg, (struct dtl_bytes){0}, true, p->s->q->without,
                                             arena, &docs, &n, p->s->err);
    if (st < 0 || n == 0)
        return st < 0 ? st : DTL_OK;
    struct dtl_cursor *drop = dtl_cursor_documents(&p->ctx, docs, n);
    p->root = drop ? dtl_cursor_not(&p->ctx, p->root, drop) : NULL;
    return p->ctx.status;
}

/* Of the segment's matches, those that the caller lists. */
static enum dtl_status keep_listed(struct pass *p, struct dtl_arena *arena)
{
    const struct dtl_docs *only = &p->s->only[p->segment];
    struct dtl_cursor **both = dtl_arena_alloc(arena, 2 * sizeof(struct dtl_cursor *));
    if (!both)
        return dtl_fail(p->s->err, DTL_ENOMEM, 0, "no memory for a query's cursors");
    both[0] = p->root;
    both[1] = dtl_cursor_docs(&p->ctx, only->doc, only->n);
    p->root = both[1] ? dtl_cursor_and(&p->ctx, both, 2) : NULL;
    return p->ctx.status;
}

static enum dtl_status search_segment(struct pass *p, struct dtl_arena *arena)
{
    struct search *s = p->s;
    enum dtl_status st = DTL_OK;
    const struct dtl_query *q = s->q;
    p->seg = &s->snap->segment[p->segment];
    if ((s->only && s->only[p->segment].n == 0) ||
        (s->dates && !dtl_date_ranges_possible(p->seg, q->dates, q->within, q->undated))) {
        s->work.segments_skipped++;
        return DTL_OK;
    }
    s->work.segments_visited++;
    dtl_cursor_context_init(&p->ctx, p->seg, s->plan->title_weight, arena, s->err);
    p->ctx.stop = s->stop;
    p->ctx.stop_ctx = s->stop_ctx;
    if (s->dates)
        st = dtl_date_ranges_of(p->seg, q->dates, q->within, q->undated, &p->ranges, s->err);
    else
        dtl_date_ranges_all(p->seg, &p->ranges);
    if (st == DTL_OK)
        st = narrow(p);
    p->root = NULL;
    if (st == DTL_OK)
        st = dtl_plan_cursor(s->plan, p->segment, s->node, s->scored, &p->ctx, &p->root, s->err);
    if (st == DTL_OK && !p->root) { /* words that say nothing: the filter alone */
        p->root = dtl_cursor_all(&p->ctx);
        st = p->ctx.status;
    }
    if (st == DTL_OK && q->without.n)
        st = leave_out(p, arena);
    if (st == DTL_OK && s->only)
        st = keep_listed(p, arena);
    p->dead = NULL;
    if (st == DTL_OK && p->seg->dead && !(p->dead = roaring_create_iterator(p->seg->dead->docs)))
        st = dtl_fail(s->err, DTL_ENOMEM, 0, "no memory for deleted documents");
    zone_fn walk = st == DTL_OK ? way_of(p) : search_zone;
    for (int z = 0; z < DTL_ZONES && st == DTL_OK && !(s->first_only && s->total); z++) {
        st = walk(p, (enum dtl_zone_id)z);
        if (st == DTL_OK)
            st = p->ctx.status;
    }
    if (p->dead)
        roaring_free_uint32_iterator(p->dead);
    s->work.positions_read += p->ctx.positions_read;
    dtl_cursor_context_release(&p->ctx);
    s->work.blocks_read += p->ctx.blocks_read;
    return st;
}

static enum dtl_status search_all(struct search *s)
{
    struct dtl_arena arena = {0};
    struct pass pass = {.s = s};
    enum dtl_status st = DTL_OK;
    for (size_t i = s->snap->segments; i-- > 0 && st == DTL_OK;) {
        if (s->first_only && s->total)
            break;
        pass.segment = (uint32_t)i;
        st = search_segment(&pass, &arena);
        dtl_arena_reset(&arena);
    }
    dtl_arena_release(&arena);
    return st;
}

/* The heap's best, without the first `offset`, as hits. */
static enum dtl_status take_hits(struct search *s, const struct dtl_search_options *o,
                                 struct dtl_arena *arena, struct dtl_result *out)
{
    enum dtl_status st = s->spread.period ? dtl_spread_finish(&s->spread, s->want, &s->top)
                                          : dtl_topk_finish(&s->top);
    if (st == DTL_OK && s->pairs.pairs)
        st = dtl_rerank(s->snap, s->plan, &s->pairs, s->fades ? &s->decay : NULL,
                        o->exhaustive ? UINT64_MAX : s->want, &s->top, &s->work.positions_read);
    if (st < 0 || s->top.n <= o->offset)
        return st;
    size_t n = (size_t)((s->top.n < s->want ? s->top.n : s->want) - o->offset);
    struct dtl_hit *hit = dtl_arena_alloc(arena, n * sizeof *hit);
    if (!hit)
        return dtl_fail(s->err, DTL_ENOMEM, 0, "no memory for %zu hits", n);
    for (size_t i = 0; i < n; i++) {
        struct dtl_candidate *c = &s->top.c[(size_t)o->offset + i];
        struct dtl_names names = {0};
        hit[i] = (struct dtl_hit){
            .segment = &s->snap->segment[c->segment], .doc = c->doc, .score = c->score};
        if (o->places_only)
            continue;
        hit[i].date = dtl_topk_date(&s->top, c);
        if (s->top.status != DTL_OK)
            return s->top.status;
        if (c->names)
            names = *c->names;
        else if ((st = names_of(s, c->segment, c->doc, arena, &names, s->err)) != DTL_OK)
            return st;
        hit[i].id = names.id;
        hit[i].source = names.source;
    }
    out->hit = hit;
    out->hits = n;
    return DTL_OK;
}

/* Find the best, and how many there are as far as that is asked for. */
static enum dtl_status search_best(struct search *s, bool count)
{
    enum dtl_status st = search_all(s);
    if (st == DTL_OK && s->inexact &&
        dtl_topk_below(&s->top) == 0) { /* what scores 0 belongs to it */
        dtl_topk_clear(&s->top);
        s->total = 0;
        s->prune = s->pruned = false;
        st = search_all(s);
    }
    if (st != DTL_OK || !s->pruned)
        return st;
    bool over = s->top.n == s->top.k || s->top.least; /* something may have been passed over */
    if (!over || !count) {
        s->pruned = over;
        s->total = s->total > s->top.n ? s->total : s->top.n;
        return DTL_OK;
    }
    s->total = 0;
    s->collect = s->scored = s->pruned = false;
    st = search_all(s);
    s->collect = true;
    return st;
}

enum dtl_status dtl_search(struct dtl_snapshot *snap, struct dtl_plan *plan,
                           const struct dtl_query *q, const struct dtl_search_options *o,
                           struct dtl_arena *arena, struct dtl_result *out, struct dtl_error *err)
{
    struct search s = {.snap = snap,
                       .plan = plan,
                       .q = q,
                       .node = q->root,
                       .dates = q->has_dates,
                       .first_only = o->first_only,
                       .err = err};
    uint64_t k = o->limit > UINT64_MAX - o->offset ? UINT64_MAX : o->limit + o->offset;
    s.collect = !o->count_only && o->limit > 0;
    s.scored = s.collect && q->scoring;
    s.prune = !o->exhaustive && !o->first_only;
    s.stop = o->stop;
    s.stop_ctx = o->stop_ctx;
    s.after = o->after;
    s.only = o->only;
    enum dtl_order order = o->sort == DTL_SORT_OLDEST                  ? DTL_ORDER_OLDEST
                           : o->sort == DTL_SORT_NEWEST || !q->scoring ? DTL_ORDER_NEWEST
                                                                       : DTL_ORDER_SCORE;
    enum dtl_status st = DTL_OK;
    bool pairs = s.scored && order == DTL_ORDER_SCORE && !o->first_stage && !o->after && !o->spread;
    s.want = k;
    s.fades = s.scored && o->half_life;
    if (s.fades)
        dtl_decay_init(&s.decay, o->today, o->half_life);
    if (pairs && (st = dtl_plan_pairs(plan, &s.pairs, err)) < 0)
        return st;
    if (s.pairs.pairs && k < DTL_RERANKED)
        k = DTL_RERANKED;
    dtl_topk_init(&s.top, order, s.collect ? k : 0, names_of, &s, arena, err);
    s.top.date = date_of;
    struct dtl_names names = {0};
    struct dtl_candidate after = {.segment = UINT32_MAX};
    if (o->after) {
        names = (struct dtl_names){o->after->id, o->after->source};
        after.score = o->after->score;
        after.date = o->after->date;
        after.names = o->after->named ? &names : NULL;
        s.top.after = &after;
        s.prune = s.prune && order == DTL_ORDER_NEWEST;
    }
    s.like = s.top;
    dtl_spread_init(&s.spread, s.collect ? o->spread : DTL_SPREAD_NONE, &s.like);
    if (s.want < k && !o->exhaustive) /* what fades is cut once, the sum not as its parts */
        st = dtl_topk_expect(&s.top, s.want, s.pairs.most + s.fades);
    struct dtl_result result = {0};
    if (st == DTL_OK)
        st = s.collect ? search_best(&s, !o->hits_only && !o->after) : search_all(&s);
    if (st == DTL_OK && s.collect)
        st = take_hits(&s, o, arena, &result);
    dtl_spread_release(&s.spread);
    dtl_topk_release(&s.top);
    if (st != DTL_OK)
        return st;
    result.total = s.total;
    result.exact = !s.pruned && !o->after;
    result.complete = result.exact && (o->offset >= s.total || result.hits == s.total - o->offset);
    result.work = s.work;
    *out = result;
    return DTL_OK;
}

enum dtl_status dtl_search_visit(struct dtl_snapshot *snap, struct dtl_plan *plan,
                                 const struct dtl_query *q, const struct dtl_node *n,
                                 dtl_matches_fn fn, void *ctx, struct dtl_error *err)
{
    struct search s = {.snap = snap,
                       .plan = plan,
                       .q = q,
                       .node = n,
                       .dates = q->has_dates,
                       .visit = fn,
                       .visit_ctx = ctx,
                       .err = err};
    return search_all(&s);
}

enum dtl_status dtl_search_count_node(struct dtl_snapshot *snap, struct dtl_plan *plan,
                                      const struct dtl_query *q, const struct dtl_node *n,
                                      bool with_dates, uint64_t *count, struct dtl_error *err)
{
    struct search s = {.snap = snap,
                       .plan = plan,
                       .q = q,
                       .node = n,
                       .dates = with_dates && q->has_dates,
                       .err = err};
    enum dtl_status st = search_all(&s);
    if (st == DTL_OK)
        *count = s.total;
    return st;
}
