/*
 * count.c - how many documents words match: nothing is scored, no frequency decoded.
 *
 * A stretch of documents is a row of bytes: marking a posting is one store, with nothing to wait
 * for, where setting a bit waits for the one before it in the same word. Vectors then turn the
 * bytes into bits, which conjunctions combine and the caller masks and counts. Dense lists have
 * bits in the index already. A conjunction led by a word much rarer than another asks that one
 * document by document instead, unless it has bits.
 */
#include "query/rank/candidates.h"

#include <stdatomic.h>

#if defined(DTL_SIMD) && defined(__x86_64__)
#include <immintrin.h>
#define VECTORS 1
#endif

#define RARE 12u /* a list with so many times the leader's documents is asked, not marked */

/* What differs between processors: bits of the bytes that are not 0, which are cleared; bits set.
 */
struct kernel {
    void (*gather)(uint8_t *bytes, uint64_t *bits, uint32_t words);
    uint64_t (*ones)(const uint64_t *words, uint32_t n);
};

static uint64_t ones_plainly(const uint64_t *words, uint32_t n)
{
    uint64_t sum = 0;
    for (uint32_t k = 0; k < n; k++)
        sum += (uint64_t)__builtin_popcountll(words[k]);
    return sum;
}

#ifdef VECTORS
static void gather_sse2(uint8_t *bytes, uint64_t *bits, uint32_t words)
{
    for (uint32_t k = 0; k < words; k++, bytes += 64) {
        uint64_t word = 0;
        for (int i = 0; i < 4; i++) { /* marks are 0x80: what movemask looks at */
            __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(bytes + 16 * i));
            word |= (uint64_t)(uint32_t)_mm_movemask_epi8(v) << (16 * i);
            _mm_storeu_si128((__m128i *)(void *)(bytes + 16 * i), _mm_setzero_si128());
        }
        bits[k] = word;
    }
}

__attribute__((target("avx512bw"))) static void gather_avx512(uint8_t *bytes, uint64_t *bits,
                                                              uint32_t words)
{
    for (uint32_t k = 0; k < words; k++, bytes += 64) {
        bits[k] = _mm512_movepi8_mask(_mm512_loadu_si512(bytes));
        _mm512_storeu_si512(bytes, _mm512_setzero_si512());
    }
}

__attribute__((target("popcnt"))) static uint64_t ones_popcnt(const uint64_t *words, uint32_t n)
{
    uint64_t sum = 0;
    for (uint32_t k = 0; k < n; k++)
        sum += (uint64_t)__builtin_popcountll(words[k]);
    return sum;
}
#else
static void gather_plainly(uint8_t *bytes, uint64_t *bits, uint32_t words)
{
    for (uint32_t k = 0; k < words; k++, bytes += 64) {
        uint64_t word = 0;
        for (uint32_t i = 0; i < 64; i++)
            word |= (uint64_t)(bytes[i] >> 7) << i;
        memset(bytes, 0, 64);
        bits[k] = word;
    }
}
#endif

static const struct kernel *best(void)
{
#ifdef VECTORS
    static const struct kernel kernels[] = {
        {gather_sse2,   ones_plainly},
        {gather_sse2,   ones_popcnt },
        {gather_avx512, ones_popcnt },
    };
    static atomic_uint chosen; /* number + 1 */
    unsigned k = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (k == 0) {
        k = 1 + (__builtin_cpu_supports("popcnt") ? 1 : 0);
        k += k == 2 && __builtin_cpu_supports("avx512bw") ? 1 : 0;
        atomic_store_explicit(&chosen, k, memory_order_relaxed);
    }
    return &kernels[k - 1];
#else
    static const struct kernel plain = {gather_plainly, ones_plainly};
    return &plain;
#endif
}

uint64_t dtl_prune_ones(const uint64_t *words, uint32_t n)
{
    return best()->ones(words, n);
}

static uint32_t words_of(const struct dtl_window *w)
{
    return (w->end - w->begin + 63) / 64;
}

/* Marks of n documents. Written out by eights: counting them, and looking again where the window
 * begins, which a store of a byte might have changed, cost as much as the stores. */
static inline void mark_all(const dtl_doc *doc, uint32_t n, dtl_doc begin, uint8_t *bytes)
{
    const dtl_doc *end = doc + n;
    for (; end - doc >= 8; doc += 8) {
        bytes[doc[0] - begin] = 0x80;
        bytes[doc[1] - begin] = 0x80;
        bytes[doc[2] - begin] = 0x80;
        bytes[doc[3] - begin] = 0x80;
        bytes[doc[4] - begin] = 0x80;
        bytes[doc[5] - begin] = 0x80;
        bytes[doc[6] - begin] = 0x80;
        bytes[doc[7] - begin] = 0x80;
    }
    for (; doc < end; doc++)
        bytes[*doc - begin] = 0x80;
}

/* Mark the list's documents of the window; the list goes on from where the last window ended. */
static bool mark(struct dtl_list *l, const struct dtl_window *w, uint8_t *bytes)
{
    struct dtl_postings *p = &l->p;
    uint32_t k = p->block;
    if (p->count == 0 || p->last < w->begin) {
        k = dtl_list_block(l, w->begin);
        if (k && k < p->blocks && dtl_postings_last(p, k - 1) + 1 >= w->end)
            return true; /* begins after the window */
    }
    for (; k < p->blocks; k++) {
        if (!dtl_list_load(l, k))
            return false;
        uint32_t i = p->docs[0] < w->begin ? dtl_list_place(l, w->begin) : 0;
        uint32_t end = p->last < w->end ? p->count : dtl_list_place(l, w->end);
        if (i < end)
            mark_all(p->docs + i, end - i, w->begin, bytes);
        if (p->last + 1 >= w->end)
            break;
    }
    return true;
}

/* Add the list's documents of the window to `bits`, from its bitmap. */
static void add_bitmap(const struct dtl_list *l, const struct dtl_window *w, uint64_t *bits)
{
    uint32_t words = words_of(w), span = w->end - w->begin;
    size_t have = l->bitmap.n / 8, first = w->begin / 64, shift = w->begin % 64;
    if (shift == 0 && first + words <= have) {
        for (uint32_t k = 0; k < words; k++)
            bits[k] |= dtl_load64(l->bitmap.p + 8 * (first + k));
    } else if (first + words < have) {
        for (uint32_t k = 0; k < words; k++) {
            const uint8_t *p = l->bitmap.p + 8 * (first + k);
            bits[k] |= dtl_load64(p) >> shift | dtl_load64(p + 8) << (64 - shift);
        }
    } else {
        for (uint32_t k = 0; k < words; k++)
            bits[k] |= dtl_list_bits(l, w->begin + 64 * k);
    }
    if (span % 64)
        bits[words - 1] &= (UINT64_C(1) << (span % 64)) - 1;
}

/* Add what has a bitmap to `bits`, mark the rest; *marked says whether there was any. */
static bool add_clause(struct dtl_clause *c, const struct dtl_window *w, uint8_t *bytes,
                       uint64_t *bits, bool *marked)
{
    for (uint32_t i = 0; i < c->lists; i++) {
        if (c->list[i]->bitmap.n)
            add_bitmap(c->list[i], w, bits);
        else if (*marked = true, !mark(c->list[i], w, bytes))
            return false;
    }
    return true;
}

/* What was marked becomes bits beside those that are there. */
static void add_marks(const struct dtl_window *w, uint8_t *bytes, uint64_t *bits)
{
    uint64_t more[DTL_COUNT_WORDS];
    uint32_t words = words_of(w);
    best()->gather(bytes, more, words);
    for (uint32_t k = 0; k < words; k++)
        bits[k] |= more[k];
}

static bool clause_bits(struct dtl_clause *c, const struct dtl_window *w, uint8_t *bytes,
                        uint64_t *bits)
{
    bool marked = false;
    memset(bits, 0, words_of(w) * sizeof *bits);
    if (!add_clause(c, w, bytes, bits, &marked))
        return false;
    if (marked)
        add_marks(w, bytes, bits);
    return true;
}

static bool all_bitmaps(const struct dtl_clause *c)
{
    for (uint32_t i = 0; i < c->lists; i++)
        if (!c->list[i]->bitmap.n)
            return false;
    return true;
}

/* Set the bits of those candidates that the word holds; none is left. */
static bool ask_block(struct dtl_candidates *c, struct dtl_clause *word, struct dtl_window *w)
{
    if (!dtl_candidates_ask(c, word, true, 0))
        return false;
    for (uint32_t i = 0; i < c->n; i++)
        dtl_window_set(w, c->doc[i]);
    c->n = 0;
    return true;
}

/* Drop the documents that the clause does not hold: a block of them at a time. */
static bool ask_each(const struct dtl_clause *word, struct dtl_window *w)
{
    struct dtl_candidates c;
    struct dtl_clause bare = *word;
    uint32_t words = words_of(w);
    bare.weight = NULL; /* no frequency is wanted */
    c.n = 0;
    for (uint32_t k = 0; k < words; k++) {
        uint64_t left = w->bits[k];
        for (w->bits[k] = 0; left; left &= left - 1) { /* what the word holds comes back */
            c.doc[c.n++] = w->begin + 64 * k + (dtl_doc)__builtin_ctzll(left);
            if (c.n == DTL_BLOCK && !ask_block(&c, &bare, w))
                return false;
        }
    }
    return ask_block(&c, &bare, w);
}

static bool all_bits(struct dtl_prune *p, struct dtl_window *w)
{
    uint64_t more[DTL_COUNT_WORDS];
    uint32_t words = words_of(w);
    if (!clause_bits(&p->clause[0], w, p->bytes, w->bits))
        return false;
    for (uint32_t i = 1; i < p->clauses; i++) {
        struct dtl_clause *c = &p->clause[i];
        uint64_t any = 0;
        for (uint32_t k = 0; k < words; k++)
            any |= w->bits[k];
        if (!any)
            return true;
        if (c->cost / RARE > p->clause[0].cost && !all_bitmaps(c)) {
            if (!ask_each(c, w))
                return false;
            continue;
        }
        if (!clause_bits(c, w, p->bytes, more))
            return false;
        for (uint32_t k = 0; k < words; k++)
            w->bits[k] &= more[k];
    }
    return true;
}

/*
 * Words in nearly every article come first; then few documents of the window are left that any
 * other word can add, and a word with far more documents than that is asked about them.
 */
static bool any_bits(struct dtl_prune *p, struct dtl_window *w)
{
    uint64_t rest[DTL_COUNT_WORDS], docs = p->ctx->segment->facts.docs, seen = 0;
    uint32_t words = words_of(w), span = w->end - w->begin, left = span;
    struct dtl_window others = {.begin = w->begin, .end = w->end, .bits = rest};
    bool marked = false;
    memset(w->bits, 0, words * sizeof *w->bits);
    for (uint32_t i = p->clauses; i-- > 0 && left;) {
        struct dtl_clause *c = &p->clause[i];
        if ((uint64_t)left * RARE < c->cost * span / docs && !all_bitmaps(c)) {
            for (uint32_t k = 0; k < words; k++)
                rest[k] = ~w->bits[k];
            if (span % 64)
                rest[words - 1] &= (UINT64_C(1) << (span % 64)) - 1;
            if (!ask_each(c, &others))
                return false;
            for (uint32_t k = 0; k < words; k++)
                w->bits[k] |= rest[k];
        } else {
            if (!add_clause(c, w, p->bytes, w->bits, &marked))
                return false;
            seen += c->cost;
        }
        if (i && seen < docs - docs / 4) /* too few to look how many are left */
            continue;
        if (marked)
            add_marks(w, p->bytes, w->bits);
        marked = false;
        if (i)
            left = span - (uint32_t)dtl_prune_ones(w->bits, words);
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
    struct dtl_cursor_context *ctx = p->ctx;
    if (!p->bytes && !(p->bytes = dtl_arena_alloc(ctx->arena, DTL_COUNT_WINDOW))) {
        dtl_cursor_fail(ctx, dtl_fail(ctx->err, DTL_ENOMEM, 0, "no memory for counting"));
        return false;
    }
    return p->all ? all_bits(p, w) : any_bits(p, w);
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
    out->bytes = NULL;
    for (uint32_t i = 1; i < out->clauses; i++) { /* the rarest first */
        struct dtl_clause c = out->clause[i];
        uint32_t k = i;
        for (; k > 0 && out->clause[k - 1].cost > c.cost; k--)
            out->clause[k] = out->clause[k - 1];
        out->clause[k] = c;
    }
    for (uint32_t i = 0; i < out->clauses; i++) {
        struct dtl_clause *c = &out->clause[i];
        if (!dtl_clause_open(c))
            return false;
        for (uint32_t j = 0; j < c->lists && out->clauses > 1; j++)
            if (!dtl_list_bitmap(c->list[j]))
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
