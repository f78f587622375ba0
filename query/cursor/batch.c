/*
 * batch.c - see batch.h.
 *
 * A batch begins with as many documents of the leading block as its room says: few after a jump,
 * twice as many each time the walk goes on, so that a conjunction which asks here and there does
 * not pay for whole blocks.
 *
 * A phrase occurs at most as often as its rarest word. With a floor, blocks are passed over by
 * their bounds; then documents by what they would score with the least frequency seen so far,
 * before any position of theirs is decoded.
 */
#include "query/cursor/batch.h"

#include "query/cursor/follow.h"
#include "query/cursor/meet.h"
#include "query/cursor/reach.h"

#define ROOM_FIRST 16u /* documents of the leading block looked at after a jump */
#define OFTEN      2u  /* a word in more than every so manieth document is asked last */
#define UNKNOWN    UINT32_MAX

struct part { /* a word */
    struct dtl_list *list;
    uint32_t *offset; /* where it stands in the phrase */
    uint32_t offsets;
    bool often;
    uint32_t at[DTL_MEET_ROOM]; /* of each candidate: block and place */
};

struct dtl_batch {
    struct dtl_cursor_context *ctx;
    const struct dtl_follow_kernel *follow;
    struct part *part; /* the rarest first */
    uint32_t parts;
    dtl_doc next;  /* nothing before it is left to find */
    uint32_t room; /* of the next batch */

    /* candidates, then matches */
    struct dtl_reach reach; /* of the floor */
    uint32_t lead;          /* block and place of the leader's first candidate */
    uint32_t n, current;
    dtl_doc doc[DTL_MEET_ROOM];
    uint16_t place[DTL_MEET_ROOM]; /* how far behind the first, before the second word is asked */
    uint32_t tf[DTL_MEET_ROOM];    /* the phrase occurs at most so often, title words weighed */
    uint32_t begin[DTL_MEET_ROOM]; /* of its starts */
    uint32_t count[DTL_MEET_ROOM]; /* UNKNOWN: no position was looked at yet */
    bool plain[DTL_MEET_ROOM];
    uint32_t *starts, starts_room, starts_used;
};

/* ---- construction ---- */

static struct dtl_batch *no_memory(struct dtl_cursor_context *ctx)
{
    dtl_cursor_fail(ctx, dtl_fail(ctx->err, DTL_ENOMEM, 0, "no memory for a query's cursors"));
    return NULL;
}

struct dtl_batch *dtl_batch_of(struct dtl_cursor_context *ctx, const struct dtl_phrase_word *word,
                               uint32_t n)
{
    struct dtl_batch *b = dtl_arena_alloc(ctx->arena, sizeof *b);
    struct part *part = dtl_arena_take(ctx->arena, n * sizeof *part);
    uint32_t *offset = dtl_arena_take(ctx->arena, (size_t)n * n * sizeof *offset);
    if (!b || !part || !offset)
        return no_memory(ctx);
    b->ctx = ctx;
    b->follow = dtl_follow();
    b->part = part;
    b->room = ROOM_FIRST;
    for (uint32_t i = 0; i < n; i++) { /* at most DTL_PHRASE_WORDS */
        struct dtl_list *l = (struct dtl_list *)word[i].word;
        uint32_t k = 0;
        while (k < b->parts && part[k].list != l)
            k++;
        if (k == b->parts) {
            part[k].list = l;
            part[k].offset = offset + (size_t)k * n;
            part[k].offsets = 0;
            part[k].often = (uint64_t)l->p.term.df * OFTEN > l->p.segment->facts.docs;
            b->parts++;
        }
        part[k].offset[part[k].offsets++] = word[i].offset;
    }
    return b;
}

/* ---- documents ---- */

/* Candidate `to` becomes candidate `from`, of which the first `parts` words are known. */
static inline void move(struct dtl_batch *b, uint32_t to, uint32_t from, uint32_t parts)
{
    b->doc[to] = b->doc[from];
    b->tf[to] = b->tf[from];
    b->begin[to] = b->begin[from];
    b->count[to] = b->count[from];
    b->plain[to] = b->plain[from];
    for (uint32_t k = 0; k < parts; k++)
        b->part[k].at[to] = b->part[k].at[from];
}

/* Of the candidates [from, to), of which the first `parts` words are known, keep those that can
 * reach the floor; the new end. */
static uint32_t keep_able(struct dtl_batch *b, uint32_t from, uint32_t to, uint32_t parts,
                          const struct dtl_weight *w)
{
    uint16_t pick[DTL_MEET_ROOM];
    uint32_t n = to - from,
             kept = dtl_reach_postings(&b->reach, w->lengths, b->doc + from, b->tf + from, n, pick);
    for (uint32_t i = 0; kept < n && i < kept; i++)
        move(b, from + i, from + pick[i], parts);
    return from + kept;
}

/* The first document from `target` on that the leader's blocks allow to reach the floor; not
 * beyond `end`: in another zone the floor may be lower. */
static dtl_doc passable(struct dtl_batch *b, dtl_doc target, dtl_doc end)
{
    struct dtl_list *l = b->part[0].list;
    uint32_t block = dtl_list_block(l, target);
    while (block < l->p.blocks && target < end && !dtl_reach_block(&b->reach, l, block)) {
        dtl_doc last = dtl_postings_last(&l->p, block++);
        target = last + 1 < end ? last + 1 : end;
    }
    return target;
}

/* Candidates of the leader's block that holds documents from `target` on; false: there is none. */
static bool lead(struct dtl_batch *b, dtl_doc target, const struct dtl_weight *w, dtl_doc end)
{
    struct dtl_list *l = b->part[0].list;
    struct dtl_postings *p = &l->p;
    uint32_t block = dtl_list_block(l, target);
    if (block == p->blocks || !dtl_list_load(l, block) || p->last < target)
        return false; /* the last: a list without directory */
    uint32_t from = dtl_list_place(l, target);
    b->n = p->count - from < b->room ? p->count - from : b->room;
    b->next = p->docs[from + b->n - 1] + 1;
    b->lead = block * DTL_BLOCK + from;
    if (b->next > end)
        b->reach.floor = 0;
    if (!b->reach.floor) {
        memcpy(b->doc, p->docs + from, b->n * sizeof *b->doc);
        for (uint32_t i = 0; i < DTL_BLOCK; i++) /* all of them: it becomes vectors */
            b->place[i] = (uint16_t)i;
        return true;
    }
    if (!dtl_list_tfs(l))
        return false;
    b->n = dtl_reach_postings(&b->reach, w->lengths, p->docs + from, p->tfs + from, b->n, b->place);
    for (uint32_t i = 0; i < b->n; i++) {
        b->doc[i] = p->docs[from + b->place[i]];
        b->tf[i] = p->tfs[from + b->place[i]];
    }
    return true;
}

/* ---- positions ---- */

/* Positions of word j in candidate i; 0: a failure, or no form that counts. */
static uint32_t positions_of(struct dtl_batch *b, uint32_t j, uint32_t i, const uint32_t **out)
{
    struct dtl_list *l = b->part[j].list;
    uint32_t at = b->part[j].at[i];
    if (at / DTL_BLOCK != l->p.block && !dtl_list_load(l, at / DTL_BLOCK))
        return 0;
    l->i = at % DTL_BLOCK;
    l->c.doc = b->doc[i];
    if (!l->filter) { /* nearly always: without the way around */
        uint32_t n = 0;
        enum dtl_status st = dtl_postings_positions(&l->p, l->i, out, &n, b->ctx->err);
        b->ctx->positions_read += n;
        if (st == DTL_OK)
            return n;
        dtl_cursor_fail(b->ctx, st);
        return 0;
    }
    return l->c.ops->positions(&l->c, out);
}

/* Where the phrase could begin in candidate i by the leader's positions. False on failure. */
static bool begin(struct dtl_batch *b, uint32_t i)
{
    const struct part *part = &b->part[0];
    const uint32_t *position = NULL;
    uint32_t n = positions_of(b, 0, i, &position);
    b->begin[i] = b->starts_used;
    b->count[i] = 0;
    if (n == 0)
        return b->ctx->status == DTL_OK;
    if (n > b->starts_room - b->starts_used) {
        uint32_t *old = b->starts, used = b->starts_used;
        if (n > UINT32_MAX / 2 - used ||
            !dtl_positions_room(b->ctx, &b->starts, &b->starts_room, used + n))
            return false;
        if (used)
            memcpy(b->starts, old, used * sizeof *old);
    }
    uint32_t *start = b->starts + b->starts_used;
    uint32_t kept = b->follow->starts(position, n, part->offset[0], start);
    for (uint32_t k = 1; k < part->offsets; k++)
        kept = b->follow->keep(start, kept, part->offset[k], position, n);
    b->plain[i] = part->list->p.tfs[part->list->i] == n;
    b->count[i] = kept;
    return true;
}

/* Of the candidates [from, to), of which the first `parts` words are known, keep those in which
 * word j stands where the phrase wants it. The new end; on failure, noted, whatever. */
static uint32_t keep_placed(struct dtl_batch *b, uint32_t from, uint32_t to, uint32_t parts,
                            uint32_t j)
{
    const struct part *part = &b->part[j];
    uint32_t kept = from;
    for (uint32_t i = from; i < to; i++) {
        const uint32_t *position = NULL;
        bool first = b->count[i] == UNKNOWN;
        if (first && !begin(b, i))
            return from;
        uint32_t *start = b->starts + b->begin[i], left = b->count[i], n = 0;
        if (left && (n = positions_of(b, j, i, &position)) == 0)
            left = 0;
        for (uint32_t k = 0; k < part->offsets && left; k++)
            left = b->follow->keep(start, left, part->offset[k], position, n);
        b->count[i] = left;
        if (first)
            b->starts_used = b->begin[i] + left;
        move(b, kept, i, parts);
        kept += left > 0;
    }
    return kept;
}

/* ---- a word asked ---- */

/* Candidate `from` of the leader alone becomes candidate `to` of the first two words. */
static inline void pair_with(struct dtl_batch *b, uint32_t to, uint32_t from)
{
    b->doc[to] = b->doc[from];
    b->tf[to] = b->tf[from];
    b->count[to] = UNKNOWN;
    b->part[0].at[to] = b->lead + b->place[from];
}

/* Keep the candidates that word j holds too; `placed`: where the phrase wants it. */
static bool ask(struct dtl_batch *b, uint32_t j, bool placed, const struct dtl_weight *w)
{
    bool floor = b->reach.floor > 0;
    struct dtl_list *l = b->part[j].list;
    struct dtl_postings *p = &l->p;
    struct dtl_meeting met;
    uint32_t n = 0;
    for (uint32_t i = 0; i < b->n;) {
        if (p->count == 0 || b->doc[i] > p->last || b->doc[i] < p->docs[0]) {
            uint32_t k = dtl_list_block(l, b->doc[i]);
            if (k == p->blocks)
                break;
            if (floor && !dtl_reach_block(&b->reach, l, k)) {
                dtl_doc last = dtl_postings_last(p, k);
                while (i < b->n && b->doc[i] <= last)
                    i++;
                continue;
            }
            if (!dtl_list_load(l, k))
                return false;
        }
        uint32_t last = i + 1, from = n;
        while (last < b->n && b->doc[last] <= p->last)
            last++;
        uint32_t found = dtl_meet(p->docs, b->doc + i, last - i, &met);
        if (found && floor && !dtl_list_tfs(l))
            return false;
        for (uint32_t m = 0; m < found; m++, n++) {
            if (j == 1)
                pair_with(b, n, i + met.which[m]);
            else
                move(b, n, i + met.which[m], j);
            b->part[j].at[n] = p->block * DTL_BLOCK + met.place[m];
            if (floor && p->tfs[met.place[m]] < b->tf[n])
                b->tf[n] = p->tfs[met.place[m]];
        }
        if (n > from && floor)
            n = keep_able(b, from, n, j + 1, w);
        if (n > from && placed)
            n = keep_placed(b, from, n, j + 1, j);
        i = last;
    }
    b->n = n;
    return b->ctx->status == DTL_OK;
}

/* ---- the walk ---- */

static bool stopped(struct dtl_batch *b)
{
    struct dtl_cursor_context *ctx = b->ctx;
    uint32_t before = ctx->looked_at;
    ctx->looked_at += b->n;
    if (!ctx->stop || before / 32 == ctx->looked_at / 32 || !ctx->stop(ctx->stop_ctx))
        return false;
    dtl_cursor_fail(ctx, DTL_END);
    return true;
}

/* The matches of the next few documents from `target` on. False: no more, or a failure, noted. */
static bool fill(struct dtl_batch *b, dtl_doc target, const struct dtl_weight *w, uint32_t floor,
                 dtl_doc end)
{
    b->room = target > b->next ? ROOM_FIRST : b->room < DTL_BLOCK / 2 ? 2 * b->room : DTL_BLOCK;
    b->n = b->current = b->starts_used = 0;
    target = target > b->next ? target : b->next;
    if (floor) {
        dtl_reach_set(&b->reach, w, floor);
        target = passable(b, target, end);
    }
    b->reach.floor = floor;
    if (!lead(b, target, w, end))
        return false;
    if (stopped(b))
        return false;
    /* positions of the last rare word are compared while its block is current */
    uint32_t rare = 2;
    while (rare < b->parts && !b->part[rare].often)
        rare++;
    for (uint32_t j = 1; j < rare && b->n; j++)
        if (!ask(b, j, j + 1 == rare, w))
            return false;
    for (uint32_t j = 1; j + 1 < rare && b->n; j++)
        b->n = keep_placed(b, 0, b->n, rare, j);
    for (uint32_t j = rare; j < b->parts && b->n; j++)
        if (!ask(b, j, true, w))
            return false;
    return b->ctx->status == DTL_OK;
}

dtl_doc dtl_batch_seek(struct dtl_batch *b, dtl_doc target, const struct dtl_weight *w,
                       uint32_t floor, dtl_doc end)
{
    for (;;) {
        while (b->current < b->n && b->doc[b->current] < target)
            b->current++;
        if (b->current < b->n)
            return b->doc[b->current];
        if (!fill(b, target, w, floor, end))
            return DTL_DOC_END;
        target = b->n ? target : b->next;
    }
}

uint32_t dtl_batch_starts(const struct dtl_batch *b, const uint32_t **starts, bool *plain)
{
    *starts = b->starts + b->begin[b->current];
    *plain = b->plain[b->current];
    return b->count[b->current];
}
