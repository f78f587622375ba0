/*
 * query/result/matched.h - all matches of a query, a segment at a time: what is counted over them
 * (facets, timelines) wants a segment's matches together. Private to those.
 */
#ifndef DTL_RESULT_MATCHED_H
#define DTL_RESULT_MATCHED_H
#include "query/result/search.h"

struct dtl_matched { /* the matches of one segment: bit d of bits[] is document d */
    struct dtl_segment *segment;
    uint32_t number; /* of it in the snapshot */
    uint64_t *bits;
    size_t words; /* of bits[] */
    uint64_t count;
};

typedef enum dtl_status (*dtl_matched_fn)(void *ctx, const struct dtl_matched *m,
                                          struct dtl_error *err);

/**
 * Call `fn` for each segment with a match of node `n`, newest segment first. A bit for each
 * document of a segment is held. What `fn` returns other than DTL_OK ends it.
 */
enum dtl_status dtl_matched_walk(struct dtl_snapshot *snap, struct dtl_plan *plan,
                                 const struct dtl_query *q, const struct dtl_node *n,
                                 dtl_matched_fn fn, void *ctx, struct dtl_error *err) DTL_MUST_USE;

static inline bool dtl_matched_has(const struct dtl_matched *m, dtl_doc doc)
{
    return m->bits[doc / 64] >> (doc % 64) & 1;
}

/** Call `each` for every match of the segment, rising. */
typedef enum dtl_status (*dtl_doc_fn)(void *ctx, dtl_doc doc, struct dtl_error *err);
enum dtl_status dtl_matched_each(const struct dtl_matched *m, dtl_doc_fn each, void *ctx,
                                 struct dtl_error *err) DTL_MUST_USE;
#endif
