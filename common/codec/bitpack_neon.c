/*
 * bitpack_neon.c - four values a register (every 64-bit ARM). A place of a group is one register:
 * two shifts, an or and a mask. Rows and patches are the scalar ones.
 */
#include "common/codec/bitpack_kernels.h"

#include <arm_neon.h>

#define VALUES 4u

#define AT(b, p)    ((p) * (b) % 32) /* first bit of place p in its word */
#define WORD(b, p)  vld1q_u32((const uint32_t *)(const void *)(in + 16 * ((p) * (b) / 32)))
#define AFTER(b, p) vld1q_u32((const uint32_t *)(const void *)(in + 16 * ((p) * (b) / 32 + 1)))

/* Shift counts are vectors: negative ones shift right. */
#define UNPACK(b, p)                                                                               \
    {                                                                                              \
        uint32x4_t x = vshlq_u32(WORD(b, p), vdupq_n_s32(-(int)AT(b, p)));                         \
        if (AT(b, p) + (b) > 32)                                                                   \
            x = vorrq_u32(x, vshlq_u32(AFTER(b, p), vdupq_n_s32(32 - (int)AT(b, p))));             \
        x = vandq_u32(x, mask);                                                                    \
        PUT(p)                                                                                     \
    }

#define PACK(b, p)                                                                                 \
    {                                                                                              \
        uint32x4_t x = vld1q_u32(in + VALUES * (p));                                               \
        word = AT(b, p) ? vorrq_u32(word, vshlq_u32(x, vdupq_n_s32((int)AT(b, p)))) : x;           \
        if (AT(b, p) + (b) >= 32) {                                                                \
            vst1q_u8(out + 16 * ((p) * (b) / 32), vreinterpretq_u8_u32(word));                     \
            word = vshlq_u32(x, vdupq_n_s32((int)AT(b, p) - 32));                                  \
        }                                                                                          \
    }

static inline uint32x4_t sums_of_4(uint32x4_t x)
{
    const uint32x4_t none = vdupq_n_u32(0);
    x = vaddq_u32(x, vextq_u32(none, x, 3));
    return vaddq_u32(x, vextq_u32(none, x, 2));
}

static inline uint32x4_t rising_from(uint32_t base)
{
    static const uint32_t places[VALUES] = {0, 1, 2, 3};
    return vaddq_u32(vdupq_n_u32(base), vld1q_u32(places));
}

static inline uint32x4_t carry_on(uint32x4_t before, uint32x4_t sums)
{
    return vaddq_u32(before, vaddq_u32(vdupq_laneq_u32(sums, 3), vdupq_n_u32(VALUES)));
}

#define X(b)                                                                                       \
    static void pack_##b(const uint32_t *in, uint8_t *out)                                         \
    {                                                                                              \
        uint32x4_t word = vdupq_n_u32(0);                                                          \
        if (b == 0)                                                                                \
            return;                                                                                \
        DTL_STEPS_32(PACK, b)                                                                      \
        (void)word;                                                                                \
    }
DTL_WIDTHS(X)
#undef X

#define PUT(p) vst1q_u32(out + VALUES * (p), vaddq_u32(x, more));
#define X(b)                                                                                       \
    static void unpack_##b(const uint8_t *in, uint32_t plus, uint32_t *out)                        \
    {                                                                                              \
        const uint32x4_t mask = vdupq_n_u32(dtl_width_mask(b)), more = vdupq_n_u32(plus);          \
        if (b == 0) {                                                                              \
            for (unsigned i = 0; i < DTL_GROUP; i += VALUES)                                       \
                vst1q_u32(out + i, more);                                                          \
            return;                                                                                \
        }                                                                                          \
        DTL_STEPS_32(UNPACK, b)                                                                    \
    }
DTL_WIDTHS(X)
#undef X
#undef PUT

static void neon_rise(uint32_t v[DTL_GROUP], size_t n, uint32_t base)
{
    uint32x4_t before = rising_from(base);
    for (size_t i = 0; i < n; i += VALUES) {
        uint32x4_t sums = sums_of_4(vld1q_u32(v + i));
        vst1q_u32(v + i, vaddq_u32(before, sums));
        before = carry_on(before, sums);
    }
}

static void neon_pack(const uint32_t in[DTL_GROUP], unsigned bits, uint8_t *out)
{
#define X(b) pack_##b,
    static void (*const by_width[])(const uint32_t *, uint8_t *) = {DTL_WIDTHS(X)};
#undef X
    by_width[bits](in, out);
}

static void neon_unpack(const uint8_t *in, unsigned bits, uint32_t plus, uint32_t out[DTL_GROUP])
{
#define X(b) unpack_##b,
    static void (*const by_width[])(const uint8_t *, uint32_t, uint32_t *) = {DTL_WIDTHS(X)};
#undef X
    by_width[bits](in, plus, out);
}

static void neon_unpack_rising(const uint8_t *in, unsigned bits, uint32_t base,
                               uint32_t out[DTL_GROUP])
{
    neon_unpack(in, bits, 0, out);
    neon_rise(out, DTL_GROUP, base);
}

static bool always(void)
{
    return true;
}

const struct dtl_bitpack dtl_bitpack_neon = {
    .name = "neon",
    .usable = always,
    .pack = neon_pack,
    .unpack = neon_unpack,
    .unpack_rising = neon_unpack_rising,
    .unpack_row = dtl_scalar_unpack_row,
    .patch = dtl_scalar_patch,
    .rise = neon_rise,
    .sum = dtl_scalar_sum,
};
