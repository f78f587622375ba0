/*
 * query/plan/plan.h - a resolved query, and its cursors over one segment. words.h is what others
 * see of it.
 *
 * Two steps: dtl_plan_open finds what every word means in the whole archive (words.c), once;
 * dtl_plan_cursor makes the tree of cursors for one segment at a time (plan.c).
 */
#ifndef DTL_PLAN_PLAN_H
#define DTL_PLAN_PLAN_H
#include "query/cursor/cursor.h"
#include "query/plan/automaton.h"
#include "query/plan/words.h"
#include "query/rank/bm25.h"

struct dtl_word_list { /* one term of a word in one segment */
    const struct dtl_term *term;
    const uint8_t *filter; /* bit v: variant v counts; NULL: all do */
};
struct dtl_word_lists {
    struct dtl_word_list *list;
    uint32_t count;
};

struct dtl_plan_window; /* window.h */

struct dtl_plan_node {
    const struct dtl_node *node;
    struct dtl_node_words words;
};

struct dtl_plan {
    struct dtl_snapshot *snap;
    const struct dtl_query *query;
    struct dtl_arena *arena;
    struct dtl_analyzer **analyzer; /* NULL in it until a word needs it */
    struct dtl_analyzer *own;       /* where `analyzer` points when nobody lent one */
    uint32_t max_expand, title_weight;
    dtl_lang
        lang[DTL_LANGS]; /* stemmers of languages with live documents, and 0; `langs` of them */
    uint32_t langs;
    dtl_lang stop_lang[DTL_LANGS]; /* whose stop lists hold: languages of a tenth of the archive or
                                      more */
    uint32_t stop_langs;
    uint64_t docs; /* live articles whose statistics these are: the archive's, or the window's */
    double average_words;           /* of one of them */
    struct dtl_plan_window *window; /* NULL: the archive's */
    struct dtl_bm25 bm25;
    struct dtl_plan_node *node; /* sorted by address */
    uint32_t nodes;
    struct dtl_field_plan *field; /* fields.h: of the FIELD nodes */
    uint32_t fields;
    struct dtl_run_time *run; /* when generations were added; read when a node asks */
    size_t runs;
    bool runs_read;
    struct dtl_word **seen; /* distinct words, an open-addressed table */
    uint32_t seen_room, seen_count;
    bool stops_score; /* stop words score: no other word does, or the query says so */
};

/**
 * The cursor of `n` over segment number `segment`; *out NULL when the node holds no word at all and
 * so says nothing. scored: leaves get their weights. The failure is also in ctx->status.
 */
enum dtl_status dtl_plan_cursor(struct dtl_plan *p, size_t segment, const struct dtl_node *n,
                                bool scored, struct dtl_cursor_context *ctx,
                                struct dtl_cursor **out, struct dtl_error *err) DTL_MUST_USE;

/** literal.c, for words with letter_case or accents: is the form printed so? Remembered in *w. */
enum dtl_status dtl_literal_holds(struct dtl_plan *p, struct dtl_word *w, struct dtl_bytes form,
                                  bool *holds, struct dtl_error *err) DTL_MUST_USE;
/** Was it, when the word was resolved? */
bool dtl_literal_known(const struct dtl_word *w, struct dtl_bytes form);

struct dtl_expansion { /* forms of an expansion, found in the dictionaries of all segments */
    struct dtl_buffer ordinals; /* u32 of TEXT terms, segment after segment */
    size_t *end;                /* in the arena: those of segment i are end[i] .. end[i + 1] */
    uint64_t forms;             /* distinct */
    struct dtl_bytes sample;    /* the first of them, for a person; in the arena */
};
/**
 * Every form that `w`, an expansion, stands for. Over the budget of words or of time is DTL_EQUERY
 * with the count: nothing is ever cut. `at`: of the query. Release the ordinals.
 */
enum dtl_status dtl_expand(struct dtl_plan *p, const struct dtl_word *w, uint64_t at,
                           struct dtl_expansion *out, struct dtl_error *err) DTL_MUST_USE;

/** A budget of time for looking through dictionaries, asked once a word. */
struct dtl_stopwatch {
    uint64_t asked, end_ns;
};
struct dtl_stopwatch dtl_stopwatch_start(const struct dtl_plan *p);
struct dtl_stopwatch dtl_stopwatch_for(uint64_t nanoseconds);
/** Looks at the clock now and then. */
bool dtl_stopwatch_over(struct dtl_stopwatch *s);
/** Looks at it now. */
bool dtl_stopwatch_past(const struct dtl_stopwatch *s);
/** The failure that tells a budget was not enough. `over_time`: of time, else of words. */
enum dtl_status dtl_over_budget(const struct dtl_plan *p, struct dtl_bytes what, uint64_t count,
                                bool over_time, uint64_t at, struct dtl_error *err);

/**
 * The words of `n`, whose text has * and ? in it, which the index would have divided as it stands:
 * each word with a mark in it becomes an expansion. DTL_EQUERY where words are pairs of characters.
 */
enum dtl_status dtl_pattern_words(struct dtl_plan *p, const struct dtl_node *n,
                                  struct dtl_word **out, uint32_t *count,
                                  struct dtl_error *err) DTL_MUST_USE;
/** resolve.c: is the form a single Han or Kana character, which articles index in pairs? */
enum dtl_status dtl_is_run_of_one(struct dtl_plan *p, struct dtl_bytes form, bool *yes,
                                  struct dtl_error *err) DTL_MUST_USE;
/** Make `w`, a plain token, stand for the forms with at most `edits` mistakes. */
enum dtl_status dtl_pattern_fuzzy(struct dtl_plan *p, struct dtl_word *w, unsigned edits,
                                  struct dtl_error *err) DTL_MUST_USE;
/** Add a value with * and ? to `a`, folded between the marks. */
enum dtl_status dtl_pattern_elements(struct dtl_plan *p, struct dtl_bytes text,
                                     struct dtl_automaton *a, struct dtl_error *err) DTL_MUST_USE;

/** Resolve one token: fills keys, df, stop and `in` of *w from its form, folded form and flags.
 * `at`: of the query. */
enum dtl_status dtl_word_resolve(struct dtl_plan *p, struct dtl_word *w, uint64_t at,
                                 struct dtl_error *err) DTL_MUST_USE;
#endif
