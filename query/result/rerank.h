/*
 * query/result/rerank.h - the second stage of a score: how near each other the query's words stand
 * in the articles that the first stage puts first (docs/decisions/0160).
 */
#ifndef DTL_RESULT_RERANK_H
#define DTL_RESULT_RERANK_H
#include "query/plan/pairs.h"
#include "query/rank/decay.h"
#include "query/rank/topk.h"

#define DTL_RERANKED 200u /* articles, the best of the first stage */

/**
 * `t` is finished, best first, and holds the best DTL_RERANKED or more (or all there are; of those
 * that cannot be among the best `want` any may be missing). Adds what pairs score to the first
 * DTL_RERANKED and puts them in order; those after them score no more than any of them and stay as
 * they are. When less is wanted, articles that cannot be among the best `want` may be left out.
 * `decay`: scores fade, what pairs add too; NULL: they do not. Occurrences looked at are added to
 * *positions.
 */
enum dtl_status dtl_rerank(struct dtl_snapshot *snap, struct dtl_plan *plan,
                           const struct dtl_pairs *pairs, struct dtl_decay *decay, uint64_t want,
                           struct dtl_topk *t, uint64_t *positions) DTL_MUST_USE;
#endif
