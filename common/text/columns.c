/*
 * columns.c - how wide a text is on a terminal.
 *
 * By grapheme, not by code point: a base has the width its East Asian Width says, what joins it has
 * none. An emoji sequence is as wide as its first picture, a flag is two letters in two columns.
 * Terminals differ on the rarest of these; all agree on letters, marks and ideographs.
 */
#include "common/base/utf8.h"
#include "common/text/analyzer.h"
#include "common/text/unicode.h"

static bool is_regional(UChar32 c)
{
    return c >= 0x1f1e6 && c <= 0x1f1ff;
}

static size_t width_of(UChar32 c)
{
    switch (u_charType(c)) {
    case U_NON_SPACING_MARK:
    case U_ENCLOSING_MARK:
    case U_CONTROL_CHAR:
        return 0;
    case U_FORMAT_CHAR:
        return c == DTL_SOFT_HYPHEN;
    default:
        break;
    }
    if (c >= 0x1160 && c <= 0x11ff)
        return 0; /* vowels and finals of a Hangul syllable stand inside it */
    switch (u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH)) {
    case U_EA_WIDE:
    case U_EA_FULLWIDTH:
        return 2;
    default:
        return 1;
    }
}

size_t dtl_text_columns(struct dtl_bytes text)
{
    size_t columns = 0, last = 0; /* width of `base`, which a selector, joiner or tone refers to */
    UChar32 base = 0;
    bool joins = false, flag = false;
    for (size_t i = 0; i < text.n;) {
        if (text.p[i] < 0x80) {
            last = text.p[i] >= 0x20 && text.p[i] < 0x7f;
            columns += last;
            base = text.p[i];
            joins = flag = false;
            i++;
            continue;
        }
        dtl_unicode_prepare();
        UChar32 c = (UChar32)dtl_utf8_next(text, &i);
        if (c == 0x200d) {
            joins = last == 2;
            continue;
        }
        if (c == 0xfe0f) { /* "as a picture": wide */
            if (last == 1 && u_hasBinaryProperty(base, UCHAR_EMOJI)) {
                columns++;
                last = 2;
            }
            continue;
        }
        if ((c >= 0x1f3fb && c <= 0x1f3ff && last == 2) || joins) {
            joins = false; /* a skin tone, or the next part of one picture */
            continue;
        }
        if (is_regional(c)) { /* two of them are one flag */
            columns += 1;
            last = flag ? 2 : 1;
            flag = !flag;
            continue;
        }
        flag = false;
        size_t width = width_of(c);
        columns += width;
        if (width) {
            last = width;
            base = c;
        }
    }
    return columns;
}
