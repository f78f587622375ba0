/*
 * dry_run.c - what an update would do, by comparing and counting; the index is only read.
 *
 * Standard output gets the path of every file that would be read, the last line on standard error
 * is the usual one.
 */
#include "common/base/process.h"
#include "common/base/utf8.h"
#include "common/segment/identities.h"
#include "indexer/update.h"

/* Count one article as new, changed or equal to the one the index holds. *held: it is the index's,
 * of this file. */
static enum dtl_status compare(struct dtl_update *u, const struct dtl_article *a, bool *held,
                               struct dtl_error *err)
{
    *held = false;
    for (size_t i = 0; u->snapshot && i < u->snapshot->segments; i++) {
        struct dtl_segment *s = &u->snapshot->segment[i];
        dtl_doc *docs = NULL;
        size_t n = 0;
        enum dtl_status st =
            dtl_identities_find(s, a->source, false, a->id, &u->article, &docs, &n, err);
        if (st < 0)
            return st;
        for (size_t k = 0; k < n; k++) {
            if (dtl_is_dead(s, docs[k]))
                continue;
            struct dtl_article old;
            st = dtl_snapshot_article(u->snapshot, s, docs[k], &u->article, &old, err);
            if (st < 0)
                return st;
            bool equal = dtl_article_equal(&old, a);
            u->equal_articles += equal;
            u->changed_articles += !equal;
            *held = dtl_bytes_equal(dtl_article_file(&old), dtl_article_file(a));
            return DTL_OK;
        }
    }
    u->new_articles++;
    return DTL_OK;
}

enum dtl_status dtl_update_dry_file(struct dtl_update *u, const struct dtl_file *file,
                                    const struct dtl_source_row *known, struct dtl_error *err)
{
    struct dtl_intake *in = NULL;
    struct dtl_error why = {0};
    struct dtl_buffer line = {0};
    uint64_t held = 0;
    enum dtl_status st =
        dtl_intake_open(&in, file, &dtl_reading_of(u->o, file->path)->intake, &why);
    if (st == DTL_NOTFOUND) {
        u->skipped++;
        return DTL_OK;
    }
    if (st == DTL_EIO || st == DTL_EINPUT) {
        u->rejected++;
        dtl_update_warn(u, "%.*s: %s", (int)file->path.n, (const char *)file->path.p, why.text);
        return DTL_OK;
    }
    if (st < 0) {
        *err = why;
        return st;
    }
    dtl_utf8_sanitise(&line, file->path, false);
    dtl_buffer_byte(&line, '\n');
    dtl_put_buffer(&line);
    dtl_buffer_release(&line);
    for (;;) {
        struct dtl_article a = {0};
        dtl_arena_reset(&u->article);
        st = dtl_intake_next(in, &u->article, &a, &why);
        if (st == DTL_END || st == DTL_EIO)
            break;
        if (st == DTL_EINPUT) {
            u->rejected++;
            dtl_update_warn(u, "%.*s: %s", (int)file->path.n, (const char *)file->path.p, why.text);
            continue;
        }
        bool same = false;
        if (st == DTL_OK)
            st = compare(u, &a, &same, &why);
        if (st < 0) {
            *err = why;
            break;
        }
        held += same;
        u->undated += !dtl_interval_dated(a.date);
        dtl_progress_show(&u->progress, ++u->articles, dtl_intake_bytes(in), file->path);
    }
    if (st == DTL_EIO) {
        u->rejected++;
        dtl_update_warn(u, "%.*s: %s", (int)file->path.n, (const char *)file->path.p, why.text);
        st = DTL_OK;
    } else if (st == DTL_END) {
        if (known && known->articles > held)
            u->gone_articles += known->articles - held;
        st = DTL_OK;
    }
    u->skipped += dtl_intake_skipped(in);
    dtl_intake_close(in);
    return st;
}
