/*
 * common/text/window.h - private to common/text: a piece of a text in UTF-16, as the word iterator
 * sees it.
 */
#ifndef DTL_TEXT_WINDOW_H
#define DTL_TEXT_WINDOW_H
#include "common/text/unicode.h"

#define DTL_WINDOW_UNITS 8192u
#define DTL_WINDOW_GUARD                                                                           \
    256u /* units at a forced cut whose boundaries might depend on what follows */
#define DTL_MASK                                                                                   \
    0xfffcu /* stands for an ideograph: a boundary on both sides, and no dictionary                \
             */

struct dtl_window {
    size_t begin, end; /* bytes of the text it holds */
    size_t n;          /* units */
    size_t usable;     /* only words that begin before this unit may be taken; n unless the cut was
                          forced */
    bool ideographs;   /* some unit is a mask */
    uint16_t at[DTL_WINDOW_UNITS + 1]; /* byte of each unit, from begin; at[n] == end - begin */
    UChar units[DTL_WINDOW_UNITS + 1];
};

/** Fill `w` from byte `from` (< text.n) up to a place where no word can go on. */
void dtl_window_fill(struct dtl_window *w, struct dtl_bytes text, size_t from);
#endif
