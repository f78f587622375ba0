/*
 * grown.c - is a file the one that was read before, only longer?
 *
 * Comparing all of it would cost what reading it costs. So the bytes at both ends of what was read
 * are compared: whoever puts something in front or rewrites the file moves or changes one of them.
 * A change of the same length in the middle, made since together with growth, is not seen; a new
 * time without growth is, because then the whole file is read (docs/decisions/0220).
 */
#include "common/base/hash.h"
#include "indexer/input/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef ssize_t (*read_at_fn)(const void *from, uint64_t at, void *to, size_t n);

/* The two windows' hashes, and the line ends of what leads. */
static bool hash_ends(read_at_fn read_at, const void *from, struct dtl_bookmark *b,
                      uint64_t *lead_lines)
{
    size_t n = (size_t)(b->at < DTL_BOOKMARK_WINDOW ? b->at : DTL_BOOKMARK_WINDOW);
    uint8_t *window = malloc(n + 1);
    bool whole = window && b->lead <= n && read_at(from, 0, window, n) == (ssize_t)n;
    if (whole) {
        b->head = dtl_hash64(dtl_bytes(window, n), 0);
        *lead_lines = 0;
        for (size_t i = 0; i < b->lead; i++)
            *lead_lines += window[i] == '\n';
        whole = read_at(from, b->at - n, window, n) == (ssize_t)n;
    }
    if (whole)
        b->tail = dtl_hash64(dtl_bytes(window, n), 0);
    free(window);
    return whole;
}

static ssize_t of_input(const void *from, uint64_t at, void *to, size_t n)
{
    return dtl_input_read_at(from, at, to, n);
}

bool dtl_bookmark_seal(const struct dtl_input *in, uint64_t line, struct dtl_bookmark *b)
{
    uint64_t size, lead_lines = 0;
    if (!dtl_input_size(in, &size) || b->at > size || !hash_ends(of_input, in, b, &lead_lines))
        return false;
    b->lines = line - 1 - lead_lines;
    return line > lead_lines;
}

static ssize_t of_file(const void *from, uint64_t at, void *to, size_t n)
{
    ssize_t got;
    do
        got = pread(*(const int *)from, to, n, (off_t)at);
    while (got < 0 && errno == EINTR);
    return got;
}

bool dtl_bookmark_holds(const struct dtl_file *file, const struct dtl_bookmark *b)
{
    uint64_t lead_lines;
    struct dtl_bookmark now = *b;
    struct stat s;
    char *path = strndup((const char *)file->path.p, file->path.n);
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) : -1;
    bool holds = fd >= 0 && fstat(fd, &s) == 0 && s.st_ino == file->inode &&
                 s.st_dev == file->device && b->at <= file->size &&
                 hash_ends(of_file, &fd, &now, &lead_lines) && now.head == b->head &&
                 now.tail == b->tail;
    if (fd >= 0)
        close(fd);
    free(path);
    return holds;
}
