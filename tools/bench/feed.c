/* feed.c - articles of a JSONL into an index, timed. */
#include "tools/bench/feed.h"

#include "common/text/analyzer.h"
#include "indexer/article/detect/detect.h"
#include "indexer/article/intake.h"
#include "indexer/build/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void die(const char *what, const struct dtl_error *err)
{
    fprintf(stderr, "%s: %s\n", what, err->text);
    exit(4);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct dtl_store *open_to_write(const char *index)
{
    struct dtl_store_options o = {.write = true, .create = true};
    struct dtl_store *store = NULL;
    struct dtl_error err = {0};
    o.settings = (struct dtl_settings){.title_weight = DTL_TITLE_WEIGHT_DEFAULT,
                                       .default_lang = dtl_lang_code_of(DTL_LITERAL("en"))};
    snprintf(o.settings.versions, sizeof o.settings.versions, "%s", dtl_text_versions());
    snprintf(o.settings.detector, sizeof o.settings.detector, "%s", dtl_detector_version());
    if (dtl_store_open(&store, index, &o, &err) < 0)
        die(index, &err);
    return store;
}

/* Title and body as one text without a title. */
static bool join(struct dtl_article *a, struct dtl_arena *arena)
{
    size_t n = a->title.n + 1 + a->body.n;
    char *text = dtl_arena_alloc(arena, n);
    if (!text)
        return false;
    if (a->title.n)
        memcpy(text, a->title.p, a->title.n);
    text[a->title.n] = '\n';
    if (a->body.n)
        memcpy(text + a->title.n + 1, a->body.p, a->body.n);
    a->title = (struct dtl_bytes){0};
    a->body = dtl_bytes(text, n);
    return true;
}

static void feed_file(struct dtl_run *run, const char *path, const struct dtl_feed_options *o,
                      struct dtl_feed_figures *f)
{
    struct dtl_error err = {0};
    struct dtl_walk_options how = {0};
    struct dtl_walk *walk = NULL;
    struct dtl_file file = {0};
    struct dtl_intake *in = NULL;
    struct dtl_arena arena = {0};
    struct dtl_intake_options intake = {.default_lang = dtl_lang_code_of(DTL_LITERAL("en"))};
    if (!o->detect)
        intake.lang = intake.default_lang;
    if (dtl_walk_open(&walk, &path, 1, &how, &err) < 0 ||
        dtl_walk_next(walk, &file, &err) != DTL_OK ||
        dtl_intake_open(&in, &file, &intake, &err) != DTL_OK ||
        dtl_run_file_begin(run, file.path, false, &err) < 0)
        die(path, &err);
    for (;;) {
        struct dtl_article a = {0};
        dtl_arena_reset(&arena);
        enum dtl_status st = dtl_intake_next(in, &arena, &a, &err);
        if (st == DTL_END)
            break;
        if (st == DTL_OK && o->one_field && !join(&a, &arena))
            st = dtl_fail(&err, DTL_ENOMEM, 0, "out of memory");
        if (st == DTL_OK)
            st = dtl_run_add(run, &a, &err);
        if (st != DTL_OK)
            die(path, &err);
        f->articles++;
        f->text_bytes += a.title.n + a.body.n;
    }
    struct dtl_source_row row = {.path = file.path,
                                 .size = file.size,
                                 .mtime_ns = file.mtime_ns,
                                 .inode = file.inode,
                                 .device = file.device,
                                 .format = "json"};
    if (dtl_run_file_end(run, &row, false, &err) < 0)
        die(path, &err);
    dtl_intake_close(in);
    dtl_walk_close(walk);
    dtl_arena_release(&arena);
}

void dtl_feed(const char *index, const char *path, const struct dtl_feed_options *o,
              struct dtl_feed_figures *figures)
{
    struct dtl_error err = {0};
    struct dtl_run *run = NULL;
    struct dtl_run_options options = {.memory_bytes = o->memory_bytes, .jobs = o->jobs};
    struct dtl_feed_figures f = {0};
    double start = now();
    struct dtl_store *store = open_to_write(index);
    if (dtl_run_open(&run, store, &options, DTL_DAY_MAX, &err) < 0)
        die(index, &err);
    feed_file(run, path, o, &f);
    f.read_seconds = now() - start;
    if (dtl_run_publish(run, &err) < 0)
        die(index, &err);
    const struct dtl_run_figures *made = dtl_run_figures(run);
    f.searchable_seconds = made->searchable - start;
    f.index_bytes = made->index_bytes;
    dtl_run_close(run);
    dtl_store_close(store);
    f.publish_seconds = now() - start - f.read_seconds;
    *figures = f;
}

void dtl_feed_merge(const char *index, size_t memory_bytes)
{
    struct dtl_error err = {0};
    struct dtl_run_options o = {.memory_bytes = memory_bytes};
    struct dtl_store *store = open_to_write(index);
    if (dtl_compact(store, &o, &err) < 0 || dtl_store_shrink(store, &err) < 0)
        die(index, &err);
}
