/*
 * cmd_timeline.c - --timeline, and --compare of several queries: counts by period, with what they
 * are a share of.
 *
 * From the first period with a match to the last, the empty ones too; the undated come last. The
 * first two columns of TSV are what they always were.
 */
#include "common/base/utf8.h"
#include "query/answer.h"
#include "query/commands.h"
#include "query/result/bars.h"
#include "query/result/periods.h"
#include "query/why.h"

#define COMPARED_MAX 64
#define FLUSH_BYTES  ((size_t)64 << 10)

struct column { /* a query */
    struct dtl_answer a;
    struct dtl_arena arena;
    struct dtl_buffer text, name; /* as written, as understood */
    struct dtl_timeline t;
    size_t at; /* the next period to print */
    struct dtl_period now;
};

struct timeline {
    struct dtl_session *s;
    enum dtl_unit unit;
    struct column *column;
    size_t columns;
    uint64_t most; /* hits of a period */
};

static enum dtl_unit unit_of(const char *name)
{
    static const char letters[] = "dwmqy";
    return (enum dtl_unit)(strchr(letters, name[0]) - letters);
}

/* ---- counting ---- */

static enum dtl_status take_queries(struct timeline *t, struct dtl_error *err)
{
    const struct dtl_options *o = t->s->o;
    enum dtl_status st = DTL_OK;
    if (!o->compare) {
        st = dtl_query_text(o, &t->column[0].text, err);
        if (st == DTL_OK && t->column[0].text.n == 0 && o->filters == 0)
            dtl_buffer_byte(&t->column[0].text, '*');
        return st;
    }
    if (o->file || o->word_count == 0 || o->word_count > COMPARED_MAX)
        return dtl_fail(err, DTL_EUSAGE, 0,
                        "--compare takes 1 to %d queries, an argument each, quoted where they have "
                        "blanks",
                        COMPARED_MAX);
    for (int i = 0; i < o->word_count; i++) {
        struct dtl_options one = *o;
        one.words = o->words + i;
        one.word_count = 1;
        if ((st = dtl_query_text(&one, &t->column[i].text, err)) < 0)
            return st;
    }
    return DTL_OK;
}

static enum dtl_status count_column(struct timeline *t, struct column *c, struct dtl_error *err)
{
    struct dtl_session *s = t->s;
    dtl_answer_notes(s, &c->a);
    enum dtl_status st = dtl_answer_expand(s, &c->a, err);
    if (st == DTL_OK)
        st = dtl_plan_open(&c->a.plan, s->snap, c->a.q, s->o->max_expand, &c->a.page, err);
    if (st == DTL_OK)
        st = dtl_timeline_count(s->snap, c->a.plan, c->a.q, t->unit, &c->arena, &c->t, err);
    c->a.found = c->t.total > 0;
    if (st == DTL_OK && !c->a.found && !s->o->quiet)
        st = dtl_explain_zero(s, &c->a, err);
    dtl_answer_close(&c->a);
    return st;
}

/* ---- one row after the other ---- */

/* The periods with a match: the first, and the one after the last. */
static bool span_of(struct timeline *t, dtl_day *first, dtl_day *end)
{
    bool any = false;
    for (size_t i = 0; i < t->columns; i++)
        for (size_t k = 0; k < t->column[i].t.periods; k++) {
            const struct dtl_period *p = &t->column[i].t.period[k];
            t->most = p->hits > t->most ? p->hits : t->most;
            if (p->hits == 0 || p->first == DTL_DAY_NONE)
                continue;
            *first = any && *first < p->first ? *first : p->first;
            *end = any && *end > p->first ? *end : p->first + 1;
            any = true;
        }
    return any;
}

/* Set each column's `now` to the period that begins with `first`. False: none has a match in it. */
static bool move_to(struct timeline *t, dtl_day first)
{
    bool any = false;
    for (size_t i = 0; i < t->columns; i++) {
        struct column *c = &t->column[i];
        while (c->at < c->t.periods && c->t.period[c->at].first < first)
            c->at++;
        bool here = c->at < c->t.periods && c->t.period[c->at].first == first;
        c->now = here ? c->t.period[c->at] : (struct dtl_period){.first = first};
        any = any || c->now.hits > 0;
    }
    return any;
}

static void put_period(const struct timeline *t, dtl_day first, struct dtl_buffer *out)
{
    if (first == DTL_DAY_NONE)
        dtl_buffer_text(out, "undated");
    else
        dtl_unit_name(t->unit, first, out);
}

/* ---- numbers ---- */

static void put_share(const struct dtl_period *p, const char *none, struct dtl_buffer *out)
{
    if (p->articles)
        dtl_decimal((double)p->hits / (double)p->articles, 6, out);
    else
        dtl_buffer_text(out, none);
}

static void put_rate(const struct column *c, const char *none, struct dtl_buffer *out)
{
    if (c->t.has_words && c->now.words)
        dtl_decimal((double)c->now.occurrences * 1e6 / (double)c->now.words, 3, out);
    else
        dtl_buffer_text(out, none);
}

static void put_name(const struct column *c, struct dtl_buffer *out)
{
    dtl_utf8_sanitise(out, dtl_buffer_view(&c->name), false);
}

/* ---- TSV and CSV ---- */

/* A column's name, as CSV where that is asked for. */
static void put_heading(const struct timeline *t, const struct column *c, const char *what,
                        struct dtl_buffer *out)
{
    struct dtl_buffer text = {0};
    put_name(c, &text);
    dtl_buffer_text(&text, what);
    if (t->s->render.form == DTL_FORM_CSV)
        dtl_render_csv(dtl_buffer_view(&text), out);
    else
        dtl_buffer_append(out, text.p, text.n);
    out->failed = out->failed || text.failed;
    dtl_buffer_release(&text);
}

static void separated_begin(struct timeline *t)
{
    static const char *const what[] = {"", " share", " per million"};
    struct dtl_buffer *out = &t->s->out;
    bool csv = t->s->render.form == DTL_FORM_CSV;
    if (!t->s->o->compare) {
        dtl_buffer_text(out, csv ? "period,count,articles,share,per_million\r\n" : "");
        return;
    }
    dtl_buffer_text(out, "period");
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < t->columns; i++) {
            dtl_buffer_byte(out, csv ? ',' : '\t');
            put_heading(t, &t->column[i], what[k], out);
        }
    dtl_buffer_text(out, csv ? "\r\n" : "\n");
}

static void separated_row(struct timeline *t, dtl_day first)
{
    struct dtl_buffer *out = &t->s->out;
    bool csv = t->s->render.form == DTL_FORM_CSV;
    uint8_t sep = csv ? ',' : '\t';
    put_period(t, first, out);
    for (size_t i = 0; i < t->columns; i++)
        dtl_buffer_format(out, "%c%llu", sep, (unsigned long long)t->column[i].now.hits);
    if (!t->s->o->compare)
        dtl_buffer_format(out, "%c%llu", sep, (unsigned long long)t->column[0].now.articles);
    for (size_t i = 0; i < t->columns; i++) {
        dtl_buffer_byte(out, sep);
        put_share(&t->column[i].now, "", out);
    }
    for (size_t i = 0; i < t->columns; i++) {
        dtl_buffer_byte(out, sep);
        put_rate(&t->column[i], "", out);
    }
    dtl_buffer_text(out, csv ? "\r\n" : "\n");
}

/* ---- JSON ---- */

static void json_numbers(const struct column *c, struct dtl_buffer *out)
{
    const struct dtl_period *p = &c->now;
    dtl_buffer_format(out,
                      "\"count\":%llu,\"articles\":%llu,\"share\":", (unsigned long long)p->hits,
                      (unsigned long long)p->articles);
    put_share(p, "null", out);
    dtl_buffer_format(out, ",\"occurrences\":%llu,\"words\":%llu,\"per_million\":",
                      (unsigned long long)p->occurrences, (unsigned long long)p->words);
    put_rate(c, "null", out);
}

static void json_row(struct timeline *t, dtl_day first)
{
    struct dtl_buffer *out = &t->s->out;
    dtl_buffer_text(out, "{\"type\":\"period\",\"period\":");
    if (first == DTL_DAY_NONE) {
        dtl_buffer_text(out, "null,");
    } else {
        dtl_buffer_byte(out, '"');
        dtl_unit_name(t->unit, first, out);
        dtl_buffer_text(out, "\",");
    }
    if (!t->s->o->compare)
        json_numbers(&t->column[0], out);
    else
        dtl_buffer_text(out, "\"compare\":[");
    for (size_t i = 0; i < t->columns && t->s->o->compare; i++) {
        dtl_buffer_text(out, i ? ",{\"query\":" : "{\"query\":");
        dtl_render_json(dtl_buffer_view(&t->column[i].name), out);
        dtl_buffer_byte(out, ',');
        json_numbers(&t->column[i], out);
        dtl_buffer_byte(out, '}');
    }
    dtl_buffer_text(out, t->s->o->compare ? "]}\n" : "}\n");
}

/* ---- a terminal ---- */

enum { PERIOD_COLUMNS = 10, NUMBERS_COLUMNS = 30, BAR_LEAST = 8, COMPARED_COLUMNS = 28 };

/* All periods as one line, several to a column where there are more than columns. */
static void sparkline(struct timeline *t, const struct column *c, dtl_day first, dtl_day end)
{
    struct dtl_buffer *out = &t->s->out;
    uint64_t sums[1000] = {0}, most = 0;
    size_t periods = 0, at = 0, width = t->s->render.width - 2 * (PERIOD_COLUMNS + 1);
    for (dtl_day day = first; day < end; day = dtl_unit_next(t->unit, day))
        periods++;
    size_t columns = periods < width ? periods : width, i = 0;
    for (dtl_day day = first; day < end; day = dtl_unit_next(t->unit, day), i++) {
        while (at < c->t.periods && c->t.period[at].first < day)
            at++;
        if (at < c->t.periods && c->t.period[at].first == day)
            sums[i * columns / periods] += c->t.period[at].hits;
    }
    for (i = 0; i < columns; i++)
        most = sums[i] > most ? sums[i] : most;
    put_period(t, first, out);
    dtl_buffer_byte(out, ' ');
    if (t->s->render.color)
        dtl_color_on(&t->s->render.colors, DTL_COLOR_BAR, out);
    for (i = 0; i < columns; i++)
        dtl_spark(sums[i], most, out);
    if (t->s->render.color)
        dtl_color_off(&t->s->render.colors, DTL_COLOR_BAR, out);
    dtl_buffer_byte(out, ' ');
    put_period(t, end - 1 > first ? dtl_unit_first(t->unit, end - 1) : first, out);
    if (t->s->o->compare) {
        dtl_buffer_text(out, "  ");
        put_name(c, out);
    }
    dtl_buffer_byte(out, '\n');
}

static void put_bar(struct timeline *t, uint64_t value, size_t width)
{
    struct dtl_buffer *out = &t->s->out;
    if (t->s->render.color)
        dtl_color_on(&t->s->render.colors, DTL_COLOR_BAR, out);
    dtl_bar(value, t->most, width, out);
    if (t->s->render.color)
        dtl_color_off(&t->s->render.colors, DTL_COLOR_BAR, out);
}

static void text_begin(struct timeline *t, dtl_day first, dtl_day end)
{
    struct dtl_buffer *out = &t->s->out;
    for (size_t i = 0; i < t->columns && first < end; i++)
        if (dtl_unit_next(t->unit, first) < end)
            sparkline(t, &t->column[i], first, end);
    if (!t->s->o->compare) {
        size_t bar = t->s->render.width > PERIOD_COLUMNS + NUMBERS_COLUMNS + BAR_LEAST
                         ? t->s->render.width - PERIOD_COLUMNS - NUMBERS_COLUMNS
                         : BAR_LEAST;
        dtl_buffer_format(out, "%*s%10s %8s %11s\n", (int)(PERIOD_COLUMNS + bar - 1), "",
                          "articles", "share", "per million");
        return;
    }
    dtl_buffer_format(out, "%*s", PERIOD_COLUMNS, "");
    for (size_t i = 0; i < t->columns; i++) {
        struct dtl_buffer name = {0};
        struct dtl_marked m = {.text = dtl_buffer_view(&t->column[i].name)};
        size_t used = dtl_text_marked(&t->s->render, &m, COMPARED_COLUMNS - 2, DTL_COLORS, &name);
        dtl_buffer_format(out, "%*s  ", (int)(COMPARED_COLUMNS - 2 - used), "");
        dtl_buffer_append(out, name.p, name.n);
        dtl_buffer_release(&name);
    }
    dtl_buffer_byte(out, '\n');
}

static void put_percent(const struct dtl_period *p, struct dtl_buffer *out)
{
    if (p->articles)
        dtl_buffer_format(out, " %6.2f %%", 100.0 * (double)p->hits / (double)p->articles);
    else
        dtl_buffer_format(out, " %8s", "-");
}

static void text_row(struct timeline *t, dtl_day first)
{
    struct dtl_buffer *out = &t->s->out, name = {0};
    put_period(t, first, &name);
    dtl_buffer_append(out, name.p, name.n);
    dtl_buffer_format(out, "%*s", (int)(PERIOD_COLUMNS + 1 - name.n), "");
    dtl_buffer_release(&name);
    for (size_t i = 0; i < t->columns; i++) {
        const struct column *c = &t->column[i];
        size_t width = t->s->render.width, numbers = PERIOD_COLUMNS + NUMBERS_COLUMNS;
        size_t bar = width > numbers + BAR_LEAST ? width - numbers - 2 : BAR_LEAST;
        dtl_buffer_text(out, i ? " " : "");
        put_bar(t, c->now.hits, t->s->o->compare ? BAR_LEAST - 1 : bar);
        dtl_buffer_format(out, "%*llu", t->s->o->compare ? 10 : 9, (unsigned long long)c->now.hits);
        put_percent(&c->now, out);
        if (t->s->o->compare)
            continue;
        if (c->t.has_words && c->now.words)
            dtl_buffer_format(out, " %11.1f",
                              (double)c->now.occurrences * 1e6 / (double)c->now.words);
        else
            dtl_buffer_format(out, " %11s", "-");
    }
    dtl_buffer_byte(out, '\n');
}

/* ---- the command ---- */

static enum dtl_status print_row(struct timeline *t, dtl_day first, struct dtl_error *err)
{
    struct dtl_session *s = t->s;
    switch (s->render.form) {
    case DTL_FORM_JSON:
        json_row(t, first);
        break;
    case DTL_FORM_TEXT:
        text_row(t, first);
        break;
    default:
        separated_row(t, first);
        break;
    }
    return s->out.n > FLUSH_BYTES ? dtl_session_flush(s, err) : DTL_OK;
}

static enum dtl_status print(struct timeline *t, struct dtl_error *err)
{
    dtl_day first = 0, end = 0;
    bool any = span_of(t, &first, &end);
    enum dtl_form form = t->s->render.form;
    enum dtl_status st = DTL_OK;
    if (form == DTL_FORM_TEXT && (any || t->most))
        text_begin(t, first, end);
    else if (form == DTL_FORM_TSV || form == DTL_FORM_CSV)
        separated_begin(t);
    for (dtl_day day = first; any && day < end && st == DTL_OK && !t->s->quit;
         day = dtl_unit_next(t->unit, day)) {
        move_to(t, day);
        st = print_row(t, day, err);
    }
    if (st == DTL_OK && move_to(t, DTL_DAY_NONE))
        st = print_row(t, DTL_DAY_NONE, err);
    return st;
}

static enum dtl_status run(struct timeline *t, struct dtl_bytes *query, struct dtl_error *err)
{
    struct dtl_session *s = t->s;
    enum dtl_status st = dtl_counts_form(s, "--timeline", err);
    if (st == DTL_OK)
        st = take_queries(t, err);
    for (size_t i = 0; i < t->columns && st == DTL_OK; i++) {
        struct column *c = &t->column[i];
        c->a.arena = &c->arena;
        *query = dtl_buffer_view(&c->text);
        st = dtl_answer_parse(s, *query, &c->a, err);
        if (st == DTL_OK && !dtl_query_print(c->a.q, &c->name))
            st = dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    }
    if (st == DTL_OK)
        st = dtl_session_read(s, err);
    for (size_t i = 0; i < t->columns && st == DTL_OK; i++) {
        *query = dtl_buffer_view(&t->column[i].text);
        st = count_column(t, &t->column[i], err);
    }
    if (st == DTL_OK)
        st = dtl_session_flush(s, err); /* the snapshot is closed before anything is written */
    if (st == DTL_OK && !s->o->quiet)
        st = print(t, err);
    return st == DTL_OK ? dtl_session_flush(s, err) : st;
}

int dtl_cmd_timeline(struct dtl_session *s)
{
    struct dtl_arena arena = {0};
    struct dtl_error err = {0};
    struct dtl_bytes query = {0};
    struct timeline t = {.s = s, .unit = unit_of(s->o->timeline), .columns = 1};
    if (s->o->compare && s->o->word_count > 0 && s->o->word_count <= COMPARED_MAX)
        t.columns = (size_t)s->o->word_count;
    t.column = dtl_arena_alloc(&arena, t.columns * sizeof *t.column);
    enum dtl_status st =
        t.column ? run(&t, &query, &err) : dtl_fail(&err, DTL_ENOMEM, 0, "out of memory");
    bool found = false;
    for (size_t i = 0; t.column && i < t.columns; i++) {
        struct column *c = &t.column[i];
        found = found || c->a.found;
        dtl_answer_close(&c->a);
    }
    int exit_status = st < 0 ? dtl_cmd_fail(st, &err, NULL, query) : found ? 0 : 1;
    for (size_t i = 0; t.column && i < t.columns; i++) {
        dtl_buffer_release(&t.column[i].text);
        dtl_buffer_release(&t.column[i].name);
        dtl_arena_release(&t.column[i].arena);
    }
    dtl_arena_release(&arena);
    return exit_status;
}
