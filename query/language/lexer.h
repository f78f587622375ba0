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
    DTL_LEX_NEAR,    /* NEAR/n and its kin */
    DTL_LEX_ATLEAST, /* an operand with places follows */
    DTL_LEX_FIELD,   /* what follows is its value: dtl_lex_value, or the next lexeme */
    DTL_LEX_ALL,     /* a star alone */
    DTL_LEX_RANGE,   /* bare A..B of ISO dates, or [A TO B] */
    DTL_LEX_NOISE,   /* punctuation standing alone */
};

struct dtl_lexeme {
    enum dtl_lexeme_kind kind;
    uint32_t begin, end;
    struct dtl_bytes text; /* WORD, PHRASE, RANGE: a view into the query, marks of syntax cut off */
    bool exact;            /* WORD, PHRASE: = before it */
    bool prefix, wildcard, any_order;
    bool stars;     /* PHRASE: * stands in it, alone or glued to a word */
    bool unclosed;  /* PHRASE: the closing quote is missing (--lenient alone lets it pass) */
    bool minus;     /* NOT: written - */
    uint8_t fuzzy;  /* WORD */
    uint32_t slop;  /* PHRASE */
    uint32_t boost; /* WORD, PHRASE, CLOSE: thousandths; 0: none written */
    enum dtl_near near;
    uint32_t distance, needed; /* NEAR; ATLEAST */
    const struct dtl_query_field *field[DTL_FIELD_LIST];
    uint32_t fields;
    uint32_t first; /* FIELD: N of first/N */
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

struct dtl_lex_value {     /* of a field */
    struct dtl_bytes text; /* quotes removed: a view, or in the arena */
    uint32_t begin, end;
    uint32_t inner;                  /* where text starts in the query, for carets */
    enum dtl_date_relation relation; /* of a comparison, if any */
    bool compared, quoted;
};
/** The value right after a FIELD lexeme of a date or a number: atoms and `..`, "quoted", [A TO B],
 * or a comparison. `what` is for messages: "date", "number". */
enum dtl_status dtl_lex_range(struct dtl_lexer *x, struct dtl_arena *arena, const char *what,
                              struct dtl_lex_value *out, struct dtl_error *err) DTL_MUST_USE;
/** The value right after a FIELD lexeme of USE_VALUE or USE_SAVED, as it stands: a chunk or
 * "quoted". Not for a group. */
enum dtl_status dtl_lex_value(struct dtl_lexer *x, const struct dtl_query_field *field,
                              struct dtl_lex_value *out, struct dtl_error *err) DTL_MUST_USE;

/** The next word of -F, where nothing is syntax; marks and noise are passed over. */
enum dtl_status dtl_lex_literal(struct dtl_lexer *x, struct dtl_lexeme *out) DTL_MUST_USE;

/** The next byte; 0 at the end. */
static inline uint8_t dtl_lex_peek(const struct dtl_lexer *x)
{
    return x->at < x->text.n ? x->text.p[x->at] : 0;
}
/** Punctuation around a word cut off. */
struct dtl_bytes dtl_lex_trim(struct dtl_bytes t);
/** Is `text`, standing alone, read as one WORD lexeme like `as`, whose text stands at `cut` and is
 * as long? The printer asks. */
bool dtl_lex_is_word(struct dtl_bytes text, size_t cut, const struct dtl_lexeme *as);
/** x://...: an address is text, its ? * ~ ^ mean nothing. */
bool dtl_lex_is_address(struct dtl_bytes t);
#endif
