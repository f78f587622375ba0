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

static inline uint64_t dtl_cut_most(uint64_t share, uint64_t least)
{
    return share > least ? share : least;
}

/** The most a segment that a run writes may weigh, in an archive of weight `archive`: max(64 MB, a
 * quarter). `least`: instead of 64 MB, 0: it. */
static inline uint64_t dtl_cut_cap(uint64_t archive, uint64_t least)
{
    return dtl_cut_most(archive / 4, least ? least : DTL_CAP_LEAST);
}

/** The most that the merges after one run may take together: max(64 MB, a twelfth). What weighs
 * half of it is left alone. */
static inline uint64_t dtl_cut_merges(uint64_t archive, uint64_t least)
{
    return dtl_cut_most(archive / 12, least ? least : DTL_CAP_LEAST);
}

/** The most a segment that compact writes may weigh: max(1 GB, a quarter). */
static inline uint64_t dtl_cut_compact(uint64_t archive, uint64_t least)
{
    return dtl_cut_most(archive / 4, 16 * (least ? least : DTL_CAP_LEAST));
}
#endif
