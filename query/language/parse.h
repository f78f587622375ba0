/*
 * query/language/parse.h - what the files of the parser share: parser.c (lists, the whole query),
 * near.c (operators of places), operand.c (one operand), leaf.c (a word where it is looked for),
 * value.c (filters), saved.c (queries by name), match.c (--match). Private to query/language.
 */
#ifndef DTL_LANGUAGE_PARSE_H
#define DTL_LANGUAGE_PARSE_H
#include "query/language/filters.h"
#include "query/language/lexer.h"
#include "query/language/parser.h"

struct dtl_parse_where { /* what the fields around a word say of it */
    const struct dtl_query_field *field[DTL_FIELD_LIST]; /* scopes and values; none: the text */
    uint32_t fields, first;
    bool letter_case, accents, stemmed;
};

struct dtl_parse_open { /* a saved query being read, and the one that asked for it */
    const struct dtl_parse_open *outer;
    struct dtl_bytes name;
};

struct dtl_parser {
    struct dtl_lexer x;
    struct dtl_lexeme now;
    const struct dtl_parse_options *o;
    struct dtl_arena *arena;
    struct dtl_query *q;
    struct dtl_error *err;
    struct dtl_node **stack; /* operands of the lists being parsed */
    size_t n, capacity;
    uint32_t depth, words;
    uint32_t groups, negatives; /* parentheses and NOTs we are inside of */
    struct dtl_parse_where where;
    const struct dtl_parse_open *open;
    uint32_t saved;           /* saved queries read so far */
    struct dtl_node **lifted; /* filters of the whole query that are no plain range of dates */
    size_t lifts;
    bool mixed; /* AND beside OR in one list, without parentheses */
    uint32_t mixed_at;
    bool noted_noise;
    struct dtl_filters filters;
};

/** DTL_EQUERY at `pos` of the query. */
enum dtl_status dtl_parse_fail(struct dtl_parser *p, uint32_t pos, const char *text) DTL_MUST_USE;
enum dtl_status dtl_parse_no_memory(struct dtl_parser *p) DTL_MUST_USE;
/** The next lexeme into p->now. */
enum dtl_status dtl_parse_advance(struct dtl_parser *p) DTL_MUST_USE;
/** Onto the side stack of operands. */
enum dtl_status dtl_parse_push(struct dtl_parser *p, struct dtl_node *n) DTL_MUST_USE;
/** A parenthesis or a sign opens; the caller lowers p->depth again. */
enum dtl_status dtl_parse_deeper(struct dtl_parser *p, uint32_t pos) DTL_MUST_USE;

/** NULL: no memory. */
struct dtl_node *dtl_parse_node(struct dtl_parser *p, enum dtl_node_kind kind, uint32_t begin,
                                uint32_t end);
/** A node over list[0..n), n > 0, which is copied. */
struct dtl_node *dtl_parse_node_over(struct dtl_parser *p, enum dtl_node_kind kind,
                                     struct dtl_node *const *list, size_t n);

/** parser.c: a list; *out stays NULL when it held filters alone, or nothing. */
enum dtl_status dtl_parse_or(struct dtl_parser *p, struct dtl_node **out) DTL_MUST_USE;

/** near.c: operands joined by operators of places, or one operand. */
enum dtl_status dtl_parse_near(struct dtl_parser *p, struct dtl_node **out,
                               bool *lifted) DTL_MUST_USE;
/** ATLEAST/n and what it counts. */
enum dtl_status dtl_parse_atleast(struct dtl_parser *p, struct dtl_node **out) DTL_MUST_USE;

/** operand.c: one operand with its signs. *lifted: a filter that holds for the whole query. */
enum dtl_status dtl_parse_unary(struct dtl_parser *p, struct dtl_node **out,
                                bool *lifted) DTL_MUST_USE;
/** The same without signs. */
enum dtl_status dtl_parse_primary(struct dtl_parser *p, struct dtl_node **out,
                                  bool *lifted) DTL_MUST_USE;
enum dtl_status dtl_parse_skip_noise(struct dtl_parser *p) DTL_MUST_USE;
bool dtl_parse_starts_operand(enum dtl_lexeme_kind k);
/** Does the node add to a score? A filter does not. */
bool dtl_parse_scores(const struct dtl_node *n);

/** leaf.c: the word or phrase in p->now, in each of the places that p->where names. */
enum dtl_status dtl_parse_leaf(struct dtl_parser *p, struct dtl_node **out) DTL_MUST_USE;
/** `text` with its blanks counted as one, so that it prints on one line and compares equal. */
bool dtl_parse_tidy(struct dtl_parser *p, struct dtl_bytes text, struct dtl_bytes *out);
/** A FIELD node of the raw value `text`. */
struct dtl_node *dtl_parse_field_node(struct dtl_parser *p, const struct dtl_query_field *f,
                                      struct dtl_bytes text, bool quoted, uint32_t begin,
                                      uint32_t end);

/** value.c: the filter whose FIELD or RANGE lexeme is p->now. */
enum dtl_status dtl_parse_filter(struct dtl_parser *p, struct dtl_node **out) DTL_MUST_USE;

/** saved.c: the saved query whose FIELD lexeme is p->now. */
enum dtl_status dtl_parse_saved(struct dtl_parser *p, struct dtl_node **out) DTL_MUST_USE;

/** match.c: replace the operands from `mark` on by the node of their adjacency run; none leaves
 * none. */
enum dtl_status dtl_parse_close_run(struct dtl_parser *p, size_t mark) DTL_MUST_USE;
#endif
