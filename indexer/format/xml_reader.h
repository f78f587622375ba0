/*
 * indexer/format/xml_reader.h - what every dialect of XML shares: framing, parsing, records.
 */
#ifndef DTL_FORMAT_XML_READER_H
#define DTL_FORMAT_XML_READER_H
#include "indexer/format/xml_item.h"

struct dtl_xml_dialect {
    const char *const *names; /* local names of its items, NULL ends them */
    bool alone;               /* a file of one item is that article */
    /**
     * Fill the record from an item. `lead`: root of what stood before the first item (its elements
     * not closed), or NULL. False: this item is no article (an attachment, a package): passed over.
     */
    bool (*make)(struct dtl_making *m, const struct _xmlNode *item, const struct _xmlNode *lead);
};

enum dtl_status dtl_xml_reader_open(void **state, struct dtl_input *in,
                                    const struct dtl_format_options *o,
                                    const struct dtl_xml_dialect *dialect, struct dtl_error *err);
enum dtl_status dtl_xml_reader_next(void *state, struct dtl_arena *arena, struct dtl_record *out,
                                    struct dtl_error *err);
void dtl_xml_reader_close(void *state);
bool dtl_xml_reader_place(const void *state, struct dtl_format_place *out);

/** Is the head's root element of one of these local names (NULL ends them)? */
bool dtl_xml_has_root(struct dtl_bytes head, const char *const *names);
#endif
