/*
 * text.c - hits on a terminal: a heading, where and when, the snippet with what matched; or a line
 * of a table.
 */
#include "query/result/text.h"

#include <stdio.h>

#include "common/base/utf8.h"
#include "query/result/link.h"

#define COPIES_SHOWN  3u
#define LINE_LEAST    8u
#define WIDTH_GUESSED 80u

static void colored(const struct dtl_render *r, enum dtl_color_of which, struct dtl_bytes text,
                    struct dtl_buffer *out)
{
    if (r->color)
        dtl_color_on(&r->colors, which, out);
    dtl_utf8_sanitise(out, text, false);
    if (r->color)
        dtl_color_off(&r->colors, which, out);
}

/* Columns after `used` of them, but some; 0 where the width is not known. */
static size_t rest_of_line(const struct dtl_render *r, size_t used)
{
    return r->width == 0 ? 0 : r->width > used + LINE_LEAST ? r->width - used : LINE_LEAST;
}

static void put_path(const struct dtl_render *r, const struct dtl_row *row, struct dtl_buffer *out)
{
    bool linked =
        r->link && row->article && dtl_link_begin(r->link, dtl_article_file(row->article), out);
    colored(r, DTL_COLOR_PATH, row->path, out);
    if (linked)
        dtl_link_end(out);
}

static struct dtl_bytes date_of(struct dtl_interval d, char text[DTL_DATE_TEXT])
{
    return dtl_interval_dated(d) ? dtl_bytes_of(dtl_date_print(d, text)) : DTL_LITERAL("undated");
}

/* The title with its marks, or the first words. */
static struct dtl_marked heading_of(const struct dtl_row *row)
{
    if (row->title.n && row->snippet.title.text.n)
        return row->snippet.title;
    return (struct dtl_marked){.text = row->heading};
}

/* "+2 copies: 2024-03-22 Strait Wire, 2024-03-23 Chronicle" */
static void put_copies(const struct dtl_render *r, const struct dtl_row *row,
                       struct dtl_buffer *out)
{
    struct dtl_buffer line = {0};
    char day[DTL_DATE_TEXT];
    dtl_buffer_format(&line, "+%zu %s:", row->copy_count, row->copy_count == 1 ? "copy" : "copies");
    for (size_t i = 0; i < row->copy_count && i < COPIES_SHOWN; i++) {
        const struct dtl_row *copy = &row->copies[i];
        struct dtl_bytes date = date_of(copy->date, day);
        dtl_buffer_text(&line, i ? ", " : " ");
        dtl_buffer_append(&line, date.p, date.n);
        dtl_buffer_byte(&line, ' ');
        struct dtl_bytes name = copy->source.n ? copy->source : copy->id;
        dtl_buffer_append(&line, name.p, name.n);
    }
    if (row->copy_count > COPIES_SHOWN)
        dtl_buffer_format(&line, " and %zu more", row->copy_count - COPIES_SHOWN);
    dtl_buffer_text(out, "   ");
    dtl_render_fit(dtl_buffer_view(&line), rest_of_line(r, 3), out);
    dtl_buffer_byte(out, '\n');
    out->failed = out->failed || line.failed;
    dtl_buffer_release(&line);
}

void dtl_text_hit(const struct dtl_render *r, const struct dtl_row *row, struct dtl_buffer *out)
{
    char day[DTL_DATE_TEXT];
    struct dtl_buffer number = {0};
    if (r->batch) {
        dtl_utf8_sanitise(&number, r->qid, false);
        dtl_buffer_byte(&number, ' ');
    }
    dtl_buffer_format(&number, "%2llu", (unsigned long long)row->rank);
    size_t used = dtl_text_columns(dtl_buffer_view(&number)) + 1;
    struct dtl_marked heading = heading_of(row);
    colored(r, DTL_COLOR_NUMBER, dtl_buffer_view(&number), out);
    dtl_buffer_byte(out, ' ');
    dtl_text_marked(r, &heading, rest_of_line(r, used), DTL_COLOR_TITLE, out);
    dtl_buffer_text(out, "\n   ");
    colored(r, DTL_COLOR_DATE, date_of(row->date, day), out);
    if (row->source.n) {
        dtl_buffer_text(out, "  ");
        colored(r, DTL_COLOR_SOURCE, row->source, out);
    }
    dtl_buffer_text(out, "  ");
    put_path(r, row, out);
    if (row->change == DTL_CHANGE_REVISED)
        dtl_buffer_text(out, "  (revised)");
    dtl_buffer_byte(out, '\n');
    if (row->copy_count)
        put_copies(r, row, out);
    if (row->snippet.body.text.n)
        dtl_text_folded(r, &row->snippet.body, out);
    dtl_buffer_byte(out, '\n');
    out->failed = out->failed || number.failed;
    dtl_buffer_release(&number);
}

void dtl_text_end(const struct dtl_render *r, const struct dtl_summary *s, struct dtl_buffer *out)
{
    if (s->total == 0 || r->endless)
        return;
    if (r->batch) {
        dtl_utf8_sanitise(out, r->qid, false);
        dtl_buffer_text(out, ": ");
    }
    dtl_buffer_format(out, "%llu article%s", (unsigned long long)s->total,
                      s->total == 1 ? "" : "s");
    if (s->emitted == 0)
        dtl_buffer_text(out, ", none shown");
    else if (s->emitted < s->total)
        dtl_buffer_format(out, ", %llu to %llu shown", (unsigned long long)s->offset + 1,
                          (unsigned long long)(s->offset + s->emitted));
    if (s->timed)
        dtl_buffer_format(out, " (%.1f ms)", s->milliseconds);
    dtl_buffer_byte(out, '\n');
}

/* ---- a table ---- */

enum { RANK_COLUMNS = 4, DATE_COLUMNS = 10, SCORE_COLUMNS = 7, SOURCE_COLUMNS = 16, NARROW = 60 };

/* A cell: cut or filled up to `width`, two blanks after it; the last is neither filled nor
 * followed. */
static void cell(const struct dtl_render *r, const struct dtl_marked *m, size_t width, bool right,
                 enum dtl_color_of color, struct dtl_buffer *out)
{
    struct dtl_buffer text = {0};
    size_t used = dtl_text_marked(r, m, width, color, &text);
    for (size_t i = used; right && i < width; i++)
        dtl_buffer_byte(out, ' ');
    dtl_buffer_append(out, text.p, text.n);
    for (size_t i = used; !right && i < width; i++)
        dtl_buffer_byte(out, ' ');
    dtl_buffer_text(out, "  ");
    out->failed = out->failed || text.failed;
    dtl_buffer_release(&text);
}

static void table_line(const struct dtl_render *r, struct dtl_bytes rank, struct dtl_bytes date,
                       struct dtl_bytes score, struct dtl_bytes source,
                       const struct dtl_marked *title, struct dtl_buffer *out)
{
    size_t width = r->width ? r->width : WIDTH_GUESSED;
    size_t used = RANK_COLUMNS + 2 + DATE_COLUMNS + 2 + SCORE_COLUMNS + 2;
    if (r->batch) {
        cell(r, &(struct dtl_marked){.text = r->qid.n ? r->qid : DTL_LITERAL("qid")}, RANK_COLUMNS,
             false, DTL_COLORS, out);
        used += RANK_COLUMNS + 2;
    }
    cell(r, &(struct dtl_marked){.text = rank}, RANK_COLUMNS, true, DTL_COLOR_NUMBER, out);
    cell(r, &(struct dtl_marked){.text = date}, DATE_COLUMNS, false, DTL_COLOR_DATE, out);
    cell(r, &(struct dtl_marked){.text = score}, SCORE_COLUMNS, true, DTL_COLORS, out);
    if (width >= NARROW) {
        cell(r, &(struct dtl_marked){.text = source}, SOURCE_COLUMNS, false, DTL_COLOR_SOURCE, out);
        used += SOURCE_COLUMNS + 2;
    }
    dtl_text_marked(r, title, width > used + 8 ? width - used : 8, DTL_COLOR_TITLE, out);
    dtl_buffer_byte(out, '\n');
}

void dtl_table_begin(const struct dtl_render *r, struct dtl_buffer *out)
{
    table_line(r, DTL_LITERAL("RANK"), DTL_LITERAL("DATE"), DTL_LITERAL("SCORE"),
               DTL_LITERAL("SOURCE"), &(struct dtl_marked){.text = DTL_LITERAL("TITLE")}, out);
}

void dtl_table_hit(const struct dtl_render *r, const struct dtl_row *row, struct dtl_buffer *out)
{
    char rank[24], score[32], day[DTL_DATE_TEXT];
    struct dtl_marked heading = {.text = row->heading};
    snprintf(rank, sizeof rank, "%llu", (unsigned long long)row->rank);
    snprintf(score, sizeof score, "%.3f", (double)row->score / DTL_SCORE_UNIT);
    table_line(r, dtl_bytes_of(rank), date_of(row->date, day), dtl_bytes_of(score), row->source,
               &heading, out);
}
