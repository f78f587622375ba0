/*
 * words.c - what every word of a query means in the whole archive: terms, statistics, the lists in
 * each segment.
 *
 * Answers depend on live articles alone, never on how they were fed. A stem in a language without
 * live articles has no live postings, so asking for it does no harm; but a form may be in a
 * segment's dictionary for dead articles' sake, and would lead to a term the word does not stand
 * for any more. Such a term is taken only when a live article prints the form (`lives`).
 */
#include "query/plan/plan.h"
#include "query/plan/window.h"

#include "common/segment/dead.h"
#include "common/segment/forms.h"
#include "common/segment/variant_list.h"

#include <stdlib.h>

static const struct dtl_bytes soft_hyphen = {(const uint8_t *)"\xc2\xad", 2};

/* The index's test of `=word`, quotes and prefixes: a printed form, folded. Joined halves hold
 * U+00AD. */
static bool form_matches(const struct dtl_word *w, struct dtl_bytes folded)
{
    if (!w->prefix)
        return dtl_bytes_equal(folded, w->folded);
    return dtl_bytes_starts(folded, w->folded) &&
           !memmem(folded.p, folded.n, soft_hyphen.p, soft_hyphen.n) &&
           (!w->like || dtl_automaton_accepts(w->like, folded));
}

bool dtl_word_matches(const struct dtl_word *w, const struct dtl_token *t)
{
    if (w->letter_case || w->accents)
        return form_matches(w, t->folded) && dtl_literal_known(w, t->form);
    if (w->exact || w->prefix)
        return form_matches(w, t->folded);
    struct dtl_term_key key = {
        .field = w->title ? DTL_FIELD_TITLE : DTL_FIELD_TEXT, .lang = t->lang, .text = t->term};
    uint32_t from = 0, to = w->key_count;
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        int c = dtl_term_key_compare(&w->keys[middle], &key);
        if (c == 0)
            return true;
        if (c < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return false;
}

static enum dtl_status no_memory(struct dtl_error *err)
{
    return dtl_fail(err, DTL_ENOMEM, 0, "no memory for the query's words");
}

struct dtl_analyzer *dtl_plan_analyzer(struct dtl_plan *p)
{
    if (!*p->analyzer && dtl_analyzer_open(p->analyzer, NULL) < 0)
        *p->analyzer = NULL;
    return *p->analyzer;
}

/* ---- keys: a growing array, sorted and made distinct at the end ---- */

struct keys {
    struct dtl_term_key *key;
    uint32_t n, room;
};

static bool keys_hold(const struct keys *k, const struct dtl_term_key *key)
{
    for (uint32_t i = 0; i < k->n; i++) {
        if (dtl_term_key_compare(&k->key[i], key) == 0)
            return true;
    }
    return false;
}

/* What looking the forms up found in each segment: a key need not be looked up again. */
struct known {
    const struct dtl_term *term;
    uint32_t segment;
};
struct finds {
    struct known *known;
    uint32_t n, room;
};

static bool finds_add(struct finds *f, struct dtl_arena *arena, uint32_t segment,
                      const struct dtl_term *t)
{
    if (f->n == f->room) {
        uint32_t room = f->room ? 2 * f->room : 8;
        struct known *more = dtl_arena_take(arena, room * sizeof *more);
        if (!more)
            return false;
        if (f->n)
            memcpy(more, f->known, f->n * sizeof *more);
        f->known = more;
        f->room = room;
    }
    f->known[f->n++] = (struct known){t, segment};
    return true;
}

static const struct dtl_term *finds_of(const struct finds *f, uint32_t segment,
                                       const struct dtl_term_key *key)
{
    for (uint32_t i = 0; i < f->n; i++)
        if (f->known[i].segment == segment &&
            dtl_term_key_compare(&f->known[i].term->key, key) == 0)
            return f->known[i].term;
    return NULL;
}

static bool keys_add(struct keys *k, struct dtl_arena *arena, const struct dtl_term_key *key)
{
    if (k->n == k->room) {
        uint32_t room = k->room ? 2 * k->room : 8;
        struct dtl_term_key *more = dtl_arena_alloc(arena, room * sizeof *more);
        if (!more)
            return false;
        if (k->n)
            memcpy(more, k->key, k->n * sizeof *more);
        k->key = more;
        k->room = room;
    }
    const char *text = dtl_arena_strndup(arena, (const char *)key->text.p, key->text.n);
    if (!text)
        return false;
    k->key[k->n] = *key;
    k->key[k->n++].text = dtl_bytes(text, key->text.n);
    return true;
}

static int by_key(const void *a, const void *b)
{
    return dtl_term_key_compare(a, b);
}

static void keys_sort(struct keys *k)
{
    if (k->n == 0)
        return;
    qsort(k->key, k->n, sizeof *k->key, by_key);
    uint32_t kept = 1;
    for (uint32_t i = 1; i < k->n; i++) {
        if (dtl_term_key_compare(&k->key[kept - 1], &k->key[i]) != 0)
            k->key[kept++] = k->key[i];
    }
    k->n = kept;
}

/* ---- variants ---- */

enum passing { PASS_NONE, PASS_SOME, PASS_ALL };

/* Which of the term's printed forms match; *filter a bit for each when some do. */
static enum dtl_status filter_of(struct dtl_plan *p, struct dtl_word *w, const struct dtl_term *t,
                                 struct dtl_arena *arena, enum passing *passing,
                                 const uint8_t **filter, struct dtl_error *err)
{
    struct dtl_arena scratch = {0};
    struct dtl_variant *variant = NULL;
    uint32_t matching = 0;
    uint8_t *bits = NULL;
    enum dtl_status st = DTL_OK;
    bool literal = w->letter_case || w->accents;
    if (w->prefix && !literal && !w->like && t->variants &&
        dtl_bytes_starts(t->key.text, w->folded) &&
        dtl_variant_list_keeps(t->variant_list, t->key.text.n, w->folded.n)) {
        *passing = PASS_ALL; /* most of an expansion */
        *filter = NULL;
        return DTL_OK;
    }
    if (t->variants > 0)
        st = dtl_term_variants(t, &scratch, &variant, err);
    if (st != DTL_OK)
        goto out;
    bits = dtl_arena_alloc(arena, t->variants / 8 + 1);
    if (!bits) {
        st = no_memory(err);
        goto out;
    }
    for (uint32_t v = 0; v < t->variants && st == DTL_OK; v++) {
        bool matches = form_matches(w, variant[v].folded);
        if (matches && literal)
            st = dtl_literal_holds(p, w, variant[v].form, &matches, err);
        if (st == DTL_OK && matches) {
            bits[v >> 3] |= (uint8_t)(1u << (v & 7));
            matching++;
        }
    }
    *passing = matching == 0 ? PASS_NONE : matching == t->variants ? PASS_ALL : PASS_SOME;
    *filter = *passing == PASS_SOME ? bits : NULL;
out:
    dtl_arena_release(&scratch);
    return st;
}

/* Does a live article of the segment print the word's folded form for this term? */
static enum dtl_status lives(struct dtl_plan *plan, const struct dtl_word *w, struct dtl_segment *s,
                             const struct dtl_term *t, bool *alive, struct dtl_error *err)
{
    struct dtl_arena scratch = {0};
    struct dtl_postings p = {0};
    struct dtl_word form = {.folded = w->folded, .exact = true};
    enum passing passing = PASS_NONE;
    const uint8_t *filter = NULL;
    enum dtl_status st = filter_of(plan, &form, t, &scratch, &passing, &filter, err);
    bool found = false;
    if (st == DTL_OK && passing != PASS_NONE)
        st = dtl_postings_open(&p, s, t, &scratch, err);
    for (dtl_doc target = 0; st == DTL_OK && passing != PASS_NONE && !found;) {
        st = dtl_postings_seek(&p, target, err);
        for (uint32_t i = 0; st == DTL_OK && i < p.count && !found; i++) {
            if (dtl_is_dead(s, p.docs[i]))
                continue;
            const uint32_t *positions = NULL, *variants = NULL;
            uint32_t n = 0;
            found = passing == PASS_ALL;
            if (!found)
                st = dtl_postings_positions(&p, i, &positions, &n, err);
            if (!found && st == DTL_OK)
                st = dtl_postings_variants(&p, i, &variants, err);
            for (uint32_t k = 0; st == DTL_OK && k < n && !found; k++)
                found = filter[variants[k] >> 3] >> (variants[k] & 7) & 1;
        }
        if (p.last == DTL_DOC_END)
            break;
        target = p.last + 1;
    }
    dtl_postings_release(&p);
    dtl_arena_release(&scratch);
    if (st < 0)
        return st;
    *alive = found;
    return DTL_OK;
}

/* ---- from a word to its terms ---- */

static enum dtl_status stems(struct dtl_plan *p, const struct dtl_word *w, struct keys *keys,
                             struct dtl_error *err)
{
    for (uint32_t i = 0; i < p->langs; i++) {
        struct dtl_term_key key = {.field = DTL_FIELD_TEXT};
        enum dtl_status st =
            dtl_analyzer_term(*p->analyzer, w->form, p->lang[i], &key.text, &key.lang, err);
        if (st < 0)
            return st;
        if (key.text.n && !keys_hold(keys, &key) && !keys_add(keys, p->arena, &key))
            return no_memory(err);
    }
    return DTL_OK;
}

/* Terms printed as the word in any segment. */
static enum dtl_status forms(struct dtl_plan *p, const struct dtl_word *w, struct keys *keys,
                             struct finds *finds, struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    for (uint32_t i = 0; i < p->snap->segments && st == DTL_OK; i++) {
        struct dtl_segment *s = &p->snap->segment[i];
        struct dtl_term *t = NULL;
        size_t n = 0;
        st = dtl_forms_terms(s, w->folded, p->arena, &t, &n, err);
        for (size_t k = 0; k < n && st == DTL_OK; k++) {
            bool alive = true;
            if (!finds_add(finds, p->arena, i, &t[k]))
                return no_memory(err);
            if (keys_hold(keys, &t[k].key))
                continue;
            if (s->dead)
                st = lives(p, w, s, &t[k], &alive, err);
            if (st == DTL_OK && alive && !keys_add(keys, p->arena, &t[k].key))
                st = no_memory(err);
        }
    }
    return st;
}

static bool lists_add(struct dtl_word_lists *in, uint32_t *room, struct dtl_arena *arena,
                      const struct dtl_term *t, const uint8_t *filter)
{
    if (in->count == *room) {
        uint32_t more_room = *room ? 2 * *room : 4;
        struct dtl_word_list *more = dtl_arena_alloc(arena, more_room * sizeof *more);
        if (!more)
            return false;
        if (in->count)
            memcpy(more, in->list, in->count * sizeof *more);
        in->list = more;
        *room = more_room;
    }
    in->list[in->count++] = (struct dtl_word_list){.term = t, .filter = filter};
    return true;
}

/* Keep the list of a term found in segment `s` as far as the word's forms allow, and count its
 * documents. */
static enum dtl_status keep(struct dtl_plan *p, struct dtl_word *w, struct dtl_segment *s,
                            const struct dtl_term *t, struct dtl_word_lists *in, uint32_t *room,
                            struct dtl_error *err)
{
    enum passing passing = PASS_ALL;
    const uint8_t *filter = NULL;
    uint64_t df = 0;
    if (p->window && !w->prefix) { /* an expansion's df weighs nothing */
        enum dtl_status st = dtl_plan_window_df(p, (size_t)(s - p->snap->segment), t, &df, err);
        if (st < 0)
            return st;
    } else {
        uint32_t dead = dtl_dead_df(s, t->ordinal);
        df = t->df > dead ? t->df - dead : 0;
    }
    w->df += df;
    if (w->exact || w->prefix) {
        enum dtl_status st = filter_of(p, w, t, p->arena, &passing, &filter, err);
        if (st < 0)
            return st;
    }
    if (passing != PASS_NONE && !lists_add(in, room, p->arena, t, filter))
        return no_memory(err);
    return DTL_OK;
}

/* The term of `key` in the segment; *out NULL when it has none. */
static enum dtl_status find(struct dtl_plan *p, struct dtl_segment *s,
                            const struct dtl_term_key *key, const struct dtl_term **out,
                            struct dtl_error *err)
{
    struct dtl_term found, *copy;
    enum dtl_status st = dtl_terms_find(s, key, p->arena, &found, err);
    *out = NULL;
    if (st != DTL_OK)
        return st == DTL_NOTFOUND ? DTL_OK : st;
    if (!(copy = dtl_arena_take(p->arena, sizeof found)))
        return no_memory(err);
    *copy = found;
    *out = copy;
    return DTL_OK;
}

static enum dtl_status lists_of_keys(struct dtl_plan *p, struct dtl_word *w,
                                     const struct finds *finds, struct dtl_word_lists *in,
                                     struct dtl_error *err)
{
    for (uint32_t k = 0; k < w->key_count; k++)
        for (size_t i = 0; i < p->snap->segments; i++)
            dtl_terms_prefetch(&p->snap->segment[i], &w->keys[k]);
    for (uint32_t i = 0; i < p->snap->segments; i++) {
        uint32_t room = 0;
        for (uint32_t k = 0; k < w->key_count; k++) {
            const struct dtl_term *t = finds_of(finds, i, &w->keys[k]);
            enum dtl_status st = t ? DTL_OK : find(p, &p->snap->segment[i], &w->keys[k], &t, err);
            if (st == DTL_OK && t)
                st = keep(p, w, &p->snap->segment[i], t, &in[i], &room, err);
            if (st < 0)
                return st;
        }
    }
    return DTL_OK;
}

/* ---- expansions ---- */

static int by_u32(const void *x, const void *y)
{
    uint32_t a = dtl_load32(x), b = dtl_load32(y);
    return (a > b) - (a < b);
}

/* Sort and make distinct; returns how many are left. */
static size_t sort_ordinals(uint32_t *ordinal, size_t n)
{
    size_t kept = n > 0;
    for (size_t i = 1; i < n; i++)
        if (ordinal[i] < ordinal[i - 1]) {
            qsort(ordinal, n, sizeof *ordinal, by_u32);
            break;
        }
    for (size_t i = 1; i < n; i++)
        if (ordinal[i] != ordinal[kept - 1])
            ordinal[kept++] = ordinal[i];
    return kept;
}

/* Keep the lists of the terms with these ordinals in one segment. */
static enum dtl_status expansion_lists(struct dtl_plan *p, struct dtl_word *w, uint32_t *ordinal,
                                       size_t n, struct dtl_segment *s, struct keys *keys,
                                       struct dtl_word_lists *in, struct dtl_error *err)
{
    uint32_t room = 0;
    n = sort_ordinals(ordinal, n);
    struct dtl_term *term = dtl_arena_take(p->arena, n * sizeof *term + 1);
    if (!term)
        return no_memory(err);
    enum dtl_status st = dtl_terms_at_many(s, ordinal, n, p->arena, term, err);
    for (size_t k = 0; k < n && st == DTL_OK; k++) {
        const struct dtl_term *t = &term[k];
        if (w->title) {
            struct dtl_term_key key = t->key;
            key.field = DTL_FIELD_TITLE;
            st = find(p, s, &key, &t, err);
        }
        if (st == DTL_OK && t)
            st = keep(p, w, s, t, in, &room, err);
        if (st == DTL_OK && t && !keys_add(keys, p->arena, &t->key))
            st = no_memory(err);
    }
    return st;
}

static enum dtl_status resolve_expansion(struct dtl_plan *p, struct dtl_word *w, uint64_t at,
                                         struct dtl_word_lists *in, struct dtl_error *err)
{
    struct dtl_expansion x = {0};
    struct keys keys = {0};
    enum dtl_status st = dtl_expand(p, w, at, &x, err); /* counted before any list */
    uint32_t *ordinal = (void *)x.ordinals.p;
    for (size_t i = 0; i < p->snap->segments && st == DTL_OK; i++)
        st = expansion_lists(p, w, ordinal ? ordinal + x.end[i] : NULL, x.end[i + 1] - x.end[i],
                             &p->snap->segment[i], &keys, &in[i], err);
    keys_sort(&keys);
    w->keys = keys.key;
    w->key_count = keys.n;
    w->forms = x.forms;
    w->sample = x.sample;
    dtl_buffer_release(&x.ordinals);
    return st;
}

/* ---- one word ---- */

static bool is_stop(const struct dtl_plan *p, const struct dtl_word *w)
{
    for (uint32_t i = 0; i < p->stop_langs; i++) {
        if (dtl_is_stopword(w->folded, p->stop_lang[i]))
            return true;
    }
    return false;
}

enum dtl_status dtl_word_resolve(struct dtl_plan *p, struct dtl_word *w, uint64_t at,
                                 struct dtl_error *err)
{
    struct keys keys = {0};
    struct finds finds = {0};
    enum dtl_status st = DTL_OK;
    struct dtl_word_lists *in = dtl_arena_alloc(p->arena, (p->snap->segments + 1) * sizeof *in);
    if (!in)
        return no_memory(err);
    w->df = 0;
    if (w->prefix) {
        st = resolve_expansion(p, w, at, in, err);
    } else {
        if (!w->exact)
            st = stems(p, w, &keys, err);
        if (st == DTL_OK)
            st = forms(p, w, &keys, &finds, err);
        for (uint32_t k = 0; k < keys.n && w->title; k++)
            keys.key[k].field = DTL_FIELD_TITLE;
        keys_sort(&keys);
        w->keys = keys.key;
        w->key_count = keys.n;
        if (st == DTL_OK)
            st = lists_of_keys(p, w, &finds, in, err);
    }
    if (st < 0)
        return st;
    w->df = w->df < p->docs ? w->df : p->docs;
    w->stop = !w->exact && !w->prefix && is_stop(p, w);
    w->in = in;
    return DTL_OK;
}
