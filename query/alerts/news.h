/*
 * query/alerts/news.h - of what a query matches, what was not told yet.
 *
 * Every match is looked at, whenever it came: what a query means can change without its articles
 * (a date that is relative, a language that is new), and so nothing is left out by a mark in time.
 * A match costs its generation and its identity; an article is read when it is new, or when its
 * generation says nothing about what was told.
 */
#ifndef DTL_ALERTS_NEWS_H
#define DTL_ALERTS_NEWS_H
#include "query/alerts/told.h"
#include "query/result/search.h"

struct dtl_news {
    struct dtl_docs *segment; /* documents that are news, by segment of the snapshot */
    uint8_t **change;         /* enum dtl_change of each */
    uint64_t total, revised;
    struct dtl_told_entry
        *entry; /* to be told of next, and those whose generation is another now */
    size_t entries;
    uint64_t generation; /* of the snapshot */
    int64_t published;   /* when it was made; UNKNOWN */
};

/**
 * Find the news among the matches of `q`, planned by `plan`; all in `arena`, which must outlive the
 * snapshot's use. `now`: seconds; a generation made in this very second could be made twice.
 */
enum dtl_status dtl_news_find(struct dtl_snapshot *snap, struct dtl_plan *plan,
                              const struct dtl_query *q, const struct dtl_told *told, int64_t now,
                              struct dtl_arena *arena, struct dtl_news *out,
                              struct dtl_error *err) DTL_MUST_USE;
/** Is the document revised, or new? NONE: it is no news. */
enum dtl_change dtl_news_change(const struct dtl_news *n, size_t segment, dtl_doc doc);
#endif
