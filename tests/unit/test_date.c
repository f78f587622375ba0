/* Civil days both ways over ten thousand years, and every ISO form an article's date field may
 * have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/base/date.h"

static void every_day_of_ten_thousand_years_survives_the_round_trip(void **state)
{
    (void)state;
    dtl_day expect = DTL_DAY_MIN;
    for (int y = 1; y <= 9999; y++)
        for (int m = 1; m <= 12; m++)
            for (int d = 1; d <= dtl_days_in_month(y, m); d++, expect++) {
                struct dtl_civil c = dtl_civil_of(expect);
                if (dtl_day_of(y, m, d) != expect || c.year != y || c.month != m || c.day != d)
                    fail_msg("%04d-%02d-%02d", y, m, d);
            }
    assert_int_equal(expect - 1, DTL_DAY_MAX);
    assert_int_equal(dtl_day_of(1970, 1, 1), 0);
    assert_int_equal(dtl_weekday(dtl_day_of(2024, 4, 10)), 2);
    assert_int_equal(dtl_weekday(DTL_DAY_MIN), 0); /* 0001-01-01 was a Monday */
}

static void dates_print_as_they_are_known(void **state)
{
    (void)state;
    static const char *const forms[] = {"2024-03-22", "2024-03", "1895", "0001-01-01",
                                        "9999-12-31"};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct dtl_interval v;
        char text[DTL_DATE_TEXT];
        assert_int_equal(dtl_date_parse(dtl_bytes_of(forms[i]), &v, NULL, NULL), DTL_OK);
        assert_string_equal(dtl_date_print(v, text), forms[i]);
    }
    char text[DTL_DATE_TEXT];
    struct dtl_interval decade = {dtl_day_of(1990, 1, 1), dtl_day_of(1999, 12, 31)};
    assert_string_equal(dtl_date_print(decade, text), "1990-01-01..1999-12-31");
    assert_string_equal(dtl_date_print(DTL_UNDATED, text), "");
}

static void zones_follow_from_the_interval(void **state)
{
    (void)state;
    assert_int_equal(dtl_interval_zone(dtl_interval_day(5)), DTL_ZONE_DAY);
    assert_int_equal(dtl_interval_zone(dtl_interval_month(2024, 2)), DTL_ZONE_MONTH);
    assert_int_equal(dtl_interval_zone(dtl_interval_year(2024)), DTL_ZONE_YEAR);
    assert_int_equal(dtl_interval_zone((struct dtl_interval){0, 1}), DTL_ZONE_OTHER);
    assert_int_equal(dtl_interval_zone(DTL_UNDATED), DTL_ZONE_UNDATED);
}

static void accepted_forms_give_the_day_and_the_instant(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int y, m, d;
        bool instant;
        int64_t seconds;
        int offset;
    } cases[] = {
        {"2024-03-22",                    2024, 3, 22, false, 0,           0   },
        {" 2024-03-22\n",                 2024, 3, 22, false, 0,           0   },
        {"2024/3/5",                      2024, 3, 5,  false, 0,           0   },
        {"20240322",                      2024, 3, 22, false, 0,           0   },
        {"2024-03-22T10:00:00Z",          2024, 3, 22, true,  1711101600,  0   },
        {"2024-03-22 23:30:00.125 +0200", 2024, 3, 22, true,  1711143000,  120 },
        {"2024-03-22T23:30",              2024, 3, 22, false, 0,           0   },
        {"2024-02-29",                    2024, 2, 29, false, 0,           0   },
        {"1895-05-01T00:00:00-05:30",     1895, 5, 1,  true,  -2356367400, -330},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct dtl_interval v;
        struct dtl_instant t = {0};
        struct dtl_error err = {0};
        if (dtl_date_parse(dtl_bytes_of(cases[i].text), &v, &t, &err) != DTL_OK)
            fail_msg("%s: %s", cases[i].text, err.text);
        assert_int_equal(v.earliest, dtl_day_of(cases[i].y, cases[i].m, cases[i].d));
        assert_int_equal(v.latest, v.earliest);
        assert_int_equal(t.known, cases[i].instant);
        if (t.known) {
            assert_int_equal(t.seconds, cases[i].seconds);
            assert_int_equal(t.offset_minutes, cases[i].offset);
        }
    }
}

static void refused_forms_name_the_place_and_leave_the_outputs(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t at;
    } cases[] = {
        {"2024-02-30",           8 },
        {"2023-02-29",           8 },
        {"0000-01-01",           0 },
        {"2024-13-01",           5 },
        {"24-03-22",             0 },
        {"2024-03-22x",          10},
        {"",                     0 },
        {"yesterday",            0 },
        {"2024-03-22T25:00",     11},
        {"2024-03-22T10:00 PDT", 17},
        {"2024-03/22",           7 }
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct dtl_interval v = {7, 7};
        struct dtl_error err = {0};
        assert_int_equal(dtl_date_parse(dtl_bytes_of(cases[i].text), &v, NULL, &err), DTL_EINPUT);
        assert_int_equal(err.pos, cases[i].at);
        assert_int_equal(v.earliest, 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_of_ten_thousand_years_survives_the_round_trip),
        cmocka_unit_test(dates_print_as_they_are_known),
        cmocka_unit_test(zones_follow_from_the_interval),
        cmocka_unit_test(accepted_forms_give_the_day_and_the_instant),
        cmocka_unit_test(refused_forms_name_the_place_and_leave_the_outputs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
