/*
 * indexer/format/dateline.h - what a news story begins with: PARIS, Nov 23 (AP) - the place, the
 * day and the agency it came from.
 */
#ifndef DTL_FORMAT_DATELINE_H
#define DTL_FORMAT_DATELINE_H
#include "indexer/format/printed_date.h"

#define DTL_DATELINE_PLACES 4 /* PARIS/LONDON, or a town and what it lies in */

struct dtl_dateline { /* views into the text */
    struct dtl_bytes place[DTL_DATELINE_PLACES];
    size_t places;                /* at least 1 */
    struct dtl_bytes agency;      /* empty: none is named */
    struct dtl_printed_date date; /* used 0: none is printed; often without a year */
    size_t used;                  /* bytes up to where the story goes on */
};

/**
 * The dateline `line` begins with. True only where the shape leaves little doubt: capitalised words
 * that can be a place; an agency that is known, or a day and capital letters; a dash at the end.
 * `sure`: the line is stated to be a dateline, and a place and a dash are enough. Forms of Chinese,
 * Japanese and Korean agencies too.
 */
bool dtl_dateline_read(struct dtl_bytes line, bool sure, const struct dtl_date_hints *hints,
                       struct dtl_dateline *out);

/**
 * The dateline of a story: at the beginning of one of its first `lines` lines that are not blank.
 * *line (may be NULL) is the place of that line in the text.
 */
bool dtl_dateline_find(struct dtl_bytes text, size_t lines, const struct dtl_date_hints *hints,
                       struct dtl_dateline *out, size_t *line);
#endif
