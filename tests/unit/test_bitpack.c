/* Bit packing: the format's examples, every width, every kernel, exact bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/codec/bitpack.h"
#include "random.h"

static void row_of_the_format_document(void **state)
{
    (void)state;
    const uint32_t values[] = {1, 2, 3};
    uint8_t bytes[1] = {0};
    uint32_t back[3] = {0};
    dtl_row_pack(values, 3, 2, bytes);
    assert_int_equal(bytes[0], 0x39);
    dtl_row_unpack(bytes, 3, 2, back);
    assert_memory_equal(back, values, sizeof values);
}

static void group_of_the_format_document(void **state)
{
    (void)state;
    static const uint8_t want[16] = {[4] = 0x02};
    uint32_t values[DTL_GROUP] = {[5] = 1}, back[DTL_GROUP];
    uint8_t bytes[16];
    dtl_bitpack_scalar.pack(values, 1, bytes);
    assert_memory_equal(bytes, want, sizeof want);
    dtl_bitpack_scalar.unpack(bytes, 1, 0, back);
    assert_memory_equal(back, values, sizeof values);
}

static uint32_t random_of_width(struct random *r, unsigned bits)
{
    return bits ? (uint32_t)random_next(r) >> (32 - bits) : 0;
}

/* The layout, bit by bit, as the format document states it. */
static uint32_t value_at(const uint8_t *bytes, unsigned bits, unsigned j)
{
    unsigned lane = j % 4, place = j / 4;
    uint32_t v = 0;
    for (unsigned k = 0; k < bits; k++) {
        unsigned at = place * bits + k, word = at / 32;
        uint32_t w = dtl_load32(bytes + 4 * (4 * word + lane));
        v |= (w >> (at % 32) & 1) << k;
    }
    return v;
}

static void every_width_of_every_kernel_packs_the_stated_layout(void **state)
{
    (void)state;
    struct random r = random_start(__func__);
    for (size_t k = 0; dtl_bitpack_at(k); k++)
        for (unsigned bits = 0; bits <= 32; bits++)
            for (int round = 0; round < 5; round++) {
                const struct dtl_bitpack *kernel = dtl_bitpack_at(k);
                if (!kernel->usable())
                    continue;
                uint32_t values[DTL_GROUP], back[DTL_GROUP];
                size_t n = dtl_group_bytes(bits);
                uint8_t *bytes = malloc(n ? n : 1), *scalar = malloc(n ? n : 1);
                for (unsigned j = 0; j < DTL_GROUP; j++)
                    values[j] = random_of_width(&r, bits);
                kernel->pack(values, bits, bytes);
                dtl_bitpack_scalar.pack(values, bits, scalar);
                assert_memory_equal(bytes, scalar, n);
                for (unsigned j = 0; j < DTL_GROUP; j++)
                    assert_int_equal(value_at(bytes, bits, j), values[j]);
                memset(back, 0xaa, sizeof back);
                kernel->unpack(bytes, bits, 0, back);
                assert_memory_equal(back, values, sizeof values);
                uint32_t plus = (uint32_t)random_next(&r), base = (uint32_t)random_next(&r);
                kernel->unpack(bytes, bits, plus, back);
                for (unsigned j = 0; j < DTL_GROUP; j++)
                    assert_int_equal(back[j], (uint32_t)(values[j] + plus));
                kernel->unpack_rising(bytes, bits, base, back);
                for (unsigned j = 0, sum = base; j < DTL_GROUP; j++, sum++) {
                    sum += values[j];
                    assert_int_equal(back[j], sum);
                }
                free(bytes);
                free(scalar);
            }
}

/* Rows, patches and running sums: the vector kernels against plain arithmetic, nothing written past
 * the end. */
static void every_kernel_reads_rows_of_every_width_and_length(void **state)
{
    (void)state;
    struct random r = random_start(__func__);
    for (size_t k = 0; dtl_bitpack_at(k); k++)
        for (unsigned bits = 0; bits <= 32; bits++)
            for (size_t n = 0; n <= 140 && dtl_bitpack_at(k)->usable(); n++) {
                uint32_t values[140], *back = malloc((n + 1) * sizeof *back);
                size_t bytes_n = dtl_row_bytes(n, bits);
                uint8_t *bytes = malloc(bytes_n ? bytes_n : 1);
                uint32_t plus = n % 3 ? (uint32_t)random_next(&r) : 0;
                for (size_t j = 0; j < n; j++)
                    values[j] = random_of_width(&r, bits);
                dtl_row_pack(values, n, bits, bytes);
                back[n] = 0xdeadbeef;
                dtl_bitpack_at(k)->unpack_row(bytes, n, bits, plus, back);
                assert_int_equal(back[n], 0xdeadbeef);
                for (size_t j = 0; j < n; j++)
                    assert_int_equal(back[j], (uint32_t)(values[j] + plus));
                free(bytes);
                free(back);
            }
}

static void every_kernel_patches_and_adds_up(void **state)
{
    (void)state;
    struct random r = random_start(__func__);
    for (size_t k = 0; dtl_bitpack_at(k); k++)
        for (size_t n = 1; n <= DTL_GROUP && dtl_bitpack_at(k)->usable(); n++)
            for (unsigned shift = 0; shift < 32; shift++) {
                uint32_t *v = malloc(n * sizeof *v), want[DTL_GROUP], above[DTL_GROUP + 16] = {0};
                uint32_t rising[DTL_GROUP] = {0}, base = (uint32_t)random_next(&r), sum = base;
                uint64_t where[2] = {0};
                size_t patches = 0;
                for (size_t i = 0; i < n; i++) {
                    v[i] = want[i] = random_of_width(&r, shift);
                    if (random_below(&r, 1 + shift % 9) != 0)
                        continue;
                    above[patches] = random_of_width(&r, 32 - shift);
                    want[i] += above[patches++] << shift;
                    where[i / 64] |= UINT64_C(1) << i % 64;
                }
                dtl_bitpack_at(k)->patch(v, n, where, above, shift);
                assert_memory_equal(v, want, n * sizeof *v);
                memcpy(rising, v, n * sizeof *v);
                dtl_bitpack_at(k)->rise(rising, n, base);
                for (size_t i = 0; i < n; i++, sum++) {
                    sum += v[i];
                    assert_int_equal(rising[i], sum);
                }
                free(v);
            }
}

static void every_kernel_sums_and_says_what_passes_32_bits(void **state)
{
    (void)state;
    struct random r = random_start(__func__);
    unsigned passed = 0;
    for (size_t k = 0; dtl_bitpack_at(k); k++)
        for (size_t n = 0; n <= 200 && dtl_bitpack_at(k)->usable(); n++)
            for (unsigned bits = 20; bits <= 32; bits++) {
                uint32_t *v = malloc((n ? n : 1) * sizeof *v), want[200];
                uint64_t sum = 0;
                for (size_t i = 0; i < n; i++) {
                    v[i] = random_of_width(&r, bits);
                    sum += v[i];
                    want[i] = (uint32_t)sum;
                }
                assert_int_equal(dtl_bitpack_at(k)->sum(v, n), sum <= UINT32_MAX);
                assert_memory_equal(v, want, n * sizeof *v);
                passed += sum > UINT32_MAX;
                free(v);
            }
    assert_true(passed > 100);
}

/* A group with few wide values, in one call, against plain arithmetic and exact input bounds. */
static void kernels_that_patch_in_registers_do_as_the_steps_do(void **state)
{
    (void)state;
    struct random r = random_start(__func__);
    for (size_t k = 0; dtl_bitpack_at(k); k++)
        for (unsigned bits = 0; bits < 32 && dtl_bitpack_at(k)->usable(); bits++)
            for (size_t n = 1; n <= DTL_FEW_MOST && dtl_bitpack_at(k)->unpack_few; n++) {
                const struct dtl_bitpack *kernel = dtl_bitpack_at(k);
                unsigned most = 32 - bits < DTL_FEW_BITS ? 32 - bits : DTL_FEW_BITS;
                struct dtl_few few = {.n = n, .bits = 1 + random_below(&r, most)};
                uint32_t values[DTL_GROUP], above[DTL_FEW_MOST], got[DTL_GROUP];
                uint32_t plus = (uint32_t)random_next(&r), base = (uint32_t)random_next(&r);
                size_t in_n = dtl_group_bytes(bits), row_n = dtl_row_bytes(n, few.bits);
                uint8_t *in = malloc(in_n ? in_n : 1), *row = malloc(row_n);
                for (size_t i = 0; i < DTL_GROUP; i++)
                    values[i] = random_of_width(&r, bits);
                kernel->pack(values, bits, in);
                for (size_t i = 0; i < n; i++) {
                    uint32_t at = random_below(&r, DTL_GROUP);
                    above[i] = random_of_width(&r, few.bits);
                    while (few.where[at / 64] >> at % 64 & 1)
                        at = (at + 1) % DTL_GROUP;
                    few.where[at / 64] |= UINT64_C(1) << at % 64;
                }
                dtl_row_pack(above, n, few.bits, row);
                few.row = row;
                for (size_t i = 0, next = 0; i < DTL_GROUP; i++)
                    if (few.where[i / 64] >> i % 64 & 1)
                        values[i] += above[next++] << bits;
                kernel->unpack_few(in, bits, &few, plus, got);
                for (size_t i = 0; i < DTL_GROUP; i++)
                    assert_int_equal(got[i], (uint32_t)(values[i] + plus));
                kernel->unpack_few_rising(in, bits, &few, base, got);
                for (size_t i = 0; i < DTL_GROUP; i++, base++) {
                    base += values[i];
                    assert_int_equal(got[i], base);
                }
                free(in);
                free(row);
            }
}

static void rows_of_every_width_and_length_come_back(void **state)
{
    (void)state;
    struct random r = random_start(__func__);
    for (unsigned bits = 0; bits <= 32; bits++)
        for (size_t n = 0; n <= 130; n++) {
            uint32_t values[130], back[131];
            size_t bytes_n = dtl_row_bytes(n, bits);
            uint8_t *bytes = malloc(bytes_n ? bytes_n : 1);
            for (size_t j = 0; j < n; j++)
                values[j] = random_of_width(&r, bits);
            dtl_row_pack(values, n, bits, bytes);
            back[n] = 0xdeadbeef;
            dtl_row_unpack(bytes, n, bits, back);
            assert_int_equal(back[n], 0xdeadbeef);
            if (n)
                assert_memory_equal(back, values, n * sizeof *values);
            if (bytes_n && n * bits % 8)
                assert_int_equal(bytes[bytes_n - 1] >> (n * bits % 8), 0);
            free(bytes);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_of_the_format_document),
        cmocka_unit_test(group_of_the_format_document),
        cmocka_unit_test(every_width_of_every_kernel_packs_the_stated_layout),
        cmocka_unit_test(every_kernel_reads_rows_of_every_width_and_length),
        cmocka_unit_test(every_kernel_patches_and_adds_up),
        cmocka_unit_test(every_kernel_sums_and_says_what_passes_32_bits),
        cmocka_unit_test(kernels_that_patch_in_registers_do_as_the_steps_do),
        cmocka_unit_test(rows_of_every_width_and_length_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
