/*
 * places.c - one cursor for all that combine places: children, a walk over documents that may
 * match, and the spans of the document where it stands.
 */
#include "query/cursor/places.h"

#include "common/segment/document.h"
#include "common/segment/terms.h"
#include "query/cursor/list.h"

enum what { NEAR, ATLEAST, EITHER, SCOPE, LOOSE };

struct distinct { /* positions without repetitions */
    uint32_t *v, room;
};

struct placed {
    struct dtl_cursor c;
    enum what what;
    struct dtl_cursor **child; /* of LOOSE: distinct words */
    uint32_t children;
    struct dtl_cursor *walk;  /* documents that may match */
    struct dtl_cursor *marks; /* where sentences or paragraphs begin; NULL: nowhere */
    enum dtl_near near;
    enum dtl_scope scope;
    uint32_t distance, needed, first, slop;
    bool any_order;
    struct dtl_loose_word *word; /* LOOSE, with `words` parallel to the phrase's */
    uint32_t *child_of;          /* LOOSE: the child that is word i */
    struct distinct *distinct;   /* LOOSE: scratch of each word */
    uint32_t words;
    struct dtl_extent *own; /* spans made here */
    uint32_t own_room;
    struct dtl_extent *spare; /* EITHER: to merge into, turn by turn with `own` */
    uint32_t spare_room;
    struct dtl_extents *set; /* EITHER: of the children here */
    dtl_doc at;              /* document of `here`; DTL_DOC_END: none */
    struct dtl_extents here;
};

/* Positions of a word as spans, for whoever has no spans of its own. */
struct dtl_word_extents {
    struct dtl_extent *v;
    uint32_t room;
};

static bool room(struct dtl_cursor_context *ctx, struct dtl_extent **v, uint32_t *have, uint64_t n)
{
    if (n <= *have)
        return true;
    uint64_t more = n < 32 ? 64 : 2 * n;
    struct dtl_extent *p =
        more < UINT32_MAX ? dtl_arena_alloc(ctx->arena, (size_t)more * sizeof *p) : NULL;
    if (!p) {
        dtl_cursor_fail(ctx, dtl_fail(ctx->err, DTL_ENOMEM, 0, "no memory for places"));
        return false;
    }
    *v = p;
    *have = (uint32_t)more;
    return true;
}

struct dtl_extents dtl_cursor_extents(struct dtl_cursor *c)
{
    struct dtl_extents out = {0};
    if (c->ops->extents) {
        out.n = c->ops->extents(c, &out.v);
        return out;
    }
    const uint32_t *positions = NULL;
    uint32_t n = c->ops->positions(c, &positions), kept = 0;
    if (!c->places && !(c->places = dtl_arena_alloc(c->ctx->arena, sizeof *c->places))) {
        dtl_cursor_fail(c->ctx, dtl_fail(c->ctx->err, DTL_ENOMEM, 0, "no memory for places"));
        return out;
    }
    if (!room(c->ctx, &c->places->v, &c->places->room, n))
        return out;
    for (uint32_t i = 0; i < n; i++)
        if (kept == 0 || positions[i] > c->places->v[kept - 1].end)
            c->places->v[kept++] = (struct dtl_extent){positions[i], positions[i]};
    return (struct dtl_extents){c->places->v, kept};
}

/* ---- the spans of a document, by kind ---- */

static struct dtl_extents child_spans(struct placed *p, uint32_t i, dtl_doc doc)
{
    bool here = dtl_cursor_seek(p->child[i], doc) == doc;
    return here ? dtl_cursor_extents(p->child[i]) : (struct dtl_extents){0};
}

/* Rising positions of the marks in `doc`. */
static uint32_t marks_at(struct placed *p, dtl_doc doc, const uint32_t **positions)
{
    if (!p->marks || dtl_cursor_seek(p->marks, doc) != doc)
        return 0;
    return p->marks->ops->positions(p->marks, positions);
}

static uint32_t near_spans(struct placed *p, dtl_doc doc, uint32_t border)
{
    struct dtl_extents a = child_spans(p, 0, doc), b = child_spans(p, 1, doc);
    const uint32_t *starts = NULL;
    if (!room(p->c.ctx, &p->own, &p->own_room, (uint64_t)a.n + b.n))
        return 0;
    if (p->near == DTL_NEAR_NOT)
        return dtl_extents_not_near(a, b, p->distance, border, p->own);
    if (p->near == DTL_NEAR_ANY || p->near == DTL_NEAR_ORDERED)
        return dtl_extents_near(a, b, p->near == DTL_NEAR_ORDERED, p->distance, border, p->own);
    uint32_t n = marks_at(p, doc, &starts);
    return dtl_extents_together(a, b, starts, n, border, p->own);
}

/* Two by two, then two by two of these: many alternatives cost their spans times few. */
static struct dtl_extents merged(struct placed *p, struct dtl_extents *set, uint32_t n)
{
    struct dtl_extent *into = p->own, *other = p->spare;
    while (n > 1) {
        uint32_t kept = 0, at = 0;
        for (uint32_t i = 0; i < n; i += 2) {
            struct dtl_extents a = set[i], b = {0};
            if (i + 1 < n)
                b = set[i + 1];
            set[kept++] = (struct dtl_extents){into + at, dtl_extents_either(a, b, into + at)};
            at += a.n + b.n;
        }
        n = kept;
        struct dtl_extent *spent = other; /* what was read is free now */
        other = into;
        into = spent;
    }
    return n ? set[0] : (struct dtl_extents){0};
}

static struct dtl_extents either_spans(struct placed *p, dtl_doc doc)
{
    uint64_t total = 0;
    uint32_t n = 0;
    for (uint32_t i = 0; i < p->children; i++) {
        struct dtl_extents one = child_spans(p, i, doc);
        total += one.n;
        if (one.n)
            p->set[n++] = one;
    }
    if (n > 1 && (!room(p->c.ctx, &p->own, &p->own_room, total) ||
                  !room(p->c.ctx, &p->spare, &p->spare_room, total)))
        return (struct dtl_extents){0};
    return merged(p, p->set, n);
}

static uint32_t scope_spans(struct placed *p, dtl_doc doc, uint32_t title)
{
    struct dtl_extents all = child_spans(p, 0, doc);
    uint32_t body = title ? title + DTL_FIELD_GAP : 0, n = 0;
    uint64_t end = UINT64_MAX;
    const uint32_t *starts = NULL;
    if (!room(p->c.ctx, &p->own, &p->own_room, (uint64_t)all.n + 1))
        return 0;
    if (p->scope == DTL_SCOPE_FIRST) {
        end = (uint64_t)body + p->first;
    } else {
        uint32_t marks = marks_at(p, doc, &starts), i = 0;
        while (i < marks && starts[i] <= body)
            i++;
        end = i < marks ? starts[i] : UINT64_MAX;
    }
    if (p->scope == DTL_SCOPE_HLEAD)
        n = dtl_extents_inside(all, 0, title, p->own);
    return n + dtl_extents_inside(all, body, end, p->own + n);
}

static uint32_t loose_spans(struct placed *p, uint32_t border)
{
    uint64_t most = 0;
    for (uint32_t i = 0; i < p->words; i++) {
        struct dtl_loose_word *w = &p->word[i];
        struct dtl_cursor *c = p->child[p->child_of[i]];
        w->n = c->ops->positions(c, &w->positions);
        most += w->n;
        if (w->n == 0)
            return 0;
        /* an article may print two terms of one word at one place: count it once */
        uint32_t kept = 1;
        for (uint32_t k = 1; k < w->n; k++)
            kept += w->positions[k] != w->positions[k - 1];
        if (kept == w->n)
            continue;
        if (!dtl_positions_room(p->c.ctx, &p->distinct[i].v, &p->distinct[i].room, kept))
            return 0;
        uint32_t n = 0, *distinct = p->distinct[i].v;
        for (uint32_t k = 0; k < w->n; k++)
            if (k == 0 || w->positions[k] != w->positions[k - 1])
                distinct[n++] = w->positions[k];
        w->positions = distinct;
        w->n = n;
    }
    if (!room(p->c.ctx, &p->own, &p->own_room, most))
        return 0;
    return p->any_order ? dtl_extents_any_order(p->word, p->words, p->slop, border, p->own)
                        : dtl_extents_loose(p->word, p->words, p->slop, border, p->own);
}

/* ---- as a cursor ---- */

static bool look(struct placed *p, dtl_doc doc)
{
    uint32_t border = dtl_cursor_title_words(p->c.ctx, doc), n = 0;
    p->at = doc;
    p->here = (struct dtl_extents){0};
    switch (p->what) {
    case NEAR:
        n = near_spans(p, doc, border);
        break;
    case ATLEAST:
        p->here = child_spans(p, 0, doc);
        if (p->here.n < p->needed)
            p->here.n = 0;
        return p->here.n > 0;
    case EITHER:
        p->here = either_spans(p, doc);
        return p->here.n > 0;
    case SCOPE:
        n = scope_spans(p, doc, border);
        break;
    case LOOSE:
        n = loose_spans(p, border);
        break;
    }
    p->here = (struct dtl_extents){p->own, n};
    return n > 0;
}

static dtl_doc placed_seek(struct dtl_cursor *c, dtl_doc target)
{
    struct placed *p = (struct placed *)c;
    for (;; target++) {
        target = dtl_cursor_seek(p->walk, target);
        if (target == DTL_DOC_END || look(p, target))
            return target;
        if (c->ctx->status != DTL_OK)
            return DTL_DOC_END;
    }
}

static uint32_t placed_spans(struct dtl_cursor *c, const struct dtl_extent **out)
{
    struct placed *p = (struct placed *)c;
    *out = p->here.v;
    return p->at == c->doc ? p->here.n : 0;
}

static uint64_t placed_tf(struct dtl_cursor *c)
{
    struct placed *p = (struct placed *)c;
    uint32_t title = dtl_cursor_title_words(c->ctx, c->doc);
    uint64_t tf = 0;
    for (uint32_t i = 0; i < p->here.n; i++)
        tf += p->here.v[i].begin < title ? c->ctx->title_weight : 1;
    return tf;
}

static struct placed *placed_new(struct dtl_cursor_context *ctx, enum what what,
                                 struct dtl_cursor *const *child, uint32_t n)
{
    static const struct dtl_cursor_ops ops = {
        .seek = placed_seek, .tf = placed_tf, .extents = placed_spans};
    struct placed *p = dtl_cursor_new(ctx, sizeof *p, &ops, 0);
    if (!p)
        return NULL;
    p->what = what;
    p->at = DTL_DOC_END;
    p->c.slow = true;
    p->children = n;
    p->child = dtl_arena_alloc(ctx->arena, (n + 1) * sizeof(struct dtl_cursor *));
    if (!p->child) {
        dtl_cursor_fail(ctx, dtl_fail(ctx->err, DTL_ENOMEM, 0, "no memory for places"));
        return NULL;
    }
    memcpy(p->child, child, n * sizeof(struct dtl_cursor *));
    return p;
}

/* Walk what all children (any: some child) match. The children are shared with the walk, which
 * moves them; they are only asked where it stands. */
static struct dtl_cursor *walking(struct placed *p, uint32_t children, bool any)
{
    struct dtl_cursor_context *ctx = p->c.ctx;
    struct dtl_cursor **copy =
        dtl_arena_alloc(ctx->arena, (children + 1) * sizeof(struct dtl_cursor *));
    if (!copy) {
        dtl_cursor_fail(ctx, dtl_fail(ctx->err, DTL_ENOMEM, 0, "no memory for places"));
        return NULL;
    }
    memcpy(copy, p->child, children * sizeof(struct dtl_cursor *));
    p->walk = any ? dtl_cursor_or(ctx, copy, children) : dtl_cursor_and(ctx, copy, children);
    if (!p->walk)
        return NULL;
    p->c.cost = p->walk->cost;
    return &p->c;
}

/* The list of sentence or paragraph starts; *out stays NULL in a segment that has none. */
static bool open_marks(struct dtl_cursor_context *ctx, enum dtl_field field,
                       struct dtl_cursor **out)
{
    struct dtl_term_key key = {.field = field, .text = DTL_LITERAL("")};
    struct dtl_term term;
    enum dtl_status st = dtl_terms_find(ctx->segment, &key, ctx->arena, &term, ctx->err);
    if (st == DTL_OK)
        return (*out = dtl_cursor_term(ctx, &term, NULL)) != NULL;
    if (st != DTL_NOTFOUND)
        dtl_cursor_fail(ctx, st);
    return st == DTL_NOTFOUND;
}

struct dtl_cursor *dtl_cursor_near(struct dtl_cursor_context *ctx, enum dtl_near how,
                                   uint32_t distance, struct dtl_cursor *a, struct dtl_cursor *b)
{
    struct placed *p = placed_new(ctx, NEAR, (struct dtl_cursor *[]){a, b}, 2);
    if (!p)
        return NULL;
    p->near = how;
    p->distance = distance;
    if (how == DTL_NEAR_SENTENCE && !open_marks(ctx, DTL_FIELD_SENTENCE, &p->marks))
        return NULL;
    if (how == DTL_NEAR_PARAGRAPH && !open_marks(ctx, DTL_FIELD_PARAGRAPH, &p->marks))
        return NULL;
    return walking(p, how == DTL_NEAR_NOT ? 1 : 2, false);
}

struct dtl_cursor *dtl_cursor_atleast(struct dtl_cursor_context *ctx, struct dtl_cursor *child,
                                      uint32_t needed)
{
    struct placed *p = placed_new(ctx, ATLEAST, &child, 1);
    if (!p)
        return NULL;
    p->needed = needed;
    return walking(p, 1, false);
}

struct dtl_cursor *dtl_cursor_either(struct dtl_cursor_context *ctx, struct dtl_cursor **child,
                                     uint32_t n)
{
    if (n == 1)
        return child[0];
    struct placed *p = placed_new(ctx, EITHER, child, n);
    if (!p)
        return NULL;
    p->set = dtl_arena_alloc(ctx->arena, n * sizeof *p->set);
    if (!p->set) {
        dtl_cursor_fail(ctx, dtl_fail(ctx->err, DTL_ENOMEM, 0, "no memory for places"));
        return NULL;
    }
    return walking(p, n, true);
}

struct dtl_cursor *dtl_cursor_scope(struct dtl_cursor_context *ctx, struct dtl_cursor *child,
                                    enum dtl_scope scope, uint32_t first)
{
    struct placed *p = placed_new(ctx, SCOPE, &child, 1);
    if (!p)
        return NULL;
    p->scope = scope;
    p->first = first;
    if (scope != DTL_SCOPE_FIRST && !open_marks(ctx, DTL_FIELD_PARAGRAPH, &p->marks))
        return NULL;
    return walking(p, 1, false);
}

struct dtl_cursor *dtl_cursor_loose(struct dtl_cursor_context *ctx, struct dtl_phrase_word *word,
                                    uint32_t n, uint32_t slop, bool any_order)
{
    struct dtl_cursor *distinct[DTL_PHRASE_WORDS];
    uint32_t children = 0;
    struct dtl_loose_word *w = dtl_arena_alloc(ctx->arena, n * sizeof *w);
    uint32_t *child_of = dtl_arena_alloc(ctx->arena, n * sizeof *child_of);
    struct distinct *scratch = dtl_arena_alloc(ctx->arena, n * sizeof *scratch);
    if (!w || !child_of || !scratch || n > DTL_PHRASE_WORDS) {
        dtl_cursor_fail(ctx, dtl_fail(ctx->err, DTL_ENOMEM, 0, "no memory for places"));
        return NULL;
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t k = 0, before = 0;
        while (k < children && distinct[k] != word[i].word)
            k++;
        if (k == children)
            distinct[children++] = word[i].word;
        child_of[i] = k;
        w[i] = (struct dtl_loose_word){.offset = word[i].offset, .needed = 1};
        for (uint32_t j = 0; j < i; j++)
            before += child_of[j] == k;
        if (before) { /* counted by the first of the equal words */
            w[i].needed = 0;
            for (uint32_t j = 0; j < i; j++)
                if (child_of[j] == k && w[j].needed) {
                    w[j].needed++;
                    break;
                }
        }
    }
    struct placed *p = placed_new(ctx, LOOSE, distinct, children);
    if (!p)
        return NULL;
    p->word = w;
    p->words = n;
    p->child_of = child_of;
    p->distinct = scratch;
    p->slop = slop;
    p->any_order = any_order;
    return walking(p, children, false);
}
