/*
 * literal.c - case: and accent:, which ask how a word was printed.
 *
 * Nothing is indexed twice for them: a term's printed forms stand in its dictionary entry, every
 * occurrence names its form, so the few forms that are printed as asked become the list's filter.
 */
#include "query/plan/plan.h"

#include "common/base/hash.h"

static enum dtl_status no_memory(struct dtl_error *err)
{
    return dtl_fail(err, DTL_ENOMEM, 0, "no memory for the query's words");
}

/* Where `form` is in the table, or the free slot where it belongs. */
static struct dtl_bytes *slot_of(struct dtl_bytes *table, uint32_t room, struct dtl_bytes form)
{
    uint32_t i = (uint32_t)dtl_hash64(form, 0) & (room - 1);
    while (table[i].p && !dtl_bytes_equal(table[i], form))
        i = (i + 1) & (room - 1);
    return &table[i];
}

static bool grow(struct dtl_plan *p, struct dtl_word *w)
{
    uint32_t room = w->printed_room ? 2 * w->printed_room : 8;
    struct dtl_bytes *table = dtl_arena_alloc(p->arena, room * sizeof *table);
    if (!table)
        return false;
    for (uint32_t i = 0; i < w->printed_room; i++)
        if (w->printed[i].p)
            *slot_of(table, room, w->printed[i]) = w->printed[i];
    w->printed = table;
    w->printed_room = room;
    return true;
}

static bool remember(struct dtl_plan *p, struct dtl_word *w, struct dtl_bytes form)
{
    if (2 * w->printed_count >= w->printed_room && !grow(p, w))
        return false;
    struct dtl_bytes *slot = slot_of(w->printed, w->printed_room, form);
    if (slot->p)
        return true;
    const char *copy = dtl_arena_strndup(p->arena, (const char *)form.p, form.n);
    if (!copy)
        return false;
    *slot = dtl_bytes(copy, form.n);
    w->printed_count++;
    return true;
}

enum dtl_status dtl_literal_holds(struct dtl_plan *p, struct dtl_word *w, struct dtl_bytes form,
                                  bool *holds, struct dtl_error *err)
{
    uint8_t asked[DTL_TERM_MAX], printed[DTL_TERM_MAX];
    struct dtl_bytes a = {0}, b = {0};
    struct dtl_analyzer *analyzer = dtl_plan_analyzer(p);
    if (!analyzer)
        return no_memory(err);
    enum dtl_status st =
        dtl_analyzer_literal(analyzer, form, w->letter_case, w->accents, printed, &b, err);
    if (st == DTL_OK && !w->printed_like)
        st = dtl_analyzer_literal(analyzer, w->form, w->letter_case, w->accents, asked, &a, err);
    if (st < 0)
        return st;
    *holds = w->printed_like ? dtl_automaton_accepts(w->printed_like, b)
             : w->prefix     ? dtl_bytes_starts(b, a)
                             : dtl_bytes_equal(a, b);
    return *holds && !remember(p, w, form) ? no_memory(err) : DTL_OK;
}

bool dtl_literal_known(const struct dtl_word *w, struct dtl_bytes form)
{
    return w->printed_count && slot_of(w->printed, w->printed_room, form)->p;
}
