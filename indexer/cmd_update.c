/*
 * cmd_update.c - index what is new or changed: the loop over files, its counts and its last line.
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

/* ---- one file ---- */

enum { REASONS_MAX = 16 << 10 };

static void note_reason(struct dtl_buffer *reasons, uint64_t count, const char *text)
{
    if (reasons->n + strlen(text) + 64 < REASONS_MAX) {
        dtl_buffer_text(reasons, text);
        dtl_buffer_byte(reasons, '\n');
    } else if (count % 1000 == 0) {
        dtl_buffer_format(reasons, "... %llu so far\n", (unsigned long long)count);
    }
}

static bool too_young(const struct dtl_update *u, const struct dtl_file *file)
{
    if (!u->o->settle || file->is_stdin)
        return false;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t now_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    /* A time in the future is a clock that was stepped back, not a young file. */
    return file->mtime_ns <= now_ns && now_ns - file->mtime_ns < u->o->settle * 1000000000u;
}

static bool same_file(const struct dtl_source_row *row, const struct dtl_file *file)
{
    return row->size == file->size && row->mtime_ns == file->mtime_ns && row->inode == file->inode;
}

/*
 * Feed every article of an opened file to the run. *complete is false when the file changed or
 * could not be read to its end: then what it gave before is kept and it is read again next time.
 */
static enum dtl_status feed(struct dtl_update *u, const struct dtl_file *file,
                            struct dtl_intake *in, struct dtl_source_row *row,
                            struct dtl_buffer *reasons, bool *complete, struct dtl_error *err)
{
    uint64_t bytes_before = u->bytes;
    for (;;) {
        struct dtl_article article = {0};
        struct dtl_error why = {0};
        dtl_arena_reset(&u->article);
        enum dtl_status st = dtl_intake_next(in, &u->article, &article, &why);
        u->bytes = bytes_before + dtl_intake_bytes(in);
        if (dtl_intake_unsettled(
                in)) { /* asked also at the end: the last article may be half of one */
            dtl_update_warn(u, "%.*s: changed while it was read; the next run takes it",
                            (int)file->path.n, (const char *)file->path.p);
            u->waiting++;
            *complete = false;
            return DTL_OK;
        }
        if (st == DTL_END)
            return DTL_OK;
        if (st == DTL_EINPUT) {
            u->rejected++;
            row->rejected++;
            note_reason(reasons, row->rejected, why.text);
            dtl_tell_rejected(&u->telling, file->path, in, why.text);
            if (row->rejected <= 20)
                dtl_update_warn(u, "%.*s: %s", (int)file->path.n, (const char *)file->path.p,
                                why.text);
            else if (row->rejected == 21)
                dtl_update_warn(u, "%.*s: more are rejected; 'status --rejected' lists them",
                                (int)file->path.n, (const char *)file->path.p);
            continue;
        }
        if (st == DTL_EIO) {
            u->rejected++;
            dtl_tell_rejected(&u->telling, file->path, in, why.text);
            *complete = false;
            dtl_update_warn(u, "%.*s: %s; the rest of it waits for the next run", (int)file->path.n,
                            (const char *)file->path.p, why.text);
            return DTL_OK;
        }
        if (st == DTL_OK) {
            struct dtl_text_facts facts = dtl_intake_text_facts(in);
            dtl_text_counts_add(&u->texts, &facts);
            st = dtl_run_add(u->run, &article, &why);
        }
        if (st == DTL_ELIMIT || st == DTL_EINPUT) { /* over a limit of the analysis: one article */
            struct dtl_bytes member =
                dtl_bytes(article.path.p + article.file_bytes, article.path.n - article.file_bytes);
            char reason[sizeof why.text + 64];
            snprintf(reason, sizeof reason, "%.*s%s%s", (int)(member.n < 60 ? member.n : 60),
                     (const char *)member.p, member.n ? ": " : "", why.text);
            u->rejected++;
            row->rejected++;
            note_reason(reasons, row->rejected, reason);
            dtl_tell_rejected(&u->telling, file->path, in, reason);
            dtl_update_warn(u, "%.*s: %s", (int)file->path.n, (const char *)file->path.p, reason);
            continue;
        }
        if (st < 0) {
            *err = why;
            return st;
        }
        dtl_tell_article(&u->telling, in, &article);
        u->articles++;
        dtl_progress_show(&u->progress, u->articles, u->bytes, file->path);
        if (stop_signal) {
            *complete = false;
            return DTL_OK;
        }
    }
}

/*
 * A file that cannot be read. Its row has no time and no inode, so that every run tries again;
 * while the reason stays the same it is neither counted nor told again. What it gave before stays.
 */
static enum dtl_status unreadable(struct dtl_update *u, const struct dtl_file *file,
                                  const struct dtl_source_row *known, const char *why,
                                  struct dtl_error *err)
{
    struct dtl_buffer reasons = {0};
    struct dtl_source_row row = {
        .path = file->path, .size = file->size, .device = file->device, .rejected = 1};
    note_reason(&reasons, 1, why);
    row.reasons = dtl_buffer_view(&reasons);
    bool same = known && !known->inode && dtl_bytes_equal(known->reasons, row.reasons);
    enum dtl_status st = DTL_OK;
    if (same) {
        u->unchanged_files_articles += known->articles;
    } else {
        u->rejected++;
        dtl_tell_rejected(&u->telling, file->path, NULL, why);
        dtl_update_warn(u, "%.*s: %s", (int)file->path.n, (const char *)file->path.p, why);
        if (known)
            memcpy(row.format, known->format, sizeof row.format);
        st = dtl_run_file_begin(u->run, file->path, known != NULL, err);
        if (st == DTL_OK)
            st = dtl_run_file_end(u->run, &row, true, err);
    }
    dtl_buffer_release(&reasons);
    return st;
}

static enum dtl_status index_file(struct dtl_update *u, const struct dtl_file *file,
                                  const struct dtl_source_row *known, struct dtl_error *err)
{
    struct dtl_intake *in = NULL;
    struct dtl_error why = {0};
    struct dtl_buffer reasons = {0}, passed = {0};
    struct dtl_source_row row = {.path = file->path,
                                 .size = file->size,
                                 .mtime_ns = file->mtime_ns,
                                 .inode = file->inode,
                                 .device = file->device};
    enum dtl_status st =
        dtl_intake_open(&in, file, &dtl_reading_of(u->o, file->path)->intake, &why);
    dtl_tell_file(&u->telling, in, &passed);
    if (st == DTL_NOTFOUND) { /* when known: it gave articles once and is something else now */
        u->skipped++;
        dtl_tell_skipped(&u->telling, file->path, DTL_UNRECOGNISED);
    }
    if (st == DTL_NOTFOUND && !known)
        return DTL_OK;
    if (st == DTL_EIO)
        return unreadable(u, file, known, why.text, err);
    bool complete = true;
    if (st == DTL_EINPUT) {
        u->rejected++;
        row.rejected = 1;
        note_reason(&reasons, 1, why.text);
        dtl_tell_rejected(&u->telling, file->path, NULL, why.text);
        dtl_update_warn(u, "%.*s: %s", (int)file->path.n, (const char *)file->path.p, why.text);
    } else if (st < 0) {
        *err = why;
        return st;
    }
    bool from_before = known != NULL && !file->is_stdin;
    if ((st = dtl_run_file_begin(u->run, file->path, from_before, err)) < 0)
        goto out;
    if (in) {
        snprintf(row.format, sizeof row.format, "%s", dtl_intake_format(in));
        if ((st = feed(u, file, in, &row, &reasons, &complete, err)) < 0)
            goto out;
    }
    dtl_buffer_append(&reasons, passed.p, passed.n);
    row.reasons = dtl_buffer_view(&reasons);
    bool keep_row = complete && !file->is_stdin;
    /* What a broken file no longer shows is kept: a truncated upload must not remove articles. */
    bool keep_missing = !complete || !from_before || (in && dtl_intake_cut(in));
    if (in)
        u->skipped += dtl_intake_skipped(in);
    st = dtl_run_file_end(u->run, keep_row ? &row : NULL, keep_missing, err);
out:
    dtl_intake_close(in);
    u->telling.passed = NULL;
    dtl_buffer_release(&passed);
    dtl_buffer_release(&reasons);
    return st;
}

static enum dtl_status take_file(struct dtl_update *u, const struct dtl_file *file,
                                 struct dtl_error *err)
{
    struct dtl_source_row row = {0};
    const struct dtl_source_row *known = NULL;
    dtl_arena_reset(&u->file);
    if (!file->is_stdin) {
        if (dtl_update_visited(u, file->path))
            return DTL_OK; /* named twice, or inside a folder that was named too */
        if (!dtl_update_visit(u, file->path))
            return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
        if (u->snapshot) {
            enum dtl_status st = dtl_sources_get(u->snapshot, file->path, &u->file, &row, err);
            if (st < 0)
                return st;
            known = st == DTL_OK ? &row : NULL;
        }
        if (known && same_file(known, file)) {
            u->unchanged_files_articles += known->articles;
            return DTL_OK;
        }
        if (too_young(u, file)) {
            u->waiting++;
            return DTL_OK;
        }
    }
    return u->run ? index_file(u, file, known, err) : dtl_update_dry_file(u, file, known, err);
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
            st = take_file(u, &file, err);
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
            st = take_file(u, &file, err);
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
    if (st == DTL_OK && u->o->prune && !stop_signal)
        st = dtl_update_prune(u, err);
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

int dtl_cmd_update(const struct dtl_command *self, const char *index, int argc, char **argv)
{
    struct dtl_update_options o;
    struct dtl_arena arena = {0};
    struct dtl_store *store = NULL;
    struct dtl_opened dry = {0};
    struct dtl_update u = {.o = &o};
    struct dtl_error err = {0};
    enum dtl_status st = DTL_OK;

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
out:
    dtl_tell_end(&u.telling);
    dtl_run_close(u.run);
    dtl_store_close(store);
    dtl_opened_close(&dry);
    free(u.visited);
    dtl_arena_release(&u.article);
    dtl_arena_release(&u.file);
    dtl_arena_release(&arena);
    if (o.dry_run && status == 0)
        status = dtl_finish_output();
    return status;
}
