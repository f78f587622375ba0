/*
 * common/segment/occurrences.h - where in its articles a term stands, and printed how: the
 * positions and the variant numbers that belong to one posting block (docs/FORMAT.md, "Positions"
 * and "Variants").
 */
#ifndef DTL_SEGMENT_OCCURRENCES_H
#define DTL_SEGMENT_OCCURRENCES_H
#include "common/codec/block.h"

#define DTL_VARIANTS_ROW                                                                           \
    32u /* fewer numbers than this are a row at the term's own width, without a header */

/**
 * Append the positions of a block of `n` postings: `counts` (each 1..tf) of them a posting, laid
 * end to end, rising inside a posting. Canonical. False: no memory.
 */
bool dtl_positions_encode(struct dtl_buffer *out, const uint32_t *tfs, const uint32_t *counts,
                          size_t n, const uint32_t *positions);

/**
 * True counts of the block whose bytes begin at `in`: occurrences of posting i are [start[i],
 * start[i + 1]). *used is where the packed positions begin. DTL_ECORRUPT when the bytes could not
 * hold that many.
 */
enum dtl_status dtl_positions_starts(struct dtl_bytes in, const uint32_t *tfs, size_t n,
                                     uint32_t start[DTL_BLOCK + 1], size_t *used,
                                     struct dtl_error *err) DTL_MUST_USE;
/** The packed positions at the start of `in` (after the starts): start[n] of them, made absolute.
 */
enum dtl_status dtl_positions_decode(struct dtl_bytes in, size_t n,
                                     const uint32_t start[DTL_BLOCK + 1], uint32_t *positions,
                                     size_t *used, struct dtl_error *err) DTL_MUST_USE;

/** `total` numbers below `variants`, which is at least 2: a term with one printed form stores none.
 */
bool dtl_variants_encode(struct dtl_buffer *out, const uint32_t *numbers, size_t total,
                         uint32_t variants);
enum dtl_status dtl_variants_decode(struct dtl_bytes in, size_t total, uint32_t variants,
                                    uint32_t *numbers, size_t *used,
                                    struct dtl_error *err) DTL_MUST_USE;
/** Only *used. */
enum dtl_status dtl_variants_skip(struct dtl_bytes in, size_t total, uint32_t variants,
                                  size_t *used, struct dtl_error *err) DTL_MUST_USE;
#endif
