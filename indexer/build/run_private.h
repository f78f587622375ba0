/*
 * indexer/build/run_private.h - one writing run, shared by its files:
 *
 *   run.c       articles in: what is new, changed, equal; the budget
 *   run_file.c  source files: what they gave before, what is missing, their rows
 *   publish.c   the one publication; schedule.c the merges after it; compact.c; reanalyse.c;
 *               rebuild.c
 */
#ifndef DTL_BUILD_RUN_PRIVATE_H
#define DTL_BUILD_RUN_PRIVATE_H
#include "indexer/build/batch.h"
#include "indexer/build/run.h"
#include "indexer/build/seen.h"
#include "indexer/build/spill.h"

#define DTL_NO_FILE UINT32_MAX

struct dtl_run_file {
    struct dtl_source_row row; /* path always; the rest once `put`; views in the run's arena */
    bool put, grown, marked;
    const uint8_t *taken_by;      /* the path that took an article from it last, for a quick look */
    struct dtl_bookmark bookmark; /* when `marked` */
    uint32_t articles, undated;
};

struct dtl_known { /* an article the current file gave before this run */
    uint32_t segment;
    dtl_doc doc;
    bool seen;
};

struct dtl_lost {              /* an article taken from a file that may not be read in this run */
    struct dtl_bytes path, by; /* by: the file that has it now; empty: none */
    bool undated;
};

struct dtl_taken { /* a file of this run, and one that has what it gave */
    uint32_t file;
    struct dtl_bytes by;
};

struct dtl_run {
    struct dtl_store *store;
    struct dtl_run_options options;
    dtl_day today;
    struct dtl_snapshot *snapshot; /* the state before; NULL once published */
    uint32_t generation;           /* this run's */
    struct dtl_batch batch;
    struct dtl_spills spills;
    struct dtl_seen_table seen;
    roaring_bitmap_t **killed; /* by segment of the snapshot; NULL entries: none */
    bool *whole; /* by segment of the snapshot: dropped, whatever its parts say; NULL: none */
    struct dtl_run_file *file;
    uint32_t files, file_capacity, current; /* current: DTL_NO_FILE outside of files */
    struct dtl_known *known;                /* of the current file, sorted */
    size_t knowns, known_capacity;
    struct dtl_lost *lost;
    size_t losts, lost_capacity;
    struct dtl_bytes *forget;
    size_t forgets, forget_capacity;
    struct dtl_taken *taken;
    size_t takens, taken_capacity;
    struct dtl_bytes *shrunk; /* files that were read and no longer gave something */
    size_t shrunks, shrunk_capacity;
    bool unsorted;            /* `forget` or `shrunk` */
    bool recovering;          /* the current file was begun by dtl_run_file_again */
    struct dtl_arena arena;   /* paths, reasons: the run's life */
    struct dtl_arena scratch; /* one call's */
    struct dtl_run_figures figures;
    size_t peak_bytes;
};

/** Bytes one transaction may gather of this run's memory. */
size_t dtl_run_flush_bytes(size_t memory_bytes);
/** Note what is held now, `more` beside the run's own structures. */
void dtl_run_note_memory(struct dtl_run *r, size_t more);
enum dtl_status dtl_run_spill(struct dtl_run *r, struct dtl_error *err) DTL_MUST_USE;
/** True when the batch must be spilled before another article. */
bool dtl_run_is_full(struct dtl_run *r);

/** Mark a document of the snapshot dead with this publication. False: no memory. */
bool dtl_run_kill(struct dtl_run *r, uint32_t segment, dtl_doc doc);
bool dtl_run_is_killed(const struct dtl_run *r, uint32_t segment, dtl_doc doc);
/** The number of `s` in the run's snapshot. */
uint32_t dtl_run_segment_number(const struct dtl_run *r, const struct dtl_segment *s);
/** One article fewer for a file whose row another run wrote. */
enum dtl_status dtl_run_lose(struct dtl_run *r, const struct dtl_article *a,
                             struct dtl_error *err) DTL_MUST_USE;
/** Note that what this run's file gave is now that of the file `by`, a view the run keeps valid. */
enum dtl_status dtl_run_taken(struct dtl_run *r, uint32_t file, struct dtl_bytes by,
                              struct dtl_error *err) DTL_MUST_USE;
/** Mark the article as given again by the current file. */
void dtl_run_mark_known(struct dtl_run *r, uint32_t segment, dtl_doc doc);

/** Grow an array of `size`-byte items to hold one more; false: no memory. */
bool dtl_run_room(void *array, size_t n, size_t *capacity, size_t size);

/** Size-tiered merges, each a publication of its own: schedule.c. Counts into *merges. */
enum dtl_status dtl_schedule_merges(struct dtl_store *store, const struct dtl_run_options *o,
                                    uint64_t *merges, size_t *peak_bytes,
                                    struct dtl_error *err) DTL_MUST_USE;
#endif
