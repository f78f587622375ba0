/*
 * indexer/format/html_title.h - which of a page's lines is its title.
 *
 * A page states a title for machines (JSON-LD, OpenGraph), one for the window (<title>, with the
 * site's name) and one for readers (a heading). The first is believed; where two of the others
 * agree against it they are; the site's name is taken off.
 */
#ifndef DTL_FORMAT_HTML_TITLE_H
#define DTL_FORMAT_HTML_TITLE_H
#include "indexer/format/xml_item.h"

#define DTL_HTML_HEADINGS 16 /* lines of <h1> elements kept: each whole, and without its links */

struct dtl_html_titles {     /* lines, without markup; views into an arena. {0} before the first */
    struct dtl_bytes stated; /* for machines */
    struct dtl_bytes window;
    struct dtl_bytes site; /* its name */
    struct dtl_bytes url;  /* the page's address, whose host is a name of the site too */
    struct dtl_bytes heading[DTL_HTML_HEADINGS];
    size_t headings;
    size_t h1; /* elements */
};

/** An <h1>, into *t. */
void dtl_html_titles_heading(struct dtl_html_titles *t, const struct _xmlNode *h1,
                             struct dtl_making *m);

/** The title: a part of one of the lines, empty when there is none. */
struct dtl_bytes dtl_html_title(const struct dtl_html_titles *t);
#endif
