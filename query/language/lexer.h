/*
 * query/language/lexer.h - query text to lexemes with byte spans. Private to query/language.
 *
 * The lexer decides what is syntax and what is text; after it nothing looks at raw characters
 * again. Each call moves forward by at least one byte (END aside), so lexing is linear.
 */
#ifndef DTL_LANGUAGE_LEXER_H
#define DTL_LANGUAGE_LEXER_H
#include "common/base/arena.h"
#include "query/language/fields.h"

enum dtl_lexeme_kind {
    DTL_LEX_END,
    DTL_LEX_WORD,
    DTL_LEX_PHRASE,
    DTL_LEX_OPEN,
    DTL_LEX_CLOSE,
    DTL_LEX_AND,
    DTL_LEX_OR,
    DTL_LEX_NOT, /* NOT or a leading minus */
    DTL_LEX_PLUS,
    DTL_LEX_FIELD, /* what follows is its value: dtl_lex_date, or the next lexeme */
    DTL_LEX_ALL,   /* a star alone */
    DTL_LEX_RANGE, /* bare A..B of ISO dates, or [A TO B] */
    DTL_LEX_NOISE, /* punctuation standing alone */
};

struct dtl_lexeme {
    enum dtl_lexeme_kind kind;
    uint32_t begin, end;
    struct dtl_bytes text; /* WORD, PHRASE, RANGE: a view into the query, marks of syntax cut off */
    bool exact, prefix;
    bool unclosed; /* PHRASE: the closing quote is missing (--lenient alone lets it pass) */
    bool minus;    /* NOT: written - */
    const struct dtl_query_field *field;
};

struct dtl_lexer {
    struct dtl_bytes text; /* valid UTF-8 without control characters: dtl_lex_check */
    size_t at;
    bool lenient;
    enum dtl_lexeme_kind last;
};

/** Size, UTF-8 and control characters of a query. */
enum dtl_status dtl_lex_check(struct dtl_bytes text, struct dtl_error *err) DTL_MUST_USE;

/** The next lexeme. DTL_EQUERY: broken or unknown structure at err->pos. */
enum dtl_status dtl_lex_next(struct dtl_lexer *x, struct dtl_lexeme *out,
                             struct dtl_error *err) DTL_MUST_USE;

struct dtl_lex_value {     /* of a date field */
    struct dtl_bytes text; /* quotes removed: a view, or in the arena */
    uint32_t begin, end;
    uint32_t inner;                  /* where text starts in the query, for carets */
    enum dtl_date_relation relation; /* of a comparison, if any */
    bool compared;
};
/** The value right after a FIELD lexeme: atoms and `..`, "quoted", [A TO B], or a comparison. */
enum dtl_status dtl_lex_date(struct dtl_lexer *x, struct dtl_arena *arena,
                             struct dtl_lex_value *out, struct dtl_error *err) DTL_MUST_USE;

/** The next word of -F, where nothing is syntax; marks and noise are passed over. */
enum dtl_status dtl_lex_literal(struct dtl_lexer *x, struct dtl_lexeme *out) DTL_MUST_USE;

/** Is `text`, standing alone, read as one word of `cut` bytes with these marks? The printer asks.
 */
bool dtl_lex_is_word(struct dtl_bytes text, size_t cut, bool exact, bool prefix);
#endif
