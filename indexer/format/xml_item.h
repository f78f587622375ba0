/*
 * indexer/format/xml_item.h - one item of XML as a tree, what a tree says, and records made of it.
 *
 * Names are local names with the family of their namespace: "" for that of the format itself or
 * none, "dc", "content", "wp", "excerpt", "media", "itunes", "atom", "xhtml", "other". A prefix
 * nobody declared counts by its usual meaning.
 */
#ifndef DTL_FORMAT_XML_ITEM_H
#define DTL_FORMAT_XML_ITEM_H
#include "indexer/format/html_text.h"
#include "indexer/format/xml_frame.h"

/**
 * `xml`, made fit for a parser (references of HTML resolved, stray '<' and '&' taken as text,
 * control characters as blanks), under the namespaces declared in `lead`. DTL_OK: *doc, whose
 * root's first element is the item. DTL_EINPUT: libxml2 cannot follow it to its end, or it is over
 * 250 levels deep.
 */
enum dtl_status dtl_xml_item_parse(struct dtl_bytes xml, struct dtl_bytes lead,
                                   struct _xmlDoc **doc, struct dtl_error *err) DTL_MUST_USE;
/** The same of what stands before the first item, whose elements are not closed. NULL: nothing. */
struct _xmlDoc *dtl_xml_lead_parse(struct dtl_bytes lead);

const struct _xmlNode *
dtl_xml_element(const struct _xmlNode *first); /* it, or the next sibling that is one */
bool dtl_xml_is(const struct _xmlNode *node, const char *family, const char *name);
/** The first, or next behind `after` (may be NULL), child of that name; NULL: none. */
const struct _xmlNode *dtl_xml_child(const struct _xmlNode *parent, const char *family,
                                     const char *name, const struct _xmlNode *after);
/** The first, or next behind `after`, element of that local name anywhere below `top`. */
const struct _xmlNode *dtl_xml_below(const struct _xmlNode *top, const char *name,
                                     const struct _xmlNode *after);
/** An attribute's value, borrowed; "" when it has none. Without regard to namespaces. */
const char *dtl_xml_attribute(const struct _xmlNode *node, const char *name);

/* ---- records ---- */

#define DTL_MAKE_FIELDS 24

struct dtl_making {
    struct dtl_arena *arena;
    struct dtl_record *r;
    bool failed; /* no memory */
};
bool dtl_make_begin(struct dtl_making *m, struct dtl_record *r, struct dtl_arena *arena);
bool dtl_make_has(const struct dtl_making *m, const char *name);
/** A field of one text; an empty one states nothing. `name` is a constant. */
void dtl_make_put(struct dtl_making *m, const char *name, struct dtl_bytes text);
/** One more value of a list. */
void dtl_make_add(struct dtl_making *m, const char *name, struct dtl_bytes text);
/** All text below a node, blanks single, in the arena. */
struct dtl_bytes dtl_make_line(struct dtl_making *m, const struct _xmlNode *node);
/** All text below a node as it stands. */
struct dtl_bytes dtl_make_raw(struct dtl_making *m, const struct _xmlNode *node);
/** The text of a node's elements, laid out as HTML is; of its text when `escaped` and it has no
 * elements. */
struct dtl_bytes dtl_make_flow(struct dtl_making *m, const struct _xmlNode *node, bool escaped);
#endif
