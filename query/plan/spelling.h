/*
 * query/plan/spelling.h - what a word that finds nothing may have been meant as: forms and values
 * of the index within two mistakes of it, by the automaton that serves `word~`.
 */
#ifndef DTL_PLAN_SPELLING_H
#define DTL_PLAN_SPELLING_H
#include "query/plan/plan.h"

#define DTL_SUGGESTIONS_MAX 8u

struct dtl_suggestion {
    struct dtl_bytes text; /* folded, as the index has it; in the plan's arena */
    unsigned edits;
    uint64_t df; /* live articles of its terms: ranks suggestions, is no count of the form itself */
};

/**
 * The nearest printed forms of a word, best first: fewest mistakes, then the same first letter,
 * then the most frequent. *n at most DTL_SUGGESTIONS_MAX. Looks for a fifth of a second at most and
 * then gives what it has.
 */
enum dtl_status dtl_spelling_of_word(struct dtl_plan *p, const struct dtl_word *w,
                                     struct dtl_stopwatch watch, struct dtl_suggestion *out,
                                     size_t *n, struct dtl_error *err) DTL_MUST_USE;
/** The same for the value of a FIELD node that is no pattern; of url, path and id there are none.
 */
enum dtl_status dtl_spelling_of_value(struct dtl_plan *p, const struct dtl_node *n,
                                      struct dtl_suggestion *out, size_t *count,
                                      struct dtl_error *err) DTL_MUST_USE;
#endif
