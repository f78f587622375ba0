/*
 * json.c - JSON Lines, objects one after another, one object, or one list of objects: a stream of
 * records, each of which may be broken without harm to the others.
 *
 * The usual record is one line, read by json_fast.c where it stands. Every other one is framed by
 * json_scan.c first. Behind a broken record, reading goes on at the next line that begins like the
 * record's own did: as many blanks, then '{'. A list that cannot be followed further ends the file
 * with DTL_ECORRUPT, so that nobody takes the articles behind the damage for removed.
 *
 * JSON is UTF-8 by its own rules, and a byte that is not costs its record. Only a mark of UTF-16 or
 * UTF-32, or --encoding, has the stream converted first.
 */
#include "indexer/format/json.h"

#include "indexer/format/charset.h"

#include <stdlib.h>

#define LINE_BYTES ((size_t)1 << 20) /* a record is looked for as one line this far */

struct json {
    struct dtl_input *in;
    struct dtl_decoded *decoded; /* what `in` belongs to, or NULL */
    bool marked;                 /* UTF-8 with a byte order mark */
    struct dtl_bytes path;
    uint64_t line, records;
    enum { START, SEQUENCE, LIST, ENDED } state;
    size_t indent;    /* blanks before the record in hand ... */
    bool starts_line; /* ... if nothing else is before it in its line */
    bool list;        /* the file is a list, or began as one: it does not grow at its end */
    bool torn;        /* the last line has no end and was given up */
    bool half;        /* ... and is the beginning of an object */
    bool nested;      /* nested values are given as they stand */
};

static int bid(struct dtl_bytes head, bool is_all, struct dtl_bytes path)
{
    (void)is_all, (void)path;
    size_t at = 0;
    uint8_t first = 0;
    for (; at < head.n; at++) {
        uint8_t c = head.p[at];
        if (dtl_is_space(c) || (c == 0x1e && !first))
            continue;
        if (first)
            return first == '{' ? (c == '"' || c == '}' ? 60 : 0) : (c == '{' || c == ']' ? 55 : 0);
        if (c != '{' && c != '[')
            return 0;
        first = c;
    }
    return 0;
}

static enum dtl_status json_open(void **state, struct dtl_input *in,
                                 const struct dtl_format_options *o, struct dtl_error *err)
{
    struct json *j = calloc(1, sizeof *j);
    if (!j)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    *j = (struct json){.in = in,
                       .path = o->path,
                       .line = o->lines_before + 1,
                       .records = o->lines_before > 0, /* those before are some */
                       .starts_line = true};
    struct dtl_bytes head;
    struct dtl_charset set = {.mark = 0};
    enum dtl_status st = dtl_input_peek(in, 4, &head, err);
    j->marked = st == DTL_OK && dtl_charset_marked(head, &set) && dtl_charset_is_utf8(set.name);
    if (j->marked)
        dtl_input_skip(in, set.mark);
    else if (st == DTL_OK && (o->encoding || set.by == DTL_CHARSET_BOM))
        st = dtl_decoded_open(&j->decoded, in, o, false, err);
    if (st < 0) {
        free(j);
        return st;
    }
    if (j->decoded)
        j->in = dtl_decoded_input(j->decoded);
    *state = j;
    return DTL_OK;
}

void dtl_json_keep_nested(void *state)
{
    struct json *j = state;
    j->nested = true;
}

static void json_close(void *state)
{
    struct json *j = state;
    dtl_decoded_close(j->decoded);
    free(j);
}

static void skip(struct json *j, struct dtl_bytes view, size_t n)
{
    dtl_format_skip(j->in, view, n, &j->line);
}

/* Step over blanks, line ends and record marks; *c is the byte that follows, -1 at the end. */
static enum dtl_status skip_blanks(struct json *j, int *c, struct dtl_error *err)
{
    struct dtl_bytes view;
    for (;;) {
        enum dtl_status st = dtl_input_peek(j->in, 1, &view, err);
        if (st < 0)
            return st;
        size_t at = 0;
        while (at < view.n && (dtl_is_space(view.p[at]) || view.p[at] == 0x1e)) {
            if (view.p[at] == '\n') {
                j->starts_line = true;
                j->indent = 0;
            } else if (view.p[at] != 0x1e) {
                j->indent++;
            }
            at++;
        }
        skip(j, view, at);
        if (at < view.n || !view.n) {
            *c = at < view.n ? view.p[at] : -1;
            return DTL_OK;
        }
    }
}

/* Step to the next line. */
static enum dtl_status skip_line(struct json *j, bool *at_end, struct dtl_error *err)
{
    struct dtl_bytes view;
    for (;;) {
        enum dtl_status st = dtl_input_peek(j->in, 1, &view, err);
        if (st < 0)
            return st;
        const uint8_t *nl = view.n ? memchr(view.p, '\n', view.n) : NULL;
        skip(j, view, nl ? (size_t)(nl - view.p) + 1 : view.n);
        if (nl || view.n)
            j->torn = !nl;
        if (nl || !view.n) {
            j->starts_line = true;
            j->indent = 0;
            *at_end = !nl;
            return DTL_OK;
        }
    }
}

/* Go to the next line that begins as the broken record did. DTL_END: there is none. */
static enum dtl_status resync(struct json *j, struct dtl_error *err)
{
    size_t indent = j->starts_line ? j->indent : 0;
    for (;;) {
        bool at_end;
        struct dtl_bytes view;
        enum dtl_status st = skip_line(j, &at_end, err);
        if (st >= 0)
            st = dtl_input_peek(j->in, indent + 1, &view, err);
        if (st < 0)
            return st;
        if (at_end)
            return DTL_END;
        size_t at = 0;
        while (at < indent && at < view.n && dtl_is_blank(view.p[at]))
            at++;
        if (at == indent && at < view.n && view.p[at] == '{')
            return DTL_OK;
    }
}

/* The record in hand cannot be read: `why` says it, reading goes on behind it. */
static enum dtl_status reject(struct json *j, uint64_t at, uint64_t line, uint64_t pos,
                              const char *why, struct dtl_error *err)
{
    bool lost = j->state == LIST && !j->starts_line;
    enum dtl_status st = lost ? DTL_END : resync(j, err);
    if (st < 0)
        return st;
    if (st == DTL_END && j->state == LIST) {
        j->state = ENDED;
        return dtl_fail(err, DTL_ECORRUPT, at + pos,
                        "line %llu: %s; what follows in the list cannot be read",
                        (unsigned long long)line, why);
    }
    return dtl_fail(err, DTL_EINPUT, at + pos, "line %llu: %s; mend or remove the record",
                    (unsigned long long)line, why);
}

/*
 * The end of the value at the start of the window: DTL_OK, *view, *end. Broken or over the limit:
 * as reject(), with the value stepped over.
 */
static enum dtl_status frame(struct json *j, struct dtl_bytes *view, size_t *end,
                             struct dtl_error *err)
{
    struct dtl_json_scan s = {0};
    uint64_t at = dtl_input_at(j->in), line = j->line, gone = 0;
    size_t taken = 0; /* of the window */
    for (;;) {
        enum dtl_status st = dtl_input_peek(j->in, taken + 1, view, err);
        if (st < 0)
            return st;
        if (view->n == taken) { /* the file ends inside the value */
            j->half =
                j->state == SEQUENCE && j->records > 1 && !gone && !memchr(view->p, '\n', view->n);
            return reject(j, at, line, gone + taken,
                          "the record does not end; is the file cut short?", err);
        }
        size_t used;
        enum dtl_json_found found =
            dtl_json_scan(&s, dtl_bytes(view->p + taken, view->n - taken), &used);
        taken += used;
        if (found == DTL_JSON_BROKEN)
            return reject(j, at, line, gone + taken, s.why, err);
        if (gone || taken > DTL_FORMAT_RECORD_MAX) { /* too long: go on to its end, keep nothing */
            skip(j, *view, taken);
            gone += taken;
            taken = 0;
            if (found == DTL_JSON_END)
                return dtl_fail(err, DTL_EINPUT, at, "line %llu: record over %zu MiB; divide it",
                                (unsigned long long)line, DTL_FORMAT_RECORD_MAX >> 20);
        } else if (found == DTL_JSON_END) {
            *end = taken;
            return DTL_OK;
        }
    }
}

/* Whether only blanks follow the first `from` bytes of the window, to the end of the stream. */
static enum dtl_status is_last(struct json *j, size_t from, bool *last, struct dtl_error *err)
{
    struct dtl_bytes view;
    for (size_t at = from;;) {
        enum dtl_status st = dtl_input_peek(j->in, at + 1, &view, err);
        if (st < 0)
            return st;
        while (at < view.n && dtl_is_space(view.p[at]))
            at++;
        *last = at == view.n;
        if (at < view.n || view.n == from)
            return DTL_OK;
        from = view.n;
    }
}

/* "x.jsonl", "x.ndjson.gz": a file meant for many records is not one article when it has one. */
static bool is_lines_name(struct dtl_bytes path)
{
    static const char *const marks[] = {".jsonl", ".ndjson", ".jl"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t n = strlen(marks[i]);
        const uint8_t *p = path.n >= n ? memmem(path.p, path.n, marks[i], n) : NULL;
        if (p && (p + n == path.p + path.n || p[n] == '.'))
            return true;
    }
    return false;
}

static enum dtl_status read_fast(const struct json *j, struct dtl_bytes in, struct dtl_arena *arena,
                                 struct dtl_record *r)
{
    return (j->nested ? dtl_json_flat : dtl_json_fast)(in, arena, r);
}

/* The object at the start of the window. */
static enum dtl_status object(struct json *j, struct dtl_arena *arena, struct dtl_record *out,
                              struct dtl_error *err)
{
    struct dtl_record r = {.at = dtl_input_at(j->in), .line = j->line};
    struct dtl_bytes view;
    size_t end = 0;
    enum dtl_status st = dtl_input_peek(j->in, 1, &view, err), read = DTL_NOTFOUND;
    if (st < 0)
        return st;
    if (j->state == SEQUENCE) {
        const uint8_t *nl = memchr(view.p, '\n', view.n);
        if (!nl && view.n < LINE_BYTES) {
            st = dtl_input_peek(j->in, LINE_BYTES, &view, err);
            if (st < 0)
                return st;
            nl = memchr(view.p, '\n', view.n);
        }
        if (nl || view.n < LINE_BYTES) {
            end = nl ? (size_t)(nl - view.p) : view.n;
            if (end <= DTL_FORMAT_RECORD_MAX)
                read = read_fast(j, dtl_bytes(view.p, end), arena, &r);
        }
    }
    if (read == DTL_NOTFOUND) {
        st = frame(j, &view, &end, err);
        if (st != DTL_OK)
            return st;
        struct dtl_bytes raw = dtl_bytes(view.p, end);
        struct dtl_error why = {0};
        if (j->state == LIST || j->nested)
            read = read_fast(j, raw, arena, &r);
        if (read == DTL_NOTFOUND)
            read = dtl_json_tree(raw, arena, &r, &why);
        if (read == DTL_EINPUT) {
            skip(j, view, end);
            j->starts_line = false;
            return dtl_fail(err, DTL_EINPUT, r.at + why.pos, "line %llu: %s",
                            (unsigned long long)r.line, why.text);
        }
    }
    if (read < 0)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    if (j->records == 1 && j->state == SEQUENCE && !is_lines_name(j->path)) {
        st = is_last(j, end, &r.whole, err);
        if (st == DTL_OK)
            st = dtl_input_peek(j->in, end, &view, err);
        if (st < 0)
            return st;
    }
    skip(j, view, end);
    j->starts_line = false;
    *out = r;
    return DTL_OK;
}

/* Something that is no object where a record should be. */
static enum dtl_status stray(struct json *j, int c, struct dtl_error *err)
{
    uint64_t at = dtl_input_at(j->in), line = j->line;
    struct dtl_bytes view;
    enum dtl_status st;
    if (j->state == SEQUENCE) {
        bool at_end;
        st = skip_line(j, &at_end, err);
    } else if (c == '[' || c == '"') {
        size_t end;
        st = frame(j, &view, &end, err);
        if (st == DTL_OK)
            skip(j, view, end);
    } else { /* to the comma, the list's end or the line's */
        size_t n = 1;
        for (;; n++) {
            st = dtl_input_peek(j->in, n + 1, &view, err);
            if (st < 0 || view.n <= n || strchr(",]\n", view.p[n]) || n == LINE_BYTES)
                break;
        }
        if (st == DTL_OK)
            skip(j, view, n);
    }
    if (st < 0)
        return st;
    j->starts_line = j->state == SEQUENCE;
    return dtl_fail(err, DTL_EINPUT, at, "line %llu: not a JSON object; mend or remove it",
                    (unsigned long long)line);
}

static enum dtl_status begin(struct json *j, int *c, struct dtl_error *err)
{
    struct dtl_bytes view;
    enum dtl_status st = skip_blanks(j, c, err);
    if (st < 0)
        return st;
    j->state = *c == '[' ? LIST : SEQUENCE;
    j->list = j->state == LIST;
    if (!j->list)
        return DTL_OK;
    st = dtl_input_peek(j->in, 1, &view, err);
    if (st < 0)
        return st;
    skip(j, view, 1);
    j->starts_line = false;
    return skip_blanks(j, c, err);
}

static enum dtl_status json_next(void *state, struct dtl_arena *arena, struct dtl_record *out,
                                 struct dtl_error *err)
{
    struct json *j = state;
    struct dtl_bytes view;
    int c = -1;
    enum dtl_status st = DTL_OK;
    if (j->state == START)
        st = begin(j, &c, err);
    else if (j->state != ENDED)
        st = skip_blanks(j, &c, err);
    while (st == DTL_OK && j->state == LIST && (c == ',' || c == ']')) {
        st = dtl_input_peek(j->in, 1, &view, err);
        if (st < 0)
            return st;
        skip(j, view, 1);
        j->starts_line = false;
        if (c == ']') { /* what follows the list is read like lines */
            j->state = SEQUENCE;
            j->records++;
        }
        st = skip_blanks(j, &c, err);
    }
    if (st < 0)
        return st;
    if (c < 0 && j->state == LIST) {
        j->state = ENDED;
        return dtl_fail(err, DTL_ECORRUPT, dtl_input_at(j->in),
                        "line %llu: the list is not closed; is the file cut short?",
                        (unsigned long long)j->line);
    }
    if (c < 0 || j->state == ENDED)
        return DTL_END;
    j->records++;
    st = c == '{' ? object(j, arena, out, err) : stray(j, c, err);
    if (st == DTL_OK && j->decoded)
        dtl_decoded_tell(j->decoded, out);
    else if (st == DTL_OK && j->marked)
        out->charset_by = DTL_CHARSET_BOM;
    return st;
}

static bool json_place(const void *state, struct dtl_format_place *out)
{
    const struct json *j = state;
    *out = (struct dtl_format_place){.at = dtl_input_at(j->in), .line = j->line};
    return j->state == SEQUENCE && !j->list && !j->torn && !j->decoded && !j->marked;
}

static bool json_unfinished(const void *state)
{
    return ((const struct json *)state)->half;
}

const struct dtl_format dtl_format_json = {
    .name = "json",
    .summary = "JSON Lines, objects one after another, one object, or a list of objects",
    .confidence = 60,
    .undated_is_final = true,
    .bid = bid,
    .open = json_open,
    .next = json_next,
    .close = json_close,
    .place = json_place,
    .unfinished = json_unfinished,
};
