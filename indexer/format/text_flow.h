/*
 * indexer/format/text_flow.h - text as it is gathered: blanks single, paragraphs apart.
 */
#ifndef DTL_FORMAT_TEXT_FLOW_H
#define DTL_FORMAT_TEXT_FLOW_H
#include "indexer/format/format.h"

struct _xmlNode; /* of <libxml/tree.h>, which only those who walk trees need */

/** Text gathered from a tree, piece by piece. {0} before the first. */
struct dtl_text_flow {
    struct dtl_buffer out;
    int lines;  /* line ends due before the next word */
    bool blank; /* a blank is due */
};
/** What an element of this name does to the flow around it. */
enum dtl_html_role {
    DTL_HTML_INLINE,
    DTL_HTML_BLOCK,   /* a paragraph */
    DTL_HTML_LINE,    /* a line: items, rows */
    DTL_HTML_BREAK,   /* a line end */
    DTL_HTML_CELL,    /* a blank on either side */
    DTL_HTML_NO_TEXT, /* nothing in it is text */
};
enum dtl_html_role dtl_html_role(const char *name);
void dtl_text_flow_put(struct dtl_text_flow *f, struct dtl_bytes text);
void dtl_text_flow_lines(struct dtl_text_flow *f, int lines); /* at least so many line ends */
/** All below `node`; subtrees for which `skip` (may be NULL) is true are left out. Not recursive.
 */
void dtl_text_flow_tree(struct dtl_text_flow *f, const struct _xmlNode *node,
                        bool (*skip)(const struct _xmlNode *node, void *context), void *context);

#endif
