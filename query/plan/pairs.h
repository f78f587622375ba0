/*
 * query/plan/pairs.h - the pairs of words that a query names one after the other, whose nearness in
 * an article is part of its score (docs/decisions/0160).
 */
#ifndef DTL_PLAN_PAIRS_H
#define DTL_PLAN_PAIRS_H
#include "query/plan/plan.h"
#include "query/rank/near.h"

#define DTL_PAIRS_MAX 256u /* distinct pairs of a query that count, the first ones */

struct dtl_pair {
    uint32_t a, b; /* indices of words */
    struct dtl_near_weight weight;
};

struct dtl_pairs {
    const struct dtl_word **word; /* distinct */
    uint32_t words;
    struct dtl_pair *pair;
    uint32_t pairs;
    uint64_t most; /* all of them together add less to any article */
};

/**
 * The query's scoring words in reading order, each with the next: those an article can be found by,
 * not under NOT, not stop words that score nothing, no expansions. A phrase or a group of several
 * words stands between its neighbours. Lives in the plan's arena.
 */
enum dtl_status dtl_plan_pairs(struct dtl_plan *p, struct dtl_pairs *out,
                               struct dtl_error *err) DTL_MUST_USE;
#endif
