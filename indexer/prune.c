/*
 * prune.c - articles of files that vanished, and the reasons not to believe that they did.
 *
 * An unmounted disk looks like an archive whose every file was deleted. So nothing goes when a
 * named root or a folder known to hold articles is missing or empty, when a root lies on another
 * device than before, or when over a tenth of a root's articles would go: the run says what would
 * go and leaves it, unless --prune=force.
 */
#include "common/base/process.h"
#include "indexer/update.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

struct vanished {
    struct vanished *next;
    struct dtl_bytes path;
    uint64_t articles, device;
};

struct survey { /* of one root */
    struct dtl_update *u;
    const char *root;
    struct dtl_arena *arena;
    struct vanished *first, **end;
    uint64_t articles, gone;
    bool failed;
};

static bool under(const char *root, struct dtl_bytes path)
{
    while (root[0] == '.' && root[1] == '/')
        root += 2;
    size_t n = strlen(root);
    if (strcmp(root, ".") == 0)
        return path.n && path.p[0] != '/' && !dtl_bytes_starts(path, DTL_LITERAL("../"));
    while (n > 1 && root[n - 1] == '/')
        n--;
    return dtl_bytes_starts(path, dtl_bytes(root, n)) &&
           (path.n == n || path.p[n] == '/' || root[n - 1] == '/');
}

static enum dtl_status survey_row(void *ctx, const struct dtl_source_row *row)
{
    struct survey *s = ctx;
    if (!under(s->root, row->path))
        return DTL_OK;
    s->articles += row->articles;
    if (dtl_update_visited(s->u, row->path))
        return DTL_OK;
    struct vanished *v = dtl_arena_alloc(s->arena, sizeof *v);
    char *path = dtl_arena_strndup(s->arena, (const char *)row->path.p, row->path.n);
    if (!v || !path) {
        s->failed = true;
        return DTL_END;
    }
    *v = (struct vanished){NULL, dtl_bytes(path, row->path.n), row->articles, row->device};
    *s->end = v;
    s->end = &v->next;
    s->gone += row->articles;
    return DTL_OK;
}

/* True when `dir` is missing or has no entry; *device is its device otherwise. */
static bool empty_folder(const char *dir, uint64_t *device)
{
    struct stat st;
    DIR *d = opendir(dir);
    if (!d)
        return true;
    bool empty = true;
    for (struct dirent *e; empty && (e = readdir(d));)
        empty = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
    if (fstat(dirfd(d), &st) == 0 && device)
        *device = st.st_dev;
    closedir(d);
    return empty;
}

/* Why this root's losses are not to be believed; NULL when they are. */
static const char *reason_to_refuse(const struct survey *s, struct dtl_arena *arena)
{
    struct stat st;
    if (stat(s->root, &st) != 0)
        return "it is missing";
    uint64_t device = st.st_dev;
    if (S_ISDIR(st.st_mode) && empty_folder(s->root, &device))
        return "it is empty";
    for (const struct vanished *v = s->first; v; v = v->next) {
        if (v->device != device)
            return "it lies on another device than when it was indexed";
        char *dir = dtl_arena_strndup(arena, (const char *)v->path.p, v->path.n);
        char *slash = dir ? strrchr(dir, '/') : NULL;
        if (slash && slash != dir) {
            *slash = 0;
            if (under(s->root, dtl_bytes_of(dir)) && empty_folder(dir, NULL))
                return "a folder known to hold articles is missing or empty";
        }
    }
    if (s->gone * 10 > s->articles)
        return "over a tenth of its articles would go";
    return NULL;
}

/* Say what would go: all of it to a person, to cron how much it is and where it begins. */
static void refuse(struct dtl_update *u, const struct survey *s, const char *why)
{
    size_t files = 0;
    u->refused = true;
    for (const struct vanished *v = s->first; v; v = v->next)
        files++;
    if (u->o->cron) {
        dtl_update_warn(u,
                        "%s: not pruned: %s; %llu articles of %zu files would go, first %.*s; "
                        "--prune=force removes them all the same",
                        s->root, why, (unsigned long long)s->gone, files, (int)s->first->path.n,
                        (const char *)s->first->path.p);
        return;
    }
    dtl_update_warn(u, "%s: not pruned: %s; --prune=force removes these all the same:", s->root,
                    why);
    for (const struct vanished *v = s->first; v; v = v->next)
        dtl_say("  %.*s (%llu articles)", (int)v->path.n, (const char *)v->path.p,
                (unsigned long long)v->articles);
}

static enum dtl_status prune_root(struct dtl_update *u, const char *root, struct dtl_error *err)
{
    struct dtl_arena arena = {0};
    struct survey s = {.u = u, .root = root, .arena = &arena};
    s.end = &s.first;
    enum dtl_status st = dtl_sources_walk(u->snapshot, survey_row, &s, err);
    if (st >= 0 && s.failed)
        st = dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    if (st < 0 || !s.first)
        goto out;
    st = DTL_OK;
    const char *why = u->o->prune_force ? NULL : reason_to_refuse(&s, &arena);
    if (why) {
        refuse(u, &s, why);
        goto out;
    }
    for (const struct vanished *v = s.first; v && st == DTL_OK; v = v->next) {
        if (u->run)
            st = dtl_run_forget(u->run, v->path, err);
        else
            u->gone_articles += v->articles;
    }
out:
    dtl_arena_release(&arena);
    return st;
}
enum dtl_status dtl_update_prune(struct dtl_update *u, struct dtl_error *err)
{
    if (!u->snapshot)
        return DTL_OK;
    for (size_t i = 0; i < u->o->path_count; i++) {
        if (strcmp(u->o->paths[i], "-") == 0)
            continue;
        enum dtl_status st = prune_root(u, u->o->paths[i], err);
        if (st < 0)
            return st;
    }
    return DTL_OK;
}
