/* The chain from text to tokens: boundaries, folding, stems, positions, spans, bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "common/base/utf8.h"
#include "common/text/language_table.h"
#include "tests/unit/tokens.h"

static void the_worked_example_of_the_format(void **state)
{
    (void)state; /* FORMAT.md, "Analysis" */
    assert_string_equal(
        tokens("en", "The U.S. r\xc3\xa9sum\xc3\xa9 isn\xe2\x80\x99t well-known.",
               "%f|%d|%t|%l|%p"),
        "The|the|the|en|0 U.S|u.s|u.s|en|1 r\xc3\xa9sum\xc3\xa9|resume|resum|en|2 "
        "isn\xe2\x80\x99t|isn't|isn't|en|3 well|well|well|en|4 known|known|known|en|5");
}

static void words_are_segments_with_a_letter_or_digit(void **state)
{
    (void)state;
    assert_string_equal(
        tokens("en", "it's 3.14 AT&T 1,000 and/or e-mail -- ... $5 (x) a@b.org @me x:y #1", "%f"),
        "it's 3.14 AT T 1,000 and or e mail 5 x a b.org me x y 1");
    assert_string_equal(tokens("en", "snake_case _word_ __ _", "%f %s"),
                        "snake_case 0-10 word 12-16");
    assert_string_equal(tokens("en", "", "%f"), "");
    assert_string_equal(tokens("en", " \n\t!?\xe2\x80\x94 ", "%f"), "");
    assert_string_equal(tokens("en", "\xf0\x9f\x98\x80 \xc2\xbd \xc2\xb2", "%f"),
                        ""); /* emoji, half, square */
}

static void script_change_is_a_boundary(void **state)
{
    (void)state;
    assert_string_equal(tokens("en", "gen\xd0\xbc\xd0\xb8\xd1\x80x", "%f/%l"),
                        "gen/en \xd0\xbc\xd0\xb8\xd1\x80/ru x/en");
    assert_string_equal(tokens("en", "\xe9\x87\x8d\xe8\xb7\x91gen-itgc\xe5\x90\x8e", "%f"),
                        "\xe9\x87\x8d\xe8\xb7\x91 \xe8\xb7\x91 gen itgc \xe5\x90\x8e");
    assert_string_equal(tokens("ru", "10\xd0\xba\xd0\xbc b52", "%f"), "10\xd0\xba\xd0\xbc b52");
    /* the micro sign is the letter mu: both spellings split alike */
    assert_string_equal(tokens("en", "\xc2\xb5m \xce\xbcm", "%d"), "\xce\xbc m \xce\xbc m");
}

static void han_and_kana_are_overlapping_bigrams_and_a_last_unigram(void **state)
{
    (void)state;
    assert_string_equal(tokens("zh", "\xe5\x9c\xb0\xe9\x9c\x87\xe6\xb3\xa2", "%f %p %s %g"),
                        "\xe5\x9c\xb0\xe9\x9c\x87 0 0-6 SP \xe9\x9c\x87\xe6\xb3\xa2 1 3-9  "
                        "\xe6\xb3\xa2 2 6-9 U");
    assert_string_equal(tokens("zh", "\xe9\x9c\x87", "%f %p %s %g"), "\xe9\x9c\x87 0 0-3 SP");
    /* kanji, katakana with its long mark and hiragana are one run */
    assert_string_equal(
        tokens("ja", "\xe7\x8c\xab\xe3\x82\xbf\xe3\x83\xbc\xe3\x81\xaf", "%f"),
        "\xe7\x8c\xab\xe3\x82\xbf \xe3\x82\xbf\xe3\x83\xbc \xe3\x83\xbc\xe3\x81\xaf "
        "\xe3\x81\xaf");
    /* a voiced kana is one character, however it is encoded: composed, combining, half-width */
    assert_string_equal(tokens("ja", "\xe3\x82\xac", "%d"), "\xe3\x82\xac");
    assert_string_equal(tokens("ja", "\xe3\x82\xab\xe3\x82\x99", "%d"), "\xe3\x82\xac");
    assert_string_equal(tokens("ja", "\xef\xbd\xb6\xef\xbe\x9e", "%d"), "\xe3\x82\xac");
    assert_string_equal(
        tokens("ko", "\xec\x84\x9c\xec\x9a\xb8 \xec\x8b\x9c\xeb\xaf\xbc", "%f"),
        "\xec\x84\x9c\xec\x9a\xb8 \xec\x8b\x9c\xeb\xaf\xbc"); /* Hangul: ordinary words */
    assert_string_equal(tokens("zh", "2024\xe5\xb9\xb4", "%f"), "2024 \xe5\xb9\xb4");
}

static void bigrams_do_not_depend_on_windows(void **state)
{
    (void)state; /* 100,000 ideographs: a dozen windows, one run */
    struct dtl_buffer text = {0};
    const size_t n = 100000;
    for (size_t i = 0; i < n; i++)
        dtl_utf8_append(&text, 0x4e00 + (uint32_t)(i % 5000));
    const char *line = tokens_bytes("zh", dtl_buffer_view(&text), "%p-%s");
    size_t count = 1;
    for (const char *p = line; *p; p++)
        count += *p == ' ';
    assert_int_equal(count, n);
    char last[64];
    snprintf(last, sizeof last, "%zu-%zu-%zu", n - 1, 3 * n - 3, 3 * n);
    assert_string_equal(line + strlen(line) - strlen(last), last);
    dtl_buffer_release(&text);
}

static void thai_lao_and_khmer_are_divided_by_dictionaries(void **state)
{
    (void)state;
    assert_string_equal(
        tokens("th",
               "\xe0\xb8\xaa\xe0\xb8\xa7\xe0\xb8\xb1\xe0\xb8\xaa\xe0\xb8\x94\xe0\xb8\xb5"
               "\xe0\xb8\x8a\xe0\xb8\xb2\xe0\xb8\xa7\xe0\xb9\x82\xe0\xb8\xa5\xe0\xb8\x81",
               "%s"),
        "0-18 18-27 27-36"); /* hello, people, world */
    assert_string_equal(tokens("lo",
                               "\xe0\xba\x9e\xe0\xba\xb2\xe0\xba\xaa\xe0\xba\xb2"
                               "\xe0\xba\xa5\xe0\xba\xb2\xe0\xba\xa7",
                               "%s"),
                        "0-12 12-21"); /* language, Lao */
    assert_string_equal(
        tokens(
            "km",
            "\xe1\x9e\x81\xe1\x9f\x92\xe1\x9e\x89\xe1\x9e\xbb\xe1\x9f\x86"
            "\xe1\x9e\x9f\xe1\x9f\x92\xe1\x9e\x9a\xe1\x9e\xa1\xe1\x9e\xb6\xe1\x9e\x89\xe1\x9f\x8b"
            "\xe1\x9e\xa2\xe1\x9f\x92\xe1\x9e\x93\xe1\x9e\x80",
            "%s"),
        "0-15 15-36 36-48"); /* I, love, you */
}

static void forms_are_nfc_and_equal_however_they_were_typed(void **state)
{
    (void)state;
    assert_string_equal(tokens("fr", "caf\xc3\xa9", "%f|%d|%t"), "caf\xc3\xa9|cafe|caf");
    assert_string_equal(tokens("fr", "cafe\xcc\x81", "%f|%d|%t"), "caf\xc3\xa9|cafe|caf");
    assert_string_equal(tokens("en", "\xef\xbc\xa1\xef\xbc\xa2\xef\xbc\x91", "%d|%t"),
                        "ab1|ab1"); /* full-width */
    assert_string_equal(tokens("en", "\xef\xac\x81nance", "%f|%d"),
                        "\xef\xac\x81nance|finance"); /* ligature */
    assert_string_equal(tokens("en", "\xf0\x9d\x90\x87\xf0\x9d\x90\xa2", "%d/%l"),
                        "hi/en"); /* mathematical bold */
    /* ZWNJ is spelling in Persian: kept in the form, not in the key */
    assert_string_equal(tokens("fa", "\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae", "%f|%d"),
                        "\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae|\xd9\x85\xdb\x8c\xd8\xae");
    /* marks of direction, soft hyphens and the byte order mark are in neither */
    assert_string_equal(tokens("en",
                               "\xe2\x80\x8e"
                               "co\xc2\xadop\xe2\x80\x8f \xef\xbb\xbfx",
                               "%f|%d"),
                        "coop|coop x|x");
}

static void apostrophes_are_one_in_the_key_and_as_printed_in_the_form(void **state)
{
    (void)state;
    assert_string_equal(
        tokens("en", "don't don\xe2\x80\x99t don\xca\xbct don\xe2\x80\x98t don\xef\xbc\x87t", "%d"),
        "don't don't don't don't don't");
    assert_string_equal(tokens("en", "don\xe2\x80\x99t 'tis \xca\xbctis", "%f"),
                        "don\xe2\x80\x99t tis tis");
    assert_string_equal(tokens("en", "Israel's Israel\xe2\x80\x99s Israel workers'", "%t"),
                        "israel israel israel worker");
    assert_string_equal(tokens("af", "\xc5\x89", "%d"), "'n"); /* U+0149 holds an apostrophe */
}

static void diacritics_foreign_to_the_stemmer_go_before_the_others_after(void **state)
{
    (void)state;
    assert_string_equal(tokens("en", "r\xc3\xa9sum\xc3\xa9s resumes na\xc3\xafve", "%t"),
                        "resum resum naiv");
    assert_string_equal(tokens("de",
                               "H\xc3\xa4user Stra\xc3\x9f"
                               "e \xc3\xbc"
                               "ber",
                               "%d|%t"),
                        "hauser|haus strasse|strass uber|uber");
    /* the French past participle is an ending only with its accent */
    assert_string_equal(tokens("fr",
                               "mang\xc3\xa9"
                               "e mang\xc3\xa9",
                               "%t"),
                        "mang mang");
    assert_string_equal(tokens("sv", "S\xc3\xb6k Smith\xc3\xa9n", "%d"), "sok smithen");
    assert_string_equal(tokens("es", "ni\xc3\xb1os", "%d|%t"), "ninos|nin");
    assert_string_equal(tokens("ro", "ac\xc8\x9biunile ac\xc5\xa3iunile", "%t"), "actiun actiun");
    assert_string_equal(tokens("vi", "Vi\xe1\xbb\x87t \xc4\x90\xe1\xba\xb7ng", "%d|%t|%l"),
                        "viet|viet|- dang|dang|-");
    assert_string_equal(tokens("pl",
                               "\xc5\x81\xc3\xb3"
                               "d\xc5\xba",
                               "%d"),
                        "lodz");
    assert_string_equal(tokens("da", "\xc3\x98l \xc3\x86 \xc5\x93uvre", "%d"), "ol ae oeuvre");
}

static void marks_stay_where_they_are_letters(void **state)
{
    (void)state;
    /* Hindi vowel signs, Thai tone marks, Cyrillic short i; but Russian io is folded, and stress */
    assert_string_equal(
        tokens("hi", "\xe0\xa4\x95\xe0\xa4\xbf\xe0\xa4\xa4\xe0\xa4\xbe\xe0\xa4\xac", "%d"),
        "\xe0\xa4\x95\xe0\xa4\xbf\xe0\xa4\xa4\xe0\xa4\xbe\xe0\xa4\xac");
    assert_string_equal(tokens("th", "\xe0\xb9\x80\xe0\xb8\x81\xe0\xb9\x88\xe0\xb8\x87", "%d"),
                        "\xe0\xb9\x80\xe0\xb8\x81\xe0\xb9\x88\xe0\xb8\x87");
    assert_string_equal(tokens("ru",
                               "\xd0\x9c\xd0\xbe\xd0\xb9 \xd0\x81\xd0\xbb\xd0\xba\xd0\xb0 "
                               "\xd0\xb7\xd0\xb0\xcc\x81\xd0\xbc\xd0\xbe\xd0\xba",
                               "%d"),
                        "\xd0\xbc\xd0\xbe\xd0\xb9 \xd0\xb5\xd0\xbb\xd0\xba\xd0\xb0 "
                        "\xd0\xb7\xd0\xb0\xd0\xbc\xd0\xbe\xd0\xba");
    /* Arabic and Hebrew points are dropped, hamza on alef too; waw with hamza is a letter */
    assert_string_equal(
        tokens("ar",
               "\xd9\x83\xd9\x90\xd8\xaa\xd8\xa7\xd8\xa8\xd9\x8c \xd8\xa3\xd8\xad\xd9\x85\xd8\xaf "
               "\xd9\x85\xd8\xa4",
               "%d"),
        "\xd9\x83\xd8\xaa\xd8\xa7\xd8\xa8 \xd8\xa7\xd8\xad\xd9\x85\xd8\xaf \xd9\x85\xd8\xa4");
    assert_string_equal(
        tokens("he", "\xd7\xa9\xd6\xb8\xd7\x81\xd7\x9c\xd7\x95\xd6\xb9\xd7\x9d", "%d|%l"),
        "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d|-");
    assert_string_equal(
        tokens("he", "\xd7\xa6\xd7\x94\xd7\xb4\xd7\x9c \xd7\xa6\xd7\x94\"\xd7\x9c", "%d"),
        "\xd7\xa6\xd7\x94\"\xd7\x9c \xd7\xa6\xd7\x94\"\xd7\x9c");
}

static void turkish_has_two_letters_i(void **state)
{
    (void)state; /* in the term of a Turkish article; the key is the same for everybody */
    assert_string_equal(tokens("tr", "I\xc5\x9eIKLAR \xc4\xb1\xc5\x9f\xc4\xb1klar", "%d|%t"),
                        "isiklar|isik isiklar|isik");
    assert_string_equal(tokens("tr", "\xc4\xb0stanbul istanbul", "%d|%t"),
                        "istanbul|istanbul istanbul|istanbul");
    assert_string_equal(tokens("en", "\xc4\xb0stanbul", "%d|%t"), "istanbul|istanbul");
    assert_string_equal(tokens("tr", "\xc4\xb0stanbul'da Ankara\xe2\x80\x99n\xc4\xb1n", "%t"),
                        "istanbul ankar");
}

static void elided_articles_do_not_hide_the_word(void **state)
{
    (void)state;
    assert_string_equal(tokens("fr",
                               "L'homme l\xe2\x80\x99"
                               "homme homme",
                               "%d|%t"),
                        "l'homme|homm l'homme|homm homme|homm");
    assert_string_equal(tokens("fr", "qu'il aujourd'hui O'Brien", "%t"), "il aujourd'hui o'brien");
    assert_string_equal(tokens("it", "dell'uomo uomo", "%t"), "uom uom");
    assert_string_equal(tokens("ca", "l'home home", "%t"), "hom hom");
    assert_string_equal(tokens("en", "l'homme", "%t"), "l'homm");
}

static void acronyms_and_hosts_are_stemmed_behind_their_last_dot_only(void **state)
{
    (void)state;
    assert_string_equal(tokens("en", "U.S. u.s amazon.com's amazon.com", "%t"),
                        "u.s u.s amazon.com amazon.com");
}

static void words_of_another_script_take_that_scripts_stemmer(void **state)
{
    (void)state;
    assert_string_equal(tokens("en", "\xd0\x9c\xd0\xbe\xd1\x81\xd0\xba\xd0\xb2\xd0\xb5", "%t|%l"),
                        "\xd0\xbc\xd0\xbe\xd1\x81\xd0\xba\xd0\xb2|ru");
    assert_string_equal(
        tokens("en", "\xce\xb1\xce\xbd\xce\xb8\xcf\x81\xcf\x8e\xcf\x80\xcf\x89\xce\xbd", "%l"),
        "el");
    assert_string_equal(tokens("en", "\xd8\xa7\xd9\x84\xd9\x83\xd8\xaa\xd8\xa7\xd8\xa8", "%t|%l"),
                        "\xd9\x83\xd8\xaa\xd8\xa7\xd8\xa8|ar");
    assert_string_equal(
        tokens(
            "en",
            "\xe0\xa4\x95\xe0\xa4\xbf\xe0\xa4\xa4\xe0\xa4\xbe\xe0\xa4\xac\xe0\xa5\x87\xe0\xa4\x82",
            "%l"),
        "hi");
    assert_string_equal(
        tokens("ne", "\xe0\xa4\x95\xe0\xa4\xbf\xe0\xa4\xa4\xe0\xa4\xbe\xe0\xa4\xac", "%l"), "ne");
    assert_string_equal(tokens("en", "\xd5\xb0\xd5\xa1\xd5\xb5", "%l"), "hy");
    assert_string_equal(
        tokens("en", "\xe0\xae\xa4\xe0\xae\xae\xe0\xae\xbf\xe0\xae\xb4\xe0\xaf\x8d", "%l"), "ta");
    /* Latin words of a Russian article belong to nobody: their form is their term */
    assert_string_equal(tokens("ru", "London's elections", "%t|%l"), "london's|- elections|-");
    assert_string_equal(tokens("pl", "elections", "%t|%l"), "elections|-");
    assert_string_equal(
        tokens("sr", "\xd1\x83\xd1\x87\xd0\xb8\xd1\x82\xd0\xb5\xd1\x99 u\xc4\x8ditelj", "%l"),
        "sr sr");
    assert_string_equal(tokens("he", "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d", "%l"), "-");
    assert_string_equal(tokens("yi", "\xd7\x92\xd7\xa8\xd7\x95\xd7\x99\xd7\xa1\xd7\xa2", "%l"),
                        "yi");
}

static void words_with_digits_have_no_language(void **state)
{
    (void)state;
    assert_string_equal(tokens("en", "1980s b52 F-16s 42 3rd \xd9\xa1\xd9\xa9", "%t|%l"),
                        "1980s|- b52|- f|en 16s|- 42|- 3rd|- \xd9\xa1\xd9\xa9|-");
}

static void every_stemmer_loads_and_folds_its_stems(void **state)
{
    (void)state;
    for (dtl_lang lang = 1; dtl_lang_text(lang); lang++) {
        const struct dtl_stemmer_row *row = dtl_stemmer_row(lang);
        const char *word =
            row->scripts & DTL_SCRIPT_LATIN ? "nationalism"
            : row->scripts & DTL_SCRIPT_CYRILLIC
                ? "\xd0\xbf\xd1\x80\xd0\xb5\xd1\x81\xd1\x81\xd1\x8b"
            : row->scripts & DTL_SCRIPT_GREEK      ? "\xce\xbb\xcf\x8c\xce\xb3\xce\xbf\xcf\x82"
            : row->scripts & DTL_SCRIPT_ARABIC     ? "\xd9\x83\xd8\xaa\xd8\xa7\xd8\xa8"
            : row->scripts & DTL_SCRIPT_HEBREW     ? "\xd7\x92\xd7\xa8\xd7\x95\xd7\x99\xd7\xa1"
            : row->scripts & DTL_SCRIPT_DEVANAGARI ? "\xe0\xa4\x95\xe0\xa4\xbf\xe0\xa4\xa4"
            : row->scripts & DTL_SCRIPT_ARMENIAN   ? "\xd5\xb0\xd5\xa1\xd5\xb5"
                                                   : "\xe0\xae\xa4\xe0\xae\xae";
        assert_string_equal(tokens(row->iso, word, "%l"), row->iso);
    }
}

static void sentences_and_paragraphs_begin_where_a_reader_sees_them(void **state)
{
    (void)state;
    assert_string_equal(
        tokens("en", "One two. Three\nfour.\nFive!\n\nSix? \"Seven.\" eight", "%f%g"),
        "OneSP two ThreeS four FiveS SixSP SevenS eight");
    assert_string_equal(tokens("en", "The U.S. president paid 3.5 dollars", "%f%g"),
                        "TheSP U.S president paid 3.5 dollars");
    assert_string_equal(tokens("en",
                               "a\n \t\nb\r\n\r\nc\r\nd\xe2\x80\xa9"
                               "e",
                               "%f%g"),
                        "aSP bSP cSP d eSP");
    assert_string_equal(tokens("ja", "\xe7\x8c\xab\xe3\x80\x82\xe7\x8a\xac", "%f%g"),
                        "\xe7\x8c\xabSP \xe7\x8a\xacS");
    assert_string_equal(tokens("en", "No. 3 seats. 3 Seats. (Then) so", "%f%g"),
                        "NoSP 3 seats 3S Seats ThenS so");
}

static void a_word_broken_at_a_line_end_is_also_joined(void **state)
{
    (void)state;
    assert_string_equal(tokens("en", "the elec-\n  tions of", "%f|%d|%t|%p|%s|%g"),
                        "the|the|the|0|0-3|SP elec|elec|elec|1|4-8| "
                        "elec\xc2\xadtions|elec\xc2\xadtions|elect|1|4-17|J "
                        "tions|tions|tion|2|12-17| of|of|of|3|18-20|");
    assert_string_equal(tokens("en", "elec- \r\ntions", "%f"), "elec elec\xc2\xadtions tions");
    assert_string_equal(tokens("en", "elec\xc2\xad\ntions", "%f"), "elec elec\xc2\xadtions tions");
    assert_string_equal(tokens("en", "elec\xe2\x80\x90\ntions", "%f"),
                        "elec elec\xc2\xadtions tions");
    assert_string_equal(tokens("de",
                               "\xc3\x9c"
                               "ber-\n\xc3\xa4tzung",
                               "%d"),
                        "uber uber\xc2\xad"
                        "atzung atzung");
    /* not: a dash, a capital, a digit, an empty line, no line end */
    assert_string_equal(tokens("en", "a --\nb c-\nD e-\n5 f-\n\ng h-i 5-\nj", "%f"),
                        "a b c D e 5 f g h i 5 j");
    /* nor after an ideograph, not even one that carries a mark */
    assert_string_equal(tokens("zh", "\xe9\x87\x8d\xd6\xb9-\ny", "%s"), "0-5 7-8");
}

static void long_words_are_cut_at_a_character(void **state)
{
    (void)state;
    char text[601];
    memset(text, 'a', 300);
    text[300] = 0;
    const char *form = tokens("en", text, "%f");
    assert_int_equal(strlen(form), DTL_TERM_MAX);
    for (size_t i = 0; i < 300; i++)
        memcpy(text + 2 * i, "\xc3\xa9", 2);
    text[600] = 0;
    assert_int_equal(strlen(tokens("fr", text, "%f")), 254);
    assert_string_equal(tokens("fr", text, "%s"), "0-600");
}

static void invalid_bytes_are_boundaries(void **state)
{
    (void)state;
    assert_string_equal(tokens("en",
                               "ab\xff"
                               "cd \xc3 e\xe2\x80 f \xed\xa0\x80 g\xc0\x80h",
                               "%f %s"),
                        "ab 0-2 cd 3-5 e 8-9 f 12-13 g 18-19 h 21-22");
    assert_string_equal(tokens_bytes("en", dtl_bytes("a\0b", 3), "%f %s"), "a 0-1 b 2-3");
}

struct count {
    uint32_t tokens, stop_at;
};

static enum dtl_status count_one(void *ctx, const struct dtl_token *t)
{
    struct count *c = ctx;
    (void)t;
    return ++c->tokens == c->stop_at ? DTL_END : DTL_OK;
}

static void positions_start_where_the_caller_says(void **state)
{
    (void)state;
    struct count c = {0};
    uint32_t next = 7;
    assert_int_equal(
        dtl_analyze(tokens_analyzer, DTL_LITERAL("a b c"), 0, 100, count_one, &c, &next, NULL),
        DTL_OK);
    assert_int_equal(next, 103);
    assert_int_equal(
        dtl_analyze(tokens_analyzer, DTL_LITERAL("..."), 0, 100, count_one, &c, &next, NULL),
        DTL_OK);
    assert_int_equal(next, 100);
}

static void the_callback_can_stop_the_walk(void **state)
{
    (void)state;
    struct count c = {.stop_at = 2};
    uint32_t next = 7;
    assert_int_equal(
        dtl_analyze(tokens_analyzer, DTL_LITERAL("a b c"), 0, 0, count_one, &c, &next, NULL),
        DTL_END);
    assert_int_equal(c.tokens, 2);
    assert_int_equal(next, 7);
}

static void five_million_words_are_the_limit(void **state)
{
    (void)state;
    size_t n = DTL_TOKENS_MAX;
    char *text = malloc(2 * n + 2);
    assert_non_null(text);
    for (size_t i = 0; i <= n; i++)
        memcpy(text + 2 * i, "7 ", 2);
    struct count c = {0};
    struct dtl_error err = {0};
    assert_int_equal(
        dtl_analyze(tokens_analyzer, dtl_bytes(text, 2 * n), 0, 0, count_one, &c, NULL, &err),
        DTL_OK);
    c.tokens = 0;
    assert_int_equal(
        dtl_analyze(tokens_analyzer, dtl_bytes(text, 2 * n + 2), 0, 0, count_one, &c, NULL, &err),
        DTL_ELIMIT);
    assert_int_equal(c.tokens, n);
    assert_int_equal(err.pos, 2 * n);
    free(text);
}

static void mark_bombs_are_linear(void **state)
{
    (void)state;
    const size_t marks = 200000;
    struct dtl_buffer text = {0};
    dtl_buffer_byte(&text, 'a');
    for (size_t i = 0; i < marks; i++)
        dtl_utf8_append(&text, i % 2 ? 0x301 : 0x327);
    clock_t start = clock();
    const char *line = tokens_bytes("fr", dtl_buffer_view(&text), "%t");
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC <
                2.0); /* untreated: ten seconds and more */
    assert_string_equal(line, "a");
    dtl_buffer_release(&text);
}

static void a_form_gives_its_term_back(void **state)
{
    (void)state;
    struct dtl_bytes term = {0};
    dtl_lang owner = 99;
    assert_int_equal(dtl_analyzer_term(tokens_analyzer, DTL_LITERAL("elec\xc2\xadtions"),
                                       DTL_LANG_EN, &term, &owner, NULL),
                     DTL_OK);
    assert_true(dtl_bytes_is(term, "elect"));
    assert_int_equal(owner, DTL_LANG_EN);
    assert_int_equal(
        dtl_analyzer_term(tokens_analyzer, DTL_LITERAL("B52"), DTL_LANG_EN, &term, &owner, NULL),
        DTL_OK);
    assert_true(dtl_bytes_is(term, "b52"));
    assert_int_equal(owner, 0);
    assert_int_equal(
        dtl_analyzer_term(tokens_analyzer, DTL_LITERAL(""), DTL_LANG_EN, &term, &owner, NULL),
        DTL_OK);
    assert_int_equal(term.n, 0);
}

static void folding_keeps_the_soft_hyphen_of_joined_words(void **state)
{
    (void)state;
    struct dtl_arena arena = {0};
    struct dtl_bytes out;
    assert_int_equal(
        dtl_fold(tokens_analyzer, DTL_LITERAL("\xc3\x89lec\xc2\xadTions"), &arena, &out, NULL),
        DTL_OK);
    assert_true(dtl_bytes_is(out, "elec\xc2\xadtions"));
    assert_int_equal(
        dtl_nfc(tokens_analyzer, DTL_LITERAL("E\xcc\x81lec\xc2\xadTions"), &arena, &out, NULL),
        DTL_OK);
    assert_true(dtl_bytes_is(out, "\xc3\x89lec\xc2\xadTions"));
    assert_int_equal(dtl_fold(tokens_analyzer, DTL_LITERAL(""), &arena, &out, NULL), DTL_OK);
    assert_int_equal(out.n, 0);
    assert_int_equal(dtl_fold(tokens_analyzer, DTL_LITERAL("\xc2\xad"), &arena, &out, NULL),
                     DTL_OK);
    dtl_arena_release(&arena);
}

static void check_literal(const char *form, bool letter_case, bool accents, const char *literal)
{
    uint8_t out[DTL_TERM_MAX];
    struct dtl_bytes got;
    assert_int_equal(dtl_analyzer_literal(tokens_analyzer, dtl_bytes_of(form), letter_case, accents,
                                          out, &got, NULL),
                     DTL_OK);
    assert_true(dtl_bytes_is(got, literal));
}

static void case_and_accents_are_folded_each_for_itself(void **state)
{
    (void)state;
    check_literal("US", true, false, "US");
    check_literal("US", false, true, "us");
    check_literal("R\xc3\xa9sum\xc3\xa9", true, false, "Resume");
    check_literal("R\xc3\xa9sum\xc3\xa9", false, true, "r\xc3\xa9sum\xc3\xa9");
    check_literal("R\xc3\xa9sum\xc3\xa9", true, true, "R\xc3\xa9sum\xc3\xa9");
    check_literal("isn\xe2\x80\x99t", true, true, "isn't");
    /* letters that do not come apart, and those that only seem to, in either case */
    check_literal("\xc4\x90\xc3\xa3 \xc4\x91\xc3\xa3", true, false, "Da da");
    check_literal("\xc3\x86\xc3\x98\xc3\xb8", true, false, "AEOo");
    check_literal("\xd0\x99\xd0\xb9\xd0\x81\xd1\x91", true, false,
                  "\xd0\x99\xd0\xb9\xd0\x95\xd0\xb5");
}

static void versions_name_all_three_libraries(void **state)
{
    (void)state;
    unsigned a, b, c, d, e, f, g;
    assert_int_equal(sscanf(dtl_text_versions(), "icu %u.%u unicode %u.%u snowball %u.%u.%u", &a,
                            &b, &c, &d, &e, &f, &g),
                     7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_worked_example_of_the_format),
        cmocka_unit_test(words_are_segments_with_a_letter_or_digit),
        cmocka_unit_test(script_change_is_a_boundary),
        cmocka_unit_test(han_and_kana_are_overlapping_bigrams_and_a_last_unigram),
        cmocka_unit_test(bigrams_do_not_depend_on_windows),
        cmocka_unit_test(thai_lao_and_khmer_are_divided_by_dictionaries),
        cmocka_unit_test(forms_are_nfc_and_equal_however_they_were_typed),
        cmocka_unit_test(apostrophes_are_one_in_the_key_and_as_printed_in_the_form),
        cmocka_unit_test(diacritics_foreign_to_the_stemmer_go_before_the_others_after),
        cmocka_unit_test(marks_stay_where_they_are_letters),
        cmocka_unit_test(turkish_has_two_letters_i),
        cmocka_unit_test(elided_articles_do_not_hide_the_word),
        cmocka_unit_test(acronyms_and_hosts_are_stemmed_behind_their_last_dot_only),
        cmocka_unit_test(words_of_another_script_take_that_scripts_stemmer),
        cmocka_unit_test(words_with_digits_have_no_language),
        cmocka_unit_test(every_stemmer_loads_and_folds_its_stems),
        cmocka_unit_test(sentences_and_paragraphs_begin_where_a_reader_sees_them),
        cmocka_unit_test(a_word_broken_at_a_line_end_is_also_joined),
        cmocka_unit_test(long_words_are_cut_at_a_character),
        cmocka_unit_test(invalid_bytes_are_boundaries),
        cmocka_unit_test(positions_start_where_the_caller_says),
        cmocka_unit_test(the_callback_can_stop_the_walk),
        cmocka_unit_test(five_million_words_are_the_limit),
        cmocka_unit_test(mark_bombs_are_linear),
        cmocka_unit_test(a_form_gives_its_term_back),
        cmocka_unit_test(folding_keeps_the_soft_hyphen_of_joined_words),
        cmocka_unit_test(case_and_accents_are_folded_each_for_itself),
        cmocka_unit_test(versions_name_all_three_libraries),
    };
    return cmocka_run_group_tests(tests, tokens_setup, tokens_teardown);
}
