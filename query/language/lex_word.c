/*
 * lex_word.c - words and phrases with the marks that belong to them: = * ? ~ ^.
 *
 * A mark means something at one place of a word and is punctuation elsewhere; an address has none,
 * whatever it holds. `?` at the end of a word ends a question.
 */
#include "query/language/lex.h"
#include "query/language/operators.h"

static bool one_of(uint8_t c, const char *set)
{
    return c && strchr(set, c);
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

bool dtl_lex_is_address(struct dtl_bytes t)
{
    const uint8_t *mark = t.n ? memmem(t.p, t.n, "://", 3) : NULL;
    return mark && mark > t.p && mark[-1] < 0x80 && dtl_char_wordlike(mark[-1]);
}

struct dtl_bytes dtl_lex_trim(struct dtl_bytes t)
{
    while (t.n && one_of(t.p[0], "-+=~^[]{}<>!,;:.&"))
        t = dtl_bytes(t.p + 1, t.n - 1);
    while (t.n && one_of(t.p[t.n - 1], ",;:!?]}"))
        t.n--;
    return t;
}

static uint32_t count_letters(struct dtl_bytes t)
{
    uint32_t n = 0;
    for (size_t at = 0, len; at < t.n; at += len)
        n += dtl_char_wordlike(dtl_char_at(t, at, &len));
    return n;
}

/* ---- suffixes ---- */

/* ^2.5 at `at`, up to the end of its number; *end stays when there is none. */
static enum dtl_status read_boost(const struct dtl_lexer *x, size_t at, uint32_t *boost,
                                  size_t *end, struct dtl_error *err)
{
    if (dtl_lex_byte_at(x, at) != '^')
        return DTL_OK;
    size_t last = at + 1;
    while (!dtl_lex_ends_chunk(x, last) && !one_of(dtl_lex_byte_at(x, last), ",;:!?]}"))
        last++;
    while (dtl_lex_byte_at(x, last - 1) == '.' && last > at + 1)
        last--;
    *end = last;
    return dtl_read_boost(dtl_lex_slice(x, at, last), at, boost, err);
}

/* ~3 or ~3! at `at`. */
static enum dtl_status read_slop(const struct dtl_lexer *x, size_t at, struct dtl_lexeme *out,
                                 size_t *end, struct dtl_error *err)
{
    if (dtl_lex_byte_at(x, at) != '~')
        return DTL_OK;
    size_t last = at + 1;
    while (is_digit(dtl_lex_byte_at(x, last)))
        last++;
    enum dtl_status st = dtl_read_slop(dtl_lex_slice(x, at + 1, last), at, &out->slop, err);
    out->any_order = dtl_lex_byte_at(x, last) == '!';
    *end = last + out->any_order;
    return st;
}

enum dtl_status dtl_lex_close(struct dtl_lexer *x, size_t at, struct dtl_lexeme *out,
                              struct dtl_error *err)
{
    uint32_t boost = 0;
    size_t end = at + 1;
    enum dtl_status st = read_boost(x, end, &boost, &end, err);
    if (st < 0)
        return st;
    dtl_lex_emit(x, out, DTL_LEX_CLOSE, at, end);
    out->boost = boost;
    return DTL_OK;
}

/* ---- phrases ---- */

/* "two words*": the star behind the last word makes it a beginning. */
static struct dtl_bytes cut_star(struct dtl_bytes t, bool *prefix)
{
    size_t end = 0, len;
    uint32_t c, last = 0, before = ' ';
    for (size_t at = 0; at < t.n; at += len) {
        c = dtl_char_at(t, at, &len);
        if (dtl_char_blank(c))
            continue;
        before = end == at ? last : ' ';
        last = c;
        end = at + len;
    }
    if (last == '*' && before != '*' && before != ' ') {
        *prefix = true;
        end--;
    }
    return dtl_bytes(t.p, end);
}

enum dtl_status dtl_lex_phrase(struct dtl_lexer *x, size_t begin, size_t quote,
                               struct dtl_lexeme *out, struct dtl_error *err)
{
    size_t first = quote + 1;
    const uint8_t *close =
        first < x->text.n ? memchr(x->text.p + first, '"', x->text.n - first) : NULL;
    if (!close && !x->lenient)
        return dtl_fail(err, DTL_EQUERY, quote, "missing closing \": this one opens a phrase");
    size_t last = close ? (size_t)(close - x->text.p) : x->text.n, end = close ? last + 1 : last;
    struct dtl_bytes inner = dtl_lex_slice(x, first, last);
    struct dtl_lexeme l = {0};
    if (close && dtl_lex_byte_at(x, end) == '*') { /* "two words"* */
        l.prefix = true;
        end++;
    }
    inner = cut_star(inner, &l.prefix);
    enum dtl_status st = close ? read_slop(x, end, &l, &end, err) : DTL_OK;
    if (st == DTL_OK && close)
        st = read_boost(x, end, &l.boost, &end, err);
    if (st < 0)
        return st;
    if (!dtl_has_word(inner))
        return dtl_lex_emit(x, out, DTL_LEX_NOISE, begin, end);
    l.exact = begin < quote;
    l.stars = memchr(inner.p, '*', inner.n) != NULL;
    l.unclosed = !close;
    l.text = inner;
    l.kind = DTL_LEX_PHRASE;
    l.begin = (uint32_t)begin;
    l.end = (uint32_t)end;
    *out = l;
    x->at = end;
    x->last = DTL_LEX_PHRASE;
    return DTL_OK;
}

/* ---- words ---- */

/* Marks of the sentence a word was typed in: what?. wom?^2, no~!^2 */
static void cut_marks(struct dtl_bytes *core)
{
    while (core->n > 1 && one_of(core->p[core->n - 1], ",;:!?]}"))
        core->n--;
}

/* ^2 and ~1 at the end of `core`, which is cut. */
static enum dtl_status cut_suffixes(const struct dtl_lexer *x, struct dtl_bytes *core,
                                    struct dtl_lexeme *l, struct dtl_error *err)
{
    size_t base = (size_t)(core->p - x->text.p);
    const uint8_t *hat = core->n > 1 ? memchr(core->p + 1, '^', core->n - 1) : NULL;
    enum dtl_status st = DTL_OK;
    if (hat) {
        size_t at = (size_t)(hat - core->p);
        st = dtl_read_boost(dtl_bytes(hat, core->n - at), base + at, &l->boost, err);
        core->n = at;
        cut_marks(core);
    }
    size_t tilde = core->n;
    while (tilde > 1 && is_digit(core->p[tilde - 1]))
        tilde--;
    if (st == DTL_OK && tilde > 1 && core->p[tilde - 1] == '~') {
        tilde--;
        struct dtl_bytes mark = dtl_bytes(core->p + tilde, core->n - tilde);
        core->n = tilde;
        st = dtl_read_fuzzy(mark, base + tilde, count_letters(*core), &l->fuzzy, err);
    }
    return st;
}

/* word* is a beginning; any other * or ? makes a pattern. */
static enum dtl_status read_stars(const struct dtl_lexer *x, struct dtl_bytes *core,
                                  struct dtl_lexeme *l, struct dtl_error *err)
{
    size_t after = (size_t)(core->p - x->text.p) + core->n;
    cut_marks(core);
    size_t n = core->n;
    while (n > 1 && core->p[n - 1] == '*')
        n--;
    bool trailing = n < core->n;
    if (memchr(core->p, '*', n) || memchr(core->p, '?', n)) {
        l->wildcard = true;
    } else if (trailing) {
        l->prefix = true;
        core->n = n;
    }
    if (l->fuzzy && (l->wildcard || l->prefix))
        return dtl_fail(err, DTL_EQUERY, after,
                        "~ (fuzzy) does not go with * and ? in one word; use one of them");
    return DTL_OK;
}

enum dtl_status dtl_lex_word(struct dtl_lexer *x, size_t begin, size_t end, bool boundary,
                             struct dtl_lexeme *out, struct dtl_error *err)
{
    struct dtl_bytes t = dtl_lex_slice(x, begin, end);
    struct dtl_lexeme l = {.kind = DTL_LEX_WORD, .begin = (uint32_t)begin, .end = (uint32_t)end};
    bool url = dtl_lex_is_address(dtl_lex_trim(t));
    if (boundary && t.n > 1 && t.p[0] == '=' &&
        (dtl_char_wordlike(dtl_char_at(t, 1, NULL)) || one_of(t.p[1], "*?"))) {
        l.exact = true;
        t = dtl_lex_slice(x, begin + 1, end);
    }
    if (!url && t.n > 1 && one_of(t.p[0], "~^")) { /* a mark with nothing before it */
        uint8_t d = t.p[1];
        uint32_t boost = 0;
        if (t.p[0] == '~' && is_digit(d))
            return dtl_fail(err, DTL_EQUERY, begin,
                            "~ (fuzzy) stands behind a word and takes 1 or %u, such as word~1; "
                            "quote the text to search it",
                            DTL_FUZZY_MAX);
        if (t.p[0] == '^' && (is_digit(d) || d == '-' || dtl_char_wordlike(d))) {
            enum dtl_status st = dtl_read_boost(t, begin, &boost, err);
            return st < 0 ? st
                          : dtl_fail(err, DTL_EQUERY, begin,
                                     "^ (boost) stands right behind a word, a phrase or a group, "
                                     "and takes a number above 0, up to 100");
        }
    }
    t = dtl_lex_trim(t);
    if (!dtl_has_word(t))
        return dtl_lex_emit(x, out, DTL_LEX_NOISE, begin, end);
    if (!url) {
        struct dtl_bytes core = t;
        while (core.n && one_of(core.p[core.n - 1], ".,;:!?]}")) /* "wom*n.]." */
            core.n--;
        enum dtl_status st = cut_suffixes(x, &core, &l, err);
        if (st == DTL_OK)
            st = read_stars(x, &core, &l, err);
        if (st < 0)
            return st;
        if (l.boost || l.fuzzy || l.prefix || l.wildcard)
            t = core; /* else the dots stay: U.S. */
    }
    if (!dtl_has_word(t) && (l.boost || l.fuzzy))
        return dtl_fail(err, DTL_EQUERY, begin,
                        "%s stands behind a word, a phrase or a group; quote it to search the text",
                        l.boost ? "^ (boost)" : "~ (fuzzy)");
    if (!dtl_has_word(t))
        return dtl_lex_emit(x, out, DTL_LEX_NOISE, begin, end);
    l.text = t;
    *out = l;
    x->at = end;
    x->last = DTL_LEX_WORD;
    return DTL_OK;
}

bool dtl_lex_is_word(struct dtl_bytes text, size_t cut, const struct dtl_lexeme *as)
{
    struct dtl_lexer x = {.text = text};
    struct dtl_lexeme one = {0};
    return dtl_lex_next(&x, &one, NULL) == DTL_OK && one.kind == DTL_LEX_WORD &&
           one.end == text.n && one.text.p == text.p + cut && one.text.n == as->text.n &&
           one.exact == as->exact && one.prefix == as->prefix && one.wildcard == as->wildcard &&
           one.fuzzy == as->fuzzy && one.boost == as->boost;
}
