/* Dates as articles state them, and the careful guesses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "indexer/article/dates.h"

static const struct dtl_date_hints none;

static void expect(const char *text, const char *date, int64_t seconds)
{
    struct dtl_interval i;
    struct dtl_instant t;
    struct dtl_error err = {0};
    char out[DTL_DATE_TEXT];
    if (dtl_date_stated(dtl_bytes_of(text), &none, &i, &t, &err) != DTL_OK)
        fail_msg("%s: %s", text, err.text);
    assert_string_equal(dtl_date_print(i, out), date);
    assert_int_equal(t.known ? t.seconds : 0, seconds);
}

static void reads_the_forms_of_news(void **state)
{
    (void)state;
    expect("2024-03-22", "2024-03-22", 0);
    expect(" 1895-05\n", "1895-05", 0);
    expect("20240322", "2024-03-22", 0);
    expect("2012-11-19 1:16:23 -0400", "2012-11-19", 1353302183);
    expect("2008-01-10 16:01:05+00:00", "2008-01-10", 1199980865);
    expect("26-FEB-1987 15:01:01.79", "1987-02-26", 0); /* a clock without a zone */
    expect("26-FEB-1987", "1987-02-26", 0);
    expect("Fri, 22 Mar 2024 10:00:00 GMT", "2024-03-22", 1711101600);
    expect("Fri, 22 Mar 2024 23:30:00 -0500", "2024-03-22", 1711168200); /* the day as printed */
    expect("22 March 2024", "2024-03-22", 0);
    expect("March 22, 2024", "2024-03-22", 0);
    expect("Sept. 3, 1895", "1895-09-03", 0);
    expect("Tuesday, May 5, 1987 8:15 EDT", "1987-05-05", 547215300);
    expect("5 may 0987", "0987-05-05", 0);
    expect("23 mai 2024", "2024-05-23", 0);
    expect("23. toukokuuta 2024 klo 8.15", "2024-05-23", 0);
    expect("2024年5月23日 10:30", "2024-05-23", 0);
    expect("Donnerstag, 23. Mai 2024, 10.30 Uhr", "2024-05-23", 0);
    expect("23 мая 2024 г., 10:30", "2024-05-23", 0);
    expect("May 23, 2024 at 3:01 p.m. EDT", "2024-05-23", 1716490860);
    expect("May 23, 2024 12:01 AM GMT", "2024-05-23", 1716422460);
    expect("Tue Jan 28 15:28:56 CET 2020", "2020-01-28", 0);
    expect("Mar 2024", "2024-03", 0);
    expect("22-03-2024", "2024-03-22", 0);
    expect("03/04/2020", "2020-03-04..2020-04-03", 0); /* one of the two days */
}

static void refuses_what_is_no_day(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "2024-02-31",
        "2023-02-29",
        "0000-01-01",
        "31-APR-1987",
        "soon",
        "22/3/24",
        "Mar 24",
        "May 23, 2024 or so",
        "May 23, 2024 13:01 pm",
        "13/13/2024",
        "1711101600",
        "2024-03-22x",
        "May 5, 1987 25:00",
        "May 5 87",
        "Fri 2024",
        "Thermidor 5, 1794",
        "",
        "May 5, 1987 10:00 XYZ",
        "10000-01-01",
        "1 Jan 20245",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct dtl_interval interval = {7, 8};
        struct dtl_instant t;
        struct dtl_error err = {0};
        if (dtl_date_stated(dtl_bytes_of(texts[i]), &none, &interval, &t, &err) != DTL_EINPUT)
            fail_msg("%s was read", texts[i]);
        assert_int_equal(interval.earliest, 7);
        assert_true(err.text[0]);
    }
    struct dtl_interval i;
    struct dtl_instant t;
    struct dtl_error err = {0};
    assert_int_equal(dtl_date_stated(DTL_LITERAL("31-APR-1987"), &none, &i, &t, &err), DTL_EINPUT);
    assert_string_equal(err.text, "'31-APR-1987': no such day or time");
}

static const char *guess(const char *name, bool last)
{
    static char out[DTL_DATE_TEXT];
    dtl_day day;
    if (!dtl_date_in_name(dtl_bytes_of(name), last, &day))
        return "";
    return dtl_day_print(day, out);
}

static void guesses_only_what_is_unmistakable(void **state)
{
    (void)state;
    assert_string_equal(guess("https://x.org/2024/03/22/review-of-2019-01-02.html", false),
                        "2024-03-22");
    assert_string_equal(guess("backup-2019-01-02/news/2018-05-06-title.md", true), "2018-05-06");
    assert_string_equal(guess("a/2018-05-06", true), "2018-05-06");
    assert_string_equal(guess("a/2018-05/06", true), "");
    assert_string_equal(guess("a/2018-02-30", true), "");
    assert_string_equal(guess("a/12018-05-06", true), "");
    assert_string_equal(guess("a/2018-05-061", true), "");
    assert_string_equal(guess("a/0018-05-06", true), "");
    assert_string_equal(guess("a/2300-05-06", true), "");
    assert_string_equal(guess("a/2018-5-6", true), "2018-05-06");
    assert_string_equal(guess("a/2018-13-6", true), "");
    assert_string_equal(guess("md40_2002_1_15.xml", true), "2002-01-15");
    assert_string_equal(guess("https://x.org/2019/aug/22/title", false), "2019-08-22");
    assert_string_equal(guess("https://x.org/2019/au/22/title", false), "");
    assert_string_equal(guess("a/20180506.txt", true), "2018-05-06");
    assert_string_equal(guess("a/20181306.txt", true), "");
    assert_string_equal(guess("https://x.org/20180506", false), ""); /* a number, more often */
    assert_string_equal(guess("x-1.2018.5.6.html", true), "2018-05-06");
    assert_string_equal(guess("", true), "");
}

static void finds_a_line_that_is_a_date(void **state)
{
    (void)state;
    struct dtl_interval i;
    struct dtl_instant t;
    assert_true(dtl_date_in_text(DTL_LITERAL("A title\n\nMarch 22, 2024\nText"), &none, &i, &t));
    assert_int_equal(i.earliest, dtl_day_of(2024, 3, 22));
    assert_true(dtl_date_in_text(DTL_LITERAL("Un titre\n\n23 mai 2024\n\nTexte"), &none, &i, &t));
    assert_int_equal(i.earliest, dtl_day_of(2024, 5, 23));
    assert_true(dtl_date_in_text(DTL_LITERAL("Ver\xc3\xb6"
                                             "ffentlicht: 23. Mai 2024\n"),
                                 &none, &i, &t));
    assert_int_equal(i.earliest, dtl_day_of(2024, 5, 23));
    assert_false(
        dtl_date_in_text(DTL_LITERAL("He said: we meet again on May 23, 2024\n"), &none, &i, &t));
    assert_false(dtl_date_in_text(DTL_LITERAL("mai 2024\n"), &none, &i, &t));
    assert_false(dtl_date_in_text(DTL_LITERAL("a\nb\nc\n2024-03-22"), &none, &i, &t));
    assert_false(dtl_date_in_text(DTL_LITERAL("20240322\n1984\n2024-03"), &none, &i, &t));
    assert_false(dtl_date_in_text(DTL_LITERAL("On March 22, 2024 it rained"), &none, &i, &t));
    assert_false(dtl_date_in_text(DTL_LITERAL(""), &none, &i, &t));
}

static void finds_a_year_in_a_name(void **state)
{
    (void)state;
    int year = 0;
    assert_true(dtl_year_in_name(DTL_LITERAL("news/2018/kyodo.txt"), &year));
    assert_int_equal(year, 2018);
    assert_true(dtl_year_in_name(DTL_LITERAL("kyodo-1998.txt"), &year));
    assert_int_equal(year, 1998);
    assert_false(dtl_year_in_name(DTL_LITERAL("a12018/x2018/0018/20181/2018x"), &year));
    assert_false(dtl_year_in_name(DTL_LITERAL(""), &year));
}

static void orders_sources_as_asked(void **state)
{
    (void)state;
    struct dtl_date_order o;
    struct dtl_error err;
    assert_int_equal(dtl_date_order_parse(NULL, true, &o, &err), DTL_OK);
    assert_int_equal(o.n, 1);
    assert_int_equal(dtl_date_order_parse(NULL, false, &o, &err), DTL_OK);
    assert_int_equal(o.n, 4);
    assert_int_equal(dtl_date_order_parse("path,mtime,meta", true, &o, &err), DTL_OK);
    assert_int_equal(o.n, 3);
    assert_int_equal(o.source[1], DTL_DATE_MTIME);
    assert_int_equal(dtl_date_order_parse("meta,set", true, &o, &err), DTL_EUSAGE);
    assert_int_equal(dtl_date_order_parse("meta,meta,meta,meta,meta,meta", true, &o, &err),
                     DTL_EUSAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_forms_of_news),
        cmocka_unit_test(refuses_what_is_no_day),
        cmocka_unit_test(guesses_only_what_is_unmistakable),
        cmocka_unit_test(finds_a_line_that_is_a_date),
        cmocka_unit_test(finds_a_year_in_a_name),
        cmocka_unit_test(orders_sources_as_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
