/* cmd_facet.c - --facet: how many matches each value of a field has. */
#include "common/base/utf8.h"
#include "common/text/analyzer.h"
#include "query/answer.h"
#include "query/commands.h"
#include "query/result/bars.h"
#include "query/why.h"

#define SHOWN_ON_TERMINAL 20u /* values of a field, dates aside; -n says otherwise */
#define FLUSH_BYTES       ((size_t)64 << 10)

enum dtl_status dtl_counts_form(const struct dtl_session *s, const char *option,
                                struct dtl_error *err)
{
    switch (s->render.form) {
    case DTL_FORM_TEXT:
    case DTL_FORM_TSV:
    case DTL_FORM_CSV:
    case DTL_FORM_JSON:
        return s->o->resume || s->o->offset || s->o->explain
                   ? dtl_fail(err, DTL_EUSAGE, 0,
                              "%s prints counts: no --resume, --offset or --explain", option)
                   : DTL_OK;
    default:
        return dtl_fail(err, DTL_EUSAGE, 0, "%s prints counts: as --text, --tsv, --csv or --json",
                        option);
    }
}

struct facets {
    struct dtl_session *s;
    struct dtl_facet *facet;
    size_t n;
    uint64_t total, generation;
    struct dtl_buffer query; /* as understood */
};

static void separated(struct facets *f, const struct dtl_facet *facet,
                      const struct dtl_facet_value *v)
{
    struct dtl_buffer *out = &f->s->out;
    bool csv = f->s->render.form == DTL_FORM_CSV;
    dtl_buffer_format(out, "%s%c", facet->field, csv ? ',' : '\t');
    if (csv)
        dtl_render_csv(v->text, out);
    else
        dtl_utf8_sanitise(out, v->text, false);
    dtl_buffer_format(out, csv ? ",%llu\r\n" : "\t%llu\n", (unsigned long long)v->count);
}

static void json(struct facets *f, const struct dtl_facet *facet, const struct dtl_facet_value *v)
{
    struct dtl_buffer *out = &f->s->out;
    dtl_buffer_format(out, "{\"type\":\"facet\",\"field\":\"%s\",\"value\":", facet->field);
    if (v->none)
        dtl_buffer_text(out, "null");
    else
        dtl_render_json(v->text, out);
    dtl_buffer_format(out, ",\"count\":%llu}\n", (unsigned long long)v->count);
}

static struct dtl_bytes name_of(const struct dtl_facet_value *v)
{
    return v->none ? DTL_LITERAL("(none)") : v->text;
}

/* `name`: columns of the names. */
static void text(struct facets *f, const struct dtl_facet_value *v, size_t name, uint64_t most)
{
    struct dtl_buffer *out = &f->s->out;
    const struct dtl_render *r = &f->s->render;
    size_t numbers = name + 24, bar = r->width > numbers + 8 ? r->width - numbers : 8;
    struct dtl_marked m = {.text = name_of(v)};
    dtl_buffer_text(out, "  ");
    size_t used = dtl_text_marked(r, &m, name, DTL_COLORS, out);
    dtl_buffer_format(out, "%*s", (int)(name - used + 1), "");
    if (r->color)
        dtl_color_on(&r->colors, DTL_COLOR_BAR, out);
    dtl_bar(v->count, most, bar, out);
    if (r->color)
        dtl_color_off(&r->colors, DTL_COLOR_BAR, out);
    dtl_buffer_format(out, "%10llu %6.2f %%\n", (unsigned long long)v->count,
                      f->total ? 100.0 * (double)v->count / (double)f->total : 0.0);
}

static enum dtl_status print_facet(struct facets *f, const struct dtl_facet *facet,
                                   struct dtl_error *err)
{
    struct dtl_session *s = f->s;
    bool terminal = s->render.form == DTL_FORM_TEXT;
    bool dates = strcmp(facet->field, "year") == 0 || strcmp(facet->field, "month") == 0;
    uint64_t most = 0, shown = s->o->limited        ? s->o->limit
                               : terminal && !dates ? SHOWN_ON_TERMINAL
                                                    : UINT64_MAX;
    size_t name = 6;
    enum dtl_status st = DTL_OK;
    for (size_t i = 0; i < facet->values && i < shown; i++) {
        size_t wide = terminal ? dtl_text_columns(name_of(&facet->value[i])) : 0;
        name = wide > name ? wide : name;
        most = facet->value[i].count > most ? facet->value[i].count : most;
    }
    if (name > s->render.width / 3)
        name = s->render.width / 3;
    if (terminal) {
        struct dtl_marked m = {.text = dtl_bytes_of(facet->field)};
        dtl_text_marked(&s->render, &m, 0, DTL_COLOR_TITLE, &s->out);
        dtl_buffer_byte(&s->out, '\n');
    }
    for (size_t i = 0; i < facet->values && i < shown && st == DTL_OK && !s->quit; i++) {
        if (s->render.form == DTL_FORM_JSON)
            json(f, facet, &facet->value[i]);
        else if (terminal)
            text(f, &facet->value[i], name, most);
        else
            separated(f, facet, &facet->value[i]);
        if (s->out.n > FLUSH_BYTES)
            st = dtl_session_flush(s, err);
    }
    if (terminal && shown < facet->values)
        dtl_buffer_format(&s->out, "  and %llu more\n",
                          (unsigned long long)(facet->values - shown));
    return st;
}

static enum dtl_status print(struct facets *f, const struct dtl_query *q, struct dtl_error *err)
{
    struct dtl_session *s = f->s;
    struct dtl_summary summary = {.total = f->total,
                                  .complete = true,
                                  .generation = f->generation,
                                  .query = dtl_buffer_view(&f->query),
                                  .has_dates = q->has_dates && !q->undated,
                                  .dates = q->dates};
    enum dtl_status st = DTL_OK;
    if (s->render.form == DTL_FORM_CSV)
        dtl_buffer_text(&s->out, "field,value,count\r\n");
    for (size_t i = 0; i < f->n && st == DTL_OK; i++)
        st = print_facet(f, &f->facet[i], err);
    if (s->render.form == DTL_FORM_JSON)
        dtl_render_end(&s->render, &summary, &s->out);
    else if (s->render.form == DTL_FORM_TEXT && f->total)
        dtl_buffer_format(&s->out, "%llu article%s\n", (unsigned long long)f->total,
                          f->total == 1 ? "" : "s");
    return st;
}

static enum dtl_status run(struct facets *f, struct dtl_answer *a, struct dtl_buffer *query,
                           struct dtl_error *err)
{
    struct dtl_session *s = f->s;
    enum dtl_status st = dtl_counts_form(s, "--facet", err);
    if (st == DTL_OK && s->o->timeline)
        st = dtl_fail(err, DTL_EUSAGE, 0, "--facet or --timeline, not both");
    if (st == DTL_OK)
        st = dtl_query_text(s->o, query, err);
    if (st == DTL_OK && query->n == 0 && s->o->filters == 0)
        dtl_buffer_byte(query, '*');
    if (st == DTL_OK)
        st = dtl_answer_parse(s, dtl_buffer_view(query), a, err);
    if (st == DTL_OK && !dtl_query_print(a->q, &f->query))
        st = dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    if (st == DTL_OK)
        st = dtl_session_read(s, err);
    if (st < 0)
        return st;
    dtl_answer_notes(s, a);
    f->generation = s->snap->generation;
    st = dtl_answer_expand(s, a, err);
    if (st == DTL_OK)
        st = dtl_plan_open(&a->plan, s->snap, a->q, s->o->max_expand, &a->page, err);
    if (st == DTL_OK)
        st = dtl_facets_count(s->snap, a->plan, a->q, s->o->facets, a->arena, &f->facet, &f->n,
                              &f->total, err);
    if (st == DTL_OK && f->total == 0 && !s->o->quiet)
        st = dtl_explain_zero(s, a, err);
    dtl_answer_close(a);
    if (st == DTL_OK)
        st = dtl_session_flush(s, err);
    if (st == DTL_OK && !s->o->quiet)
        st = print(f, a->q, err);
    return st == DTL_OK ? dtl_session_flush(s, err) : st;
}

int dtl_cmd_facet(struct dtl_session *s)
{
    struct dtl_buffer query = {0};
    struct dtl_arena arena = {0};
    struct dtl_answer a = {.arena = &arena};
    struct dtl_error err = {0};
    struct facets f = {.s = s};
    enum dtl_status st = run(&f, &a, &query, &err);
    dtl_answer_close(&a);
    int exit_status = st < 0    ? dtl_cmd_fail(st, &err, NULL, dtl_buffer_view(&query))
                      : f.total ? 0
                                : 1;
    dtl_arena_release(&arena);
    dtl_buffer_release(&query);
    dtl_buffer_release(&f.query);
    return exit_status;
}
