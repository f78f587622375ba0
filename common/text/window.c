/*
 * window.c - UTF-8 to UTF-16, a bounded piece at a time, cut where the cut cannot be seen.
 *
 * After a line end, and after a blank that no mark follows, UAX #29 has a boundary whatever stands
 * around it, and the iterator keeps no memory across one. A text without either for 8,192 units
 * (Thai, Khmer, or noise) is cut at a boundary with 256 units of it still ahead: more than any rule
 * or dictionary looks.
 *
 * Some characters are shown to the iterator as others. Ideographs become U+FFFC, because we make
 * bigrams of them and ICU would search its dictionary. U+02BC becomes an apostrophe, which it is
 * (docs/FORMAT.md, "Analysis"), and not the letter that Unicode calls it. A commercial at becomes
 * an ampersand: ICU makes it a letter since version 72, UAX #29 does not, and "@name" should be
 * found as "name".
 */
#include "common/text/window.h"

#include "common/base/utf8.h"

static UChar shown(uint8_t c)
{
    return c == '@' ? '&' : c;
}

/* Copies the ASCII bytes at the front of `in`, at most `room`; returns how many. */
static size_t widen_ascii(const uint8_t *in, size_t n, size_t room, size_t byte, UChar *units,
                          uint16_t *at)
{
    size_t i = 0;
    n = n < room ? n : room;
    while (i + 8 <= n && !(dtl_load64(in + i) & UINT64_C(0x8080808080808080))) {
        for (size_t k = 0; k < 8; k++) {
            units[i + k] = shown(in[i + k]);
            at[i + k] = (uint16_t)(byte + i + k);
        }
        i += 8;
    }
    for (; i < n && in[i] < 0x80; i++) {
        units[i] = shown(in[i]);
        at[i] = (uint16_t)(byte + i);
    }
    return i;
}

static bool begins_afresh(UChar32 c) /* after a blank */
{
    if (c < 0x80)
        return c != ' ';
    switch (u_getIntPropertyValue(c, UCHAR_WORD_BREAK)) {
    case U_WB_EXTEND:
    case U_WB_FORMAT:
    case U_WB_ZWJ:
    case U_WB_WSEGSPACE:
        return false;
    default:
        return true;
    }
}

/* Units before the cut, 0 when there is no safe place in the second half. */
static size_t safe_cut(const struct dtl_window *w)
{
    for (size_t i = w->n; i > w->n / 2; i--)
        if (w->units[i - 1] == '\n')
            return i;
    for (size_t i = w->n - 2; i > w->n / 2; i--) {
        if (w->units[i - 1] != ' ')
            continue;
        size_t k = i;
        UChar32 c = dtl_utf16_next(w->units, &k);
        if (begins_afresh(c))
            return i;
    }
    return 0;
}

void dtl_window_fill(struct dtl_window *w, struct dtl_bytes text, size_t from)
{
    size_t i = from, n = 0;
    w->begin = from;
    w->ideographs = false;
    while (i < text.n && n + 2 <= DTL_WINDOW_UNITS) {
        size_t m = widen_ascii(text.p + i, text.n - i, DTL_WINDOW_UNITS - n, i - from, w->units + n,
                               w->at + n);
        i += m;
        n += m;
        if (i == text.n || n + 2 > DTL_WINDOW_UNITS)
            break;
        uint16_t byte = (uint16_t)(i - from);
        UChar32 c = (UChar32)dtl_utf8_next(text, &i);
        w->at[n] = byte;
        if (c == 0x2bc) {
            c = '\'';
        } else if (dtl_is_ideographic(c)) {
            c = DTL_MASK;
            w->ideographs = true;
        }
        if (c > 0xffff)
            w->at[n + 1] = byte;
        dtl_utf16_put(w->units, &n, c);
    }
    w->at[n] = (uint16_t)(i - from);
    w->n = w->usable = n;
    if (i < text.n) {
        size_t cut = safe_cut(w);
        if (cut)
            w->n = w->usable = cut;
        else
            w->usable = n - DTL_WINDOW_GUARD;
    }
    w->end = from + w->at[w->n];
}
