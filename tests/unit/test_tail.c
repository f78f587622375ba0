/* Full and short posting blocks: the format's examples, random postings, limits, damage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/codec/tail.h"
#include "damage.h"
#include "random.h"

static const uint8_t example[] = {0x06, 0x00, 0x0d}; /* "Tail block" */

struct shape {
    dtl_doc base, limit;
    size_t n;
};

static enum dtl_status decode(void *ctx, struct dtl_bytes in)
{
    const struct shape *s = ctx;
    dtl_doc docs[DTL_BLOCK];
    uint32_t tfs[DTL_BLOCK];
    size_t used = 77;
    struct dtl_error err = {0};
    enum dtl_status st = s->n == DTL_BLOCK
                             ? dtl_block_decode(in, s->base, s->limit, docs, tfs, &used, &err)
                             : dtl_tail_decode(in, s->base, s->limit, s->n, docs, tfs, &used, &err);
    if (st < 0) {
        assert_int_equal(st, DTL_ECORRUPT);
        assert_int_equal(used, 77); /* outputs untouched on failure */
        assert_in_range(err.pos, 0, in.n);
        return st;
    }
    assert_true(used <= in.n);
    for (size_t i = 0; i < s->n; i++) {
        assert_true(docs[i] >= s->base && docs[i] < s->limit);
        assert_true(i == 0 || docs[i] > docs[i - 1]);
        assert_in_range(tfs[i], 1, DTL_TF_MAX);
    }
    return st;
}

static void decodes_the_format_document_example(void **state)
{
    (void)state;
    dtl_doc docs[DTL_BLOCK];
    uint32_t tfs[DTL_BLOCK];
    size_t used = 0;
    struct dtl_buffer b = {0};
    assert_int_equal(
        dtl_tail_decode(dtl_bytes(example, sizeof example), 0, 100, 2, docs, tfs, &used, NULL),
        DTL_OK);
    assert_int_equal(used, sizeof example);
    assert_int_equal(docs[0], 3);
    assert_int_equal(tfs[0], 2);
    assert_int_equal(docs[1], 10);
    assert_int_equal(tfs[1], 1);
    assert_true(dtl_tail_encode(&b, 0, docs, tfs, 2));
    assert_true(dtl_bytes_equal(dtl_buffer_view(&b), dtl_bytes(example, sizeof example)));
    dtl_buffer_release(&b);
}

static void rejects_every_proper_prefix(void **state)
{
    (void)state;
    struct shape s = {0, 100, 2};
    assert_int_equal(damage_prefixes(decode, &s, example, sizeof example), 0);
}

static void rejects_a_document_beyond_the_segment(void **state)
{
    (void)state;
    dtl_doc docs[DTL_BLOCK];
    uint32_t tfs[DTL_BLOCK];
    size_t used = 0;
    struct dtl_error err = {0};
    assert_int_equal(
        dtl_tail_decode(dtl_bytes(example, sizeof example), 0, 10, 2, docs, tfs, &used, &err),
        DTL_ECORRUPT);
    assert_int_equal(err.pos, 2);
}

static void rejects_empty_and_full_tails(void **state)
{
    (void)state;
    struct shape none = {0, 100, 0};
    dtl_doc docs[DTL_BLOCK];
    uint32_t tfs[DTL_BLOCK];
    size_t used = 0;
    assert_int_equal(damage_exact(decode, &none, example, sizeof example), DTL_ECORRUPT);
    assert_int_equal(
        dtl_tail_decode(dtl_bytes(example, 3), 0, 100, DTL_BLOCK, docs, tfs, &used, NULL),
        DTL_ECORRUPT);
}

static void random_blocks_of_every_length_come_back(void **state)
{
    (void)state;
    struct random r = random_start(__func__);
    struct dtl_buffer b = {0};
    for (size_t n = 1; n <= DTL_BLOCK; n++)
        for (int round = 0; round < 20; round++) {
            dtl_doc docs[DTL_BLOCK], got[DTL_BLOCK];
            uint32_t tfs[DTL_BLOCK], got_tfs[DTL_BLOCK];
            struct shape s = {.base = random_below(&r, 1000), .n = n};
            dtl_doc at = s.base;
            unsigned spread = 1u << random_below(&r, 17);
            for (size_t i = 0; i < n; i++) {
                docs[i] = at + random_below(&r, spread);
                at = docs[i] + 1;
                tfs[i] = 1 + (random_below(&r, 3) ? 0 : random_below(&r, 5));
                if (random_below(&r, 50) == 0)
                    tfs[i] = DTL_TF_MAX - random_below(&r, 3);
            }
            s.limit = at;
            size_t used = 0;
            dtl_buffer_reset(&b);
            assert_true(n == DTL_BLOCK ? dtl_block_encode(&b, s.base, docs, tfs)
                                       : dtl_tail_encode(&b, s.base, docs, tfs, n));
            assert_int_equal(damage_exact(decode, &s, b.p, b.n), DTL_OK);
            assert_int_equal(n == DTL_BLOCK ? dtl_block_decode(dtl_buffer_view(&b), s.base, s.limit,
                                                               got, got_tfs, &used, NULL)
                                            : dtl_tail_decode(dtl_buffer_view(&b), s.base, s.limit,
                                                              n, got, got_tfs, &used, NULL),
                             DTL_OK);
            assert_int_equal(used, b.n);
            assert_memory_equal(got, docs, n * sizeof *docs);
            assert_memory_equal(got_tfs, tfs, n * sizeof *tfs);
            assert_int_equal(damage_prefixes(decode, &s, b.p, b.n), 0);
            s.limit--; /* the last document is now beyond the segment */
            assert_int_equal(damage_exact(decode, &s, b.p, b.n), DTL_ECORRUPT);
            if (round == 0)
                damage_flips(decode, &s, b.p, b.n);
        }
    dtl_buffer_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes_the_format_document_example),
        cmocka_unit_test(rejects_every_proper_prefix),
        cmocka_unit_test(rejects_a_document_beyond_the_segment),
        cmocka_unit_test(rejects_empty_and_full_tails),
        cmocka_unit_test(random_blocks_of_every_length_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
