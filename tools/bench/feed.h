/*
 * tools/bench/feed.h - a JSONL into an index through the same calls as `dateline-index update`, for
 * the benchmark programs.
 */
#ifndef DTL_BENCH_FEED_H
#define DTL_BENCH_FEED_H
#include "common/store/store.h"

struct dtl_feed_options {
    size_t memory_bytes;
    uint32_t jobs;
    bool one_field; /* title, line end and body as one untitled text, as the peers index it */
    bool detect;    /* find each article's language; else all are English, as for the peers */
};

struct dtl_feed_figures {
    uint64_t articles, text_bytes; /* title and body, as indexed */
    double read_seconds;           /* until the last article was taken in */
    double publish_seconds;        /* from there to the end, merges included */
    double searchable_seconds;     /* from the start until everything could be found */
    uint64_t index_bytes;          /* parts and stored articles, before merges */
};

/** Make or open the index to write, feed `path` as one run, publish, close. Dies on failure, naming
 * what failed. */
void dtl_feed(const char *index, const char *path, const struct dtl_feed_options *o,
              struct dtl_feed_figures *figures);
/** All segments into as few as the cap allows. Dies on failure. */
void dtl_feed_merge(const char *index, size_t memory_bytes);
#endif
