/*
 * bench_query.c - query latency by class: bench_query [--json] INDEX QUERIES [RUNS [CAP]].
 *
 * For each class of the file and each mode (ten best; ten best by the whole
 * score of dateline-query; exact count; ten with snippets): the middle
 * and the 99th percentile over its queries of each query's least time, and the posting blocks
 * decoded. The peers' drivers print the same rows before they are put together, so tables stand
 * side by side.
 */
#include "tools/bench/bench.h"
#include "tools/bench/queries.h"

#include <stdio.h>
#include <stdlib.h>

static void print_class(bool json, const char *mode, struct dtl_bench_queries *q, size_t from)
{
    const char *kind = q->query[from].kind;
    double *least = calloc(q->n, sizeof *least), blocks = 0;
    size_t n = 0;
    char what[64];
    if (!least)
        dtl_bench_die("no memory");
    for (size_t i = from; i < q->n; i++) {
        struct dtl_bench_query *b = &q->query[i];
        if (strcmp(b->kind, kind) != 0)
            continue;
        least[n++] = dtl_bench_percentile(b->seconds, b->runs, 0) * 1e6;
        blocks += (double)b->blocks_read;
    }
    snprintf(what, sizeof what, "%s %s", mode, kind);
    struct dtl_bench_column c[] = {
        {"queries", (double)n,                  0     },
        {"p50_us",  dtl_bench_percentile(least, n,      0.5), 1},
        {"p99_us",        dtl_bench_percentile(least,                                  n,                                 0.99), 1},
        {"blocks",        n ? blocks / (double)n : 0,1},
    };
    dtl_bench_row(json, what, c, sizeof c / sizeof *c);
    free(least);
}

static bool is_first(const struct dtl_bench_queries *q, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (strcmp(q->query[i].kind, q->query[at].kind) == 0)
            return false;
    return true;
}

int main(int argc, char **argv)
{
    static const char *const modes[] = {"top10", "whole", "count", "snip"};
    bool json = dtl_bench_wants_json(&argc, argv);
    if (argc < 3 || argc > 5) {
        fprintf(stderr, "usage: bench_query [--json] INDEX QUERIES [RUNS [CAP_SECONDS]]\n");
        return 2;
    }
    uint32_t runs = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : 6;
    double cap = argc > 4 ? strtod(argv[4], NULL) : 0.5;
    dtl_bench_pin(-1);
    struct dtl_store *store = dtl_bench_open(argv[1]);
    for (size_t m = 0; m < sizeof modes / sizeof *modes; m++) {
        struct dtl_bench_queries q;
        dtl_bench_queries_read(&q, argv[2], runs);
        dtl_bench_queries_run(&q, store, dtl_bench_mode_of(modes[m]), runs, cap);
        for (size_t i = 0; i < q.n; i++)
            if (is_first(&q, i))
                print_class(json, modes[m], &q, i);
        dtl_arena_release(&q.arena);
        free(q.query);
    }
    dtl_store_close(store);
    return 0;
}
