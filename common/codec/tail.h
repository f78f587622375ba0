/*
 * common/codec/tail.h - the short block that ends a posting list, or is all of it. Format:
 * docs/FORMAT.md, "Tail block".
 */
#ifndef DTL_CODEC_TAIL_H
#define DTL_CODEC_TAIL_H
#include "common/codec/block.h"

#define DTL_TAIL_PAIRS                                                                             \
    8u /* tails shorter than this are varint pairs, longer ones two short groups */

/**
 * Append `n` (1..127) postings. Documents rise from `base` on; tfs are 1..DTL_TF_MAX. Canonical.
 * False: no memory.
 */
bool dtl_tail_encode(struct dtl_buffer *out, dtl_doc base, const dtl_doc *docs, const uint32_t *tfs,
                     size_t n);

/**
 * Decode the tail of `n` postings at the start of `in`; the list's document frequency tells n.
 *
 * in     borrowed; bytes after the tail are ignored.
 * base   lowest document number that may appear: 0 at list start, else last + 1.
 * limit  documents in the segment, at most 2^31; every number produced is < limit.
 * docs, tfs  caller's arrays, DTL_BLOCK long; contents undefined on failure.
 *
 * DTL_OK: *used is the tail's size in bytes.
 * DTL_ECORRUPT: err->pos is an offset in `in` near the first byte that cannot be right.
 * Allocates nothing; safe from any thread; O(n).
 */
enum dtl_status dtl_tail_decode(struct dtl_bytes in, dtl_doc base, dtl_doc limit, size_t n,
                                dtl_doc docs[DTL_BLOCK], uint32_t tfs[DTL_BLOCK], size_t *used,
                                struct dtl_error *err) DTL_MUST_USE;
#endif
