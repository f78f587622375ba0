/* answer.c - parse, plan, search, load, render. */
#include "query/answer.h"

#include <stdlib.h>
#include <time.h>

#define HEADING_CHARS 80u /* of the first words of an article without a title */

enum dtl_status dtl_answer_parse(struct dtl_session *s, struct dtl_bytes text, struct dtl_answer *a,
                                 struct dtl_error *err)
{
    const struct dtl_options *o = s->o;
    struct dtl_parse_options parse = {.literal = o->literal,
                                      .strict = o->strict,
                                      .lenient = o->lenient,
                                      .match = o->match,
                                      .match_value = o->match_value,
                                      .within = o->within,
                                      .clock = s->clock,
                                      .filter = o->filter,
                                      .filters = o->filters,
                                      .saved = dtl_saved_find,
                                      .saved_context = &s->saved};
    return dtl_query_parse(text, &parse, a->arena, &a->q, err);
}

struct dtl_search_options dtl_answer_options(const struct dtl_session *s)
{
    const struct dtl_options *o = s->o;
    enum dtl_form form = s->render.form;
    bool tells_total = form == DTL_FORM_TEXT || form == DTL_FORM_JSON || form == DTL_FORM_COUNT ||
                       o->explain || o->stats;
    return (struct dtl_search_options){.sort = o->sort,
                                       .limit = o->limit,
                                       .offset = o->offset,
                                       .count_only = s->render.form == DTL_FORM_COUNT,
                                       .first_only = o->quiet,
                                       .hits_only = !tells_total,
                                       .first_stage = o->no_proximity};
}

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_value(const void *pa, const void *pb)
{
    const double *a = pa, *b = pb;
    return (*a > *b) - (*a < *b);
}

enum dtl_status dtl_answer_search(struct dtl_session *s, const struct dtl_search_options *o,
                                  struct dtl_answer *a, struct dtl_error *err)
{
    uint32_t rounds = s->o->repeat;
    double *took = calloc(rounds, sizeof *took);
    if (!took)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    enum dtl_status st = DTL_OK;
    for (uint32_t i = 0; i < rounds && st == DTL_OK; i++) {
        struct dtl_arena scratch = {0};
        struct dtl_arena *arena = i + 1 < rounds ? &scratch : a->arena;
        double start = now_ms();
        dtl_plan_close(a->plan);
        a->plan = NULL;
        st = dtl_plan_open(&a->plan, s->snap, a->q, s->o->max_expand, arena, err);
        if (st == DTL_OK)
            st = dtl_search(s->snap, a->plan, a->q, o, arena, &a->result, err);
        took[i] = now_ms() - start;
        if (arena == &scratch) {
            dtl_plan_close(a->plan);
            a->plan = NULL;
        }
        dtl_arena_release(&scratch);
    }
    qsort(took, rounds, sizeof *took, by_value);
    a->milliseconds = took[rounds / 2];
    free(took);
    return st;
}

static enum dtl_status load_row(struct dtl_session *s, struct dtl_snippets *snippets,
                                const struct dtl_hit *hit, struct dtl_arena *arena,
                                struct dtl_row *row, struct dtl_error *err)
{
    struct dtl_article article = {0};
    enum dtl_status st =
        dtl_snapshot_article(s->snap, hit->segment, hit->doc, arena, &article, err);
    if (st < 0)
        return st;
    row->title = article.title;
    row->path = article.path;
    row->source = article.source;
    row->heading = article.title;
    if (article.title.n == 0 && !dtl_first_words(article.body, HEADING_CHARS, arena, &row->heading))
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    if (snippets)
        st = dtl_snippet_make(snippets, &article, (size_t)(hit->segment - s->snap->segment),
                              s->o->snippet, arena, &row->snippet, err);
    return st;
}

static enum dtl_status render_end(struct dtl_session *s, struct dtl_answer *a,
                                  struct dtl_error *err)
{
    struct dtl_buffer query = {0};
    const struct dtl_query *q = a->q;
    dtl_query_print(q, &query);
    struct dtl_summary summary = {.total = a->result.total,
                                  .emitted = a->result.hits,
                                  .offset = s->o->offset,
                                  .complete = a->result.complete,
                                  .generation = s->snap->generation,
                                  .query = dtl_buffer_view(&query),
                                  .has_dates = q->has_dates && !q->undated,
                                  .dates = q->dates,
                                  .timed = s->o->stats,
                                  .milliseconds = a->milliseconds};
    bool ok = !query.failed && dtl_render_end(&s->render, &summary, &s->out);
    dtl_buffer_release(&query);
    return ok ? DTL_OK : dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
}

enum dtl_status dtl_answer_render(struct dtl_session *s, struct dtl_answer *a,
                                  struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    struct dtl_arena article = {0};
    struct dtl_snippets *snippets = NULL;
    if (dtl_form_snippets(s->render.form) && s->o->snippet > 0 && a->result.hits > 0)
        st = dtl_snippets_open(&snippets, a->plan, a->q, err);
    if (s->render.form == DTL_FORM_COUNT)
        dtl_render_count(&s->render, a->result.total, &s->out);
    for (uint64_t i = 0; i < a->result.hits && st == DTL_OK; i++) {
        const struct dtl_hit *hit = &a->result.hit[i];
        struct dtl_row row = {
            .rank = s->o->offset + i + 1, .score = hit->score, .id = hit->id, .date = hit->date};
        if (dtl_form_loads(s->render.form))
            st = load_row(s, snippets, hit, &article, &row, err);
        if (st == DTL_OK)
            dtl_render_hit(&s->render, &row, &s->out);
        dtl_arena_reset(&article);
    }
    dtl_snippets_close(snippets);
    dtl_arena_release(&article);
    if (st == DTL_OK)
        st = render_end(s, a, err);
    if (st == DTL_OK && s->out.failed)
        st = dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    return st;
}

void dtl_answer_notes(struct dtl_session *s, const struct dtl_answer *a)
{
    for (const struct dtl_note *n = a->q->notes; n && s->talks; n = n->next)
        dtl_session_say(s, "%s", n->text);
}

void dtl_answer_close(struct dtl_answer *a)
{
    dtl_plan_close(a->plan);
    a->plan = NULL;
}
