/*
 * toml.c - the TOML of a front matter and of the configuration. No library of Debian reads it from
 * C, and what is needed of it is a page: keys, strings of four kinds, lists, tables.
 *
 * A front matter is taken with latitude, a page must not be lost for a date without quotes. The
 * configuration is not: what is stated twice or is no value of TOML is a mistake somebody can mend.
 */
#include "indexer/format/toml.h"

#include "common/base/utf8.h"
#include "indexer/format/format.h"

#include <stdlib.h>

struct toml {
    struct dtl_bytes in;
    size_t at;
    int depth;
    const struct dtl_toml_watch *watch; /* NULL: with latitude */
    const char *wrong;                  /* NULL: nothing so far */
    size_t wrong_at;
    bool no_memory;
};

static int peek(const struct toml *t)
{
    return t->at < t->in.n ? t->in.p[t->at] : -1;
}

static bool fail(struct toml *t, const char *wrong)
{
    if (!t->wrong) {
        t->wrong = wrong;
        t->wrong_at = t->at < t->in.n ? t->at : t->in.n;
    }
    return false;
}

static void blanks(struct toml *t)
{
    while (peek(t) == ' ' || peek(t) == '\t')
        t->at++;
}

static void blanks_and_lines(struct toml *t)
{
    for (;; t->at++) {
        blanks(t);
        if (peek(t) == '#')
            while (t->at < t->in.n && peek(t) != '\n')
                t->at++;
        if (peek(t) != '\n' && peek(t) != '\r')
            return;
    }
}

static bool starts(const struct toml *t, const char *text)
{
    return dtl_bytes_starts(dtl_bytes(t->in.p + t->at, t->in.n - t->at), dtl_bytes_of(text));
}

/* ---- strings ---- */

static bool hex_escape(struct toml *t, int digits, struct dtl_buffer *out)
{
    uint32_t v = 0;
    for (int i = 0; i < digits; i++, t->at++) {
        int c = peek(t);
        int d = c >= '0' && c <= '9'                 ? c - '0'
                : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                     : -1;
        if (d < 0)
            return fail(t, "an escape without its digits");
        v = v << 4 | (uint32_t)d;
    }
    return dtl_utf8_append(out, v);
}

static bool escape(struct toml *t, bool many, struct dtl_buffer *out)
{
    static const char letters[] = "btnfr\"\\e", values[] = "\b\t\n\f\r\"\\\x1b";
    int c = peek(t);
    const char *known = c > 0 ? strchr(letters, c) : NULL;
    if (known) {
        t->at++;
        return dtl_buffer_byte(out, (uint8_t)values[known - letters]);
    }
    if (c == 'u' || c == 'U') {
        t->at++;
        return hex_escape(t, c == 'u' ? 4 : 8, out);
    }
    if (many && (c == '\n' || c == ' ' || c == '\t' || c == '\r')) { /* the line goes on */
        while (peek(t) == '\n' || peek(t) == ' ' || peek(t) == '\t' || peek(t) == '\r')
            t->at++;
        return true;
    }
    return fail(t, "an escape that is none");
}

/* A string of any of the four kinds; t is at its quote. */
static bool string(struct toml *t, struct dtl_buffer *out)
{
    uint8_t quote = t->in.p[t->at];
    char three[4] = {(char)quote, (char)quote, (char)quote, 0};
    bool many = starts(t, three);
    t->at += many ? 3 : 1;
    if (many && peek(t) == '\n')
        t->at++;
    for (;;) {
        int c = peek(t);
        if (c < 0 || (c == '\n' && !many))
            return fail(t, "a string is not closed");
        if (many && starts(t, three)) {
            t->at += 3;
            for (int i = 0; i < 2 && peek(t) == quote;
                 i++, t->at++) /* quotes before the closing three */
                dtl_buffer_byte(out, quote);
            return true;
        }
        t->at++;
        if (!many && c == quote)
            return true;
        if (c == '\\' && quote == '"') {
            if (!escape(t, many, out))
                return false;
        } else {
            dtl_buffer_byte(out, (uint8_t)c);
        }
    }
}

static json_t *json_text(struct toml *t, const struct dtl_buffer *b)
{
    json_t *j = b->failed ? NULL : json_stringn(b->n ? (const char *)b->p : "", b->n);
    t->no_memory |= !j;
    return j;
}

/* ---- values ---- */

static bool value(struct toml *t, json_t **out);

/* A bare word: true, false, a whole number, else the text as printed (dates, fractions). */
static bool word(struct toml *t, json_t **out)
{
    size_t from = t->at;
    while (t->at < t->in.n && !strchr(",]}\n#", t->in.p[t->at]) && t->in.p[t->at])
        t->at++;
    struct dtl_bytes w = dtl_bytes_trim(dtl_bytes(t->in.p + from, t->at - from));
    if (!w.n)
        return fail(t, "a value is missing");
    size_t digits = w.n - (w.p[0] == '-'), first = w.n - digits;
    bool whole = digits && digits <= 18 && (w.p[first] != '0' || (digits == 1 && !first));
    for (size_t i = first; i < w.n && whole; i++)
        whole = w.p[i] >= '0' && w.p[i] <= '9';
    char number[24] = "";
    if (whole)
        memcpy(number, w.p, w.n);
    if (t->watch && !whole && !dtl_bytes_is(w, "true") && !dtl_bytes_is(w, "false")) {
        t->at = from;
        return fail(t, "a value that is no number, true or false wants quotes: \"...\"");
    }
    *out = dtl_bytes_is(w, "true")    ? json_true()
           : dtl_bytes_is(w, "false") ? json_false()
           : whole                    ? json_integer(strtoll(number, NULL, 10))
                                      : json_stringn((const char *)w.p, w.n);
    t->no_memory |= !*out;
    return *out != NULL;
}

static bool list(struct toml *t, json_t **out)
{
    *out = json_array();
    t->no_memory |= !*out;
    t->at++;
    for (;;) {
        json_t *item;
        blanks_and_lines(t);
        if (peek(t) == ']')
            break;
        if (peek(t) < 0)
            return fail(t, "a list is not closed");
        if (!*out || !value(t, &item))
            return false;
        t->no_memory |= json_array_append_new(*out, item) < 0;
        blanks_and_lines(t);
        if (peek(t) == ',')
            t->at++;
        else if (peek(t) != ']')
            return fail(t, "a list is not closed");
    }
    t->at++;
    return true;
}

/* key, "key" or a.b.c = : walk into `table`, making tables on the way; *last is new. */
static json_t *walk(struct toml *t, json_t *table, char end, struct dtl_buffer *last)
{
    for (int depth = 0; table; depth++) {
        blanks(t);
        dtl_buffer_reset(last);
        int c = peek(t);
        if (c == '"' || c == '\'') {
            if (!string(t, last))
                return NULL;
        } else {
            while (dtl_is_alnum((uint8_t)(c = peek(t) < 0 ? 0 : peek(t))) || c == '_' || c == '-' ||
                   c >= 0x80) {
                dtl_buffer_byte(last, (uint8_t)c);
                t->at++;
            }
            if (!last->n) {
                fail(t, "a key is missing");
                return NULL;
            }
        }
        if (!dtl_buffer_byte(last, 0) || memchr(last->p, 0, last->n - 1)) {
            fail(t, "a key with a NUL");
            return NULL;
        }
        last->n--;
        blanks(t);
        if (peek(t) == end)
            return table;
        if (peek(t) != '.' || depth >= DTL_FORMAT_DEPTH) {
            fail(t, end == '=' ? "a line that is no key = value" : "a table's name is not closed");
            return NULL;
        }
        t->at++;
        const char *name = (const char *)last->p;
        json_t *next = json_object_get(table, name);
        if (json_is_array(next)) /* of tables: the last one */
            next = json_array_get(next, json_array_size(next) - 1);
        if (next && !json_is_object(next) && t->watch) {
            fail(t, "the name in front of the dot was given a value before");
            return NULL;
        }
        if (!json_is_object(next)) {
            next = json_object();
            t->no_memory |= !next || json_object_set_new(table, name, next) < 0;
            next = json_object_get(table, name);
        }
        table = next;
    }
    return NULL;
}

static bool pair(struct toml *t, json_t *table)
{
    struct dtl_buffer key = {0};
    json_t *v = NULL;
    size_t from = t->at;
    json_t *into = walk(t, table, '=', &key);
    bool ok = into != NULL;
    if (ok && t->watch) {
        if (json_object_get(into, (const char *)key.p)) {
            t->at = from;
            ok = fail(t, "a key is stated twice");
        } else if (!t->watch->key(t->watch->ctx, into, (const char *)key.p, from)) {
            t->no_memory = true;
            ok = false;
        }
    }
    if (ok) {
        t->at++;
        blanks(t);
        ok = value(t, &v);
    }
    if (ok)
        t->no_memory |= json_object_set_new(into, (const char *)key.p, v) < 0;
    else
        json_decref(v);
    dtl_buffer_release(&key);
    return ok;
}

static bool inline_table(struct toml *t, json_t **out)
{
    *out = json_object();
    t->no_memory |= !*out;
    t->at++;
    for (bool first = true; *out; first = false) {
        blanks_and_lines(t);
        if (peek(t) == '}') {
            t->at++;
            return true;
        }
        if (!first) {
            if (peek(t) != ',')
                return fail(t, "a table is not closed");
            t->at++;
            blanks_and_lines(t);
        }
        if (!pair(t, *out))
            return false;
    }
    return false;
}

static bool value(struct toml *t, json_t **out)
{
    *out = NULL;
    if (t->depth >= DTL_FORMAT_DEPTH)
        return fail(t, "nested too deep");
    t->depth++;
    int c = peek(t);
    bool ok;
    if (c == '"' || c == '\'') {
        struct dtl_buffer b = {0};
        ok = string(t, &b) && (*out = json_text(t, &b)) != NULL;
        dtl_buffer_release(&b);
    } else {
        ok = c == '[' ? list(t, out) : c == '{' ? inline_table(t, out) : word(t, out);
    }
    t->depth--;
    if (!ok) {
        json_decref(*out);
        *out = NULL;
    }
    return ok;
}

/* [table] or [[one of a list]]: the table what follows goes into. */
static json_t *heading(struct toml *t, json_t *root)
{
    bool many = starts(t, "[[");
    struct dtl_buffer key = {0};
    json_t *into, *table = NULL;
    t->at += many ? 2 : 1;
    size_t from = t->at;
    into = walk(t, root, ']', &key);
    const char *name = into ? (const char *)key.p : "";
    json_t *had = into ? json_object_get(into, name) : NULL;
    if (into && had && t->watch && (many ? !json_is_array(had) : !json_is_object(had))) {
        t->at = from;
        fail(t, "the table's name was given a value before");
        into = NULL;
    }
    if (into && !had && t->watch && !t->watch->key(t->watch->ctx, into, name, from)) {
        t->no_memory = true;
        into = NULL;
    }
    if (into && many && !starts(t, "]]"))
        fail(t, "a table's name is not closed");
    else if (into && many) {
        if (!json_is_array(had)) {
            t->no_memory |= json_object_set_new(into, name, json_array()) < 0;
            had = json_object_get(into, name);
        }
        t->no_memory |= !had || json_array_append_new(had, json_object()) < 0;
        table = t->no_memory ? NULL : json_array_get(had, json_array_size(had) - 1);
    } else if (into) {
        if (!json_is_object(had)) {
            t->no_memory |= json_object_set_new(into, name, json_object()) < 0;
            had = json_object_get(into, name);
        }
        table = had;
    }
    t->at += many ? 2 : 1;
    dtl_buffer_release(&key);
    return table;
}

enum dtl_status dtl_toml_parse(struct dtl_bytes in, const struct dtl_toml_watch *watch,
                               json_t **root, struct dtl_error *err)
{
    struct toml t = {.in = in, .watch = watch};
    json_t *tree = json_object(), *table = tree;
    t.no_memory = !tree;
    for (;;) {
        blanks_and_lines(&t);
        if (t.at >= in.n || t.wrong || t.no_memory)
            break;
        if (peek(&t) == '[')
            table = heading(&t, tree);
        else
            pair(&t, table);
        if (!table || t.wrong || t.no_memory)
            break;
        blanks(&t);
        if (peek(&t) == '#' || peek(&t) == '\n' || peek(&t) == '\r' || peek(&t) < 0)
            continue;
        fail(&t, "something behind a value");
    }
    if (t.wrong || t.no_memory) {
        json_decref(tree);
        return t.wrong ? dtl_fail(err, DTL_EINPUT, t.wrong_at, "%s", t.wrong)
                       : dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    }
    *root = tree;
    return DTL_OK;
}
