/* notes.c - notes are kept in the order the query gave rise to them. */
#include "query/language/notes.h"

#include <stdarg.h>
#include <stdio.h>

void dtl_note_add(struct dtl_query *q, struct dtl_arena *arena, const char *fmt, ...)
{
    struct dtl_note **end = &q->notes;
    for (uint32_t n = 0; *end; end = &(*end)->next)
        if (++n == DTL_NOTES_MAX)
            return;
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (n < 0)
        return;
    size_t length = (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
    struct dtl_note *note = dtl_arena_alloc(arena, sizeof *note);
    char *copy = dtl_arena_strndup(arena, text, length);
    if (note && copy) {
        note->text = copy;
        *end = note;
    }
}
