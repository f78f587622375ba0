/* test_html_plain.c - what is read without a tree is what libxml2's tree says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "indexer/format/html_plain.h"
#include "indexer/format/html_text.h"

#include <libxml/tree.h>
#include <stdlib.h>

/* Does dtl_html_plain take it? Then the text must be that of the tree. */
static bool taken_as_tree(struct dtl_bytes html)
{
    struct dtl_text_flow plain = {0}, tree = {0};
    bool deep = false, taken = dtl_html_plain(html, &plain);
    if (taken && html.n) {
        xmlDoc *doc = dtl_html_parse(html, &deep);
        if (doc)
            dtl_text_flow_tree(&tree, (const xmlNode *)doc, NULL, NULL);
        xmlFreeDoc(doc);
        if (!dtl_bytes_equal(dtl_buffer_view(&plain.out), dtl_buffer_view(&tree.out)))
            fail_msg("%.*s\nplain: %.*s\ntree:  %.*s", (int)html.n, (const char *)html.p,
                     (int)plain.out.n, (const char *)plain.out.p, (int)tree.out.n,
                     (const char *)tree.out.p);
    }
    dtl_buffer_release(&plain.out);
    dtl_buffer_release(&tree.out);
    return taken;
}

#define TAKES(s)  assert_true(taken_as_tree(DTL_LITERAL(s)))
#define LEAVES(s) assert_false(taken_as_tree(DTL_LITERAL(s)))

static void takes_what_feeds_hold(void **state)
{
    (void)state;
    TAKES("<p>One <a href=\"http://x.org/?a=1&amp;b\">link</a>, <b>bold</b> &amp; "
          "<em>so</em>.</p>\n<p class='x'>Two</p>");
    TAKES("One<br>two<br />three<BR><br>four <img src=\"x.png\" alt=\"y\"/> five");
    TAKES("a &lt;b&gt; &#8220;c&#x201d; &nbsp; &eacute; \xc2\xa0 \xc2\x93q\xc2\x94");
    TAKES("  <p>  leading\tand \r\n trailing  </p>  ");
    TAKES("no markup at all");
    TAKES("<p>left open <i>here");
    TAKES("UAL <UAL.N> AND <Qantas Airways Ltd> &lt;so>");
    TAKES("<IBM> rises <br> on <b>news");
}

static void leaves_what_a_parser_has_rules_for(void **state)
{
    (void)state;
    LEAVES("<div>a</div>");
    LEAVES("<ul><li>a</ul>");
    LEAVES("<S> is struck out, <DIR> a list");
    LEAVES("a <SVG> has no text");
    LEAVES("<XYZ>a</XYZ>");
    LEAVES("<XYZ-A>a");
    LEAVES("<p>a <XYZ> b</p>");
    LEAVES("<XYZ> <ABC>");
    LEAVES("<p>a <b>b<p>c</b>");
    LEAVES("<i>a <b>b</i> c</b>");
    LEAVES("a & b");
    LEAVES("a &nosuch; b");
    LEAVES("a &#38 b");
    LEAVES("&#0;");
    LEAVES("a < b");
    LEAVES("<!-- x -->a");
    LEAVES("<p title=x>a");
    LEAVES("<p title=\"a>b\">a");
    LEAVES("<p");
    LEAVES("a\x01");
    LEAVES("a\xff");
    LEAVES("\xef\xbb\xbf"
           "a");
    LEAVES("\xef\xbf\xbe");
}

static void agrees_on_random_fragments(void **state)
{
    static const char *const pieces[] = {"<p>",
                                         "</p>",
                                         "<br>",
                                         "<br/>",
                                         "<b>",
                                         "</b>",
                                         "<i>",
                                         "</i>",
                                         "<a href=\"x\">",
                                         "</a>",
                                         "<img src='i'>",
                                         "<P class=\"k\">",
                                         "<span>",
                                         "</span>",
                                         "&amp;",
                                         "&lt;",
                                         "&nbsp;",
                                         "&#160;",
                                         "&#8212;",
                                         "&#150;",
                                         " ",
                                         "\n",
                                         "\n    ",
                                         "word",
                                         "two words",
                                         ".",
                                         "\xc3\xa9",
                                         "\xc2\xa0",
                                         "\xc2\x93",
                                         "<font color=\"red\">",
                                         "</font>",
                                         "<XYZ.O>",
                                         "<Qantas Ltd>",
                                         "a longer run of plain words, as texts are"};
    uint64_t seed = 11;
    size_t taken = 0;
    (void)state;
    for (int round = 0; round < 40000; round++) {
        struct dtl_buffer b = {0};
        seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
        for (unsigned n = (unsigned)(seed >> 60) + 1; n; n--) {
            seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
            dtl_buffer_text(&b, pieces[(seed >> 33) % (sizeof pieces / sizeof *pieces)]);
        }
        taken += taken_as_tree(dtl_buffer_view(&b));
        dtl_buffer_release(&b);
    }
    assert_true(taken > 4000); /* or nothing was compared */
}

static void agrees_however_long(void **state)
{
    (void)state;
    for (size_t n = 1; n < 3000; n = n * 5 / 4 + 1) {
        struct dtl_buffer b = {0};
        dtl_buffer_text(&b, "<p>");
        for (size_t i = 0; i < n; i++)
            dtl_buffer_text(&b, i % 7 == 6   ? " &amp; \xe2\x80\x94"
                                : i % 5 == 4 ? "\n"
                                             : "letters ");
        assert_true(taken_as_tree(dtl_buffer_view(&b)));
        dtl_buffer_release(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_feeds_hold),
        cmocka_unit_test(leaves_what_a_parser_has_rules_for),
        cmocka_unit_test(agrees_on_random_fragments),
        cmocka_unit_test(agrees_however_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
