/* common/codec/block.h - the unit of a posting list: 128 documents and frequencies. Format:
 * docs/FORMAT.md, "Posting block". */
#ifndef DTL_CODEC_BLOCK_H
#define DTL_CODEC_BLOCK_H
#include "common/base/bytes.h"

#define DTL_BLOCK  128u
#define DTL_TF_MAX (UINT32_C(1) << 30) /* a weighted frequency's limit, writers' and readers' */

/** Append a full block. Documents rise from `base` on; tfs are 1..DTL_TF_MAX. Canonical. False: no
 * memory. */
bool dtl_block_encode(struct dtl_buffer *out, dtl_doc base, const dtl_doc docs[DTL_BLOCK],
                      const uint32_t tfs[DTL_BLOCK]);

/**
 * Decode the full block at the start of `in`; bytes after it are ignored.
 *
 * base   lowest document number that may appear: 0 at list start, else last + 1.
 * limit  documents in the segment, at most 2^31; every number produced is < limit.
 * docs, tfs  undefined on failure.
 *
 * DTL_OK: *used is the block's size in bytes. DTL_ECORRUPT: err->pos is an offset in `in`.
 * Allocates nothing; safe from any thread.
 */
enum dtl_status dtl_block_decode(struct dtl_bytes in, dtl_doc base, dtl_doc limit,
                                 dtl_doc docs[DTL_BLOCK], uint32_t tfs[DTL_BLOCK], size_t *used,
                                 struct dtl_error *err) DTL_MUST_USE;

/** The same in two steps: the documents, then from the bytes after them the frequencies. About 25
 * ns each with a vector kernel. */
enum dtl_status dtl_block_decode_docs(struct dtl_bytes in, dtl_doc base, dtl_doc limit,
                                      dtl_doc docs[DTL_BLOCK], size_t *used,
                                      struct dtl_error *err) DTL_MUST_USE;
enum dtl_status dtl_block_decode_tfs(struct dtl_bytes in, uint32_t tfs[DTL_BLOCK], size_t *used,
                                     struct dtl_error *err) DTL_MUST_USE;

/** n frequencies, 1..128, as full blocks and tails hold them: checked against DTL_TF_MAX. */
enum dtl_status dtl_tfs_decode(struct dtl_bytes in, size_t n, uint32_t *tfs, size_t *used,
                               struct dtl_error *err) DTL_MUST_USE;
#endif
