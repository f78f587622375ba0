/*
 * query/interactive/period.h - the date range that keys move, and the periods a timeline is drawn
 * in.
 *
 * A range is nothing at all, or one whole decade, year, month or day; it is written as the date
 * forms of the query language write it (1990s, 2024, 2024-03, 2024-03-22), so that the command line
 * printed at the end says the same.
 */
#ifndef DTL_INTERACTIVE_PERIOD_H
#define DTL_INTERACTIVE_PERIOD_H
#include "common/base/date.h"

enum dtl_period_level {
    DTL_PERIOD_NONE,
    DTL_PERIOD_DECADE,
    DTL_PERIOD_YEAR,
    DTL_PERIOD_MONTH,
    DTL_PERIOD_DAY
};

struct dtl_period {
    enum dtl_period_level level;
    dtl_day first; /* of the period; unused with NONE */
};

/** The period of this level that `day` (DTL_DAY_MIN to DTL_DAY_MAX) lies in. */
struct dtl_period dtl_period_of(enum dtl_period_level level, dtl_day day);
/** All its days; of NONE all days there are. */
struct dtl_interval dtl_period_days(struct dtl_period p);
/** The next higher level; of NONE itself. */
struct dtl_period dtl_period_widen(struct dtl_period p);
/** The next lower level: the part that `day` lies in, or the last part when it lies outside. */
struct dtl_period dtl_period_narrow(struct dtl_period p, dtl_day day);
/** `by` periods later (earlier when negative); stays within the years 1 to 9999, NONE where it is.
 */
struct dtl_period dtl_period_shift(struct dtl_period p, int by);
/** The same period `by` years later: a month stays that month, a day the last of a shorter one. */
struct dtl_period dtl_period_shift_years(struct dtl_period p, int by);
/** As a date form; "" for NONE. */
const char *dtl_period_print(struct dtl_period p, char out[DTL_DATE_TEXT]);

/** How a range of days is divided into at most `most` equal-looking periods. */
struct dtl_axis {
    enum dtl_period_level level; /* DAY, MONTH or YEAR */
    int years;                   /* of a period of level YEAR: 1, or more for a long range */
    dtl_day first;               /* of the first period */
    size_t periods;
};

/** The finest division of `range` (dated) into 1 to `most` (at least 1) periods. */
struct dtl_axis dtl_axis_over(struct dtl_interval range, size_t most);
/** Which period `day` is in; axis->periods when in none. O(1). */
size_t dtl_axis_place(const struct dtl_axis *axis, dtl_day day);
/** The first day of period number `i`, for a label. */
dtl_day dtl_axis_day(const struct dtl_axis *axis, size_t i);
/** The label of period number `i`: 2024-03-22, 2024-03, 2024. */
const char *dtl_axis_print(const struct dtl_axis *axis, size_t i, char out[DTL_DATE_TEXT]);
#endif
