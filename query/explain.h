/* query/explain.h - a query as understood. */
#ifndef DTL_QUERY_EXPLAIN_H
#define DTL_QUERY_EXPLAIN_H
#include "query/answer.h"

/** --explain, to s->out: printed tree, dates, words with their terms, counts, work done. */
enum dtl_status dtl_explain(struct dtl_session *s, struct dtl_answer *a,
                            struct dtl_error *err) DTL_MUST_USE;
#endif
