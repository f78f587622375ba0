/*
 * common/text/language.h - languages: what an article is written in, and whose stemmer owns a term.
 *
 * Two numbers, both part of the format (docs/FORMAT.md, "Languages"): a language *code* is the ISO
 * 639 tag of an article ("en", "pl", "zh"), packed into 16 bits; a language *byte* names one of the
 * Snowball stemmers, 0 for none (digits, Han, languages without a stemmer). Numbers are never
 * reused or reordered.
 */
#ifndef DTL_TEXT_LANGUAGE_H
#define DTL_TEXT_LANGUAGE_H
#include "common/base/bytes.h"

typedef uint16_t dtl_lang_code; /* three letters of 5 bits, a=1; 0: not known */
typedef uint8_t dtl_lang;       /* a stemmer; 0: no stemmer */

#define DTL_LANGS 40 /* room in the segment header's counts; every dtl_lang is below it */

/** "en", "EN-gb", "eng" -> code of the primary subtag (three-letter forms of two-letter languages
 * are unified). 0 when not a tag. */
dtl_lang_code dtl_lang_code_of(struct dtl_bytes tag);
/** The tag again, lower case, at most 3 letters and NUL; "" for 0. */
const char *dtl_lang_code_text(dtl_lang_code code, char out[4]);
/** The stemmer of a language ("no" and "nb" both give norwegian); 0 when there is none. */
dtl_lang dtl_lang_of(dtl_lang_code code);
/** ISO code of a stemmer ("en"); "-" for 0; NULL when no such byte. */
const char *dtl_lang_text(dtl_lang lang);

/** True when `word` (folded, UTF-8) is in the stop list of `lang`; lists exist for a few languages,
 * en first. */
bool dtl_is_stopword(struct dtl_bytes word, dtl_lang lang);
#endif
