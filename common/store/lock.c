/*
 * lock.c - writer.lock and swap.lock: kernel locks on files LMDB never opens (RELIABILITY H13).
 *
 * flock goes with its holder's last descriptor, so a killed run leaves nothing to clean up; the
 * files stay for ever, because unlinking a lock file lets two holders in. writer.lock holds the pid
 * and the start of its holder, for the message of the one who must wait.
 */
#include "common/store/store_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

double dtl_monotonic(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

bool dtl_nap(double seconds)
{
    struct timespec t = {.tv_sec = (time_t)seconds};
    t.tv_nsec = (long)((seconds - (double)t.tv_sec) * 1e9);
    return nanosleep(&t, NULL) == 0;
}

/* DTL_OK, DTL_NOTFOUND (held by another) or a failure; waits by asking again, so that a signal ends
 * it. */
static enum dtl_status take(int fd, int how, double wait_seconds, const char *dir, const char *name,
                            struct dtl_error *err)
{
    double until = dtl_monotonic() + wait_seconds;
    for (;;) {
        if (flock(fd, how | LOCK_NB) == 0)
            return DTL_OK;
        if (errno == EINTR)
            continue; /* nothing was asked yet */
        if (errno != EWOULDBLOCK)
            return dtl_lmdb_fail(err, errno, dir, name);
        if (wait_seconds >= 0 && dtl_monotonic() >= until)
            return DTL_NOTFOUND;
        if (!dtl_nap(0.05))
            return DTL_NOTFOUND;
    }
}

static int open_lock(struct dtl_store *s, const char *name)
{
    int fd = openat(s->dir_fd, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd >= 0) {
        dtl_place_adopt(s->dir_fd, fd, false);
        return fd;
    }
    if (errno != EEXIST)
        return -1;
    return openat(s->dir_fd, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
}

/* A process that was stopped (SIGSTOP, ^Z) keeps its locks until it goes on or is killed. */
static bool is_stopped(long pid)
{
    char path[48], text[256];
    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
    if (fd >= 0)
        close(fd);
    text[n > 0 ? n : 0] = 0;
    const char *name_end = strrchr(text, ')'); /* "PID (name) STATE ..." */
    return name_end && (name_end[1] == ' ') && (name_end[2] == 'T' || name_end[2] == 't');
}

static enum dtl_status busy(struct dtl_store *s, int fd, struct dtl_error *err)
{
    char who[64];
    ssize_t n = pread(fd, who, sizeof who - 1, 0);
    long pid = 0;
    char *since = NULL;
    who[n > 0 ? n : 0] = 0;
    pid = strtol(who, &since, 10);
    if (pid <= 0 || *since != ' ' || strlen(since) < 20)
        return dtl_fail(err, DTL_EBUSY, 0, "%s: another run is at work", s->dir);
    since[20] = 0;
    if (is_stopped(pid))
        return dtl_fail(err, DTL_EBUSY, 0,
                        "%s: another run (pid %ld, since %s) is at work, but stopped: kill -CONT "
                        "%ld lets it go on, kill -KILL %ld ends it and loses nothing published",
                        s->dir, pid, since + 1, pid, pid);
    return dtl_fail(err, DTL_EBUSY, 0, "%s: another run (pid %ld, since %s) is at work", s->dir,
                    pid, since + 1);
}

/* Who we are, for the others' message; that it may fail is no reason not to work. */
static void sign(int fd)
{
    char text[64], stamp[32];
    struct tm tm;
    time_t now = time(NULL);
    if (!localtime_r(&now, &tm) || strftime(stamp, sizeof stamp, "%Y-%m-%d %H:%M:%S", &tm) == 0)
        return;
    int n = snprintf(text, sizeof text, "%ld %s\n", (long)getpid(), stamp);
    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)n, 0) != n)
        return;
}

enum dtl_status dtl_lock_writer(struct dtl_store *s, double wait_seconds, struct dtl_error *err)
{
    int fd = open_lock(s, DTL_FILE_WRITER);
    if (fd < 0)
        return dtl_lmdb_fail(err, errno, s->dir, "opening writer.lock");
    enum dtl_status st = take(fd, LOCK_EX, wait_seconds, s->dir, "locking writer.lock", err);
    if (st == DTL_NOTFOUND)
        st = busy(s, fd, err);
    if (st != DTL_OK) {
        close(fd);
        return st;
    }
    sign(fd);
    s->writer_fd = fd;
    return DTL_OK;
}

enum dtl_status dtl_lock_out_writers(struct dtl_store *s, struct dtl_error *err)
{
    int fd = openat(s->dir_fd, DTL_FILE_WRITER, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) /* a copy that never had a writer */
        return errno == ENOENT ? DTL_OK : dtl_lmdb_fail(err, errno, s->dir, "opening writer.lock");
    enum dtl_status st = take(fd, LOCK_SH, 0, s->dir, "locking writer.lock", err);
    if (st == DTL_NOTFOUND)
        st = dtl_fail(err, DTL_EBUSY, 0,
                      "%s: a run is at work, and from a read-only file system it cannot be read "
                      "beside it: try again, or read a backup",
                      s->dir);
    if (st != DTL_OK)
        close(fd);
    else
        s->writer_fd = fd;
    return st;
}

void dtl_unlock_writer(struct dtl_store *s)
{
    if (s->writer_fd < 0)
        return;
    if (s->write && ftruncate(s->writer_fd, 0) != 0)
        errno = 0; /* an old signature misleads nobody: it is read only while the lock is held */
    close(s->writer_fd);
    s->writer_fd = -1;
}

enum dtl_status dtl_lock_swap(struct dtl_store *s, bool exclusive, double wait_seconds, int *out,
                              struct dtl_error *err)
{
    int fd = s->write
                 ? open_lock(s, DTL_FILE_SWAP)
                 : openat(s->dir_fd, DTL_FILE_SWAP, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        /* Every writer makes the file before it could swap: without it there is nothing to wait
         * for. */
        if (!s->write && errno == ENOENT) {
            *out = -1;
            return DTL_OK;
        }
        return dtl_lmdb_fail(err, errno, s->dir, "opening swap.lock");
    }
    enum dtl_status st =
        take(fd, exclusive ? LOCK_EX : LOCK_SH, wait_seconds, s->dir, "locking swap.lock", err);
    if (st == DTL_NOTFOUND)
        st = dtl_fail(err, DTL_EBUSY, 0, "%s: the index is just being %s", s->dir,
                      exclusive ? "opened" : "replaced by `compact`");
    if (st != DTL_OK) {
        close(fd);
        return st;
    }
    *out = fd;
    return DTL_OK;
}
