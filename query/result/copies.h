/* query/result/copies.h - which of some articles are copies of earlier ones: the same title, or
 * nearly the same text. For people who look at a list; no count knows of it. */
#ifndef DTL_RESULT_COPIES_H
#define DTL_RESULT_COPIES_H
#include "common/segment/article.h"
#include "common/text/analyzer.h"

#define DTL_COPIES_MOST 512u /* articles compared with each other */

struct dtl_copies {
    struct dtl_buffer sketches;
    size_t n;
};

/**
 * The next article. *first: the number (from 0) of the earliest that it is a copy of, its own when
 * of none. Copies have titles that are equal when folded, or share nearly all their runs of four
 * words. O(its text, and the articles before). DTL_ELIMIT beyond DTL_COPIES_MOST.
 */
enum dtl_status dtl_copies_add(struct dtl_copies *c, struct dtl_analyzer *an,
                               const struct dtl_article *a, size_t *first,
                               struct dtl_error *err) DTL_MUST_USE;
void dtl_copies_release(struct dtl_copies *c);
#endif
