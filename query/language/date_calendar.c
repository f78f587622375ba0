/*
 * date_calendar.c - days that come back: weekday:sun, month:12, every:03-15.
 *
 * Weekdays are names alone: 1 is Monday here and Sunday there. A day of the year may be written as
 * month and day, or as any one day, whose anniversary it is then; 02-29 comes back in leap years.
 */
#include "query/language/chars.h"
#include "query/language/date_forms.h"
#include "query/language/suggest.h"

/* `text` in lower case without the blanks, _ and - around it; false when it is too long. */
static bool lower(struct dtl_bytes text, char out[24])
{
    size_t n = 0;
    while (text.n && strchr(" _", text.p[0]))
        text = dtl_bytes(text.p + 1, text.n - 1);
    while (text.n && strchr(" _", text.p[text.n - 1]))
        text.n--;
    for (size_t i = 0; i < text.n; i++) {
        if (n == 23 || !text.p[i])
            return false;
        uint8_t c = text.p[i];
        out[n++] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
    }
    out[n] = 0;
    return n > 0;
}

static enum dtl_status weekday(const char *word, struct dtl_calendar *out, struct dtl_error *err)
{
    static const char *const names[] = {"monday", "tuesday",  "wednesday", "thursday",
                                        "friday", "saturday", "sunday"};
    int day = dtl_weekday_of(word);
    if (day < 0) {
        const char *like = dtl_suggest(dtl_bytes_of(word), names, 7);
        return dtl_fail(err, DTL_EQUERY, 0,
                        "weekday: takes a name, mon to sun%s%s%s; several are written "
                        "(weekday:sat OR weekday:sun)",
                        like ? " (did you mean " : "", like ? like : "", like ? "?)" : "");
    }
    out->weekday = (uint8_t)(day + 1);
    return DTL_OK;
}

static enum dtl_status month(const char *word, struct dtl_calendar *out, struct dtl_error *err)
{
    static const char *const names[] = {"january",   "february", "march",    "april",
                                        "may",       "june",     "july",     "august",
                                        "september", "october",  "november", "december"};
    int m = dtl_month_of(word);
    size_t digits = strspn(word, "0123456789");
    if (!m && word[digits] == 0 && digits <= 2)
        m = digits == 1 ? word[0] - '0' : (word[0] - '0') * 10 + word[1] - '0';
    if (m < 1 || m > 12) {
        const char *like = dtl_suggest(dtl_bytes_of(word), names, 12);
        return dtl_fail(err, DTL_EQUERY, 0,
                        "month: takes 1 to 12 or a name, jan to dec%s%s%s; a month of one year is "
                        "date:2024-03",
                        like ? " (did you mean " : "", like ? like : "", like ? "?)" : "");
    }
    out->month = (uint8_t)m;
    return DTL_OK;
}

/* 02-29 must be told apart from the latest such day, and needs no clock. */
static bool month_and_day(const char *word, struct dtl_calendar *out)
{
    if (strlen(word) != 5 || word[2] != '-' || strspn(word, "0123456789") != 2 ||
        strspn(word + 3, "0123456789") != 2)
        return false;
    int m = (word[0] - '0') * 10 + word[1] - '0', d = (word[3] - '0') * 10 + word[4] - '0';
    if (m < 1 || m > 12 || d < 1 || d > dtl_days_in_month(2024, m))
        return false;
    out->month = (uint8_t)m;
    out->day = (uint8_t)d;
    return true;
}

/* march_15 15_march march-15: a month's name and one number that is no year. */
static bool names_a_day(struct dtl_bytes text)
{
    bool letters = false, year = false;
    size_t digits = 0, numbers = 0;
    for (size_t i = 0; i <= text.n; i++) {
        uint8_t c = i < text.n ? text.p[i] : 0;
        if (c >= '0' && c <= '9') {
            digits++;
            continue;
        }
        numbers += digits > 0;
        year = year || digits > 2;
        digits = 0;
        letters = letters || (c | 0x20) >= 'a';
    }
    return letters && numbers == 1 && !year;
}

static enum dtl_status day(struct dtl_bytes text, const struct dtl_clock *clock,
                           struct dtl_calendar *out, bool *relative, struct dtl_error *err)
{
    char word[24];
    bool by_clock = false;
    struct dtl_interval e = {0, 0};
    if (lower(text, word) && month_and_day(word, out))
        return DTL_OK;
    /* with a name, read it as of a leap year's end, so that feb 29 is a day */
    struct dtl_clock leap = {dtl_day_of(2024, 12, 31), 0};
    bool named = names_a_day(text) && lower(text, word) && !strstr(word, "ago");
    enum dtl_status st = dtl_date_form(text, named ? &leap : clock, &e, &by_clock, err);
    if (st < 0)
        return st;
    if (e.earliest != e.latest)
        return dtl_fail(err, DTL_EQUERY, 0,
                        "one day is meant, such as 03-15 or march_15; a month of every year is "
                        "month:3");
    struct dtl_civil c = dtl_civil_of(e.earliest);
    out->month = (uint8_t)c.month;
    out->day = (uint8_t)c.day;
    *relative = by_clock && !named;
    return DTL_OK;
}

enum dtl_status dtl_calendar_resolve(enum dtl_calendar_kind kind, struct dtl_bytes text,
                                     const struct dtl_clock *clock, struct dtl_calendar *out,
                                     bool *relative, struct dtl_error *err)
{
    struct dtl_calendar c = {.kind = kind};
    char word[24] = "";
    bool by_clock = false;
    if (kind != DTL_CALENDAR_DAY && !lower(text, word))
        word[0] = 0;
    enum dtl_status st = kind == DTL_CALENDAR_WEEKDAY ? weekday(word, &c, err)
                         : kind == DTL_CALENDAR_MONTH ? month(word, &c, err)
                                                      : day(text, clock, &c, &by_clock, err);
    if (st < 0)
        return st;
    *out = c;
    *relative = by_clock;
    return DTL_OK;
}
