/* Widths on a terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/text/analyzer.h"

static size_t columns(const char *text)
{
    return dtl_text_columns(dtl_bytes_of(text));
}

static void letters_take_one_column_and_ideographs_two(void **state)
{
    (void)state;
    assert_int_equal(columns(""), 0);
    assert_int_equal(columns("Paris"), 5);
    assert_int_equal(columns("\xd0\x9c\xd0\xb8\xd1\x80"), 3);
    assert_int_equal(columns("\xe6\x9d\xb1\xe4\xba\xac"), 4);
    assert_int_equal(columns("\xef\xbc\xa1"), 2); /* full-width A */
    assert_int_equal(columns("\xef\xbd\xb1"), 1); /* half-width kana */
    assert_int_equal(columns("\xed\x95\x9c"), 2); /* a Hangul syllable */
}

static void marks_and_controls_take_none(void **state)
{
    (void)state;
    assert_int_equal(columns("e\xcc\x81"), 1);
    assert_int_equal(columns("a\x01\x7f\xc2\x85z"), 2);
    assert_int_equal(columns("a\xe2\x80\x8fz"), 2);
    assert_int_equal(columns("\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab"),
                     2);                        /* the same syllable in parts */
    assert_int_equal(columns("a\xc2\xadz"), 3); /* terminals show the soft hyphen */
}

static void an_emoji_sequence_is_one_picture(void **state)
{
    (void)state;
    assert_int_equal(columns("\xf0\x9f\x98\x80"), 2);
    assert_int_equal(columns("\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7"),
                     2);                                              /* woman, joiner, girl */
    assert_int_equal(columns("\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd"), 2); /* thumb, skin tone */
    assert_int_equal(columns("\xf0\x9f\x87\xab\xf0\x9f\x87\xb7"), 2); /* the flag of France */
    assert_int_equal(columns("\xf0\x9f\x87\xab\xf0\x9f\x87\xb7\xf0\x9f\x87\xaf\xf0\x9f\x87\xb5"),
                     4);
    assert_int_equal(columns("\xe2\x9d\xa4"), 1);
    assert_int_equal(columns("\xe2\x9d\xa4\xef\xb8\x8f"), 2); /* a heart as a picture */
    assert_int_equal(columns("a\xef\xb8\x8f"), 1);
}

static void invalid_bytes_take_a_column_each(void **state)
{
    (void)state;
    assert_int_equal(columns("a\xff\xfe"), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_take_one_column_and_ideographs_two),
        cmocka_unit_test(marks_and_controls_take_none),
        cmocka_unit_test(an_emoji_sequence_is_one_picture),
        cmocka_unit_test(invalid_bytes_take_a_column_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
