/*
 * indexer/build/spill.h - batches that went into a file when memory was full: as they stood in
 * memory, terms in order, at the speed of the disk. Nothing is encoded until the end of the run,
 * which reads them front to back.
 */
#ifndef DTL_BUILD_SPILL_H
#define DTL_BUILD_SPILL_H
#include "indexer/build/batch.h"

struct dtl_spill {
    struct dtl_gathered gathered; /* into the map; `dropped` may be set */
    void *map;                    /* the stretch of the file */
    size_t map_bytes;
    uint32_t live;
    uint64_t cut_weight;
};

struct dtl_spills { /* all of one run; {0} with fd -1 and `dir` set is empty */
    const char *dir;
    int fd; /* one file for all; -1: none yet */
    uint64_t bytes;
    struct dtl_spill *v;
    size_t n, capacity;
};

/** Write a settled batch as the next spill. The batch is left as it is. */
enum dtl_status dtl_spill_batch(struct dtl_spills *s, struct dtl_batch *b,
                                struct dtl_error *err) DTL_MUST_USE;
void dtl_spill_drop(struct dtl_spill *s, uint32_t local); /* another took its place */
size_t dtl_spills_memory(const struct dtl_spills *s);     /* private bytes */
void dtl_spills_release(struct dtl_spills *s);
#endif
