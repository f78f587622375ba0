/*
 * json_fast.c - the usual record of an archive without a tree: a flat object of strings.
 *
 * Why beside a library: building and freeing a tree of a 6 KB article costs more than reading it,
 * and nearly every record of a real archive is one flat object. This reader never judges: at the
 * first thing out of the ordinary (nesting, fractions, a surrogate, a key twice, any error) it
 * gives up and the library decides. Strings are unescaped straight into one arena block; unescaped
 * text is never longer than its escapes.
 *
 * Who knows what to do with nested values gets them as they stand (dtl_json_flat): looked through
 * for anything the library would refuse, and no further.
 */
#include "common/base/utf8.h"
#include "indexer/format/json.h"

#define FIELDS 64
#define VALUES 256
#define NEST   60 /* of nested values that are kept as they stand */

struct fast {
    const uint8_t *p, *end;
    uint8_t *to; /* in the arena block */
    struct dtl_field fields[FIELDS];
    struct dtl_value values[VALUES];
    size_t n, used;
    bool nested; /* such values are kept as they stand */
};

static void blanks(struct fast *f)
{
    while (f->p < f->end && (*f->p == ' ' || *f->p == '\t' || *f->p == '\n' || *f->p == '\r'))
        f->p++;
}

static bool take(struct fast *f, uint8_t c)
{
    blanks(f);
    if (f->p == f->end || *f->p != c)
        return false;
    f->p++;
    return true;
}

static int hex4(const uint8_t *p)
{
    int v = 0;
    for (int i = 0; i < 4; i++) {
        int c = p[i], d = c >= '0' && c <= '9'   ? c - '0'
                          : c >= 'a' && c <= 'f' ? c - 'a' + 10
                          : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                 : -1;
        if (d < 0)
            return -1;
        v = v << 4 | d;
    }
    return v;
}

/* The character of "uXXXX", a pair of them where it takes two; f->p is behind the 'u'. -1: none. */
static int32_t unicode(struct fast *f)
{
    if (f->end - f->p < 4)
        return -1;
    int v = hex4(f->p), low;
    f->p += 4;
    if (v < 0xd800 || v >= 0xe000)
        return v;
    if (v >= 0xdc00 || f->end - f->p < 6 || f->p[0] != '\\' || f->p[1] != 'u')
        return -1;
    low = hex4(f->p + 2);
    f->p += 6;
    return low < 0xdc00 || low >= 0xe000 ? -1 : 0x10000 + ((v - 0xd800) << 10 | (low - 0xdc00));
}

/* The escape behind a backslash; f->p is at the letter. */
static bool escape(struct fast *f)
{
    static const char letters[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    if (f->p == f->end)
        return false;
    uint8_t c = *f->p++;
    if (c != 'u') {
        const char *at = c ? strchr(letters, c) : NULL;
        if (!at)
            return false;
        *f->to++ = (uint8_t)values[at - letters];
        return true;
    }
    int32_t v = unicode(f);
    if (v < 0)
        return false;
    if (v < 0x80) {
        *f->to++ = (uint8_t)v;
    } else if (v < 0x800) {
        *f->to++ = (uint8_t)(0xc0 | v >> 6);
        *f->to++ = (uint8_t)(0x80 | (v & 0x3f));
    } else {
        if (v < 0x10000) {
            *f->to++ = (uint8_t)(0xe0 | v >> 12);
        } else {
            *f->to++ = (uint8_t)(0xf0 | v >> 18);
            *f->to++ = (uint8_t)(0x80 | (v >> 12 & 0x3f));
        }
        *f->to++ = (uint8_t)(0x80 | (v >> 6 & 0x3f));
        *f->to++ = (uint8_t)(0x80 | (v & 0x3f));
    }
    return true;
}

/* High bit of each byte that is below 0x20, a quote, a backslash; of some others behind such one.
 */
static uint64_t special(uint64_t w)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), high = ones << 7;
    uint64_t quote = w ^ ones * '"', slash = w ^ ones * '\\';
    return ((w - ones * 0x20) & ~w & high) | ((quote - ones) & ~quote & high) |
           ((slash - ones) & ~slash & high);
}

/* A string; f->p is behind its quote. */
static bool string(struct fast *f, struct dtl_bytes *out)
{
    uint8_t *start = f->to;
    const uint64_t high = UINT64_C(0x8080808080808080);
    uint64_t seen = 0;
    for (;;) {
        while (f->end - f->p >= 8) {
            uint64_t w = dtl_load64(f->p), stops = special(w);
            size_t n = stops ? (size_t)__builtin_ctzll(stops) / 8 : 8;
            seen |= w; /* with what stands behind the stop: then it is looked at for nothing */
            dtl_store64(f->to, w);
            f->p += n;
            f->to += n;
            if (stops)
                break;
        }
        if (f->p == f->end)
            return false;
        uint8_t c = *f->p++;
        if (c == '"')
            break;
        if (c == '\\') {
            if (!escape(f))
                return false;
            continue;
        }
        if (c < 0x20)
            return false;
        seen |= c;
        *f->to++ = c;
    }
    *out = dtl_bytes(start, (size_t)(f->to - start));
    return !(seen & high) || dtl_utf8_valid_prefix(*out) == out->n;
}

static bool word(struct fast *f, const char *text, struct dtl_value *v, enum dtl_value_kind kind)
{
    size_t n = strlen(text);
    if ((size_t)(f->end - f->p) < n || memcmp(f->p, text, n) != 0)
        return false;
    f->p += n;
    *v = (struct dtl_value){kind == DTL_VALUE_NULL ? DTL_LITERAL("") : dtl_bytes_of(text), kind};
    return true;
}

/* A whole number that reads back as it is printed: no fraction, no exponent, no -0, 18 digits. */
static bool number(struct fast *f, struct dtl_value *v)
{
    const uint8_t *start = f->p;
    if (*f->p == '-')
        f->p++;
    const uint8_t *digits = f->p;
    while (f->p < f->end && *f->p >= '0' && *f->p <= '9')
        f->p++;
    size_t n = (size_t)(f->p - digits);
    if (!n || n > 18 || (*digits == '0' && (n > 1 || digits != start)))
        return false;
    if (f->p < f->end && (*f->p == '.' || *f->p == 'e' || *f->p == 'E'))
        return false;
    n = (size_t)(f->p - start);
    memcpy(f->to, start, n);
    *v = (struct dtl_value){dtl_bytes(f->to, n), DTL_VALUE_LITERAL};
    f->to += n;
    return true;
}

static bool plain_value(struct fast *f)
{
    blanks(f);
    if (f->p == f->end || f->used == VALUES)
        return false;
    struct dtl_value *v = &f->values[f->used++];
    switch (*f->p) {
    case '"':
        f->p++;
        v->kind = DTL_VALUE_STRING;
        return string(f, &v->text);
    case 't':
        return word(f, "true", v, DTL_VALUE_LITERAL);
    case 'f':
        return word(f, "false", v, DTL_VALUE_LITERAL);
    case 'n':
        return word(f, "null", v, DTL_VALUE_NULL);
    default:
        return number(f, v);
    }
}

/* ---- nested values, as they stand ---- */

/* Over a string; f->p is behind its quote. A key with an escape is left to the library, which has
 * a rule for one of them. */
static bool pass_string(struct fast *f, bool is_key)
{
    for (;;) {
        uint64_t stops = 0;
        while (!stops && f->end - f->p >= 8) {
            stops = special(dtl_load64(f->p));
            f->p += stops ? (size_t)__builtin_ctzll(stops) / 8 : 8;
        }
        if (f->p == f->end)
            return false;
        uint8_t c = *f->p++;
        if (c == '"')
            return true;
        if (c < 0x20)
            return false;
        if (c != '\\')
            continue;
        if (is_key || f->p == f->end)
            return false;
        c = *f->p++;
        if (c == 'u' ? unicode(f) < 0 : !c || !strchr("\"\\/bfnrt", c))
            return false;
    }
}

/* Over a number without exponent whose digits no reader loses: as number(), or with a fraction. */
static bool pass_number(struct fast *f)
{
    f->p += *f->p == '-';
    const uint8_t *from = f->p;
    bool point = false;
    for (; f->p < f->end && ((*f->p >= '0' && *f->p <= '9') || (*f->p == '.' && !point)); f->p++)
        point |= *f->p == '.';
    size_t n = (size_t)(f->p - from);
    if (!n || n > 15 || *from == '.' || f->p[-1] == '.' ||
        (*from == '0' && n > 1 && from[1] != '.'))
        return false;
    return f->p == f->end || (*f->p != 'e' && *f->p != 'E' && *f->p != '.');
}

static bool pass_plain(struct fast *f)
{
    static const char *const words[] = {"true", "false", "null"};
    if (*f->p == '"') {
        f->p++;
        return pass_string(f, false);
    }
    for (size_t i = 0; i < 3; i++) {
        size_t n = strlen(words[i]);
        if ((size_t)(f->end - f->p) >= n && memcmp(f->p, words[i], n) == 0) {
            f->p += n;
            return true;
        }
    }
    return pass_number(f);
}

static bool pass_key(struct fast *f)
{
    return take(f, '"') && pass_string(f, true) && take(f, ':');
}

/* Over the object or list at f->p. */
static bool pass_nested(struct fast *f)
{
    uint64_t lists = 0; /* a bit a level, the innermost lowest */
    size_t depth = 0;
    for (;;) { /* a value begins */
        blanks(f);
        if (f->p == f->end)
            return false;
        bool list = *f->p == '[', empty = false;
        if (list || *f->p == '{') {
            if (depth++ == NEST)
                return false;
            f->p++;
            lists = lists << 1 | list;
            blanks(f);
            empty = f->p < f->end && *f->p == (list ? ']' : '}');
            if (!empty && (list || pass_key(f)))
                continue;
            if (!empty)
                return false;
        } else if (!pass_plain(f)) {
            return false;
        }
        while (depth && take(f, lists & 1 ? ']' : '}')) {
            depth--;
            lists >>= 1;
        }
        if (!depth)
            return true;
        if (!take(f, ',') || (!(lists & 1) && !pass_key(f)))
            return false;
    }
}

static bool keep_nested(struct fast *f, struct dtl_value *v)
{
    const uint8_t *from = f->p;
    if (!pass_nested(f))
        return false;
    size_t n = (size_t)(f->p - from);
    memcpy(f->to, from, n);
    *v = (struct dtl_value){dtl_bytes(f->to, n), DTL_VALUE_NESTED};
    f->to += n;
    return dtl_utf8_valid_prefix(v->text) == n;
}

static bool value(struct fast *f, struct dtl_field *field)
{
    size_t used = f->used;
    uint8_t *to = f->to;
    blanks(f);
    const uint8_t *from = f->p;
    field->v = f->values + f->used;
    field->list = take(f, '[');
    field->n = 0;
    if (!field->list && (f->p == f->end || *f->p != '{')) {
        field->n = 1;
        return plain_value(f);
    }
    bool plain = field->list, more = plain && !take(f, ']');
    while (plain && more) {
        plain = plain_value(f);
        field->n++;
        more = plain && take(f, ',');
        plain = plain && (more || take(f, ']'));
    }
    if (plain || !f->nested)
        return plain;
    if (used == VALUES)
        return false;
    f->p = from; /* more than plain values, from the beginning */
    f->to = to;
    f->used = used + 1;
    field->list = false;
    field->n = 1;
    return keep_nested(f, field->v);
}

static bool object(struct fast *f)
{
    if (!take(f, '{'))
        return false;
    bool more = !take(f, '}');
    while (more) {
        struct dtl_field *field = &f->fields[f->n];
        if (f->n == FIELDS || !take(f, '"') || !string(f, &field->name) || !take(f, ':') ||
            !value(f, field))
            return false;
        if (field->name.n && memchr(field->name.p, 0, field->name.n))
            return false; /* refused by the library */
        for (size_t i = 0; i < f->n; i++)
            if (dtl_bytes_equal(f->fields[i].name, field->name))
                return false;
        f->n++;
        more = take(f, ',');
        if (!more && !take(f, '}'))
            return false;
    }
    blanks(f);
    return f->p == f->end;
}

static enum dtl_status read_flat(struct dtl_bytes in, bool nested, struct dtl_arena *arena,
                                 struct dtl_record *r)
{
    struct fast f;
    f.p = in.p;
    f.end = in.p + in.n;
    f.n = f.used = 0;
    f.nested = nested;
    if (in.n < 2)
        return DTL_NOTFOUND;
    f.to = dtl_arena_take(arena, in.n + 8); /* 8: the last store of a string may be wide */
    if (!f.to)
        return DTL_ENOMEM;
    if (!object(&f))
        return DTL_NOTFOUND;
    struct dtl_field *fields = dtl_arena_alloc(arena, (f.n ? f.n : 1) * sizeof *fields);
    struct dtl_value *values = dtl_arena_alloc(arena, (f.used ? f.used : 1) * sizeof *values);
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

enum dtl_status dtl_json_fast(struct dtl_bytes in, struct dtl_arena *arena, struct dtl_record *r)
{
    return read_flat(in, false, arena, r);
}

enum dtl_status dtl_json_flat(struct dtl_bytes in, struct dtl_arena *arena, struct dtl_record *r)
{
    return read_flat(in, true, arena, r);
}
