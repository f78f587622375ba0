/*
 * front_plain.c - the front matter that most pages have, without a tree: keys with a word, a text
 * in quotes, or a list of those.
 *
 * A block of five lines costs libyaml more than the page below it costs to read. This reader never
 * judges: at the first thing for which YAML has a rule of its own (a nested mapping, a value that
 * goes on in the next line, an escape by number, a tag, an alias, a comment behind a value, a
 * character it does not allow) it gives up, and libyaml decides. A test and a fuzz target hold the
 * two to the same record.
 */
#include "indexer/format/front_matter.h"

#include "common/base/utf8.h"

#define KEYS      32
#define VALUES    128
#define KEY_BYTES 64 /* libyaml's own limit is 1024 */

struct plain {
    const uint8_t *p, *end; /* of the line */
    struct dtl_field fields[KEYS];
    struct dtl_value values[VALUES];
    size_t n, used;
    struct dtl_arena *arena;
    bool bare;   /* the key read last has nothing behind it */
    bool failed; /* no memory */
};

/* UTF-8 of characters that YAML allows and breaks no line at; some more are given up. */
static bool is_clean(struct dtl_bytes t)
{
    for (size_t i = 0; i < t.n; i++) {
        uint8_t c = t.p[i], next = i + 1 < t.n ? t.p[i + 1] : 0,
                third = i + 2 < t.n ? t.p[i + 2] : 0;
        bool separator = c == 0xe2 && next == 0x80 && (third == 0xa8 || third == 0xa9);
        if ((c < ' ' && c != '\n') || c == 0x7f || c == 0xef || (c == 0xc2 && next < 0xa0) ||
            separator)
            return false;
    }
    return dtl_utf8_valid_prefix(t) == t.n;
}

static bool begins_word(uint8_t c)
{
    return dtl_is_alnum(c) || c >= 0x80;
}

static struct dtl_value *new_value(struct plain *f)
{
    return f->used < VALUES ? &f->values[f->used++] : NULL;
}

/* What a word without quotes is. */
static struct dtl_value word(struct dtl_bytes t)
{
    static const char *const nothing[] = {"null", "Null", "NULL"};
    static const char *const yes[] = {"true", "True", "TRUE"};
    static const char *const no[] = {"false", "False", "FALSE"};
    for (size_t i = 0; i < 3; i++) {
        if (dtl_bytes_is(t, nothing[i]))
            return (struct dtl_value){{0}, DTL_VALUE_NULL};
        if (dtl_bytes_is(t, yes[i]))
            return (struct dtl_value){DTL_LITERAL("true"), DTL_VALUE_LITERAL};
        if (dtl_bytes_is(t, no[i]))
            return (struct dtl_value){DTL_LITERAL("false"), DTL_VALUE_LITERAL};
    }
    bool minus = t.n > 1 && t.p[0] == '-';
    bool whole = t.n - minus <= 18 && t.p[minus] >= '1' && t.p[minus] <= '9';
    for (size_t i = minus; i < t.n && whole; i++)
        whole = t.p[i] >= '0' && t.p[i] <= '9';
    whole |= dtl_bytes_is(t, "0");
    return (struct dtl_value){t, whole ? DTL_VALUE_LITERAL : DTL_VALUE_STRING};
}

/* A text in quotes at f->p; f->p is behind it. */
static bool quoted(struct plain *f, struct dtl_value *v)
{
    uint8_t quote = *f->p++;
    const uint8_t *from = f->p;
    size_t n = 0, turned = 0;
    for (; f->p < f->end &&
           (*f->p != quote || (quote == '\'' && f->p + 1 < f->end && f->p[1] == '\''));
         f->p++) {
        if (*f->p == quote || (quote == '"' && *f->p == '\\')) {
            if (f->p + 1 == f->end)
                return false;
            f->p++;
            turned++;
            if (quote == '"' && !memchr("\"\\nt", *f->p, 4))
                return false;
        }
        n++;
    }
    if (f->p == f->end)
        return false;
    f->p++;
    *v = (struct dtl_value){dtl_bytes(from, n), DTL_VALUE_STRING};
    if (!turned)
        return true;
    uint8_t *to = dtl_arena_alloc(f->arena, n);
    f->failed |= !to;
    for (size_t i = 0; to && i < n; i++) {
        bool escaped = *from == (quote == '"' ? '\\' : '\'');
        from += escaped;
        to[i] = !escaped || quote == '\'' ? *from
                : *from == 'n'            ? '\n'
                : *from == 't'            ? '\t'
                                          : *from;
        from++;
    }
    v->text = dtl_bytes(to, to ? n : 0);
    return to != NULL;
}

static bool at_end(struct plain *f)
{
    while (f->p < f->end && *f->p == ' ')
        f->p++;
    return f->p == f->end;
}

/* All that is left of the line as one value. */
static bool line_value(struct plain *f, struct dtl_value *v)
{
    if (*f->p == '"' || *f->p == '\'')
        return quoted(f, v) && at_end(f);
    struct dtl_bytes t = dtl_bytes_trim(dtl_bytes(f->p, (size_t)(f->end - f->p)));
    bool minus = t.n > 1 && t.p[0] == '-' && t.p[1] >= '0' && t.p[1] <= '9';
    if (!t.n || !(begins_word(t.p[0]) || minus || t.p[0] == '/' || t.p[0] == '('))
        return false;
    for (size_t i = 0; i < t.n; i++)
        if ((t.p[i] == ':' && (i + 1 == t.n || t.p[i + 1] == ' ')) ||
            (t.p[i] == '#' && t.p[i - 1] == ' '))
            return false;
    *v = word(t);
    return true;
}

/* [a, "b", c] in one line; f->p is behind the bracket. */
static bool flow_list(struct plain *f, struct dtl_field *field)
{
    field->list = true;
    field->n = 0;
    if (!at_end(f) && *f->p == ']') {
        f->p++;
        return at_end(f);
    }
    for (;;) {
        struct dtl_value *v = new_value(f);
        if (!v || at_end(f))
            return false;
        if (*f->p == '"' || *f->p == '\'') {
            if (!quoted(f, v))
                return false;
        } else {
            const uint8_t *from = f->p;
            while (f->p < f->end && (begins_word(*f->p) || memchr(" -_.", *f->p, 4)))
                f->p++;
            struct dtl_bytes t = dtl_bytes_trim(dtl_bytes(from, (size_t)(f->p - from)));
            if (!t.n || !begins_word(t.p[0]))
                return false;
            *v = word(t);
        }
        field->n++;
        if (at_end(f) || (*f->p != ',' && *f->p != ']'))
            return false;
        if (*f->p++ == ']')
            return at_end(f);
    }
}

/* "key: " at the line's beginning, one not yet there. `body`, `path` and `taxonomies` mean more. */
static bool take_key(struct plain *f, struct dtl_field *field)
{
    static const char *const special[] = {"body", "body_", "path", "taxonomies"};
    const uint8_t *from = f->p;
    if (!((*f->p | 0x20) >= 'a' && (*f->p | 0x20) <= 'z') || f->n == KEYS)
        return false;
    while (f->p < f->end && (dtl_is_alnum(*f->p) || *f->p == '_' || *f->p == '-'))
        f->p++;
    field->name = dtl_bytes(from, (size_t)(f->p - from));
    if (f->p == f->end || *f->p++ != ':' || (f->p < f->end && *f->p != ' ') ||
        field->name.n > KEY_BYTES)
        return false;
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        if (dtl_bytes_is(field->name, special[i]))
            return false;
    for (size_t i = 0; i < f->n; i++)
        if (dtl_bytes_equal(f->fields[i].name, field->name))
            return false;
    return true;
}

static bool key_line(struct plain *f)
{
    struct dtl_field *field = &f->fields[f->n];
    *field = (struct dtl_field){.v = f->values + f->used, .n = 1};
    if (!take_key(f, field))
        return false;
    f->n++;
    f->bare = at_end(f);
    if (f->bare) {
        struct dtl_value *v = new_value(f);
        if (v)
            *v = (struct dtl_value){{0}, DTL_VALUE_NULL};
        return v;
    }
    if (*f->p == '[') {
        f->p++;
        return flow_list(f, field);
    }
    struct dtl_value *v = new_value(f);
    return v && line_value(f, v);
}

/* "- value" below "key:", all of a list as far to the right. *indent: SIZE_MAX before the first. */
static bool item_line(struct plain *f, size_t *indent)
{
    const uint8_t *from = f->p;
    struct dtl_field *field = &f->fields[f->n - 1];
    while (f->p < f->end && *f->p == ' ')
        f->p++;
    size_t right = (size_t)(f->p - from);
    if (*indent == SIZE_MAX) {
        *indent = right;
        field->list = true;
        field->n = 0;
        f->used--; /* the value it seemed not to have */
    }
    if (right != *indent || f->end - f->p < 2 || f->p[0] != '-' || f->p[1] != ' ')
        return false;
    f->p += 2;
    struct dtl_value *v = new_value(f);
    field->n++;
    return v && !at_end(f) && line_value(f, v);
}

static bool read_lines(struct plain *f, struct dtl_bytes t)
{
    bool open = false; /* a list may come, or goes on */
    size_t indent = SIZE_MAX;
    for (size_t at = 0; at < t.n;) {
        const uint8_t *lf = memchr(t.p + at, '\n', t.n - at);
        f->p = t.p + at;
        f->end = lf ? lf : t.p + t.n;
        at = (size_t)(f->end - t.p) + 1;
        if (f->p == f->end || *f->p == '#') {
            open = false;
        } else if (*f->p == ' ' || *f->p == '-') {
            if (!open || !item_line(f, &indent))
                return false;
        } else {
            if (!key_line(f))
                return false;
            open = f->bare;
            indent = SIZE_MAX;
        }
    }
    return f->n > 0;
}

enum dtl_status dtl_front_plain(struct dtl_bytes yaml, struct dtl_arena *arena,
                                struct dtl_record *r)
{
    struct plain f;
    f.n = f.used = 0;
    f.arena = arena;
    f.bare = f.failed = false;
    if (!is_clean(yaml) || !read_lines(&f, yaml))
        return f.failed ? DTL_ENOMEM : DTL_NOTFOUND;
    struct dtl_field *fields = dtl_arena_alloc(arena, (f.n + 1) * sizeof *fields);
    struct dtl_value *values = dtl_arena_alloc(arena, (f.used + 1) * sizeof *values);
    if (!fields || !values)
        return DTL_ENOMEM;
    memcpy(values, f.values, f.used * sizeof *values);
    memcpy(fields, f.fields, f.n * sizeof *fields);
    for (size_t i = 0; i < f.n; i++)
        fields[i].v = values + (f.fields[i].v - f.values);
    r->fields = fields;
    r->n = f.n;
    return DTL_OK;
}
