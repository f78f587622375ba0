/* temp.c - O_TMPFILE where the file system has it, else a name removed at once. */
#include "indexer/build/temp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static enum dtl_status failed(struct dtl_error *err, int code, const char *what)
{
    return dtl_fail(err, code == ENOSPC || code == EDQUOT || code == EFBIG ? DTL_EFULL : DTL_EIO, 0,
                    "%s a temporary file in the index directory: %s", what, strerror(code));
}

enum dtl_status dtl_temp_open(const char *dir, int *fd, struct dtl_error *err)
{
    int got = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
    if (got < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == ENOENT || errno == EINVAL)) {
        struct dtl_buffer name = {0};
        if (!dtl_buffer_format(&name, "%s/.run-XXXXXX", dir)) {
            dtl_buffer_release(&name);
            return dtl_fail(err, DTL_ENOMEM, 0, "no memory for a name");
        }
        got = mkostemp((char *)name.p, O_CLOEXEC);
        if (got >= 0)
            unlink((char *)name.p);
        dtl_buffer_release(&name);
    }
    if (got < 0)
        return failed(err, errno, "cannot make");
    *fd = got;
    return DTL_OK;
}

enum dtl_status dtl_temp_write(int fd, uint64_t at, struct dtl_bytes data, struct dtl_error *err)
{
    while (data.n) {
        ssize_t n = pwrite(fd, data.p, data.n, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return failed(err, n < 0 ? errno : ENOSPC, "cannot write");
        at += (uint64_t)n;
        data = dtl_bytes(data.p + n, data.n - (size_t)n);
    }
    return DTL_OK;
}

enum dtl_status dtl_temp_map(int fd, uint64_t at, size_t n, void **p, struct dtl_error *err)
{
    void *got = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)at);
    if (got == MAP_FAILED)
        return failed(err, errno, "cannot map");
    *p = got;
    return DTL_OK;
}

enum dtl_status dtl_temp_array(const char *dir, size_t n, void **p, struct dtl_error *err)
{
    int fd = -1, code = 0;
    enum dtl_status st = dtl_temp_open(dir, &fd, err);
    if (st != DTL_OK)
        return st;
    /* Reserved first: a hole that cannot be filled would end in SIGBUS, not in a message. */
    void *got = MAP_FAILED;
    if ((code = posix_fallocate(fd, 0, (off_t)n)) == 0) {
        got = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        code = errno;
    }
    close(fd);
    if (got == MAP_FAILED)
        return failed(err, code, "cannot reserve");
    *p = got;
    return DTL_OK;
}
