/* Feeds and news items of XML: which facts are taken, what damage costs, what is never opened. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "indexer/format/xml_frame.h"
#include "tests/unit/forms.h"

#include <time.h>

static void reads_rss(void **state)
{
    (void)state;
    FORMS_EXPECT(
        "<?xml version=\"1.0\"?><!-- x --><rss version=\"2.0\" "
        "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" "
        "xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel><title>F &amp; "
        "G</title><language>de-de</language><item><title>A "
        "&lt;i&gt;b&lt;/i&gt;</title><link>http://x/1</link>"
        "<guid isPermaLink=\"false\">g1</guid><pubDate>Sun, 06 Sep 2009 16:20:00 +0000</pubDate>"
        "<dc:creator>N</dc:creator><category>c</category><category>d</category>"
        "<description>short</description><content:encoded><![CDATA[<p>one</p><p>two &eacute;</p>"
        "<script>no</script>]]></content:encoded></item><item><description>&lt;p&gt;x&lt;/p&gt;</"
        "description>"
        "<link>http://x/2</link></item></channel></rss>",
        "x.xml",
        "rss: author=[\"N\"] body=\"one\\n\\ntwo \xc3\xa9\" date=\"Sun, 06 Sep 2009 16:20:00 "
        "+0000\" id=\"g1\" "
        "lang=\"de-de\" section=[\"c\",\"d\"] source=\"F & G\" summary=\"short\" title=\"A b\" "
        "url=\"http://x/1\" | body=\"x\" id=\"http://x/2\" lang=\"de-de\" source=\"F & G\" "
        "url=\"http://x/2\"");
    FORMS_EXPECT(
        "<rdf:RDF xmlns=\"http://purl.org/rss/1.0/\" xmlns:rdf=\"r\" xmlns:dc=\"http://purl.org/dc/"
        "elements/1.1/\"><channel><title>C</title></channel><item rdf:about=\"u\"><title>T</title>"
        "<dc:date>2005-11-20T00:43:00+00:00</dc:date></item></rdf:RDF>",
        "x", "rss: date=\"2005-11-20T00:43:00+00:00\" id=\"u\" source=\"C\" title=\"T\"");
}

static void reads_xml_of_nobodys_standard(void **state)
{
    (void)state;
    /* records, by the names of their children; an element that comes again is a list */
    FORMS_EXPECT("<?xml version=\"1.0\"?><a><list><News><NewsID>n1</NewsID>"
                 "<PublishDate>2018-02-01T18:44:52</PublishDate><headline>A &amp;amp; B</headline>"
                 "<town>Oslo</town><content>&lt;p&gt;x &amp;amp;apos;&lt;/p&gt;&lt;p&gt;y</content>"
                 "<v>1</v><v>2</v><n>3</n></News><News><headline>C</headline></News></list></a>",
                 "x",
                 "xml: body=\"x '\\n\\ny\" date=\"2018-02-01T18:44:52\" id=\"n1\" n=\"3\" "
                 "place=[\"Oslo\"] title=\"A & B\" v=[\"1\",\"2\"] | title=\"C\"");
    FORMS_EXPECT("<D><title>T</title><P><W>a</W><W> b</W></P><P>c</P><P>d</P></D>", "x",
                 "xml: body=\"a b\\n\\nc\\n\\nd\" title=\"T\" (whole)");
    FORMS_EXPECT("<c><title>t</title><date>2020-01-01</date><x/></c>", "x", "nobody:");
    FORMS_EXPECT("<w:d><w:p>a</w:p><w:p>a</w:p><w:p>a</w:p></w:d>", "x", "nobody:");
    FORMS_EXPECT("<c><!-- <p><p><p> --><![CDATA[<p><p><p>]]></c>", "x", "nobody:");
}

static void reads_atom(void **state)
{
    (void)state;
    FORMS_EXPECT("<feed xmlns=\"http://www.w3.org/2005/Atom\" "
                 "xml:lang=\"fr\"><title>F</title><author><name>all</name></author>"
                 "<entry><id>i</id><title type=\"html\">A &amp;lt; "
                 "b</title><published>2003-12-13T18:30:02Z</published>"
                 "<updated>2004-01-01</updated><link rel=\"self\" href=\"s\"/><link "
                 "href=\"u\"/><summary>S &lt;b&gt;</summary>"
                 "<content type=\"xhtml\"><div "
                 "xmlns=\"http://www.w3.org/1999/xhtml\"><p>x</p><p>y</p></div></content>"
                 "<category term=\"t\" label=\"T\"/></entry></feed>",
                 "x",
                 "atom: author=[\"all\"] body=\"x\\n\\ny\" date=\"2003-12-13T18:30:02Z\" id=\"i\" "
                 "lang=\"fr\" "
                 "section=[\"T\"] source=\"F\" summary=\"S <b>\" title=\"A < b\" url=\"u\"");
    FORMS_EXPECT("<feed version=\"0.3\" "
                 "xmlns=\"http://purl.org/atom/ns#\"><entry><issued>2000-01-02</issued>"
                 "<content mode=\"escaped\" type=\"text/html\">&lt;p&gt;x</content></entry></feed>",
                 "x", "atom: body=\"x\" date=\"2000-01-02\"");
}

static void reads_a_wordpress_export(void **state)
{
    (void)state;
    FORMS_EXPECT(
        "<rss xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" "
        "xmlns:wp=\"http://wordpress.org/export/1.2/\"><channel><title>S</title><item><title>P</"
        "title>"
        "<wp:post_date>2017-12-02 01:43:50</wp:post_date><wp:post_type>post</wp:post_type>"
        "<content:encoded><![CDATA[[dropcap]O[/dropcap]ne\n\ntwo [1] [caption "
        "id=\"x\"]]]></content:encoded>"
        "<category domain=\"post_tag\">t</category><category "
        "domain=\"category\">c</category></item>"
        "<item><title>pic</title><wp:post_type>attachment</wp:post_type></item></channel></rss>",
        "x",
        "wxr: body=\"One\\n\\ntwo [1]\" date=\"2017-12-02 01:43:50\" section=[\"c\"] source=\"S\" "
        "tags=[\"t\"] "
        "title=\"P\"");
}

static void reads_news_items(void **state)
{
    (void)state;
    FORMS_EXPECT(
        "<nitf baselang=\"nb\"><head><title>t</title><docdata><doc-id "
        "id-string=\"d1\"/><date.issue "
        "norm=\"20131020T192751+1100\"/><doc.copyright "
        "holder=\"AAP\"/></docdata></head><body><body.head>"
        "<hedline><hl1>H</hl1></hedline><byline>By A B<byttl>Writer</byttl></byline><dateline>"
        "<location>Sydney</location></dateline></body.head><body.content><p>x</p><p>y</p></"
        "body.content></body></nitf>",
        "x",
        "nitf: author=[\"A B\"] body=\"x\\n\\ny\" date=\"20131020T192751+1100\" id=\"d1\" "
        "lang=\"nb\" "
        "place=\"Sydney\" source=\"AAP\" title=\"H\" (whole)");
    FORMS_EXPECT("<NewsML><NewsItem><Identification><NewsIdentifier><ProviderId>p</"
                 "ProviderId><NewsItemId>N1</NewsItemId>"
                 "<RevisionId>2</RevisionId><PublicIdentifier>urn:newsml:p:20140829:N1:2N</"
                 "PublicIdentifier></NewsIdentifier>"
                 "</Identification><NewsManagement><FirstCreated>20140829T134951+0000</"
                 "FirstCreated></NewsManagement>"
                 "<NewsComponent><NewsLines><HeadLine>H</HeadLine></"
                 "NewsLines><ContentItem><DataContent><p>a</p>"
                 "</DataContent></ContentItem></NewsComponent></NewsItem></NewsML>",
                 "x",
                 "newsml: body=\"a\" date=\"20140829T134951+0000\" id=\"urn:newsml:p:20140829:N1\" "
                 "source=\"p\" "
                 "title=\"H\" (whole)");
    FORMS_EXPECT(
        "<newsMessage xmlns=\"http://iptc.org/std/nar/2006-10-01/\"><itemSet><packageItem "
        "guid=\"p\"/><newsItem guid=\"g\" "
        "xml:lang=\"fi\"><itemMeta><provider "
        "literal=\"STT\"/><versionCreated>2013-02-16T17:36:20Z</versionCreated>"
        "</itemMeta><contentMeta><headline>H</headline><subject><name>S</name></subject></"
        "contentMeta><contentSet>"
        "<inlineXML><html "
        "xmlns=\"http://www.w3.org/1999/xhtml\"><head><title>no</title></head><body><header>no</"
        "header>"
        "<p>b</p></body></html></inlineXML></contentSet></newsItem></itemSet></newsMessage>",
        "x",
        "newsml-g2: body=\"b\" date=\"2013-02-16T17:36:20Z\" id=\"g\" lang=\"fi\" source=\"STT\" "
        "subject=[\"S\"] title=\"H\" (whole)");
}

#define RSS(items) "<rss>\n<channel>\n" items "</channel></rss>"

static void loses_no_more_than_the_broken_item(void **state)
{
    (void)state;
    FORMS_EXPECT(RSS("<item><title>a</title></item>\n<item><title>b</title>\n<item><title>c "
                     "&nbsp;& d < e</title>"
                     "</item><item><title>f<b>g</title></item><item><title>h</title><item"),
                 "x",
                 "rss: title=\"a\" | ! line 4: an item that is not closed before the next begins | "
                 "title=\"c & d < e\" | title=\"fg\" | "
                 "! line 5: an item that is not closed before the next begins | "
                 "! line 5: an item that is not closed; is the file cut short?");
    FORMS_EXPECT(RSS("<item><!-- </item> --><title><![CDATA[</item>]]>x</title></item><item/>"),
                 "x", "rss: title=\"x\" | ");
    FORMS_EXPECT(
        RSS("<item><title>a</title></item><!-- never closed <item><title>b</title></item>"), "x",
        "rss: title=\"a\" | title=\"b\"");
}

static void refuses_depth_and_never_expands(void **state)
{
    (void)state;
    struct dtl_buffer b = {0};
    dtl_buffer_text(
        &b, "<!DOCTYPE rss [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\"><!ENTITY x SYSTEM "
            "\"file:///etc/passwd\">]><rss><channel><item><title>&b;&x;</title></item><item>");
    for (int i = 0; i < 100000; i++)
        dtl_buffer_text(&b, "<d>");
    dtl_buffer_text(&b, "</item><item><title>z</title></item></channel></rss>");
    clock_t from = clock();
    char *got = forms_read(dtl_buffer_view(&b), "x");
    assert_true(clock() - from < 2 * CLOCKS_PER_SEC);
    const char first[] = "rss: title=\"&b;&x;\" | ! line 1: cannot be followed to its end: ";
    assert_int_equal(strncmp(got, first, sizeof first - 1), 0);
    assert_string_equal(strrchr(got, '|'), "| title=\"z\"");
    free(got);
    dtl_buffer_release(&b);
}

/* Without keeping what is read: a list of it that grows by one costs more than the reading. */
static void read_to_the_end(struct dtl_bytes text)
{
    struct dtl_input *in;
    struct dtl_arena arena = {0};
    struct dtl_error err = {0};
    struct dtl_record record;
    struct dtl_format_options o = {.path = DTL_LITERAL("x")};
    void *reader;
    enum dtl_status st;
    assert_int_equal(dtl_input_open_bytes(&in, text, &err), DTL_OK);
    assert_int_equal(dtl_format_rss.open(&reader, in, &o, &err), DTL_OK);
    do {
        dtl_arena_reset(&arena);
        st = dtl_format_rss.next(reader, &arena, &record, &err);
    } while (st == DTL_OK || st == DTL_EINPUT);
    assert_int_equal(st, DTL_END);
    dtl_format_rss.close(reader);
    dtl_input_close(in);
    dtl_arena_release(&arena);
}

static void is_linear_in_what_never_ends(void **state)
{
    (void)state;
    static const char *const pieces[] = {"<!-- ", "<![CDATA[", "<item ", "<item>",
                                         "<? ",   "<a b=\"",   "&",      "<!"};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        struct dtl_buffer b = {0};
        dtl_buffer_text(&b, "<rss><channel>");
        while (b.n < 4000000)
            dtl_buffer_text(&b, pieces[i]);
        clock_t from = clock();
        read_to_the_end(dtl_buffer_view(&b));
        assert_true(clock() - from <
                    20 * CLOCKS_PER_SEC); /* a sanitizer's build on a busy machine */
        dtl_buffer_release(&b);
    }
}

static void survives_every_truncation(void **state)
{
    (void)state;
    static const char text[] =
        "<?xml version='1.0'?><rss><channel><title>T</title><item><title>a &amp; b</title>"
        "<description><![CDATA[<p>x</p>]]></description></item><item><guid>g</guid></item>"
        "</channel></rss>";
    for (size_t n = 0; n < sizeof text; n++) {
        struct records r;
        records_read(&r, &dtl_format_rss, dtl_bytes(text, n), "x");
        assert_true(r.n <= 3);
        records_free(&r);
    }
}

static void reads_every_character_set(void **state)
{
    (void)state;
    FORMS_EXPECT("<?xml version=\"1.0\" "
                 "encoding=\"iso-8859-1\"?><rss><item><title>caf\xe9</title></item></rss>",
                 "x", "rss: title=\"caf\xc3\xa9\"");
    FORMS_EXPECT("<?xml version=\"1.0\" "
                 "encoding=\"euc-kr\"?><rss><item><title>\xb3\xe2</title></item></rss>",
                 "x", "rss: title=\"\xeb\x85\x84\"");
    FORMS_EXPECT("\xfe\xff\0<\0r\0s\0s\0>\0<\0i\0t\0e\0m\0>\0<\0t\0i\0t\0l\0e\0>\0\xe9\0<\0/"
                 "\0t\0i\0t\0l\0e\0>"
                 "\0<\0/\0i\0t\0e\0m\0>\0<\0/\0r\0s\0s\0>",
                 "x", "rss: title=\"\xc3\xa9\"");
    FORMS_EXPECT("<?xml version=\"1.0\" encoding=\"utf-8\"?><rss><item><title>don&#146;t "
                 "\xc2\x92</title></item></rss>",
                 "x", "rss: title=\"don\xe2\x80\x99t \xe2\x80\x99\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_rss),
        cmocka_unit_test(reads_xml_of_nobodys_standard),
        cmocka_unit_test(reads_atom),
        cmocka_unit_test(reads_a_wordpress_export),
        cmocka_unit_test(reads_news_items),
        cmocka_unit_test(loses_no_more_than_the_broken_item),
        cmocka_unit_test(refuses_depth_and_never_expands),
        cmocka_unit_test(is_linear_in_what_never_ends),
        cmocka_unit_test(survives_every_truncation),
        cmocka_unit_test(reads_every_character_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
