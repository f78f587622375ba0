/*
 * common/text/fold.h - private to common/text: diacritics.
 */
#ifndef DTL_TEXT_FOLD_H
#define DTL_TEXT_FOLD_H
#include "common/text/unicode.h"

/**
 * Casefolded UTF-16 -> the same without diacritics, NFC; letters of `keep` (composed,
 * NUL-terminated, NULL for none) stay as they are. `out` has DTL_WORD_UNITS. Returns units, 0 when
 * nothing is left.
 */
size_t dtl_fold_marks(struct dtl_unicode *u, const UChar *in, size_t n, const UChar *keep,
                      UChar *out);
#endif
