/*
 * common/segment/variant_list.h - a term's printed forms inside its dictionary entry, relative to
 * the term (docs/FORMAT.md, "Variant list"). Decoding needs neither ICU nor a stemmer.
 */
#ifndef DTL_SEGMENT_VARIANT_LIST_H
#define DTL_SEGMENT_VARIANT_LIST_H
#include "common/segment/terms.h"

#define DTL_FOLDED_MAX                                                                             \
    4096u /* bytes of a folded form: casefolding can lengthen a form of DTL_TERM_MAX */

/** Append the forms of the n >= 1 variants of `term`. Canonical. DTL_ELIMIT for a folded form over
 * the limit. */
enum dtl_status dtl_variant_list_encode(struct dtl_buffer *out, struct dtl_bytes term,
                                        const struct dtl_variant *v, size_t n,
                                        struct dtl_error *err) DTL_MUST_USE;
/** Append their counts: nothing when the only variant's count follows from df == tf_total. */
bool dtl_variant_counts_encode(struct dtl_buffer *out, const struct dtl_variant *v, size_t n,
                               uint32_t df, uint64_t tf_total);

/** Step `r` over a list; *n is its number of variants. DTL_ECORRUPT when it ends early. */
enum dtl_status dtl_variant_list_skip(struct dtl_reader *r, uint32_t *n,
                                      struct dtl_error *err) DTL_MUST_USE;
enum dtl_status dtl_variant_counts_skip(struct dtl_reader *r, uint32_t n, uint32_t df,
                                        uint64_t tf_total, struct dtl_error *err) DTL_MUST_USE;

/** True when one of the variants' folded form is the term itself. `list` has been skipped over
 * before. */
bool dtl_variant_list_has_term(struct dtl_bytes list);
/** True when every variant's folded form keeps the term's first `n` bytes and none holds U+00AD.
 * The term itself does not. False may also mean: not so easily told. */
bool dtl_variant_list_keeps(struct dtl_bytes list, size_t term_bytes, size_t n);
#endif
