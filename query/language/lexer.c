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

/* ---- phrases ---- */

/* A phrase may not be followed by a slop or a boost: they are of the language, but not built. */
static enum dtl_status refuse_suffix(const struct dtl_lexer *x, size_t at, struct dtl_error *err)
{
    uint8_t c = dtl_lex_byte_at(x, at);
    if (c == '~')
        return dtl_fail(err, DTL_EQUERY, at,
                        "~ after a phrase (words in between) is not available yet; leave it out, "
                        "or search the words without quotes");
    if (c == '^')
        return dtl_fail(err, DTL_EQUERY, at,
                        "^ (boost) is not available yet; leave it out to search the text");
    return DTL_OK;
}

static enum dtl_status lex_phrase(struct dtl_lexer *x, size_t begin, size_t quote,
                                  struct dtl_lexeme *out, struct dtl_error *err)
{
    size_t first = quote + 1;
    const uint8_t *close =
        first < x->text.n ? memchr(x->text.p + first, '"', x->text.n - first) : NULL;
    if (!close && !x->lenient)
        return dtl_fail(err, DTL_EQUERY, quote, "missing closing \": this one opens a phrase");
    size_t last = close ? (size_t)(close - x->text.p) : x->text.n, end = close ? last + 1 : last;
    struct dtl_bytes inner = dtl_lex_slice(x, first, last);
    bool prefix = false;
    if (inner.n > 1 && inner.p[inner.n - 1] == '*') { /* "two words*" */
        prefix = true;
        inner.n--;
    }
    if (close && dtl_lex_byte_at(x, end) == '*') { /* "two words"* */
        prefix = true;
        end++;
    }
    const uint8_t *star = inner.n ? memchr(inner.p, '*', inner.n) : NULL;
    if (star)
        return dtl_fail(err, DTL_EQUERY, (size_t)(star - x->text.p),
                        "* inside a phrase (any word) is not available yet; leave it out, or end "
                        "the phrase before it");
    enum dtl_status st = refuse_suffix(x, end, err);
    if (st < 0)
        return st;
    if (!dtl_has_word(inner))
        return dtl_lex_emit(x, out, DTL_LEX_NOISE, begin, end);
    dtl_lex_emit(x, out, DTL_LEX_PHRASE, begin, end);
    out->text = inner;
    out->exact = true;
    out->prefix = prefix;
    out->unclosed = !close;
    return DTL_OK;
}

/* ---- words ---- */

/* x://...: an address is text, its ? * ~ ^ mean nothing. */
static bool is_address(struct dtl_bytes t)
{
    const uint8_t *mark = t.n ? memmem(t.p, t.n, "://", 3) : NULL;
    return mark && mark > t.p && mark[-1] < 0x80 && dtl_char_wordlike(mark[-1]);
}

static bool one_of(uint8_t c, const char *set)
{
    return c && strchr(set, c);
}

static bool ends_in_word(struct dtl_bytes t)
{
    size_t at = t.n - 1;
    while (at > 0 && (t.p[at] & 0xc0) == 0x80)
        at--;
    return dtl_char_wordlike(dtl_char_at(t, at, NULL));
}

static struct dtl_bytes trim_marks(struct dtl_bytes t)
{
    while (t.n && one_of(t.p[0], "-+=~^[]{}<>?!,;:.&"))
        t = dtl_bytes(t.p + 1, t.n - 1);
    while (t.n && one_of(t.p[t.n - 1], ",;:!?]}"))
        t.n--;
    return t;
}

/* Wildcards, fuzzy and boost marks of a word: of the language, not built. `t` has no edge marks. */
static enum dtl_status refuse_marks(const struct dtl_lexer *x, struct dtl_bytes t,
                                    struct dtl_error *err)
{
    size_t base = (size_t)(t.p - x->text.p);
    for (size_t i = 0; i < t.n; i++) {
        uint8_t c = t.p[i];
        if (c == '*' || c == '?')
            return dtl_fail(err, DTL_EQUERY, base + i,
                            "%c inside a word (wildcard) is not available yet, only word*; quote "
                            "the word or use -F to search the text",
                            c);
        if (c == '^' && i > 0)
            return dtl_refuse_boost(dtl_bytes(t.p + i, t.n - i), base + i, err);
        if (c == '~' && i > 0) {
            size_t digits = i + 1;
            while (digits < t.n && t.p[digits] >= '0' && t.p[digits] <= '9')
                digits++;
            if (digits == t.n)
                return dtl_refuse_fuzzy(dtl_bytes(t.p + i, t.n - i), base + i, err);
        }
    }
    return DTL_OK;
}

static enum dtl_status lex_word(struct dtl_lexer *x, size_t begin, size_t end, bool boundary,
                                struct dtl_lexeme *out, struct dtl_error *err)
{
    struct dtl_bytes t = dtl_lex_slice(x, begin, end);
    bool exact = false, prefix = false;
    bool url = is_address(trim_marks(t));
    if (boundary && t.n > 1 && t.p[0] == '=' && dtl_char_wordlike(dtl_char_at(t, 1, NULL))) {
        exact = true;
        t = dtl_lex_slice(x, begin + 1, end);
    }
    if (!url && t.n > 1 && one_of(t.p[0], "~^")) {
        uint8_t d = t.p[1];
        if ((d >= '0' && d <= '9') || (t.p[0] == '^' && (d == '-' || dtl_char_wordlike(d))))
            return t.p[0] == '~' ? dtl_refuse_fuzzy(t, begin, err)
                                 : dtl_refuse_boost(t, begin, err);
    }
    t = trim_marks(t);
    if (!url && dtl_has_word(t)) {
        size_t n = t.n;
        while (n && t.p[n - 1] == '.')
            n--;
        if (n > 1 && t.p[n - 1] == '*' && ends_in_word(dtl_bytes(t.p, n - 1))) {
            prefix = true; /* recyc*  recyc*. */
            t.n = n - 1;
        }
        enum dtl_status st = refuse_marks(x, t, err);
        if (st < 0)
            return st;
    }
    if (!dtl_has_word(t))
        return dtl_lex_emit(x, out, DTL_LEX_NOISE, begin, end);
    dtl_lex_emit(x, out, DTL_LEX_WORD, begin, end);
    out->text = t;
    out->exact = exact;
    out->prefix = prefix;
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
        return lex_phrase(x, at, at + 1, out, err);
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
        st = dtl_refuse_operator(t, at, err);
        if (st < 0)
            return st;
        struct dtl_bytes bare = t;
        while (bare.n && one_of(bare.p[bare.n - 1], ",;!?"))
            bare.n--;
        if (dtl_lex_is_bare_range(bare)) {
            dtl_lex_emit(x, out, DTL_LEX_RANGE, at, end);
            out->text = bare;
            return DTL_OK;
        }
    } else if (x->last == DTL_LEX_PHRASE || x->last == DTL_LEX_CLOSE) {
        st = refuse_suffix(x, at, err);
        if (st < 0)
            return st;
    }
    return lex_word(x, at, end, boundary, out, err);
}

enum dtl_status dtl_lex_next(struct dtl_lexer *x, struct dtl_lexeme *out, struct dtl_error *err)
{
    bool boundary = x->at == 0 || x->last == DTL_LEX_OPEN || x->last == DTL_LEX_OR ||
                    x->last == DTL_LEX_AND || x->last == DTL_LEX_NOT || x->last == DTL_LEX_PLUS ||
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
        return dtl_lex_emit(x, out, DTL_LEX_CLOSE, at, at + 1);
    case '|':
        return dtl_lex_emit(x, out, DTL_LEX_OR, at, at + 1 + (d == '|'));
    case '"':
        return lex_phrase(x, at, at, out, err);
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
        if (!is_address(trim_marks(dtl_lex_slice(x, begin, end))))
            for (size_t i = begin; i < end; i++)
                if (one_of(x->text.p[i], "*?~^"))
                    end = i;
        if (end == begin) {
            x->at++;
            continue;
        }
        struct dtl_bytes t = trim_marks(dtl_lex_slice(x, begin, end));
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

bool dtl_lex_is_word(struct dtl_bytes text, size_t cut, bool exact, bool prefix)
{
    struct dtl_lexer x = {.text = text};
    struct dtl_lexeme one = {0};
    size_t front = exact ? 1 : 0;
    return dtl_lex_next(&x, &one, NULL) == DTL_OK && one.kind == DTL_LEX_WORD &&
           one.end == text.n && one.text.p == text.p + front && one.text.n == cut &&
           one.exact == exact && one.prefix == prefix;
}
