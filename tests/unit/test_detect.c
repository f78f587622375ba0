/* Which language, and when no answer is the better one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "indexer/article/detect/detect.h"

static const char *language(const char *text)
{
    static char out[4];
    return dtl_lang_code_text(dtl_detect_language(dtl_bytes_of(text)), out);
}

static void common_languages_are_told_apart(void **state)
{
    (void)state;
    assert_string_equal(language("The minister said on Friday that the government would not raise "
                                 "taxes before the election."),
                        "en");
    assert_string_equal(
        language("Der Minister sagte am Freitag, die Regierung werde die Steuern vor "
                 "der Wahl nicht erh\xc3\xb6hen."),
        "de");
    assert_string_equal(
        language("Le ministre a d\xc3\xa9"
                 "clar\xc3\xa9 vendredi que le gouvernement "
                 "n'augmenterait pas les imp\xc3\xb4ts avant les \xc3\xa9lections."),
        "fr");
    assert_string_equal(
        language(
            "\xd0\x9c\xd0\xb8\xd0\xbd\xd0\xb8\xd1\x81\xd1\x82\xd1\x80 \xd1\x81\xd0\xba\xd0\xb0\xd0"
            "\xb7\xd0\xb0\xd0\xbb \xd0\xb2 "
            "\xd0\xbf\xd1\x8f\xd1\x82\xd0\xbd\xd0\xb8\xd1\x86\xd1\x83, "
            "\xd1\x87\xd1\x82\xd0\xbe "
            "\xd0\xbf\xd1\x80\xd0\xb0\xd0\xb2\xd0\xb8\xd1\x82\xd0\xb5\xd0\xbb"
            "\xd1\x8c\xd1\x81\xd1\x82\xd0\xb2\xd0\xbe \xd0\xbd\xd0\xb5 "
            "\xd0\xb1\xd1\x83\xd0\xb4\xd0\xb5"
            "\xd1\x82 \xd0\xbf\xd0\xbe\xd0\xb2\xd1\x8b\xd1\x88\xd0\xb0\xd1\x82\xd1\x8c "
            "\xd0\xbd\xd0\xb0\xd0\xbb\xd0\xbe\xd0\xb3\xd0\xb8"),
        "ru");
    assert_string_equal(
        language(
            "\xe6\x97\xa5\xe6\x9c\xac\xe6\x94\xbf\xe5\xba\x9c\xe3\x81\xaf\xe9\x87\x91\xe6\x9b\x9c"
            "\xe6\x97\xa5\xe3\x80\x81\xe9\x81\xb8\xe6\x8c\x99\xe3\x81\xae\xe5\x89\x8d\xe3\x81\xab"
            "\xe7\xa8\x8e\xe9\x87\x91\xe3\x82\x92\xe4\xb8\x8a\xe3\x81\x92\xe3\x81\xaa\xe3\x81\x84"
            "\xe3\x81\xa8\xe8\xbf\xb0\xe3\x81\xb9\xe3\x81\x9f\xe3\x80\x82"),
        "ja");
}

static void a_few_words_say_nothing(void **state)
{
    (void)state;
    assert_string_equal(language(""), "");
    assert_string_equal(language("Le ministre de la justice est mort"), ""); /* seven words */
    assert_string_equal(language("IBM 3RD QTR NET 1,234,567 VS 1,111,222 SHR 1.23 DLRS"), "");
    assert_string_equal(language("1 2 3 4 5 6 7 8 9 10 11 12"), "");
    assert_string_equal(language("\xe6\x9d\xb1\xe4\xba\xac"), "");
}

static void a_text_in_two_languages_has_none(void **state)
{
    (void)state;
    assert_string_equal(
        language("The minister said on Friday that the government would not raise taxes "
                 "before the election. Der Minister sagte am Freitag, die Regierung "
                 "werde die Steuern vor der Wahl nicht erh\xc3\xb6hen wollen."),
        "");
}

static void only_the_beginning_is_read(void **state)
{
    (void)state;
    static const char sentence[] =
        "The minister said that the government would not raise any taxes. ";
    size_t n = sizeof sentence - 1, times = 3 * DTL_DETECT_BYTES / n;
    char *text = malloc(n * times);
    assert_non_null(text);
    for (size_t i = 0; i < times; i++)
        memcpy(text + i * n, sentence, n);
    memset(text + DTL_DETECT_BYTES, 0xff, n * times - DTL_DETECT_BYTES); /* not even valid */
    char out[4];
    assert_string_equal(dtl_lang_code_text(dtl_detect_language(dtl_bytes(text, n * times)), out),
                        "en");
    free(text);
}

static void invalid_bytes_end_what_is_read(void **state)
{
    (void)state;
    assert_string_equal(
        language("\xff The minister said that the government would not raise any taxes"), "");
}

static void the_version_fits_the_index(void **state)
{
    (void)state;
    assert_memory_equal(dtl_detector_version(), "cld2 ", 5);
    assert_in_range(strlen(dtl_detector_version()), 6, 31);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(common_languages_are_told_apart),
        cmocka_unit_test(a_few_words_say_nothing),
        cmocka_unit_test(a_text_in_two_languages_has_none),
        cmocka_unit_test(only_the_beginning_is_read),
        cmocka_unit_test(invalid_bytes_end_what_is_read),
        cmocka_unit_test(the_version_fits_the_index),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
