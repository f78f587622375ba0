/*
 * indexer/build/cut.h - how large segments may grow, and where a larger one is cut.
 *
 * Sizes are reckoned from documents and bytes of text, not measured: the same articles are cut the
 * same way however they came, and a cut is known before anything is written. (Measured on 343 MB of
 * news: see docs/decisions/0061.)
 */
#ifndef DTL_BUILD_CUT_H
#define DTL_BUILD_CUT_H
#include "common/store/store.h"

/** About how many bytes of index so many documents with so much text make, stored articles aside.
 */
static inline uint64_t dtl_cut_weight(uint64_t docs, uint64_t text_bytes)
{
    return docs * 128 + text_bytes * 11 / 32;
}

#define DTL_CAP_LEAST ((uint64_t)64 << 20)

/** The most a segment of an archive of weight `archive` may weigh: max(64 MB, an eighth). */
static inline uint64_t dtl_cut_cap(uint64_t archive, uint64_t least)
{
    uint64_t floor = least ? least : DTL_CAP_LEAST;
    return archive / 8 > floor ? archive / 8 : floor;
}
#endif
