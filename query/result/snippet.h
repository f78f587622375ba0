/*
 * query/result/snippet.h - the piece of an article that shows why it was found.
 *
 * The text is analysed again as it was when indexed, in the article's own language; what is marked
 * is what satisfied the query: words of a branch that holds, phrases whole, never a word under NOT.
 */
#ifndef DTL_RESULT_SNIPPET_H
#define DTL_RESULT_SNIPPET_H
#include "query/plan/words.h"

#define DTL_SNIPPET_DEFAULT 200u /* characters */
#define DTL_SNIPPET_MAX     10000u
#define DTL_SNIPPET_WHOLE   UINT32_MAX /* no window: all of the body, with all its marks */

struct dtl_span { /* bytes of the text it belongs to */
    uint32_t begin, end;
};
struct dtl_marked { /* text on one line, blanks joined, with spans rising and apart */
    struct dtl_bytes text;
    struct dtl_span *span;
    uint32_t spans;
};
struct dtl_snippet {
    struct dtl_marked body;  /* about `chars` characters; of the title when only that matched */
    struct dtl_marked title; /* the whole title */
};

/** What makes the snippets of one query's hits: it remembers what each printed word says to the
 * query. */
struct dtl_snippets;
/** The plan outlives it. Opens the plan's analyzer with the first hit. */
enum dtl_status dtl_snippets_open(struct dtl_snippets **out, struct dtl_plan *plan,
                                  const struct dtl_query *q, struct dtl_error *err) DTL_MUST_USE;
void dtl_snippets_close(struct dtl_snippets *s); /* NULL is fine */

/**
 * Both in `arena`. `segment`: the number of the article's in the plan's snapshot; hits of one
 * segment in a row are cheapest. `chars` 0: no snippet, but the title is marked. Every hit with a
 * match in its body has at least one mark; one with none in the body but in the title has the title
 * for a snippet, DTL_SNIPPET_WHOLE aside. O(text of the article).
 */
enum dtl_status dtl_snippet_make(struct dtl_snippets *s, const struct dtl_article *a,
                                 size_t segment, uint32_t chars, struct dtl_arena *arena,
                                 struct dtl_snippet *out, struct dtl_error *err) DTL_MUST_USE;

/** The first words of `text` on one line, at most `chars` characters, cut at a word: a heading for
 * the untitled. */
bool dtl_first_words(struct dtl_bytes text, uint32_t chars, struct dtl_arena *arena,
                     struct dtl_bytes *out);
#endif
