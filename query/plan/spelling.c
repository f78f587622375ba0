/* spelling.c - see spelling.h. */
#include "query/plan/spelling.h"

#include "common/base/utf8.h"
#include "common/segment/dead.h"
#include "common/segment/forms.h"
#include "query/plan/fields.h"

#include <stdlib.h>

#define SHORT_WORD 4u /* letters: two mistakes in one make another word of it */
#define FEW_WORDS  2u /* letters: so does one */

struct best { /* sorted, best first */
    struct dtl_plan *p;
    struct dtl_bytes word;
    struct dtl_suggestion *out;
    size_t n;
};

static bool same_start(struct dtl_bytes a, struct dtl_bytes b)
{
    size_t x = 0, y = 0;
    return a.n && b.n && dtl_utf8_next(a, &x) == dtl_utf8_next(b, &y);
}

static int compare(const struct best *b, const struct dtl_suggestion *x,
                   const struct dtl_suggestion *y)
{
    bool sx = same_start(x->text, b->word), sy = same_start(y->text, b->word);
    if (x->edits != y->edits)
        return x->edits < y->edits ? -1 : 1;
    if (sx != sy)
        return sx ? -1 : 1;
    if (x->df != y->df)
        return x->df > y->df ? -1 : 1;
    return dtl_bytes_compare(x->text, y->text);
}

/* Another segment's articles of one that is known, or a new one where it belongs. */
static enum dtl_status offer(struct best *b, struct dtl_bytes text, unsigned edits, uint64_t df)
{
    struct dtl_suggestion s = {.text = text, .edits = edits, .df = df};
    size_t at = 0;
    while (at < b->n && !dtl_bytes_equal(b->out[at].text, text))
        at++;
    if (at < b->n) {
        s.text = b->out[at].text;
        s.df += b->out[at].df;
        memmove(b->out + at, b->out + at + 1, (b->n - at - 1) * sizeof *b->out);
        b->n--;
    }
    at = b->n;
    while (at > 0 && compare(b, &s, &b->out[at - 1]) < 0)
        at--;
    if (at == DTL_SUGGESTIONS_MAX)
        return DTL_OK;
    if (s.text.p == text.p) {
        const char *copy = dtl_arena_strndup(b->p->arena, (const char *)text.p, text.n);
        if (!copy)
            return DTL_ENOMEM;
        s.text = dtl_bytes(copy, text.n);
    }
    size_t kept = b->n < DTL_SUGGESTIONS_MAX ? b->n : DTL_SUGGESTIONS_MAX - 1;
    memmove(b->out + at + 1, b->out + at, (kept - at) * sizeof *b->out);
    b->out[at] = s;
    b->n = kept + 1;
    return DTL_OK;
}

static unsigned edits_for(struct dtl_bytes word)
{
    unsigned letters = 0;
    for (size_t at = 0; at < word.n; letters++)
        dtl_utf8_next(word, &at);
    return letters <= FEW_WORDS ? 0 : letters <= SHORT_WORD ? 1 : DTL_EDITS_MAX;
}

/* ---- words ---- */

struct look {
    struct best best;
    struct dtl_segment *segment;
    struct dtl_arena scratch;
    struct dtl_automaton_walk *walk;
    int distance; /* of the form that passed last */
    struct dtl_stopwatch watch;
    struct dtl_error *err;
};

static enum dtl_status test_form(void *ctx, struct dtl_bytes word, size_t *dead)
{
    struct look *x = ctx;
    if (dtl_stopwatch_over(&x->watch))
        return DTL_END;
    return dtl_automaton_walk_distance(x->walk, word, dead) >= 0 ? DTL_OK : DTL_NOTFOUND;
}

static enum dtl_status take_form(void *ctx, struct dtl_bytes folded, const uint32_t *ordinals,
                                 size_t count)
{
    struct look *x = ctx;
    size_t dead = 0;
    int distance = dtl_automaton_walk_distance(x->walk, folded, &dead);
    uint64_t df = 0;
    if (distance <= 0 || memmem(folded.p, folded.n, "\xc2\xad", 2))
        return DTL_OK;
    for (size_t i = 0; i < count; i++) {
        struct dtl_term t;
        dtl_arena_reset(&x->scratch);
        enum dtl_status st = dtl_terms_at(x->segment, ordinals[i], &x->scratch, &t, x->err);
        if (st < 0)
            return st;
        uint32_t gone = dtl_dead_df(x->segment, t.ordinal);
        df += t.df > gone ? t.df - gone : 0;
    }
    return df ? offer(&x->best, folded, (unsigned)distance, df) : DTL_OK;
}

enum dtl_status dtl_spelling_of_word(struct dtl_plan *p, const struct dtl_word *w,
                                     struct dtl_stopwatch watch, struct dtl_suggestion *out,
                                     size_t *n, struct dtl_error *err)
{
    struct look x = {
        .best = {.p = p, .word = w->folded, .out = out},
          .watch = watch, .err = err
    };
    struct dtl_arena walk = {0};
    struct dtl_automaton a;
    enum dtl_status st = DTL_OK;
    *n = 0;
    if (w->prefix || edits_for(w->folded) == 0)
        return DTL_OK;
    dtl_automaton_init(&a, false, &walk);
    dtl_automaton_add_text(&a, w->folded);
    dtl_automaton_allow(&a, edits_for(w->folded));
    x.walk = dtl_automaton_walk_open(&a, &walk);
    if (!x.walk || a.failed)
        st = DTL_ENOMEM;
    for (size_t i = 0; i < p->snap->segments && st == DTL_OK; i++) {
        x.segment = &p->snap->segment[i];
        st = dtl_forms_passing(x.segment, (struct dtl_bytes){0}, test_form, &x, take_form, &x, err);
    }
    *n = x.best.n;
    dtl_arena_release(&walk);
    dtl_arena_release(&x.scratch);
    return st == DTL_ENOMEM ? dtl_fail(err, DTL_ENOMEM, 0, "no memory for suggestions") : st;
}

/* ---- values ---- */

enum dtl_status dtl_spelling_of_value(struct dtl_plan *p, const struct dtl_node *n,
                                      struct dtl_suggestion *out, size_t *count,
                                      struct dtl_error *err)
{
    const struct dtl_field_plan *f = dtl_plan_field(p, n);
    *count = 0;
    if (!f || n->wildcard || f->words != 1 || f->word[0].prefix || n->field == DTL_NODE_LANG ||
        edits_for(f->word[0].folded) == 0)
        return DTL_OK;
    struct dtl_word w = {.form = n->text, .folded = f->word[0].folded};
    struct best best = {.p = p, .word = w.folded, .out = out};
    enum dtl_status st = dtl_pattern_fuzzy(p, &w, edits_for(w.folded), err);
    if (st == DTL_OK)
        st = dtl_value_lists(p, &w, n, err);
    if (st == DTL_EQUERY) /* over the budget: nothing is suggested */
        return DTL_OK;
    for (size_t i = 0; i < p->snap->segments && st == DTL_OK; i++)
        for (uint32_t k = 0; k < w.in[i].count && st == DTL_OK; k++) {
            const struct dtl_term *t = w.in[i].list[k].term;
            int distance = dtl_automaton_distance(w.like, t->key.text);
            uint32_t gone = dtl_dead_df(&p->snap->segment[i], t->ordinal);
            if (distance > 0 && t->df > gone)
                st = offer(&best, t->key.text, (unsigned)distance, t->df - gone);
        }
    *count = best.n;
    return st == DTL_ENOMEM ? dtl_fail(err, DTL_ENOMEM, 0, "no memory for suggestions") : st;
}
