/* query/result/facets.h - how many matches have each value of a field: exact, over all of them. */
#ifndef DTL_RESULT_FACETS_H
#define DTL_RESULT_FACETS_H
#include "query/result/search.h"

struct dtl_facet_value {
    struct dtl_bytes text; /* as the newest of its matches prints it */
    uint64_t count;        /* matches that have it */
    bool none;             /* not a value: the matches without one; the last of its facet */
};

struct dtl_facet {
    const char *field; /* static */
    struct dtl_facet_value *value;
    size_t values;
};

/** DTL_EUSAGE when `list` is not fields of source, author, section, tag, place, agency, lang, year,
 * month with commas between. */
enum dtl_status dtl_facets_check(const char *list, struct dtl_error *err) DTL_MUST_USE;

/**
 * Count each field of `list`. Values are told apart folded (case and accents aside); most matches
 * first, then by bytes; years and months rise. An article with two tags counts for both. Source,
 * section, tag, place, agency and lang are counted by their lists, without reading an article;
 * authors by reading every match. *total: matches. All in `arena`.
 */
enum dtl_status dtl_facets_count(struct dtl_snapshot *snap, struct dtl_plan *plan,
                                 const struct dtl_query *q, const char *list,
                                 struct dtl_arena *arena, struct dtl_facet **out, size_t *n,
                                 uint64_t *total, struct dtl_error *err) DTL_MUST_USE;
#endif
