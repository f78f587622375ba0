/*
 * common/text/classify.h - private to common/text: 64 bytes of a text at once, as masks of what
 * they are to the rules of UAX #29.
 *
 * Bit i of each mask is byte i. Bytes of 0x80 and over are only said to be there: latin.h knows
 * those we can do without ICU.
 */
#ifndef DTL_TEXT_CLASSIFY_H
#define DTL_TEXT_CLASSIFY_H
#include "common/base/bytes.h"

#define DTL_BLOCK 64u /* bytes a mask stands for */

struct dtl_classes {
    uint64_t letter; /* A-Z a-z */
    uint64_t digit;
    uint64_t under;  /* _ joins letters and digits */
    uint64_t either; /* . ' inside a word between two letters, or between two digits */
    uint64_t number; /* , ; between two digits */
    uint64_t pause;  /* . ! ? and line ends: in a gap, what a sentence or paragraph can end with */
    uint64_t high;   /* 0x80 and over */
};

/** Classify `blocks` times DTL_BLOCK bytes. */
typedef void (*dtl_classify_fn)(const uint8_t *p, size_t blocks, struct dtl_classes *out);

/** The scalar one first, then those this processor has, the best last; *n: how many. */
const dtl_classify_fn *dtl_classifiers(size_t *n);
/** The best of them. */
dtl_classify_fn dtl_classifier(void);
#endif
