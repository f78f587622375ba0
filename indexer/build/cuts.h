/*
 * indexer/build/cuts.h - where articles are cut into segments: by the latest day, into parts of
 * about equal weight (cut.h), undated ones last; a day too heavy for one part is cut inside, in
 * document order.
 *
 * The same articles are cut at the same places whether they come from a batch, from spilled ones or
 * from segments.
 */
#ifndef DTL_BUILD_CUTS_H
#define DTL_BUILD_CUTS_H
#include "common/base/date.h"
#include "common/base/status.h"

struct dtl_cut_day { /* documents of one latest day */
    dtl_day day;
    uint64_t docs, weight;
};

struct dtl_cut_days { /* {0} is empty */
    struct dtl_cut_day *v;
    size_t n, capacity;
};

/** False: no memory. Days of equal neighbours are added up, so a sorted walk costs little. */
bool dtl_cut_days_add(struct dtl_cut_days *d, dtl_day day, uint64_t docs,
                      uint64_t weight) DTL_MUST_USE;

struct dtl_cut { /* what comes before is of earlier parts: newer days, and the first `take` of `day`
                  */
    dtl_day day;
    uint64_t take;
    uint64_t seen; /* of the first cut of a day: documents of it numbered so far */
};

struct dtl_cuts { /* {0}: one part */
    struct dtl_cut *v;
    uint32_t n;
};

/** Parts weigh at most about `cap` and hold at most `docs_max`. Sorts `d`; free(out->v) releases.
 */
enum dtl_status dtl_cuts_choose(struct dtl_cut_days *d, uint64_t cap, uint32_t docs_max,
                                struct dtl_cuts *out, struct dtl_error *err) DTL_MUST_USE;
/** The part of the next document, whose latest day is `day`; asked in document order. */
uint32_t dtl_cuts_part(struct dtl_cuts *c, dtl_day day);
#endif
