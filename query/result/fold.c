/*
 * fold.c - marked text on the lines of a terminal.
 *
 * Colour is never the only sign: marks are bold and underlined too, and --plain writes [[...]],
 * which take columns like everything else. Widths are counted after sanitising, by grapheme, so
 * nothing wraps by surprise; where a line may end is asked of ICU for text beyond ASCII.
 */
#include "common/base/utf8.h"
#include "common/text/breaks.h"
#include "query/result/text.h"

#define INDENT 3u

struct writer { /* marked text going out */
    const struct dtl_render *r;
    const struct dtl_marked *m;
    struct dtl_buffer *out;
    enum dtl_color_of base; /* DTL_COLORS: none */
    uint32_t span;          /* the first that does not end before what is written next */
    bool marked, based;
};

static void set_base(struct writer *w, bool on)
{
    if (w->based == on || w->base == DTL_COLORS || !w->r->color)
        return;
    w->based = on;
    if (on)
        dtl_color_on(&w->r->colors, w->base, w->out);
    else
        dtl_color_off(&w->r->colors, w->base, w->out);
}

static void set_mark(struct writer *w, bool on)
{
    if (w->marked == on)
        return;
    w->marked = on;
    if (w->r->plain)
        dtl_buffer_text(w->out, on ? "[[" : "]]");
    if (!w->r->color)
        return;
    if (on) {
        set_base(w, false);
        dtl_color_on(&w->r->colors, DTL_COLOR_MATCH, w->out);
    } else {
        dtl_color_off(&w->r->colors, DTL_COLOR_MATCH, w->out);
    }
}

/* text[begin, end), what is marked of it marked; a mark that goes on after it stays on. */
static void put(struct writer *w, size_t begin, size_t end)
{
    const struct dtl_marked *m = w->m;
    for (size_t at = begin; at < end;) {
        while (w->span < m->spans && m->span[w->span].end <= at)
            w->span++;
        bool any = w->span < m->spans;
        bool inside = any && m->span[w->span].begin <= at;
        size_t next = inside ? m->span[w->span].end : any ? m->span[w->span].begin : end;
        next = next < end ? next : end;
        set_mark(w, inside);
        if (!inside)
            set_base(w, true);
        dtl_utf8_sanitise(w->out, dtl_bytes(m->text.p + at, next - at), false);
        at = next;
    }
    while (w->span < m->spans && m->span[w->span].end <= end)
        w->span++;
    if (w->span == m->spans || m->span[w->span].begin >= end)
        set_mark(w, false);
}

/* Columns of text[begin, end) as written, --plain's brackets included. */
static size_t columns(const struct dtl_render *r, const struct dtl_marked *m, size_t begin,
                      size_t end)
{
    struct dtl_buffer clean = {0};
    dtl_utf8_sanitise(&clean, dtl_bytes(m->text.p + begin, end - begin), false);
    size_t wide = dtl_text_columns(dtl_buffer_view(&clean));
    dtl_buffer_release(&clean);
    for (uint32_t i = 0; r->plain && i < m->spans && m->span[i].begin < end; i++) {
        wide += m->span[i].begin >= begin ? 2 : 0;
        wide += m->span[i].end > begin && m->span[i].end <= end ? 2 : 0;
    }
    return wide;
}

static const uint32_t *breaks(struct dtl_bytes text, enum dtl_break kind, struct dtl_buffer *b,
                              size_t *n)
{
    dtl_buffer_reset(b);
    if (!dtl_text_breaks(text, kind, b))
        b->failed = true;
    *n = b->failed ? 0 : b->n / sizeof(uint32_t);
    return (const uint32_t *)(const void *)b->p;
}

/* Bytes from `begin` that fit `width` columns, whole graphemes; *used: the columns they take. */
static size_t fitting(const struct dtl_render *r, const struct dtl_marked *m, size_t begin,
                      const uint32_t *end, size_t ends, size_t width, size_t *used)
{
    *used = 0;
    for (size_t i = 0; i < ends; i++) {
        if (end[i] <= begin)
            continue;
        size_t wide = columns(r, m, begin, end[i]);
        if (*used + wide > width)
            return begin;
        *used += wide;
        begin = end[i];
    }
    return begin;
}

size_t dtl_text_marked(const struct dtl_render *r, const struct dtl_marked *m, size_t width,
                       enum dtl_color_of base, struct dtl_buffer *out)
{
    struct dtl_buffer ends = {0};
    struct writer w = {.r = r, .m = m, .out = out, .base = base};
    size_t cut = m->text.n, n = 0, used = columns(r, m, 0, m->text.n);
    if (width && used > width) {
        const uint32_t *end = breaks(m->text, DTL_BREAK_GRAPHEME, &ends, &n);
        cut = fitting(r, m, 0, end, n, width - 1, &used);
    }
    put(&w, 0, cut);
    set_mark(&w, false);
    if (cut < m->text.n) {
        set_base(&w, true);
        dtl_buffer_text(out, "…");
        used++;
    }
    set_base(&w, false);
    out->failed = out->failed || ends.failed;
    dtl_buffer_release(&ends);
    return used;
}

bool dtl_render_fit(struct dtl_bytes text, size_t width, struct dtl_buffer *out)
{
    struct dtl_render r = {0};
    struct dtl_marked m = {.text = text};
    dtl_text_marked(&r, &m, width, DTL_COLORS, out);
    return !out->failed;
}

/* ---- many lines ---- */

struct folder {
    struct writer w;
    size_t column, width;
    bool blank; /* one is owed before the next piece */
};

static void indent(struct folder *f)
{
    dtl_buffer_text(f->w.out, "   ");
    f->column = INDENT;
}

static void new_line(struct folder *f)
{
    bool marked = f->w.marked;
    set_mark(&f->w, false);
    dtl_buffer_byte(f->w.out, '\n');
    indent(f);
    f->blank = false;
    set_mark(&f->w, marked);
}

/* Between two places where a line may end. */
static void put_piece(struct folder *f, size_t begin, size_t end)
{
    const struct dtl_marked *m = f->w.m;
    size_t stop = end;
    while (stop > begin && m->text.p[stop - 1] == ' ')
        stop--;
    size_t wide = columns(f->w.r, m, begin, stop);
    if (f->width && f->column > INDENT && f->column + f->blank + wide > f->width)
        new_line(f);
    if (f->blank)
        dtl_buffer_byte(f->w.out, ' ');
    f->column += f->blank;
    f->blank = stop < end;
    if (!f->width || f->column + wide <= f->width) {
        put(&f->w, begin, stop);
        f->column += wide;
        return;
    }
    struct dtl_buffer ends = {0}; /* longer than a line: cut between graphemes */
    size_t n = 0;
    const uint32_t *cut = breaks(dtl_bytes(m->text.p, stop), DTL_BREAK_GRAPHEME, &ends, &n);
    for (size_t i = 0; i < n; i++) {
        if (cut[i] <= begin)
            continue;
        wide = columns(f->w.r, m, begin, cut[i]);
        if (f->column > INDENT && f->column + wide > f->width)
            new_line(f);
        put(&f->w, begin, cut[i]);
        f->column += wide;
        begin = cut[i];
    }
    f->blank = stop < end;
    f->w.out->failed = f->w.out->failed || ends.failed;
    dtl_buffer_release(&ends);
}

void dtl_text_folded(const struct dtl_render *r, const struct dtl_marked *m, struct dtl_buffer *out)
{
    struct dtl_buffer ends = {0};
    size_t n = 0, begin = 0;
    struct folder f = {
        .w = {.r = r, .m = m, .out = out, .base = DTL_COLORS},
          .width = r->width
    };
    const uint32_t *end = breaks(m->text, DTL_BREAK_LINE, &ends, &n);
    indent(&f);
    for (size_t i = 0; i < n; i++) {
        if (end[i] > begin)
            put_piece(&f, begin, end[i]);
        begin = end[i];
    }
    set_mark(&f.w, false);
    dtl_buffer_byte(out, '\n');
    out->failed = out->failed || ends.failed;
    dtl_buffer_release(&ends);
}
