/* cmd_show.c - a whole article by its id; all of them when several publications use the id. */
#include <stdio.h>

#include "common/base/utf8.h"
#include "common/segment/dead.h"
#include "common/segment/identities.h"
#include "query/commands.h"

static void text_field(struct dtl_session *s, const char *name, struct dtl_bytes value)
{
    if (value.n == 0)
        return;
    dtl_buffer_format(&s->out, "%s: ", name);
    dtl_utf8_sanitise(&s->out, value, false);
    dtl_buffer_byte(&s->out, '\n');
}

static void text_values(struct dtl_session *s, const char *name, const struct dtl_values *v)
{
    for (size_t i = 0; i < v->n; i++)
        text_field(s, name, v->v[i]);
}

static const char *instant_text(const struct dtl_article *a, char out[48])
{
    char day[DTL_DATE_TEXT];
    out[0] = 0;
    if (!a->instant.known)
        return out;
    int64_t local = a->instant.seconds + (int64_t)a->instant.offset_minutes * 60;
    int64_t day_number = local >= 0 ? local / 86400 : -((-local + 86399) / 86400);
    int64_t second = local - day_number * 86400;
    if (day_number < DTL_DAY_MIN || day_number > DTL_DAY_MAX)
        return out;
    unsigned minutes = (unsigned)(a->instant.offset_minutes < 0 ? -a->instant.offset_minutes
                                                                : a->instant.offset_minutes);
    snprintf(out, 48, "%sT%02u:%02u:%02u%c%02u:%02u", dtl_day_print((dtl_day)day_number, day),
             (unsigned)(second / 3600), (unsigned)(second / 60 % 60), (unsigned)(second % 60),
             a->instant.offset_minutes < 0 ? '-' : '+', minutes / 60, minutes % 60);
    return out;
}

/* "2024-03-22 (path, medium)": what else is said of the date. */
static void text_said(struct dtl_session *s, const char *name, struct dtl_interval date,
                      enum dtl_date_source source)
{
    char day[DTL_DATE_TEXT], text[DTL_DATE_TEXT + 24];
    snprintf(text, sizeof text, "%s (%s, %s)", dtl_date_print(date, day),
             dtl_date_source_name(source), dtl_date_trust_name(dtl_date_trust_of(date, source)));
    text_field(s, name, dtl_bytes_of(text));
}

void dtl_show_text(struct dtl_session *s, const struct dtl_article *a)
{
    char day[DTL_DATE_TEXT], instant[48], lang[4];
    text_field(s, "Title", a->title);
    text_field(s, "Date",
               dtl_interval_dated(a->date) ? dtl_bytes_of(dtl_date_print(a->date, day))
                                           : DTL_LITERAL("none"));
    for (size_t i = 0; i < a->other_dates && dtl_article_disputed(a); i++)
        text_said(s, "But", a->other_date[i].date, a->other_date[i].source);
    text_field(s, "Time", dtl_bytes_of(instant_text(a, instant)));
    text_field(s, "Source", a->source);
    text_values(s, "Author", &a->authors);
    text_values(s, "Section", &a->sections);
    text_values(s, "Tag", &a->tags);
    text_values(s, "Place", &a->places);
    text_values(s, "Agency", &a->agencies);
    text_field(s, "Language", dtl_bytes_of(dtl_lang_code_text(a->lang, lang)));
    text_field(s, "URL", a->url);
    text_field(s, "Id", a->id);
    text_field(s, "Path", a->path);
    text_field(s, "Other", a->extra);
    dtl_buffer_byte(&s->out, '\n');
    dtl_utf8_sanitise(&s->out, a->body, true);
    if (a->body.n && a->body.p[a->body.n - 1] != '\n')
        dtl_buffer_byte(&s->out, '\n');
}

static void json_field(struct dtl_session *s, const char *name, struct dtl_bytes value)
{
    dtl_buffer_format(&s->out, ",\"%s\":", name);
    dtl_render_json(value, &s->out);
}

static void json_values(struct dtl_session *s, const char *name, const struct dtl_values *v)
{
    dtl_buffer_format(&s->out, ",\"%s\":[", name);
    for (size_t i = 0; i < v->n; i++) {
        if (i > 0)
            dtl_buffer_byte(&s->out, ',');
        dtl_render_json(v->v[i], &s->out);
    }
    dtl_buffer_byte(&s->out, ']');
}

/* Where the date is from, how far it is believed, and what else is said of it. */
static void json_said(struct dtl_session *s, const struct dtl_article *a)
{
    char day[DTL_DATE_TEXT];
    if (!a->date_source && !a->other_dates)
        return;
    dtl_buffer_format(&s->out, ",\"date_source\":\"%s\",\"date_trust\":\"%s\",\"other_dates\":[",
                      dtl_date_source_name(a->date_source),
                      dtl_date_trust_name(dtl_date_trust_of(a->date, a->date_source)));
    for (size_t i = 0; i < a->other_dates; i++) {
        const struct dtl_date_said *d = &a->other_date[i];
        dtl_buffer_format(&s->out, "%s{\"date\":\"%s\",\"source\":\"%s\",\"trust\":\"%s\"}",
                          i ? "," : "", dtl_date_print(d->date, day),
                          dtl_date_source_name(d->source),
                          dtl_date_trust_name(dtl_date_trust_of(d->date, d->source)));
    }
    dtl_buffer_byte(&s->out, ']');
}

static void show_json(struct dtl_session *s, const struct dtl_article *a)
{
    char day[DTL_DATE_TEXT], instant[48], lang[4];
    dtl_buffer_text(&s->out, "{\"type\":\"article\"");
    json_field(s, "id", a->id);
    if (dtl_interval_dated(a->date))
        json_field(s, "date", dtl_bytes_of(dtl_date_print(a->date, day)));
    else
        dtl_buffer_text(&s->out, ",\"date\":null");
    if (a->instant.known)
        json_field(s, "time", dtl_bytes_of(instant_text(a, instant)));
    json_field(s, "title", a->title);
    json_field(s, "path", a->path);
    json_field(s, "source", a->source);
    json_field(s, "lang", dtl_bytes_of(dtl_lang_code_text(a->lang, lang)));
    json_field(s, "url", a->url);
    json_values(s, "author", &a->authors);
    json_values(s, "section", &a->sections);
    json_values(s, "tag", &a->tags);
    json_values(s, "place", &a->places);
    json_values(s, "agency", &a->agencies);
    json_said(s, a);
    if (a->extra.n && a->extra.p[0] == '{' &&
        dtl_utf8_valid_prefix(a->extra) == a->extra.n) { /* already an object */
        dtl_buffer_text(&s->out, ",\"extra\":");
        dtl_buffer_append(&s->out, a->extra.p, a->extra.n);
    }
    json_field(s, "body", a->body);
    dtl_buffer_text(&s->out, "}\n");
}

static enum dtl_status show_segment(struct dtl_session *s, struct dtl_segment *segment,
                                    struct dtl_bytes id, uint64_t *shown, struct dtl_error *err)
{
    struct dtl_arena arena = {0};
    dtl_doc *docs = NULL;
    size_t count = 0;
    enum dtl_status st =
        dtl_identities_find(segment, (struct dtl_bytes){0}, true, id, &arena, &docs, &count, err);
    for (size_t i = 0; i < count && st == DTL_OK; i++) {
        struct dtl_article a = {0};
        if (dtl_is_dead(segment, docs[i]))
            continue;
        st = dtl_snapshot_article(s->snap, segment, docs[i], &arena, &a, err);
        if (st < 0)
            break;
        if (s->render.form == DTL_FORM_JSON) {
            show_json(s, &a);
        } else {
            if (*shown)
                dtl_buffer_text(&s->out, "\n----\n\n");
            dtl_show_text(s, &a);
        }
        (*shown)++;
    }
    dtl_arena_release(&arena);
    return st;
}

int dtl_cmd_show(struct dtl_session *s)
{
    struct dtl_error err = {0};
    struct dtl_bytes id = dtl_bytes_of(s->o->show);
    uint64_t shown = 0;
    enum dtl_status st = DTL_OK;
    if (s->o->word_count > 0 || s->o->file || s->o->queries)
        st = dtl_fail(&err, DTL_EUSAGE, 0, "--show takes one id and no query");
    if (st == DTL_OK)
        st = dtl_session_read(s, &err);
    for (size_t i = 0; st == DTL_OK && i < s->snap->segments; i++)
        st = show_segment(s, &s->snap->segment[i], id, &shown, &err);
    if (st == DTL_OK && s->o->quiet)
        dtl_buffer_reset(&s->out);
    if (st == DTL_OK)
        st = dtl_session_flush(s, &err);
    if (st < 0)
        return dtl_cmd_fail(st, &err, NULL, (struct dtl_bytes){0});
    if (shown == 0 && !s->o->quiet)
        dtl_say("no article has the id '%.300s'", s->o->show);
    return shown ? 0 : 1;
}
