/*
 * reuters.c - Reuters-21578 SGML: <REUTERS ... NEWID="1"> elements, one after another.
 *
 * The files are not quite SGML: control marks stand as entities of characters SGML does not have,
 * text is latin-1, and nothing but the fixed layout of the distribution can be relied on. So the
 * elements are looked for by name, and no general parser is made to swallow the rest.
 *
 * What an article's text is:
 *   - entities are resolved, C0 marks (but tab and line end) become blanks; `&#127;`, which stands
 *     for a character lost on the wire in a few articles, stays as printed;
 *   - the title is one line, its blanks single; DATELINE and AUTHOR stand outside the body;
 *   - a closing "Reuter", in any letter case, is dropped;
 *   - a BRIEF is its title; what follows it is filler; an UNPROC has no title, all is body;
 *   - the day of DATE is the date; its time is kept where it is one.
 */
#include "common/base/utf8.h"
#include "indexer/format/format.h"

#include <stdio.h>
#include <stdlib.h>

#define FIELDS     16
#define LIST_LIMIT 4096 /* <D> elements of one list */

static const char opening[] = "<REUTERS ", closing[] = "</REUTERS>";

struct reuters {
    struct dtl_input *in;
    uint64_t line;
    bool between; /* no article is open where the stream stands */
};

static int bid(struct dtl_bytes head, bool is_all, struct dtl_bytes path)
{
    (void)is_all, (void)path;
    size_t at = 0;
    while (at < head.n && dtl_is_space(head.p[at]))
        at++;
    if (at == head.n || head.p[at] != '<')
        return 0;
    return memmem(head.p, head.n, "<REUTERS ", 9) ? 90 : 0;
}

static enum dtl_status reuters_open(void **state, struct dtl_input *in,
                                    const struct dtl_format_options *o, struct dtl_error *err)
{
    struct reuters *r = calloc(1, sizeof *r);
    if (!r)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    *r = (struct reuters){.in = in, .line = o->lines_before + 1};
    *state = r;
    return DTL_OK;
}

/* ---- elements ---- */

/* By the first byte: what is looked for begins with one that texts have few of. */
static size_t find(struct dtl_bytes in, size_t from, const char *what)
{
    size_t n = strlen(what);
    for (size_t at = from; at <= in.n && in.n - at >= n; at++) {
        const uint8_t *p = memchr(in.p + at, what[0], in.n - at - n + 1);
        if (!p)
            break;
        at = (size_t)(p - in.p);
        if (memcmp(p, what, n) == 0)
            return at;
    }
    return SIZE_MAX;
}

/* Behind the next "<NAME", or "</NAME" with `closes`, that ends as such a tag does. */
static size_t find_tag(struct dtl_bytes in, size_t from, bool closes, const char *name)
{
    size_t n = strlen(name);
    for (size_t at = from; at < in.n;) {
        const uint8_t *p = memchr(in.p + at, '<', in.n - at);
        if (!p)
            break;
        at = (size_t)(p - in.p) + 1;
        if (closes && (at == in.n || in.p[at] != '/'))
            continue;
        at += closes;
        if (in.n - at <= n || in.p[at] != (uint8_t)name[0] || memcmp(in.p + at, name, n) != 0)
            continue;
        uint8_t end = in.p[at + n];
        if (end == '>' || (!closes && dtl_is_space(end)))
            return at + n;
    }
    return SIZE_MAX;
}

/* What stands between <NAME ...> and </NAME>; *tag is what stands in the brackets behind NAME. */
static bool element(struct dtl_bytes in, const char *name, struct dtl_bytes *tag,
                    struct dtl_bytes *content)
{
    size_t at = find_tag(in, 0, false, name);
    size_t end = at == SIZE_MAX ? SIZE_MAX : find(in, at, ">");
    if (end == SIZE_MAX)
        return false;
    size_t behind = find_tag(in, end, true, name);
    size_t close = behind == SIZE_MAX ? in.n : behind - strlen(name) - 2;
    *tag = dtl_bytes(in.p + at, end - at);
    *content = dtl_bytes(in.p + end + 1, close - end - 1);
    return true;
}

static struct dtl_bytes attribute(struct dtl_bytes tag, const char *name)
{
    size_t n = strlen(name);
    for (size_t at = 0; (at = find(tag, at, " ")) != SIZE_MAX;) {
        at++;
        if (tag.n - at < n + 2 || memcmp(tag.p + at, name, n) != 0 ||
            memcmp(tag.p + at + n, "=\"", 2) != 0)
            continue;
        at += n + 2;
        size_t end = find(tag, at, "\"");
        return end == SIZE_MAX ? dtl_bytes(NULL, 0) : dtl_bytes(tag.p + at, end - at);
    }
    return dtl_bytes(NULL, 0);
}

/* ---- text ---- */

/* The entity at in[at], which is '&': its character and, in *n, its bytes; false when it is none.
 */
static bool entity(struct dtl_bytes in, size_t at, uint32_t *c, size_t *n)
{
    static const struct {
        const char *text;
        uint32_t c;
    } named[] = {
        {"&lt;",   '<' },
        {"&gt;",   '>' },
        {"&amp;",  '&' },
        {"&quot;", '"' },
        {"&apos;", '\''}
    };
    struct dtl_bytes rest = dtl_bytes(in.p + at, in.n - at);
    for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
        if (dtl_bytes_starts(rest, dtl_bytes_of(named[i].text))) {
            *c = named[i].c;
            *n = strlen(named[i].text);
            return true;
        }
    }
    if (rest.n < 4 || rest.p[1] != '#')
        return false;
    size_t i = 2;
    uint32_t v = 0;
    for (; i < rest.n && i < 10 && rest.p[i] >= '0' && rest.p[i] <= '9'; i++)
        v = v * 10 + (uint32_t)(rest.p[i] - '0');
    if (i == 2 || i == rest.n || rest.p[i] != ';' || (v >= 0x7f && v < 0xa0))
        return false; /* DEL and C1 name no character: they stay as printed */
    *c = v;
    *n = i + 1;
    return true;
}

/* Where the run that begins at `at` ends, of bytes that go out as they stand. */
static size_t run_end(struct dtl_bytes raw, size_t at, bool utf8, bool one_line)
{
    const uint8_t least = one_line ? ' ' + 1 : ' ', most = utf8 ? 0xff : 0x7f;
    const uint64_t ones = UINT64_C(0x0101010101010101), high = ones << 7, seven = high - ones;
    while (at < raw.n) {
        for (; raw.n - at >= 8; at += 8) { /* none of them one that might end it */
            uint64_t w = dtl_load64(raw.p + at), ends = w ^ ones * '\n';
            ends = ~(((ends & seven) + seven) | ends | seven); /* exactly the ends of lines */
            w |= one_line ? 0 : ends >> 2;                     /* '\n' as '*' */
            uint64_t mark = w ^ ones * '&';
            uint64_t low = (w - ones * least) & ~w, ref = (mark - ones) & ~mark;
            if ((low | ref | (utf8 ? 0 : w)) & high)
                break;
        }
        for (size_t stop = raw.n - at < 8 ? raw.n : at + 8; at < stop; at++) {
            uint8_t c = raw.p[at];
            bool blank = !one_line && (c == '\n' || c == '\t');
            if (c == '&' || c > most || (c < least && !blank))
                return at;
        }
    }
    return at;
}

/* `raw` as the top of this file has it, in the arena; `one_line` also makes its blanks single. */
static bool text_of(struct dtl_bytes raw, bool utf8, bool one_line, struct dtl_arena *arena,
                    struct dtl_bytes *out)
{
    struct dtl_buffer b = {0};
    if (run_end(raw, 0, utf8, one_line) == raw.n)
        return dtl_bytes_copy(arena, dtl_bytes_trim(raw), out);
    dtl_buffer_reserve(&b, raw.n + raw.n / 8 + 16);
    for (size_t at = 0; at < raw.n;) {
        size_t n = 1, run = run_end(raw, at, utf8, one_line);
        dtl_buffer_append(&b, raw.p + at, run - at);
        at = run;
        if (at == raw.n)
            break;
        uint32_t c = raw.p[at];
        at += c == '&' && entity(raw, at, &c, &n) ? n : 1;
        if (c == '\r' && at < raw.n && raw.p[at] == '\n')
            continue;
        if (c < 0x20 && c != '\t' && c != '\n')
            c = ' ';
        if (one_line && c < 0x80 && dtl_is_space((uint8_t)c)) {
            if (b.n && b.p[b.n - 1] == ' ')
                continue;
            c = ' ';
        }
        dtl_utf8_append(&b, c);
    }
    bool ok = !b.failed && dtl_bytes_copy(arena, dtl_buffer_view(&b), out);
    dtl_buffer_release(&b);
    if (ok)
        *out = dtl_bytes_trim(*out);
    return ok;
}

static struct dtl_bytes without_closing(struct dtl_bytes body)
{
    static const char mark[] = "reuter";
    size_t n = sizeof mark - 1;
    if (body.n > n && dtl_is_space(body.p[body.n - n - 1]) &&
        strncasecmp((const char *)body.p + body.n - n, mark, n) == 0)
        body.n -= n;
    return dtl_bytes_trim(body);
}

/* ---- one article ---- */

struct making {
    struct dtl_arena *arena;
    struct dtl_record *r;
    bool utf8, failed;
};

static void put(struct making *m, const char *name, struct dtl_bytes raw, bool one_line)
{
    struct dtl_bytes text;
    if (!text_of(raw, m->utf8, one_line, m->arena, &text))
        m->failed = true;
    else if (text.n && !dtl_record_text(m->r, m->arena, name, text))
        m->failed = true;
}

/* 1 to 12; 0: none of the names. */
static long month_of(const char *name)
{
    static const char months[] = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC";
    const char *found = strlen(name) == 3 ? strstr(months, name) : NULL;
    return found && (found - months) % 3 == 0 ? (found - months) / 3 + 1 : 0;
}

static void put_copy(struct making *m, const char *name, struct dtl_bytes text)
{
    struct dtl_bytes copy;
    if (!dtl_bytes_copy(m->arena, text, &copy) || !dtl_record_text(m->r, m->arena, name, copy))
        m->failed = true;
}

/* The same as below of nearly every article's date, without a scanner of formats. */
static bool put_usual_date(struct making *m, struct dtl_bytes t)
{
    static const char form[] = "00-AAA-0000 00:00:00";
    if (t.n < sizeof form - 1)
        return false;
    for (size_t i = 0; form[i]; i++) {
        uint8_t c = t.p[i], want = (uint8_t)form[i];
        if (want == '0' ? c < '0' || c > '9' : want == 'A' ? c < 'A' || c > 'Z' : c != want)
            return false;
    }
    char name[4] = {(char)t.p[3], (char)t.p[4], (char)t.p[5], 0}, iso[10];
    long month = month_of(name);
    memcpy(iso, t.p + 7, 4);
    iso[4] = iso[7] = '-';
    iso[5] = (char)('0' + month / 10);
    iso[6] = (char)('0' + month % 10);
    memcpy(iso + 8, t.p, 2);
    put_copy(m, "date", dtl_bytes(iso, sizeof iso));
    put_copy(m, "time", dtl_bytes(t.p + 12, 8));
    return true;
}

/* "26-FEB-1987 15:01:01.79" as `date` 1987-02-26 and `time` 15:01:01; another text as it is. */
static void put_date(struct making *m, struct dtl_bytes raw)
{
    char text[32], iso[40];
    int day, year, n = 0, hour, minute, second, times = 0;
    char name[4];
    struct dtl_bytes t = dtl_bytes_trim(raw);
    if (put_usual_date(m, t))
        return;
    snprintf(text, sizeof text, "%.*s", t.n < 31 ? (int)t.n : 31, (const char *)t.p);
    if (sscanf(text, "%2d-%3[A-Z]-%4d%n", &day, name, &year, &n) < 3 || n == 0) {
        put(m, "date", raw, true);
        return;
    }
    snprintf(iso, sizeof iso, "%04d-%02ld-%02d", year, month_of(name), day);
    put_copy(m, "date", dtl_bytes_of(iso));
    /* one clock in the collection reads 605:12:19: not a time */
    if (sscanf(text + n, " %2d:%2d:%2d%n", &hour, &minute, &second, &times) < 3 || times < 9)
        return;
    snprintf(iso, sizeof iso, "%02d:%02d:%02d", hour % 100, minute % 100, second % 100);
    put_copy(m, "time", dtl_bytes_of(iso));
}

static void put_list(struct making *m, const char *name, struct dtl_bytes content)
{
    size_t n = 0, at = 0;
    while (n < LIST_LIMIT && (at = find(content, at, "<D>")) != SIZE_MAX) {
        at += 3;
        n++;
    }
    if (!n)
        return;
    struct dtl_value *v = dtl_arena_alloc(m->arena, n * sizeof *v);
    if (!v) {
        m->failed = true;
        return;
    }
    size_t used = 0;
    for (at = 0; n && (at = find(content, at, "<D>")) != SIZE_MAX; n--) {
        at += 3;
        size_t end = find(content, at, "</D>");
        if (end == SIZE_MAX)
            break;
        v[used].kind = DTL_VALUE_STRING;
        if (!text_of(dtl_bytes(content.p + at, end - at), m->utf8, true, m->arena, &v[used].text)) {
            m->failed = true;
            return;
        }
        used += v[used].text.n != 0;
        at = end;
    }
    if (used)
        m->r->fields[m->r->n++] = (struct dtl_field){dtl_bytes_of(name), v, used, true};
}

static void put_text(struct making *m, struct dtl_bytes record)
{
    struct dtl_bytes tag, text, content, type, body = {0};
    if (!element(record, "TEXT", &tag, &text))
        return;
    type = attribute(tag, "TYPE");
    if (!type.n)
        type = DTL_LITERAL("NORM");
    if (element(text, "TITLE", &tag, &content))
        put(m, "title", content, true);
    if (element(text, "DATELINE", &tag, &content))
        put(m, "dateline", content, false);
    if (element(text, "AUTHOR", &tag, &content))
        put(m, "author", content, true);
    if (dtl_bytes_is(type, "UNPROC"))
        body = text;
    else if (!dtl_bytes_is(type, "BRIEF") && element(text, "BODY", &tag, &content))
        body = content;
    if (!text_of(body, m->utf8, false, m->arena, &body)) {
        m->failed = true;
        return;
    }
    body = without_closing(body);
    if (!dtl_record_text(m->r, m->arena, "body", body))
        m->failed = true;
    put(m, "texttype", type, true);
}

static enum dtl_status make(struct dtl_bytes raw, struct dtl_arena *arena, struct dtl_record *out,
                            struct dtl_error *err)
{
    static const char *const lists[][2] = {
        {"TOPICS",    "topics"   },
        {"PLACES",    "places"   },
        {"PEOPLE",    "people"   },
        {"ORGS",      "orgs"     },
        {"EXCHANGES", "exchanges"},
        {"COMPANIES", "companies"},
    };
    struct dtl_record r = {.at = out->at, .line = out->line};
    struct making m = {arena, &r, dtl_utf8_valid_prefix(raw) == raw.n, false};
    size_t tag_end = find(raw, 0, ">");
    struct dtl_bytes attributes = dtl_bytes(raw.p, tag_end < raw.n ? tag_end : 0), tag, content;
    r.fields = dtl_arena_alloc(arena, FIELDS * sizeof *r.fields);
    if (!r.fields)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    put(&m, "id", attribute(attributes, "NEWID"), true);
    if (element(raw, "DATE", &tag, &content))
        put_date(&m, content);
    put(&m, "lewissplit", attribute(attributes, "LEWISSPLIT"), true);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (element(raw, lists[i][0], &tag, &content))
            put_list(&m, lists[i][1], content);
    put_text(&m, raw);
    if (m.failed)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    *out = r;
    return DTL_OK;
}

/*
 * The next <REUTERS or </REUTERS> at or behind *from, with the window in *view: *from is its place.
 * DTL_END: there is none, in all that is left or in the bytes of the longest article. One pass for
 * both, so that a file of nothing but openings is not searched again for each of them.
 */
static enum dtl_status seek(struct reuters *r, size_t *from, struct dtl_bytes *view, bool *closes,
                            struct dtl_error *err)
{
    size_t want = *from + 1, n = sizeof closing - 1;
    for (;;) {
        enum dtl_status st = dtl_input_peek(r->in, want, view, err);
        if (st < 0)
            return st;
        bool is_all = view->n < want;
        while (*from < view->n) {
            const uint8_t *p = memchr(view->p + *from, '<', view->n - *from);
            *from = p ? (size_t)(p - view->p) : view->n;
            if (view->n - *from < n && !is_all)
                break;
            struct dtl_bytes rest = dtl_bytes(view->p + *from, view->n - *from);
            bool is_closing = dtl_bytes_starts(rest, DTL_LITERAL(closing));
            if (is_closing || dtl_bytes_starts(rest, DTL_LITERAL(opening))) {
                *closes = is_closing;
                return DTL_OK;
            }
            *from += rest.n != 0;
        }
        if (is_all || *from > DTL_FORMAT_RECORD_MAX)
            return DTL_END;
        want = (view->n > *from + n ? view->n : *from + n) + 1;
    }
}

static enum dtl_status reuters_next(void *state, struct dtl_arena *arena, struct dtl_record *out,
                                    struct dtl_error *err)
{
    struct reuters *r = state;
    struct dtl_bytes view;
    bool closes = true;
    enum dtl_status st = DTL_OK;
    while (closes) { /* what stands between articles is nothing */
        size_t at = 0;
        st = seek(r, &at, &view, &closes, err);
        if (st < 0)
            return st;
        if (st == DTL_END && view.n == at) {
            dtl_format_skip(r->in, view, at, &r->line);
            return st;
        }
        dtl_format_skip(r->in, view, at + (st == DTL_OK && closes), &r->line);
    }
    struct dtl_record record = {.at = dtl_input_at(r->in), .line = r->line};
    size_t end = 1;
    st = seek(r, &end, &view, &closes, err);
    if (st < 0)
        return st;
    if (st == DTL_END || !closes) { /* it must not take the next one with it */
        dtl_format_skip(r->in, view, end, &r->line);
        r->between = st == DTL_OK;
        return dtl_fail(err, DTL_EINPUT, record.at, "line %llu: <REUTERS> without </REUTERS>%s",
                        (unsigned long long)record.line,
                        end > DTL_FORMAT_RECORD_MAX ? " within 64 MiB"
                                                    : "; is the file cut short?");
    }
    st = make(dtl_bytes(view.p, end), arena, &record, err);
    dtl_format_skip(r->in, view, end + sizeof closing - 1, &r->line);
    r->between = true;
    if (st == DTL_OK)
        *out = record;
    return st;
}

static bool reuters_place(const void *state, struct dtl_format_place *out)
{
    const struct reuters *r = state;
    *out = (struct dtl_format_place){.at = dtl_input_at(r->in), .line = r->line};
    return r->between;
}

const struct dtl_format dtl_format_reuters = {
    .name = "reuters",
    .summary = "Reuters-21578 SGML: <REUTERS> elements",
    .confidence = 90,
    .undated_is_final = true,
    .bid = bid,
    .open = reuters_open,
    .next = reuters_next,
    .close = free,
    .place = reuters_place,
};
