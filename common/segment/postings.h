/*
 * common/segment/postings.h - one term's list: blocks of 128 postings, a tail, a block directory in
 * front (docs/FORMAT.md, "Postings"); positions and variants beside it, read only when asked for.
 *
 * One block is current at a time. The caller walks docs[0..count) itself: that is the hot loop.
 */
#ifndef DTL_SEGMENT_POSTINGS_H
#define DTL_SEGMENT_POSTINGS_H
#include "common/codec/block.h"
#include "common/segment/terms.h"

struct dtl_postings {
    dtl_doc docs[DTL_BLOCK]; /* rising; dead documents included: the caller filters */
    uint32_t tfs[DTL_BLOCK]; /* weighted frequencies, >= 1 */
    uint32_t count;          /* of the current block; 0 before the first seek and after the end */
    dtl_doc last;            /* last document of the current block; DTL_DOC_END at the end */
    uint32_t blocks;         /* of the list, the tail included */
    uint32_t block;          /* number of the current one */
    uint32_t blocks_read;    /* decoded so far: what --explain calls work */
    struct dtl_segment *segment;
    struct dtl_term term;
    struct dtl_postings_private *x;
};

/** `arena` holds what the list needs until the query ends. Decodes nothing yet. */
enum dtl_status dtl_postings_open(struct dtl_postings *p, struct dtl_segment *s,
                                  const struct dtl_term *term, struct dtl_arena *arena,
                                  struct dtl_error *err) DTL_MUST_USE;

/**
 * Make the first block whose last document is >= target current and decode its documents and
 * frequencies. Never moves back; no work when the current block already is that block. DTL_END when
 * there is none.
 */
enum dtl_status dtl_postings_seek(struct dtl_postings *p, dtl_doc target,
                                  struct dtl_error *err) DTL_MUST_USE;

/** The impact pairs of the block that holds the first document >= target, without decoding it.
 * DTL_END: none. */
enum dtl_status dtl_postings_impacts(struct dtl_postings *p, dtl_doc target,
                                     struct dtl_impact out[DTL_IMPACTS_MAX], uint32_t *count,
                                     dtl_doc *block_last, struct dtl_error *err) DTL_MUST_USE;

/**
 * Positions (rising) of posting `i` of the current block; only the groups of 128 that hold them are
 * decoded. Valid until the block changes. *count is the true number of occurrences, title ones
 * counted once.
 */
enum dtl_status dtl_postings_positions(struct dtl_postings *p, uint32_t i,
                                       const uint32_t **positions, uint32_t *count,
                                       struct dtl_error *err) DTL_MUST_USE;
/** Variant numbers, parallel to the positions of posting `i`; each < term.variants. */
enum dtl_status dtl_postings_variants(struct dtl_postings *p, uint32_t i, const uint32_t **variants,
                                      struct dtl_error *err) DTL_MUST_USE;
/** Heap buffers only; safe on {0}; before the arena of dtl_postings_open is reset. */
void dtl_postings_release(struct dtl_postings *p);
#endif
