/*
 * query/result/resume.h - a place in the results of a query, as text a script can hand back.
 *
 * It holds for one query (as understood, with what orders it) in one generation of the archive:
 * there the same search gives the same hits in the same order. Nothing of it is trusted.
 */
#ifndef DTL_RESULT_RESUME_H
#define DTL_RESULT_RESUME_H
#include "query/result/search.h"

/* Up to this rank a place is told by the rank alone: a second stage may reorder what comes first,
 * and every page is longer. */
#define DTL_RESUME_SHALLOW 256u

struct dtl_place {
    uint64_t generation;
    uint64_t query; /* hash of what was asked */
    uint64_t rank;  /* hits before it */
    uint64_t total; /* UINT64_MAX: was not counted */
    uint64_t score; /* of the last of them */
    struct dtl_interval date;
    uint64_t ties; /* how many of them, at the end, have that score and earliest day */
};

#define DTL_CURSOR_TEXT 112u /* room for a cursor, NUL included */

void dtl_place_write(const struct dtl_place *p, char out[DTL_CURSOR_TEXT]);
/** False: no cursor of this program. */
bool dtl_place_read(const char *text, struct dtl_place *out);
/** Another hit was put out. */
void dtl_place_pass(struct dtl_place *p, const struct dtl_hit *hit);
#endif
