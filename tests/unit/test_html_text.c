/* HTML to text: blocks, lines, references, what is no text; depth and damage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "indexer/format/html_text.h"

#include <libxml/parser.h>

#include <stdlib.h>
#include <time.h>

static void expect(struct dtl_bytes in, const char *text)
{
    struct dtl_arena arena = {0};
    struct dtl_bytes out;
    assert_true(dtl_html_text(in, &arena, &out));
    char *got = strndup(out.n ? (const char *)out.p : "", out.n);
    assert_string_equal(got, text);
    free(got);
    dtl_arena_release(&arena);
}
#define EXPECT(in, text) expect(DTL_LITERAL(in), text)

static void makes_paragraphs_lines_and_single_blanks(void **state)
{
    (void)state;
    EXPECT("", "");
    EXPECT("  plain\n text ", "plain\n text"); /* no HTML: as it is */
    EXPECT("<p>One <b>two</b>\n three</p><p>four</p>", "One two three\n\nfour");
    EXPECT("a<br>b<br/><br/>c", "a\nb\n\nc");
    EXPECT("<h1>T</h1>text<ul><li>x</li><li>y</li></ul>z", "T\n\ntext\n\nx\ny\n\nz");
    EXPECT("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>", "1 2\n3");
    EXPECT("<div><div><p>deep</p></div></div><p></p><p> </p>after", "deep\n\nafter");
    EXPECT("un<i>broken</i>", "unbroken");
}

static void resolves_references(void **state)
{
    (void)state;
    EXPECT("a &amp; b &lt;c&gt; &eacute; &#233; &#xe9; &mdash;",
           "a & b <c> \xc3\xa9 \xc3\xa9 \xc3\xa9 \xe2\x80\x94");
    EXPECT("<p>AT&T &nosuch; &#150; x&nbsp;y</p>", "AT&T &nosuch; \xe2\x80\x93 x y");
    EXPECT("no tags &nosuch; & &amp", "no tags &nosuch; & &amp");
    /* U+0080..9F is windows-1252's, as a character too; its holes stay */
    EXPECT("<p>\xc2\x93so\xc2\x94 \xc2\x81", "\xe2\x80\x9cso\xe2\x80\x9d \xc2\x81");
}

static void leaves_out_what_is_no_text(void **state)
{
    (void)state;
    EXPECT("a<script>var x = '<p>no</p>';</script>b<style>p{}</style>c<!-- d -->e", "abce");
    EXPECT("<head><title>T</title></head><body>x<noscript>n</noscript><select><option>o</select></"
           "body>",
           "x");
    EXPECT("<iframe src=http://x.org/>inside</iframe>", "");
    /* left open in there, the element would swallow what follows */
    EXPECT("<body><noscript><div id=a></noscript><p>x<NOSCRIPT>n</NOSCRIPT>y", "xy");
    EXPECT("<script>'<noscript>'</script><!-- <noscript> --><p>x", "x");
    EXPECT("<p>x<noscript>open", "x");
}

static void survives_what_is_broken_or_deep(void **state)
{
    (void)state;
    EXPECT("<p>a<p>b</div></span>c<b", "a\n\nbc");
    EXPECT("<p title=\"<b>\">x", "x");
    struct dtl_buffer b = {0};
    for (int i = 0; i < 100000; i++)
        dtl_buffer_text(&b, "<div><span>");
    dtl_buffer_text(&b, "the text <p>stays");
    clock_t from = clock();
    struct dtl_arena arena = {0};
    struct dtl_bytes out;
    assert_true(dtl_html_text(dtl_buffer_view(&b), &arena, &out));
    assert_true(dtl_bytes_is(out, "the text stays") || dtl_bytes_is(out, "the text\n\nstays"));
    assert_true(clock() - from < 2 * CLOCKS_PER_SEC);
    dtl_arena_release(&arena);
    dtl_buffer_release(&b);
}

static void opens_nothing(void **state)
{
    (void)state;
    EXPECT("<!DOCTYPE html [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><p>a&x;b</p>",
           "]>\n\na&x;b");
    assert_null(xmlReadFile("/etc/passwd", NULL, 0)); /* the loader is forbidden to */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_paragraphs_lines_and_single_blanks),
        cmocka_unit_test(resolves_references),
        cmocka_unit_test(leaves_out_what_is_no_text),
        cmocka_unit_test(survives_what_is_broken_or_deep),
        cmocka_unit_test(opens_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
