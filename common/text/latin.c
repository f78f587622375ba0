/* latin.c - a byte a code point where properties vary, ranges where they do not. */
#include "common/text/latin.h"

enum { L = DTL_LATIN_LETTER, S = DTL_LATIN_SIGN, P = DTL_LATIN_PAUSE };

/* U+0080 to U+00BF; what follows up to U+027F are letters but for two signs. */
static const uint8_t latin1[0x40] = {
    /* clang-format off */
    S, S, S, S, S, P, S, S,  S, S, S, S, S, S, S, S,
    S, S, S, S, S, S, S, S,  S, S, S, S, S, S, S, S,
    S, S, S, S, S, S, S, S,  S, S, L, S, S, 0, S, S, /* U+00AD is invisible */
    S, S, S, S, S, 0, S, DTL_LATIN_MIDDLE, /* U+00B5 is Greek */
                              S, S, L, S, S, S, S, S,
    /* clang-format on */
};

/* U+2000 to U+205F. Left to ICU: invisible characters and marks of direction, what joins words
 * (U+202F, U+203F, U+2040, U+2054), and three dots and a slash that join letters or digits. */
static const uint8_t punctuation[0x60] = {
    /* clang-format off */
    S, S, S, S, S, S, S, S,  S, S, S, 0, 0, 0, 0, 0,
    S, S, S, S, S, S, S, S,  DTL_LATIN_EITHER, DTL_LATIN_EITHER, S, S, S, S, S, S,
    S, S, S, S, 0, S, S, 0,  P, P, 0, 0, 0, 0, 0, 0,
    S, S, S, S, S, S, S, S,  S, S, S, S, P, P, S, 0,
    0, S, S, S, 0, S, S, P,  P, P, S, S, S, S, S, S,
    S, S, S, S, 0, S, S, S,  S, S, S, S, S, S, S, S,
    /* clang-format on */
};

static enum dtl_latin sign_or_not(uint32_t c)
{
    bool currency = c >= 0x20a0 && c <= 0x20bf;
    bool letterlike = c == 0x2116 || c == 0x2117 || (c >= 0x2120 && c <= 0x2123);
    bool arrows = c >= 0x2190 && c <= 0x23ff;
    bool pictures = c >= 0x2500 && c <= 0x27bf;
    return currency || letterlike || arrows || pictures ? DTL_LATIN_SIGN : DTL_LATIN_NOT;
}

enum dtl_latin dtl_latin_at(struct dtl_bytes text, size_t at, size_t *bytes)
{
    const uint8_t *p = text.p + at;
    size_t n = text.n - at;
    if (n >= 2 && p[0] >= 0xc2 && p[0] <= 0xc9 && (p[1] & 0xc0) == 0x80) {
        uint32_t c = (uint32_t)(p[0] & 0x1f) << 6 | (p[1] & 0x3f);
        *bytes = 2;
        if (c < 0xc0)
            return (enum dtl_latin)latin1[c - 0x80];
        return c == 0xd7 || c == 0xf7 ? DTL_LATIN_SIGN : DTL_LATIN_LETTER;
    }
    if (n >= 3 && (p[1] & 0xc0) == 0x80 && (p[2] & 0xc0) == 0x80) {
        *bytes = 3;
        if (p[0] == 0xe1 && p[1] >= 0xb8 && p[1] <= 0xbb)
            return DTL_LATIN_LETTER;
        if (p[0] == 0xe2) {
            uint32_t c = 0x2000 | (uint32_t)(p[1] & 0x3f) << 6 | (p[2] & 0x3f);
            return c < 0x2060 ? (enum dtl_latin)punctuation[c - 0x2000] : sign_or_not(c);
        }
    }
    return DTL_LATIN_NOT;
}
