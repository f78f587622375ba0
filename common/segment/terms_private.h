/* common/segment/terms_private.h - what terms.c shows forms.c: the open dictionary and a walk that
 * starts inside it. */
#ifndef DTL_SEGMENT_TERMS_PRIVATE_H
#define DTL_SEGMENT_TERMS_PRIVATE_H
#include "common/segment/front.h"
#include "common/segment/terms.h"

struct dtl_terms {
    struct dtl_front front;
};

/** s->terms, opened when it is not yet. */
enum dtl_status dtl_terms_open(struct dtl_segment *s, struct dtl_error *err) DTL_MUST_USE;
/** Languages that have TEXT terms, a bit each. Needs s->terms open. */
static inline uint64_t dtl_terms_text_languages(const struct dtl_segment *s)
{
    return s->terms->front.languages;
}
#endif
