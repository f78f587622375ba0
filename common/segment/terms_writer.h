/* common/segment/terms_writer.h - writes the terms part: keys, entries, heads (docs/FORMAT.md,
 * "Terms"). */
#ifndef DTL_SEGMENT_TERMS_WRITER_H
#define DTL_SEGMENT_TERMS_WRITER_H
#include "common/segment/front.h"
#include "common/segment/term_entry.h"

struct dtl_terms_writer {
    struct dtl_front_writer front;
    struct dtl_list_ends now, base; /* of all lists placed so far; where the open block's begin */
    uint64_t text_languages;        /* bit l: a TEXT term of language l exists */
    struct dtl_buffer key;
};
void dtl_terms_writer_init(struct dtl_terms_writer *w, struct dtl_part_writer *part);
void dtl_terms_writer_release(struct dtl_terms_writer *w);
size_t dtl_terms_writer_memory(const struct dtl_terms_writer *w);
/** The next term; placed lists must follow one another in their parts. `v`: its t->variants
 * variants. */
enum dtl_status dtl_terms_writer_add(struct dtl_terms_writer *w, const struct dtl_term *t,
                                     const struct dtl_variant *v,
                                     struct dtl_error *err) DTL_MUST_USE;
enum dtl_status dtl_terms_writer_finish(struct dtl_terms_writer *w,
                                        struct dtl_error *err) DTL_MUST_USE;
#endif
