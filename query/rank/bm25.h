/*
 * query/rank/bm25.h - how much a word counts, from what the whole archive holds.
 *
 * idf = ln(1 + (N - n + 0.5) / (n + 0.5)); a word adds idf * 2.2 * tf / (tf + K) to a document's
 * score, with K = 1.2 (0.4 + 0.6 L / average), tf and L counting title words title_weight times
 * (docs/decisions/0081). The logarithm is our own, so that a score's bits do not depend on the C
 * library.
 */
#ifndef DTL_RANK_BM25_H
#define DTL_RANK_BM25_H
#include "query/cursor/weight.h"

struct dtl_bm25 {
    uint64_t docs;    /* live, of the whole archive */
    double norm[256]; /* K by length code */
};

void dtl_bm25_init(struct dtl_bm25 *b, uint64_t docs, uint64_t weighted_total);
/** idf of a word that `n` live documents hold; n above the archive's counts as all. Never negative.
 */
double dtl_bm25_idf(const struct dtl_bm25 *b, uint64_t n);
/** The weight of a word or phrase of that idf. `lengths`: the segment's length codes; `b` must
 * outlive it. */
struct dtl_weight dtl_bm25_weight(const struct dtl_bm25 *b, double idf, const uint8_t *lengths,
                                  uint32_t times);
/** The weight of an expansion: every match scores DTL_SCORE_UNIT. */
struct dtl_weight dtl_constant_weight(uint32_t times);
/** Natural logarithm of a finite x > 0, to a relative 1e-15, the same bits everywhere.
 */
double dtl_ln(double x);
#endif
