/*
 * text.c - a plain text that says of which day or place it is. One file is one article.
 *
 *     Soccer: Urawa wins the cup                    the title: the last line above the dateline
 *     By A. Writer                                  that is no byline
 *     SAITAMA, Japan, Dec. 9 Kyodo - Urawa ...      from here on the body
 *
 * Without a dateline the title is the first line, if it has at most 200 bytes and a blank line
 * follows it, and all the rest is body.
 *
 * Most files named .txt are no articles (licences, notes, lists), so this reader bids only for
 * those that carry a dateline or a line that is a date near their beginning, or a day in their name
 * or folder, and that read as prose. It bids lowest: who knows a form by its marks reads it.
 */
#include "indexer/format/dateline.h"
#include "indexer/format/stated_date.h"
#include "indexer/format/wire.h"

#include <stdlib.h>
#include <strings.h>

enum {
    TITLE_BYTES = 200,
    CLOSING_BYTES = 24,
    HEAD_LINES = 12,    /* a dateline may stand behind so many lines of an agency's own */
    PROSE_BYTES = 4096, /* are looked at */
    PROSE_PERCENT = 80, /* letters and blanks, at least: programs and tables have fewer */
};

static const struct dtl_date_hints no_hints;

struct text {
    struct dtl_input *in;
    struct dtl_charset_said said;
    bool done;
};

/* ---- is it for us? ---- */

static bool ends_in(struct dtl_bytes name, const char *end)
{
    size_t n = strlen(end);
    return name.n > n && strncasecmp((const char *)name.p + name.n - n, end, n) == 0;
}

/* news.txt, news.txt.gz */
static bool is_named_so(struct dtl_bytes path)
{
    static const char *const packed[] = {".gz", ".zst", ".xz", ".bz2"};
    for (size_t i = 0; i < sizeof packed / sizeof *packed; i++)
        if (ends_in(path, packed[i]))
            path.n -= strlen(packed[i]);
    return ends_in(path, ".txt") || ends_in(path, ".text");
}

static bool is_prose(struct dtl_bytes t)
{
    size_t letters = 0, n = t.n < PROSE_BYTES ? t.n : PROSE_BYTES;
    for (size_t i = 0; i < n; i++) {
        uint8_t c = t.p[i];
        if (c < 0x20 && !dtl_is_space(c) && c != 0x1a) /* DOS ends a text so */
            return false;
        letters += (unsigned)(c | 0x20) - 'a' < 26u || c >= 0x80 || dtl_is_space(c);
    }
    return n && letters * 100 >= n * PROSE_PERCENT;
}

static bool says_when_or_where(struct dtl_bytes t, struct dtl_bytes path)
{
    struct dtl_dateline d;
    struct dtl_interval i;
    struct dtl_instant instant;
    dtl_day day;
    return dtl_dateline_find(t, HEAD_LINES, &no_hints, &d, NULL) ||
           dtl_date_in_text(t, &no_hints, &i, &instant) || dtl_date_in_name(path, true, &day);
}

static int bid(struct dtl_bytes head, bool is_all, struct dtl_bytes path)
{
    (void)is_all;
    return is_named_so(path) && is_prose(head) && says_when_or_where(head, path) ? 10 : 0;
}

/* ---- the article ---- */

struct parts {
    struct dtl_bytes title, byline, head, body; /* head: what an agency writes above the title */
};

/* Lines above the dateline: the last that is no byline is the title. */
static void read_above(struct dtl_bytes above, struct parts *p)
{
    struct dtl_bytes rest = above, line, byline;
    while (dtl_wire_line(&rest, &line)) {
        if (!line.n)
            continue;
        if (dtl_wire_byline(line, &byline)) {
            p->byline = byline;
            continue;
        }
        p->title = line.n <= TITLE_BYTES ? line : dtl_bytes(line.p, 0);
    }
    if (p->title.n)
        p->head = dtl_bytes_trim(dtl_bytes(above.p, (size_t)(p->title.p - above.p)));
    while (p->title.n && strchr("+=", p->title.p[p->title.n - 1])) /* marks for a typesetter */
        p->title.n--;
    p->title = dtl_bytes_trim(p->title);
    while (p->byline.n && p->byline.p[p->byline.n - 1] == '=')
        p->byline = dtl_bytes_trim(dtl_bytes(p->byline.p, p->byline.n - 1));
}

/* The first line, when a blank one follows it. */
static void read_title(struct dtl_bytes t, struct parts *p)
{
    struct dtl_bytes rest = t, line = {0}, next = {0};
    struct dtl_interval i;
    struct dtl_instant instant;
    p->body = t;
    while (!line.n && dtl_wire_line(&rest, &line))
        ;
    struct dtl_bytes behind = rest;
    if (!line.n || line.n > TITLE_BYTES || !dtl_wire_line(&behind, &next) || next.n ||
        dtl_date_in_text(line, &no_hints, &i, &instant))
        return;
    p->title = line;
    p->body = rest;
}

/* The last line of a wire story that lost its control characters on the way: 212322 GMT Nov 18. */
static struct dtl_bytes closing_date(struct dtl_bytes t, struct dtl_arena *arena)
{
    t = dtl_bytes_trim(t);
    size_t at = t.n;
    while (at && t.p[at - 1] != '\n')
        at--;
    return t.n - at < CLOSING_BYTES ? dtl_wire_closing_date(dtl_bytes(t.p + at, t.n - at), arena)
                                    : DTL_LITERAL("");
}

static enum dtl_status text_open(void **state, struct dtl_input *in,
                                 const struct dtl_format_options *o, struct dtl_error *err)
{
    struct text *t = calloc(1, sizeof *t);
    if (!t)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    *t = (struct text){
        .in = in, .said = {o->encoding, o->declared}
    };
    *state = t;
    return DTL_OK;
}

static enum dtl_status text_next(void *state, struct dtl_arena *arena, struct dtl_record *out,
                                 struct dtl_error *err)
{
    struct text *x = state;
    struct dtl_bytes t;
    struct dtl_dateline d;
    struct parts p = {.title = DTL_LITERAL("")};
    struct dtl_record r = {.whole = true, .line = 1};
    size_t line = 0;
    if (x->done)
        return DTL_END;
    x->done = true;
    enum dtl_status st = dtl_format_whole_text(x->in, &x->said, false, arena, &t, &r, err);
    if (st < 0)
        return st;
    while (t.n && t.p[t.n - 1] == 0x1a)
        t.n--;
    if (dtl_dateline_find(t, HEAD_LINES, &no_hints, &d, &line)) {
        read_above(dtl_bytes(t.p, line), &p);
        p.body = dtl_bytes(t.p + line, t.n - line);
    } else {
        read_title(t, &p);
    }
    r.fields = dtl_arena_alloc(arena, 5 * sizeof *r.fields);
    if (!r.fields || !dtl_record_text(&r, arena, "title", p.title) ||
        !dtl_record_text(&r, arena, "author", p.byline) ||
        !dtl_record_text(&r, arena, "date", closing_date(t, arena)) ||
        !dtl_record_text(&r, arena, "body", dtl_bytes_trim(p.body)) ||
        (p.head.n && !dtl_record_text(&r, arena, "head", p.head)))
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    *out = r;
    return DTL_OK;
}

const struct dtl_format dtl_format_text = {
    .name = "text",
    .summary = "plain text with a dateline, or a day near its beginning or in its name",
    .confidence = 10,
    .one_article = true,
    .bid = bid,
    .open = text_open,
    .next = text_next,
    .close = free,
};
