/*
 * pattern.c - words with * and ? in them, and words with mistakes, as automata.
 *
 * Where a word ends is the analyzer's business alone. It is shown the text with U+034F in the place
 * of each mark, a character that is part of whatever it follows and is dropped from the word, and
 * says which bytes each word was printed in; the marks among them, or touching them, are its own.
 */
#include "query/plan/plan.h"

#include "common/base/utf8.h"

#define JOINER "\xcd\x8f" /* U+034F */

static enum dtl_status no_memory(struct dtl_error *err)
{
    return dtl_fail(err, DTL_ENOMEM, 0, "no memory for the query's words");
}

static bool is_mark(uint8_t c)
{
    return c == '*' || c == '?';
}

/* ---- what the analyzer sees ---- */

struct span { /* of the text as written */
    uint32_t begin, end, position;
    struct dtl_bytes form, folded;
};

struct spans {
    struct dtl_arena *arena;
    const uint32_t *origin; /* of each byte shown, its byte as written */
    struct span *span;
    uint32_t n, room;
};

static enum dtl_status add_span(void *ctx, const struct dtl_token *t)
{
    struct spans *x = ctx;
    if (t->flags & (DTL_TOKEN_JOINED | DTL_TOKEN_UNIGRAM))
        return DTL_OK;
    if (x->n == x->room) {
        uint32_t room = x->room ? 2 * x->room : 4;
        struct span *more = dtl_arena_alloc(x->arena, room * sizeof *more);
        if (!more)
            return DTL_ENOMEM;
        if (x->n)
            memcpy(more, x->span, x->n * sizeof *more);
        x->span = more;
        x->room = room;
    }
    const char *form = dtl_arena_strndup(x->arena, (const char *)t->form.p, t->form.n);
    const char *folded = dtl_arena_strndup(x->arena, (const char *)t->folded.p, t->folded.n);
    if (!form || !folded)
        return DTL_ENOMEM;
    x->span[x->n++] = (struct span){.begin = x->origin[t->begin],
                                    .end = x->origin[t->end],
                                    .position = t->position,
                                    .form = dtl_bytes(form, t->form.n),
                                    .folded = dtl_bytes(folded, t->folded.n)};
    return DTL_OK;
}

static enum dtl_status divide(struct dtl_plan *p, struct dtl_bytes text, struct spans *out,
                              struct dtl_error *err)
{
    uint8_t *shown = dtl_arena_take(p->arena, 2 * text.n + 1);
    uint32_t *origin = dtl_arena_take(p->arena, (2 * text.n + 1) * sizeof *origin);
    size_t n = 0;
    if (!shown || !origin)
        return no_memory(err);
    for (size_t i = 0; i < text.n; i++) {
        bool mark = is_mark(text.p[i]);
        for (size_t k = 0; k < (mark ? 2u : 1u); k++) {
            origin[n] = (uint32_t)i;
            shown[n++] = mark ? (uint8_t)JOINER[k] : text.p[i];
        }
    }
    origin[n] = (uint32_t)text.n;
    *out = (struct spans){.arena = p->arena, .origin = origin};
    enum dtl_status st =
        dtl_analyze(*p->analyzer, dtl_bytes(shown, n), 0, 0, add_span, out, NULL, err);
    return st == DTL_ENOMEM ? no_memory(err) : st;
}

/* ---- automata ---- */

/* Letters as forms have them: folded, or of `n` with case: or accent: as it wants them. */
static enum dtl_status letters_of(struct dtl_plan *p, struct dtl_bytes text,
                                  const struct dtl_node *literal, struct dtl_bytes *out,
                                  struct dtl_error *err)
{
    struct dtl_bytes nfc = {0};
    enum dtl_status st = dtl_nfc(*p->analyzer, text, p->arena, &nfc, err);
    if (st < 0)
        return st;
    if (!literal)
        return dtl_fold(*p->analyzer, nfc, p->arena, out, err);
    uint8_t *room = dtl_arena_take(p->arena, DTL_TERM_MAX);
    if (!room)
        return no_memory(err);
    return dtl_analyzer_literal(*p->analyzer, nfc, literal->letter_case, literal->accents, room,
                                out, err);
}

static enum dtl_status add_elements(struct dtl_plan *p, struct dtl_bytes text,
                                    const struct dtl_node *literal, struct dtl_automaton *a,
                                    struct dtl_error *err)
{
    for (size_t at = 0; at < text.n;) {
        if (is_mark(text.p[at])) {
            dtl_automaton_add(a, text.p[at++] == '*' ? DTL_ELEMENT_MANY : DTL_ELEMENT_ANY, 0);
            continue;
        }
        size_t from = at;
        while (at < text.n && !is_mark(text.p[at]))
            at++;
        struct dtl_bytes letters = {0};
        enum dtl_status st =
            letters_of(p, dtl_bytes(text.p + from, at - from), literal, &letters, err);
        if (st < 0)
            return st;
        dtl_automaton_add_text(a, letters);
    }
    return a->failed ? no_memory(err) : DTL_OK;
}

enum dtl_status dtl_pattern_elements(struct dtl_plan *p, struct dtl_bytes text,
                                     struct dtl_automaton *a, struct dtl_error *err)
{
    return add_elements(p, text, NULL, a, err);
}

static enum dtl_status as_pattern(struct dtl_plan *p, struct dtl_word *w, struct dtl_bytes text,
                                  const struct dtl_node *n, struct dtl_error *err)
{
    bool literal = n->letter_case || n->accents;
    struct dtl_automaton *a = dtl_arena_alloc(p->arena, sizeof *a);
    struct dtl_automaton *printed = literal ? dtl_arena_alloc(p->arena, sizeof *printed) : NULL;
    if (!a || (literal && !printed))
        return no_memory(err);
    dtl_automaton_init(a, false, p->arena);
    enum dtl_status st = add_elements(p, text, NULL, a, err);
    if (st == DTL_OK && literal) {
        dtl_automaton_init(printed, false, p->arena);
        st = add_elements(p, text, n, printed, err);
    }
    w->form = text;
    w->folded = dtl_automaton_head(a);
    w->prefix = true;
    w->like = a;
    w->printed_like = printed;
    return st;
}

enum dtl_status dtl_pattern_fuzzy(struct dtl_plan *p, struct dtl_word *w, unsigned edits,
                                  struct dtl_error *err)
{
    struct dtl_automaton *a = dtl_arena_alloc(p->arena, sizeof *a);
    if (!a)
        return no_memory(err);
    dtl_automaton_init(a, false, p->arena);
    dtl_automaton_add_text(a, w->folded);
    dtl_automaton_allow(a, edits);
    w->folded = dtl_automaton_head(a);
    w->prefix = true;
    w->like = a;
    w->edits = a->edits;
    return a->failed ? no_memory(err) : DTL_OK;
}

/* ---- words ---- */

/* Give each word the marks that touch it, those between two to the first. A mark that touches none
 * stands for a word of its own: later ones stand one further on. */
static void attach_marks(struct dtl_bytes text, struct spans *x)
{
    uint32_t done = 0, further = 0; /* bytes that belong to words so far; words marks stand for */
    for (uint32_t i = 0; i < x->n; i++) {
        struct span *s = &x->span[i];
        bool alone = false;
        while (s->begin > done && is_mark(text.p[s->begin - 1]))
            s->begin--;
        for (uint32_t at = done; at < s->begin; at++) {
            bool mark = is_mark(text.p[at]);
            further += i > 0 && mark && !alone;
            alone = mark;
        }
        while (s->end < text.n && is_mark(text.p[s->end]))
            s->end++;
        s->position += further;
        done = s->end;
    }
}

static enum dtl_status of_pairs(const struct dtl_node *n, struct dtl_error *err)
{
    return dtl_fail(err, DTL_EQUERY, n->begin,
                    "Chinese and Japanese words are indexed as pairs of characters: * stands at "
                    "the beginning or the end of a run, ? beside a single character; divide the "
                    "word by blanks");
}

/* A pattern sees one pair: of more than a character it may say how they begin or end, no more. */
static enum dtl_status check_pair(struct dtl_plan *p, const struct span *s, struct dtl_bytes own,
                                  const struct dtl_node *n, struct dtl_error *err)
{
    size_t first = 0;
    bool run = false;
    dtl_utf8_next(s->form, &first);
    enum dtl_status st = dtl_is_run_of_one(p, dtl_bytes(s->form.p, first), &run, err);
    if (st < 0 || !run || first == s->form.n)
        return st;
    while (own.n && own.p[0] == '*')
        own = dtl_bytes(own.p + 1, own.n - 1);
    while (own.n && own.p[own.n - 1] == '*')
        own.n--;
    bool inner = memchr(own.p, '*', own.n) || memchr(own.p, '?', own.n);
    return inner ? of_pairs(n, err) : DTL_OK;
}

enum dtl_status dtl_pattern_words(struct dtl_plan *p, const struct dtl_node *n,
                                  struct dtl_word **out, uint32_t *count, struct dtl_error *err)
{
    struct dtl_bytes text = n->text;
    struct spans x;
    enum dtl_status st = divide(p, text, &x, err);
    if (st < 0)
        return st;
    struct dtl_word *word = dtl_arena_alloc(p->arena, (x.n + 1) * sizeof *word);
    if (!word)
        return no_memory(err);
    for (uint32_t i = 1; i < x.n; i++)
        if (x.span[i].begin < x.span[i - 1].end)
            return of_pairs(n, err);
    attach_marks(text, &x);
    for (uint32_t i = 0; i < x.n && st == DTL_OK; i++) {
        struct span *s = &x.span[i];
        struct dtl_bytes own = dtl_bytes(text.p + s->begin, s->end - s->begin);
        word[i] = (struct dtl_word){.form = s->form,
                                    .folded = s->folded,
                                    .position = s->position - (i ? x.span[0].position : 0)};
        if (i == 0)
            word[i].position = 0;
        if (memchr(own.p, '*', own.n) || memchr(own.p, '?', own.n))
            st = check_pair(p, s, own, n, err);
        if (st == DTL_OK && (memchr(own.p, '*', own.n) || memchr(own.p, '?', own.n)))
            st = as_pattern(p, &word[i], own, n, err);
    }
    *out = word;
    *count = x.n;
    return st;
}
