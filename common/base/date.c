/*
 * date.c - days since 1970-01-01 and back, and the ISO date of an article.
 *
 * The conversion counts days in 400-year eras that begin on March 1st, so that the leap day is the
 * last day of a year and no table of month starts is needed (H. Hinnant, "chrono-Compatible
 * Low-Level Date Algorithms").
 */
#include "common/base/date.h"

#include <stdio.h>

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int dtl_days_in_month(int year, int month)
{
    static const int days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

bool dtl_civil_valid(int year, int month, int day)
{
    return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 &&
           day <= dtl_days_in_month(year, month);
}

dtl_day dtl_day_of(int year, int month, int day)
{
    int y = year - (month <= 2); /* years start in March; y >= 0 as year >= 1 */
    int era = y / 400;
    int of_era = y - era * 400;
    int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    return era * 146097 + day_of_era - 719468;
}

struct dtl_civil dtl_civil_of(dtl_day day)
{
    int z = day + 719468;
    int era = (z >= 0 ? z : z - 146096) / 146097;
    int of_era = z - era * 146097;
    int year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int mp = (5 * of_year + 2) / 153;
    struct dtl_civil c = {year_of_era + era * 400, mp < 10 ? mp + 3 : mp - 9,
                          of_year - (153 * mp + 2) / 5 + 1};
    c.year += c.month <= 2;
    return c;
}

int dtl_weekday(dtl_day day)
{
    int w = (day + 3) % 7; /* 1970-01-01 was a Thursday */
    return w < 0 ? w + 7 : w;
}

struct dtl_interval dtl_interval_day(dtl_day day)
{
    return (struct dtl_interval){day, day};
}

struct dtl_interval dtl_interval_month(int year, int month)
{
    dtl_day first = dtl_day_of(year, month, 1);
    return (struct dtl_interval){first, first + dtl_days_in_month(year, month) - 1};
}

struct dtl_interval dtl_interval_year(int year)
{
    return (struct dtl_interval){dtl_day_of(year, 1, 1), dtl_day_of(year, 12, 31)};
}

enum dtl_zone_id dtl_interval_zone(struct dtl_interval i)
{
    if (!dtl_interval_dated(i))
        return DTL_ZONE_UNDATED;
    if (i.earliest == i.latest)
        return DTL_ZONE_DAY;
    struct dtl_civil a = dtl_civil_of(i.earliest), b = dtl_civil_of(i.latest);
    if (a.year != b.year || a.day != 1 || b.day != dtl_days_in_month(b.year, b.month))
        return DTL_ZONE_OTHER;
    if (a.month == b.month)
        return DTL_ZONE_MONTH;
    return a.month == 1 && b.month == 12 ? DTL_ZONE_YEAR : DTL_ZONE_OTHER;
}

/* ---- parsing ---- */

struct scan {
    struct dtl_bytes in;
    size_t at;
};

static int peek(const struct scan *s)
{
    return s->at < s->in.n ? s->in.p[s->at] : -1;
}

/* At least `min`, at most `max` digits; -1 when there are fewer. */
static int number(struct scan *s, int min, int max)
{
    int v = 0, n = 0;
    while (n < max && peek(s) >= '0' && peek(s) <= '9') {
        v = v * 10 + (s->in.p[s->at++] - '0');
        n++;
    }
    return n >= min ? v : -1;
}

static enum dtl_status bad(const struct scan *s, size_t at, const char *what, struct dtl_error *err)
{
    int n = s->in.n < 40 ? (int)s->in.n : 40;
    return dtl_fail(err, DTL_EINPUT, at, "'%.*s': %s", n, (const char *)s->in.p, what);
}

/* HH:MM[:SS[.fff]] and the zone; a time without a zone is read and forgotten: it names no instant.
 */
static enum dtl_status parse_time(struct scan *s, dtl_day day, struct dtl_instant *out,
                                  struct dtl_error *err)
{
    size_t start = s->at;
    int hour = number(s, 2, 2), minute = 0, second = 0;
    if (peek(s) == ':') {
        s->at++;
        minute = number(s, 2, 2);
        if (peek(s) == ':') {
            s->at++;
            second = number(s, 2, 2);
            if (peek(s) == '.' || peek(s) == ',') {
                s->at++;
                if (number(s, 1, 9) < 0)
                    return bad(s, s->at, "no digits after the decimal mark", err);
            }
        }
    } else {
        minute = number(s, 2, 2);
        if (peek(s) >= '0' && peek(s) <= '9')
            second = number(s, 2, 2);
    }
    if (hour < 0 || hour > 24 || minute < 0 || minute > 59 || second < 0 || second > 60)
        return bad(s, start, "not a time of day", err);
    while (peek(s) == ' ')
        s->at++;
    int offset = 0, sign = peek(s);
    if (sign == -1)
        return DTL_OK;
    if (sign == 'Z' || sign == 'z') {
        s->at++;
    } else if (sign == '+' || sign == '-') {
        s->at++;
        int h = number(s, 2, 2);
        if (peek(s) == ':')
            s->at++;
        int m = peek(s) == -1 ? 0 : number(s, 2, 2);
        if (h < 0 || h > 18 || m < 0 || m > 59)
            return bad(s, s->at, "not a time zone", err);
        offset = (h * 60 + m) * (sign == '-' ? -1 : 1);
    } else {
        return bad(s, s->at, "not a time zone", err);
    }
    *out = (struct dtl_instant){(int64_t)day * 86400 + hour * 3600 + minute * 60 + second -
                                    (int64_t)offset * 60,
                                (int16_t)offset, true};
    return DTL_OK;
}

enum dtl_status dtl_date_parse(struct dtl_bytes text, struct dtl_interval *out,
                               struct dtl_instant *instant, struct dtl_error *err)
{
    while (text.n && (text.p[text.n - 1] == ' ' || text.p[text.n - 1] == '\n' ||
                      text.p[text.n - 1] == '\r' || text.p[text.n - 1] == '\t'))
        text.n--;
    struct scan s = {text, 0};
    while (peek(&s) == ' ' || peek(&s) == '\t')
        s.at++;
    size_t start = s.at;
    int year = number(&s, 4, 4);
    if (year < 0)
        return bad(&s, start, "not a date such as 2024-03-22, 2024-03 or 2024", err);
    if (year == 0)
        return bad(&s, start, "there is no year 0", err);
    int mark = peek(&s);
    if (mark == -1) {
        *out = dtl_interval_year(year);
        return DTL_OK;
    }
    bool packed = mark >= '0' && mark <= '9';
    if (!packed && mark != '-' && mark != '/')
        return bad(&s, s.at, "not a date such as 2024-03-22", err);
    if (!packed)
        s.at++;
    size_t month_at = s.at;
    int month = number(&s, packed ? 2 : 1, 2);
    if (month < 1 || month > 12)
        return bad(&s, month_at, "no such month", err);
    if (peek(&s) == -1 && !packed) {
        *out = dtl_interval_month(year, month);
        return DTL_OK;
    }
    if (!packed && peek(&s) != mark)
        return bad(&s, s.at, "not a date such as 2024-03-22", err);
    if (!packed)
        s.at++;
    size_t day_at = s.at;
    int day = number(&s, packed ? 2 : 1, 2);
    if (day < 1 || day > dtl_days_in_month(year, month))
        return bad(&s, day_at, "no such day in that month", err);
    dtl_day d = dtl_day_of(year, month, day);
    struct dtl_instant t = {0};
    if (peek(&s) == 'T' || peek(&s) == 't' || peek(&s) == ' ') {
        s.at++;
        enum dtl_status st = parse_time(&s, d, &t, err);
        if (st < 0)
            return st;
    }
    if (peek(&s) != -1)
        return bad(&s, s.at, "something follows the date", err);
    *out = dtl_interval_day(d);
    if (instant)
        *instant = t;
    return DTL_OK;
}

const char *dtl_day_print(dtl_day day, char out[DTL_DATE_TEXT])
{
    struct dtl_civil c = dtl_civil_of(day);
    snprintf(out, DTL_DATE_TEXT, "%04d-%02d-%02d", c.year, c.month, c.day);
    return out;
}

const char *dtl_date_print(struct dtl_interval i, char out[DTL_DATE_TEXT])
{
    struct dtl_civil c;
    char last[DTL_DATE_TEXT];
    switch (dtl_interval_zone(i)) {
    case DTL_ZONE_DAY:
        return dtl_day_print(i.earliest, out);
    case DTL_ZONE_MONTH:
        c = dtl_civil_of(i.earliest);
        snprintf(out, DTL_DATE_TEXT, "%04d-%02d", c.year, c.month);
        return out;
    case DTL_ZONE_YEAR:
        snprintf(out, DTL_DATE_TEXT, "%04d", dtl_civil_of(i.earliest).year);
        return out;
    case DTL_ZONE_OTHER:
        dtl_day_print(i.earliest, out);
        dtl_day_print(i.latest, last);
        snprintf(out + 10, DTL_DATE_TEXT - 10, "..%.10s", last);
        return out;
    default:
        out[0] = 0;
        return out;
    }
}
