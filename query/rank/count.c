/*
 * count.c - how many documents words match: nothing is scored, no frequency decoded.
 *
 * A stretch of documents is a row of bytes: marking a posting is one store, with nothing to wait
 * for, where setting a bit waits for the one before it in the same word. Vectors then turn the
 * bytes into bits, which conjunctions combine and the caller masks and counts. A conjunction led by
 * a word much rarer than another asks that one document by document instead.
 */
#include "query/rank/clause.h"

#if defined(DTL_SIMD) && defined(__SSE2__)
#include <emmintrin.h>
#endif

#define RARE 24u /* a list with so many times the leader's documents is asked, not marked */

/* Bits of the bytes that are not 0, which are cleared. */
static void gather(uint8_t *bytes, uint64_t *bits)
{
    for (uint32_t k = 0; k < DTL_WINDOW_WORDS; k++, bytes += 64) {
#if defined(DTL_SIMD) && defined(__SSE2__)
        uint64_t word = 0;
        for (int i = 0; i < 4; i++) { /* marks are 0x80: what movemask looks at */
            __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(bytes + 16 * i));
            word |= (uint64_t)(uint32_t)_mm_movemask_epi8(v) << (16 * i);
            _mm_storeu_si128((__m128i *)(void *)(bytes + 16 * i), _mm_setzero_si128());
        }
        bits[k] = word;
#else
        uint64_t word = 0;
        for (uint32_t i = 0; i < 64; i++)
            word |= (uint64_t)(bytes[i] >> 7) << i;
        memset(bytes, 0, 64);
        bits[k] = word;
#endif
    }
}

/* Mark the list's documents of the window; the list goes on from where the last window ended. */
static bool mark(struct dtl_list *l, const struct dtl_window *w, uint8_t *bytes)
{
    struct dtl_postings *p = &l->p;
    for (;;) {
        if (p->count == 0 || p->last < w->begin) {
            uint32_t k = dtl_list_block(l, w->begin);
            if (k == p->blocks)
                return true;
            if (k && dtl_postings_last(p, k - 1) + 1 >= w->end) /* begins after the window */
                return true;
            if (!dtl_list_load(l, k))
                return false;
        }
        uint32_t i = p->docs[0] < w->begin ? dtl_list_place(l, w->begin) : 0;
        uint32_t end = p->last < w->end ? p->count : dtl_list_place(l, w->end);
        for (; i < end; i++)
            bytes[p->docs[i] - w->begin] = 0x80;
        if (p->last + 1 >= w->end)
            return true;
        uint32_t next = p->block + 1;
        if (next == p->blocks)
            return true;
        if (!dtl_list_load(l, next))
            return false;
    }
}

static bool clause_bits(struct dtl_clause *c, const struct dtl_window *w, uint8_t *bytes,
                        uint64_t *bits)
{
    for (uint32_t i = 0; i < c->lists; i++) {
        if (!mark(c->list[i], w, bytes))
            return false;
    }
    gather(bytes, bits);
    return true;
}

/* Drop the documents that the clause does not hold. */
static bool ask_each(struct dtl_clause *c, struct dtl_window *w)
{
    for (uint32_t k = 0; k < DTL_WINDOW_WORDS; k++) {
        for (uint64_t left = w->bits[k]; left; left &= left - 1) {
            bool match = false;
            dtl_doc doc = w->begin + 64 * k + (dtl_doc)__builtin_ctzll(left);
            for (uint32_t i = 0; i < c->lists && !match; i++) {
                if (!dtl_list_holds(c->list[i], doc, &match))
                    return false;
            }
            if (!match)
                w->bits[k] &= ~(left & -left);
        }
    }
    return true;
}

static bool all_bits(struct dtl_prune *p, struct dtl_window *w)
{
    uint64_t more[DTL_WINDOW_WORDS];
    if (!clause_bits(&p->clause[0], w, p->bytes, w->bits))
        return false;
    for (uint32_t i = 1; i < p->clauses; i++) {
        struct dtl_clause *c = &p->clause[i];
        uint64_t any = 0;
        for (uint32_t k = 0; k < DTL_WINDOW_WORDS; k++)
            any |= w->bits[k];
        if (!any)
            return true;
        if (c->cost / RARE > p->clause[0].cost) {
            if (!ask_each(c, w))
                return false;
            continue;
        }
        if (!clause_bits(c, w, p->bytes, more))
            return false;
        for (uint32_t k = 0; k < DTL_WINDOW_WORDS; k++)
            w->bits[k] &= more[k];
    }
    return true;
}

/* The first document from `doc` on that the list may hold: exact where its block is read. */
static dtl_doc next_of(struct dtl_list *l, dtl_doc doc)
{
    uint32_t k = dtl_list_block(l, doc);
    if (k == l->p.blocks)
        return DTL_DOC_END;
    dtl_doc from = k ? dtl_postings_last(&l->p, k - 1) + 1 : 0;
    if (l->p.count && l->p.block == k)
        from = l->p.docs[dtl_list_place(l, doc)];
    return from > doc ? from : doc;
}

bool dtl_prune_bits(struct dtl_prune *p, struct dtl_window *w)
{
    if (!p->all) {
        for (uint32_t i = 0; i < p->clauses; i++) {
            for (uint32_t j = 0; j < p->clause[i].lists; j++) {
                if (!mark(p->clause[i].list[j], w, p->bytes))
                    return false;
            }
        }
        gather(p->bytes, w->bits);
        return true;
    }
    return all_bits(p, w);
}

dtl_doc dtl_prune_next(struct dtl_prune *p, dtl_doc doc)
{
    dtl_doc first = DTL_DOC_END;
    for (uint32_t i = 0; i < (p->all ? 1 : p->clauses) && first > doc; i++) {
        for (uint32_t j = 0; j < p->clause[i].lists; j++) {
            dtl_doc d = next_of(p->clause[i].list[j], doc);
            first = d < first ? d : first;
        }
    }
    return first;
}

bool dtl_prune_countable(struct dtl_cursor *root, struct dtl_prune *out)
{
    if (!dtl_prune_words(root, out))
        return false;
    out->bytes = dtl_arena_alloc(root->ctx->arena, DTL_WINDOW);
    if (!out->bytes)
        return false;
    for (uint32_t i = 1; i < out->clauses; i++) { /* the rarest first */
        struct dtl_clause c = out->clause[i];
        uint32_t k = i;
        for (; k > 0 && out->clause[k - 1].cost > c.cost; k--)
            out->clause[k] = out->clause[k - 1];
        out->clause[k] = c;
    }
    for (uint32_t i = 0; i < out->clauses; i++) {
        if (!dtl_clause_open(&out->clause[i]))
            return false;
    }
    return true;
}

bool dtl_prune_count(struct dtl_prune *p, dtl_doc begin, dtl_doc end, uint64_t *count)
{
    if (p->clauses != 1 || p->clause[0].lists != 1)
        return false;
    struct dtl_list *l = p->clause[0].list[0];
    uint64_t place[2];
    dtl_doc at[2] = {begin, end};
    for (int i = 0; i < 2; i++) { /* postings before each edge: one block read for each */
        uint32_t k = dtl_list_block(l, at[i]);
        place[i] = l->p.term.df;
        if (k == l->p.blocks)
            continue;
        place[i] = (uint64_t)k * DTL_BLOCK;
        dtl_doc from = k ? dtl_postings_last(&l->p, k - 1) + 1 : 0;
        if (at[i] <= from)
            continue;
        if (!dtl_list_load(l, k))
            return false;
        place[i] += dtl_list_place(l, at[i]);
    }
    *count = place[1] - place[0];
    return true;
}
