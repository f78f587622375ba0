/*
 * filters.c - the dates of the whole query are one interval.
 *
 * Every filter outside parentheses and every option narrows it; an empty rest is an error, not an
 * empty answer, because no archive could ever satisfy it.
 */
#include "query/language/filters.h"

#include "query/language/notes.h"

#define GREGORIAN_FIRST (-141427) /* 1582-10-15 */

const char *dtl_date_relation_name(enum dtl_date_relation r)
{
    static const char *const name[] = {"date", "since", "until", "before", "after"};
    return name[r];
}

enum dtl_status dtl_filters_resolve(struct dtl_filters *f, enum dtl_date_relation relation,
                                    struct dtl_bytes text, bool whole, bool bare,
                                    struct dtl_interval *range, bool *undated,
                                    struct dtl_error *err)
{
    bool relative = false;
    enum dtl_status st =
        dtl_dates_resolve(relation, text, f->clock, range, &relative, undated, err);
    if (st < 0)
        return st;
    char a[DTL_DATE_TEXT], b[DTL_DATE_TEXT];
    const char *name = dtl_date_relation_name(relation);
    int shown = text.n > 60 ? 60 : (int)text.n;
    if (*undated)
        return DTL_OK;
    if (relative || bare)
        dtl_note_add(f->q, f->arena, "%s %.*s: %s..%s", bare ? "dates" : name, shown,
                     (const char *)text.p,
                     range->earliest == DTL_DAY_MIN ? "" : dtl_day_print(range->earliest, a),
                     range->latest == DTL_DAY_MAX ? "" : dtl_day_print(range->latest, b));
    if ((range->earliest != DTL_DAY_MIN && range->earliest < GREGORIAN_FIRST) ||
        range->latest < GREGORIAN_FIRST)
        dtl_note_add(f->q, f->arena,
                     "%s %.*s: days before 1582-10-15 are counted in the Gregorian calendar", name,
                     shown, (const char *)text.p);
    if (whole && (f->seen & 1u << relation))
        dtl_note_add(f->q, f->arena, "several %s filters: all of them hold", name);
    if (whole)
        f->seen |= 1u << relation;
    return DTL_OK;
}

enum dtl_status dtl_filters_calendar(struct dtl_filters *f, enum dtl_calendar_kind kind,
                                     const char *name, struct dtl_bytes text,
                                     struct dtl_calendar *out, struct dtl_error *err)
{
    bool relative = false;
    enum dtl_status st = dtl_calendar_resolve(kind, text, f->clock, out, &relative, err);
    if (st == DTL_OK && relative)
        dtl_note_add(f->q, f->arena, "%s %.*s: %02u-%02u of every year", name,
                     text.n > 60 ? 60 : (int)text.n, (const char *)text.p, out->month, out->day);
    return st;
}

enum dtl_status dtl_filters_apply(struct dtl_filters *f, struct dtl_interval range, bool undated,
                                  uint32_t pos, struct dtl_error *err)
{
    struct dtl_query *q = f->q;
    if (q->has_dates && q->undated != undated)
        return dtl_fail(err, DTL_EQUERY, pos,
                        "date:none finds articles without a date, so no other date filter can "
                        "hold beside it");
    struct dtl_interval both = {range.earliest > q->dates.earliest ? range.earliest
                                                                   : q->dates.earliest,
                                range.latest < q->dates.latest ? range.latest : q->dates.latest};
    if (!undated && both.earliest > both.latest) {
        char a[DTL_DATE_TEXT], b[DTL_DATE_TEXT];
        return dtl_fail(err, DTL_EQUERY, pos,
                        "the date filters leave no day: nothing is both since %s and until %s",
                        dtl_day_print(both.earliest, a), dtl_day_print(both.latest, b));
    }
    q->has_dates = true;
    q->undated = undated;
    if (!undated)
        q->dates = both;
    return DTL_OK;
}

enum dtl_status dtl_filters_option(struct dtl_filters *f, const struct dtl_date_filter *option,
                                   struct dtl_error *err)
{
    struct dtl_interval range = {0, 0};
    bool undated = false;
    struct dtl_error inner = {0};
    enum dtl_status st = dtl_filters_resolve(f, option->relation, dtl_bytes_of(option->text), true,
                                             false, &range, &undated, &inner);
    if (st == DTL_OK)
        st = dtl_filters_apply(f, range, undated, 0, &inner);
    if (st < 0)
        return dtl_fail(err, st == DTL_EQUERY ? DTL_EUSAGE : st, 0, "--%s '%.60s': %s",
                        dtl_date_relation_name(option->relation), option->text, inner.text);
    return DTL_OK;
}
