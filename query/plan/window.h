/*
 * query/plan/window.h - statistics of exactly the articles that a query's dates admit: --df window
 * (docs/decisions/0162).
 */
#ifndef DTL_PLAN_WINDOW_H
#define DTL_PLAN_WINDOW_H
#include "query/plan/plan.h"

struct dtl_plan_window {
    struct dtl_date_ranges *ranges; /* by segment; those of one that the dates exclude are empty */
};

/**
 * Count the articles admitted and their lengths: p->docs, p->average_words and p->bm25 are then the
 * window's, and words resolved afterwards take its df. O(segments) and, in segments that the window
 * cuts, O(articles admitted).
 */
enum dtl_status dtl_plan_window_open(struct dtl_plan *p, struct dtl_error *err) DTL_MUST_USE;
/** How many articles of the window hold the term of segment number `segment`. The list's blocks
 * inside a zone are counted, not read, where none of the segment's articles is dead. */
enum dtl_status dtl_plan_window_df(struct dtl_plan *p, size_t segment, const struct dtl_term *t,
                                   uint64_t *df, struct dtl_error *err) DTL_MUST_USE;
#endif
