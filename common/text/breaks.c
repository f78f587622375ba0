/*
 * breaks.c - ICU over the bytes as they are.
 *
 * A text of ASCII alone needs no ICU: a line may end after a blank, and every byte is a character.
 */
#include "common/text/breaks.h"

#include <unicode/utext.h>

#include "common/text/unicode.h"

static bool is_ascii(struct dtl_bytes text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] >= 0x80)
            return false;
    return true;
}

static bool ascii_breaks(struct dtl_bytes text, enum dtl_break kind, struct dtl_buffer *ends)
{
    for (size_t i = 1; i <= text.n; i++) {
        bool after_blank = text.p[i - 1] == ' ' && (i == text.n || text.p[i] != ' ');
        if (i == text.n || kind == DTL_BREAK_GRAPHEME || after_blank)
            dtl_buffer_u32(ends, (uint32_t)i);
    }
    return !ends->failed;
}

static UBreakIterator *iterator_of(enum dtl_break kind)
{
    static UBreakIterator *kept[2];
    UErrorCode e = U_ZERO_ERROR;
    if (!kept[kind]) {
        dtl_unicode_prepare();
        kept[kind] =
            ubrk_open(kind == DTL_BREAK_LINE ? UBRK_LINE : UBRK_CHARACTER, "root", NULL, 0, &e);
    }
    return U_SUCCESS(e) ? kept[kind] : NULL;
}

bool dtl_text_breaks(struct dtl_bytes text, enum dtl_break kind, struct dtl_buffer *ends)
{
    if (text.n > INT32_MAX)
        return false;
    if (is_ascii(text))
        return ascii_breaks(text, kind, ends);
    UErrorCode e = U_ZERO_ERROR;
    UBreakIterator *it = iterator_of(kind);
    UText *t = it ? utext_openUTF8(NULL, (const char *)text.p, (int64_t)text.n, &e) : NULL;
    if (!t)
        return false;
    ubrk_setUText(it, t, &e);
    if (U_SUCCESS(e)) {
        ubrk_first(it);
        for (int32_t at = ubrk_next(it); at != UBRK_DONE; at = ubrk_next(it))
            dtl_buffer_u32(ends, (uint32_t)at);
    }
    utext_close(t);
    return U_SUCCESS(e) && !ends->failed;
}
