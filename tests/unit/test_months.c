/* Names of months and weekdays of many languages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/text/months.h"

static int month(const char *word, const char *lang)
{
    return dtl_month_named(dtl_bytes_of(word), dtl_lang_code_of(dtl_bytes_of(lang)));
}

static void knows_a_month_of_each_language(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        int month;
    } known[] = {
        {"May",           5 },
        {"März",         3 },
        {"août",         8 },
        {"mayo",          5 },
        {"março",        3 },
        {"giugno",        6 },
        {"mei",           5 },
        {"augusti",       8 },
        {"oktober",       10},
        {"desember",      12},
        {"toukokuuta",    5 },
        {"toukokuu",      5 },
        {"maja",          5 },
        {"maj",           5 },
        {"května",       5 },
        {"мая",        5 },
        {"травня",  5 },
        {"май",        5 },
        {"Mayıs",        5 },
        {"MAYIS",         5 },
        {"május",        5 },
        {"mai",           5 },
        {"Μαΐου",    5 },
        {"Mei",           5 },
        {"tháng 5",      5 },
        {"مايو",      5 },
        {"أيار",      5 },
        {"ماي",        5 },
        {"מאי",        5 },
        {"במאי",      5 },
        {"मई",        5 },
        {"déc.",         12},
        {"dic",           12},
        {"avr.",          4 },
        {"aout",          8 },
        {"FEVEREIRO",     2 },
        {"Okt.",          10},
        {"сент.",     9 },
        {"października", 10},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (month(known[i].word, "") != known[i].month)
            fail_msg("%s: %d", known[i].word, month(known[i].word, ""));
}

static void lets_the_language_decide_between_months(void **state)
{
    (void)state;
    assert_int_equal(month("listopad", "hr"), 10);
    assert_int_equal(month("listopad", "cs"), 11);
    assert_int_equal(month("listopad", ""), 0); /* nobody knows which */
    assert_int_equal(month("listopad", "de"), 0);
    assert_int_equal(month("maj", "sv"), 5);
}

static void refuses_other_words(void **state)
{
    (void)state;
    static const char *const words[] = {"", "thermidor", "5", "5.", ".", "monday", "mayor", "\xff"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        assert_int_equal(month(words[i], "en"), 0);
    char longer[300];
    memset(longer, 'm', sizeof longer);
    assert_int_equal(dtl_month_named(dtl_bytes(longer, sizeof longer), 0), 0);
}

static void knows_weekdays(void **state)
{
    (void)state;
    static const char *const days[] = {"Monday",   "jeudi",  "Donnerstag", "czwartek", "четверг",
                                       "perşembe", "木曜日", "星期四",     "목요일"};
    for (size_t i = 0; i < sizeof days / sizeof *days; i++)
        if (!dtl_weekday_named(dtl_bytes_of(days[i])))
            fail_msg("%s", days[i]);
    assert_false(dtl_weekday_named(DTL_LITERAL("May")));
    assert_false(dtl_weekday_named(DTL_LITERAL("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_a_month_of_each_language),
        cmocka_unit_test(lets_the_language_decide_between_months),
        cmocka_unit_test(refuses_other_words),
        cmocka_unit_test(knows_weekdays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
