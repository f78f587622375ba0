/*
 * anpa.c - the wire format of American agencies (ANPA 1312).
 *
 *     SYN SYN SOH W2607 US asian                          service and number, selector
 *     r a DC3 DC1 BC-US--Ethanol ...  11-13 1693          priority, category, keyword, day, words
 *     STX ^BC-US--Ethanol-Losing Grassland, 1st Ld,1140<  keyword line
 *     ^Prairies vanish in the US push for green energy<   lines set flush: title, notes, byline
 *     ^By CHET BROKAW and JACK GILLUM=
 *          ROSCOE, South Dakota (AP) _ Robert ...         a tab begins a paragraph
 *     ETX AP-WF-11-13-13 0745GMT<
 *     EOT
 *
 * Agencies elsewhere put their name behind the number, begin a paragraph with blanks, let its lines
 * follow each other and end in "KWS-21:37-09-12-18", the day before the month.
 *
 * `<`, `=` and `^` at the ends of lines steer a typesetter and are dropped there.
 */
#include "indexer/format/wire.h"

#include "common/base/bytes.h"
#include "common/base/date.h"

#define US         0x1f
#define NAME_BYTES 12 /* of an agency, in a heading */

/* "AP-WF-11-13-13 0745GMT<": month, day and year, hour and minute. */
static struct dtl_bytes date_of(struct dtl_bytes trailer, struct dtl_arena *arena)
{
    for (size_t at = 0; at + 13 <= trailer.n; at++) {
        struct dtl_bytes t = dtl_bytes(trailer.p + at, trailer.n - at);
        struct dtl_wire_date d = {.month = dtl_digits(t, 0, 2),
                                  .day = dtl_digits(t, 3, 2),
                                  .year = dtl_wire_year(dtl_digits(t, 6, 2)),
                                  .hour = dtl_digits(t, 9, 2),
                                  .minute = dtl_digits(t, 11, 2)};
        if (d.month >= 0 && d.day >= 0 && d.year >= 0 && d.hour >= 0 && d.minute >= 0 &&
            t.p[2] == '-' && t.p[5] == '-' && t.p[8] == ' ')
            return dtl_wire_date_text(&d, arena);
    }
    for (size_t at = 0; at + 14 <= trailer.n; at++) { /* 21:37-09-12-18, of no zone that is named */
        struct dtl_bytes t = dtl_bytes(trailer.p + at, trailer.n - at);
        int day = dtl_digits(t, 6, 2), month = dtl_digits(t, 9, 2);
        int year = dtl_wire_year(dtl_digits(t, 12, 2));
        if (dtl_digits(t, 0, 2) >= 0 && dtl_digits(t, 3, 2) >= 0 && t.p[2] == ':' &&
            t.p[5] == '-' && t.p[8] == '-' && t.p[11] == '-' && dtl_civil_valid(year, month, day)) {
            struct dtl_wire_date d = {.year = year, .month = month, .day = day};
            struct dtl_bytes text = dtl_wire_date_text(&d, arena);
            text.n = text.n ? 10 : 0; /* the day alone */
            return text;
        }
    }
    return DTL_LITERAL("");
}

/* A line without the typesetter's marks; *flush: it was set flush (^). */
static struct dtl_bytes plain(struct dtl_bytes line, bool *flush)
{
    line = dtl_bytes_trim(line);
    *flush = line.n && line.p[0] == '^';
    if (*flush)
        line = dtl_bytes(line.p + 1, line.n - 1);
    while (line.n && (line.p[line.n - 1] == '<' || (*flush && line.p[line.n - 1] == '=')))
        line.n--;
    return dtl_bytes_trim(line);
}

/* Lines for editors: they are no title. */
static bool is_note(struct dtl_bytes line)
{
    static const char *const starts[] = {"AP Photo",      "AP Video", "AP Graphic",
                                         "With AP",       "Eds:",     "EDITOR'S NOTE",
                                         "Editor's Note", "Editors:", "Note "};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (dtl_bytes_starts(line, dtl_bytes_of(starts[i])))
            return true;
    return false;
}

struct story {
    struct dtl_bytes keyword, title, byline;
    struct dtl_buffer body;
};

static bool begins_paragraph(struct dtl_bytes text)
{
    return text.p[0] == '\t' || dtl_bytes_starts(text, DTL_LITERAL("   "));
}

/* Lines above the first paragraph that begins with a tab or blanks. False: no memory. */
static void read_top(struct dtl_bytes *text, struct story *s)
{
    struct dtl_bytes rest = *text, raw;
    bool flush = false, first = true;
    while (rest.n && !begins_paragraph(rest) && dtl_wire_line(&rest, &raw)) {
        struct dtl_bytes line = plain(raw, &flush);
        *text = rest;
        if (!line.n)
            continue;
        if (first)
            s->keyword = line;
        else if (!s->byline.n && dtl_wire_byline(line, &s->byline))
            ;
        else if (!s->title.n && !s->byline.n && !is_note(line))
            s->title = line;
        first = false;
    }
    while (s->title.n && s->title.p[s->title.n - 1] == '+')
        s->title.n--;
    if (!s->title.n) { /* the keyword line without its BC- and the count behind it */
        s->title = s->keyword;
        if (dtl_bytes_starts(s->title, DTL_LITERAL("BC-")))
            s->title = dtl_bytes(s->title.p + 3, s->title.n - 3);
        while (s->title.n &&
               (s->title.p[s->title.n - 1] == ',' ||
                (s->title.p[s->title.n - 1] >= '0' && s->title.p[s->title.n - 1] <= '9' &&
                 memchr(s->title.p, ',', s->title.n))))
            s->title.n--;
        s->title = dtl_bytes_trim(s->title);
    }
}

/* Each line of the body is a paragraph; lines of a table follow each other. */
static bool read_body(struct dtl_bytes text, struct story *s)
{
    struct dtl_bytes raw;
    bool flush = false, tabs = text.n && memchr(text.p, '\t', text.n), begins = true;
    for (;; begins = text.n && begins_paragraph(text)) {
        if (!dtl_wire_line(&text, &raw))
            break;
        if (!tabs && begins && s->body.n && !dtl_buffer_byte(&s->body, '\n'))
            return false;
        bool table = !tabs || (raw.n && raw.p[raw.n - 1] == '<');
        struct dtl_bytes line = plain(raw, &flush);
        if (!line.n)
            continue;
        if (!dtl_buffer_append(&s->body, line.p, line.n) ||
            !dtl_buffer_text(&s->body, table ? "\n" : "\n\n"))
            return false;
    }
    return true;
}

static int bid(struct dtl_bytes head, bool is_all, struct dtl_bytes path)
{
    (void)is_all, (void)path;
    struct dtl_bytes h = dtl_wire_heading(head), line;
    /* a letter and four digits, then a unit separator; the agency's name may stand before that */
    if (!h.n || !dtl_wire_line(&h, &line) || line.n < 7 || dtl_digits(line, 1, 4) < 0)
        return 0;
    size_t at = 5;
    while (at < line.n && at < 5 + NAME_BYTES && line.p[at] >= 'A' && line.p[at] <= 'Z')
        at++;
    return at < line.n && line.p[at] == US ? 95 : 0;
}

static enum dtl_status next(void *state, struct dtl_arena *arena, struct dtl_record *out,
                            struct dtl_error *err)
{
    struct dtl_wire_message m;
    enum dtl_status st = dtl_wire_next(state, arena, &m, err);
    if (st != DTL_OK)
        return st;
    struct dtl_record r = {
        .at = m.at, .line = m.line, .charset = m.charset, .charset_by = m.charset_by};
    struct story s = {.keyword = DTL_LITERAL(""),
                      .title = DTL_LITERAL(""),
                      .byline = DTL_LITERAL(""),
                      .body = {.limit = DTL_FORMAT_RECORD_MAX}};
    struct dtl_bytes body = DTL_LITERAL(""), dateline, agency;
    read_top(&m.text, &s);
    bool ok = read_body(m.text, &s) &&
              dtl_bytes_copy(arena, dtl_bytes_trim(dtl_buffer_view(&s.body)), &body) &&
              (r.fields = dtl_arena_alloc(arena, 7 * sizeof *r.fields)) != NULL &&
              dtl_record_text(&r, arena, "title", s.title) &&
              dtl_record_text(&r, arena, "body", body) &&
              dtl_record_text(&r, arena, "date", date_of(m.trailer, arena)) &&
              dtl_record_text(&r, arena, "author", s.byline) &&
              dtl_record_text(&r, arena, "keyword", s.keyword);
    if (ok && dtl_wire_dateline(body, &dateline, &agency))
        ok = dtl_record_text(&r, arena, "dateline", dateline) &&
             dtl_record_text(&r, arena, "source", agency);
    bool too_long = s.body.over;
    dtl_buffer_release(&s.body);
    if (too_long)
        return dtl_fail(err, DTL_EINPUT, m.at, "line %llu: article over %zu MiB",
                        (unsigned long long)m.line, DTL_FORMAT_RECORD_MAX >> 20);
    if (!ok)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    *out = r;
    return DTL_OK;
}

const struct dtl_format dtl_format_anpa = {
    .name = "anpa",
    .summary = "ANPA 1312 wires, one message after another",
    .confidence = 95,
    .undated_is_final = true,
    .bid = bid,
    .open = dtl_wire_open,
    .next = next,
    .close = dtl_wire_close,
};
