/* common/base/utf8.h - UTF-8 (RFC 3629) without ICU, and the one sanitiser of everything that is
 * printed. */
#ifndef DTL_BASE_UTF8_H
#define DTL_BASE_UTF8_H
#include "common/base/bytes.h"

/** Length of the longest valid prefix; == text.n when all of it is valid. O(n), allocates nothing.
 */
size_t dtl_utf8_valid_prefix(struct dtl_bytes text);

/**
 * Decode the code point at text[*at] and step over it. Invalid bytes give U+FFFD, one byte at a
 * time. *at must be < text.n.
 */
uint32_t dtl_utf8_next(struct dtl_bytes text, size_t *at);

/** Append one code point (surrogates and values over U+10FFFF become U+FFFD). */
bool dtl_utf8_append(struct dtl_buffer *out, uint32_t c);

/** Is it a control that a reader must see rather than obey? Joiners (U+200C/D) shape real words and
 * are none. */
bool dtl_utf8_hidden(uint32_t c);

/**
 * Append `text` made safe for a terminal, a log or a pipe to `less -R`: C0, DEL, C1, invalid bytes,
 * bidi controls, U+2028/9 and other invisible format controls become visible (`\x1b`, `\u202e`).
 * TAB and LF become one blank each, unless `keep_lines`, which leaves both. A backslash stays as it
 * is.
 */
bool dtl_utf8_sanitise(struct dtl_buffer *out, struct dtl_bytes text, bool keep_lines);
#endif
