/*
 * cmd_update.c - index what is new or changed: the loop over paths, the counts and the last line.
 *
 * A file is judged three times, each time dearer: by its row in `sources` (size, mtime, inode:
 * nothing is read), by its articles' identities, by their records. One bad record costs that
 * record, one bad file that file; only a failing index ends the run, and then nothing of it is
 * published.
 */
#include "common/base/hash.h"
#include "common/base/process.h"
#include "indexer/update.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t stop_signal;

static void on_stop(int sig)
{
    stop_signal = sig;
}

bool dtl_update_stopped(void)
{
    return stop_signal != 0;
}

static void catch_signals(void)
{
    struct sigaction a = {.sa_handler = on_stop, .sa_flags = (int)(SA_RESETHAND | SA_RESTART)};
    sigemptyset(&a.sa_mask);
    sigaction(SIGTERM, &a, NULL); /* finish the article, publish, end; the second one kills */
    sigaction(SIGHUP, &a, NULL);
    sigaction(SIGINT, &a, NULL);
}

void dtl_update_warn(struct dtl_update *u, const char *fmt, ...)
{
    char text[1200];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    dtl_progress_clear(&u->progress);
    u->warned++;
    if (dtl_tell_trouble(&u->telling, text))
        dtl_say("%s", text);
}

static size_t visited_slot(const struct dtl_update *u, uint64_t h)
{
    size_t i = (size_t)h & (u->visited_slots - 1);
    while (u->visited[i] && u->visited[i] != h)
        i = (i + 1) & (u->visited_slots - 1);
    return i;
}

bool dtl_update_visit(struct dtl_update *u, struct dtl_bytes path)
{
    if (u->visited_count * 2 >= u->visited_slots) {
        size_t old_slots = u->visited_slots;
        uint64_t *old = u->visited, *grown;
        size_t slots = old_slots ? old_slots * 2 : 1024;
        if (!(grown = calloc(slots, sizeof *grown)))
            return false;
        u->visited = grown;
        u->visited_slots = slots;
        for (size_t i = 0; i < old_slots; i++)
            if (old[i])
                grown[visited_slot(u, old[i])] = old[i];
        free(old);
    }
    uint64_t h = dtl_hash64(path, 0) | 1;
    size_t i = visited_slot(u, h);
    u->visited_count += !u->visited[i];
    u->visited[i] = h;
    return true;
}

bool dtl_update_visited(const struct dtl_update *u, struct dtl_bytes path)
{
    return u->visited_slots && u->visited[visited_slot(u, dtl_hash64(path, 0) | 1)] != 0;
}

/* ---- the paths ---- */

/* Read the NUL-separated list of -0 into `arena`. */
static enum dtl_status read_null_list(struct dtl_arena *arena, const char ***paths, size_t *count,
                                      struct dtl_error *err)
{
    struct dtl_buffer all = {.limit = (size_t)1 << 30};
    char block[65536];
    ssize_t got;
    while ((got = read(0, block, sizeof block)) > 0)
        if (!dtl_buffer_append(&all, block, (size_t)got))
            break;
    if (got < 0 || all.failed || !dtl_buffer_byte(&all, 0)) {
        dtl_buffer_release(&all);
        return dtl_fail(err, DTL_EIO, 0, "cannot read the list of paths from standard input");
    }
    size_t n = 0;
    for (size_t at = 0; at + 1 < all.n; at += strlen((char *)all.p + at) + 1)
        n += all.p[at] != 0;
    char *text = dtl_arena_alloc(arena, all.n);
    const char **list = dtl_arena_alloc(arena, (n + 1) * sizeof *list);
    if (!text || !list) {
        dtl_buffer_release(&all);
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    }
    memcpy(text, all.p, all.n);
    size_t k = 0;
    for (size_t at = 0; at + 1 < all.n; at += strlen(text + at) + 1)
        if (text[at])
            list[k++] = text + at;
    dtl_buffer_release(&all);
    *paths = list;
    *count = n;
    return DTL_OK;
}

static const struct dtl_walk_options *walk_of(const struct dtl_update *u, const char *path)
{
    return &dtl_reading_of(u->o, dtl_bytes_of(path))->walk;
}

/* The files of one named path; a path that cannot be read costs itself. */
static enum dtl_status walk_path(struct dtl_update *u, const char *path, struct dtl_error *err)
{
    struct dtl_walk *walk = NULL;
    enum dtl_status st = dtl_walk_open(&walk, &path, 1, walk_of(u, path), err);
    while (st >= 0 && !stop_signal) {
        struct dtl_file file = {0};
        struct dtl_error why = {0};
        st = dtl_walk_next(walk, &file, &why);
        if (st == DTL_END)
            break;
        if (st == DTL_EIO) {
            dtl_update_warn(u, "%s", why.text);
            u->io_failed = true;
            st = DTL_OK;
            continue;
        }
        if (st < 0)
            *err = why;
        else
            st = dtl_update_file(u, &file, err);
    }
    if (walk)
        u->skipped += dtl_walk_skipped(walk);
    dtl_walk_close(walk);
    return st < 0 ? st : DTL_OK;
}

static enum dtl_status walk_all(struct dtl_update *u, const char *const *paths, size_t count,
                                struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    for (size_t i = 0; i < count && st >= 0 && !stop_signal; i++) {
        if (strcmp(paths[i], "-") == 0) {
            struct dtl_file file = dtl_file_stdin();
            st = dtl_update_file(u, &file, err);
        } else {
            st = walk_path(u, paths[i], err);
        }
    }
    return st < 0 ? st : DTL_OK;
}

/* ---- the end ---- */

static void say_texts(const struct dtl_update *u)
{
    struct dtl_buffer lines = {0};
    dtl_text_counts_print(&u->texts, &lines);
    for (size_t at = 0; at < lines.n;) {
        const uint8_t *end = memchr(lines.p + at, '\n', lines.n - at);
        int n = end ? (int)(end - (lines.p + at)) : 0;
        dtl_say("%.*s", n, (const char *)lines.p + at);
        at += (size_t)n + 1;
    }
    dtl_buffer_release(&lines);
}

static void print_summary(const struct dtl_update *u, const struct dtl_outcome *end)
{
    const struct dtl_update_options *o = u->o;
    const struct dtl_run_figures *f = end->figures;
    unsigned long long added = f->added, changed = f->changed, removed = f->removed,
                       unchanged = end->unchanged;
    if (o->cron) {
        dtl_tell_event(&u->telling, end);
        return;
    }
    if (o->quiet)
        return;
    say_texts(u);
    dtl_tell_report(&u->telling, end);
    fprintf(stderr, "indexed %llu, changed %llu, unchanged %llu, removed %llu, rejected %llu",
            added, changed, unchanged, removed, (unsigned long long)u->rejected);
    const struct {
        const char *name;
        uint64_t n;
    } more[] = {
        {"skipped", u->skipped},
        {"waiting", u->waiting},
        {"future",  f->future },
        {"undated", f->undated}
    };
    for (size_t i = 0; i < sizeof more / sizeof *more; i++)
        if (more[i].n)
            fprintf(stderr, ", %s %llu", more[i].name, (unsigned long long)more[i].n);
    fputc('\n', stderr);
}

static int exit_status(const struct dtl_update *u)
{
    if (stop_signal == SIGINT)
        return 128 + SIGINT;
    if (u->refused)
        return 3;
    if (u->io_failed)
        return 4;
    return u->rejected ? 5 : 0;
}

/* What failed: said, or kept for the line cron gets. The status it ends the program with. */
static int failure(struct dtl_update *u, const struct dtl_error *err)
{
    const char *text = err->text[0] ? err->text : dtl_status_text(err->code);
    return dtl_tell_trouble(&u->telling, text) ? dtl_say_error(err) : dtl_status_exit(err->code);
}

static void tell_interrupted(struct dtl_update *u, const struct dtl_run_figures *f)
{
    char text[64];
    snprintf(text, sizeof text, "interrupted, %llu indexed",
             (unsigned long long)(f->added + f->changed));
    if (dtl_tell_trouble(&u->telling, text))
        dtl_say("%s", text);
}

/* store: NULL when it could not be opened, or in a dry run. */
static int finish(struct dtl_update *u, enum dtl_status st, struct dtl_error *err,
                  struct dtl_store *store)
{
    dtl_progress_clear(&u->progress);
    bool published = u->run && dtl_run_published(u->run), lost = st < 0 && !published;
    if (st < 0 && published) { /* a merge after the publication failed: the next run merges */
        struct dtl_error why = *err;
        dtl_fail(err, why.code, why.pos,
                 "the run is published, nothing is lost, but merging: %.340s",
                 why.text[0] ? why.text : dtl_status_text(why.code));
    }
    int failed = st < 0 ? failure(u, err) : 0;
    struct dtl_run_figures none = {0}, dry = {.added = u->new_articles,
                                              .changed = u->changed_articles,
                                              .unchanged = u->equal_articles,
                                              .removed = u->gone_articles,
                                              .undated = u->undated};
    const struct dtl_run_figures *f = lost ? &none : u->run ? dtl_run_figures(u->run) : &dry;
    if (f->twice)
        dtl_update_warn(u, "%llu articles came twice in this run; the later of each was kept",
                        (unsigned long long)f->twice);
    if (stop_signal && !lost)
        tell_interrupted(u, f);
    struct dtl_outcome end = {.figures = f,
                              .unchanged = lost ? 0 : f->unchanged + u->unchanged_files_articles,
                              .rejected = u->rejected,
                              .skipped = u->skipped,
                              .waiting = u->waiting,
                              .warnings = u->warned,
                              .status = failed ? failed : exit_status(u)};
    struct dtl_error unnoted = {0};
    if (store && dtl_tell_next(&u->telling, &end, store, &unnoted) < 0 && !failed) {
        struct dtl_error why = unnoted;
        dtl_fail(&unnoted, why.code, 0, "the run is published, but the note of it: %.340s",
                 why.text);
        end.status = failure(u, &unnoted);
    }
    if (!lost || u->o->cron) /* a run that failed ends with the line that says what failed */
        print_summary(u, &end);
    return end.status;
}

static dtl_day today_here(void)
{
    time_t now = time(NULL);
    struct tm t;
    localtime_r(&now, &t);
    return dtl_day_of(t.tm_year + 1900, t.tm_mon + 1, t.tm_mday);
}

static enum dtl_status work(struct dtl_update *u, struct dtl_error *err)
{
    enum dtl_status st = walk_all(u, u->o->paths, u->o->path_count, err);
    if (st == DTL_OK && !stop_signal)
        st = dtl_update_missing(u, err);
    if (st == DTL_OK && u->run && !stop_signal)
        st = dtl_update_orphans(u, err);
    if (st == DTL_OK && u->run) {
        dtl_progress_stage(&u->progress, "writing and merging");
        st = dtl_run_publish(u->run, err);
    }
    return st;
}

/* The language when detection is unsure: the index's; in a dry run before there is one, what it
 * would be made with. */
static void settle_language(struct dtl_update_options *o, const struct dtl_store *store)
{
    dtl_lang_code lang =
        store ? dtl_store_settings(store)->default_lang : o->store.settings.default_lang;
    o->all.intake.default_lang = lang ? lang : dtl_lang_code_of(DTL_LITERAL("en"));
    for (size_t i = 0; i < o->roots; i++)
        o->root[i].intake.default_lang = o->all.intake.default_lang;
}

static bool has_changed(const struct dtl_run_figures *f)
{
    return f->added || f->changed || f->removed;
}

/*
 * The file is written anew when a third of it and more is free: after hundreds of runs what is free
 * lies in pieces too small for a segment's chunks. Readers that do not end, or a disk without room
 * for a copy, put it off to a later run.
 */
int dtl_cmd_update(const struct dtl_command *self, const char *index, int argc, char **argv)
{
    struct dtl_update_options o;
    struct dtl_arena arena = {0};
    struct dtl_store *store = NULL;
    struct dtl_opened dry = {0};
    struct dtl_update u = {.o = &o};
    struct dtl_error err = {0};
    enum dtl_status st = DTL_OK;

    bool shrink = false;
    int status = dtl_update_options(self, index, argc, argv, &arena, &o);
    if (status)
        goto out;
    dtl_tell_begin(&u.telling, &o);
    dtl_limit_memory(o.memory, o.jobs);
    if (o.null_list && (st = read_null_list(&arena, &o.paths, &o.path_count, &err)) < 0) {
        status = dtl_say_error(&err);
        goto out;
    }
    if (o.dry_run) {
        struct dtl_store_options probe = {0};
        struct dtl_buffer dir = {0};
        st = dtl_index_path(o.index, &dir, &err);
        if (st == DTL_OK && dtl_buffer_byte(&dir, 0))
            st = dtl_store_open(&dry.store, (const char *)dir.p, &probe, &err);
        dtl_buffer_release(&dir);
        if (st == DTL_ENOINDEX)
            st = DTL_OK; /* everything is new */
        else if (st == DTL_OK)
            st = dtl_snapshot_open(dry.store, &dry.snapshot, &err);
        if (st < 0) {
            status = dtl_say_error(&err);
            goto out;
        }
        u.snapshot = dry.snapshot;
        dtl_close_in(o.index, o.paths, o.path_count, dtl_update_follows(&o));
    } else {
        if ((st = dtl_store_to_write(o.index, &o.store, &store, &err)) < 0) {
            status = finish(&u, st, &err, NULL);
            goto out;
        }
        dtl_tell_since(&u.telling, store);
        dtl_close_in(o.index, o.paths, o.path_count, dtl_update_follows(&o));
        struct dtl_run_options run = {.memory_bytes = (size_t)o.memory, .jobs = o.jobs};
        if ((st = dtl_run_open(&u.run, store, &run, today_here(), &err)) < 0) {
            status = finish(&u, st, &err, store);
            goto out;
        }
        u.snapshot = dtl_run_snapshot(u.run);
    }
    settle_language(&o, store ? store : dry.store);
    catch_signals();
    dtl_progress_start(&u.progress, o.progress);
    st = work(&u, &err);
    status = finish(&u, st, &err, store);
    shrink = st == DTL_OK && store && has_changed(dtl_run_figures(u.run)) && !stop_signal &&
             dtl_store_is_loose(store);
out:
    dtl_tell_end(&u.telling);
    dtl_run_close(u.run);
    if (!shrink)
        dtl_store_close(store);
    else if ((st = dtl_store_shrink(store, &err)) < 0 && st != DTL_EBUSY && st != DTL_EFULL)
        status = dtl_say_error(&err);
    dtl_opened_close(&dry);
    free(u.visited);
    free(u.arrived);
    dtl_arena_release(&u.article);
    dtl_arena_release(&u.file);
    dtl_arena_release(&arena);
    if (o.dry_run && status == 0)
        status = dtl_finish_output();
    return status;
}
