/* reach.c - see reach.h. */
#include "query/cursor/reach.h"

#include "common/segment/impacts.h"

#include <stdatomic.h>

#if defined(DTL_SIMD) && defined(__x86_64__)
#include <immintrin.h>
#define VECTORS 1
#define AVX512  __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2")))
#endif

#define LAST  (DTL_REACH_TFS - 1)
#define CODES 256u

static uint32_t limit_of(const struct dtl_reach *r, uint32_t tf)
{
    return r->limit[tf < LAST ? tf : LAST];
}

/* How many of the rising norms are at most x. No branch: sixteen such searches overlap. */
static uint32_t norms_within(const double *norm, double x)
{
    uint32_t n = 0;
    for (uint32_t step = CODES / 2; step; step /= 2)
        n += norm[n + step - 1] <= x ? step : 0;
    return n + (norm[n] <= x);
}

void dtl_reach_set(struct dtl_reach *r, const struct dtl_weight *w, uint32_t floor)
{
    if (r->floor == floor)
        return;
    double most = dtl_norm_an_occurrence(w, floor);
    for (uint32_t tf = 1; tf < LAST; tf++)
        r->limit[tf] = norms_within(w->norm, tf * most);
    r->limit[0] = 0;
    r->limit[LAST] = CODES;
    r->floor = floor;
}

void dtl_reach_pairs_set(struct dtl_reach_pairs *r, const struct dtl_weight *w, uint32_t floor)
{
    if (r->floor == floor)
        return;
    double most = dtl_norm_an_occurrence(w, floor);
    uint32_t limit = 0;
    if (r->floor == 0)
        memset(r->longest, UINT8_MAX, sizeof r->longest);
    for (uint32_t code = 0; code <= r->most; code++) { /* both rise */
        double norm = dtl_impact_tf_of((uint8_t)code) * most;
        while (limit < CODES && w->norm[limit] <= norm)
            limit++;
        r->longest[code] = (uint8_t)(limit ? limit - 1 : 0);
    }
    r->floor = floor;
}

bool dtl_reach_block(const struct dtl_reach *r, struct dtl_list *l, uint32_t block)
{
    const uint8_t *pairs = NULL;
    uint32_t n = 0;
    if (l->p.term.df < DTL_BLOCK)
        return true;
    enum dtl_status st = dtl_postings_pairs(&l->p, block, block + 1, &pairs, &n, l->c.ctx->err);
    if (st < 0) {
        dtl_cursor_fail(l->c.ctx, st);
        return true;
    }
    for (uint32_t i = 0; i < n; i++)
        if (pairs[2 * i + 1] < limit_of(r, dtl_impact_tf_of(pairs[2 * i])))
            return true;
    return false;
}

/* ---- postings ---- */

static uint32_t postings_plainly(const struct dtl_reach *r, const uint8_t *lengths,
                                 const dtl_doc *docs, const uint32_t *tfs, uint32_t n,
                                 uint16_t *out)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < n; i++) {
        out[found] = (uint16_t)i;
        found += lengths[docs[i]] < limit_of(r, tfs[i]);
    }
    return found;
}

#ifdef VECTORS
/* without optimisation gcc's gathers are macros that convert their mask aloud */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
AVX512 static uint32_t postings_avx512(const struct dtl_reach *r, const uint8_t *lengths,
                                       const dtl_doc *docs, const uint32_t *tfs, uint32_t n,
                                       uint16_t *out)
{
    const __m512i limit = _mm512_loadu_si512(r->limit), zero = _mm512_setzero_si512();
    const __m512i last = _mm512_set1_epi32((int)LAST), byte = _mm512_set1_epi32(0xff);
    __m256i index = _mm256_setr_epi16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    uint32_t found = 0;
    for (uint32_t i = 0; i < n; i += 16) {
        __mmask16 here = (__mmask16)(n - i < 16 ? (1u << (n - i)) - 1 : 0xffff);
        __m512i doc = _mm512_maskz_loadu_epi32(here, docs + i);
        __m512i code = _mm512_mask_i32gather_epi32(zero, here, doc, lengths, 1);
        __m512i tf = _mm512_min_epu32(_mm512_maskz_loadu_epi32(here, tfs + i), last);
        __mmask16 able = _mm512_mask_cmplt_epu32_mask(here, _mm512_and_si512(code, byte),
                                                      _mm512_permutexvar_epi32(tf, limit));
        _mm256_storeu_si256((__m256i *)(void *)(out + found),
                            _mm256_maskz_compress_epi16(able, index));
        found += (uint32_t)__builtin_popcount(able);
        index = _mm256_add_epi16(index, _mm256_set1_epi16(16));
    }
    return found;
}
#pragma GCC diagnostic pop
_Static_assert(DTL_REACH_TFS == 16, "the table is one register");

static bool has_avx512(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vbmi2");
}
#endif

dtl_reach_fn dtl_reach_kernel(unsigned kind)
{
#ifdef VECTORS
    if (kind == 1 && has_avx512())
        return postings_avx512;
#endif
    return kind == 0 ? postings_plainly : NULL;
}

uint32_t dtl_reach_postings(const struct dtl_reach *r, const uint8_t *lengths, const dtl_doc *docs,
                            const uint32_t *tfs, uint32_t n, uint16_t *out)
{
    static _Atomic(dtl_reach_fn) chosen;
    dtl_reach_fn reach = atomic_load_explicit(&chosen, memory_order_relaxed);
    for (unsigned kind = DTL_REACH_KERNELS; !reach && kind-- > 0;)
        reach = dtl_reach_kernel(kind);
    atomic_store_explicit(&chosen, reach, memory_order_relaxed);
    return reach(r, lengths, docs, tfs, n, out);
}

/* ---- pairs ---- */

static uint32_t pairs_plainly(const struct dtl_reach_pairs *r, const uint8_t *pairs, uint32_t n,
                              uint32_t *out, uint32_t room)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (!dtl_reach_pair(r, pairs + (size_t)DTL_IMPACT_BYTES * i))
            continue;
        if (found < room)
            out[found] = i;
        found++;
    }
    return found;
}

#ifdef VECTORS
#define PAIRS 32u /* of a register */

__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi"))) static uint32_t
pairs_avx512(const struct dtl_reach_pairs *r, const uint8_t *pairs, uint32_t n, uint32_t *out,
             uint32_t room)
{
    const __m512i a = _mm512_loadu_si512(r->longest), b = _mm512_loadu_si512(r->longest + 64);
    const __m512i c = _mm512_loadu_si512(r->longest + 128),
                  d = _mm512_loadu_si512(r->longest + 192);
    const __m512i low = _mm512_set1_epi16(0xff);
    uint32_t found = 0;
    for (uint32_t i = 0; i < n; i += PAIRS) {
        __mmask32 here = n - i < PAIRS ? (UINT32_C(1) << (n - i)) - 1 : UINT32_MAX;
        __m512i pair = _mm512_maskz_loadu_epi16(here, pairs + (size_t)2 * i);
        __m512i code = _mm512_and_si512(pair, low);
        __m512i longest = _mm512_permutex2var_epi8(a, code, b);
        longest = _mm512_mask_blend_epi8(_mm512_movepi8_mask(code), longest,
                                         _mm512_permutex2var_epi8(c, code, d));
        longest = _mm512_and_si512(longest, low);
        uint32_t pass = _mm512_mask_cmple_epu16_mask(here, _mm512_srli_epi16(pair, 8), longest);
        if (found >= room) {
            found += (uint32_t)__builtin_popcount(pass);
            continue;
        }
        for (; pass; pass &= pass - 1, found++)
            if (found < room)
                out[found] = i + (uint32_t)__builtin_ctz(pass);
    }
    return found;
}
#endif

dtl_reach_pairs_fn dtl_reach_pairs_kernel(unsigned kind)
{
#ifdef VECTORS
    if (kind == 1 && has_avx512() && __builtin_cpu_supports("avx512vbmi"))
        return pairs_avx512;
#endif
    return kind == 0 ? pairs_plainly : NULL;
}

uint32_t dtl_reach_pairs_find(const struct dtl_reach_pairs *r, const uint8_t *pairs, uint32_t n,
                              uint32_t *out, uint32_t room)
{
    static _Atomic(dtl_reach_pairs_fn) chosen;
    dtl_reach_pairs_fn find = atomic_load_explicit(&chosen, memory_order_relaxed);
    for (unsigned kind = DTL_REACH_KERNELS; !find && kind-- > 0;)
        find = dtl_reach_pairs_kernel(kind);
    atomic_store_explicit(&chosen, find, memory_order_relaxed);
    return find(r, pairs, n, out, room);
}
