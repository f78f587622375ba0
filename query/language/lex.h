/*
 * query/language/lex.h - what lexer.c, lex_word.c and lex_value.c share. Private to query/language.
 *
 * A *chunk* is a run without blanks, parentheses, double quotes, bars and &&.
 */
#ifndef DTL_LANGUAGE_LEX_H
#define DTL_LANGUAGE_LEX_H
#include "query/language/chars.h"
#include "query/language/lexer.h"

/* 0 past the end. */
static inline uint8_t dtl_lex_byte_at(const struct dtl_lexer *x, size_t at)
{
    return at < x->text.n ? x->text.p[at] : 0;
}

static inline bool dtl_lex_blank_at(const struct dtl_lexer *x, size_t at)
{
    return at >= x->text.n || dtl_char_blank(dtl_char_at(x->text, at, NULL));
}

static inline bool dtl_lex_ends_chunk(const struct dtl_lexer *x, size_t at)
{
    if (dtl_lex_blank_at(x, at))
        return true;
    uint8_t c = x->text.p[at];
    return c == '(' || c == ')' || c == '"' || c == '|' ||
           (c == '&' && dtl_lex_byte_at(x, at + 1) == '&');
}

static inline size_t dtl_lex_chunk_end(const struct dtl_lexer *x, size_t at)
{
    while (!dtl_lex_ends_chunk(x, at)) {
        size_t len;
        dtl_char_at(x->text, at, &len);
        at += len;
    }
    return at;
}

static inline struct dtl_bytes dtl_lex_slice(const struct dtl_lexer *x, size_t begin, size_t end)
{
    return dtl_bytes(x->text.p + begin, end - begin);
}

static inline enum dtl_status dtl_lex_emit(struct dtl_lexer *x, struct dtl_lexeme *out,
                                           enum dtl_lexeme_kind kind, size_t begin, size_t end)
{
    *out = (struct dtl_lexeme){.kind = kind, .begin = (uint32_t)begin, .end = (uint32_t)end};
    x->at = end;
    x->last = kind;
    return DTL_OK;
}

/** The word in begin..end. */
enum dtl_status dtl_lex_word(struct dtl_lexer *x, size_t begin, size_t end, bool boundary,
                             struct dtl_lexeme *out, struct dtl_error *err) DTL_MUST_USE;
/** The phrase whose quote stands at `quote`; `begin` is before it when = is. */
enum dtl_status dtl_lex_phrase(struct dtl_lexer *x, size_t begin, size_t quote,
                               struct dtl_lexeme *out, struct dtl_error *err) DTL_MUST_USE;
/** The ) at `at`, with its boost. */
enum dtl_status dtl_lex_close(struct dtl_lexer *x, size_t at, struct dtl_lexeme *out,
                              struct dtl_error *err) DTL_MUST_USE;
/** *found: a field stands at `begin` and is now *out; else its chunk is text. DTL_EQUERY: it is
 * broken. */
enum dtl_status dtl_lex_field(struct dtl_lexer *x, size_t begin, struct dtl_lexeme *out,
                              bool *found, struct dtl_error *err) DTL_MUST_USE;
/** [atom TO ... at `begin`: *end is the byte after the closing bracket, 0 when the bracket is text.
 */
enum dtl_status dtl_lex_bracket(const struct dtl_lexer *x, size_t begin, size_t *end,
                                struct dtl_error *err) DTL_MUST_USE;
/** A..B, both sides YYYY, YYYY-MM or YYYY-MM-DD. */
bool dtl_lex_is_bare_range(struct dtl_bytes t);
#endif
