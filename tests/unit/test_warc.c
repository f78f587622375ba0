/* Web archives: which records are members, HTTP taken off, damage, every truncation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "indexer/input/warc.h"

#include <stdio.h>
#include <stdlib.h>

/* "name=content;" for each member, "name!reason;" else, at the end what was skipped. */
static char *members(struct dtl_bytes bytes)
{
    struct dtl_buffer b = {0};
    struct dtl_error err = {0};
    struct dtl_input *in;
    struct dtl_warc *w;
    uint8_t *exact = malloc(bytes.n + 1);
    assert_non_null(exact);
    memcpy(exact, bytes.p, bytes.n);
    assert_int_equal(dtl_input_open_bytes(&in, dtl_bytes(exact, bytes.n), &err), DTL_OK);
    assert_int_equal(dtl_warc_open(&w, in, &err), DTL_OK);
    for (int n = 0; n < 1000; n++) {
        struct dtl_member m = {0};
        struct dtl_bytes view;
        enum dtl_status st = dtl_warc_next(w, &m, &err);
        if (st == DTL_END)
            break;
        dtl_buffer_append(&b, m.name.p, m.name.n);
        if (st == DTL_OK && m.mtime_ns)
            dtl_buffer_format(&b, "@%llu", (unsigned long long)(m.mtime_ns / 1000000000));
        if (st == DTL_OK && m.charset)
            dtl_buffer_format(&b, "[%s]", m.charset);
        dtl_buffer_byte(&b, st == DTL_OK ? '=' : '!');
        while (st == DTL_OK && (st = dtl_input_peek(m.in, 10, &view, &err)) == DTL_OK && view.n) {
            dtl_buffer_append(&b, view.p, view.n);
            dtl_input_skip(m.in, view.n);
        }
        if (st < 0)
            dtl_buffer_format(&b, "(%s)", err.text);
        dtl_buffer_byte(&b, ';');
        if (st < 0 && st != DTL_EINPUT && !dtl_warc_cut(w))
            break;
    }
    if (dtl_warc_skipped(w))
        dtl_buffer_format(&b, "%d skipped", (int)dtl_warc_skipped(w));
    if (dtl_warc_cut(w))
        dtl_buffer_text(&b, "cut");
    dtl_warc_close(w);
    dtl_input_close(in);
    free(exact);
    dtl_buffer_byte(&b, 0);
    return (char *)b.p;
}

static void expect(const char *bytes, const char *text)
{
    char *got = members(dtl_bytes_of(bytes));
    assert_string_equal(got, text);
    free(got);
}

#define RECORD(type, uri, length, block)                                                           \
    "WARC/1.0\r\nWARC-Type: " type "\r\nWARC-Target-URI: " uri "\r\nContent-Length: " length       \
    "\r\n\r\n" block "\r\n\r\n"

static void gives_what_was_kept(void **state)
{
    (void)state;
    expect(RECORD("warcinfo", "", "5", "a: b\n") RECORD("request", "u", "5", "GET /")
               RECORD("response", "<http://x/1>", "29", "HTTP/1.1 200 OK\r\nA: b\r\n\r\npage")
                   RECORD("resource", "http://x/2", "4", "file") RECORD("conversion", "http://x/3",
                                                                        "4", "text")
                       RECORD("response", "http://x/4", "26", "HTTP/1.1 404 No\r\nA: b\r\n\r\nx")
                           RECORD("revisit", "u", "0", ""),
           "http://x/1=page;http://x/2=file;http://x/3=text;2 skipped");
    expect("WARC/0.18\nWARC-Type: response\nWARC-Target-URI: u\nContent-Length: 22\n\nHTTP/1.0 200 "
           "OK\n\npage\n\n",
           "u=page\n;");
}

static void passes_the_time_of_the_crawl_on_as_a_file_s(void **state)
{
    (void)state;
    expect("WARC/1.0\r\nWARC-Type: resource\r\nWARC-Target-URI: u\r\nContent-Length: 1\r\n"
           "WARC-Date: 2014-02-16T05:02:21Z\r\n\r\nx\r\n\r\n" RECORD("resource", "v", "1", "y"),
           "u@1392526941=x;v=y;");
    expect("WARC/1.0\r\nWARC-Type: resource\r\nWARC-Target-URI: u\r\nContent-Length: 1\r\n"
           "WARC-Date: 1014-02-16T05:02:21Z\r\n\r\nx\r\n\r\n",
           "u=x;");
}

static void takes_chunks_off(void **state)
{
    (void)state;
    expect(RECORD("response", "u", "79",
                  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n "
                  "world\r\n0\r\n\r\n"),
           "u=hello world;");
    expect(
        RECORD("response", "u", "52", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nplain"),
        "u=plain;");
}

static void passes_on_which_character_set_http_names(void **state)
{
    (void)state;
#define ANSWER(type) "HTTP/1.1 200 OK\r\nContent-Type: " type "\r\n\r\nx"
    expect(RECORD("response", "u", "67", ANSWER("text/html; Charset=windows-1251")),
           "u[windows-1251]=x;");
    expect(RECORD("response", "u", "76", ANSWER("text/html;charset=\"iso-8859-2\" ; level=1")),
           "u[iso-8859-2]=x;");
    expect(RECORD("response", "u", "60", ANSWER("text/html; charset= utf8")), "u=x;");
    expect(RECORD("response", "u", "45", ANSWER("text/html")) RECORD("resource", "v", "1", "y"),
           "u=x;v=y;");
    expect(RECORD("response", "u", "105",
                  ANSWER("text/html; charset=12345678901234567890123456789012345678901234567890")),
           "u=x;");
#undef ANSWER
}

static void reads_arc(void **state)
{
    (void)state;
    expect("filedesc://x.arc 127.0.0.1 20140216050221 text/plain 11\n1 0 Capture\n\n"
           "http://x/ 1.2.3.4 20140216050221 text/html 23\nHTTP/1.1 200 OK\r\n\r\npage\n"
           "http://y/ 1.2.3.4 20140216050221 text/html 4\nmore\n",
           "http://x/=page;http://y/=more;");
}

static void goes_on_behind_damage(void **state)
{
    (void)state;
    expect(RECORD("resource", "u1", "2", "four") RECORD("resource", "u2", "4", "file"),
           "u1=fo;record-2!(bytes that are no record; a length before them is wrong);u2=file;");
    expect(RECORD("resource", "u1", "none", "four") RECORD("resource", "u2", "4", "file"),
           "record-1!(a record without a length; reading goes on behind it);"
           "record-2!(bytes that are no record; a length before them is wrong);u2=file;");
    expect(
        RECORD("resource", "u1", "4", "file") "WARC/1.0\r\nWARC-Type: resource\r\nWARC-Target-URI: "
                                              "u2\r\nContent-Length: 999999\r\n\r\nfile",
        "u1=file;u2!(ends inside a record; is it cut short?);cut");
}

/* A length too long by some bytes, in a record that keeps nothing, is not its neighbour's loss. */
static void doubts_a_length_that_takes_the_neighbour_along(void **state)
{
    (void)state;
    expect(RECORD("warcinfo", "", "40", "a: b\n") RECORD("resource", "u1", "4", "file"),
           "u1=file;");
    expect(RECORD("warcinfo", "", "9999", "a: b\n") RECORD("resource", "u1", "4", "file"),
           "u1=file;");
    /* the length is right: what looks like a record inside is not one */
    expect(RECORD("metadata", "", "22", "x\r\nWARC/1.0\r\nA: b\r\n\r\n")
               RECORD("resource", "u1", "4", "file"),
           "u1=file;");
}

static void says_that_the_end_is_no_record(void **state)
{
    (void)state;
    expect(RECORD("resource", "u1", "4", "file") "rest of something",
           "u1=file;record-2!(bytes that are no record; a length before them is wrong);");
}

static void survives_every_truncation(void **state)
{
    (void)state;
    static const char text[] = RECORD("resource", "u1", "4", "file")
        RECORD("response", "u", "79",
               "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n "
               "world\r\n0\r\n\r\n");
    for (size_t n = 0; n < sizeof text; n++)
        free(members(dtl_bytes(text, n)));
}

static void is_told_by_its_first_bytes(void **state)
{
    (void)state;
    assert_string_equal(dtl_warc_kind(DTL_LITERAL("WARC/1.1\r\n")), "warc");
    assert_string_equal(dtl_warc_kind(DTL_LITERAL("filedesc://x")), "arc");
    assert_null(dtl_warc_kind(DTL_LITERAL("WARC files are archives")));
    assert_null(dtl_warc_kind(DTL_LITERAL("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_what_was_kept),
        cmocka_unit_test(passes_the_time_of_the_crawl_on_as_a_file_s),
        cmocka_unit_test(passes_on_which_character_set_http_names),
        cmocka_unit_test(takes_chunks_off),
        cmocka_unit_test(reads_arc),
        cmocka_unit_test(goes_on_behind_damage),
        cmocka_unit_test(doubts_a_length_that_takes_the_neighbour_along),
        cmocka_unit_test(says_that_the_end_is_no_record),
        cmocka_unit_test(survives_every_truncation),
        cmocka_unit_test(is_told_by_its_first_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
