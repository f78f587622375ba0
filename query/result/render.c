/*
 * render.c - the machine forms: TSV, CSV, JSON Lines, TREC, ids, paths, matches, counts. format.c
 * has --format, text.c the looks.
 *
 * One line a hit (NUL-ended with -0), in result order, nothing collapsed; a tab or a line end
 * inside a field becomes a blank, so that columns and lines can be counted.
 */
#include "query/result/render.h"

#include <stdio.h>

#include "common/base/utf8.h"
#include "query/result/format.h"
#include "query/result/text.h"

const char *dtl_change_text(enum dtl_change change)
{
    return change == DTL_CHANGE_NEW ? "new" : change == DTL_CHANGE_REVISED ? "revised" : "";
}

/* A further column. */
static void change_column(const struct dtl_render *r, const struct dtl_row *row, char before,
                          struct dtl_buffer *out)
{
    if (!r->changes)
        return;
    dtl_buffer_byte(out, (uint8_t)before);
    dtl_buffer_text(out, dtl_change_text(row->change));
}

bool dtl_form_loads(enum dtl_form form)
{
    return form != DTL_FORM_TREC && form != DTL_FORM_IDS && form != DTL_FORM_COUNT;
}

bool dtl_render_snippets(const struct dtl_render *r)
{
    return r->form == DTL_FORM_TEXT || r->form == DTL_FORM_JSON || r->form == DTL_FORM_MATCHES ||
           (r->form == DTL_FORM_FORMAT && dtl_format_snippets(r->format));
}

bool dtl_render_score(uint64_t score, struct dtl_buffer *out)
{
    char text[32];
    int n = snprintf(text, sizeof text, "%llu.%06llu", (unsigned long long)(score / DTL_SCORE_UNIT),
                     (unsigned long long)(score % DTL_SCORE_UNIT));
    while (n > 0 && text[n - 1] == '0')
        n--;
    if (n > 0 && text[n - 1] == '.')
        n--;
    return dtl_buffer_append(out, text, (size_t)n);
}

static void field(struct dtl_bytes text, struct dtl_buffer *out)
{
    dtl_utf8_sanitise(out, text, false);
}

static void date(struct dtl_interval d, struct dtl_buffer *out)
{
    char text[DTL_DATE_TEXT];
    dtl_buffer_text(out, dtl_date_print(d, text));
}

static void tsv(const struct dtl_render *r, const struct dtl_row *row, struct dtl_buffer *out)
{
    if (r->batch) {
        field(r->qid, out);
        dtl_buffer_byte(out, '\t');
    }
    date(row->date, out);
    dtl_buffer_byte(out, '\t');
    dtl_render_score(row->score, out);
    dtl_buffer_byte(out, '\t');
    field(row->id, out);
    dtl_buffer_byte(out, '\t');
    field(row->heading, out);
    dtl_buffer_byte(out, '\t');
    field(row->path, out);
    change_column(r, row, '\t', out);
    dtl_buffer_byte(out, '\n');
}

/* RFC 4180: quoted where it must be, quotes doubled, lines end in CR LF. */
bool dtl_render_csv(struct dtl_bytes text, struct dtl_buffer *out)
{
    struct dtl_buffer clean = {0};
    field(text, &clean);
    bool quote = false;
    for (size_t i = 0; i < clean.n; i++)
        quote = quote || clean.p[i] == '"' || clean.p[i] == ',';
    if (clean.failed)
        out->failed = true;
    if (quote)
        dtl_buffer_byte(out, '"');
    for (size_t i = 0; i < clean.n; i++) {
        if (clean.p[i] == '"')
            dtl_buffer_byte(out, '"');
        dtl_buffer_byte(out, clean.p[i]);
    }
    if (quote)
        dtl_buffer_byte(out, '"');
    dtl_buffer_release(&clean);
    return !out->failed;
}

static void csv(const struct dtl_render *r, const struct dtl_row *row, struct dtl_buffer *out)
{
    if (r->batch) {
        dtl_render_csv(r->qid, out);
        dtl_buffer_byte(out, ',');
    }
    date(row->date, out);
    dtl_buffer_byte(out, ',');
    dtl_render_score(row->score, out);
    dtl_buffer_byte(out, ',');
    dtl_render_csv(row->id, out);
    dtl_buffer_byte(out, ',');
    dtl_render_csv(row->heading, out);
    dtl_buffer_byte(out, ',');
    dtl_render_csv(row->path, out);
    change_column(r, row, ',', out);
    dtl_buffer_text(out, "\r\n");
}

static void json_qid(const struct dtl_render *r, struct dtl_buffer *out)
{
    if (!r->batch)
        return;
    dtl_buffer_text(out, ",\"qid\":");
    dtl_render_json(r->qid, out);
}

static void json_hit(const struct dtl_render *r, const struct dtl_row *row, struct dtl_buffer *out)
{
    char day[DTL_DATE_TEXT];
    dtl_buffer_text(out, "{\"type\":\"hit\"");
    json_qid(r, out);
    dtl_buffer_format(out, ",\"rank\":%llu,\"score\":", (unsigned long long)row->rank);
    dtl_render_score(row->score, out);
    dtl_buffer_text(out, ",\"id\":");
    dtl_render_json(row->id, out);
    if (dtl_interval_dated(row->date))
        dtl_buffer_format(out, ",\"date\":\"%s\",\"title\":", dtl_date_print(row->date, day));
    else
        dtl_buffer_text(out, ",\"date\":null,\"title\":");
    dtl_render_json(row->title, out);
    dtl_buffer_text(out, ",\"path\":");
    dtl_render_json(row->path, out);
    dtl_buffer_text(out, ",\"source\":");
    dtl_render_json(row->source, out);
    dtl_buffer_text(out, ",\"snippet\":");
    dtl_render_json(row->snippet.body.text, out);
    dtl_buffer_text(out, ",\"spans\":[");
    for (uint32_t i = 0; i < row->snippet.body.spans; i++)
        dtl_buffer_format(out, "%s[%u,%u]", i ? "," : "", row->snippet.body.span[i].begin,
                          row->snippet.body.span[i].end);
    dtl_buffer_byte(out, ']');
    if (r->changes)
        dtl_buffer_format(out, ",\"change\":\"%s\"", dtl_change_text(row->change));
    dtl_buffer_text(out, "}\n");
}

static void json_day(const char *name, bool known, dtl_day day, struct dtl_buffer *out)
{
    char text[DTL_DATE_TEXT];
    if (known)
        dtl_buffer_format(out, ",\"%s\":\"%s\"", name, dtl_day_print(day, text));
    else
        dtl_buffer_format(out, ",\"%s\":null", name);
}

static void json_end(const struct dtl_render *r, const struct dtl_summary *s,
                     struct dtl_buffer *out)
{
    dtl_buffer_text(out, "{\"type\":\"end\"");
    json_qid(r, out);
    dtl_buffer_format(
        out, ",\"total\":%llu,\"emitted\":%llu,\"complete\":%s,\"generation\":%llu,\"query\":",
        (unsigned long long)s->total, (unsigned long long)s->emitted,
        s->complete ? "true" : "false", (unsigned long long)s->generation);
    dtl_render_json(s->query, out);
    json_day("since", s->has_dates && s->dates.earliest != DTL_DAY_MIN, s->dates.earliest, out);
    json_day("until", s->has_dates && s->dates.latest != DTL_DAY_MAX, s->dates.latest, out);
    if (s->cursor)
        dtl_buffer_format(out, ",\"cursor\":\"%s\"", s->cursor);
    if (r->versioned)
        dtl_buffer_format(out, ",\"version\":%u", DTL_JSON_VERSION);
    if (s->timed)
        dtl_buffer_format(out, ",\"milliseconds\":%.3f", s->milliseconds);
    dtl_buffer_text(out, "}\n");
}

/* White space divides TREC's columns, so an id's own is written %20. */
static void trec_id(struct dtl_bytes id, struct dtl_buffer *out)
{
    struct dtl_buffer b = {0};
    for (size_t i = 0; i < id.n; i++)
        if (id.p[i] <= ' ' || id.p[i] == 0x7f || id.p[i] == '%')
            dtl_buffer_format(&b, "%%%02X", id.p[i]);
        else
            dtl_buffer_byte(&b, id.p[i]);
    dtl_utf8_sanitise(out, dtl_buffer_view(&b), false);
    out->failed = out->failed || b.failed;
    dtl_buffer_release(&b);
}

static void trec(const struct dtl_render *r, const struct dtl_row *row, struct dtl_buffer *out)
{
    trec_id(r->batch ? r->qid : DTL_LITERAL("0"), out);
    dtl_buffer_text(out, " Q0 ");
    trec_id(row->id, out);
    dtl_buffer_format(out, " %llu ", (unsigned long long)row->rank);
    dtl_render_score(row->score, out);
    dtl_buffer_text(out, " dateline\n");
}

static void name(const struct dtl_render *r, struct dtl_bytes text, struct dtl_buffer *out)
{
    if (r->nul) {
        dtl_buffer_append(out, text.p, text.n);
        dtl_buffer_byte(out, 0);
        return;
    }
    if (r->batch) {
        field(r->qid, out);
        dtl_buffer_byte(out, '\t');
    }
    field(text, out);
    dtl_buffer_byte(out, '\n');
}

/* -o: what matched, each on its own line, title first; blanks joined. */
static void matches(const struct dtl_render *r, const struct dtl_marked *m, struct dtl_buffer *out)
{
    for (uint32_t i = 0; i < m->spans; i++) {
        if (r->batch) {
            field(r->qid, out);
            dtl_buffer_byte(out, '\t');
        }
        field(dtl_bytes(m->text.p + m->span[i].begin, m->span[i].end - m->span[i].begin), out);
        dtl_buffer_byte(out, r->nul ? 0 : '\n');
    }
}

bool dtl_render_begin(const struct dtl_render *r, struct dtl_buffer *out)
{
    if (r->form == DTL_FORM_CSV)
        dtl_buffer_format(out, "%sdate,score,id,title,path%s\r\n", r->batch ? "qid," : "",
                          r->changes ? ",change" : "");
    else if (r->form == DTL_FORM_TABLE)
        dtl_table_begin(r, out);
    return !out->failed;
}

bool dtl_render_hit(const struct dtl_render *r, const struct dtl_row *row, struct dtl_buffer *out)
{
    switch (r->form) {
    case DTL_FORM_TSV:
        tsv(r, row, out);
        break;
    case DTL_FORM_CSV:
        csv(r, row, out);
        break;
    case DTL_FORM_JSON:
        json_hit(r, row, out);
        break;
    case DTL_FORM_TREC:
        trec(r, row, out);
        break;
    case DTL_FORM_IDS:
        name(r, row->id, out);
        break;
    case DTL_FORM_PATHS:
        name(r, row->path, out);
        break;
    case DTL_FORM_TEXT:
        dtl_text_hit(r, row, out);
        break;
    case DTL_FORM_FORMAT:
        dtl_format_hit(r, row, out);
        break;
    case DTL_FORM_TABLE:
        dtl_table_hit(r, row, out);
        break;
    case DTL_FORM_MATCHES:
        matches(r, &row->snippet.title, out);
        matches(r, &row->snippet.body, out);
        break;
    case DTL_FORM_AUTO:
    case DTL_FORM_COUNT:
        break;
    }
    return !out->failed;
}

bool dtl_render_end(const struct dtl_render *r, const struct dtl_summary *s, struct dtl_buffer *out)
{
    if (r->form == DTL_FORM_JSON)
        json_end(r, s, out);
    else if (r->form == DTL_FORM_TEXT)
        dtl_text_end(r, s, out);
    return !out->failed;
}

bool dtl_render_count(const struct dtl_render *r, uint64_t total, struct dtl_buffer *out)
{
    if (r->batch) {
        field(r->qid, out);
        dtl_buffer_byte(out, '\t');
    }
    return dtl_buffer_format(out, "%llu\n", (unsigned long long)total);
}
