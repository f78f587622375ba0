/*
 * keep.c - files of the user: made 0600 in folders 0700 whatever the umask, replaced by rename.
 *
 * A lock is a kernel lock on a file that stays for ever: unlinking it would let two in.
 */
#include "query/alerts/keep.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/hash.h"
#include "common/base/process.h"

#define FILE_NAME 256u

static enum dtl_status no_memory(struct dtl_error *err)
{
    return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
}

static enum dtl_status failed(const struct dtl_keep *k, const char *name, struct dtl_error *err)
{
    int why = errno;
    return dtl_fail(err,
                    why == ENOMEM   ? DTL_ENOMEM
                    : why == ENOSPC ? DTL_EFULL
                                    : DTL_EIO,
                    0, "%.200s/%.100s: %s", (const char *)k->path.p, name, strerror(why));
}

/* ---- folders ---- */

static const char *absolute(const char *v)
{
    return v && v[0] == '/' ? v : NULL;
}

enum dtl_status dtl_keep_path(const char *variable, const char *otherwise, const char *below,
                              struct dtl_buffer *path, struct dtl_error *err)
{
    const char *base = absolute(getenv(variable)), *home = absolute(getenv("HOME"));
    char room[4096];
    struct passwd pw, *found = NULL;
    if (!base && !home && getpwuid_r(geteuid(), &pw, room, sizeof room, &found) == 0 && found)
        home = absolute(pw.pw_dir);
    dtl_buffer_reset(path);
    if (!base && !home)
        return dtl_fail(err, DTL_NOTFOUND, 0, "there is no home directory: set %s", variable);
    dtl_buffer_text(path, base ? base : home);
    if (!base)
        dtl_buffer_format(path, "/%s", otherwise);
    dtl_buffer_format(path, "/%s", below);
    dtl_buffer_byte(path, 0);
    return path->failed ? no_memory(err) : DTL_OK;
}

/* Every folder of the path that is not there, for its owner alone. */
static bool make_folders(char *path)
{
    for (char *p = path + 1; *p; p++) {
        if (*p != '/')
            continue;
        *p = 0;
        bool made = mkdir(path, 0700) == 0 || errno == EEXIST || access(path, X_OK) == 0;
        *p = '/';
        if (!made)
            return false;
    }
    return mkdir(path, 0700) == 0 || errno == EEXIST;
}

static enum dtl_status open_folder(struct dtl_keep *k, bool make, struct dtl_error *err)
{
    char *path = (char *)k->path.p;
    if (make && !make_folders(path))
        return dtl_fail(err, DTL_EIO, 0, "%.300s: %s", path, strerror(errno));
    k->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (k->fd >= 0 || (!make && (errno == ENOENT || errno == ENOTDIR)))
        return DTL_OK;
    return dtl_fail(err, DTL_EIO, 0, "%.300s: %s", path, strerror(errno));
}

enum dtl_status dtl_keep_searches(struct dtl_keep *k, bool make, struct dtl_error *err)
{
    *k = (struct dtl_keep){.fd = -1};
    enum dtl_status st =
        dtl_keep_path("XDG_CONFIG_HOME", ".config", "dateline/searches", &k->path, err);
    if (st == DTL_NOTFOUND && !make) /* no folder: nothing is saved */
        return DTL_OK;
    if (st != DTL_OK)
        return st == DTL_NOTFOUND ? dtl_fail(err, DTL_EIO, 0, "%s", err->text) : st;
    return open_folder(k, make, err);
}

enum dtl_status dtl_keep_told(struct dtl_keep *k, const char *index, bool make,
                              struct dtl_error *err)
{
    char below[64];
    char *whole = realpath(index, NULL);
    uint64_t hash = dtl_hash64(dtl_bytes_of(whole ? whole : index), 0);
    free(whole);
    *k = (struct dtl_keep){.fd = -1};
    snprintf(below, sizeof below, "dateline/told/%016llx", (unsigned long long)hash);
    enum dtl_status st = dtl_keep_path("XDG_STATE_HOME", ".local/state", below, &k->path, err);
    if (st == DTL_NOTFOUND && !make)
        return DTL_OK;
    if (st != DTL_OK)
        return st == DTL_NOTFOUND ? dtl_fail(err, DTL_EIO, 0, "%s", err->text) : st;
    return open_folder(k, make, err);
}

void dtl_keep_close(struct dtl_keep *k)
{
    if (k->fd >= 0)
        close(k->fd);
    dtl_buffer_release(&k->path);
    k->fd = -1;
}

/* ---- files ---- */

static bool file_name(const char *name, const char *suffix, char out[FILE_NAME])
{
    return (size_t)snprintf(out, FILE_NAME, "%s%s", name, suffix) < FILE_NAME;
}

/* Of a file being written. */
static bool half_name(const char *name, char out[FILE_NAME])
{
    return (size_t)snprintf(out, FILE_NAME, ".%s", name) < FILE_NAME;
}

static enum dtl_status read_all(int fd, size_t most, struct dtl_buffer *out, bool *failure)
{
    *failure = false;
    for (;;) {
        if (!dtl_buffer_reserve(out, 65536))
            return DTL_ENOMEM;
        ssize_t n = read(fd, out->p + out->n, 65536);
        if (n == 0)
            return DTL_OK;
        if (n < 0 && errno != EINTR) {
            *failure = true;
            return DTL_EIO;
        }
        out->n += n > 0 ? (size_t)n : 0;
        if (out->n > most)
            return DTL_ELIMIT;
    }
}

enum dtl_status dtl_keep_read(const struct dtl_keep *k, const char *name, const char *suffix,
                              size_t most, struct dtl_buffer *out, struct dtl_error *err)
{
    char file[FILE_NAME];
    bool failure = false;
    dtl_buffer_reset(out);
    if (k->fd < 0 || !file_name(name, suffix, file))
        return DTL_NOTFOUND;
    int fd = openat(k->fd, file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0 && (errno == ENOENT || errno == ENAMETOOLONG))
        return DTL_NOTFOUND;
    if (fd < 0)
        return failed(k, file, err);
    enum dtl_status st = read_all(fd, most, out, &failure);
    if (failure)
        st = failed(k, file, err);
    else if (st == DTL_ELIMIT)
        st = dtl_fail(err, st, 0, "%.200s/%.100s: over the limit of %zu bytes",
                      (const char *)k->path.p, file, most);
    else if (st == DTL_ENOMEM)
        st = no_memory(err);
    close(fd);
    return st;
}

enum dtl_status dtl_keep_prepare(const struct dtl_keep *k, const char *name, struct dtl_bytes data,
                                 struct dtl_error *err)
{
    char file[FILE_NAME];
    if (!half_name(name, file))
        return dtl_fail(err, DTL_EUSAGE, 0, "the name '%.60s...' is too long", name);
    int fd = openat(k->fd, file, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return failed(k, file, err);
    bool fine = fchmod(fd, 0600) == 0 && dtl_write_whole(fd, data) && fsync(fd) == 0;
    enum dtl_status st = fine ? DTL_OK : failed(k, file, err);
    if (close(fd) != 0 && st == DTL_OK && errno != EINTR)
        st = failed(k, file, err);
    if (st != DTL_OK)
        (void)unlinkat(k->fd, file, 0);
    return st;
}

enum dtl_status dtl_keep_commit(const struct dtl_keep *k, const char *name, const char *suffix,
                                struct dtl_error *err)
{
    char from[FILE_NAME], to[FILE_NAME];
    if (!half_name(name, from) || !file_name(name, suffix, to))
        return dtl_fail(err, DTL_EUSAGE, 0, "the name '%.60s...' is too long", name);
    if (renameat(k->fd, from, k->fd, to) != 0 || fsync(k->fd) != 0)
        return failed(k, to, err);
    return DTL_OK;
}

void dtl_keep_discard(const struct dtl_keep *k, const char *name)
{
    char file[FILE_NAME];
    if (half_name(name, file))
        (void)unlinkat(k->fd, file, 0);
}

enum dtl_status dtl_keep_remove(const struct dtl_keep *k, const char *name, const char *suffix,
                                struct dtl_error *err)
{
    char file[FILE_NAME];
    if (k->fd < 0 || !file_name(name, suffix, file))
        return DTL_NOTFOUND;
    if (unlinkat(k->fd, file, 0) != 0)
        return errno == ENOENT ? DTL_NOTFOUND : failed(k, file, err);
    return fsync(k->fd) == 0 ? DTL_OK : failed(k, file, err);
}

enum dtl_status dtl_keep_remove_told(const char *name, const char *suffix, struct dtl_error *err)
{
    struct dtl_buffer path = {0};
    enum dtl_status st =
        dtl_keep_path("XDG_STATE_HOME", ".local/state", "dateline/told", &path, err);
    DIR *all = st == DTL_OK ? opendir((const char *)path.p) : NULL;
    st = st == DTL_NOTFOUND ? DTL_OK : st;
    for (struct dirent *e; all && st == DTL_OK && (e = readdir(all)) != NULL;) {
        struct dtl_keep k = {.fd = -1};
        if (e->d_name[0] == '.')
            continue;
        dtl_buffer_append(&k.path, path.p, path.n - 1);
        dtl_buffer_format(&k.path, "/%s", e->d_name);
        dtl_buffer_byte(&k.path, 0);
        k.fd = openat(dirfd(all), e->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (!k.path.failed)
            st = dtl_keep_remove(&k, name, suffix, err);
        st = st == DTL_NOTFOUND ? DTL_OK : st;
        dtl_keep_close(&k);
    }
    if (all)
        closedir(all);
    dtl_buffer_release(&path);
    return st;
}

/* ---- locks ---- */

static enum dtl_status held(int fd, const char *name, struct dtl_error *err)
{
    char who[24];
    ssize_t n = pread(fd, who, sizeof who - 1, 0);
    who[n > 0 ? n : 0] = 0;
    long pid = strtol(who, NULL, 10);
    return pid > 0 ? dtl_fail(err, DTL_EBUSY, 0, "'%.60s' is being told by another run (pid %ld)",
                              name, pid)
                   : dtl_fail(err, DTL_EBUSY, 0, "'%.60s' is being told by another run", name);
}

/* Who we are, for the other's message alone: that it may fail is no reason not to work. */
static void sign(int fd)
{
    char who[24];
    int n = snprintf(who, sizeof who, "%ld\n", (long)getpid());
    if (ftruncate(fd, 0) != 0 || pwrite(fd, who, (size_t)n, 0) != n)
        return;
}

enum dtl_status dtl_keep_lock(const struct dtl_keep *k, const char *name, int *out,
                              struct dtl_error *err)
{
    char file[FILE_NAME];
    if (!file_name(name, ".lock", file))
        return dtl_fail(err, DTL_EUSAGE, 0, "the name '%.60s...' is too long", name);
    int fd = openat(k->fd, file, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return failed(k, file, err);
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        enum dtl_status st = errno == EWOULDBLOCK ? held(fd, name, err) : failed(k, file, err);
        close(fd);
        return st;
    }
    sign(fd);
    *out = fd;
    return DTL_OK;
}
