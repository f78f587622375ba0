/*
 * prune.c - files that are not where they were: renamed, or vanished, and the reasons not to
 * believe the latter.
 *
 * A row no walk met is missing when its path names nothing any more. What merely could not be read
 * (no permission, a disk's error, a folder left out) is there, and nothing of it is touched. A file
 * that came under another name in this run, the same inode with the same size and time, is renamed:
 * the articles of the old name are those of the new one.
 *
 * An unmounted disk looks like an archive whose every file was deleted. So nothing goes when a
 * named root or a folder known to hold articles is missing or empty, when a file lay on another
 * device than what is left of its path, or when over a tenth of a root's articles would go: the run
 * says what would go and leaves all of it, unless --prune=force.
 */
#include "common/base/process.h"
#include "indexer/update.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

struct vanished {
    struct vanished *next;
    const char *path;
    uint64_t articles, device;
    bool renamed;
};

struct root {
    const char *path;
    struct dtl_update *u;
    struct dtl_arena *arena;
    struct vanished *first, **end;
    uint64_t articles, gone;
    uint64_t unseen;        /* files that could not be looked for */
    const char *unseen_one; /* the first of them */
    int unseen_why;
    const char *refusal; /* NULL: its losses are believed */
    bool failed;
};

/* ---- what is missing ---- */

static int by_file(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct dtl_arrival));
}

static bool is_renamed(const struct dtl_update *u, const struct dtl_source_row *row)
{
    struct dtl_arrival was = {row->inode, row->size, row->mtime_ns};
    return u->arrivals && bsearch(&was, u->arrived, u->arrivals, sizeof was, by_file) != NULL;
}

/* 0: no file has that name; EEXIST: one has; else why that cannot be seen. */
static int look_for(const char *path)
{
    struct stat st;
    if (lstat(path, &st) == 0)
        return S_ISDIR(st.st_mode) ? 0 : EEXIST; /* the file's name is a folder's now */
    return errno == ENOENT || errno == ENOTDIR ? 0 : errno;
}

/* The root as the walk prints paths: "./a//b/" is "a/b", "." is nothing. */
static const char *prefix_of(const char *root, struct dtl_arena *arena)
{
    char *out = dtl_arena_strndup(arena, root, strlen(root));
    size_t n = 0;
    for (const char *p = root; out && *p;) {
        size_t len = strcspn(p, "/");
        if (len == 0 && p == root)
            out[n++] = '/';
        else if (len && !(len == 1 && *p == '.')) {
            if (n && out[n - 1] != '/')
                out[n++] = '/';
            memmove(out + n, p, len);
            n += len;
        }
        p += len + (p[len] == '/');
    }
    if (out)
        out[n] = 0;
    return out;
}

static bool under(const char *prefix, struct dtl_bytes path)
{
    size_t n = strlen(prefix);
    if (!n)
        return path.n && path.p[0] != '/' && !dtl_bytes_starts(path, DTL_LITERAL("../"));
    return dtl_bytes_starts(path, dtl_bytes(prefix, n)) &&
           (path.n == n || path.p[n] == '/' || prefix[n - 1] == '/');
}

static enum dtl_status survey_row(void *ctx, const struct dtl_source_row *row)
{
    struct root *r = ctx;
    if (!under(r->path, row->path))
        return DTL_OK;
    r->articles += row->articles;
    if (dtl_update_visited(r->u, row->path))
        return DTL_OK;
    char *path = dtl_arena_strndup(r->arena, (const char *)row->path.p, row->path.n);
    int why = path ? look_for(path) : 0;
    /* EACCES: the walk has said so of the folder */
    if (why && why != EEXIST && why != EACCES && r->unseen++ == 0) {
        r->unseen_one = path;
        r->unseen_why = why;
    }
    if (why)
        return DTL_OK;
    struct vanished *v = dtl_arena_alloc(r->arena, sizeof *v);
    if (!v || !path ||
        !dtl_update_visit(r->u, row->path)) { /* once, whatever roots it lies under */
        r->failed = true;
        return DTL_END;
    }
    *v = (struct vanished){NULL, path, row->articles, row->device, is_renamed(r->u, row)};
    *r->end = v;
    r->end = &v->next;
    r->gone += v->renamed ? 0 : v->articles;
    return DTL_OK;
}

static enum dtl_status survey(struct root *r, struct dtl_error *err)
{
    r->end = &r->first;
    if (!(r->path = prefix_of(r->path, r->arena)))
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    enum dtl_status st =
        dtl_sources_walk_under(r->u->snapshot, dtl_bytes_of(r->path), survey_row, r, err);
    return st >= 0 && r->failed ? dtl_fail(err, DTL_ENOMEM, 0, "out of memory") : st;
}

/* ---- whether to believe it ---- */

/* True when `dir` is missing or has no entry. */
static bool empty_folder(const char *dir)
{
    DIR *d = opendir(dir);
    if (!d)
        return true;
    bool empty = true;
    for (struct dirent *e; empty && (e = readdir(d));)
        empty = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
    closedir(d);
    return empty;
}

/* Cut `path` to the folder it lies in; false: it names none. */
static bool cut_to_folder(char *path)
{
    char *slash = strrchr(path, '/');
    if (!slash)
        return false;
    slash[slash == path] = 0;
    return true;
}

/* Does what is left of the path lie where the file lay? */
static bool same_device(char *path, uint64_t device)
{
    struct stat st;
    for (;;) {
        bool folder = cut_to_folder(path);
        if (stat(folder ? path : ".", &st) == 0)
            return st.st_dev == device;
        if (!folder || strcmp(path, "/") == 0)
            return false;
    }
}

/* Why this root's losses are not to be believed; NULL when they are. */
static const char *reason_to_refuse(const struct root *r)
{
    struct stat st;
    const char *root = *r->path ? r->path : ".";
    if (stat(root, &st) != 0)
        return "it is missing";
    if (S_ISDIR(st.st_mode) && empty_folder(root))
        return "it is empty";
    for (const struct vanished *v = r->first; v; v = v->next) {
        char *path = v->renamed ? NULL : strdup(v->path);
        bool same = !path || same_device(path, v->device);
        if (path)
            memcpy(path, v->path, strlen(v->path) + 1);
        bool empty =
            path && cut_to_folder(path) && under(r->path, dtl_bytes_of(path)) && empty_folder(path);
        free(path);
        if (!same)
            return "it lies on another device than when it was indexed";
        if (empty)
            return "a folder known to hold articles is missing or empty";
    }
    if (r->gone * 10 > r->articles)
        return "over a tenth of its articles would go";
    return NULL;
}

/* Say what would go: all of it to a person, to cron how much it is and where it begins. */
static void refuse(struct dtl_update *u, const struct root *r)
{
    size_t files = 0;
    const struct vanished *first = NULL;
    u->refused = true;
    for (const struct vanished *v = r->first; v; v = v->next) {
        files += !v->renamed;
        first = first || v->renamed ? first : v;
    }
    if (u->o->cron && first) {
        dtl_update_warn(u,
                        "%s: not pruned: %s; %llu articles of %zu files would go, first %s; "
                        "--prune=force removes them all the same",
                        *r->path ? r->path : ".", r->refusal ? r->refusal : "another root is not",
                        (unsigned long long)r->gone, files, first->path);
        return;
    }
    if (r->refusal)
        dtl_update_warn(u, "%s: not pruned: %s; --prune=force removes these all the same:",
                        *r->path ? r->path : ".", r->refusal);
    else
        dtl_update_warn(u, "%s: not pruned, since another root is not; these would have gone:",
                        *r->path ? r->path : ".");
    for (const struct vanished *v = r->first; v; v = v->next)
        if (!v->renamed)
            dtl_say("  %s (%llu articles)", v->path, (unsigned long long)v->articles);
}

/* ---- what is done about it ---- */

static bool has_vanished(const struct root *r)
{
    for (const struct vanished *v = r->first; v; v = v->next)
        if (!v->renamed)
            return true;
    return false;
}

static enum dtl_status carry_out(struct dtl_update *u, const struct root *r, bool prune,
                                 struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    for (const struct vanished *v = r->first; v && st == DTL_OK; v = v->next) {
        struct dtl_bytes path = dtl_bytes_of(v->path);
        if (v->renamed && u->run) {
            st = dtl_run_renamed(u->run, path, err);
        } else if (v->renamed) {
            uint64_t moved = v->articles < u->new_articles ? v->articles : u->new_articles;
            u->new_articles -= moved;
            u->equal_articles += moved;
        } else if (prune && u->run) {
            st = dtl_run_forget(u->run, path, err);
        } else if (prune) {
            u->gone_articles += v->articles;
        }
    }
    return st;
}

static enum dtl_status settle(struct dtl_update *u, struct root *root, size_t n,
                              struct dtl_error *err)
{
    bool refused = false;
    for (size_t i = 0; i < n; i++) {
        enum dtl_status st = survey(&root[i], err);
        if (st < 0)
            return st;
        if (u->o->prune && !u->o->prune_force && has_vanished(&root[i]))
            root[i].refusal = reason_to_refuse(&root[i]);
        refused |= root[i].refusal != NULL;
        if (!u->o->prune || !root[i].unseen)
            continue;
        u->io_failed = true;
        dtl_update_warn(u, "%s: %s; %llu files could not be looked for and stay",
                        root[i].unseen_one, strerror(root[i].unseen_why),
                        (unsigned long long)root[i].unseen);
    }
    enum dtl_status st = DTL_OK;
    for (size_t i = 0; i < n && st == DTL_OK; i++) {
        if (refused && has_vanished(&root[i]))
            refuse(u, &root[i]);
        st = carry_out(u, &root[i], u->o->prune && !refused, err);
    }
    return st;
}

enum dtl_status dtl_update_missing(struct dtl_update *u, struct dtl_error *err)
{
    if (!u->snapshot || (!u->o->prune && !u->arrivals))
        return DTL_OK;
    struct dtl_arena arena = {0};
    struct root *root = calloc(u->o->path_count + 1, sizeof *root);
    enum dtl_status st = root ? DTL_OK : dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    size_t n = 0;
    for (size_t i = 0; root && i < u->o->path_count; i++)
        if (strcmp(u->o->paths[i], "-") != 0)
            root[n++] = (struct root){.path = u->o->paths[i], .u = u, .arena = &arena};
    if (u->arrivals)
        qsort(u->arrived, u->arrivals, sizeof *u->arrived, by_file);
    if (st == DTL_OK)
        st = settle(u, root, n, err);
    dtl_arena_release(&arena);
    free(root);
    return st;
}
