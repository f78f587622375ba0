/*
 * telling.c - cron mails what a program prints, every night: so a trouble is told once, when it is
 * new, and failures as long as they last (docs/decisions/0211).
 *
 * A trouble is known again by its text. Who reads the mail is whoever looks after the machine, so
 * only what a --cron run has told counts as told.
 */
#include "indexer/telling.h"

#include "common/base/hash.h"
#include "common/base/json.h"
#include "common/base/process.h"
#include "common/base/utf8.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define DISK_LOW    ((uint64_t)256 << 20) /* four times what a run leaves of the disk */
#define PASSED_MOST ((size_t)24 << 10)    /* bytes of notes on the members of one file */

static double monotonic(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void on_skip(void *ctx, struct dtl_bytes path, const char *why)
{
    dtl_tell_skipped(ctx, path, why);
}

void dtl_tell_begin(struct dtl_telling *t, struct dtl_update_options *o)
{
    t->o = o;
    t->started = monotonic();
    t->now.started = (int64_t)time(NULL);
    t->skips = (struct dtl_skips){on_skip, t};
    o->all.walk.skips = &t->skips;
    for (size_t i = 0; i < o->roots; i++)
        o->root[i].walk.skips = &t->skips;
}

void dtl_tell_since(struct dtl_telling *t, const struct dtl_store *store)
{
    struct dtl_buffer text = {0};
    struct dtl_error unread = {0};
    if (dtl_store_noted(store, &text, &unread) == DTL_OK)
        dtl_last_run_decode(dtl_buffer_view(&text), &t->before);
    t->now.succeeded = t->before.succeeded;
    dtl_buffer_release(&text);
}

static void put_text(char *to, size_t room, const char *text)
{
    struct dtl_buffer clean = {0};
    dtl_utf8_sanitise(&clean, dtl_bytes_of(text), false);
    struct dtl_bytes fits = dtl_buffer_view(&clean);
    if (fits.n >= room)
        fits.n = room - 1;
    fits.n = dtl_utf8_valid_prefix(fits);
    if (fits.n)
        memcpy(to, fits.p, fits.n);
    to[fits.n] = 0;
    dtl_buffer_release(&clean);
}

bool dtl_tell_trouble(struct dtl_telling *t, const char *text)
{
    uint64_t hash = dtl_hash64(dtl_bytes_of(text), 0);
    if (!t->now.trouble[0])
        put_text(t->now.trouble, sizeof t->now.trouble, text);
    if (!t->o->cron)
        return true;
    dtl_last_run_hear(&t->now, hash);
    if (!dtl_last_run_heard(&t->before, hash) && ++t->fresh == 1)
        put_text(t->first, sizeof t->first, text);
    return false;
}

/* ---- input by input ---- */

static struct dtl_tally *row_of(struct dtl_telling *t, const struct dtl_intake *in)
{
    const char *stream = in ? dtl_intake_stream_format(in) : NULL;
    const char *container = in ? dtl_intake_container(in) : NULL;
    if (!stream)
        return dtl_report_tally(&t->report, container ? container : "unreadable", NULL);
    struct dtl_tally *row = dtl_report_tally(&t->report, stream, container);
    if (dtl_intake_streams(in) != t->streams) {
        t->streams = dtl_intake_streams(in);
        row->files++;
    }
    return row;
}

void dtl_tell_file(struct dtl_telling *t, const struct dtl_intake *in, struct dtl_buffer *passed)
{
    t->passed = passed;
    t->streams = 0;
    if (!in)
        return;
    if (dtl_intake_container(in))
        dtl_report_tally(&t->report, dtl_intake_container(in), NULL)->files++;
    else
        row_of(t, in);
}

void dtl_tell_article(struct dtl_telling *t, const struct dtl_intake *in,
                      const struct dtl_article *a)
{
    struct dtl_tally *row = row_of(t, in);
    row->articles++;
    row->undated += !dtl_interval_dated(a->date);
}

void dtl_tell_rejected(struct dtl_telling *t, struct dtl_bytes path, const struct dtl_intake *in,
                       const char *reason)
{
    struct dtl_tally *row = row_of(t, in);
    row->rejected++;
    row->files += !in;
    dtl_report_reason(&t->report, false, path, reason);
}

void dtl_tell_skipped(struct dtl_telling *t, struct dtl_bytes path, const char *why)
{
    const uint8_t *member = path.n ? memchr(path.p, '#', path.n) : NULL;
    dtl_report_reason(&t->report, true, path, why);
    if (t->o->verbose)
        dtl_say("skipped: %.*s: %s", (int)path.n, (const char *)path.p, why);
    if (!t->passed || !member || t->passed->n > PASSED_MOST)
        return;
    dtl_buffer_byte(t->passed, '\t');
    dtl_utf8_sanitise(t->passed, dtl_bytes(member, path.n - (size_t)(member - path.p)), false);
    dtl_buffer_format(t->passed, ": %s\n", why);
    if (t->passed->n > PASSED_MOST)
        dtl_buffer_text(t->passed, "\t... and more\n");
}

/* ---- the end ---- */

void dtl_tell_report(const struct dtl_telling *t, const struct dtl_outcome *end)
{
    bool wanted = t->o->report < 0 ? end->rejected > 1 || isatty(STDERR_FILENO) : t->o->report > 0;
    struct dtl_buffer text = {0};
    if (!wanted || t->o->quiet || t->o->cron)
        return;
    dtl_report_print(&t->report, "dateline-index: ", &text);
    if (text.n)
        fwrite(text.p, 1, text.n, stderr);
    dtl_buffer_release(&text);
}

static void put_numbers(const struct dtl_telling *t, const struct dtl_outcome *end,
                        struct dtl_buffer *out)
{
    const struct dtl_run_figures *f = end->figures;
    const struct {
        const char *name;
        uint64_t n;
    } numbers[] = {
        {"indexed",    f->added      },
        {"changed",    f->changed    },
        {"unchanged",  end->unchanged},
        {"removed",    f->removed    },
        {"rejected",   end->rejected },
        {"skipped",    end->skipped  },
        {"waiting",    end->waiting  },
        {"warnings",   end->warnings },
        {"future",     f->future     },
        {"undated",    f->undated    },
        {"generation", f->generation },
    };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        dtl_buffer_format(out, " %s=%llu", numbers[i].name, (unsigned long long)numbers[i].n);
    dtl_buffer_format(out, " seconds=%.1f status=%d new=%llu", monotonic() - t->started,
                      end->status, (unsigned long long)t->fresh);
}

void dtl_tell_event(const struct dtl_telling *t, const struct dtl_outcome *end)
{
    bool failed = end->status != 0 && end->status != 5;
    const char *trouble = t->first[0] ? t->first : t->now.trouble;
    struct dtl_buffer line = {0};
    if (!failed && !t->fresh)
        return;
    dtl_buffer_text(&line, "dateline-index: event=update");
    put_numbers(t, end, &line);
    if (trouble[0]) {
        dtl_buffer_text(&line, " trouble=");
        dtl_json_string(&line, dtl_bytes_of(trouble));
    }
    dtl_buffer_byte(&line, '\n');
    if (!line.failed)
        fwrite(line.p, 1, line.n, stderr);
    dtl_buffer_release(&line);
}

/* Said of cron's runs alone: who runs one by hand sees the disk. */
static void look_at_disk(struct dtl_telling *t, const struct dtl_store *store)
{
    uint64_t left = 0, total = 0;
    if (t->o->cron && dtl_store_disk(store, &left, &total) && left < DISK_LOW)
        dtl_tell_trouble(t, "the index's disk has less than 256 MB left; free some, or move the "
                            "index");
}

enum dtl_status dtl_tell_next(struct dtl_telling *t, const struct dtl_outcome *end,
                              struct dtl_store *store, struct dtl_error *err)
{
    struct dtl_last_run *l = &t->now;
    struct dtl_buffer text = {0};
    look_at_disk(t, store);
    l->ended = (int64_t)time(NULL);
    l->status = (uint64_t)end->status;
    if (end->status == 0 || end->status == 5)
        l->succeeded = l->ended;
    l->indexed = end->figures->added;
    l->changed = end->figures->changed;
    l->unchanged = end->unchanged;
    l->removed = end->figures->removed;
    l->rejected = end->rejected;
    l->skipped = end->skipped;
    l->waiting = end->waiting;
    l->warnings = end->warnings;
    l->generation = end->figures->generation;
    if (!t->o->cron) { /* what cron was told stays told */
        memcpy(l->heard, t->before.heard, sizeof l->heard);
        l->heards = t->before.heards;
    }
    enum dtl_status st = dtl_last_run_encode(l, &text)
                             ? dtl_store_note(store, dtl_buffer_view(&text), err)
                             : dtl_fail(err, DTL_ENOMEM, 0, "no memory to note the run");
    dtl_buffer_release(&text);
    return st;
}

void dtl_tell_end(struct dtl_telling *t)
{
    dtl_report_release(&t->report);
}
