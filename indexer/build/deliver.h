/*
 * indexer/build/deliver.h - what a run gathered becomes segments in the store: each posting is
 * encoded once, whether it stood in memory or in a file.
 */
#ifndef DTL_BUILD_DELIVER_H
#define DTL_BUILD_DELIVER_H
#include "common/store/store.h"
#include "indexer/build/arrange.h"

struct dtl_delivery {
    struct dtl_store *store;
    struct dtl_gathered *const *gathered;
    size_t n;
    const struct dtl_arrangement *arrangement;
    uint32_t title_weight;
    size_t flush_bytes; /* one transaction may gather */
    uint32_t together;  /* segments written at once, at least 1: each takes about
                           DTL_DELIVERY_SEGMENT_BYTES, and what was gathered is read once for all */
    uint32_t jobs;      /* threads, at least 1 */
};

#define DTL_DELIVERY_SEGMENT_BYTES ((size_t)36 << 20)

/**
 * Write part after part; facts[0 .. parts) are complete, their groups in `arena`. *peak_bytes: held
 * beside what was gathered. Serials and bytes depend neither on `together` nor on `jobs`.
 */
enum dtl_status dtl_deliver(const struct dtl_delivery *d, struct dtl_segment_facts *facts,
                            struct dtl_arena *arena, size_t *peak_bytes,
                            struct dtl_error *err) DTL_MUST_USE;
#endif
