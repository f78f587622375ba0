/*
 * iptc7901.c - the text transmission format of European agencies (IPTC 7901).
 *
 *     SOH eca0003 3 i 380  dpa 0045        service and number, priority, category, words, agency
 *     Switzerland/migration/UN/            keywords
 *     STX REFILE                           marks for editors, title, byline; the last ends in =
 *     Switzerland joins list ...
 *     By dpa correspondents =
 *
 *     Geneva (dpa) - Switzerland ...
 *     ETX 212322 GMT Nov 18                day, hour and minute, month, year
 *     EOT
 *
 * The number of a message begins anew each day, so an identity is not made of it: the path is.
 */
#include "indexer/format/wire.h"

#define HEADING_LINES 12 /* of one message, before its text */

/* Three letters of a month as agencies of several languages print them; 0: none. */
static int month_of(struct dtl_bytes t)
{
    static const struct {
        const char *name;
        int month;
    } known[] = {
        {"jan", 1 },
        {"feb", 2 },
        {"mar", 3 },
        {"apr", 4 },
        {"may", 5 },
        {"jun", 6 },
        {"jul", 7 },
        {"aug", 8 },
        {"sep", 9 },
        {"oct", 10},
        {"nov", 11},
        {"dec", 12},
        {"mai", 5 },
        {"okt", 10},
        {"dez", 12},
        {"fev", 2 },
        {"avr", 4 },
        {"aou", 8 },
        {"ene", 1 },
        {"abr", 4 },
        {"ago", 8 },
        {"dic", 12},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        size_t same = 0;
        while (same < 3 && same < t.n && (t.p[same] | 0x20) == (uint8_t)known[i].name[same])
            same++;
        if (same == 3)
            return known[i].month;
    }
    return dtl_bytes_starts(t, DTL_LITERAL("M\xc3\xa4r")) ? 3 : 0;
}

struct dtl_bytes dtl_wire_closing_date(struct dtl_bytes trailer, struct dtl_arena *arena)
{
    struct dtl_bytes line = DTL_LITERAL("");
    while (!line.n && dtl_wire_line(&trailer, &line))
        ;
    struct dtl_wire_date d = {.day = dtl_digits(line, 0, 2),
                              .hour = dtl_digits(line, 2, 2),
                              .minute = dtl_digits(line, 4, 2)};
    size_t at = 6;
    if (d.minute < 0) /* nor are there six bytes */
        return DTL_LITERAL("");
    while (at < line.n && line.p[at] == ' ')
        at++;
    if (!dtl_bytes_starts(dtl_bytes(line.p + at, line.n - at), DTL_LITERAL("GMT")) || d.day < 0)
        return DTL_LITERAL("");
    for (at += 3; at < line.n && line.p[at] == ' ';)
        at++;
    d.month = month_of(dtl_bytes(line.p + at, line.n - at));
    while (at < line.n && line.p[at] != ' ')
        at++;
    while (at < line.n && line.p[at] == ' ')
        at++;
    d.year = dtl_wire_year(dtl_digits(line, at, 2));
    return dtl_wire_date_text(&d, arena);
}

struct heading { /* what stands above the text */
    struct dtl_bytes title, byline;
    struct dtl_bytes body;
};

/* REFILE, 1ST LEAD, (Achtung): words to editors, in capitals or in parentheses. */
static bool is_mark(struct dtl_bytes line)
{
    bool letter = false;
    if (line.n > 1 && line.p[0] == '(' && line.p[line.n - 1] == ')')
        return true;
    for (size_t i = 0; i < line.n; i++) {
        if ((line.p[i] >= 'a' && line.p[i] <= 'z') || line.p[i] >= 0x80)
            return false;
        letter = letter || (line.p[i] >= 'A' && line.p[i] <= 'Z');
    }
    return letter && line.n <= 40;
}

static struct dtl_bytes without_sign(struct dtl_bytes line)
{
    if (line.n && line.p[line.n - 1] == '=')
        line.n--;
    return dtl_bytes_trim(line);
}

/* Lines up to the one that ends in "="; a text without such a line has no heading. */
static bool read_heading(struct dtl_bytes text, struct dtl_arena *arena, struct heading *out)
{
    struct dtl_bytes rest = text, line, lines[HEADING_LINES];
    size_t n = 0, title = 0;
    bool closed = false;
    *out = (struct heading){
        .title = DTL_LITERAL(""), .byline = DTL_LITERAL(""), .body = dtl_bytes_trim(text)};
    while (!closed && n < HEADING_LINES && dtl_wire_line(&rest, &line)) {
        closed = line.n && line.p[line.n - 1] == '=';
        if (line.n)
            lines[n++] = without_sign(line);
    }
    if (!closed)
        return true;
    uint8_t *joined = dtl_arena_alloc(arena, (size_t)(rest.p - text.p) + 1);
    if (!joined)
        return false;
    for (size_t i = 0; i < n; i++) {
        bool alone = n == 1; /* a title in capitals, not a mark */
        if (dtl_wire_byline(lines[i], &out->byline) || (is_mark(lines[i]) && !alone))
            continue;
        if (title)
            joined[title++] = ' ';
        memcpy(joined + title, lines[i].p, lines[i].n);
        title += lines[i].n;
    }
    out->title = dtl_bytes(joined, title);
    out->body = dtl_bytes_trim(rest);
    return true;
}

/* The agency stands before the number that ends the first line: "... 380  dpa 0045". */
static struct dtl_bytes agency_of(struct dtl_bytes line)
{
    while (line.n && line.p[line.n - 1] >= '0' && line.p[line.n - 1] <= '9')
        line.n--;
    line = dtl_bytes_trim(line);
    size_t from = line.n;
    while (from && line.p[from - 1] != ' ')
        from--;
    return dtl_bytes(line.p + from, line.n - from);
}

static int bid(struct dtl_bytes head, bool is_all, struct dtl_bytes path)
{
    (void)is_all, (void)path;
    struct dtl_bytes h = dtl_wire_heading(head), line;
    if (!h.n || !dtl_wire_line(&h, &line) || memchr(line.p, 0x1f, line.n))
        return 0;
    /* service letters, then digits, then a priority of one digit */
    size_t letters = 0, at = 0;
    while (at < line.n && ((line.p[at] | 0x20) >= 'a' && (line.p[at] | 0x20) <= 'z'))
        letters++, at++;
    size_t digits = at;
    while (at < line.n && line.p[at] >= '0' && line.p[at] <= '9')
        at++;
    return letters && letters <= 4 && at - digits >= 3 && at < line.n && line.p[at] == ' ' &&
                   dtl_digits(line, at + 1, 1) >= 0
               ? 90
               : 0;
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
    struct dtl_bytes first = DTL_LITERAL(""), dateline, agency;
    struct heading h;
    (void)dtl_wire_line(&m.heading, &first); /* it may be empty */
    bool ok = (r.fields = dtl_arena_alloc(arena, 8 * sizeof *r.fields)) != NULL &&
              read_heading(m.text, arena, &h);
    ok = ok && dtl_record_text(&r, arena, "title", h.title) &&
         dtl_record_text(&r, arena, "body", h.body) &&
         dtl_record_text(&r, arena, "date", dtl_wire_closing_date(m.trailer, arena)) &&
         dtl_record_text(&r, arena, "author", h.byline) &&
         dtl_record_text(&r, arena, "source", agency_of(first)) &&
         dtl_wire_values(&r, arena, "tags", dtl_bytes_trim(m.heading), '/');
    if (ok && dtl_wire_dateline(h.body, &dateline, &agency))
        ok = dtl_record_text(&r, arena, "dateline", dateline);
    if (!ok)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    *out = r;
    return DTL_OK;
}

const struct dtl_format dtl_format_iptc7901 = {
    .name = "iptc7901",
    .summary = "IPTC 7901 wires, one message after another",
    .confidence = 90,
    .undated_is_final = true,
    .bid = bid,
    .open = dtl_wire_open,
    .next = next,
    .close = dtl_wire_close,
};
