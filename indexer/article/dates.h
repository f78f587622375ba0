/*
 * indexer/article/dates.h - which day an article is of.
 */
#ifndef DTL_ARTICLE_DATES_H
#define DTL_ARTICLE_DATES_H
#include "common/segment/article.h"
#include "indexer/format/printed_date.h"

/** The sources to ask, in order; as many as `n`. */
struct dtl_date_order {
    enum dtl_date_source source[8];
    size_t n;
};

/**
 * "meta,url,text,path,mtime" or a part of it, in the order given; NULL: the default, which is all
 * but mtime, or meta alone when `final`, of formats whose articles state that they have no date by
 * stating none. DTL_EUSAGE: another word.
 */
enum dtl_status dtl_date_order_parse(const char *text, bool final, struct dtl_date_order *out,
                                     struct dtl_error *err) DTL_MUST_USE;

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

/** A line of its own among the first three of a text that is a date and nothing else. */
bool dtl_date_in_text(struct dtl_bytes text, const struct dtl_date_hints *hints,
                      struct dtl_interval *out, struct dtl_instant *instant);
#endif
