/* The report of a run: reasons by kind, formats by row; and the file that remembers a run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "indexer/report/last_run.h"
#include "indexer/report/report.h"

#include <stdio.h>

static void expect(struct dtl_report *r, const char *wanted)
{
    struct dtl_buffer b = {0};
    dtl_report_print(r, "p: ", &b);
    dtl_buffer_byte(&b, 0);
    assert_string_equal((char *)b.p, wanted);
    dtl_buffer_release(&b);
    dtl_report_release(r);
}

static void counts_by_format(void **state)
{
    (void)state;
    struct dtl_report r = {0};
    dtl_report_tally(&r, "json", NULL)->files++;
    dtl_report_tally(&r, "json", NULL)->articles += 1045;
    dtl_report_tally(&r, "html", "warc")->articles += 7;
    dtl_report_tally(&r, "json", NULL)->rejected += 2;
    dtl_report_tally(&r, "html", "warc")->undated++;
    expect(&r, "p: format          files  articles  undated  rejected\n"
               "p: json                1      1045        0         2\n"
               "p: html in warc        0         7        1         0\n");
    expect(&r, "");
}

static void gathers_reasons_by_kind(void **state)
{
    (void)state;
    struct dtl_report r = {0};
    struct dtl_bytes a = DTL_LITERAL("a.jsonl"), zip = DTL_LITERAL("b.zip");
    dtl_report_reason(&r, false, a, "#7: line 7: date '2021-13-01': no such month");
    dtl_report_reason(&r, false, a, "#8: line 12: date '1999-99-01': no such month");
    dtl_report_reason(&r, false, zip, "#x/y.html: over 64 MiB");
    dtl_report_reason(&r, true, zip, "#z.bin: no reader recognises it");
    dtl_report_reason(&r, false, zip, "it isn't what it says (can't be)");
    expect(&r, "p: rejected 2: date '...': no such month (first: a.jsonl#7)\n"
               "p: rejected 1: over N MiB (b.zip#x/y.html)\n"
               "p: rejected 1: it isn't what it says (can't be) (b.zip)\n"
               "p: skipped 1: no reader recognises it (b.zip#z.bin)\n");
}

static void neither_names_nor_kinds_grow_without_bound(void **state)
{
    (void)state;
    struct dtl_report r = {0};
    char text[3];
    uint64_t sum = 0;
    for (int i = 0; i < 26 * 26; i++) {
        snprintf(text, sizeof text, "%c%c", 'a' + i / 26, 'a' + i % 26);
        dtl_report_reason(&r, false, DTL_LITERAL("f"), text);
        dtl_report_tally(&r, text, NULL)->files++;
    }
    assert_int_equal(r.reasons, DTL_REASONS_MAX);
    assert_int_equal(r.tallies, DTL_TALLIES_MAX);
    for (size_t i = 0; i < r.reasons; i++)
        sum += r.reason[i].count;
    assert_int_equal(sum, 26 * 26);
    for (size_t i = 0; i < r.tallies; i++)
        sum += r.tally[i].files;
    assert_int_equal(sum, 2 * 26 * 26);
    dtl_report_release(&r);
}

static void prints_nothing_a_terminal_obeys(void **state)
{
    (void)state;
    struct dtl_report r = {0};
    dtl_report_reason(&r, false, DTL_LITERAL("a\x1b[2J"), "b\x1b]0;x\a\n");
    expect(&r, "p: rejected 1: b\\x1b]N;x\\x07  (a\\x1b[2J)\n");
}

static void reads_back_what_it_wrote(void **state)
{
    (void)state;
    struct dtl_last_run l = {.started = 1795489800,
                             .ended = 1795489804,
                             .succeeded = 1795489804,
                             .status = 5,
                             .indexed = 500,
                             .changed = 2,
                             .unchanged = 55408,
                             .removed = 1,
                             .rejected = 3,
                             .skipped = 4,
                             .waiting = 6,
                             .warnings = 7,
                             .generation = 8,
                             .trouble = "news/e.jsonl: #1: no such month"};
    struct dtl_last_run back;
    struct dtl_buffer b = {0};
    dtl_last_run_hear(&l, 0);
    dtl_last_run_hear(&l, UINT64_MAX);
    dtl_last_run_hear(&l, UINT64_MAX);
    assert_int_equal(l.heards, 2);
    assert_true(dtl_last_run_encode(&l, &b));
    dtl_last_run_decode(dtl_buffer_view(&b), &back);
    assert_memory_equal(&l, &back, sizeof l);
    assert_true(dtl_last_run_heard(&back, 0));
    assert_false(dtl_last_run_heard(&back, 1));
    dtl_buffer_release(&b);
}

static void believes_nothing_it_reads(void **state)
{
    (void)state;
    static const struct dtl_last_run none;
    struct dtl_last_run l;
    const char *nothing[] = {"",
                             "\n\n",
                             "=",
                             "status",
                             "status=",
                             "status=x",
                             "status=-1",
                             "status=1e",
                             "statusquo=1\n",
                             "heard=xyz",
                             "heard=00000000000000001"};
    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++) {
        dtl_last_run_decode(dtl_bytes_of(nothing[i]), &l);
        assert_memory_equal(&l, &none, sizeof l);
    }
    dtl_last_run_decode(DTL_LITERAL("later=1\nstatus=4\ntrouble=a\x1b[2J"), &l);
    assert_int_equal(l.status, 4);
    assert_string_equal(l.trouble, "a\\x1b[2J");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_by_format),
        cmocka_unit_test(gathers_reasons_by_kind),
        cmocka_unit_test(neither_names_nor_kinds_grow_without_bound),
        cmocka_unit_test(prints_nothing_a_terminal_obeys),
        cmocka_unit_test(reads_back_what_it_wrote),
        cmocka_unit_test(believes_nothing_it_reads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
