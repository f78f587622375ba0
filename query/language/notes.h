/* query/language/notes.h - what a person is told about a query that was understood. */
#ifndef DTL_LANGUAGE_NOTES_H
#define DTL_LANGUAGE_NOTES_H
#include "query/language/ast.h"

#define DTL_NOTES_MAX 32u /* a query of punctuation alone must not drown its reader */

/** Append a note to `q`; one that cannot be kept (memory, DTL_NOTES_MAX) is left out. */
void dtl_note_add(struct dtl_query *q, struct dtl_arena *arena, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
#endif
