/*
 * common/segment/postings_writer.h - one term's postings to its list's bytes: blocks, tail,
 * directory, positions and variants (docs/FORMAT.md, "Postings").
 */
#ifndef DTL_SEGMENT_POSTINGS_WRITER_H
#define DTL_SEGMENT_POSTINGS_WRITER_H
#include "common/codec/block.h"
#include "common/segment/builder.h"
#include "common/segment/impacts.h"
#include "common/segment/postings_layout.h"

struct dtl_postings_writer {
    struct dtl_part_writer *postings, *positions, *variants; /* borrowed */
    /* the open term */
    bool has_positions;
    uint32_t variant_count;
    uint32_t df;
    uint64_t tf_total, occurrences;
    dtl_doc next;                        /* lowest document the next posting may have */
    dtl_doc base;                        /* likewise for the open block's first */
    struct dtl_frontier frontier;        /* of the full blocks so far */
    struct dtl_term placed;              /* where its lists begin, sizes so far */
    struct dtl_buffer blocks, directory; /* full blocks; struct dtl_directory_row of each */
    struct dtl_buffer pairs;             /* encoded impact pairs of all blocks */
    struct dtl_buffer position_bytes, variant_bytes; /* encoded, not yet in their parts */
    /* the open block */
    uint32_t held;
    dtl_doc docs[DTL_BLOCK];
    uint32_t tfs[DTL_BLOCK], counts[DTL_BLOCK];
    uint8_t length_codes[DTL_BLOCK];
    struct dtl_buffer held_gaps, held_variants; /* u32 each */
};

void dtl_postings_writer_init(struct dtl_postings_writer *w, struct dtl_part_writer *postings,
                              struct dtl_part_writer *positions, struct dtl_part_writer *variants);
void dtl_postings_writer_release(struct dtl_postings_writer *w);
size_t dtl_postings_writer_memory(const struct dtl_postings_writer *w);

void dtl_postings_writer_begin(struct dtl_postings_writer *w, bool has_positions,
                               uint32_t variants);
/**
 * The next posting; copied. DTL_EUSAGE when it breaks the order or the limits of struct
 * dtl_posting.
 */
enum dtl_status dtl_postings_writer_add(struct dtl_postings_writer *w, const struct dtl_posting *p,
                                        uint8_t length_code, struct dtl_error *err) DTL_MUST_USE;
/** The next postings, `lengths` by document. Documents of a run that fall are found out. */
enum dtl_status dtl_postings_writer_run(struct dtl_postings_writer *w,
                                        const struct dtl_posting_run *run, const uint8_t *lengths,
                                        struct dtl_error *err) DTL_MUST_USE;
/**
 * End the term: fill all of *t that concerns its lists. Inline views are valid to the next begin.
 * With no posting t->df is 0 and nothing was written.
 */
enum dtl_status dtl_postings_writer_end(struct dtl_postings_writer *w, struct dtl_term *t,
                                        struct dtl_error *err) DTL_MUST_USE;
#endif
