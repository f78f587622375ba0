/*
 * common/segment/term_entry.h - what the dictionary keeps behind a term's key (docs/FORMAT.md,
 * "Term entry").
 */
#ifndef DTL_SEGMENT_TERM_ENTRY_H
#define DTL_SEGMENT_TERM_ENTRY_H
#include "common/segment/terms.h"

#define DTL_INLINE_MAX                                                                             \
    64u /* bytes of postings, positions and variants together that stay in the dictionary */

struct dtl_list_ends { /* where the next placed list begins in each part: lists stand in the order
                          of their terms */
    uint64_t postings, positions, variants;
};

/**
 * Append the entry of `t`: its frequencies, its lists' bytes or sizes, its impact pairs and `v`,
 * its t->variants variants. An inline list's impact is one pair. DTL_ENOMEM, DTL_ELIMIT.
 */
enum dtl_status dtl_term_entry_encode(struct dtl_buffer *out, const struct dtl_term *t,
                                      const struct dtl_variant *v,
                                      struct dtl_error *err) DTL_MUST_USE;

/** Step over the entry at `r` without decoding it; *ends moves past its lists. */
enum dtl_status dtl_term_entry_skip(struct dtl_reader *r, struct dtl_list_ends *ends,
                                    struct dtl_error *err) DTL_MUST_USE;

/**
 * Decode the entry at `r` and step over it. Fills all of *t but key and ordinal; views into r's
 * bytes; *ends moves past the lists. `docs`: documents of the segment. DTL_ECORRUPT when the entry
 * lies.
 */
enum dtl_status dtl_term_entry_decode(struct dtl_reader *r, dtl_doc docs,
                                      struct dtl_list_ends *ends, struct dtl_term *t,
                                      struct dtl_error *err) DTL_MUST_USE;
#endif
