/* Pages: the day they state and where, the title, the article among menus and teasers; damage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/forms.h"

#include <time.h>

#define PAGE(head, body)                                                                           \
    "<!DOCTYPE html><html lang=\"en\"><head>" head "</head><body>" body "</body></html>"
#define LONG                                                                                       \
    "The council met on Monday, and it spoke at length of the harbour, its walls and its debts, "  \
    "until the lamps went out."

static void date_is(const char *head, const char *day)
{
    struct dtl_buffer page = {0};
    dtl_buffer_format(&page, "<html><head>%s</head><body><p>x</body>", head);
    char *got = forms_read(dtl_buffer_view(&page), "x"), want[80];
    snprintf(want, sizeof want, "date=\"%s\"", day);
    if (*day)
        assert_non_null(strstr(got, want));
    else
        assert_null(strstr(got, "date="));
    free(got);
    dtl_buffer_release(&page);
}

static void finds_the_day_in_the_order_of_belief(void **state)
{
    (void)state;
#define LD(type, day)                                                                              \
    "<script type=\"application/ld+json\">{\"@type\":\"" type "\",\"datePublished\":\"" day        \
    "\"}</script>"
#define OG "<meta property=\"article:published_time\" content=\"2020-02-02T10:00:00Z\">"
    date_is(OG LD("NewsArticle", "2020-01-01"), "2020-01-01");
    date_is(OG LD("WebSite", "2020-01-01"), "2020-02-02T10:00:00Z");
    date_is(OG LD("Article", "yesterday"), "2020-02-02T10:00:00Z");
    date_is(LD("ImageObject", "2020-01-01"), "");
    date_is(
        "<script "
        "type=\"application/ld+json\">{\"@graph\":[{\"@type\":[\"BlogPosting\"],\"datePublished\":"
        "\"2020-03-03\"}]} trailing</script>",
        "2020-03-03");
    date_is("<meta name=DC.date.issued content=2014-12-31><meta name=date content=2015-01-01>",
            "2014-12-31");
    date_is("<meta property=\"article:modified_time\" content=\"2020-05-05\"><time "
            "datetime=\"2020-04-04\">",
            "2020-04-04");
    date_is("<time datetime=\"19.03.2019 11:45\">", "2019-03-19");
    date_is("<time datetime=\"28/01/2020\">", "2020-01-28");
    date_is("<time datetime=\"03/04/2020\">", ""); /* the third of April, or the fourth of March */
    date_is("<meta name=date content=\"Tue Jan 28 15:28:56 CET 2020\">", "2020-01-28");
    date_is("<meta name=date content=\"2022-05-04-0305:49:00-10800\">", "2022-05-04");
    date_is("<meta name=date content=\"20180619T055000+0900\">", "20180619T055000+0900");
    date_is("<meta name=date content=\"2020-02-30\">", "");
}

static void finds_the_article_among_the_rest(void **state)
{
    (void)state;
    FORMS_EXPECT(PAGE("<title>T | S</title><meta property=og:site_name content=S><link "
                      "rel=canonical href=//x.org/a>",
                      "<nav><a href=/>" LONG "</a></nav><div class=sidebar><p>" LONG LONG
                      "</p></div>"
                      "<div class=content><h1>T</h1><p>" LONG "</p><p>Short.</p><p>" LONG "</p>"
                      "<ul><li><a href=1>A teaser of some length, for another page</a><li><a "
                      "href=2>And one more of these things</a></ul>"
                      "<script>no</script></div><div id=comments><p>" LONG "</p></div><footer>" LONG
                      "</footer>"),
                 "x.html",
                 "html: body=\"T\\n\\n" LONG "\\n\\nShort.\\n\\n" LONG
                 "\" lang=\"en\" source=\"S\" title=\"T\" "
                 "url=\"https://x.org/a\" (whole)");
}

static void reads_a_page_whatever_its_classes_say(void **state)
{
    (void)state;
    FORMS_EXPECT(
        PAGE("<title>T</title>", "<div class=sidebar><p>" LONG "</p><p>" LONG "</p></div>"), "x",
        "html: body=\"" LONG "\\n\\n" LONG "\" lang=\"en\" title=\"T\" (whole)");
    FORMS_EXPECT(PAGE("", "Just a line."), "x", "html: body=\"Just a line.\" lang=\"en\" (whole)");
    FORMS_EXPECT(PAGE("", ""), "x", "html: lang=\"en\" (whole)");
}

static void title_is(const char *head, const char *body, const char *title)
{
    struct dtl_buffer page = {0};
    dtl_buffer_format(&page, "<html><head>%s</head><body>%s</body>", head, body);
    char *got = forms_read(dtl_buffer_view(&page), "x"), want[200];
    snprintf(want, sizeof want, "title=\"%s\" ", title);
    if (!strstr(got, want))
        print_message("%s\n", got);
    assert_non_null(strstr(got, want));
    free(got);
    dtl_buffer_release(&page);
}

static void finds_the_title(void **state)
{
    (void)state;
#define OG_TITLE(t) "<meta property=og:title content=\"" t "\">"
    /* what is stated for machines, but for the site's name, known by itself or by the host */
    title_is(OG_TITLE("Storm at sea - La Posta"), "<h1>x</h1>", "Storm at sea - La Posta");
    title_is(
        OG_TITLE("Storm at sea - La Posta") "<link rel=canonical href=https://www.laposta.it/a>",
        "", "Storm at sea");
    title_is(OG_TITLE("Storm") "<meta property=og:site_name content=Posta.it>"
                               "<title>Wind - Storm - Posta</title>",
             "", "Storm");
    title_is("<title>Storm and well-known things \xef\xbc\x9aPosta</title>"
             "<meta property=og:site_name content=\"Posta online\">",
             "", "Storm and well-known things");
    /* a heading that the window's title begins with */
    title_is("<title>Storm at sea | The Post</title>", "<h1>The Post</h1><h1>Storm at sea</h1>",
             "Storm at sea");
    title_is("<title>Storm at sea &raquo; News &raquo; Post</title>",
             "<h1><span>Storm at sea</span><a href=/>Post</a></h1>", "Storm at sea");
    title_is(OG_TITLE("a kind of weather") "<title>Storm at sea - Wiki</title>",
             "<h1>Storm at sea</h1>", "Storm at sea");
    /* ... but not when that is the site's own, nor inside a word */
    title_is(OG_TITLE("Storm at sea") "<title>Seaside Post - news of the coast</title>"
                                      "<meta property=og:site_name content=\"Seaside Post\">",
             "<h1>Seaside Post</h1>", "Storm at sea");
    title_is("<title>Storm at sea-level</title>", "<h1>x</h1><h1>Storm at sea</h1>",
             "Storm at sea-level");
}

static void gathers_an_article_torn_into_boxes(void **state)
{
    (void)state;
#define BOX "<div class=row><div class=cell><p>" LONG "</p></div></div>"
    FORMS_EXPECT(
        PAGE("", "<div class=sidebar><p>" LONG "</p></div><div>" BOX BOX BOX BOX "</div>"), "x",
        "html: body=\"" LONG "\\n\\n" LONG "\\n\\n" LONG "\\n\\n" LONG "\" lang=\"en\" (whole)");
    /* stated to be the article's body, whatever its classes say */
    FORMS_EXPECT(PAGE("", "<div class=label-hidden><div property=\"content:encoded\" class=hidden>"
                          "<p>" LONG "<p>" LONG "</div></div><div><p>" LONG "</div>"),
                 "x", "html: body=\"" LONG "\\n\\n" LONG "\" lang=\"en\" (whole)");
}

static void reads_the_declared_character_set(void **state)
{
    (void)state;
    FORMS_EXPECT("<html><meta charset=windows-1250><title>za\xbf\xf3\xb3\xe6</title>", "x",
                 "html: title=\"za\xc5\xbc\xc3\xb3\xc5\x82\xc4\x87\" (whole)");
    FORMS_EXPECT("<html><meta charset=utf-8><title>caf\xe9</title>", "x",
                 "html: title=\"caf\xc3\xa9\" (whole)");
}

static void survives_depth_and_truncation(void **state)
{
    (void)state;
    static const char text[] = PAGE("<title>T &amp; t</title>" LD("NewsArticle", "2020-01-01"),
                                    "<article><p>" LONG "<p>" LONG "</article>");
    for (size_t n = 0; n < sizeof text; n++) {
        struct records r;
        records_read(&r, &dtl_format_html, dtl_bytes(text, n), "x");
        assert_true(r.n <= 1);
        records_free(&r);
    }
    struct dtl_buffer b = {0};
    dtl_buffer_text(&b, "<html><body>");
    for (int i = 0; i < 500000; i++)
        dtl_buffer_text(&b, "<div><p>x ");
    clock_t from = clock();
    char *got = forms_read(dtl_buffer_view(&b), "x");
    assert_non_null(strstr(got, "x x x"));
    assert_true(clock() - from < 4 * CLOCKS_PER_SEC);
    free(got);
    dtl_buffer_release(&b);
}

static void bids_for_pages_alone(void **state)
{
    (void)state;
    FORMS_EXPECT("<p>not quite a page", "x", "nobody:");
    FORMS_EXPECT("<svg><rect/></svg>", "x", "nobody:");
    FORMS_EXPECT("date 2020-01-01 <html>", "x",
                 "dated: body=\"<html>\" date=\"2020-01-01\" title=\"\" (whole)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_day_in_the_order_of_belief),
        cmocka_unit_test(finds_the_article_among_the_rest),
        cmocka_unit_test(reads_a_page_whatever_its_classes_say),
        cmocka_unit_test(finds_the_title),
        cmocka_unit_test(gathers_an_article_torn_into_boxes),
        cmocka_unit_test(reads_the_declared_character_set),
        cmocka_unit_test(survives_depth_and_truncation),
        cmocka_unit_test(bids_for_pages_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
