/*
 * update_file.c - one file of an update: whether it is looked at, from where, and what is kept of
 * it when it is not read to its end.
 *
 * A file is judged by its row in `sources` (size, time, inode: nothing is read), then, when it has
 * grown, by the bytes at both ends of what was read before, then by its articles. What somebody is
 * still writing waits for the next run: a file that is young, one that changes while it is read, a
 * last line without its end.
 */
#include "common/base/process.h"
#include "indexer/update.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    REASONS_MAX = 16 << 10,
    UNFINISHED_SECONDS = 3600,  /* who has not written for so long is not writing any more */
    BOOKMARK_LEAST = 256 << 10, /* what lies before it costs more to read again than to remember */
};

static void note_reason(struct dtl_buffer *reasons, uint64_t count, const char *text)
{
    if (reasons->n + strlen(text) + 64 < REASONS_MAX) {
        dtl_buffer_text(reasons, text);
        dtl_buffer_byte(reasons, '\n');
    } else if (count % 1000 == 0) {
        dtl_buffer_format(reasons, "... %llu so far\n", (unsigned long long)count);
    }
}

/* ---- what waits for the next run ---- */

/* Was the file written to in the last `seconds`? A time in the future is a clock that was stepped
 * back, not a young file. */
static bool is_younger(const struct dtl_file *file, uint64_t seconds)
{
    struct timespec now;
    if (file->is_stdin || clock_gettime(CLOCK_REALTIME, &now) != 0)
        return false;
    uint64_t now_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    return file->mtime_ns <= now_ns && now_ns - file->mtime_ns < seconds * 1000000000u;
}

/* It is no fault of the file that somebody writes to it: cron is not told. */
static void wait_for_next_run(struct dtl_update *u, const struct dtl_file *file, const char *why)
{
    u->waiting++;
    if (u->o->cron || u->o->quiet)
        return;
    dtl_progress_clear(&u->progress);
    dtl_say("%.*s: %s; the next run takes it", (int)file->path.n, (const char *)file->path.p, why);
}

static bool same_file(const struct dtl_source_row *row, const struct dtl_file *file)
{
    return row->size == file->size && row->mtime_ns == file->mtime_ns && row->inode == file->inode;
}

/* ---- its articles ---- */

/*
 * Feed every article of an opened file to the run. *complete is false when the file changed or
 * could not be read to its end: then what it gave before is kept and it is read on next time.
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
            wait_for_next_run(u, file, "changed while it was read");
            *complete = false;
            return DTL_OK;
        }
        if (st == DTL_END)
            return DTL_OK;
        if (st == DTL_EINPUT && dtl_intake_unfinished(in) && is_younger(file, UNFINISHED_SECONDS)) {
            wait_for_next_run(u, file, "its last line has no end yet");
            *complete = false;
            return DTL_OK;
        }
        if (st == DTL_EINPUT) {
            dtl_intake_keep(in);
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
        if (st == DTL_EIO && dtl_update_stopped()) { /* while it waited for more of a pipe */
            *complete = false;
            return DTL_OK;
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
            dtl_intake_keep(in);
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
        dtl_intake_keep(in);
        dtl_tell_article(&u->telling, in, &article);
        u->articles++;
        dtl_progress_show(&u->progress, u->articles, u->bytes, file->path);
        if (dtl_update_stopped()) {
            *complete = false;
            return DTL_OK;
        }
    }
}

/* ---- from where ---- */

/*
 * Where to read on in a file that has grown; false: read all of it. A new time without growth is
 * somebody's work inside the file.
 */
static bool find_bookmark(struct dtl_update *u, const struct dtl_file *file,
                          const struct dtl_source_row *known, struct dtl_bookmark *out)
{
    const struct dtl_intake_options *o = &dtl_reading_of(u->o, file->path)->intake;
    struct dtl_error ignored = {0};
    return known && !u->again && !file->is_stdin && known->inode == file->inode &&
           file->size > known->size && (!o->format || strcmp(o->format, known->format) == 0) &&
           dtl_sources_bookmark(u->snapshot, known, out, &ignored) == DTL_OK &&
           out->options == dtl_intake_fingerprint(o) && dtl_bookmark_holds(file, out);
}

/*
 * Note where the file may be read on from. `all`: what it no longer gives has been settled, so
 * that it need not be read from its beginning again. When it was not read to its end the row is
 * made to differ from the file, so that the next run looks at it again.
 */
static bool place_bookmark(struct dtl_intake *in, const struct dtl_file *file, bool complete,
                           bool all, struct dtl_bookmark *b, struct dtl_source_row *row)
{
    if (!in || file->is_stdin || !dtl_intake_bookmark(in, b))
        return complete;
    if (!complete) {
        if (b->at >= file->size)
            return false;
        row->size = b->at;
    }
    if (all && b->at >= BOOKMARK_LEAST && b->at <= row->size && !dtl_intake_unsettled(in))
        row->bookmark = b;
    return complete || all;
}

/* A file without a row that was read to its end: perhaps one with a row, under another name. */
static bool note_arrival(struct dtl_update *u, const struct dtl_file *file)
{
    if (file->is_stdin || !u->snapshot || !u->snapshot->docs)
        return true;
    if (u->arrivals == u->arrival_capacity) {
        size_t capacity = u->arrival_capacity ? u->arrival_capacity * 2 : 64;
        struct dtl_arrival *grown = realloc(u->arrived, capacity * sizeof *grown);
        if (!grown)
            return false;
        u->arrived = grown;
        u->arrival_capacity = capacity;
    }
    u->arrived[u->arrivals++] = (struct dtl_arrival){file->inode, file->size, file->mtime_ns};
    return true;
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

static enum dtl_status index_file(struct dtl_update *u, const struct dtl_file *as_found,
                                  const struct dtl_source_row *known, struct dtl_error *err)
{
    struct dtl_intake *in = NULL;
    struct dtl_error why = {0};
    struct dtl_buffer reasons = {0}, passed = {0};
    struct dtl_file now = *as_found, *file = &now;
    struct dtl_intake_options options = dtl_reading_of(u->o, file->path)->intake;
    struct dtl_bookmark from, to;
    struct dtl_source_row row = {.path = file->path,
                                 .size = file->size,
                                 .mtime_ns = file->mtime_ns,
                                 .inode = file->inode,
                                 .device = file->device};
    bool grown = find_bookmark(u, file, known, &from);
    if (grown) {
        file->bookmark = &from;
        options.format = known->format;
        row.rejected = known->rejected;
    }
    enum dtl_status st = dtl_intake_open(&in, file, &options, &why);
    dtl_tell_file(&u->telling, in, &passed);
    if (st == DTL_NOTFOUND) { /* when known: it gave articles once and is something else now */
        u->skipped++;
        dtl_tell_skipped(&u->telling, file->path, DTL_UNRECOGNISED);
    }
    if (st == DTL_NOTFOUND && !known)
        return DTL_OK;
    if (st == DTL_EIO && dtl_update_stopped()) /* while it waited for a pipe's beginning */
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
    if (grown)
        dtl_buffer_append(&reasons, known->reasons.p, known->reasons.n);
    st = grown      ? dtl_run_file_grown(u->run, known, err)
         : u->again ? dtl_run_file_again(u->run, file->path, err)
                    : dtl_run_file_begin(u->run, file->path, from_before, err);
    if (st == DTL_OK && from_before && !grown && !u->again)
        st = dtl_run_file_anew(u->run, known, err);
    if (st < 0)
        goto out;
    if (in) {
        snprintf(row.format, sizeof row.format, "%s", dtl_intake_format(in));
        if ((st = feed(u, file, in, &row, &reasons, &complete, err)) < 0)
            goto out;
    }
    dtl_buffer_append(&reasons, passed.p, passed.n);
    row.reasons = dtl_buffer_view(&reasons);
    /* What a broken file no longer shows is kept: a truncated upload must not remove articles. */
    bool keep_missing = !complete || !from_before || (in && dtl_intake_cut(in));
    bool keep_row =
        place_bookmark(in, file, complete, grown || !from_before || !keep_missing, &to, &row) &&
        !file->is_stdin;
    if (in)
        u->skipped += dtl_intake_skipped(in);
    st = dtl_run_file_end(u->run, keep_row ? &row : NULL, keep_missing, err);
    if (st == DTL_OK && !known && in && complete && !dtl_intake_cut(in) && !note_arrival(u, file))
        st = dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
out:
    dtl_intake_close(in);
    u->telling.passed = NULL;
    dtl_buffer_release(&passed);
    dtl_buffer_release(&reasons);
    return st;
}

enum dtl_status dtl_update_file(struct dtl_update *u, const struct dtl_file *file,
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
            if (u->run && row.device != file->device) { /* mounted again, under another number */
                row.device = file->device;
                return dtl_run_file_row(u->run, &row, err);
            }
            u->unchanged_files_articles += known->articles;
            return DTL_OK;
        }
        if (u->o->settle && is_younger(file, u->o->settle)) {
            u->waiting++;
            return DTL_OK;
        }
    }
    if (u->run)
        return index_file(u, file, known, err);
    if (!known && !note_arrival(u, file))
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    return dtl_update_dry_file(u, file, known, err);
}

enum dtl_status dtl_update_again(struct dtl_update *u, const struct dtl_file *file,
                                 const struct dtl_source_row *known, struct dtl_error *err)
{
    u->again = true;
    enum dtl_status st = index_file(u, file, known, err);
    u->again = false;
    return st;
}
