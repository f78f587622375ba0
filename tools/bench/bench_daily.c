/*
 * bench_daily.c - day after day of news on top of an archive: how soon it can be found, what is
 * written for it, and what the index becomes.
 *
 *   bench_daily [--json] [--every N] INDEX SOURCE.jsonl DAYS [ARTICLES]
 *
 * INDEX is changed; it is made when it is missing. Every day is a run of its own over a file of its
 * own, as cron would start it: ARTICLES (500) of SOURCE, in turn, under new ids and under the date
 * after the index's newest. Deterministic: the same index and source give the same days.
 *
 * `written` is what the run hands to the kernel (wchar of /proc/self/io), merges and the B-tree's
 * pages included; `dirtied` what the kernel counts when a cached page becomes dirty (write_bytes),
 * which is the whole of a large folio however little of it is written; `own` the parts and stored
 * articles of the day itself.
 */
#include "common/base/json.h"
#include "indexer/article/intake.h"
#include "tools/bench/bench.h"
#include "tools/bench/feed.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define MEMORY        ((size_t)128 << 20)
#define ARTICLES_MOST 20000u /* of the source, then from its first again */

struct text {
    struct dtl_bytes title, body;
};

struct days {
    const char *index;
    char file[64]; /* the day's articles */
    struct dtl_arena arena;
    struct text *text;
    uint32_t texts, next;
    uint32_t per_day;
    bool json;
};

struct day { /* figures of one run */
    double searchable, whole, cpu, written_mb, dirtied_mb, own_mb, segments;
};

static void check(enum dtl_status st, const char *what, const struct dtl_error *err)
{
    if (st < 0)
        dtl_bench_die("%s: %s", what, err->text);
}

static void read_source(struct days *d, const char *path)
{
    struct dtl_error err = {0};
    struct dtl_walk_options how = {0};
    struct dtl_intake_options o = {.default_lang = dtl_lang_code_of(DTL_LITERAL("en"))};
    struct dtl_walk *walk = NULL;
    struct dtl_file file = {0};
    struct dtl_intake *in = NULL;
    o.lang = o.default_lang;
    d->text = dtl_arena_alloc(&d->arena, ARTICLES_MOST * sizeof *d->text);
    check(dtl_walk_open(&walk, &path, 1, &how, &err), path, &err);
    check(dtl_walk_next(walk, &file, &err), path, &err);
    check(dtl_intake_open(&in, &file, &o, &err), path, &err);
    while (d->text && d->texts < ARTICLES_MOST) { /* their views stay: the arena is not reset */
        struct dtl_article a = {0};
        enum dtl_status st = dtl_intake_next(in, &d->arena, &a, &err);
        check(st, path, &err);
        if (st == DTL_END)
            break;
        char *title = dtl_arena_strndup(&d->arena, (const char *)a.title.p, a.title.n);
        char *body = dtl_arena_strndup(&d->arena, (const char *)a.body.p, a.body.n);
        if (!title || !body)
            dtl_bench_die("out of memory");
        d->text[d->texts++] = (struct text){dtl_bytes(title, a.title.n), dtl_bytes(body, a.body.n)};
    }
    dtl_intake_close(in);
    dtl_walk_close(walk);
    if (d->texts == 0)
        dtl_bench_die("%s: no articles", path);
}

static void write_day(struct days *d, dtl_day day)
{
    struct dtl_buffer out = {0};
    char date[DTL_DATE_TEXT];
    dtl_day_print(day, date);
    for (uint32_t i = 0; i < d->per_day; i++, d->next++) {
        const struct text *t = &d->text[d->next % d->texts];
        dtl_buffer_format(&out, "{\"id\":\"day/%s/%u\",\"date\":\"%s\",\"title\":", date, i, date);
        dtl_json_string(&out, t->title);
        dtl_buffer_text(&out, ",\"body\":");
        dtl_json_string(&out, t->body);
        dtl_buffer_text(&out, "}\n");
    }
    FILE *f = fopen(d->file, "w");
    if (!f || out.failed || fwrite(out.p, 1, out.n, f) != out.n || fclose(f) != 0)
        dtl_bench_die("%s: cannot be written", d->file);
    dtl_buffer_release(&out);
}

static double io_mb(const char *name)
{
    char line[256];
    size_t n = strlen(name);
    double bytes = 0;
    FILE *io = fopen("/proc/self/io", "r");
    while (io && fgets(line, sizeof line, io))
        if (strncmp(line, name, n) == 0 && line[n] == ':')
            bytes = strtod(line + n + 1, NULL);
    if (io)
        fclose(io);
    return bytes / 1e6;
}

struct state { /* of the index between two days */
    dtl_day newest;
    double docs, segments, used_mb, file_mb;
};

static struct state look(const char *index)
{
    struct dtl_store_options o = {0};
    struct dtl_store *store = NULL;
    struct dtl_snapshot *snap = NULL;
    struct dtl_store_figures f = {0};
    struct dtl_error err = {0};
    if (dtl_store_open(&store, index, &o, &err) < 0)
        return (struct state){.newest = dtl_day_of(2024, 12, 31)};
    check(dtl_snapshot_open(store, &snap, &err), index, &err);
    check(dtl_store_measure(snap, &f, &err), index, &err);
    struct state s = {.newest = snap->docs ? snap->covers.latest : dtl_day_of(2024, 12, 31),
                      .docs = (double)snap->docs,
                      .segments = (double)snap->segments,
                      .used_mb = (double)f.used_bytes / 1e6,
                      .file_mb = (double)f.file_bytes / 1e6};
    dtl_snapshot_close(snap);
    dtl_store_close(store);
    return s;
}

static struct day one_day(struct days *d, dtl_day day, uint32_t number, bool print)
{
    struct dtl_feed_options o = {.memory_bytes = MEMORY, .jobs = 1, .one_field = true};
    struct dtl_feed_figures f = {0};
    write_day(d, day);
    double written = io_mb("wchar"), dirtied = io_mb("write_bytes");
    double start = dtl_bench_seconds(), cpu = dtl_bench_cpu_seconds();
    dtl_feed(d->index, d->file, &o, &f);
    struct day out = {.searchable = f.searchable_seconds,
                      .whole = dtl_bench_seconds() - start,
                      .cpu = dtl_bench_cpu_seconds() - cpu,
                      .written_mb = io_mb("wchar") - written,
                      .dirtied_mb = io_mb("write_bytes") - dirtied,
                      .own_mb = (double)f.index_bytes / 1e6};
    struct state s = look(d->index);
    out.segments = s.segments;
    char name[32];
    snprintf(name, sizeof name, "day %u", number);
    struct dtl_bench_column column[] = {
        {"searchable_s", out.searchable, 4},
        {"whole_s",      out.whole,      4},
        {"cpu_s",        out.cpu,        4},
        {"written_mb",   out.written_mb, 3},
        {"dirtied_mb",   out.dirtied_mb, 3},
        {"own_mb",       out.own_mb,     3},
        {"segments",     out.segments,   0},
        {"used_mb",      s.used_mb,      1},
        {"file_mb",      s.file_mb,      1}
    };
    if (print)
        dtl_bench_row(d->json, name, column, sizeof column / sizeof *column);
    return out;
}

static double over(const struct day *v, uint32_t n, size_t member, double p)
{
    double *values = calloc(n, sizeof *values);
    if (!values)
        dtl_bench_die("out of memory");
    for (uint32_t i = 0; i < n; i++)
        memcpy(&values[i], (const char *)&v[i] + member, sizeof *values);
    double result = dtl_bench_percentile(values, n, p);
    free(values);
    return result;
}

static double sum(const struct day *v, uint32_t n, size_t member)
{
    double all = 0, one;
    for (uint32_t i = 0; i < n; i++) {
        memcpy(&one, (const char *)&v[i] + member, sizeof one);
        all += one;
    }
    return all;
}

static void summary(const struct days *d, const struct day *v, uint32_t n)
{
    const size_t searchable = offsetof(struct day, searchable), cpu = offsetof(struct day, cpu),
                 whole = offsetof(struct day, whole), written = offsetof(struct day, written_mb),
                 dirtied = offsetof(struct day, dirtied_mb), own = offsetof(struct day, own_mb),
                 segments = offsetof(struct day, segments);
    struct dtl_bench_column column[] = {
        {"searchable_s",  over(v, n,              searchable,       0.5),      4                               },
        {"searchable_99", over(v, n,              searchable,       0.99),     4                               },
        {"whole_s",       over(v, n,              whole,            0.5),      4                               },
        {"cpu_s",         over(v, n,              cpu,              0.5),      4                               },
        {"whole_most_s",  over(v, n,              whole,            1),        3                               },
        {"written/own",   sum(v,  n,              written) / sum(v, n,         own),                             2},
        {"written_most",               over(v,        n,  written,          1),           1                               },
        {"dirtied/own",               sum(v,         n,    dirtied) / sum(v,           n, own),2},
        {"dirtied_most",              over(v,                    n,                     dirtied,                  1),       1                     },
        {"segments_avg",              sum(v,                    n,                     segments) / n,                   1 },
        {"segments_most",               over(v,       n, segments,          1),          0}
    };
    dtl_bench_row(d->json, "all days", column, sizeof column / sizeof *column);
}

int main(int argc, char **argv)
{
    struct days d = {.per_day = 500, .json = dtl_bench_wants_json(&argc, argv)};
    uint32_t every = 1;
    if (argc > 2 && strcmp(argv[1], "--every") == 0) {
        every = (uint32_t)strtoul(argv[2], NULL, 10);
        argv += 2;
        argc -= 2;
    }
    uint32_t days = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : 0;
    if (argc > 4)
        d.per_day = (uint32_t)strtoul(argv[4], NULL, 10);
    if (argc < 4 || argc > 5 || days == 0 || every == 0 || d.per_day == 0) {
        fprintf(stderr, "usage: bench_daily [--json] [--every N] INDEX SOURCE.jsonl DAYS "
                        "[ARTICLES]\n");
        return 2;
    }
    dtl_bench_pin(-1);
    d.index = argv[1];
    snprintf(d.file, sizeof d.file, "bench-day.%ld.jsonl", (long)getpid());
    read_source(&d, argv[2]);
    struct day *v = calloc(days, sizeof *v);
    if (!v)
        dtl_bench_die("out of memory");
    dtl_day first = look(d.index).newest + 1;
    for (uint32_t i = 0; i < days; i++)
        v[i] = one_day(&d, first + (dtl_day)i, i + 1, (i + 1) % every == 0);
    summary(&d, v, days);
    unlink(d.file);
    dtl_arena_release(&d.arena);
    free(v);
    return 0;
}
