/*
 * common/text/unicode.h - private to common/text: the part of ICU the analyzer uses, without its
 * errors.
 *
 * Nothing here depends on the process's locale or on ICU_DATA. A failure inside ICU can only be
 * memory: it sets `failed`, results become empty, and the caller asks once.
 */
#ifndef DTL_TEXT_UNICODE_H
#define DTL_TEXT_UNICODE_H
#include "common/base/bytes.h"

#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/utypes.h>

#define DTL_WORD_BYTES 1024u /* of a printed word are looked at; its form is shorter still */
#define DTL_WORD_UNITS                                                                             \
    8192u /* UTF-16 of a word while it is worked on: 85 characters grow at most 18 fold, then 4 */
#define DTL_CASED_UNITS                                                                            \
    512u /* of a casefolded word are looked at: what remains of it is 255 bytes */
#define DTL_MARKS_MAX                                                                              \
    30u /* combining marks in a row; further ones are dropped (UAX #15, Stream-Safe) */
#define DTL_SOFT_HYPHEN 0xadu

struct dtl_unicode { /* {0} is valid. Shared parts belong to ICU, the iterator to us */
    const UNormalizer2 *nfc, *nfkc_casefold;
    UBreakIterator *words;
    bool failed;
};

/** Once a process: make ICU read its built-in data only. Called by everything here that needs it.
 */
void dtl_unicode_prepare(void);
/* Opened when first asked for, for most texts never do: NULL and `failed`: no memory (or ICU
 * without data). */
const UNormalizer2 *dtl_nfc_of(struct dtl_unicode *u);
const UNormalizer2 *dtl_nfkc_casefold_of(struct dtl_unicode *u);
UBreakIterator *dtl_words_of(struct dtl_unicode *u);
void dtl_unicode_close(struct dtl_unicode *u);

/** Code point at in[*i] of well-formed UTF-16, and step over it. (ICU's macros do not pass
 * -Wconversion.) */
static inline UChar32 dtl_utf16_next(const UChar *in, size_t *i)
{
    UChar32 c = in[(*i)++];
    if ((c & 0xfc00) == 0xd800)
        c = 0x10000 + ((c & 0x3ff) << 10) + (in[(*i)++] & 0x3ff);
    return c;
}
/** Append; room for two units. */
static inline void dtl_utf16_put(UChar *out, size_t *n, UChar32 c)
{
    if (c > 0xffff) {
        out[(*n)++] = (UChar)(0xd7c0 + (c >> 10));
        out[(*n)++] = (UChar)(0xdc00 | (c & 0x3ff));
    } else {
        out[(*n)++] = (UChar)c;
    }
}

/** UTF-8 -> UTF-16, invalid bytes as U+FFFD; stops when `out` is full. Returns units. */
size_t dtl_utf16_from(struct dtl_bytes in, UChar *out, size_t cap);
/** UTF-16 -> UTF-8, cut at a code point boundary where `cap` bytes are full. Returns bytes. */
size_t dtl_utf16_to(const UChar *in, size_t n, uint8_t *out, size_t cap);

/**
 * A printed word -> its form: NFC, invisible format characters dropped (ZWJ and ZWNJ stay, they are
 * spelling), soft hyphens dropped unless `keep_soft`, marks after 30 in a row dropped, at most
 * `cap` bytes.
 */
size_t dtl_form_of(struct dtl_unicode *u, struct dtl_bytes raw, bool keep_soft, uint8_t *out,
                   size_t cap);

/** `in` -> NFKC casefold with the four apostrophes as '. Returns units. */
size_t dtl_casefold(struct dtl_unicode *u, const UChar *in, size_t n, UChar *out, size_t cap);

/** Han, Hiragana, Katakana and the marks that only occur among them: indexed as bigrams. */
bool dtl_is_ideographic(UChar32 c);
/** The DTL_SCRIPT_ bit of a character's script; 0 for characters of no script of their own. */
unsigned dtl_script_of(UChar32 c);
/** Letter or digit: what makes a segment a word. */
static inline bool dtl_is_wordlike(UChar32 c)
{
    if (c < 0x80)
        return (uint32_t)((c | 0x20) - 'a') < 26 || (uint32_t)(c - '0') < 10;
    return (U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_ND_MASK | U_GC_NL_MASK)) != 0;
}
static inline bool dtl_is_ascii(struct dtl_bytes b)
{
    uint8_t any = 0;
    for (size_t i = 0; i < b.n; i++)
        any |= b.p[i];
    return any < 0x80;
}
#endif
