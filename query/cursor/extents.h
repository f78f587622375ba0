/*
 * query/cursor/extents.h - where a part of a query stands in one text: the algebra behind NEAR,
 * sentences, loose phrases and counts of places. Pure functions over arrays; cursors (places.h) and
 * snippets ask the same ones, so that what is marked is what matched.
 *
 * A span is the positions of the first and last word of a match. Sets of spans are minimal: of two,
 * one inside the other, only the inner counts; so begins and ends both rise, a set has at most as
 * many spans as there are positions, and every function here is linear in what it is given (Clarke,
 * Cormack, Burkowski 1995, "An Algebra for Structured Text Search"; docs/decisions/0140).
 *
 * Positions below `border` are the title's; nothing reaches across it.
 */
#ifndef DTL_CURSOR_EXTENTS_H
#define DTL_CURSOR_EXTENTS_H
#include "common/base/bytes.h"

struct dtl_extent {
    uint32_t begin, end; /* positions, both inclusive */
};
struct dtl_extents { /* minimal, rising */
    const struct dtl_extent *v;
    uint32_t n;
};

/**
 * Spans that hold one of `a` and one of `b`, apart from each other, from the end of the first to
 * the beginning of the second at most `distance` (neighbours: 1); ordered: `a` first. `out` has
 * room for a.n + b.n. Returns how many.
 */
uint32_t dtl_extents_near(struct dtl_extents a, struct dtl_extents b, bool ordered,
                          uint32_t distance, uint32_t border, struct dtl_extent *out);
/** The same in either order, with none of the rising positions `starts` behind the first word of
 * the span and up to its last: both stand in one sentence. */
uint32_t dtl_extents_together(struct dtl_extents a, struct dtl_extents b, const uint32_t *starts,
                              uint32_t n, uint32_t border, struct dtl_extent *out);
/** Those of `a` that no `b` overlaps or comes within `distance` of. `out` has room for a.n. */
uint32_t dtl_extents_not_near(struct dtl_extents a, struct dtl_extents b, uint32_t distance,
                              uint32_t border, struct dtl_extent *out);
/** Those of either. `out` has room for a.n + b.n. */
uint32_t dtl_extents_either(struct dtl_extents a, struct dtl_extents b, struct dtl_extent *out);
/** Those inside [from, to). `out` has room for a.n, and may be a.v. */
uint32_t dtl_extents_inside(struct dtl_extents a, uint32_t from, uint64_t to,
                            struct dtl_extent *out);

struct dtl_loose_word {        /* of a phrase that may be spread */
    const uint32_t *positions; /* rising, distinct */
    uint32_t n;
    uint32_t offset; /* from the phrase's first word, rising */
    uint32_t needed; /* any order: this many of its positions; 0: an equal word before counts it */
    uint32_t at;     /* scratch */
};
/**
 * The words in their order with at most `slop` words more between them than the phrase has; any
 * order: each word in a stretch that is at most `slop` longer than the phrase. `out` has room for
 * the positions of the last word, in any order for those of all words. Costs the positions, in any
 * order times the words.
 */
uint32_t dtl_extents_loose(struct dtl_loose_word *word, uint32_t words, uint32_t slop,
                           uint32_t border, struct dtl_extent *out);
uint32_t dtl_extents_any_order(struct dtl_loose_word *word, uint32_t words, uint32_t slop,
                               uint32_t border, struct dtl_extent *out);
#endif
