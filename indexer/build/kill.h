/*
 * indexer/build/kill.h - what the deaths of some documents subtract from their segment.
 */
#ifndef DTL_BUILD_KILL_H
#define DTL_BUILD_KILL_H
#include "common/store/store.h"

/**
 * The segment's dead together with `killed` (live documents of it, at least one), to be released
 * with dtl_dead_release. Every killed article is loaded and analysed once more: about what indexing
 * it took.
 */
enum dtl_status dtl_kill(struct dtl_snapshot *snap, struct dtl_segment *s,
                         const roaring_bitmap_t *killed, struct dtl_analyzer *an,
                         struct dtl_dead **out, struct dtl_error *err) DTL_MUST_USE;
#endif
