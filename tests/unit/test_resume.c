/* Cursors: what is written is read back, and nothing else is read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "query/result/resume.h"
#include "tests/unit/random.h"

static struct dtl_place random_place(struct random *r)
{
    struct dtl_place p = {.generation = random_next(r) >> random_below(r, 64),
                          .query = random_next(r),
                          .rank = random_next(r) >> random_below(r, 64),
                          .score = random_next(r) >> random_below(r, 64),
                          .total = random_below(r, 3) ? random_next(r) >> 1 : UINT64_MAX};
    dtl_day day =
        random_below(r, 5) ? (dtl_day)random_below(r, 3652059) + DTL_DAY_MIN : DTL_DAY_NONE;
    p.date = (struct dtl_interval){day, day};
    p.ties = p.rank ? random_next(r) % p.rank : 0;
    return p;
}

static void a_place_is_read_back(void **state)
{
    (void)state;
    struct random r = random_start("resume");
    for (int i = 0; i < 20000; i++) {
        struct dtl_place p = random_place(&r), q = {0};
        char text[DTL_CURSOR_TEXT];
        dtl_place_write(&p, text);
        assert_true(strlen(text) < sizeof text);
        assert_int_equal(strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                      "0123456789-_"),
                         strlen(text));
        assert_true(dtl_place_read(text, &q));
        assert_true(p.generation == q.generation && p.query == q.query && p.rank == q.rank &&
                    p.score == q.score && p.total == q.total && p.ties == q.ties &&
                    p.date.earliest == q.date.earliest);
    }
}

static void a_changed_cursor_is_none(void **state)
{
    (void)state;
    struct random r = random_start("resume, changed");
    for (int i = 0; i < 20000; i++) {
        struct dtl_place p = random_place(&r), q;
        char text[DTL_CURSOR_TEXT];
        dtl_place_write(&p, text);
        size_t n = strlen(text), at = random_below(&r, (uint32_t)n);
        switch (random_below(&r, 3)) {
        case 0: /* the last letter may hold bits that say nothing */
            at = at + 1 < n ? at : 0;
            text[at] = text[at] == 'A' ? 'B' : 'A';
            break;
        case 1:
            text[at] = 0;
            break;
        default:
            text[at] = " .+/=\n\xff"[random_below(&r, 7)];
            break;
        }
        assert_false(dtl_place_read(text, &q));
    }
    static const char *const none[] = {"", "A", "AAAAAA", "AQ", "the answer"};
    struct dtl_place q;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_false(dtl_place_read(none[i], &q));
    char longest[4000];
    memset(longest, 'A', sizeof longest - 1);
    longest[sizeof longest - 1] = 0;
    assert_false(dtl_place_read(longest, &q));
}

static void ties_are_counted(void **state)
{
    (void)state;
    struct dtl_place p = {0};
    struct dtl_hit hit = {
        .score = 5, .date = {3, 3}
    };
    dtl_place_pass(&p, &hit);
    dtl_place_pass(&p, &hit);
    assert_int_equal(p.ties, 2);
    hit.date.latest = 9; /* the earliest day alone orders */
    dtl_place_pass(&p, &hit);
    assert_int_equal(p.ties, 3);
    hit.date.earliest = 2;
    dtl_place_pass(&p, &hit);
    assert_int_equal(p.ties, 1);
    hit.score = 4;
    dtl_place_pass(&p, &hit);
    assert_int_equal(p.ties, 1);
    assert_int_equal(p.rank, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_place_is_read_back),
        cmocka_unit_test(a_changed_cursor_is_none),
        cmocka_unit_test(ties_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
