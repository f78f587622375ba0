/*
 * common/segment/terms.h - the term dictionary: front-coded blocks of 64 with restarts
 * (docs/FORMAT.md, "Terms"). Order: field byte, language byte, term bytes. A term's ordinal is its
 * place in that order.
 */
#ifndef DTL_SEGMENT_TERMS_H
#define DTL_SEGMENT_TERMS_H
#include "common/segment/segment.h"

struct dtl_term_key {
    uint8_t field;
    dtl_lang lang;
    struct dtl_bytes text; /* at most DTL_TERM_MAX; "" only in SENTENCE and PARAGRAPH */
};
int dtl_term_key_compare(const struct dtl_term_key *a, const struct dtl_term_key *b);

struct dtl_impact { /* no posting of the block or list has both a greater tf and a smaller length
                       than one of the pairs */
    uint32_t tf;
    uint8_t length_code;
};
#define DTL_IMPACTS_MAX 8u

struct dtl_variant {         /* one printed form of a term; variant number = index */
    struct dtl_bytes form;   /* NFC */
    struct dtl_bytes folded; /* as dtl_fold gives it */
    uint32_t count; /* occurrences in this segment, dead included; numbered by count falling, then
                       form bytes */
};

struct dtl_term { /* a dictionary entry; views into the part, or into the arena of the lookup */
    struct dtl_term_key key;
    uint32_t ordinal;
    uint32_t df;       /* documents, dead included */
    uint64_t tf_total; /* sum of weighted frequencies */
    struct dtl_impact impact[DTL_IMPACTS_MAX];
    uint32_t impacts;
    bool has_positions;
    uint32_t variants;               /* 0: the field keeps none */
    struct dtl_bytes variant_list;   /* encoded; dtl_term_variants decodes it */
    struct dtl_bytes variant_counts; /* encoded, part of the same */
    bool is_inline;                  /* the list's bytes are `lists`, else at the offsets below */
    struct dtl_bytes inline_postings, inline_positions, inline_variants;
    uint64_t postings_at, positions_at, variants_at;
    uint64_t postings_bytes, positions_bytes, variants_bytes;
};

/** Exact lookup. DTL_NOTFOUND when the segment has no such term; a cache line says so in a large
 * dictionary, O(log terms) in a small one. */
enum dtl_status dtl_terms_find(struct dtl_segment *s, const struct dtl_term_key *key,
                               struct dtl_arena *arena, struct dtl_term *out,
                               struct dtl_error *err) DTL_MUST_USE;
/** Fetch that line into the cache, if the dictionary is open: before the first of several lookups.
 */
void dtl_terms_prefetch(struct dtl_segment *s, const struct dtl_term_key *key);
/** By ordinal (forms name terms so). */
enum dtl_status dtl_terms_at(struct dtl_segment *s, uint32_t ordinal, struct dtl_arena *arena,
                             struct dtl_term *out, struct dtl_error *err) DTL_MUST_USE;

/** Many, by rising ordinal: `out[i]` is term ordinal[i]. Neighbours cost a step each. */
enum dtl_status dtl_terms_at_many(struct dtl_segment *s, const uint32_t *ordinal, size_t n,
                                  struct dtl_arena *arena, struct dtl_term *out,
                                  struct dtl_error *err) DTL_MUST_USE;

/** Walk in order from the first term >= key (NULL: from the start). */
struct dtl_terms_iter {
    struct dtl_segment *s;
    struct dtl_arena arena; /* own: the current block */
    uint32_t next;          /* ordinal of the next term */
    void *state;
};
enum dtl_status dtl_terms_seek(struct dtl_terms_iter *it, struct dtl_segment *s,
                               const struct dtl_term_key *key, struct dtl_error *err) DTL_MUST_USE;
/** DTL_OK and *out (valid to the next call), or DTL_END. */
enum dtl_status dtl_terms_next(struct dtl_terms_iter *it, struct dtl_term *out,
                               struct dtl_error *err) DTL_MUST_USE;
void dtl_terms_iter_release(struct dtl_terms_iter *it);

/** Decode the variant list into `arena`: term->variants entries. */
enum dtl_status dtl_term_variants(const struct dtl_term *t, struct dtl_arena *arena,
                                  struct dtl_variant **out, struct dtl_error *err) DTL_MUST_USE;
#endif
