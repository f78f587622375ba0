/*
 * sentence.c - the sentence rules of UAX #29, applied to the gaps between words only.
 *
 * Why not ICU's iterator: it walks every character again, and it takes each line end for the end of
 * a sentence, which in archives of hard-wrapped wire copy is false nine times in ten. Here a line
 * end is a blank and an empty line (or U+2029) the end of a paragraph; with those two replaced, the
 * result is ICU's own, which a differential test holds it to. Inside a word nothing can end: rules
 * SB6 and SB7 keep "3.14" and "U.S" whole.
 */
#include "common/text/sentence.h"

#include "common/base/utf8.h"
#include "common/text/analyzer.h"

#include <unicode/uchar.h>

enum class {
    OTHER,
    SKIP,
    SPACE,
    LINE,
    PARAGRAPH,
    LOWER,
    UPPER,
    LETTER,
    NUMBER,
    ATERM,
    STERM,
    CLOSE,
    GOES_ON
};

static enum class class_of(uint32_t c) {
    if (c < 0x80){
        static const uint8_t ascii[0x80] =
            {
                ['\t'] = SPACE, [0x0b] = SPACE, [0x0c] = LINE,   ['\n'] = LINE,   ['\r'] = LINE,
                [' '] = SPACE,  ['.'] = ATERM,  ['!'] = STERM,   ['?'] = STERM,   ['"'] = CLOSE,
                ['\''] = CLOSE, ['('] = CLOSE,  [')'] = CLOSE,   ['['] = CLOSE,   [']'] = CLOSE,
                ['{'] = CLOSE,  ['}'] = CLOSE,  [','] = GOES_ON, ['-'] = GOES_ON, [':'] = GOES_ON,
            };
        if ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') return c >= 'a' ? LOWER : UPPER;
        return c - '0' < 10 ? NUMBER : (enum class)ascii[c];}
if (c == 0x2029) return PARAGRAPH;
switch (u_getIntPropertyValue((UChar32)c, UCHAR_SENTENCE_BREAK)) {
case U_SB_SEP: /* U+0085, U+2028 */
    return LINE;
case U_SB_SP:
    return SPACE;
case U_SB_LOWER:
    return LOWER;
case U_SB_UPPER:
    return UPPER;
case U_SB_OLETTER:
    return LETTER;
case U_SB_NUMERIC:
    return NUMBER;
case U_SB_ATERM:
    return ATERM;
case U_SB_STERM:
    return STERM;
case U_SB_CLOSE:
    return CLOSE;
case U_SB_SCONTINUE:
    return GOES_ON;
case U_SB_EXTEND:
case U_SB_FORMAT:
    return SKIP;
default:
    return OTHER;
}
}

/* Reads classes with line ends resolved: SPACE for the first of a run of blanks, PARAGRAPH at an
 * empty line. */
struct scan {
    struct dtl_bytes text;
    size_t at;
    bool line_open; /* since the last line end only blanks were seen */
};

static enum class next_class(struct scan *s) {
    uint32_t c = dtl_utf8_next(s->text, &s->at); enum class k = class_of(c);
    if (k == LINE){if (c == '\r' && s->at < s->text.n && s->text.p[s->at] == '\n') s->at++;
                   k = s->line_open ? PARAGRAPH : SPACE; s->line_open = true;}
else if (k != SPACE && k != SKIP)
{
    s->line_open = false;
}
return k;
}

/* SB8: after a full stop, is the next letter a small one? Digits, signs and blanks may come first.
 */
static bool small_letter_follows(struct scan s)
{
    while (s.at < s.text.n) {
        switch (next_class(&s)) {
        case LOWER:
            return true;
        case UPPER:
        case LETTER:
        case ATERM:
        case STERM:
        case PARAGRAPH:
            return false;
        default:
            break;
        }
    }
    return false;
}

static enum class class_before(struct dtl_bytes text, size_t at) {
    enum class k = SKIP; for (unsigned tries = 0; at && k == SKIP && tries < 8; tries++){
        size_t from = at - 1; while (from && at - from < 4 && (text.p[from] & 0xc0) == 0x80) from--;
        size_t end = from; k = class_of(dtl_utf8_next(text, &end)); at = from;}
return k;
}

uint8_t dtl_sentence_between(struct dtl_bytes text, size_t gap, size_t next)
{
    if (next - gap == 1 && text.p[gap] == ' ')
        return 0;
    struct scan s = {.text = text, .at = gap};
    enum { NONE, AFTER_STOP, AFTER_CLOSE, AFTER_SPACE } state = NONE;
    enum class previous = OTHER; /* before the current character, marks passed over */
    bool full_stop = false, after_letter = false, begins = false, known = false;
    for (bool last = false; !last;) {
        last =
            s.at >= next; /* the first character of the word itself decides what stood before it */
        struct scan here = s;
        enum class k = next_class(&s);
        if (k == SKIP)
            continue;
        if (k == PARAGRAPH)
            return DTL_TOKEN_SENTENCE | DTL_TOKEN_PARAGRAPH;
        if (begins) /* only a paragraph could still be found */
            continue;
        bool stop = k == ATERM || k == STERM;
        if (state != NONE) {
            if (k == CLOSE && state <= AFTER_CLOSE) { /* SB9 */
                state = AFTER_CLOSE;
                previous = k;
                continue;
            }
            if (k == SPACE) { /* SB9, SB10 */
                state = AFTER_SPACE;
                previous = k;
                continue;
            }
            bool goes_on =
                stop || k == GOES_ON /* SB8a */ ||
                (full_stop && state == AFTER_STOP && k == NUMBER) /* SB6 */ ||
                (full_stop && state == AFTER_STOP && k == UPPER && after_letter) /* SB7 */ ||
                (full_stop && small_letter_follows(here)) /* SB8 */;
            if (!goes_on) {
                begins = true; /* SB11 */
                continue;
            }
            state = NONE;
        }
        if (stop) {
            if (!known && previous == OTHER)
                previous = class_before(text, gap);
            after_letter = previous == LOWER || previous == UPPER;
            full_stop = k == ATERM;
            state = AFTER_STOP;
        }
        known = true;
        previous = k;
    }
    return begins ? DTL_TOKEN_SENTENCE : 0;
}
