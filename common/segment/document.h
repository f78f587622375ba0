/*
 * common/segment/document.h - an article's tokens by field: what the inverter indexes, what a death
 * subtracts and what check re-analyses are one and the same walk.
 */
#ifndef DTL_SEGMENT_DOCUMENT_H
#define DTL_SEGMENT_DOCUMENT_H
#include "common/segment/article.h"
#include "common/text/analyzer.h"

/** Field byte of a term; part of the format, order is the order of the dictionary. */
enum dtl_field {
    DTL_FIELD_TEXT = 1,  /* title and body, BM25F-weighted: the default search */
    DTL_FIELD_TITLE,     /* title alone, same positions */
    DTL_FIELD_SENTENCE,  /* one term "", a posting at the position of each sentence's first word */
    DTL_FIELD_PARAGRAPH, /* likewise */
    DTL_FIELD_SOURCE,    /* whole value, folded; no positions */
    DTL_FIELD_AUTHOR,    /* words, unstemmed, with positions; values 100 apart */
    DTL_FIELD_SECTION,   /* whole value, folded */
    DTL_FIELD_TAG,       /* whole value, folded */
    DTL_FIELD_PLACE,     /* whole value, folded */
    DTL_FIELD_LANG,      /* tag */
    DTL_FIELD_URL,       /* words, unstemmed, with positions */
    DTL_FIELD_PATH, /* the file (dtl_article_file), not folded; over DTL_TERM_MAX: head and hash */
    DTL_FIELD_AGENCY, /* whole value, folded */
    DTL_FIELD_DATES,  /* DTL_DATES_DISPUTED: something says that the article is of another day */
};

#define DTL_DATES_DISPUTED "disputed"

#define DTL_TITLE_WEIGHT_DEFAULT 3u
#define DTL_FIELD_GAP            100u /* positions between title and body, and between values */

/** One occurrence of a term in an article. Views are valid inside the callback only. */
struct dtl_occurrence {
    enum dtl_field field;
    dtl_lang lang;
    struct dtl_bytes term;
    struct dtl_bytes form; /* printed; empty for fields without variants (all but TEXT and TITLE) */
    struct dtl_bytes folded; /* of the form */
    uint32_t position;       /* 0 in fields without positions */
    uint32_t weight;         /* what it adds to the weighted frequency: title_weight, or 1 */
};

struct dtl_document_lengths {
    uint32_t title_words, body_words; /* tokens that take a position */
    uint32_t weighted;                /* title_weight * title_words + body_words */
};

typedef enum dtl_status (*dtl_occurrence_fn)(void *ctx, const struct dtl_occurrence *o);

/**
 * Walk every occurrence of `a`, positions rising inside each (field, term) list. A title occurrence
 * is reported twice, for TEXT and for TITLE. The body begins at title_words + DTL_FIELD_GAP when
 * the title has words, else at 0. Author and url words are given as token->folded with language
 * byte 0. Returns what `fn` returned when that is not DTL_OK.
 */
enum dtl_status dtl_document_walk(struct dtl_analyzer *an, const struct dtl_article *a,
                                  uint32_t title_weight, dtl_occurrence_fn fn, void *ctx,
                                  struct dtl_document_lengths *lengths,
                                  struct dtl_error *err) DTL_MUST_USE;

/** The same walk for who takes words in bulk. */
struct dtl_document_sink {
    /* The words of title and body, JOINED tokens and the flags of sentences among them. */
    dtl_instances_fn title, body;
    dtl_occurrence_fn value; /* every occurrence of the other fields */
    void *ctx;
};

/**
 * A word w of the title stands for these occurrences, one of the body for the first three: a
 * SENTENCE, when w is not JOINED and begins one (or a paragraph); likewise a PARAGRAPH; w in TEXT,
 * of the title with title_weight; w in TITLE.
 */
enum dtl_status dtl_document_feed(struct dtl_analyzer *an, const struct dtl_article *a,
                                  uint32_t title_weight, const struct dtl_document_sink *sink,
                                  struct dtl_document_lengths *lengths,
                                  struct dtl_error *err) DTL_MUST_USE;

/** The term of a whole value (SOURCE, SECTION, TAG, PLACE, AGENCY): folded, at most DTL_TERM_MAX
 * bytes, into `arena`. */
enum dtl_status dtl_value_term(struct dtl_analyzer *an, struct dtl_bytes value,
                               struct dtl_arena *arena, struct dtl_bytes *term,
                               struct dtl_error *err) DTL_MUST_USE;

/** The PATH term of a file: itself, or its head and a hash when longer than DTL_TERM_MAX. `out` has
 * DTL_TERM_MAX bytes. */
struct dtl_bytes dtl_path_term(struct dtl_bytes file, uint8_t out[DTL_TERM_MAX]);

/* Lengths in one byte (docs/FORMAT.md, "Length codes"): exact below 32, then 16 steps an octave,
 * rounded down. */
enum {
    DTL_LENGTH_EXACT = 32, /* lengths below have their own code */
    DTL_LENGTH_OCTAVE = 5, /* log2 of it */
    DTL_LENGTH_STEPS = 16, /* an octave, as 16..31 has them */
};

uint8_t dtl_length_code(uint32_t weighted);

/** The smallest length with that code. Every query asks for all of them. */
static inline uint32_t dtl_length_of(uint8_t code)
{
    if (code < DTL_LENGTH_EXACT)
        return code;
    uint32_t above = code - (uint32_t)DTL_LENGTH_EXACT;
    uint32_t octave = above / DTL_LENGTH_STEPS, step = above % DTL_LENGTH_STEPS;
    return (DTL_LENGTH_STEPS + step) << (octave + 1);
}
#endif
