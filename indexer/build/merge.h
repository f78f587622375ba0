/*
 * indexer/build/merge.h - many segments to one or a few: the end of a run that spilled, the merges
 * after publication, the rewriting of a segment with many dead, and compact are this one routine.
 *
 * First a plan: which documents stay, their order, and where the result is cut when it would pass
 * the cap. Then each output is written by itself. Terms and postings are read twice per output at
 * most and nothing grows with the text but the builder.
 */
#ifndef DTL_BUILD_MERGE_H
#define DTL_BUILD_MERGE_H
#include "indexer/build/output.h"

#include <roaring/roaring.h>

/** The stored frame of a document, in place or in `arena`. */
typedef enum dtl_status (*dtl_frame_source_fn)(void *ctx, dtl_doc doc,
                                               const struct dtl_document *row,
                                               struct dtl_arena *arena, struct dtl_bytes *frame,
                                               struct dtl_error *err);

struct dtl_merge_input {
    struct dtl_segment *segment;
    const roaring_bitmap_t *dropped; /* beside segment->dead; NULL: none */
    dtl_frame_source_fn frame;
    void *ctx;
    const bool *move; /* by place in facts.group: copy its frames; NULL: all of them */
    /* the plan's */
    dtl_doc *map; /* document -> document of its output, DTL_DOC_END: gone; rises in each output */
    uint16_t *output; /* document -> output; NULL while there is one */
    uint32_t stay;    /* documents that do */
};

struct dtl_merge_plan {
    struct dtl_merge_input *input; /* the caller's */
    size_t inputs;
    struct dtl_merge_part {
        uint32_t docs;
        dtl_day first_day;
    } * part;
    uint32_t parts; /* 0: nothing stays */
};

/** Weight (dtl_cut_weight) of what stays of the inputs. */
uint64_t dtl_merge_weight(const struct dtl_merge_input *input, size_t n);

/** Number the documents. Parts weigh at most about `cap` and hold at most `docs_max` documents. */
enum dtl_status dtl_merge_plan(struct dtl_merge_plan *plan, struct dtl_merge_input *input, size_t n,
                               uint64_t cap, uint32_t docs_max, struct dtl_error *err) DTL_MUST_USE;
size_t dtl_merge_plan_memory(const struct dtl_merge_plan *plan);
void dtl_merge_plan_release(struct dtl_merge_plan *plan); /* {0} is fine */

/** Write part `part` of the plan to the store. *facts is complete, its groups in `arena`. */
enum dtl_status dtl_merge_write(const struct dtl_merge_plan *plan, uint32_t part,
                                struct dtl_store *store, size_t flush_bytes,
                                struct dtl_arena *arena, struct dtl_segment_facts *facts,
                                size_t *peak_bytes, struct dtl_error *err) DTL_MUST_USE;

/* ---- between the files of the merge ---- */

/** The document of part `part` that `doc` becomes; DTL_DOC_END: none. */
static inline dtl_doc dtl_merge_map(const struct dtl_merge_input *in, uint32_t part, dtl_doc doc)
{
    return in->output && in->output[doc] != part ? DTL_DOC_END : in->map[doc];
}

/** Every term of the inputs with what stays of its postings: merge_terms.c. */
enum dtl_status dtl_merge_terms(const struct dtl_merge_plan *plan, uint32_t part,
                                struct dtl_builder *b, struct dtl_error *err) DTL_MUST_USE;
#endif
