/*
 * query/rank/spread.h - the best of every period: first the best article of each, then the second
 * best of each, and so on (docs/decisions/0163).
 *
 * An article belongs to the month or year of the day it is sorted by; those without a date are a
 * period of their own. Within a round the order is that of results.
 */
#ifndef DTL_RANK_SPREAD_H
#define DTL_RANK_SPREAD_H
#include "query/rank/topk.h"

enum dtl_spread_by { DTL_SPREAD_NONE, DTL_SPREAD_MONTH, DTL_SPREAD_YEAR };

struct dtl_spread_bucket {
    int32_t period;
    struct dtl_topk top;
};

struct dtl_spread {
    enum dtl_spread_by period;
    const struct dtl_topk *like;      /* order, k, names: as every bucket has them */
    struct dtl_spread_bucket *bucket; /* by period, rising */
    size_t n, room, last;             /* `last`: found last */
};

/** `like` is initialised, holds nothing, and outlives the spread. */
void dtl_spread_init(struct dtl_spread *s, enum dtl_spread_by period, const struct dtl_topk *like);
void dtl_spread_release(struct dtl_spread *s);
/** Offer a document; its date is known. */
enum dtl_status dtl_spread_offer(struct dtl_spread *s,
                                 const struct dtl_candidate *candidate) DTL_MUST_USE;
/** The first `want` in rounds, into `out` (as `like` was), which is then finished. */
enum dtl_status dtl_spread_finish(struct dtl_spread *s, uint64_t want,
                                  struct dtl_topk *out) DTL_MUST_USE;
#endif
