/* Positions, true counts and variant numbers of one block: the format's examples, groups on demand,
 * damage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/segment/occurrences.h"
#include "damage.h"
#include "random.h"

/* "Positions": weighted frequencies 1, 4, 3; the second posting's word stood once in the title */
static const uint32_t tfs[] = {1, 4, 3}, counts[] = {1, 2, 3};
static const uint32_t positions[] = {7, 0, 130, 5, 6, 9}, gaps[] = {7, 0, 130, 5, 1, 3};
static const uint8_t example[] = {0x01, 0x02, 0x08, 0x07, 0x00, 0x82, 0x05, 0x01, 0x03};

/* "Variants": the six occurrences were printed in form 0, 0, 1, 0, 2 and 0 of three */
static const uint32_t numbers[] = {0, 0, 1, 0, 2, 0};
static const uint8_t example_numbers[] = {0x10, 0x02};

static void the_format_document_examples_both_ways(void **state)
{
    (void)state;
    struct dtl_buffer b = {0};
    struct dtl_occurrences o = {0};
    struct dtl_error err = {0};
    assert_true(dtl_positions_encode(&b, tfs, counts, 3, gaps, 6));
    assert_true(dtl_bytes_equal(dtl_buffer_view(&b), dtl_bytes(example, sizeof example)));
    assert_int_equal(dtl_occurrences_open(&o, dtl_buffer_view(&b), tfs, 3, &err), DTL_OK);
    dtl_buffer_reset(&b);
    assert_true(dtl_variants_encode(&b, numbers, 6, 3));
    assert_true(
        dtl_bytes_equal(dtl_buffer_view(&b), dtl_bytes(example_numbers, sizeof example_numbers)));
    dtl_occurrences_release(&o);
    assert_int_equal(dtl_occurrences_open(&o, dtl_bytes(example, sizeof example), tfs, 3, &err),
                     DTL_OK);
    assert_int_equal(dtl_occurrences_variants(&o, dtl_buffer_view(&b), 3, &err), DTL_OK);
    for (uint32_t i = 0, at = 0; i < 3; at += counts[i++]) {
        const uint32_t *got = NULL;
        assert_int_equal(o.start[i], at);
        assert_int_equal(dtl_occurrences_of(&o, i, &got, &err), DTL_OK);
        assert_memory_equal(got, positions + at, counts[i] * sizeof *got);
        assert_int_equal(dtl_occurrences_numbers(&o, i, &got, &err), DTL_OK);
        assert_memory_equal(got, numbers + at, counts[i] * sizeof *got);
    }
    assert_int_equal(o.start[3], 6);
    dtl_occurrences_release(&o);
    dtl_buffer_release(&b);
}

static enum dtl_status decode(void *ctx, struct dtl_bytes in)
{
    (void)ctx;
    struct dtl_occurrences o = {0};
    struct dtl_error err = {0};
    const uint32_t *got = NULL;
    enum dtl_status st = dtl_occurrences_open(&o, in, tfs, 3, &err);
    for (uint32_t i = 0; st == DTL_OK && i < 3; i++)
        st = dtl_occurrences_of(&o, i, &got, &err);
    assert_true(st == DTL_OK || st == DTL_ECORRUPT);
    dtl_occurrences_release(&o);
    return st;
}

static enum dtl_status decode_numbers(void *ctx, struct dtl_bytes in)
{
    (void)ctx;
    struct dtl_occurrences o = {0};
    struct dtl_error err = {0};
    const uint32_t *got = NULL;
    assert_int_equal(dtl_occurrences_open(&o, dtl_bytes(example, sizeof example), tfs, 3, &err),
                     DTL_OK);
    enum dtl_status st = dtl_occurrences_variants(&o, in, 3, &err);
    for (uint32_t i = 0; st == DTL_OK && i < 3; i++)
        st = dtl_occurrences_numbers(&o, i, &got, &err);
    assert_true(st == DTL_OK || st == DTL_ECORRUPT);
    dtl_occurrences_release(&o);
    return st;
}

static void prefixes_are_refused_and_flips_survived(void **state)
{
    (void)state;
    uint8_t longer[sizeof example + 1] = {0};
    memcpy(longer, example, sizeof example);
    assert_int_equal(damage_prefixes(decode, NULL, example, sizeof example), 0);
    assert_int_equal(damage_exact(decode, NULL, longer, sizeof longer), DTL_ECORRUPT);
    damage_flips(decode, NULL, example, sizeof example);
    assert_int_equal(damage_prefixes(decode_numbers, NULL, example_numbers, 2), 0);
    damage_flips(decode_numbers, NULL, example_numbers, 2);
}

static void frequencies_of_one_cost_no_byte_for_exceptions(void **state)
{
    (void)state;
    static const uint32_t ones[] = {1, 1}, at[] = {9, 300};
    static const uint8_t want[] = {0x09, 0xac, 0x02};
    struct dtl_buffer b = {0};
    assert_true(dtl_positions_encode(&b, ones, ones, 2, at, 2));
    assert_true(dtl_bytes_equal(dtl_buffer_view(&b), dtl_bytes(want, sizeof want)));
    dtl_buffer_release(&b);
}

static void a_count_that_the_bytes_cannot_hold_takes_no_memory(void **state)
{
    (void)state;
    const uint32_t huge[] = {DTL_TF_MAX, DTL_TF_MAX, DTL_TF_MAX, DTL_TF_MAX, DTL_TF_MAX};
    const uint8_t bytes[] = {0x00, 0x00, 0x00};
    struct dtl_occurrences o = {0};
    assert_int_equal(dtl_occurrences_open(&o, dtl_bytes(bytes, 3), huge, 5, NULL), DTL_ECORRUPT);
    assert_null(o.positions.value);
}

static void random_blocks_come_back_in_any_order_of_asking(void **state)
{
    (void)state;
    struct random r = random_start(__func__);
    struct dtl_occurrences o = {0};
    struct dtl_buffer b = {0}, v = {0};
    struct dtl_error err = {0};
    for (int round = 0; round < 200; round++) {
        uint32_t n = 1 + random_below(&r, DTL_BLOCK), total = 0, tf[DTL_BLOCK], count[DTL_BLOCK];
        uint32_t forms = 1 + random_below(&r, 9), most = round % 4 ? 4 : 100;
        for (uint32_t i = 0; i < n; i++) {
            count[i] = 1 + random_below(&r, most);
            tf[i] = count[i] + (random_below(&r, 5) ? 0 : 2 * random_below(&r, 3));
            if (random_below(&r, 40) == 0)
                tf[i] += random_below(&r, 1000000);
            total += count[i];
        }
        uint32_t *at = calloc(total, sizeof *at), *form = calloc(total, sizeof *form);
        uint32_t *gap = calloc(total, sizeof *gap);
        for (uint32_t i = 0, k = 0; i < n; i++)
            for (uint32_t last = 0, c = 0; c < count[i]; c++, k++) {
                gap[k] = random_below(&r, random_below(&r, 9) ? 60 : 60000);
                at[k] = last += gap[k];
                form[k] = random_below(&r, random_below(&r, 4) ? 1 : forms);
            }
        dtl_buffer_reset(&b);
        dtl_buffer_reset(&v);
        assert_true(dtl_positions_encode(&b, tf, count, n, gap, total));
        if (forms > 1)
            assert_true(dtl_variants_encode(&v, form, total, forms));
        assert_int_equal(dtl_occurrences_open(&o, dtl_buffer_view(&b), tf, n, &err), DTL_OK);
        assert_int_equal(dtl_occurrences_variants(&o, dtl_buffer_view(&v), forms, &err), DTL_OK);
        assert_int_equal(o.start[n], total);
        const uint32_t *all = NULL;
        assert_int_equal(dtl_occurrences_gaps(&o, &all, &err), DTL_OK);
        assert_memory_equal(all, gap, total * sizeof *all);
        assert_int_equal(dtl_occurrences_all_numbers(&o, &all, &err), DTL_OK);
        for (uint32_t k = 0; k < total; k++)
            assert_int_equal(all[k], forms > 1 ? form[k] : 0);
        for (uint32_t asked = 0; asked < 2 * n; asked++) {
            uint32_t i = random_below(&r, n), from = o.start[i];
            const uint32_t *got = NULL;
            assert_int_equal(o.start[i + 1] - from, count[i]);
            assert_int_equal(dtl_occurrences_of(&o, i, &got, &err), DTL_OK);
            assert_memory_equal(got, at + from, count[i] * sizeof *got);
            assert_int_equal(dtl_occurrences_numbers(&o, i, &got, &err), DTL_OK);
            for (uint32_t k = 0; k < count[i]; k++)
                assert_int_equal(got[k], forms > 1 ? form[from + k] : 0);
        }
        free(at);
        free(gap);
        free(form);
    }
    dtl_occurrences_release(&o);
    dtl_buffer_release(&b);
    dtl_buffer_release(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_format_document_examples_both_ways),
        cmocka_unit_test(prefixes_are_refused_and_flips_survived),
        cmocka_unit_test(frequencies_of_one_cost_no_byte_for_exceptions),
        cmocka_unit_test(a_count_that_the_bytes_cannot_hold_takes_no_memory),
        cmocka_unit_test(random_blocks_come_back_in_any_order_of_asking),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
