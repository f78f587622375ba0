/* Lines of a row that name the files which have its articles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "indexer/build/taken.h"
#include "tests/unit/random.h"

static void expect_names(const struct dtl_buffer *reasons, size_t n, const char *const *names)
{
    struct dtl_bytes by;
    size_t at = 0, found = 0;
    while (dtl_taken_next(dtl_buffer_view(reasons), &at, &by)) {
        assert_true(found < n);
        assert_true(dtl_bytes_is(by, names[found]));
        found++;
    }
    assert_int_equal(found, n);
}

static void names_each_file_once_and_keeps_the_reasons(void **state)
{
    (void)state;
    struct dtl_buffer b = {0};
    const char *none[] = {""}, *two[] = {"b.jsonl", "news/a.jsonl, which was read later"};
    dtl_buffer_text(&b, "#7: no date\n\ta.tar#x: a link\n");
    expect_names(&b, 0, none);
    assert_true(dtl_taken_note(&b, DTL_LITERAL("news/a.jsonl, which was read later")));
    assert_true(dtl_taken_note(&b, DTL_LITERAL("b.jsonl")));
    size_t n = b.n;
    assert_true(dtl_taken_note(&b, DTL_LITERAL("b.jsonl")));
    assert_int_equal(b.n, n);
    expect_names(&b, 2, two);
    dtl_buffer_byte(&b, 0);
    assert_string_equal(b.p, "\tits articles stand in b.jsonl, which was read later\n"
                             "\tits articles stand in news/a.jsonl, which was read later, which "
                             "was read later\n"
                             "#7: no date\n\ta.tar#x: a link\n");
    dtl_buffer_release(&b);
}

static void what_cannot_be_named_is_other_files(void **state)
{
    (void)state;
    struct dtl_buffer b = {0};
    const char *others[] = {""};
    assert_true(dtl_taken_note(&b, DTL_LITERAL("a\nb.jsonl")));
    assert_true(dtl_taken_note(&b, DTL_LITERAL("b.jsonl"))); /* among them already */
    expect_names(&b, 1, others);
    b.n = 0;
    char name[16];
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "%d.jsonl", i);
        assert_true(dtl_taken_note(&b, dtl_bytes_of(name)));
    }
    struct dtl_bytes by;
    size_t at = 0, n = 0;
    while (dtl_taken_next(dtl_buffer_view(&b), &at, &by))
        n++;
    assert_int_equal(n, DTL_TAKEN_MAX + 1);
    at = 0;
    assert_true(dtl_taken_next(dtl_buffer_view(&b), &at, &by));
    assert_int_equal(by.n, 0);
    dtl_buffer_release(&b);
}

static void reads_any_bytes(void **state)
{
    (void)state;
    struct random r = random_start("test_taken");
    static const char words[][28] = {"\t",
                                     "\n",
                                     "its articles stand in ",
                                     "other files",
                                     ", which was read later",
                                     "x",
                                     "\tits articles stand in "};
    for (int i = 0; i < 5000; i++) {
        struct dtl_buffer b = {0};
        for (uint32_t k = random_below(&r, 12); k; k--)
            dtl_buffer_text(&b, words[random_below(&r, sizeof words / sizeof *words)]);
        struct dtl_bytes by;
        size_t at = 0, names = 0;
        while (dtl_taken_next(dtl_buffer_view(&b), &at, &by)) {
            assert_true(by.p >= b.p && by.p + by.n <= b.p + b.n);
            assert_true(++names <= b.n);
        }
        dtl_buffer_release(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_each_file_once_and_keeps_the_reasons),
        cmocka_unit_test(what_cannot_be_named_is_other_files),
        cmocka_unit_test(reads_any_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
