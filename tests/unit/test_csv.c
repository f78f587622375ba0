/* Tables: separators by content, quotes to the letter, damage of one row, and what is no table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/forms.h"

static void expect(struct dtl_bytes in, const char *path, const char *text)
{
    char *got = forms_read(in, path);
    assert_string_equal(got, text);
    free(got);
}
#define EXPECT(in, path, text) expect(DTL_LITERAL(in), path, text)

static void finds_the_separator(void **state)
{
    (void)state;
    static const char marks[] = ",;\t|";
    for (size_t i = 0; i < 4; i++) {
        char in[100];
        snprintf(in, sizeof in, "id%cdate%ctitle\n7%c2024-03-22%cA, b; c\n", marks[i], marks[i],
                 marks[i], marks[i]);
        if (marks[i] == ',' || marks[i] == ';')
            snprintf(in, sizeof in, "id%cdate%ctitle\n7%c2024-03-22%c\"A, b; c\"\n", marks[i],
                     marks[i], marks[i], marks[i]);
        expect(dtl_bytes_of(in), "x", "csv: date=\"2024-03-22\" id=\"7\" title=\"A, b; c\"");
    }
    EXPECT("sep=;\r\nid;title\r\n1;a,b\r\n", "x", "csv: id=\"1\" title=\"a,b\"");
}

static void reads_quotes_as_rfc_4180(void **state)
{
    (void)state;
    EXPECT("id,title,body\n1,\"say \"\"no\"\"\",\"one\r\ntwo,\n\"\"\"\n2, plain \"q\" , \n",
           "x.csv",
           "csv: body=\"one\\ntwo,\\n\\\"\" id=\"1\" title=\"say \\\"no\\\"\" | "
           "id=\"2\" title=\"plain \\\"q\\\"\"");
    EXPECT("\xef\xbb\xbf\"id\",\"text\"\r\n\r\n\"1\",\"\"\r\n\"2\",\"x\"", "x",
           "csv: id=\"1\" | id=\"2\" text=\"x\"");
}

static void names_columns_apart(void **state)
{
    (void)state;
    EXPECT("id,text,text,,text_2\n1,a,b,c,d\n", "x",
           "csv: column_4=\"c\" id=\"1\" text=\"a\" text_2=\"b\" text_2_2=\"d\"");
}

static void rejects_the_row_that_is_wrong(void **state)
{
    (void)state;
    EXPECT("id,title\n1,a\n2\n3,c,d\n4,e\n", "x.csv", "nobody:");
    struct records r;
    records_read(&r, &dtl_format_csv, DTL_LITERAL("id,title\n1,a\n2\n3,c,d\n4,e\n"), "x");
    assert_int_equal(r.n, 4);
    assert_string_equal(records_line(&r, 1), "! line 3: 1 fields where the header has 2");
    assert_string_equal(records_line(&r, 2), "! line 4: 3 fields where the header has 2");
    assert_string_equal(records_line(&r, 3), "id=\"4\" title=\"e\"");
    records_free(&r);
    EXPECT("id,title\n1,a\n2,\"open\n3,c\n4,d\n", "x",
           "csv: id=\"1\" title=\"a\" | ! line 3: a quoted field is not closed; close it with a "
           "quote | id=\"3\" title=\"c\" | id=\"4\" title=\"d\"");
}

static void gives_up_a_file_of_nothing_but_open_quotes(void **state)
{
    (void)state;
    struct dtl_buffer b = {0};
    dtl_buffer_text(&b, "id,title\n1,a\n");
    for (int i = 0; i < 1001;
         i++) /* an odd number: the last is open, whichever line one starts at */
        dtl_buffer_text(&b, "\"\"\"\n");
    struct records r;
    records_read(&r, &dtl_format_csv, dtl_buffer_view(&b), "x");
    assert_true(r.n <= 1100);
    records_free(&r);
    dtl_buffer_release(&b);
}

static void leaves_what_is_no_table(void **state)
{
    (void)state;
    EXPECT("Dear Sir, dear Madam\nyou wrote, and I read\n", "x.txt", "nobody:");
    EXPECT("Dear Sir, dear Madam\nyou wrote, and I read\n", "x.csv",
           "csv: Dear Sir=\"you wrote\" dear Madam=\"and I read\"");
    EXPECT("title\nalone\n", "x.csv", "nobody:");
    EXPECT("id,title\n1\n", "x.csv", "nobody:");
    EXPECT("<a,b>\n1,2\n", "x.csv", "nobody:");
}

static void reads_other_character_sets(void **state)
{
    (void)state;
    EXPECT("id,title\n1,caf\xe9 cr\xe8me\n", "x",
           "csv: id=\"1\" title=\"caf\xc3\xa9 cr\xc3\xa8me\"");
    EXPECT("\xff\xfei\0d\0\t\0t\0i\0t\0l\0e\0\n\0"
           "1\0\t\0\xe9\0\n\0",
           "x", "csv: id=\"1\" title=\"\xc3\xa9\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_separator),
        cmocka_unit_test(reads_quotes_as_rfc_4180),
        cmocka_unit_test(names_columns_apart),
        cmocka_unit_test(rejects_the_row_that_is_wrong),
        cmocka_unit_test(gives_up_a_file_of_nothing_but_open_quotes),
        cmocka_unit_test(leaves_what_is_no_table),
        cmocka_unit_test(reads_other_character_sets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
