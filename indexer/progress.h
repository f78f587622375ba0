/* indexer/progress.h - one line on a terminal that says how far a run has come; nothing anywhere
 * else. */
#ifndef DTL_INDEXER_PROGRESS_H
#define DTL_INDEXER_PROGRESS_H
#include "common/base/bytes.h"

struct dtl_progress {
    bool on;
    double started, shown; /* seconds, monotonic; shown 0: never */
    size_t width;          /* columns of the line now on the terminal */
};

/** mode: 1 always, 0 never, -1 when standard error is a terminal that can move its cursor. */
void dtl_progress_start(struct dtl_progress *p, int mode);
/** Show at most five times a second, and not before the run is a second old. */
void dtl_progress_show(struct dtl_progress *p, uint64_t articles, uint64_t bytes,
                       struct dtl_bytes path);
/** Say what happens now when it takes long ("merging"). */
void dtl_progress_stage(struct dtl_progress *p, const char *what);
/** Wipe the line, before a message or at the end. */
void dtl_progress_clear(struct dtl_progress *p);
double dtl_seconds_now(void); /* monotonic */
#endif
