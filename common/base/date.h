/*
 * common/base/date.h - civil days and the ISO forms articles are dated with.
 *
 * A day is the date printed on the article; no time zone ever shifts it. Proleptic Gregorian
 * calendar, years 0001 to 9999. The query language's wider date grammar lives in
 * query/language/dates.h.
 */
#ifndef DTL_BASE_DATE_H
#define DTL_BASE_DATE_H
#include "common/base/bytes.h"

#define DTL_DAY_MIN  (-719162) /* 0001-01-01 */
#define DTL_DAY_MAX  2932896   /* 9999-12-31 */
#define DTL_DAY_NONE INT32_MAX /* undated; sorts after every day in keys */

/** What is known of an article's date: it lies in [earliest, latest]; both DTL_DAY_NONE when
 * undated. */
struct dtl_interval {
    dtl_day earliest, latest;
};
#define DTL_UNDATED ((struct dtl_interval){DTL_DAY_NONE, DTL_DAY_NONE})

/** The five zones of a segment, in document order. The zone follows from the interval alone. */
enum dtl_zone_id {
    DTL_ZONE_DAY,   /* one day */
    DTL_ZONE_MONTH, /* exactly one calendar month */
    DTL_ZONE_YEAR,  /* exactly one calendar year */
    DTL_ZONE_OTHER, /* any other range */
    DTL_ZONE_UNDATED,
    DTL_ZONES
};

struct dtl_civil {
    int year, month, day; /* 1..9999, 1..12, 1..31 */
};

bool dtl_civil_valid(int year, int month, int day);
int dtl_days_in_month(int year, int month);
dtl_day dtl_day_of(int year, int month, int day); /* must be valid */
struct dtl_civil dtl_civil_of(dtl_day day);       /* DTL_DAY_MIN..DTL_DAY_MAX */
int dtl_weekday(dtl_day day);                     /* 0 Monday .. 6 Sunday */

struct dtl_interval dtl_interval_day(dtl_day day);
struct dtl_interval dtl_interval_month(int year, int month);
struct dtl_interval dtl_interval_year(int year);
enum dtl_zone_id dtl_interval_zone(struct dtl_interval i);
static inline bool dtl_interval_dated(struct dtl_interval i)
{
    return i.earliest != DTL_DAY_NONE;
}

/** An instant an article states beside its day. */
struct dtl_instant {
    int64_t seconds;        /* since 1970-01-01T00:00:00Z */
    int16_t offset_minutes; /* of the zone it was printed in */
    bool known;
};

/**
 * Parse the ISO 8601 forms an article's date field has: YYYY, YYYY-MM, YYYY-MM-DD (also with / or
 * unpadded, or YYYYMMDD), each day optionally followed by T or blank and
 * HH:MM[:SS[.fff]][Z|+HH:MM|+HHMM|+HH|-..]. All of `text` (blanks around it aside) must be the
 * date.
 *
 * DTL_OK: *out, and *instant when a time with a zone was given (instant may be NULL).
 * DTL_EINPUT: not such a date, or an impossible one (2024-02-31, year 0); err->pos is the offset of
 * the fault.
 */
enum dtl_status dtl_date_parse(struct dtl_bytes text, struct dtl_interval *out,
                               struct dtl_instant *instant, struct dtl_error *err) DTL_MUST_USE;

#define DTL_DATE_TEXT 24 /* room for dtl_date_print, NUL included */

/** As an article's date is printed: 2024-03-22, 2024-03, 2024, 1990-01-01..1999-12-31 or "" when
 * undated. */
const char *dtl_date_print(struct dtl_interval i, char out[DTL_DATE_TEXT]);
/** One day: 2024-03-22. */
const char *dtl_day_print(dtl_day day, char out[DTL_DATE_TEXT]);
#endif
