/* lex_value.c - fields, their values, and ranges that need no field. */
#include "query/language/lex.h"
#include "query/language/operators.h"

/* Length of a lower-case name or a list of them (title,lead  first/50) before a colon; 0: none. */
static size_t field_name(const struct dtl_lexer *x, size_t at)
{
    size_t end = at, name = at;
    for (;; end++) {
        uint8_t c = dtl_lex_byte_at(x, end);
        if (c >= 'a' && c <= 'z')
            continue;
        if (c == '/' && end - name == 5 && memcmp(x->text.p + name, "first", 5) == 0)
            while (dtl_lex_byte_at(x, end + 1) >= '0' && dtl_lex_byte_at(x, end + 1) <= '9')
                end++;
        else if (c == ',' && end > name)
            name = end + 1;
        else
            return c == ':' && end > name ? end - at : 0;
    }
}

static bool starts_value(const struct dtl_lexer *x, size_t at)
{
    uint8_t c = dtl_lex_byte_at(x, at);
    if (c == '.')
        return dtl_lex_byte_at(x, at + 1) == '.';
    return c == '"' || c == '(' || c == '[' || c == '=' || c == '<' || c == '>' ||
           dtl_char_wordlike(dtl_char_at(x->text, at, NULL));
}

static enum dtl_status unknown(size_t at, struct dtl_bytes name, struct dtl_error *err)
{
    const char *like = dtl_query_field_like(name);
    return dtl_fail(err, DTL_EQUERY, at,
                    "unknown field '%.*s' (fields: %s; %s%s%squote it to search the text)",
                    name.n > 40 ? 40 : (int)name.n, (const char *)name.p, dtl_query_field_list(),
                    like ? "did you mean '" : "", like ? like : "", like ? "'? " : "");
}

static const char *example_of(const struct dtl_query_field *f)
{
    switch (f->use) {
    case DTL_USE_DATE:
    case DTL_USE_ADDED:
        return "such as since:2024-03 or since:\"last week\"";
    case DTL_USE_CALENDAR:
        return "such as weekday:sun, month:12 or every:03-15";
    case DTL_USE_NUMBER:
        return "such as wc:>500 or wc:200..400";
    case DTL_USE_VALUE:
        return "such as source:reuters or byline:\"jane doe\"";
    case DTL_USE_SAVED:
        return "the name of a saved query";
    default:
        return "a word, a phrase or a group";
    }
}

/* The N of first/N at t[5..]. */
static enum dtl_status read_first(struct dtl_bytes t, size_t pos, uint32_t *first,
                                  struct dtl_error *err)
{
    if (t.n < 6 || !dtl_read_number(dtl_bytes(t.p + 6, t.n - 6), first) || *first < 1 ||
        *first > DTL_FIRST_MAX)
        return dtl_fail(err, DTL_EQUERY, pos,
                        "first takes a number of words from 1 to %u, such as first/50:quake; quote "
                        "it to search the text",
                        DTL_FIRST_MAX);
    return DTL_OK;
}

/* The names of title,lead into out->field. */
static enum dtl_status read_names(const struct dtl_lexer *x, size_t begin, size_t n,
                                  struct dtl_lexeme *out, bool *found, struct dtl_error *err)
{
    size_t end = begin + n, value = end + 1;
    *found = false;
    for (size_t at = begin, next; at < end; at = next + 1) {
        for (next = at; next < end && x->text.p[next] != ',';)
            next++;
        struct dtl_bytes name = dtl_lex_slice(x, at, next), word = name;
        const uint8_t *slash = memchr(name.p, '/', name.n);
        if (slash)
            word.n = (size_t)(slash - name.p);
        const struct dtl_query_field *f = dtl_query_field(word);
        if (!f)
            return x->lenient || !starts_value(x, value) ? DTL_OK : unknown(at, name, err);
        if (out->fields == DTL_FIELD_LIST)
            return dtl_fail(err, DTL_EQUERY, at, "a list of fields has at most %u names",
                            DTL_FIELD_LIST);
        if (n > name.n && f->use != DTL_USE_SCOPE && f->use != DTL_USE_VALUE)
            return dtl_fail(
                err, DTL_EQUERY, at,
                "%s: stands alone; a list is of places and values, such as title,lead:", f->name);
        enum dtl_status st = DTL_OK;
        if (f->scope == DTL_SCOPE_FIRST)
            st = read_first(name, at, &out->first, err);
        if (st < 0)
            return st;
        out->field[out->fields++] = f;
    }
    *found = true;
    return DTL_OK;
}

enum dtl_status dtl_lex_field(struct dtl_lexer *x, size_t begin, struct dtl_lexeme *out,
                              bool *found, struct dtl_error *err)
{
    size_t n = field_name(x, begin), value = begin + n + 1;
    *found = false;
    if (n == 0 || (dtl_lex_byte_at(x, value) == '/' && dtl_lex_byte_at(x, value + 1) == '/'))
        return DTL_OK;
    struct dtl_lexeme l = {0};
    enum dtl_status st = read_names(x, begin, n, &l, found, err);
    if (st < 0 || !*found)
        return st;
    struct dtl_bytes name = dtl_lex_slice(x, begin, begin + n);
    if (dtl_lex_blank_at(x, value) || dtl_lex_byte_at(x, value) == ')')
        return dtl_fail(err, DTL_EQUERY, value,
                        "a value must follow %.*s: without a blank (%s); quote \"%.*s:\" to search "
                        "the text",
                        (int)(n > 40 ? 40 : n), (const char *)name.p, example_of(l.field[0]),
                        (int)(n > 40 ? 40 : n), (const char *)name.p);
    dtl_lex_emit(x, out, DTL_LEX_FIELD, begin, value);
    memcpy(out->field, l.field, sizeof out->field);
    out->fields = l.fields;
    out->first = l.first;
    return DTL_OK;
}

static bool is_blank(struct dtl_bytes t)
{
    size_t len;
    for (size_t at = 0; at < t.n; at += len)
        if (!dtl_char_blank(dtl_char_at(t, at, &len)))
            return false;
    return true;
}

enum dtl_status dtl_lex_value(struct dtl_lexer *x, const struct dtl_query_field *field,
                              struct dtl_lex_value *out, struct dtl_error *err)
{
    struct dtl_lex_value v = {.begin = (uint32_t)x->at};
    size_t at = x->at + (dtl_lex_byte_at(x, x->at) == '='), end;
    v.quoted = dtl_lex_byte_at(x, at) == '"';
    if (v.quoted) {
        size_t close = ++at;
        while (close < x->text.n && x->text.p[close] != '"')
            close++;
        if (close == x->text.n && !x->lenient)
            return dtl_fail(err, DTL_EQUERY, at - 1, "missing closing \": this one opens a value");
        v.text = dtl_lex_slice(x, at, close);
        end = close + (close < x->text.n);
    } else {
        bool exact = field->value == DTL_NODE_PATH || field->value == DTL_NODE_URL ||
                     field->value == DTL_NODE_ID;
        end = dtl_lex_chunk_end(x, at);
        v.text = dtl_lex_slice(x, at, end);
        while (v.text.n && strchr(exact ? "," : ",;!?", v.text.p[v.text.n - 1]))
            v.text.n--; /* of the sentence it was typed in */
    }
    uint8_t c = dtl_lex_byte_at(x, x->at);
    if (c == '<' || c == '>')
        return dtl_fail(err, DTL_EQUERY, x->at,
                        "%s: is not compared; < and > go with date:, added: and wc:", field->name);
    if (v.quoted ? is_blank(v.text)
                 : !dtl_has_word(v.text) && (v.text.n == 0 || !memchr(v.text.p, '*', v.text.n)))
        return dtl_fail(err, DTL_EQUERY, x->at, "a value must follow %s: (%s)", field->name,
                        example_of(field));
    v.inner = (uint32_t)at;
    v.end = (uint32_t)end;
    *out = v;
    x->at = end;
    x->last = DTL_LEX_WORD;
    return DTL_OK;
}

/* The end of atoms and .. that start at `at`; a quoted atom may hold anything. */
static enum dtl_status atoms_end(const struct dtl_lexer *x, size_t at, const char *what,
                                 size_t *end, struct dtl_error *err)
{
    for (; dtl_lex_byte_at(x, at) == '"' || !dtl_lex_ends_chunk(x, at); at++) {
        if (x->text.p[at] != '"')
            continue;
        size_t quote = at++;
        while (at < x->text.n && x->text.p[at] != '"')
            at++;
        if (at == x->text.n && !x->lenient)
            return dtl_fail(err, DTL_EQUERY, quote, "missing closing \": this one opens a %s",
                            what);
        if (at == x->text.n)
            break;
    }
    *end = at;
    return DTL_OK;
}

enum dtl_status dtl_lex_range(struct dtl_lexer *x, struct dtl_arena *arena, const char *what,
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
            return dtl_fail(err, DTL_EQUERY, start, "unfinished range: write [%s]",
                            *what == 'n' ? "200 TO 400" : "2024-03-01 TO 2024-04-15");
        at++;
        v.text = dtl_lex_slice(x, start, at);
        v.inner = (uint32_t)start;
    } else if (dtl_lex_byte_at(x, at) == '(') {
        return dtl_fail(err, DTL_EQUERY, at, "a %s field takes one %s or range; write %s", what,
                        what, *what == 'n' ? "(wc:<100 OR wc:>500)" : "(date:2021 OR date:2023)");
    } else { /* atoms, quoted or not, with .. between: the text without its quotes */
        size_t end = at;
        enum dtl_status st = atoms_end(x, at, what, &end, err);
        if (st < 0)
            return st;
        char *text = dtl_arena_alloc(arena, end - at + 1);
        if (!text)
            return dtl_fail(err, DTL_ENOMEM, at, "out of memory");
        size_t n = 0;
        v.inner = (uint32_t)(at + (dtl_lex_byte_at(x, at) == '"'));
        for (; at < end; at++)
            if (x->text.p[at] != '"')
                text[n++] = (char)x->text.p[at];
        while (n > 1 && strchr(",;!?", text[n - 1]))
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
