/*
 * query/cursor/meet.h - which of some documents a block of postings holds, and where.
 *
 * Conjunctions and phrases ask a block about many documents at once: answers that do not wait for
 * each other cost a tenth of as many single searches. Vector kernels are chosen at run time; the
 * scalar one is always there and is the reference.
 */
#ifndef DTL_CURSOR_MEET_H
#define DTL_CURSOR_MEET_H
#include "common/codec/block.h"

#define DTL_MEET_ROOM                                                                              \
    (DTL_BLOCK + 16u) /* of every array: a register more may be read or written                    \
                       */

struct dtl_meeting {               /* of what was found, in order */
    uint16_t which[DTL_MEET_ROOM]; /* index among the documents asked for */
    uint16_t place[DTL_MEET_ROOM]; /* index in the block */
};

/**
 * Look for n <= DTL_BLOCK rising documents in a block of DTL_BLOCK rising ones, behind whose end
 * stand DTL_DOC_END. Returns how many are there. Documents asked for are below DTL_DOC_END.
 */
uint32_t dtl_meet(const dtl_doc block[DTL_BLOCK], const dtl_doc wanted[DTL_MEET_ROOM], uint32_t n,
                  struct dtl_meeting *out);

typedef uint32_t (*dtl_meet_fn)(const dtl_doc block[DTL_BLOCK], const dtl_doc wanted[DTL_MEET_ROOM],
                                uint32_t n, struct dtl_meeting *out);
#define DTL_MEET_KERNELS 2u
/** 0: the reference. NULL: not built, or not for this processor. */
dtl_meet_fn dtl_meet_kernel(unsigned kind);
#endif
