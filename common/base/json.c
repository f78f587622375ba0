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
