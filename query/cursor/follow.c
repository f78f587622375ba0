/*
 * follow.c - see follow.h.
 *
 * A word stands in an article a few times: loops over its positions end after one or two rounds,
 * each time at another count, and cost more in mispredicted branches than in comparisons. Sixteen
 * at a time there is one round.
 */
#include "query/cursor/follow.h"

#include <stdatomic.h>
#include <stddef.h>

#if defined(DTL_SIMD) && defined(__x86_64__)
#include <immintrin.h>
#define VECTORS 1
#define AVX512  __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2")))
#define LANES   16u
#endif

static uint32_t starts_plainly(const uint32_t *position, uint32_t n, uint32_t offset,
                               uint32_t *start)
{
    uint32_t kept = 0;
    for (uint32_t k = 0; k < n; k++) {
        start[kept] = position[k] - offset;
        kept += position[k] >= offset && (k == 0 || position[k] != position[k - 1]);
    }
    return kept;
}

static uint32_t keep_plainly(uint32_t *start, uint32_t n, uint32_t offset, const uint32_t *position,
                             uint32_t positions)
{
    uint32_t kept = 0;
    for (uint32_t i = 0, k = 0; i < n && k < positions;) { /* no branch to mispredict */
        uint64_t wanted = (uint64_t)start[i] + offset, here = position[k];
        start[kept] = start[i];
        kept += wanted == here;
        i += wanted <= here;
        k += here <= wanted;
    }
    return kept;
}

#ifdef VECTORS
AVX512 static inline __mmask16 first_of(uint32_t n)
{
    return (__mmask16)(n < LANES ? (1u << n) - 1 : 0xffff);
}

AVX512 static uint32_t starts_avx512(const uint32_t *position, uint32_t n, uint32_t offset,
                                     uint32_t *start)
{
    const __m512i by = _mm512_set1_epi32((int)offset);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i += LANES) {
        __mmask16 here = first_of(n - i);
        __mmask16 later = (__mmask16)(i ? here : here & 0xfffe);
        __m512i p = _mm512_maskz_loadu_epi32(here, position + i);
        __m512i before = _mm512_maskz_loadu_epi32(later, position + i - 1);
        here = _mm512_mask_cmpge_epu32_mask(here, p, by);
        here = (__mmask16)(here & ~_mm512_mask_cmpeq_epu32_mask(later, p, before));
        _mm512_mask_compressstoreu_epi32(start + kept, here, _mm512_sub_epi32(p, by));
        kept += (uint32_t)__builtin_popcount(here);
    }
    return kept;
}

AVX512 static uint32_t keep_avx512(uint32_t *start, uint32_t n, uint32_t offset,
                                   const uint32_t *position, uint32_t positions)
{
    uint32_t kept = 0, k = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t wanted = start[i] + offset;
        if (wanted < offset)
            break; /* no position passes 32 bits */
        while (positions - k > LANES && position[k + LANES - 1] < wanted)
            k += LANES;
        __mmask16 here = first_of(positions - k);
        __m512i p = _mm512_maskz_loadu_epi32(here, position + k);
        start[kept] = start[i];
        kept += _mm512_mask_cmpeq_epu32_mask(here, p, _mm512_set1_epi32((int)wanted)) != 0;
    }
    return kept;
}

static bool has_avx512(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vbmi2");
}
#endif

const struct dtl_follow_kernel *dtl_follow_kernel(unsigned kind)
{
    static const struct dtl_follow_kernel plain = {starts_plainly, keep_plainly};
#ifdef VECTORS
    static const struct dtl_follow_kernel avx512 = {starts_avx512, keep_avx512};
    if (kind == 1 && has_avx512())
        return &avx512;
#endif
    return kind == 0 ? &plain : NULL;
}

const struct dtl_follow_kernel *dtl_follow(void)
{
    static _Atomic(const struct dtl_follow_kernel *) chosen;
    const struct dtl_follow_kernel *k = atomic_load_explicit(&chosen, memory_order_relaxed);
    for (unsigned kind = DTL_FOLLOW_KERNELS; !k && kind-- > 0;)
        k = dtl_follow_kernel(kind);
    atomic_store_explicit(&chosen, k, memory_order_relaxed);
    return k;
}
