/*
 * indexer/format/stated_date.h - the day that a field, a name or the first lines of a text state.
 */
#ifndef DTL_FORMAT_STATED_DATE_H
#define DTL_FORMAT_STATED_DATE_H
#include "indexer/format/printed_date.h"

/**
 * A date as articles state it: all of dtl_date_parse (an hour of one digit too), `Fri, 22 Mar 2024
 * 10:00:00 GMT`, `22-MAR-1987 15:01:01.79`, and all of dtl_printed_date, a time behind it. A time
 * without a zone names no instant. DTL_EINPUT: none of these, or no such day.
 */
enum dtl_status dtl_date_stated(struct dtl_bytes text, const struct dtl_date_hints *hints,
                                struct dtl_interval *out, struct dtl_instant *instant,
                                struct dtl_error *err) DTL_MUST_USE;

/**
 * A day inside a URL (the first) or a path (the last): YYYY/MM/DD, YYYY-MM-DD, with '_' or '.' too,
 * month and day of one digit too (2019-5-15-title.md), a month as an English word (2019/may/15),
 * and in a path YYYYMMDD of the years 1900 on. No digit may stand on either side. False: none.
 */
bool dtl_date_in_name(struct dtl_bytes name, bool last, dtl_day *out);

/** A year that a folder, or a part of a name between marks, is: news/2018/kyodo.txt. The last. */
bool dtl_year_in_name(struct dtl_bytes name, int *out);

/** A line of its own among the first three of a text that is a date and nothing else. */
bool dtl_date_in_text(struct dtl_bytes text, const struct dtl_date_hints *hints,
                      struct dtl_interval *out, struct dtl_instant *instant);
#endif
