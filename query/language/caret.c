/*
 * caret.c - where a query went wrong, shown under the query.
 *
 * The line is sanitised before it is printed and the column is counted in the cells a terminal uses
 * for what was printed, so that the caret stands under the right character in any script.
 */
#include "common/base/utf8.h"
#include "common/text/analyzer.h"
#include "query/language/chars.h"
#include "query/language/parser.h"

enum { BEFORE = 50, AFTER = 25 }; /* bytes of the line kept around the place */

/* Off the middle of a character; text that is no UTF-8 gives way after three bytes. */
static size_t to_boundary(struct dtl_bytes text, size_t at)
{
    for (int i = 0; i < 3 && at < text.n && (text.p[at] & 0xc0) == 0x80; i++)
        at++;
    return at;
}

bool dtl_query_caret(struct dtl_bytes text, const struct dtl_error *err, struct dtl_buffer *out)
{
    size_t pos = err->pos < text.n ? (size_t)err->pos : text.n;
    size_t begin = pos, end = pos;
    while (begin > 0 && text.p[begin - 1] != '\n')
        begin--;
    while (end < text.n && text.p[end] != '\n')
        end++;
    size_t line = 1;
    for (size_t i = 0; i < begin; i++)
        line += text.p[i] == '\n';
    bool cut_front = pos - begin > BEFORE, cut_back = end - pos > AFTER;
    if (cut_front)
        begin = to_boundary(text, pos - BEFORE);
    if (cut_back)
        end = to_boundary(text, pos + AFTER);

    struct dtl_buffer before = {0};
    if (cut_front)
        dtl_buffer_text(&before, "...");
    dtl_utf8_sanitise(&before, dtl_bytes(text.p + begin, pos - begin), false);
    if (memchr(text.p ? text.p : (const uint8_t *)"", '\n', text.n))
        dtl_buffer_format(out, "query, line %zu:\n  ", line);
    else
        dtl_buffer_text(out, "query:\n  ");
    dtl_buffer_append(out, before.p, before.n);
    dtl_utf8_sanitise(out, dtl_bytes(text.p + pos, end - pos), false);
    if (cut_back)
        dtl_buffer_text(out, "...");
    dtl_buffer_text(out, "\n  ");
    for (size_t columns = dtl_text_columns(dtl_buffer_view(&before)); columns > 0; columns--)
        dtl_buffer_byte(out, ' ');
    dtl_buffer_text(out, "^ ");
    dtl_utf8_sanitise(out, dtl_bytes_of(err->text), false);
    dtl_buffer_byte(out, '\n');
    bool ok = !before.failed && !out->failed;
    dtl_buffer_release(&before);
    return ok;
}
