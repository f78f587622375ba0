/*
 * sentence.c - the sentence rules of UAX #29, applied to the gaps between words only.
 *
 * Why not ICU's iterator: it walks every character again, and it takes each line end for the end of
 * a sentence, which in hard-wrapped wire copy is false three times in four. Here a line end is a
 * blank, and an empty line (or U+2029) the end of a paragraph; with those two replaced, the result
 * is ICU's own, which a differential test holds it to. Inside a word nothing can end: rules SB6 and
 * SB7 keep "3.14" and "U.S" whole.
 */
#include "common/text/sentence.h"

#include "common/base/utf8.h"
#include "common/text/analyzer.h"

#include <unicode/uchar.h>

/* The values of Sentence_Break that the rules tell apart; SKIP is Extend and Format. */
enum kind {
    OTHER,
    SKIP,
    SPACE,
    LINE,
    PARAGRAPH,
    LOWER,
    UPPER,
    LETTER,
    NUMBER,
    ATERM, /* full stop */
    STERM, /* the others: ! ? */
    CLOSE,
    GOES_ON, /* SContinue: comma, hyphen, colon */
};

static enum kind kind_of(uint32_t c)
{
    /* clang-format off */
    static const uint8_t ascii[0x80] = {
        ['\t'] = SPACE, [0x0b] = SPACE, [' '] = SPACE,
        ['\n'] = LINE, ['\r'] = LINE, ['\f'] = LINE,
        ['.'] = ATERM, ['!'] = STERM, ['?'] = STERM,
        ['"'] = CLOSE, ['\''] = CLOSE, ['('] = CLOSE, [')'] = CLOSE,
        ['['] = CLOSE, [']'] = CLOSE, ['{'] = CLOSE, ['}'] = CLOSE,
        [','] = GOES_ON, ['-'] = GOES_ON, [':'] = GOES_ON,
    };
    /* clang-format on */
    if (c < 0x80) {
        if ((c | 0x20) - 'a' < 26)
            return c >= 'a' ? LOWER : UPPER;
        return c - '0' < 10 ? NUMBER : (enum kind)ascii[c];
    }
    if (c == 0x2029)
        return PARAGRAPH;
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

/* Reads kinds with LINE resolved: SPACE, or PARAGRAPH when only blanks stand since the last one. */
struct scan {
    struct dtl_bytes text;
    size_t at;
    bool line_open;
};

static enum kind next_kind(struct scan *s)
{
    uint32_t c = dtl_utf8_next(s->text, &s->at);
    enum kind k = kind_of(c);
    if (k == LINE) {
        if (c == '\r' && s->at < s->text.n && s->text.p[s->at] == '\n')
            s->at++;
        k = s->line_open ? PARAGRAPH : SPACE;
        s->line_open = true;
    } else if (k != SPACE && k != SKIP) {
        s->line_open = false;
    }
    return k;
}

/* SB8: after a full stop, is the next letter a small one? Digits, signs and blanks may come first.
 */
static bool small_letter_follows(struct scan s)
{
    while (s.at < s.text.n) {
        switch (next_kind(&s)) {
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

static enum kind kind_before(struct dtl_bytes text, size_t at)
{
    enum kind k = SKIP;
    for (unsigned tries = 0; at && k == SKIP && tries < 8; tries++) {
        size_t from = at - 1;
        while (from && at - from < 4 && (text.p[from] & 0xc0) == 0x80)
            from--;
        size_t end = from;
        k = kind_of(dtl_utf8_next(text, &end));
        at = from;
    }
    return k;
}

/* What has been read since a full stop or another end sign, if one was. */
enum since { NOTHING, STOP, CLOSED, BLANK };

/*
 * Is there a boundary before the character of kind `k`, which stands at `here`? `full_stop` tells
 * ATERM from STERM, `letter` whether the full stop stood right behind one.
 */
static bool breaks(enum since since, enum kind k, bool full_stop, bool letter, struct scan here)
{
    if (k == ATERM || k == STERM || k == GOES_ON)
        return false; /* SB8a */
    if (!full_stop)
        return true; /* SB11 */
    if (since == STOP && (k == NUMBER || (k == UPPER && letter)))
        return false; /* SB6, SB7 */
    return !small_letter_follows(here);
}

uint8_t dtl_sentence_between(struct dtl_bytes text, size_t gap, size_t next)
{
    if (next - gap == 1 && text.p[gap] == ' ')
        return 0;
    struct scan s = {.text = text, .at = gap};
    enum since since = NOTHING;
    enum kind previous = SKIP; /* the last one that is not SKIP; SKIP: the gap has begun with it */
    bool full_stop = false, letter = false, begins = false;
    /* The first character of the next word is read too: it decides what stood before it. */
    for (bool last = false; !last;) {
        last = s.at >= next;
        struct scan here = s;
        enum kind k = next_kind(&s);
        if (k == SKIP)
            continue;
        if (k == PARAGRAPH)
            return DTL_TOKEN_SENTENCE | DTL_TOKEN_PARAGRAPH;
        if (since != NOTHING && !begins) {
            if (k == CLOSE && since <= CLOSED) /* SB9 */
                since = CLOSED;
            else if (k == SPACE) /* SB9, SB10 */
                since = BLANK;
            else if (breaks(since, k, full_stop, letter, here))
                begins = true; /* from here on only a paragraph is of interest */
            else
                since = NOTHING;
        }
        if (!begins && (k == ATERM || k == STERM)) {
            enum kind before = previous == SKIP ? kind_before(text, gap) : previous;
            letter = before == LOWER || before == UPPER;
            full_stop = k == ATERM;
            since = STOP;
        }
        previous = k;
    }
    return begins ? DTL_TOKEN_SENTENCE : 0;
}
