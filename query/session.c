/* session.c - streams, colour and width settled once; snapshots opened late and closed early. */
#include "query/session.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/base/utf8.h"

/* ---- writing ---- */

static bool write_all(int fd, struct dtl_bytes b)
{
    while (b.n > 0) {
        ssize_t n = write(fd, b.p, b.n);
        if (n < 0 && errno != EINTR)
            return false;
        if (n > 0)
            b = dtl_bytes(b.p + n, b.n - (size_t)n);
    }
    return true;
}

enum dtl_status dtl_write_out(struct dtl_bytes b, struct dtl_error *err)
{
    if (write_all(STDOUT_FILENO, b))
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
    write_all(STDERR_FILENO, dtl_buffer_view(&text));
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
    return tty && !(is_set("TERM") && strcmp(getenv("TERM"), "dumb") == 0);
}

static size_t columns(void)
{
    const char *c = getenv("COLUMNS");
    unsigned long v = 0;
    for (; c && *c >= '0' && *c <= '9' && v < 100000; c++)
        v = v * 10 + (unsigned long)(*c - '0');
    struct winsize w = {0};
    if (!v && ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0)
        v = w.ws_col;
    if (!v)
        v = 80;
    return v < 20 ? 20 : v > 1000 ? 1000 : v;
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

enum dtl_status dtl_session_begin(struct dtl_session *s, const struct dtl_options *o,
                                  struct dtl_error *err)
{
    bool tty = isatty(STDOUT_FILENO) == 1;
    *s = (struct dtl_session){.o = o};
    s->talks = !o->quiet && (o->verbose || isatty(STDERR_FILENO) == 1);
    s->render = (struct dtl_render){.form = o->form, .plain = o->plain, .nul = o->nul};
    if (s->render.form == DTL_FORM_AUTO)
        s->render.form = tty || o->plain ? DTL_FORM_TEXT : DTL_FORM_TSV;
    s->render.color = wants_color(o, tty);
    s->render.width = columns();
    enum dtl_status st = dtl_clock_of(o->now, o->tz, &s->clock, err);
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
    if (st == DTL_OK && !s->snap)
        st = dtl_snapshot_open(s->store, &s->snap, err);
    return st;
}

enum dtl_status dtl_session_flush(struct dtl_session *s, struct dtl_error *err)
{
    dtl_snapshot_close(s->snap);
    s->snap = NULL;
    if (s->out.failed || s->talk.failed)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    write_all(STDERR_FILENO, dtl_buffer_view(&s->talk)); /* nobody to tell when this fails */
    enum dtl_status st = dtl_write_out(dtl_buffer_view(&s->out), err);
    dtl_buffer_reset(&s->talk);
    dtl_buffer_reset(&s->out);
    return st;
}

void dtl_session_end(struct dtl_session *s)
{
    dtl_snapshot_close(s->snap);
    dtl_store_close(s->store);
    dtl_saved_end(&s->saved);
    dtl_buffer_release(&s->out);
    dtl_buffer_release(&s->talk);
}
