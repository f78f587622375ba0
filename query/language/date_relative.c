/*
 * date_relative.c - dates counted from today: yesterday, last week, last 7d, 3 months ago, monday.
 *
 * `last week` is a calendar unit (the ISO week before this one), `past week` and `last 7d` are
 * spans that end today; a unit "so far" ends today as well.
 */
#include "query/language/date_forms.h"

enum unit { DAY, WEEK, MONTH, QUARTER, YEAR, TIME, NONE };

static enum unit unit_of(const char *word, bool *is_short)
{
    static const struct {
        const char *word;
        enum unit unit;
    } units[] = {
        {"d",        DAY    },
        {"day",      DAY    },
        {"days",     DAY    },
        {"w",        WEEK   },
        {"week",     WEEK   },
        {"weeks",    WEEK   },
        {"m",        MONTH  },
        {"month",    MONTH  },
        {"months",   MONTH  },
        {"q",        QUARTER},
        {"quarter",  QUARTER},
        {"quarters", QUARTER},
        {"y",        YEAR   },
        {"year",     YEAR   },
        {"years",    YEAR   },
        {"h",        TIME   },
        {"hour",     TIME   },
        {"hours",    TIME   },
        {"min",      TIME   },
        {"mins",     TIME   },
        {"minute",   TIME   },
        {"minutes",  TIME   },
        {"s",        TIME   },
        {"second",   TIME   },
        {"seconds",  TIME   }
    };
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(word, units[i].word) == 0) {
            *is_short = word[1] == 0;
            return units[i].unit;
        }
    return NONE;
}

bool dtl_add_months(dtl_day day, int64_t months, dtl_day *out)
{
    struct dtl_civil c = dtl_civil_of(day);
    int64_t m = (int64_t)c.year * 12 + c.month - 1 + months;
    if (m < 12 || m >= 10000 * 12)
        return false;
    int year = (int)(m / 12), month = (int)(m % 12) + 1, most = dtl_days_in_month(year, month);
    *out = dtl_day_of(year, month, c.day < most ? c.day : most);
    return true;
}

/* `day` less n units, clamped to month ends; false before the year 1. */
static bool back(dtl_day day, uint32_t n, enum unit unit, dtl_day *out)
{
    int64_t days = unit == DAY ? n : (int64_t)n * 7;
    switch (unit) {
    case DAY:
    case WEEK:
        if (day - days < DTL_DAY_MIN)
            return false;
        *out = (dtl_day)(day - days);
        return true;
    case MONTH:
        return dtl_add_months(day, -(int64_t)n, out);
    case QUARTER:
        return dtl_add_months(day, -(int64_t)n * 3, out);
    default:
        return dtl_add_months(day, -(int64_t)n * 12, out);
    }
}

/* n units that end today. */
static struct dtl_interval span(dtl_day today, uint32_t n, enum unit unit)
{
    dtl_day start;
    if (!back(today, n, unit, &start))
        return (struct dtl_interval){DTL_DAY_MIN, today};
    return (struct dtl_interval){start + 1, today};
}

/* The calendar unit that holds `day`. */
static struct dtl_interval unit_around(dtl_day day, enum unit unit)
{
    struct dtl_civil c = dtl_civil_of(day);
    dtl_day monday = day - dtl_weekday(day);
    int quarter = (c.month - 1) / 3 * 3 + 1;
    switch (unit) {
    case WEEK:
        return (struct dtl_interval){monday, monday + 6};
    case MONTH:
        return dtl_interval_month(c.year, c.month);
    case QUARTER:
        return (struct dtl_interval){dtl_day_of(c.year, quarter, 1),
                                     dtl_interval_month(c.year, quarter + 2).latest};
    default:
        return dtl_interval_year(c.year);
    }
}

static enum dtl_status too_early(struct dtl_error *err)
{
    return dtl_fail(err, DTL_EQUERY, 0, "that is before the year 0001");
}

static enum dtl_status counted(const struct dtl_date_part *n, const struct dtl_date_part *u,
                               bool ago, const struct dtl_clock *clock, struct dtl_interval *out,
                               struct dtl_error *err)
{
    bool is_short;
    enum unit unit = unit_of(u->word, &is_short);
    if (unit == NONE)
        return DTL_NOTFOUND;
    if (unit == TIME)
        return dtl_fail(err, DTL_EQUERY, u->at,
                        "the archive has no times: articles are found by day, not by time of day; "
                        "units are d w m q y");
    if (n->value < 1 || n->value > 9999999)
        return dtl_fail(err, DTL_EQUERY, n->at, "write 1 or more, such as last_%u%s",
                        n->value < 1 ? 1 : 30, is_short ? u->word : "d");
    dtl_day day;
    if (!ago)
        *out = span(clock->today, n->value, unit);
    else if (back(clock->today, n->value, unit, &day))
        *out = dtl_interval_day(day);
    else
        return too_early(err);
    return DTL_OK;
}

static enum dtl_status calendar_unit(const char *which, enum unit unit,
                                     const struct dtl_clock *clock, struct dtl_interval *out,
                                     struct dtl_error *err)
{
    if (strcmp(which, "past") == 0) {
        *out = span(clock->today, 1, unit);
        return DTL_OK;
    }
    struct dtl_interval now = unit_around(clock->today, unit);
    if (strcmp(which, "this") == 0) {
        *out = (struct dtl_interval){now.earliest, clock->today};
        return DTL_OK;
    }
    if (now.earliest - 1 < DTL_DAY_MIN)
        return too_early(err);
    *out = unit_around(now.earliest - 1, unit);
    if (out->earliest < DTL_DAY_MIN)
        out->earliest = DTL_DAY_MIN;
    return DTL_OK;
}

static enum dtl_status one_word(const char *word, const struct dtl_clock *clock,
                                struct dtl_interval *out, struct dtl_error *err)
{
    dtl_day day = clock->today;
    int weekday = dtl_weekday_of(word);
    if (strcmp(word, "yesterday") == 0)
        day--;
    else if (strcmp(word, "tomorrow") == 0)
        day++;
    else if (weekday >= 0)
        day -= (dtl_weekday(day) - weekday + 7) % 7;
    else if (strcmp(word, "today") != 0 && strcmp(word, "now") != 0)
        return DTL_NOTFOUND;
    if (day < DTL_DAY_MIN || day > DTL_DAY_MAX)
        return dtl_fail(err, DTL_EQUERY, 0, "that is outside the years 0001 to 9999");
    *out = dtl_interval_day(day);
    return DTL_OK;
}

static enum dtl_status after_which(const struct dtl_date_text *t, const struct dtl_clock *clock,
                                   struct dtl_interval *out, struct dtl_error *err)
{
    const struct dtl_date_part *p = t->part;
    bool is_short = false, last = strcmp(p[0].word, "last") == 0,
         past = strcmp(p[0].word, "past") == 0;
    if (t->parts == 3 && (last || past) && p[1].number && !p[2].number)
        return counted(&p[1], &p[2], false, clock, out, err);
    if (t->parts != 2 || p[1].number)
        return DTL_NOTFOUND;
    int weekday = dtl_weekday_of(p[1].word);
    if (last && weekday >= 0) {
        int days = (dtl_weekday(clock->today) - weekday + 7) % 7;
        if (clock->today - (days ? days : 7) < DTL_DAY_MIN)
            return too_early(err);
        *out = dtl_interval_day(clock->today - (days ? days : 7));
        return DTL_OK;
    }
    if (dtl_month_of(p[1].word))
        return dtl_fail(err, DTL_EQUERY, p[0].at, "write %s (the latest), or %s_2024", p[1].word,
                        p[1].word);
    enum unit unit = unit_of(p[1].word, &is_short);
    if (unit == NONE || is_short || unit == TIME)
        return DTL_NOTFOUND;
    if (unit == DAY)
        return dtl_fail(err, DTL_EQUERY, p[1].at, "write today, yesterday or last_1d");
    return calendar_unit(p[0].word, unit, clock, out, err);
}

enum dtl_status dtl_date_relative(const struct dtl_date_text *t, const struct dtl_clock *clock,
                                  struct dtl_interval *out, bool *relative, struct dtl_error *err)
{
    const struct dtl_date_part *p = t->part;
    for (size_t i = 1; i < t->parts; i++)
        if (p[i].mark != 0 && p[i].mark != ' ' && p[i].mark != '-')
            return DTL_NOTFOUND;
    enum dtl_status st = DTL_NOTFOUND;
    if (t->parts == 1 && !p[0].number)
        st = one_word(p[0].word, clock, out, err);
    else if (t->parts == 2 && p[0].number && !p[1].number)
        st = counted(&p[0], &p[1], false, clock, out, err);
    else if (t->parts == 3 && p[0].number && !p[1].number && strcmp(p[2].word, "ago") == 0)
        st = counted(&p[0], &p[1], true, clock, out, err);
    else if (strcmp(p[0].word, "last") == 0 || strcmp(p[0].word, "this") == 0 ||
             strcmp(p[0].word, "past") == 0)
        st = after_which(t, clock, out, err);
    if (st == DTL_OK)
        *relative = true;
    return st;
}
