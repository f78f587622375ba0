/*
 * date_numeric.c - dates written in digits: years, months, days, quarters, ISO weeks, days of the
 * year.
 *
 * ISO order is the only order: what is written day first or month first is refused with its
 * readings, for `03/04/2024` means a different day on each side of an ocean.
 */
#include <stdio.h>

#include "query/language/date_forms.h"

typedef struct dtl_date_part part;

static enum dtl_status bad(const part *p, struct dtl_error *err, const char *text)
{
    return dtl_fail(err, DTL_EQUERY, p->at, "%s", text);
}

static enum dtl_status check_year(const part *p, struct dtl_error *err)
{
    if (p->digits != 4)
        return bad(p, err, "a year has four digits, 0001 to 9999, such as 2024 or 0987");
    if (p->value == 0)
        return bad(p, err, "there is no year 0; years are 0001 to 9999");
    return DTL_OK;
}

static enum dtl_status month_form(const part *y, const part *m, struct dtl_interval *out,
                                  struct dtl_error *err)
{
    enum dtl_status st = check_year(y, err);
    if (st < 0)
        return st;
    if (m->value < 1 || m->value > 12)
        return dtl_fail(err, DTL_EQUERY, m->at, "there is no month %02u; the nearest is %04u-%02d",
                        m->value, y->value, m->value ? 12 : 1);
    *out = dtl_interval_month((int)y->value, (int)m->value);
    return DTL_OK;
}

static enum dtl_status day_form(const part *y, const part *m, const part *d,
                                struct dtl_interval *out, struct dtl_error *err)
{
    struct dtl_interval month = {0, 0};
    if (m->value > 12 && m->value <= 31 && d->value >= 1 && d->value <= 12 && y->digits == 4 &&
        y->value && dtl_civil_valid((int)y->value, (int)d->value, (int)m->value))
        return dtl_fail(err, DTL_EQUERY, m->at,
                        "there is no month %02u; did you mean %04u-%02u-%02u?", m->value, y->value,
                        d->value, m->value);
    enum dtl_status st = month_form(y, m, &month, err);
    if (st < 0)
        return st;
    int days = month.latest - month.earliest + 1;
    if (d->value < 1 || d->value > (uint32_t)days)
        return dtl_fail(err, DTL_EQUERY, d->at,
                        "that month has %d days; the nearest is %04u-%02u-%02d", days, y->value,
                        m->value, d->value ? days : 1);
    *out = dtl_interval_day(month.earliest + (dtl_day)d->value - 1);
    return DTL_OK;
}

static enum dtl_status ordinal_form(const part *y, const part *d, struct dtl_interval *out,
                                    struct dtl_error *err)
{
    enum dtl_status st = check_year(y, err);
    if (st < 0)
        return st;
    struct dtl_interval year = dtl_interval_year((int)y->value);
    int days = year.latest - year.earliest + 1;
    if (d->value < 1 || d->value > (uint32_t)days)
        return dtl_fail(err, DTL_EQUERY, d->at,
                        "%04u has %d days; the nearest day of the year is %04u-%03d", y->value,
                        days, y->value, d->value ? days : 1);
    *out = dtl_interval_day(year.earliest + (dtl_day)d->value - 1);
    return DTL_OK;
}

static enum dtl_status quarter_form(const part *y, const part *q, struct dtl_interval *out,
                                    struct dtl_error *err)
{
    enum dtl_status st = check_year(y, err);
    if (st < 0)
        return st;
    if (q->value < 1 || q->value > 4)
        return dtl_fail(err, DTL_EQUERY, q->at, "quarters are Q1 to Q4; the nearest is %04u-Q%d",
                        y->value, q->value ? 4 : 1);
    int first = (int)q->value * 3 - 2;
    *out = (struct dtl_interval){dtl_day_of((int)y->value, first, 1),
                                 dtl_interval_month((int)y->value, first + 2).latest};
    return DTL_OK;
}

/* Monday of week 1: the week of January 4th. */
static dtl_day first_monday(int year)
{
    dtl_day d = dtl_day_of(year, 1, 4);
    return d - dtl_weekday(d);
}

static enum dtl_status week_form(const part *y, const part *w, struct dtl_interval *out,
                                 struct dtl_error *err)
{
    enum dtl_status st = check_year(y, err);
    if (st < 0)
        return st;
    dtl_day monday = first_monday((int)y->value);
    dtl_day next = y->value == 9999 ? monday + 52 * 7 : first_monday((int)y->value + 1);
    int weeks = (next - monday) / 7;
    if (w->value < 1 || w->value > (uint32_t)weeks)
        return dtl_fail(err, DTL_EQUERY, w->at, "%04u has %d ISO weeks; the nearest is %04u-W%02d",
                        y->value, weeks, y->value, w->value ? weeks : 1);
    dtl_day first = monday + 7 * ((dtl_day)w->value - 1), last = first + 6;
    *out = (struct dtl_interval){first < DTL_DAY_MIN ? DTL_DAY_MIN : first,
                                 last > DTL_DAY_MAX ? DTL_DAY_MAX : last};
    return DTL_OK;
}

static enum dtl_status decade_form(const part *y, struct dtl_interval *out, struct dtl_error *err)
{
    if (y->digits == 2)
        return dtl_fail(err, DTL_EQUERY, y->at,
                        "which century? write 18%02us or 19%02us with four digits", y->value,
                        y->value);
    enum dtl_status st = check_year(y, err);
    if (st < 0)
        return st;
    if (y->value % 10)
        return dtl_fail(err, DTL_EQUERY, y->at, "a decade starts with a year ending in 0: %us",
                        y->value - y->value % 10);
    *out = (struct dtl_interval){dtl_day_of((int)y->value, 1, 1),
                                 dtl_day_of((int)y->value + 9, 12, 31)};
    return DTL_OK;
}

/* 03/04/2024, 31.12.1999: the ISO readings that exist. */
static enum dtl_status day_first(const part *a, const part *b, const part *y, struct dtl_error *err)
{
    bool month_first =
        y->value && dtl_civil_valid((int)y->value, (int)(a->value & 0xff), (int)(b->value & 0xff));
    bool day_leads =
        y->value && dtl_civil_valid((int)y->value, (int)(b->value & 0xff), (int)(a->value & 0xff));
    if (month_first && day_leads && a->value != b->value)
        return dtl_fail(err, DTL_EQUERY, a->at,
                        "ambiguous: write %04u-%02u-%02u (month first) or %04u-%02u-%02u (day "
                        "first)",
                        y->value, a->value, b->value, y->value, b->value, a->value);
    if (month_first)
        return dtl_fail(err, DTL_EQUERY, a->at, "dates are written year first: %04u-%02u-%02u",
                        y->value, a->value, b->value);
    if (day_leads)
        return dtl_fail(err, DTL_EQUERY, a->at, "dates are written year first: %04u-%02u-%02u",
                        y->value, b->value, a->value);
    return dtl_fail(err, DTL_EQUERY, a->at, "dates are written year first, such as 2024-03-22");
}

static enum dtl_status one_number(const part *p, struct dtl_interval *out, struct dtl_error *err)
{
    part y = *p, m = *p, d = *p;
    if (p->digits == 8) {
        y = (part){.number = true, .digits = 4, .value = p->value / 10000, .at = p->at};
        m = (part){.number = true, .value = p->value / 100 % 100, .at = p->at + 4};
        d = (part){.number = true, .value = p->value % 100, .at = p->at + 6};
        return day_form(&y, &m, &d, out, err);
    }
    if (p->digits == 6 && p->value / 100 && p->value % 100 >= 1 && p->value % 100 <= 12)
        return dtl_fail(err, DTL_EQUERY, p->at, "a month is written %04u-%02u", p->value / 100,
                        p->value % 100);
    if (p->digits == 7 && p->value / 1000)
        return dtl_fail(err, DTL_EQUERY, p->at, "a day of the year is written %04u-%03u",
                        p->value / 1000, p->value % 1000);
    enum dtl_status st = check_year(p, err);
    if (st == DTL_OK)
        *out = dtl_interval_year((int)p->value);
    return st;
}

static enum dtl_status two_numbers(const part *a, const part *b, const struct dtl_clock *clock,
                                   struct dtl_interval *out, bool *relative, struct dtl_error *err)
{
    bool iso = b->mark == '-' || b->mark == '/';
    if (a->digits == 4 && iso && b->digits <= 2)
        return month_form(a, b, out, err);
    if (a->digits == 4 && b->mark == '-' && b->digits == 3)
        return ordinal_form(a, b, out, err);
    if (a->digits == 2 && b->digits == 2 && b->mark == '-')
        return dtl_date_latest(a->value, b->value, a->at, b->at, clock, out, relative, err);
    if (a->digits <= 2 && b->digits == 4 && a->value >= 1 && a->value <= 12)
        return dtl_fail(err, DTL_EQUERY, a->at, "dates are written year first: %04u-%02u", b->value,
                        a->value);
    if (a->digits == 4 && b->digits <= 2 && b->value >= 1 && b->value <= 12)
        return dtl_fail(err, DTL_EQUERY, b->at, "a month is written %04u-%02u", a->value, b->value);
    if (a->digits <= 2 && b->digits <= 2)
        return dtl_fail(err, DTL_EQUERY, a->at,
                        "a day without a year is written 03-15 (month-day) or march_15; years "
                        "have four digits");
    return dtl_fail(err, DTL_EQUERY, a->at, "not a date; write 2024-03 or 2024-03-22");
}

static enum dtl_status three_numbers(const part *a, const part *b, const part *c,
                                     struct dtl_interval *out, struct dtl_error *err)
{
    bool iso = b->mark == c->mark && (b->mark == '-' || b->mark == '/');
    if (a->digits == 4 && iso && b->digits <= 2 && c->digits <= 2)
        return day_form(a, b, c, out, err);
    if (a->digits <= 2 && b->digits <= 2 && c->digits == 4)
        return day_first(a, b, c, err);
    if (a->digits == 4 && a->value && b->digits <= 2 && c->digits <= 2 &&
        dtl_civil_valid((int)a->value, (int)b->value, (int)c->value))
        return dtl_fail(err, DTL_EQUERY, b->at, "a day is written %04u-%02u-%02u", a->value,
                        b->value, c->value);
    if (a->digits <= 2 && b->digits <= 2 && c->digits <= 2)
        return dtl_fail(err, DTL_EQUERY, a->at,
                        "a year has four digits: write 2024-03-22, year first");
    return dtl_fail(err, DTL_EQUERY, a->at, "not a date; write 2024-03-22");
}

static enum dtl_status epoch_form(const struct dtl_date_text *t, struct dtl_interval *out,
                                  struct dtl_error *err)
{
    int64_t seconds = 0;
    const part *p = &t->part[0];
    if (t->parts != 1 || !p->number || p->digits > 12)
        return dtl_fail(err, DTL_EQUERY, p->at,
                        "@ takes the seconds since 1970, such as "
                        "@1709251200");
    for (uint32_t i = 0; i < p->digits; i++)
        seconds = seconds * 10 + (t->text.p[p->at + i] - '0');
    if (seconds / 86400 > DTL_DAY_MAX)
        return dtl_fail(err, DTL_EQUERY, p->at, "@ reaches to the year 9999, 253402300799");
    *out = dtl_interval_day((dtl_day)(seconds / 86400));
    return DTL_OK;
}

/* A time of day anywhere: after T, or with colons. */
static bool has_time(const struct dtl_date_text *t)
{
    for (size_t i = 0; i < t->parts; i++)
        if (t->part[i].mark == ':' ||
            (i > 0 && strcmp(t->part[i].word, "t") == 0 && t->part[i].mark == 0))
            return true;
    return false;
}

static enum dtl_status refuse_time(const struct dtl_date_text *t, struct dtl_error *err)
{
    struct dtl_interval day = {0, 0};
    char text[DTL_DATE_TEXT];
    if (t->parts >= 3 && t->part[0].number && t->part[1].number && t->part[2].number &&
        three_numbers(&t->part[0], &t->part[1], &t->part[2], &day, NULL) == DTL_OK)
        return dtl_fail(
            err, DTL_EQUERY, 0,
            "the archive has no times: articles are found by day, not by time of day; write %s",
            dtl_day_print(day.earliest, text));
    return dtl_fail(err, DTL_EQUERY, 0,
                    "the archive has no times: articles are found by day, not by time of day; "
                    "write a date such as "
                    "2024-03-22");
}

/* Forms with one letter in them: Q, W, s, c. */
static enum dtl_status lettered(const struct dtl_date_text *t, struct dtl_interval *out,
                                struct dtl_error *err)
{
    const part *a = &t->part[0], *b = &t->part[1], *c = &t->part[2];
    if (t->parts == 2 && a->number && b->mark == 0 && strcmp(b->word, "s") == 0 && a->digits >= 2)
        return decade_form(a, out, err);
    if (t->parts >= 2 && a->number && a->digits <= 2 &&
        (strcmp(b->word, "c") == 0 ||
         (strcmp(b->word, "th") == 0 && t->parts == 3 && strncmp(c->word, "cent", 4) == 0)))
        return dtl_fail(err, DTL_EQUERY, a->at,
                        "a century is ambiguous; write its years, such as 1801..1900");
    if (t->parts == 2 && strcmp(a->word, "q") == 0 && b->number)
        return dtl_fail(err, DTL_EQUERY, a->at, "which year? write 2024-Q%u",
                        b->value >= 1 && b->value <= 4 ? b->value : 1);
    if (t->parts == 2 && strcmp(a->word, "w") == 0 && b->number)
        return dtl_fail(err, DTL_EQUERY, a->at, "which year? write 2024-W%02u",
                        b->value >= 1 && b->value <= 53 ? b->value : 1);
    if (t->parts < 3)
        return DTL_NOTFOUND;
    bool year_first = a->number && c->number && c->mark == 0 &&
                      (b->mark == '-' || b->mark == 0 || b->mark == ' ');
    if (t->parts == 3 && year_first && strcmp(b->word, "q") == 0 && c->digits <= 2)
        return quarter_form(a, c, out, err);
    if (t->parts == 3 && strcmp(a->word, "q") == 0 && b->number && b->mark == 0 && c->number &&
        (c->mark == ' ' || c->mark == '-'))
        return quarter_form(c, b, out, err);
    if (year_first && strcmp(b->word, "w") == 0 && c->digits <= 2) {
        struct dtl_interval week = {0, 0};
        enum dtl_status st = week_form(a, c, &week, err);
        if (st < 0)
            return st;
        if (t->parts == 3) {
            *out = week;
            return DTL_OK;
        }
        const part *d = &t->part[3];
        char text[DTL_DATE_TEXT];
        if (t->parts == 4 && d->number && d->mark == '-' && d->value >= 1 && d->value <= 7 &&
            week.latest - week.earliest == 6)
            return dtl_fail(err, DTL_EQUERY, d->at, "a day of a week is written as its date, %s",
                            dtl_day_print(week.earliest + (dtl_day)d->value - 1, text));
    }
    return DTL_NOTFOUND;
}

enum dtl_status dtl_date_numeric(const struct dtl_date_text *t, const struct dtl_clock *clock,
                                 struct dtl_interval *out, bool *relative, struct dtl_error *err)
{
    const part *p = t->part;
    if (p[0].mark == '@')
        return epoch_form(t, out, err);
    if (has_time(t))
        return refuse_time(t, err);
    for (size_t i = 0; i < t->parts; i++)
        if (!p[i].number)
            return lettered(t, out, err);
    switch (t->parts) {
    case 1:
        return one_number(&p[0], out, err);
    case 2:
        return two_numbers(&p[0], &p[1], clock, out, relative, err);
    case 3:
        return three_numbers(&p[0], &p[1], &p[2], out, err);
    default:
        return DTL_NOTFOUND;
    }
}
