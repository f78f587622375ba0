/*
 * indexer/report/last_run.h - how the last `update` went, for `status` and for the next run under
 * --cron.
 *
 * A small file in the index's folder and not a value in it: a run that failed, on a full disk too,
 * is what has to be known. One key=value a line.
 */
#ifndef DTL_INDEXER_LAST_RUN_H
#define DTL_INDEXER_LAST_RUN_H
#include "common/base/bytes.h"

#define DTL_HEARD_MAX 512 /* troubles remembered; more are told again */

struct dtl_last_run {       /* {0}: none is known */
    int64_t started, ended; /* seconds since 1970 */
    int64_t succeeded;      /* the end of the last run that published: status 0 or 5; 0: never */
    uint64_t status;        /* its exit status */
    uint64_t indexed, changed, unchanged, removed, rejected, skipped, waiting, warnings, generation;
    char trouble[400];             /* the first thing that was wrong, sanitised; "": nothing was */
    uint64_t heard[DTL_HEARD_MAX]; /* hashes of what the last --cron run has told */
    size_t heards;
};

bool dtl_last_run_encode(const struct dtl_last_run *l, struct dtl_buffer *out);
/** What is not understood is passed over, for a later program may have written it; *out is {0} for
 * a text that says nothing. Never fails: the file is a report, not the index. */
void dtl_last_run_decode(struct dtl_bytes text, struct dtl_last_run *out);

bool dtl_last_run_heard(const struct dtl_last_run *l, uint64_t hash);
void dtl_last_run_hear(struct dtl_last_run *l, uint64_t hash);
#endif
