/*
 * indexer/article/dates.h - which day an article is of.
 */
#ifndef DTL_ARTICLE_DATES_H
#define DTL_ARTICLE_DATES_H
#include "common/segment/article.h"
#include "indexer/format/stated_date.h"

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
#endif
