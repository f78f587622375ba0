/* session.c - streams, colour and width settled once; snapshots opened late and closed early. */
#include "query/session.h"
#include "query/limit.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "common/base/process.h"
#include "common/base/utf8.h"

/* ---- writing ---- */

enum dtl_status dtl_write_out(struct dtl_bytes b, struct dtl_error *err)
{
    if (dtl_write_whole(STDOUT_FILENO, b))
        return DTL_OK;
    if (errno == EPIPE) /* the signal was blocked: the reader is gone all the same */
        _exit(128 + 13);
    return dtl_fail(err, DTL_EIO, 0, "standard output: %s", strerror(errno));
}

enum dtl_status dtl_close_out(struct dtl_error *err)
{
    if (close(STDOUT_FILENO) != 0 && errno != EBADF && errno != EINTR)
        return dtl_fail(err, DTL_EIO, 0, "standard output: %s", strerror(errno));
    return DTL_OK;
}

void dtl_session_say(struct dtl_session *s, const char *fmt, ...)
{
    char text[2048];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    dtl_buffer_text(&s->talk, DTL_PROGRAM ": ");
    dtl_utf8_sanitise(&s->talk, dtl_bytes_of(text), false);
    dtl_buffer_byte(&s->talk, '\n');
}

void dtl_say_query(const char *where, struct dtl_bytes query, const struct dtl_error *err)
{
    struct dtl_buffer text = {0};
    dtl_buffer_text(&text, DTL_PROGRAM ": ");
    if (where) {
        dtl_utf8_sanitise(&text, dtl_bytes_of(where), false);
        dtl_buffer_text(&text, ": ");
    }
    dtl_query_caret(query, err, &text);
    dtl_write_whole(STDERR_FILENO, dtl_buffer_view(&text));
    dtl_buffer_release(&text);
}

/* ---- looks ---- */

static bool is_set(const char *name)
{
    const char *v = getenv(name);
    return v && *v;
}

static bool is_forced(const char *name)
{
    return is_set(name) && strcmp(getenv(name), "0") != 0;
}

static bool is_dumb(void)
{
    return is_set("TERM") && strcmp(getenv("TERM"), "dumb") == 0;
}

static bool wants_color(const struct dtl_options *o, bool tty)
{
    if (o->plain || o->color == DTL_COLOR_NEVER)
        return false;
    if (o->color == DTL_COLOR_ALWAYS)
        return true;
    if (is_set("NO_COLOR"))
        return false;
    if (is_forced("CLICOLOR_FORCE") || is_forced("FORCE_COLOR"))
        return true;
    return tty && !is_dumb();
}

/* A colour that is on when a signal ends us is switched off first. */
static void on_signal(int number)
{
    static const char off[] = "\x1b[m";
    if (write(STDOUT_FILENO, off, sizeof off - 1) < 0)
        _exit(128 + number);
    signal(number, SIG_DFL);
    raise(number);
}

static void choose_colors(struct dtl_session *s, bool tty)
{
    struct dtl_bytes bad = {0};
    const char *wanted = getenv("DATELINE_COLORS");
    s->render.color = wants_color(s->o, tty);
    dtl_colors_default(&s->render.colors);
    if (wanted && !dtl_colors_parse(&s->render.colors, wanted, &bad) && s->talks)
        dtl_session_say(s, "DATELINE_COLORS: '%.*s' is not understood",
                        bad.n > 60 ? 60 : (int)bad.n, (const char *)bad.p);
    if (s->render.color && tty) {
        signal(SIGINT, on_signal);
        signal(SIGTERM, on_signal);
    }
}

static size_t number_of(const char *name)
{
    const char *c = getenv(name);
    size_t v = 0;
    for (; c && *c >= '0' && *c <= '9' && v < 100000; c++)
        v = v * 10 + (size_t)(*c - '0');
    return v;
}

/* The terminal's size; the environment may say otherwise. */
static void measure(struct dtl_session *s)
{
    struct winsize w = {0};
    size_t columns = number_of("COLUMNS");
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) != 0)
        w = (struct winsize){0};
    if (!columns)
        columns = w.ws_col ? w.ws_col : 80;
    s->render.width = columns < 20 ? 20 : columns > 1000 ? 1000 : columns;
    s->rows = w.ws_row ? w.ws_row : number_of("LINES") ? number_of("LINES") : 24;
}

/* A date option at fault is told once, before any query. */
static enum dtl_status check_filters(const struct dtl_session *s, struct dtl_error *err)
{
    struct dtl_arena arena = {0};
    struct dtl_query *q = NULL;
    struct dtl_parse_options o = {
        .clock = s->clock, .filter = s->o->filter, .filters = s->o->filters};
    enum dtl_status st = dtl_query_parse(DTL_LITERAL("*"), &o, &arena, &q, err);
    dtl_arena_release(&arena);
    return st;
}

static enum dtl_status take_recency(struct dtl_session *s, struct dtl_error *err)
{
    struct dtl_error why = {0};
    enum dtl_status st = dtl_span_days(dtl_bytes_of(s->o->recency), &s->clock, &s->half_life, &why);
    if (st < 0)
        return dtl_fail(err, DTL_EUSAGE, 0, "--recency '%.60s': %s", s->o->recency, why.text);
    return DTL_OK;
}

enum dtl_status dtl_session_begin(struct dtl_session *s, const struct dtl_options *o,
                                  struct dtl_error *err)
{
    bool tty = isatty(STDOUT_FILENO) == 1;
    *s = (struct dtl_session){.o = o};
    s->talks = !o->quiet && (o->verbose || isatty(STDERR_FILENO) == 1);
    s->render = (struct dtl_render){.form = o->form, .plain = o->plain, .nul = o->nul};
    if (s->render.form == DTL_FORM_AUTO)
        s->render.form = tty || o->plain ? DTL_FORM_TEXT : DTL_FORM_TSV;
    s->render.format = o->format;
    s->render.versioned = o->versioned;
    s->render.link = o->plain ? NULL : dtl_link_format(o->hyperlink, tty && !is_dumb());
    s->pager_command = tty && !o->no_pager ? dtl_pager_command() : NULL;
    choose_colors(s, tty);
    measure(s);
    enum dtl_status st = dtl_clock_of(o->now, o->tz, &s->clock, err);
    if (st == DTL_OK && o->recency)
        st = take_recency(s, err);
    return st < 0 ? st : check_filters(s, err);
}

/* ---- the index ---- */

enum dtl_status dtl_session_read(struct dtl_session *s, struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    if (!s->store) {
        struct dtl_buffer path = {0};
        struct dtl_store_options options = {0};
        st = dtl_index_path(s->o->index, &path, err);
        if (st == DTL_OK && !dtl_buffer_byte(&path, 0))
            st = dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
        if (st == DTL_OK)
            st = dtl_store_open(&s->store, (const char *)path.p, &options, err);
        dtl_buffer_release(&path);
    }
    if (st == DTL_OK && !s->snap) {
        st = dtl_snapshot_open(s->store, &s->snap, err);
        s->held_since = dtl_session_clock();
        if (!s->o->interactive)
            dtl_limit_begin(s->o->timeout);
    }
    return st;
}

/* To standard output, or to the pager, which is started for what is longer than the screen. */
static enum dtl_status put_out(struct dtl_session *s, struct dtl_error *err)
{
    struct dtl_bytes text = dtl_buffer_view(&s->out);
    if (s->quit || text.n == 0)
        return DTL_OK;
    if (s->pager_command && !s->pager.pid && dtl_pager_needed(text, s->render.width, s->rows) &&
        !dtl_pager_start(&s->pager, s->pager_command))
        s->pager_command = NULL;
    if (!s->pager.pid)
        return dtl_write_out(text, err);
    s->quit = !dtl_pager_write(&s->pager, text);
    return DTL_OK;
}

enum dtl_status dtl_session_flush(struct dtl_session *s, struct dtl_error *err)
{
    dtl_snapshot_close(s->snap);
    s->snap = NULL;
    dtl_limit_end();
    if (s->out.failed || s->talk.failed)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    dtl_write_whole(STDERR_FILENO, dtl_buffer_view(&s->talk)); /* nobody to tell when this fails */
    enum dtl_status st = put_out(s, err);
    dtl_buffer_reset(&s->talk);
    dtl_buffer_reset(&s->out);
    return st;
}

double dtl_session_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* A piece that a pipe which says it can be written to takes without making us wait. */
#define PIECE ((size_t)4096)

enum dtl_status dtl_session_pour(struct dtl_session *s, bool *late, struct dtl_error *err)
{
    struct dtl_bytes left = dtl_buffer_view(&s->out);
    enum dtl_status st = DTL_OK;
    *late = false;
    dtl_limit_end(); /* from here on o->hold limits it */
    if (s->out.failed || s->talk.failed)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    dtl_write_whole(STDERR_FILENO, dtl_buffer_view(&s->talk));
    dtl_buffer_reset(&s->talk);
    while (left.n > 0 && st == DTL_OK) {
        double over = s->held_since + s->o->hold - dtl_session_clock();
        struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
        int ready = over > 0 ? poll(&out, 1, (int)(over * 1e3) + 1) : 0;
        if (ready == 0)
            break;
        if (ready < 0 && errno == EINTR)
            continue;
        size_t n = left.n < PIECE ? left.n : PIECE;
        st = dtl_write_out(dtl_bytes(left.p, n), err);
        left = dtl_bytes(left.p + n, left.n - n);
    }
    *late = s->held_since + s->o->hold <= dtl_session_clock();
    if (left.n)
        memmove(s->out.p, left.p, left.n);
    s->out.n = left.n;
    return st;
}

void dtl_session_end(struct dtl_session *s)
{
    dtl_limit_end();
    dtl_pager_finish(&s->pager);
    dtl_snapshot_close(s->snap);
    dtl_store_close(s->store);
    dtl_saved_end(&s->saved);
    dtl_buffer_release(&s->out);
    dtl_buffer_release(&s->talk);
}
