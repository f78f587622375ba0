/* TREC's collections: numbers, days, texts, pages in documents; damage costs one document. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/forms.h"

static void reads_documents(void **state)
{
    (void)state;
    FORMS_EXPECT(
        "<DOC>\n<DOCNO> AP880212-0001 </DOCNO>\n<FIRST>no</FIRST><HEAD>One &amp; two</HEAD>\n"
        "<DATELINE>TOKYO (AP) </DATELINE>\n<TEXT>\n   "
        "First\nline\n\nsecond\n</TEXT>\n<TEXT>third</TEXT></DOC>\n"
        "<!-- a remark -->\n<DOC id=\"d2\">\n<TEXT>x <P>y</TEXT></DOC>",
        "x",
        "trec: body=\"First line\\n\\nsecond\\n\\nthird\" date=\"1988-02-12\" dateline=\"TOKYO "
        "(AP)\" "
        "id=\"AP880212-0001\" title=\"One & two\" | body=\"x\\n\\ny\" id=\"d2\"");
}

static void reads_days(void **state)
{
    (void)state;
    static const char *const days[][2] = {
        {"01/30/03",                                   "2003-01-30"   },
        {"920101",                                     "1992-01-01"   },
        {"19980601",                                   "1998-06-01"   },
        {"1999-01-02",                                 "1999-01-02"   },
        {"<P>March 1, 1992, Sunday, Home Edition</P>", "March 1, 1992"},
        {"13/32/03",                                   ""             },
        {"soon",                                       ""             }
    };
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        char in[200], want[200];
        snprintf(in, sizeof in, "<DOC><DOCNO>n</DOCNO><DATE>\n%s\n</DATE></DOC>", days[i][0]);
        snprintf(want, sizeof want, *days[i][1] ? "trec: date=\"%s\" id=\"n\"" : "trec: id=\"n\"",
                 days[i][1]);
        char *got = forms_read(dtl_bytes_of(in), "x");
        assert_string_equal(got, want);
        free(got);
    }
    FORMS_EXPECT("<DOC><DOCNO>APW19990101.0001</DOCNO></DOC>", "x",
                 "trec: date=\"1999-01-01\" id=\"APW19990101.0001\"");
    FORMS_EXPECT("<DOC><DOCNO>FT911-3</DOCNO></DOC>", "x", "trec: id=\"FT911-3\"");
}

static void loses_no_more_than_the_broken_document(void **state)
{
    (void)state;
    FORMS_EXPECT(
        "<DOC><DOCNO>W1</DOCNO><DOCHDR>no</DOCHDR><html><title>T</title><p>page</html></DOC>\n"
        "<DOC>\nW2</DOCNO><DOCHDR></DOCHDR></DOC>\n<DOC><DOCNO>W3</DOCNO>\n<DOC><DOCNO>W4</DOCNO></"
        "DOC><DOC",
        "x",
        "trec: body=\"page\" id=\"W1\" title=\"T\" | ! line 2: a DOC without a DOCNO; give it one "
        "| "
        "! line 4: an item that is not closed before the next begins | id=\"W4\"");
}

static void reads_the_washington_post(void **state)
{
    (void)state;
    FORMS_EXPECT("{\"id\":\"p\",\"article_url\":\"u\",\"title\":\"T\",\"author\":\"A\",\"published_"
                 "date\":1356999181000,"
                 "\"contents\":[{\"type\":\"kicker\",\"content\":\"National\"},{\"type\":"
                 "\"sanitized_html\",\"content\":"
                 "\"one "
                 "<b>two</"
                 "b>\"},{\"type\":\"image\",\"content\":null},{\"type\":\"sanitized_html\","
                 "\"content\":\"three\"}]}",
                 "x.jl",
                 "washingtonpost: author=\"A\" body=\"one two\\n\\nthree\" "
                 "date=\"2013-01-01T00:13:01Z\" id=\"p\" "
                 "section=\"National\" title=\"T\" url=\"u\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_documents),
        cmocka_unit_test(reads_days),
        cmocka_unit_test(loses_no_more_than_the_broken_document),
        cmocka_unit_test(reads_the_washington_post),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
