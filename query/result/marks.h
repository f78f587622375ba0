/* query/result/marks.h - where a text satisfied the leaves of a query. Private to snippet. */
#ifndef DTL_RESULT_MARKS_H
#define DTL_RESULT_MARKS_H
#include "query/plan/words.h"

struct dtl_mark {
    uint32_t begin, end; /* bytes of the text */
    uint32_t leaf;
};

struct dtl_leaf { /* a WORD or PHRASE that is not under NOT */
    const struct dtl_node *node;
    const struct dtl_node_words *words;
    uint32_t span;    /* positions the pattern covers; 1 for a single word */
    uint32_t chunks;  /* 64-bit pieces of its state */
    uint64_t *state;  /* bit i: the last i + 1 positions match the first i + 1 of the pattern */
    uint64_t *match;  /* scratch: what the current position matches */
    uint64_t *holes;  /* positions of the pattern that no word takes */
    uint32_t *starts; /* ring: byte where the token at position p % span begins */
    bool found;       /* in either field */
    bool counts;      /* it satisfied the query: its marks are shown */
};

struct dtl_leaves {
    struct dtl_leaf *leaf;
    uint32_t leaves;
};

/** The leaves of `q`, in the order of the tree, into `arena`. */
enum dtl_status dtl_leaves_of(const struct dtl_plan *plan, const struct dtl_query *q,
                              struct dtl_arena *arena, struct dtl_leaves *out,
                              struct dtl_error *err) DTL_MUST_USE;

/**
 * Analyse one field and append a struct dtl_mark to `marks` for each match, by rising end; append
 * to `starts` (may be NULL) the byte where each sentence begins, as uint32_t. Sets leaf->found.
 */
enum dtl_status dtl_marks_find(struct dtl_analyzer *analyzer, struct dtl_leaves *l,
                               struct dtl_bytes text, dtl_lang lang, bool title,
                               struct dtl_buffer *marks, struct dtl_buffer *starts,
                               struct dtl_error *err) DTL_MUST_USE;

/** After both fields: which leaves stand in a branch that holds for an article of this date. */
void dtl_leaves_settle(struct dtl_leaves *l, const struct dtl_query *q, struct dtl_interval date);
#endif
