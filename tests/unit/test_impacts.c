/* Impact frontiers: codes round up, frontiers bound every posting and are exact while they fit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/segment/impacts.h"
#include "random.h"

static void frequency_codes_rise_and_never_round_down(void **state)
{
    (void)state;
    for (uint32_t tf = 1; tf < 70000; tf++) {
        uint8_t code = dtl_impact_tf_code(tf);
        assert_true(dtl_impact_tf_of(code) >= tf);
        assert_true(code >= dtl_impact_tf_code(tf - 1));
        if (tf < 128)
            assert_int_equal(dtl_impact_tf_of(code), tf);
        else if (tf <= 30720)
            assert_true(dtl_impact_tf_of(code) - tf < tf / 8);
    }
    for (unsigned code = 1; code < 256; code++) {
        assert_int_equal(dtl_impact_tf_code(dtl_impact_tf_of((uint8_t)code)), code);
        assert_true(dtl_impact_tf_of((uint8_t)code) > dtl_impact_tf_of((uint8_t)(code - 1)));
    }
    assert_int_equal(dtl_impact_tf_code(UINT32_MAX), 255);
}

static void the_format_document_example(void **state)
{
    (void)state;
    /* postings (tf 2, code 30), (tf 5, code 40), (tf 4, code 45), (tf 9, code 60): the third is
     * beaten by the second */
    static const uint8_t want[] = {2, 30, 5, 40, 9, 60};
    struct dtl_frontier f;
    struct dtl_impact pairs[DTL_IMPACTS_MAX];
    struct dtl_buffer b = {0};
    dtl_frontier_reset(&f);
    dtl_frontier_add(&f, (const uint32_t[]){9}, (const uint8_t[]){60}, 1);
    dtl_frontier_add(&f, (const uint32_t[]){4}, (const uint8_t[]){45}, 1);
    dtl_frontier_add(&f, (const uint32_t[]){2}, (const uint8_t[]){30}, 1);
    dtl_frontier_add(&f, (const uint32_t[]){5}, (const uint8_t[]){40}, 1);
    uint32_t n = dtl_frontier_pairs(&f, pairs);
    assert_int_equal(n, 3);
    assert_true(dtl_impacts_encode(&b, pairs, n));
    assert_true(dtl_bytes_equal(dtl_buffer_view(&b), dtl_bytes(want, sizeof want)));
    dtl_buffer_release(&b);
}

static void frontiers_bound_every_posting_and_are_exact_while_they_fit(void **state)
{
    (void)state;
    struct random r = random_start(__func__);
    for (int round = 0; round < 3000; round++) {
        struct dtl_frontier f, other, both;
        struct dtl_impact pairs[DTL_IMPACTS_MAX], back[DTL_IMPACTS_MAX];
        struct {
            uint32_t tf;
            uint8_t code;
        } p[128];
        uint32_t n = 1 + random_below(&r, 128), top = 1u << random_below(&r, 20);
        dtl_frontier_reset(&f);
        dtl_frontier_reset(&other);
        for (uint32_t i = 0; i < n; i++) {
            p[i].code = (uint8_t)random_below(&r, 256);
            p[i].tf = 1 + (round % 2 ? random_below(&r, top) : p[i].code / 2 + random_below(&r, 9));
            dtl_frontier_add(i % 2 ? &f : &other, &p[i].tf, &p[i].code, 1);
        }
        both = f;
        dtl_frontier_merge(&both, &other);
        uint32_t k = dtl_frontier_pairs(&both, pairs);
        assert_in_range(k, 1, DTL_IMPACTS_MAX);
        uint32_t frontier = 0;
        for (uint32_t i = 0; i < n; i++) {
            bool bounded = false, reached = false, beaten = false;
            for (uint32_t q = 0; q < k; q++)
                bounded |= pairs[q].tf >= p[i].tf && pairs[q].length_code <= p[i].code;
            assert_true(bounded);
            uint8_t c = dtl_impact_tf_code(p[i].tf);
            for (uint32_t j = 0; j < n; j++) {
                uint8_t cj = dtl_impact_tf_code(p[j].tf);
                beaten |=
                    cj >= c && p[j].code <= p[i].code && (cj > c || p[j].code < p[i].code || j < i);
            }
            frontier += !beaten;
            for (uint32_t q = 0; q < k; q++)
                reached |=
                    dtl_impact_tf_code(pairs[q].tf) == c && pairs[q].length_code == p[i].code;
            if (k < DTL_IMPACTS_MAX && !beaten)
                assert_true(reached);
        }
        assert_int_equal(k, frontier < DTL_IMPACTS_MAX ? frontier : DTL_IMPACTS_MAX);
        struct dtl_buffer b = {0};
        assert_true(dtl_impacts_encode(&b, pairs, k));
        assert_int_equal(dtl_impacts_decode(dtl_buffer_view(&b), k, back, NULL), DTL_OK);
        assert_int_equal(dtl_impacts_decode(dtl_bytes(b.p, b.n - 1), k, back, NULL), DTL_ECORRUPT);
        for (uint32_t q = 0; q < k; q++) {
            assert_int_equal(back[q].tf, pairs[q].tf);
            assert_int_equal(back[q].length_code, pairs[q].length_code);
        }
        dtl_buffer_release(&b);
    }
}

static void pairs_that_do_not_rise_are_refused(void **state)
{
    (void)state;
    static const uint8_t cases[][4] = {
        {0, 1, 2, 2},
        {2, 1, 2, 2},
        {2, 1, 3, 1},
        {3, 1, 2, 2}
    };
    struct dtl_impact out[DTL_IMPACTS_MAX];
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(dtl_impacts_decode(dtl_bytes(cases[i], 4), 2, out, NULL), DTL_ECORRUPT);
    assert_int_equal(dtl_impacts_decode(dtl_bytes(cases[0], 4), DTL_IMPACTS_MAX + 1, out, NULL),
                     DTL_ECORRUPT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frequency_codes_rise_and_never_round_down),
        cmocka_unit_test(the_format_document_example),
        cmocka_unit_test(frontiers_bound_every_posting_and_are_exact_while_they_fit),
        cmocka_unit_test(pairs_that_do_not_rise_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
