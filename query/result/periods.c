/*
 * periods.c - three passes over each segment: the matches, the occurrences in them, and what the
 * filters alone admit.
 *
 * Occurrences are counted list by list: a word's positions in the matches, whichever of its terms
 * they belong to. Phrases, and words that must stand in some part of the article, are asked of
 * their own cursor.
 */
#include "query/result/periods.h"

#include <stdlib.h>

#include "query/plan/plan.h"
#include "query/result/matched.h"

#define LEAVES_MAX DTL_QUERY_WORDS

struct counting {
    struct dtl_snapshot *snap;
    struct dtl_plan *plan;
    const struct dtl_query *q;
    enum dtl_unit unit;
    struct dtl_period *period; /* falling: documents come newest first */
    size_t n, room;
    size_t last; /* period found last */
    const struct dtl_node **leaf;
    uint32_t leaves;
    const struct dtl_matched *m;
    bool base; /* what the filters admit is being counted */
    uint64_t total;
    struct dtl_arena scratch;
};

/* ---- periods ---- */

dtl_day dtl_unit_first(enum dtl_unit unit, dtl_day day)
{
    struct dtl_civil c = dtl_civil_of(day);
    switch (unit) {
    case DTL_UNIT_DAY:
        return day;
    case DTL_UNIT_WEEK:
        return day - dtl_weekday(day);
    case DTL_UNIT_QUARTER:
        return dtl_day_of(c.year, (c.month - 1) / 3 * 3 + 1, 1);
    case DTL_UNIT_YEAR:
        return dtl_day_of(c.year, 1, 1);
    case DTL_UNIT_MONTH:
        break;
    }
    return dtl_day_of(c.year, c.month, 1);
}

dtl_day dtl_unit_next(enum dtl_unit unit, dtl_day first)
{
    static const int days[] = {1, 7, 31, 92, 366};
    return first + days[unit] > DTL_DAY_MAX ? DTL_DAY_MAX + 1
                                            : dtl_unit_first(unit, first + days[unit]);
}

void dtl_unit_name(enum dtl_unit unit, dtl_day first, struct dtl_buffer *out)
{
    char day[DTL_DATE_TEXT];
    dtl_day shown = first < DTL_DAY_MIN ? DTL_DAY_MIN : first;
    struct dtl_civil c = dtl_civil_of(shown);
    switch (unit) {
    case DTL_UNIT_DAY:
    case DTL_UNIT_WEEK:
        dtl_buffer_text(out, dtl_day_print(shown, day));
        break;
    case DTL_UNIT_QUARTER:
        dtl_buffer_format(out, "%04d-Q%d", c.year, (c.month - 1) / 3 + 1);
        break;
    case DTL_UNIT_YEAR:
        dtl_buffer_format(out, "%04d", c.year);
        break;
    case DTL_UNIT_MONTH:
        dtl_buffer_format(out, "%04d-%02d", c.year, c.month);
        break;
    }
}

/* The period of a day; the undated come first in falling order, as they have the greatest day. */
static struct dtl_period *period_at(struct counting *k, dtl_day first, struct dtl_error *err)
{
    if (k->last < k->n && k->period[k->last].first == first)
        return &k->period[k->last];
    size_t lo = 0, hi = k->n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (k->period[mid].first > first)
            lo = mid + 1;
        else
            hi = mid;
    }
    k->last = lo;
    if (lo < k->n && k->period[lo].first == first)
        return &k->period[lo];
    if (k->n == k->room) {
        size_t room = k->room ? 2 * k->room : 64;
        struct dtl_period *more = realloc(k->period, room * sizeof *more);
        if (!more) {
            dtl_fail(err, DTL_ENOMEM, 0, "no memory for periods");
            return NULL;
        }
        k->period = more;
        k->room = room;
    }
    memmove(k->period + lo + 1, k->period + lo, (k->n - lo) * sizeof *k->period);
    k->period[lo] = (struct dtl_period){.first = first};
    k->n++;
    return &k->period[lo];
}

static enum dtl_status period_of_doc(struct counting *k, dtl_doc doc, struct dtl_period **out,
                                     struct dtl_error *err)
{
    struct dtl_interval date = DTL_UNDATED;
    enum dtl_status st = dtl_columns_date(k->m->segment, doc, &date, err);
    if (st < 0)
        return st;
    dtl_day first =
        dtl_interval_dated(date) ? dtl_unit_first(k->unit, date.earliest) : DTL_DAY_NONE;
    *out = period_at(k, first, err);
    return *out ? DTL_OK : DTL_ENOMEM;
}

/* ---- what is counted of an article ---- */

static enum dtl_status count_doc(void *ctx, dtl_doc doc, struct dtl_error *err)
{
    struct counting *k = ctx;
    struct dtl_period *p = NULL;
    uint32_t weighted = 0, words = 0;
    enum dtl_status st = period_of_doc(k, doc, &p, err);
    if (st == DTL_OK && !k->base)
        p->hits++;
    if (st < 0 || !k->base)
        return st;
    st = dtl_columns_counts(k->m->segment, doc, &weighted, &words, err);
    p->articles++;
    p->words += words;
    return st;
}

/* Occurrences where the cursor stands: positions of a word, or how often a phrase stands there. */
static uint64_t occurrences(struct dtl_cursor *c)
{
    const uint32_t *positions;
    if (c->ops->positions)
        return c->ops->positions(c, &positions);
    return c->ops->tf ? c->ops->tf(c) : 1;
}

static enum dtl_status count_cursor(struct counting *k, struct dtl_cursor_context *ctx,
                                    struct dtl_cursor *c, struct dtl_error *err)
{
    dtl_doc d = c ? dtl_cursor_seek(c, 0) : DTL_DOC_END;
    for (; d < k->m->segment->facts.docs; d = dtl_cursor_next(c)) {
        struct dtl_period *p = NULL;
        if (!dtl_matched_has(k->m, d))
            continue;
        enum dtl_status st = period_of_doc(k, d, &p, err);
        if (st < 0)
            return st;
        p->occurrences += occurrences(c);
    }
    return ctx->status;
}

/* A word that may stand anywhere it is indexed. */
static bool is_plain_word(const struct dtl_node *n, const struct dtl_node_words *words)
{
    return words->words == 1 && (n->scope == DTL_SCOPE_TEXT || n->scope == DTL_SCOPE_TITLE);
}

static enum dtl_status count_leaf(struct counting *k, const struct dtl_node *n,
                                  struct dtl_error *err)
{
    const struct dtl_node_words *words = dtl_plan_words(k->plan, n);
    struct dtl_cursor_context ctx;
    struct dtl_cursor *c = NULL;
    enum dtl_status st = DTL_OK;
    if (!words || words->words == 0)
        return DTL_OK;
    dtl_cursor_context_init(&ctx, k->m->segment, 1, &k->scratch,
                            err); /* a title word counts once */
    if (is_plain_word(n, words)) {
        const struct dtl_word_lists *in = &words->word[0].in[k->m->number];
        for (uint32_t i = 0; i < in->count && st == DTL_OK; i++) {
            c = dtl_cursor_term(&ctx, in->list[i].term, in->list[i].filter);
            st = count_cursor(k, &ctx, c, err);
        }
    } else {
        st = dtl_plan_cursor(k->plan, k->m->number, n, false, &ctx, &c, err);
        if (st == DTL_OK)
            st = count_cursor(k, &ctx, c, err);
    }
    dtl_cursor_context_release(&ctx);
    dtl_arena_reset(&k->scratch);
    return st;
}

static enum dtl_status on_segment(void *ctx, const struct dtl_matched *m, struct dtl_error *err)
{
    struct counting *k = ctx;
    k->m = m;
    enum dtl_status st = dtl_matched_each(m, count_doc, k, err);
    if (!k->base)
        k->total += m->count;
    for (uint32_t i = 0; i < k->leaves && st == DTL_OK && !k->base; i++)
        st = count_leaf(k, k->leaf[i], err);
    return st;
}

/* ---- the query's parts ---- */

static void collect(struct counting *k, const struct dtl_node *n)
{
    if (n->kind == DTL_NODE_WORD || n->kind == DTL_NODE_PHRASE) {
        if (k->leaves < LEAVES_MAX)
            k->leaf[k->leaves++] = n;
        return;
    }
    for (uint32_t i = 0; n->kind != DTL_NODE_NOT && i < n->children; i++)
        collect(k, n->child[i]);
}

/* Does it say nothing about words? */
static bool is_filter(const struct dtl_node *n)
{
    if (n->kind == DTL_NODE_WORD || n->kind == DTL_NODE_PHRASE)
        return false;
    for (uint32_t i = 0; i < n->children; i++)
        if (!is_filter(n->child[i]))
            return false;
    return true;
}

/* The filters that hold for the whole query, whatever its words; all articles without any. NULL: no
 * memory. */
static const struct dtl_node *filters_of(const struct dtl_node *root, struct dtl_arena *arena)
{
    if (is_filter(root)) /* the plan knows nodes by their address */
        return root;
    struct dtl_node *out = dtl_arena_alloc(arena, sizeof *out);
    struct dtl_node **child = dtl_arena_alloc(arena, (root->children + 1) * sizeof *child);
    if (!out || !child)
        return NULL;
    *out = (struct dtl_node){.kind = DTL_NODE_AND, .child = child};
    for (uint32_t i = 0; root->kind == DTL_NODE_AND && i < root->children; i++)
        if (is_filter(root->child[i]))
            child[out->children++] = root->child[i];
    if (out->children == 0)
        out->kind = DTL_NODE_ALL;
    return out;
}

static bool deliver(struct counting *k, struct dtl_arena *arena, struct dtl_timeline *out)
{
    struct dtl_period *period = dtl_arena_alloc(arena, (k->n + 1) * sizeof *period);
    if (!period)
        return false;
    size_t undated = k->n && k->period[0].first == DTL_DAY_NONE;
    for (size_t i = undated; i < k->n; i++)
        period[k->n - 1 - i] = k->period[i];
    if (undated)
        period[k->n - 1] = k->period[0];
    *out = (struct dtl_timeline){
        .period = period, .periods = k->n, .total = k->total, .has_words = k->leaves > 0};
    return true;
}

enum dtl_status dtl_timeline_count(struct dtl_snapshot *snap, struct dtl_plan *plan,
                                   const struct dtl_query *q, enum dtl_unit unit,
                                   struct dtl_arena *arena, struct dtl_timeline *out,
                                   struct dtl_error *err)
{
    struct counting k = {.snap = snap, .plan = plan, .q = q, .unit = unit};
    const struct dtl_node *filters = filters_of(q->root, arena);
    k.leaf = dtl_arena_alloc(arena, LEAVES_MAX * sizeof(struct dtl_node *));
    enum dtl_status st =
        k.leaf && filters ? DTL_OK : dtl_fail(err, DTL_ENOMEM, 0, "no memory for a timeline");
    if (st == DTL_OK) {
        collect(&k, q->root);
        st = dtl_matched_walk(snap, plan, q, q->root, on_segment, &k, err);
    }
    k.base = true;
    if (st == DTL_OK)
        st = dtl_matched_walk(snap, plan, q, filters, on_segment, &k, err);
    if (st == DTL_OK && !deliver(&k, arena, out))
        st = dtl_fail(err, DTL_ENOMEM, 0, "no memory for a timeline");
    dtl_arena_release(&k.scratch);
    free(k.period);
    return st;
}
