/*
 * record.c - what a program does to the files of one folder, written down: preloaded, it passes
 * every call on and appends it to a log, data included.
 *
 * A power failure keeps what was synced and any part of what was not; which states that allows can
 * be worked out from the log alone (power.py), so nothing has to be switched off.
 *
 * RECORD_FOLDER: the folder; RECORD_LOG: the log, appended to. A record: kind u8, u64 a, u64 b,
 * u32 bytes, bytes; numbers as the machine has them. Kinds and their numbers: power.py.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define DESCRIPTORS 4096

static int log_fd = -1;
static char folder[PATH_MAX];
static size_t folder_bytes;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
    bool watched, synced; /* inside the folder; opened with O_DSYNC or O_SYNC */
    uint64_t inode;
} open_file[DESCRIPTORS];

#define REAL(name)                                                                                 \
    static __typeof__(&name) real;                                                                 \
    if (!real)                                                                                     \
    real = (__typeof__(&name))(uintptr_t)dlsym(RTLD_NEXT, #name)

static ssize_t real_write(int fd, const void *p, size_t n)
{
    static ssize_t (*real)(int, const void *, size_t);
    if (!real)
        real = (ssize_t(*)(int, const void *, size_t))(uintptr_t)dlsym(RTLD_NEXT, "write");
    return real(fd, p, n);
}

__attribute__((constructor)) static void begin(void)
{
    const char *f = getenv("RECORD_FOLDER"), *l = getenv("RECORD_LOG");
    if (!f || !l || !realpath(f, folder))
        return;
    folder_bytes = strlen(folder);
    int fd = open(l, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    log_fd = fd >= 0 ? fcntl(fd, F_DUPFD_CLOEXEC, 900) : -1; /* out of the program's way */
    if (fd >= 0)
        close(fd);
}

static void note(char kind, uint64_t a, uint64_t b, const void *data, size_t n)
{
    unsigned char head[21] = {(unsigned char)kind};
    uint32_t bytes = (uint32_t)n;
    int saved = errno;
    memcpy(head + 1, &a, 8);
    memcpy(head + 9, &b, 8);
    memcpy(head + 17, &bytes, 4);
    pthread_mutex_lock(&lock);
    if (real_write(log_fd, head, sizeof head) != (ssize_t)sizeof head ||
        (n && real_write(log_fd, data, n) != (ssize_t)n))
        abort(); /* an unfinished record makes every state wrong */
    pthread_mutex_unlock(&lock);
    errno = saved;
}

/* The path of `name` below the folder, in `out`; false when it is elsewhere. */
static bool inside(int dir_fd, const char *name, char out[PATH_MAX])
{
    char base[PATH_MAX], whole[2 * PATH_MAX], parent[PATH_MAX], *slash;
    if (log_fd < 0)
        return false;
    if (name[0] == '/')
        snprintf(whole, sizeof whole, "%s", name);
    else {
        if (dir_fd == AT_FDCWD) {
            if (!getcwd(base, sizeof base))
                return false;
        } else {
            char link[64];
            snprintf(link, sizeof link, "/proc/self/fd/%d", dir_fd);
            ssize_t n = readlink(link, base, sizeof base - 1);
            if (n < 0)
                return false;
            base[n] = 0;
        }
        snprintf(whole, sizeof whole, "%s/%s", base, name);
    }
    if ((slash = strrchr(whole, '/')) == NULL)
        return false;
    *slash = 0;
    if (!realpath(*whole ? whole : "/", parent) || strncmp(parent, folder, folder_bytes) != 0)
        return false;
    const char *rest = parent + folder_bytes;
    snprintf(out, PATH_MAX, "%.2000s%s%.2000s", *rest ? rest + 1 : "", *rest ? "/" : "", slash + 1);
    return true;
}

/* After an open that worked: remember the file; a new one is a record. */
static int opened(int dir_fd, const char *name, int flags, bool new_file, int fd)
{
    char path[PATH_MAX];
    struct stat st;
    if (fd < 0 || fd >= DESCRIPTORS)
        return fd;
    open_file[fd].watched = false;
    if (!inside(dir_fd, name, path) || fstat(fd, &st) != 0)
        return fd;
    open_file[fd].watched = true;
    open_file[fd].synced = (flags & O_DSYNC) != 0;
    open_file[fd].inode = st.st_ino;
    if (S_ISREG(st.st_mode) && (flags & O_ACCMODE) != O_RDONLY) {
        if (new_file)
            note('c', st.st_ino, 0, path, strlen(path));
        else if (flags & O_TRUNC)
            note('t', st.st_ino, 0, NULL, 0);
    }
    return fd;
}

static bool exists(int dir_fd, const char *name)
{
    struct stat st;
    return fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

#define OPEN_BODY(dir_fd, call)                                                                    \
    mode_t mode = 0;                                                                               \
    if (flags & (O_CREAT | __O_TMPFILE)) {                                                         \
        va_list ap;                                                                                \
        va_start(ap, flags);                                                                       \
        mode = va_arg(ap, mode_t);                                                                 \
        va_end(ap);                                                                                \
    }                                                                                              \
    bool new_file = (flags & O_CREAT) && !exists(dir_fd, name);                                    \
    int fd = call;                                                                                 \
    if ((flags & O_TMPFILE) == O_TMPFILE) { /* without a name: gone after a power failure */       \
        if (fd >= 0 && fd < DESCRIPTORS)                                                           \
            open_file[fd].watched = false;                                                         \
        return fd;                                                                                 \
    }                                                                                              \
    return opened(dir_fd, name, flags, new_file, fd)

int open(const char *name, int flags, ...)
{
    REAL(open);
    OPEN_BODY(AT_FDCWD, real(name, flags, mode));
}

int open64(const char *name, int flags, ...)
{
    REAL(open64);
    OPEN_BODY(AT_FDCWD, real(name, flags, mode));
}

int openat(int dir_fd, const char *name, int flags, ...)
{
    REAL(openat);
    OPEN_BODY(dir_fd, real(dir_fd, name, flags, mode));
}

int openat64(int dir_fd, const char *name, int flags, ...)
{
    REAL(openat64);
    OPEN_BODY(dir_fd, real(dir_fd, name, flags, mode));
}

static bool watched(int fd)
{
    return fd >= 0 && fd < DESCRIPTORS && open_file[fd].watched && log_fd >= 0;
}

/* A write begins and, when the file is opened so, is durable when it returns. */
static void wrote(int fd, const void *p, size_t n, off_t at)
{
    note('w', open_file[fd].inode, (uint64_t)at, p, n);
}

static void done(int fd)
{
    if (open_file[fd].synced)
        note('y', open_file[fd].inode, 1, NULL, 0); /* 1: that write alone */
}

ssize_t write(int fd, const void *p, size_t n)
{
    bool yes = watched(fd);
    if (yes)
        wrote(fd, p, n, lseek(fd, 0, SEEK_CUR));
    ssize_t r = real_write(fd, p, n);
    if (yes)
        done(fd);
    return r;
}

typedef ssize_t (*pwrite_fn)(int, const void *, size_t, off_t);

static ssize_t write_at(pwrite_fn real, int fd, const void *p, size_t n, off_t at)
{
    if (watched(fd))
        wrote(fd, p, n, at);
    ssize_t r = real(fd, p, n, at);
    if (watched(fd))
        done(fd);
    return r;
}

ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
    REAL(pwrite);
    return write_at(real, fd, p, n, at);
}

ssize_t pwrite64(int fd, const void *p, size_t n, off_t at)
{
    REAL(pwrite64);
    return write_at(real, fd, p, n, at);
}

static void wrote_all(int fd, const struct iovec *v, int n, off_t at)
{
    for (int i = 0; i < n; at += (off_t)v[i++].iov_len)
        wrote(fd, v[i].iov_base, v[i].iov_len, at);
}

ssize_t writev(int fd, const struct iovec *v, int n)
{
    REAL(writev);
    if (watched(fd))
        wrote_all(fd, v, n, lseek(fd, 0, SEEK_CUR));
    return real(fd, v, n);
}

ssize_t pwritev(int fd, const struct iovec *v, int n, off_t at)
{
    REAL(pwritev);
    if (watched(fd))
        wrote_all(fd, v, n, at);
    return real(fd, v, n, at);
}

static int cut(int (*real)(int, off_t), int fd, off_t n)
{
    if (watched(fd))
        note('t', open_file[fd].inode, (uint64_t)n, NULL, 0);
    return real(fd, n);
}

int ftruncate(int fd, off_t n)
{
    REAL(ftruncate);
    return cut(real, fd, n);
}

int ftruncate64(int fd, off_t n)
{
    REAL(ftruncate64);
    return cut(real, fd, n);
}

/* Of a file: its data; of a folder: the names in it. The record is made when the call has returned:
 * only then is anything promised. */
static void synced(int fd, int r)
{
    struct stat st;
    char link[64], path[PATH_MAX], real_path[PATH_MAX];
    if (r != 0 || log_fd < 0 || fstat(fd, &st) != 0)
        return;
    if (!S_ISDIR(st.st_mode)) {
        if (watched(fd))
            note('y', st.st_ino, 0, NULL, 0);
        return;
    }
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n < 0)
        return;
    path[n] = 0;
    if (!realpath(path, real_path) || strncmp(real_path, folder, folder_bytes) != 0)
        return;
    const char *rest = real_path + folder_bytes;
    note('d', 0, 0, *rest ? rest + 1 : "", strlen(*rest ? rest + 1 : ""));
}

int fsync(int fd)
{
    REAL(fsync);
    int r = real(fd);
    synced(fd, r);
    return r;
}

int fdatasync(int fd)
{
    REAL(fdatasync);
    int r = real(fd);
    synced(fd, r);
    return r;
}

/* Two names in one record, a NUL between them. */
static void note_names(char kind, int a_fd, const char *a, int b_fd, const char *b)
{
    char from[PATH_MAX] = "", to[PATH_MAX] = "", both[2 * PATH_MAX];
    if (!inside(a_fd, a, from) || (b && !inside(b_fd, b, to)))
        return;
    size_t n = strlen(from) + 1, m = strlen(to);
    memcpy(both, from, n);
    memcpy(both + n, to, m);
    note(kind, 0, 0, both, n + m);
}

#define AFTER(expression, kind, a_fd, a, b_fd, b)                                                  \
    int r = expression;                                                                            \
    if (r == 0)                                                                                    \
        note_names(kind, a_fd, a, b_fd, b);                                                        \
    return r

int rename(const char *from, const char *to)
{
    REAL(rename);
    AFTER(real(from, to), 'r', AT_FDCWD, from, AT_FDCWD, to);
}

int renameat(int from_fd, const char *from, int to_fd, const char *to)
{
    REAL(renameat);
    AFTER(real(from_fd, from, to_fd, to), 'r', from_fd, from, to_fd, to);
}

int renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags)
{
    REAL(renameat2);
    AFTER(real(from_fd, from, to_fd, to, flags), 'r', from_fd, from, to_fd, to);
}

int linkat(int from_fd, const char *from, int to_fd, const char *to, int flags)
{
    REAL(linkat);
    AFTER(real(from_fd, from, to_fd, to, flags), 'l', from_fd, from, to_fd, to);
}

int unlink(const char *name)
{
    REAL(unlink);
    AFTER(real(name), 'u', AT_FDCWD, name, 0, NULL);
}

int unlinkat(int dir_fd, const char *name, int flags)
{
    REAL(unlinkat);
    AFTER(real(dir_fd, name, flags), 'u', dir_fd, name, 0, NULL);
}

int mkdir(const char *name, mode_t mode)
{
    REAL(mkdir);
    AFTER(real(name, mode), 'm', AT_FDCWD, name, 0, NULL);
}

int mkdirat(int dir_fd, const char *name, mode_t mode)
{
    REAL(mkdirat);
    AFTER(real(dir_fd, name, mode), 'm', dir_fd, name, 0, NULL);
}

int close(int fd)
{
    REAL(close);
    if (fd >= 0 && fd < DESCRIPTORS)
        open_file[fd].watched = false;
    return real(fd);
}
