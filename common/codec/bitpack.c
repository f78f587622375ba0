/*
 * bitpack.c - the scalar kernel of bit packing, and the choice among kernels.
 *
 * Why lanes: value j stands in lane j % 4 at place j / 4, each lane's bits run little-endian
 * through its own 32-bit words, and word w of lane l is the (4 w + l)-th word of the group. One
 * 128-bit load then holds the same word of all four lanes, and four neighbouring values come out of
 * one shift and one mask, in order.
 *
 * The width is a constant in every instance below, so that shifts and masks are immediates and the
 * loop over places is unrolled: the reference is also what runs where no vector kernel does.
 */
#include "common/codec/bitpack_kernels.h"

#define LANES  4u
#define PLACES (DTL_GROUP / LANES)

static inline __attribute__((always_inline)) void pack_width(const uint32_t *in,
                                                             const unsigned bits, uint8_t *out)
{
    uint32_t words[LANES * 33] = {
        0}; /* a word more than 32: the spill of the last place lands there, as 0 */
#pragma GCC unroll 32
    for (unsigned place = 0; place < PLACES; place++) {
        const unsigned at = place * bits, w = at / 32, shift = at % 32;
        for (unsigned lane = 0; lane < LANES; lane++) {
            uint32_t v = in[LANES * place + lane];
            words[LANES * w + lane] |= v << shift;
            if (shift + bits > 32)
                words[LANES * (w + 1) + lane] |= v >> (32 - shift);
        }
    }
    if (bits)
        memcpy(out, words, dtl_group_bytes(bits));
}

static inline __attribute__((always_inline)) void
unpack_width(const uint8_t *in, const unsigned bits, uint32_t plus, uint32_t *out)
{
    if (bits == 0) {
        for (size_t i = 0; i < DTL_GROUP; i++)
            out[i] = plus;
        return;
    }
#pragma GCC unroll 32
    for (unsigned place = 0; place < PLACES; place++) {
        const unsigned at = place * bits, w = at / 32, shift = at % 32;
        for (unsigned lane = 0; lane < LANES; lane++) {
            uint32_t v = dtl_load32(in + (size_t)4 * (LANES * w + lane)) >> shift;
            if (shift + bits > 32)
                v |= dtl_load32(in + (size_t)4 * (LANES * (w + 1) + lane)) << (32 - shift);
            out[LANES * place + lane] = (v & dtl_width_mask(bits)) + plus;
        }
    }
}

#define X(b)                                                                                       \
    static void pack_##b(const uint32_t *in, uint8_t *out)                                         \
    {                                                                                              \
        pack_width(in, b, out);                                                                    \
    }                                                                                              \
    static void unpack_##b(const uint8_t *in, uint32_t plus, uint32_t *out)                        \
    {                                                                                              \
        unpack_width(in, b, plus, out);                                                            \
    }
DTL_WIDTHS(X)
#undef X

static void scalar_pack(const uint32_t in[DTL_GROUP], unsigned bits, uint8_t *out)
{
#define X(b) pack_##b,
    static void (*const by_width[])(const uint32_t *, uint8_t *) = {DTL_WIDTHS(X)};
#undef X
    by_width[bits](in, out);
}

static void scalar_unpack(const uint8_t *in, unsigned bits, uint32_t plus, uint32_t out[DTL_GROUP])
{
#define X(b) unpack_##b,
    static void (*const by_width[])(const uint8_t *, uint32_t, uint32_t *) = {DTL_WIDTHS(X)};
#undef X
    by_width[bits](in, plus, out);
}

bool dtl_scalar_sum(uint32_t *v, size_t n)
{
    uint64_t at = 0; /* 2^32 values of 32 bits cannot pass 64 */
    for (size_t i = 0; i < n; i++) {
        at += v[i];
        v[i] = (uint32_t)at;
    }
    return at <= UINT32_MAX;
}

static void scalar_rise(uint32_t v[DTL_GROUP], size_t n, uint32_t base)
{
    for (size_t i = 0; i < n; i++) {
        v[i] += base;
        base = v[i] + 1;
    }
}

static void scalar_unpack_rising(const uint8_t *in, unsigned bits, uint32_t base,
                                 uint32_t out[DTL_GROUP])
{
    scalar_unpack(in, bits, 0, out);
    scalar_rise(out, DTL_GROUP, base);
}

void dtl_scalar_unpack_row(const uint8_t *in, size_t n, unsigned bits, uint32_t plus, uint32_t *out)
{
    if (bits == 0) {
        for (size_t i = 0; i < n; i++)
            out[i] = plus;
        return;
    }
    size_t bytes = dtl_row_bytes(n, bits), i = 0, at = 0;
    uint32_t mask = dtl_width_mask(bits);
    for (; i < n && at / 8 + 8 <= bytes; i++, at += bits) /* at % 8 + bits <= 39 */
        out[i] = ((uint32_t)(dtl_load64(in + at / 8) >> (at % 8)) & mask) + plus;
    if (i == n)
        return;
    uint8_t rest[16] = {0}; /* the last values, where a load of 8 bytes would pass the end */
    size_t first = at / 8;
    memcpy(rest, in + first, bytes - first);
    for (; i < n; i++, at += bits)
        out[i] = ((uint32_t)(dtl_load64(rest + (at / 8 - first)) >> (at % 8)) & mask) + plus;
}

void dtl_scalar_patch(uint32_t *v, size_t n, const uint64_t where[2], const uint32_t above[144],
                      unsigned shift)
{
    (void)n;
    for (size_t half = 0; half < 2; half++)
        for (uint64_t left = where[half]; left; left &= left - 1)
            v[64 * half + (size_t)__builtin_ctzll(left)] += *above++ << shift;
}

static bool always(void)
{
    return true;
}

const struct dtl_bitpack dtl_bitpack_scalar = {
    .name = "scalar",
    .usable = always,
    .pack = scalar_pack,
    .unpack = scalar_unpack,
    .unpack_rising = scalar_unpack_rising,
    .unpack_row = dtl_scalar_unpack_row,
    .patch = dtl_scalar_patch,
    .rise = scalar_rise,
    .sum = dtl_scalar_sum,
};

/* ---- the choice ---- */

/* What a kernel needs is asked here: its own file may use it anywhere. */
#ifdef DTL_KERNEL_AVX2
bool dtl_avx2_usable(void)
{
    return __builtin_cpu_supports("avx2");
}
#endif
#ifdef DTL_KERNEL_AVX512
bool dtl_avx512_usable(void)
{
    return dtl_avx2_usable() && __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi") &&
           __builtin_cpu_supports("avx512vbmi2");
}
#endif

/* Slowest first; a vector kernel is a file of its own, compiled with its own flags, and a line
 * here. */
static const struct dtl_bitpack *const kernels[] = {
    &dtl_bitpack_scalar,
#ifdef DTL_KERNEL_AVX2
    &dtl_bitpack_avx2,
#endif
#ifdef DTL_KERNEL_AVX512
    &dtl_bitpack_avx512,
#endif
#ifdef DTL_KERNEL_NEON
    &dtl_bitpack_neon,
#endif
};
enum { KERNELS = sizeof kernels / sizeof *kernels };

_Atomic(const struct dtl_bitpack *) dtl_bitpack_chosen;

const struct dtl_bitpack *dtl_bitpack_at(size_t i)
{
    return i < KERNELS ? kernels[i] : NULL;
}

const struct dtl_bitpack *dtl_bitpack_choose(void)
{
    const struct dtl_bitpack *k = kernels[0];
    for (size_t i = 1; i < KERNELS; i++)
        if (kernels[i]->usable())
            k = kernels[i];
    /* two threads may both choose: they choose the same */
    atomic_store_explicit(&dtl_bitpack_chosen, k, memory_order_relaxed);
    return k;
}

void dtl_row_pack(const uint32_t *in, size_t n, unsigned bits, uint8_t *out)
{
    uint64_t acc = 0; /* fewer than 8 bits wait in it between values */
    unsigned held = 0;
    for (size_t i = 0; i < n; i++) {
        acc |= (uint64_t)in[i] << held;
        for (held += bits; held >= 8; held -= 8, acc >>= 8)
            *out++ = (uint8_t)acc;
    }
    if (held)
        *out = (uint8_t)acc;
}
