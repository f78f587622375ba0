/* query/answer.h - one query text to rendered hits: what a single search and each line of a batch
 * share. */
#ifndef DTL_QUERY_ANSWER_H
#define DTL_QUERY_ANSWER_H
#include "query/session.h"

struct dtl_answer { /* everything about a query that was searched; the query lives in `arena` */
    struct dtl_arena *arena;
    struct dtl_query *q;
    bool expanded; /* --expand was heeded */
    struct dtl_plan *plan;
    struct dtl_result result;
    struct dtl_arena page; /* of the plan and the result */
    double milliseconds;   /* of planning and searching; the median of --repeat */
    bool found;            /* after dtl_pages: something matches */
    uint64_t total;        /* and how many, as far as the form tells it; else those passed */
};

/** Parse alone: no index is needed, and a bad query is told before a missing one. */
enum dtl_status dtl_answer_parse(struct dtl_session *s, struct dtl_bytes text, struct dtl_answer *a,
                                 struct dtl_error *err) DTL_MUST_USE;
/** With --like and --expand, before the query is planned: the words of that article, or of its best
 * ones, become part of it, once. Where there is no such
 * article that is said, and nothing found. */
enum dtl_status dtl_answer_expand(struct dtl_session *s, struct dtl_answer *a,
                                  struct dtl_error *err) DTL_MUST_USE;
/** Expand, plan and search over the session's snapshot. */
enum dtl_status dtl_answer_search(struct dtl_session *s, const struct dtl_search_options *o,
                                  struct dtl_answer *a, struct dtl_error *err) DTL_MUST_USE;
/** Notes about the query, to s->talk when the session talks. */
void dtl_answer_notes(struct dtl_session *s, const struct dtl_answer *a);
/** The plan and the result; before the snapshot closes. */
void dtl_answer_close(struct dtl_answer *a);

/** The search a session's options ask for. */
struct dtl_search_options dtl_answer_options(const struct dtl_session *s);
#endif
