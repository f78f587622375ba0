/*
 * tools/bench/queries.h - the query files of the peers' benchmark, asked of our engine in process.
 *
 * A line: qid, class, operator (and or phrase prefix), words, first day, last day (YYYYMMDD or
 * empty), order (score or date), between tabs. Each becomes a text of our query language, parsed,
 * planned and searched as dateline-query does; what is timed begins with that text. The peers know
 * no printed forms, so their phrase is our word of several tokens ("interest-rate": adjacent
 * stems), and they have no stop list, so here every word scores and nearness does not; only "whole"
 * is the score of dateline-query, for ten best.
 */
#ifndef DTL_BENCH_QUERIES_H
#define DTL_BENCH_QUERIES_H
#include "common/store/store.h"
#include "query/result/search.h"

enum dtl_bench_mode { DTL_BENCH_TOP10, DTL_BENCH_COUNT, DTL_BENCH_SNIP, DTL_BENCH_WHOLE };

struct dtl_bench_query {
    const char *qid, *kind; /* kind: the class */
    const char *text;       /* in our language */
    enum dtl_sort sort;
    /* what was measured */
    double *seconds;
    uint32_t runs;
    uint64_t hits;        /* of the last run: found (count), else given out (at most ten) */
    uint64_t blocks_read; /* of the last run */
    const char *first;    /* id of the best hit, "" when none */
};

struct dtl_bench_queries {
    struct dtl_arena arena;
    struct dtl_bench_query *query;
    size_t n;
};

/** Read the file; dies when it cannot. `runs`: room for so many measurements of each. */
void dtl_bench_queries_read(struct dtl_bench_queries *q, const char *path, uint32_t runs);
/** Measure: every query once, then again, `runs` times; a query that used `cap` seconds is left
 * out of later rounds. Dies on failure, naming the query. */
void dtl_bench_queries_run(struct dtl_bench_queries *q, struct dtl_store *store,
                           enum dtl_bench_mode mode, uint32_t runs, double cap);
/** "top10", "count", "snip", "whole"; dies on another. */
enum dtl_bench_mode dtl_bench_mode_of(const char *name);
/** Open an index to read; dies when it cannot. */
struct dtl_store *dtl_bench_open(const char *index);
#endif
