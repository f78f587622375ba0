/*
 * bitpack_avx512.c - sixteen values a register (AVX-512 with VBMI and VBMI2: Ice Lake, Zen 4 and
 * later).
 *
 * Four neighbouring places of a group are four 128-bit words, each from one of at most four words
 * in a row, and the word after it where a value straddles: two loads, a shuffle of 128-bit lanes,
 * and one shift that takes the bits of both words. Rows are gathered byte by byte with one
 * permutation of the 64 bytes that hold sixteen values of up to 25 bits.
 *
 * Loads near the end of the input are masked: what lies behind it is never touched.
 */
#include "common/codec/bitpack_kernels.h"

#include <immintrin.h>

#define VALUES      16u /* of a register */
#define ROW_BITS    25u /* a value starts inside a byte and must end inside four */
#define ALL_OF_64   UINT64_MAX
#define LANE_OF_128 2 /* mask bits, 64 each, of a 128-bit lane */

/* 64 bytes from word `w` of a group of `b` words, those behind its end as zeros. */
#define WORDS(in, b, w)                                                                            \
    ((w) + 4 <= (b)                                                                                \
         ? _mm512_loadu_si512((in) + 16 * (w))                                                     \
         : _mm512_maskz_loadu_epi64((__mmask8)((1u << (LANE_OF_128 * ((b) - (w)) & 7)) - 1),       \
                                    (in) + 16 * (w)))

/* The word in which place 4 g + k begins, counted from the one in which place 4 g does. */
#define WORD_OF(b, g)    (4 * (g) * (b) / 32)
#define REL(b, g, k)     ((4 * (g) + (k)) * (b) / 32 - WORD_OF(b, g))
#define SPILLS(b, g, k)  ((4 * (g) + (k)) * (b) % 32 + (b) > 32)
#define SPILLS_ANY(b, g) (SPILLS(b, g, 0) || SPILLS(b, g, 1) || SPILLS(b, g, 2) || SPILLS(b, g, 3))
#define LANES_OF(b, g)   (REL(b, g, 0) | REL(b, g, 1) << 2 | REL(b, g, 2) << 4 | REL(b, g, 3) << 6)

#define ONE_WORD(in, w) _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)((in) + 16 * (w))))
/* Word w + REL of each place; all four are the same word at small widths. */
#define GATHER(in, b, g, w)                                                                        \
    (LANES_OF(b, g) == 0 ? ONE_WORD(in, w)                                                         \
     : LANES_OF(b, g) == 0xe4                                                                      \
         ? WORDS(in, b, w)                                                                         \
         : _mm512_shuffle_i32x4(WORDS(in, b, w), WORDS(in, b, w), LANES_OF(b, g)))

/* clang 14 folds a double shift by a constant wrongly where the constant is 0: it takes the high
 * word. What it cannot see it does not fold. */
#ifdef __clang__
#define UNSEEN(x) __asm__("" : "+v"(x))
#else
#define UNSEEN(x) ((void)0)
#endif

/* Sixteen values of width b >= 1 into v[g]; `at` is the first bit of each lane's value and moves
 * on: a shift counts modulo 32 by itself. */
#define UNPACK(b, g)                                                                               \
    {                                                                                              \
        __m512i low = GATHER(in, b, g, WORD_OF(b, g));                                             \
        __m512i high = SPILLS_ANY(b, g) ? GATHER(in, b, g, WORD_OF(b, g) + 1) : low;               \
        v[g] = _mm512_and_si512(_mm512_shrdv_epi32(low, high, at), mask);                          \
        at = _mm512_add_epi32(at, step);                                                           \
    }

#define X(b)                                                                                       \
    static inline                                                                                  \
        __attribute__((always_inline)) void registers_##b(const uint8_t *in, __m512i v[8])         \
    {                                                                                              \
        if (b == 0) {                                                                              \
            for (int g = 0; g < 8; g++)                                                            \
                v[g] = _mm512_setzero_si512();                                                     \
            return;                                                                                \
        }                                                                                          \
        const __m512i mask = _mm512_set1_epi32((int)dtl_width_mask(b));                            \
        const __m512i step = _mm512_set1_epi32(4 * b);                                             \
        __m512i at = _mm512_set_epi32(3 * b, 3 * b, 3 * b, 3 * b, 2 * b, 2 * b, 2 * b, 2 * b, b,   \
                                      b, b, b, 0, 0, 0, 0);                                        \
        UNSEEN(at);                                                                                \
        DTL_STEPS_8(UNPACK, b)                                                                     \
    }                                                                                              \
    static void unpack_##b(const uint8_t *in, uint32_t plus, uint32_t *out)                        \
    {                                                                                              \
        __m512i v[8];                                                                              \
        registers_##b(in, v);                                                                      \
        store_plus(v, plus, out);                                                                  \
    }                                                                                              \
    static void rising_##b(const uint8_t *in, uint32_t base, uint32_t *out)                        \
    {                                                                                              \
        __m512i v[8];                                                                              \
        registers_##b(in, v);                                                                      \
        store_rising(v, base, out);                                                                \
    }                                                                                              \
    static void few_##b(const uint8_t *in, const struct dtl_few *few, uint32_t plus,               \
                        uint32_t *out)                                                             \
    {                                                                                              \
        __m512i v[8];                                                                              \
        registers_##b(in, v);                                                                      \
        add_few(v, few, (b)&31);                                                                   \
        store_plus(v, plus, out);                                                                  \
    }                                                                                              \
    static void few_rising_##b(const uint8_t *in, const struct dtl_few *few, uint32_t base,        \
                               uint32_t *out)                                                      \
    {                                                                                              \
        __m512i v[8];                                                                              \
        registers_##b(in, v);                                                                      \
        add_few(v, few, (b)&31);                                                                   \
        store_rising(v, base, out);                                                                \
    }

static inline __attribute__((always_inline)) void store_plus(const __m512i v[8], uint32_t plus,
                                                             uint32_t *out)
{
    const __m512i more = _mm512_set1_epi32((int)plus);
    for (size_t g = 0; g < 8; g++)
        _mm512_storeu_si512(out + VALUES * g, _mm512_add_epi32(v[g], more));
}

/* Running sums inside one register: by twos, by fours, then across 128-bit lanes. */
static inline __attribute__((always_inline)) __m512i sums_of_16(__m512i x)
{
    const __m512i lane_before =
        _mm512_set_epi32(11, 11, 11, 11, 0, 0, 0, 0, 3, 3, 3, 3, 0, 0, 0, 0);
    x = _mm512_add_epi32(x, _mm512_slli_epi64(x, 32));
    x = _mm512_add_epi32(x, _mm512_maskz_shuffle_epi32(0xcccc, x, (_MM_PERM_ENUM)0x55));
    x = _mm512_add_epi32(x, _mm512_maskz_permutexvar_epi32(0xf0f0, lane_before, x));
    return _mm512_add_epi32(x, _mm512_maskz_permutexvar_epi32(0xff00, _mm512_set1_epi32(7), x));
}

/* What the registers to come start from: `before` holds base + i for place i of this one. */
static inline __attribute__((always_inline)) __m512i carry_on(__m512i before, __m512i sums)
{
    __m512i total = _mm512_permutexvar_epi32(_mm512_set1_epi32(15), sums);
    return _mm512_add_epi32(before, _mm512_add_epi32(total, _mm512_set1_epi32(VALUES)));
}

static inline __attribute__((always_inline)) __m512i rising_from(uint32_t base)
{
    return _mm512_add_epi32(_mm512_set1_epi32((int)base),
                            _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
}

static inline __attribute__((always_inline)) void store_rising(const __m512i v[8], uint32_t base,
                                                               uint32_t *out)
{
    __m512i before = rising_from(base);
    for (size_t g = 0; g < 8; g++) {
        __m512i sums = sums_of_16(v[g]);
        _mm512_storeu_si512(out + VALUES * g, _mm512_add_epi32(before, sums));
        before = carry_on(before, sums);
    }
}

/* How sixteen values of a row come out of the 64 bytes they begin in. */
struct row {
    __m512i byte, shift, mask;
};

static inline __attribute__((always_inline)) struct row row_of(unsigned bits)
{
    const __m512i bit =
        _mm512_mullo_epi32(rising_from(0), _mm512_set1_epi32((int)bits)); /* of each value */
    const __m512i each_four = _mm512_set4_epi32(0x0c0c0c0c, 0x08080808, 0x04040404, 0);
    return (struct row){
        .byte = _mm512_add_epi8(_mm512_shuffle_epi8(_mm512_srli_epi32(bit, 3), each_four),
                                _mm512_set1_epi32(0x03020100)),
        .shift = _mm512_and_si512(bit, _mm512_set1_epi32(7)),
        .mask = _mm512_set1_epi32((int)dtl_width_mask(bits)),
    };
}

static inline __attribute__((always_inline)) __m512i row_values(const struct row *r,
                                                                const uint8_t *in, size_t bytes)
{
    __mmask64 there = bytes < 64 ? (UINT64_C(1) << bytes) - 1 : ALL_OF_64;
    __m512i v = _mm512_permutexvar_epi8(r->byte, _mm512_maskz_loadu_epi8(there, in));
    return _mm512_and_si512(_mm512_srlv_epi32(v, r->shift), r->mask);
}

/* The few wide values: one register holds their high bits; each register of the group takes the
 * next ones to where they belong. */
static inline __attribute__((always_inline)) void add_few(__m512i v[8], const struct dtl_few *few,
                                                          unsigned shift)
{
    struct row r = row_of(few->bits);
    __m512i above = row_values(&r, few->row, dtl_row_bytes(few->n, few->bits));
    above = _mm512_slli_epi32(above, shift);
    uint32_t taken = 0;
    for (size_t g = 0; g < 8; g++) {
        __mmask16 here = (__mmask16)(few->where[g / 4] >> VALUES * (g % 4));
        __m512i next = _mm512_permutexvar_epi32(rising_from(taken), above);
        v[g] = _mm512_add_epi32(v[g], _mm512_maskz_expand_epi32(here, next));
        taken += (uint32_t)__builtin_popcount(here);
    }
}

DTL_WIDTHS(X)
#undef X

static void avx512_unpack(const uint8_t *in, unsigned bits, uint32_t plus, uint32_t out[DTL_GROUP])
{
#define X(b) unpack_##b,
    static void (*const by_width[])(const uint8_t *, uint32_t, uint32_t *) = {DTL_WIDTHS(X)};
#undef X
    by_width[bits](in, plus, out);
}

static void avx512_unpack_rising(const uint8_t *in, unsigned bits, uint32_t base,
                                 uint32_t out[DTL_GROUP])
{
#define X(b) rising_##b,
    static void (*const by_width[])(const uint8_t *, uint32_t, uint32_t *) = {DTL_WIDTHS(X)};
#undef X
    by_width[bits](in, base, out);
}

static void avx512_unpack_few(const uint8_t *in, unsigned bits, const struct dtl_few *few,
                              uint32_t plus, uint32_t out[DTL_GROUP])
{
#define X(b) few_##b,
    static void (*const by_width[])(const uint8_t *, const struct dtl_few *, uint32_t,
                                    uint32_t *) = {DTL_WIDTHS(X)};
#undef X
    by_width[bits](in, few, plus, out);
}

static void avx512_unpack_few_rising(const uint8_t *in, unsigned bits, const struct dtl_few *few,
                                     uint32_t base, uint32_t out[DTL_GROUP])
{
#define X(b) few_rising_##b,
    static void (*const by_width[])(const uint8_t *, const struct dtl_few *, uint32_t,
                                    uint32_t *) = {DTL_WIDTHS(X)};
#undef X
    by_width[bits](in, few, base, out);
}

static void avx512_unpack_row(const uint8_t *in, size_t n, unsigned bits, uint32_t plus,
                              uint32_t *out)
{
    if (bits > ROW_BITS) {
        dtl_scalar_unpack_row(in, n, bits, plus, out);
        return;
    }
    const struct row r = row_of(bits);
    const __m512i more = _mm512_set1_epi32((int)plus);
    size_t bytes = dtl_row_bytes(n, bits);
    for (size_t i = 0; i < n; i += VALUES, in += 2 * bits, out += VALUES) {
        __m512i v = _mm512_add_epi32(row_values(&r, in, bytes), more);
        if (n - i >= VALUES)
            _mm512_storeu_si512(out, v);
        else
            _mm512_mask_storeu_epi32(out, (__mmask16)((1u << (n - i)) - 1), v);
        bytes -= 2 * bits < bytes ? 2 * bits : bytes;
    }
}

static void avx512_patch(uint32_t *v, size_t n, const uint64_t where[2], const uint32_t above[144],
                         unsigned shift)
{
    const __m128i by = _mm_cvtsi32_si128((int)shift);
    for (size_t i = 0; i < n; i += VALUES) {
        __mmask16 here = (__mmask16)(where[i / 64] >> i % 64);
        __m512i high = _mm512_maskz_expand_epi32(here, _mm512_loadu_si512(above));
        high = _mm512_sll_epi32(high, by);
        above += __builtin_popcount(here);
        if (n - i >= VALUES) {
            _mm512_storeu_si512(v + i, _mm512_add_epi32(_mm512_loadu_si512(v + i), high));
        } else {
            __mmask16 there = (__mmask16)((1u << (n - i)) - 1);
            __m512i low = _mm512_maskz_loadu_epi32(there, v + i);
            _mm512_mask_storeu_epi32(v + i, there, _mm512_add_epi32(low, high));
        }
    }
}

static void avx512_rise(uint32_t v[DTL_GROUP], size_t n, uint32_t base)
{
    __m512i before = rising_from(base);
    for (size_t i = 0; i < n; i += VALUES) {
        __m512i sums = sums_of_16(_mm512_loadu_si512(v + i));
        _mm512_storeu_si512(v + i, _mm512_add_epi32(before, sums));
        before = carry_on(before, sums);
    }
}

static bool avx512_sum(uint32_t *v, size_t n)
{
    __m512i before = _mm512_setzero_si512();
    uint32_t passed = 0; /* a sum smaller than what was added last: it went round */
    for (size_t i = 0; i < n; i += VALUES) {
        __mmask16 here = (__mmask16)(n - i < VALUES ? (1u << (n - i)) - 1 : 0xffff);
        __m512i x = _mm512_maskz_loadu_epi32(here, v + i);
        __m512i sums = _mm512_add_epi32(before, sums_of_16(x));
        passed |= _mm512_mask_cmplt_epu32_mask(here, sums, x);
        _mm512_mask_storeu_epi32(v + i, here, sums);
        before = _mm512_permutexvar_epi32(_mm512_set1_epi32(15), sums);
    }
    return passed == 0;
}

const struct dtl_bitpack dtl_bitpack_avx512 = {
    .name = "avx512",
    .usable = dtl_avx512_usable,
    .pack = dtl_avx2_pack,
    .unpack = avx512_unpack,
    .unpack_rising = avx512_unpack_rising,
    .unpack_few = avx512_unpack_few,
    .unpack_few_rising = avx512_unpack_few_rising,
    .unpack_row = avx512_unpack_row,
    .patch = avx512_patch,
    .rise = avx512_rise,
    .sum = avx512_sum,
};
