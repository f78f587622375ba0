/* mail_text.c - what a message says its texts are in, and what they are in. */
#include "indexer/format/mail_text.h"

#include "common/base/utf8.h"
#include "indexer/format/charset.h"

#include <strings.h>

#include <gmime/gmime.h>

#define WORD_BYTES   1024               /* of an encoded word; RFC 2047 allows 75 */
#define HEADER_BYTES ((size_t)64 << 10) /* of one nobody reads: GMime copies it at each step */

/* ---- parts ---- */

enum dtl_status dtl_mail_part_text(struct _GMimePart *part, const char *stated, bool markup,
                                   struct dtl_arena *arena, struct dtl_bytes *out,
                                   struct dtl_record *record, struct dtl_error *err)
{
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    const char *declared = g_mime_object_get_content_type_parameter(GMIME_OBJECT(part), "charset");
    struct dtl_charset set;
    *out = DTL_LITERAL("");
    if (!content)
        return DTL_OK;
    GMimeStream *stream = g_mime_stream_mem_new();
    GByteArray *raw = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
    enum dtl_status st = DTL_OK;
    if (g_mime_data_wrapper_write_to_stream(content, stream) < 0)
        st = dtl_fail(err, DTL_EINPUT, 0, "a part cannot be decoded");
    if (st == DTL_OK && raw->len) {
        struct dtl_bytes all = dtl_bytes(raw->data, raw->len), says = dtl_bytes_of(declared);
        if (!declared && markup)
            says = dtl_charset_declared(all);
        dtl_charset_decide(all, true, declared ? NULL : stated, says, markup, &set);
        st = dtl_charset_convert(all, &set, arena, out, err);
        if (record->charset_by == DTL_CHARSET_VALID && set.by != DTL_CHARSET_VALID) {
            record->charset_by = set.by;
            if (!dtl_charset_is_utf8(set.name))
                record->charset = dtl_arena_strndup(arena, set.name, strlen(set.name));
        }
    }
    g_object_unref(stream);
    return st;
}

/* ---- encoded words ---- */

struct word { /* =?charset?Q?text?=, as places in the message */
    struct dtl_bytes charset, text;
    bool base64;
    size_t end;
};

static size_t up_to(struct dtl_bytes t, size_t at, uint8_t c)
{
    while (at < t.n && t.p[at] != c && t.p[at] > ' ')
        at++;
    return at < t.n && t.p[at] == c ? at : 0;
}

static bool word_at(struct dtl_bytes t, size_t at, struct word *w)
{
    if (t.n - at < 8 || t.p[at] != '=' || t.p[at + 1] != '?')
        return false;
    size_t first = up_to(t, at + 2, '?');
    if (!first || first + 3 > t.n || t.p[first + 2] != '?')
        return false;
    size_t last = up_to(t, first + 3, '?');
    if (!last || last + 1 >= t.n || t.p[last + 1] != '=' || last - at > WORD_BYTES)
        return false;
    uint8_t how = t.p[first + 1] | 0x20;
    w->charset = dtl_bytes(t.p + at + 2, first - at - 2);
    w->text = dtl_bytes(t.p + first + 3, last - first - 3);
    w->base64 = how == 'b';
    w->end = last + 2;
    return how == 'b' || how == 'q';
}

/* Sets of several bytes a character: a word of few characters may be valid UTF-8 by chance. */
static bool is_single_byte(struct dtl_bytes name)
{
    static const char *const begins[] = {"iso-8859", "iso8859", "windows-125", "cp125",
                                         "us-ascii", "ascii",   "latin",       "koi8",
                                         "ansi",     "x-mac",   "macintosh"};
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++) {
        size_t n = strlen(begins[i]);
        if (name.n >= n && strncasecmp((const char *)name.p, begins[i], n) == 0)
            return true;
    }
    return false;
}

/* Does the word hold characters beyond ASCII, and are they UTF-8? */
static bool holds_utf8(const struct word *w)
{
    guchar room[WORD_BYTES + 8];
    int state = 0;
    guint32 save = 0;
    size_t n = w->base64
                   ? g_mime_encoding_base64_decode_step(w->text.p, w->text.n, room, &state, &save)
                   : g_mime_encoding_quoted_decode_step(w->text.p, w->text.n, room, &state, &save);
    struct dtl_bytes bytes = dtl_bytes(room, n);
    for (size_t i = 0; i < n; i++)
        if (room[i] >= 0x80)
            return dtl_utf8_valid_prefix(bytes) == n;
    return false;
}

/* Bytes of the header: up to the first line that is blank. */
static size_t header_bytes(struct dtl_bytes t)
{
    for (size_t at = 0; at < t.n;) {
        const uint8_t *nl = memchr(t.p + at, '\n', t.n - at);
        size_t end = nl ? (size_t)(nl - t.p) : t.n;
        if (end == at || (end == at + 1 && t.p[at] == '\r'))
            return at;
        at = end + 1;
    }
    return t.n;
}

enum dtl_status dtl_mail_mend_words(struct dtl_bytes message, struct dtl_arena *arena,
                                    struct dtl_bytes *out, struct dtl_error *err)
{
    struct dtl_buffer b = {0};
    struct word w;
    struct dtl_bytes header = dtl_bytes(message.p, header_bytes(message));
    size_t taken = 0; /* of the message, into b */
    *out = message;
    for (size_t at = 0; at < header.n; at++) {
        const uint8_t *p = memchr(header.p + at, '=', header.n - at);
        if (!p)
            break;
        at = (size_t)(p - header.p);
        if (!word_at(header, at, &w) || !is_single_byte(w.charset) || !holds_utf8(&w))
            continue;
        dtl_buffer_append(&b, message.p + taken, at + 2 - taken);
        dtl_buffer_text(&b, "utf-8");
        taken = at + 2 + w.charset.n;
        at = w.end - 1;
    }
    if (!taken)
        return DTL_OK;
    dtl_buffer_append(&b, message.p + taken, message.n - taken);
    bool ok = !b.failed && dtl_bytes_copy(arena, dtl_buffer_view(&b), out);
    dtl_buffer_release(&b);
    return ok ? DTL_OK : dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
}

/* ---- headers ---- */

/* Is the field at `at` one that mail.c asks for, or that says how the message is to be read? */
static bool is_read(struct dtl_bytes t, size_t at)
{
    static const char *const names[] = {
        "content-", "mime-version:", "from:",        "to:",         "date:",
        "subject:", "list-id:",      "in-reply-to:", "message-id:",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t n = strlen(names[i]);
        if (t.n - at >= n && strncasecmp((const char *)t.p + at, names[i], n) == 0)
            return true;
    }
    return false;
}

enum dtl_status dtl_mail_shed_headers(struct dtl_bytes message, struct dtl_arena *arena,
                                      struct dtl_bytes *out, struct dtl_error *err)
{
    struct dtl_buffer b = {0};
    struct dtl_bytes header = dtl_bytes(message.p, header_bytes(message));
    size_t taken = 0; /* of the message, into b */
    *out = message;
    for (size_t field = 0, end; field < header.n; field = end) {
        for (end = field; end < header.n;) { /* a line that begins with a blank continues it */
            const uint8_t *nl = memchr(header.p + end, '\n', header.n - end);
            end = nl ? (size_t)(nl - header.p) + 1 : header.n;
            if (end == header.n || (header.p[end] != ' ' && header.p[end] != '\t'))
                break;
        }
        if (end - field <= HEADER_BYTES || is_read(header, field))
            continue;
        dtl_buffer_append(&b, message.p + taken, field - taken);
        taken = end;
    }
    if (!taken)
        return DTL_OK;
    dtl_buffer_append(&b, message.p + taken, message.n - taken);
    bool ok = !b.failed && dtl_bytes_copy(arena, dtl_buffer_view(&b), out);
    dtl_buffer_release(&b);
    return ok ? DTL_OK : dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
}
