/*
 * classify.c - the same masks by table, by AVX2 and by AVX-512.
 *
 * Comparisons, not a shuffled table: there are eight classes and eleven words in 64 bytes, so what
 * is done here for a block is little beside what is done for its words (decision 0014).
 */
#include "common/text/classify.h"

#if defined(DTL_SIMD) && defined(__x86_64__)
#include <immintrin.h>
#define VECTORS 1
#else
#define VECTORS 0
#endif

enum { LETTER = 1, DIGIT = 2, UNDER = 4, EITHER = 8, NUMBER = 16, PAUSE = 32, HIGH = 64 };

static uint8_t class_of(uint8_t c)
{
    if (c >= 0x80)
        return HIGH;
    if ((uint8_t)((c | 0x20) - 'a') < 26)
        return LETTER;
    if ((uint8_t)(c - '0') < 10)
        return DIGIT;
    switch (c) {
    case '_':
        return UNDER;
    case '.':
        return EITHER | PAUSE;
    case '\'':
        return EITHER;
    case ',':
    case ';':
        return NUMBER;
    case '!':
    case '?':
    case '\n':
    case '\r':
    case '\f':
        return PAUSE;
    default:
        return 0;
    }
}

static void classify_scalar(const uint8_t *p, size_t blocks, struct dtl_classes *out)
{
    for (; blocks; blocks--, p += DTL_BLOCK) {
        struct dtl_classes c = {0};
        for (unsigned i = 0; i < DTL_BLOCK; i++) {
            uint64_t of = class_of(p[i]);
            c.letter |= (of & 1) << i;
            c.digit |= (of >> 1 & 1) << i;
            c.under |= (of >> 2 & 1) << i;
            c.either |= (of >> 3 & 1) << i;
            c.number |= (of >> 4 & 1) << i;
            c.pause |= (of >> 5 & 1) << i;
            c.high |= (of >> 6 & 1) << i;
        }
        *out++ = c;
    }
}

#if VECTORS
#define AVX2 __attribute__((target("avx2")))

AVX2 static inline uint64_t below(__m256i a, __m256i b, char from, char count)
{
    __m256i most = _mm256_set1_epi8((char)(count - 1)), low = _mm256_set1_epi8(from);
    a = _mm256_sub_epi8(a, low);
    b = _mm256_sub_epi8(b, low);
    a = _mm256_cmpeq_epi8(_mm256_min_epu8(a, most), a);
    b = _mm256_cmpeq_epi8(_mm256_min_epu8(b, most), b);
    return (uint32_t)_mm256_movemask_epi8(a) | (uint64_t)(uint32_t)_mm256_movemask_epi8(b) << 32;
}

AVX2 static inline uint64_t equal(__m256i a, __m256i b, char c)
{
    __m256i x = _mm256_set1_epi8(c);
    return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(a, x)) |
           (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(b, x)) << 32;
}

AVX2 static void classify_avx2(const uint8_t *p, size_t blocks, struct dtl_classes *out)
{
    const __m256i small = _mm256_set1_epi8(0x20);
    for (; blocks; blocks--, p += DTL_BLOCK) {
        __m256i a = _mm256_loadu_si256((const __m256i *)(const void *)p);
        __m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32));
        uint64_t stop = equal(a, b, '.');
        *out++ = (struct dtl_classes){
            .letter = below(_mm256_or_si256(a, small), _mm256_or_si256(b, small), 'a', 26),
            .digit = below(a, b, '0', 10),
            .under = equal(a, b, '_'),
            .either = stop | equal(a, b, '\''),
            .number = equal(a, b, ',') | equal(a, b, ';'),
            .pause = stop | equal(a, b, '!') | equal(a, b, '?') | equal(a, b, '\n') |
                     equal(a, b, '\r') | equal(a, b, '\f'),
            .high = (uint32_t)_mm256_movemask_epi8(a) | (uint64_t)(uint32_t)_mm256_movemask_epi8(b)
                                                            << 32,
        };
    }
}

#define AVX512 __attribute__((target("avx512f,avx512bw")))

AVX512 static inline uint64_t wide_below(__m512i v, char from, char count)
{
    return _mm512_cmplt_epu8_mask(_mm512_sub_epi8(v, _mm512_set1_epi8(from)),
                                  _mm512_set1_epi8(count));
}

AVX512 static inline uint64_t wide_equal(__m512i v, char c)
{
    return _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(c));
}

AVX512 static void classify_avx512(const uint8_t *p, size_t blocks, struct dtl_classes *out)
{
    for (; blocks; blocks--, p += DTL_BLOCK) {
        __m512i v = _mm512_loadu_si512(p);
        uint64_t stop = wide_equal(v, '.');
        *out++ = (struct dtl_classes){
            .letter = wide_below(_mm512_or_si512(v, _mm512_set1_epi8(0x20)), 'a', 26),
            .digit = wide_below(v, '0', 10),
            .under = wide_equal(v, '_'),
            .either = stop | wide_equal(v, '\''),
            .number = wide_equal(v, ',') | wide_equal(v, ';'),
            .pause = stop | wide_equal(v, '!') | wide_equal(v, '?') | wide_equal(v, '\n') |
                     wide_equal(v, '\r') | wide_equal(v, '\f'),
            .high = _mm512_movepi8_mask(v),
        };
    }
}
#endif

const dtl_classify_fn *dtl_classifiers(size_t *n)
{
    static const dtl_classify_fn all[] = {
        classify_scalar,
#if VECTORS
        classify_avx2,
        classify_avx512,
#endif
    };
    *n = 1;
#if VECTORS
    if (__builtin_cpu_supports("avx2"))
        *n = 2;
    if (*n == 2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw"))
        *n = 3;
#endif
    return all;
}

dtl_classify_fn dtl_classifier(void)
{
    size_t n;
    const dtl_classify_fn *all = dtl_classifiers(&n);
    return all[n - 1];
}
