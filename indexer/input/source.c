/*
 * source.c - the walk over named paths.
 *
 * Order: the files under a folder come out sorted by the bytes of their full path, so a folder's
 * entries are sorted with a '/' behind folder names ("a.txt" before "a/x", "a/x" before "a0").
 * Whoever merges the walk with a sorted table relies on it.
 *
 * Safety: an archive may be changed while it is walked, by someone unfriendly. Every folder is
 * opened relative to its parent with O_NOFOLLOW, only regular files are given out, and what is
 * given out carries device and inode so that dtl_input_open notices an exchange.
 */
#include "indexer/input/source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct entry {
    size_t name; /* offset in the level's names; NUL-terminated there */
    bool folder; /* at the time of listing: decides the order only */
};

struct level { /* one open folder */
    int fd;
    dev_t device;
    ino_t inode;
    size_t path_bytes; /* of the folder in walk.path */
    struct dtl_buffer names;
    struct entry *entries;
    size_t n, next;
};

struct dtl_walk {
    char **paths; /* normalised copies */
    size_t n, next;
    struct dtl_walk_options o;
    struct level levels[DTL_WALK_DEPTH];
    size_t depth;
    struct dtl_buffer path; /* of the entry in hand; NUL follows */
    struct dtl_bytes root;
    uint64_t skipped;
};

/* "PATH: reason"; the end of a path too long to leave room for the reason. */
static enum dtl_status failed(const struct dtl_walk *w, const char *reason, struct dtl_error *err)
{
    const char *path = (const char *)w->path.p;
    size_t cut = w->path.n > 240 ? w->path.n - 240 : 0;
    return dtl_fail(err, DTL_EIO, 0, "%s%s: %s", cut ? "..." : "", path + cut, reason);
}

/* "./a//b/./c/" -> "a/b/c"; "" and "./" -> "."; a leading '/' stays. */
static char *normalised(const char *path)
{
    size_t n = strlen(path), at = 0, m = 0;
    char *out = malloc(n + 2);
    if (!out)
        return NULL;
    bool absolute = n && path[0] == '/';
    if (absolute)
        out[m++] = '/';
    while (at < n) {
        size_t end = at;
        while (end < n && path[end] != '/')
            end++;
        size_t len = end - at;
        if (len && !(len == 1 && path[at] == '.')) {
            if (m && out[m - 1] != '/')
                out[m++] = '/';
            memcpy(out + m, path + at, len);
            m += len;
        }
        at = end + 1;
    }
    if (!m)
        out[m++] = '.';
    out[m] = 0;
    return out;
}

enum dtl_status dtl_walk_open(struct dtl_walk **out, const char *const *paths, size_t n,
                              const struct dtl_walk_options *o, struct dtl_error *err)
{
    struct dtl_walk *w = calloc(1, sizeof *w);
    if (!w)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    if (o)
        w->o = *o;
    w->paths = calloc(n ? n : 1, sizeof *w->paths);
    if (!w->paths)
        goto fail;
    for (size_t i = 0; i < n; i++, w->n++) {
        w->paths[i] = normalised(paths[i]);
        if (!w->paths[i])
            goto fail;
    }
    *out = w;
    return DTL_OK;
fail:
    dtl_walk_close(w);
    return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
}

static void pop(struct dtl_walk *w)
{
    struct level *l = &w->levels[--w->depth];
    close(l->fd);
    dtl_buffer_release(&l->names);
    free(l->entries);
    *l = (struct level){.fd = -1};
}

void dtl_walk_close(struct dtl_walk *w)
{
    if (!w)
        return;
    while (w->depth)
        pop(w);
    for (size_t i = 0; i < w->n; i++)
        free(w->paths[i]);
    free(w->paths);
    dtl_buffer_release(&w->path);
    free(w);
}

/* The path in hand is passed over. */
static void skip(struct dtl_walk *w, const char *why)
{
    w->skipped++;
    if (w->o.skips)
        w->o.skips->skipped(w->o.skips->ctx, dtl_buffer_view(&w->path), why);
}

/* So is `name` of the folder in hand. */
static void skip_in(struct dtl_walk *w, const struct level *folder, const char *name,
                    const char *why)
{
    struct dtl_buffer path = {0};
    w->skipped++;
    if (!w->o.skips)
        return;
    dtl_buffer_append(&path, w->path.p, folder->path_bytes);
    if (path.n && path.p[path.n - 1] != '/')
        dtl_buffer_byte(&path, '/');
    dtl_buffer_text(&path, name);
    w->o.skips->skipped(w->o.skips->ctx, dtl_buffer_view(&path), why);
    dtl_buffer_release(&path);
}

uint64_t dtl_walk_skipped(const struct dtl_walk *w)
{
    return w->skipped;
}

struct dtl_file dtl_file_stdin(void)
{
    return (struct dtl_file){
        .path = DTL_LITERAL("stdin"), .root = DTL_LITERAL("stdin"), .is_stdin = true};
}

static const char *path_of(const struct dtl_walk *w)
{
    return (const char *)w->path.p;
}

/* The path is `bytes` long and `name` follows it; false when there is no memory. */
static bool set_path(struct dtl_walk *w, size_t bytes, const char *name)
{
    w->path.n = bytes;
    if (bytes && w->path.p[bytes - 1] != '/')
        dtl_buffer_byte(&w->path, '/');
    dtl_buffer_text(&w->path, name);
    if (!dtl_buffer_byte(&w->path, 0) || w->path.failed)
        return false;
    w->path.n--; /* the NUL stays behind the path */
    return true;
}

bool dtl_is_excluded(const struct dtl_walk_options *o, const char *path)
{
    const char *last = strrchr(path, '/');
    for (size_t i = 0; i < o->excludes; i++)
        if (fnmatch(o->exclude[i], last ? last + 1 : path, 0) == 0 ||
            fnmatch(o->exclude[i], path, 0) == 0)
            return true;
    return false;
}

static int by_path(const void *x, const void *y, void *names)
{
    const struct entry *a = x, *b = y;
    const unsigned char *p = (const unsigned char *)names + a->name;
    const unsigned char *q = (const unsigned char *)names + b->name;
    while (*p && *p == *q) {
        p++;
        q++;
    }
    int c = *p ? *p : a->folder ? '/' : 0, d = *q ? *q : b->folder ? '/' : 0;
    return (c > d) - (c < d);
}

/* All names of the folder open as l->fd, hidden ones counted, sorted. */
static enum dtl_status list(struct dtl_walk *w, struct level *l, struct dtl_error *err)
{
    int copy = fcntl(l->fd, F_DUPFD_CLOEXEC, 0); /* closedir takes its own away */
    DIR *dir = copy < 0 ? NULL : fdopendir(copy);
    if (!dir) {
        int saved = errno;
        if (copy >= 0)
            close(copy);
        return failed(w, strerror(saved), err);
    }
    enum dtl_status st = DTL_OK;
    size_t room = 0;
    const struct dirent *e;
    for (errno = 0; (e = readdir(dir)); errno = 0) {
        const char *name = e->d_name;
        if (name[0] == '.') {
            bool self = !name[1] || (name[1] == '.' && !name[2]);
            if (!self)
                skip_in(w, l, name, "hidden");
            continue;
        }
        bool folder = e->d_type == DT_DIR;
        struct stat s;
        if (e->d_type == DT_UNKNOWN || (e->d_type == DT_LNK && w->o.follow))
            folder = fstatat(l->fd, name, &s, w->o.follow ? 0 : AT_SYMLINK_NOFOLLOW) == 0 &&
                     S_ISDIR(s.st_mode);
        if (l->n == room) {
            room = room ? room * 2 : 64;
            struct entry *more = realloc(l->entries, room * sizeof *more);
            if (!more) {
                st = dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
                goto out;
            }
            l->entries = more;
        }
        l->entries[l->n++] = (struct entry){l->names.n, folder};
        dtl_buffer_append(&l->names, name, strlen(name) + 1);
    }
    if (errno)
        st = failed(w, strerror(errno), err);
    else if (l->names.failed)
        st = dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    else if (l->n)
        qsort_r(l->entries, l->n, sizeof *l->entries, by_path, l->names.p);
out:
    closedir(dir);
    return st;
}

static bool is_ancestor(const struct dtl_walk *w, const struct stat *s)
{
    for (size_t i = 0; i < w->depth; i++)
        if (w->levels[i].device == s->st_dev && w->levels[i].inode == s->st_ino)
            return true;
    return false;
}

/* Open and list the folder `name` of `parent` (AT_FDCWD for a named one), whose path is in hand. */
static enum dtl_status push(struct dtl_walk *w, int parent, const char *name, bool follow,
                            struct dtl_error *err)
{
    if (w->depth == DTL_WALK_DEPTH)
        return failed(w, "too many folders deep", err);
    int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK | (follow ? 0 : O_NOFOLLOW);
    int fd = openat(parent, name, flags);
    struct stat s;
    if (fd < 0 || fstat(fd, &s) < 0) {
        int saved = errno;
        if (fd >= 0)
            close(fd);
        return failed(w, strerror(saved), err);
    }
    if (is_ancestor(w, &s)) { /* a link to a folder above: its files come by their own path */
        skip(w, "a link to a folder above it");
        close(fd);
        return DTL_OK;
    }
    struct level *l = &w->levels[w->depth++];
    *l = (struct level){.fd = fd, .device = s.st_dev, .inode = s.st_ino, .path_bytes = w->path.n};
    if (w->depth == 1 && dtl_bytes_is(dtl_buffer_view(&w->path), "."))
        l->path_bytes = 0;
    enum dtl_status st = list(w, l, err);
    if (st < 0)
        pop(w);
    return st;
}

static void fill(const struct dtl_walk *w, const struct stat *s, struct dtl_file *file)
{
    *file = (struct dtl_file){
        .path = dtl_buffer_view(&w->path),
        .root = w->root,
        .size = (uint64_t)s->st_size,
        .mtime_ns =
            (uint64_t)s->st_mtim.tv_sec * UINT64_C(1000000000) + (uint64_t)s->st_mtim.tv_nsec,
        .inode = s->st_ino,
        .device = s->st_dev,
    };
}

/* One entry whose path is in hand: DTL_OK gives a file, DTL_NOTFOUND says to go on. */
static enum dtl_status visit(struct dtl_walk *w, int parent, const char *name, bool named,
                             struct dtl_file *file, struct dtl_error *err)
{
    if (dtl_is_excluded(&w->o, path_of(w)))
        return DTL_NOTFOUND;
    struct stat s;
    bool follow = named || w->o.follow;
    if (fstatat(parent, name, &s, AT_SYMLINK_NOFOLLOW) < 0)
        return failed(w, strerror(errno), err);
    if (S_ISLNK(s.st_mode)) {
        if (!follow) {
            skip(w, "a symbolic link; --follow follows them");
            return DTL_NOTFOUND;
        }
        if (fstatat(parent, name, &s, 0) < 0)
            return failed(w, errno == ENOENT ? "link to nothing" : strerror(errno), err);
    }
    if (S_ISDIR(s.st_mode)) {
        enum dtl_status st = push(w, parent, name, follow, err);
        return st < 0 ? st : DTL_NOTFOUND;
    }
    if (S_ISREG(s.st_mode)) {
        fill(w, &s, file);
        return DTL_OK;
    }
    if (named)
        return failed(w, "neither a file nor a folder; name - to read standard input", err);
    skip(w, "neither a file nor a folder");
    return DTL_NOTFOUND;
}

enum dtl_status dtl_walk_next(struct dtl_walk *w, struct dtl_file *file, struct dtl_error *err)
{
    for (;;) {
        enum dtl_status st;
        if (w->depth) {
            struct level *l = &w->levels[w->depth - 1];
            if (l->next == l->n) {
                pop(w);
                continue;
            }
            const char *name = (const char *)l->names.p + l->entries[l->next++].name;
            if (!set_path(w, l->path_bytes, name))
                return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
            st = visit(w, l->fd, name, false, file, err);
        } else if (w->next < w->n) {
            const char *name = w->paths[w->next++];
            w->root = dtl_bytes_of(name);
            if (!set_path(w, 0, name))
                return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
            st = visit(w, AT_FDCWD, name, true, file, err);
        } else {
            return DTL_END;
        }
        if (st != DTL_NOTFOUND)
            return st;
    }
}
