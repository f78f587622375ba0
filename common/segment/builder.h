/*
 * common/segment/builder.h - writes all parts of one segment, canonically: the same articles give
 * the same bytes.
 *
 * Order of calls: every document in document order, then every term in dictionary order with its
 * postings in document order, then finish. The forms part is derived from the TEXT terms' variants.
 * Inversion, the merge of runs and the merge of segments all end here.
 */
#ifndef DTL_SEGMENT_BUILDER_H
#define DTL_SEGMENT_BUILDER_H
#include "common/segment/columns.h"
#include "common/segment/terms.h"

struct dtl_builder;

/** `sink` receives every finished chunk payload. Memory: parts' pending chunks, lengths,
 * identities, forms. */
enum dtl_status dtl_builder_open(struct dtl_builder **out, dtl_chunk_sink_fn sink, void *ctx,
                                 struct dtl_error *err) DTL_MUST_USE;

/** The next document; its number is the count of earlier calls. Views are copied. */
enum dtl_status dtl_builder_document(struct dtl_builder *b, const struct dtl_document *row,
                                     struct dtl_bytes source, struct dtl_bytes id,
                                     struct dtl_error *err) DTL_MUST_USE;

/**
 * Begin the next term (greater than the last). `variants`: `count`s as they will be in this
 * segment, already in canonical order (count falling, then form bytes), together as many as the
 * postings will bring; n 0 for fields without variants. Views are copied. DTL_EUSAGE when order,
 * counts or limits are broken (at the next call). A term begun and given no posting is dropped.
 */
enum dtl_status dtl_builder_term(struct dtl_builder *b, const struct dtl_term_key *key,
                                 const struct dtl_variant *variants, size_t n, bool has_positions,
                                 struct dtl_error *err) DTL_MUST_USE;

struct dtl_posting {
    dtl_doc doc;
    uint32_t tf;               /* weighted */
    uint32_t count;            /* occurrences: entries of the arrays; 0 without positions */
    const uint32_t *positions; /* rising (equal ones allowed: a joined word and its half) */
    const uint32_t
        *variants; /* numbers in the list given to dtl_builder_term; NULL when it has none */
};
enum dtl_status dtl_builder_posting(struct dtl_builder *b, const struct dtl_posting *p,
                                    struct dtl_error *err) DTL_MUST_USE;

/**
 * Several postings at once, their positions as lists store them: what a merge carries from list to
 * list. The positions of a posting must not pass 32 bits.
 */
struct dtl_posting_run {
    uint32_t n;
    const dtl_doc *docs;
    const uint32_t *tfs;
    const uint32_t *start;    /* n + 1: the occurrences of posting i are [start[i], start[i + 1]) */
    const uint32_t *gaps;     /* its first position, then distances; NULL without positions */
    const uint32_t *variants; /* numbers; NULL when the term has fewer than two */
};
enum dtl_status dtl_builder_postings(struct dtl_builder *b, const struct dtl_posting_run *run,
                                     struct dtl_error *err) DTL_MUST_USE;

/**
 * Flush everything. Fills all of *facts but serial and group (the caller knows them); zones are
 * computed.
 */
enum dtl_status dtl_builder_finish(struct dtl_builder *b, struct dtl_segment_facts *facts,
                                   struct dtl_error *err) DTL_MUST_USE;
void dtl_builder_close(struct dtl_builder *b);          /* NULL is fine */
size_t dtl_builder_memory(const struct dtl_builder *b); /* bytes held now */
#endif
