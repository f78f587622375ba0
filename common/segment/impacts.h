/*
 * common/segment/impacts.h - what a block or list can score at best, whatever the averages: the
 * frontier of its (weighted frequency, length code) pairs (docs/FORMAT.md, "Impact pairs").
 */
#ifndef DTL_SEGMENT_IMPACTS_H
#define DTL_SEGMENT_IMPACTS_H
#include "common/segment/terms.h"

#define DTL_IMPACT_BYTES 2u /* of a pair on disk: frequency code, length code */

/** Frequencies in one byte, rounded up: exact below 128, then 16 steps an octave; 255 stands for
 * any frequency. */
uint8_t dtl_impact_tf_code(uint32_t tf);
/** The greatest frequency with that code. */
static inline uint32_t dtl_impact_tf_of(uint8_t code)
{
    if (code < 128)
        return code;
    return code == 255 ? UINT32_MAX : (16u + (code & 15u)) << (3 + (code - 128) / 16);
}

struct dtl_frontier {   /* collects postings; start with dtl_frontier_reset */
    uint8_t best[256];  /* greatest frequency code by length code; 0: none */
    unsigned low, high; /* length codes in use: [low, high) */
};
void dtl_frontier_reset(struct dtl_frontier *f);
/** n postings. */
void dtl_frontier_add(struct dtl_frontier *f, const uint32_t *tfs, const uint8_t *length_codes,
                      uint32_t n);
void dtl_frontier_merge(struct dtl_frontier *f, const struct dtl_frontier *other);
/**
 * The frontier, both members rising, at most DTL_IMPACTS_MAX pairs: where there are more, the two
 * neighbours whose joint bound loses least are joined until they fit. Returns the number of pairs,
 * 0 when nothing was added.
 */
uint32_t dtl_frontier_pairs(const struct dtl_frontier *f, struct dtl_impact out[DTL_IMPACTS_MAX]);

/** Append pairs; frequencies must come from dtl_frontier_pairs. */
bool dtl_impacts_encode(struct dtl_buffer *out, const struct dtl_impact *pairs, uint32_t n);
/** Decode n pairs (n <= DTL_IMPACTS_MAX). DTL_ECORRUPT when they do not rise or name frequency 0.
 */
enum dtl_status dtl_impacts_decode(struct dtl_bytes in, uint32_t n,
                                   struct dtl_impact out[DTL_IMPACTS_MAX],
                                   struct dtl_error *err) DTL_MUST_USE;
#endif
