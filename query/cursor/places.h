/*
 * query/cursor/places.h - cursors that know where in a document they match, and those that ask:
 * NEAR and its kin, sentences, counts of places, loose phrases, leads (docs/decisions/0140).
 *
 * A candidate is found by documents alone; only then are positions decoded and combined
 * (extents.h). What such a cursor scores is the number of its spans, those in the title weighing
 * what title words weigh, put into the same formula as a phrase's occurrences.
 */
#ifndef DTL_CURSOR_PLACES_H
#define DTL_CURSOR_PLACES_H
#include "query/cursor/cursor.h"
#include "query/cursor/extents.h"
#include "query/language/ast.h"

/** Minimal spans at c->doc of a word, a phrase or a cursor made here; valid until it moves. None on
 * failure, which is in the context. */
struct dtl_extents dtl_cursor_extents(struct dtl_cursor *c);

/** Constructors: as those of cursor.h; `a`, `b` and children offer places and are taken over. */
struct dtl_cursor *dtl_cursor_near(struct dtl_cursor_context *ctx, enum dtl_near how,
                                   uint32_t distance, struct dtl_cursor *a, struct dtl_cursor *b);
struct dtl_cursor *dtl_cursor_atleast(struct dtl_cursor_context *ctx, struct dtl_cursor *child,
                                      uint32_t needed);
/** OR whose places are those of its children. */
struct dtl_cursor *dtl_cursor_either(struct dtl_cursor_context *ctx, struct dtl_cursor **child,
                                     uint32_t n);
/** The places of `child` in the lead, title or lead, first words of the body. */
struct dtl_cursor *dtl_cursor_scope(struct dtl_cursor_context *ctx, struct dtl_cursor *child,
                                    enum dtl_scope scope, uint32_t first);
/** A phrase with extra words; `word` as for dtl_cursor_phrase, offsets rising. */
struct dtl_cursor *dtl_cursor_loose(struct dtl_cursor_context *ctx, struct dtl_phrase_word *word,
                                    uint32_t n, uint32_t slop, bool any_order);
#endif
