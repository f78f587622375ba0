/* Codes, bytes, aliases, stop lists: the numbers are the format's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "common/text/analyzer.h"
#include "common/text/language_table.h"

static dtl_lang_code code(const char *tag)
{
    return dtl_lang_code_of(dtl_bytes_of(tag));
}

static const char *unified(const char *tag)
{
    static char out[4];
    return dtl_lang_code_text(code(tag), out);
}

static void a_code_packs_three_letters_of_five_bits(void **state)
{
    (void)state;
    assert_int_equal(code("en"), 5 << 10 | 14 << 5); /* FORMAT.md, "Languages" */
    assert_int_equal(code("gsw"), 7 << 10 | 19 << 5 | 23);
    assert_string_equal(unified("en"), "en");
    assert_string_equal(unified("gsw"), "gsw");
    char out[4] = "x";
    assert_string_equal(dtl_lang_code_text(0, out), "");
    assert_string_equal(dtl_lang_code_text(0xffff, out), ""); /* letters beyond z */
}

static void every_code_reads_back_as_itself(void **state)
{
    (void)state;
    char tag[4] = {0}, out[4];
    for (char a = 'a'; a <= 'z'; a++)
        for (char b = 'a'; b <= 'z'; b++) {
            tag[0] = a;
            tag[1] = b;
            dtl_lang_code_text(code(tag), out);
            assert_int_equal(code(out), code(tag)); /* a withdrawn code becomes its successor */
        }
}

static void tags_are_read_as_people_write_them(void **state)
{
    (void)state;
    assert_string_equal(unified("EN-gb"), "en");
    assert_string_equal(unified("pt_BR"), "pt");
    assert_string_equal(unified("eng"), "en");
    assert_string_equal(unified("ger"), "de");
    assert_string_equal(unified("deu"), "de");
    assert_string_equal(unified("DEU-AT"), "de");
    assert_string_equal(unified("iw"), "he");
    assert_string_equal(unified("zh-Hant"), "zh");
    assert_string_equal(unified("cmn"), "zh");
    assert_string_equal(unified("nb"), "nb"); /* kept apart as languages, one stemmer */
    assert_int_equal(dtl_lang_of(code("nb")), dtl_lang_of(code("no")));
    assert_int_equal(dtl_lang_of(code("nno")), dtl_lang_of(code("no")));
}

static void what_is_no_tag_is_zero(void **state)
{
    (void)state;
    const char *const bad[] = {"",   "e",       "-",   "e1",  "english", "C",         "C.UTF-8",
                               "12", "en.utf8", "und", "mul", "zxx",     "\xc3\xa9n", "x-klingon"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(code(bad[i]), 0);
    assert_int_equal(dtl_lang_code_of(dtl_bytes("en\0", 3)), 0);
}

static void language_bytes_are_those_of_the_format(void **state)
{
    (void)state;
    static const char *const expected[] = {
        "-",  "ar", "hy", "eu", "ca", "da", "nl", "en", "fi", "fr", "de", "el", "hi", "hu", "id",
        "ga", "it", "lt", "ne", "no", "pt", "ro", "ru", "sr", "es", "sv", "ta", "tr", "yi"};
    size_t n = sizeof expected / sizeof *expected;
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(dtl_lang_text((dtl_lang)i), expected[i]);
        if (i)
            assert_int_equal(dtl_lang_of(code(expected[i])), i);
    }
    assert_null(dtl_lang_text((dtl_lang)n));
    assert_null(dtl_lang_text(255));
    assert_int_equal(dtl_lang_of(0), 0);
    assert_int_equal(dtl_lang_of(code("pl")), 0);
    assert_int_equal(DTL_LANG_YI, n - 1);
    assert_int_equal(DTL_LANG_RU, dtl_lang_of(code("ru")));
}

static void stop_lists_are_sorted_and_folded(void **state)
{
    (void)state;
    struct dtl_analyzer *a = NULL;
    assert_int_equal(dtl_analyzer_open(&a, NULL), DTL_OK);
    struct dtl_arena arena = {0};
    size_t lists = 0;
    for (dtl_lang lang = 0; lang < DTL_LANGS; lang++) {
        size_t count = 0;
        const char *const *words = dtl_stopwords(lang, &count);
        lists += count > 0;
        for (size_t i = 0; i < count; i++) {
            struct dtl_bytes word = dtl_bytes_of(words[i]), folded;
            assert_int_equal(dtl_fold(a, word, &arena, &folded, NULL), DTL_OK);
            assert_true(dtl_bytes_equal(word, folded));
            assert_true(i == 0 || dtl_bytes_compare(dtl_bytes_of(words[i - 1]), word) < 0);
            assert_true(dtl_is_stopword(word, lang));
        }
    }
    assert_int_equal(lists, 12);
    dtl_arena_release(&arena);
    dtl_analyzer_close(a);
}

static void stop_words_are_of_one_language(void **state)
{
    (void)state;
    assert_true(dtl_is_stopword(DTL_LITERAL("the"), DTL_LANG_EN));
    assert_false(dtl_is_stopword(DTL_LITERAL("the"), DTL_LANG_DE));
    assert_true(dtl_is_stopword(DTL_LITERAL("fur"), DTL_LANG_DE));
    assert_true(dtl_is_stopword(DTL_LITERAL("\xd0\xbe\xd0\xbd"), DTL_LANG_RU));
    assert_false(dtl_is_stopword(DTL_LITERAL("president"), DTL_LANG_EN));
    assert_false(dtl_is_stopword(DTL_LITERAL(""), DTL_LANG_EN));
    assert_false(dtl_is_stopword(DTL_LITERAL("the"), 0));
    assert_false(dtl_is_stopword(DTL_LITERAL("the"), 200));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_code_packs_three_letters_of_five_bits),
        cmocka_unit_test(every_code_reads_back_as_itself),
        cmocka_unit_test(tags_are_read_as_people_write_them),
        cmocka_unit_test(what_is_no_tag_is_zero),
        cmocka_unit_test(language_bytes_are_those_of_the_format),
        cmocka_unit_test(stop_lists_are_sorted_and_folded),
        cmocka_unit_test(stop_words_are_of_one_language),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
