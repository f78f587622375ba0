/*
 * common/segment/dead.h - the deleted documents of a segment and what they subtract
 * (docs/FORMAT.md, "Dead").
 *
 * Statistics are the live archive's, to the article: df of a term is its list's df less
 * dead->pairs[ordinal].
 */
#ifndef DTL_SEGMENT_DEAD_H
#define DTL_SEGMENT_DEAD_H
#include "common/segment/segment.h"

#include <roaring/roaring.h>

struct dtl_dead_pair {
    uint32_t ordinal; /* of the term */
    uint32_t df;      /* dead documents that hold it; >= 1 */
};

struct dtl_dead {
    roaring_bitmap_t *docs;
    uint32_t count; /* == cardinality */
    uint64_t weighted_total, word_total, text_bytes;
    uint32_t lang_docs[DTL_LANGS];
    uint64_t *group_bytes; /* frames' bytes, parallel to facts.group */
    size_t groups;
    struct dtl_dead_pair *pairs; /* sorted by ordinal */
    size_t pair_count;
};

bool dtl_dead_encode(const struct dtl_dead *d, struct dtl_buffer *out);
/** Decode against the segment it belongs to; release with dtl_dead_release. */
enum dtl_status dtl_dead_decode(struct dtl_bytes in, const struct dtl_segment_facts *facts,
                                struct dtl_dead **out, struct dtl_error *err) DTL_MUST_USE;
void dtl_dead_release(struct dtl_dead *d); /* NULL is fine */
struct dtl_dead *
dtl_dead_clone(const struct dtl_dead *d,
               const struct dtl_segment_facts *facts); /* d may be NULL: an empty one */

static inline bool dtl_is_dead(const struct dtl_segment *s, dtl_doc doc)
{
    return s->dead && roaring_bitmap_contains(s->dead->docs, doc);
}
uint32_t dtl_dead_df(const struct dtl_segment *s, uint32_t ordinal); /* 0 when none; O(log pairs) */
#endif
