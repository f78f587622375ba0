/*
 * date_named.c - dates with the name of a month: march 2024, 1 march 2024, march 1, 2024, march,
 * march 15.
 *
 * Names are English, full or three letters, never the locale's: a saved query means the same
 * everywhere. A month or a day without a year is the latest one that has begun.
 */
#include <stdio.h>

#include "query/language/date_forms.h"

static const char *const months[12] = {"january",   "february", "march",    "april",
                                       "may",       "june",     "july",     "august",
                                       "september", "october",  "november", "december"};
static const char *const weekdays[7] = {"monday", "tuesday",  "wednesday", "thursday",
                                        "friday", "saturday", "sunday"};

static int name_of(const char *word, const char *const *name, int n)
{
    for (int i = 0; i < n; i++)
        if (strcmp(word, name[i]) == 0 || (strlen(word) == 3 && strncmp(word, name[i], 3) == 0))
            return i;
    return -1;
}

int dtl_month_of(const char *word)
{
    return name_of(word, months, 12) + 1;
}

int dtl_weekday_of(const char *word)
{
    return name_of(word, weekdays, 7);
}

enum dtl_status dtl_date_latest(uint32_t month, uint32_t day, uint32_t month_at, uint32_t day_at,
                                const struct dtl_clock *clock, struct dtl_interval *out,
                                bool *relative, struct dtl_error *err)
{
    if (month < 1 || month > 12)
        return dtl_fail(err, DTL_EQUERY, month_at,
                        "there is no month %02u; write month-day, such "
                        "as 03-15",
                        month);
    int most = dtl_days_in_month(2024, (int)month);
    if (day < 1 || day > (uint32_t)most)
        return dtl_fail(err, DTL_EQUERY, day_at, "%s has %d days; the nearest is %02u-%02d",
                        months[month - 1], most, month, day ? most : 1);
    int year = dtl_civil_of(clock->today).year;
    for (int back = 0; back <= 8 && year - back >= 1;
         back++) /* leap days are at most 8 years apart */
        if (dtl_civil_valid(year - back, (int)month, (int)day) &&
            dtl_day_of(year - back, (int)month, (int)day) <= clock->today) {
            *out = dtl_interval_day(dtl_day_of(year - back, (int)month, (int)day));
            *relative = true;
            return DTL_OK;
        }
    return dtl_fail(err, DTL_EQUERY, month_at, "no such day has been yet");
}

static enum dtl_status latest_month(int month, const struct dtl_clock *clock,
                                    struct dtl_interval *out, bool *relative, struct dtl_error *err)
{
    struct dtl_civil today = dtl_civil_of(clock->today);
    int year = month <= today.month ? today.year : today.year - 1;
    if (year < 1)
        return dtl_fail(err, DTL_EQUERY, 0, "no such month has been yet");
    *out = dtl_interval_month(year, month);
    *relative = true;
    return DTL_OK;
}

static bool soft(const struct dtl_date_part *p)
{
    return p->mark == 0 || p->mark == ' ' || p->mark == '-';
}

static enum dtl_status check_year(const struct dtl_date_part *y, struct dtl_error *err)
{
    if (y->digits == 4 && y->value > 0)
        return DTL_OK;
    return dtl_fail(err, DTL_EQUERY, y->at,
                    "a year has four digits, 0001 to 9999, such as 2024 or 0987");
}

static enum dtl_status full_day(const struct dtl_date_part *y, int month,
                                const struct dtl_date_part *d, struct dtl_interval *out,
                                struct dtl_error *err)
{
    enum dtl_status st = check_year(y, err);
    if (st < 0)
        return st;
    int most = dtl_days_in_month((int)y->value, month);
    if (d->value < 1 || d->value > (uint32_t)most)
        return dtl_fail(err, DTL_EQUERY, d->at,
                        "%s %04u has %d days; the nearest is %04u-%02d-%02d", months[month - 1],
                        y->value, most, y->value, month, d->value ? most : 1);
    *out = dtl_interval_day(dtl_day_of((int)y->value, month, (int)d->value));
    return DTL_OK;
}

/* 1st march 2024, fri 1 march 2024: the form without the ornament. */
static enum dtl_status refuse_ornament(const struct dtl_date_text *t, struct dtl_error *err)
{
    for (size_t i = 0; i < t->parts; i++) {
        const struct dtl_date_part *p = &t->part[i];
        if (dtl_weekday_of(p->word) >= 0)
            return dtl_fail(err, DTL_EQUERY, p->at,
                            "leave the weekday out of a date, such as 1_march_2024");
        if (i > 0 && p->mark == 0 && t->part[i - 1].number &&
            (!strcmp(p->word, "st") || !strcmp(p->word, "nd") || !strcmp(p->word, "rd") ||
             !strcmp(p->word, "th")))
            return dtl_fail(err, DTL_EQUERY, p->at,
                            "leave '%s' out of a date, such as 1_march_2024", p->word);
    }
    return DTL_NOTFOUND;
}

enum dtl_status dtl_date_named(const struct dtl_date_text *t, const struct dtl_clock *clock,
                               struct dtl_interval *out, bool *relative, struct dtl_error *err)
{
    size_t name = t->parts;
    for (size_t i = 0; i < t->parts; i++)
        if (dtl_month_of(t->part[i].word)) {
            if (name < t->parts)
                return DTL_NOTFOUND;
            name = i;
        }
    if (name == t->parts)
        return DTL_NOTFOUND;
    enum dtl_status st = refuse_ornament(t, err);
    if (st < 0 || t->parts > 3)
        return st;
    int month = dtl_month_of(t->part[name].word);
    const struct dtl_date_part *number[2] = {NULL, NULL};
    size_t numbers = 0;
    for (size_t i = 0; i < t->parts; i++) {
        if (i > 0 && !soft(&t->part[i]))
            return DTL_NOTFOUND;
        if (i == name)
            continue;
        if (!t->part[i].number)
            return DTL_NOTFOUND;
        number[numbers++] = &t->part[i];
    }
    if (numbers == 0)
        return latest_month(month, clock, out, relative, err);
    if (numbers == 1) { /* march 2024, march 15, 15 march */
        if (number[0]->digits <= 2)
            return dtl_date_latest((uint32_t)month, number[0]->value, t->part[name].at,
                                   number[0]->at, clock, out, relative, err);
        st = check_year(number[0], err);
        if (st == DTL_OK)
            *out = dtl_interval_month((int)number[0]->value, month);
        return st;
    }
    if (number[0]->digits <= 2 && name <= 1) /* 1 march 2024, march 1, 2024 */
        return full_day(number[1], month, number[0], out, err);
    if (number[0]->digits == 4 && name == 1 && number[1]->digits <= 2) /* 2024 march 1 */
        return full_day(number[0], month, number[1], out, err);
    return DTL_NOTFOUND;
}
