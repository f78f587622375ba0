/* Every form of a date a person may type, every form that is refused, and the calendar behind them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "query/language/date_forms.h"
#include "query/language/dates.h"

/* Wednesday, as in the documentation's table. */
static struct dtl_clock wednesday(void)
{
    struct dtl_clock c = {0};
    assert_int_equal(dtl_clock_of("2024-04-10", NULL, &c, NULL), DTL_OK);
    return c;
}

static void admits(enum dtl_date_relation relation, const char *text, const char *from,
                   const char *to, bool relative)
{
    struct dtl_clock clock = wednesday();
    struct dtl_interval out = {7, 7};
    struct dtl_error err = {0};
    char a[DTL_DATE_TEXT], b[DTL_DATE_TEXT];
    bool by_clock = false, undated = true;
    if (dtl_dates_resolve(relation, dtl_bytes_of(text), &clock, &out, &by_clock, &undated, &err) <
        0)
        fail_msg("'%s' refused at %d: %s", text, (int)err.pos, err.text);
    if (strcmp(dtl_day_print(out.earliest, a), from) != 0 ||
        strcmp(dtl_day_print(out.latest, b), to) != 0)
        fail_msg("'%s' gives %s..%s, not %s..%s", text, a, b, from, to);
    if (by_clock != relative || undated)
        fail_msg("'%s': relative %d, undated %d", text, by_clock, undated);
}

struct form {
    const char *text, *from, *to;
};

/* clang-format off */
static const struct form absolute[] = {
    {"2024", "2024-01-01", "2024-12-31"},       {"1895", "1895-01-01", "1895-12-31"},
    {"0987", "0987-01-01", "0987-12-31"},       {"0001", "0001-01-01", "0001-12-31"},
    {"9999", "9999-01-01", "9999-12-31"},       {" 2024 ", "2024-01-01", "2024-12-31"},
    {"2024-03", "2024-03-01", "2024-03-31"},    {"2024/03", "2024-03-01", "2024-03-31"},
    {"2024-3", "2024-03-01", "2024-03-31"},     {"2024-02", "2024-02-01", "2024-02-29"},
    {"2023-02", "2023-02-01", "2023-02-28"},    {"1900-02", "1900-02-01", "1900-02-28"},
    {"2000-02", "2000-02-01", "2000-02-29"},
    {"march 2024", "2024-03-01", "2024-03-31"}, {"mar 2024", "2024-03-01", "2024-03-31"},
    {"mar2024", "2024-03-01", "2024-03-31"},    {"march2024", "2024-03-01", "2024-03-31"},
    {"MARCH 2023", "2023-03-01", "2023-03-31"}, {"March_2024", "2024-03-01", "2024-03-31"},
    {"march-2024", "2024-03-01", "2024-03-31"}, {"march, 2024", "2024-03-01", "2024-03-31"},
    {"2024 march", "2024-03-01", "2024-03-31"}, {"may 2024", "2024-05-01", "2024-05-31"},
    {"jan 1066", "1066-01-01", "1066-01-31"},
    {"2024-03-01", "2024-03-01", "2024-03-01"}, {"20240301", "2024-03-01", "2024-03-01"},
    {"2024/3/1", "2024-03-01", "2024-03-01"},   {"2024-3-1", "2024-03-01", "2024-03-01"},
    {"2024/03/01", "2024-03-01", "2024-03-01"}, {"00010101", "0001-01-01", "0001-01-01"},
    {"99991231", "9999-12-31", "9999-12-31"},   {"2024-02-29", "2024-02-29", "2024-02-29"},
    {"1 march 2024", "2024-03-01", "2024-03-01"},  {"01 march 2024", "2024-03-01", "2024-03-01"},
    {"march 1, 2024", "2024-03-01", "2024-03-01"}, {"march 1 2024", "2024-03-01", "2024-03-01"},
    {"1mar2024", "2024-03-01", "2024-03-01"},      {"1-mar-2024", "2024-03-01", "2024-03-01"},
    {"1_march_2024", "2024-03-01", "2024-03-01"},  {"2024-mar-01", "2024-03-01", "2024-03-01"},
    {"29 FEB 2024", "2024-02-29", "2024-02-29"},   {"31 Dec 9999", "9999-12-31", "9999-12-31"},
    {"2024-Q1", "2024-01-01", "2024-03-31"},    {"2024-q1", "2024-01-01", "2024-03-31"},
    {"2024Q1", "2024-01-01", "2024-03-31"},     {"Q1 2024", "2024-01-01", "2024-03-31"},
    {"q1_2024", "2024-01-01", "2024-03-31"},    {"2024-Q2", "2024-04-01", "2024-06-30"},
    {"2024-Q3", "2024-07-01", "2024-09-30"},    {"2024-Q4", "2024-10-01", "2024-12-31"},
    {"2024-W09", "2024-02-26", "2024-03-03"},   {"2024W09", "2024-02-26", "2024-03-03"},
    {"2024-w9", "2024-02-26", "2024-03-03"},    {"2020-W53", "2020-12-28", "2021-01-03"},
    {"2021-W01", "2021-01-04", "2021-01-10"},   {"2024-W01", "2024-01-01", "2024-01-07"},
    {"0001-W01", "0001-01-01", "0001-01-07"},   {"9999-W52", "9999-12-27", "9999-12-31"},
    {"2024-061", "2024-03-01", "2024-03-01"},   {"2024-366", "2024-12-31", "2024-12-31"},
    {"2023-001", "2023-01-01", "2023-01-01"},   {"2023-365", "2023-12-31", "2023-12-31"},
    {"1990s", "1990-01-01", "1999-12-31"},      {"1900S", "1900-01-01", "1909-12-31"},
    {"9990s", "9990-01-01", "9999-12-31"},
    {"@1709251200", "2024-03-01", "2024-03-01"}, {"@0", "1970-01-01", "1970-01-01"},
    {"@253402300799", "9999-12-31", "9999-12-31"},
    {"2024-03-01..2024-04-15", "2024-03-01", "2024-04-15"}, {"2024-03..", "2024-03-01", "9999-12-31"},
    {"..2024-03", "0001-01-01", "2024-03-31"},  {"2023..2024", "2023-01-01", "2024-12-31"},
    {"2023 .. 2024", "2023-01-01", "2024-12-31"}, {"march 2023..april 2024", "2023-03-01", "2024-04-30"},
    {"1990s..2000s", "1990-01-01", "2009-12-31"}, {"2024-Q1..2024-Q2", "2024-01-01", "2024-06-30"},
    {"2024-W09..2024-W10", "2024-02-26", "2024-03-10"}, {"2024-03-15..2024-03", "2024-03-15", "2024-03-31"},
    {"[2024-03-01 TO 2024-04-15]", "2024-03-01", "2024-04-15"},
    {"{2024-03-01 TO 2024-04-15}", "2024-03-02", "2024-04-14"},
    {"[2024-03-01 TO 2024-04-15}", "2024-03-01", "2024-04-14"},
    {"{2023 TO 2025}", "2024-01-01", "2024-12-31"}, {"[2024-03 TO *]", "2024-03-01", "9999-12-31"},
    {"[* TO 2024-03]", "0001-01-01", "2024-03-31"}, {"[2023 to 2024]", "2023-01-01", "2024-12-31"},
    {"[\"1 march 2024\" TO \"2 march 2024\"]", "2024-03-01", "2024-03-02"},
};

static const struct form relative[] = {
    {"today", "2024-04-10", "2024-04-10"},      {"now", "2024-04-10", "2024-04-10"},
    {"Yesterday", "2024-04-09", "2024-04-09"},  {"tomorrow", "2024-04-11", "2024-04-11"},
    {"last 7d", "2024-04-04", "2024-04-10"},    {"last 7 days", "2024-04-04", "2024-04-10"},
    {"7d", "2024-04-04", "2024-04-10"},         {"7 days", "2024-04-04", "2024-04-10"},
    {"last_7d", "2024-04-04", "2024-04-10"},    {"last-7-days", "2024-04-04", "2024-04-10"},
    {"past 7 days", "2024-04-04", "2024-04-10"}, {"1d", "2024-04-10", "2024-04-10"},
    {"last 1 day", "2024-04-10", "2024-04-10"}, {"2w", "2024-03-28", "2024-04-10"},
    {"last 1m", "2024-03-11", "2024-04-10"},    {"last 3 months", "2024-01-11", "2024-04-10"},
    {"1q", "2024-01-11", "2024-04-10"},         {"last 1y", "2023-04-11", "2024-04-10"},
    {"last 9000 years", "0001-01-01", "2024-04-10"},
    {"last week", "2024-04-01", "2024-04-07"},  {"last_week", "2024-04-01", "2024-04-07"},
    {"LAST-WEEK", "2024-04-01", "2024-04-07"},  {"this week", "2024-04-08", "2024-04-10"},
    {"past week", "2024-04-04", "2024-04-10"},  {"last month", "2024-03-01", "2024-03-31"},
    {"this month", "2024-04-01", "2024-04-10"}, {"past month", "2024-03-11", "2024-04-10"},
    {"last quarter", "2024-01-01", "2024-03-31"}, {"this quarter", "2024-04-01", "2024-04-10"},
    {"last year", "2023-01-01", "2023-12-31"},  {"this year", "2024-01-01", "2024-04-10"},
    {"past year", "2023-04-11", "2024-04-10"},
    {"3 months ago", "2024-01-10", "2024-01-10"}, {"2w ago", "2024-03-27", "2024-03-27"},
    {"1 day ago", "2024-04-09", "2024-04-09"},  {"1y ago", "2023-04-10", "2023-04-10"},
    {"1_quarter_ago", "2024-01-10", "2024-01-10"},
    {"monday", "2024-04-08", "2024-04-08"},     {"wed", "2024-04-10", "2024-04-10"},
    {"Thursday", "2024-04-04", "2024-04-04"},   {"last monday", "2024-04-08", "2024-04-08"},
    {"last wednesday", "2024-04-03", "2024-04-03"}, {"last sun", "2024-04-07", "2024-04-07"},
    {"march", "2024-03-01", "2024-03-31"},      {"apr", "2024-04-01", "2024-04-30"},
    {"may", "2023-05-01", "2023-05-31"},        {"03-15", "2024-03-15", "2024-03-15"},
    {"04-10", "2024-04-10", "2024-04-10"},      {"04-11", "2023-04-11", "2023-04-11"},
    {"02-29", "2024-02-29", "2024-02-29"},      {"march 15", "2024-03-15", "2024-03-15"},
    {"15 march", "2024-03-15", "2024-03-15"},   {"dec 31", "2023-12-31", "2023-12-31"},
    {"last week..today", "2024-04-01", "2024-04-10"}, {"yesterday..", "2024-04-09", "9999-12-31"},
    {"2024-03..today", "2024-03-01", "2024-04-10"}, {"[last_week TO now]", "2024-04-01", "2024-04-10"},
};

/* text, then what the message must hold */
static const char *const refused[][2] = {
    {"", "missing"},                   {"  ", "missing"},                {"..", "one side"},
    {" .. ", "one side"},              {"garbage", "write 2024"},        {"2024-02-31", "2024-02-29"},
    {"2023-02-29", "2023-02-28"},      {"2024-13", "2024-12"},           {"2024-00", "2024-01"},
    {"2024-13-05", "2024-05-13"},      {"2024-04-31", "2024-04-30"},     {"2024-04-00", "2024-04-01"},
    {"2024-13-45", "2024-12"},         {"0000", "year 0"},               {"0000-01-01", "year 0"},
    {"24", "four digits"},             {"12345", "four digits"},         {"202403", "2024-03"},
    {"2024061", "2024-061"},           {"03/04/2024", "2024-03-04"},     {"03/04/2024", "2024-04-03"},
    {"13/04/2024", "2024-04-13"},      {"04/13/2024", "2024-04-13"},     {"31.12.1999", "1999-12-31"},
    {"01-02-2003", "ambiguous"},       {"03/04/24", "four digits"},      {"24-03-04", "four digits"},
    {"3/15", "03-15"},                 {"03/2024", "2024-03"},           {"2024.03.01", "2024-03-01"},
    {"2024-Q5", "2024-Q4"},            {"2024-Q0", "2024-Q1"},           {"Q1", "which year"},
    {"W09", "which year"},             {"2024-W54", "2024-W52"},         {"2024-W53", "2024-W52"},
    {"2020-W54", "2020-W53"},          {"2024-W00", "2024-W01"},         {"2024-W09-3", "2024-02-28"},
    {"2023-366", "2023-365"},          {"2024-367", "2024-366"},         {"2024-000", "2024-001"},
    {"19c", "ambiguous"},              {"19th century", "ambiguous"},    {"90s", "1990s"},
    {"1995s", "1990s"},                {"2024-03..05", "2024-03..2024-05"},
    {"2024-03-01..15", "2024-03-01..2024-03-15"}, {"2024-03-01..04-15", "2024-03-01..2024-04-15"},
    {"1990..95", "1990..1995"},        {"2024-05..2024-03", "2024-03..2024-05"},
    {"2025..2024", "2024..2025"},      {"2024...2025", "two dots"},      {"last 0d", "1 or more"},
    {"0 days", "1 or more"},           {"0w ago", "1 or more"},          {"last", "last_week"},
    {"last day", "yesterday"},         {"last march", "march"},          {"9999y ago", "before the year"},
    {"2024-03-01T10:00..12:00+01:00", "2024-03-01"}, {"2024-03-01T10:00", "2024-03-01"},
    {"10:30", "time of day"},          {"5 minutes", "time of day"},     {"2h ago", "time of day"},
    {"1st march 2024", "1_march_2024"}, {"fri 1 march 2024", "1_march_2024"},
    {"31 feb 2024", "2024-02-29"},     {"feb 30", "02-29"},              {"1 mar 24", "four digits"},
    {"13-32", "month"},                {"02-30", "02-29"},               {"yesterdya", "yesterday"},
    {"marhc 2024", "march"},           {"lst week", "last"},             {"-7d", "write"},
    {"@", "write"},                    {"@12345678901234", "@1709251200"}, {"2024-", "write"},
    {"[2024 TO", "unfinished"},        {"[2024]", "unfinished"},         {"{2024 TO 2024}", "no day"},
    {"[2025 TO 2024]", "ends before"}, {"[* TO *]", "one side"},         {"none..2024", "stands alone"},
    {"2024-03-01 10", "write"},        {"\xd9\xa2\xd9\xa0\xd9\xa2\xd9\xa4", "write"},
};
/* clang-format on */

static void absolute_forms_give_their_days(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof absolute / sizeof *absolute; i++)
        admits(DTL_DATE_ON, absolute[i].text, absolute[i].from, absolute[i].to, false);
}

static void relative_forms_are_counted_from_today(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof relative / sizeof *relative; i++)
        admits(DTL_DATE_ON, relative[i].text, relative[i].from, relative[i].to, true);
}

static void refused_forms_say_what_to_write_instead(void **state)
{
    (void)state;
    struct dtl_clock clock = wednesday();
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct dtl_interval out = {7, 9};
        struct dtl_error err = {0};
        bool by_clock = true, undated = true;
        struct dtl_bytes text = dtl_bytes_of(refused[i][0]);
        if (dtl_dates_resolve(DTL_DATE_ON, text, &clock, &out, &by_clock, &undated, &err) !=
            DTL_EQUERY)
            fail_msg("'%s' is taken for a date", refused[i][0]);
        if (!strstr(err.text, refused[i][1]))
            fail_msg("'%s': '%s' does not say '%s'", refused[i][0], err.text, refused[i][1]);
        assert_in_range(err.pos, 0, text.n);
        assert_int_equal(out.earliest, 7); /* outputs untouched on failure */
        assert_int_equal(out.latest, 9);
        assert_true(by_clock && undated);
    }
}

static void relations_open_the_right_side(void **state)
{
    (void)state;
    admits(DTL_DATE_SINCE, "2024-03", "2024-03-01", "9999-12-31", false);
    admits(DTL_DATE_UNTIL, "2024-03", "0001-01-01", "2024-03-31", false);
    admits(DTL_DATE_BEFORE, "2024-03", "0001-01-01", "2024-02-29", false);
    admits(DTL_DATE_AFTER, "2024-03", "2024-04-01", "9999-12-31", false);
    admits(DTL_DATE_SINCE, "last week", "2024-04-01", "9999-12-31", true);
    admits(DTL_DATE_BEFORE, "this month", "0001-01-01", "2024-03-31", true);
    struct dtl_clock clock = wednesday();
    struct dtl_interval out;
    bool by_clock, undated;
    struct dtl_error err = {0};
    assert_int_equal(dtl_dates_resolve(DTL_DATE_BEFORE, DTL_LITERAL("0001"), &clock, &out,
                                       &by_clock, &undated, &err),
                     DTL_EQUERY);
    assert_int_equal(dtl_dates_resolve(DTL_DATE_AFTER, DTL_LITERAL("9999"), &clock, &out, &by_clock,
                                       &undated, &err),
                     DTL_EQUERY);
    assert_int_equal(dtl_dates_resolve(DTL_DATE_SINCE, DTL_LITERAL("2023..2024"), &clock, &out,
                                       &by_clock, &undated, &err),
                     DTL_EQUERY);
    assert_int_equal(dtl_dates_resolve(DTL_DATE_SINCE, DTL_LITERAL("none"), &clock, &out, &by_clock,
                                       &undated, &err),
                     DTL_EQUERY);
    assert_int_equal(dtl_dates_resolve(DTL_DATE_ON, DTL_LITERAL("None"), &clock, &out, &by_clock,
                                       &undated, &err),
                     DTL_OK);
    assert_true(undated);
}

/* The C library's %G-%V is the oracle of weeks, %j of days of the year. */
static void weeks_and_days_of_the_year_agree_with_the_c_library(void **state)
{
    (void)state;
    struct dtl_clock clock = wednesday();
    for (dtl_day d = dtl_day_of(1899, 12, 1); d < dtl_day_of(2105, 1, 1); d++) {
        time_t t = (time_t)d * 86400;
        struct tm tm;
        char week[16], ordinal[16];
        gmtime_r(&t, &tm);
        strftime(week, sizeof week, "%G-W%V", &tm);
        strftime(ordinal, sizeof ordinal, "%Y-%j", &tm);
        struct dtl_interval w = {0, 0}, o = {0, 0};
        bool by_clock = false;
        assert_int_equal(dtl_date_form(dtl_bytes_of(week), &clock, &w, &by_clock, NULL), DTL_OK);
        assert_int_equal(dtl_date_form(dtl_bytes_of(ordinal), &clock, &o, &by_clock, NULL), DTL_OK);
        if (d < w.earliest || d > w.latest || w.latest - w.earliest != 6 || o.earliest != d ||
            o.latest != d)
            fail_msg("%s %s", week, ordinal);
    }
}

/* All the ways one day, month and quarter can be written mean the same. */
static void every_spelling_of_a_day_means_that_day(void **state)
{
    (void)state;
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    struct dtl_clock clock = wednesday();
    for (int year = 1; year <= 9999; year += 7)
        for (int m = 1; m <= 12; m++) {
            int d = 1 + (year + m) % dtl_days_in_month(year, m);
            struct dtl_interval day = dtl_interval_day(dtl_day_of(year, m, d));
            char text[12][48];
            snprintf(text[0], 48, "%04d-%02d-%02d", year, m, d);
            snprintf(text[1], 48, "%04d/%d/%d", year, m, d);
            snprintf(text[2], 48, "%04d%02d%02d", year, m, d);
            snprintf(text[3], 48, "%d %s %04d", d, months[m - 1], year);
            snprintf(text[4], 48, "%s %d, %04d", months[m - 1], d, year);
            snprintf(text[5], 48, "%d%.3s%04d", d, months[m - 1], year);
            snprintf(text[6], 48, "%04d-%02d", year, m);
            snprintf(text[7], 48, "%s_%04d", months[m - 1], year);
            snprintf(text[8], 48, "%.3s%04d", months[m - 1], year);
            for (int i = 0; i < 9; i++) {
                struct dtl_interval out = {0, 0};
                struct dtl_interval expect = i < 6 ? day : dtl_interval_month(year, m);
                bool by_clock = true;
                struct dtl_error err = {0};
                if (dtl_date_form(dtl_bytes_of(text[i]), &clock, &out, &by_clock, &err) < 0)
                    fail_msg("%s: %s", text[i], err.text);
                if (out.earliest != expect.earliest || out.latest != expect.latest || by_clock)
                    fail_msg("%s", text[i]);
            }
        }
}

static void what_is_printed_is_read_back(void **state)
{
    (void)state;
    struct dtl_clock clock = wednesday();
    for (int i = 0; i < 4000; i++) {
        dtl_day a = DTL_DAY_MIN + (dtl_day)((int64_t)i * 913 % 3652059);
        struct dtl_interval in = {a, a + i % 800}, out = {0, 0};
        char text[DTL_DATE_TEXT];
        bool by_clock, undated;
        if (in.latest > DTL_DAY_MAX)
            in.latest = DTL_DAY_MAX;
        dtl_date_print(in, text);
        assert_int_equal(dtl_dates_resolve(DTL_DATE_ON, dtl_bytes_of(text), &clock, &out, &by_clock,
                                           &undated, NULL),
                         DTL_OK);
        assert_int_equal(out.earliest, in.earliest);
        assert_int_equal(out.latest, in.latest);
    }
}

static void month_arithmetic_clamps_to_the_end_of_the_month(void **state)
{
    (void)state;
    dtl_day out = 0;
    assert_true(dtl_add_months(dtl_day_of(2024, 3, 31), -1, &out));
    assert_int_equal(out, dtl_day_of(2024, 2, 29));
    assert_true(dtl_add_months(dtl_day_of(2024, 2, 29), -12, &out));
    assert_int_equal(out, dtl_day_of(2023, 2, 28));
    assert_true(dtl_add_months(dtl_day_of(2024, 1, 31), 1, &out));
    assert_int_equal(out, dtl_day_of(2024, 2, 29));
    assert_false(dtl_add_months(dtl_day_of(1, 1, 1), -1, &out));
    assert_false(dtl_add_months(dtl_day_of(9999, 12, 1), 1, &out));
}

static void a_length_of_time_is_counted_back_from_today(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t days; /* 0: refused */
    } spans[] = {
        {"1d",        1  },
        {"30d",       30 },
        {"2 weeks",   14 },
        {"1_week",    7  },
        {"1m",        31 },
        {"1 Month",   31 },
        {"1q",        91 },
        {"1y",        366},
        {"2-years",   731},
        {"0d",        0  },
        {"00 days",   0  },
        {"30",        0  },
        {"d",         0  },
        {"15march",   0  },
        {"1 fortnig", 0  },
        {"3h",        0  },
        {"last 30d",  0  },
        {"30d ago",   0  },
        {"2024",      0  },
        {"",          0  },
    };
    struct dtl_clock clock = {.today = dtl_day_of(2024, 4, 10)};
    for (size_t i = 0; i < sizeof spans / sizeof *spans; i++) {
        struct dtl_error err = {0};
        uint32_t days = 0;
        enum dtl_status st = dtl_span_days(dtl_bytes_of(spans[i].text), &clock, &days, &err);
        assert_int_equal(st, spans[i].days ? DTL_OK : DTL_EQUERY);
        assert_int_equal(days, spans[i].days);
        assert_true(st == DTL_OK || err.text[0]);
    }
}

static void the_clock_takes_an_instant_and_a_zone(void **state)
{
    (void)state;
    struct dtl_clock c = {0};
    struct dtl_error err = {0};
    assert_int_equal(dtl_clock_of("2024-04-10T23:30:00Z", "UTC", &c, &err), DTL_OK);
    assert_int_equal(c.today, dtl_day_of(2024, 4, 10));
    assert_int_equal(c.now_seconds, 1712791800);
    assert_int_equal(dtl_clock_of("2024-04-10T23:30:00-05:00", "UTC", &c, &err), DTL_OK);
    assert_int_equal(c.today, dtl_day_of(2024, 4, 11));
    static const char *const bad_zones[] = {"Nowhere/City", "../../etc/passwd", "",
                                            "/etc/passwd",  "EST5EDT,M3.2.0",   "Europe"};
    for (size_t i = 0; i < sizeof bad_zones / sizeof *bad_zones; i++)
        assert_int_equal(dtl_clock_of("2024-04-10", bad_zones[i], &c, &err), DTL_EUSAGE);
    assert_int_equal(dtl_clock_of("2024-04", "UTC", &c, &err), DTL_EUSAGE);
    assert_int_equal(dtl_clock_of("soon", "UTC", &c, &err), DTL_EUSAGE);
    assert_int_equal(dtl_clock_of(NULL, NULL, &c, &err), DTL_OK);
    assert_true(c.today > dtl_day_of(2020, 1, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(absolute_forms_give_their_days),
        cmocka_unit_test(relative_forms_are_counted_from_today),
        cmocka_unit_test(refused_forms_say_what_to_write_instead),
        cmocka_unit_test(relations_open_the_right_side),
        cmocka_unit_test(weeks_and_days_of_the_year_agree_with_the_c_library),
        cmocka_unit_test(every_spelling_of_a_day_means_that_day),
        cmocka_unit_test(what_is_printed_is_read_back),
        cmocka_unit_test(month_arithmetic_clamps_to_the_end_of_the_month),
        cmocka_unit_test(a_length_of_time_is_counted_back_from_today),
        cmocka_unit_test(the_clock_takes_an_instant_and_a_zone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
