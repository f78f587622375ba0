/*
 * lettercase.c - capitals without ICU.
 *
 * A writer tries each mapping and keeps one only when it reproduces the printed form to the byte;
 * otherwise the form is stored literally. So these tables need not be complete or even right, only
 * the same for ever.
 */
#include "common/segment/lettercase.h"

#include "common/base/utf8.h"

uint32_t dtl_raise(uint32_t c)
{
    if (c < 0x80)
        return c >= 'a' && c <= 'z' ? c - 32 : c;
    if (c >= 0xe0 && c <= 0xfe && c != 0xf7)
        return c - 32;
    if (c >= 0x3b1 && c <= 0x3c9 && c != 0x3c2)
        return c - 32;
    if (c >= 0x430 && c <= 0x44f)
        return c - 32;
    if (c >= 0x450 && c <= 0x45f)
        return c - 80;
    if (c >= 0x561 && c <= 0x586)
        return c - 48;
    return c;
}

bool dtl_letter_case_apply(struct dtl_buffer *out, struct dtl_bytes folded,
                           enum dtl_letter_case letters, bool curly)
{
    for (size_t at = 0; at < folded.n;) {
        bool raise = letters == DTL_CASE_UPPER || (letters == DTL_CASE_TITLE && at == 0);
        uint8_t byte = folded.p[at];
        if (byte < 0x80) { /* nearly all of it */
            if (curly && byte == '\'')
                dtl_buffer_append(out, "\xe2\x80\x99", 3);
            else
                dtl_buffer_byte(out, raise ? (uint8_t)dtl_raise(byte) : byte);
            at++;
            continue;
        }
        uint32_t c = dtl_utf8_next(folded, &at);
        dtl_utf8_append(out, raise ? dtl_raise(c) : c);
    }
    return !out->failed;
}
