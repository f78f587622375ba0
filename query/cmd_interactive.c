/*
 * cmd_interactive.c - --interactive: a key changes the query, the answer follows.
 *
 * Keys that wait are taken before anything is searched, and the hits are drawn before they are
 * counted, so that a slow query delays what comes after it, not what is typed.
 */
#include <stdio.h>

#include "query/commands.h"
#include "query/interactive/terminal.h"
#include "query/live.h"

enum { SNIPPET_MOST = 3000 };

struct typing {
    struct dtl_session *s;
    struct dtl_live live;
    struct dtl_line line;
    uint64_t offset; /* number of the first hit on the screen */
    size_t chosen;   /* of those on the screen */
    bool search, count, help, stale;
    enum dtl_status st; /* of the last search */
    struct dtl_error err;
    struct dtl_buffer status, message;
};

static struct dtl_bytes query_of(const struct typing *t)
{
    return dtl_buffer_view(&t->line.text);
}

static const struct dtl_live_page *page_of(const struct typing *t)
{
    return &t->live.page[t->live.now];
}

/* ---- what is shown ---- */

static void make_status(struct typing *t)
{
    static const char *const orders[] = {"by relevance", "newest first", "oldest first"};
    const struct dtl_live_page *page = page_of(t);
    struct dtl_buffer *b = &t->status;
    dtl_buffer_reset(b);
    if (t->live.counted)
        dtl_buffer_format(b, "%llu article%s", (unsigned long long)t->live.total,
                          t->live.total == 1 ? "" : "s");
    else
        dtl_buffer_text(b, "counting");
    if (page->rows)
        dtl_buffer_format(b, ", number %llu",
                          (unsigned long long)(page->offset + page->chosen + 1));
    dtl_buffer_format(b, "   %s   %s", orders[t->live.o.sort],
                      t->live.period.level ? t->live.period_text : "any date");
}

static void make_message(struct typing *t)
{
    const struct dtl_live_page *page = page_of(t);
    dtl_buffer_reset(&t->message);
    if (t->err.text[0])
        dtl_buffer_text(&t->message, t->err.text);
    else if (t->live.lenient)
        dtl_buffer_format(&t->message, "%s; read as if it were", t->live.fault.text);
    else
        dtl_buffer_append(&t->message, page->note.p, page->note.n);
}

static void draw(struct typing *t)
{
    const struct dtl_live_page *page = page_of(t);
    make_status(t);
    make_message(t);
    struct dtl_view v = {.line = &t->line,
                         .status = dtl_buffer_view(&t->status),
                         .message = dtl_buffer_view(&t->message),
                         .is_error = t->err.text[0] != 0,
                         .stale = t->stale,
                         .row = page->row,
                         .rows = page->rows,
                         .chosen = page->chosen,
                         .where = page->where,
                         .snippet = page->snippet,
                         .axis = t->live.bars ? &t->live.axis : NULL,
                         .bars = t->live.bars,
                         .color = t->s->render.color,
                         .help = t->help};
    if (page->rows == 0)
        v.text = dtl_buffer_view(&t->live.why);
    dtl_screen_draw(&v);
}

/* ---- searching ---- */

static bool key_waits(void *ctx)
{
    (void)ctx;
    return dtl_terminal_key_waits();
}

static void fail(struct typing *t, enum dtl_status st)
{
    if (!t->err.text[0])
        snprintf(t->err.text, sizeof t->err.text, "%s", dtl_status_text(st));
}

static void search(struct typing *t)
{
    struct dtl_panes p = dtl_screen_panes();
    size_t area = p.snippet > 1 ? (p.snippet - 1) * p.columns : 0;
    uint32_t characters = area > SNIPPET_MOST ? SNIPPET_MOST : (uint32_t)(area - area / 8);
    if (t->chosen >= p.hits) { /* the window became lower */
        t->offset += t->chosen - (p.hits - 1);
        t->chosen = p.hits - 1;
    }
    t->err = (struct dtl_error){0};
    t->st =
        dtl_live_search(&t->live, query_of(t), t->offset, p.hits, t->chosen, characters, &t->err);
    t->search = t->st == DTL_END; /* a key came: it is taken first */
    t->stale = t->st != DTL_OK;
    if (t->st < 0)
        fail(t, t->st);
    else if (t->st == DTL_OK)
        t->chosen = page_of(t)->chosen;
    t->count = t->count && t->st >= 0;
}

static void count(struct typing *t)
{
    struct dtl_error err = {0};
    enum dtl_status st = dtl_live_count(&t->live, query_of(t), dtl_screen_panes().columns, &err);
    t->count = st == DTL_END;
    if (st < 0) {
        t->err = err;
        t->st = st;
        fail(t, st);
    }
}

/* The query or what it is asked of changed: its best hits, from the first. */
static void ask_anew(struct typing *t)
{
    t->offset = 0;
    t->chosen = 0;
    t->search = t->count = true;
    t->live.counted = false;
}

/* ---- keys ---- */

static void choose(struct typing *t, int64_t by)
{
    size_t hits = dtl_screen_panes().hits, rows = page_of(t)->rows;
    int64_t to = (int64_t)t->chosen + by;
    if (rows == 0)
        return;
    if (to < 0) {
        uint64_t back = (uint64_t)-to;
        t->offset = t->offset > back ? t->offset - back : 0;
        to = 0;
    } else if ((size_t)to >= rows) {
        uint64_t on = (uint64_t)to - (rows - 1);
        uint64_t last = t->live.counted && t->live.total > hits ? t->live.total - hits : 0;
        t->offset = rows == hits && t->offset + on < last ? t->offset + on
                    : rows == hits && last > t->offset    ? last
                                                          : t->offset;
        to = (int64_t)rows - 1;
    }
    t->chosen = (size_t)to;
    t->search = true;
}

static void set_period(struct typing *t, struct dtl_period p)
{
    dtl_live_set_period(&t->live, p);
    ask_anew(t);
}

static void narrow(struct typing *t)
{
    const struct dtl_live_page *page = page_of(t);
    dtl_day day = dtl_interval_dated(page->shown) ? page->shown.latest : t->s->clock.today;
    if (page->rows && dtl_interval_dated(page->row[page->chosen].date))
        day = page->row[page->chosen].date.earliest;
    set_period(t, dtl_period_narrow(t->live.period, day));
}

static void open_article(struct typing *t)
{
    struct dtl_buffer text = {0};
    struct dtl_error err = {0};
    if (page_of(t)->rows == 0)
        return;
    dtl_line_remember(&t->line);
    enum dtl_status st = dtl_live_article(&t->live, &text, &err);
    if (st == DTL_OK)
        st = dtl_terminal_page(dtl_buffer_view(&text), &err);
    else if (st == DTL_NOTFOUND)
        snprintf(err.text, sizeof err.text, "the article is no longer in the archive");
    dtl_buffer_release(&text);
    t->err = err;
    if (st != DTL_OK)
        fail(t, st);
}

static bool date_key(struct typing *t, enum dtl_key key)
{
    struct dtl_period p = t->live.period;
    switch (key) {
    case DTL_KEY_EARLIER:
    case DTL_KEY_LATER:
        set_period(t, dtl_period_shift(p, key == DTL_KEY_LATER ? 1 : -1));
        return true;
    case DTL_KEY_YEAR_EARLIER:
    case DTL_KEY_YEAR_LATER:
        set_period(t, dtl_period_shift_years(p, key == DTL_KEY_YEAR_LATER ? 1 : -1));
        return true;
    case DTL_KEY_NARROW:
        narrow(t);
        return true;
    case DTL_KEY_WIDEN:
        set_period(t, dtl_period_widen(p));
        return true;
    case DTL_KEY_ANY_DATE:
        set_period(t, (struct dtl_period){.level = DTL_PERIOD_NONE});
        return true;
    default:
        return false;
    }
}

static bool list_key(struct typing *t, enum dtl_key key)
{
    int64_t screen = (int64_t)dtl_screen_panes().hits;
    switch (key) {
    case DTL_KEY_UP:
        choose(t, -1);
        return true;
    case DTL_KEY_DOWN:
        choose(t, 1);
        return true;
    case DTL_KEY_PAGE_UP:
        choose(t, -screen);
        return true;
    case DTL_KEY_PAGE_DOWN:
        choose(t, screen);
        return true;
    case DTL_KEY_SORT:
        t->live.o.sort = (enum dtl_sort)((t->live.o.sort + 1) % 3);
        ask_anew(t);
        return true;
    case DTL_KEY_RESIZE:
        t->search = t->count = true;
        return true;
    case DTL_KEY_REDRAW:
        dtl_screen_repaint();
        return true;
    case DTL_KEY_HELP:
        t->help = true;
        return true;
    default:
        return false;
    }
}

static void line_key(struct typing *t, struct dtl_key_press k)
{
    static void (*const edits[])(struct dtl_line *) = {
        [DTL_KEY_LEFT] = dtl_line_left,           [DTL_KEY_RIGHT] = dtl_line_right,
        [DTL_KEY_WORD_LEFT] = dtl_line_word_left, [DTL_KEY_WORD_RIGHT] = dtl_line_word_right,
        [DTL_KEY_HOME] = dtl_line_home,           [DTL_KEY_END] = dtl_line_end,
        [DTL_KEY_BACKSPACE] = dtl_line_backspace, [DTL_KEY_DELETE] = dtl_line_delete,
        [DTL_KEY_CUT_WORD] = dtl_line_cut_word,   [DTL_KEY_CUT_START] = dtl_line_cut_start,
        [DTL_KEY_CUT_END] = dtl_line_cut_end,     [DTL_KEY_YANK] = dtl_line_yank,
        [DTL_KEY_OLDER] = dtl_line_older,         [DTL_KEY_NEWER] = dtl_line_newer,
    };
    struct dtl_buffer before = {0};
    dtl_buffer_append(&before, t->line.text.p, t->line.text.n);
    if (k.key == DTL_KEY_CUT_START)
        dtl_line_remember(&t->line);
    if (k.key == DTL_KEY_TEXT)
        dtl_line_insert(&t->line, k.text);
    else if ((size_t)k.key < sizeof edits / sizeof *edits && edits[k.key])
        edits[k.key](&t->line);
    if (!dtl_bytes_equal(dtl_buffer_view(&before), query_of(t)))
        ask_anew(t);
    dtl_buffer_release(&before);
}

/* False: leave. */
static bool take_key(struct typing *t)
{
    struct dtl_key_press k = dtl_terminal_key();
    if (k.key == DTL_KEY_GONE)
        return false;
    if (t->help) {
        t->help = false;
        return true;
    }
    if (k.key == DTL_KEY_LEAVE || (k.key == DTL_KEY_DELETE && t->line.text.n == 0))
        return false;
    if (k.key == DTL_KEY_OPEN) {
        t->live.stop = NULL; /* of what is typed by now, whatever else was typed ahead */
        if (t->search)
            search(t);
        t->live.stop = key_waits;
        open_article(t);
    } else if (!date_key(t, k.key) && !list_key(t, k.key)) {
        line_key(t, k);
    }
    return true;
}

static void type(struct typing *t)
{
    ask_anew(t);
    do {
        draw(t); /* what was typed is seen before it is answered */
        if (t->search && !dtl_terminal_key_waits()) {
            search(t);
            draw(t);
        }
        if (t->count && !t->search && !dtl_terminal_key_waits()) {
            count(t);
            draw(t);
        }
    } while (take_key(t));
    t->live.stop = NULL; /* leaving: what is printed is what was typed */
    if (t->search)
        search(t);
}

/* ---- the command ---- */

static enum dtl_status refuse(const struct dtl_options *o, struct dtl_error *err)
{
    const char *with = o->file       ? "--file"
                       : o->queries  ? "--queries"
                       : o->show     ? "--show"
                       : o->timeline ? "--timeline"
                       : o->facets   ? "--facet"
                       : o->resume   ? "--resume"
                                     : NULL;
    return with ? dtl_fail(err, DTL_EUSAGE, 0, "--interactive does not go with %s", with) : DTL_OK;
}

static enum dtl_status start(struct typing *t, struct dtl_error *err)
{
    struct dtl_buffer text = {0};
    enum dtl_status st = refuse(t->s->o, err);
    if (st == DTL_OK)
        st = dtl_query_text(t->s->o, &text, err);
    if (st == DTL_OK) {
        dtl_line_set(&t->line, dtl_buffer_view(&text));
        st = dtl_terminal_check(err);
    }
    if (st == DTL_OK) { /* an index that is not there is told before the screen is taken */
        st = dtl_session_read(t->s, err);
        dtl_snapshot_close(t->s->snap);
        t->s->snap = NULL;
    }
    if (st == DTL_OK)
        st = dtl_terminal_open(t->s->render.color, err);
    dtl_buffer_release(&text);
    return st;
}

int dtl_cmd_interactive(struct dtl_session *s)
{
    struct typing t = {.s = s};
    struct dtl_error err = {0};
    enum dtl_status st = start(&t, &err);
    int exit_status = 0;
    if (st == DTL_OK) {
        dtl_live_begin(&t.live, s, key_waits);
        type(&t);
        dtl_terminal_close();
        exit_status = t.st < 0 ? dtl_status_exit(t.st) : page_of(&t)->rows ? 0 : 1;
        if (dtl_live_command(&t.live, query_of(&t), &s->out) && dtl_buffer_byte(&s->out, '\n'))
            st = dtl_session_flush(s, &err);
        dtl_live_end(&t.live);
    }
    if (st < 0)
        exit_status = dtl_cmd_fail(st, &err, NULL, (struct dtl_bytes){0});
    dtl_line_release(&t.line);
    dtl_buffer_release(&t.status);
    dtl_buffer_release(&t.message);
    return exit_status;
}
