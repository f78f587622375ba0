/*
 * indexer/format/xml_frame.h - elements of known names, cut out of a stream of XML one by one.
 *
 * Why before a parser: feeds and news messages are often not quite XML, and a parser that stops at
 * the first fault takes everything behind it along. Here only tags, comments and CDATA sections are
 * told apart, so that each item is parsed alone: a broken one costs itself, its place is known to
 * the line, and memory holds one item. No document type is ever read, so no entity can be defined,
 * expanded or opened.
 */
#ifndef DTL_FORMAT_XML_FRAME_H
#define DTL_FORMAT_XML_FRAME_H
#include "indexer/format/charset.h"

#define DTL_XML_ITEM_MAX ((size_t)16 << 20)  /* bytes of one item */
#define DTL_XML_LEAD_MAX ((size_t)256 << 10) /* bytes kept of what stands before the first */

struct dtl_xml_frame {
    struct dtl_bytes xml; /* from '<' to '>' of its end; in the window: valid to the next call */
    uint64_t at, line;
};

struct dtl_xml_frames {
    struct dtl_input *in;     /* UTF-8; borrowed */
    const char *const *names; /* local names of the elements, NULL ends them */
    uint64_t line;            /* 1 at the start */
    struct dtl_buffer lead;   /* the bytes before the first, as far as DTL_XML_LEAD_MAX */
    size_t held;              /* bytes of the element given last */
    bool begun;
    bool endless[5]; /* a comment, CDATA, instruction, tag or subset has no end in all that is left
                      */
};

/**
 * The next element. DTL_OK, DTL_END. DTL_EINPUT: one that is not closed, or over the cap: err->text
 * says so with its line; call again. Otherwise as dtl_input_peek. Time is linear in the stream.
 */
enum dtl_status dtl_xml_frames_next(struct dtl_xml_frames *f, struct dtl_xml_frame *out,
                                    struct dtl_error *err) DTL_MUST_USE;
/** As dtl_format's place; `d`: what f->in decodes. */
bool dtl_xml_frames_place(const struct dtl_xml_frames *f, const struct dtl_decoded *d,
                          struct dtl_format_place *out);
void dtl_xml_frames_release(struct dtl_xml_frames *f);

/** The start tag of the root element in a head: from '<' to '>', or to the head's end; empty: none.
 */
struct dtl_bytes dtl_xml_root(struct dtl_bytes head);
/** Local name of a tag that begins at t.p. */
struct dtl_bytes dtl_xml_local(struct dtl_bytes tag);
#endif
