/*
 * tests/model/naive.h - what the files of the naive index share: articles as lists of words, the
 * words of a query, places. Private to tests/model.
 */
#ifndef DTL_TESTS_NAIVE_H
#define DTL_TESTS_NAIVE_H
#include "tests/model/naive_index.h"

#include <stdlib.h>

struct word { /* an occurrence of a term in an article */
    enum dtl_field field;
    dtl_lang lang;
    struct dtl_bytes term, form, folded;
    uint32_t position, weight;
};

struct article {
    struct dtl_arena arena;
    struct dtl_bytes id, source;
    struct dtl_interval date;
    dtl_lang lang;
    uint32_t weighted, title_words, total_words;
    struct word *word; /* of TEXT and TITLE alone */
    size_t words, room;
    struct dtl_buffer record; /* and what `whole` is a view of */
    struct dtl_article whole;
    struct dtl_buffer sentences, paragraphs; /* uint32_t: positions where they begin */
};

struct naive {
    uint32_t title_weight;
    struct dtl_analyzer *analyzer;
    struct article **article;
    size_t articles, room;
};

struct key {
    dtl_lang lang;
    struct dtl_bytes term;
};

struct token { /* one word of a query */
    struct dtl_bytes form, folded;
    uint32_t position;
    bool exact, prefix, stop, letter_case, accents;
    struct dtl_bytes like; /* of a prefix: with * and ? */
    unsigned edits;        /* of a prefix: mistakes allowed in the word */
    enum dtl_field field;
    struct key *key; /* stems of a word that is neither exact nor a prefix; terms whose df an exact
                        one takes */
    size_t keys;
    uint64_t df;
};

struct leaf { /* a WORD or PHRASE of the query, with its tokens */
    const struct dtl_node *node;
    struct token *token;
    size_t tokens;
};

struct query {
    struct naive *n;
    const struct dtl_query *q;
    struct dtl_arena arena;
    struct leaf *leaf;
    size_t leaves;
    bool stops_score;
    double average, average_words;
    double docs; /* articles whose statistics count */
};

static inline void *must(void *p)
{
    if (!p)
        abort();
    return p;
}

static inline struct dtl_bytes naive_copy(struct dtl_arena *arena, struct dtl_bytes b)
{
    return dtl_bytes(must(dtl_arena_strndup(arena, b.n ? (const char *)b.p : "", b.n)), b.n);
}

/** Does the article's date satisfy a date filter? */
bool naive_date_holds(const struct article *a, struct dtl_interval range, bool undated,
                      bool within);

/* ---- naive_words.c ---- */

/** Is the article one of those that say how rare a word is? */
bool naive_counts(const struct query *q, const struct article *a);
/** The words and phrases below `n`, with their tokens, into q->leaf. */
void naive_collect_leaves(struct query *q, const struct dtl_node *n);
/** Is it made of stop words alone? */
bool naive_is_stop(const struct leaf *l);
/** Is there a word below `n` that is no stop word and that some article has? */
bool naive_other_word_scores(const struct query *q, const struct dtl_node *n);
/** Is this word of an article that word of the query? */
bool naive_word_is(const struct query *q, const struct word *w, const struct token *t);
const struct leaf *naive_leaf_of(const struct query *q, const struct dtl_node *n);

/* ---- naive_judge.c ---- */

struct naive_verdict {
    bool says; /* false: the node holds no word and is left out */
    bool matches;
    uint64_t score;
};
/** `boost`: that of the groups around the node. */
struct naive_verdict naive_judge(const struct query *q, const struct dtl_node *n,
                                 const struct article *a, double boost);

/* ---- naive_places.c ---- */

struct naive_span {
    uint32_t begin, end;
};
struct naive_spans {
    struct naive_span *v; /* minimal, by begin; free it */
    size_t n;
};
/** Does the node need places (and not frequencies alone)? */
bool naive_is_placed(const struct query *q, const struct dtl_node *n);
/** Does it hold a word at all? */
bool naive_says(const struct query *q, const struct dtl_node *n);
struct naive_spans naive_places(const struct query *q, const struct dtl_node *n,
                                const struct article *a);

/* ---- naive_nearness.c ---- */

/** The words of the query that can be near each other, in its order; free it. */
struct naive_sequence *naive_sequence_of(const struct query *q);
/** What their pairs add to the score of `a`, in millionths. */
uint64_t naive_pairs_score(const struct query *q, const struct naive_sequence *s,
                           const struct article *a);
#endif
