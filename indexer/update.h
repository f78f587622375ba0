/* indexer/update.h - the state of one `update`, shared by the loop over files, pruning and the dry
 * run. */
#ifndef DTL_INDEXER_UPDATE_H
#define DTL_INDEXER_UPDATE_H
#include "indexer/build/run.h"
#include "indexer/progress.h"
#include "indexer/telling.h"
#include "indexer/text_counts.h"
#include "indexer/update_options.h"

struct dtl_arrival { /* a file as the walk saw it */
    uint64_t inode, size, mtime_ns;
};

struct dtl_update {
    const struct dtl_update_options *o;
    struct dtl_run *run;           /* NULL in a dry run */
    struct dtl_snapshot *snapshot; /* the state before; NULL: there is no index yet (dry run) */
    struct dtl_progress progress;
    struct dtl_telling telling;
    uint64_t *visited; /* hashes of paths seen, for prune: open addressing, 0 is free */
    size_t visited_slots, visited_count;
    struct dtl_arrival
        *arrived; /* files without a row that were read; perhaps not new, but renamed */
    size_t arrivals, arrival_capacity;
    uint64_t unchanged_files_articles, rejected, skipped, waiting, warned, bytes;
    uint64_t new_articles, changed_articles, equal_articles, gone_articles, undated,
        articles; /* dry run */
    struct dtl_text_counts texts;
    bool io_failed, refused, again; /* again: the file in hand is read by dtl_update_again */
    struct dtl_arena article;       /* reset after each article */
    struct dtl_arena file;          /* reset after each file */
};

/** Remember a path as seen. False: no memory. */
bool dtl_update_visit(struct dtl_update *u, struct dtl_bytes path);
bool dtl_update_visited(const struct dtl_update *u, struct dtl_bytes path);

/** A warning or an error about one input, past the progress line. */
void dtl_update_warn(struct dtl_update *u, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/** A signal asked to end: finish the article, publish, end. */
bool dtl_update_stopped(void);

/** Take in one file the walk found, or pass it over as unchanged. Failures of the index are
 * returned; what is wrong with the file is said and counted. */
enum dtl_status dtl_update_file(struct dtl_update *u, const struct dtl_file *file,
                                struct dtl_error *err) DTL_MUST_USE;

/** Read a file again of which the index knows `known`: of it are taken those articles alone that no
 * other file has. */
enum dtl_status dtl_update_again(struct dtl_update *u, const struct dtl_file *file,
                                 const struct dtl_source_row *known,
                                 struct dtl_error *err) DTL_MUST_USE;

/**
 * Read those files again that still have articles which went with another in this run: one that was
 * pruned, got another name, or no longer gave them. Failures of the index are returned.
 */
enum dtl_status dtl_update_orphans(struct dtl_update *u, struct dtl_error *err) DTL_MUST_USE;

/**
 * Look for files whose rows no walk met: those that have got another name are moved, of those that
 * vanished the articles are removed, with --prune, or that is refused (u->refused) and what would
 * go is listed. Failures of the index are returned.
 */
enum dtl_status dtl_update_missing(struct dtl_update *u, struct dtl_error *err) DTL_MUST_USE;

/** Compare one file's articles with the index and count, writing nothing. */
enum dtl_status dtl_update_dry_file(struct dtl_update *u, const struct dtl_file *file,
                                    const struct dtl_source_row *known,
                                    struct dtl_error *err) DTL_MUST_USE;
#endif
