/*
 * indexer/format/html_plain.h - the text of HTML that holds nothing but paragraphs, line breaks,
 * images and marked words, without a tree.
 */
#ifndef DTL_FORMAT_HTML_PLAIN_H
#define DTL_FORMAT_HTML_PLAIN_H
#include "indexer/format/text_flow.h"

/**
 * False: `html` holds something that a parser must judge; what has gone into the flow is to be
 * thrown away. Otherwise the flow is what dtl_text_flow_tree makes of libxml2's tree of it.
 * `html` has no NUL. Linear in html.n; no memory but the flow's.
 */
bool dtl_html_plain(struct dtl_bytes html, struct dtl_text_flow *f);

/** A reference at in[at], which is '&': what it stands for, and *used of its bytes, 0 when it is
 * none. */
uint32_t dtl_html_reference(struct dtl_bytes in, size_t at, size_t *used);
#endif
