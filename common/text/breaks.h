/* common/text/breaks.h - where a text may be cut or folded, in any script. */
#ifndef DTL_TEXT_BREAKS_H
#define DTL_TEXT_BREAKS_H
#include "common/base/bytes.h"

enum dtl_break {
    DTL_BREAK_LINE,     /* a line may end there (UAX #14; Thai, Lao and Khmer by dictionary) */
    DTL_BREAK_GRAPHEME, /* between what a reader takes for characters (UAX #29) */
};

/**
 * Append to `ends` the bytes, as uint32_t and rising, where `text` may be broken; the last is
 * text.n. Bytes that are no UTF-8 count as a character each. False: no memory. Keeps ICU's iterator
 * for the next text, so it is for one thread.
 */
bool dtl_text_breaks(struct dtl_bytes text, enum dtl_break kind, struct dtl_buffer *ends);
#endif
