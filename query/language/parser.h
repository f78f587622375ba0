/* query/language/parser.h - query text to a tree (grammar and precedence: docs of the query
 * language). */
#ifndef DTL_LANGUAGE_PARSER_H
#define DTL_LANGUAGE_PARSER_H
#include "query/language/ast.h"
#include "query/language/dates.h"

struct dtl_parse_options {
    bool literal; /* -F: nothing is syntax */
    bool strict, lenient;
    enum dtl_match_mode match;
    uint32_t match_value; /* N or percent */
    bool within;
    struct dtl_clock clock;               /* what today is */
    const struct dtl_date_filter *filter; /* --since ... options, intersected */
    size_t filters;
    /* query:NAME. The text of a saved query, which need live no longer than until the next call;
     * DTL_NOTFOUND: err->text says which names there are. NULL: there are no saved queries. */
    enum dtl_status (*saved)(void *context, struct dtl_bytes name, struct dtl_bytes *text,
                             struct dtl_error *err);
    void *saved_context;
};

/**
 * DTL_EQUERY: err->pos is the byte of the fault, err->text says what and the remedy. DTL_EUSAGE: a
 * filter of the options is at fault. *out lives in `arena` and keeps a copy of `text`. Linear time,
 * bounded stack.
 */
enum dtl_status dtl_query_parse(struct dtl_bytes text, const struct dtl_parse_options *o,
                                struct dtl_arena *arena, struct dtl_query **out,
                                struct dtl_error *err) DTL_MUST_USE;

/** "query:\n  tax AND\n          ^ a word must follow AND\n", for standard error; sanitised, at
 * most one line of the query. */
bool dtl_query_caret(struct dtl_bytes text, const struct dtl_error *err, struct dtl_buffer *out);
#endif
