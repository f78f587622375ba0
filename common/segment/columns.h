/*
 * common/segment/columns.h - per-document numbers: a constant column costs a header, others are
 * packed at fixed width from a base (docs/FORMAT.md, "Columns"). Lengths come first, one byte each,
 * contiguous.
 */
#ifndef DTL_SEGMENT_COLUMNS_H
#define DTL_SEGMENT_COLUMNS_H
#include "common/segment/segment.h"

struct dtl_document { /* one row */
    struct dtl_interval date;
    struct dtl_instant instant;
    uint8_t date_source;
    dtl_lang_code lang;
    uint8_t length_code;
    uint32_t weighted; /* exact weighted length */
    uint32_t title_words;
    uint32_t words;      /* title and body */
    uint32_t text_bytes; /* title and body */
    uint32_t generation; /* that added it */
    uint32_t group;      /* index into facts.group */
    uint64_t frame_at;   /* offset in the group */
    uint32_t frame_bytes;
};

/** The length codes of all documents, contiguous, 64 readable bytes after them. */
enum dtl_status dtl_columns_lengths(struct dtl_segment *s, const uint8_t **codes,
                                    struct dtl_error *err) DTL_MUST_USE;
enum dtl_status dtl_columns_row(struct dtl_segment *s, dtl_doc doc, struct dtl_document *out,
                                struct dtl_error *err) DTL_MUST_USE;
/** Just where the stored article is: three columns of a row, which is all a hit needs of it. */
enum dtl_status dtl_columns_frame(struct dtl_segment *s, dtl_doc doc, uint32_t *group,
                                  uint64_t *frame_at, uint32_t *frame_bytes,
                                  struct dtl_error *err) DTL_MUST_USE;
/** Just how long it is: weighted, and in words. */
enum dtl_status dtl_columns_counts(struct dtl_segment *s, dtl_doc doc, uint32_t *weighted,
                                   uint32_t *words, struct dtl_error *err) DTL_MUST_USE;
/** Just the generation that added it. */
enum dtl_status dtl_columns_generation(struct dtl_segment *s, dtl_doc doc, uint32_t *generation,
                                       struct dtl_error *err) DTL_MUST_USE;
/** Just the interval: what ordering and the OTHER zone's test need. */
enum dtl_status dtl_columns_date(struct dtl_segment *s, dtl_doc doc, struct dtl_interval *out,
                                 struct dtl_error *err) DTL_MUST_USE;

/**
 * Documents of zone `z` whose interval meets `range` (within: lies inside it), as one range
 * [*begin, *end). For DTL_ZONE_OTHER the range is a superset: test each by dtl_columns_date. O(log
 * docs).
 */
enum dtl_status dtl_columns_range(struct dtl_segment *s, enum dtl_zone_id z,
                                  struct dtl_interval range, bool within, dtl_doc *begin,
                                  dtl_doc *end, struct dtl_error *err) DTL_MUST_USE;

/* ---- builder ---- */

struct dtl_columns_builder;
enum dtl_status dtl_columns_builder_open(struct dtl_columns_builder **out,
                                         struct dtl_error *err) DTL_MUST_USE;
/**
 * The next row; copied. DTL_ECORRUPT when it is out of document order (zone, latest day falling,
 * earliest day falling) or its date is impossible; DTL_ELIMIT beyond DTL_SEGMENT_DOCS_MAX.
 */
enum dtl_status dtl_columns_builder_add(struct dtl_columns_builder *b,
                                        const struct dtl_document *row,
                                        struct dtl_error *err) DTL_MUST_USE;
/** Length codes of the rows so far; valid to the next add; NULL before the first. */
const uint8_t *dtl_columns_builder_lengths(const struct dtl_columns_builder *b);
uint32_t dtl_columns_builder_docs(const struct dtl_columns_builder *b);
void dtl_columns_builder_zones(const struct dtl_columns_builder *b,
                               struct dtl_zone zone[DTL_ZONES]);
/** Write the whole part to `w` (an empty writer, aligned). The caller finishes `w`. */
enum dtl_status dtl_columns_builder_finish(struct dtl_columns_builder *b, struct dtl_part_writer *w,
                                           struct dtl_error *err) DTL_MUST_USE;
void dtl_columns_builder_close(struct dtl_columns_builder *b);          /* NULL is fine */
size_t dtl_columns_builder_memory(const struct dtl_columns_builder *b); /* bytes held now */
#endif
