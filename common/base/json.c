/* json.c - strings and keys of the JSON both programs print. */
#include "common/base/json.h"

#include "common/base/utf8.h"

static bool plain(uint32_t c)
{
    return c != '"' && c != '\\' && !dtl_utf8_hidden(c);
}

bool dtl_json_string(struct dtl_buffer *out, struct dtl_bytes text)
{
    dtl_buffer_byte(out, '"');
    for (size_t at = 0; at < text.n;) {
        size_t run = at;
        while (run < text.n && text.p[run] >= 0x20 && text.p[run] < 0x7f && text.p[run] != '"' &&
               text.p[run] != '\\')
            run++;
        dtl_buffer_append(out, text.p + at, run - at);
        at = run;
        if (at == text.n)
            break;
        uint32_t c = dtl_utf8_next(text, &at);
        if (plain(c))
            dtl_utf8_append(out, c);
        else if (c == '"' || c == '\\')
            dtl_buffer_format(out, "\\%c", (int)c);
        else if (c == '\n')
            dtl_buffer_text(out, "\\n");
        else if (c == '\t')
            dtl_buffer_text(out, "\\t");
        else if (c == '\r')
            dtl_buffer_text(out, "\\r");
        else if (c < 0x10000)
            dtl_buffer_format(out, "\\u%04x", c);
        else /* as UTF-16 writes it */
            dtl_buffer_format(out, "\\u%04x\\u%04x", 0xd7c0 + (c >> 10), 0xdc00 | (c & 0x3ff));
    }
    return dtl_buffer_byte(out, '"');
}

bool dtl_json_key(struct dtl_buffer *out, const char *name, bool *first)
{
    if (!*first)
        dtl_buffer_byte(out, ',');
    *first = false;
    return dtl_buffer_format(out, "\"%s\":", name);
}

/* Behind the string whose first quote stands at `at`. */
static size_t string_end(struct dtl_bytes t, size_t at)
{
    for (at++; at < t.n && t.p[at] != '"'; at++)
        at += t.p[at] == '\\';
    return at < t.n ? at + 1 : t.n;
}

/* Behind the value at `at`: where a comma or a bracket closes it. */
static size_t value_end(struct dtl_bytes t, size_t at)
{
    for (size_t depth = 0; at < t.n;) {
        uint8_t c = t.p[at];
        if (!depth && (c == ',' || c == '}'))
            break;
        depth += c == '{' || c == '[';
        depth -= c == '}' || c == ']';
        at = c == '"' ? string_end(t, at) : at + 1;
    }
    return at;
}

bool dtl_json_member(struct dtl_bytes object, const char *name, struct dtl_bytes *value)
{
    for (size_t at = 1; at < object.n && object.p[at] == '"';) {
        size_t end = string_end(object, at);
        bool found =
            end - at >= 2 && dtl_bytes_is(dtl_bytes(object.p + at + 1, end - at - 2), name);
        at = end + 1; /* the colon */
        end = at < object.n ? value_end(object, at) : object.n;
        if (found && at < end) {
            *value = dtl_bytes(object.p + at, end - at);
            return true;
        }
        at = end + 1;
    }
    return false;
}
