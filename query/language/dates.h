/* query/language/dates.h - the one date grammar of the query language and the options (docs:
 * dateline-dates). */
#ifndef DTL_LANGUAGE_DATES_H
#define DTL_LANGUAGE_DATES_H
#include "common/base/date.h"

struct dtl_clock { /* --now and --tz, resolved once per process */
    dtl_day today;
    int64_t now_seconds;
};

enum dtl_date_relation {
    DTL_DATE_ON,
    DTL_DATE_SINCE,
    DTL_DATE_UNTIL,
    DTL_DATE_BEFORE,
    DTL_DATE_AFTER
};

struct dtl_date_filter {
    enum dtl_date_relation relation;
    const char *text; /* E of the grammar, or E..E with DTL_DATE_ON */
};

/**
 * The days a filter admits. *relative is set when the form depends on the clock (it is echoed
 * then); *undated for `none`. DTL_EQUERY: err->pos inside `text`, err->text with the nearest
 * accepted form.
 */
enum dtl_status dtl_dates_resolve(enum dtl_date_relation relation, struct dtl_bytes text,
                                  const struct dtl_clock *clock, struct dtl_interval *out,
                                  bool *relative, bool *undated,
                                  struct dtl_error *err) DTL_MUST_USE;

enum dtl_calendar_kind { DTL_CALENDAR_WEEKDAY, DTL_CALENDAR_MONTH, DTL_CALENDAR_DAY };
struct dtl_calendar { /* articles of a single day, of one month for MONTH */
    enum dtl_calendar_kind kind;
    uint8_t weekday; /* ISO: 1 Monday .. 7 Sunday */
    uint8_t month, day;
};

/**
 * `N unit` (30d, 2 weeks, 6m) in days, as `last N units` has them today: 1y is 365 or 366. Errors
 * as above.
 */
enum dtl_status dtl_span_days(struct dtl_bytes text, const struct dtl_clock *clock, uint32_t *days,
                              struct dtl_error *err) DTL_MUST_USE;

/**
 * weekday:sun, month:12 or march, every:03-15 or march_15: true of some days in each year. A day
 * may be a whole date too, whose anniversary it is then; *relative when the clock decided it.
 * Errors as above.
 */
enum dtl_status dtl_calendar_resolve(enum dtl_calendar_kind kind, struct dtl_bytes text,
                                     const struct dtl_clock *clock, struct dtl_calendar *out,
                                     bool *relative, struct dtl_error *err) DTL_MUST_USE;

/** --now (RFC 3339 or a date; NULL: the system clock) and --tz (IANA name; NULL: the
 * environment's). */
enum dtl_status dtl_clock_of(const char *now, const char *tz, struct dtl_clock *out,
                             struct dtl_error *err) DTL_MUST_USE;
/** The civil day of an instant where the user is, after dtl_clock_of. */
dtl_day dtl_clock_day(int64_t seconds);
#endif
