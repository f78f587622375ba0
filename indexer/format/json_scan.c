/*
 * json_scan.c - where a JSON value ends, a byte at a time and resumable.
 *
 * Why not let the parser find the end: a record may be megabytes before it proves broken, and a
 * missing bracket would make a parser take the next thousand records for the inside of this one.
 * The scan knows which token may stand before a bracket or a string, which tells in most damage
 * that a record has ended; what it lets pass, the parser still refuses.
 */
#include "indexer/format/json.h"

static bool in_list(const struct dtl_json_scan *s)
{
    size_t at = s->depth - 1;
    return s->lists[at / 8] >> (at % 8) & 1;
}

static enum dtl_json_found broken(struct dtl_json_scan *s, const char *why)
{
    s->why = why;
    return DTL_JSON_BROKEN;
}

/* May a value (a key, too, when it is a string) begin here? */
static bool may_begin(const struct dtl_json_scan *s, bool is_string)
{
    if (!s->depth)
        return s->last == 0;
    if (in_list(s))
        return s->last == '[' || s->last == ',';
    return s->last == ':' || (is_string && (s->last == '{' || s->last == ','));
}

static enum dtl_json_found open_bracket(struct dtl_json_scan *s, char c)
{
    if (!may_begin(s, false))
        return broken(s, "a value begins where the record should go on or end");
    if (s->depth == DTL_JSON_STACK)
        return broken(s, "nested too deep");
    uint8_t bit = (uint8_t)(1u << (s->depth % 8));
    if (c == '[')
        s->lists[s->depth / 8] |= bit;
    else
        s->lists[s->depth / 8] &= (uint8_t)~bit;
    s->depth++;
    if (s->depth > s->deepest)
        s->deepest = s->depth;
    s->last = c;
    return DTL_JSON_MORE;
}

static enum dtl_json_found close_bracket(struct dtl_json_scan *s, char c)
{
    if (!s->depth || in_list(s) != (c == ']'))
        return broken(s, "a closing bracket without its opening one");
    s->depth--;
    s->last = 'v';
    return s->depth ? DTL_JSON_MORE : DTL_JSON_END;
}

static enum dtl_json_found outside(struct dtl_json_scan *s, uint8_t c)
{
    switch (c) {
    case ' ':
    case '\t':
    case '\r':
    case '\n':
        return DTL_JSON_MORE;
    case '{':
    case '[':
        return open_bracket(s, (char)c);
    case '}':
    case ']':
        return close_bracket(s, (char)c);
    case '"':
        if (!may_begin(s, true))
            return broken(s, "a string begins where the record should go on or end");
        s->in_string = true;
        s->last = 'v';
        return DTL_JSON_MORE;
    case ':':
    case ',':
        s->last = (char)c;
        return DTL_JSON_MORE;
    default:
        s->last = 'v';
        return DTL_JSON_MORE;
    }
}

/* How many bytes of a string from p on are neither its end nor an escape nor a line's end: all of
 * those, unless fewer than eight are left. */
static size_t run(const uint8_t *p, size_t n)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), high = ones << 7;
    size_t at = 0;
    for (; n - at >= 8; at += 8) {
        uint64_t w = dtl_load64(p + at), quote = w ^ ones * '"', slash = w ^ ones * '\\',
                 line = w ^ ones * '\n';
        uint64_t stops =
            (((quote - ones) & ~quote) | ((slash - ones) & ~slash) | ((line - ones) & ~line)) &
            high;
        if (stops) /* the lowest is one; those behind it may be none */
            return at + (size_t)__builtin_ctzll(stops) / 8;
    }
    return at;
}

enum dtl_json_found dtl_json_scan(struct dtl_json_scan *s, struct dtl_bytes in, size_t *used)
{
    enum dtl_json_found found = DTL_JSON_MORE;
    size_t at = 0;
    while (at < in.n && found == DTL_JSON_MORE) {
        uint8_t c = in.p[at];
        if (!s->in_string) {
            found = outside(s, c);
        } else if (s->escaped) {
            s->escaped = false;
        } else if (c == '\\') {
            s->escaped = true;
        } else if (c == '"') {
            s->in_string = false;
            found = s->depth ? DTL_JSON_MORE : DTL_JSON_END;
        } else if (c == '\n') {
            found = broken(s, "a string is not closed at the end of its line");
        } else {
            at += run(in.p + at + 1, in.n - at - 1);
        }
        at += found != DTL_JSON_BROKEN;
    }
    *used = at;
    return found;
}
