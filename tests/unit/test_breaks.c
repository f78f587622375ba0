/* Where a text may be cut or folded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/text/breaks.h"

/* `text` with a bar at each break. */
static void check(const char *text, enum dtl_break kind, const char *wanted)
{
    struct dtl_buffer ends = {0}, shown = {0};
    size_t from = 0;
    assert_true(dtl_text_breaks(dtl_bytes_of(text), kind, &ends));
    for (size_t i = 0; i < ends.n; i += 4) {
        uint32_t to = dtl_load32(ends.p + i);
        assert_true(to > from && to <= strlen(text));
        dtl_buffer_append(&shown, text + from, to - from);
        dtl_buffer_byte(&shown, '|');
        from = to;
    }
    assert_int_equal(from, strlen(text));
    dtl_buffer_byte(&shown, 0);
    assert_string_equal((char *)shown.p, wanted);
    dtl_buffer_release(&ends);
    dtl_buffer_release(&shown);
}

static void a_line_ends_where_its_script_allows_it(void **state)
{
    (void)state;
    check("", DTL_BREAK_LINE, "");
    check("two words", DTL_BREAK_LINE, "two |words|");
    check("caf\xc3\xa9 noir", DTL_BREAK_LINE, "caf\xc3\xa9 |noir|");
    check("\xe6\x9d\xb1\xe4\xba\xac\xe3\x80\x82", DTL_BREAK_LINE,
          "\xe6\x9d\xb1|\xe4\xba\xac\xe3\x80\x82|"); /* no full stop begins a line */
    check("\xe0\xb8\xaa\xe0\xb8\xa7\xe0\xb8\xb1\xe0\xb8\xaa\xe0\xb8\x94\xe0\xb8\xb5"
          "\xe0\xb8\x8a\xe0\xb8\xb2\xe0\xb8\xa7\xe0\xb9\x82\xe0\xb8\xa5\xe0\xb8\x81",
          DTL_BREAK_LINE,
          "\xe0\xb8\xaa\xe0\xb8\xa7\xe0\xb8\xb1\xe0\xb8\xaa\xe0\xb8\x94\xe0\xb8\xb5|"
          "\xe0\xb8\x8a\xe0\xb8\xb2\xe0\xb8\xa7|\xe0\xb9\x82\xe0\xb8\xa5\xe0\xb8\x81|"); /* Thai */
}

static void graphemes_stay_whole(void **state)
{
    (void)state;
    check("ab", DTL_BREAK_GRAPHEME, "a|b|");
    check("e\xcc\x81x", DTL_BREAK_GRAPHEME, "e\xcc\x81|x|");
    check("\xe0\xa4\x95\xe0\xa4\xbf\xe0\xa4\xa4", DTL_BREAK_GRAPHEME,
          "\xe0\xa4\x95\xe0\xa4\xbf|\xe0\xa4\xa4|"); /* a vowel sign of its own width */
    check("\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7.", DTL_BREAK_GRAPHEME,
          "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7|.|");
    check("\xf0\x9f\x87\xab\xf0\x9f\x87\xb7\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa", DTL_BREAK_GRAPHEME,
          "\xf0\x9f\x87\xab\xf0\x9f\x87\xb7|\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa|"); /* two flags */
}

static void bytes_that_are_no_text_are_broken_too(void **state)
{
    (void)state;
    check("\xff\xc3", DTL_BREAK_GRAPHEME, "\xff|\xc3|");
    struct dtl_buffer ends = {0};
    assert_true(dtl_text_breaks(DTL_LITERAL("a\xe2\x80 b"), DTL_BREAK_LINE, &ends));
    assert_int_equal(dtl_load32(ends.p + ends.n - 4), 5);
    dtl_buffer_release(&ends);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_ends_where_its_script_allows_it),
        cmocka_unit_test(graphemes_stay_whole),
        cmocka_unit_test(bytes_that_are_no_text_are_broken_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
