/*
 * meet.c - many documents looked for in a block at once; see meet.h.
 *
 * A search by halves without a branch: seven steps whatever the answer. One by one they overlap,
 * since no search waits for another; with vectors two comparisons tell the sixteenth of the block
 * and the place in it.
 */
#include "query/cursor/meet.h"

#include <stdatomic.h>

#if defined(DTL_SIMD) && defined(__x86_64__)
#include <immintrin.h>
#define VECTORS 1
#define AVX512  __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2")))
#endif

static uint32_t meet_plainly(const dtl_doc *block, const dtl_doc *wanted, uint32_t n,
                             struct dtl_meeting *out)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < n; i++) {
        dtl_doc doc = wanted[i];
        uint32_t at = 0;
        for (uint32_t half = DTL_BLOCK / 2; half; half /= 2)
            at += block[at + half - 1] < doc ? half : 0;
        out->which[found] = (uint16_t)i;
        out->place[found] = (uint16_t)at;
        found += block[at] == doc;
    }
    return found;
}

#ifdef VECTORS
/* Documents of the sixteen that stand before `doc`, counted. */
AVX512 static inline uint32_t before(__m512i sixteen, __m512i doc)
{
    return (uint32_t)__builtin_popcount(_mm512_cmplt_epu32_mask(sixteen, doc));
}

AVX512 static uint32_t meet_avx512(const dtl_doc *block, const dtl_doc *wanted, uint32_t n,
                                   struct dtl_meeting *out)
{
    /* the last of each sixteen but the last: how many of them `doc` passes says where it can be */
    const __m512i lasts = _mm512_set_epi32(-1, -1, -1, -1, -1, -1, -1, -1, -1, (int)block[111],
                                           (int)block[95], (int)block[79], (int)block[63],
                                           (int)block[47], (int)block[31], (int)block[15]);
    uint32_t found = 0;
    for (uint32_t i = 0; i < n; i++) {
        __m512i doc = _mm512_set1_epi32((int)wanted[i]);
        uint32_t at = 16 * before(lasts, doc);
        __m512i there = _mm512_loadu_si512(block + at);
        out->which[found] = (uint16_t)i;
        out->place[found] = (uint16_t)(at + before(there, doc));
        found += _mm512_cmpeq_epu32_mask(there, doc) != 0;
    }
    return found;
}

static bool has_avx512(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vbmi2");
}
#endif

dtl_meet_fn dtl_meet_kernel(unsigned kind)
{
#ifdef VECTORS
    if (kind == 1 && has_avx512())
        return meet_avx512;
#endif
    return kind == 0 ? meet_plainly : NULL;
}

uint32_t dtl_meet(const dtl_doc block[DTL_BLOCK], const dtl_doc wanted[DTL_MEET_ROOM], uint32_t n,
                  struct dtl_meeting *out)
{
    static _Atomic(dtl_meet_fn) chosen;
    dtl_meet_fn meet = atomic_load_explicit(&chosen, memory_order_relaxed);
    for (unsigned kind = DTL_MEET_KERNELS; !meet && kind-- > 0;)
        meet = dtl_meet_kernel(kind);
    atomic_store_explicit(&chosen, meet, memory_order_relaxed);
    return meet(block, wanted, n, out);
}
