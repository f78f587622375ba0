/*
 * mbox.c - many messages in one file, each behind a line "From sender date" (RFC 4155).
 *
 * A line of text that begins so is quoted with '>' by most who write such files, and by some is
 * not: so a message begins only behind a blank line, with a time of day in the line, and a header
 * line next. One '>' of a quoted line is taken away again.
 */
#include <stdlib.h>

#include "indexer/format/mail.h"

#define STEP ((size_t)256 << 10)

struct mbox {
    struct dtl_input *in;
    const char *encoding; /* --encoding, or NULL */
    uint64_t line;
    bool passing; /* over the rest of a message that is too long */
    bool between; /* another message has begun behind the last: that one is whole */
};

/* Has the line a time of day? */
static bool has_time(struct dtl_bytes line)
{
    for (size_t i = 2; i + 2 < line.n; i++)
        if (line.p[i] == ':' && line.p[i - 1] >= '0' && line.p[i - 1] <= '9' &&
            line.p[i + 1] >= '0' && line.p[i + 1] <= '9')
            return true;
    return false;
}

/* Does a message begin at `at`, the beginning of a line? */
static bool begins_at(struct dtl_bytes t, size_t at)
{
    struct dtl_bytes rest = dtl_bytes(t.p + at, t.n - at);
    if (!dtl_bytes_starts(rest, DTL_LITERAL("From ")))
        return false;
    const uint8_t *end = memchr(rest.p, '\n', rest.n);
    if (!end || !has_time(dtl_bytes(rest.p, (size_t)(end - rest.p))))
        return false;
    size_t next = (size_t)(end - rest.p) + 1, name = next;
    while (name < rest.n && rest.p[name] > ' ' && rest.p[name] != ':')
        name++;
    return name > next && name < rest.n && rest.p[name] == ':';
}

/* The next beginning at or after `from`, behind a blank line; t.n: none is seen. */
static size_t find_next(struct dtl_bytes t, size_t from)
{
    for (size_t at = from; at < t.n;) {
        const uint8_t *p = memmem(t.p + at, t.n - at, "\nFrom ", 6);
        if (!p)
            return t.n;
        size_t line = (size_t)(p - t.p) + 1;
        bool blank = line >= 2 && (t.p[line - 2] == '\n' ||
                                   (line >= 3 && t.p[line - 2] == '\r' && t.p[line - 3] == '\n'));
        if (blank && begins_at(t, line))
            return line;
        at = line;
    }
    return t.n;
}

static int bid(struct dtl_bytes head, bool is_all, struct dtl_bytes path)
{
    (void)is_all, (void)path;
    size_t at = 0;
    while (at < head.n && dtl_is_space(head.p[at]))
        at++;
    return at < head.n && begins_at(head, at) ? 85 : 0;
}

static enum dtl_status mbox_open(void **state, struct dtl_input *in,
                                 const struct dtl_format_options *o, struct dtl_error *err)
{
    struct mbox *m = calloc(1, sizeof *m);
    if (!m)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    *m = (struct mbox){.in = in, .encoding = o->encoding, .line = o->lines_before + 1};
    *state = m;
    return DTL_OK;
}

/* All of the message at the stream's place: up to the next one, or the end. *n is 0 at the end. */
static enum dtl_status whole(struct mbox *m, struct dtl_bytes *view, size_t *n,
                             struct dtl_error *err)
{
    size_t seen = 1; /* looked through before: not again */
    for (size_t want = STEP;; want *= 2) {
        enum dtl_status st = dtl_input_peek(m->in, want, view, err);
        if (st < 0)
            return st;
        size_t next = find_next(*view, seen);
        /* a line that is not all there yet may begin one */
        if (next < view->n || view->n < want || view->n > DTL_FORMAT_RECORD_MAX) {
            *n = next;
            return DTL_OK;
        }
        seen = view->n > 2048 ? view->n - 2048 : 1;
    }
}

/* Without the line in front, and quoted lines as they were. */
static bool unquoted(struct dtl_bytes message, struct dtl_buffer *out)
{
    size_t at = 0;
    while (at < message.n && dtl_is_space(message.p[at]))
        at++;
    const uint8_t *first = memchr(message.p + at, '\n', message.n - at);
    at = first ? (size_t)(first - message.p) + 1 : message.n;
    while (at < message.n) {
        const uint8_t *p = memchr(message.p + at, '\n', message.n - at);
        size_t end = p ? (size_t)(p - message.p) + 1 : message.n, from = at;
        while (from < end && message.p[from] == '>')
            from++;
        bool quoted = from > at && dtl_bytes_starts(dtl_bytes(message.p + from, end - from),
                                                    DTL_LITERAL("From "));
        if (!dtl_buffer_append(out, message.p + at + quoted, end - at - quoted))
            return false;
        at = end;
    }
    return true;
}

static enum dtl_status mbox_next(void *state, struct dtl_arena *arena, struct dtl_record *out,
                                 struct dtl_error *err)
{
    struct mbox *m = state;
    struct dtl_bytes view;
    size_t n = 0;
    for (;;) {
        enum dtl_status st = whole(m, &view, &n, err);
        if (st < 0)
            return st;
        bool blank = dtl_bytes_trim(dtl_bytes(view.p, n)).n == 0;
        if (!m->passing && !blank)
            break;
        if (n == 0)
            return DTL_END;
        m->passing = m->passing && n == view.n;
        dtl_format_skip(m->in, view, n, &m->line);
    }
    uint64_t line = m->line, at = dtl_input_at(m->in);
    enum dtl_status st = DTL_OK;
    struct dtl_buffer message = {.limit = DTL_FORMAT_RECORD_MAX};
    if (n > DTL_FORMAT_RECORD_MAX) {
        m->passing = n == view.n;
        st = dtl_fail(err, DTL_EINPUT, at, "line %llu: message over %zu MiB",
                      (unsigned long long)line, DTL_FORMAT_RECORD_MAX >> 20);
    } else if (!unquoted(dtl_bytes(view.p, n), &message)) {
        st = dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    } else if ((st = dtl_mail_record(dtl_buffer_view(&message), m->encoding, arena, out, err)) ==
               DTL_OK) {
        out->at = at;
        out->line = line;
    } else if (st == DTL_EINPUT && err) {
        struct dtl_error why = *err;
        dtl_fail(err, DTL_EINPUT, at, "line %llu: %.200s", (unsigned long long)line, why.text);
    }
    dtl_buffer_release(&message);
    m->between = n < view.n;
    dtl_format_skip(m->in, view, n, &m->line);
    return st;
}

static bool mbox_place(const void *state, struct dtl_format_place *out)
{
    const struct mbox *m = state;
    *out = (struct dtl_format_place){.at = dtl_input_at(m->in), .line = m->line};
    return m->between && !m->passing;
}

const struct dtl_format dtl_format_mbox = {
    .name = "mbox",
    .summary = "messages behind \"From \" lines",
    .confidence = 85,
    .undated_is_final = true,
    .bid = bid,
    .open = mbox_open,
    .next = mbox_next,
    .close = free,
    .place = mbox_place,
};
