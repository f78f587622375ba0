/*
 * stream.c - one file as a byte stream with look-ahead, unpacked on the way.
 *
 * A file that begins like gzip, zstd, xz or bzip2 goes through libarchive (its "raw" format, those
 * four filters and no other); every other file is read directly, since most archives are plain and
 * should not pay for a second copy. Nothing is ever written to disk.
 *
 * The caps stand between a few hundred bytes of nested gzip and a full disk: at most two
 * compressions inside one another, 64 GiB out of one file, and a ratio of 1000 once 64 MB are out.
 */
#include "indexer/input/source.h"

#include <archive.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_BYTES  ((size_t)256 << 10) /* one read(2); also what libarchive is fed */
#define MAGIC_BYTES 6
#define HEAD_BYTES  48                /* of a file, read before it is known whether it is packed */
#define KEPT_BYTES  ((size_t)1 << 20) /* of a window that serves the next stream too */
#define XZ_DICT_MAX (UINT64_C(128) << 20) /* as zstd's own default for windows */

struct dtl_input {
    int fd;       /* -1 when over bytes or pulled */
    bool owns_fd; /* not so for standard input */
    bool gap;     /* still to come: from gap_from the file goes on at gap_to */
    uint64_t file_at, gap_from, gap_to;
    struct dtl_bytes memory; /* what is left of the bytes when over bytes */
    struct dtl_bytes whole;  /* all of them */
    dtl_pull_fn pull;        /* where bytes come from when neither */
    void *pull_context;
    struct dtl_error below; /* what pull failed with */
    char *path;
    struct stat opened;
    struct archive *archive; /* NULL: plain */
    uint8_t *packed;         /* READ_BYTES, what libarchive is fed from */
    uint8_t first[HEAD_BYTES];
    size_t first_n;          /* bytes read to look at the head, not yet given on */
    uint64_t in_bytes;       /* packed bytes read */
    uint64_t out_bytes;      /* unpacked bytes put into the window */
    struct dtl_buffer ahead; /* the window */
    size_t head;             /* consumed bytes of it */
    uint64_t at;             /* stream offset of ahead.p[head] */
    bool ended;
    struct dtl_error failed; /* code 0: not */
};

/* Bytes of the file where it stands; what lies before a bookmark is stepped over. */
static ssize_t read_file(struct dtl_input *in, void *to, size_t n)
{
    ssize_t got;
    if (in->gap && in->file_at == in->gap_from) {
        if (lseek(in->fd, (off_t)in->gap_to, SEEK_SET) < 0)
            return -1;
        in->gap = false;
    }
    if (in->gap && n > in->gap_from - in->file_at)
        n = (size_t)(in->gap_from - in->file_at);
    struct pollfd more = {.fd = in->fd, .events = POLLIN};
    if (!in->owns_fd && poll(&more, 1, -1) < 0) /* read would sleep on through a signal to end */
        return -1;
    do
        got = read(in->fd, to, n);
    while (got < 0 && errno == EINTR);
    if (got > 0)
        in->file_at += (uint64_t)got;
    return got;
}

/* Bytes of the file itself: 0 at the end, -1 with errno, or with in->below when pulled. */
static ssize_t read_raw(struct dtl_input *in, void *to, size_t n)
{
    ssize_t got;
    if (in->first_n) {
        got = (ssize_t)(in->first_n < n ? in->first_n : n);
        memcpy(to, in->first, (size_t)got);
        in->first_n -= (size_t)got;
        memmove(in->first, in->first + got, in->first_n);
    } else if (in->pull) {
        errno = EIO;
        got = in->below.code < 0 ? -1 : in->pull(in->pull_context, to, n, &in->below);
    } else if (in->fd < 0) {
        got = (ssize_t)(in->memory.n < n ? in->memory.n : n);
        if (got)
            memcpy(to, in->memory.p, (size_t)got);
        in->memory.p += got;
        in->memory.n -= (size_t)got;
    } else {
        got = read_file(in, to, n);
    }
    return got;
}

static enum dtl_status raw_failed(const struct dtl_input *in, struct dtl_error *err)
{
    if (in->below.code == DTL_OK)
        return dtl_fail(err, DTL_EIO, in->at, "%s", strerror(errno));
    if (err)
        *err = in->below;
    return in->below.code;
}

static la_ssize_t on_read(struct archive *a, void *context, const void **buffer)
{
    struct dtl_input *in = context;
    ssize_t got = read_raw(in, in->packed, READ_BYTES);
    if (got < 0)
        archive_set_error(a, errno, "%s", strerror(errno));
    else
        in->in_bytes += (uint64_t)got;
    *buffer = in->packed;
    return got;
}

static bool is_packed(const uint8_t *p, size_t n)
{
    static const struct {
        uint8_t magic[MAGIC_BYTES];
        size_t n;
    } known[] = {
        {{0x1f, 0x8b},                     2}, /* gzip */
        {{0x28, 0xb5, 0x2f, 0xfd},         4}, /* zstd */
        {{0xfd, '7', 'z', 'X', 'Z', 0x00}, 6}, /* xz */
        {{'B', 'Z', 'h', '9', 0x31},       3}, /* bzip2: the digit is a size */
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (n >= known[i].n && memcmp(p, known[i].magic, known[i].n) == 0)
            /* three letters may begin a text, a text has no control character behind them */
            return p[0] != 'B' || n < 5 || p[4] == 0x31 || p[4] == 0x17;
    return false;
}

static enum dtl_status archive_failed(struct dtl_input *in, struct dtl_error *err)
{
    if (in->below.code < 0)
        return raw_failed(in, err);
    int code = archive_errno(in->archive);
    const char *text = archive_error_string(in->archive);
    return dtl_fail(err,
                    code == ENOMEM ? DTL_ENOMEM
                    : code == EIO  ? DTL_EIO
                                   : DTL_ECORRUPT,
                    in->in_bytes, "broken compression: %s", text ? text : "no reason given");
}

static enum dtl_status unpack_open(struct dtl_input *in, struct dtl_error *err)
{
    struct archive *a = archive_read_new();
    in->packed = malloc(READ_BYTES);
    if (!a || !in->packed) {
        archive_read_free(a);
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    }
    in->archive = a;
    archive_read_support_filter_gzip(a);
    archive_read_support_filter_bzip2(a);
    archive_read_support_filter_xz(a);
    archive_read_support_filter_zstd(a);
    archive_read_support_format_raw(a);
    archive_read_support_format_empty(a); /* a packed empty file */
    if (archive_read_open(a, in, NULL, on_read, NULL) < ARCHIVE_WARN)
        return archive_failed(in, err);
    /* the count holds one more for the plain bytes at the bottom */
    if (archive_filter_count(a) < 2)
        return dtl_fail(err, DTL_ECORRUPT, 0, "broken compression: its head is cut short");
    if (archive_filter_count(a) > DTL_INPUT_FILTERS + 1)
        return dtl_fail(err, DTL_ECORRUPT, 0, "more than %d compressions inside one another",
                        DTL_INPUT_FILTERS);
    struct archive_entry *entry;
    int r = archive_read_next_header(a, &entry);
    if (r == ARCHIVE_EOF)
        in->ended = true;
    else if (r < ARCHIVE_WARN)
        return archive_failed(in, err);
    return DTL_OK;
}

/*
 * The dictionary the first block of an xz file asks for: a gigabyte of it would be the library's
 * limit, and is more than a whole run may use. 0 when this is not such a head; what is wrong with
 * it, the library says. (Stream header of 12 bytes; block header: size, flags, sizes by flag, and
 * for each filter its number, the size of its properties and these.)
 */
static uint64_t xz_dictionary(struct dtl_bytes head)
{
    struct dtl_reader r = dtl_reader_of(head);
    if (!dtl_bytes_starts(head, DTL_LITERAL("\xfd"
                                            "7zXZ")))
        return 0;
    (void)dtl_read_bytes(&r, 13);
    uint8_t flags = dtl_read_u8(&r);
    if (flags & 0x40)
        (void)dtl_read_varint(&r);
    if (flags & 0x80)
        (void)dtl_read_varint(&r);
    for (int filters = (flags & 3) + 1; filters && !r.bad; filters--) {
        uint64_t id = dtl_read_varint(&r), size = dtl_read_varint(&r);
        uint8_t bits = id == 0x21 && size == 1 ? dtl_read_u8(&r) & 0x3f : 0;
        if (id == 0x21)
            return r.bad || bits > 40 ? 0 : (uint64_t)(2 | (bits & 1)) << (bits / 2 + 11);
        if (size > head.n)
            break;
        (void)dtl_read_bytes(&r, (size_t)size);
    }
    return 0;
}

static enum dtl_status begin(struct dtl_input *in, struct dtl_error *err)
{
    while (in->first_n < HEAD_BYTES) {
        uint8_t more[HEAD_BYTES];
        size_t had = in->first_n;
        in->first_n = 0;
        ssize_t got = read_raw(in, more, HEAD_BYTES - had);
        in->first_n = had;
        if (got < 0)
            return raw_failed(in, err);
        if (got == 0)
            break;
        memcpy(in->first + had, more, (size_t)got);
        in->first_n += (size_t)got;
    }
    if (xz_dictionary(dtl_bytes(in->first, in->first_n)) > XZ_DICT_MAX)
        return dtl_fail(err, DTL_ECORRUPT, 0,
                        "xz with a dictionary over %d MiB; pack it with xz -9",
                        (int)(XZ_DICT_MAX >> 20));
    return is_packed(in->first, in->first_n) ? unpack_open(in, err) : DTL_OK;
}

static struct dtl_input *input_new(struct dtl_bytes path)
{
    struct dtl_input *in = calloc(1, sizeof *in);
    if (in) {
        in->fd = -1;
        in->path = strndup(path.n ? (const char *)path.p : "", path.n);
        if (!in->path) {
            free(in);
            in = NULL;
        }
    }
    return in;
}

static enum dtl_status open_file(struct dtl_input *in, const struct dtl_file *file,
                                 struct dtl_error *err)
{
    /* O_NONBLOCK: a pipe put in the file's place must not hang the run */
    in->fd = open(in->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (in->fd < 0)
        return dtl_fail(err, DTL_EIO, 0, "%s", strerror(errno));
    in->owns_fd = true;
    if (fstat(in->fd, &in->opened) < 0)
        return dtl_fail(err, DTL_EIO, 0, "%s", strerror(errno));
    if (!S_ISREG(in->opened.st_mode))
        return dtl_fail(err, DTL_EIO, 0, "not a regular file");
    if (file->inode && (file->inode != in->opened.st_ino || file->device != in->opened.st_dev))
        return dtl_fail(err, DTL_EIO, 0, "another file took its place since the folder was listed");
    if (file->bookmark) {
        in->gap = true;
        in->gap_from = file->bookmark->lead;
        in->gap_to = file->bookmark->at;
        /* It must still be what the walk saw, and the bookmark was compared with. */
        in->opened.st_size = (off_t)file->size;
        in->opened.st_mtim.tv_sec = (time_t)(file->mtime_ns / UINT64_C(1000000000));
        in->opened.st_mtim.tv_nsec = (long)(file->mtime_ns % UINT64_C(1000000000));
    }
    (void)posix_fadvise(in->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    return DTL_OK;
}

enum dtl_status dtl_input_open(struct dtl_input **out, const struct dtl_file *file,
                               struct dtl_error *err)
{
    struct dtl_input *in = input_new(file->path);
    if (!in)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    enum dtl_status st = DTL_OK;
    if (file->is_stdin)
        in->fd = STDIN_FILENO;
    else
        st = open_file(in, file, err);
    if (st == DTL_OK && !file->bookmark)
        st = begin(in, err);
    if (st == DTL_OK)
        *out = in;
    else
        dtl_input_close(in);
    return st;
}

enum dtl_status dtl_input_open_bytes(struct dtl_input **out, struct dtl_bytes bytes,
                                     struct dtl_error *err)
{
    struct dtl_input *in = input_new(DTL_LITERAL(""));
    if (!in)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    in->memory = in->whole = bytes;
    enum dtl_status st = begin(in, err);
    if (st == DTL_OK)
        *out = in;
    else
        dtl_input_close(in);
    return st;
}

enum dtl_status dtl_input_open_pull(struct dtl_input **out, dtl_pull_fn pull, void *context,
                                    bool unpack, struct dtl_error *err)
{
    struct dtl_input *in = input_new(DTL_LITERAL(""));
    if (!in)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    in->pull = pull;
    in->pull_context = context;
    enum dtl_status st = unpack ? begin(in, err) : DTL_OK;
    if (st == DTL_OK)
        *out = in;
    else
        dtl_input_close(in);
    return st;
}

bool dtl_input_size(const struct dtl_input *in, uint64_t *size)
{
    if (in->archive || in->pull || (in->fd >= 0 && !in->owns_fd))
        return false;
    *size = in->fd >= 0 ? (uint64_t)in->opened.st_size : in->whole.n;
    return true;
}

ssize_t dtl_input_read_at(const struct dtl_input *in, uint64_t at, void *to, size_t n)
{
    ssize_t got;
    if (in->fd < 0) {
        size_t left = at < in->whole.n ? in->whole.n - (size_t)at : 0;
        got = (ssize_t)(n < left ? n : left);
        if (got)
            memcpy(to, in->whole.p + at, (size_t)got);
        return got;
    }
    do
        got = pread(in->fd, to, n, (off_t)at);
    while (got < 0 && errno == EINTR);
    return got;
}

enum dtl_status dtl_input_reopen_pull(struct dtl_input **in, dtl_pull_fn pull, void *context,
                                      bool unpack, struct dtl_error *err)
{
    struct dtl_input *old = *in;
    if (!old || !old->pull || old->ahead.capacity > KEPT_BYTES) {
        dtl_input_close(old);
        *in = NULL;
        return dtl_input_open_pull(in, pull, context, unpack, err);
    }
    archive_read_free(old->archive);
    free(old->packed);
    struct dtl_buffer window = {.p = old->ahead.p, .capacity = old->ahead.capacity};
    *old = (struct dtl_input){
        .fd = -1, .path = old->path, .ahead = window, .pull = pull, .pull_context = context};
    enum dtl_status st = unpack ? begin(old, err) : DTL_OK;
    if (st < 0) {
        dtl_input_close(old);
        *in = NULL;
    }
    return st;
}

void dtl_input_close(struct dtl_input *in)
{
    if (!in)
        return;
    archive_read_free(in->archive);
    if (in->owns_fd)
        close(in->fd);
    dtl_buffer_release(&in->ahead);
    free(in->packed);
    free(in->path);
    free(in);
}

static enum dtl_status over_cap(const struct dtl_input *in, struct dtl_error *err)
{
    if (in->out_bytes > DTL_INPUT_MAX)
        return dtl_fail(err, DTL_ECORRUPT, in->out_bytes, "more than %d GiB when unpacked",
                        (int)(DTL_INPUT_MAX >> 30));
    if (in->out_bytes > DTL_INPUT_RATIO_MIN && in->out_bytes / DTL_INPUT_RATIO > in->in_bytes)
        return dtl_fail(err, DTL_ECORRUPT, in->out_bytes,
                        "unpacks to more than %d times its size: refused", DTL_INPUT_RATIO);
    return DTL_OK;
}

/* Bring at least one more byte into the window, or set `ended`. */
static enum dtl_status fill(struct dtl_input *in, struct dtl_error *err)
{
    ssize_t got;
    if (!dtl_buffer_reserve(&in->ahead, READ_BYTES))
        return dtl_fail(err, DTL_ENOMEM, in->at, "out of memory");
    uint8_t *to = in->ahead.p + in->ahead.n;
    size_t room = in->ahead.capacity - in->ahead.n;
    if (in->archive) {
        got = archive_read_data(in->archive, to, room < READ_BYTES ? room : READ_BYTES);
        if (got < 0 && got != ARCHIVE_WARN)
            return archive_failed(in, err);
        if (got < 0)
            got = 0;
    } else {
        got = read_raw(in, to, READ_BYTES);
        if (got < 0)
            return raw_failed(in, err);
    }
    in->ended = got == 0;
    in->ahead.n += (size_t)got;
    in->out_bytes += (uint64_t)got;
    return in->archive ? over_cap(in, err) : DTL_OK;
}

enum dtl_status dtl_input_peek(struct dtl_input *in, size_t want, struct dtl_bytes *out,
                               struct dtl_error *err)
{
    struct dtl_buffer *b = &in->ahead;
    if (b->n - in->head < want && in->head) { /* rarely: a record ends about every fill */
        memmove(b->p, b->p + in->head, b->n - in->head);
        b->n -= in->head;
        in->head = 0;
    }
    while (b->n - in->head < want && !in->ended) {
        enum dtl_status st = in->failed.code;
        if (st == DTL_OK)
            st = fill(in, &in->failed);
        if (st < 0) {
            if (err)
                *err = in->failed;
            return st;
        }
    }
    *out = dtl_bytes(b->p ? b->p + in->head : NULL, b->n - in->head);
    return DTL_OK;
}

void dtl_input_skip(struct dtl_input *in, size_t n)
{
    size_t left = in->ahead.n - in->head;
    if (n > left)
        n = left;
    in->head += n;
    in->at += n;
}

uint64_t dtl_input_at(const struct dtl_input *in)
{
    return in->at;
}

bool dtl_input_unsettled(struct dtl_input *in)
{
    struct stat now;
    if (!in->owns_fd)
        return false;
    if (stat(in->path, &now) < 0) /* by name: a file put in its place counts as changed too */
        return true;
    const struct stat *was = &in->opened;
    return now.st_size != was->st_size || now.st_ino != was->st_ino || now.st_dev != was->st_dev ||
           now.st_mtim.tv_sec != was->st_mtim.tv_sec || now.st_mtim.tv_nsec != was->st_mtim.tv_nsec;
}
