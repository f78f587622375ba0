/*
 * query/rank/candidates.h - documents of one stretch that may enter the heap, and what they score
 * so far: picked out of a block all together, asked of other words all together.
 *
 * For the walks of this folder. Whatever is dropped cannot reach what was asked for.
 */
#ifndef DTL_RANK_CANDIDATES_H
#define DTL_RANK_CANDIDATES_H
#include "query/cursor/meet.h"
#include "query/rank/clause.h"

struct dtl_candidates { /* rising */
    uint32_t n;         /* at most DTL_BLOCK */
    dtl_doc doc[DTL_MEET_ROOM];
    uint32_t score[DTL_MEET_ROOM];
    dtl_doc met[DTL_MEET_ROOM]; /* of one word: scratch */
    uint32_t tf[DTL_MEET_ROOM];
    uint16_t which[DTL_MEET_ROOM];
};

struct dtl_required { /* bitmaps of words that every document must hold, as far as there are any */
    uint32_t n;
    struct dtl_bytes bits[DTL_CLAUSES_MAX];
};

/** Postings of the list's current block in [from, to) that score `need` or more by `w`, all of them
 * when it is NULL; those without a required word may be left out (NULL: none is). False on failure,
 * noted. */
bool dtl_candidates_of_block(struct dtl_candidates *c, struct dtl_list *l,
                             const struct dtl_weight *w, dtl_doc from, dtl_doc to, uint32_t need,
                             const struct dtl_required *required);
/**
 * Add what the word adds, keep those that then have `need`; of a required word only those that it
 * holds. False on failure, noted.
 */
bool dtl_candidates_ask(struct dtl_candidates *c, struct dtl_clause *word, bool required,
                        uint32_t need);
/** Keep those that have `need`. */
void dtl_candidates_keep(struct dtl_candidates *c, uint32_t need);
/** Offer them; those under the floor of their places fall through. */
enum dtl_status dtl_candidates_offer(struct dtl_candidates *c, struct dtl_sieve *s) DTL_MUST_USE;
#endif
