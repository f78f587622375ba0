/*
 * indexer/format/printed_date.h - a day as people print it: 23 mai 2024, May 23, 2024,
 * 2024年5月23日,
 * 23. toukokuuta 2024, 23/05/2024.
 *
 * For readers, whose pages state days so, and for the date rules behind them. Nothing but what
 * stands in the text is used: what it leaves open comes out open.
 */
#ifndef DTL_FORMAT_PRINTED_DATE_H
#define DTL_FORMAT_PRINTED_DATE_H
#include "common/base/date.h"
#include "common/text/language.h"

/** In which order three numbers with the year last stand. */
enum dtl_day_order {
    DTL_ORDER_BY_LANGUAGE, /* day first, but for English and texts of no known language: unknown */
    DTL_ORDER_DAY_FIRST,   /* 23/05/2024 */
    DTL_ORDER_MONTH_FIRST, /* 05/23/2024 */
};

struct dtl_date_hints {
    dtl_lang_code lang; /* of the article; 0: not known */
    enum dtl_day_order order;
};

struct dtl_printed_date {
    /* A day, a month (May 2024), or two days and what is between them when nobody knows whether
     * 03/04/2020 is in March or in April. Undated when no year is printed. */
    struct dtl_interval date;
    int month, day; /* without a year: what is printed */
    bool ambiguous; /* one of two days */
    size_t used;    /* bytes read, from the beginning of the text */
};

/**
 * The date `text` begins with, a weekday before it included. DTL_OK; DTL_NOTFOUND: it begins with
 * no date; DTL_EINPUT: with one that there is not, such as 31 April 2024 (*out untouched in both).
 * With `years` false a day of a month without a year is a date too. Years of four digits, Japanese
 * eras apart. Months in any language of common/text/months.h; English and numbers load nothing.
 */
enum dtl_status dtl_printed_date(struct dtl_bytes text, const struct dtl_date_hints *hints,
                                 bool years, struct dtl_printed_date *out) DTL_MUST_USE;

/** January to December, or three letters and more of one; Sept. 0: none. */
int dtl_english_month(struct dtl_bytes word);

/** "dmy", "mdy" or "auto"; false: none of them. */
bool dtl_day_order_named(const char *name, enum dtl_day_order *out);

/** Could dtl_printed_date find one? False where there is no digit and nothing but ASCII; cheap. */
bool dtl_may_be_printed_date(struct dtl_bytes text);
#endif
