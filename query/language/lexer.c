/*
 * lexer.c - what is syntax, what is text.
 *
 * The rule of the language: ordinary text pasted from an article is a valid query, structure that
 * is written but broken is an error, nothing is dropped silently. So every mark has one place where
 * it is syntax (a minus before a word, a colon after a lower-case name, a star after a letter, ...)
 * and is punctuation elsewhere; a construct of the language that is not built is refused by its
 * name.
 *
 * A *chunk* is a run without blanks, parentheses, double quotes, bars and &&. A chunk is at a
 * *boundary* when nothing is glued to its front: only there may it be an operator or a field.
 *
 * A leading comma makes any chunk plain text (",AND" is the word AND): the printer's escape.
 */
#include "query/language/lexer.h"

#include "common/base/utf8.h"
#include "query/language/ast.h"
#include "query/language/lex.h"
#include "query/language/operators.h"

enum dtl_status dtl_lex_check(struct dtl_bytes text, struct dtl_error *err)
{
    if (text.n > DTL_QUERY_BYTES)
        return dtl_fail(err, DTL_EQUERY, DTL_QUERY_BYTES,
                        "a query has at most %u bytes; this one has %zu", DTL_QUERY_BYTES, text.n);
    size_t valid = dtl_utf8_valid_prefix(text);
    if (valid < text.n)
        return dtl_fail(err, DTL_EQUERY, valid, "not UTF-8: byte 0x%02x at byte offset %zu",
                        text.p[valid], valid);
    for (size_t at = 0; at < text.n;) {
        size_t start = at;
        uint32_t c = dtl_utf8_next(text, &at);
        if (dtl_char_control(c))
            return dtl_fail(err, DTL_EQUERY, start,
                            "a query holds no control characters; U+%04X at byte offset %zu", c,
                            start);
    }
    return DTL_OK;
}

/* ---- the chunk at x->at ---- */

/* A sign stands before an operand when a word, a quote or a group follows it without a blank. */
static bool signs(const struct dtl_lexer *x, size_t at)
{
    if (dtl_lex_byte_at(x, at) == '"' || dtl_lex_byte_at(x, at) == '(')
        return true;
    if (dtl_lex_byte_at(x, at) == '*' && dtl_lex_ends_chunk(x, at + 1))
        return true;
    size_t end = dtl_lex_chunk_end(x, at);
    if (dtl_lex_byte_at(x, end) == '"' && end == at + 1 && dtl_lex_byte_at(x, at) == '=')
        return true;
    return dtl_has_word(dtl_lex_slice(x, at, end));
}

static enum dtl_status finish(struct dtl_lexer *x, struct dtl_lexeme *out, size_t begin, size_t end)
{
    out->begin = (uint32_t)begin;
    out->end = (uint32_t)end;
    x->at = end;
    x->last = out->kind;
    return DTL_OK;
}

static enum dtl_status lex_chunk(struct dtl_lexer *x, bool boundary, struct dtl_lexeme *out,
                                 struct dtl_error *err)
{
    size_t at = x->at;
    uint8_t c = dtl_lex_byte_at(x, at), d = dtl_lex_byte_at(x, at + 1);
    if (boundary && (c == '-' || c == '+')) {
        if (d == c) { /* a dash, not an exclusion of an exclusion */
            size_t end = at + 1;
            while (dtl_lex_byte_at(x, end) == c)
                end++;
            return dtl_lex_emit(x, out, DTL_LEX_NOISE, at, end);
        }
        if (signs(x, at + 1)) {
            dtl_lex_emit(x, out, c == '-' ? DTL_LEX_NOT : DTL_LEX_PLUS, at, at + 1);
            out->minus = c == '-';
            return DTL_OK;
        }
    }
    if (boundary && c == '=' && d == '"')
        return dtl_lex_phrase(x, at, at + 1, out, err);
    enum dtl_status st = DTL_OK;
    if (boundary && (c == '[' || c == '{')) {
        size_t range_end;
        st = dtl_lex_bracket(x, at, &range_end, err);
        if (st < 0)
            return st;
        if (range_end) {
            dtl_lex_emit(x, out, DTL_LEX_RANGE, at, range_end);
            out->text = dtl_lex_slice(x, at, range_end);
            return DTL_OK;
        }
    }
    if (boundary) {
        bool found;
        st = dtl_lex_field(x, at, out, &found, err);
        if (st < 0 || found)
            return st;
    }
    size_t end = dtl_lex_chunk_end(x, at);
    struct dtl_bytes t = dtl_lex_slice(x, at, end);
    if (boundary) {
        if (dtl_bytes_is(t, "AND"))
            return dtl_lex_emit(x, out, DTL_LEX_AND, at, end);
        if (dtl_bytes_is(t, "OR"))
            return dtl_lex_emit(x, out, DTL_LEX_OR, at, end);
        if (dtl_bytes_is(t, "NOT"))
            return dtl_lex_emit(x, out, DTL_LEX_NOT, at, end);
        if (dtl_bytes_is(t, "*"))
            return dtl_lex_emit(x, out, DTL_LEX_ALL, at, end);
        bool found;
        struct dtl_lexeme op = {0};
        st = dtl_read_operator(t, at, &op, &found, err);
        if (st < 0)
            return st;
        if (found) {
            *out = op;
            return finish(x, out, at, end);
        }
        struct dtl_bytes bare = t;
        while (bare.n && strchr(",;!?", bare.p[bare.n - 1]))
            bare.n--;
        if (dtl_lex_is_bare_range(bare)) {
            dtl_lex_emit(x, out, DTL_LEX_RANGE, at, end);
            out->text = bare;
            return DTL_OK;
        }
    }
    return dtl_lex_word(x, at, end, boundary, out, err);
}

enum dtl_status dtl_lex_next(struct dtl_lexer *x, struct dtl_lexeme *out, struct dtl_error *err)
{
    bool boundary = x->at == 0 || x->last == DTL_LEX_OPEN || x->last == DTL_LEX_OR ||
                    x->last == DTL_LEX_AND || x->last == DTL_LEX_NOT || x->last == DTL_LEX_PLUS ||
                    x->last == DTL_LEX_NEAR || x->last == DTL_LEX_ATLEAST ||
                    x->last == DTL_LEX_FIELD;
    size_t len;
    while (x->at < x->text.n && dtl_char_blank(dtl_char_at(x->text, x->at, &len))) {
        x->at += len;
        boundary = true;
    }
    size_t at = x->at;
    if (at == x->text.n)
        return dtl_lex_emit(x, out, DTL_LEX_END, at, at);
    uint8_t d = dtl_lex_byte_at(x, at + 1);
    switch (x->text.p[at]) {
    case '(':
        return dtl_lex_emit(x, out, DTL_LEX_OPEN, at, at + 1);
    case ')':
        return dtl_lex_close(x, at, out, err);
    case '|':
        return dtl_lex_emit(x, out, DTL_LEX_OR, at, at + 1 + (d == '|'));
    case '"':
        return dtl_lex_phrase(x, at, at, out, err);
    case '&':
        if (d == '&')
            return dtl_lex_emit(x, out, DTL_LEX_AND, at, at + 2);
        break;
    default:
        break;
    }
    return lex_chunk(x, boundary, out, err);
}

enum dtl_status dtl_lex_literal(struct dtl_lexer *x, struct dtl_lexeme *out)
{
    while (x->at < x->text.n) {
        size_t len, begin = x->at, end = dtl_lex_chunk_end(x, begin);
        if (end == begin) { /* a blank or a mark */
            dtl_char_at(x->text, begin, &len);
            x->at += len;
            continue;
        }
        if (!dtl_lex_is_address(dtl_lex_trim(dtl_lex_slice(x, begin, end))))
            for (size_t i = begin; i < end; i++)
                if (strchr("*?~^", x->text.p[i]))
                    end = i;
        if (end == begin) {
            x->at++;
            continue;
        }
        struct dtl_bytes t = dtl_lex_trim(dtl_lex_slice(x, begin, end));
        x->at = end;
        if (dtl_has_word(t)) {
            dtl_lex_emit(x, out, DTL_LEX_WORD, (size_t)(t.p - x->text.p),
                         (size_t)(t.p - x->text.p) + t.n);
            x->at = end;
            out->text = t;
            return DTL_OK;
        }
    }
    return dtl_lex_emit(x, out, DTL_LEX_END, x->at, x->at);
}
