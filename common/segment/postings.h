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
    dtl_doc docs[DTL_BLOCK]; /* rising; dead documents included: the caller filters; behind the last
                                of the current block DTL_DOC_END */
    uint32_t tfs[DTL_BLOCK]; /* weighted frequencies, >= 1; see dtl_postings_tfs */
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

/*
 * Blocks by number: for whoever knows what a block can score before reading it, or wants documents
 * only. Frequencies of the current block wait for dtl_postings_tfs, which costs nothing when they
 * are there.
 */

/** As dtl_postings_seek, without frequencies. */
enum dtl_status dtl_postings_seek_docs(struct dtl_postings *p, dtl_doc target,
                                       struct dtl_error *err) DTL_MUST_USE;
/** Make block `block` < p->blocks current, before or after the one that is: documents alone. */
enum dtl_status dtl_postings_load(struct dtl_postings *p, uint32_t block,
                                  struct dtl_error *err) DTL_MUST_USE;
enum dtl_status dtl_postings_tfs(struct dtl_postings *p, struct dtl_error *err) DTL_MUST_USE;
/**
 * The first block from `from` on whose last document is >= target, from the directory alone;
 * p->blocks: none. A list shorter than a block has no directory and answers `from` while nothing of
 * it was decoded.
 */
uint32_t dtl_postings_find(const struct dtl_postings *p, uint32_t from, dtl_doc target);
/** Last document of a block; DTL_DOC_END - 1 where only decoding would tell. */
dtl_doc dtl_postings_last(const struct dtl_postings *p, uint32_t block);
/** The same of blocks [from, to). */
void dtl_postings_lasts(const struct dtl_postings *p, uint32_t from, uint32_t to, dtl_doc *out);
/**
 * The documents of the whole list as bits, when it has them (postings_layout.h): words of 64 bits
 * up to that of the last document, little-endian, nowhere aligned. DTL_END: none. Whether they are
 * the blocks' documents is not checked here, but by `dateline-index check`.
 */
enum dtl_status dtl_postings_bitmap(struct dtl_postings *p, struct dtl_bytes *bits,
                                    struct dtl_error *err) DTL_MUST_USE;
/** DTL_ECORRUPT when there is a bitmap and its documents are not those of the blocks, all of which
 * are decoded. */
enum dtl_status dtl_postings_check_bitmap(struct dtl_postings *p,
                                          struct dtl_error *err) DTL_MUST_USE;
/**
 * The encoded impact pairs (impacts.h) of blocks [from, to), and in end[0..to - from) where those
 * of each end, counted in pairs of *pairs. Every block has 1 to DTL_IMPACTS_MAX of them; whether
 * they rise is not checked. A list shorter than a block has none: use p->term.impact.
 */
enum dtl_status dtl_postings_pairs(struct dtl_postings *p, uint32_t from, uint32_t to,
                                   const uint8_t **pairs, uint32_t *end,
                                   struct dtl_error *err) DTL_MUST_USE;

/**
 * The same of blocks [from, to), from < to, as one array of *count pairs, the first of them pair
 * *number of the list: for whoever looks through all of them. Where a block's pairs end is not
 * checked.
 */
enum dtl_status dtl_postings_all_pairs(struct dtl_postings *p, uint32_t from, uint32_t to,
                                       const uint8_t **pairs, uint32_t *number, uint32_t *count,
                                       struct dtl_error *err) DTL_MUST_USE;
/** The block, from `from` on, that pair `number` of the list belongs to; the last at most. */
uint32_t dtl_postings_pair_block(const struct dtl_postings *p, uint32_t from, uint32_t number);

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

/**
 * All occurrences of the current block as they are stored, for whoever reads a list from end to end
 * and does not ask for positions: those of posting i are [start[i], start[i + 1]), `gaps` its first
 * position and then distances, `numbers` its variants (NULL: not asked for, or the term has but
 * one). Valid until the block changes.
 */
struct dtl_occurrence_run {
    const uint32_t *start, *gaps, *numbers;
};
enum dtl_status dtl_postings_occurrences(struct dtl_postings *p, bool gaps, bool numbers,
                                         struct dtl_occurrence_run *out,
                                         struct dtl_error *err) DTL_MUST_USE;
/** Heap buffers only; safe on {0}; before the arena of dtl_postings_open is reset. */
void dtl_postings_release(struct dtl_postings *p);
#endif
