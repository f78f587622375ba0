/*
 * bitpack_avx2.c - eight values a register (AVX2: Haswell, Zen and later).
 *
 * Two neighbouring places of a group are two 128-bit words, the same one or two in a row; where a
 * value straddles, its high bits come from the words after them. Eight values of a row begin on a
 * byte and are gathered by a byte shuffle in each half of the register.
 */
#include "common/codec/bitpack_kernels.h"

#include <immintrin.h>

#define VALUES   8u
#define ROW_BITS 25u /* a value starts inside a byte and must end inside four */

#define BIT(b, q, k)    ((2 * (q) + (k)) * (b)) /* first bit of place 2 q + k in its lane */
#define WORD(b, q, k)   (BIT(b, q, k) / 32)
#define SHIFT(b, q, k)  (BIT(b, q, k) % 32)
#define SPILLS(b, q, k) (SHIFT(b, q, k) + (b) > 32)
#define BOTH(low, high) _mm256_set_epi32(high, high, high, high, low, low, low, low)
#define ONE_WORD(in, w)                                                                            \
    _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)((in) + 16 * (w))))
#define TWO_WORDS(in, w) _mm256_loadu_si256((const __m256i *)((in) + 16 * (w)))

/* Eight values of width b >= 1 into v[q]. Bits above a value come in from the word after it where
 * only the other one spills; the mask drops them. */
#define UNPACK(b, q)                                                                               \
    {                                                                                              \
        __m256i x = WORD(b, q, 0) == WORD(b, q, 1) ? ONE_WORD(in, WORD(b, q, 0))                   \
                                                   : TWO_WORDS(in, WORD(b, q, 0));                 \
        x = _mm256_srlv_epi32(x, BOTH(SHIFT(b, q, 0), SHIFT(b, q, 1)));                            \
        if (SPILLS(b, q, 0) || SPILLS(b, q, 1)) {                                                  \
            __m256i next = WORD(b, q, 0) != WORD(b, q, 1) && SPILLS(b, q, 1)                       \
                               ? TWO_WORDS(in, WORD(b, q, 0) + 1)                                  \
                               : ONE_WORD(in, WORD(b, q, 0) + 1);                                  \
            next = _mm256_sllv_epi32(next, BOTH(32 - SHIFT(b, q, 0), 32 - SHIFT(b, q, 1)));        \
            x = _mm256_or_si256(x, next);                                                          \
        }                                                                                          \
        v[q] = _mm256_and_si256(x, mask);                                                          \
    }

/* Four values of place p into the words they belong to; `word` is the one being filled. */
#define PACK(b, p)                                                                                 \
    {                                                                                              \
        __m128i x = _mm_loadu_si128((const __m128i *)(in + 4 * (p)));                              \
        word = (p) * (b) % 32 ? _mm_or_si128(word, _mm_slli_epi32(x, (p) * (b) % 32)) : x;         \
        if ((p) * (b) % 32 + (b) >= 32) {                                                          \
            _mm_storeu_si128((__m128i *)(out + 16 * ((p) * (b) / 32)), word);                      \
            word = _mm_srli_epi32(x, 32 - (p) * (b) % 32);                                         \
        }                                                                                          \
    }

static inline __attribute__((always_inline)) __m256i sums_of_8(__m256i x)
{
    const __m256i none = _mm256_setzero_si256();
    x = _mm256_add_epi32(x, _mm256_slli_epi64(x, 32));
    x = _mm256_add_epi32(x, _mm256_blend_epi32(none, _mm256_shuffle_epi32(x, 0x55), 0xcc));
    __m256i half = _mm256_permutevar8x32_epi32(x, _mm256_set1_epi32(3));
    return _mm256_add_epi32(x, _mm256_blend_epi32(none, half, 0xf0));
}

static inline __attribute__((always_inline)) __m256i carry_on(__m256i before, __m256i sums)
{
    __m256i total = _mm256_permutevar8x32_epi32(sums, _mm256_set1_epi32(7));
    return _mm256_add_epi32(before, _mm256_add_epi32(total, _mm256_set1_epi32(VALUES)));
}

static inline __attribute__((always_inline)) __m256i rising_from(uint32_t base)
{
    return _mm256_add_epi32(_mm256_set1_epi32((int)base), _mm256_set_epi32(7, 6, 5, 4, 3, 2, 1, 0));
}

static inline __attribute__((always_inline)) void put(uint32_t *out, __m256i v)
{
    _mm256_storeu_si256((__m256i *)out, v);
}

static inline __attribute__((always_inline)) void store_plus(const __m256i v[16], uint32_t plus,
                                                             uint32_t *out)
{
    const __m256i more = _mm256_set1_epi32((int)plus);
    for (size_t q = 0; q < 16; q++)
        put(out + VALUES * q, _mm256_add_epi32(v[q], more));
}

static inline __attribute__((always_inline)) void store_rising(const __m256i v[16], uint32_t base,
                                                               uint32_t *out)
{
    __m256i before = rising_from(base);
    for (size_t q = 0; q < 16; q++) {
        __m256i sums = sums_of_8(v[q]);
        put(out + VALUES * q, _mm256_add_epi32(before, sums));
        before = carry_on(before, sums);
    }
}

#define X(b)                                                                                       \
    static inline                                                                                  \
        __attribute__((always_inline)) void registers_##b(const uint8_t *in, __m256i v[16])        \
    {                                                                                              \
        if (b == 0) {                                                                              \
            for (int q = 0; q < 16; q++)                                                           \
                v[q] = _mm256_setzero_si256();                                                     \
            return;                                                                                \
        }                                                                                          \
        const __m256i mask = _mm256_set1_epi32((int)dtl_width_mask(b));                            \
        DTL_STEPS_16(UNPACK, b)                                                                    \
    }                                                                                              \
    static void unpack_##b(const uint8_t *in, uint32_t plus, uint32_t *out)                        \
    {                                                                                              \
        __m256i v[16];                                                                             \
        registers_##b(in, v);                                                                      \
        store_plus(v, plus, out);                                                                  \
    }                                                                                              \
    static void rising_##b(const uint8_t *in, uint32_t base, uint32_t *out)                        \
    {                                                                                              \
        __m256i v[16];                                                                             \
        registers_##b(in, v);                                                                      \
        store_rising(v, base, out);                                                                \
    }                                                                                              \
    static void pack_##b(const uint32_t *in, uint8_t *out)                                         \
    {                                                                                              \
        __m128i word = _mm_setzero_si128();                                                        \
        if (b == 0)                                                                                \
            return;                                                                                \
        DTL_STEPS_32(PACK, b)                                                                      \
        (void)word;                                                                                \
    }
DTL_WIDTHS(X)
#undef X

void dtl_avx2_pack(const uint32_t in[DTL_GROUP], unsigned bits, uint8_t *out)
{
#define X(b) pack_##b,
    static void (*const by_width[])(const uint32_t *, uint8_t *) = {DTL_WIDTHS(X)};
#undef X
    by_width[bits](in, out);
}

static void avx2_unpack(const uint8_t *in, unsigned bits, uint32_t plus, uint32_t out[DTL_GROUP])
{
#define X(b) unpack_##b,
    static void (*const by_width[])(const uint8_t *, uint32_t, uint32_t *) = {DTL_WIDTHS(X)};
#undef X
    by_width[bits](in, plus, out);
}

static void avx2_unpack_rising(const uint8_t *in, unsigned bits, uint32_t base,
                               uint32_t out[DTL_GROUP])
{
#define X(b) rising_##b,
    static void (*const by_width[])(const uint8_t *, uint32_t, uint32_t *) = {DTL_WIDTHS(X)};
#undef X
    by_width[bits](in, base, out);
}

static void avx2_unpack_row(const uint8_t *in, size_t n, unsigned bits, uint32_t plus,
                            uint32_t *out)
{
    size_t i = 0, bytes = dtl_row_bytes(n, bits), high_at = bits / 2;
    if (bits <= ROW_BITS && n >= VALUES) {
        /* bits from the half's first byte to each value: values 4 to 7 are read from `high_at` on
         */
        uint32_t bit[VALUES];
        for (uint32_t k = 0; k < VALUES; k++)
            bit[k] = k * bits - (k < 4 ? 0 : 8 * (uint32_t)high_at);
        const __m256i start = _mm256_loadu_si256((const __m256i *)bit);
        const __m256i spread = _mm256_set_epi32(0x0c0c0c0c, 0x08080808, 0x04040404, 0, 0x0c0c0c0c,
                                                0x08080808, 0x04040404, 0);
        const __m256i byte =
            _mm256_add_epi8(_mm256_shuffle_epi8(_mm256_srli_epi32(start, 3), spread),
                            _mm256_set1_epi32(0x03020100));
        const __m256i shift = _mm256_and_si256(start, _mm256_set1_epi32(7));
        const __m256i mask = _mm256_set1_epi32((int)dtl_width_mask(bits));
        const __m256i more = _mm256_set1_epi32((int)plus);
        for (; n - i >= VALUES && bytes >= high_at + 16; i += VALUES, in += bits, bytes -= bits) {
            __m256i x = _mm256_inserti128_si256(
                _mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)in)),
                _mm_loadu_si128((const __m128i *)(in + high_at)), 1);
            x = _mm256_srlv_epi32(_mm256_shuffle_epi8(x, byte), shift);
            put(out + i, _mm256_add_epi32(_mm256_and_si256(x, mask), more));
        }
    }
    dtl_scalar_unpack_row(in, n - i, bits, plus, out + i);
}

static void avx2_rise(uint32_t v[DTL_GROUP], size_t n, uint32_t base)
{
    __m256i before = rising_from(base);
    for (size_t i = 0; i < n; i += VALUES) {
        __m256i sums = sums_of_8(_mm256_loadu_si256((const __m256i *)(v + i)));
        put(v + i, _mm256_add_epi32(before, sums));
        before = carry_on(before, sums);
    }
}

const struct dtl_bitpack dtl_bitpack_avx2 = {
    .name = "avx2",
    .usable = dtl_avx2_usable,
    .pack = dtl_avx2_pack,
    .unpack = avx2_unpack,
    .unpack_rising = avx2_unpack_rising,
    .unpack_row = avx2_unpack_row,
    .patch = dtl_scalar_patch,
    .rise = avx2_rise,
    .sum = dtl_scalar_sum,
};
