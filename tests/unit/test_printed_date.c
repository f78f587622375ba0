/* Days as people print them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "indexer/format/printed_date.h"

static const char *read_as(const char *text, const char *lang, enum dtl_day_order order)
{
    static char out[DTL_DATE_TEXT + 24];
    struct dtl_date_hints hints = {dtl_lang_code_of(dtl_bytes_of(lang)), order};
    struct dtl_printed_date d;
    enum dtl_status st = dtl_printed_date(dtl_bytes_of(text), &hints, true, &d);
    if (st != DTL_OK)
        return st == DTL_EINPUT ? "impossible" : "none";
    dtl_date_print(d.date, out);
    return out;
}

static void expect(const char *text, const char *date)
{
    const char *got = read_as(text, "", DTL_ORDER_BY_LANGUAGE);
    if (strcmp(got, date) != 0)
        fail_msg("%s: %s, not %s", text, got, date);
}

static void reads_many_languages(void **state)
{
    (void)state;
    static const char *const same[] = {
        "May 23, 2024",
        "23 May 2024",
        "Thursday, May 23, 2024",
        "Thursday 23rd May 2024",
        "the 23rd of May, 2024",
        "May 23rd 2024",
        "Donnerstag, den 23. Mai 2024",
        "23 mai 2024",
        "jeudi 23 mai 2024",
        "le 23 mai 2024",
        "23 de mayo de 2024",
        "jueves, 23 de mayo del 2024",
        "quinta-feira, 23 de maio de 2024",
        "23 maggio 2024",
        "giovedì 23 maggio 2024",
        "23 mei 2024",
        "23 maj 2024",
        "den 23 maj 2024",
        "23. mai 2024",
        "torstai 23. toukokuuta 2024",
        "23. toukokuuta 2024",
        "23 maja 2024 r.",
        "23. května 2024",
        "23 мая 2024 года",
        "23 травня 2024",
        "23 май 2024 г.",
        "23 Mayıs 2024 Perşembe",
        "2024. május 23.",
        "23 Μαΐου 2024",
        "23 Mei 2024",
        "Thứ Năm, ngày 23 tháng 5 năm 2024",
        "23 tháng 5, 2024",
        "23 مايو 2024",
        "٢٣ مايو ٢٠٢٤",
        "23 أيار/مايو 2024",
        "23 במאי 2024",
        "23 मई 2024",
        "२३ मई २०२४",
        "2024年5月23日",
        "2024年 5月 23日（木）",
        "２０２４年５月２３日",
        "令和6年5月23日",
        "民國113年5月23日",
        "二〇二四年五月二十三日",
        "2024년 5월 23일 목요일",
        "2024. 5. 23.",
        "2024/5/23",
        "23.05.2024",
        "23. 5. 2024",
        "23/05/2024",
        "05/23/2024",
        "23-05-2024",
        "23-MAY-2024",
        "2024 May 23",
        "Thu May 23 10:30:00 CEST 2024",
        "May\xc2\xa0"
        "23,\xc2\xa0"
        "2024",
    };
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        expect(same[i], "2024-05-23");
    expect("1er mai 2024", "2024-05-01");
    expect("1º de maio de 2024", "2024-05-01");
    expect("令和元年5月1日", "2019-05-01");
    expect("May 2024", "2024-05");
    expect("toukokuu 2024", "2024-05");
    expect("2024年5月", "2024-05");
    expect("maio de 2024", "2024-05");
}

static void leaves_open_what_nobody_knows(void **state)
{
    (void)state;
    static const char *const orders[][4] = {
  /* text, language, order, date */
        {"03/04/2020", "",   "auto", "2020-03-04..2020-04-03"},
        {"03/04/2020", "en", "auto", "2020-03-04..2020-04-03"},
        {"04/03/2020", "en", "auto", "2020-03-04..2020-04-03"},
        {"03/04/2020", "fr", "auto", "2020-04-03"            },
        {"03/04/2020", "en", "dmy",  "2020-04-03"            },
        {"03/04/2020", "fr", "mdy",  "2020-03-04"            },
        {"03/13/2020", "fr", "auto", "2020-03-13"            },
        {"03/13/2020", "en", "dmy",  "2020-03-13"            },
        {"13/03/2020", "en", "mdy",  "2020-03-13"            },
        {"03.04.2020", "en", "auto", "2020-04-03"            },
        {"03-04-2020", "en", "auto", "2020-03-04..2020-04-03"},
        {"04/04/2020", "en", "auto", "2020-04-04"            },
        {"13/14/2020", "en", "auto", "impossible"            },
        {"00/04/2020", "en", "auto", "impossible"            },
    };
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        enum dtl_day_order order;
        assert_true(dtl_day_order_named(orders[i][2], &order));
        const char *got = read_as(orders[i][0], orders[i][1], order);
        if (strcmp(got, orders[i][3]) != 0)
            fail_msg("%s in %s by %s: %s", orders[i][0], orders[i][1], orders[i][2], got);
    }
    enum dtl_day_order order;
    assert_false(dtl_day_order_named("ymd", &order));
    struct dtl_date_hints hints = {0};
    struct dtl_printed_date d;
    assert_int_equal(dtl_printed_date(DTL_LITERAL("03/04/2020"), &hints, true, &d), DTL_OK);
    assert_true(d.ambiguous);
    assert_int_equal(dtl_printed_date(DTL_LITERAL("14/04/2020"), &hints, true, &d), DTL_OK);
    assert_false(d.ambiguous);
}

static void finds_nothing_in_other_texts(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "May",
        "May the force",
        "23 people in May 2024",
        "2024",
        "2024 was a year",
        "1.2.3",
        "192.168.1.10",
        "22/3/24",
        "May 23",
        "listopad 5, 2024", /* October or November */
        "Thermidor 5, 1794",
        "Monday",
        "20240523",
        "5 10 2024",
        "\xff\xfe",
        "5月",
        "1 Jan 20245",
        "、、、、、、、、、、、、、、",
        "5,,,,,,,,,,,/./././.",
        "On the 5th",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        expect(texts[i], "none");
    expect("31 April 2024", "impossible");
    expect("February 29, 2023", "impossible");
    expect("2024年13月1日", "impossible");
    expect("20245年3月", "impossible");
    expect("29 февраля 2023", "impossible");
}

static void tells_where_it_ends(void **state)
{
    (void)state;
    struct dtl_date_hints hints = {0};
    struct dtl_printed_date d;
    assert_int_equal(dtl_printed_date(DTL_LITERAL("Nov 23 (AP) - x"), &hints, false, &d), DTL_OK);
    assert_int_equal(d.used, 6);
    assert_int_equal(d.month, 11);
    assert_int_equal(d.day, 23);
    assert_false(dtl_interval_dated(d.date));
    assert_int_equal(dtl_printed_date(DTL_LITERAL("5. Mai (dpa) -"), &hints, false, &d), DTL_OK);
    assert_int_equal(d.used, 6);
    assert_int_equal(d.day, 5);
    assert_int_equal(dtl_printed_date(DTL_LITERAL("May 5, 2024 /PRN/"), &hints, false, &d), DTL_OK);
    assert_int_equal(d.used, 11);
    assert_int_equal(dtl_printed_date(DTL_LITERAL("31 Apr"), &hints, false, &d), DTL_EINPUT);
    assert_int_equal(dtl_printed_date(DTL_LITERAL("29 Feb"), &hints, false, &d), DTL_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_many_languages),
        cmocka_unit_test(leaves_open_what_nobody_knows),
        cmocka_unit_test(finds_nothing_in_other_texts),
        cmocka_unit_test(tells_where_it_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
