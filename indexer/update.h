/* indexer/update.h - the state of one `update`, shared by the loop over files, pruning and the dry
 * run. */
#ifndef DTL_INDEXER_UPDATE_H
#define DTL_INDEXER_UPDATE_H
#include "indexer/build/run.h"
#include "indexer/progress.h"
#include "indexer/telling.h"
#include "indexer/text_counts.h"
#include "indexer/update_options.h"

struct dtl_update {
    const struct dtl_update_options *o;
    struct dtl_run *run;           /* NULL in a dry run */
    struct dtl_snapshot *snapshot; /* the state before; NULL: there is no index yet (dry run) */
    struct dtl_progress progress;
    struct dtl_telling telling;
    uint64_t *visited; /* hashes of paths seen, for prune: open addressing, 0 is free */
    size_t visited_slots, visited_count;
    uint64_t unchanged_files_articles, rejected, skipped, waiting, warned, bytes;
    uint64_t new_articles, changed_articles, equal_articles, gone_articles, undated,
        articles; /* dry run */
    struct dtl_text_counts texts;
    bool io_failed, refused;
    struct dtl_arena article; /* reset after each article */
    struct dtl_arena file;    /* reset after each file */
};

/** Remember a path as seen. False: no memory. */
bool dtl_update_visit(struct dtl_update *u, struct dtl_bytes path);
bool dtl_update_visited(const struct dtl_update *u, struct dtl_bytes path);

/** A warning or an error about one input, past the progress line. */
void dtl_update_warn(struct dtl_update *u, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/**
 * Remove what vanished under the named roots, or refuse (u->refused) and list what would go.
 * Failures of the index are returned.
 */
enum dtl_status dtl_update_prune(struct dtl_update *u, struct dtl_error *err) DTL_MUST_USE;

/** Compare one file's articles with the index and count, writing nothing. */
enum dtl_status dtl_update_dry_file(struct dtl_update *u, const struct dtl_file *file,
                                    const struct dtl_source_row *known,
                                    struct dtl_error *err) DTL_MUST_USE;
#endif
