/*
 * query/cursor/batch.h - a phrase whose words are lists, matched many documents at a time.
 *
 * The rarest word's block leads. Its documents are asked of the other words all together, rare
 * words first; positions are compared pair by pair as soon as that drops more than asking the next
 * word would, so that a word that stands nearly everywhere is asked about the few documents left.
 * What is found is kept: matches and where the phrase begins in them. The lists belong to the
 * batch: nobody else moves them.
 */
#ifndef DTL_CURSOR_BATCH_H
#define DTL_CURSOR_BATCH_H
#include "query/cursor/list.h"

struct dtl_batch;

/**
 * Of `n` words at their places, the cheapest first, each a list (list.h). NULL: no memory, noted.
 */
struct dtl_batch *dtl_batch_of(struct dtl_cursor_context *ctx, const struct dtl_phrase_word *word,
                               uint32_t n);
/**
 * The first match >= target, which does not fall; DTL_DOC_END: none, or a failure, noted. Before
 * `end` matches may be left out that by `w` cannot score `floor`; 0: none are.
 */
dtl_doc dtl_batch_seek(struct dtl_batch *b, dtl_doc target, const struct dtl_weight *w,
                       uint32_t floor, dtl_doc end);
/** Where the phrase begins in the match found last: how many, rising. *plain: none of its words
 * stands in a title there. */
uint32_t dtl_batch_starts(const struct dtl_batch *b, const uint32_t **starts, bool *plain);
#endif
