/* Plain text that says of which day or place it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "records.h"

static int bid(const char *text, const char *path)
{
    return dtl_format_text.bid(dtl_bytes_of(text), true, dtl_bytes_of(path));
}

static void expect(const char *text, const char *fields)
{
    struct records r;
    records_read(&r, &dtl_format_text, dtl_bytes_of(text), "x.txt");
    assert_string_equal(records_line(&r, 0), fields);
    records_free(&r);
}

static void bids_for_prose_with_a_day_or_a_dateline(void **state)
{
    (void)state;
    static const char story[] = "A title\n\nThe harbour opened again and nobody knew why.\n";
    static const char dated[] = "A title\n\n23 mai 2024\n\nThe harbour opened again.\n";
    static const char lined[] = "A title\n\nPARIS, Nov 23 (AP) - The harbour opened again.\n";
    assert_int_equal(bid(story, "note.txt"), 0);
    assert_int_equal(bid(story, "2024-05-23/note.txt"), 10);
    assert_int_equal(bid(story, "note-20240523.TXT.gz"), 10);
    assert_int_equal(bid(dated, "note.txt"), 10);
    assert_int_equal(bid(lined, "note.txt"), 10);
    assert_int_equal(bid(lined, "note.md"), 0);
    assert_int_equal(bid("\x01\x02\x03 text", "2024-05-23.txt"), 0);
    assert_int_equal(bid("1;2;3;4;5;6;7;8\n", "2024-05-23.txt"), 0);
    assert_int_equal(bid("", "2024-05-23.txt"), 0);
}

static void takes_the_line_above_a_dateline_for_the_title(void **state)
{
    (void)state;
    expect(
        "abc0001 3 i 510 dpa\n\n/tag/\nHarbour opens=\nBy A. Writer, dpa =\n\nPorto (dpa) - "
        "It\nopened.\n",
        "author=\"A. Writer\" body=\"Porto (dpa) - It\\nopened.\" date=\"\" head=\"abc0001 3 i 510 "
        "dpa\\n\\n/tag/\" "
        "title=\"Harbour opens\"");
    expect("Porto (dpa) - It opened.\n\n\n101137 GMT Dez 18\n",
           "author=\"\" body=\"Porto (dpa) - It opened.\\n\\n\\n101137 GMT Dez 18\" "
           "date=\"2018-12-10T11:37Z\" title=\"\"");
    expect("PARIS, Nov 23 (AP) - It opened.",
           "author=\"\" body=\"PARIS, Nov 23 (AP) - It opened.\" date=\"\" title=\"\"");
}

static void takes_a_first_line_that_stands_alone_for_the_title(void **state)
{
    (void)state;
    expect("A title\n\n23 mai 2024\nText.\n",
           "author=\"\" body=\"23 mai 2024\\nText.\" date=\"\" title=\"A title\"");
    expect("23 mai 2024\n\nText.",
           "author=\"\" body=\"23 mai 2024\\n\\nText.\" date=\"\" title=\"\"");
    expect("A first line\nthat goes on.\n",
           "author=\"\" body=\"A first line\\nthat goes on.\" date=\"\" title=\"\"");
    expect("Only a line", "author=\"\" body=\"Only a line\" date=\"\" title=\"\"");
    expect("Text.\n\n\x1a", "author=\"\" body=\"\" date=\"\" title=\"Text.\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bids_for_prose_with_a_day_or_a_dateline),
        cmocka_unit_test(takes_the_line_above_a_dateline_for_the_title),
        cmocka_unit_test(takes_a_first_line_that_stands_alone_for_the_title),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
