/*
 * query/rank/sieve.h - between the walks that skip and the heap of the best: what a document of one
 * zone must score to matter, and the offering of those that do.
 *
 * The order of results is (score, newer first, id). Inside a zone, OTHER apart, document order is
 * tie order, so once a score was refused, or taken by a document of the zone, later documents must
 * score more. Against documents from elsewhere a tie may still be won, unless the zone is older as
 * a whole. Documents may be offered in any order: the floor of a place depends on what stands
 * before it.
 *
 * Where scores fade with age the walks know nothing of it: floors and offers are of whole scores, a
 * floor being what the newest document from that place on needs to have enough left.
 */
#ifndef DTL_RANK_SIEVE_H
#define DTL_RANK_SIEVE_H
#include "query/cursor/cursor.h"
#include "query/rank/decay.h"
#include "query/rank/topk.h"

struct dtl_sieve {
    struct dtl_topk *top;
    struct dtl_segment *seg;
    uint32_t segment; /* the heap's number of it */
    enum dtl_zone_id zone;
    dtl_doc begin, end;                   /* documents the date filter admits */
    const struct dtl_date_ranges *ranges; /* NULL, or a test for each document of OTHER */
    dtl_day newest;                       /* of the zone; DTL_DAY_NONE: undated */
    struct dtl_decay *decay;              /* NULL: scores do not fade */
    uint64_t refused;                     /* greatest score refused + 1, and where */
    dtl_doc refused_at;
    uint64_t *scored; /* documents offered: counted as work */
    struct dtl_error *err;
};

/** Documents from `at` on that score less cannot enter; 1 when all still can. Nothing that scores 0
 * passes. */
uint32_t dtl_sieve_floor(struct dtl_sieve *s, dtl_doc at);
/** May floors of earlier places be lower than this one by more than 1? */
static inline bool dtl_sieve_floors_rise(const struct dtl_sieve *s)
{
    return s->decay != NULL;
}
/** Offer a document of [begin, end), once. Dead ones and those the filter excludes fall through. */
enum dtl_status dtl_sieve_offer(struct dtl_sieve *s, dtl_doc doc, uint32_t score) DTL_MUST_USE;
#endif
