/* cmd_status.c - what the index holds, for a person, for monitoring (--json), and what it could not
 * take. */
#include "common/base/json.h"
#include "common/base/process.h"
#include "common/base/utf8.h"
#include "indexer/command.h"
#include "indexer/report/last_run.h"
#include "indexer/status.h"
#include "indexer/status_dates.h"

#include <getopt.h>
#include <inttypes.h>
#include <time.h>

enum { JSON = 256, REJECTED, CHARSETS, SKIPPED, DATES };
static const struct option table[] = {
    {"json",     no_argument, NULL, JSON    },
    {"rejected", no_argument, NULL, REJECTED},
    {"charsets", no_argument, NULL, CHARSETS},
    {"skipped",  no_argument, NULL, SKIPPED },
    {"dates",    no_argument, NULL, DATES   },
    DTL_COMMON_OPTIONS
};

struct totals { /* over the rows of `sources` */
    uint64_t files, rejected, undated;
    struct dtl_buffer *list; /* --rejected, --skipped: lines so far; NULL when not wanted */
    bool skipped;            /* of these two, the second */
    bool json;
};

static void put_member(struct dtl_buffer *out, const char *name, struct dtl_bytes value,
                       bool *first)
{
    dtl_json_key(out, name, first);
    dtl_json_string(out, value);
}

/*
 * One reason of a file: its place there, what is wrong, what to do about it. A reason is
 * "#7: line 3: no such month; correct it", of a whole file without the place; a member passed over
 * begins with a tab.
 */
static void put_reason(struct totals *t, struct dtl_bytes path, struct dtl_bytes reason)
{
    bool first = true;
    if (!t->json) {
        dtl_utf8_sanitise(t->list, path, false);
        dtl_buffer_byte(t->list, '\t');
        dtl_utf8_sanitise(t->list, reason, false);
        dtl_buffer_byte(t->list, '\n');
        return;
    }
    const uint8_t *colon =
        reason.n && reason.p[0] == '#' ? memmem(reason.p, reason.n, ": ", 2) : NULL;
    struct dtl_bytes place = dtl_bytes(reason.p, colon ? (size_t)(colon - reason.p) : 0);
    struct dtl_bytes why = colon ? dtl_bytes(colon + 2, reason.n - place.n - 2) : reason;
    const uint8_t *semicolon = memmem(why.p, why.n, "; ", 2);
    struct dtl_bytes what = dtl_bytes(why.p, semicolon ? (size_t)(semicolon - why.p) : why.n);
    struct dtl_bytes remedy = dtl_bytes(NULL, 0);
    if (semicolon)
        remedy = dtl_bytes(semicolon + 2, why.n - what.n - 2);
    dtl_buffer_byte(t->list, '{');
    put_member(t->list, "file", path, &first);
    put_member(t->list, "place", place, &first);
    put_member(t->list, "reason", what, &first);
    put_member(t->list, "remedy", remedy, &first);
    dtl_buffer_text(t->list, "}\n");
}

static enum dtl_status add_row(void *ctx, const struct dtl_source_row *row)
{
    struct totals *t = ctx;
    t->files++;
    t->rejected += row->rejected;
    t->undated += row->undated;
    for (size_t at = 0; t->list && at < row->reasons.n;) {
        const uint8_t *end = memchr(row->reasons.p + at, '\n', row->reasons.n - at);
        size_t n = end ? (size_t)(end - row->reasons.p) - at : row->reasons.n - at;
        struct dtl_bytes line = dtl_bytes(row->reasons.p + at, n);
        bool member = n && line.p[0] == '\t';
        if (member == t->skipped)
            put_reason(t, row->path, dtl_bytes(line.p + member, n - member));
        at += n + 1;
    }
    return DTL_OK;
}

static const char *const part_names[DTL_PARTS_END] = {
    [DTL_PART_TERMS] = "terms",           [DTL_PART_FORMS] = "forms",
    [DTL_PART_POSTINGS] = "postings",     [DTL_PART_POSITIONS] = "positions",
    [DTL_PART_VARIANTS] = "variants",     [DTL_PART_COLUMNS] = "columns",
    [DTL_PART_IDENTITIES] = "identities",
};

static uint64_t part_bytes(const struct dtl_snapshot *snap, int part)
{
    uint64_t n = 0;
    for (size_t i = 0; i < snap->segments; i++)
        n += snap->segment[i].facts.part_bytes[part];
    return n;
}

static uint64_t dead_count(const struct dtl_snapshot *snap)
{
    uint64_t n = 0;
    for (size_t i = 0; i < snap->segments; i++)
        n += snap->segment[i].dead ? snap->segment[i].dead->count : 0;
    return n;
}

/* ---- the last run, the disk ---- */

struct health {
    struct dtl_last_run last; /* started 0: none is known */
    struct dtl_error unread;  /* its text: why the note of it is of no use; empty: it is, or there
                                 is none */
    uint64_t disk_left, disk_total;
    int64_t now;
};

static void look_at_health(const struct dtl_store *store, struct health *h)
{
    struct dtl_buffer text = {0};
    enum dtl_status st = dtl_store_noted(store, &text, &h->unread);
    if (st == DTL_OK)
        dtl_last_run_decode(dtl_buffer_view(&text), &h->last);
    if (st == DTL_OK && !h->last.started)
        (void)dtl_fail(&h->unread, DTL_EINPUT, 0, "the file last-run holds no note of a run");
    dtl_buffer_release(&text);
    dtl_store_disk(store, &h->disk_left, &h->disk_total);
    h->now = (int64_t)time(NULL);
}

/* "2026-11-24T03:10:04Z" */
static const char *instant(int64_t seconds, char text[32])
{
    struct tm tm;
    time_t t = (time_t)seconds;
    text[0] = 0;
    if (gmtime_r(&t, &tm))
        strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
    return text;
}

static int64_t age(const struct health *h)
{
    return h->now > h->last.succeeded ? h->now - h->last.succeeded : 0;
}

static void put_last_run(struct dtl_buffer *out, const struct health *h)
{
    const struct dtl_last_run *l = &h->last;
    char text[32];
    bool first = true;
    const struct {
        const char *name;
        uint64_t value;
    } numbers[] = {
        {"status",     l->status    },
        {"indexed",    l->indexed   },
        {"changed",    l->changed   },
        {"unchanged",  l->unchanged },
        {"removed",    l->removed   },
        {"rejected",   l->rejected  },
        {"skipped",    l->skipped   },
        {"waiting",    l->waiting   },
        {"warnings",   l->warnings  },
        {"generation", l->generation},
    };
    if (!l->started) {
        dtl_buffer_text(out, "null");
        return;
    }
    dtl_buffer_byte(out, '{');
    dtl_json_key(out, "started", &first);
    dtl_buffer_format(out, "\"%s\"", instant(l->started, text));
    dtl_json_key(out, "ended", &first);
    dtl_buffer_format(out, "\"%s\"", instant(l->ended, text));
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        dtl_json_key(out, numbers[i].name, &first);
        dtl_buffer_format(out, "%" PRIu64, numbers[i].value);
    }
    dtl_json_key(out, "trouble", &first);
    dtl_json_string(out, dtl_bytes_of(l->trouble));
    dtl_buffer_byte(out, '}');
}

static void put_health(struct dtl_buffer *out, const struct health *h, bool *first)
{
    char text[32];
    dtl_json_key(out, "last_run", first);
    put_last_run(out, h);
    dtl_json_key(out, "last_run_problem", first);
    if (h->unread.text[0])
        dtl_json_string(out, dtl_bytes_of(h->unread.text));
    else
        dtl_buffer_text(out, "null");
    dtl_json_key(out, "last_success", first);
    dtl_buffer_format(out, h->last.succeeded ? "\"%s\"" : "null", instant(h->last.succeeded, text));
    dtl_json_key(out, "age_seconds", first);
    if (h->last.succeeded)
        dtl_buffer_format(out, "%" PRId64, age(h));
    else
        dtl_buffer_text(out, "null");
    dtl_json_key(out, "disk_bytes", first);
    dtl_buffer_format(out, "%" PRIu64, h->disk_total);
    dtl_json_key(out, "disk_free_bytes", first);
    dtl_buffer_format(out, "%" PRIu64, h->disk_left);
    dtl_json_key(out, "schema", first);
    dtl_buffer_byte(out, '1');
}

static void print_health(struct dtl_buffer *out, const struct health *h)
{
    char text[32];
    if (h->disk_total)
        dtl_buffer_format(out, "disk        %.1f MB free of %.1f\n", (double)h->disk_left / 1e6,
                          (double)h->disk_total / 1e6);
    if (h->unread.text[0]) {
        dtl_buffer_text(out, "last run    unknown: ");
        dtl_utf8_sanitise(out, dtl_bytes_of(h->unread.text), false);
        dtl_buffer_byte(out, '\n');
    }
    if (!h->last.started)
        return;
    dtl_buffer_format(out, "last run    %s, status %" PRIu64, instant(h->last.ended, text),
                      h->last.status);
    if (h->last.trouble[0]) {
        dtl_buffer_text(out, ": ");
        dtl_utf8_sanitise(out, dtl_bytes_of(h->last.trouble), false);
    }
    if (h->last.status != 0 && h->last.status != 5)
        dtl_buffer_format(out, "\nsucceeded   %s",
                          h->last.succeeded ? instant(h->last.succeeded, text) : "never");
    dtl_buffer_byte(out, '\n');
}

static void print_json(struct dtl_buffer *out, const struct dtl_opened *o, const struct totals *t,
                       const struct dtl_store_figures *f, const struct health *h)
{
    const struct dtl_snapshot *s = o->snapshot;
    char day[DTL_DATE_TEXT];
    bool first = true, inner = true;
    const struct {
        const char *name;
        uint64_t value;
    } numbers[] = {
        {"articles",          s->docs             },
        {"deleted",           dead_count(s)       },
        {"undated",           t->undated          },
        {"files",             t->files            },
        {"rejected",          t->rejected         },
        {"words",             s->word_total       },
        {"text_bytes",        s->text_bytes       },
        {"file_bytes",        f->file_bytes       },
        {"used_bytes",        f->used_bytes       },
        {"free_bytes",        f->free_bytes       },
        {"article_bytes",     f->article_bytes    },
        {"segments",          s->segments         },
        {"generation",        s->generation       },
        {"format",            DTL_FORMAT_VERSION  },
        {"readers",           f->readers          },
        {"oldest_reader_lag", f->oldest_reader_lag}
    };
    dtl_buffer_byte(out, '{');
    dtl_json_key(out, "index", &first);
    dtl_json_string(out, dtl_bytes_of(dtl_store_directory(o->store)));
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        dtl_json_key(out, numbers[i].name, &first);
        dtl_buffer_format(out, "%" PRIu64, numbers[i].value);
    }
    put_health(out, h, &first);
    bool dated = dtl_interval_dated(s->covers);
    dtl_json_key(out, "first_day", &first);
    dtl_buffer_format(out, dated ? "\"%s\"" : "null",
                      dated ? dtl_day_print(s->covers.earliest, day) : "");
    dtl_json_key(out, "last_day", &first);
    dtl_buffer_format(out, dated ? "\"%s\"" : "null",
                      dated ? dtl_day_print(s->covers.latest, day) : "");
    dtl_json_key(out, "languages", &first);
    dtl_buffer_byte(out, '{');
    for (dtl_lang l = 0; l < DTL_LANGS; l++)
        if (s->lang_docs[l] && dtl_lang_text(l)) {
            dtl_json_key(out, dtl_lang_text(l), &inner);
            dtl_buffer_format(out, "%" PRIu64, s->lang_docs[l]);
        }
    dtl_buffer_byte(out, '}');
    dtl_json_key(out, "parts", &first);
    dtl_buffer_byte(out, '{');
    inner = true;
    for (int i = DTL_PART_TERMS; i < DTL_PARTS_END; i++) {
        dtl_json_key(out, part_names[i], &inner);
        dtl_buffer_format(out, "%" PRIu64, part_bytes(s, i));
    }
    dtl_buffer_text(out, "}}\n");
}

static void print_text(struct dtl_buffer *out, const struct dtl_opened *o, const struct totals *t,
                       const struct dtl_store_figures *f, const struct health *h)
{
    const struct dtl_snapshot *s = o->snapshot;
    char first[DTL_DATE_TEXT], last[DTL_DATE_TEXT];
    dtl_buffer_text(out, "index       ");
    dtl_utf8_sanitise(out, dtl_bytes_of(dtl_store_directory(o->store)), false);
    dtl_buffer_format(out, "\narticles    %" PRIu64, s->docs);
    if (dead_count(s))
        dtl_buffer_format(out, " (and %" PRIu64 " deleted, until the next merge)", dead_count(s));
    if (dtl_interval_dated(s->covers))
        dtl_buffer_format(out, "\ndays        %s..%s", dtl_day_print(s->covers.earliest, first),
                          dtl_day_print(s->covers.latest, last));
    if (t->undated)
        dtl_buffer_format(out, "\nundated     %" PRIu64, t->undated);
    dtl_buffer_format(out, "\nfiles       %" PRIu64, t->files);
    if (t->rejected)
        dtl_buffer_format(out, "\nrejected    %" PRIu64 " (listed by status --rejected)",
                          t->rejected);
    dtl_buffer_text(out, "\nlanguages  ");
    for (dtl_lang l = 0; l < DTL_LANGS; l++)
        if (s->lang_docs[l] && dtl_lang_text(l))
            dtl_buffer_format(out, " %s %" PRIu64, l ? dtl_lang_text(l) : "other", s->lang_docs[l]);
    dtl_buffer_format(out, "\ntext        %.1f MB, %" PRIu64 " words", (double)s->text_bytes / 1e6,
                      s->word_total);
    dtl_buffer_format(
        out, "\nsize        %.1f MB on disk: %.1f used, %.1f of it stored articles; %.1f free",
        (double)f->file_bytes / 1e6, (double)f->used_bytes / 1e6, (double)f->article_bytes / 1e6,
        (double)f->free_bytes / 1e6);
    dtl_buffer_text(out, "\nparts      ");
    for (int i = DTL_PART_TERMS; i < DTL_PARTS_END; i++)
        dtl_buffer_format(out, " %s %.1f", part_names[i], (double)part_bytes(s, i) / 1e6);
    dtl_buffer_format(out, "\nsegments    %zu\ngeneration  %" PRIu64 "\nreaders     %u\n",
                      s->segments, s->generation, f->readers);
    print_health(out, h);
}

int dtl_cmd_status(const struct dtl_command *self, const char *index, int argc, char **argv)
{
    bool json = false, rejected = false, charsets = false, skipped = false, dates = false;
    int c;
    while ((c = dtl_option_next(self, argc, argv, ":i:h", table)) != -1) {
        if (c == '?' || c == ':')
            return 2;
        json |= c == JSON;
        rejected |= c == REJECTED;
        charsets |= c == CHARSETS;
        skipped |= c == SKIPPED;
        dates |= c == DATES;
        if (c == 'i')
            index = optarg;
    }
    if (optind < argc)
        return dtl_usage(self, "takes no argument, not '%s'", argv[optind]);
    if (dates && rejected)
        return dtl_usage(self, "one of --dates and --rejected");

    struct dtl_opened o = {0};
    struct dtl_error err = {0};
    struct dtl_buffer out = {0};
    struct dtl_store_figures figures = {0};
    struct totals t = {.list = rejected || skipped ? &out : NULL, .skipped = skipped, .json = json};
    struct health health = {0};
    if (rejected && skipped)
        return dtl_usage(self, "--rejected or --skipped, not both");
    int status = dtl_open_to_read(index, &o);
    dtl_close_in(index, NULL, 0, false);
    if (status)
        return status;
    enum dtl_status st = dates ? dtl_status_dates(o.snapshot, json, &err)
                               : dtl_sources_walk(o.snapshot, add_row, &t, &err);
    if (st >= 0 && charsets)
        st = dtl_status_charsets(o.snapshot, &out, &err);
    if (st >= 0 && !t.list && !charsets && !dates) {
        look_at_health(o.store, &health);
        st = dtl_store_measure(o.snapshot, &figures, &err);
        if (st >= 0)
            (json ? print_json : print_text)(&out, &o, &t, &figures, &health);
    }
    if (st < 0)
        status = dtl_say_error(&err);
    dtl_opened_close(&o); /* before printing: a pager that waits must not pin pages */
    if (!status) {
        dtl_put_buffer(&out);
        status = dtl_finish_output();
    }
    dtl_buffer_release(&out);
    return status;
}
