/* screen.c - panes drawn from top to bottom, each line cut to its columns as the terminal library
 * counts them. */
#include "query/interactive/screen.h"

#include <curses.h>
#include <wchar.h>

#include "common/base/utf8.h"

enum { MARK_PAIR = 1, DATE_PAIR, ERROR_PAIR, BAR_PAIR };
enum { DATE_COLUMNS = 10, SOURCE_COLUMNS = 16, MARKS_MAX = 4 };

static attr_t looks(const struct dtl_view *v, int pair, attr_t attributes)
{
    static bool made;
    if (!v->color || !has_colors())
        return attributes;
    if (!made) {
        init_pair(MARK_PAIR, COLOR_RED, -1);
        init_pair(DATE_PAIR, COLOR_CYAN, -1);
        init_pair(ERROR_PAIR, COLOR_RED, -1);
        init_pair(BAR_PAIR, COLOR_BLUE, -1);
        made = true;
    }
    return attributes | (attr_t)COLOR_PAIR(pair);
}

/* ---- text, cut to columns ---- */

struct pen {
    size_t y, x, end; /* the next column, and the one after the last that may be written */
    attr_t attributes;
};

static void put_cell(struct pen *p, const wchar_t *cell, size_t columns)
{
    cchar_t c;
    if (setcchar(&c, cell, p->attributes & ~(attr_t)A_COLOR,
                 (short)PAIR_NUMBER((int)(p->attributes & A_COLOR)), NULL) == OK)
        mvadd_wch((int)p->y, (int)p->x, &c);
    p->x += columns;
}

/* Sanitised text; false when it did not all fit. */
static bool put_clean(struct pen *p, struct dtl_bytes t)
{
    for (size_t at = 0; at < t.n;) {
        wchar_t cell[MARKS_MAX + 2] = {(wchar_t)dtl_utf8_next(t, &at)};
        int wide = wcwidth(cell[0]);
        size_t n = 1;
        if (wide < 0) {
            cell[0] = 0xfffd;
            wide = 1;
        }
        while (at < t.n) { /* its marks go into the same cell */
            size_t next = at;
            wchar_t mark = (wchar_t)dtl_utf8_next(t, &next);
            if (wcwidth(mark) != 0)
                break;
            if (n <= MARKS_MAX)
                cell[n++] = mark;
            at = next;
        }
        if (wide == 0) /* a mark on nothing */
            continue;
        if (p->x + (size_t)wide > p->end)
            return false;
        put_cell(p, cell, (size_t)wide);
    }
    return true;
}

static bool put(struct pen *p, struct dtl_bytes text)
{
    struct dtl_buffer clean = {0};
    dtl_utf8_sanitise(&clean, text, false);
    bool all = put_clean(p, dtl_buffer_view(&clean));
    dtl_buffer_release(&clean);
    return all;
}

static void put_cut(struct pen *p, struct dtl_bytes text)
{
    size_t end = p->end;
    if (p->x >= end)
        return;
    p->end = end - 1; /* room for the sign of a cut */
    if (!put(p, text)) {
        p->end = end;
        put_clean(p, DTL_LITERAL("…"));
    }
    p->end = end;
}

static size_t columns_of(struct dtl_bytes text)
{
    struct dtl_buffer clean = {0};
    size_t columns = 0;
    dtl_utf8_sanitise(&clean, text, false);
    for (size_t at = 0; at < clean.n;) {
        int wide = wcwidth((wchar_t)dtl_utf8_next(dtl_buffer_view(&clean), &at));
        columns += wide < 0 ? 1 : (size_t)wide;
    }
    dtl_buffer_release(&clean);
    return columns;
}

static void fill(struct pen *p, size_t to)
{
    while (p->x < to && p->x < p->end)
        put_cell(p, L" ", 1);
}

/* ---- panes ---- */

struct dtl_panes dtl_screen_panes(void)
{
    struct dtl_panes p = {.rows = (size_t)LINES, .columns = (size_t)COLS};
    size_t fixed = 3; /* query, status, keys */
    p.snippet = p.rows >= 40 ? 11 : p.rows >= 14 ? 5 : 0;
    p.timeline = p.rows >= 40 ? 9 : p.rows >= 20 ? 4 : 0;
    p.hits = p.rows > fixed + p.snippet + p.timeline ? p.rows - fixed - p.snippet - p.timeline : 1;
    return p;
}

static size_t draw_query(const struct dtl_view *v, size_t columns)
{
    struct pen pen = {.y = 0, .end = columns, .attributes = A_BOLD};
    put(&pen, DTL_LITERAL("> "));
    size_t room = columns > 6 ? columns - 4 : 1, from = v->line->cursor, used = 0;
    struct dtl_bytes text = dtl_buffer_view(&v->line->text);
    while (from > 0) { /* as much of what is before the cursor as there is room for */
        size_t before = from - 1;
        while (before > 0 && (text.p[before] & 0xc0) == 0x80)
            before--;
        used += columns_of(dtl_bytes(text.p + before, from - before));
        if (used > room)
            break;
        from = before;
    }
    pen.attributes = A_NORMAL;
    put(&pen, dtl_bytes(text.p + from, v->line->cursor - from));
    size_t cursor = pen.x < columns ? pen.x : columns - 1;
    put(&pen, dtl_bytes(text.p + v->line->cursor, text.n - v->line->cursor));
    return cursor;
}

static void draw_status(const struct dtl_view *v, size_t columns)
{
    struct pen pen = {.y = 1, .end = columns};
    if (v->message.n) {
        pen.attributes = v->is_error ? looks(v, ERROR_PAIR, A_BOLD) : A_NORMAL;
        put_cut(&pen, v->message);
        put(&pen, DTL_LITERAL("  "));
    }
    pen.attributes = A_DIM;
    put_cut(&pen, v->status);
}

static struct dtl_bytes short_date(struct dtl_interval d, char out[DTL_DATE_TEXT])
{
    if (!dtl_interval_dated(d))
        return DTL_LITERAL("undated");
    struct dtl_bytes text = dtl_bytes_of(dtl_date_print(d, out));
    if (text.n > DATE_COLUMNS) { /* a range of days: its years */
        memcpy(out + 4, "..", 2);
        memmove(out + 6, out + 12, 4);
        text.n = DATE_COLUMNS;
    }
    return text;
}

/* An archive of one publication needs no column for it. */
static bool has_sources(const struct dtl_view *v)
{
    for (size_t i = 0; i < v->rows; i++)
        if (v->row[i].source.n)
            return true;
    return false;
}

static void draw_hit(const struct dtl_view *v, size_t i, size_t y, size_t columns)
{
    char day[DTL_DATE_TEXT];
    const struct dtl_screen_row *row = &v->row[i];
    attr_t base = i == v->chosen ? A_REVERSE : v->stale ? A_DIM : A_NORMAL;
    struct pen pen = {.y = y, .end = columns};
    pen.attributes = i == v->chosen ? base : looks(v, DATE_PAIR, base);
    put(&pen, short_date(row->date, day));
    pen.attributes = base;
    fill(&pen, DATE_COLUMNS + 2);
    if (columns >= 60 && has_sources(v)) {
        pen.end = DATE_COLUMNS + 2 + SOURCE_COLUMNS;
        put_cut(&pen, row->source);
        pen.end = columns;
        fill(&pen, DATE_COLUMNS + SOURCE_COLUMNS + 4);
    }
    pen.attributes = base | A_BOLD;
    put_cut(&pen, row->heading);
    pen.attributes = base;
    if (i == v->chosen)
        fill(&pen, columns);
}

static void draw_rule(const struct dtl_view *v, size_t y, size_t columns)
{
    struct pen pen = {.y = y, .end = columns, .attributes = A_DIM};
    put(&pen, DTL_LITERAL("── "));
    if (v->where.n) {
        put_cut(&pen, v->where);
        put(&pen, DTL_LITERAL(" "));
    }
    while (pen.x < columns)
        put_clean(&pen, DTL_LITERAL("─"));
}

/* ---- the snippet, folded at blanks ---- */

struct folding {
    const struct dtl_view *v;
    struct pen pen;
    size_t last; /* line that may still be written */
};

static bool next_line(struct folding *f)
{
    f->pen.y++;
    f->pen.x = 0;
    return f->pen.y <= f->last;
}

/* A word with its marks; one wider than the pane is broken where it must be. */
static bool put_word(struct folding *f, const struct dtl_marked *m, size_t begin, size_t end)
{
    size_t wide = columns_of(dtl_bytes(m->text.p + begin, end - begin));
    if (f->pen.x > 0 && f->pen.x + 1 + wide > f->pen.end && !next_line(f))
        return false;
    uint32_t span = 0;
    for (size_t at = begin, next; at < end; at = next) {
        while (span < m->spans && m->span[span].end <= at)
            span++;
        bool inside = span < m->spans && m->span[span].begin <= at;
        f->pen.attributes = inside ? looks(f->v, MARK_PAIR, A_BOLD | A_UNDERLINE) : A_NORMAL;
        if (at == begin && f->pen.x > 0) { /* a phrase stays marked over its blanks */
            bool over = inside && m->span[span].begin < begin;
            attr_t kept = f->pen.attributes;
            f->pen.attributes = over ? kept : A_NORMAL;
            put(&f->pen, DTL_LITERAL(" "));
            f->pen.attributes = kept;
        }
        next = at;
        dtl_utf8_next(m->text, &next);
        while (next < end) { /* marks of a letter stay with it */
            size_t after = next;
            uint32_t c = dtl_utf8_next(m->text, &after);
            if (wcwidth((wchar_t)c) != 0)
                break;
            next = after;
        }
        struct dtl_bytes one = dtl_bytes(m->text.p + at, next - at);
        if (f->pen.x + columns_of(one) > f->pen.end && !next_line(f))
            return false;
        put(&f->pen, one);
    }
    return true;
}

static void draw_snippet(const struct dtl_view *v, size_t y, size_t lines, size_t columns)
{
    const struct dtl_marked *m = &v->snippet;
    struct folding f = {
        .v = v, .pen = {.y = y, .end = columns},
             .last = y + lines - 1
    };
    for (size_t at = 0; at < m->text.n;) {
        const uint8_t *blank = memchr(m->text.p + at, ' ', m->text.n - at);
        size_t end = blank ? (size_t)(blank - m->text.p) : m->text.n;
        if (end > at && !put_word(&f, m, at, end))
            return;
        at = end + 1;
    }
}

static void draw_lines(struct dtl_bytes text, size_t y, size_t lines, size_t columns)
{
    for (size_t at = 0; at < text.n && lines > 0; lines--, y++) {
        const uint8_t *stop = memchr(text.p + at, '\n', text.n - at);
        size_t end = stop ? (size_t)(stop - text.p) : text.n;
        struct pen pen = {.y = y, .end = columns};
        put_cut(&pen, dtl_bytes(text.p + at, end - at));
        at = end + 1;
    }
}

/* ---- the timeline ---- */

/* Columns of eighths: what is left of `eighths` after the lines below this one. */
static void draw_bar(struct pen *p, size_t eighths, size_t below, size_t columns)
{
    static const wchar_t part[] = L" ▁▂▃▄▅▆▇█";
    size_t here = eighths > below * 8 ? eighths - below * 8 : 0;
    wchar_t cell[2] = {part[here > 8 ? 8 : here], 0};
    for (size_t i = 0; i < columns && p->x < p->end; i++)
        put_cell(p, cell, 1);
}

static void draw_timeline(const struct dtl_view *v, size_t y, size_t lines, size_t columns)
{
    const struct dtl_axis *axis = v->axis;
    size_t most = 0, high = lines - 1, each = columns / axis->periods;
    char text[DTL_DATE_TEXT], peak[96] = "";
    for (size_t i = 1; i < axis->periods; i++)
        most = v->bars[i] > v->bars[most] ? i : most;
    uint64_t top = v->bars[most];
    size_t gap = each > 3 ? 1 : 0;
    for (size_t line = 0; line < high && top; line++) {
        struct pen pen = {.y = y + line, .end = columns};
        for (size_t i = 0; i < axis->periods; i++) {
            size_t tall = (size_t)((v->bars[i] * high * 8 + top / 2) / top);
            pen.attributes = looks(v, BAR_PAIR, v->stale ? A_DIM : A_NORMAL);
            draw_bar(&pen, tall || !v->bars[i] ? tall : 1, high - 1 - line, each - gap);
            fill(&pen, pen.x + gap);
        }
    }
    struct pen pen = {.y = y + high, .end = columns, .attributes = A_DIM};
    put(&pen, dtl_bytes_of(dtl_axis_print(axis, 0, text)));
    size_t after = pen.x;
    if (top)
        snprintf(peak, sizeof peak, "most: %s, %llu", dtl_axis_print(axis, most, text),
                 (unsigned long long)top);
    dtl_axis_print(axis, axis->periods - 1, text);
    size_t last = columns_of(dtl_bytes_of(text)), wide = columns_of(dtl_bytes_of(peak));
    size_t edge = axis->periods * each;
    if (axis->periods > 1 && edge > last && edge - last > after + 1) {
        pen.x = edge - last;
        put(&pen, dtl_bytes_of(text));
        pen.end = edge - last;
    }
    pen.x = pen.end > wide ? (after + pen.end - wide) / 2 : 0;
    if (pen.x > after + 1 && pen.x + wide < pen.end)
        put(&pen, dtl_bytes_of(peak));
}

/* ---- keys ---- */

static const char help_text[] =
    "Type a query; it is answered at each key.        Enter   read the chosen article\n"
    "Up Down PgUp PgDn   choose a hit                 Esc     leave, print the command line\n"
    "F2 Ctrl-T   relevance, newest, oldest            Ctrl-C  leave at once\n"
    "\n"
    "F7 Alt-+ Shift-Down   narrow the dates to the decade, year, month, day of the hit\n"
    "F8 Alt-- Shift-Up     widen them again           F9 Alt-0   any date\n"
    "F5 F6  Alt-, Alt-.  Shift-Left Shift-Right       that much earlier, later\n"
    "F3 F4  Alt-< Alt->  Alt-Shift-Left -Right        a year earlier, later\n"
    "\n"
    "Ctrl-A Ctrl-E   start, end of the line           Ctrl-P Ctrl-N  earlier, later queries\n"
    "Alt-b Alt-f     a word left, right               Ctrl-W Ctrl-U Ctrl-K  cut; Ctrl-Y  put back\n"
    "\n"
    "Any key goes back.\n";

static void draw_keys(const struct dtl_view *v, const struct dtl_panes *p)
{
    struct pen pen = {.y = p->rows - 1, .end = p->columns, .attributes = A_DIM};
    put_cut(&pen, v->help ? DTL_LITERAL("")
                          : DTL_LITERAL("Enter read  F1 help  F2 sort  F5 F6 earlier, later  F7 F8 "
                                        "narrow, widen  F9 any date  Esc leave"));
}

void dtl_screen_draw(const struct dtl_view *v)
{
    struct dtl_panes p = dtl_screen_panes();
    erase();
    size_t cursor = draw_query(v, p.columns), y = 2;
    if (p.rows > 1)
        draw_status(v, p.columns);
    if (v->help) {
        draw_lines(dtl_bytes_of(help_text), y, p.rows > 3 ? p.rows - 3 : 0, p.columns);
    } else {
        for (size_t i = 0; i < v->rows && i < p.hits && y + i < p.rows; i++)
            draw_hit(v, i, y + i, p.columns);
        y += p.hits;
        if (p.snippet) {
            draw_rule(v, y, p.columns);
            if (v->text.n)
                draw_lines(v->text, y + 1, p.snippet - 1, p.columns);
            else
                draw_snippet(v, y + 1, p.snippet - 1, p.columns);
            y += p.snippet;
        }
        if (p.timeline && v->axis && v->axis->periods > 0 && v->axis->periods <= p.columns)
            draw_timeline(v, y, p.timeline, p.columns);
    }
    if (p.rows > 2)
        draw_keys(v, &p);
    move(0, (int)cursor);
    refresh();
}

void dtl_screen_repaint(void)
{
    clearok(stdscr, TRUE);
}
