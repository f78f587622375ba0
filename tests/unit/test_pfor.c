/* Patched groups: the format's example, random groups of every length, smallest size, damage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/codec/pfor.h"
#include "damage.h"
#include "random.h"

static const uint8_t example[] = {0x42, 0x01, 0x05, 0x79, 0x1e, 0x07, 0x19}; /* "Patched groups" */
static const uint32_t example_values[] = {1, 2, 3, 1, 2, 3, 1, 100};

/* the same with more patches than a bitmap has bytes: values 3, 8 and 15 of sixteen are 100, the
 * others 1 */
static const uint8_t bitmap_example[] = {0x41, 0x03, 0x06, 0xf7, 0x7e,
                                         0x08, 0x81, 0xb2, 0x2c, 0x03};

static enum dtl_status decode(void *ctx, struct dtl_bytes in)
{
    size_t n = *(const size_t *)ctx, used = 0, skipped = 0;
    uint32_t out[DTL_GROUP];
    struct dtl_error err = {0};
    enum dtl_status st = dtl_pfor_decode(in, n, out, &used, &err);
    if (st == DTL_OK) {
        assert_true(used <= in.n);
        assert_int_equal(dtl_pfor_skip(in, n, &skipped, &err), DTL_OK);
        assert_int_equal(skipped, used);
    } else {
        assert_int_equal(st, DTL_ECORRUPT);
        assert_in_range(err.pos, 0, in.n);
    }
    return st;
}

static void the_format_document_example_both_ways(void **state)
{
    (void)state;
    struct dtl_buffer b = {0};
    uint32_t back[8];
    size_t used = 0;
    assert_true(dtl_pfor_encode(&b, example_values, 8, DTL_PFOR_SMALL));
    assert_int_equal(b.n, sizeof example);
    assert_memory_equal(b.p, example, sizeof example);
    assert_int_equal(dtl_pfor_decode(dtl_buffer_view(&b), 8, back, &used, NULL), DTL_OK);
    assert_int_equal(used, sizeof example);
    assert_memory_equal(back, example_values, sizeof back);
    dtl_buffer_release(&b);
}

static void the_bitmap_example_both_ways(void **state)
{
    (void)state;
    struct dtl_buffer b = {0};
    uint32_t values[16], back[16];
    size_t used = 0, n = 16;
    for (size_t i = 0; i < n; i++)
        values[i] = i == 3 || i == 8 || i == 15 ? 100 : 1;
    assert_true(dtl_pfor_encode(&b, values, n, DTL_PFOR_SMALL));
    assert_true(
        dtl_bytes_equal(dtl_buffer_view(&b), dtl_bytes(bitmap_example, sizeof bitmap_example)));
    assert_int_equal(dtl_pfor_decode(dtl_buffer_view(&b), n, back, &used, NULL), DTL_OK);
    assert_memory_equal(back, values, sizeof back);
    assert_int_equal(damage_prefixes(decode, &n, bitmap_example, sizeof bitmap_example), 0);
    damage_flips(decode, &n, bitmap_example, sizeof bitmap_example);
    dtl_buffer_release(&b);
}

static void a_patch_that_saves_too_little_is_not_made_where_speed_counts(void **state)
{
    (void)state;
    struct dtl_buffer small = {0}, quick = {0};
    uint32_t values[DTL_GROUP] = {0}, back[DTL_GROUP];
    size_t used = 0;
    for (size_t i = 0; i < DTL_GROUP; i += 9)
        values[i] = 1; /* 15 ones: as patches 1 + 2 + 15 + 2 bytes, packed 1 + 16 */
    values[64] = 7;
    assert_true(dtl_pfor_encode(&small, values, DTL_GROUP, DTL_PFOR_SMALL));
    assert_true(dtl_pfor_encode(&quick, values, DTL_GROUP, DTL_PFOR_QUICK));
    assert_true(small.n <= quick.n);
    assert_int_equal(dtl_pfor_decode(dtl_buffer_view(&quick), DTL_GROUP, back, &used, NULL),
                     DTL_OK);
    assert_memory_equal(back, values, sizeof back);
    dtl_buffer_release(&small);
    dtl_buffer_release(&quick);
}

static void every_prefix_is_refused_and_every_flip_survived(void **state)
{
    (void)state;
    size_t n = 8;
    assert_int_equal(damage_prefixes(decode, &n, example, sizeof example), 0);
    damage_flips(decode, &n, example, sizeof example);
}

static void headers_that_lie_are_refused(void **state)
{
    (void)state;
    static const struct {
        uint8_t bytes[8];
        uint64_t pos;
    } cases[] = {
        {{0x21, 1, 1, 1, 1, 1, 1, 1},                   0}, /* width 33 */
        {{0x80, 1, 1, 1, 1, 1, 1, 1},                   0}, /* reserved bit */
        {{0x42, 0x00, 5, 1, 1, 1, 1, 1},                1}, /* patched without patches */
        {{0x42, 0x09, 5, 1, 1, 1, 1, 1},                1}, /* more patches than values */
        {{0x42, 0x01, 0, 1, 1, 1, 1, 1},                2}, /* patches without bits */
        {{0x42, 0x01, 31, 1, 1, 1, 1, 1},               2},
        {{0x42, 0x01, 0x05, 0x79, 0x1e, 0x08, 0x19, 0}, 5}, /* patch of value 8 of 8 */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t out[8];
        size_t used = 77;
        struct dtl_error err = {0};
        assert_int_equal(dtl_pfor_decode(dtl_bytes(cases[i].bytes, 8), 8, out, &used, &err),
                         DTL_ECORRUPT);
        assert_int_equal(err.pos, cases[i].pos);
        assert_int_equal(used, 77);
    }
}

static uint32_t skewed(struct random *r)
{
    return (uint32_t)random_next(r) >>
           (random_below(r, 12) ? 19 + random_below(r, 13) : random_below(r, 32));
}

static size_t plain_bytes(const uint32_t *v, size_t n)
{
    uint32_t any = 0;
    for (size_t i = 0; i < n; i++)
        any |= v[i];
    return 1 + (n == DTL_GROUP ? dtl_group_bytes(dtl_bit_width(any))
                               : dtl_row_bytes(n, dtl_bit_width(any)));
}

static void random_groups_of_every_length_come_back_and_never_exceed_plain_packing(void **state)
{
    (void)state;
    struct random r = random_start(__func__);
    struct dtl_buffer b = {0};
    for (size_t n = 1; n <= DTL_GROUP; n++)
        for (int round = 0; round < 30; round++) {
            uint32_t values[DTL_GROUP], back[DTL_GROUP];
            for (size_t i = 0; i < n; i++)
                values[i] = round == 0 ? 0 : round == 1 ? UINT32_MAX : skewed(&r);
            dtl_buffer_reset(&b);
            assert_true(
                dtl_pfor_encode(&b, values, n, round % 3 ? DTL_PFOR_SMALL : DTL_PFOR_QUICK));
            if (n >= DTL_PFOR_TINY)
                assert_true(b.n <= plain_bytes(values, n));
            size_t count = n;
            assert_int_equal(damage_exact(decode, &count, b.p, b.n), DTL_OK);
            size_t used = 0;
            assert_int_equal(dtl_pfor_decode(dtl_buffer_view(&b), n, back, &used, NULL), DTL_OK);
            assert_int_equal(used, b.n);
            assert_memory_equal(back, values, n * sizeof *values);
            if (round < 3)
                damage_flips(decode, &count, b.p, b.n < 40 ? b.n : 40);
        }
    dtl_buffer_release(&b);
}

static void runs_of_any_length_come_back_and_are_indexed(void **state)
{
    (void)state;
    struct random r = random_start(__func__);
    struct dtl_buffer b = {0};
    uint32_t values[700], back[700], at[6];
    for (size_t n = 0; n <= 700; n += 1 + random_below(&r, 9)) {
        size_t used = 0, indexed = 0;
        for (size_t i = 0; i < n; i++)
            values[i] = skewed(&r);
        dtl_buffer_reset(&b);
        assert_true(dtl_pfor_encode_run(&b, values, n, DTL_PFOR_SMALL));
        assert_int_equal(dtl_pfor_decode_run(dtl_buffer_view(&b), n, back, &used, NULL), DTL_OK);
        assert_int_equal(used, b.n);
        if (n)
            assert_memory_equal(back, values, n * sizeof *values);
        assert_int_equal(dtl_pfor_index_run(dtl_buffer_view(&b), n, at, &indexed, NULL), DTL_OK);
        assert_int_equal(indexed, used);
        for (size_t g = 0; g * DTL_GROUP < n; g++) {
            size_t m = n - g * DTL_GROUP < DTL_GROUP ? n - g * DTL_GROUP : DTL_GROUP, one = 0;
            assert_int_equal(
                dtl_pfor_decode(dtl_bytes(b.p + at[g], b.n - at[g]), m, back, &one, NULL), DTL_OK);
            assert_memory_equal(back, values + g * DTL_GROUP, m * sizeof *values);
        }
    }
    dtl_buffer_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_format_document_example_both_ways),
        cmocka_unit_test(the_bitmap_example_both_ways),
        cmocka_unit_test(a_patch_that_saves_too_little_is_not_made_where_speed_counts),
        cmocka_unit_test(every_prefix_is_refused_and_every_flip_survived),
        cmocka_unit_test(headers_that_lie_are_refused),
        cmocka_unit_test(random_groups_of_every_length_come_back_and_never_exceed_plain_packing),
        cmocka_unit_test(runs_of_any_length_come_back_and_are_indexed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
