/* lex_value.c - fields, the values of date fields, and ranges that need no field. */
#include "query/language/lex.h"

/* Length of a lower-case name list (title,lead) or first/50 before a colon; 0: none. */
static size_t field_name(const struct dtl_lexer *x, size_t at)
{
    size_t end = at;
    while ((dtl_lex_byte_at(x, end) >= 'a' && dtl_lex_byte_at(x, end) <= 'z') ||
           (dtl_lex_byte_at(x, end) == ',' && end > at))
        end++;
    if (end - at == 5 && memcmp(x->text.p + at, "first", 5) == 0 && dtl_lex_byte_at(x, end) == '/')
        do
            end++;
        while (dtl_lex_byte_at(x, end) >= '0' && dtl_lex_byte_at(x, end) <= '9');
    return end > at && dtl_lex_byte_at(x, end) == ':' ? end - at : 0;
}

static bool starts_value(const struct dtl_lexer *x, size_t at)
{
    uint8_t c = dtl_lex_byte_at(x, at);
    if (c == '.')
        return dtl_lex_byte_at(x, at + 1) == '.';
    return c == '"' || c == '(' || c == '[' || c == '=' || c == '<' || c == '>' ||
           dtl_char_wordlike(dtl_char_at(x->text, at, NULL));
}

enum dtl_status dtl_lex_field(struct dtl_lexer *x, size_t begin, struct dtl_lexeme *out,
                              bool *found, struct dtl_error *err)
{
    size_t n = field_name(x, begin), value = begin + n + 1;
    *found = false;
    if (n == 0 || (dtl_lex_byte_at(x, value) == '/' && dtl_lex_byte_at(x, value + 1) == '/'))
        return DTL_OK;
    struct dtl_bytes name = dtl_lex_slice(x, begin, begin + n);
    size_t one = 0; /* a list or first/50 is known by its first name */
    while (one < n && name.p[one] >= 'a')
        one++;
    const struct dtl_query_field *f = dtl_query_field(dtl_bytes(name.p, one));
    if (!f && (x->lenient || !starts_value(x, value)))
        return DTL_OK;
    if (!f) {
        const char *like = dtl_query_field_like(name);
        return dtl_fail(err, DTL_EQUERY, begin,
                        "unknown field '%.*s' (fields: %s; %s%s%squote it to search the text)",
                        n > 40 ? 40 : (int)n, (const char *)name.p, dtl_query_field_list(),
                        like ? "did you mean '" : "", like ? like : "", like ? "'? " : "");
    }
    if (dtl_lex_blank_at(x, value) || dtl_lex_byte_at(x, value) == ')')
        return dtl_fail(err, DTL_EQUERY, value,
                        "a value must follow %.*s: without a blank (%s); quote \"%.*s:\" to search "
                        "the text",
                        (int)(n > 40 ? 40 : n), (const char *)name.p,
                        f->use == DTL_USE_DATE ? "such as since:2024-03 or since:\"last week\""
                                               : "a word, a phrase or a group",
                        (int)(n > 40 ? 40 : n), (const char *)name.p);
    if (f->use == DTL_USE_LATER || one < n)
        return dtl_fail(err, DTL_EQUERY, begin,
                        "%.*s: is not available yet (fields: %s); quote it to search the text",
                        n > 40 ? 40 : (int)n, (const char *)name.p, dtl_query_field_list());
    dtl_lex_emit(x, out, DTL_LEX_FIELD, begin, value);
    out->field = f;
    *found = true;
    return DTL_OK;
}

enum dtl_status dtl_lex_date(struct dtl_lexer *x, struct dtl_arena *arena,
                             struct dtl_lex_value *out, struct dtl_error *err)
{
    static const struct {
        const char *mark;
        enum dtl_date_relation relation;
    } compare[] = {
        {">=", DTL_DATE_SINCE },
        {"<=", DTL_DATE_UNTIL },
        {">",  DTL_DATE_AFTER },
        {"<",  DTL_DATE_BEFORE},
        {"=",  DTL_DATE_ON    }
    };
    struct dtl_lex_value v = {.begin = (uint32_t)x->at};
    size_t at = x->at;
    for (size_t i = 0; i < sizeof compare / sizeof *compare && !v.compared; i++)
        if (dtl_bytes_starts(dtl_lex_slice(x, at, x->text.n), dtl_bytes_of(compare[i].mark))) {
            v.compared = true;
            v.relation = compare[i].relation;
            at += strlen(compare[i].mark);
        }
    size_t start = at;
    if (dtl_lex_byte_at(x, at) == '[' || dtl_lex_byte_at(x, at) == '{') {
        while (at < x->text.n && x->text.p[at] != ']' && x->text.p[at] != '}')
            at++;
        if (at == x->text.n)
            return dtl_fail(err, DTL_EQUERY, start,
                            "unfinished range: write [2024-03-01 TO "
                            "2024-04-15]");
        at++;
        v.text = dtl_lex_slice(x, start, at);
        v.inner = (uint32_t)start;
    } else if (dtl_lex_byte_at(x, at) == '(') {
        return dtl_fail(err, DTL_EQUERY, at,
                        "a date field takes one date or range; write (date:2021 OR date:2023)");
    } else { /* atoms, quoted or not, with .. between: the text without its quotes */
        char *text = dtl_arena_alloc(arena, x->text.n - at + 1);
        if (!text)
            return dtl_fail(err, DTL_ENOMEM, at, "out of memory");
        size_t n = 0;
        v.inner = (uint32_t)(at + (dtl_lex_byte_at(x, at) == '"'));
        while (!dtl_lex_blank_at(x, at) &&
               !(dtl_lex_ends_chunk(x, at) && dtl_lex_byte_at(x, at) != '"')) {
            if (x->text.p[at] != '"') {
                text[n++] = (char)x->text.p[at++];
                continue;
            }
            size_t quote = at++;
            while (at < x->text.n && x->text.p[at] != '"')
                text[n++] = (char)x->text.p[at++];
            if (at == x->text.n && !x->lenient)
                return dtl_fail(err, DTL_EQUERY, quote,
                                "missing closing \": this one opens a date");
            at += at < x->text.n;
        }
        while (n > 1 && (text[n - 1] == ',' || text[n - 1] == ';' || text[n - 1] == '!' ||
                         text[n - 1] == '?'))
            n--; /* punctuation of a sentence the filter was typed in */
        v.text = dtl_bytes(text, n);
    }
    v.end = (uint32_t)at;
    *out = v;
    x->at = at;
    x->last = DTL_LEX_RANGE;
    return DTL_OK;
}

/* ---- ranges without a field ---- */

enum dtl_status dtl_lex_bracket(const struct dtl_lexer *x, size_t begin, size_t *end,
                                struct dtl_error *err)
{
    size_t at = begin + 1;
    *end = 0;
    if (dtl_lex_byte_at(x, at) == '"') {
        for (at++; at < x->text.n && x->text.p[at] != '"'; at++)
            ;
        at += at < x->text.n;
    } else {
        at = dtl_lex_chunk_end(x, at);
    }
    size_t len, atom = at;
    while (at < x->text.n && dtl_char_blank(dtl_char_at(x->text, at, &len)))
        at += len;
    if (atom == begin + 1 || at == atom || dtl_lex_byte_at(x, at) != 'T' ||
        dtl_lex_byte_at(x, at + 1) != 'O' || !(dtl_lex_blank_at(x, at + 2)))
        return DTL_OK;
    for (at += 2; at < x->text.n; at++)
        if (x->text.p[at] == ']' || x->text.p[at] == '}') {
            *end = at + 1;
            return DTL_OK;
        }
    return dtl_fail(err, DTL_EQUERY, begin,
                    "unfinished range: write date:[2024-03-01 TO 2024-04-15], or quote it");
}

/* YYYY, YYYY-MM or YYYY-MM-DD. */
static bool is_iso(struct dtl_bytes t)
{
    if (t.n != 4 && t.n != 7 && t.n != 10)
        return false;
    for (size_t i = 0; i < t.n; i++)
        if (i == 4 || i == 7 ? t.p[i] != '-' : t.p[i] < '0' || t.p[i] > '9')
            return false;
    return true;
}

bool dtl_lex_is_bare_range(struct dtl_bytes t)
{
    for (size_t i = 4; i + 2 < t.n && i <= 10; i += 3)
        if (t.p[i] == '.' && t.p[i + 1] == '.')
            return is_iso(dtl_bytes(t.p, i)) && is_iso(dtl_bytes(t.p + i + 2, t.n - i - 2));
    return false;
}
