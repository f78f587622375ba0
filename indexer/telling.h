/*
 * indexer/telling.h - what a run tells of itself: troubles as they come, a report at the end, one
 * line to cron, and a file to the next run.
 */
#ifndef DTL_INDEXER_TELLING_H
#define DTL_INDEXER_TELLING_H
#include "indexer/article/intake.h"
#include "indexer/build/run.h"
#include "indexer/report/last_run.h"
#include "indexer/report/report.h"
#include "indexer/update_options.h"

struct dtl_telling {
    const struct dtl_update_options *o;
    struct dtl_report report;
    struct dtl_last_run before, now;
    double started;            /* monotonic seconds */
    uint64_t fresh;            /* troubles that no --cron run before has told */
    char first[400];           /* of them, the first; sanitised */
    uint64_t streams;          /* of the file in hand, counted so far */
    struct dtl_buffer *passed; /* where the members passed over of the file in hand are noted */
    struct dtl_skips skips;    /* calls us */
};

/** Everything passed over from here on by the readings of `o` is told to `t`. */
void dtl_tell_begin(struct dtl_telling *t, struct dtl_update_options *o);
/** What the run before left is known from here on. */
void dtl_tell_since(struct dtl_telling *t, const struct dtl_store *store);
/** Something is wrong: one line. True when it is to be said at once, which cron does without. */
bool dtl_tell_trouble(struct dtl_telling *t, const char *text);
/** A file was opened; what of it gives no article or is passed over, until the next one, is noted
 * in `passed`, a line each that begins with a tab. */
void dtl_tell_file(struct dtl_telling *t, const struct dtl_intake *in, struct dtl_buffer *passed);
void dtl_tell_article(struct dtl_telling *t, const struct dtl_intake *in,
                      const struct dtl_article *a);
/** in: NULL when the file could not be opened. */
void dtl_tell_rejected(struct dtl_telling *t, struct dtl_bytes path, const struct dtl_intake *in,
                       const char *reason);
void dtl_tell_skipped(struct dtl_telling *t, struct dtl_bytes path, const char *why);

struct dtl_outcome { /* of a run, for its end */
    const struct dtl_run_figures *figures;
    uint64_t unchanged, rejected, skipped, waiting, warnings;
    int status;
};
/** The report by format and reason, when it is wanted: on a terminal, with --report, or when
 * more was rejected than the one line that told of it; never with --quiet or --cron. */
void dtl_tell_report(const struct dtl_telling *t, const struct dtl_outcome *end);
/** --cron: one key=value line, when something failed, or is wrong that was not told before. */
void dtl_tell_event(const struct dtl_telling *t, const struct dtl_outcome *end);
/** The file for `status` and the next run. */
enum dtl_status dtl_tell_next(struct dtl_telling *t, const struct dtl_outcome *end,
                              struct dtl_store *store, struct dtl_error *err) DTL_MUST_USE;
void dtl_tell_end(struct dtl_telling *t);
#endif
