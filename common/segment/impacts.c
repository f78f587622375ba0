/*
 * impacts.c - impact frontiers: bounds that stay true when an archive's averages move.
 *
 * A score rises with the frequency and falls with the length, so a posting that another one equals
 * or beats in both can be forgotten. What is left, sorted by length code, rises in frequency too.
 * Rounding frequencies up and joining neighbours (the greater frequency with the smaller length)
 * can only raise the bound: always sound.
 */
#include "common/segment/impacts.h"

#define EXACT 128u /* frequencies below it are their own code */
#define STEPS 16u  /* codes an octave above */
#define ANY   255u

uint8_t dtl_impact_tf_code(uint32_t tf)
{
    if (tf < EXACT)
        return (uint8_t)tf;
    unsigned octave = 31 - (unsigned)__builtin_clz(tf) - 7; /* 0 for 128..255 */
    uint32_t step = UINT32_C(8) << octave;
    uint64_t up = ((uint64_t)tf + step - 1) / step; /* 16..32; 32 is the next octave's first */
    uint64_t code = EXACT + octave * STEPS + (up - STEPS);
    return code >= ANY ? ANY : (uint8_t)code;
}

void dtl_frontier_reset(struct dtl_frontier *f)
{
    *f = (struct dtl_frontier){.low = 256};
}

static void note(struct dtl_frontier *f, uint8_t code, unsigned length_code)
{
    if (code > f->best[length_code])
        f->best[length_code] = code;
    if (length_code < f->low)
        f->low = length_code;
    if (length_code >= f->high)
        f->high = length_code + 1;
}

void dtl_frontier_add(struct dtl_frontier *f, const uint32_t *tfs, const uint8_t *length_codes,
                      uint32_t n)
{
    unsigned low = f->low, high = f->high;
    for (uint32_t i = 0; i < n; i++) {
        unsigned at = length_codes[i];
        uint8_t code = tfs[i] < EXACT ? (uint8_t)tfs[i] : dtl_impact_tf_code(tfs[i]);
        f->best[at] = code > f->best[at] ? code : f->best[at];
        low = at < low ? at : low;
        high = at >= high ? at + 1 : high;
    }
    f->low = low;
    f->high = high;
}

void dtl_frontier_merge(struct dtl_frontier *f, const struct dtl_frontier *other)
{
    for (unsigned lc = other->low; lc < other->high; lc++)
        if (other->best[lc])
            note(f, other->best[lc], lc);
}

/* What joining pair i with pair i + 1 gives away: both steps, the frequency's relative to its size.
 */
static uint64_t join_loss(const struct dtl_impact *p, size_t i)
{
    uint64_t lengths = (uint64_t)(p[i + 1].length_code - p[i].length_code);
    return ((uint64_t)(p[i + 1].tf - p[i].tf) << 20) / p[i + 1].tf * lengths;
}

uint32_t dtl_frontier_pairs(const struct dtl_frontier *f, struct dtl_impact out[DTL_IMPACTS_MAX])
{
    struct dtl_impact all[256];
    uint32_t n = 0;
    uint8_t top = 0;
    for (unsigned lc = f->low; lc < f->high; lc++)
        if (f->best[lc] > top) {
            top = f->best[lc];
            all[n++] = (struct dtl_impact){dtl_impact_tf_of(top), (uint8_t)lc};
        }
    while (n > DTL_IMPACTS_MAX) {
        size_t join = 0;
        for (size_t i = 1; i + 1 < n; i++)
            if (join_loss(all, i) < join_loss(all, join))
                join = i;
        all[join].tf = all[join + 1].tf;
        memmove(all + join + 1, all + join + 2, (n - join - 2) * sizeof *all);
        n--;
    }
    if (n)
        memcpy(out, all, n * sizeof *all);
    return n;
}

bool dtl_impacts_encode(struct dtl_buffer *out, const struct dtl_impact *pairs, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        dtl_buffer_byte(out, dtl_impact_tf_code(pairs[i].tf));
        dtl_buffer_byte(out, pairs[i].length_code);
    }
    return !out->failed;
}

enum dtl_status dtl_impacts_decode(struct dtl_bytes in, uint32_t n,
                                   struct dtl_impact out[DTL_IMPACTS_MAX], struct dtl_error *err)
{
    if (n > DTL_IMPACTS_MAX || in.n < (size_t)DTL_IMPACT_BYTES * n)
        return dtl_fail(err, DTL_ECORRUPT, in.n, "impact pairs end early or are too many");
    for (uint32_t i = 0; i < n; i++) {
        const uint8_t *p = in.p + (size_t)DTL_IMPACT_BYTES * i;
        if (p[0] == 0 || (i && (p[0] <= p[-2] || p[1] <= p[-1])))
            return dtl_fail(err, DTL_ECORRUPT, (uint64_t)DTL_IMPACT_BYTES * i,
                            "impact pair %u does not rise", i);
        out[i] = (struct dtl_impact){dtl_impact_tf_of(p[0]), p[1]};
    }
    return DTL_OK;
}
