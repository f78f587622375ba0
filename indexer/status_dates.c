/*
 * status_dates.c - status --dates.
 *
 * Sources are counted from the columns. Disputed articles have a term of their own
 * (DTL_FIELD_DATES), so only they are read from the store, however large the archive.
 */
#include "indexer/status_dates.h"

#include "common/base/json.h"
#include "common/base/process.h"
#include "common/base/utf8.h"
#include "common/segment/columns.h"
#include "common/segment/document.h"
#include "common/segment/identities.h"
#include "common/segment/postings.h"
#include "common/segment/terms.h"

#include <inttypes.h>
#include <stdlib.h>

enum { SOURCES = DTL_DATE_SET + 1 };

struct disputed {
    struct dtl_interval date;
    struct dtl_bytes id;
    struct dtl_segment *segment;
    dtl_doc doc;
};

struct report {
    struct dtl_snapshot *snap;
    uint64_t articles[SOURCES], doubted[SOURCES];
    uint64_t two_readings; /* of days such as 03/04/2020 */
    struct disputed *list;
    size_t n, room;
    struct dtl_arena ids, scratch;
    struct dtl_buffer out;
    bool json;
};

static enum dtl_status no_memory(struct dtl_error *err)
{
    return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
}

/* ---- counting ---- */

static enum dtl_status count(struct report *r, struct dtl_segment *s, struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    for (dtl_doc d = 0; d < s->facts.docs && st >= 0; d++) {
        struct dtl_document row;
        if (dtl_is_dead(s, d))
            continue;
        if ((st = dtl_columns_row(s, d, &row, err)) < 0)
            break;
        r->articles[row.date_source]++;
        r->two_readings += dtl_interval_dated(row.date) && dtl_date_has_two_readings(row.date);
    }
    return st < 0 ? st : DTL_OK;
}

static enum dtl_status note(struct report *r, struct dtl_segment *s, dtl_doc doc,
                            struct dtl_error *err)
{
    if (r->n == r->room) {
        size_t room = r->room ? 2 * r->room : 256;
        struct disputed *grown = realloc(r->list, room * sizeof *grown);
        if (!grown)
            return no_memory(err);
        r->list = grown;
        r->room = room;
    }
    struct disputed *d = &r->list[r->n];
    struct dtl_bytes source;
    *d = (struct disputed){.segment = s, .doc = doc};
    enum dtl_status st = dtl_columns_date(s, doc, &d->date, err);
    if (st >= 0)
        st = dtl_identities_of(s, doc, &r->ids, &d->id, &source, err);
    r->n += st >= 0;
    return st < 0 ? st : DTL_OK;
}

static enum dtl_status list_disputed(struct report *r, struct dtl_segment *s, struct dtl_error *err)
{
    struct dtl_term_key key = {DTL_FIELD_DATES, 0, DTL_LITERAL(DTL_DATES_DISPUTED)};
    struct dtl_term term;
    struct dtl_postings p = {0};
    dtl_arena_reset(&r->scratch);
    enum dtl_status st = dtl_terms_find(s, &key, &r->scratch, &term, err);
    if (st != DTL_OK)
        return st == DTL_NOTFOUND ? DTL_OK : st;
    if ((st = dtl_postings_open(&p, s, &term, &r->scratch, err)) < 0)
        return st;
    st = dtl_postings_seek(&p, 0, err);
    while (st == DTL_OK) {
        for (uint32_t i = 0; i < p.count && st == DTL_OK; i++)
            if (!dtl_is_dead(s, p.docs[i]))
                st = note(r, s, p.docs[i], err);
        if (st == DTL_OK)
            st = dtl_postings_seek(&p, p.last + 1, err);
    }
    dtl_postings_release(&p);
    return st == DTL_END ? DTL_OK : st;
}

static int newest_first(const void *pa, const void *pb)
{
    const struct disputed *a = pa, *b = pb;
    if (a->date.latest != b->date.latest)
        return a->date.latest > b->date.latest ? -1 : 1;
    return dtl_bytes_compare(a->id, b->id);
}

/* ---- printing ---- */

static const char *trust(struct dtl_interval date, enum dtl_date_source source)
{
    return dtl_date_trust_name(dtl_date_trust_of(date, source));
}

static void put_said(struct report *r, struct dtl_interval date, enum dtl_date_source source)
{
    char day[DTL_DATE_TEXT];
    dtl_buffer_format(
        &r->out, r->json ? "\"date\":\"%s\",\"source\":\"%s\",\"trust\":\"%s\"" : "%s (%s, %s)",
        dtl_date_print(date, day), dtl_date_source_name(source), trust(date, source));
}

static void flush(struct report *r)
{
    dtl_put(dtl_buffer_view(&r->out));
    dtl_buffer_reset(&r->out);
}

static bool disagrees(const struct dtl_article *a, const struct dtl_date_said *d)
{
    return d->date.latest < a->date.earliest || d->date.earliest > a->date.latest;
}

static void put_article(struct report *r, const struct dtl_article *a, bool first)
{
    struct dtl_buffer *out = &r->out;
    if (r->json) {
        dtl_buffer_text(out, first ? "{\"id\":" : ",{\"id\":");
        dtl_json_string(out, a->id);
        dtl_buffer_text(out, ",\"path\":");
        dtl_json_string(out, a->path);
        dtl_buffer_byte(out, ',');
        put_said(r, a->date, a->date_source);
        dtl_buffer_text(out, ",\"other_dates\":[");
    } else {
        dtl_utf8_sanitise(out, a->id, false);
        dtl_buffer_byte(out, '\t');
        put_said(r, a->date, a->date_source);
    }
    size_t n = 0;
    for (size_t i = 0; i < a->other_dates; i++) {
        if (!disagrees(a, &a->other_date[i]))
            continue;
        dtl_buffer_text(out, r->json ? (n++ ? ",{" : "{") : "\t");
        put_said(r, a->other_date[i].date, a->other_date[i].source);
        if (r->json)
            dtl_buffer_byte(out, '}');
    }
    dtl_buffer_text(out, r->json ? "]}" : "\n");
}

/* Articles by source; DTL_DATE_NONE is printed last, as "undated". */
static void put_counts(struct report *r)
{
    const struct dtl_interval day = {0, 0};
    uint64_t all = 0;
    for (int s = 0; s < SOURCES; s++)
        all += r->articles[s];
    dtl_buffer_format(
        &r->out, r->json ? "{\"articles\":%" PRIu64 ",\"sources\":{" : "articles     %" PRIu64 "\n",
        all);
    if (!r->json)
        dtl_buffer_text(&r->out, "source  trust    articles  disputed\n");
    bool first = true;
    for (int s = 1; s < SOURCES; s++) {
        enum dtl_date_source source = (enum dtl_date_source)s;
        if (r->json) {
            dtl_json_key(&r->out, dtl_date_source_name(source), &first);
            dtl_buffer_format(
                &r->out, "{\"articles\":%" PRIu64 ",\"trust\":\"%s\",\"disputed\":%" PRIu64 "}",
                r->articles[s], trust(day, source), r->doubted[s]);
        } else if (r->articles[s]) {
            dtl_buffer_format(&r->out, "%-7s %-7s %9" PRIu64 " %9" PRIu64 "\n",
                              dtl_date_source_name(source), trust(day, source), r->articles[s],
                              r->doubted[s]);
        }
    }
    dtl_buffer_format(&r->out,
                      r->json ? "},\"undated\":%" PRIu64 ",\"two_readings\":%" PRIu64
                                ",\"disputed\":%zu,\"articles_disputed\":["
                              : "undated      %" PRIu64 "\ntwo readings %" PRIu64
                                "\ndisputed     %zu\n",
                      r->articles[DTL_DATE_NONE], r->two_readings, r->n);
}

/* Every disputed article in turn: counted by the source of its date, or printed. */
static enum dtl_status each(struct report *r, bool print, struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    for (size_t i = 0; i < r->n && st >= 0; i++) {
        struct dtl_article a;
        dtl_arena_reset(&r->scratch);
        st =
            dtl_snapshot_article(r->snap, r->list[i].segment, r->list[i].doc, &r->scratch, &a, err);
        if (st < 0)
            break;
        if (!print) {
            r->doubted[a.date_source]++;
            continue;
        }
        put_article(r, &a, i == 0);
        flush(r);
    }
    return st < 0 ? st : DTL_OK;
}

enum dtl_status dtl_status_dates(struct dtl_snapshot *snap, bool json, struct dtl_error *err)
{
    struct report r = {.snap = snap, .json = json};
    enum dtl_status st = DTL_OK;
    for (size_t i = 0; i < snap->segments && st >= 0; i++) {
        st = count(&r, &snap->segment[i], err);
        if (st >= 0)
            st = list_disputed(&r, &snap->segment[i], err);
    }
    if (r.n)
        qsort(r.list, r.n, sizeof *r.list, newest_first);
    if (st >= 0)
        st = each(&r, false, err);
    if (st >= 0) {
        put_counts(&r);
        flush(&r);
        st = each(&r, true, err);
        if (json && st >= 0)
            dtl_buffer_text(&r.out, "]}\n");
        flush(&r);
    }
    if (st >= 0 && r.out.failed)
        st = no_memory(err);
    dtl_buffer_release(&r.out);
    dtl_arena_release(&r.ids);
    dtl_arena_release(&r.scratch);
    free(r.list);
    return st;
}
