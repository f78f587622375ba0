/* query/language/chars.h - the few character classes the grammar needs, without ICU. */
#ifndef DTL_LANGUAGE_CHARS_H
#define DTL_LANGUAGE_CHARS_H
#include "common/base/bytes.h"

/** Divides words: blank, tab, line ends, the no-break and typographic spaces. */
bool dtl_char_blank(uint32_t c);

/** C0 but tab and line ends, DEL, C1: refused in a query. */
bool dtl_char_control(uint32_t c);

/**
 * May `c` belong to a word (a letter or digit of some script)? Known punctuation, symbols and emoji
 * are not. The analyzer has the last word; this decides only what is noise between words and what a
 * `-` stands before.
 */
bool dtl_char_wordlike(uint32_t c);

/** Code point at `at`, 0 at the end; *len its bytes (may be NULL). */
uint32_t dtl_char_at(struct dtl_bytes text, size_t at, size_t *len);

/** Does any character of `text` belong to a word? */
bool dtl_has_word(struct dtl_bytes text);

/** Words of `text` as the limits count them: runs of word characters; each Han, kana or hangul
 * character is one. */
uint32_t dtl_count_words(struct dtl_bytes text);
#endif
