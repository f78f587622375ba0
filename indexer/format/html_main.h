/*
 * indexer/format/html_main.h - which part of a page is its article.
 *
 * Scores after the manner of readability: paragraphs give points to what holds them, by their
 * length and commas; names of classes speak for and against; links count against. Every weight
 * stands in html_main.c with its reason.
 */
#ifndef DTL_FORMAT_HTML_MAIN_H
#define DTL_FORMAT_HTML_MAIN_H
#include "indexer/format/xml_item.h"

/**
 * The article's text of a page, in the arena: empty when there is none. False: no memory. Linear in
 * the tree (its depth is bounded by the parser). Uses the nodes' `_private`.
 */
bool dtl_html_main_text(struct _xmlDoc *page, struct dtl_arena *arena, struct dtl_bytes *out);

/** All of a page, UTF-8, as a record: for readers whose records hold pages. False: no memory. */
bool dtl_html_record(struct dtl_bytes page, struct dtl_making *m);
#endif
