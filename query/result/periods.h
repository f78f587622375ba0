/*
 * query/result/periods.h - matches by day, week, month, quarter or year, beside what there was to
 * match.
 *
 * An article stands in the period of its earliest day, which is its sort day, so each is counted
 * once; the undated stand in a period of their own.
 */
#ifndef DTL_RESULT_PERIODS_H
#define DTL_RESULT_PERIODS_H
#include "query/result/search.h"

enum dtl_unit { DTL_UNIT_DAY, DTL_UNIT_WEEK, DTL_UNIT_MONTH, DTL_UNIT_QUARTER, DTL_UNIT_YEAR };

struct dtl_period {
    dtl_day first;        /* its first day; DTL_DAY_NONE: the undated */
    uint64_t hits;        /* matches */
    uint64_t occurrences; /* in them, of the query's words and phrases that are not under a NOT */
    uint64_t articles;    /* that the query's filters admit, matching or not */
    uint64_t words;       /* in those */
};

struct dtl_timeline {
    struct dtl_period *period; /* rising, the undated last; only where there is an article */
    size_t periods;
    uint64_t total; /* matches */
    bool has_words; /* the query has words, so occurrences mean something */
};

/** Count. Every match and every article the filters admit is looked at, in memory for a period
 * each. In `arena`. */
enum dtl_status dtl_timeline_count(struct dtl_snapshot *snap, struct dtl_plan *plan,
                                   const struct dtl_query *q, enum dtl_unit unit,
                                   struct dtl_arena *arena, struct dtl_timeline *out,
                                   struct dtl_error *err) DTL_MUST_USE;

/** The first day of the period that holds `day` (a week's Monday may be before DTL_DAY_MIN), and of
 * the one after that which begins with `first`. */
dtl_day dtl_unit_first(enum dtl_unit unit, dtl_day day);
dtl_day dtl_unit_next(enum dtl_unit unit, dtl_day first);
/** "2024-03-18" (of a week its Monday), "2024-03", "2024-Q1", "2024". */
void dtl_unit_name(enum dtl_unit unit, dtl_day first, struct dtl_buffer *out);
#endif
