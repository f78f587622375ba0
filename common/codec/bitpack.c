/*
 * bitpack.c - the scalar kernel of bit packing, the choice among kernels, and rows.
 *
 * Why lanes: value j stands in lane j % 4 at place j / 4, each lane's bits run little-endian
 * through its own 32-bit words, and word w of lane l is the (4 w + l)-th word of the group. One
 * 128-bit load then holds the same word of all four lanes, and four neighbouring values come out of
 * one shift and one mask, in order.
 *
 * The width is a constant in every instance below, so that shifts and masks are immediates and the
 * loop over places is unrolled: the reference is also what runs where no vector kernel does.
 */
#include "common/codec/bitpack.h"

#include <stdatomic.h>

#define LANES  4u
#define PLACES (DTL_GROUP / LANES)

static inline uint32_t mask_of(unsigned bits)
{
    return bits == 32 ? UINT32_MAX : (UINT32_C(1) << bits) - 1;
}

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

static inline __attribute__((always_inline)) void unpack_width(const uint8_t *in,
                                                               const unsigned bits, uint32_t *out)
{
    if (bits == 0) {
        memset(out, 0, DTL_GROUP * sizeof *out);
        return;
    }
#pragma GCC unroll 32
    for (unsigned place = 0; place < PLACES; place++) {
        const unsigned at = place * bits, w = at / 32, shift = at % 32;
        for (unsigned lane = 0; lane < LANES; lane++) {
            uint32_t v = dtl_load32(in + (size_t)4 * (LANES * w + lane)) >> shift;
            if (shift + bits > 32)
                v |= dtl_load32(in + (size_t)4 * (LANES * (w + 1) + lane)) << (32 - shift);
            out[LANES * place + lane] = v & mask_of(bits);
        }
    }
}

/* clang-format off */
#define WIDTHS(X) \
    X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15) X(16) \
    X(17) X(18) X(19) X(20) X(21) X(22) X(23) X(24) X(25) X(26) X(27) X(28) X(29) X(30) X(31) X(32)
/* clang-format on */

#define X(b)                                                                                       \
    static void pack_##b(const uint32_t *in, uint8_t *out)                                         \
    {                                                                                              \
        pack_width(in, b, out);                                                                    \
    }                                                                                              \
    static void unpack_##b(const uint8_t *in, uint32_t *out)                                       \
    {                                                                                              \
        unpack_width(in, b, out);                                                                  \
    }
WIDTHS(X)
#undef X

static void scalar_pack(const uint32_t in[DTL_GROUP], unsigned bits, uint8_t *out)
{
#define X(b) pack_##b,
    static void (*const by_width[])(const uint32_t *, uint8_t *) = {WIDTHS(X)};
#undef X
    by_width[bits](in, out);
}

static void scalar_unpack(const uint8_t *in, unsigned bits, uint32_t out[DTL_GROUP])
{
#define X(b) unpack_##b,
    static void (*const by_width[])(const uint8_t *, uint32_t *) = {WIDTHS(X)};
#undef X
    by_width[bits](in, out);
}

static bool always(void)
{
    return true;
}

const struct dtl_bitpack dtl_bitpack_scalar = {"scalar", always, scalar_pack, scalar_unpack};

enum { KERNELS = 1 };
/* Slowest first; a vector kernel is a file of its own, compiled with its own flags, and a line
 * here. */
static const struct dtl_bitpack *const kernels[KERNELS] = {&dtl_bitpack_scalar};

const struct dtl_bitpack *dtl_bitpack_at(size_t i)
{
    return i < KERNELS ? kernels[i] : NULL;
}

const struct dtl_bitpack *dtl_bitpack(void)
{
    static _Atomic(const struct dtl_bitpack *)
        chosen; /* two threads may both choose: they choose the same */
    const struct dtl_bitpack *k = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (!k) {
        for (size_t i = 0; i < KERNELS; i++)
            if (kernels[i]->usable())
                k = kernels[i];
        atomic_store_explicit(&chosen, k, memory_order_relaxed);
    }
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

void dtl_row_unpack(const uint8_t *in, size_t n, unsigned bits, uint32_t *out)
{
    if (bits == 0) {
        if (n)
            memset(out, 0, n * sizeof *out);
        return;
    }
    size_t bytes = dtl_row_bytes(n, bits), i = 0, at = 0;
    uint32_t mask = mask_of(bits);
    for (; i < n && at / 8 + 8 <= bytes; i++, at += bits) /* at % 8 + bits <= 39 */
        out[i] = (uint32_t)(dtl_load64(in + at / 8) >> (at % 8)) & mask;
    if (i == n)
        return;
    uint8_t rest[16] = {0}; /* the last values, where a load of 8 bytes would pass the end */
    size_t first = at / 8;
    memcpy(rest, in + first, bytes - first);
    for (; i < n; i++, at += bits)
        out[i] = (uint32_t)(dtl_load64(rest + (at / 8 - first)) >> (at % 8)) & mask;
}
