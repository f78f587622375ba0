/* answer.c - parse, plan, search. */
#include "query/answer.h"

#include "query/limit.h"
#include "query/result/feedback.h"

#include <stdlib.h>
#include <time.h>

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
    if (o->like && text.n == 0)
        text = DTL_LITERAL("*");
    enum dtl_status st = dtl_query_parse(text, &parse, a->arena, &a->q, err);
    if (st == DTL_OK)
        a->q->window_statistics = o->window_df;
    return st;
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
                                       .first_stage = o->no_proximity,
                                       .half_life = s->half_life,
                                       .today = s->clock.today,
                                       .spread = o->spread,
                                       .only = s->news ? s->news->segment : NULL};
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

enum dtl_status dtl_answer_expand(struct dtl_session *s, struct dtl_answer *a,
                                  struct dtl_error *err)
{
    struct dtl_search_options how = dtl_answer_options(s);
    struct dtl_plan *plan = NULL;
    if ((!s->o->expand && !s->o->like) || a->expanded)
        return DTL_OK;
    a->expanded = true;
    enum dtl_status st = dtl_plan_open(&plan, s->snap, a->q, s->o->max_expand, a->arena, err);
    if (st == DTL_OK && s->o->like)
        st = dtl_feedback_like(s->snap, plan, a->q, dtl_bytes_of(s->o->like), a->arena, err);
    if (st == DTL_NOTFOUND) {
        if (!s->o->quiet)
            dtl_session_say(s, "%s", err->text);
        dtl_plan_close(plan);
        return DTL_OK;
    }
    if (st == DTL_OK && s->o->like && s->o->expand) { /* of the articles like it */
        dtl_plan_close(plan);
        st = dtl_plan_open(&plan, s->snap, a->q, s->o->max_expand, a->arena, err);
    }
    if (st == DTL_OK && s->o->expand)
        st = dtl_feedback_expand(s->snap, plan, a->q, &how, s->o->match == DTL_MATCH_ANY, a->arena,
                                 err);
    dtl_plan_close(plan);
    return st;
}

enum dtl_status dtl_answer_search(struct dtl_session *s, const struct dtl_search_options *o,
                                  struct dtl_answer *a, struct dtl_error *err)
{
    struct dtl_search_options how = *o;
    uint32_t rounds = s->o->repeat;
    how.stop = how.stop ? how.stop : dtl_limit_over;
    double *took = calloc(rounds, sizeof *took);
    if (!took)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    enum dtl_status st = dtl_answer_expand(s, a, err);
    for (uint32_t i = 0; i < rounds && st == DTL_OK; i++) {
        struct dtl_arena scratch = {0};
        struct dtl_arena *arena = i + 1 < rounds ? &scratch : &a->page;
        double start = now_ms();
        dtl_plan_close(a->plan);
        a->plan = NULL;
        st = dtl_plan_open(&a->plan, s->snap, a->q, s->o->max_expand, arena, err);
        if (st == DTL_OK)
            st = dtl_search(s->snap, a->plan, a->q, &how, arena, &a->result, err);
        if (how.stop == dtl_limit_over && (st == DTL_END || (st == DTL_OK && dtl_limit_over(NULL))))
            st = dtl_limit_fail(err); /* the fastest walks do not ask on their way */
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

void dtl_answer_notes(struct dtl_session *s, const struct dtl_answer *a)
{
    for (const struct dtl_note *n = a->q->notes; n && s->talks; n = n->next)
        dtl_session_say(s, "%s", n->text);
}

void dtl_answer_close(struct dtl_answer *a)
{
    dtl_plan_close(a->plan);
    a->plan = NULL;
    a->result = (struct dtl_result){0};
    dtl_arena_release(&a->page);
}
