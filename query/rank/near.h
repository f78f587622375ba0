/*
 * query/rank/near.h - what an article scores for two words of the query that stand near each other
 * in it (docs/decisions/0160).
 *
 * Every occurrence of the first word is worth 1/g^2, g being the distance to the nearest occurrence
 * of the second on either side, up to DTL_NEAR_WORDS; worths are integers, so that their sum has no
 * order. Words of the title and of the body are never that near: their positions stand 100 apart.
 */
#ifndef DTL_RANK_NEAR_H
#define DTL_RANK_NEAR_H
#include "common/base/bytes.h"
#include "query/rank/bm25.h"

#define DTL_NEAR_WORDS 20u
#define DTL_NEAR_UNIT  (1u << 20) /* the worth of neighbours */

struct dtl_near_weight {
    double factor;  /* 1e6 * 0.3 * mean idf * 2.2: contributions stay below it */
    uint32_t times; /* how often the pair stands in the query */
};

struct dtl_near_weight dtl_near_weight(double idf_a, double idf_b, uint32_t times);

/** The summed worth of `a`'s occurrences; both are rising and distinct. O(a + b). */
uint64_t dtl_nearness(const uint32_t *a, uint32_t a_count, const uint32_t *b, uint32_t b_count);

/** Millionths to add for that worth to an article of `words` words, where the archive's average is
 * `average` (0: none). Rounded once. */
uint64_t dtl_near_score(const struct dtl_near_weight *w, uint64_t nearness, uint32_t words,
                        double average);
/** No article gets more from the pair. */
uint64_t dtl_near_most(const struct dtl_near_weight *w);
/** The worth of `a` occurrences of the first word and `b` of the second is at most this. */
uint64_t dtl_nearness_most(uint64_t a, uint64_t b);
#endif
