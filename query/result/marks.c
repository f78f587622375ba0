/*
 * marks.c - matching a query's words and phrases in a running text.
 *
 * A phrase is matched by shift-and: bit i of its state says that the last i + 1 positions were its
 * first i + 1 words, so a token costs a few machine words per phrase whatever came before, and a
 * text is read once. Joined halves of a broken word stand at no position of their own and are left
 * out of phrases, as they are in the index.
 */
#include "query/result/marks.h"

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

static bool collect(const struct dtl_plan *plan, const struct dtl_node *n, struct dtl_arena *arena,
                    struct dtl_leaves *l)
{
    if (n->kind == DTL_NODE_WORD || n->kind == DTL_NODE_PHRASE) {
        struct dtl_leaf *leaf = &l->leaf[l->leaves++];
        leaf->node = n;
        leaf->words = dtl_plan_words(plan, n);
        return set_up(leaf, arena);
    }
    bool ok = true;
    for (uint32_t i = 0; n->kind != DTL_NODE_NOT && i < n->children && ok; i++)
        ok = collect(plan, n->child[i], arena, l);
    return ok;
}

enum dtl_status dtl_leaves_of(const struct dtl_plan *plan, const struct dtl_query *q,
                              struct dtl_arena *arena, struct dtl_leaves *out,
                              struct dtl_error *err)
{
    struct dtl_leaves l = {0};
    uint32_t n = count_leaves(q->root);
    l.leaf = dtl_arena_alloc(arena, (n ? n : 1) * sizeof(struct dtl_leaf));
    if (!l.leaf || !collect(plan, q->root, arena, &l))
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    *out = l;
    return DTL_OK;
}

/* ---- one field ---- */

struct finder {
    struct dtl_leaves *l;
    struct dtl_buffer *marks, *starts;
    bool title;
    uint32_t position; /* of the last token that took one */
    bool any;
};

static void mark(struct finder *f, uint32_t leaf, uint32_t begin, uint32_t end)
{
    struct dtl_mark m = {begin, end, leaf};
    f->l->leaf[leaf].found = true;
    dtl_buffer_append(f->marks, &m, sizeof m);
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

static void step_phrase(struct finder *f, uint32_t at, const struct dtl_token *t)
{
    struct dtl_leaf *leaf = &f->l->leaf[at];
    uint32_t gap = f->any ? t->position - f->position - 1 : 0;
    for (uint32_t i = 0; i < gap && i < leaf->span; i++)
        shift(leaf, leaf->holes);
    memcpy(leaf->match, leaf->holes, leaf->chunks * sizeof(uint64_t));
    for (uint32_t i = 0; i < leaf->words->words; i++) {
        const struct dtl_word *w = &leaf->words->word[i];
        if (dtl_word_matches(w, t))
            leaf->match[w->position / 64] |= UINT64_C(1) << w->position % 64;
    }
    shift(leaf, leaf->match);
    leaf->starts[t->position % leaf->span] = t->begin;
    uint32_t last = leaf->span - 1;
    if (leaf->state[last / 64] >> last % 64 & 1)
        mark(f, at, leaf->starts[(t->position - last) % leaf->span], t->end);
}

static enum dtl_status on_token(void *ctx, const struct dtl_token *t)
{
    struct finder *f = ctx;
    bool joined = t->flags & DTL_TOKEN_JOINED;
    if (f->starts && (t->flags & DTL_TOKEN_SENTENCE))
        dtl_buffer_u32(f->starts, t->begin);
    for (uint32_t i = 0; i < f->l->leaves; i++) {
        struct dtl_leaf *leaf = &f->l->leaf[i];
        if (!leaf->words || leaf->words->words == 0 || (leaf->node->title && !f->title))
            continue;
        if (leaf->span > 1) {
            if (!joined)
                step_phrase(f, i, t);
        } else if (dtl_word_matches(&leaf->words->word[0], t)) {
            mark(f, i, t->begin, t->end);
        }
    }
    if (!joined) {
        f->position = t->position;
        f->any = true;
    }
    return f->marks->failed || (f->starts && f->starts->failed) ? DTL_ENOMEM : DTL_OK;
}

enum dtl_status dtl_marks_find(struct dtl_analyzer *analyzer, struct dtl_leaves *l,
                               struct dtl_bytes text, dtl_lang lang, bool title,
                               struct dtl_buffer *marks, struct dtl_buffer *starts,
                               struct dtl_error *err)
{
    struct finder f = {.l = l, .marks = marks, .starts = starts, .title = title};
    for (uint32_t i = 0; i < l->leaves; i++) /* no phrase crosses from one field to the next */
        if (l->leaf[i].state)
            memset(l->leaf[i].state, 0, l->leaf[i].chunks * sizeof(uint64_t));
    enum dtl_status st = dtl_analyze(analyzer, text, lang, 0, on_token, &f, NULL, err);
    if (st == DTL_ENOMEM)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    return st;
}

/* ---- which leaves satisfied the query ---- */

static bool date_holds(const struct dtl_node *n, const struct dtl_query *q, struct dtl_interval d)
{
    if (n->undated || !dtl_interval_dated(d))
        return n->undated && !dtl_interval_dated(d);
    if (q->within)
        return d.earliest >= n->range.earliest && d.latest <= n->range.latest;
    return d.earliest <= n->range.latest && d.latest >= n->range.earliest;
}

struct settling {
    struct dtl_leaves *l;
    const struct dtl_query *q;
    struct dtl_interval date;
    uint32_t next; /* leaves come in the order of the tree */
};

/* Leaves of a branch that fails count no more, whatever they found. */
static bool settle(struct settling *s, const struct dtl_node *n)
{
    uint32_t first = s->next, held = 0, needed = n->children;
    switch (n->kind) {
    case DTL_NODE_WORD:
    case DTL_NODE_PHRASE:
        s->l->leaf[s->next].counts = s->l->leaf[s->next].found;
        return s->l->leaf[s->next++].found;
    case DTL_NODE_ALL:
        return true;
    case DTL_NODE_NOT: /* its words have no leaves; the article was found, so take it as held */
        return true;
    case DTL_NODE_DATE:
        return date_holds(n, s->q, s->date);
    case DTL_NODE_OR:
        needed = 1;
        break;
    case DTL_NODE_QUORUM:
        needed = n->needed;
        break;
    case DTL_NODE_AND:
        break;
    }
    for (uint32_t i = 0; i < n->children; i++)
        held += settle(s, n->child[i]);
    if (held >= needed)
        return true;
    for (uint32_t i = first; i < s->next; i++)
        s->l->leaf[i].counts = false;
    return false;
}

void dtl_leaves_settle(struct dtl_leaves *l, const struct dtl_query *q, struct dtl_interval date)
{
    struct settling s = {.l = l, .q = q, .date = date};
    if (settle(&s, q->root))
        return;
    for (uint32_t i = 0; i < l->leaves; i++) /* should the two ever disagree, show what was found */
        l->leaf[i].counts = l->leaf[i].found;
}
