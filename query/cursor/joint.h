/*
 * query/cursor/joint.h - documents that several lists hold, block against block.
 *
 * For whoever then looks at every list at each of them, as phrases do. A slice is what the lists'
 * current blocks have in common: they stay current while it is walked, so positions can be read.
 * The lists belong to the joint: nobody else seeks them.
 */
#ifndef DTL_CURSOR_JOINT_H
#define DTL_CURSOR_JOINT_H
#include "query/cursor/list.h"
#include "query/cursor/meet.h"

struct dtl_joint {
    struct dtl_list **list; /* the shortest first */
    uint32_t lists;
    uint32_t at, held;                /* of the slice */
    dtl_doc next;                     /* nothing before it is left to find but in the slice */
    dtl_doc doc[DTL_MEET_ROOM];       /* of the slice, rising */
    uint16_t (*place)[DTL_MEET_ROOM]; /* by list: where each stands in its block */
};

/** NULL: no memory, noted. `list` is kept. */
struct dtl_joint *dtl_joint_of(struct dtl_cursor_context *ctx, struct dtl_list **list,
                               uint32_t lists);
/** The first document >= target of the slice, where the lists are then set; DTL_DOC_END: none. */
dtl_doc dtl_joint_in_slice(struct dtl_joint *j, dtl_doc target);
/**
 * Make the next slice from `target` on, which may be empty: ask again. Before `end` documents may
 * be left out that by `w` cannot score `need` by the frequency of the first list. False: the
 * lists have no more in common, or a failure, noted.
 */
bool dtl_joint_fill(struct dtl_joint *j, dtl_doc target, const struct dtl_weight *w, uint32_t need,
                    dtl_doc end);
#endif
