/*
 * common/segment/occurrences.h - where in its articles a term stands, and printed how: the
 * positions and the variant numbers that belong to one posting block (docs/FORMAT.md, "Positions"
 * and "Variants").
 */
#ifndef DTL_SEGMENT_OCCURRENCES_H
#define DTL_SEGMENT_OCCURRENCES_H
#include "common/codec/block.h"
#include "common/segment/group_run.h"

#define DTL_VARIANTS_ROW                                                                           \
    32u /* fewer numbers than this are a row at the term's own width, without a header */

/**
 * Append the positions of a block of `n` postings, `counts` (each 1..tf) of them a posting and
 * `total` in all, as gaps laid end to end: the first of each posting from 0, then distances.
 * Canonical. False: no memory.
 */
bool dtl_positions_encode(struct dtl_buffer *out, const uint32_t *tfs, const uint32_t *counts,
                          size_t n, const uint32_t *gaps, size_t total);

/**
 * True counts of the block whose bytes begin at `in`: occurrences of posting i are [start[i],
 * start[i + 1]). *used is where the packed positions begin. DTL_ECORRUPT when the bytes could not
 * hold that many.
 */
enum dtl_status dtl_positions_starts(struct dtl_bytes in, const uint32_t *tfs, size_t n,
                                     uint32_t start[DTL_BLOCK + 1], size_t *used,
                                     struct dtl_error *err) DTL_MUST_USE;
/** `total` numbers below `variants`, which is at least 2: a term with one printed form stores none.
 */
bool dtl_variants_encode(struct dtl_buffer *out, const uint32_t *numbers, size_t total,
                         uint32_t variants);
/** Bytes of `total` numbers at the start of `in`. */
enum dtl_status dtl_variants_skip(struct dtl_bytes in, size_t total, uint32_t variants,
                                  size_t *used, struct dtl_error *err) DTL_MUST_USE;

/* ---- one block's occurrences, read on demand; {0} before the first ---- */

struct dtl_occurrences {
    uint32_t n, variants;
    uint32_t start[DTL_BLOCK + 1];
    struct dtl_group_run positions, numbers;
    bool absolute[DTL_BLOCK]; /* positions of this posting have been added up */
    bool checked[DTL_BLOCK];  /* variant numbers of this posting are below `variants` */
};

/** Begin a block of `n` postings whose positions are exactly `in`, borrowed. */
enum dtl_status dtl_occurrences_open(struct dtl_occurrences *o, struct dtl_bytes in,
                                     const uint32_t *tfs, size_t n,
                                     struct dtl_error *err) DTL_MUST_USE;
/** Its variant numbers, exactly `in` (ignored when variants is 1). After open. */
enum dtl_status dtl_occurrences_variants(struct dtl_occurrences *o, struct dtl_bytes in,
                                         uint32_t variants, struct dtl_error *err) DTL_MUST_USE;
/** Positions of posting i, valid to the next open; their number is start[i + 1] - start[i]. */
enum dtl_status dtl_occurrences_of(struct dtl_occurrences *o, uint32_t i,
                                   const uint32_t **positions, struct dtl_error *err) DTL_MUST_USE;
/** Variant numbers of posting i, after dtl_occurrences_variants. */
enum dtl_status dtl_occurrences_numbers(struct dtl_occurrences *o, uint32_t i,
                                        const uint32_t **numbers,
                                        struct dtl_error *err) DTL_MUST_USE;
/** Gaps of all postings, as stored; before any dtl_occurrences_of of the block. DTL_ECORRUPT when a
 * position would pass 32 bits. */
enum dtl_status dtl_occurrences_gaps(struct dtl_occurrences *o, const uint32_t **gaps,
                                     struct dtl_error *err) DTL_MUST_USE;
/** Variant numbers of all postings, after dtl_occurrences_variants. */
enum dtl_status dtl_occurrences_all_numbers(struct dtl_occurrences *o, const uint32_t **numbers,
                                            struct dtl_error *err) DTL_MUST_USE;
void dtl_occurrences_release(struct dtl_occurrences *o);
#endif
