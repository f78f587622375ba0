/*
 * indexer/build/run.h - one writing run: articles in, deaths noted, one publication out, then
 * merges.
 *
 * The caller feeds it files; it finds out what is new, changed or equal by identity and record,
 * keeps the memory budget by spilling sorted runs to unlinked files in the index directory, and
 * publishes once.
 */
#ifndef DTL_BUILD_RUN_H
#define DTL_BUILD_RUN_H
#include "common/store/store.h"

struct dtl_run_options {
    size_t memory_bytes; /* --memory: private memory the run may use, all told */
    uint32_t jobs;       /* threads that work, the caller's among them; 0: 1 */
    uint64_t cap_least;  /* what segments and merges may always weigh; 0: 64 MB (tests lower it) */
};

struct dtl_run_figures {
    uint64_t added, changed, unchanged, removed; /* articles */
    uint64_t twice;                              /* identities fed twice: the later won */
    uint64_t future;                             /* dated after tomorrow */
    uint64_t undated;
    uint64_t spills, merges;
    uint64_t private_bytes_peak; /* own estimate */
    uint64_t index_bytes;        /* published: parts and stored articles, merges after it aside */
    uint64_t generation;         /* of the archive, after the publication; before it, as it was */
    double searchable; /* when the publication was made, in seconds of the monotonic clock */
};

struct dtl_run;
/** `store` is open to write. Reads the current state through a snapshot of its own. `today`: for
 * `future`. */
enum dtl_status dtl_run_open(struct dtl_run **out, struct dtl_store *store,
                             const struct dtl_run_options *o, dtl_day today,
                             struct dtl_error *err) DTL_MUST_USE;
struct dtl_snapshot *
dtl_run_snapshot(struct dtl_run *r); /* the state before this run; the run's own */

/** Begin a file that may have given articles before: those not fed again until dtl_run_file_end are
 * removed. A path once a run: what a first reading gave is not taken back by a second. */
enum dtl_status dtl_run_file_begin(struct dtl_run *r, struct dtl_bytes path, bool known,
                                   struct dtl_error *err) DTL_MUST_USE;
/** Begin a file that has grown since the run that wrote `row`, to be fed what is new in it: all
 * it gave before stays, unless it is given again. dtl_run_file_end adds to the row's counts. */
enum dtl_status dtl_run_file_grown(struct dtl_run *r, const struct dtl_source_row *row,
                                   struct dtl_error *err) DTL_MUST_USE;
/**
 * Index one article of the current file. Copies what it keeps. DTL_ELIMIT: the article is over a
 * limit (words, bytes) and was left out as if it had not been fed; the run goes on. Any other
 * failure ends the run.
 */
enum dtl_status dtl_run_add(struct dtl_run *r, const struct dtl_article *a,
                            struct dtl_error *err) DTL_MUST_USE;
/**
 * End the file and note its row. keep_missing: do not remove what was not fed (the file could not
 * be read to its end, or changed under way). The row's articles, undated are filled in by the run.
 * NULL row: write none.
 */
enum dtl_status dtl_run_file_end(struct dtl_run *r, struct dtl_source_row *row, bool keep_missing,
                                 struct dtl_error *err) DTL_MUST_USE;

/** Remove one live article (of dtl_run_snapshot's numbering). No-op when already removed or
 * replaced. */
enum dtl_status dtl_run_remove(struct dtl_run *r, struct dtl_segment *s, dtl_doc doc,
                               struct dtl_error *err) DTL_MUST_USE;
/** Remove every article of a file and forget its row. */
enum dtl_status dtl_run_forget(struct dtl_run *r, struct dtl_bytes path,
                               struct dtl_error *err) DTL_MUST_USE;
/**
 * The file `path` has got another name, under which this run has been fed: as dtl_run_forget, and
 * articles known by their path alone, which went and came, are counted as unchanged.
 */
enum dtl_status dtl_run_renamed(struct dtl_run *r, struct dtl_bytes path,
                                struct dtl_error *err) DTL_MUST_USE;
/** Nothing of the file has changed but what its row says of its place: put the row, counts as
 * given. */
enum dtl_status dtl_run_file_row(struct dtl_run *r, const struct dtl_source_row *row,
                                 struct dtl_error *err) DTL_MUST_USE;
/** Number of live articles a file gives now, before this run. */
enum dtl_status dtl_run_file_articles(struct dtl_run *r, struct dtl_bytes path, uint64_t *count,
                                      struct dtl_error *err) DTL_MUST_USE;

/**
 * Does a row (taken.h) name a file that this run forgot, or that gave less in this run than before?
 * Then articles of the row's file may have gone with it. False when the run has read all of it.
 */
bool dtl_run_has_gone(const struct dtl_run *r); /* is there any such file? */
bool dtl_run_orphaned(struct dtl_run *r, const struct dtl_source_row *row);
/**
 * The current file is read anew from its beginning and had the row `known`. When that names files,
 * rows that name this one are a link short now: they count as naming a file that gave less.
 */
enum dtl_status dtl_run_file_anew(struct dtl_run *r, const struct dtl_source_row *known,
                                  struct dtl_error *err) DTL_MUST_USE;
/**
 * Begin such a file, whose articles the run has counted as unchanged: of it are taken those alone
 * that no other file has, until dtl_run_file_end. Its reading, and its end, as of any file.
 */
enum dtl_status dtl_run_file_again(struct dtl_run *r, struct dtl_bytes path,
                                   struct dtl_error *err) DTL_MUST_USE;

/**
 * Invert every live article anew, in a run that does nothing else: for `compact --reanalyse`, after
 * dtl_writer_settings. Counts them as unchanged.
 */
enum dtl_status dtl_run_reanalyse(struct dtl_run *r, struct dtl_error *err) DTL_MUST_USE;

/** An article that could not be read again; `id` is empty when not even that could. */
typedef void (*dtl_lost_fn)(void *ctx, const struct dtl_segment *s, struct dtl_bytes id,
                            struct dtl_bytes source);
/**
 * For `check --repair`, in a run over a salvaged copy: make segment `segment` of the snapshot anew
 * from its stored articles and drop it. `deaths`: its row of `dead` may be lost, so what another
 * segment has from a later run is left out.
 */
enum dtl_status dtl_run_rebuild(struct dtl_run *r, uint32_t segment, bool deaths, dtl_lost_fn lost,
                                void *ctx, struct dtl_error *err) DTL_MUST_USE;
/** Remove what another segment has from a later run; counts them. For a segment that is sound. */
enum dtl_status dtl_run_bury(struct dtl_run *r, uint32_t segment, uint64_t *buried,
                             struct dtl_error *err) DTL_MUST_USE;

/** Publish everything in one transaction, then merge as the schedule says. Nothing new: publishes
 * only source rows. */
enum dtl_status dtl_run_publish(struct dtl_run *r, struct dtl_error *err) DTL_MUST_USE;
/** True once the publication was made, whatever became of the merges after it. */
bool dtl_run_published(const struct dtl_run *r);
const struct dtl_run_figures *dtl_run_figures(const struct dtl_run *r);
void dtl_run_close(struct dtl_run *r); /* unpublished work vanishes */

/** Merge all segments into as few as the cap allows, drop the dead, join small article
 * groups. Changes no answer. */
enum dtl_status dtl_compact(struct dtl_store *store, const struct dtl_run_options *o,
                            struct dtl_error *err) DTL_MUST_USE;
#endif
