/*
 * phrase.c - words at their places.
 *
 * The words' cursors meet as in a conjunction; then positions are compared, those of the rarest
 * word first: a word's positions are decoded when a place survived all rarer ones, so that `of` is
 * hardly ever looked at. Where only phrases of a certain score matter, blocks and articles in which
 * some word is too rare for it are passed over before any position is decoded: a phrase occurs at
 * most as often as its rarest word. An occurrence is known by the position of the phrase's first
 * word; those in the title weigh what title words weigh. The gap between title and body is wider
 * than any phrase, so none crosses it.
 */
#include "query/cursor/batch.h"
#include "query/cursor/extents.h"

#include <stdlib.h>

struct part {
    const uint32_t *positions;
    uint32_t n, at, offset;
};

struct phrase {
    struct dtl_cursor c;
    struct dtl_cursor **word; /* distinct cursors, cheapest first */
    uint32_t words;
    struct dtl_phrase_word *place;
    struct part *part; /* parallel to place, scratch */
    uint32_t n;
    bool title;
    struct dtl_batch *batch; /* of the words, when each is one list; else NULL */
    uint32_t floor;          /* matches below `end` that score less may be left out; 0: none */
    dtl_doc end;
    uint32_t last; /* offset of the last word */
    struct dtl_extent *span;
    uint32_t span_room;
};

/* Positions of place i at c->doc, from their start; false when there are none. */
static bool rewind_part(struct phrase *p, uint32_t i)
{
    struct part *part = &p->part[i];
    struct dtl_cursor *word = p->place[i].word;
    *part = (struct part){.offset = p->place[i].offset};
    part->n = word->ops->positions(word, &part->positions);
    return part->n > 0;
}

/* Begin with the rarest word at c->doc; the others' positions wait for a place that needs them. */
static bool rewind_parts(struct phrase *p)
{
    for (uint32_t i = 1; i < p->n; i++)
        p->part[i].n = 0;
    return rewind_part(p, 0);
}

/* Does the part hold `position`? Positions are asked for in rising order. */
static bool part_holds(struct part *part, uint64_t position)
{
    uint32_t step = 1, i = part->at;
    while (i < part->n && part->positions[i] < position) { /* gallop, then step back by halves */
        part->at = i + 1;
        i += step;
        step *= 2;
    }
    uint32_t end = i < part->n ? i : part->n;
    for (i = part->at; i < end;) {
        uint32_t middle = i + (end - i) / 2;
        if (part->positions[middle] < position)
            i = middle + 1;
        else
            end = middle;
    }
    part->at = i;
    return i < part->n && part->positions[i] == position;
}

/* The next start of the phrase after the last one given; false: no more. */
static bool next_start(struct phrase *p, uint64_t *start)
{
    struct part *first = &p->part[0];
    while (first->at < first->n) {
        uint32_t at = first->at++, position = first->positions[at];
        if (position < first->offset || (at > 0 && first->positions[at - 1] == position))
            continue;
        uint64_t s = position - first->offset;
        uint32_t i = 1;
        for (; i < p->n; i++) {
            if (p->part[i].n == 0 && !rewind_part(p, i))
                return false;
            if (!part_holds(&p->part[i], s + p->part[i].offset))
                break;
        }
        if (i == p->n) {
            *start = s;
            return true;
        }
    }
    return false;
}

/* The first document from `target` on that blocks of every word allow to reach the floor; `end`
 * when there is none before it. */
static dtl_doc passable(struct phrase *p, dtl_doc target)
{
    for (uint32_t i = 0; i < p->words && target < p->end;) {
        struct dtl_list *l = (struct dtl_list *)p->word[i];
        if (l->c.kind != DTL_CURSOR_LIST) {
            i++;
            continue;
        }
        /* not further: in another zone the floor may be lower */
        uint32_t block = l->near = dtl_postings_find(&l->p, l->near, target);
        for (; block < l->p.blocks; block++) {
            const uint32_t *bound = dtl_list_bounds(l, p->c.weight, block, block + 1);
            if (!bound || bound[block] >= p->floor)
                break;
        }
        if (block == l->p.blocks)
            return p->end;
        dtl_doc first = block ? dtl_postings_last(&l->p, block - 1) + 1 : 0;
        if (first > target) { /* the words before are asked again */
            target = first < p->end ? first : p->end;
            i = 0;
        } else {
            i++;
        }
    }
    return target;
}

/* Can the phrase reach the floor at `doc`, where every word stands? */
static bool reaches(struct phrase *p, dtl_doc doc)
{
    uint64_t least = UINT64_MAX;
    for (uint32_t i = 0; i < p->words; i++) {
        uint64_t tf = p->word[i]->slow ? least : p->word[i]->ops->tf(p->word[i]);
        least = tf < least ? tf : least;
    }
    return dtl_weight_score(p->c.weight, least, doc) >= p->floor;
}

/* The first document >= target that holds every word, and may reach the floor as far as is told
 * from blocks. */
static dtl_doc meet(struct phrase *p, dtl_doc target)
{
    target = p->floor ? passable(p, target) : target;
    dtl_doc d = dtl_cursor_seek(p->word[0], target);
    for (uint32_t i = 1; i < p->words && d != DTL_DOC_END;) {
        dtl_doc at = dtl_cursor_seek(p->word[i], d);
        if (at == d) {
            i++;
        } else {
            d = dtl_cursor_seek(p->word[0], at);
            i = 1;
        }
    }
    return d;
}

static dtl_doc phrase_seek(struct dtl_cursor *c, dtl_doc target)
{
    struct phrase *p = (struct phrase *)c;
    uint64_t start;
    if (p->batch)
        return dtl_batch_seek(p->batch, target, c->weight, p->floor, p->end);
    for (;; target++) {
        target = meet(p, target);
        if (target == DTL_DOC_END)
            return target;
        if (c->ctx->stop && ++c->ctx->looked_at % 32 == 0 && c->ctx->stop(c->ctx->stop_ctx))
            return dtl_cursor_fail(c->ctx, DTL_END);
        bool looked_for = !p->floor || target >= p->end || reaches(p, target);
        if (looked_for && rewind_parts(p) && next_start(p, &start))
            return target;
        if (c->ctx->status != DTL_OK)
            return DTL_DOC_END;
    }
}

static uint64_t batch_tf(struct phrase *p)
{
    const uint32_t *start;
    bool plain;
    uint32_t n = dtl_batch_starts(p->batch, &start, &plain);
    if (plain || p->title)
        return n;
    uint64_t tf = 0;
    uint32_t title = dtl_cursor_title_words(p->c.ctx, p->c.doc);
    for (uint32_t i = 0; i < n; i++)
        tf += start[i] < title ? p->c.ctx->title_weight : 1;
    return tf;
}

static uint64_t phrase_tf(struct dtl_cursor *c)
{
    struct phrase *p = (struct phrase *)c;
    uint64_t start, tf = 0;
    if (p->batch)
        return batch_tf(p);
    if (!rewind_parts(p))
        return 0;
    uint32_t title = p->title ? 0 : dtl_cursor_title_words(c->ctx, c->doc);
    while (next_start(p, &start))
        tf += start < title ? c->ctx->title_weight : 1;
    return tf;
}

static uint32_t phrase_spans(struct dtl_cursor *c, const struct dtl_extent **out)
{
    struct phrase *p = (struct phrase *)c;
    uint64_t start;
    uint32_t n = 0;
    const uint32_t *starts = NULL;
    bool plain;
    if (!p->batch && !rewind_parts(p))
        return 0;
    uint32_t most = p->batch ? dtl_batch_starts(p->batch, &starts, &plain) : p->part[0].n;
    if (most > p->span_room) {
        p->span = dtl_arena_alloc(c->ctx->arena, (size_t)most * 2 * sizeof *p->span);
        p->span_room = p->span ? 2 * most : 0;
        if (!p->span) {
            dtl_cursor_fail(c->ctx, dtl_fail(c->ctx->err, DTL_ENOMEM, 0, "no memory for places"));
            return 0;
        }
    }
    *out = p->span;
    if (p->batch) {
        for (; n < most; n++)
            p->span[n] = (struct dtl_extent){starts[n], starts[n] + p->last};
        return n;
    }
    while (next_start(p, &start))
        p->span[n++] = (struct dtl_extent){(uint32_t)start, (uint32_t)start + p->last};
    return n;
}

bool dtl_cursor_phrase_prunes(const struct dtl_cursor *c)
{
    const struct dtl_weight *w = c->weight;
    if (c->kind != DTL_CURSOR_PHRASE || !w || !w->norm)
        return false;
    /* scores fit 32 bits, and the rarest match in the longest article scores something */
    return w->factor * w->times < INT32_MAX && w->factor / (1 + w->norm[255]) >= 1;
}

void dtl_cursor_phrase_floor(struct dtl_cursor *c, uint32_t floor, dtl_doc end)
{
    struct phrase *p = (struct phrase *)c;
    p->floor = floor;
    p->end = end;
}

static int by_words_cost(const void *x, const void *y)
{
    const struct dtl_phrase_word *a = x, *b = y;
    if (a->word->cost != b->word->cost)
        return a->word->cost < b->word->cost ? -1 : 1;
    return (a->offset > b->offset) - (a->offset < b->offset);
}

static int by_cost(const void *x, const void *y)
{
    const struct dtl_cursor *a = *(struct dtl_cursor *const *)x;
    const struct dtl_cursor *b = *(struct dtl_cursor *const *)y;
    return (a->cost > b->cost) - (a->cost < b->cost);
}

struct dtl_cursor *dtl_cursor_phrase(struct dtl_cursor_context *ctx, struct dtl_phrase_word *word,
                                     uint32_t n, bool title)
{
    static const struct dtl_cursor_ops ops = {
        .seek = phrase_seek, .tf = phrase_tf, .extents = phrase_spans};
    struct phrase *p = dtl_cursor_new(ctx, sizeof *p, &ops, 0);
    if (!p)
        return NULL;
    p->place = word;
    p->n = n;
    p->title = title;
    p->c.kind = DTL_CURSOR_PHRASE;
    p->c.slow = true;
    p->word = dtl_arena_alloc(ctx->arena, n * sizeof(struct dtl_cursor *));
    p->part = dtl_arena_alloc(ctx->arena, n * sizeof *p->part);
    if (!p->word || !p->part) {
        dtl_cursor_fail(ctx, dtl_fail(ctx->err, DTL_ENOMEM, 0, "no memory for a query's cursors"));
        return NULL;
    }
    for (uint32_t i = 0; i < n; i++) { /* at most DTL_PHRASE_WORDS */
        uint32_t k = 0;
        p->last = word[i].offset > p->last ? word[i].offset : p->last;
        while (k < p->words && p->word[k] != word[i].word)
            k++;
        if (k == p->words)
            p->word[p->words++] = word[i].word;
    }
    qsort(p->word, p->words, sizeof(struct dtl_cursor *), by_cost);
    qsort(p->place, n, sizeof *p->place, by_words_cost);
    p->c.cost = p->words ? p->word[0]->cost : 0;
    bool lists = p->words > 1;
    for (uint32_t i = 0; i < p->words; i++)
        lists &= dtl_cursor_is_list(p->word[i]);
    if (lists)
        p->batch = dtl_batch_of(ctx, p->place, n);
    return ctx->status == DTL_OK ? &p->c : NULL;
}
