/*
 * note.c - the small file `last-run` beside the data: how the last run went.
 *
 * Not a value of `meta`: what matters most is a run that could not write there. It is replaced
 * whole, and whoever cannot read it does without; nothing about the index depends on it.
 */
#include "common/store/store_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define NOTE_BYTES ((size_t)64 << 10)

static enum dtl_status failed(const struct dtl_store *s, int code, struct dtl_error *err)
{
    bool full = code == ENOSPC || code == EDQUOT || code == EFBIG;
    return dtl_fail(err, full ? DTL_EFULL : DTL_EIO, 0, "%s/%s: %s", s->dir, DTL_FILE_NOTE,
                    strerror(code));
}

static int write_all(int fd, struct dtl_bytes text)
{
    while (text.n) {
        ssize_t n = write(fd, text.p, text.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? errno : ENOSPC;
        text = dtl_bytes(text.p + n, text.n - (size_t)n);
    }
    return fsync(fd) != 0 ? errno : 0;
}

enum dtl_status dtl_store_note(struct dtl_store *s, struct dtl_bytes text, struct dtl_error *err)
{
    char name[sizeof DTL_TEMP_PREFIX + 24];
    snprintf(name, sizeof name, DTL_TEMP_PREFIX "%ld", (long)getpid());
    int fd = openat(s->dir_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return failed(s, errno, err);
    dtl_place_adopt(s->dir_fd, fd, false);
    int code = write_all(fd, text);
    if (close(fd) != 0 && !code)
        code = errno;
    if (!code && renameat(s->dir_fd, name, s->dir_fd, DTL_FILE_NOTE) != 0)
        code = errno;
    if (!code)
        return DTL_OK;
    unlinkat(s->dir_fd, name, 0);
    return failed(s, code, err);
}

enum dtl_status dtl_store_noted(const struct dtl_store *s, struct dtl_buffer *out,
                                struct dtl_error *err)
{
    char block[4096];
    ssize_t n = 0;
    int fd = openat(s->dir_fd, DTL_FILE_NOTE, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return errno == ENOENT ? DTL_NOTFOUND : failed(s, errno, err);
    while (out->n < NOTE_BYTES && (n = read(fd, block, sizeof block)) > 0)
        dtl_buffer_append(out, block, (size_t)n);
    int code = n < 0 ? errno : 0;
    close(fd);
    if (out->failed)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    return code ? failed(s, code, err) : DTL_OK;
}

bool dtl_store_disk(const struct dtl_store *s, uint64_t *left, uint64_t *total)
{
    struct statvfs fs;
    if (fstatvfs(s->dir_fd, &fs) != 0)
        return false;
    *left = (uint64_t)fs.f_bavail * fs.f_frsize;
    *total = (uint64_t)fs.f_blocks * fs.f_frsize;
    return true;
}
