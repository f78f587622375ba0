/*
 * query/cursor/scores.h - contributions of many postings at once, and what a block's impact pairs
 * promise at most.
 *
 * The same numbers as dtl_weight_score, bit for bit: the vector kernels do the same double
 * operations in the same order, chosen at run time; the scalar ones are always there and are the
 * reference. Results have 32 bits, which dtl_weight_narrow makes sure is enough.
 */
#ifndef DTL_CURSOR_SCORES_H
#define DTL_CURSOR_SCORES_H
#include "query/cursor/weight.h"

#define DTL_NARROW 0x1p30 /* contributions and their sums stay below it, or 64 bits are used */

/*
 * Added to a bound before it is cut to an integer, where a contribution adds 0.5. A quotient of two
 * rounded numbers may fall by a few units in the last place where the exact one rises; below
 * DTL_NARROW these are less than 2^-20, so a bound with 2^-18 more is never under a contribution.
 */
#define DTL_BOUND_ROUND (0.5 + 0x1p-18)

/** The kernels of one kind of processor; the functions below choose among them. */
struct dtl_score_kernels {
    /* out[i] = (factor f / (f + norm) + round, cut) times; arrays may be read and written up to n
     * rounded up to 8. */
    void (*contributions)(const double *f, const double *norm, double factor, double round,
                          uint32_t times, uint32_t n, uint32_t *out);
    uint32_t (*at_least)(const uint32_t *values, uint32_t n, uint32_t least, uint16_t *out);
    uint32_t (*held)(struct dtl_bytes bits, const dtl_doc *docs, uint32_t n, uint16_t *out);
    /* As dtl_scores, of a weight with norms; NULL: by way of `contributions`. */
    void (*postings)(const struct dtl_weight *w, const dtl_doc *docs, const uint32_t *tfs,
                     uint32_t n, uint32_t *out);
};
#define DTL_SCORE_KERNELS 3u
/** 0: the reference. NULL: not built, or not for this processor. */
const struct dtl_score_kernels *dtl_score_kernels(unsigned kind);

/** What no contribution of `w` exceeds, as a double: compare sums of them with DTL_NARROW. */
static inline double dtl_weight_most(const struct dtl_weight *w)
{
    return (w->norm ? w->factor + 1 : (double)w->constant) * w->times;
}

/**
 * A frequency f brings a contribution of `need` (1 or more) only where the norm is at most f times
 * this: factor f / (f + norm) >= v where norm <= f (factor - v) / v. A little more than that, for
 * rounding: the margin is some thousand times what doubles lose here.
 */
#define DTL_NORM_MARGIN 0x1p-40
static inline double dtl_norm_an_occurrence(const struct dtl_weight *w, uint32_t need)
{
    double v = (double)(need / w->times + (need % w->times != 0)) - 0.5;
    return (w->factor * (1 + DTL_NORM_MARGIN) - v) / v * (1 + DTL_NORM_MARGIN);
}

/** Contributions of `n` postings; out has room for n rounded up to 16. Narrow weights only. */
void dtl_scores(const struct dtl_weight *w, const dtl_doc *docs, const uint32_t *tfs, uint32_t n,
                uint32_t *out);

/**
 * From encoded impact pairs (common/segment/impacts.h), those of block b ending at end[b], to what
 * no posting of the block scores more than.
 */
void dtl_block_bounds(const struct dtl_weight *w, const uint8_t *pairs, const uint32_t *end,
                      uint32_t blocks, uint32_t *out);
/** The same of one pair: frequency and length code. */
uint32_t dtl_pair_bound(const struct dtl_weight *w, uint32_t tf, uint8_t length_code);

/** Indices of the values >= least, rising; returns how many. `n` at most 65536; values has room
 * for n rounded up to 16, out for 16 more than n. */
uint32_t dtl_at_least(const uint32_t *values, uint32_t n, uint32_t least, uint16_t *out);
/** The same of documents whose bit is set in a list's bitmap; behind its end none is. */
uint32_t dtl_held(struct dtl_bytes bits, const dtl_doc *docs, uint32_t n, uint16_t *out);
#endif
