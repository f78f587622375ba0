/* The wire formats: framing, headings, dates of two-digit years, what was cut short. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "indexer/format/wire.h"
#include "tests/unit/records.h"

#define DPA(text)                                                                                  \
    "\001abc0042 4 e 120  xyz 0007\r\n\r\nharbour/strike/\r\n\002" text "\003010930 GMT Mai "      \
    "19\r\n\177\004"

static void expect(const struct dtl_format *f, struct dtl_bytes in, size_t n,
                   const char *const *lines)
{
    struct records r;
    records_read(&r, f, in, "x.tst");
    assert_int_equal(r.n, n);
    for (size_t i = 0; i < n; i++)
        assert_string_equal(records_line(&r, i), lines[i]);
    records_free(&r);
}

static void reads_a_story_with_title_byline_and_place(void **state)
{
    (void)state;
    const char *line[] = {"author=\"Ann Author\" body=\"Porto (xyz) - It works.\\n\\nSecond.\" "
                          "date=\"2019-05-01T09:30Z\" dateline=\"Porto (xyz) -\" source=\"xyz\" "
                          "tags=[\"harbour\",\"strike\"] title=\"Harbour workers end strike\""};
    expect(
        &dtl_format_iptc7901,
        DTL_LITERAL(DPA("(Update)\r\n1ST LEAD\r\nHarbour workers end strike\r\nBy Ann Author, xyz "
                        "=\r\n\r\nPorto (xyz) - It works.\r\n\r\nSecond.\r\n")),
        1, line);
}

static void joins_a_title_of_two_lines_and_keeps_one_in_capitals(void **state)
{
    (void)state;
    const char *two[] = {"author=\"\" body=\"x\" date=\"2019-05-01T09:30Z\" source=\"xyz\" "
                         "tags=[\"harbour\",\"strike\"] title=\"One line and another\""};
    const char *capitals[] = {"author=\"\" body=\"x\" date=\"2019-05-01T09:30Z\" source=\"xyz\" "
                              "tags=[\"harbour\",\"strike\"] title=\"FLASH\""};
    expect(&dtl_format_iptc7901, DTL_LITERAL(DPA("One line\r\nand another =\r\n\r\nx")), 1, two);
    expect(&dtl_format_iptc7901, DTL_LITERAL(DPA("FLASH =\r\n\r\nx")), 1, capitals);
}

static void takes_all_as_body_where_no_line_ends_the_heading(void **state)
{
    (void)state;
    const char *line[] = {"author=\"\" body=\"Only text.\\nMore.\" date=\"2019-05-01T09:30Z\" "
                          "source=\"xyz\" tags=[\"harbour\",\"strike\"] title=\"\""};
    expect(&dtl_format_iptc7901, DTL_LITERAL(DPA("Only text.\r\nMore.")), 1, line);
}

static void reads_messages_behind_each_other_and_rejects_the_one_cut_short(void **state)
{
    (void)state;
    const char *lines[] = {
        "author=\"\" body=\"a\" date=\"1998-12-31T11:59Z\" source=\"xyz\" tags=[\"k\"] title=\"\"",
        "! line 5: the message has no text; it was cut short",
        "! line 6: the message has no end; it was cut short",
        "author=\"\" body=\"b\" date=\"\" source=\"xyz\" tags=[] title=\"\""};
    expect(&dtl_format_iptc7901,
           DTL_LITERAL("\001abc001 4 e 1 xyz 1\nk/\n\002a\003311159 GMT Dez 98\n\004\n"
                       "\001abc002 4 e 1 xyz 2\n"
                       "\001abc003 4 e 1 xyz 3\n\002cut\n"
                       "\001abc004 4 e 1 xyz 4\n\002b\003321159 GMT Dez 98\004"),
           4, lines);
}

static void reads_an_american_story(void **state)
{
    (void)state;
    const char *line[] = {
        "author=\"ANN AUTHOR\" body=\"PORTO, Portugal (XYZ) _ It works.\\n\\na;1\\nb;2\" "
        "date=\"2013-03-09T07:45Z\" dateline=\"PORTO, Portugal (XYZ) _\" keyword=\"BC-Harbour, 1st "
        "Ld,120\" "
        "source=\"XYZ\" title=\"Harbour works again\""};
    expect(&dtl_format_anpa,
           DTL_LITERAL("\026\026\001Q1234\037all\nr i\023\021 BC-Harbour     03-09 0120\n"
                       "\002^BC-Harbour, 1st Ld,120<\n^AP Photo X1<\n^Harbour works again<\n"
                       "^By ANN AUTHOR=\n^Associated Press=\n"
                       "\t   PORTO, Portugal (XYZ) _ It works.\n \n\t   a;1<\n\t   b;2<\n"
                       "\t   \003XY-WF-03-09-13 0745GMT<\n\n\014\n\004"),
           1, line);
}

static void makes_a_title_of_the_keyword_line_where_there_is_none(void **state)
{
    (void)state;
    const char *line[] = {"author=\"\" body=\"a;1\" date=\"\" keyword=\"BC-Weather Table,12\" "
                          "title=\"Weather Table\""};
    expect(&dtl_format_anpa,
           DTL_LITERAL("\026\026\001Q1235\037all\nu i\023\021 BC-W  03-09 10\n"
                       "\002^BC-Weather Table,12<\n\t   a;1<\n\00313-40-13 0745GMT\004"),
           1, line);
}

static void knows_its_own_by_their_marks(void **state)
{
    (void)state;
    static const char dpa[] = "\001abc0042 4 e 1 xyz 7\n\002t\003\004";
    static const char ap[] = "\026\026\001Q1234\037all\nr i x\n\002t\003\004";
    struct dtl_bytes path = DTL_LITERAL("x");
    assert_true(dtl_format_iptc7901.bid(DTL_LITERAL(dpa), true, path) > 80);
    assert_true(dtl_format_anpa.bid(DTL_LITERAL(ap), true, path) > 80);
    assert_int_equal(dtl_format_iptc7901.bid(DTL_LITERAL(ap), true, path), 0);
    assert_int_equal(dtl_format_anpa.bid(DTL_LITERAL(dpa), true, path), 0);
    assert_int_equal(dtl_format_iptc7901.bid(DTL_LITERAL("abc0042 4 e"), true, path), 0);
    assert_int_equal(dtl_format_anpa.bid(DTL_LITERAL("\001"), true, path), 0);
}

static void survives_every_truncation(void **state)
{
    (void)state;
    static const char text[] = DPA("Title\r\nBy A =\r\n\r\nPorto (xyz) - x\r\n");
    for (size_t n = 0; n < sizeof text; n++) {
        struct records r;
        records_read(&r, &dtl_format_iptc7901, dtl_bytes(text, n), "x");
        assert_true(r.n <= 1);
        records_free(&r);
        records_read(&r, &dtl_format_anpa, dtl_bytes(text, n), "x");
        assert_true(r.n <= 1);
        records_free(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_story_with_title_byline_and_place),
        cmocka_unit_test(joins_a_title_of_two_lines_and_keeps_one_in_capitals),
        cmocka_unit_test(takes_all_as_body_where_no_line_ends_the_heading),
        cmocka_unit_test(reads_messages_behind_each_other_and_rejects_the_one_cut_short),
        cmocka_unit_test(reads_an_american_story),
        cmocka_unit_test(makes_a_title_of_the_keyword_line_where_there_is_none),
        cmocka_unit_test(knows_its_own_by_their_marks),
        cmocka_unit_test(survives_every_truncation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
