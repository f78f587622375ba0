/*
 * common/text/latin.h - private to common/text: what is done without ICU beyond ASCII.
 *
 * Letters of Latin-1, Latin Extended A and B (and the first of IPA) and Extended Additional,
 * punctuation, currency signs, arrows and pictures. All of them have had the properties used here
 * since before Unicode 5 (a test holds each to the ICU that is linked); whatever is not in the
 * table is left to ICU.
 */
#ifndef DTL_TEXT_LATIN_H
#define DTL_TEXT_LATIN_H
#include "common/base/bytes.h"

enum dtl_latin {
    DTL_LATIN_NOT,    /* ICU's business: other scripts, marks, invisible characters, bad UTF-8 */
    DTL_LATIN_LETTER, /* Word_Break ALetter, script Latin, a letter */
    DTL_LATIN_SIGN,   /* a boundary on both sides, neither letter nor digit */
    DTL_LATIN_PAUSE,  /* the same, and a sentence or paragraph may end with it */
    DTL_LATIN_MIDDLE, /* inside a word between two letters */
    DTL_LATIN_EITHER, /* between two letters or between two digits */
};

/** What stands at text[at] (0x80 or over), and how many bytes it has; DTL_LATIN_NOT when cut off.
 */
enum dtl_latin dtl_latin_at(struct dtl_bytes text, size_t at, size_t *bytes);
#endif
