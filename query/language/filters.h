/* query/language/filters.h - date filters while a query is parsed: resolved, noted, intersected. */
#ifndef DTL_LANGUAGE_FILTERS_H
#define DTL_LANGUAGE_FILTERS_H
#include "query/language/ast.h"
#include "query/language/dates.h"

struct dtl_filters {
    struct dtl_query *q;
    struct dtl_arena *arena;
    const struct dtl_clock *clock;
    unsigned seen; /* relations of whole-query filters so far, a bit each */
};

/**
 * The days of one filter. A relative form, a bare range, a year before the Gregorian calendar and a
 * second filter of the same kind leave a note. err->pos counts inside `text`.
 */
enum dtl_status dtl_filters_resolve(struct dtl_filters *f, enum dtl_date_relation relation,
                                    struct dtl_bytes text, bool whole, bool bare,
                                    struct dtl_interval *range, bool *undated,
                                    struct dtl_error *err) DTL_MUST_USE;

/** A weekday, a month or a day of any year, as `kind` asks; `name` is the field's, for notes. */
enum dtl_status dtl_filters_calendar(struct dtl_filters *f, enum dtl_calendar_kind kind,
                                     const char *name, struct dtl_bytes text,
                                     struct dtl_calendar *out, struct dtl_error *err) DTL_MUST_USE;

/** Narrow the whole query to `range` or to the undated; DTL_EQUERY at `pos` when nothing is left.
 */
enum dtl_status dtl_filters_apply(struct dtl_filters *f, struct dtl_interval range, bool undated,
                                  uint32_t pos, struct dtl_error *err) DTL_MUST_USE;

/** Resolve and apply --since and its like; a fault is DTL_EUSAGE, the message names the option. */
enum dtl_status dtl_filters_option(struct dtl_filters *f, const struct dtl_date_filter *option,
                                   struct dtl_error *err) DTL_MUST_USE;

/** "since", "date", ... as the field and the option are named. */
const char *dtl_date_relation_name(enum dtl_date_relation r);
#endif
