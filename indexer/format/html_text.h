/*
 * indexer/format/html_text.h - the text of HTML: of feeds, of news items, of pages.
 *
 * Blocks become paragraphs (a blank line between), items and rows lines, everything else flows;
 * blanks are single; references are resolved; scripts, styles and forms are no text. libxml2's
 * parser for the web's HTML does the reading: no network, no files, no limit lifted.
 */
#ifndef DTL_FORMAT_HTML_TEXT_H
#define DTL_FORMAT_HTML_TEXT_H
#include "indexer/format/text_flow.h"

struct _xmlDoc; /* of <libxml/tree.h>, which only those who walk trees need */

/**
 * The text of a fragment or a page, UTF-8, in the arena. Plain text without '<' and '&' is its own.
 * False: no memory. Linear in html.n; what libxml2 refuses (elements 256 deep) is read by taking
 * tags away.
 */
bool dtl_html_text(struct dtl_bytes html, struct dtl_arena *arena, struct dtl_bytes *out);

/** The same as one line: for titles. */
bool dtl_html_line(struct dtl_bytes html, struct dtl_arena *arena, struct dtl_bytes *out);

/** A page or fragment as a tree, to be freed by xmlFreeDoc; NULL: no memory, or *deep: libxml2
 * refused its depth, or a tag of it is overloaded. */
struct _xmlDoc *dtl_html_parse(struct dtl_bytes html, bool *deep);

/**
 * Has a tag more attributes than any author writes? libxml2 looks at each again for each that
 * follows. Linear in text.n.
 */
bool dtl_markup_is_overloaded(struct dtl_bytes text);

/** Forbid libxml2 to open anything, and to print. Once a process; cheap afterwards. */
void dtl_xml_start(void);
#endif
