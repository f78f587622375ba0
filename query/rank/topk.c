/* topk.c - a bounded heap whose top is the worst kept; see topk.h for the order. */
#include "query/rank/topk.h"

#include <stdlib.h>

void dtl_topk_init(struct dtl_topk *t, enum dtl_order order, uint64_t k, dtl_names_fn fetch,
                   void *ctx, struct dtl_arena *arena, struct dtl_error *err)
{
    *t = (struct dtl_topk){
        .order = order, .k = k, .fetch = fetch, .ctx = ctx, .arena = arena, .err = err};
}

void dtl_topk_release(struct dtl_topk *t)
{
    free(t->c);
    dtl_arena_release(&t->scratch);
    t->c = NULL;
    t->n = t->room = 0;
}

void dtl_topk_clear(struct dtl_topk *t)
{
    t->n = t->leads = 0;
    t->least = 0;
}

enum dtl_status dtl_topk_expect(struct dtl_topk *t, uint64_t want, uint64_t slack)
{
    t->want = want;
    t->slack = slack;
    if (want && !(t->lead = dtl_arena_alloc(t->arena, want * sizeof *t->lead)))
        return dtl_fail(t->err, DTL_ENOMEM, 0, "no memory for %zu scores", (size_t)want);
    return DTL_OK;
}

/* Keep the score if it is among the best `want`; the worst of those says what still matters. */
static void lead(struct dtl_topk *t, uint64_t score)
{
    size_t i = t->leads;
    if (i < t->want) { /* from the back, the greater ones make room */
        for (; i > 0 && t->lead[i - 1] > score; i--)
            t->lead[i] = t->lead[i - 1];
        t->lead[i] = score;
        t->leads++;
    } else if (score > t->lead[0]) {
        for (i = 0; i + 1 < t->leads && t->lead[i + 1] < score; i++)
            t->lead[i] = t->lead[i + 1];
        t->lead[i] = score;
    }
    if (t->leads == t->want && t->lead[0] > t->slack)
        t->least = t->lead[0] - t->slack;
}

static const struct dtl_names *names_into(struct dtl_topk *t, struct dtl_candidate *c,
                                          struct dtl_arena *arena)
{
    static const struct dtl_names none;
    if (c->names)
        return c->names;
    struct dtl_names *names = dtl_arena_alloc(arena, sizeof *names);
    enum dtl_status st = DTL_ENOMEM;
    if (names && t->status == DTL_OK)
        st = t->fetch(t->ctx, c->segment, c->doc, arena, names, t->err);
    if (st != DTL_OK) {
        if (t->status == DTL_OK)
            t->status = st < 0 ? st : dtl_fail(t->err, DTL_ECORRUPT, c->doc, "document without id");
        return &none;
    }
    c->names = names;
    return names;
}

struct dtl_interval dtl_topk_date(struct dtl_topk *t, struct dtl_candidate *c)
{
    if (c->undetermined) {
        enum dtl_status st = t->date(t->ctx, c->segment, c->doc, &c->date, t->err);
        if (st < 0 && t->status == DTL_OK)
            t->status = st;
        c->undetermined = false;
    }
    return c->date;
}

static const struct dtl_names *names_of(struct dtl_topk *t, struct dtl_candidate *c)
{
    return names_into(t, c, t->arena);
}

/* By score and day alone; *tied when only the names can tell. */
static int compare_keys(struct dtl_topk *t, struct dtl_candidate *a, struct dtl_candidate *b,
                        bool *tied)
{
    *tied = false;
    if (t->order == DTL_ORDER_SCORE && a->score != b->score)
        return a->score > b->score ? -1 : 1;
    bool zone = a->segment == b->segment && a->zone == b->zone && a->zone != DTL_ZONE_OTHER;
    if (zone && t->order != DTL_ORDER_OLDEST) /* newest first, and then by id */
        return a->doc < b->doc ? -1 : a->doc > b->doc;
    dtl_day x = dtl_topk_date(t, a).earliest, y = dtl_topk_date(t, b).earliest;
    if (x != y) {
        if (x == DTL_DAY_NONE || y == DTL_DAY_NONE) /* undated last both ways */
            return x == DTL_DAY_NONE ? 1 : -1;
        return (t->order == DTL_ORDER_OLDEST ? x < y : x > y) ? -1 : 1;
    }
    if (zone)
        return a->doc < b->doc ? -1 : a->doc > b->doc;
    *tied = true;
    return 0;
}

static int compare_names(const struct dtl_names *p, const struct dtl_names *q)
{
    int c = dtl_bytes_compare(p->id, q->id);
    return c ? c : dtl_bytes_compare(p->source, q->source);
}

/* < 0: a stands before b. Total: two documents never compare equal but in a damaged index. */
static inline int compare(struct dtl_topk *t, struct dtl_candidate *a, struct dtl_candidate *b)
{
    bool tied;
    if (t->order == DTL_ORDER_SCORE && a->score != b->score) /* nearly always */
        return a->score > b->score ? -1 : 1;
    int c = compare_keys(t, a, b, &tied);
    return tied ? compare_names(names_of(t, a), names_of(t, b)) : c;
}

/* An offer's names are fetched aside: of millions that tie, few are kept. */
static int compare_offer(struct dtl_topk *t, struct dtl_candidate *offer, struct dtl_candidate *b)
{
    bool tied;
    int c = compare_keys(t, offer, b, &tied);
    if (!tied)
        return c;
    offer->names = names_into(t, offer, &t->scratch);
    return compare_names(offer->names, names_of(t, b));
}

/* Does it stand before, or is it, what the search goes on after? */
static bool is_past(struct dtl_topk *t, struct dtl_candidate *c)
{
    struct dtl_candidate after = *t->after;
    bool tied;
    int order = compare_keys(t, c, &after, &tied);
    if (!tied)
        return order <= 0;
    if (!after.names) /* the first of the ties is where to go on */
        return false;
    c->names = names_into(t, c, &t->scratch);
    return compare_names(c->names, after.names) <= 0;
}

/* It stays: so must its names. */
static void keep_names(struct dtl_topk *t, struct dtl_candidate *c)
{
    if (!c->names)
        return;
    struct dtl_names *names = dtl_arena_alloc(t->arena, sizeof *names);
    uint8_t *text = dtl_arena_take(t->arena, c->names->id.n + c->names->source.n + 1);
    if (!names || !text) {
        if (t->status == DTL_OK)
            t->status = dtl_fail(t->err, DTL_ENOMEM, 0, "no memory for the names of hits");
        c->names = NULL;
        return;
    }
    size_t n = c->names->id.n, more = c->names->source.n;
    if (n)
        memcpy(text, c->names->id.p, n);
    if (more)
        memcpy(text + n, c->names->source.p, more);
    *names = (struct dtl_names){dtl_bytes(text, n), dtl_bytes(text + n, more)};
    c->names = names;
}

/* Put c[at] where it belongs below: every parent stands after its children in the order of results.
 */
static void sift_down(struct dtl_topk *t, size_t at, size_t n)
{
    struct dtl_candidate c = t->c[at];
    for (;;) {
        size_t k = 2 * at + 1;
        if (k >= n)
            break;
        if (k + 1 < n && compare(t, &t->c[k + 1], &t->c[k]) > 0)
            k++;
        if (compare(t, &t->c[k], &c) <= 0)
            break;
        t->c[at] = t->c[k];
        at = k;
    }
    t->c[at] = c;
}

static void make_heap(struct dtl_topk *t)
{
    for (size_t i = t->n / 2; i-- > 0;)
        sift_down(t, i, t->n);
}

bool dtl_topk_offer(struct dtl_topk *t, const struct dtl_candidate *candidate)
{
    if (t->k == 0 || t->status != DTL_OK || candidate->score < t->least)
        return false;
    struct dtl_candidate c = *candidate;
    if (t->scratch.used_bytes)
        dtl_arena_reset(&t->scratch);
    if (t->after && is_past(t, &c))
        return true;
    if (t->lead)
        lead(t, c.score);
    if (t->n == t->k) {
        if (compare_offer(t, &c, &t->c[0]) >= 0)
            return false;
        keep_names(t, &c);
        t->c[0] = c;
        sift_down(t, 0, t->n);
        return true;
    }
    keep_names(t, &c);
    if (t->n == t->room) {
        size_t room = t->room ? 2 * t->room : 32;
        if (room > t->k)
            room = (size_t)t->k;
        struct dtl_candidate *more = realloc(t->c, room * sizeof *more);
        if (!more) {
            t->status = dtl_fail(t->err, DTL_ENOMEM, 0, "no memory for %zu hits", room);
            return false;
        }
        t->c = more;
        t->room = room;
    }
    t->c[t->n++] = c;
    if (t->n == t->k)
        make_heap(t);
    return true;
}

enum dtl_status dtl_topk_finish(struct dtl_topk *t)
{
    make_heap(t);
    for (size_t n = t->n; n > 1 && t->status == DTL_OK;) { /* heap sort: the worst goes last */
        struct dtl_candidate worst = t->c[0];
        t->c[0] = t->c[--n];
        t->c[n] = worst;
        sift_down(t, 0, n);
    }
    return t->status;
}
