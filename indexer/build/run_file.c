/*
 * run_file.c - source files: what they gave before, what of it did not come again, and their rows.
 *
 * No table maps files to articles: the file is a term of every article (PATH), so what a file gave
 * is a posting list in each segment.
 */
#include "common/segment/postings.h"
#include "indexer/build/run_private.h"
#include "indexer/build/taken.h"

#include <stdlib.h>

static enum dtl_status no_memory(struct dtl_error *err)
{
    dtl_fail(err, DTL_ENOMEM, 0, "no memory for the files of a run");
    return DTL_ENOMEM; /* said so that an analyser sees it is no success */
}

/* ---- what a file gave ---- */

typedef enum dtl_status (*given_fn)(struct dtl_run *r, uint32_t segment, dtl_doc doc, void *ctx,
                                    struct dtl_error *err);

/* A hashed term may stand for several files: then the stored article decides. */
static enum dtl_status is_of(struct dtl_run *r, struct dtl_segment *s, dtl_doc doc,
                             struct dtl_bytes path, struct dtl_bytes term, bool *yes,
                             struct dtl_error *err)
{
    *yes = true;
    if (dtl_bytes_equal(path, term))
        return DTL_OK;
    struct dtl_article a;
    struct dtl_arena arena = {0};
    enum dtl_status st = dtl_snapshot_article(r->snapshot, s, doc, &arena, &a, err);
    if (st == DTL_OK)
        *yes = dtl_bytes_equal(dtl_article_file(&a), path);
    dtl_arena_release(&arena);
    return st;
}

static enum dtl_status each_in(struct dtl_run *r, uint32_t segment, struct dtl_bytes path,
                               struct dtl_bytes term, given_fn fn, void *ctx, struct dtl_error *err)
{
    struct dtl_segment *s = &r->snapshot->segment[segment];
    struct dtl_term_key key = {DTL_FIELD_PATH, 0, term};
    struct dtl_term found;
    struct dtl_postings p = {0};
    enum dtl_status st = dtl_terms_find(s, &key, &r->scratch, &found, err);
    if (st != DTL_OK)
        return st == DTL_NOTFOUND ? DTL_OK : st;
    if ((st = dtl_postings_open(&p, s, &found, &r->scratch, err)) < 0)
        return st;
    st = dtl_postings_seek(&p, 0, err);
    while (st == DTL_OK) {
        for (uint32_t i = 0; i < p.count && st == DTL_OK; i++) {
            bool yes = false;
            if (dtl_is_dead(s, p.docs[i]))
                continue;
            if ((st = is_of(r, s, p.docs[i], path, term, &yes, err)) == DTL_OK && yes)
                st = fn(r, segment, p.docs[i], ctx, err);
        }
        if (st == DTL_OK)
            st = dtl_postings_seek(&p, p.last + 1, err);
    }
    dtl_postings_release(&p);
    return st == DTL_END ? DTL_OK : st;
}

static enum dtl_status each_given(struct dtl_run *r, struct dtl_bytes path, given_fn fn, void *ctx,
                                  struct dtl_error *err)
{
    uint8_t room[DTL_TERM_MAX];
    struct dtl_bytes term = dtl_path_term(path, room);
    for (uint32_t i = 0; i < r->snapshot->segments; i++) {
        dtl_arena_reset(&r->scratch);
        enum dtl_status st = each_in(r, i, path, term, fn, ctx, err);
        if (st < 0)
            return st;
    }
    return DTL_OK;
}

static enum dtl_status count_given(struct dtl_run *r, uint32_t segment, dtl_doc doc, void *ctx,
                                   struct dtl_error *err)
{
    (void)r, (void)segment, (void)doc, (void)err;
    ++*(uint64_t *)ctx;
    return DTL_OK;
}

enum dtl_status dtl_run_file_articles(struct dtl_run *r, struct dtl_bytes path, uint64_t *count,
                                      struct dtl_error *err)
{
    uint64_t n = 0;
    enum dtl_status st = each_given(r, path, count_given, &n, err);
    if (st == DTL_OK)
        *count = n;
    return st;
}

static enum dtl_status note_known(struct dtl_run *r, uint32_t segment, dtl_doc doc, void *ctx,
                                  struct dtl_error *err)
{
    (void)ctx;
    if (!dtl_run_room(&r->known, r->knowns, &r->known_capacity, sizeof *r->known))
        return no_memory(err);
    r->known[r->knowns++] = (struct dtl_known){segment, doc, false};
    return DTL_OK;
}

void dtl_run_mark_known(struct dtl_run *r, uint32_t segment, dtl_doc doc)
{
    size_t low = 0, high = r->knowns;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct dtl_known *k = &r->known[middle];
        if (k->segment < segment || (k->segment == segment && k->doc < doc))
            low = middle + 1;
        else
            high = middle;
    }
    if (low < r->knowns && r->known[low].segment == segment && r->known[low].doc == doc)
        r->known[low].seen = true;
}

/* ---- deaths ---- */

static enum dtl_status remove_one(struct dtl_run *r, uint32_t segment, dtl_doc doc, void *ctx,
                                  struct dtl_error *err)
{
    (void)ctx;
    if (dtl_run_is_killed(r, segment, doc))
        return DTL_OK;
    if (!dtl_run_kill(r, segment, doc))
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory to remove an article");
    r->figures.removed++;
    return DTL_OK;
}

enum dtl_status dtl_run_lose(struct dtl_run *r, const struct dtl_article *a, struct dtl_error *err)
{
    struct dtl_bytes file = dtl_article_file(a);
    if (!dtl_run_room(&r->lost, r->losts, &r->lost_capacity, sizeof *r->lost))
        return no_memory(err);
    char *path = dtl_arena_strndup(&r->arena, (const char *)file.p, file.n);
    if (!path)
        return no_memory(err);
    struct dtl_bytes by = {0};
    if (r->current != DTL_NO_FILE)
        by = r->file[r->current].row.path;
    r->lost[r->losts++] =
        (struct dtl_lost){dtl_bytes(path, file.n), by, !dtl_interval_dated(a->date)};
    return DTL_OK;
}

enum dtl_status dtl_run_taken(struct dtl_run *r, uint32_t file, struct dtl_bytes by,
                              struct dtl_error *err)
{
    struct dtl_run_file *f = &r->file[file];
    if (f->taken_by == by.p || dtl_bytes_equal(f->row.path, by))
        return DTL_OK;
    if (!dtl_run_room(&r->taken, r->takens, &r->taken_capacity, sizeof *r->taken))
        return no_memory(err);
    r->taken[r->takens++] = (struct dtl_taken){file, by};
    f->taken_by = by.p;
    return DTL_OK;
}

/* ---- files whose articles went with another ---- */

static int by_bytes(const void *a, const void *b)
{
    return dtl_bytes_compare(*(const struct dtl_bytes *)a, *(const struct dtl_bytes *)b);
}

static bool is_among(struct dtl_bytes path, const struct dtl_bytes *sorted, size_t n)
{
    return n && bsearch(&path, sorted, n, sizeof *sorted, by_bytes);
}

static enum dtl_status note_shrunk(struct dtl_run *r, struct dtl_bytes path, struct dtl_error *err)
{
    if (!dtl_run_room(&r->shrunk, r->shrunks, &r->shrunk_capacity, sizeof *r->shrunk))
        return no_memory(err);
    r->shrunk[r->shrunks++] = path;
    r->unsorted = true;
    return DTL_OK;
}

enum dtl_status dtl_run_file_anew(struct dtl_run *r, const struct dtl_source_row *known,
                                  struct dtl_error *err)
{
    struct dtl_bytes by;
    size_t at = 0;
    if (!dtl_taken_next(known->reasons, &at, &by))
        return DTL_OK;
    return note_shrunk(r, r->file[r->current].row.path, err);
}

/* Was all of the file read in this run? Then it has taken what it has. */
static bool was_read(const struct dtl_run *r, struct dtl_bytes path)
{
    for (uint32_t i = 0; i < r->files; i++)
        if (r->file[i].put && !r->file[i].grown && dtl_bytes_equal(r->file[i].row.path, path))
            return true;
    return false;
}

bool dtl_run_has_gone(const struct dtl_run *r)
{
    return r->forgets + r->shrunks != 0;
}

bool dtl_run_orphaned(struct dtl_run *r, const struct dtl_source_row *row)
{
    struct dtl_bytes by;
    size_t at = 0;
    if (r->forgets + r->shrunks == 0)
        return false;
    if (r->unsorted) {
        if (r->forgets)
            qsort(r->forget, r->forgets, sizeof *r->forget, by_bytes);
        if (r->shrunks)
            qsort(r->shrunk, r->shrunks, sizeof *r->shrunk, by_bytes);
        r->unsorted = false;
    }
    while (dtl_taken_next(row->reasons, &at, &by))
        if (!by.n || is_among(by, r->forget, r->forgets) || is_among(by, r->shrunk, r->shrunks))
            return !is_among(row->path, r->forget, r->forgets) && !was_read(r, row->path);
    return false;
}

enum dtl_status dtl_run_remove(struct dtl_run *r, struct dtl_segment *s, dtl_doc doc,
                               struct dtl_error *err)
{
    struct dtl_article a;
    uint32_t segment = dtl_run_segment_number(r, s);
    if (dtl_is_dead(s, doc) || dtl_run_is_killed(r, segment, doc))
        return DTL_OK;
    dtl_arena_reset(&r->scratch);
    enum dtl_status st = dtl_snapshot_article(r->snapshot, s, doc, &r->scratch, &a, err);
    if (st == DTL_OK)
        st = dtl_run_lose(r, &a, err);
    return st == DTL_OK ? remove_one(r, segment, doc, NULL, err) : st;
}

enum dtl_status dtl_run_forget(struct dtl_run *r, struct dtl_bytes path, struct dtl_error *err)
{
    enum dtl_status st = each_given(r, path, remove_one, NULL, err);
    if (st < 0)
        return st;
    char *copy = dtl_arena_strndup(&r->arena, (const char *)path.p, path.n);
    if (!copy || !dtl_run_room(&r->forget, r->forgets, &r->forget_capacity, sizeof *r->forget))
        return no_memory(err);
    r->forget[r->forgets++] = dtl_bytes(copy, path.n);
    r->unsorted = true;
    return DTL_OK;
}

enum dtl_status dtl_run_renamed(struct dtl_run *r, struct dtl_bytes path, struct dtl_error *err)
{
    struct dtl_run_figures *f = &r->figures;
    uint64_t before = f->removed;
    enum dtl_status st = dtl_run_forget(r, path, err);
    uint64_t moved = f->removed - before < f->added ? f->removed - before : f->added;
    f->removed -= moved;
    f->added -= moved;
    f->unchanged += moved;
    return st;
}

/* ---- begin and end ---- */

enum dtl_status dtl_run_file_begin(struct dtl_run *r, struct dtl_bytes path, bool known,
                                   struct dtl_error *err)
{
    size_t capacity = r->file_capacity;
    char *copy = dtl_arena_strndup(&r->arena, (const char *)path.p, path.n);
    if (!copy || r->files == DTL_NO_FILE - 1 ||
        !dtl_run_room(&r->file, r->files, &capacity, sizeof *r->file))
        return no_memory(err);
    r->file_capacity = (uint32_t)capacity;
    r->knowns = 0;
    enum dtl_status st = known ? each_given(r, path, note_known, NULL, err) : DTL_OK;
    if (st < 0)
        return st;
    r->file[r->files] = (struct dtl_run_file){.row = {.path = dtl_bytes(copy, path.n)}};
    r->current = r->files++;
    return DTL_OK;
}

enum dtl_status dtl_run_file_grown(struct dtl_run *r, const struct dtl_source_row *row,
                                   struct dtl_error *err)
{
    enum dtl_status st = dtl_run_file_begin(r, row->path, false, err);
    if (st < 0)
        return st;
    struct dtl_run_file *f = &r->file[r->current];
    f->grown = true;
    f->articles = row->articles;
    f->undated = row->undated;
    r->figures.unchanged += row->articles;
    return DTL_OK;
}

enum dtl_status dtl_run_file_again(struct dtl_run *r, struct dtl_bytes path, struct dtl_error *err)
{
    enum dtl_status st = dtl_run_file_begin(r, path, true, err);
    r->recovering = st == DTL_OK;
    return st;
}

enum dtl_status dtl_run_file_row(struct dtl_run *r, const struct dtl_source_row *row,
                                 struct dtl_error *err)
{
    struct dtl_source_row copy = *row;
    enum dtl_status st = dtl_run_file_grown(r, row, err);
    return st == DTL_OK ? dtl_run_file_end(r, &copy, true, err) : st;
}

enum dtl_status dtl_run_file_end(struct dtl_run *r, struct dtl_source_row *row, bool keep_missing,
                                 struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    if (r->current == DTL_NO_FILE)
        return dtl_fail(err, DTL_EUSAGE, 0, "no file was begun");
    struct dtl_run_file *f = &r->file[r->current];
    bool less = false;
    for (size_t i = 0; i < r->knowns && st == DTL_OK; i++) {
        if (r->known[i].seen)
            continue;
        if (!keep_missing) {
            less |= !dtl_run_is_killed(r, r->known[i].segment, r->known[i].doc);
            st = remove_one(r, r->known[i].segment, r->known[i].doc, NULL, err);
        } else if (!dtl_run_is_killed(r, r->known[i].segment, r->known[i].doc))
            f->articles++; /* it stays this file's */
    }
    if (st == DTL_OK && row) {
        struct dtl_bytes path = f->row.path;
        const char *text = row->reasons.n ? (const char *)row->reasons.p : "";
        char *reasons = dtl_arena_strndup(&r->arena, text, row->reasons.n);
        if (!reasons)
            return no_memory(err);
        row->articles = f->articles;
        row->undated = f->undated;
        f->row = *row;
        if (row->bookmark)
            f->bookmark = *row->bookmark;
        f->row.bookmark = NULL; /* set when rows are gathered: files move in memory until then */
        f->marked = row->bookmark != NULL;
        f->row.path = path;
        f->row.reasons = dtl_bytes(reasons, row->reasons.n);
        f->put = true;
    }
    if (st == DTL_OK && less)
        st = note_shrunk(r, f->row.path, err);
    r->current = DTL_NO_FILE;
    r->knowns = 0;
    r->recovering = false;
    return st;
}
