/* period.c - calendar arithmetic on whole periods; months are counted from year 0, so that moving
 * is adding. */
#include "query/interactive/period.h"

#include <stdio.h>

static dtl_day year_start(int year)
{
    return year < 1 ? DTL_DAY_MIN : year > 9999 ? DTL_DAY_MAX : dtl_day_of(year, 1, 1);
}

struct dtl_period dtl_period_of(enum dtl_period_level level, dtl_day day)
{
    struct dtl_civil c = dtl_civil_of(day);
    switch (level) {
    case DTL_PERIOD_DECADE:
        return (struct dtl_period){level, year_start(c.year / 10 * 10)};
    case DTL_PERIOD_YEAR:
        return (struct dtl_period){level, year_start(c.year)};
    case DTL_PERIOD_MONTH:
        return (struct dtl_period){level, dtl_day_of(c.year, c.month, 1)};
    case DTL_PERIOD_DAY:
        return (struct dtl_period){level, day};
    case DTL_PERIOD_NONE:
        break;
    }
    return (struct dtl_period){.level = DTL_PERIOD_NONE};
}

struct dtl_interval dtl_period_days(struct dtl_period p)
{
    struct dtl_civil c;
    switch (p.level) {
    case DTL_PERIOD_NONE:
        return (struct dtl_interval){DTL_DAY_MIN, DTL_DAY_MAX};
    case DTL_PERIOD_DAY:
        return dtl_interval_day(p.first);
    case DTL_PERIOD_MONTH:
        c = dtl_civil_of(p.first);
        return dtl_interval_month(c.year, c.month);
    case DTL_PERIOD_YEAR:
        return dtl_interval_year(dtl_civil_of(p.first).year);
    case DTL_PERIOD_DECADE:
        break;
    }
    c = dtl_civil_of(p.first);
    return (struct dtl_interval){p.first, dtl_day_of(c.year / 10 * 10 + 9, 12, 31)};
}

struct dtl_period dtl_period_widen(struct dtl_period p)
{
    return p.level == DTL_PERIOD_NONE ? p : dtl_period_of(p.level - 1, p.first);
}

struct dtl_period dtl_period_narrow(struct dtl_period p, dtl_day day)
{
    struct dtl_interval days = dtl_period_days(p);
    if (p.level == DTL_PERIOD_DAY)
        return p;
    if (day < days.earliest || day > days.latest)
        day = days.latest;
    return dtl_period_of(p.level + 1, day);
}

static struct dtl_period to_month(struct dtl_period p, int64_t month)
{
    int year = (int)(month / 12);
    if (month < 12 || year > 9999)
        return p;
    return dtl_period_of(p.level, dtl_day_of(year, (int)(month % 12) + 1, 1));
}

static int64_t month_of(struct dtl_period p)
{
    struct dtl_civil c = dtl_civil_of(p.first);
    return (int64_t)c.year * 12 + c.month - 1;
}

struct dtl_period dtl_period_shift(struct dtl_period p, int by)
{
    int64_t day = (int64_t)p.first + by;
    switch (p.level) {
    case DTL_PERIOD_NONE:
        return p;
    case DTL_PERIOD_DAY:
        return day < DTL_DAY_MIN || day > DTL_DAY_MAX ? p : dtl_period_of(p.level, (dtl_day)day);
    case DTL_PERIOD_MONTH:
        return to_month(p, month_of(p) + by);
    case DTL_PERIOD_YEAR:
        return to_month(p, month_of(p) + (int64_t)by * 12);
    case DTL_PERIOD_DECADE:
        break;
    }
    return to_month(p, month_of(p) + (int64_t)by * 120);
}

struct dtl_period dtl_period_shift_years(struct dtl_period p, int by)
{
    struct dtl_civil c = dtl_civil_of(p.level == DTL_PERIOD_NONE ? DTL_DAY_MIN : p.first);
    if (p.level == DTL_PERIOD_NONE || c.year + by < 1 || c.year + by > 9999)
        return p;
    int last = dtl_days_in_month(c.year + by, c.month);
    return dtl_period_of(p.level, dtl_day_of(c.year + by, c.month, c.day < last ? c.day : last));
}

const char *dtl_period_print(struct dtl_period p, char out[DTL_DATE_TEXT])
{
    out[0] = 0;
    if (p.level == DTL_PERIOD_DECADE)
        snprintf(out, DTL_DATE_TEXT, "%04ds", dtl_civil_of(p.first).year / 10 * 10);
    else if (p.level != DTL_PERIOD_NONE)
        dtl_date_print(dtl_period_days(p), out);
    return out;
}

/* ---- a timeline's axis ---- */

struct dtl_axis dtl_axis_over(struct dtl_interval range, size_t most)
{
    struct dtl_civil a = dtl_civil_of(range.earliest), b = dtl_civil_of(range.latest);
    size_t days = (size_t)(range.latest - range.earliest) + 1;
    size_t months = (size_t)((b.year - a.year) * 12 + b.month - a.month) + 1;
    size_t years = (size_t)(b.year - a.year) + 1;
    if (days <= most && days <= 62)
        return (struct dtl_axis){DTL_PERIOD_DAY, 0, range.earliest, days};
    if (months <= most)
        return (struct dtl_axis){DTL_PERIOD_MONTH, 0, dtl_day_of(a.year, a.month, 1), months};
    int each = (int)((years + most - 1) / most);
    return (struct dtl_axis){DTL_PERIOD_YEAR, each, year_start(a.year),
                             (years + (size_t)each - 1) / (size_t)each};
}

size_t dtl_axis_place(const struct dtl_axis *axis, dtl_day day)
{
    if (day < axis->first || day > DTL_DAY_MAX)
        return axis->periods;
    struct dtl_civil a = dtl_civil_of(axis->first), d = dtl_civil_of(day);
    size_t i = axis->level == DTL_PERIOD_DAY ? (size_t)(day - axis->first)
               : axis->level == DTL_PERIOD_MONTH
                   ? (size_t)((d.year - a.year) * 12 + d.month - a.month)
                   : (size_t)((d.year - a.year) / axis->years);
    return i < axis->periods ? i : axis->periods;
}

dtl_day dtl_axis_day(const struct dtl_axis *axis, size_t i)
{
    struct dtl_civil a = dtl_civil_of(axis->first);
    int month = a.month - 1 + (int)i;
    switch (axis->level) {
    case DTL_PERIOD_DAY:
        return axis->first + (dtl_day)i;
    case DTL_PERIOD_MONTH:
        return dtl_day_of(a.year + month / 12, month % 12 + 1, 1);
    default:
        return year_start(a.year + (int)i * axis->years);
    }
}

const char *dtl_axis_print(const struct dtl_axis *axis, size_t i, char out[DTL_DATE_TEXT])
{
    return dtl_period_print(dtl_period_of(axis->level, dtl_axis_day(axis, i)), out);
}
