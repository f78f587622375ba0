/*
 * query/session.h - what one run of dateline-query holds: the open index, the clock, the streams.
 *
 * Output is gathered in memory while a snapshot is open and written after it is closed: a pager or
 * a slow pipe must never pin the index's pages. --all alone writes with its snapshot open, for a
 * time that is bounded (docs/decisions/0110).
 */
#ifndef DTL_QUERY_SESSION_H
#define DTL_QUERY_SESSION_H
#include "common/base/process.h"
#include "common/store/store.h"
#include "query/alerts/news.h"
#include "query/options.h"
#include "query/pager.h"
#include "query/saved.h"

#define DTL_PROGRAM "dateline-query"

struct dtl_session {
    const struct dtl_options *o;
    struct dtl_clock clock;
    uint32_t half_life; /* --recency in days; 0: not given */
    struct dtl_saved saved;
    const struct dtl_news *news; /* what alone is asked for; NULL: all that matches */
    struct dtl_store *store;
    struct dtl_snapshot *snap; /* NULL between snapshots */
    bool talks;                /* notes go to standard error */
    struct dtl_render render;  /* form, colour and width settled */
    struct dtl_buffer out;     /* for standard output */
    struct dtl_buffer talk;    /* for standard error, written first */
    const char *pager_command; /* NULL: what is long is not paged */
    size_t rows;               /* of the terminal */
    struct dtl_pager pager;
    bool quit;         /* the pager was left: nothing more is wanted */
    double held_since; /* seconds of the monotonic clock: when `snap` was opened */
};

/** Settle streams and clock; the index is not touched. */
enum dtl_status dtl_session_begin(struct dtl_session *s, const struct dtl_options *o,
                                  struct dtl_error *err) DTL_MUST_USE;
/** Open the index and a snapshot, if not open. */
enum dtl_status dtl_session_read(struct dtl_session *s, struct dtl_error *err) DTL_MUST_USE;
/** Close the snapshot and write what was gathered. DTL_EIO: standard output cannot take it. */
enum dtl_status dtl_session_flush(struct dtl_session *s, struct dtl_error *err) DTL_MUST_USE;
/**
 * Write what was gathered while the snapshot stays open, waiting for the reader no longer than the
 * snapshot may be held (o->hold). *late: that time is over, and the rest is still in s->out.
 */
enum dtl_status dtl_session_pour(struct dtl_session *s, bool *late,
                                 struct dtl_error *err) DTL_MUST_USE;
/** Seconds of the monotonic clock. */
double dtl_session_clock(void);
void dtl_session_end(struct dtl_session *s); /* waits for the pager */

/** A line for standard error, "dateline-query: " in front, sanitised; gathered in s->talk. */
void dtl_session_say(struct dtl_session *s, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/** A query's error with its caret, written at once; `where` (may be NULL) names the place of the
 * query. */
void dtl_say_query(const char *where, struct dtl_bytes query, const struct dtl_error *err);

/** All of `b` to standard output. */
enum dtl_status dtl_write_out(struct dtl_bytes b, struct dtl_error *err) DTL_MUST_USE;
/** After the last output: close it, and hear of what the file system still had to say. */
enum dtl_status dtl_close_out(struct dtl_error *err) DTL_MUST_USE;
#endif
