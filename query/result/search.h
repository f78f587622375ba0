/* query/result/search.h - a planned query to ranked hits: per segment, merged, exact totals. */
#ifndef DTL_RESULT_SEARCH_H
#define DTL_RESULT_SEARCH_H
#include "query/cursor/weight.h" /* DTL_SCORE_UNIT */
#include "query/plan/words.h"
#include "query/rank/spread.h"

struct dtl_docs { /* some documents of a segment, rising */
    const dtl_doc *doc;
    uint32_t n;
};

enum dtl_sort { DTL_SORT_RELEVANCE, DTL_SORT_NEWEST, DTL_SORT_OLDEST };

struct dtl_search_options {
    enum dtl_sort sort;
    uint64_t limit, offset; /* limit UINT64_MAX: all */
    bool count_only;        /* total alone, hits 0 */
    bool first_only;        /* -q: stop at the first match; total is then a lower bound */
    bool hits_only;     /* the total is not asked for: a lower bound that is 0 only for no hit */
    bool places_only;   /* a hit tells its segment, document and score; date and id stay unread */
    bool first_stage;   /* words alone score, not how near each other they stand */
    uint32_t half_life; /* days in which half of a score fades; 0: none does */
    dtl_day today;      /* from when they are counted */
    enum dtl_spread_by spread; /* the best of each period in turn, instead of the best of all;
                                  nearness does not score then, and every match is looked at */
    bool exhaustive; /* look at every match: slow, what pruned answers are compared with */
    const struct dtl_after *after; /* go on behind that hit, which no second stage reordered; the
                                      total is then not told; NULL: from the first */
    const struct dtl_docs *only;   /* by segment of the snapshot: nothing else matches; NULL: all */
    /* Asked now and then: true ends the search with DTL_END. NULL: never. */
    bool (*stop)(void *ctx);
    void *stop_ctx;
};

/** A place in the order of results. The same generation and query give the same order, so that is
 * all a search needs to go on from it. */
struct dtl_after {
    uint64_t score;
    struct dtl_interval date;
    bool named;                  /* behind the hit of this id and source; else before all the hits
                                    with its score and day */
    struct dtl_bytes id, source; /* with `named` */
};

enum dtl_change { DTL_CHANGE_NONE, DTL_CHANGE_NEW, DTL_CHANGE_REVISED }; /* to a saved search */

struct dtl_hit {
    struct dtl_segment *segment;
    dtl_doc doc;
    uint64_t score; /* millionths; also when sorted by date */
    struct dtl_interval date;
    struct dtl_bytes id, source; /* in the result's arena */
};

struct dtl_work { /* what --explain and --stats report */
    uint64_t segments_visited, segments_skipped, blocks_read, positions_read, documents_scored;
};

struct dtl_result {
    struct dtl_hit *hit;
    uint64_t hits;
    uint64_t total; /* exact number of matching live articles, unless exact is false */
    bool exact;
    bool complete; /* hits + offset reach total; false also when that is not known */
    struct dtl_work work;
};

/**
 * Order: (score falling, newer first, id bytes rising, source) or by day then id; undated last both
 * ways. The same articles give the same result to the bit however they were fed or merged. Hits
 * live in `arena`. DTL_END: o->stop said so; nothing was found then.
 */
enum dtl_status dtl_search(struct dtl_snapshot *snap, struct dtl_plan *plan,
                           const struct dtl_query *q, const struct dtl_search_options *o,
                           struct dtl_arena *arena, struct dtl_result *out,
                           struct dtl_error *err) DTL_MUST_USE;

/** Matches of a window of documents: bit i of bits[] is document begin + i. Live, and admitted by
 * the dates. */
struct dtl_matches {
    struct dtl_segment *segment;
    uint32_t number; /* of the segment in the snapshot */
    dtl_doc begin, end;
    const uint64_t *bits;
    uint64_t count;
};
typedef enum dtl_status (*dtl_matches_fn)(void *ctx, const struct dtl_matches *m,
                                          struct dtl_error *err);
/**
 * Every match of node `n` (of the query's tree, or built of its nodes), a window at a time: newest
 * segment first, in a segment by document. In constant memory. What `fn` returns other than DTL_OK
 * ends the walk.
 */
enum dtl_status dtl_search_visit(struct dtl_snapshot *snap, struct dtl_plan *plan,
                                 const struct dtl_query *q, const struct dtl_node *n,
                                 dtl_matches_fn fn, void *ctx, struct dtl_error *err) DTL_MUST_USE;

/** Live articles each node matches by itself, dates apart, for --explain and for the explanation of
 * a zero. */
enum dtl_status dtl_search_count_node(struct dtl_snapshot *snap, struct dtl_plan *plan,
                                      const struct dtl_query *q, const struct dtl_node *n,
                                      bool with_dates, uint64_t *count,
                                      struct dtl_error *err) DTL_MUST_USE;
#endif
