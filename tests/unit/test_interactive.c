/* Search as you type, as far as it needs no terminal: the line, the date range, the axis, quoting.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/base/utf8.h"
#include "query/interactive/line.h"
#include "query/interactive/period.h"
#include "query/interactive/shell.h"
#include "random.h"

static void assert_line(const struct dtl_line *l, const char *before, const char *after)
{
    assert_int_equal(l->cursor, strlen(before));
    assert_int_equal(l->text.n, strlen(before) + strlen(after));
    assert_memory_equal(l->text.p, before, strlen(before));
    if (*after)
        assert_memory_equal(l->text.p + l->cursor, after, strlen(after));
}

static void keys_edit_between_characters(void **state)
{
    (void)state;
    struct dtl_line l = {0};
    dtl_line_set(&l, dtl_bytes_of("prime e\u0301clair \u6771\u4eac"));
    assert_line(&l, "prime e\u0301clair \u6771\u4eac", "");
    dtl_line_left(&l);
    assert_line(&l, "prime e\u0301clair \u6771", "\u4eac");
    dtl_line_word_left(&l);
    dtl_line_word_left(&l);
    assert_line(&l, "prime ", "e\u0301clair \u6771\u4eac");
    dtl_line_right(&l); /* a letter and its mark are one */
    assert_line(&l, "prime e\u0301", "clair \u6771\u4eac");
    dtl_line_backspace(&l);
    assert_line(&l, "prime ", "clair \u6771\u4eac");
    dtl_line_delete(&l);
    assert_line(&l, "prime ", "lair \u6771\u4eac");
    dtl_line_insert(&l, 'L');
    dtl_line_cut_word(&l);
    assert_line(&l, "prime ", "lair \u6771\u4eac");
    dtl_line_cut_end(&l);
    dtl_line_home(&l);
    dtl_line_yank(&l);
    assert_line(&l, "lair \u6771\u4eac", "prime ");
    dtl_line_end(&l);
    dtl_line_cut_start(&l);
    assert_line(&l, "", "");
    dtl_line_backspace(&l);
    dtl_line_left(&l);
    dtl_line_delete(&l);
    dtl_line_right(&l);
    assert_line(&l, "", "");
    dtl_line_release(&l);
}

static void nothing_unprintable_enters_the_line(void **state)
{
    (void)state;
    struct dtl_line l = {0};
    dtl_line_set(&l, dtl_bytes("a\x00\x1b\xff\n\xc2\x9b"
                               "b",
                               8));
    assert_line(&l, "a  \ufffd  b", "");
    dtl_line_insert(&l, '\n');
    dtl_line_insert(&l, 0x2028);
    dtl_line_insert(&l, 0xd800);
    assert_line(&l, "a  \ufffd  b  \ufffd", "");
    for (size_t i = 0; i < 2 * DTL_LINE_BYTES; i++)
        dtl_line_insert(&l, 'x');
    assert_int_equal(l.text.n, DTL_LINE_BYTES);
    dtl_line_release(&l);
}

static void the_history_gives_back_the_draft(void **state)
{
    (void)state;
    struct dtl_line l = {0};
    dtl_line_older(&l);
    assert_line(&l, "", "");
    for (int i = 0; i < (int)DTL_LINE_HISTORY + 5; i++) {
        char text[16];
        snprintf(text, sizeof text, "q%d", i);
        dtl_line_set(&l, dtl_bytes_of(text));
        dtl_line_remember(&l);
        dtl_line_remember(&l); /* the same again is not kept twice */
    }
    dtl_line_set(&l, DTL_LITERAL("   "));
    dtl_line_remember(&l);
    dtl_line_set(&l, DTL_LITERAL("draft"));
    dtl_line_older(&l);
    assert_line(&l, "q204", "");
    for (unsigned i = 0; i < DTL_LINE_HISTORY + 9; i++)
        dtl_line_older(&l);
    assert_line(&l, "q5", "");
    for (unsigned i = 0; i < DTL_LINE_HISTORY + 9; i++)
        dtl_line_newer(&l);
    assert_line(&l, "draft", "");
    dtl_line_release(&l);
}

static void random_keys_keep_the_line_whole(void **state)
{
    (void)state;
    static void (*const keys[])(struct dtl_line *) = {
        dtl_line_left,     dtl_line_right,     dtl_line_word_left, dtl_line_word_right,
        dtl_line_home,     dtl_line_end,       dtl_line_backspace, dtl_line_delete,
        dtl_line_cut_word, dtl_line_cut_start, dtl_line_cut_end,   dtl_line_yank,
        dtl_line_remember, dtl_line_older,     dtl_line_newer};
    static const uint32_t letters[] = {'a', ' ', 0x301, 0x6771, 0x1f600, 0x5d0, 0x200d, 7};
    struct dtl_line l = {0};
    struct random r = {20261124};
    for (int i = 0; i < 100000; i++) {
        uint64_t v = random_next(&r);
        if (v % 2)
            dtl_line_insert(&l, letters[v / 2 % (sizeof letters / sizeof *letters)]);
        else
            keys[v / 2 % (sizeof keys / sizeof *keys)](&l);
        assert_true(l.cursor <= l.text.n);
        assert_int_equal(dtl_utf8_valid_prefix(dtl_buffer_view(&l.text)), l.text.n);
        assert_int_equal(dtl_utf8_valid_prefix(dtl_bytes(l.text.p, l.cursor)), l.cursor);
    }
    dtl_line_release(&l);
}

static void assert_period(struct dtl_period p, const char *text)
{
    char out[DTL_DATE_TEXT];
    assert_string_equal(dtl_period_print(p, out), text);
}

static void ranges_narrow_widen_and_shift(void **state)
{
    (void)state;
    struct dtl_period p = {0};
    dtl_day leap = dtl_day_of(2024, 2, 29);
    assert_period(p, "");
    assert_period(dtl_period_widen(p), "");
    assert_period(dtl_period_shift(p, 1), "");
    assert_period(dtl_period_shift_years(p, 1), "");
    assert_period(p = dtl_period_narrow(p, leap), "2020s");
    assert_period(dtl_period_shift(p, -2), "2000s");
    assert_period(p = dtl_period_narrow(p, leap), "2024");
    assert_period(dtl_period_shift(p, 1), "2025");
    assert_period(p = dtl_period_narrow(p, leap), "2024-02");
    assert_period(dtl_period_shift(p, -2), "2023-12");
    assert_period(dtl_period_shift_years(p, -1), "2023-02");
    assert_period(dtl_period_narrow(p, dtl_day_of(1999, 1, 1)),
                  "2024-02-29"); /* outside: the last */
    assert_period(p = dtl_period_narrow(p, leap), "2024-02-29");
    assert_period(dtl_period_narrow(p, leap), "2024-02-29");
    assert_period(dtl_period_shift(p, 1), "2024-03-01");
    assert_period(dtl_period_shift_years(p, 1), "2025-02-28");
    assert_period(dtl_period_widen(p), "2024-02");
    for (int by = -1; by <= 1; by += 2)
        for (enum dtl_period_level level = DTL_PERIOD_DECADE; level <= DTL_PERIOD_DAY; level++) {
            dtl_day edge =
                by < 0 ? DTL_DAY_MIN : DTL_DAY_MAX; /* the ends of time stay where they are */
            p = dtl_period_of(level, edge);
            assert_int_equal(dtl_period_shift(p, by).first, p.first);
            assert_int_equal(dtl_period_shift_years(p, by).first, p.first);
            assert_true(dtl_period_days(p).earliest <= edge && dtl_period_days(p).latest >= edge);
        }
}

static void every_day_of_a_range_has_one_place_on_its_axis(void **state)
{
    (void)state;
    struct random r = {7};
    for (int i = 0; i < 3000; i++) {
        dtl_day a = DTL_DAY_MIN + (dtl_day)(random_next(&r) % 3652059);
        dtl_day b = a + (dtl_day)(random_next(&r) % (i % 3 ? 4000 : 3652059));
        size_t most = 1 + random_next(&r) % 200, last = 0;
        struct dtl_interval range = {a, b > DTL_DAY_MAX ? DTL_DAY_MAX : b};
        struct dtl_axis axis = dtl_axis_over(range, most);
        assert_in_range(axis.periods, 1, most);
        assert_int_equal(dtl_axis_place(&axis, range.earliest), 0);
        assert_int_equal(dtl_axis_place(&axis, range.latest), axis.periods - 1);
        for (dtl_day d = range.earliest; d <= range.latest; d += 1 + (range.latest - d) / 64) {
            size_t place = dtl_axis_place(&axis, d);
            assert_in_range(place, last, axis.periods - 1);
            assert_true(dtl_axis_day(&axis, place) <= d);
            assert_true(place + 1 == axis.periods || dtl_axis_day(&axis, place + 1) > d);
            last = place;
        }
        if (axis.first > DTL_DAY_MIN)
            assert_int_equal(dtl_axis_place(&axis, axis.first - 1), axis.periods);
        assert_int_equal(dtl_axis_place(&axis, DTL_DAY_NONE), axis.periods);
    }
}

static void words_are_quoted_as_plainly_as_can_be(void **state)
{
    (void)state;
    static const struct {
        const char *word, *written;
    } cases[] = {
        {"",             "''"                  },
        {"tax",          "tax"                 },
        {"date:2024-03", "date:2024-03"        },
        {"=tax",         "'=tax'"              },
        {"tax cut",      "'tax cut'"           },
        {"\"a\" $b `c`", "'\"a\" $b `c`'"      },
        {"it's",         "'it'\\''s'"          },
        {"a\\b",         "'a\\b'"              },
        {"\u6771\u4eac", "'\u6771\u4eac'"      },
        {"a\x1b'\\b",    "$'a\\x1b\\x27\\x5cb'"},
        {"\u202e",       "$'\\xe2\\x80\\xae'"  },
        {"\xff",         "$'\\xff'"            },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct dtl_buffer b = {0};
        assert_true(dtl_shell_word(dtl_bytes_of(cases[i].word), &b));
        dtl_buffer_byte(&b, 0);
        assert_string_equal((const char *)b.p, cases[i].written);
        dtl_buffer_release(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_edit_between_characters),
        cmocka_unit_test(nothing_unprintable_enters_the_line),
        cmocka_unit_test(the_history_gives_back_the_draft),
        cmocka_unit_test(random_keys_keep_the_line_whole),
        cmocka_unit_test(ranges_narrow_widen_and_shift),
        cmocka_unit_test(every_day_of_a_range_has_one_place_on_its_axis),
        cmocka_unit_test(words_are_quoted_as_plainly_as_can_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
