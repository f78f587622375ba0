/* Who decides which character set a text is in, in their order, and what it is then. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "indexer/format/charset.h"

static void expect_bytes(struct dtl_bytes text, const char *stated, const char *declared,
                         const char *name, const char *by)
{
    struct dtl_charset set;
    dtl_charset_decide(text, true, stated, dtl_bytes_of(declared), false, &set);
    assert_string_equal(set.name, name);
    assert_string_equal(dtl_charset_by_text(set.by), by);
}

#define EXPECT(text, stated, declared, name, by)                                                   \
    expect_bytes(DTL_LITERAL(text), stated, declared, name, by)

static void believes_marks_first(void **state)
{
    (void)state;
    EXPECT("\xef\xbb\xbf text", "windows-1252", "koi8-r", "UTF-8", "bom");
    EXPECT("\xff\xfe"
           "a\0b\0",
           NULL, "utf-8", "UTF-16LE", "bom");
    EXPECT("\xfe\xff\0a\0b", NULL, "", "UTF-16BE", "bom");
    EXPECT("\0\0\xfe\xff\0\0\0a", NULL, "", "UTF-32BE", "bom");
    EXPECT("a\0b\0c\0", NULL, "", "UTF-16LE", "bom"); /* zeros tell as much */
}

static void believes_valid_utf8_before_any_word(void **state)
{
    (void)state;
    EXPECT("plain", NULL, "", "UTF-8", "utf-8");
    EXPECT("plain", "windows-1251", "koi8-r", "UTF-8", "utf-8");
    EXPECT("caf\xc3\xa9", "windows-1252", "iso-8859-1", "UTF-8", "utf-8");
}

static void believes_who_names_it(void **state)
{
    (void)state;
    EXPECT("caf\xe9", "ISO-8859-15", "windows-1250", "ISO-8859-15", "stated");
    EXPECT("za\xbf\xf3\xb3\xe6", NULL, "windows-1250", "windows-1250", "declared");
    EXPECT("caf\xe9", NULL, "ISO-8859-1", "windows-1252", "declared"); /* as the web reads it */
    EXPECT("\x1b$B8l\x1b(B", NULL, "iso-2022-jp", "iso-2022-jp", "declared"); /* valid UTF-8 too */
    EXPECT("+AOk-", NULL, "utf-7", "utf-7", "declared");
}

static void needs_a_declaration_borne_out(void **state)
{
    (void)state;
    EXPECT("caf\xe9 a", NULL, "euc-jp", "windows-1252", "fallback"); /* 0xe9 and a blank: none */
    EXPECT("caf\xe9", NULL, "no-such-set", "windows-1252", "fallback");
    EXPECT("caf\xe9", NULL, "utf-8", "windows-1252", "fallback");
}

static void bears_stray_bytes_in_utf8(void **state)
{
    (void)state;
    /* two characters for the one stray byte are enough where UTF-8 is declared, eight elsewhere */
    EXPECT("\xe2\x80\x99<>\xe2\x80\x9d\xa9", NULL, "utf-8", "UTF-8", "utf-8");
    EXPECT("\xe2\x80\x99<>\xe2\x80\x93\xa9", NULL, "iso-8859-1", "windows-1252", "declared");
    EXPECT("\xc3\xa9\xc3\xa8\xc3\xa9\xc3\xa8\xc3\xa9\xc3\xa8\xc3\xa9\xc3\xa8 \xe9", NULL,
           "iso-8859-1", "UTF-8", "utf-8");
}

static void guesses_from_a_floor_of_evidence(void **state)
{
    (void)state;
    /* "Всем привет, это новости дня из Москвы и всей страны" in KOI8-R */
    EXPECT("\xf7\xd3\xc5\xcd \xd0\xd2\xc9\xd7\xc5\xd4, \xdc\xd4\xcf \xce\xcf\xd7\xcf\xd3\xd4\xc9 "
           "\xc4\xce\xd1 \xc9\xda \xed\xcf\xd3\xcb\xd7\xd9 \xc9 \xd7\xd3\xc5\xca "
           "\xd3\xd4\xd2\xc1\xce\xd9",
           NULL, "", "KOI8-R", "detected");
    EXPECT("\xf7\xd3\xc5\xcd", NULL, "", "windows-1252", "fallback"); /* four bytes say nothing */
}

/* What tells lies behind the first 64 KiB: it is looked at all the same. */
static void looks_where_the_evidence_is(void **state)
{
    (void)state;
    static const char end[] = "za\xbf\xf3\xb3\xe6 ";
    size_t n = 200000;
    char *text = malloc(n);
    assert_non_null(text);
    for (size_t i = 0; i < n; i++)
        text[i] = i % 60 == 59 ? '\n' : 'a';
    memcpy(text + n - sizeof end, end, sizeof end);
    expect_bytes(dtl_bytes(text, n), NULL, "windows-1250", "windows-1250", "declared");
    free(text);
}

static void converts_and_mends(void **state)
{
    (void)state;
    struct dtl_arena arena = {0};
    struct dtl_bytes out;
    struct dtl_error err = {0};
    struct dtl_charset utf8 = {.name = "UTF-8"},
                       stated = {.name = "UTF-8", .by = DTL_CHARSET_STATED};
    struct dtl_bytes in = DTL_LITERAL("\xc3\xa9 \x93");
    assert_int_equal(dtl_charset_convert(in, &utf8, &arena, &out, &err), DTL_OK);
    assert_true(dtl_bytes_is(out, "\xc3\xa9 \xe2\x80\x9c"));
    assert_int_equal(dtl_charset_convert(in, &stated, &arena, &out, &err), DTL_EINPUT);
    assert_int_equal(err.pos, 3);
    struct dtl_charset marked = {.name = "UTF-16LE", .mark = 2};
    assert_int_equal(dtl_charset_convert(dtl_bytes("\xff", 1), &marked, &arena, &out, &err),
                     DTL_OK);
    assert_int_equal(out.n, 0);
    dtl_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(believes_marks_first),
        cmocka_unit_test(believes_valid_utf8_before_any_word),
        cmocka_unit_test(believes_who_names_it),
        cmocka_unit_test(needs_a_declaration_borne_out),
        cmocka_unit_test(bears_stray_bytes_in_utf8),
        cmocka_unit_test(guesses_from_a_floor_of_evidence),
        cmocka_unit_test(looks_where_the_evidence_is),
        cmocka_unit_test(converts_and_mends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
