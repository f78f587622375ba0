/*
 * query/live.h - a query that is being typed, answered again and again.
 *
 * Each call opens a snapshot, answers, copies what will be shown and closes the snapshot: while a
 * person thinks or reads, nothing of the index is held. What was last found stays until something
 * else is found; a query that is not understood changes the message alone.
 */
#ifndef DTL_QUERY_LIVE_H
#define DTL_QUERY_LIVE_H
#include "query/answer.h"
#include "query/interactive/period.h"
#include "query/interactive/screen.h"

struct dtl_live_page { /* what one search found, copied; lives in `arena` */
    struct dtl_arena arena;
    struct dtl_screen_row *row;
    struct dtl_bytes *id, *source; /* which article each row is */
    size_t rows, chosen;
    uint64_t offset;
    struct dtl_bytes where;
    struct dtl_marked snippet;
    struct dtl_bytes note;     /* of the query; empty: none */
    struct dtl_interval shown; /* the days a timeline is over; undated: none */
};

struct dtl_live {
    struct dtl_session *s;
    bool (*stop)(void *ctx);
    struct dtl_options o; /* the session's, and what keys changed: dates, order */
    enum dtl_sort sort_given;
    size_t given; /* of o.filter: from the command line */
    struct dtl_period period;
    char period_text[DTL_DATE_TEXT];
    struct dtl_live_page page[2];
    int now;                /* page[now] is shown; the other is where the next is made */
    bool lenient;           /* the last query was only understood by closing what it leaves open */
    struct dtl_error fault; /* why the last query was not understood as it stands; code 0: it was */
    bool counted;
    uint64_t total;
    struct dtl_axis axis;
    uint64_t *bars;        /* axis.periods */
    struct dtl_buffer why; /* of a zero: lines */
};

/** Before the first search; s->o is the live options from here on. `stop` is asked during searches:
 * true ends one, with DTL_END and nothing changed. */
void dtl_live_begin(struct dtl_live *l, struct dtl_session *s, bool (*stop)(void *ctx));
void dtl_live_end(struct dtl_live *l);

/** Of the dates keys may set, these. */
void dtl_live_set_period(struct dtl_live *l, struct dtl_period p);

/**
 * The hits from number `offset` on, `limit` of them, with the snippet of number `chosen` of those,
 * `characters` long. DTL_EQUERY: not understood, l->fault says why, the page stays. O(search).
 */
enum dtl_status dtl_live_search(struct dtl_live *l, struct dtl_bytes text, uint64_t offset,
                                size_t limit, size_t chosen, uint32_t characters,
                                struct dtl_error *err) DTL_MUST_USE;
/** How many there are, when, at most `columns` periods of it; why there are none. O(matches). */
enum dtl_status dtl_live_count(struct dtl_live *l, struct dtl_bytes text, size_t columns,
                               struct dtl_error *err) DTL_MUST_USE;
/** The chosen article whole, as --show prints it. DTL_NOTFOUND: it is no longer there. */
enum dtl_status dtl_live_article(struct dtl_live *l, struct dtl_buffer *out,
                                 struct dtl_error *err) DTL_MUST_USE;
/** The command that prints what is shown, without a line end. */
bool dtl_live_command(const struct dtl_live *l, struct dtl_bytes text, struct dtl_buffer *out);
#endif
