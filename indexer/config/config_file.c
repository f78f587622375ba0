/*
 * config_file.c - the file a configuration stands in, and who may have written it.
 *
 * It decides which files are read, with the rights of whoever runs the update, and what becomes
 * searchable: a file that others may write is refused, as the index itself would be.
 */
#include "indexer/config/config.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static enum dtl_status inspect(int fd, const char *path, struct dtl_error *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return dtl_fail(err, DTL_EIO, 0, "%.200s: %s", path, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return dtl_fail(err, DTL_EUSAGE, 0, "%.200s: not a file", path);
    if (st.st_mode & (S_IWGRP | S_IWOTH))
        return dtl_fail(err, DTL_EREFUSED, 0,
                        "%.200s is writable by %s (mode %04o), who could have anything indexed: "
                        "chmod go-w",
                        path, st.st_mode & S_IWOTH ? "everyone" : "its group",
                        (unsigned)st.st_mode & 07777);
    if (st.st_uid != 0 && st.st_uid != geteuid())
        return dtl_fail(err, DTL_EREFUSED, 0,
                        "%.200s belongs to user %u, neither to root nor to user %u, who runs this: "
                        "chown, or run as its owner",
                        path, (unsigned)st.st_uid, (unsigned)geteuid());
    if (st.st_size > (off_t)DTL_CONFIG_BYTES)
        return dtl_fail(err, DTL_EUSAGE, 0, "%.200s: over %zu KiB, so no configuration", path,
                        DTL_CONFIG_BYTES >> 10);
    return DTL_OK;
}

static enum dtl_status all_of(int fd, const char *path, struct dtl_buffer *out,
                              struct dtl_error *err)
{
    char block[8192];
    ssize_t got;
    while ((got = read(fd, block, sizeof block)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return dtl_fail(err, DTL_EIO, 0, "%.200s: %s", path, strerror(errno));
        if (!dtl_buffer_append(out, block, (size_t)got))
            return dtl_fail(err, DTL_ENOMEM, 0, "no memory for the configuration");
    }
    return DTL_OK;
}

enum dtl_status dtl_config_read(const char *path, struct dtl_arena *arena, struct dtl_config *out,
                                struct dtl_error *err)
{
    struct dtl_buffer text = {.limit = DTL_CONFIG_BYTES};
    struct dtl_error why = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return DTL_NOTFOUND;
    if (fd < 0)
        return dtl_fail(err, DTL_EIO, 0, "%.200s: %s", path, strerror(errno));
    enum dtl_status st = inspect(fd, path, err);
    if (st == DTL_OK)
        st = all_of(fd, path, &text, err);
    close(fd);
    if (st == DTL_OK) {
        st = dtl_config_parse(dtl_buffer_view(&text), arena, out, &why);
        if (st == DTL_EINPUT)
            st = dtl_fail(err, DTL_EUSAGE, why.pos, "%.160s:%llu: %.220s", path,
                          (unsigned long long)why.pos, why.text);
        else if (st < 0)
            st = dtl_fail(err, st, 0, "%s", why.text);
    }
    dtl_buffer_release(&text);
    if (st == DTL_OK && !(out->file = dtl_arena_strndup(arena, path, strlen(path))))
        st = dtl_fail(err, DTL_ENOMEM, 0, "no memory for the configuration");
    return st;
}
