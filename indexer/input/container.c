/*
 * container.c - tar and zip by libarchive, those two formats and no other, from a stream.
 *
 * What is known about the library and answered here: a name it cannot convert is a warning, not the
 * end (a loop that stops there drops the rest in silence); it hands out links, devices and names
 * with ".." untouched; a sparse member of a few bytes may be stated as terabytes. A zip in a plain
 * file is read by its directory at the end, one inside another stream as it comes.
 */
#include "indexer/input/container.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define READ_BYTES ((size_t)256 << 10)
#define RETRIES    16 /* of data the library asks to try again */

struct dtl_container {
    struct dtl_input *under; /* borrowed */
    struct archive *archive;
    struct dtl_input *member; /* of the member in hand, or of one before, or NULL */
    struct dtl_buffer name;
    uint8_t *room; /* READ_BYTES when read out of order */
    bool random;
    uint64_t at, size;   /* when random */
    uint64_t given;      /* bytes of the container handed to the library */
    size_t held;         /* bytes of `under` the library still looks at */
    uint64_t out;        /* bytes of all members so far ... */
    uint64_t member_out; /* ... and of this one */
    uint64_t members, skipped;
    const struct dtl_skips *skips; /* or NULL */
    struct dtl_error below;        /* why `under` could not be read */
    struct archive_entry *entry;   /* with `put_back`: of the header read already ... */
    int result;                    /* ... and what the library said of it */
    bool put_back;
    bool lost; /* bytes where a header should be were passed over */
    bool dead; /* the library can go no further */
    bool ended;
};

/*
 * The sum of a tar header, its own field taken as blanks; some old programs summed signed bytes.
 * Every member of a container is asked, and hardly one has digits in that place.
 */
static bool is_tar_header(const uint8_t *p)
{
    uint64_t unsigned_sum = 0, stated = 0;
    int64_t signed_sum = 0;
    size_t i = 148, digits = 0;
    while (i < 156 && p[i] == ' ')
        i++;
    for (; i < 156 && p[i] >= '0' && p[i] <= '7'; i++, digits++)
        stated = stated * 8 + (uint64_t)(p[i] - '0');
    if (!digits || !p[0])
        return false;
    for (i = 0; i < 512; i++) {
        uint8_t c = i >= 148 && i < 156 ? ' ' : p[i];
        unsigned_sum += c;
        signed_sum += (int8_t)c;
    }
    return stated == unsigned_sum || (int64_t)stated == signed_sum;
}

const char *dtl_container_kind(struct dtl_bytes head)
{
    if (dtl_bytes_starts(head, DTL_LITERAL("PK\x03\x04")) ||
        dtl_bytes_starts(head, DTL_LITERAL("PK\x05\x06")))
        return "zip";
    return head.n >= DTL_CONTAINER_HEAD && is_tar_header(head.p) ? "tar" : NULL;
}

/* ---- what the library calls ---- */

static la_ssize_t below_failed(struct dtl_container *c, struct archive *a)
{
    archive_set_error(a, EIO, "%s", c->below.text);
    return -1;
}

static la_ssize_t on_read(struct archive *a, void *context, const void **buffer)
{
    struct dtl_container *c = context;
    ssize_t got;
    if (c->random) {
        got = dtl_input_read_at(c->under, c->at, c->room, READ_BYTES);
        if (got < 0) {
            dtl_fail(&c->below, DTL_EIO, c->at, "%s", strerror(errno));
            return below_failed(c, a);
        }
        c->at += (uint64_t)got;
        *buffer = c->room;
    } else {
        struct dtl_bytes view;
        dtl_input_skip(c->under, c->held);
        c->held = 0;
        if (dtl_input_peek(c->under, 1, &view, &c->below) < 0)
            return below_failed(c, a);
        c->held = view.n;
        *buffer = view.p;
        got = (ssize_t)view.n;
    }
    c->given += (uint64_t)got;
    return got;
}

static la_int64_t on_seek(struct archive *a, void *context, la_int64_t offset, int whence)
{
    struct dtl_container *c = context;
    int64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? (int64_t)c->at : (int64_t)c->size;
    if (offset < -base || offset > INT64_MAX - base) {
        archive_set_error(a, EINVAL, "a place outside the file");
        return ARCHIVE_FATAL;
    }
    c->at = (uint64_t)(base + offset);
    return base + offset;
}

static la_int64_t on_skip(struct archive *a, void *context, la_int64_t request)
{
    struct dtl_container *c = context;
    (void)a;
    if (!c->random || request <= 0 || (uint64_t)request > c->size ||
        c->at > c->size - (uint64_t)request)
        return 0;
    c->at += (uint64_t)request;
    return request;
}

/* ---- open and close ---- */

enum dtl_status dtl_container_open(struct dtl_container **out, struct dtl_input *in,
                                   struct dtl_error *err)
{
    struct dtl_container *c = calloc(1, sizeof *c);
    if (!c)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    c->under = in;
    c->random = dtl_input_at(in) == 0 && dtl_input_size(in, &c->size);
    c->room = c->random ? malloc(READ_BYTES) : NULL;
    c->archive = archive_read_new();
    if (!c->archive || (c->random && !c->room)) {
        dtl_container_close(c);
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    }
    struct archive *a = c->archive;
    archive_read_support_format_tar(a);
    archive_read_support_format_zip(a);
    archive_read_set_read_callback(a, on_read);
    archive_read_set_skip_callback(a, on_skip);
    if (c->random)
        archive_read_set_seek_callback(a, on_seek);
    archive_read_set_callback_data(a, c);
    if (archive_read_open1(a) < ARCHIVE_WARN) {
        enum dtl_status st = c->below.code < 0 ? c->below.code : DTL_ECORRUPT;
        const char *why = archive_error_string(a);
        dtl_fail(err, st, 0, "cannot be unpacked: %.200s", why ? why : "no reason given");
        dtl_container_close(c);
        return st;
    }
    *out = c;
    return DTL_OK;
}

void dtl_container_close(struct dtl_container *c)
{
    if (!c)
        return;
    dtl_input_close(c->member);
    archive_read_free(c->archive);
    dtl_buffer_release(&c->name);
    free(c->room);
    free(c);
}

void dtl_container_tell(struct dtl_container *c, const struct dtl_skips *skips)
{
    c->skips = skips;
}

uint64_t dtl_container_skipped(const struct dtl_container *c)
{
    return c->skipped;
}

bool dtl_container_cut(const struct dtl_container *c)
{
    return c->dead || c->lost;
}

/* ---- members ---- */

static enum dtl_status failed(struct dtl_container *c, enum dtl_status code, struct dtl_error *err)
{
    if (c->below.code < 0) {
        c->dead = true;
        if (err)
            *err = c->below;
        return c->below.code;
    }
    const char *why = archive_error_string(c->archive);
    if (archive_errno(c->archive) == ENOMEM)
        code = DTL_ENOMEM;
    if (!why)
        why = "no reason given";
    size_t line = strcspn(why, "\n"); /* some of its reasons end in one */
    return dtl_fail(err, code, c->given, "cannot be unpacked: %.*s", line < 200 ? (int)line : 200,
                    why);
}

static enum dtl_status over_cap(struct dtl_container *c, struct dtl_error *err)
{
    if (c->member_out > DTL_MEMBER_MAX)
        return dtl_fail(err, DTL_ECORRUPT, c->member_out, "a member over %d MiB; divide it",
                        (int)(DTL_MEMBER_MAX >> 20));
    if (c->out > DTL_CONTAINER_MAX)
        dtl_fail(err, DTL_ECORRUPT, c->out, "more than %d GiB when unpacked",
                 (int)(DTL_CONTAINER_MAX >> 30));
    else if (c->out > DTL_INPUT_RATIO_MIN && c->out / DTL_INPUT_RATIO > c->given)
        dtl_fail(err, DTL_ECORRUPT, c->out, "unpacks to more than %d times its size: refused",
                 DTL_INPUT_RATIO);
    else
        return DTL_OK;
    c->dead = true;
    return DTL_ECORRUPT;
}

static ssize_t on_pull(void *context, void *to, size_t n, struct dtl_error *err)
{
    struct dtl_container *c = context;
    la_ssize_t got;
    int tries = 0;
    do
        got = archive_read_data(c->archive, to, n);
    while (got == ARCHIVE_RETRY && tries++ < RETRIES);
    if (got < 0) { /* a warning is a sum that does not hold: the bytes are not to be trusted */
        c->dead |= got == ARCHIVE_FATAL;
        failed(c, DTL_ECORRUPT, err);
        return -1;
    }
    c->out += (uint64_t)got;
    c->member_out += (uint64_t)got;
    return over_cap(c, err) < 0 ? -1 : (ssize_t)got;
}

/* Is a folder of the path, or its last name, hidden? ".." is no hidden name. */
static bool is_hidden(struct dtl_bytes name)
{
    for (size_t at = 0; at < name.n;) {
        const uint8_t *slash = memchr(name.p + at, '/', name.n - at);
        size_t end = slash ? (size_t)(slash - name.p) : name.n;
        struct dtl_bytes part = dtl_bytes(name.p + at, end - at);
        if (part.n && part.p[0] == '.' && !dtl_bytes_is(part, ".") && !dtl_bytes_is(part, ".."))
            return true;
        at = end + 1;
    }
    return false;
}

static bool take_name(struct dtl_container *c, struct archive_entry *entry)
{
    const char *name = archive_entry_pathname_utf8(entry);
    if (!name)
        name = archive_entry_pathname(entry);
    dtl_buffer_reset(&c->name);
    if (!name || !*name)
        return dtl_buffer_format(&c->name, "member-%llu", (unsigned long long)c->members);
    while (name[0] == '.' && name[1] == '/')
        name += 2;
    return dtl_buffer_append(&c->name, name, strnlen(name, DTL_MEMBER_NAME_MAX + 1));
}

/* The member in hand, whose name is taken. */
static enum dtl_status open_member(struct dtl_container *c, struct archive_entry *entry,
                                   struct dtl_member *out, struct dtl_error *err)
{
    if (c->name.n > DTL_MEMBER_NAME_MAX) {
        c->name.n = 60;
        return dtl_fail(err, DTL_EINPUT, c->given, "a name over %d bytes", DTL_MEMBER_NAME_MAX);
    }
    if (archive_entry_is_encrypted(entry))
        return dtl_fail(err, DTL_EINPUT, c->given, "encrypted; unpack it first");
    if (archive_entry_size_is_set(entry) && (uint64_t)archive_entry_size(entry) > DTL_MEMBER_MAX)
        return dtl_fail(err, DTL_EINPUT, c->given, "a member over %d MiB; divide it",
                        (int)(DTL_MEMBER_MAX >> 20));
    c->member_out = 0;
    enum dtl_status st = dtl_input_reopen_pull(&c->member, on_pull, c, true, err);
    if (st == DTL_ECORRUPT && !c->dead) {
        st = DTL_EINPUT;
        err->code = st;
    }
    if (st < 0)
        return st;
    int64_t seconds = archive_entry_mtime_is_set(entry) ? archive_entry_mtime(entry) : 0;
    out->mtime_ns =
        seconds > 0 && seconds < INT64_MAX / 1000000000
            ? (uint64_t)seconds * 1000000000u + (uint64_t)archive_entry_mtime_nsec(entry)
            : 0;
    out->in = c->member;
    return DTL_OK;
}

/*
 * The next header into c->entry and c->result. *lost: bytes that should have been one were passed
 * over, a block at a time, as the library does where a sum does not hold. It says so in passing:
 * whoever only tries again loses a member in silence.
 */
static void read_header(struct dtl_container *c, bool *lost)
{
    *lost = false;
    for (int tries = 0; !c->put_back; tries++) {
        c->result = archive_read_next_header(c->archive, &c->entry);
        if (c->result != ARCHIVE_RETRY || tries > DTL_CONTAINER_MEMBERS)
            break;
        *lost = true;
    }
    c->put_back = *lost; /* this loss is told first */
    c->lost |= *lost;
}

enum dtl_status dtl_container_next(struct dtl_container *c, struct dtl_member *member,
                                   struct dtl_error *err)
{
    struct dtl_error own;
    if (!err)
        err = &own;
    if (c->dead || c->ended)
        return DTL_END; /* the member it happened in has said why */
    for (;;) {
        bool lost;
        read_header(c, &lost);
        struct archive_entry *entry = c->entry;
        if (lost) {
            dtl_buffer_reset(&c->name);
            dtl_buffer_format(&c->name, "member-%llu", (unsigned long long)++c->members);
            member->name = dtl_buffer_view(&c->name);
            return dtl_fail(err, DTL_EINPUT, c->given,
                            "no head of a member; reading goes on at the next that is one");
        }
        if (c->result == ARCHIVE_EOF) {
            c->ended = true;
            return DTL_END;
        }
        if (c->result < ARCHIVE_WARN) {
            c->dead = true;
            return failed(c, DTL_ECORRUPT, err);
        }
        if (++c->members > DTL_CONTAINER_MEMBERS) {
            c->dead = true;
            return dtl_fail(err, DTL_ECORRUPT, c->given, "more than %d members; divide it",
                            DTL_CONTAINER_MEMBERS);
        }
        if (!take_name(c, entry))
            return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
        if (archive_entry_filetype(entry) == AE_IFDIR)
            continue;
        bool plain = archive_entry_filetype(entry) == AE_IFREG && !archive_entry_hardlink(entry);
        if (!plain || is_hidden(dtl_buffer_view(&c->name))) {
            c->skipped++;
            if (c->skips)
                c->skips->skipped(c->skips->ctx, dtl_buffer_view(&c->name),
                                  plain ? "hidden" : "a link or a special file");
            continue;
        }
        enum dtl_status st = open_member(c, entry, member, err);
        member->name = dtl_buffer_view(&c->name);
        return st;
    }
}
