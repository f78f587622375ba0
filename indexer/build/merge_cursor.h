/* indexer/build/merge_cursor.h - one input of a merge: its terms in turn, and what stays of the
 * postings of the current one. */
#ifndef DTL_BUILD_MERGE_CURSOR_H
#define DTL_BUILD_MERGE_CURSOR_H
#include "common/segment/postings.h"
#include "indexer/build/merge.h"

struct dtl_merge_range { /* documents [begin, end): between two of them none is in the part */
    dtl_doc begin, end;
};

struct dtl_merge_cursor { /* {0} can be closed */
    const struct dtl_merge_input *in;
    uint32_t part;
    struct dtl_merge_range *range;
    uint32_t ranges;
    bool filtered;  /* some of its documents are not in the part */
    bool only_dead; /* ... and those are exactly the segment's dead */
    struct dtl_terms_iter terms;
    struct dtl_term term;
    /* the term's list, while `listed` */
    struct dtl_postings list;
    bool listed;
    uint32_t at_range;
    dtl_doc mapped[DTL_BLOCK]; /* what the block's documents become; DTL_DOC_END: not in the part */
    uint32_t at;               /* posting of the block */
    dtl_doc final;             /* mapped[at]; DTL_DOC_END after the last */
    bool opened;               /* `occurrences` are the block's */
    struct dtl_occurrence_run occurrences;
    uint32_t *renumber;        /* variant of this input -> of the output */
    struct dtl_buffer numbers; /* the block's variants, renumbered */
};

/** At the start of its terms; dtl_terms_next of c->terms gives the first. */
enum dtl_status dtl_merge_cursor_open(struct dtl_merge_cursor *c, const struct dtl_merge_input *in,
                                      uint32_t part, struct dtl_error *err) DTL_MUST_USE;
void dtl_merge_cursor_close(struct dtl_merge_cursor *c);

/** Begin the postings of c->term at the first that stays; DTL_END: none does. */
enum dtl_status dtl_merge_cursor_list(struct dtl_merge_cursor *c, struct dtl_arena *arena,
                                      struct dtl_error *err) DTL_MUST_USE;
/** How many postings from the current one on stay, stand in this block and become documents below
 * `limit`, none between them gone. */
uint32_t dtl_merge_cursor_run(const struct dtl_merge_cursor *c, dtl_doc limit);
/** To the next that stays after `n` postings, or DTL_END. */
enum dtl_status dtl_merge_cursor_skip(struct dtl_merge_cursor *c, uint32_t n,
                                      struct dtl_error *err) DTL_MUST_USE;
void dtl_merge_cursor_unlist(struct dtl_merge_cursor *c);
#endif
