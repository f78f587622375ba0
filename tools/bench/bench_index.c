/*
 * bench_index.c - what indexing a JSONL costs:
 *
 *     bench_index [--json] [--jobs N] [--memory MB] [--detect] JSONL FOLDER
 *
 * First the stages alone, each over the whole file in this thread: reading (to articles with their
 * fields, dates and languages), analysis and inversion, records and frames. Then the whole, as
 * `dateline-index update` does it, into an index in FOLDER, which must not exist: time of the clock
 * and of all threads, until the last article was taken in and until it could be found, the most
 * private memory held, and each part of the index over the text.
 */
#include "common/segment/frames.h"
#include "indexer/article/intake.h"
#include "indexer/invert/inverter.h"
#include "tools/bench/bench.h"
#include "tools/bench/feed.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define RESET_BYTES ((size_t)128 << 20) /* of an inverter that is emptied: as a batch is */

static const char *path;
static bool detect;

/* ---- the stages alone ---- */

enum stage { READ, INVERT, STORE };

struct stages {
    struct dtl_intake *in;
    struct dtl_analyzer *an;
    struct dtl_inverter *inv;
    struct dtl_frame_encoder *enc; /* NULL: not trained yet */
    struct dtl_buffer record, samples, sizes;
    uint64_t text, frames;
};

static void store(struct stages *s, const struct dtl_article *a, struct dtl_error *err)
{
    struct dtl_bytes frame = {0};
    dtl_buffer_reset(&s->record);
    if (!dtl_article_encode(a, &s->record))
        dtl_bench_die("no memory");
    if (!s->enc) {
        size_t n = s->record.n;
        dtl_buffer_append(&s->samples, s->record.p, n);
        dtl_buffer_append(&s->sizes, &n, sizeof n);
        if (s->samples.n < DTL_SAMPLE_BYTES)
            return;
        struct dtl_buffer dictionary = {0};
        if (dtl_dictionary_train(dtl_buffer_view(&s->samples), (const size_t *)(void *)s->sizes.p,
                                 s->sizes.n / sizeof n, &dictionary, err) < 0 ||
            dtl_frame_encoder_open(&s->enc, dtl_buffer_view(&dictionary), err) < 0)
            dtl_bench_die("%s", err->text);
        dtl_buffer_release(&dictionary);
        return;
    }
    if (dtl_frame_encode(s->enc, dtl_buffer_view(&s->record), &frame, err) < 0)
        dtl_bench_die("%s", err->text);
    s->frames += frame.n;
}

static void invert(struct stages *s, const struct dtl_article *a, struct dtl_error *err)
{
    struct dtl_document_lengths lengths;
    if (dtl_inverter_add(s->inv, s->an, a, &lengths, err) < 0)
        dtl_bench_die("%s", err->text);
    if (dtl_inverter_memory(s->inv) > RESET_BYTES)
        dtl_inverter_reset(s->inv);
}

/* Processor seconds of reading and, on top of it, one stage. */
static double run_stage(enum stage stage, uint64_t *text)
{
    struct stages s = {0};
    struct dtl_error err = {0};
    struct dtl_arena arena = {0};
    struct dtl_intake_options o = {.default_lang = dtl_lang_code_of(DTL_LITERAL("en"))};
    struct dtl_file file = {0};
    struct dtl_walk *walk = NULL;
    struct dtl_walk_options how = {0};
    if (!detect)
        o.lang = o.default_lang;
    if (dtl_walk_open(&walk, &path, 1, &how, &err) < 0 ||
        dtl_walk_next(walk, &file, &err) != DTL_OK ||
        dtl_intake_open(&s.in, &file, &o, &err) != DTL_OK || dtl_analyzer_open(&s.an, &err) < 0 ||
        dtl_inverter_open(&s.inv, DTL_TITLE_WEIGHT_DEFAULT, &err) < 0)
        dtl_bench_die("%s: %s", path, err.text);
    double start = dtl_bench_cpu_seconds();
    for (;;) {
        struct dtl_article a = {0};
        dtl_arena_reset(&arena);
        enum dtl_status st = dtl_intake_next(s.in, &arena, &a, &err);
        if (st == DTL_END)
            break;
        if (st != DTL_OK)
            dtl_bench_die("%s: %s", path, err.text);
        s.text += a.title.n + a.body.n;
        if (stage == INVERT)
            invert(&s, &a, &err);
        else if (stage == STORE)
            store(&s, &a, &err);
    }
    double took = dtl_bench_cpu_seconds() - start;
    dtl_frame_encoder_close(s.enc);
    dtl_inverter_close(s.inv);
    dtl_analyzer_close(s.an);
    dtl_intake_close(s.in);
    dtl_walk_close(walk);
    dtl_buffer_release(&s.record);
    dtl_buffer_release(&s.samples);
    dtl_buffer_release(&s.sizes);
    dtl_arena_release(&arena);
    *text = s.text;
    return took;
}

static void stage_row(bool json, const char *what, double seconds, uint64_t text)
{
    double mb = (double)text / 1e6;
    struct dtl_bench_column c[] = {
        {"cpu_ms_per_mb", seconds * 1e3 / mb, 2},
        {"mb_per_cpu_s",  mb / seconds,       1},
    };
    dtl_bench_row(json, what, c, sizeof c / sizeof *c);
}

/* ---- private memory ---- */

static atomic_bool watching;
static size_t most_kb;

static size_t private_kb(void)
{
    char line[256];
    size_t sum = 0, kb = 0;
    FILE *f = fopen("/proc/self/status", "r");
    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "RssAnon: %zu", &kb) == 1 || sscanf(line, "RssShmem: %zu", &kb) == 1)
            sum += kb;
    if (f)
        fclose(f);
    return sum;
}

static void *watch(void *unused)
{
    const struct timespec step = {.tv_nsec = 20000000};
    while (atomic_load(&watching)) {
        size_t kb = private_kb();
        most_kb = kb > most_kb ? kb : most_kb;
        nanosleep(&step, NULL);
    }
    return unused;
}

/* ---- the whole ---- */

static void size_rows(bool json, const char *index, uint64_t text)
{
    static const char *const name[DTL_PARTS_END] = {
        [DTL_PART_TERMS] = "terms",           [DTL_PART_FORMS] = "forms",
        [DTL_PART_POSTINGS] = "postings",     [DTL_PART_POSITIONS] = "positions",
        [DTL_PART_VARIANTS] = "variants",     [DTL_PART_COLUMNS] = "columns",
        [DTL_PART_IDENTITIES] = "identities",
    };
    struct dtl_error err = {0};
    struct dtl_store_options o = {0};
    struct dtl_store *s = NULL;
    struct dtl_snapshot *snap = NULL;
    if (dtl_store_open(&s, index, &o, &err) < 0 || dtl_snapshot_open(s, &snap, &err) < 0)
        dtl_bench_die("%s: %s", index, err.text);
    double inverted = 0, stored = 0;
    for (int p = DTL_PART_TERMS; p < DTL_PARTS_END; p++) {
        double bytes = 0;
        for (size_t i = 0; i < snap->segments; i++)
            bytes += (double)snap->segment[i].facts.part_bytes[p];
        struct dtl_bench_column c = {"of_text", bytes / (double)text, 4};
        dtl_bench_row(json, name[p], &c, 1);
        inverted += bytes;
    }
    for (size_t i = 0; i < snap->segments; i++)
        for (size_t g = 0; g < snap->segment[i].facts.groups; g++)
            stored += (double)snap->segment[i].facts.group[g].bytes;
    struct dtl_bench_column c[] = {
        {"of_text", inverted / (double)text, 4}
    };
    dtl_bench_row(json, "inverted", c, 1);
    c[0].value = stored / (double)text;
    dtl_bench_row(json, "stored", c, 1);
    c[0].value = (inverted + stored) / (double)text;
    dtl_bench_row(json, "whole", c, 1);
    dtl_snapshot_close(snap);
    dtl_store_close(s);
}

static void whole(bool json, const char *index, struct dtl_feed_options *o)
{
    struct dtl_feed_figures f = {0};
    pthread_t watcher;
    atomic_store(&watching, true);
    if (pthread_create(&watcher, NULL, watch, NULL) != 0)
        dtl_bench_die("no thread");
    double cpu = dtl_bench_cpu_seconds();
    dtl_feed(index, path, o, &f);
    cpu = dtl_bench_cpu_seconds() - cpu;
    atomic_store(&watching, false);
    pthread_join(watcher, NULL);
    double mb = (double)f.text_bytes / 1e6, wall = f.read_seconds + f.publish_seconds;
    struct dtl_bench_column c[] = {
        {"jobs",          (double)o->jobs,         0},
        {"articles",      (double)f.articles,      0},
        {"mb",            mb,                      1},
        {"mb_per_s",      mb / wall,               1},
        {"mb_per_cpu_s",  mb / cpu,                1},
        {"cpu_ms_per_mb", cpu * 1e3 / mb,          2},
        {"read_s",        f.read_seconds,          2},
        {"publish_s",     f.publish_seconds,       2},
        {"private_mib",   (double)most_kb / 1024., 0},
    };
    dtl_bench_row(json, "index", c, sizeof c / sizeof *c);
    size_rows(json, index, f.text_bytes);
}

int main(int argc, char **argv)
{
    bool json = dtl_bench_wants_json(&argc, argv);
    struct dtl_feed_options o = {.memory_bytes = (size_t)512 << 20, .jobs = 1};
    const char *rest[2] = {NULL, NULL};
    int n = 0;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--detect") == 0)
            detect = o.detect = true;
        else if (strcmp(argv[i], "--jobs") == 0 && i + 1 < argc)
            o.jobs = (uint32_t)strtoul(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--memory") == 0 && i + 1 < argc)
            o.memory_bytes = (size_t)strtoul(argv[++i], NULL, 10) << 20;
        else if (n < 2)
            rest[n++] = argv[i];
    }
    if (n < 2) {
        fprintf(stderr, "usage: bench_index [--json] [--jobs N] [--memory MB] [--detect] JSONL "
                        "FOLDER\n");
        return 2;
    }
    path = rest[0];
    if (o.jobs < 2)
        dtl_bench_pin(-1);
    uint64_t text = 0;
    double read = run_stage(READ, &text);
    stage_row(json, "reading", read, text);
    stage_row(json, "analysis and inversion", run_stage(INVERT, &text) - read, text);
    stage_row(json, "records and frames", run_stage(STORE, &text) - read, text);
    whole(json, rest[1], &o);
    return 0;
}
