/* verify_documents.c - columns, identities and stored articles of a segment must tell one story. */
#include "common/segment/columns.h"
#include "common/segment/identities.h"
#include "indexer/verify.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

void dtl_verify_say(struct dtl_verify *v, const char *fmt, ...)
{
    char text[300], line[400];
    va_list ap;
    v->findings++;
    if (v->findings > 100 || !v->report)
        return;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    snprintf(line, sizeof line, "segment %u: %s", v->segment->facts.serial, text);
    v->report(v->ctx, true, line);
}

/* Damage is a finding, a failing system ends the check. */
static bool ends_check(enum dtl_status st)
{
    return st == DTL_ENOMEM || st == DTL_EIO || st == DTL_EFULL;
}

struct sums {
    uint64_t weighted, words, text_bytes;
    uint32_t zone[DTL_ZONES], lang[DTL_LANGS];
};

static void check_order(struct dtl_verify *v, dtl_doc d, struct dtl_interval before,
                        struct dtl_interval now)
{
    enum dtl_zone_id za = dtl_interval_zone(before), zb = dtl_interval_zone(now);
    bool rises =
        za < zb || (za == zb && (before.latest > now.latest ||
                                 (before.latest == now.latest && before.earliest >= now.earliest)));
    if (!rises)
        dtl_verify_say(v, "document %u is out of date order", d);
}

static enum dtl_status check_identity(struct dtl_verify *v, dtl_doc d, const struct dtl_article *a,
                                      struct dtl_error *err)
{
    struct dtl_bytes id, source;
    dtl_doc *docs = NULL;
    size_t n = 0;
    enum dtl_status st = dtl_identities_of(v->segment, d, &v->arena, &id, &source, err);
    if (st < 0)
        return st;
    if (!dtl_bytes_equal(id, a->id) || !dtl_bytes_equal(source, a->source))
        dtl_verify_say(v, "document %u: its id differs from its stored article's", d);
    st = dtl_identities_find(v->segment, source, false, id, &v->arena, &docs, &n, err);
    if (st < 0)
        return st;
    for (size_t i = 0; i < n; i++)
        if (docs[i] == d)
            return DTL_OK;
    dtl_verify_say(v, "document %u is not found by its own id", d);
    return DTL_OK;
}

static enum dtl_status check_document(struct dtl_verify *v, dtl_doc d, struct dtl_interval *before,
                                      struct sums *sums, struct dtl_error *err)
{
    struct dtl_document row;
    struct dtl_article a;
    enum dtl_status st = dtl_columns_row(v->segment, d, &row, err);
    if (st < 0)
        return st;
    if (d)
        check_order(v, d, *before, row.date);
    *before = row.date;
    sums->weighted += row.weighted;
    sums->words += row.words;
    sums->text_bytes += row.text_bytes;
    sums->zone[dtl_interval_zone(row.date)]++;
    sums->lang[dtl_lang_of(row.lang)]++;
    if (row.length_code != dtl_length_code(row.weighted))
        dtl_verify_say(v, "document %u: length code %u is not that of %u words", d, row.length_code,
                       row.weighted);
    if (dtl_is_dead(v->segment, d))
        return DTL_OK; /* its frame may be gone after a group was rewritten */
    if ((st = dtl_snapshot_article(v->snapshot, v->segment, d, &v->arena, &a, err)) < 0)
        return st;
    v->articles++;
    if (a.title.n + a.body.n != row.text_bytes || a.date.earliest != row.date.earliest ||
        a.date.latest != row.date.latest || a.lang != row.lang)
        dtl_verify_say(v, "document %u: its columns differ from its stored article", d);
    return check_identity(v, d, &a, err);
}

enum dtl_status dtl_verify_documents(struct dtl_verify *v, struct dtl_error *err)
{
    const struct dtl_segment_facts *f = &v->segment->facts;
    struct sums sums = {0};
    struct dtl_interval before = DTL_UNDATED;
    for (dtl_doc d = 0; d < f->docs; d++) {
        struct dtl_error why = {0};
        dtl_arena_reset(&v->arena);
        enum dtl_status st = check_document(v, d, &before, &sums, &why);
        if (ends_check(st)) {
            *err = why;
            return st;
        }
        if (st < 0)
            dtl_verify_say(v, "document %u: %s", d, why.text);
    }
    if (sums.weighted != f->weighted_total || sums.words != f->word_total ||
        sums.text_bytes != f->text_bytes)
        dtl_verify_say(v, "lengths add up to %" PRIu64 " words, the catalog says %" PRIu64,
                       sums.words, f->word_total);
    for (int z = 0; z < DTL_ZONES; z++)
        if (sums.zone[z] != f->zone[z].docs)
            dtl_verify_say(v, "zone %d holds %u documents, the catalog says %u", z, sums.zone[z],
                           f->zone[z].docs);
    for (int l = 0; l < DTL_LANGS; l++)
        if (sums.lang[l] != f->lang_docs[l])
            dtl_verify_say(v, "%u documents of language %d, the catalog says %u", sums.lang[l], l,
                           f->lang_docs[l]);
    return DTL_OK;
}
