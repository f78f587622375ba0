/*
 * query/why.h - why a query found nothing, and what would find something: counts of its clauses,
 * which of them to leave out, what lies just outside its dates, words of the index it may have
 * meant. Every count is exact; what is not told within a second is left untold.
 */
#ifndef DTL_QUERY_WHY_H
#define DTL_QUERY_WHY_H
#include "query/answer.h"

/** To s->talk. */
enum dtl_status dtl_explain_zero(struct dtl_session *s, struct dtl_answer *a,
                                 struct dtl_error *err) DTL_MUST_USE;
/** The same for who cannot wait a second; without spellings when that is less than they take. */
enum dtl_status dtl_explain_zero_within(struct dtl_session *s, struct dtl_answer *a,
                                        uint32_t milliseconds, struct dtl_error *err) DTL_MUST_USE;
/** Articles without a date that match all the rest of a query with dates; to s->talk. */
enum dtl_status dtl_tell_undated(struct dtl_session *s, struct dtl_answer *a,
                                 struct dtl_error *err) DTL_MUST_USE;
#endif
