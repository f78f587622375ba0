/* Messages: headers and parts as a reader of mail sees them, many in one file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/records.h"

#define HEAD                                                                                       \
    "From: =?utf-8?q?Ann_=C3=89ditor?= <ann@example.org>\n"                                        \
    "Date: Sun, 22 Nov 2009 01:11:01 +0100\nMessage-Id: <1@example.org>\n"                         \
    "Subject: Harbour\n works\nTo: desk@example.org\n"
#define FIELDS                                                                                     \
    "date=\"2009-11-22T01:11:01+01:00\" id=\"1@example.org\" title=\"Harbour works\" "             \
    "to=\"desk@example.org\""

static void expect(const struct dtl_format *f, struct dtl_bytes in, size_t n,
                   const char *const *lines)
{
    struct records r;
    records_read(&r, f, in, "x");
    assert_int_equal(r.n, n);
    for (size_t i = 0; i < n; i++)
        assert_string_equal(records_line(&r, i), lines[i]);
    records_free(&r);
}

static void reads_headers_and_a_plain_body(void **state)
{
    (void)state;
    const char *line[] = {"author=\"Ann \xc3\x89"
                          "ditor\" body=\"First.\\n\\nSecond.\" " FIELDS};
    expect(&dtl_format_mail, DTL_LITERAL(HEAD "\nFirst.\r\n\r\nSecond.\r\n"), 1, line);
    expect(&dtl_format_mail, DTL_LITERAL("   \r\n" HEAD "\nFirst.\n\nSecond.\n\n"), 1, line);
}

static void takes_the_plain_one_of_alternatives_and_names_what_is_attached(void **state)
{
    (void)state;
    const char *line[] = {"attachments=\"cow.jpg\" author=\"Ann \xc3\x89"
                          "ditor\" "
                          "body=\"Caf\xc3\xa9 opens.\\n\\nMore.\" " FIELDS};
    expect(&dtl_format_mail,
           DTL_LITERAL(HEAD "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n"
                            "--x\nContent-Type: multipart/alternative; boundary=y\n\n"
                            "--y\nContent-Type: text/plain; charset=windows-1252\n"
                            "Content-Transfer-Encoding: quoted-printable\n\nCaf=E9 opens.\n"
                            "--y\nContent-Type: text/html\n\n<p>no</p>\n--y--\n"
                            "--x\nContent-Type: image/jpeg; name=\"cow.jpg\"\n"
                            "Content-Transfer-Encoding: base64\n\nAAAA\n"
                            "--x\nContent-Type: text/plain\n\nMore.\n--x--\n"),
           1, line);
}

static void turns_html_into_text_where_there_is_nothing_else(void **state)
{
    (void)state;
    const char *line[] = {
        "author=\"Ann \xc3\x89"
        "ditor\" "
        "body=\"\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82\\n\\nb\" " FIELDS};
    expect(&dtl_format_mail,
           DTL_LITERAL(HEAD "Content-Type: text/html; charset=koi8-r\n\n"
                            "<p>\xf0\xd2\xc9\xd7\xc5\xd4<p>b<script>x()</script>"),
           1, line);
}

static void believes_valid_utf8_before_what_a_header_says(void **state)
{
    (void)state;
    struct records r;
    /* of one byte a character: "TravTalk" and an apostrophe; two bytes: believed */
    records_read(
        &r, &dtl_format_mail,
        DTL_LITERAL("From: a@example.org\nDate: Fri, 22 Mar 2024 10:00:00 +0100\n"
                    "Subject: =?Windows-1252?Q?TravTalk=E2=80=99s?= =?gb2312?B?1tC5+g==?=\n"
                    "Content-Type: text/plain; charset=iso-8859-1\n\ncaf\xc3\xa9\n"),
        "x");
    assert_int_equal(r.n, 1);
    assert_non_null(strstr(records_line(&r, 0), "TravTalk\xe2\x80\x99s\xe4\xb8\xad\xe5\x9b\xbd"));
    assert_non_null(strstr(records_line(&r, 0), "body=\"caf\xc3\xa9\""));
    records_free(&r);
}

static void keeps_bytes_of_no_character_set_as_valid_text(void **state)
{
    (void)state;
    struct records r;
    records_read(&r, &dtl_format_mail,
                 DTL_LITERAL(HEAD "Content-Type: text/plain; charset=no-such-set\n\na\xff z"), "x");
    assert_int_equal(r.n, 1);
    assert_non_null(strstr(records_line(&r, 0), " z"));
    records_free(&r);
}

static void divides_a_file_at_from_lines_alone(void **state)
{
    (void)state;
    const char *lines[] = {
        "author=\"a@example.org\" body=\"From the start\\nx\\n\\nFrom 10:30 it rains\" "
        "date=\"2009-11-22T01:11:01+01:00\" title=\"one\"",
        "author=\"b@example.org\" body=\"b\" date=\"2009-11-23T01:11:01+01:00\" title=\"two\""};
    expect(&dtl_format_mbox,
           DTL_LITERAL("From a@example.org Sun Nov 22 01:11:01 2009\nFrom: a@example.org\n"
                       "Date: Sun, 22 Nov 2009 01:11:01 +0100\nSubject: one\n\n"
                       ">From the start\nx\n\nFrom 10:30 it rains\n\n"
                       "From b@example.org Mon Nov 23 01:11:01 2009\nFrom: b@example.org\n"
                       "Date: Mon, 23 Nov 2009 01:11:01 +0100\nSubject: two\n\nb\n"),
           2, lines);
}

static void bids_for_messages_and_for_nothing_else(void **state)
{
    (void)state;
    struct dtl_bytes path = DTL_LITERAL("x");
    assert_true(dtl_format_mail.bid(DTL_LITERAL(HEAD "\nx"), true, path) > 0);
    assert_int_equal(
        dtl_format_mail.bid(DTL_LITERAL("Title: a\nDate: 2010-12-03\n\nx"), true, path), 0);
    assert_int_equal(dtl_format_mail.bid(DTL_LITERAL("From here: on\n\nSubject: x"), true, path),
                     0);
    assert_int_equal(dtl_format_mail.bid(DTL_LITERAL("{\"From\":1}"), true, path), 0);
    assert_true(dtl_format_mbox.bid(DTL_LITERAL("From a Sun Nov 22 01:11:01 2009\nA: b\n"), true,
                                    path) > 0);
    assert_int_equal(dtl_format_mbox.bid(DTL_LITERAL("From Paris comes\nA: b\n"), true, path), 0);
}

static void does_without_long_headers_that_nobody_reads(void **state)
{
    (void)state;
    const char *line[] = {"author=\"Ann \xc3\x89"
                          "ditor\" body=\"First.\" " FIELDS};
    struct dtl_buffer message = {0};
    dtl_buffer_text(&message, "X-First: y");
    for (int i = 0; i < 70000; i++)
        dtl_buffer_text(&message, i % 7 ? "y" : "\n y");
    dtl_buffer_text(&message, "\n" HEAD "X-Last: y");
    for (int i = 0; i < 70000; i++)
        dtl_buffer_text(&message, "y");
    dtl_buffer_text(&message, "\n\nFirst.\n");
    expect(&dtl_format_mail, dtl_buffer_view(&message), 1, line);

    message.n = 0; /* one that is read stays whole */
    dtl_buffer_text(&message, HEAD "List-Id: ");
    for (int i = 0; i < 70000; i++)
        dtl_buffer_text(&message, "y");
    dtl_buffer_text(&message, "\n\nFirst.\n");
    struct records r;
    records_read(&r, &dtl_format_mail, dtl_buffer_view(&message), "x");
    assert_int_equal(r.n, 1);
    assert_true(strlen(records_line(&r, 0)) > 70000);
    records_free(&r);
    dtl_buffer_release(&message);
}

static void refuses_parts_without_end(void **state)
{
    (void)state;
    const char *refused[] = {"! a message of more than 10000 parts; divide it"};
    struct dtl_buffer message = {0};
    dtl_buffer_text(&message, HEAD "Content-Type: multipart/mixed; boundary=x\n\n");
    for (int i = 0; i < 10001; i++)
        dtl_buffer_text(&message, "--x\n\na\n");
    expect(&dtl_format_mail, dtl_buffer_view(&message), 1, refused);
    struct records r; /* the same lines in a plain text */
    message.n = 0;
    dtl_buffer_text(&message, HEAD "\n");
    for (int i = 0; i < 10001; i++)
        dtl_buffer_text(&message, "--x\n\na\n");
    records_read(&r, &dtl_format_mail, dtl_buffer_view(&message), "x");
    assert_int_equal(r.n, 1);
    assert_int_equal(r.rejected, 0);
    records_free(&r);
    dtl_buffer_release(&message);
}

static void survives_every_truncation(void **state)
{
    (void)state;
    static const char text[] = "From a@b Sun Nov 22 01:11:01 2009\n" HEAD
                               "Content-Type: multipart/mixed; boundary=x\n\n--x\n\na\n--x\n\nb";
    for (size_t n = 0; n < sizeof text; n++) {
        struct records r;
        records_read(&r, &dtl_format_mbox, dtl_bytes(text, n), "x");
        assert_true(r.n <= 2);
        records_free(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_headers_and_a_plain_body),
        cmocka_unit_test(takes_the_plain_one_of_alternatives_and_names_what_is_attached),
        cmocka_unit_test(turns_html_into_text_where_there_is_nothing_else),
        cmocka_unit_test(believes_valid_utf8_before_what_a_header_says),
        cmocka_unit_test(keeps_bytes_of_no_character_set_as_valid_text),
        cmocka_unit_test(divides_a_file_at_from_lines_alone),
        cmocka_unit_test(bids_for_messages_and_for_nothing_else),
        cmocka_unit_test(does_without_long_headers_that_nobody_reads),
        cmocka_unit_test(refuses_parts_without_end),
        cmocka_unit_test(survives_every_truncation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
