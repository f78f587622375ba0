/*
 * warc.c - web archives, by hand: a head of lines, a stated number of bytes, two line ends.
 *
 * As a container and not as a format: what a crawl kept may be a page, a feed or a file of JSON
 * lines, and each is read by whoever recognises it. The date of the crawl is nobody's date of
 * publication: it is passed on as the time of a file, which no date is taken from unless asked.
 *
 * Where a record does not begin as it must (a wrong length before it), reading goes on at the next
 * line that begins one. A short record that keeps nothing is not believed its length when another
 * begins inside it and none behind it: one wrong length would cost the neighbour.
 */
#include "indexer/input/warc.h"

#include "common/base/date.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#define HEAD_MAX    ((size_t)64 << 10)   /* of a record, or of HTTP */
#define CHUNK_LINE  64                   /* bytes of a chunk's first line that are looked at */
#define CHARSET_MAX 41                   /* of a name, and what ends it */
#define DOUBT_MAX   ((size_t)64 << 10)   /* of a record whose length is doubted */
#define SECONDS_MAX INT64_C(18000000000) /* of a crawl: in nanoseconds they fit 64 bits */

struct dtl_warc {
    struct dtl_input *under; /* borrowed */
    bool arc, text;          /* ARC; the record in hand is plain text made of a page */
    uint64_t left;           /* bytes of the record in hand still to come */
    bool chunked, chunks_end;
    uint64_t chunk; /* of this chunk */
    struct dtl_input *member;
    uint64_t member_out, records, skipped, mtime_ns;
    const struct dtl_skips *skips; /* or NULL */
    struct dtl_buffer name;
    char charset[CHARSET_MAX]; /* of HTTP's head; "": it names none */
    bool cut, ended;
};

const char *dtl_warc_kind(struct dtl_bytes head)
{
    if (dtl_bytes_starts(head, DTL_LITERAL("WARC/0.")) ||
        dtl_bytes_starts(head, DTL_LITERAL("WARC/1.")))
        return "warc";
    return dtl_bytes_starts(head, DTL_LITERAL("filedesc://")) ? "arc" : NULL;
}

enum dtl_status dtl_warc_open(struct dtl_warc **out, struct dtl_input *in, struct dtl_error *err)
{
    struct dtl_bytes head;
    enum dtl_status st = dtl_input_peek(in, 16, &head, err);
    if (st < 0)
        return st;
    struct dtl_warc *w = calloc(1, sizeof *w);
    if (!w)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    w->under = in;
    w->arc = dtl_bytes_starts(head, DTL_LITERAL("filedesc"));
    *out = w;
    return DTL_OK;
}

void dtl_warc_close(struct dtl_warc *w)
{
    if (!w)
        return;
    dtl_input_close(w->member);
    dtl_buffer_release(&w->name);
    free(w);
}

void dtl_warc_tell(struct dtl_warc *w, const struct dtl_skips *skips)
{
    w->skips = skips;
}

static void skip(struct dtl_warc *w, const char *why)
{
    w->skipped++;
    if (w->skips)
        w->skips->skipped(w->skips->ctx, dtl_buffer_view(&w->name), why);
}

uint64_t dtl_warc_skipped(const struct dtl_warc *w)
{
    return w->skipped;
}

bool dtl_warc_cut(const struct dtl_warc *w)
{
    return w->cut;
}

/* ---- bytes of the record in hand ---- */

static enum dtl_status cut_short(struct dtl_warc *w, struct dtl_error *err)
{
    w->cut = w->ended = true;
    return dtl_fail(err, DTL_ECORRUPT, dtl_input_at(w->under),
                    "ends inside a record; is it cut short?");
}

/* At most `want` bytes of it, at least one while w->left. */
static enum dtl_status peek(struct dtl_warc *w, size_t want, struct dtl_bytes *view,
                            struct dtl_error *err)
{
    if (want > w->left)
        want = (size_t)w->left;
    enum dtl_status st = dtl_input_peek(w->under, want, view, err);
    if (st < 0)
        return st;
    if (view->n < want)
        return cut_short(w, err);
    view->n = want;
    return DTL_OK;
}

static void take(struct dtl_warc *w, size_t n)
{
    dtl_input_skip(w->under, n);
    w->left -= n;
}

/* Step over what is left of the record. */
static enum dtl_status finish(struct dtl_warc *w, struct dtl_error *err)
{
    while (w->left) {
        struct dtl_bytes view;
        enum dtl_status st = peek(w, (size_t)256 << 10, &view, err);
        if (st < 0)
            return st;
        take(w, view.n);
    }
    return DTL_OK;
}

/* The length of the next chunk; a size that is none ends the chunks: the rest is given as it
 * stands. */
static enum dtl_status next_chunk(struct dtl_warc *w, struct dtl_error *err)
{
    struct dtl_bytes view;
    enum dtl_status st = peek(w, CHUNK_LINE, &view, err);
    if (st < 0)
        return st;
    size_t at = 0;
    while (at < view.n && (view.p[at] == '\r' || view.p[at] == '\n'))
        at++;
    uint64_t size = 0;
    size_t digits = 0;
    for (; at < view.n && digits < 15; at++, digits++) {
        int c = view.p[at];
        int d = c >= '0' && c <= '9'                 ? c - '0'
                : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                     : -1;
        if (d < 0)
            break;
        size = size * 16 + (uint64_t)d;
    }
    const uint8_t *line = at < view.n ? memchr(view.p + at, '\n', view.n - at) : NULL;
    if (!digits || !line) { /* not chunked after all, though it said so */
        w->chunked = false;
        return DTL_OK;
    }
    take(w, (size_t)(line - view.p) + 1);
    w->chunk = size;
    w->chunks_end = size == 0;
    return DTL_OK;
}

static ssize_t on_pull(void *context, void *to, size_t n, struct dtl_error *err)
{
    struct dtl_warc *w = context;
    struct dtl_bytes view;
    if (w->chunked && !w->chunk && !w->chunks_end && w->left && next_chunk(w, err) < 0)
        return -1;
    if (!w->left || (w->chunked && w->chunks_end))
        return 0;
    if (w->chunked && n > w->chunk)
        n = (size_t)w->chunk;
    if (peek(w, n, &view, err) < 0)
        return -1;
    memcpy(to, view.p, view.n);
    take(w, view.n);
    w->chunk -= w->chunked ? view.n : 0;
    w->member_out += view.n;
    if (w->member_out > DTL_MEMBER_MAX) {
        dtl_fail(err, DTL_ECORRUPT, w->member_out, "a member over %d MiB; divide it",
                 (int)(DTL_MEMBER_MAX >> 20));
        return -1;
    }
    return (ssize_t)view.n;
}

/* ---- heads ---- */

/* The value of "Name: value" among the lines of a head; empty: none. */
static struct dtl_bytes header(struct dtl_bytes head, const char *name)
{
    size_t n = strlen(name);
    for (size_t at = 0; at < head.n;) {
        const uint8_t *nl = memchr(head.p + at, '\n', head.n - at);
        size_t end = nl ? (size_t)(nl - head.p) : head.n, from = at + n + 1;
        if (end > at + n && head.p[at + n] == ':' &&
            strncasecmp((const char *)head.p + at, name, n) == 0) {
            while (from < end && (head.p[from] == ' ' || head.p[from] == '\t'))
                from++;
            while (end > from && (head.p[end - 1] == '\r' || head.p[end - 1] == ' '))
                end--;
            return dtl_bytes(head.p + from, end - from);
        }
        at = end + 1;
    }
    return dtl_bytes(NULL, 0);
}

/* Bytes of a head with its blank line; 0: there is no end of it in view. */
static size_t head_bytes(struct dtl_bytes view)
{
    for (size_t at = 0; at < view.n;) {
        const uint8_t *nl = memchr(view.p + at, '\n', view.n - at);
        if (!nl)
            return 0;
        size_t line = (size_t)(nl - view.p) - at;
        if (line == 0 || (line == 1 && view.p[at] == '\r'))
            return at + line + 1;
        at += line + 1;
    }
    return 0;
}

static bool number(struct dtl_bytes t, uint64_t *out)
{
    uint64_t v = 0;
    for (size_t i = 0; i < t.n; i++) {
        if (t.p[i] < '0' || t.p[i] > '9' || v > UINT64_MAX / 16)
            return false;
        v = v * 10 + (uint64_t)(t.p[i] - '0');
    }
    *out = v;
    return t.n != 0;
}

/* "text/html; charset=windows-1251" names a character set, in quotes or not. */
static void read_charset(struct dtl_bytes type, char out[CHARSET_MAX])
{
    static const char key[] = "charset=";
    size_t at = 0, n = 0, most = CHARSET_MAX - 1;
    while (at + sizeof key - 1 < type.n &&
           strncasecmp((const char *)type.p + at, key, sizeof key - 1) != 0)
        at++;
    at += sizeof key - 1;
    at += at < type.n && (type.p[at] == '"' || type.p[at] == '\'');
    for (; at < type.n && n < most; at++) {
        uint8_t c = type.p[at];
        if (c <= ' ' || c >= 0x7f || strchr("\"';,", c))
            break;
        out[n++] = (char)c;
    }
    out[n < most ? n : 0] = 0; /* what is longer names none */
}

/* Take the head of HTTP off; false: an answer that kept nothing. */
static enum dtl_status take_http(struct dtl_warc *w, bool *kept, struct dtl_error *err)
{
    struct dtl_bytes view;
    *kept = true;
    w->chunked = w->chunks_end = false;
    w->chunk = 0;
    if (!w->left)
        return DTL_OK;
    enum dtl_status st = peek(w, HEAD_MAX, &view, err);
    if (st < 0)
        return st;
    if (!dtl_bytes_starts(view, DTL_LITERAL("HTTP/")))
        return DTL_OK;
    size_t n = head_bytes(view);
    const uint8_t *blank = memchr(view.p, ' ', view.n < 12 ? view.n : 12);
    *kept = n && blank && blank + 1 < view.p + view.n && blank[1] == '2';
    struct dtl_bytes coding = header(dtl_bytes(view.p, n), "Transfer-Encoding");
    w->chunked = coding.n == 7 && strncasecmp((const char *)coding.p, "chunked", 7) == 0;
    read_charset(header(dtl_bytes(view.p, n), "Content-Type"), w->charset);
    take(w, n);
    return DTL_OK;
}

/* The head of a WARC record: its name and length. *kept: a kind of record that keeps something. */
static bool read_warc(struct dtl_warc *w, struct dtl_bytes head, bool *kept, bool *counts)
{
    struct dtl_bytes type = header(head, "WARC-Type"), uri = header(head, "WARC-Target-URI");
    if (!number(header(head, "Content-Length"), &w->left))
        return false;
    if (uri.n > 1 && uri.p[0] == '<' && uri.p[uri.n - 1] == '>')
        uri = dtl_bytes(uri.p + 1, uri.n - 2);
    if (!uri.n)
        uri = header(head, "WARC-Record-ID");
    dtl_buffer_append(&w->name, uri.p, uri.n);
    w->mtime_ns = 0;
    struct dtl_interval day;
    struct dtl_instant crawled;
    if (dtl_date_parse(header(head, "WARC-Date"), &day, &crawled, NULL) == DTL_OK &&
        crawled.known && crawled.seconds > 0 && crawled.seconds < SECONDS_MAX)
        w->mtime_ns = (uint64_t)crawled.seconds * UINT64_C(1000000000);
    *kept = dtl_bytes_is(type, "response") || dtl_bytes_is(type, "resource") ||
            dtl_bytes_is(type, "conversion");
    *counts = dtl_bytes_is(type, "revisit");
    struct dtl_bytes content = header(head, "Content-Type");
    w->text = dtl_bytes_is(type, "conversion") && content.n >= 10 &&
              strncasecmp((const char *)content.p, "text/plain", 10) == 0;
    return true;
}

/* "http://example.com/ 93.184.216.119 20140216050221 text/html 1591" */
static bool read_arc(struct dtl_warc *w, struct dtl_bytes line, bool *kept)
{
    line.n -= line.n && line.p[line.n - 1] == '\r';
    size_t from = line.n;
    while (from && line.p[from - 1] != ' ')
        from--;
    const uint8_t *blank = line.n ? memchr(line.p, ' ', line.n) : NULL;
    if (!blank || !from || !number(dtl_bytes(line.p + from, line.n - from), &w->left))
        return false;
    dtl_buffer_append(&w->name, line.p, (size_t)(blank - line.p));
    *kept = !dtl_bytes_starts(line, DTL_LITERAL("filedesc://"));
    return true;
}

/* Step over line ends; then to the next line that begins a record. *lost: other bytes were passed.
 */
static enum dtl_status seek(struct dtl_warc *w, bool *lost, struct dtl_error *err)
{
    *lost = false;
    for (bool line = true;;) {
        struct dtl_bytes view;
        enum dtl_status st = dtl_input_peek(w->under, 16, &view, err);
        if (st < 0)
            return st;
        if (!view.n)
            return *lost ? DTL_OK : DTL_END; /* what was lost is said before the end is */
        if (view.p[0] == '\r' || view.p[0] == '\n') {
            dtl_input_skip(w->under, 1);
            line = true;
            continue;
        }
        if (line && (w->arc ? !*lost : dtl_warc_kind(view) != NULL))
            return DTL_OK;
        const uint8_t *nl = memchr(view.p, '\n', view.n);
        *lost = true;
        line = nl != NULL;
        dtl_input_skip(w->under, nl ? (size_t)(nl - view.p) + 1 : view.n);
        if (w->arc && line) /* nothing marks a line of ARC but what it says */
            return DTL_OK;
    }
}

static bool begins_record(struct dtl_bytes t, size_t at)
{
    while (at < t.n && (t.p[at] == '\r' || t.p[at] == '\n'))
        at++;
    return at == t.n || dtl_warc_kind(dtl_bytes(t.p + at, t.n - at));
}

/* The record in hand keeps nothing: end it where another begins inside it, if none does behind it.
 */
static enum dtl_status doubt_length(struct dtl_warc *w, struct dtl_error *err)
{
    struct dtl_bytes view;
    if (w->arc || w->left > DOUBT_MAX)
        return DTL_OK;
    enum dtl_status st = dtl_input_peek(w->under, (size_t)w->left + 16, &view, err);
    if (st < 0 || (view.n >= w->left && begins_record(view, (size_t)w->left)))
        return st < 0 ? st : DTL_OK;
    size_t end = view.n < w->left ? view.n : (size_t)w->left;
    for (size_t at = 0; at < end; at++) {
        const uint8_t *nl = memchr(view.p + at, '\n', end - at);
        at = nl ? (size_t)(nl - view.p) : end;
        if (nl && at + 1 < end && dtl_warc_kind(dtl_bytes(nl + 1, view.n - at - 1))) {
            w->left = at + 1;
            break;
        }
    }
    return DTL_OK;
}

static enum dtl_status next_record(struct dtl_warc *w, bool *kept, struct dtl_error *err)
{
    struct dtl_bytes view;
    bool lost, counts = false;
    enum dtl_status st = finish(w, err);
    if (st == DTL_OK)
        st = seek(w, &lost, err);
    if (st == DTL_OK && lost)
        return dtl_fail(err, DTL_EINPUT, dtl_input_at(w->under),
                        "bytes that are no record; a length before them is wrong");
    if (st == DTL_OK)
        st = dtl_input_peek(w->under, HEAD_MAX, &view, err);
    if (st != DTL_OK)
        return st;
    if (view.n > HEAD_MAX)
        view.n = HEAD_MAX;
    const uint8_t *nl = memchr(view.p, '\n', view.n);
    size_t n = !w->arc ? head_bytes(view) : nl ? (size_t)(nl - view.p) + 1 : 0;
    bool good = n && (w->arc ? read_arc(w, dtl_bytes(view.p, n - 1), kept)
                             : read_warc(w, dtl_bytes(view.p, n), kept, &counts));
    if (!n && view.n < HEAD_MAX)
        return cut_short(w, err);
    dtl_input_skip(w->under, n ? n : 1);
    if (!good)
        return dtl_fail(err, DTL_EINPUT, dtl_input_at(w->under),
                        "a record without a length; reading goes on behind it");
    if (counts)
        skip(w, "a revisit; the page stands in another record");
    return *kept ? DTL_OK : doubt_length(w, err);
}

enum dtl_status dtl_warc_next(struct dtl_warc *w, struct dtl_member *member, struct dtl_error *err)
{
    struct dtl_error own;
    if (!err)
        err = &own;
    while (!w->ended) {
        bool kept = false;
        dtl_buffer_reset(&w->name);
        w->charset[0] = 0;
        w->records++;
        enum dtl_status st = next_record(w, &kept, err);
        if (st == DTL_OK && kept) {
            st = take_http(w, &kept, err);
            if (!kept)
                skip(w, "no page; the server had none to give");
        }
        if (!w->name.n) /* of a record that names nothing, or of none */
            dtl_buffer_format(&w->name, "record-%llu", (unsigned long long)w->records);
        if (w->name.failed)
            return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
        member->name = dtl_buffer_view(&w->name);
        member->mtime_ns = w->mtime_ns;
        if (st != DTL_OK)
            return st;
        if (!kept)
            continue;
        if (w->name.n > DTL_MEMBER_NAME_MAX)
            w->name.n = DTL_MEMBER_NAME_MAX;
        w->member_out = 0;
        st = dtl_input_reopen_pull(&w->member, on_pull, w, true, err);
        member->in = w->member;
        member->name = dtl_buffer_view(&w->name);
        member->is_text = w->text;
        member->charset = w->charset[0] ? w->charset : NULL;
        if (st == DTL_ECORRUPT && !w->cut) {
            st = DTL_EINPUT;
            err->code = st;
        }
        return st;
    }
    return DTL_END;
}
