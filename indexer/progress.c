/* progress.c - `\r`, one line, rates; cron and pipes never see it. */
#include "indexer/progress.h"

#include "common/base/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

double dtl_seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void dtl_progress_start(struct dtl_progress *p, int mode)
{
    const char *term = getenv("TERM");
    bool able = isatty(2) && term && strcmp(term, "dumb") != 0;
    *p = (struct dtl_progress){.on = mode < 0 ? able : mode > 0, .started = dtl_seconds_now()};
}

static void put_line(struct dtl_progress *p, struct dtl_buffer *line)
{
    struct winsize w = {0};
    size_t columns = ioctl(2, TIOCGWINSZ, &w) == 0 && w.ws_col > 20 ? w.ws_col : 80;
    if (line->n >
        columns - 1) { /* bytes, not columns: a path with wide letters is cut a little early */
        line->n = columns - 1;
        line->n = dtl_utf8_valid_prefix(dtl_buffer_view(line));
    }
    fprintf(stderr, "\r%.*s", (int)line->n, line->n ? (const char *)line->p : "");
    for (size_t i = line->n; i < p->width; i++)
        fputc(' ', stderr);
    p->width = line->n;
    fflush(stderr);
}

void dtl_progress_show(struct dtl_progress *p, uint64_t articles, uint64_t bytes,
                       struct dtl_bytes path)
{
    if (!p->on)
        return;
    double now = dtl_seconds_now(), age = now - p->started;
    if (age < 1 || now - p->shown < 0.2)
        return;
    p->shown = now;
    struct dtl_buffer line = {0};
    dtl_buffer_format(&line, "%llu articles, %.0f MB, %.0f articles/s, %.1f MB/s  ",
                      (unsigned long long)articles, (double)bytes / 1e6, (double)articles / age,
                      (double)bytes / 1e6 / age);
    dtl_utf8_sanitise(&line, path, false);
    put_line(p, &line);
    dtl_buffer_release(&line);
}

void dtl_progress_stage(struct dtl_progress *p, const char *what)
{
    if (!p->on || dtl_seconds_now() - p->started < 1)
        return;
    struct dtl_buffer line = {0};
    dtl_buffer_text(&line, what);
    put_line(p, &line);
    dtl_buffer_release(&line);
}

void dtl_progress_clear(struct dtl_progress *p)
{
    if (p->on && p->width) {
        struct dtl_buffer empty = {0};
        put_line(p, &empty);
        fputc('\r', stderr);
        fflush(stderr);
    }
}
