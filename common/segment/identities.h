/*
 * common/segment/identities.h - who a document is: identity hashes, sorted, and the ids themselves,
 * front-coded by document in blocks of 16 (docs/FORMAT.md, "Identities").
 */
#ifndef DTL_SEGMENT_IDENTITIES_H
#define DTL_SEGMENT_IDENTITIES_H
#include "common/segment/segment.h"

/**
 * Documents (dead ones included) whose identity is (source, id), compared by bytes. With
 * `any_source`, of whatever source. Rising document numbers into `arena`; *count 0 when none.
 * Interpolation search.
 */
enum dtl_status dtl_identities_find(struct dtl_segment *s, struct dtl_bytes source, bool any_source,
                                    struct dtl_bytes id, struct dtl_arena *arena, dtl_doc **docs,
                                    size_t *count, struct dtl_error *err) DTL_MUST_USE;
/** The id and source of a document, into `arena`. */
enum dtl_status dtl_identities_of(struct dtl_segment *s, dtl_doc doc, struct dtl_arena *arena,
                                  struct dtl_bytes *id, struct dtl_bytes *source,
                                  struct dtl_error *err) DTL_MUST_USE;

/* ---- builder ---- */

struct dtl_identities_builder;
enum dtl_status dtl_identities_builder_open(struct dtl_identities_builder **out,
                                            struct dtl_error *err) DTL_MUST_USE;
/** The next document's; copied. */
enum dtl_status dtl_identities_builder_add(struct dtl_identities_builder *b,
                                           struct dtl_bytes source, struct dtl_bytes id,
                                           struct dtl_error *err) DTL_MUST_USE;
/** Write the whole part to `w` (an empty writer). The caller finishes `w`. */
enum dtl_status dtl_identities_builder_finish(struct dtl_identities_builder *b,
                                              struct dtl_part_writer *w,
                                              struct dtl_error *err) DTL_MUST_USE;
void dtl_identities_builder_close(struct dtl_identities_builder *b);          /* NULL is fine */
size_t dtl_identities_builder_memory(const struct dtl_identities_builder *b); /* bytes held now */
#endif
