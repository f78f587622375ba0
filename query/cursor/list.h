/* query/cursor/list.h - one posting list as a cursor, or as blocks by number with bounds; for this
 * folder and the walks of query/rank. */
#ifndef DTL_CURSOR_LIST_H
#define DTL_CURSOR_LIST_H
#include "query/cursor/cursor.h"
#include "query/cursor/scores.h"

struct dtl_list {
    struct dtl_cursor c;
    uint32_t i;            /* current posting of the block, when not at the end */
    const uint8_t *filter; /* bit v: variant v counts; NULL: all do */
    struct dtl_list *next; /* of the context */
    uint32_t *kept;        /* filtered positions */
    uint32_t kept_room;
    uint32_t near;           /* block found last, for whoever goes by blocks */
    uint32_t most;           /* bound of the whole list; 0: not computed */
    uint32_t scored;         /* block whose contributions are in `scores`, + 1 */
    uint32_t *bound;         /* by block, where known; NULL: none yet */
    dtl_doc *lasts;          /* last document by block; NULL: not read yet */
    struct dtl_bytes bitmap; /* its documents as bits; empty: none, or dtl_list_bitmap not called */
    uint8_t *bounded;        /* by group of DTL_BOUNDS_AT_ONCE blocks: its bounds are known */
    struct dtl_postings p;   /* last: they are large */
    uint32_t scores[DTL_BLOCK]; /* contributions of the current block */
};

#define DTL_BOUNDS_AT_ONCE 32u /* blocks whose bounds are computed together */

/*
 * By blocks: what p->block is current may change in any order, and the cursor is not to be sought
 * between. Failures are noted in the context.
 */

/** Make a block current, documents alone; then its frequencies. */
bool dtl_list_load(struct dtl_list *l, uint32_t block);
bool dtl_list_tfs(struct dtl_list *l);
/** Have l->bitmap where the index has one. False on failure, noted. */
bool dtl_list_bitmap(struct dtl_list *l);
/** The 64 documents from `doc` on as bits, by the list's bitmap. */
static inline uint64_t dtl_list_bits(const struct dtl_list *l, dtl_doc doc)
{
    size_t words = l->bitmap.n / 8, k = doc / 64, shift = doc % 64;
    uint64_t low = k < words ? dtl_load64(l->bitmap.p + 8 * k) >> shift : 0;
    return shift && k + 1 < words ? low | dtl_load64(l->bitmap.p + 8 * k + 8) << (64 - shift) : low;
}
/** Contributions of the current block's postings by `w`, narrow and the same for all calls. */
const uint32_t *dtl_list_scores(struct dtl_list *l, const struct dtl_weight *w);
/** What no posting of each block scores more than, by block number; those of [from, to) are known.
 */
const uint32_t *dtl_list_bounds(struct dtl_list *l, const struct dtl_weight *w, uint32_t from,
                                uint32_t to);
/**
 * A frequency that postings of the current block must have for a contribution of `need` or more, as
 * its impact pairs tell: most score less than the block's bound, and need not be looked at.
 */
uint32_t dtl_list_least_tf(struct dtl_list *l, const struct dtl_weight *w, uint32_t need);
/** Last documents by block number, all of them; NULL: failed. */
const dtl_doc *dtl_list_lasts(struct dtl_list *l);
/** The bound of a block if it is known, else UINT32_MAX. */
static inline uint32_t dtl_list_bounded(const struct dtl_list *l, uint32_t block)
{
    return l->bounded && l->bounded[block / DTL_BOUNDS_AT_ONCE] ? l->bound[block] : UINT32_MAX;
}

/** The first block of `l` that can hold documents >= doc, looked for from where it was found last.
 */
static inline uint32_t dtl_list_block(struct dtl_list *l, dtl_doc doc)
{
    uint32_t k = l->near;
    if (k >= l->p.blocks || (k && dtl_postings_last(&l->p, k - 1) >= doc))
        k = 0; /* asked for something before it */
    return l->near = dtl_postings_find(&l->p, k, doc);
}

/** Index of the first posting of the current block that is >= doc; count when none. */
static inline uint32_t dtl_list_place(const struct dtl_list *l, dtl_doc doc)
{
    const dtl_doc *docs = l->p.docs;
    uint32_t at = 0;
    if (l->p.count == DTL_BLOCK) { /* no branch to mispredict: candidates are far apart */
        for (uint32_t half = DTL_BLOCK / 2; half; half /= 2)
            at += docs[at + half - 1] < doc ? half : 0;
        return at + (docs[at] < doc);
    }
    while (at < l->p.count && docs[at] < doc)
        at++;
    return at;
}

/** Does an occurrence of the current posting pass the list's filter? False also on failure. */
bool dtl_list_passes(struct dtl_list *l);

/** Is the cursor a struct dtl_list, of all forms or of some? */
bool dtl_cursor_is_list(const struct dtl_cursor *c);

/** A zeroed cursor of `bytes`, noted as failure in the context when there is no memory. */
void *dtl_cursor_new(struct dtl_cursor_context *ctx, size_t bytes, const struct dtl_cursor_ops *ops,
                     uint64_t cost);

static inline bool dtl_filter_holds(const uint8_t *filter, uint32_t variant)
{
    return filter[variant >> 3] >> (variant & 7) & 1;
}

/** Make room for n positions in *room, which holds *have; false on failure. */
bool dtl_positions_room(struct dtl_cursor_context *ctx, uint32_t **room, uint32_t *have,
                        uint32_t n);
#endif
