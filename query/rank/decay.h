/*
 * query/rank/decay.h - scores that fade with age: half of one is left after each span
 * (docs/decisions/0161).
 *
 * The factor 2^(-age/span) is an integer of 63 binary places, made by a series of our own; a faded
 * score is cut to a whole number, so that the same article scores the same everywhere, and of two
 * articles with the same words the older never scores more.
 */
#ifndef DTL_RANK_DECAY_H
#define DTL_RANK_DECAY_H
#include "common/base/date.h"

struct dtl_decay {
    dtl_day today;
    uint32_t span; /* days, at least 1 */
    /* the day asked for last: articles of a day come together */
    dtl_day day;
    uint64_t factor; /* 0: not asked yet */
    uint32_t halvings;
};

void dtl_decay_init(struct dtl_decay *d, dtl_day today, uint32_t span);
/** What is left of `score` for an article of `day`: all of it from today on; DTL_DAY_NONE counts as
 * the first day of the year 1. */
uint64_t dtl_decay_score(struct dtl_decay *d, dtl_day day, uint64_t score);
/** The least score of which at least `left` is left; UINT64_MAX: none that is worth the name. */
uint64_t dtl_decay_need(struct dtl_decay *d, dtl_day day, uint64_t left);
#endif
