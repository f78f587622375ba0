/*
 * evidence.c - candidates for an article's day.
 *
 * Each source gives at most one. The order of --date-from decides, not a vote: whoever reads an
 * index must be able to tell why an article is of its day. What the others say is kept beside it,
 * so that a wrong order shows (status --dates).
 *
 * Two kinds of candidate are completed by others before the choice: a day of two readings
 * (03/04/2020) by one that is either of them, a dateline without a year by the year in which it is
 * nearest to another candidate, or the year its path or address lies in.
 */
#include "indexer/article/evidence.h"

#include <strings.h>

enum { SOURCES = DTL_DATE_SET + 1, DAY_SECONDS = 86400 };

struct candidate {
    struct dtl_interval date; /* undated: this source has none */
    struct dtl_instant instant;
};

static enum dtl_status no_memory(struct dtl_error *err)
{
    return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
}

static struct dtl_bytes first_of(const struct dtl_mapped *m, enum dtl_target t)
{
    return m->values[t].n ? m->values[t].v[0] : dtl_bytes(NULL, 0);
}

/* ---- what the dateline says besides ---- */

static bool holds(const struct dtl_values *v, struct dtl_bytes text)
{
    for (size_t i = 0; i < v->n; i++)
        if (v->v[i].n == text.n &&
            strncasecmp((const char *)v->v[i].p, (const char *)text.p, text.n) == 0)
            return true;
    return false;
}

/* Append those of `more` that are not there. False: no memory. */
static bool add(struct dtl_values *to, const struct dtl_bytes *more, size_t n,
                struct dtl_arena *arena)
{
    struct dtl_values v = {dtl_arena_alloc(arena, (to->n + n) * sizeof *v.v), 0};
    if (!v.v)
        return false;
    for (size_t i = 0; i < to->n; i++)
        v.v[v.n++] = to->v[i];
    for (size_t i = 0; i < n; i++)
        if (more[i].n && !holds(&v, more[i]))
            v.v[v.n++] = more[i];
    *to = v;
    return true;
}

enum dtl_status dtl_dateline_take(const struct dtl_record *record, const struct dtl_mapped *fields,
                                  const struct dtl_date_hints *hints, struct dtl_arena *arena,
                                  struct dtl_article *a, struct dtl_dateline *out,
                                  struct dtl_error *err)
{
    struct dtl_dateline d = {.places = 0};
    for (size_t i = 0; i < record->n && !d.places; i++) {
        const struct dtl_field *f = &record->fields[i];
        if (dtl_bytes_is(f->name, "dateline") && !f->list && f->v[0].kind == DTL_VALUE_STRING &&
            !dtl_dateline_read(f->v[0].text, true, hints, &d))
            d.places = 0;
    }
    if (!d.places && !dtl_dateline_find(a->body, 3, hints, &d, NULL))
        d.places = 0;
    *out = d;
    if (!d.places)
        return DTL_OK;
    if (!fields->set[DTL_TARGET_PLACE] && !add(&a->places, d.place, d.places, arena))
        return no_memory(err);
    if (!fields->set[DTL_TARGET_AGENCY] && d.agency.n && !add(&a->agencies, &d.agency, 1, arena))
        return no_memory(err);
    return DTL_OK;
}

/* ---- what the fields say ---- */

static enum dtl_status bad_date(struct dtl_error *err, const char *field,
                                const struct dtl_error *why)
{
    return dtl_fail(err, DTL_EINPUT, 0, "%s %s; correct it, or name another key with --map %s=NAME",
                    field, why->text, field);
}

static enum dtl_status stated(const struct dtl_evidence *e, struct candidate *out,
                              struct dtl_error *err)
{
    struct dtl_bytes text = first_of(e->fields, DTL_TARGET_DATE),
                     end = first_of(e->fields, DTL_TARGET_DATE_END);
    struct dtl_interval i, last;
    struct dtl_instant instant, unused;
    struct dtl_error why = {0};
    if (!text.n && end.n)
        return dtl_fail(err, DTL_EINPUT, 0, "date_end without date; state the first day too");
    if (!text.n)
        return DTL_OK;
    if (dtl_date_stated(text, &e->hints, &i, &instant, &why) < 0)
        return bad_date(err, "date", &why);
    if (end.n) {
        if (dtl_date_stated(end, &e->hints, &last, &unused, &why) < 0)
            return bad_date(err, "date_end", &why);
        if (last.latest < i.earliest)
            return dtl_fail(err, DTL_EINPUT, 0,
                            "date_end '%.*s' is before date '%.*s'; exchange them",
                            end.n < 40 ? (int)end.n : 40, (const char *)end.p,
                            text.n < 40 ? (int)text.n : 40, (const char *)text.p);
        i.latest = last.latest;
        if (i.earliest != i.latest)
            instant = (struct dtl_instant){0};
    }
    *out = (struct candidate){i, instant};
    return DTL_OK;
}

/* ---- candidates complete each other ---- */

static bool is_day(const struct candidate *c)
{
    return dtl_interval_dated(c->date) && c->date.earliest == c->date.latest;
}

/* 03/04/2020 is the one of its days that another candidate is. */
static void settle_readings(struct candidate c[SOURCES])
{
    for (int s = 1; s < SOURCES; s++) {
        if (!dtl_interval_dated(c[s].date) || !dtl_date_has_two_readings(c[s].date))
            continue;
        for (int other = 1; other < SOURCES; other++) {
            dtl_day day = c[other].date.earliest;
            if (is_day(&c[other]) && (day == c[s].date.earliest || day == c[s].date.latest)) {
                c[s].date = dtl_interval_day(day);
                break;
            }
        }
    }
}

/* The year in which month and day are nearest to `near`. */
static bool nearest(int month, int day, dtl_day near, struct dtl_interval *out)
{
    int year = dtl_civil_of(near).year;
    bool found = false;
    for (int y = year - 1; y <= year + 1; y++) {
        if (y < 1 || !dtl_civil_valid(y, month, day))
            continue;
        dtl_day d = dtl_day_of(y, month, day);
        if (!found || (d > near ? d - near : near - d) <
                          (out->earliest > near ? out->earliest - near : near - out->earliest))
            *out = dtl_interval_day(d);
        found = true;
    }
    return found;
}

/* A dateline says the day of the text; its year comes from elsewhere where it has none. */
static void complete(const struct dtl_evidence *e, const struct dtl_article *a,
                     const struct dtl_dateline *dateline, struct candidate c[SOURCES])
{
    struct candidate *text = &c[DTL_DATE_TEXT_LINE];
    const struct dtl_printed_date *d = &dateline->date;
    if (!dateline->places || !d->used || dtl_interval_dated(text->date))
        return;
    if (dtl_interval_dated(d->date)) {
        text->date = d->date;
        return;
    }
    for (int s = 1; s < SOURCES; s++)
        if (s != DTL_DATE_MTIME && dtl_interval_dated(c[s].date) &&
            nearest(d->month, d->day, c[s].date.earliest, &text->date))
            return;
    int year;
    if ((dtl_year_in_name(a->url, &year) || dtl_year_in_name(e->path, &year)) &&
        dtl_civil_valid(year, d->month, d->day))
        text->date = dtl_interval_day(dtl_day_of(year, d->month, d->day));
}

static void gather(const struct dtl_evidence *e, const struct dtl_dateline *dateline,
                   const struct dtl_article *a, struct candidate c[SOURCES])
{
    dtl_day day;
    if (dtl_date_in_name(a->url, false, &day))
        c[DTL_DATE_URL].date = dtl_interval_day(day);
    struct candidate *text = &c[DTL_DATE_TEXT_LINE];
    (void)dtl_date_in_text(a->body, &e->hints, &text->date, &text->instant);
    if (dtl_date_in_name(e->path, true, &day))
        c[DTL_DATE_PATH].date = dtl_interval_day(day);
    if (e->mtime_ns)
        c[DTL_DATE_MTIME].date =
            dtl_interval_day((dtl_day)(e->mtime_ns / UINT64_C(1000000000) / DAY_SECONDS));
    complete(e, a, dateline, c);
    settle_readings(c);
}

/* ---- the choice ---- */

static bool is_rival(const struct dtl_evidence *e, int source)
{
    return source != DTL_DATE_MTIME && (source != DTL_DATE_PATH || e->path_is_its_own);
}

static enum dtl_status keep_others(const struct dtl_evidence *e, const struct candidate c[SOURCES],
                                   struct dtl_arena *arena, struct dtl_article *a,
                                   struct dtl_error *err)
{
    size_t n = 0;
    struct dtl_date_said said[DTL_DATES_OTHER];
    for (int s = 1; s < SOURCES && n < DTL_DATES_OTHER; s++)
        if (dtl_interval_dated(c[s].date) && s != (int)a->date_source && is_rival(e, s))
            said[n++] = (struct dtl_date_said){c[s].date, (enum dtl_date_source)s};
    a->other_dates = n;
    if (!n)
        return DTL_OK;
    if (!(a->other_date = dtl_arena_alloc(arena, n * sizeof *a->other_date)))
        return no_memory(err);
    memcpy(a->other_date, said, n * sizeof *said);
    return DTL_OK;
}

enum dtl_status dtl_date_choose(const struct dtl_evidence *e, const struct dtl_dateline *dateline,
                                struct dtl_arena *arena, struct dtl_article *a,
                                struct dtl_error *err)
{
    struct candidate c[SOURCES];
    bool set = e->fields->set[DTL_TARGET_DATE], decides = set;
    for (size_t i = 0; i < e->order.n; i++)
        decides |= e->order.source[i] == DTL_DATE_META;
    for (int s = 0; s < SOURCES; s++)
        c[s] = (struct candidate){.date = DTL_UNDATED};
    enum dtl_status st = stated(e, &c[set ? DTL_DATE_SET : DTL_DATE_META], decides ? err : NULL);
    gather(e, dateline, a, c);
    enum dtl_date_source chosen = set ? DTL_DATE_SET : DTL_DATE_NONE;
    for (size_t i = 0; i < e->order.n && !chosen; i++) {
        if (e->order.source[i] == DTL_DATE_META && st < 0)
            return st;
        if (dtl_interval_dated(c[e->order.source[i]].date))
            chosen = e->order.source[i];
    }
    if (set && st < 0)
        return st;
    a->date = c[chosen].date;
    a->instant = c[chosen].instant;
    a->date_source = chosen;
    return keep_others(e, c, arena, a, err);
}
