/*
 * indexer/invert/inverted.h - the terms of an inverter in dictionary order, and how many of them
 * together become segments.
 *
 * What an inverter gathered is read in the order of its terms, either where it stands or as it was
 * saved when memory was full. Any number of such sources, of one thread or of several, early or
 * late, are written in one pass: for each term its postings are gathered from all of them, put into
 * document order and encoded once. So what was saved is never decoded and encoded again.
 */
#ifndef DTL_INVERT_INVERTED_H
#define DTL_INVERT_INVERTED_H
#include "indexer/invert/inverter.h"

/* ---- where an article stands: its segment and its document there ---- */

#define DTL_PLACE_BITS 22u
#define DTL_PLACE_NONE UINT32_MAX /* a dropped article */
#define DTL_PARTS_MOST 1023u      /* segments of one write */
_Static_assert(DTL_SEGMENT_DOCS_MAX == 1u << DTL_PLACE_BITS, "a document fits its half of a place");

static inline uint32_t dtl_place(uint32_t part, dtl_doc doc)
{
    return part << DTL_PLACE_BITS | doc;
}

/* ---- sorted terms ---- */

struct dtl_term_order { /* one term of an inverter; most compares end in `head` */
    uint64_t head;      /* field, language, first six bytes */
    uint32_t node;
};

struct dtl_inverted {               /* read-only once made: any number of threads may read it */
    const struct dtl_inverter *inv; /* NULL: saved */
    struct dtl_term_order *order;   /* own */
    size_t terms;
    struct dtl_bytes saved;
};

/** Sort the terms of `inv`, borrowed and left alone until release. 16 bytes a term. */
enum dtl_status dtl_inverted_sort(struct dtl_inverted *t, const struct dtl_inverter *inv,
                                  struct dtl_error *err) DTL_MUST_USE;
typedef enum dtl_status (*dtl_save_fn)(void *ctx, struct dtl_bytes bytes, struct dtl_error *err);
/** Give everything to `fn`, in pieces, in the order it will be read in: at the speed of memory. */
enum dtl_status dtl_inverted_save(const struct dtl_inverted *t, dtl_save_fn fn, void *ctx,
                                  struct dtl_error *err) DTL_MUST_USE;
/** What was saved, borrowed and trusted: it was this process that wrote it. */
struct dtl_inverted dtl_inverted_of(struct dtl_bytes saved);
void dtl_inverted_release(struct dtl_inverted *t); /* {0} is fine */

/* ---- one after another ---- */

struct dtl_inverted_form {
    struct dtl_bytes form, folded;
};

struct dtl_inverted_cursor { /* {.t = ...} stands before the first term; views valid to the next */
    const struct dtl_inverted *t;
    size_t at; /* term of the order, or byte of what was saved */
    uint64_t head;
    struct dtl_term_key key;
    const struct dtl_inverted_form *form; /* by number, as they came */
    uint32_t forms;
    struct dtl_bytes run; /* byte_run.h */
    struct dtl_buffer run_room, form_room;
};

/** DTL_END after the last. */
enum dtl_status dtl_inverted_next(struct dtl_inverted_cursor *c,
                                  struct dtl_error *err) DTL_MUST_USE;
void dtl_inverted_cursor_release(struct dtl_inverted_cursor *c);

/* ---- to segments ---- */

struct dtl_inverted_input {
    const struct dtl_inverted *terms;
    const uint32_t *place; /* dtl_place by local number */
};

/**
 * Give every term of the inputs to the builders of segments [first, first + n), whose documents
 * have been written: in dictionary order, postings in document order, variants numbered
 * canonically. Terms and forms without a posting there vanish. `title_weight`: the inverters'.
 *
 * Reads the inputs once and keeps of the longest list 16 bytes a posting. Several threads may do so
 * at the same time, with different builders.
 */
enum dtl_status dtl_inverted_write(const struct dtl_inverted_input *in, size_t inputs,
                                   uint32_t title_weight, struct dtl_builder *const *b,
                                   uint32_t first, uint32_t n, struct dtl_error *err) DTL_MUST_USE;
#endif
