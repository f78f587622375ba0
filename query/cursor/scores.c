/*
 * scores.c - BM25 by the block.
 *
 * A contribution is one division; done eight at a time it costs less than finding the document's
 * length. So lengths are turned into norms first, one posting after the other (a load from the
 * length codes, one from a table of 2 KiB that stays in the first-level cache), then everything
 * else is vectors.
 */
#include "query/cursor/scores.h"

#include "common/segment/impacts.h"

#include <stdatomic.h>

#if defined(DTL_SIMD) && defined(__x86_64__)
#include <immintrin.h>
#define VECTORS 1
#define AVX2    __attribute__((target("avx2")))
#define AVX512  __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2")))
static bool has_avx512(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vbmi2");
}
#endif

#define CHUNK 128u

/* ---- the reference ---- */

static uint32_t rounded(double factor, double f, double norm, double round)
{
    return (uint32_t)(uint64_t)(factor * f / (f + norm) + round);
}

static void scores_plainly(const double *f, const double *norm, double factor, double round,
                           uint32_t times, uint32_t n, uint32_t *out)
{
    for (uint32_t i = 0; i < n; i++)
        out[i] = rounded(factor, f[i], norm[i], round) * times;
}

static uint32_t at_least_plainly(const uint32_t *v, uint32_t n, uint32_t least, uint16_t *out)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < n; i++) {
        out[found] = (uint16_t)i;
        found += v[i] >= least;
    }
    return found;
}

static uint32_t held_plainly(struct dtl_bytes bits, const dtl_doc *docs, uint32_t n, uint16_t *out)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < n; i++) {
        size_t at = docs[i] / 8;
        out[found] = (uint16_t)i;
        found += at < bits.n && bits.p[at] >> docs[i] % 8 & 1;
    }
    return found;
}

/* ---- vectors ---- */

#ifdef VECTORS
AVX512 static void scores_avx512(const double *f, const double *norm, double factor, double round,
                                 uint32_t times, uint32_t n, uint32_t *out)
{
    const __m512d vfactor = _mm512_set1_pd(factor), vround = _mm512_set1_pd(round);
    const __m256i vtimes = _mm256_set1_epi32((int)times);
    for (uint32_t i = 0; i < n; i += 8) {
        __m512d x = _mm512_loadu_pd(f + i), k = _mm512_loadu_pd(norm + i);
        __m512d q = _mm512_div_pd(_mm512_mul_pd(vfactor, x), _mm512_add_pd(x, k));
        __m256i v = _mm512_cvttpd_epu32(_mm512_add_pd(q, vround));
        _mm256_storeu_si256((__m256i *)(void *)(out + i), _mm256_mullo_epi32(v, vtimes));
    }
}

/* without optimisation gcc's gathers are macros that convert their mask aloud */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
/* Lengths and norms are gathered too, eight at a time: no round trip through memory. */
AVX512 static void postings_avx512(const struct dtl_weight *w, const dtl_doc *docs,
                                   const uint32_t *tfs, uint32_t n, uint32_t *out)
{
    const __m512d factor = _mm512_set1_pd(w->factor), half = _mm512_set1_pd(0.5);
    const __m512d one = _mm512_set1_pd(1);
    const __m256i times = _mm256_set1_epi32((int)w->times), zero = _mm256_setzero_si256();
    for (uint32_t i = 0; i < n; i += 8) {
        __mmask8 here = n - i < 8 ? (__mmask8)((1u << (n - i)) - 1) : (__mmask8)0xff;
        __m256i doc = _mm256_maskz_loadu_epi32(here, docs + i);
        __m256i code = _mm256_mmask_i32gather_epi32(zero, here, doc, w->lengths, 1);
        code = _mm256_and_si256(code, _mm256_set1_epi32(0xff));
        __m512d norm = _mm512_mask_i32gather_pd(one, here, code, w->norm, sizeof(double));
        __m512d f = _mm512_cvtepu32_pd(_mm256_maskz_loadu_epi32(here, tfs + i));
        __m512d q = _mm512_div_pd(_mm512_mul_pd(factor, f), _mm512_add_pd(f, norm));
        __m256i v = _mm512_cvttpd_epu32(_mm512_add_pd(q, half));
        _mm256_storeu_si256((__m256i *)(void *)(out + i), _mm256_mullo_epi32(v, times));
    }
}

/* Words of 32 bits are gathered; what lies behind the bitmap is not touched. */
AVX512 static uint32_t held_avx512(struct dtl_bytes bits, const dtl_doc *docs, uint32_t n,
                                   uint16_t *out)
{
    const __m512i words = _mm512_set1_epi32((int)(bits.n / 4)), one = _mm512_set1_epi32(1);
    __m256i index = _mm256_setr_epi16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m256i step = _mm256_set1_epi16(16);
    uint32_t found = 0;
    for (uint32_t i = 0; i < n; i += 16) {
        __mmask16 m = n - i < 16 ? (__mmask16)((1u << (n - i)) - 1) : (__mmask16)0xffff;
        __m512i doc = _mm512_maskz_loadu_epi32(m, docs + i), at = _mm512_srli_epi32(doc, 5);
        m = _mm512_mask_cmplt_epu32_mask(m, at, words);
        __m512i word = _mm512_mask_i32gather_epi32(_mm512_setzero_si512(), m, at, bits.p, 4);
        __m512i bit = _mm512_sllv_epi32(one, _mm512_and_si512(doc, _mm512_set1_epi32(31)));
        m = _mm512_mask_test_epi32_mask(m, word, bit);
        _mm256_storeu_si256((__m256i *)(void *)(out + found),
                            _mm256_maskz_compress_epi16(m, index));
        found += (uint32_t)__builtin_popcount(m);
        index = _mm256_add_epi16(index, step);
    }
    return found;
}
#pragma GCC diagnostic pop

AVX2 static void scores_avx2(const double *f, const double *norm, double factor, double round,
                             uint32_t times, uint32_t n, uint32_t *out)
{
    const __m256d vfactor = _mm256_set1_pd(factor), vround = _mm256_set1_pd(round);
    const __m128i vtimes = _mm_set1_epi32((int)times);
    for (uint32_t i = 0; i < n; i += 4) {
        __m256d x = _mm256_loadu_pd(f + i), k = _mm256_loadu_pd(norm + i);
        __m256d q = _mm256_div_pd(_mm256_mul_pd(vfactor, x), _mm256_add_pd(x, k));
        __m128i v = _mm256_cvttpd_epi32(_mm256_add_pd(q, vround)); /* below DTL_NARROW: no sign */
        _mm_storeu_si128((__m128i *)(void *)(out + i), _mm_mullo_epi32(v, vtimes));
    }
}

AVX512 static uint32_t at_least_avx512(const uint32_t *v, uint32_t n, uint32_t least, uint16_t *out)
{
    const __m512i vleast = _mm512_set1_epi32((int)least);
    __m256i index = _mm256_setr_epi16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m256i step = _mm256_set1_epi16(16);
    uint32_t found = 0;
    for (uint32_t i = 0; i < n; i += 16) {
        __m512i x = _mm512_loadu_si512(v + i);
        __mmask16 m = _mm512_cmpge_epu32_mask(x, vleast);
        if (n - i < 16)
            m &= (__mmask16)((1u << (n - i)) - 1);
        if (m) {
            _mm256_storeu_si256((__m256i *)(void *)(out + found),
                                _mm256_maskz_compress_epi16(m, index));
            found += (uint32_t)__builtin_popcount(m);
        }
        index = _mm256_add_epi16(index, step);
    }
    return found;
}

AVX2 static uint32_t at_least_avx2(const uint32_t *v, uint32_t n, uint32_t least, uint16_t *out)
{
    const __m256i vleast = _mm256_set1_epi32((int)least);
    uint32_t found = 0;
    for (uint32_t i = 0; i < n; i += 8) {
        __m256i x = _mm256_loadu_si256((const __m256i *)(const void *)(v + i));
        __m256i same = _mm256_cmpeq_epi32(_mm256_max_epu32(x, vleast), x);
        unsigned m = (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(same));
        if (n - i < 8)
            m &= (1u << (n - i)) - 1;
        for (; m; m &= m - 1)
            out[found++] = (uint16_t)(i + (unsigned)__builtin_ctz(m));
    }
    return found;
}
#endif

const struct dtl_score_kernels *dtl_score_kernels(unsigned kind)
{
    static const struct dtl_score_kernels kernels[DTL_SCORE_KERNELS] = {
        {scores_plainly, at_least_plainly, held_plainly, NULL           },
#ifdef VECTORS
        {scores_avx2,    at_least_avx2,    held_plainly, NULL           },
        {scores_avx512,  at_least_avx512,  held_avx512,  postings_avx512},
#endif
    };
#ifdef VECTORS
    if ((kind == 1 && !__builtin_cpu_supports("avx2")) || (kind == 2 && !has_avx512()))
        return NULL;
#endif
    return kind < DTL_SCORE_KERNELS && kernels[kind].contributions ? &kernels[kind] : NULL;
}

static const struct dtl_score_kernels *best(void)
{
    static _Atomic(const struct dtl_score_kernels *) chosen;
    const struct dtl_score_kernels *k = atomic_load_explicit(&chosen, memory_order_relaxed);
    for (unsigned kind = DTL_SCORE_KERNELS; !k && kind-- > 0;)
        k = dtl_score_kernels(kind);
    atomic_store_explicit(&chosen, k, memory_order_relaxed);
    return k;
}

uint32_t dtl_at_least(const uint32_t *values, uint32_t n, uint32_t least, uint16_t *out)
{
    return best()->at_least(values, n, least, out);
}

uint32_t dtl_held(struct dtl_bytes bits, const dtl_doc *docs, uint32_t n, uint16_t *out)
{
    return best()->held(bits, docs, n, out);
}

/* ---- postings ---- */

/* Vectors run past the end of a short chunk: let them find numbers that divide. */
static uint32_t pad(double *f, double *norm, uint32_t n)
{
    while (n % 8) {
        f[n] = norm[n] = 1;
        n++;
    }
    return n;
}

void dtl_scores(const struct dtl_weight *w, const dtl_doc *docs, const uint32_t *tfs, uint32_t n,
                uint32_t *out)
{
    double f[CHUNK], norm[CHUNK];
    if (!w->norm) {
        for (uint32_t i = 0; i < n; i++)
            out[i] = (uint32_t)w->constant * w->times;
        return;
    }
    if (best()->postings) {
        best()->postings(w, docs, tfs, n, out);
        return;
    }
    for (uint32_t at = 0; at < n; at += CHUNK) {
        uint32_t part = n - at < CHUNK ? n - at : CHUNK;
        for (uint32_t i = 0; i < part; i++) {
            norm[i] = w->norm[w->lengths[docs[at + i]]];
            f[i] = tfs[at + i];
        }
        best()->contributions(f, norm, w->factor, 0.5, w->times, pad(f, norm, part), out + at);
    }
}

/* ---- bounds ---- */

uint32_t dtl_pair_bound(const struct dtl_weight *w, uint32_t tf, uint8_t length_code)
{
    if (!w->norm)
        return (uint32_t)w->constant * w->times;
    return rounded(w->factor, tf, w->norm[length_code], DTL_BOUND_ROUND) * w->times;
}

void dtl_block_bounds(const struct dtl_weight *w, const uint8_t *pairs, const uint32_t *end,
                      uint32_t blocks, uint32_t *out)
{
    double f[CHUNK + 8], norm[CHUNK + 8];
    uint32_t bound[CHUNK + 8];
    if (!w->norm) {
        for (uint32_t b = 0; b < blocks; b++)
            out[b] = (uint32_t)w->constant * w->times;
        return;
    }
    for (uint32_t b = 0; b < blocks;) { /* as many blocks as fit a chunk of pairs */
        uint32_t first = b, from = b ? end[b - 1] : 0, n = 0;
        while (b < blocks && end[b] - from <= CHUNK)
            b++;
        n = end[b - 1] - from;
        for (uint32_t i = 0; i < n; i++) {
            const uint8_t *pair = pairs + (size_t)DTL_IMPACT_BYTES * (from + i);
            f[i] = dtl_impact_tf_of(pair[0]);
            norm[i] = w->norm[pair[1]];
        }
        best()->contributions(f, norm, w->factor, DTL_BOUND_ROUND, w->times, pad(f, norm, n),
                              bound);
        for (uint32_t i = 0, k = first; k < b; k++) {
            uint32_t most = 0;
            for (; i < end[k] - from; i++)
                most = bound[i] > most ? bound[i] : most;
            out[k] = most;
        }
    }
}
