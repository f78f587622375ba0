/*
 * marks.c - matching a query's words and phrases in a running text.
 *
 * Nearly every word of an article says nothing to the query, so nearly every word must cost next to
 * nothing. The dictionary of the hit's segment lists all forms in which the query's terms were
 * printed; a sieve of their lengths and first bytes keeps the others from being looked up at all.
 * What passes is asked once a form, by the number the analyzer gave it, for all the hits.
 *
 * A phrase is matched by shift-and: bit i of its state says that the last i + 1 positions were its
 * first i + 1 words, so a token costs a few machine words per phrase whatever came before, and a
 * text is read once. A token that is no word of the phrase is to it what a position without a token
 * is. Joined halves of a broken word stand at no position of their own and are left out of phrases,
 * as they are in the index.
 */
#include "query/result/marks.h"

#include "common/segment/document.h"
#include "query/plan/plan.h"

#include <stdlib.h>

#define VERDICTS_FIRST 256u

struct dtl_verdict { /* {0}: free */
    uint32_t form;   /* plus one */
    uint32_t set;    /* plus one; 0: it says nothing */
};

static enum dtl_status no_memory(struct dtl_error *err)
{
    return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
}

/* ---- the leaves ---- */

static uint32_t count_leaves(const struct dtl_node *n)
{
    if (n->kind == DTL_NODE_WORD || n->kind == DTL_NODE_PHRASE)
        return 1;
    uint32_t leaves = 0;
    for (uint32_t i = 0; n->kind != DTL_NODE_NOT && i < n->children; i++)
        leaves += count_leaves(n->child[i]);
    return leaves;
}

static bool set_up(struct dtl_leaf *leaf, struct dtl_arena *arena)
{
    const struct dtl_node_words *w = leaf->words;
    leaf->loose = w && w->words > 1 && (leaf->node->slop > 0 || leaf->node->any_order);
    if (leaf->loose)
        return true;
    for (uint32_t i = 0; w && i < w->words; i++)
        if (w->word[i].position >= leaf->span)
            leaf->span = w->word[i].position + 1;
    if (leaf->span < 2)
        return true;
    leaf->chunks = (leaf->span + 63) / 64;
    leaf->state = dtl_arena_alloc(arena, leaf->chunks * sizeof(uint64_t));
    leaf->match = dtl_arena_alloc(arena, leaf->chunks * sizeof(uint64_t));
    leaf->holes = dtl_arena_alloc(arena, leaf->chunks * sizeof(uint64_t));
    leaf->starts = dtl_arena_alloc(arena, leaf->span * sizeof(uint32_t));
    if (!leaf->state || !leaf->match || !leaf->holes || !leaf->starts)
        return false;
    memset(leaf->holes, 0xff, leaf->chunks * sizeof(uint64_t));
    for (uint32_t i = 0; i < w->words; i++)
        leaf->holes[w->word[i].position / 64] &= ~(UINT64_C(1) << w->word[i].position % 64);
    return true;
}

static bool collect(struct dtl_finder *f, const struct dtl_node *n)
{
    f->places |= dtl_node_is_placed(n);
    if (n->kind == DTL_NODE_WORD || n->kind == DTL_NODE_PHRASE) {
        struct dtl_leaf *leaf = &f->leaves.leaf[f->leaves.leaves++];
        leaf->node = n;
        leaf->words = dtl_plan_words(f->plan, n);
        f->words += leaf->words ? leaf->words->words : 0;
        f->outside_titles |= leaf->words && leaf->words->words && n->scope != DTL_SCOPE_TITLE;
        return set_up(leaf, &f->arena);
    }
    bool ok = true;
    for (uint32_t i = 0; n->kind != DTL_NODE_NOT && i < n->children && ok; i++)
        ok = collect(f, n->child[i]);
    return ok;
}

/* ---- the sieve: words that cannot match as printed are not even looked up ---- */

static void admit_all(struct dtl_word_filter *v)
{
    memset(v, 0xff, sizeof *v);
}

static void admit(struct dtl_word_filter *v, struct dtl_bytes form)
{
    uint32_t bit = dtl_word_filter_bit(form.p, form.n, form.n);
    v->bits[bit / 64] |= UINT64_C(1) << bit % 64;
}

/* ASCII as printed, folded: the same bytes in either case. */
static void admit_folded(struct dtl_word_filter *v, const struct dtl_word *w)
{
    if (w->folded.n == 0) {
        admit_all(v);
    } else if (w->prefix) {
        uint8_t lower = w->folded.p[0];
        uint8_t upper = (uint8_t)(lower - 'a') < 26 ? (uint8_t)(lower - 32) : lower;
        v->first[lower / 64] |= UINT64_C(1) << lower % 64;
        v->first[upper / 64] |= UINT64_C(1) << upper % 64;
    } else {
        admit(v, w->folded);
    }
}

/* The segment's dictionary lists every form in which the word's terms were printed. */
static enum dtl_status admit_variants(struct dtl_finder *f, const struct dtl_word *w,
                                      size_t segment, struct dtl_arena *scratch,
                                      struct dtl_error *err)
{
    const struct dtl_word_lists *in = w->in ? &w->in[segment] : NULL;
    if (!in)
        admit_all(&f->sieve);
    for (uint32_t k = 0; in && k < in->count; k++) {
        const struct dtl_term *t = in->list[k].term;
        struct dtl_variant *variant = NULL;
        if (t->variants == 0) {
            admit_all(&f->sieve);
            continue;
        }
        enum dtl_status st = dtl_term_variants(t, scratch, &variant, err);
        if (st < 0)
            return st;
        for (uint32_t v = 0; v < t->variants; v++)
            if (variant[v].form.n)
                admit(&f->sieve, variant[v].form);
    }
    return DTL_OK;
}

static enum dtl_status make_sieve(struct dtl_finder *f, size_t segment, struct dtl_error *err)
{
    struct dtl_arena scratch = {0};
    enum dtl_status st = DTL_OK;
    memset(&f->sieve, 0, sizeof f->sieve);
    for (uint32_t i = 0; i < f->words && st == DTL_OK; i++) {
        const struct dtl_word *w = f->word[i].word;
        if (w->exact || w->prefix)
            admit_folded(&f->sieve, w);
        else
            st = admit_variants(f, w, segment, &scratch, err);
    }
    dtl_arena_release(&scratch);
    f->segment = st == DTL_OK ? segment : SIZE_MAX;
    return st;
}

/* ---- opening and closing ---- */

enum dtl_status dtl_finder_open(struct dtl_finder *f, struct dtl_plan *plan,
                                const struct dtl_query *q, struct dtl_error *err)
{
    *f = (struct dtl_finder){.plan = plan, .q = q, .segment = SIZE_MAX};
    uint32_t n = count_leaves(q->root), at = 0;
    f->leaves.leaf = dtl_arena_alloc(&f->arena, (n ? n : 1) * sizeof(struct dtl_leaf));
    bool ok = f->leaves.leaf && collect(f, q->root);
    f->chunks = f->words / 64 + 1;
    f->verdicts.room = VERDICTS_FIRST;
    f->verdicts.slot = ok && f->words ? calloc(VERDICTS_FIRST, sizeof *f->verdicts.slot) : NULL;
    f->word = ok ? dtl_arena_alloc(&f->arena, (f->words + 1) * sizeof *f->word) : NULL;
    if (!f->word || (f->words && !f->verdicts.slot)) {
        dtl_finder_close(f);
        return no_memory(err);
    }
    for (uint32_t l = 0; l < f->leaves.leaves; l++) {
        const struct dtl_node_words *w = f->leaves.leaf[l].words;
        for (uint32_t i = 0; w && i < w->words; i++)
            f->word[at++] = (struct dtl_marked_word){&w->word[i], l};
    }
    return DTL_OK;
}

void dtl_finder_close(struct dtl_finder *f)
{
    for (uint32_t i = 0; i < f->leaves.leaves; i++)
        dtl_buffer_release(&f->leaves.leaf[i].hits);
    free(f->verdicts.slot);
    dtl_buffer_release(&f->verdicts.sets);
    dtl_buffer_release(&f->sentences);
    dtl_buffer_release(&f->paragraphs);
    dtl_arena_release(&f->scratch);
    dtl_arena_release(&f->arena);
    *f = (struct dtl_finder){0};
}

enum dtl_status dtl_finder_begin(struct dtl_finder *f, size_t segment, struct dtl_error *err)
{
    for (uint32_t i = 0; i < f->leaves.leaves; i++) {
        f->leaves.leaf[i].found = f->leaves.leaf[i].counts = false;
        dtl_buffer_reset(&f->leaves.leaf[i].hits);
    }
    f->body = f->title_words = 0;
    dtl_buffer_reset(&f->sentences);
    dtl_buffer_reset(&f->paragraphs);
    dtl_arena_reset(&f->scratch);
    return segment == f->segment || f->words == 0 ? DTL_OK : make_sieve(f, segment, err);
}

/* ---- verdicts ---- */

static uint32_t slot_of(const struct dtl_verdicts *v, uint32_t form)
{
    uint32_t i = (form * UINT32_C(0x9e3779b1)) & (v->room - 1);
    while (v->slot[i].form && v->slot[i].form != form + 1)
        i = (i + 1) & (v->room - 1);
    return i;
}

static bool widen(struct dtl_verdicts *v)
{
    struct dtl_verdicts wide = *v;
    wide.room *= 2;
    wide.slot = calloc(wide.room, sizeof *wide.slot);
    if (!wide.slot)
        return false;
    for (uint32_t i = 0; i < v->room; i++)
        if (v->slot[i].form)
            wide.slot[slot_of(&wide, v->slot[i].form - 1)] = v->slot[i];
    free(v->slot);
    *v = wide;
    return true;
}

/* The set of words that match a form not asked about before, plus one; 0 for none. */
static bool ask(struct dtl_finder *f, const struct dtl_token *t, uint32_t *set)
{
    struct dtl_buffer *sets = &f->verdicts.sets;
    size_t begin = sets->n;
    bool any = false;
    *set = 0;
    if (!dtl_buffer_zeros(sets, f->chunks * sizeof(uint64_t)))
        return false;
    uint64_t *bits = (uint64_t *)(void *)(sets->p + begin);
    for (uint32_t i = 0; i < f->words; i++)
        if (dtl_word_matches(f->word[i].word, t)) {
            bits[i / 64] |= UINT64_C(1) << i % 64;
            any = true;
        }
    if (any)
        *set = (uint32_t)(begin / (f->chunks * sizeof(uint64_t))) + 1;
    else
        sets->n = begin;
    return true;
}

/* ---- one field ---- */

struct field {
    struct dtl_finder *f;
    const struct dtl_analyzer *analyzer;
    struct dtl_buffer *marks, *starts;
    uint32_t base; /* position of the field's first word in the article */
    bool title;
};

static void mark(struct field *x, uint32_t leaf, uint32_t begin, const struct dtl_instance *last)
{
    uint32_t position = x->base + last->position, span = x->f->leaves.leaf[leaf].span;
    struct dtl_mark m = {.begin = begin,
                         .end = last->end,
                         .leaf = leaf,
                         .first = position - (span > 1 ? span - 1 : 0),
                         .last = position};
    x->f->leaves.leaf[leaf].found = true;
    dtl_buffer_append(x->marks, &m, sizeof m);
}

/* Move the state one position on; `match` says what that position holds. */
static void shift(struct dtl_leaf *leaf, const uint64_t *match)
{
    uint64_t carry = 1;
    for (uint32_t i = 0; i < leaf->chunks; i++) {
        uint64_t next = leaf->state[i] >> 63;
        leaf->state[i] = (leaf->state[i] << 1 | carry) & match[i];
        carry = next;
    }
}

/* The leaf's words that match are in leaf->match. */
static void step_phrase(struct field *x, uint32_t at, const struct dtl_instance *h)
{
    struct dtl_leaf *leaf = &x->f->leaves.leaf[at];
    uint32_t gap = leaf->any ? h->position - leaf->position - 1 : h->position;
    uint32_t last = leaf->span - 1;
    for (uint32_t i = 0; i < gap && i < leaf->span; i++)
        shift(leaf, leaf->holes);
    shift(leaf, leaf->match);
    leaf->starts[h->position % leaf->span] = h->begin;
    leaf->position = h->position;
    leaf->any = true;
    leaf->here = false;
    if (leaf->state[last / 64] >> last % 64 & 1)
        mark(x, at, leaf->starts[(h->position - last) % leaf->span], h);
}

/* A token that is a word of the query. */
static void take(struct field *x, const struct dtl_instance *h, const uint64_t *set)
{
    struct dtl_finder *f = x->f;
    uint32_t stepping = f->leaves.leaves; /* the phrase whose words are being gathered */
    for (uint32_t c = 0; c < f->chunks; c++)
        for (uint64_t left = set[c]; left; left &= left - 1) {
            const struct dtl_marked_word *w = &f->word[64 * c + (uint32_t)__builtin_ctzll(left)];
            struct dtl_leaf *leaf = &f->leaves.leaf[w->leaf];
            if (leaf->node->scope == DTL_SCOPE_TITLE && !x->title)
                continue;
            if (leaf->loose) {
                struct dtl_loose_hit hit = {(uint32_t)(w->word - leaf->words->word),
                                            x->base + h->position, h->begin, h->end};
                dtl_buffer_append(&leaf->hits, &hit, sizeof hit);
                continue;
            }
            if (leaf->span < 2) {
                mark(x, w->leaf, h->begin, h);
                continue;
            }
            if (h->flags & DTL_TOKEN_JOINED)
                continue;
            if (stepping != w->leaf && stepping < f->leaves.leaves) /* words come by leaf */
                step_phrase(x, stepping, h);
            stepping = w->leaf;
            if (!leaf->here)
                memcpy(leaf->match, leaf->holes, leaf->chunks * sizeof(uint64_t));
            leaf->here = true;
            leaf->match[w->word->position / 64] |= UINT64_C(1) << w->word->position % 64;
        }
    if (stepping < f->leaves.leaves)
        step_phrase(x, stepping, h);
}

static bool note_starts(struct field *x, const struct dtl_instance *h)
{
    bool paragraph = h->flags & DTL_TOKEN_PARAGRAPH;
    if (paragraph && !dtl_buffer_u32(&x->f->paragraphs, x->base + h->position))
        return false;
    return !(paragraph || (h->flags & DTL_TOKEN_SENTENCE)) ||
           dtl_buffer_u32(&x->f->sentences, x->base + h->position);
}

static enum dtl_status on_instances(void *ctx, const struct dtl_instance *instances, size_t n)
{
    struct field *x = ctx;
    struct dtl_finder *f = x->f;
    struct dtl_verdicts *v = &f->verdicts;
    uint64_t epoch = dtl_analyzer_epoch(x->analyzer);
    if (v->epoch != epoch) { /* the numbers mean other forms now */
        memset(v->slot, 0, v->room * sizeof *v->slot);
        v->used = 0;
        v->epoch = epoch;
    }
    for (size_t i = 0; i < n; i++) {
        const struct dtl_instance *h = &instances[i];
        if (x->starts && (h->flags & DTL_TOKEN_SENTENCE))
            dtl_buffer_u32(x->starts, h->begin);
        if (f->places && !(h->flags & DTL_TOKEN_JOINED) && !note_starts(x, h))
            return DTL_ENOMEM;
        if (h->form == DTL_INSTANCE_UNREAD)
            continue;
        uint32_t at = slot_of(v, h->form);
        if (!v->slot[at].form) {
            struct dtl_token t;
            uint32_t set = 0;
            if (v->used >= v->room / 8 * 5) {
                if (!widen(v))
                    return DTL_ENOMEM;
                at = slot_of(v, h->form);
            }
            dtl_analyzer_token(x->analyzer, h, &t);
            if (!ask(f, &t, &set))
                return DTL_ENOMEM;
            v->slot[at] = (struct dtl_verdict){h->form + 1, set};
            v->used++;
        }
        if (v->slot[at].set)
            take(x, h,
                 (const uint64_t *)(const void *)v->sets.p +
                     (size_t)(v->slot[at].set - 1) * f->chunks);
    }
    return x->marks->failed || (x->starts && x->starts->failed) ? DTL_ENOMEM : DTL_OK;
}

enum dtl_status dtl_marks_find(struct dtl_finder *f, struct dtl_bytes text, dtl_lang lang,
                               bool title, struct dtl_buffer *marks, struct dtl_buffer *starts,
                               struct dtl_error *err)
{
    if (f->words == 0 || text.n == 0 || (!title && !f->outside_titles))
        return DTL_OK;
    struct dtl_analyzer *analyzer = dtl_plan_analyzer(f->plan);
    struct field x = {.f = f,
                      .analyzer = analyzer,
                      .marks = marks,
                      .starts = starts,
                      .base = title ? 0 : f->body,
                      .title = title};
    if (!analyzer)
        return no_memory(err);
    for (uint32_t i = 0; i < f->leaves.leaves; i++) { /* no phrase crosses into another field */
        struct dtl_leaf *leaf = &f->leaves.leaf[i];
        leaf->any = false;
        if (leaf->state)
            memset(leaf->state, 0, leaf->chunks * sizeof(uint64_t));
    }
    enum dtl_status st;
    if (title && f->places) { /* whoever asks for places wants to know how many words it has */
        st = dtl_analyze_instances(analyzer, text, lang, 0, on_instances, &x, &f->title_words, err);
        f->body = f->title_words ? f->title_words + DTL_FIELD_GAP : 0;
    } else {
        st = dtl_analyze_sifted(analyzer, text, lang, &f->sieve, on_instances, &x, err);
    }
    return st == DTL_ENOMEM ? no_memory(err) : st;
}
