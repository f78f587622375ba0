/*
 * resolve.c - the query's nodes to words: each WORD and PHRASE analysed as articles were, equal
 * words resolved once.
 */
#include "query/plan/fields.h"
#include "query/plan/window.h"

#include "common/base/hash.h"
#include "common/base/utf8.h"

#include <stdlib.h>

static enum dtl_status no_memory(struct dtl_error *err)
{
    return dtl_fail(err, DTL_ENOMEM, 0, "no memory for the query's words");
}

/* ---- tokens of one node ---- */

struct tokens {
    struct dtl_arena *arena;
    uint32_t base; /* of the positions of this piece of text */
    struct dtl_word *word;
    uint32_t n, room;
};

static enum dtl_status add_token(void *ctx, const struct dtl_token *t)
{
    struct tokens *k = ctx;
    /* halves of a word broken at a line's end were typed as such; a run's last character is for
     * prefixes */
    if (t->flags & (DTL_TOKEN_JOINED | DTL_TOKEN_UNIGRAM))
        return DTL_OK;
    if (k->n == k->room) {
        uint32_t room = k->room ? 2 * k->room : 4;
        struct dtl_word *more = dtl_arena_alloc(k->arena, room * sizeof *more);
        if (!more)
            return DTL_ENOMEM;
        if (k->n)
            memcpy(more, k->word, k->n * sizeof *more);
        k->word = more;
        k->room = room;
    }
    const char *form = dtl_arena_strndup(k->arena, (const char *)t->form.p, t->form.n);
    const char *folded = dtl_arena_strndup(k->arena, (const char *)t->folded.p, t->folded.n);
    if (!form || !folded)
        return DTL_ENOMEM;
    k->word[k->n] = (struct dtl_word){.form = dtl_bytes(form, t->form.n),
                                      .folded = dtl_bytes(folded, t->folded.n),
                                      .position = k->base + t->position};
    k->n++;
    return DTL_OK;
}

static enum dtl_status note_unigram(void *ctx, const struct dtl_token *t)
{
    *(bool *)ctx |= (t->flags & DTL_TOKEN_UNIGRAM) != 0;
    return DTL_OK;
}

/*
 * Is the form one Han or Kana character? Articles index runs as pairs, so it stands for all words
 * it begins. The analyzer is asked: written twice it makes a pair and a single one.
 */
enum dtl_status dtl_is_run_of_one(struct dtl_plan *p, struct dtl_bytes form, bool *yes,
                                  struct dtl_error *err)
{
    uint8_t twice[8];
    size_t at = 0;
    *yes = false;
    if (form.n < 2 || form.n > 4)
        return DTL_OK;
    dtl_utf8_next(form, &at);
    if (at != form.n)
        return DTL_OK;
    memcpy(twice, form.p, form.n);
    memcpy(twice + form.n, form.p, form.n);
    return dtl_analyze(*p->analyzer, dtl_bytes(twice, 2 * form.n), 0, 0, note_unigram, yes, NULL,
                       err);
}

/* ---- equal words are resolved once ---- */

static bool same_word(const struct dtl_word *a, const struct dtl_word *b)
{
    return a->exact == b->exact && a->prefix == b->prefix && a->title == b->title &&
           a->letter_case == b->letter_case && a->accents == b->accents && !a->like == !b->like &&
           a->edits == b->edits && dtl_bytes_equal(a->form, b->form);
}

static bool grow_seen(struct dtl_plan *p)
{
    uint32_t room = p->seen_room ? 2 * p->seen_room : 32;
    struct dtl_word **seen = dtl_arena_alloc(p->arena, room * sizeof(struct dtl_word *));
    if (!seen)
        return false;
    for (uint32_t i = 0; i < p->seen_room; i++) {
        if (!p->seen[i])
            continue;
        uint32_t at = (uint32_t)dtl_hash64(p->seen[i]->form, 0) & (room - 1);
        while (seen[at])
            at = (at + 1) & (room - 1);
        seen[at] = p->seen[i];
    }
    p->seen = seen;
    p->seen_room = room;
    return true;
}

static enum dtl_status resolve_once(struct dtl_plan *p, struct dtl_word *w, uint64_t at,
                                    struct dtl_error *err)
{
    if (2 * p->seen_count >= p->seen_room && !grow_seen(p))
        return no_memory(err);
    uint32_t slot = (uint32_t)dtl_hash64(w->form, 0) & (p->seen_room - 1);
    while (p->seen[slot] && !same_word(p->seen[slot], w))
        slot = (slot + 1) & (p->seen_room - 1);
    if (!p->seen[slot]) {
        struct dtl_word *fresh = dtl_arena_alloc(p->arena, sizeof *fresh);
        if (!fresh)
            return no_memory(err);
        *fresh = *w;
        enum dtl_status st = dtl_word_resolve(p, fresh, at, err);
        if (st < 0)
            return st;
        p->seen[slot] = fresh;
        p->seen_count++;
    }
    uint32_t position = w->position;
    *w = *p->seen[slot];
    w->position = position;
    return DTL_OK;
}

/* Does a star stand alone here? */
static bool is_gap(struct dtl_bytes text, size_t at)
{
    return text.p[at] == '*' && (at == 0 || text.p[at - 1] == ' ') &&
           (at + 1 == text.n || text.p[at + 1] == ' ');
}

/* The text of a phrase with gaps: pieces between lone stars, each star a position nobody takes. */
static enum dtl_status analyse_pieces(struct dtl_plan *p, struct dtl_bytes text, struct tokens *k,
                                      struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    for (size_t at = 0, end; at < text.n && st == DTL_OK; at = end + 1) {
        uint32_t positions = 0; /* of the piece: a run's last character takes one and is no word */
        for (end = at; end < text.n && !is_gap(text, end);)
            end++;
        st = dtl_analyze(*p->analyzer, dtl_bytes(text.p + at, end - at), 0, 0, add_token, k,
                         &positions, err);
        if (k->n) /* a gap before the first word says nothing */
            k->base += positions + (end < text.n);
    }
    return st;
}

static enum dtl_status resolve_node(struct dtl_plan *p, struct dtl_plan_node *x,
                                    struct dtl_error *err)
{
    const struct dtl_node *n = x->node;
    struct tokens k = {.arena = p->arena};
    if (!*p->analyzer) {
        enum dtl_status opened = dtl_analyzer_open(p->analyzer, err);
        if (opened < 0)
            return opened;
    }
    enum dtl_status st = n->wildcard ? dtl_pattern_words(p, n, &k.word, &k.n, err)
                         : n->gaps
                             ? analyse_pieces(p, n->text, &k, err)
                             : dtl_analyze(*p->analyzer, n->text, 0, 0, add_token, &k, NULL, err);
    uint32_t first = k.n ? k.word[0].position : 0;
    for (uint32_t i = 0; i < k.n && st == DTL_OK; i++) {
        struct dtl_word *w = &k.word[i];
        bool one = false;
        w->title = n->scope == DTL_SCOPE_TITLE;
        w->prefix |= n->prefix && i + 1 == k.n;
        if (n->fuzzy)
            st = dtl_pattern_fuzzy(p, w, n->fuzzy, err);
        if (!w->prefix)
            st = dtl_is_run_of_one(p, w->form, &one, err);
        w->prefix |= one;
        w->letter_case = n->letter_case;
        w->accents = n->accents;
        w->exact = !w->prefix && (n->exact || n->letter_case || n->accents ||
                                  (n->kind == DTL_NODE_PHRASE && !n->stemmed));
        w->position -= first;
        if (st == DTL_OK)
            st = resolve_once(p, w, n->begin, err);
    }
    x->words = (struct dtl_node_words){.word = k.word, .words = k.n};
    return st == DTL_ENOMEM ? no_memory(err) : st;
}

/* ---- the whole query ---- */

static uint32_t count_leaves(const struct dtl_node *n)
{
    uint32_t count = n->children == 0;
    for (uint32_t i = 0; i < n->children; i++)
        count += count_leaves(n->child[i]);
    return count;
}

static void collect_leaves(struct dtl_plan *p, const struct dtl_node *n)
{
    if (n->kind == DTL_NODE_WORD || n->kind == DTL_NODE_PHRASE)
        p->node[p->nodes++].node = n;
    if (n->kind == DTL_NODE_FIELD)
        p->field[p->fields++].node = n;
    for (uint32_t i = 0; i < n->children; i++)
        collect_leaves(p, n->child[i]);
}

static int by_address(const void *x, const void *y)
{
    uintptr_t a = (uintptr_t)((const struct dtl_plan_node *)x)->node;
    uintptr_t b = (uintptr_t)((const struct dtl_plan_node *)y)->node;
    return (a > b) - (a < b);
}

const struct dtl_node_words *dtl_plan_words(const struct dtl_plan *p, const struct dtl_node *n)
{
    struct dtl_plan_node key = {.node = n};
    const struct dtl_plan_node *x =
        p->nodes ? bsearch(&key, p->node, p->nodes, sizeof key, by_address) : NULL;
    return x && x->words.words ? &x->words : NULL;
}

/* Is there a positive word, other than stop words, that some article holds? Expansions count as
 * held: whether their forms are printed in live articles is not known here. */
static bool another_scores(const struct dtl_plan *p, const struct dtl_node *n)
{
    if (n->kind == DTL_NODE_NOT)
        return false;
    const struct dtl_node_words *words = dtl_plan_words(p, n);
    bool all_stop = true, all_held = words != NULL;
    for (uint32_t i = 0; words && i < words->words; i++) {
        all_stop &= words->word[i].stop;
        all_held &= words->word[i].df > 0 || words->word[i].prefix;
    }
    if (words && !all_stop && all_held)
        return true;
    uint32_t wanted = n->kind == DTL_NODE_NEAR && n->near == DTL_NEAR_NOT ? 1 : n->children;
    for (uint32_t i = 0; i < wanted; i++) {
        if (another_scores(p, n->child[i]))
            return true;
    }
    return false;
}

/* Does the node, or anything below it, say anything at all? */
static bool says_something(const struct dtl_plan *p, const struct dtl_node *n)
{
    if (n->kind == DTL_NODE_WORD || n->kind == DTL_NODE_PHRASE)
        return dtl_plan_words(p, n) != NULL;
    if (n->kind == DTL_NODE_ALL || n->kind == DTL_NODE_DATE || n->kind == DTL_NODE_FIELD ||
        n->kind == DTL_NODE_NUMBER || n->kind == DTL_NODE_CALENDAR || n->kind == DTL_NODE_ADDED)
        return true;
    for (uint32_t i = 0; i < n->children; i++) {
        if (says_something(p, n->child[i]))
            return true;
    }
    return false;
}

static bool asks_for_runs(const struct dtl_node *n)
{
    bool asks = n->kind == DTL_NODE_ADDED;
    for (uint32_t i = 0; i < n->children && !asks; i++)
        asks = asks_for_runs(n->child[i]);
    return asks;
}

static void choose_languages(struct dtl_plan *p)
{
    const uint64_t *docs = p->snap->lang_docs;
    for (unsigned lang = 0; lang < DTL_LANGS; lang++) {
        if (lang == 0 || docs[lang])
            p->lang[p->langs++] = (dtl_lang)lang;
        if (lang && docs[lang] && docs[lang] >= p->snap->docs / 10)
            p->stop_lang[p->stop_langs++] = (dtl_lang)lang;
    }
}

enum dtl_status dtl_plan_open(struct dtl_plan **out, struct dtl_snapshot *snap,
                              const struct dtl_query *q, uint32_t max_expand,
                              struct dtl_arena *arena, struct dtl_error *err)
{
    return dtl_plan_open_with(out, snap, q, max_expand, NULL, arena, err);
}

enum dtl_status dtl_plan_open_with(struct dtl_plan **out, struct dtl_snapshot *snap,
                                   const struct dtl_query *q, uint32_t max_expand,
                                   struct dtl_analyzer **analyzer, struct dtl_arena *arena,
                                   struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    struct dtl_plan *p = dtl_arena_alloc(arena, sizeof *p);
    if (!p)
        return no_memory(err);
    p->snap = snap;
    p->query = q;
    p->arena = arena;
    p->max_expand = max_expand;
    p->analyzer = analyzer ? analyzer : &p->own;
    p->title_weight = dtl_store_settings(snap->store)->title_weight;
    choose_languages(p);
    p->docs = snap->docs;
    p->average_words = snap->docs ? (double)snap->word_total / (double)snap->docs : 0;
    dtl_bm25_init(&p->bm25, snap->docs, snap->weighted_total);
    if (q->window_statistics && q->has_dates)
        st = dtl_plan_window_open(p, err);
    uint32_t leaves = count_leaves(q->root);
    p->node = dtl_arena_alloc(arena, (leaves + 1) * sizeof *p->node);
    p->field = dtl_arena_alloc(arena, (leaves + 1) * sizeof *p->field);
    if (st == DTL_OK && (!p->node || !p->field))
        st = no_memory(err);
    if (st < 0)
        goto out;
    collect_leaves(p, q->root);
    for (uint32_t i = 0; i < p->nodes && st == DTL_OK; i++)
        st = resolve_node(p, &p->node[i], err);
    for (uint32_t i = 0; i < p->fields && st == DTL_OK; i++)
        st = dtl_field_resolve(p, p->field[i].node, &p->field[i], err);
    if (st == DTL_OK && asks_for_runs(q->root))
        st = dtl_plan_runs(p, err);
    if (st < 0)
        goto out;
    qsort(p->node, p->nodes, sizeof *p->node, by_address);
    p->stops_score = q->all_words_score || !another_scores(p, q->root);
    if (!q->has_dates && !says_something(p, q->root)) {
        st = dtl_fail(err, DTL_EQUERY, 0, "nothing to search: the query holds no letter or digit");
        goto out;
    }
    *out = p;
    return DTL_OK;
out:
    dtl_plan_close(p);
    return st;
}

void dtl_plan_close(struct dtl_plan *p)
{
    if (!p)
        return;
    dtl_analyzer_close(p->own);
    p->own = NULL; /* the rest is the arena's */
}
