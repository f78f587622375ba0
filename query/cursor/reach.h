/*
 * query/cursor/reach.h - which postings can score enough, without a division a posting.
 *
 * A score rises with the frequency and falls with the length. So what a floor asks for is a table:
 * for each frequency the length code from which on articles are too long. Made with one division,
 * it sorts out postings by a look-up and a comparison of small numbers, sixteen at a time, and
 * blocks by their impact pairs. What it lets pass may still score a little less; what it drops
 * cannot score enough.
 */
#ifndef DTL_CURSOR_REACH_H
#define DTL_CURSOR_REACH_H
#include "query/cursor/list.h"

#define DTL_REACH_TFS 16u /* the last stands for all higher frequencies: any length passes */

struct dtl_reach {
    uint32_t floor;                /* 0: everything passes; the table is not looked at */
    uint32_t limit[DTL_REACH_TFS]; /* by frequency: length codes below it pass, 0 to 256 */
};

/** For contributions of `floor` by `w`, which has norms; nothing to do when it is the same. */
void dtl_reach_set(struct dtl_reach *r, const struct dtl_weight *w, uint32_t floor);

/** Can a posting of the block? By its impact pairs; true also on a failure, noted. */
bool dtl_reach_block(const struct dtl_reach *r, struct dtl_list *l, uint32_t block);

/** Indices of the postings that can, rising; returns how many. As dtl_at_least: n at most 65536,
 * arrays with room for n rounded up to 16, `out` for 16 more than n. */
uint32_t dtl_reach_postings(const struct dtl_reach *r, const uint8_t *lengths, const dtl_doc *docs,
                            const uint32_t *tfs, uint32_t n, uint16_t *out);

/*
 * Of impact pairs alone, many at a time, for a word nothing is added to: for each frequency code
 * the greatest length code that passes. What length code 0 cannot reach may still pass with it.
 */
struct dtl_reach_pairs {
    uint32_t floor;       /* 0: nothing was set */
    uint8_t most;         /* the caller's: greater frequency codes always pass */
    uint8_t longest[256]; /* by frequency code */
};
void dtl_reach_pairs_set(struct dtl_reach_pairs *r, const struct dtl_weight *w, uint32_t floor);
static inline bool dtl_reach_pair(const struct dtl_reach_pairs *r, const uint8_t *pair)
{
    return pair[1] <= r->longest[pair[0]];
}
/** Numbers of the first `room` of n pairs that pass, rising; returns how many do in all. */
uint32_t dtl_reach_pairs_find(const struct dtl_reach_pairs *r, const uint8_t *pairs, uint32_t n,
                              uint32_t *out, uint32_t room);

typedef uint32_t (*dtl_reach_pairs_fn)(const struct dtl_reach_pairs *r, const uint8_t *pairs,
                                       uint32_t n, uint32_t *out, uint32_t room);
typedef uint32_t (*dtl_reach_fn)(const struct dtl_reach *r, const uint8_t *lengths,
                                 const dtl_doc *docs, const uint32_t *tfs, uint32_t n,
                                 uint16_t *out);
#define DTL_REACH_KERNELS 2u
/** 0: the reference. NULL: not built, or not for this processor. */
dtl_reach_fn dtl_reach_kernel(unsigned kind);
dtl_reach_pairs_fn dtl_reach_pairs_kernel(unsigned kind);
#endif
