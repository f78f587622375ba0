/*
 * text.c - hits on a terminal: a heading, where and when, the snippet with what matched.
 *
 * Colour is never the only sign: marks are bold and underlined too, and --plain writes [[...]].
 * Widths are counted in the cells of a terminal, after sanitising, so nothing wraps by surprise.
 */
#include "query/result/text.h"

#include "common/base/utf8.h"

#define SGR_HEADING "\x1b[1m"
#define SGR_MARK    "\x1b[1;4;31m"
#define SGR_DATE    "\x1b[36m"
#define SGR_PATH    "\x1b[35m"
#define SGR_OFF     "\x1b[m"

static const char *sgr(const struct dtl_render *r, const char *code)
{
    return r->color ? code : "";
}

/* Bytes of sanitised `text` that fit `columns`. */
static size_t fitting(struct dtl_bytes text, size_t columns)
{
    size_t used = 0, at = 0;
    while (at < text.n) {
        size_t end = at;
        dtl_utf8_next(text, &end);
        size_t wide = dtl_text_columns(dtl_bytes(text.p + at, end - at));
        if (used + wide > columns)
            break;
        used += wide;
        at = end;
    }
    return at;
}

bool dtl_render_fit(struct dtl_bytes text, size_t width, struct dtl_buffer *out)
{
    struct dtl_buffer clean = {0};
    dtl_utf8_sanitise(&clean, text, false);
    struct dtl_bytes t = dtl_buffer_view(&clean);
    if (width == 0 || dtl_text_columns(t) <= width) {
        dtl_buffer_append(out, t.p, t.n);
    } else {
        dtl_buffer_append(out, t.p, fitting(t, width - 1));
        dtl_buffer_text(out, "…");
    }
    out->failed = out->failed || clean.failed;
    dtl_buffer_release(&clean);
    return !out->failed;
}

/* The snippet, folded at blanks to the width, two columns in. */
struct folder {
    const struct dtl_render *r;
    struct dtl_buffer *out;
    size_t column, width;
    bool marked;
};

static void indent(struct folder *f)
{
    dtl_buffer_text(f->out, "   ");
    f->column = 3;
}

static void set_mark(struct folder *f, bool on)
{
    if (f->marked == on)
        return;
    f->marked = on;
    if (f->r->plain)
        dtl_buffer_text(f->out, on ? "[[" : "]]");
    else
        dtl_buffer_text(f->out, sgr(f->r, on ? SGR_MARK : SGR_OFF));
}

static void put_word(struct folder *f, const struct dtl_marked *m, size_t begin, size_t end)
{
    struct dtl_buffer clean = {0};
    dtl_utf8_sanitise(&clean, dtl_bytes(m->text.p + begin, end - begin), false);
    size_t wide = dtl_text_columns(dtl_buffer_view(&clean));
    dtl_buffer_release(&clean);
    bool marked = f->marked;
    if (f->width && f->column > 3 && f->column + 1 + wide > f->width) {
        set_mark(f, false);
        dtl_buffer_byte(f->out, '\n');
        indent(f);
        set_mark(f, marked);
    } else if (f->column > 3) {
        dtl_buffer_byte(f->out, ' ');
        f->column++;
    }
    f->column += wide;
    uint32_t span = 0;
    for (size_t at = begin; at < end;) {
        while (span < m->spans && m->span[span].end <= at)
            span++;
        bool inside = span < m->spans && m->span[span].begin <= at;
        size_t next = inside ? m->span[span].end : span < m->spans ? m->span[span].begin : end;
        if (next > end)
            next = end;
        set_mark(f, inside);
        dtl_utf8_sanitise(f->out, dtl_bytes(m->text.p + at, next - at), false);
        at = next;
    }
    bool goes_on = false; /* a phrase stays marked over its blanks */
    for (; span < m->spans && m->span[span].begin <= end; span++)
        goes_on = goes_on || m->span[span].end > end;
    set_mark(f, goes_on && f->marked);
}

static void put_marked(const struct dtl_render *r, const struct dtl_marked *m,
                       struct dtl_buffer *out)
{
    struct folder f = {.r = r, .out = out, .width = r->width};
    indent(&f);
    for (size_t at = 0; at < m->text.n;) {
        const uint8_t *blank = memchr(m->text.p + at, ' ', m->text.n - at);
        size_t end = blank ? (size_t)(blank - m->text.p) : m->text.n;
        if (end > at)
            put_word(&f, m, at, end);
        at = end + 1;
    }
    set_mark(&f, false);
    dtl_buffer_byte(out, '\n');
}

void dtl_text_hit(const struct dtl_render *r, const struct dtl_row *row, struct dtl_buffer *out)
{
    char day[DTL_DATE_TEXT];
    size_t width = r->width > 20 ? r->width : 0;
    struct dtl_buffer number = {0};
    if (r->batch) {
        dtl_utf8_sanitise(&number, r->qid, false);
        dtl_buffer_byte(&number, ' ');
    }
    dtl_buffer_format(&number, "%2llu ", (unsigned long long)row->rank);
    size_t used = dtl_text_columns(dtl_buffer_view(&number));
    dtl_buffer_append(out, number.p, number.n);
    dtl_buffer_text(out, sgr(r, SGR_HEADING));
    dtl_render_fit(row->heading, width > used ? width - used : 0, out);
    dtl_buffer_format(out, "%s\n   %s%s%s", sgr(r, SGR_OFF), sgr(r, SGR_DATE),
                      dtl_interval_dated(row->date) ? dtl_date_print(row->date, day) : "undated",
                      sgr(r, SGR_OFF));
    if (row->source.n) {
        dtl_buffer_text(out, "  ");
        dtl_utf8_sanitise(out, row->source, false);
    }
    dtl_buffer_format(out, "  %s", sgr(r, SGR_PATH));
    dtl_utf8_sanitise(out, row->path, false);
    dtl_buffer_format(out, "%s\n", sgr(r, SGR_OFF));
    if (row->snippet.body.text.n)
        put_marked(r, &row->snippet.body, out);
    dtl_buffer_byte(out, '\n');
    out->failed = out->failed || number.failed;
    dtl_buffer_release(&number);
}

void dtl_text_end(const struct dtl_render *r, const struct dtl_summary *s, struct dtl_buffer *out)
{
    if (s->total == 0)
        return;
    if (r->batch) {
        dtl_utf8_sanitise(out, r->qid, false);
        dtl_buffer_text(out, ": ");
    }
    dtl_buffer_format(out, "%llu article%s", (unsigned long long)s->total,
                      s->total == 1 ? "" : "s");
    if (s->emitted == 0)
        dtl_buffer_text(out, ", none shown");
    else if (s->emitted < s->total)
        dtl_buffer_format(out, ", %llu to %llu shown", (unsigned long long)s->offset + 1,
                          (unsigned long long)(s->offset + s->emitted));
    if (s->timed)
        dtl_buffer_format(out, " (%.1f ms)", s->milliseconds);
    dtl_buffer_byte(out, '\n');
}
