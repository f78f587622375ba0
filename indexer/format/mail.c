/*
 * mail.c - a file that is one message: mailing lists, newsletters, press lists kept as Maildir.
 *
 * GMime takes messages apart: folded headers, encoded words, transfer encodings. Which character
 * set a text is in is decided as for all texts (mail_text.h). What a header gives may still not be
 * UTF-8 (a set GMime does not know); that is mended here, so that everything behind may rely on it.
 */
#include "indexer/format/mail.h"

#include "common/base/process.h"

#include <stdlib.h>

#include <gmime/gmime.h>

#include "indexer/format/html_text.h"
#include "indexer/format/mail_text.h"

#define FIELDS 9
#define DEPTH  16    /* of parts in parts: real mail has four */
#define PARTS  10000 /* of a message: the largest of real digests have some hundred */
#define NAMES  2000  /* between commas, colons and semicolons of one header of addresses */

static enum dtl_status no_memory(struct dtl_error *err)
{
    return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
}

/* ---- what a message looks like ---- */

static size_t line_end(struct dtl_bytes t, size_t at)
{
    const uint8_t *p = at < t.n ? memchr(t.p + at, '\n', t.n - at) : NULL;
    return p ? (size_t)(p - t.p) : t.n;
}

/* Bytes of the header's name at `at`, before its colon; 0: none. */
static size_t name_at(struct dtl_bytes t, size_t at)
{
    size_t end = at;
    while (end < t.n && t.p[end] > ' ' && t.p[end] < 0x7f && t.p[end] != ':')
        end++;
    return end < t.n && t.p[end] == ':' ? end - at : 0;
}

static bool is_one_of(struct dtl_bytes name, const char *const *names)
{
    for (; *names; names++)
        if (strlen(*names) == name.n && strncasecmp(*names, (const char *)name.p, name.n) == 0)
            return true;
    return false;
}

bool dtl_mail_begins(struct dtl_bytes head)
{
    static const char *const senders[] = {"from", "received", "return-path", "delivered-to", NULL};
    static const char *const facts[] = {"date", "message-id", "mime-version", "subject", NULL};
    size_t at = 0, lines = 0;
    bool sender = false;
    unsigned known = 0;
    while (at < head.n && dtl_is_space(head.p[at]))
        at++;
    for (; at < head.n; lines++) {
        size_t end = line_end(head, at), name = name_at(head, at);
        struct dtl_bytes line = dtl_bytes_trim(dtl_bytes(head.p + at, end - at));
        bool folded = lines && (head.p[at] == ' ' || head.p[at] == '\t');
        if (!line.n)
            break;
        if (!folded && !name)
            return false;
        struct dtl_bytes n = dtl_bytes(head.p + at, name);
        if (!folded) {
            sender |= is_one_of(n, senders);
            known += is_one_of(n, facts);
        }
        at = end + 1;
    }
    return sender && known >= 2;
}

/*
 * Does a header of the message, or of one inside it, name more people than GMime can take? It goes
 * one call deeper for each colon of a group, and looks at each name again for each that follows.
 */
static bool names_too_many(struct dtl_bytes t)
{
    static const char *const addressed[] = {"from",
                                            "to",
                                            "cc",
                                            "bcc",
                                            "sender",
                                            "reply-to",
                                            "resent-from",
                                            "resent-to",
                                            "resent-cc",
                                            "resent-bcc",
                                            "resent-sender",
                                            "resent-reply-to",
                                            "disposition-notification-to",
                                            NULL};
    size_t marks = 0;
    bool inside = false;
    for (size_t at = 0, end; at < t.n; at = end + 1) {
        end = line_end(t, at);
        if (t.p[at] != ' ' && t.p[at] != '\t') {
            inside = is_one_of(dtl_bytes(t.p + at, name_at(t, at)), addressed);
            marks = 0;
        }
        for (size_t i = at; inside && i < end; i++)
            marks += t.p[i] == ',' || t.p[i] == ':' || t.p[i] == ';';
        if (marks > NAMES)
            return true;
    }
    return false;
}

/*
 * Are there more lines that may divide parts than GMime should take? It makes a kilobyte of each
 * part, however short: 64 MiB of them would be ten gigabytes. "-- " begins a signature.
 */
static bool parts_too_many(struct dtl_bytes t)
{
    size_t n = 0;
    for (size_t at = 0; at + 4 < t.n && n <= PARTS; at += 3) {
        const uint8_t *p = memmem(t.p + at, t.n - at, "\n--", 3);
        if (!p || p + 3 >= t.p + t.n)
            return false;
        at = (size_t)(p - t.p);
        n += p[3] > ' ' && p[3] != '-';
    }
    return n > PARTS && memmem(t.p, t.n, "oundary", strlen("oundary"));
}

/* ---- text that is UTF-8 ---- */

/* A copy in the arena, valid UTF-8; false: no memory. */
static bool keep(struct dtl_arena *arena, const char *text, struct dtl_bytes *out)
{
    *out = DTL_LITERAL("");
    if (!text)
        return true;
    char *valid = g_utf8_make_valid(text, -1);
    bool ok = dtl_bytes_copy(arena, dtl_bytes_of(valid), out);
    g_free(valid);
    return ok;
}

static bool add(struct dtl_record *r, struct dtl_arena *arena, const char *name, const char *text)
{
    struct dtl_bytes value;
    return !text || !*text ||
           (keep(arena, text, &value) && dtl_record_text(r, arena, name, dtl_bytes_trim(value)));
}

/* Of a header: one line, however it was folded. */
static bool add_header(struct dtl_record *r, struct dtl_arena *arena, const char *name,
                       const char *text)
{
    char *line = text ? g_strdup(text) : NULL;
    bool ok = add(r, arena, name, line ? g_strdelimit(line, "\t\r\n", ' ') : NULL);
    g_free(line);
    return ok;
}

/* ---- parts ---- */

struct reading {
    struct dtl_arena *arena;
    const char *encoding;      /* --encoding, or NULL */
    struct dtl_record read_as; /* the character sets of its texts */
    struct dtl_buffer body, attachments;
    bool deep, failed;
    enum dtl_status st; /* of the texts; why in `err` */
    struct dtl_error err;
};

static void paragraph(struct dtl_buffer *b)
{
    while (b->n && (b->p[b->n - 1] == '\n' || b->p[b->n - 1] == ' '))
        b->n--;
    if (b->n)
        dtl_buffer_text(b, "\n\n");
}

static bool is_html(GMimeObject *part)
{
    GMimeContentType *type = g_mime_object_get_content_type(part);
    return g_mime_content_type_is_type(type, "text", "html") ||
           g_mime_content_type_is_type(type, "application", "xhtml+xml");
}

static bool is_attached(GMimeObject *part)
{
    const char *how = g_mime_object_get_disposition(part);
    return how && g_ascii_strcasecmp(how, GMIME_DISPOSITION_ATTACHMENT) == 0;
}

static void note_attachment(struct reading *x, GMimeObject *part)
{
    const char *name = GMIME_IS_PART(part) ? g_mime_part_get_filename(GMIME_PART(part)) : NULL;
    char *type =
        name ? NULL : g_mime_content_type_get_mime_type(g_mime_object_get_content_type(part));
    if (x->attachments.n)
        dtl_buffer_byte(&x->attachments, '\n');
    dtl_buffer_text(&x->attachments, name ? name : type);
    g_free(type);
}

static void read_text(struct reading *x, GMimeObject *part)
{
    struct dtl_bytes value;
    if (x->st < 0)
        return;
    x->st = dtl_mail_part_text(GMIME_PART(part), x->encoding, is_html(part), x->arena, &value,
                               &x->read_as, &x->err);
    bool ok = x->st == DTL_OK;
    if (ok && is_html(part))
        ok = dtl_html_text(value, x->arena, &value);
    paragraph(&x->body);
    /* line ends of the wire */
    for (size_t i = 0; ok && i < value.n; i++)
        if (value.p[i] != '\r')
            ok = dtl_buffer_byte(&x->body, value.p[i]);
    x->failed |= !ok;
}

static void read_part(struct reading *x, GMimeObject *part, int depth);

/* The plain form if there is one, else the last that can be read: senders put the richest last. */
static void read_alternative(struct reading *x, GMimeMultipart *of, int depth)
{
    GMimeObject *best = NULL;
    for (int i = 0; i < g_mime_multipart_get_count(of); i++) {
        GMimeObject *part = g_mime_multipart_get_part(of, i);
        bool text = GMIME_IS_TEXT_PART(part), plain = text && !is_html(part);
        bool have_plain = best && GMIME_IS_TEXT_PART(best) && !is_html(best);
        if ((text || GMIME_IS_MULTIPART(part)) && (plain || !have_plain))
            best = part;
    }
    if (best)
        read_part(x, best, depth + 1);
}

static void read_part(struct reading *x, GMimeObject *part, int depth)
{
    if (depth > DEPTH) {
        x->deep = true;
    } else if (GMIME_IS_MULTIPART(part)) {
        GMimeMultipart *of = GMIME_MULTIPART(part);
        GMimeContentType *type = g_mime_object_get_content_type(part);
        if (g_mime_content_type_is_type(type, "multipart", "alternative")) {
            read_alternative(x, of, depth);
            return;
        }
        for (int i = 0; i < g_mime_multipart_get_count(of); i++)
            read_part(x, g_mime_multipart_get_part(of, i), depth + 1);
    } else if (GMIME_IS_TEXT_PART(part) && !is_attached(part)) {
        read_text(x, part);
    } else if (!GMIME_IS_APPLICATION_PKCS7_MIME(part)) {
        note_attachment(x, part);
    }
}

/* ---- headers ---- */

static char *first_sender(GMimeMessage *m)
{
    InternetAddressList *from = g_mime_message_get_from(m);
    InternetAddress *first = from && internet_address_list_length(from)
                                 ? internet_address_list_get_address(from, 0)
                                 : NULL;
    if (!first)
        return NULL;
    const char *name = internet_address_get_name(first);
    if (name && *name)
        return g_strdup(name);
    return INTERNET_ADDRESS_IS_MAILBOX(first)
               ? g_strdup(internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(first)))
               : NULL;
}

/* As printed: the sender's day, never moved by a zone. */
static char *date_of(GMimeMessage *m)
{
    GDateTime *date = g_mime_message_get_date(m);
    return date ? g_date_time_format(date, "%Y-%m-%dT%H:%M:%S%:z") : NULL;
}

static bool add_headers(struct dtl_record *r, struct dtl_arena *arena, GMimeMessage *m)
{
    char *from = first_sender(m), *date = date_of(m);
    InternetAddressList *to = g_mime_message_get_to(m);
    char *whom = to ? internet_address_list_to_string(to, NULL, FALSE) : NULL;
    GMimeObject *o = GMIME_OBJECT(m);
    bool ok = add_header(r, arena, "id", g_mime_message_get_message_id(m)) &&
              add_header(r, arena, "title", g_mime_message_get_subject(m)) &&
              add_header(r, arena, "author", from) && add_header(r, arena, "date", date) &&
              add_header(r, arena, "to", whom) &&
              add_header(r, arena, "list", g_mime_object_get_header(o, "List-Id")) &&
              add_header(r, arena, "in_reply_to", g_mime_object_get_header(o, "In-Reply-To"));
    g_free(from);
    g_free(date);
    g_free(whom);
    return ok;
}

/* GLib ends the process when it has no memory: with our words, then (docs/decisions/0230). */
static void on_log(const char *domain, GLogLevelFlags level, const char *text, void *data)
{
    if ((level & G_LOG_LEVEL_ERROR) && (!text || strstr(text, "failed to allocate")))
        dtl_process_out_of_memory();
    g_log_default_handler(domain, level, text, data);
}

enum dtl_status dtl_mail_record(struct dtl_bytes message, const char *encoding,
                                struct dtl_arena *arena, struct dtl_record *out,
                                struct dtl_error *err)
{
    static bool started;
    if (!started) {
        g_log_set_default_handler(on_log, NULL);
        g_mime_init();
        dtl_xml_start();
        started = true;
    }
    while (message.n && dtl_is_space(message.p[0])) /* some deliver blank lines in front */
        message = dtl_bytes(message.p + 1, message.n - 1);
    if (!name_at(message, 0))
        return dtl_fail(err, DTL_EINPUT, 0,
                        "no message: a header such as \"From: ...\" is missing");
    if (names_too_many(message))
        return dtl_fail(err, DTL_EINPUT, 0, "a header with more than %d addresses; shorten it",
                        NAMES);
    if (parts_too_many(message))
        return dtl_fail(err, DTL_EINPUT, 0, "a message of more than %d parts; divide it", PARTS);
    enum dtl_status st = dtl_mail_shed_headers(message, arena, &message, err);
    if (st == DTL_OK)
        st = dtl_mail_mend_words(message, arena, &message, err);
    if (st < 0)
        return st;
    static const char *const fallback[] = {"utf-8", "windows-1252", NULL};
    GMimeParserOptions *options = g_mime_parser_options_new();
    g_mime_parser_options_set_fallback_charsets(options, (const char **)(uintptr_t)fallback);
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer((const char *)message.p, message.n);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage *m = g_mime_parser_construct_message(parser, options);
    struct reading x = {.arena = arena,
                        .encoding = encoding,
                        .body = {.limit = DTL_FORMAT_RECORD_MAX},
                        .attachments = {.limit = DTL_FORMAT_RECORD_MAX}};
    struct dtl_record r = {0};
    if (!m) {
        st = dtl_fail(err, DTL_EINPUT, 0, "no message that can be taken apart");
        goto out;
    }
    if (g_mime_message_get_mime_part(m))
        read_part(&x, g_mime_message_get_mime_part(m), 0);
    if (x.deep) {
        st = dtl_fail(err, DTL_EINPUT, 0, "parts nested more than %d deep", DEPTH);
        goto out;
    }
    if (x.st < 0) {
        st = dtl_fail(err, x.st, 0, "%s", x.err.text);
        goto out;
    }
    if (x.body.over) {
        st = dtl_fail(err, DTL_EINPUT, 0, "message over %zu MiB", DTL_FORMAT_RECORD_MAX >> 20);
        goto out;
    }
    dtl_buffer_byte(&x.body, 0);
    dtl_buffer_byte(&x.attachments, 0);
    r.fields = dtl_arena_alloc(arena, FIELDS * sizeof *r.fields);
    if (x.failed || x.body.failed || x.attachments.failed || !r.fields ||
        !add_headers(&r, arena, m) || !add(&r, arena, "body", (const char *)x.body.p) ||
        !add(&r, arena, "attachments", (const char *)x.attachments.p))
        st = no_memory(err);
    r.charset = x.read_as.charset;
    r.charset_by = x.read_as.charset_by;
    if (st == DTL_OK)
        *out = r;
out:
    dtl_buffer_release(&x.body);
    dtl_buffer_release(&x.attachments);
    if (m)
        g_object_unref(m);
    g_object_unref(parser);
    g_object_unref(stream);
    g_mime_parser_options_free(options);
    return st;
}

/* ---- a file that is one message ---- */

struct mail {
    struct dtl_input *in;
    const char *encoding;
    bool done;
};

static int bid(struct dtl_bytes head, bool is_all, struct dtl_bytes path)
{
    (void)is_all, (void)path;
    return dtl_mail_begins(head) ? 70 : 0;
}

static enum dtl_status mail_open(void **state, struct dtl_input *in,
                                 const struct dtl_format_options *o, struct dtl_error *err)
{
    struct mail *m = calloc(1, sizeof *m);
    if (!m)
        return no_memory(err);
    *m = (struct mail){.in = in, .encoding = o->encoding};
    *state = m;
    return DTL_OK;
}

static enum dtl_status mail_next(void *state, struct dtl_arena *arena, struct dtl_record *out,
                                 struct dtl_error *err)
{
    struct mail *m = state;
    struct dtl_bytes all;
    if (m->done)
        return DTL_END;
    m->done = true;
    enum dtl_status st = dtl_input_peek(m->in, DTL_FORMAT_RECORD_MAX + 1, &all, err);
    if (st < 0)
        return st;
    if (all.n > DTL_FORMAT_RECORD_MAX)
        return dtl_fail(err, DTL_EINPUT, 0, "message over %zu MiB", DTL_FORMAT_RECORD_MAX >> 20);
    if ((st = dtl_mail_record(all, m->encoding, arena, out, err)) != DTL_OK)
        return st;
    dtl_input_skip(m->in, all.n);
    out->whole = true;
    out->line = 1;
    return DTL_OK;
}

const struct dtl_format dtl_format_mail = {
    .name = "mail",
    .summary = "a message: RFC 5322 headers, MIME parts",
    .confidence = 70,
    .undated_is_final = true,
    .one_article = true,
    .bid = bid,
    .open = mail_open,
    .next = mail_next,
    .close = free,
};
