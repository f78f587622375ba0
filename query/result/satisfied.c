/*
 * satisfied.c - which of the marks satisfied the query.
 *
 * Leaves of a branch that fails for the article count no more, whatever they found. Under NEAR and
 * its kin a mark counts where it stands: the spans of every node are worked out from below by the
 * functions the cursors use (query/cursor/extents.h), then, from above, those are chosen that lie
 * in a chosen span of the node around. The first is at least what the cursors did for this article,
 * and both are linear in the marks.
 */
#include "query/cursor/extents.h"
#include "query/plan/plan.h"
#include "query/result/marks.h"

struct choice { /* spans of a leaf whose marks are shown */
    struct dtl_extents spans;
    uint32_t at;
    bool made;
};

struct settling {
    struct dtl_finder *f;
    struct dtl_buffer *in_title, *in_body;
    struct dtl_interval date;
    uint32_t next;               /* leaves come in the order of the tree */
    struct dtl_extents *of_leaf; /* NULL until a node asks */
    struct choice *choice;       /* by leaf, with it */
    bool failed;
};

/* ---- spans of leaves ---- */

static bool keeps_order(const struct dtl_extent *v, uint32_t n, uint32_t begin)
{
    return n == 0 || begin > v[n - 1].begin;
}

static void add_spans(struct settling *s, const struct dtl_buffer *marks)
{
    const struct dtl_mark *m = (const struct dtl_mark *)(const void *)marks->p;
    for (size_t i = 0; i < marks->n / sizeof *m; i++) {
        struct dtl_extents *e = &s->of_leaf[m[i].leaf];
        struct dtl_extent *v = (struct dtl_extent *)(uintptr_t)e->v;
        if (keeps_order(v, e->n, m[i].first)) /* a joined word stands where its half does */
            v[e->n++] = (struct dtl_extent){m[i].first, m[i].last};
    }
}

static uint32_t *counts_of(struct settling *s)
{
    struct dtl_buffer *both[] = {s->in_title, s->in_body};
    uint32_t *count = dtl_arena_alloc(&s->f->scratch, (s->f->leaves.leaves + 1) * sizeof *count);
    for (int k = 0; k < 2 && count; k++) {
        const struct dtl_mark *m = (const struct dtl_mark *)(const void *)both[k]->p;
        for (size_t i = 0; i < both[k]->n / sizeof *m; i++)
            count[m[i].leaf]++;
    }
    return count;
}

static bool gather(struct settling *s)
{
    uint32_t leaves = s->f->leaves.leaves, *count = counts_of(s);
    s->of_leaf = dtl_arena_alloc(&s->f->scratch, (leaves + 1) * sizeof *s->of_leaf);
    s->choice = dtl_arena_alloc(&s->f->scratch, (leaves + 1) * sizeof *s->choice);
    if (!count || !s->of_leaf || !s->choice)
        return false;
    for (uint32_t i = 0; i < leaves; i++)
        if (!(s->of_leaf[i].v =
                  dtl_arena_take(&s->f->scratch, (count[i] + 1) * sizeof *s->of_leaf[i].v)))
            return false;
    add_spans(s, s->in_title);
    add_spans(s, s->in_body);
    return true;
}

/* The words of a phrase that may be spread, each with its positions. */
static bool loose_words(struct settling *s, const struct dtl_leaf *leaf,
                        struct dtl_loose_word *word)
{
    const struct dtl_loose_hit *hit = (const struct dtl_loose_hit *)(const void *)leaf->hits.p;
    size_t hits = leaf->hits.n / sizeof *hit;
    for (size_t i = 0; i < hits; i++)
        word[hit[i].word].at++;
    for (uint32_t i = 0; i < leaf->words->words; i++) {
        const struct dtl_word *w = leaf->words->word;
        uint32_t *room = dtl_arena_take(&s->f->scratch, (word[i].at + 1) * sizeof *room);
        if (!room)
            return false;
        word[i].positions = room;
        word[i].offset = w[i].position;
        for (uint32_t k = 0; k <= i; k++) /* equal words are counted by the first of them */
            if (w[k].in == w[i].in) {
                word[k].needed++;
                break;
            }
    }
    for (size_t i = 0; i < hits; i++) {
        struct dtl_loose_word *w = &word[hit[i].word];
        uint32_t *positions = (uint32_t *)(uintptr_t)w->positions;
        if (w->n == 0 || hit[i].position > positions[w->n - 1])
            positions[w->n++] = hit[i].position;
    }
    return true;
}

static struct dtl_extents loose_spans(struct settling *s, const struct dtl_leaf *leaf)
{
    const struct dtl_node *n = leaf->node;
    uint32_t words = leaf->words->words;
    struct dtl_extents none = {0};
    struct dtl_loose_word *word = dtl_arena_alloc(&s->f->scratch, words * sizeof *word);
    struct dtl_extent *out = dtl_arena_take(
        &s->f->scratch, (leaf->hits.n / sizeof(struct dtl_loose_hit) + 1) * sizeof *out);
    if (!word || !out || !loose_words(s, leaf, word)) {
        s->failed = true;
        return none;
    }
    for (uint32_t i = 0; i < words; i++)
        if (word[i].n == 0)
            return none;
    uint32_t count = n->any_order
                         ? dtl_extents_any_order(word, words, n->slop, s->f->title_words, out)
                         : dtl_extents_loose(word, words, n->slop, s->f->title_words, out);
    return (struct dtl_extents){out, count};
}

static struct dtl_extent *take(struct settling *s, uint64_t n)
{
    struct dtl_extent *v = dtl_arena_take(&s->f->scratch, (size_t)(n + 1) * sizeof *v);
    s->failed |= !v;
    return v;
}

/* As the cursors have it: lead, title or lead, first words. */
static struct dtl_extents in_scope(struct settling *s, const struct dtl_node *n,
                                   struct dtl_extents all)
{
    const struct dtl_finder *f = s->f;
    const uint32_t *start = (const uint32_t *)(const void *)f->paragraphs.p;
    struct dtl_extent *out = take(s, all.n);
    uint64_t end = UINT64_MAX;
    uint32_t kept = 0;
    if (!out)
        return (struct dtl_extents){0};
    if (n->scope == DTL_SCOPE_FIRST)
        end = (uint64_t)f->body + n->first;
    for (size_t i = 0; n->scope != DTL_SCOPE_FIRST && i < f->paragraphs.n / 4; i++)
        if (start[i] > f->body) {
            end = start[i];
            break;
        }
    if (n->scope == DTL_SCOPE_HLEAD)
        kept = dtl_extents_inside(all, 0, f->title_words, out);
    kept += dtl_extents_inside(all, f->body, end, out + kept);
    return (struct dtl_extents){out, kept};
}

static struct dtl_extents leaf_spans(struct settling *s, uint32_t at)
{
    const struct dtl_leaf *leaf = &s->f->leaves.leaf[at];
    struct dtl_extents all = leaf->loose ? loose_spans(s, leaf) : s->of_leaf[at];
    return leaf->node->scope > DTL_SCOPE_TITLE ? in_scope(s, leaf->node, all) : all;
}

/* ---- spans of nodes, from below ---- */

struct spans { /* of a node and those below it */
    struct dtl_extents here;
    bool says; /* it holds a word at all */
    uint32_t leaf;
    struct spans *child;
};

static void near_spans(struct settling *s, const struct dtl_node *n, struct spans *out)
{
    struct dtl_extents a = out->child[0].here, b = out->child[1].here;
    const struct dtl_buffer *marks =
        n->near == DTL_NEAR_SENTENCE ? &s->f->sentences : &s->f->paragraphs;
    uint32_t border = s->f->title_words, count;
    out->says = out->child[0].says || (out->child[1].says && n->near != DTL_NEAR_NOT);
    if (!out->child[0].says || !out->child[1].says) { /* the other stands for both */
        out->here = out->child[0].says || n->near == DTL_NEAR_NOT ? a : b;
        return;
    }
    struct dtl_extent *v = take(s, (uint64_t)a.n + b.n);
    if (!v)
        return;
    switch (n->near) {
    case DTL_NEAR_NOT:
        count = dtl_extents_not_near(a, b, n->distance, border, v);
        break;
    case DTL_NEAR_SENTENCE:
    case DTL_NEAR_PARAGRAPH:
        count = dtl_extents_together(a, b, (const uint32_t *)(const void *)marks->p,
                                     (uint32_t)(marks->n / 4), border, v);
        break;
    default:
        count = dtl_extents_near(a, b, n->near == DTL_NEAR_ORDERED, n->distance, border, v);
    }
    out->here = (struct dtl_extents){v, count};
}

/* By halves: a long list of alternatives costs its spans times few. */
static struct dtl_extents either(struct settling *s, const struct spans *child, uint32_t n)
{
    if (n < 2)
        return n ? child->here : (struct dtl_extents){0};
    struct dtl_extents a = either(s, child, n / 2), b = either(s, child + n / 2, n - n / 2);
    if (a.n == 0 || b.n == 0)
        return a.n ? a : b;
    struct dtl_extent *v = take(s, (uint64_t)a.n + b.n);
    return (struct dtl_extents){v, v ? dtl_extents_either(a, b, v) : 0};
}

static bool rise(struct settling *s, const struct dtl_node *n, struct spans *out)
{
    if (n->kind == DTL_NODE_WORD || n->kind == DTL_NODE_PHRASE) {
        const struct dtl_node_words *words = s->f->leaves.leaf[s->next].words;
        out->leaf = s->next++;
        out->says = words && words->words > 0;
        out->here = leaf_spans(s, out->leaf);
        return !s->failed;
    }
    out->child = dtl_arena_alloc(&s->f->scratch, (n->children + 1) * sizeof *out->child);
    s->failed |= !out->child;
    for (uint32_t i = 0; i < n->children && !s->failed; i++)
        rise(s, n->child[i], &out->child[i]);
    if (s->failed)
        return false;
    if (n->kind == DTL_NODE_NEAR) {
        near_spans(s, n, out);
    } else if (n->kind == DTL_NODE_ATLEAST) {
        out->here = out->child[0].here;
        out->says = out->child[0].says;
        if (out->here.n < n->needed)
            out->here.n = 0;
    } else {
        out->here = either(s, out->child, n->children);
        for (uint32_t i = 0; i < n->children; i++)
            out->says |= out->child[i].says;
    }
    return !s->failed;
}

/* ---- those that are chosen, from above ---- */

/* Those of `all` that lie in one of `around`. */
static struct dtl_extents within(struct settling *s, struct dtl_extents all,
                                 struct dtl_extents around)
{
    struct dtl_extent *v = take(s, all.n);
    uint32_t kept = 0, k = 0;
    for (uint32_t i = 0; v && i < all.n; i++) {
        while (k < around.n && around.v[k].end < all.v[i].end)
            k++;
        if (k < around.n && around.v[k].begin <= all.v[i].begin)
            v[kept++] = all.v[i];
    }
    return (struct dtl_extents){v, kept};
}

/* Marks of leaves that were asked for their places, and are not among the chosen ones, are out. */
static void choose_marks(struct settling *s, struct dtl_buffer *marks)
{
    struct dtl_mark *m = (struct dtl_mark *)(void *)marks->p;
    for (size_t i = 0; i < marks->n / sizeof *m; i++) {
        struct choice *c = &s->choice[m[i].leaf];
        if (!c->made)
            continue;
        while (c->at < c->spans.n && c->spans.v[c->at].begin < m[i].first)
            c->at++;
        m[i].out = c->at == c->spans.n || c->spans.v[c->at].begin != m[i].first ||
                   c->spans.v[c->at].end != m[i].last;
    }
}

/* A phrase that may be spread is marked from its first word to its last. */
static void mark_loose(struct settling *s, uint32_t at, struct dtl_extents chosen)
{
    const struct dtl_buffer *found = &s->f->leaves.leaf[at].hits;
    const struct dtl_loose_hit *hit = (const struct dtl_loose_hit *)(const void *)found->p;
    size_t hits = found->n / sizeof *hit, first = 0, last = 0;
    for (uint32_t k = 0; k < chosen.n; k++) {
        while (first < hits && hit[first].position < chosen.v[k].begin)
            first++;
        while (last < hits && hit[last].position < chosen.v[k].end)
            last++;
        if (first == hits || last == hits)
            return;
        struct dtl_mark m = {.begin = hit[first].begin,
                             .end = hit[last].end,
                             .leaf = at,
                             .first = chosen.v[k].begin,
                             .last = chosen.v[k].end};
        s->failed |= !dtl_buffer_append(m.first < s->f->title_words ? s->in_title : s->in_body, &m,
                                        sizeof m);
    }
}

static void fall(struct settling *s, const struct dtl_node *n, const struct spans *at,
                 struct dtl_extents around)
{
    struct dtl_extents chosen = within(s, at->here, around);
    if (s->failed)
        return;
    if (n->kind == DTL_NODE_WORD || n->kind == DTL_NODE_PHRASE) {
        if (s->f->leaves.leaf[at->leaf].loose)
            mark_loose(s, at->leaf, chosen);
        else
            s->choice[at->leaf] = (struct choice){.spans = chosen, .made = true};
        s->f->leaves.leaf[at->leaf].found = chosen.n > 0;
        s->f->leaves.leaf[at->leaf].counts = chosen.n > 0;
        return;
    }
    for (uint32_t i = 0; i < n->children; i++) {
        bool unwanted = i == 1 && n->kind == DTL_NODE_NEAR && n->near == DTL_NEAR_NOT;
        fall(s, n->child[i], &at->child[i], unwanted ? (struct dtl_extents){0} : chosen);
    }
}

static bool settle_placed(struct settling *s, const struct dtl_node *n)
{
    struct spans top = {0};
    if (!s->of_leaf && !gather(s))
        s->failed = true;
    if (s->failed || !rise(s, n, &top))
        return false;
    fall(s, n, &top, top.here);
    return top.here.n > 0;
}

/* ---- branches that hold ---- */

static bool date_holds(const struct dtl_node *n, const struct dtl_query *q, struct dtl_interval d)
{
    if (n->undated || !dtl_interval_dated(d))
        return n->undated && !dtl_interval_dated(d);
    if (q->within)
        return d.earliest >= n->range.earliest && d.latest <= n->range.latest;
    return d.earliest <= n->range.latest && d.latest >= n->range.earliest;
}

static bool settle(struct settling *s, const struct dtl_node *n)
{
    struct dtl_leaf *leaf = s->f->leaves.leaf;
    uint32_t first = s->next, held = 0, needed = n->children;
    if (dtl_node_is_placed(n))
        return settle_placed(s, n);
    switch (n->kind) {
    case DTL_NODE_WORD:
    case DTL_NODE_PHRASE:
        leaf[s->next].counts = leaf[s->next].found;
        return leaf[s->next++].found;
    case DTL_NODE_ALL:
        return true;
    case DTL_NODE_FIELD: /* filters have no leaves either */
    case DTL_NODE_NUMBER:
    case DTL_NODE_CALENDAR:
    case DTL_NODE_ADDED:
    case DTL_NODE_NOT: /* its words have no leaves; the article was found, so take it as held */
        return true;
    case DTL_NODE_DATE:
        return date_holds(n, s->f->q, s->date);
    case DTL_NODE_OR:
        needed = 1;
        break;
    case DTL_NODE_QUORUM:
        needed = n->needed;
        break;
    case DTL_NODE_AND:
    case DTL_NODE_NEAR: /* settled above */
    case DTL_NODE_ATLEAST:
        break;
    }
    for (uint32_t i = 0; i < n->children; i++)
        held += settle(s, n->child[i]);
    if (held >= needed)
        return true;
    for (uint32_t i = first; i < s->next; i++)
        leaf[i].counts = false;
    return false;
}

enum dtl_status dtl_finder_settle(struct dtl_finder *f, struct dtl_interval date,
                                  struct dtl_buffer *in_title, struct dtl_buffer *in_body,
                                  struct dtl_error *err)
{
    struct settling s = {.f = f, .in_title = in_title, .in_body = in_body, .date = date};
    bool held = settle(&s, f->q->root);
    for (uint32_t i = 0; i < f->leaves.leaves && !held; i++)
        f->leaves.leaf[i].counts = f->leaves.leaf[i].found; /* should the two ever disagree, show
                                                               what was found */
    if (s.choice && !s.failed) {
        choose_marks(&s, in_title);
        choose_marks(&s, in_body);
    }
    return s.failed ? dtl_fail(err, DTL_ENOMEM, 0, "out of memory") : DTL_OK;
}
