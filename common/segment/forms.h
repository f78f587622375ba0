/*
 * common/segment/forms.h - folded printed forms and the TEXT terms they were printed for
 * (docs/FORMAT.md, "Forms").
 *
 * A form equal to its term's own bytes is not repeated: whoever looks a form up also looks for the
 * term of that spelling in each language, and reads its variants. dtl_forms_lookup does both.
 */
#ifndef DTL_SEGMENT_FORMS_H
#define DTL_SEGMENT_FORMS_H
#include "common/segment/terms.h"

/** The terms dtl_forms_lookup names, decoded, into `arena`. */
enum dtl_status dtl_forms_terms(struct dtl_segment *s, struct dtl_bytes folded,
                                struct dtl_arena *arena, struct dtl_term **terms, size_t *count,
                                struct dtl_error *err) DTL_MUST_USE;

/**
 * Every TEXT term with a variant whose folded form is exactly `folded`: ordinals, rising, into
 * `arena`. *count 0 and DTL_OK when none.
 */
enum dtl_status dtl_forms_lookup(struct dtl_segment *s, struct dtl_bytes folded,
                                 struct dtl_arena *arena, uint32_t **ordinals, size_t *count,
                                 struct dtl_error *err) DTL_MUST_USE;

/** Called for each distinct folded form in byte order; return DTL_END to stop early. */
typedef enum dtl_status (*dtl_form_fn)(void *ctx, struct dtl_bytes folded, const uint32_t *ordinals,
                                       size_t count);

/** Every folded form that starts with `prefix` (empty: all), the ones equal to their terms
 * included. */
enum dtl_status dtl_forms_prefix(struct dtl_segment *s, struct dtl_bytes prefix, dtl_form_fn fn,
                                 void *ctx, struct dtl_error *err) DTL_MUST_USE;

/**
 * Is this one of the words looked for? DTL_OK: yes; DTL_NOTFOUND: no, nor, when *dead is not 0, any
 * that begins with its first *dead bytes; a failure ends the walk. Words come in rising order, but
 * for a step back where the dictionary has several parts.
 */
typedef enum dtl_status (*dtl_form_test)(void *ctx, struct dtl_bytes word, size_t *dead);

/**
 * The same of those that pass `test`. What is dead is passed over unread: stepped over while it is
 * near, sought past when it goes on.
 */
enum dtl_status dtl_forms_passing(struct dtl_segment *s, struct dtl_bytes prefix,
                                  dtl_form_test test, void *test_ctx, dtl_form_fn fn, void *ctx,
                                  struct dtl_error *err) DTL_MUST_USE;
#endif
