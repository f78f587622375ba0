/*
 * cmd_timeline.c - exact counts by period, empty periods included.
 *
 * An article stands in the period of its earliest day, which is its sort day, so each is counted
 * once; the undated come last, on a line of their own.
 */
#include "common/base/utf8.h"
#include "query/answer.h"
#include "query/commands.h"
#include "query/explain.h"

/* The first day of the period that holds `day`. */
static dtl_day period_of(const char *unit, dtl_day day)
{
    struct dtl_civil c = dtl_civil_of(day);
    switch (unit[0]) {
    case 'd':
        return day;
    case 'w':
        return day - dtl_weekday(day);
    case 'q':
        return dtl_day_of(c.year, (c.month - 1) / 3 * 3 + 1, 1);
    case 'y':
        return dtl_day_of(c.year, 1, 1);
    default:
        return dtl_day_of(c.year, c.month, 1);
    }
}

static dtl_day next_period(const char *unit, dtl_day first)
{
    static const int days[] = {['d'] = 1, ['w'] = 7, ['m'] = 31, ['q'] = 92, ['y'] = 366};
    return period_of(unit, first + days[(unsigned char)unit[0]]);
}

static void period_name(const char *unit, dtl_day first, struct dtl_buffer *out)
{
    char day[DTL_DATE_TEXT];
    dtl_day shown = first < DTL_DAY_MIN ? DTL_DAY_MIN : first;
    struct dtl_civil c = dtl_civil_of(shown);
    switch (unit[0]) {
    case 'd':
    case 'w':
        dtl_buffer_text(out, dtl_day_print(shown, day));
        break;
    case 'q':
        dtl_buffer_format(out, "%04d-Q%d", c.year, (c.month - 1) / 3 + 1);
        break;
    case 'y':
        dtl_buffer_format(out, "%04d", c.year);
        break;
    default:
        dtl_buffer_format(out, "%04d-%02d", c.year, c.month);
    }
}

static void period_line(struct dtl_session *s, dtl_day first, bool undated, uint64_t count)
{
    struct dtl_buffer *out = &s->out;
    bool json = s->render.form == DTL_FORM_JSON;
    dtl_buffer_text(out, json ? "{\"type\":\"period\",\"period\":" : "");
    if (undated) {
        dtl_buffer_text(out, json ? "null" : "undated");
    } else {
        dtl_buffer_text(out, json ? "\"" : "");
        period_name(s->o->timeline, first, out);
        dtl_buffer_text(out, json ? "\"" : "");
    }
    dtl_buffer_format(out, json ? ",\"count\":%llu}\n" : "\t%llu\n", (unsigned long long)count);
}

static void count_periods(struct dtl_session *s, const struct dtl_result *r)
{
    uint64_t i = 0;
    dtl_day last = 0;
    bool any = false;
    while (i < r->hits && dtl_interval_dated(r->hit[i].date)) {
        dtl_day first = period_of(s->o->timeline, r->hit[i].date.earliest);
        uint64_t count = 0;
        for (; i < r->hits && dtl_interval_dated(r->hit[i].date) &&
               period_of(s->o->timeline, r->hit[i].date.earliest) == first;
             i++)
            count++;
        for (dtl_day gap = any ? next_period(s->o->timeline, last) : first; gap < first;
             gap = next_period(s->o->timeline, gap))
            period_line(s, gap, false, 0);
        period_line(s, first, false, count);
        last = first;
        any = true;
    }
    if (i < r->hits)
        period_line(s, 0, true, r->hits - i);
}

int dtl_cmd_timeline(struct dtl_session *s)
{
    struct dtl_buffer text = {0};
    struct dtl_arena arena = {0};
    struct dtl_answer a = {.arena = &arena};
    struct dtl_error err = {0};
    struct dtl_search_options how = {.sort = DTL_SORT_OLDEST, .limit = UINT64_MAX};
    enum dtl_status st = dtl_query_text(s->o, &text, &err);
    if (st == DTL_OK && text.n == 0 && s->o->filters == 0)
        dtl_buffer_byte(&text, '*');
    if (st == DTL_OK)
        st = dtl_answer_parse(s, dtl_buffer_view(&text), &a, &err);
    if (st == DTL_OK)
        st = dtl_session_read(s, &err);
    if (st == DTL_OK) {
        dtl_answer_notes(s, &a);
        st = dtl_answer_search(s, &how, &a, &err);
    }
    if (st == DTL_OK && a.result.total == 0 && !s->o->quiet)
        st = dtl_explain_zero(s, &a, &err);
    if (st == DTL_OK && !s->o->quiet)
        count_periods(s, &a.result);
    uint64_t total = a.result.total;
    dtl_answer_close(&a);
    if (st == DTL_OK)
        st = dtl_session_flush(s, &err);
    int exit_status = total > 0 ? 0 : 1;
    if (st < 0)
        exit_status = dtl_cmd_fail(st, &err, NULL, dtl_buffer_view(&text));
    dtl_arena_release(&arena);
    dtl_buffer_release(&text);
    return exit_status;
}
