/*
 * literal.c - case: and accent:, which ask how a word was printed.
 *
 * Nothing is indexed twice for them: a term's printed forms stand in its dictionary entry, every
 * occurrence names its form, so the few forms that are printed as asked become the list's filter.
 */
#include "query/plan/plan.h"

static enum dtl_status no_memory(struct dtl_error *err)
{
    return dtl_fail(err, DTL_ENOMEM, 0, "no memory for the query's words");
}

static bool remember(struct dtl_plan *p, struct dtl_word *w, struct dtl_bytes form)
{
    if (dtl_literal_known(w, form))
        return true;
    if (w->printed_count == w->printed_room) {
        uint32_t room = w->printed_room ? 2 * w->printed_room : 4;
        struct dtl_bytes *more = dtl_arena_alloc(p->arena, room * sizeof *more);
        if (!more)
            return false;
        if (w->printed_count)
            memcpy(more, w->printed, w->printed_count * sizeof *more);
        w->printed = more;
        w->printed_room = room;
    }
    const char *copy = dtl_arena_strndup(p->arena, (const char *)form.p, form.n);
    if (!copy)
        return false;
    w->printed[w->printed_count++] = dtl_bytes(copy, form.n);
    return true;
}

enum dtl_status dtl_literal_holds(struct dtl_plan *p, struct dtl_word *w, struct dtl_bytes form,
                                  bool *holds, struct dtl_error *err)
{
    uint8_t asked[DTL_TERM_MAX], printed[DTL_TERM_MAX];
    struct dtl_bytes a, b;
    struct dtl_analyzer *analyzer = dtl_plan_analyzer(p);
    if (!analyzer)
        return no_memory(err);
    enum dtl_status st =
        dtl_analyzer_literal(analyzer, w->form, w->letter_case, w->accents, asked, &a, err);
    if (st == DTL_OK)
        st = dtl_analyzer_literal(analyzer, form, w->letter_case, w->accents, printed, &b, err);
    if (st < 0)
        return st;
    *holds = w->prefix ? dtl_bytes_starts(b, a) : dtl_bytes_equal(a, b);
    return *holds && !remember(p, w, form) ? no_memory(err) : DTL_OK;
}

bool dtl_literal_known(const struct dtl_word *w, struct dtl_bytes form)
{
    for (uint32_t i = 0; i < w->printed_count; i++)
        if (dtl_bytes_equal(w->printed[i], form))
            return true;
    return false;
}
