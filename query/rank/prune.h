/*
 * query/rank/prune.h - the best documents without looking at all of them.
 *
 * For a query of words alone, all of them required or none: block-max AND and block-max MaxScore
 * over the words' lists. Both know before decoding what a stretch of documents can score at most,
 * visit the most promising stretches first and then, in order, those that can still matter. What
 * they leave in the heap is what an exhaustive walk would (docs/decisions/0083).
 */
#ifndef DTL_RANK_PRUNE_H
#define DTL_RANK_PRUNE_H
#include "query/rank/sieve.h"

#define DTL_CLAUSES_MAX 64u

struct dtl_list;

struct dtl_clause { /* a word: one list, or those of its terms, whose frequencies are added */
    const struct dtl_weight *weight; /* NULL: only has to match */
    struct dtl_list **list;
    uint32_t lists;
    uint64_t cost;
    uint32_t bound;    /* of the stretch looked at */
    uint32_t *stretch; /* the same of every stretch, when they were computed together */
};

struct dtl_prune {
    struct dtl_cursor_context *ctx;
    struct dtl_clause clause[DTL_CLAUSES_MAX];
    uint32_t clauses;
    bool all;       /* each clause must match; else any */
    uint8_t *bytes; /* counting: a window's marks, all 0 between windows; NULL until needed */
    bool exact;     /* every match scores at least 1, so nothing is missed by asking for 1 */
};

/**
 * Can the walk of `root` be pruned? False: its shape is another, or its sums need 64 bits. Where
 * out->exact is false and the heap is not full afterwards, matches that score 0 are missing.
 */
bool dtl_prune_of(struct dtl_cursor *root, struct dtl_prune *out);
/** Its words, whatever they score; false: its shape is another. */
bool dtl_prune_words(struct dtl_cursor *root, struct dtl_prune *out);

/*
 * Counting. Windows rise; a walk that prunes and one that counts need cursors of their own.
 */

#define DTL_COUNT_WINDOW 16384u /* documents: their marks stay in the first-level cache */
#define DTL_COUNT_WORDS  (DTL_COUNT_WINDOW / 64)

/** Can matches be found by marking? */
bool dtl_prune_countable(struct dtl_cursor *root, struct dtl_prune *out);
/** The first document >= doc that may match; DTL_DOC_END. */
dtl_doc dtl_prune_next(struct dtl_prune *p, dtl_doc doc);
/** Bits of all matches of a window of up to DTL_COUNT_WINDOW; every word of it is written. False:
 * noted in the context.
 */
bool dtl_prune_bits(struct dtl_prune *p, struct dtl_window *w);
/** Bits set in n words. */
uint64_t dtl_prune_ones(const uint64_t *words, uint32_t n);
/** How many of [begin, end) match, the dead included, when that can be told from the edges: a
 * single list. False: walk (or a failure, noted). */
bool dtl_prune_count(struct dtl_prune *p, dtl_doc begin, dtl_doc end, uint64_t *count);

/** Offer to the sieve what can enter the heap. Failures of lists are in the context. */
enum dtl_status dtl_prune_zone(struct dtl_prune *p, struct dtl_sieve *sieve) DTL_MUST_USE;
#endif
