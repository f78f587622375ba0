/* common/segment/forms_writer.h - collects folded printed forms while terms are written, then
 * writes their part. */
#ifndef DTL_SEGMENT_FORMS_WRITER_H
#define DTL_SEGMENT_FORMS_WRITER_H
#include "common/segment/terms.h"

struct dtl_forms_writer {
    struct dtl_buffer records; /* ordinal:u32 length:u16 bytes, one after another */
    uint32_t count;
};
void dtl_forms_writer_release(struct dtl_forms_writer *w);
size_t
dtl_forms_writer_memory(const struct dtl_forms_writer *w); /* with what finishing will need */
/** The printed forms of TEXT term `ordinal`; copied. Ordinals rise. DTL_ENOMEM, DTL_ELIMIT. */
enum dtl_status dtl_forms_writer_add(struct dtl_forms_writer *w, uint32_t ordinal,
                                     struct dtl_bytes term, const struct dtl_variant *v, size_t n,
                                     struct dtl_error *err) DTL_MUST_USE;
/** Sort and write to `part`; *forms is the number of distinct folded forms written. */
enum dtl_status dtl_forms_writer_finish(struct dtl_forms_writer *w, struct dtl_part_writer *part,
                                        uint32_t *forms, struct dtl_error *err) DTL_MUST_USE;
/** True when `folded` may stand in the dictionary: not empty, no U+00AD (a word joined over a
 * line's end). */
bool dtl_forms_holds(struct dtl_bytes folded);
#endif
