/* The smaller parts of what is printed: --format, colours, links, bars, copies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <unistd.h>

#include "query/result/bars.h"
#include "query/result/copies.h"
#include "query/result/format.h"
#include "query/result/link.h"
#include "tests/unit/random.h"
#include "tests/unit/temp_dir.h"

static struct dtl_buffer out;

static const char *text(void)
{
    dtl_buffer_byte(&out, 0);
    out.n--;
    return (const char *)out.p;
}

static int begin(void **state)
{
    (void)state;
    dtl_buffer_reset(&out);
    return 0;
}

/* ---- --format ---- */

static const char *formatted(const char *format, bool nul)
{
    static struct dtl_bytes tags[] = {
        {(const uint8_t *)"sea",   3},
        {(const uint8_t *)"a\x1b", 2}
    };
    struct dtl_article article = {
        .tags = {tags, 2},
          .url = DTL_LITERAL("http://x/")
    };
    struct dtl_render r = {.form = DTL_FORM_FORMAT, .format = format, .nul = nul};
    struct dtl_row row = {.rank = 3,
                          .score = 7310000,
                          .id = DTL_LITERAL("a b"),
                          .heading = DTL_LITERAL("T\ti\xff"),
                          .path = DTL_LITERAL("x#1"),
                          .date = dtl_interval_month(2024, 3),
                          .article = &article};
    dtl_buffer_reset(&out);
    dtl_format_hit(&r, &row, &out);
    return text();
}

static void a_format_is_filled_in(void **state)
{
    (void)state;
    assert_string_equal(formatted("%n %d %s", false), "3 2024-03 7.31\n");
    assert_string_equal(formatted("%i\\t%t\\n", false), "a b\tT i\\xff\n");
    assert_string_equal(formatted("%g|%a|%u|%p|%%|\\\\", false),
                        "sea; a\\x1b||http://x/|x#1|%|\\\n");
    assert_string_equal(formatted("literal \x1b[31m \xe2\x80\xae%S", false),
                        "literal \\x1b[31m \\u202e\n");
    assert_string_equal(formatted("%n\n", false), "3\n");
    formatted("%n", true);
    assert_int_equal(out.n, 2);
    assert_int_equal(out.p[1], 0);
}

static void a_format_with_an_unknown_letter_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"%z", "%", "a%", "\\", "x\\q", "%\\n", "%d%"};
    struct dtl_error err = {0};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(dtl_format_check(bad[i], &err), DTL_EUSAGE);
    assert_int_equal(dtl_format_check("", &err), DTL_OK);
    assert_int_equal(dtl_format_check("%n%d%s%i%t%p%S%a%c%g%l%L%u%m%q%%\\t\\n\\\\", &err), DTL_OK);
    assert_true(dtl_format_snippets("%d %m"));
    assert_false(dtl_format_snippets("%d %%m"));
    assert_false(dtl_format_snippets("%%"));
}

static void random_formats_are_refused_or_printed(void **state)
{
    (void)state;
    struct random r = random_start("forms");
    static const char letters[] = "%\\dsnitmqx \t\n";
    for (int round = 0; round < 20000; round++) {
        char format[12] = "";
        size_t n = random_below(&r, sizeof format);
        for (size_t i = 0; i < n; i++)
            format[i] = letters[random_below(&r, sizeof letters - 1)];
        struct dtl_error err = {0};
        if (dtl_format_check(format, &err) == DTL_OK)
            assert_true(strlen(formatted(format, false)) > 0);
        else
            assert_true(err.text[0] != 0);
    }
}

/* ---- colours ---- */

static void colours_are_set_by_name(void **state)
{
    (void)state;
    struct dtl_colors c;
    struct dtl_bytes at = {0};
    dtl_colors_default(&c);
    assert_true(dtl_colors_parse(&c, "mt=01;32:da=:ba=7:", &at));
    assert_string_equal(c.code[DTL_COLOR_MATCH], "01;32");
    assert_string_equal(c.code[DTL_COLOR_DATE], "");
    assert_string_equal(c.code[DTL_COLOR_TITLE], "1");
    dtl_color_on(&c, DTL_COLOR_MATCH, &out);
    dtl_color_off(&c, DTL_COLOR_MATCH, &out);
    dtl_color_on(&c, DTL_COLOR_DATE, &out);
    dtl_color_off(&c, DTL_COLOR_DATE, &out);
    assert_string_equal(text(), "\x1b[01;32m\x1b[m");
}

static void what_is_no_colour_is_told_and_the_rest_holds(void **state)
{
    (void)state;
    static const char *const bad[] = {"mt=\x1b[2J",
                                      "mt=31m",
                                      "xx=1",
                                      "mt",
                                      "=",
                                      "mt=1 ",
                                      "mt=1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct dtl_colors c;
        struct dtl_bytes at = {0};
        char whole[80];
        dtl_colors_default(&c);
        snprintf(whole, sizeof whole, "ti=3:%s:pa=4", bad[i]);
        assert_false(dtl_colors_parse(&c, whole, &at));
        assert_true(dtl_bytes_is(at, bad[i]));
        assert_string_equal(c.code[DTL_COLOR_MATCH], "1;4;31");
        assert_string_equal(c.code[DTL_COLOR_TITLE], "3");
        assert_string_equal(c.code[DTL_COLOR_PATH], "4");
    }
}

/* ---- links ---- */

static void links_are_made_where_they_are_wanted(void **state)
{
    (void)state;
    assert_true(dtl_link_known("auto") && dtl_link_known("vscode"));
    assert_true(dtl_link_known("x://{host}{path}"));
    assert_false(dtl_link_known("sometimes"));
    assert_false(dtl_link_known("x://{path}\x1b\\"));
    assert_false(dtl_link_known("x {path}"));
    assert_null(dtl_link_format(NULL, true));
    assert_null(dtl_link_format("never", true));
    assert_null(dtl_link_format("auto", false));
    assert_null(dtl_link_format("vscode", false));
    assert_string_equal(dtl_link_format("auto", true), "file://{host}{path}");
    assert_string_equal(dtl_link_format("always", false), "file://{host}{path}");
    assert_string_equal(dtl_link_format("x:{path}", true), "x:{path}");
}

static void a_path_ends_no_escape_sequence(void **state)
{
    (void)state;
    char *folder = temp_dir_make(), wanted[400];
    assert_int_equal(chdir(folder), 0);
    FILE *f = fopen("a\x1b\\ %\xff;b", "w");
    assert_non_null(f);
    fclose(f);
    assert_true(dtl_link_begin("x:{path}", dtl_bytes_of("a\x1b\\ %\xff;b"), &out));
    dtl_link_end(&out);
    snprintf(wanted, sizeof wanted, "\x1b]8;;x:%s/a%%1B%%5C%%20%%25%%FF%%3Bb\x1b\\\x1b]8;;\x1b\\",
             folder);
    assert_string_equal(text(), wanted);
    assert_int_equal(unlink("a\x1b\\ %\xff;b"), 0);
    dtl_buffer_reset(&out);
    assert_false(dtl_link_begin("x:{path}", dtl_bytes_of("a\x1b\\ %\xff;b"), &out));
    assert_false(dtl_link_begin("x:{path}", DTL_LITERAL(""), &out));
    assert_false(dtl_link_begin("x:{path}", DTL_LITERAL("a\0b"), &out));
    assert_int_equal(out.n, 0);
    assert_int_equal(chdir("/"), 0);
    temp_dir_remove(folder);
}

/* ---- bars and numbers ---- */

static void bars_are_as_long_as_their_share(void **state)
{
    (void)state;
    dtl_bar(4, 4, 3, &out);
    dtl_bar(0, 4, 2, &out);
    dtl_bar(1, 4, 2, &out);
    dtl_bar(1, 1000000, 2, &out);
    assert_string_equal(text(), "███  ▌ ▏ ");
    dtl_buffer_reset(&out);
    for (uint64_t i = 0; i <= 8; i++)
        dtl_spark(i, 8, &out);
    dtl_spark(1, UINT64_MAX, &out);
    dtl_spark(0, 0, &out);
    assert_string_equal(text(), " ▁▂▃▄▅▆▇█▁ ");
}

static void decimals_end_where_they_say_nothing(void **state)
{
    (void)state;
    static const struct {
        double value;
        int places;
        const char *text;
    } cases[] = {
        {0,       6, "0"      },
        {1,       6, "1"      },
        {0.25,    6, "0.25"   },
        {100,     3, "100"    },
        {1e6,     0, "1000000"},
        {0.1,     1, "0.1"    },
        {10.05,   1, "10.1"   },
        {1.0 / 3, 3, "0.333"  }
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        dtl_buffer_reset(&out);
        dtl_decimal(cases[i].value, cases[i].places, &out);
        assert_string_equal(text(), cases[i].text);
    }
}

/* ---- copies ---- */

static size_t add(struct dtl_copies *c, struct dtl_analyzer *an, const char *title,
                  const char *body)
{
    struct dtl_article a = {.title = dtl_bytes_of(title), .body = dtl_bytes_of(body)};
    struct dtl_error err = {0};
    size_t first = SIZE_MAX;
    assert_int_equal(dtl_copies_add(c, an, &a, &first, &err), DTL_OK);
    return first;
}

static void copies_have_the_title_or_the_text(void **state)
{
    (void)state;
    struct dtl_analyzer *an = NULL;
    struct dtl_error err = {0};
    struct dtl_copies c = {0};
    char story[4000] = "", cut[4000], other[4000] = "";
    for (int i = 0; i < 150; i++) {
        sprintf(story + strlen(story), "word%d of%d ", i, i * 7 % 31);
        sprintf(other + strlen(other), "else%d of%d ", i, i * 7 % 31);
    }
    snprintf(cut, sizeof cut, "(Agency) LONDON - %.*s", (int)strlen(story) - 150, story);
    assert_int_equal(dtl_analyzer_open(&an, &err), DTL_OK);
    assert_int_equal(add(&c, an, "Ferry sinks", story), 0);
    assert_int_equal(add(&c, an, "Harbour news", cut), 0); /* cut, and with another first line */
    assert_int_equal(add(&c, an, "Other story", other), 2);
    assert_int_equal(add(&c, an, "FERRY  sinks", "short"), 3); /* two blanks: another title */
    assert_int_equal(add(&c, an, "F\xc3\x89RRY sinks", "brief"), 0);
    assert_int_equal(add(&c, an, "", "brief"), 5); /* too short to tell by its text */
    assert_int_equal(add(&c, an, "", ""), 6);
    assert_int_equal(add(&c, an, "", ""), 7); /* no title is no equal title */
    assert_int_equal(add(&c, an, "x", other), 2);
    while (c.n < DTL_COPIES_MOST)
        add(&c, an, "", "");
    struct dtl_article a = {0};
    size_t first;
    assert_int_equal(dtl_copies_add(&c, an, &a, &first, &err), DTL_ELIMIT);
    dtl_copies_release(&c);
    dtl_analyzer_close(an);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_format_is_filled_in, begin),
        cmocka_unit_test_setup(a_format_with_an_unknown_letter_is_refused, begin),
        cmocka_unit_test_setup(random_formats_are_refused_or_printed, begin),
        cmocka_unit_test_setup(colours_are_set_by_name, begin),
        cmocka_unit_test_setup(what_is_no_colour_is_told_and_the_rest_holds, begin),
        cmocka_unit_test_setup(links_are_made_where_they_are_wanted, begin),
        cmocka_unit_test_setup(a_path_ends_no_escape_sequence, begin),
        cmocka_unit_test_setup(bars_are_as_long_as_their_share, begin),
        cmocka_unit_test_setup(decimals_end_where_they_say_nothing, begin),
        cmocka_unit_test_setup(copies_have_the_title_or_the_text, begin),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    dtl_buffer_release(&out);
    return failed;
}
