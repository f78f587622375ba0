/*
 * indexer/build/spill.h - a batch written to a file, readable as a segment of its own: what the
 * final merge of a run takes in.
 */
#ifndef DTL_BUILD_SPILL_H
#define DTL_BUILD_SPILL_H
#include "indexer/build/batch.h"

#include <roaring/roaring.h>

struct dtl_spill_chunk {
    uint64_t at; /* offset of the value in the run's stretch of the file */
    size_t bytes;
};

struct dtl_spill {
    struct dtl_segment segment; /* parts trusted; facts.groups 1: the stretch itself */
    struct dtl_arena arena;
    void *mapped;       /* the stretch of the file */
    const uint8_t *map; /* the same: frames from 0 on, then chunks */
    size_t map_bytes;
    struct {
        struct dtl_spill_chunk *v;
        uint32_t n, capacity;
    } chunk[DTL_PARTS_END];
    struct dtl_group_use group;
    roaring_bitmap_t *dropped; /* documents whose identity came again; NULL: none */
};

struct dtl_spills { /* all runs of one writing run; {0} with fd -1 and `dir` set is empty */
    const char *dir;
    int fd; /* one file for all; -1: none yet */
    uint64_t bytes;
    struct dtl_spill **v;
    size_t n, capacity;
};

/** Write a settled batch as the next spill. The batch is left as it is. */
enum dtl_status dtl_spill_batch(struct dtl_spills *s, struct dtl_batch *b, size_t *peak_bytes,
                                struct dtl_error *err) DTL_MUST_USE;
bool dtl_spill_drop(struct dtl_spill *s, dtl_doc doc); /* false: no memory */
/** The stored frame of a document: dtl_frame_source_fn of merge.h; ctx is the spill. */
enum dtl_status dtl_spill_frame(void *ctx, dtl_doc doc, const struct dtl_document *row,
                                struct dtl_arena *arena, struct dtl_bytes *frame,
                                struct dtl_error *err) DTL_MUST_USE;
size_t dtl_spills_memory(const struct dtl_spills *s); /* private bytes */
void dtl_spills_release(struct dtl_spills *s);
#endif
