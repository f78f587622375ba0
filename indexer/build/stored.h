/*
 * indexer/build/stored.h - segments of a snapshot as inputs of a merge, and which of their article
 * groups move.
 *
 * Frames are large and never change, so a merge leaves them where they are and the new segment
 * names the old groups. A group that only merged segments use and that is over a quarter dead is
 * copied instead, and swept.
 */
#ifndef DTL_BUILD_STORED_H
#define DTL_BUILD_STORED_H
#include "indexer/build/merge.h"

struct dtl_stored_source { /* ctx of an input's frames */
    struct dtl_snapshot *snap;
    struct dtl_segment *segment;
};

struct dtl_stored_inputs {
    struct dtl_merge_input *input; /* n of them */
    struct dtl_stored_source *source;
    bool **move;
    size_t n;
};

/**
 * Inputs over `segment[0..n)` of the snapshot, by number. `dropped`: by position, documents beside
 * the dead that go; NULL: none. `all`: only large groups without a dead article stay (compact).
 */
enum dtl_status dtl_stored_open(struct dtl_stored_inputs *x, struct dtl_snapshot *snap,
                                const uint32_t *segment, size_t n,
                                const roaring_bitmap_t *const *dropped, bool all,
                                struct dtl_error *err) DTL_MUST_USE;
void dtl_stored_close(struct dtl_stored_inputs *x); /* {0} is fine */

/** Live weight of the whole snapshot, and of one segment of it. */
uint64_t dtl_stored_weight(const struct dtl_segment *s);
uint64_t dtl_stored_archive_weight(const struct dtl_snapshot *snap);
#endif
