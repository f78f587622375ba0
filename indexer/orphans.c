/*
 * orphans.c - articles that stood in two files, when the file they came from goes.
 *
 * The file read later has an article, the earlier keeps its row, which names the later
 * (indexer/build/taken.h). When the later is pruned, gets another name, or no longer gives the
 * article, the earlier is read again in the same run, although it has not changed: else the article
 * would be gone while a file of the archive still has it.
 */
#include "indexer/update.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct orphan { /* a file to read again */
    struct orphan *next;
    struct dtl_source_row row;
};

struct search {
    struct dtl_update *u;
    struct dtl_arena *arena;
    struct orphan *first, **end;
    bool failed;
};

static enum dtl_status look_at(void *ctx, const struct dtl_source_row *row)
{
    struct search *s = ctx;
    if (!dtl_update_visited(s->u, row->path) || !dtl_run_orphaned(s->u->run, row))
        return DTL_OK;
    struct orphan *o = dtl_arena_alloc(s->arena, sizeof *o);
    char *path = dtl_arena_strndup(s->arena, (const char *)row->path.p, row->path.n);
    char *reasons = dtl_arena_strndup(s->arena, (const char *)row->reasons.p, row->reasons.n);
    if (!o || !path || !reasons) {
        s->failed = true;
        return DTL_END;
    }
    o->row = *row;
    o->row.reasons = dtl_bytes(reasons, row->reasons.n);
    o->row.path = dtl_bytes(path, row->path.n);
    *s->end = o;
    s->end = &o->next;
    return DTL_OK;
}

/* The run ends before the file is read: the next one is to read it, as if it had changed. */
static enum dtl_status put_off(struct dtl_update *u, struct orphan *o, struct dtl_error *err)
{
    o->row.mtime_ns = 0;
    return dtl_run_file_row(u->run, &o->row, err);
}

static enum dtl_status read_again(struct dtl_update *u, struct orphan *o, struct dtl_error *err)
{
    struct stat s;
    u->unchanged_files_articles -= o->row.articles; /* the reading counts them once more */
    if (dtl_update_stopped() || stat((const char *)o->row.path.p, &s) != 0)
        return put_off(u, o, err);
    struct dtl_file file = {
        .path = o->row.path,
        .size = (uint64_t)s.st_size,
        .mtime_ns = (uint64_t)s.st_mtim.tv_sec * UINT64_C(1000000000) + (uint64_t)s.st_mtim.tv_nsec,
        .inode = s.st_ino,
        .device = s.st_dev,
    };
    enum dtl_status st = dtl_update_again(u, &file, &o->row, err);
    if (st == DTL_OK && dtl_update_stopped())
        st = put_off(u, o, err);
    return st;
}

enum dtl_status dtl_update_orphans(struct dtl_update *u, struct dtl_error *err)
{
    struct dtl_arena arena = {0};
    struct search s = {.u = u, .arena = &arena};
    s.end = &s.first;
    enum dtl_status st = DTL_OK;
    if (u->snapshot && dtl_run_has_gone(u->run))
        st = dtl_sources_walk(u->snapshot, look_at, &s, err);
    if (st >= 0 && s.failed)
        st = dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    for (struct orphan *o = s.first; o && st >= 0; o = o->next)
        st = read_again(u, o, err);
    dtl_arena_release(&arena);
    return st < 0 ? st : DTL_OK;
}
