/* Dated text: the seed's form, its title rule to the letter, and every encoding it may come in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/records.h"

static void expect(struct dtl_bytes in, const char *line)
{
    struct records r;
    records_read(&r, &dtl_format_dated, in, "x.txt");
    assert_int_equal(r.n, 1);
    assert_string_equal(records_line(&r, 0), line);
    records_free(&r);
}
#define EXPECT(in, line) expect(DTL_LITERAL(in), line)

static int bid(const char *text)
{
    return dtl_format_dated.bid(dtl_bytes_of(text), true, DTL_LITERAL("x"));
}

static void reads_the_seeds_form(void **state)
{
    (void)state;
    EXPECT(" date 2024-03-22 After meeting.\n\nSecond.\n",
           "body=\"After meeting.\\n\\nSecond.\" date=\"2024-03-22\" title=\"\"");
}

static void takes_the_first_line_as_title_when_the_date_stands_alone(void **state)
{
    (void)state;
    EXPECT("date 2024-03-22\nThe title\n\nBody.",
           "body=\"Body.\" date=\"2024-03-22\" title=\"The title\"");
    EXPECT("date 2024-03-22 \t\r\nThe title \r\n \r\nBody.\r\nOn.",
           "body=\"Body.\\nOn.\" date=\"2024-03-22\" title=\"The title\"");
    EXPECT("\n\ndate 1895-05\n\nThe title\n\nBody.",
           "body=\"Body.\" date=\"1895-05\" title=\"The title\"");
}

static void takes_no_title_when_text_follows_the_date_or_no_blank_line_the_title(void **state)
{
    (void)state;
    EXPECT("date 2024-03-22 First\n\nBody.",
           "body=\"First\\n\\nBody.\" date=\"2024-03-22\" title=\"\"");
    EXPECT("date 2024-03-22\nFirst\nBody.",
           "body=\"First\\nBody.\" date=\"2024-03-22\" title=\"\"");
    EXPECT("date 2024-03-22\nOnly\n", "body=\"Only\" date=\"2024-03-22\" title=\"\"");
    EXPECT("date 2024-03-22", "body=\"\" date=\"2024-03-22\" title=\"\"");
}

static void takes_a_title_of_200_bytes_and_none_of_201(void **state)
{
    (void)state;
    for (int n = 200; n <= 201; n++) {
        char in[300], line[400], name[256];
        memset(name, 'x', sizeof name);
        name[n] = 0;
        snprintf(in, sizeof in, "date 2024-03-22\n%s\n\nBody.", name);
        if (n == 200)
            snprintf(line, sizeof line, "body=\"Body.\" date=\"2024-03-22\" title=\"%s\"", name);
        else
            snprintf(line, sizeof line, "body=\"%s\\n\\nBody.\" date=\"2024-03-22\" title=\"\"",
                     name);
        expect(dtl_bytes_of(in), line);
    }
}

static void bids_for_the_date_line_alone(void **state)
{
    (void)state;
    assert_true(bid("date 2024-03-22 x") > 0);
    assert_true(bid(" \n date 2024-02-31") > 0); /* impossible: rejected later, not skipped */
    assert_true(bid("date 2024-03") > 0);
    assert_int_equal(bid("date: 2024-03-22"), 0);
    assert_int_equal(bid("date 22-03-2024"), 0);
    assert_int_equal(bid("dated 2024-03-22"), 0);
    assert_int_equal(bid("date 2024 was good"), 0);
    assert_int_equal(bid("date 2024-03-22x"), 0);
    assert_int_equal(bid("date"), 0);
    assert_int_equal(bid(""), 0);
}

static void reads_utf16_latin_and_a_bom(void **state)
{
    (void)state;
    EXPECT("\xef\xbb\xbf"
           "date 2024-03-22 \xc3\xa9",
           "body=\"\xc3\xa9\" date=\"2024-03-22\" title=\"\"");
    EXPECT("date 2024-03-22 caf\xe9 \x93q\x94 \x81",
           "body=\"caf\xc3\xa9 \xe2\x80\x9cq\xe2\x80\x9d \xef\xbf\xbd\" date=\"2024-03-22\" "
           "title=\"\"");
    const char text[] = "date 2024-03-22 x";
    for (int big = 0; big < 2; big++) {
        uint8_t wide[2 * sizeof text + 4] = {big ? 0xfe : 0xff, big ? 0xff : 0xfe};
        size_t n = 2;
        for (size_t i = 0; i < sizeof text - 1; i++, n += 2)
            wide[n + (size_t)big] = (uint8_t)text[i];
        wide[n + (size_t)!big] = 0x01; /* U+0107 */
        wide[n + (size_t)big] = 0x07;
        struct dtl_input *in;
        const struct dtl_format *format;
        struct dtl_error err;
        assert_int_equal(dtl_input_open_bytes(&in, dtl_bytes(wide, n + 2), &err), DTL_OK);
        assert_int_equal(dtl_format_choose(in, DTL_LITERAL("x"), &format, NULL, &err), DTL_OK);
        assert_ptr_equal(format, &dtl_format_dated);
        dtl_input_close(in);
        expect(dtl_bytes(wide, n + 2), "body=\"x\xc4\x87\" date=\"2024-03-22\" title=\"\"");
    }
}

static void names_the_byte_that_is_not_of_the_encoding_given(void **state)
{
    (void)state;
    static const char text[] = "date 2024-03-22 \xff\xfe";
    struct dtl_input *in;
    struct dtl_error err;
    struct records r;
    assert_int_equal(dtl_input_open_bytes(&in, DTL_LITERAL(text), &err), DTL_OK);
    records_read_input(&r, &dtl_format_dated, in, "x", "EUC-KR");
    assert_string_equal(records_line(&r, 0),
                        "! byte 16 is not EUC-KR; name the encoding with --encoding");
    records_free(&r);
    dtl_input_close(in);
    static const char jp[] = "date 2024-03-22 \x1b$B$\"\x1b(B"; /* 7 bits, yet not UTF-8 */
    assert_int_equal(dtl_input_open_bytes(&in, DTL_LITERAL(jp), &err), DTL_OK);
    records_read_input(&r, &dtl_format_dated, in, "x", "ISO-2022-JP");
    assert_string_equal(records_line(&r, 0),
                        "body=\"\xe3\x81\x82\" date=\"2024-03-22\" title=\"\"");
    records_free(&r);
    dtl_input_close(in);
}

static void survives_every_truncation(void **state)
{
    (void)state;
    static const char text[] =
        "\xef\xbb\xbf date 2024-03-22\r\nT\xc3\xa9\r\n\r\nBody \xe2\x82\xac.";
    for (size_t n = 0; n < sizeof text; n++) {
        struct records r;
        records_read(&r, &dtl_format_dated, dtl_bytes(text, n), "x");
        assert_int_equal(r.n, 1);
        records_free(&r);
    }
}

static void reads_the_seed_itself(void **state)
{
    (void)state;
    char *path = records_data("seed/000_a63481e40361881c.txt");
    if (!path)
        skip();
    struct dtl_file file = {.path = dtl_bytes_of(path)};
    struct dtl_input *in;
    struct dtl_error err;
    struct records r;
    assert_int_equal(dtl_input_open(&in, &file, &err), DTL_OK);
    records_read_input(&r, &dtl_format_dated, in, "x", NULL);
    assert_int_equal(r.n, 1);
    const char *line = records_line(&r, 0);
    assert_memory_equal(line, "body=\"After meeting with", 24);
    assert_non_null(strstr(line, " date=\"2024-03-22\" title=\"\""));
    assert_non_null(strstr(line, "long-term stability.\" date"));
    records_free(&r);
    dtl_input_close(in);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_seeds_form),
        cmocka_unit_test(takes_the_first_line_as_title_when_the_date_stands_alone),
        cmocka_unit_test(takes_no_title_when_text_follows_the_date_or_no_blank_line_the_title),
        cmocka_unit_test(takes_a_title_of_200_bytes_and_none_of_201),
        cmocka_unit_test(bids_for_the_date_line_alone),
        cmocka_unit_test(reads_utf16_latin_and_a_bom),
        cmocka_unit_test(names_the_byte_that_is_not_of_the_encoding_given),
        cmocka_unit_test(survives_every_truncation),
        cmocka_unit_test(reads_the_seed_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
