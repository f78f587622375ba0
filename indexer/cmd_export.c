/*
 * cmd_export.c - every live article as JSON Lines, newest first, ids settled: what `update` reads
 * back.
 *
 * The order is the archive's (latest day falling, earliest falling, id, publication), so two
 * indexes of the same articles export the same bytes however they were fed and merged.
 */
#include "common/base/json.h"
#include "common/base/process.h"
#include "common/segment/columns.h"
#include "common/segment/identities.h"
#include "indexer/command.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>

static const struct option table[] = {DTL_COMMON_OPTIONS};

struct entry {
    struct dtl_interval date;
    struct dtl_bytes id, source;
    struct dtl_segment *segment;
    dtl_doc doc;
};

static int by_archive_order(const void *pa, const void *pb)
{
    const struct entry *a = pa, *b = pb;
    bool da = dtl_interval_dated(a->date), db = dtl_interval_dated(b->date);
    if (da != db)
        return da ? -1 : 1;
    if (a->date.latest != b->date.latest)
        return a->date.latest > b->date.latest ? -1 : 1;
    if (a->date.earliest != b->date.earliest)
        return a->date.earliest > b->date.earliest ? -1 : 1;
    int c = dtl_bytes_compare(a->id, b->id);
    return c ? c : dtl_bytes_compare(a->source, b->source);
}

static void put_text(struct dtl_buffer *out, const char *name, struct dtl_bytes value, bool *first)
{
    if (value.n) {
        dtl_json_key(out, name, first);
        dtl_json_string(out, value);
    }
}

static void put_values(struct dtl_buffer *out, const char *name, const struct dtl_values *v,
                       bool *first)
{
    if (v->n == 1)
        put_text(out, name, v->v[0], first);
    if (v->n < 2)
        return;
    dtl_json_key(out, name, first);
    for (size_t i = 0; i < v->n; i++) {
        dtl_buffer_byte(out, i ? ',' : '[');
        dtl_json_string(out, v->v[i]);
    }
    dtl_buffer_byte(out, ']');
}

static void put_date(struct dtl_buffer *out, const struct dtl_article *a, bool *first)
{
    char text[DTL_DATE_TEXT];
    if (!dtl_interval_dated(a->date))
        return;
    if (dtl_interval_zone(a->date) == DTL_ZONE_OTHER) {
        dtl_json_key(out, "date", first);
        dtl_buffer_format(out, "\"%s\"", dtl_day_print(a->date.earliest, text));
        dtl_json_key(out, "date_end", first);
        dtl_buffer_format(out, "\"%s\"", dtl_day_print(a->date.latest, text));
        return;
    }
    dtl_json_key(out, "date", first);
    dtl_buffer_format(out, "\"%s", dtl_date_print(a->date, text));
    if (a->instant.known) { /* the wall clock it was printed with, and its offset */
        int64_t local = a->instant.seconds + (int64_t)a->instant.offset_minutes * 60;
        int64_t second = ((local % 86400) + 86400) % 86400;
        int offset = a->instant.offset_minutes, minutes = offset < 0 ? -offset : offset;
        dtl_buffer_format(out, "T%02d:%02d:%02d", (int)(second / 3600), (int)(second / 60 % 60),
                          (int)(second % 60));
        if (offset)
            dtl_buffer_format(out, "%c%02d:%02d", offset < 0 ? '-' : '+', minutes / 60,
                              minutes % 60);
        else
            dtl_buffer_byte(out, 'Z');
    }
    dtl_buffer_byte(out, '"');
}

static void put_article(struct dtl_buffer *out, const struct dtl_article *a)
{
    char lang[4];
    bool first = true;
    dtl_buffer_byte(out, '{');
    put_text(out, "id", a->id, &first);
    put_date(out, a, &first);
    put_text(out, "source", a->source, &first);
    put_text(out, "title", a->title, &first);
    put_text(out, "body", a->body, &first);
    put_text(out, "lang", dtl_bytes_of(dtl_lang_code_text(a->lang, lang)), &first);
    put_values(out, "author", &a->authors, &first);
    put_values(out, "section", &a->sections, &first);
    put_values(out, "tags", &a->tags, &first);
    put_values(out, "place", &a->places, &first);
    put_values(out, "agency", &a->agencies, &first);
    put_text(out, "url", a->url, &first);
    if (a->extra.n > 2) { /* an object of its own: its members join ours */
        if (!first)
            dtl_buffer_byte(out, ',');
        dtl_buffer_append(out, a->extra.p + 1, a->extra.n - 2);
    }
    dtl_buffer_text(out, "}\n");
}

static enum dtl_status collect(struct dtl_snapshot *snap, struct dtl_arena *arena,
                               struct entry **out, size_t *count, struct dtl_error *err)
{
    struct entry *list = malloc((size_t)(snap->docs + 1) * sizeof *list);
    size_t n = 0;
    if (!list)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    for (size_t i = 0; i < snap->segments; i++) {
        struct dtl_segment *s = &snap->segment[i];
        for (dtl_doc d = 0; d < s->facts.docs; d++) {
            if (dtl_is_dead(s, d) || n == snap->docs)
                continue;
            struct entry *e = &list[n++];
            *e = (struct entry){.segment = s, .doc = d};
            enum dtl_status st = dtl_columns_date(s, d, &e->date, err);
            if (st >= 0)
                st = dtl_identities_of(s, d, arena, &e->id, &e->source, err);
            if (st < 0) {
                free(list);
                return st;
            }
        }
    }
    qsort(list, n, sizeof *list, by_archive_order);
    *out = list;
    *count = n;
    return DTL_OK;
}

int dtl_cmd_export(const struct dtl_command *self, const char *index, int argc, char **argv)
{
    int c;
    while ((c = dtl_option_next(self, argc, argv, ":i:h", table)) != -1) {
        if (c == '?' || c == ':')
            return 2;
        if (c == 'i')
            index = optarg;
    }
    if (optind < argc)
        return dtl_usage(self, "takes no argument, not '%s'", argv[optind]);

    struct dtl_opened o = {0};
    struct dtl_error err = {0};
    struct dtl_arena ids = {0}, article = {0};
    struct dtl_buffer line = {0};
    struct entry *list = NULL;
    size_t n = 0;
    int status = dtl_open_to_read(index, &o);
    dtl_close_in(index, NULL, 0, false);
    if (status)
        return status;
    enum dtl_status st = collect(o.snapshot, &ids, &list, &n, &err);
    for (size_t i = 0; i < n && st >= 0; i++) {
        struct dtl_article a;
        dtl_arena_reset(&article);
        dtl_buffer_reset(&line);
        st = dtl_snapshot_article(o.snapshot, list[i].segment, list[i].doc, &article, &a, &err);
        if (st >= 0) {
            put_article(&line, &a);
            dtl_put_buffer(&line);
        }
    }
    if (st < 0)
        status = dtl_say_error(&err);
    int end = dtl_finish_output();
    free(list);
    dtl_buffer_release(&line);
    dtl_arena_release(&article);
    dtl_arena_release(&ids);
    dtl_opened_close(&o);
    return status ? status : end;
}
