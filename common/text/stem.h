/*
 * common/text/stem.h - private to common/text: Snowball, and what it needs to be told of each
 * language.
 */
#ifndef DTL_TEXT_STEM_H
#define DTL_TEXT_STEM_H
#include "common/text/language_table.h"
#include "common/text/unicode.h"

struct sb_stemmer;
struct dtl_stemmers { /* {0} is valid: each is made when first asked for */
    struct sb_stemmer *of[DTL_LANGS];
};
void dtl_stemmers_close(struct dtl_stemmers *s);

/** Letters with marks that the stemmer of `lang` knows: they are folded after stemming, all others
 * before. */
const UChar *dtl_alphabet(dtl_lang lang);

/**
 * Stem of a casefolded word (UTF-8), at most `cap` bytes of it, into `out`; *n its bytes.
 * False: no memory.
 */
bool dtl_stem(struct dtl_stemmers *s, dtl_lang lang, struct dtl_bytes word, uint8_t *out,
              size_t cap, size_t *n);

/**
 * The part of a casefolded word that a term is made from, where Snowball 2.2 leaves a sign inside a
 * word alone: behind an elided article in French, Italian and Catalan, in front of the suffix that
 * Turkish puts after an apostrophe. Its first *kept bytes stay as they are and only the rest is
 * stemmed: "u.s" would be "u." otherwise.
 */
struct dtl_bytes dtl_stem_part(dtl_lang lang, struct dtl_bytes word, size_t *kept);
#endif
