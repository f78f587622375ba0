/*
 * peer_work.c - the verbs of the peers' drivers, for our engine:
 *
 *   index SRC.jsonl DIR THREADS MEMORY_MB     a new index
 *   merge DIR                                 into as few segments as may be
 *   bench DIR QUERIES MODE REPETITIONS CAP    qid class mode min_us median_us hits top1_id
 *   add SRC.jsonl DIR                         one run on top; /proc/self/io on standard error
 *
 * `cli` is dateline-query itself: dateline_peer.c.
 */
#include "tools/bench/bench.h"
#include "tools/bench/feed.h"
#include "tools/bench/queries.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MERGE_MEMORY ((size_t)512 << 20)
#define ADD_MEMORY   ((size_t)128 << 20)

/* An index that an earlier run left there; nothing else is touched. */
static void remove_index(const char *dir)
{
    static const char *const files[] = {"data.mdb", "lock.mdb", "writer.lock", "swap.lock"};
    char path[4096];
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, files[i]);
        unlink(path);
    }
    rmdir(dir);
}

static int index_verb(char **v)
{
    struct dtl_feed_options o = {.one_field = true,
                                 .jobs = (uint32_t)strtoul(v[2], NULL, 10),
                                 .memory_bytes = strtoul(v[3], NULL, 10) << 20};
    struct dtl_feed_figures f = {0};
    remove_index(v[1]);
    dtl_feed(v[1], v[0], &o, &f);
    fprintf(stderr, "docs %llu text_mb %.1f read_s %.3f publish_s %.3f\n",
            (unsigned long long)f.articles, (double)f.text_bytes / 1e6, f.read_seconds,
            f.publish_seconds);
    return 0;
}

static int merge_verb(char **v)
{
    double start = dtl_bench_seconds();
    dtl_feed_merge(v[0], MERGE_MEMORY);
    fprintf(stderr, "merge_s %.3f\n", dtl_bench_seconds() - start);
    return 0;
}

static int bench_verb(char **v)
{
    struct dtl_bench_queries q;
    uint32_t runs = (uint32_t)strtoul(v[3], NULL, 10);
    enum dtl_bench_mode mode = dtl_bench_mode_of(v[2]);
    struct dtl_store *store = dtl_bench_open(v[0]);
    dtl_bench_queries_read(&q, v[1], runs);
    dtl_bench_queries_run(&q, store, mode, runs, strtod(v[4], NULL));
    for (size_t i = 0; i < q.n; i++) {
        struct dtl_bench_query *b = &q.query[i];
        double least = dtl_bench_percentile(b->seconds, b->runs, 0);
        double middle = dtl_bench_percentile(b->seconds, b->runs, 0.5);
        printf("%s\t%s\t%s\t%.2f\t%.2f\t%llu\t%s\n", b->qid, b->kind, v[2], least * 1e6,
               middle * 1e6, (unsigned long long)b->hits, b->first);
    }
    dtl_arena_release(&q.arena);
    free(q.query);
    dtl_store_close(store);
    return 0;
}

static int add_verb(char **v)
{
    struct dtl_feed_options o = {.one_field = true, .jobs = 1, .memory_bytes = ADD_MEMORY};
    struct dtl_feed_figures f = {0};
    struct dtl_error err = {0};
    struct dtl_snapshot *snap = NULL;
    double start = dtl_bench_seconds();
    dtl_feed(v[1], v[0], &o, &f);
    double committed = dtl_bench_seconds() - start;
    struct dtl_store *store = dtl_bench_open(v[1]);
    if (dtl_snapshot_open(store, &snap, &err) < 0)
        dtl_bench_die("%s: %s", v[1], err.text);
    fprintf(stderr, "add %llu commit_s %.4f searchable_s %.4f docs %llu\n",
            (unsigned long long)f.articles, committed, dtl_bench_seconds() - start,
            (unsigned long long)snap->docs);
    dtl_snapshot_close(snap);
    dtl_store_close(store);
    FILE *io = fopen("/proc/self/io", "r");
    char line[256];
    while (io && fgets(line, sizeof line, io))
        fputs(line, stderr);
    if (io)
        fclose(io);
    return 0;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int words;
        int (*run)(char **v);
    } verbs[] = {
        {"index", 4, index_verb},
        {"merge", 1, merge_verb},
        {"bench", 5, bench_verb},
        {"add",   2, add_verb  },
    };
    for (size_t i = 0; argc > 1 && i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp(argv[1], verbs[i].name) == 0 && argc == 2 + verbs[i].words)
            return verbs[i].run(argv + 2);
    fprintf(stderr, "usage: dateline_peer index SRC.jsonl DIR THREADS MEMORY_MB\n"
                    "       dateline_peer merge DIR\n"
                    "       dateline_peer bench DIR QUERIES top10|count|snip REPETITIONS CAP\n"
                    "       dateline_peer add SRC.jsonl DIR\n"
                    "       dateline_peer cli DIR and|or|phrase WORD...\n");
    return 2;
}
