/* common/text/charset.h - a guess at the character set of bytes that do not say it. */
#ifndef DTL_TEXT_CHARSET_H
#define DTL_TEXT_CHARSET_H
#include "common/base/bytes.h"

#define DTL_CHARSET_NAME 40 /* room for a name, NUL included */

/**
 * The likeliest character set of `text` (at most the first 64 KiB are looked at) by the statistics
 * of ICU's detector, as iconv names it. Its confidence, 1 to 100; 0: no guess, `name` is then
 * empty. With `markup`, what stands in angle brackets is left out of the count.
 */
int dtl_charset_guess(struct dtl_bytes text, bool markup, char name[DTL_CHARSET_NAME]);
#endif
