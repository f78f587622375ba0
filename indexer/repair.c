/*
 * repair.c - `check --repair`: a damaged index replaced by one of all that is sound in it.
 *
 * The store salvages what it can into a copy; here the segments with damage are made anew from
 * their stored articles, and files that gave articles which are lost are marked to be read again.
 * The copy must pass the whole check before it takes the index's place: until then nothing has
 * changed.
 */
#include "indexer/repair.h"

#include "common/base/process.h"
#include "common/base/utf8.h"
#include "common/segment/document.h"
#include "common/segment/postings.h"
#include "common/segment/terms.h"
#include "common/text/analyzer.h"
#include "indexer/build/run.h"
#include "indexer/verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define MEMORY ((size_t)512 << 20)

struct repair {
    struct dtl_salvage salvage;
    struct dtl_store *store; /* the copy */
    struct dtl_run_options run_options;
    bool all; /* every segment is analysed anew */
    uint64_t rebuilt, kept, lost, nameless, buried;
    struct dtl_buffer names; /* of lost articles, lines */
    struct dtl_buffer files; /* to be read again, lines */
    uint64_t reread;
    struct dtl_arena arena; /* rows of files */
    struct dtl_source_row *row;
    size_t rows, room;
    uint64_t device; /* of the files known */
};

static enum dtl_status no_memory(struct dtl_error *err)
{
    dtl_fail(err, DTL_ENOMEM, 0, "no memory to repair the index");
    return DTL_ENOMEM; /* said so that an analyser sees it is no success */
}

/* ---- segments ---- */

static void note_lost(void *ctx, const struct dtl_segment *s, struct dtl_bytes id,
                      struct dtl_bytes source)
{
    struct repair *r = ctx;
    (void)s;
    r->lost++;
    if (id.n == 0) {
        r->nameless++;
        return;
    }
    dtl_buffer_text(&r->names, "lost: ");
    dtl_utf8_sanitise(&r->names, id, false);
    if (source.n) {
        dtl_buffer_text(&r->names, " of ");
        dtl_utf8_sanitise(&r->names, source, false);
    }
    dtl_buffer_byte(&r->names, '\n');
}

/* Does the segment contradict itself, though every sum holds? */
static enum dtl_status contradicts(struct dtl_snapshot *snap, struct dtl_segment *s, bool *yes,
                                   struct dtl_error *err)
{
    struct dtl_verify v = {.snapshot = snap, .segment = s};
    enum dtl_status st = dtl_verify_documents(&v, err);
    if (st >= 0)
        st = dtl_verify_terms(&v, err);
    *yes = v.findings != 0;
    dtl_arena_release(&v.arena);
    return st < 0 ? st : DTL_OK;
}

static enum dtl_status rebuild_segments(struct repair *r, struct dtl_run *run,
                                        struct dtl_error *err)
{
    struct dtl_snapshot *snap = dtl_run_snapshot(run);
    enum dtl_status st = DTL_OK;
    for (uint32_t i = 0; st == DTL_OK && i < snap->segments; i++) {
        struct dtl_segment *s = &snap->segment[i];
        bool damaged = r->all || dtl_salvage_suspects(&r->salvage, &s->facts);
        if (!damaged)
            st = contradicts(snap, s, &damaged, err);
        if (st != DTL_OK)
            break;
        bool deaths = r->salvage.deaths_lost && !s->dead;
        if (damaged) {
            st = dtl_run_rebuild(run, i, deaths, note_lost, r, err);
            r->rebuilt++;
        } else if (deaths) {
            st = dtl_run_bury(run, i, &r->buried, err);
        }
    }
    return st;
}

static enum dtl_status rebuild(struct repair *r, struct dtl_error *err)
{
    struct dtl_run *run = NULL;
    struct dtl_settings now = *dtl_store_settings(r->store), ours;
    dtl_default_settings(&ours);
    r->all = r->salvage.settings_lost || strcmp(now.versions, ours.versions) != 0;
    enum dtl_status st = DTL_OK;
    if (r->all) { /* what is analysed anew is analysed by this program */
        memcpy(now.versions, ours.versions, sizeof now.versions);
        memcpy(now.detector, ours.detector, sizeof now.detector);
        st = dtl_writer_settings(r->store, &now, err);
    }
    if (st == DTL_OK)
        st = dtl_run_open(&run, r->store, &r->run_options, DTL_DAY_MAX, err);
    if (st == DTL_OK)
        st = rebuild_segments(r, run, err);
    if (st == DTL_OK)
        st = dtl_run_publish(run, err);
    dtl_run_close(run);
    return st == DTL_OK ? dtl_writer_sweep(r->store, err) : st;
}

/* ---- files ---- */

static enum dtl_status read_again(struct repair *r, const struct dtl_source_row *known,
                                  uint64_t left, struct dtl_error *err)
{
    if (r->rows == r->room) {
        size_t room = r->room ? 2 * r->room : 64;
        struct dtl_source_row *more = realloc(r->row, room * sizeof *more);
        if (!more)
            return no_memory(err);
        r->row = more;
        r->room = room;
    }
    struct dtl_source_row row = *known;
    char *path = dtl_arena_strndup(&r->arena, (const char *)known->path.p, known->path.n);
    char *reasons = dtl_arena_strndup(&r->arena, (const char *)known->reasons.p, known->reasons.n);
    if (!path || !reasons)
        return no_memory(err);
    row.path = dtl_bytes(path, known->path.n);
    row.reasons = dtl_bytes(reasons, known->reasons.n);
    row.size = row.mtime_ns = row.inode = 0; /* no file is like this: it has changed */
    row.articles = (uint32_t)left;
    row.undated = row.undated < row.articles ? row.undated : row.articles;
    r->row[r->rows++] = row;
    r->reread++;
    dtl_buffer_text(&r->files, "to be read again: ");
    dtl_utf8_sanitise(&r->files, row.path, false);
    dtl_buffer_format(&r->files, " (%" PRIu64 " of its articles are here, %" PRIu32 " were)\n",
                      left, known->articles);
    return DTL_OK;
}

struct walk {
    struct repair *r;
    struct dtl_run *run;
    struct dtl_error *err;
};

/* A row of the table whose articles are not as many as it says. */
static enum dtl_status compare_row(void *ctx, const struct dtl_source_row *row)
{
    struct walk *w = ctx;
    uint64_t left = 0;
    w->r->device = row->device;
    enum dtl_status st = dtl_run_file_articles(w->run, row->path, &left, w->err);
    if (st == DTL_OK && left != row->articles)
        st = read_again(w->r, row, left, w->err);
    return st;
}

/* The file a PATH term stands for: that of the first live article it has; empty: none. */
static enum dtl_status file_of(struct dtl_snapshot *snap, struct dtl_segment *s,
                               const struct dtl_term *term, struct dtl_arena *arena,
                               struct dtl_bytes *file, struct dtl_error *err)
{
    struct dtl_postings p = {0};
    *file = (struct dtl_bytes){0};
    enum dtl_status st = dtl_postings_open(&p, s, term, arena, err);
    for (dtl_doc target = 0; st == DTL_OK && !file->n; target = p.last + 1) {
        if ((st = dtl_postings_seek(&p, target, err)) != DTL_OK)
            break;
        for (uint32_t i = 0; i < p.count && st == DTL_OK && !file->n; i++) {
            struct dtl_article a;
            if (dtl_is_dead(s, p.docs[i]))
                continue;
            if ((st = dtl_snapshot_article(snap, s, p.docs[i], arena, &a, err)) == DTL_OK)
                *file = dtl_article_file(&a);
        }
    }
    dtl_postings_release(&p);
    return st == DTL_END ? DTL_OK : st;
}

/* Files that have articles and are not in the table: they are put there, to be read again. */
static enum dtl_status find_files(struct repair *r, struct dtl_run *run, struct dtl_segment *s,
                                  struct dtl_error *err)
{
    struct dtl_snapshot *snap = dtl_run_snapshot(run);
    struct dtl_terms_iter it = {0};
    struct dtl_term_key first = {DTL_FIELD_PATH, 0, DTL_LITERAL("")};
    struct dtl_arena arena = {0};
    struct dtl_term term;
    enum dtl_status st = dtl_terms_seek(&it, s, &first, err);
    while (st == DTL_OK && (st = dtl_terms_next(&it, &term, err)) == DTL_OK &&
           term.key.field == DTL_FIELD_PATH) {
        struct dtl_source_row row = {.format = "lost", .device = r->device};
        uint64_t left = 0;
        dtl_arena_reset(&arena);
        st = file_of(snap, s, &term, &arena, &row.path, err);
        if (st != DTL_OK || row.path.n == 0 || dtl_bytes_is(row.path, "stdin"))
            continue;
        struct dtl_source_row known;
        st = dtl_sources_get(snap, row.path, &arena, &known, err);
        bool seen = st == DTL_OK;
        for (size_t i = 0; i < r->rows && !seen; i++)
            seen = dtl_bytes_equal(r->row[i].path, row.path);
        if (st >= 0)
            st = DTL_OK;
        if (st == DTL_OK && !seen)
            st = dtl_run_file_articles(run, row.path, &left, err);
        row.articles = (uint32_t)left;
        if (st == DTL_OK && !seen)
            st = read_again(r, &row, left, err);
    }
    dtl_terms_iter_release(&it);
    dtl_arena_release(&arena);
    return st == DTL_END ? DTL_OK : st;
}

/* Compare the files' rows with the articles there are now. */
static enum dtl_status compare_files(struct repair *r, struct dtl_error *err)
{
    struct dtl_run *run = NULL;
    enum dtl_status st = dtl_run_open(&run, r->store, &r->run_options, DTL_DAY_MAX, err);
    struct walk w = {r, run, err};
    if (st == DTL_OK) {
        r->kept = dtl_run_snapshot(run)->docs;
        st = dtl_sources_walk(dtl_run_snapshot(run), compare_row, &w, err);
    }
    for (size_t i = 0; st == DTL_OK && r->salvage.sources_lost; i++) {
        if (i == dtl_run_snapshot(run)->segments)
            break;
        st = find_files(r, run, &dtl_run_snapshot(run)->segment[i], err);
    }
    dtl_run_close(run);
    struct dtl_publication p = {.source = r->row, .sources = r->rows};
    return st == DTL_OK && r->rows ? dtl_writer_publish(r->store, &p, err) : st;
}

/* ---- the whole ---- */

static void print_report(const struct repair *r, const char *dir)
{
    const struct dtl_salvage *v = &r->salvage;
    printf("repaired: %" PRIu64 " articles, %" PRIu64
           " segments made anew from stored articles, %" PRIu64 " articles lost\n",
           r->kept, r->rebuilt, r->lost);
    if (v->older)
        puts("the last transaction before the damage could not be found: the index is as it was "
             "before it");
    if (v->rows_lost)
        printf("lost: all articles of %" PRIu64 " segments whose rows of the catalog are damaged\n",
               v->rows_lost);
    if (r->nameless)
        printf("lost: %" PRIu64 " articles whose ids cannot be read any more\n", r->nameless);
    if (r->names.n)
        fwrite(r->names.p, 1, r->names.n, stdout);
    if (v->deaths_lost)
        puts("which articles had been removed is lost in part: some may be found again until their "
             "files are read again, and those removed by `remove` until they are removed again");
    if (r->files.n)
        fwrite(r->files.p, 1, r->files.n, stdout);
    if (r->reread)
        puts("the next `dateline-index update` of these files brings back what they still have");
    else if (r->lost || v->rows_lost || v->older)
        puts("`dateline-index update` of the archive brings back what its files still have");
    printf("the damaged file is kept as %s/data.mdb.damaged: remove it when all is well\n", dir);
}

enum dtl_status dtl_repair(const char *dir, double wait_seconds, struct dtl_error *err)
{
    struct dtl_store_options o = {.wait_seconds = wait_seconds};
    struct dtl_verify v = {0};
    struct repair r = {.run_options = {.memory_bytes = MEMORY}};
    dtl_default_settings(&o.settings);
    enum dtl_status st = dtl_salvage_open(&r.salvage, dir, &o, err);
    r.store = r.salvage.copy;
    if (st == DTL_OK)
        st = rebuild(&r, err);
    if (st == DTL_OK)
        st = compare_files(&r, err);
    if (st == DTL_OK && (st = dtl_check_index(r.store, 0, 0, &v, err)) == DTL_ECORRUPT)
        st = dtl_fail(err, st, 0,
                      "the index cannot be repaired, nothing was changed: restore a "
                      "backup, or remove the directory and index the archive again");
    if (st == DTL_OK && (r.names.failed || r.files.failed))
        st = no_memory(err);
    if (st == DTL_OK)
        st = dtl_salvage_replace(&r.salvage, err);
    if (st == DTL_OK)
        print_report(&r, dir);
    dtl_salvage_close(&r.salvage);
    dtl_arena_release(&v.arena);
    dtl_arena_release(&r.arena);
    dtl_buffer_release(&r.names);
    dtl_buffer_release(&r.files);
    free(r.row);
    return st;
}
