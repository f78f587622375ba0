/* live.c - the same steps as a search on the command line, into a page instead of a stream. */
#include "query/live.h"

#include <stdlib.h>

#include "common/segment/columns.h"
#include "common/segment/dead.h"
#include "common/segment/identities.h"
#include "query/commands.h"
#include "query/interactive/shell.h"
#include "query/why.h"

#define WHY_MS 15u /* to explain a query that finds nothing: less than a key may wait */

#define HEADING_CHARS 120u /* of the first words of an article without a title */

static const char *const sort_names[] = {"relevance", "newest", "oldest"};

void dtl_live_begin(struct dtl_live *l, struct dtl_session *s, bool (*stop)(void *ctx))
{
    *l = (struct dtl_live){
        .s = s, .stop = stop, .o = *s->o, .sort_given = s->o->sort, .given = s->o->filters};
    l->o.quiet = false;
    l->o.explain = false;
    l->o.repeat = 1;
    s->o = &l->o;
    s->talks = true;
}

void dtl_live_end(struct dtl_live *l)
{
    dtl_arena_release(&l->page[0].arena);
    dtl_arena_release(&l->page[1].arena);
    dtl_buffer_release(&l->why);
    free(l->bars);
}

void dtl_live_set_period(struct dtl_live *l, struct dtl_period p)
{
    l->period = p;
    l->o.filters = l->given;
    dtl_period_print(p, l->period_text);
    if (p.level != DTL_PERIOD_NONE && l->given < DTL_DATE_OPTIONS_MAX)
        l->o.filter[l->o.filters++] = (struct dtl_date_filter){DTL_DATE_ON, l->period_text};
}

static bool is_blank(struct dtl_bytes text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] != ' ')
            return false;
    return true;
}

static void close_snapshot(struct dtl_session *s)
{
    dtl_snapshot_close(s->snap);
    s->snap = NULL;
}

/* Parsed as it stands, else leniently: what is still open is closed. Nothing typed is everything.
 */
static enum dtl_status parse(struct dtl_live *l, struct dtl_bytes text, struct dtl_answer *a,
                             struct dtl_error *err)
{
    bool literal = l->o.literal, lenient = l->o.lenient;
    struct dtl_error fault = {0};
    bool blank = is_blank(text);
    l->o.literal = literal && !blank;
    enum dtl_status st = dtl_answer_parse(l->s, blank ? DTL_LITERAL("*") : text, a, &fault);
    l->lenient = false;
    if (st == DTL_EQUERY && !lenient) {
        struct dtl_error second = {0};
        l->o.lenient = true;
        st = dtl_answer_parse(l->s, text, a, &second);
        l->lenient = st == DTL_OK;
    }
    l->o.literal = literal;
    l->o.lenient = lenient;
    l->fault = fault;
    if (st < 0)
        *err = fault;
    return st;
}

static bool copy(struct dtl_arena *arena, struct dtl_bytes from, struct dtl_bytes *to)
{
    char *p = dtl_arena_strndup(arena, (const char *)from.p, from.n);
    *to = dtl_bytes(p, from.n);
    return p != NULL;
}

static bool copy_marked(struct dtl_arena *arena, const struct dtl_marked *from,
                        struct dtl_marked *to)
{
    *to = (struct dtl_marked){.spans = from->spans};
    if (from->spans && !(to->span = dtl_arena_alloc(arena, from->spans * sizeof *to->span)))
        return false;
    if (from->spans)
        memcpy(to->span, from->span, from->spans * sizeof *to->span);
    return copy(arena, from->text, &to->text);
}

static enum dtl_status no_memory(struct dtl_error *err)
{
    return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
}

static bool make_where(struct dtl_live_page *page, const struct dtl_article *article)
{
    struct dtl_buffer b = {0};
    dtl_buffer_append(&b, article->source.p, article->source.n);
    if (article->source.n && article->path.n)
        dtl_buffer_text(&b, "  ");
    dtl_buffer_append(&b, article->path.p, article->path.n);
    bool ok = !b.failed && copy(&page->arena, dtl_buffer_view(&b), &page->where);
    dtl_buffer_release(&b);
    return ok;
}

static enum dtl_status load_row(struct dtl_live *l, struct dtl_answer *a, size_t i,
                                struct dtl_live_page *page, struct dtl_snippets *snippets,
                                uint32_t characters, struct dtl_error *err)
{
    struct dtl_arena arena = {0};
    struct dtl_article article = {0};
    struct dtl_snippet snippet = {0};
    const struct dtl_hit *hit = &a->result.hit[i];
    struct dtl_bytes heading;
    enum dtl_status st =
        dtl_snapshot_article(l->s->snap, hit->segment, hit->doc, &arena, &article, err);
    if (st == DTL_OK) {
        heading = article.title;
        page->row[i].date = hit->date;
        if ((heading.n == 0 && !dtl_first_words(article.body, HEADING_CHARS, &arena, &heading)) ||
            !copy(&page->arena, heading, &page->row[i].heading) ||
            !copy(&page->arena, article.source, &page->row[i].source) ||
            !copy(&page->arena, hit->id, &page->id[i]) ||
            !copy(&page->arena, hit->source, &page->source[i]))
            st = no_memory(err);
    }
    if (st == DTL_OK && i == page->chosen) {
        st = dtl_snippet_make(snippets, &article, (size_t)(hit->segment - l->s->snap->segment),
                              characters, &arena, &snippet, err);
        if (st == DTL_OK && (!copy_marked(&page->arena, &snippet.body, &page->snippet) ||
                             !make_where(page, &article)))
            st = no_memory(err);
    }
    dtl_arena_release(&arena);
    return st;
}

static enum dtl_status load_page(struct dtl_live *l, struct dtl_answer *a,
                                 struct dtl_live_page *page, uint32_t characters,
                                 struct dtl_error *err)
{
    struct dtl_snippets *snippets = NULL;
    size_t n = (size_t)a->result.hits;
    const struct dtl_query *q = a->q;
    page->rows = n;
    page->chosen = n && page->chosen >= n ? n - 1 : page->chosen;
    page->row = dtl_arena_alloc(&page->arena, n * sizeof *page->row);
    page->id = dtl_arena_alloc(&page->arena, n * sizeof *page->id);
    page->source = dtl_arena_alloc(&page->arena, n * sizeof *page->source);
    if (!page->row || !page->id || !page->source)
        return no_memory(err);
    enum dtl_status st = n ? dtl_snippets_open(&snippets, a->plan, q, err) : DTL_OK;
    for (size_t i = 0; i < n && st == DTL_OK; i++)
        st = load_row(l, a, i, page, snippets, characters, err);
    dtl_snippets_close(snippets);
    if (st == DTL_OK && q->notes && !copy(&page->arena, dtl_bytes_of(q->notes->text), &page->note))
        st = no_memory(err);
    struct dtl_interval shown = l->s->snap->covers;
    if (dtl_interval_dated(shown) && q->has_dates) {
        shown.earliest = q->dates.earliest > shown.earliest ? q->dates.earliest : shown.earliest;
        shown.latest = q->dates.latest < shown.latest ? q->dates.latest : shown.latest;
    }
    page->shown = q->undated || shown.earliest > shown.latest ? DTL_UNDATED : shown;
    return st;
}

enum dtl_status dtl_live_search(struct dtl_live *l, struct dtl_bytes text, uint64_t offset,
                                size_t limit, size_t chosen, uint32_t characters,
                                struct dtl_error *err)
{
    struct dtl_arena arena = {0};
    struct dtl_answer a = {.arena = &arena};
    struct dtl_live_page *page = &l->page[!l->now];
    struct dtl_search_options how = dtl_answer_options(l->s);
    how.sort = l->o.sort;
    how.limit = limit;
    how.offset = offset;
    how.count_only = how.first_only = false;
    how.hits_only = true;
    how.stop = l->stop;
    struct dtl_arena kept = page->arena;
    dtl_arena_reset(&kept);
    *page = (struct dtl_live_page){.arena = kept, .offset = offset, .chosen = chosen};
    enum dtl_status st = parse(l, text, &a, err);
    if (st == DTL_OK)
        st = dtl_session_read(l->s, err);
    if (st == DTL_OK)
        st = dtl_answer_search(l->s, &how, &a, err);
    if (st == DTL_OK)
        st = load_page(l, &a, page, characters, err);
    dtl_answer_close(&a);
    close_snapshot(l->s);
    dtl_arena_release(&arena);
    if (st != DTL_OK)
        return st;
    l->now = !l->now;
    return DTL_OK;
}

/* ---- how many, and when ---- */

/* The window's matches, each in the period it begins in. */
static enum dtl_status count_window(void *ctx, const struct dtl_matches *m, struct dtl_error *err)
{
    struct dtl_live *l = ctx;
    for (dtl_doc d = m->begin; d < m->end; d++) {
        struct dtl_interval date = DTL_UNDATED;
        dtl_doc i = d - m->begin;
        if (!(m->bits[i >> 6] >> (i & 63) & 1))
            continue;
        enum dtl_status st = dtl_columns_date(m->segment, d, &date, err);
        if (st < 0)
            return st;
        size_t at =
            dtl_interval_dated(date) ? dtl_axis_place(&l->axis, date.earliest) : l->axis.periods;
        if (at < l->axis.periods)
            l->bars[at]++;
    }
    l->total += m->count;
    return l->stop && l->stop(NULL) ? DTL_END : DTL_OK;
}

static enum dtl_status make_axis(struct dtl_live *l, size_t columns, struct dtl_error *err)
{
    struct dtl_interval shown = l->page[l->now].shown;
    l->axis = (struct dtl_axis){.level = DTL_PERIOD_YEAR, .years = 1};
    if (dtl_interval_dated(shown))
        l->axis = dtl_axis_over(shown, columns ? columns : 1);
    free(l->bars);
    l->bars = calloc(l->axis.periods + 1, sizeof *l->bars);
    return l->bars ? DTL_OK : no_memory(err);
}

/* The explanation a search on the command line prints, without the program's name. */
static void take_why(struct dtl_live *l)
{
    struct dtl_bytes talk = dtl_buffer_view(&l->s->talk);
    static const char name[] = DTL_PROGRAM ": ";
    dtl_buffer_reset(&l->why);
    for (size_t at = 0; at < talk.n;) {
        const uint8_t *stop = memchr(talk.p + at, '\n', talk.n - at);
        size_t end = stop ? (size_t)(stop - talk.p) + 1 : talk.n;
        struct dtl_bytes line = dtl_bytes(talk.p + at, end - at);
        size_t skip = dtl_bytes_starts(line, DTL_LITERAL(name)) ? sizeof name - 1 : 0;
        dtl_buffer_append(&l->why, line.p + skip, line.n - skip);
        at = end;
    }
    dtl_buffer_reset(&l->s->talk);
}

enum dtl_status dtl_live_count(struct dtl_live *l, struct dtl_bytes text, size_t columns,
                               struct dtl_error *err)
{
    struct dtl_arena arena = {0};
    struct dtl_answer a = {.arena = &arena};
    enum dtl_status st = make_axis(l, columns, err);
    dtl_buffer_reset(&l->why);
    if (st == DTL_OK)
        st = parse(l, text, &a, err);
    if (st == DTL_OK)
        st = dtl_session_read(l->s, err);
    if (st == DTL_OK)
        st = dtl_plan_open(&a.plan, l->s->snap, a.q, l->o.max_expand, &arena, err);
    l->total = 0;
    if (st == DTL_OK)
        st = dtl_search_visit(l->s->snap, a.plan, a.q, a.q->root, count_window, l, err);
    if (st == DTL_OK && l->total == 0 &&
        (st = dtl_explain_zero_within(l->s, &a, WHY_MS, err)) == DTL_OK)
        take_why(l);
    l->counted = st == DTL_OK;
    dtl_answer_close(&a);
    close_snapshot(l->s);
    dtl_arena_release(&arena);
    return st;
}

/* ---- the chosen article ---- */

enum dtl_status dtl_live_article(struct dtl_live *l, struct dtl_buffer *out, struct dtl_error *err)
{
    const struct dtl_live_page *page = &l->page[l->now];
    struct dtl_arena arena = {0};
    bool found = false;
    if (page->chosen >= page->rows)
        return DTL_NOTFOUND;
    enum dtl_status st = dtl_session_read(l->s, err);
    dtl_buffer_reset(&l->s->out);
    for (size_t i = 0; st >= 0 && !found && i < l->s->snap->segments; i++) {
        struct dtl_segment *segment = &l->s->snap->segment[i];
        dtl_doc *docs = NULL;
        size_t count = 0;
        st = dtl_identities_find(segment, page->source[page->chosen], false, page->id[page->chosen],
                                 &arena, &docs, &count, err);
        for (size_t k = 0; st >= 0 && !found && k < count; k++) {
            struct dtl_article article = {0};
            if (dtl_is_dead(segment, docs[k]))
                continue;
            st = dtl_snapshot_article(l->s->snap, segment, docs[k], &arena, &article, err);
            if (st == DTL_OK)
                dtl_show_text(l->s, &article);
            found = st == DTL_OK;
        }
    }
    close_snapshot(l->s);
    dtl_arena_release(&arena);
    if (st >= 0 && (l->s->out.failed || !dtl_buffer_append(out, l->s->out.p, l->s->out.n)))
        st = no_memory(err);
    dtl_buffer_reset(&l->s->out);
    return st < 0 ? st : found ? DTL_OK : DTL_NOTFOUND;
}

/* ---- the command line ---- */

static void add_word(struct dtl_buffer *out, const char *word)
{
    dtl_buffer_byte(out, ' ');
    dtl_shell_word(dtl_bytes_of(word), out);
}

bool dtl_live_command(const struct dtl_live *l, struct dtl_bytes text, struct dtl_buffer *out)
{
    const struct dtl_options *o = &l->o;
    bool blank = is_blank(text);
    dtl_shell_word(dtl_bytes_of(o->argv[0]), out);
    for (int i = 1; i < o->argv_options; i++) {
        bool ends = i == o->argv_options - 1 && strcmp(o->argv[i], "--") == 0;
        if (!ends && strcmp(o->argv[i], "--interactive") != 0)
            add_word(out, o->argv[i]);
    }
    if (o->sort != l->sort_given) {
        add_word(out, "--sort");
        add_word(out, sort_names[o->sort]);
    }
    if (o->filters > l->given) {
        add_word(out, "--date");
        add_word(out, l->period_text);
    }
    if (l->lenient)
        add_word(out, "--lenient");
    if (blank && o->literal)
        add_word(out, "--no-literal");
    if (!blank && text.p[0] == '-')
        add_word(out, "--");
    if (!blank || o->filters == 0) {
        dtl_buffer_byte(out, ' ');
        dtl_shell_word(blank ? DTL_LITERAL("*") : text, out);
    }
    return !out->failed;
}
