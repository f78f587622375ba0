/*
 * query/result/feedback.h - the words that mark some articles, to search with: --expand and --like
 * (docs/decisions/0164, 0165).
 */
#ifndef DTL_RESULT_FEEDBACK_H
#define DTL_RESULT_FEEDBACK_H
#include "query/result/search.h"

#define DTL_FEEDBACK_ARTICLES 10u /* the best, whose words are looked at */
#define DTL_FEEDBACK_WORDS    20u /* the words that are added */
#define DTL_LIKE_WORDS        25u /* the words an article is known by */

/**
 * Give `q`, which `plan` was made of, the words that its best articles share: they are searched for
 * by `o` as it stands, sorted by relevance. any: articles that hold only the new words are found
 * too; else what matches stays, and the words score alone. The tree is new, in the plan's arena;
 * plan again. Costs a search and the analysis of ten articles.
 */
enum dtl_status dtl_feedback_expand(struct dtl_snapshot *snap, struct dtl_plan *plan,
                                    struct dtl_query *q, const struct dtl_search_options *o,
                                    bool any, struct dtl_arena *arena,
                                    struct dtl_error *err) DTL_MUST_USE;

/**
 * Make `q` a search for articles like the one of that id (those, when several publications use it):
 * any of the words that mark it must stand there, what `q` asked for must hold as well, and the
 * article itself is left out. DTL_NOTFOUND: there is none, or it has no such word; `q` then finds
 * nothing. Plan again.
 */
enum dtl_status dtl_feedback_like(struct dtl_snapshot *snap, struct dtl_plan *plan,
                                  struct dtl_query *q, struct dtl_bytes id, struct dtl_arena *arena,
                                  struct dtl_error *err) DTL_MUST_USE;
#endif
