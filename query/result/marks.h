/* query/result/marks.h - where a text satisfied the leaves of a query. Private to snippet. */
#ifndef DTL_RESULT_MARKS_H
#define DTL_RESULT_MARKS_H
#include "query/plan/words.h"

struct dtl_mark {
    uint32_t begin, end; /* bytes of the text */
    uint32_t leaf;
    uint32_t first, last; /* positions of its words in the article */
    bool out;             /* it stands where its NEAR, count or scope does not want it */
};

struct dtl_loose_hit {   /* a word of a phrase that may be spread */
    uint32_t word;       /* of the leaf */
    uint32_t position;   /* in the article */
    uint32_t begin, end; /* bytes of the text */
};

struct dtl_leaf { /* a WORD or PHRASE that is not under NOT */
    const struct dtl_node *node;
    const struct dtl_node_words *words;
    uint32_t span;     /* positions the pattern covers; 1 for a single word */
    uint32_t chunks;   /* 64-bit pieces of its state */
    uint64_t *state;   /* bit i: the last i + 1 positions match the first i + 1 of the pattern */
    uint64_t *match;   /* scratch: what the current position matches */
    uint64_t *holes;   /* positions of the pattern that no word takes */
    uint32_t *starts;  /* ring: byte where the token at position p % span begins */
    uint32_t position; /* of the token the state has come to */
    bool any;          /* there was one */
    bool here;         /* some word of it matches the current position */
    bool found;        /* in either field */
    bool counts;       /* it satisfied the query: its marks are shown */
    bool loose;        /* a phrase with slop: its words come as hits, its marks when settled */
    struct dtl_buffer hits; /* struct dtl_loose_hit, by position */
};

struct dtl_leaves {
    struct dtl_leaf *leaf;
    uint32_t leaves;
};

struct dtl_marked_word { /* a word of a leaf */
    const struct dtl_word *word;
    uint32_t leaf;
};

/** What each printed form met so far says to the query's words: worked out once a form. */
struct dtl_verdicts {
    struct dtl_verdict *slot; /* open addressing by the analyzer's number of the form */
    uint32_t room, used;
    uint64_t epoch;         /* of those numbers */
    struct dtl_buffer sets; /* of `chunks` uint64_t each: bit w: word w matches */
};

struct dtl_finder { /* one query's, for all its hits; {0}, then dtl_finder_open */
    struct dtl_plan *plan;
    const struct dtl_query *q;
    struct dtl_arena arena;
    struct dtl_leaves leaves;
    struct dtl_marked_word *word; /* of all leaves */
    uint32_t words, chunks;       /* chunks: uint64_t of a set */
    bool outside_titles;          /* some leaf is not only of titles */
    struct dtl_verdicts verdicts;
    struct dtl_word_filter sieve; /* what words of an article of `segment` may match as printed */
    size_t segment;               /* SIZE_MAX: the sieve is not made */
    bool places;                  /* some node asks where its words stand (satisfied.c) */
    uint32_t body;                /* position of the body's first word, once the title is read */
    uint32_t title_words;
    struct dtl_buffer sentences, paragraphs; /* then: uint32_t, positions where they begin */
    struct dtl_arena scratch;                /* of one article */
};

enum dtl_status dtl_finder_open(struct dtl_finder *f, struct dtl_plan *plan,
                                const struct dtl_query *q, struct dtl_error *err) DTL_MUST_USE;
void dtl_finder_close(struct dtl_finder *f);

/** Before the fields of another article, of segment number `segment`. */
enum dtl_status dtl_finder_begin(struct dtl_finder *f, size_t segment,
                                 struct dtl_error *err) DTL_MUST_USE;

/**
 * Analyse one field and append a struct dtl_mark to `marks` for each match, by rising end; append
 * to `starts` (may be NULL) the byte where each sentence begins, as uint32_t: all of them, or none
 * when no leaf can match in this field. Sets leaf->found.
 */
enum dtl_status dtl_marks_find(struct dtl_finder *f, struct dtl_bytes text, dtl_lang lang,
                               bool title, struct dtl_buffer *marks, struct dtl_buffer *starts,
                               struct dtl_error *err) DTL_MUST_USE;

/**
 * After both fields, title first: which leaves stand in a branch that holds for an article of this
 * date, and which marks in places that satisfied NEAR and its kin; the others are `out`. Marks of
 * phrases with slop are appended.
 */
enum dtl_status dtl_finder_settle(struct dtl_finder *f, struct dtl_interval date,
                                  struct dtl_buffer *in_title, struct dtl_buffer *in_body,
                                  struct dtl_error *err) DTL_MUST_USE;
#endif
