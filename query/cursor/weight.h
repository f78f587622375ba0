/*
 * query/cursor/weight.h - one word's contribution to a score, rounded once to an integer.
 *
 * Filled by query/rank/bm25.c. Double arithmetic stays inside dtl_weight_score: sums of
 * contributions are sums of integers, so an answer does not depend on the order in which lists,
 * blocks or segments were visited.
 */
#ifndef DTL_CURSOR_WEIGHT_H
#define DTL_CURSOR_WEIGHT_H
#include "common/base/bytes.h"

#define DTL_SCORE_UNIT 1000000 /* scores are integers in millionths; printed as decimals */

struct dtl_weight {
    double factor;          /* 1e6 * idf * 2.2 */
    const double *norm;     /* K by length code, 256 of them; NULL: every match scores `constant` */
    const uint8_t *lengths; /* length codes of the segment's documents; 3 bytes more may be read */
    uint64_t constant;
    uint32_t times; /* how often the word occurs in the query */
};

/** The contribution of `tf` weighted occurrences in `doc`, times the word's occurrences in the
 * query. */
static inline uint64_t dtl_weight_score(const struct dtl_weight *w, uint64_t tf, dtl_doc doc)
{
    if (!w->norm)
        return w->constant * w->times;
    double f = (double)tf;
    return (uint64_t)(w->factor * f / (f + w->norm[w->lengths[doc]]) + 0.5) * w->times;
}
#endif
