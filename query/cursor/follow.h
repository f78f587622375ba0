/*
 * query/cursor/follow.h - positions that follow others at a fixed distance: the inner loop of
 * phrases. Vector kernels are chosen at run time; the scalar one is always there and is the
 * reference. None reads past an array.
 */
#ifndef DTL_CURSOR_FOLLOW_H
#define DTL_CURSOR_FOLLOW_H
#include <stdbool.h>
#include <stdint.h>

struct dtl_follow_kernel {
    /** Rising positions less `offset`, without those below it and repeated ones; how many. */
    uint32_t (*starts)(const uint32_t *position, uint32_t n, uint32_t offset, uint32_t *start);
    /** Of n rising starts, keep those `offset` after which one of the rising positions stands; how
     * many. */
    uint32_t (*keep)(uint32_t *start, uint32_t n, uint32_t offset, const uint32_t *position,
                     uint32_t positions);
};

/** The best kernel of this processor. Any thread. */
const struct dtl_follow_kernel *dtl_follow(void);

#define DTL_FOLLOW_KERNELS 2u
/** 0: the reference. NULL: not built, or not for this processor. */
const struct dtl_follow_kernel *dtl_follow_kernel(unsigned kind);
#endif
