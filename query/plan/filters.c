/*
 * filters.c - FIELD, NUMBER, CALENDAR and ADDED nodes to cursors over one segment: lists where the
 * dictionary has them, tests of the columns where it has not.
 */
#include "query/plan/build.h"
#include "query/plan/fields.h"

#define BITMAP_FROM 9u /* lists that become one bitmap */

/* ---- values ---- */

static struct dtl_cursor *many_lists(struct dtl_build *b, const struct dtl_word_lists *in)
{
    struct dtl_marked_list *list = dtl_arena_take(b->ctx->arena, in->count * sizeof *list);
    if (!list)
        return dtl_build_no_memory(b);
    for (uint32_t i = 0; i < in->count; i++)
        list[i] = (struct dtl_marked_list){in->list[i].term, NULL};
    return dtl_cursor_expansion(b->ctx, list, in->count);
}

static struct dtl_cursor *values(struct dtl_build *b, const struct dtl_field_plan *f)
{
    if (f->ids)
        return dtl_cursor_docs(b->ctx, f->ids[b->segment].doc, f->ids[b->segment].docs);
    for (uint32_t i = 0; i < f->words; i++)
        if (f->word[i].in[b->segment].count == 0)
            return dtl_cursor_none(b->ctx);
    if (f->words == 1 && f->word[0].in[b->segment].count >= BITMAP_FROM)
        return many_lists(b, &f->word[0].in[b->segment]);
    if (f->words == 1)
        return dtl_build_word(b, &f->word[0]);
    struct dtl_phrase_word *place = dtl_arena_alloc(b->ctx->arena, f->words * sizeof *place);
    if (!place)
        return dtl_build_no_memory(b);
    for (uint32_t i = 0; i < f->words; i++) {
        place[i].offset = f->word[i].position;
        if (!(place[i].word = dtl_build_word(b, &f->word[i])))
            return NULL;
    }
    return dtl_cursor_phrase(b->ctx, place, f->words, false);
}

/* ---- tests of columns ---- */

static bool has_words(struct dtl_cursor_context *ctx, const void *arg, dtl_doc doc)
{
    const struct dtl_node *n = arg;
    uint32_t weighted = 0, words = 0;
    enum dtl_status st = dtl_columns_counts(ctx->segment, doc, &weighted, &words, ctx->err);
    if (st < 0)
        dtl_cursor_fail(ctx, st);
    return st == DTL_OK && words >= n->low && words <= n->high;
}

/* Of a single day, or for a month of a single month of one year. */
static bool calendar_holds(const struct dtl_calendar *c, struct dtl_interval d)
{
    if (!dtl_interval_dated(d))
        return false;
    struct dtl_civil first = dtl_civil_of(d.earliest), last = dtl_civil_of(d.latest);
    if (c->kind == DTL_CALENDAR_MONTH)
        return first.year == last.year && first.month == last.month && first.month == c->month;
    if (d.earliest != d.latest)
        return false;
    return c->kind == DTL_CALENDAR_WEEKDAY ? dtl_weekday(d.earliest) + 1 == c->weekday
                                           : first.month == c->month && first.day == c->day;
}

static bool on_calendar(struct dtl_cursor_context *ctx, const void *arg, dtl_doc doc)
{
    const struct dtl_node *n = arg;
    struct dtl_interval date = DTL_UNDATED;
    enum dtl_status st = dtl_columns_date(ctx->segment, doc, &date, ctx->err);
    if (st < 0)
        dtl_cursor_fail(ctx, st);
    return st == DTL_OK && calendar_holds(&n->calendar, date);
}

struct added { /* a run of documents has few generations: the last answer serves most */
    const struct dtl_plan *plan;
    struct dtl_interval range;
    uint32_t generation;
    bool known, holds;
};

static bool was_added(struct dtl_cursor_context *ctx, const void *arg, dtl_doc doc)
{
    struct added *x = *(struct added *const *)arg;
    uint32_t generation = 0;
    enum dtl_status st = dtl_columns_generation(ctx->segment, doc, &generation, ctx->err);
    if (st < 0) {
        dtl_cursor_fail(ctx, st);
        return false;
    }
    if (!x->known || generation != x->generation) {
        dtl_day day = dtl_plan_run_day(x->plan, generation);
        x->known = true;
        x->generation = generation;
        x->holds = day != DTL_DAY_NONE && day >= x->range.earliest && day <= x->range.latest;
    }
    return x->holds;
}

static struct dtl_cursor *added(struct dtl_build *b, const struct dtl_node *n)
{
    struct added *x = dtl_arena_alloc(b->ctx->arena, sizeof *x);
    struct added **arg = dtl_arena_alloc(b->ctx->arena, sizeof(struct added *));
    if (!x || !arg)
        return dtl_build_no_memory(b);
    *x = (struct added){.plan = b->p, .range = n->range};
    *arg = x;
    return dtl_cursor_tested(b->ctx, was_added, arg);
}

struct dtl_cursor *dtl_build_filter(struct dtl_build *b, const struct dtl_node *n)
{
    if (n->kind == DTL_NODE_FIELD)
        return values(b, dtl_plan_field(b->p, n));
    if (n->kind == DTL_NODE_NUMBER)
        return dtl_cursor_tested(b->ctx, has_words, n);
    if (n->kind == DTL_NODE_CALENDAR)
        return dtl_cursor_tested(b->ctx, on_calendar, n);
    return added(b, n);
}
