/*
 * common/text/language_table.h - private to common/text: what the analyzer knows of each stemmer.
 */
#ifndef DTL_TEXT_LANGUAGE_TABLE_H
#define DTL_TEXT_LANGUAGE_TABLE_H
#include "common/text/language.h"

/* The language bytes, in the order of the table in language.c. Part of the format: never
 * renumbered. */
enum {
    DTL_LANG_AR = 1,
    DTL_LANG_HY = 2,
    DTL_LANG_EU = 3,
    DTL_LANG_CA = 4,
    DTL_LANG_DA = 5,
    DTL_LANG_NL = 6,
    DTL_LANG_EN = 7,
    DTL_LANG_FI = 8,
    DTL_LANG_FR = 9,
    DTL_LANG_DE = 10,
    DTL_LANG_EL = 11,
    DTL_LANG_HI = 12,
    DTL_LANG_HU = 13,
    DTL_LANG_ID = 14,
    DTL_LANG_GA = 15,
    DTL_LANG_IT = 16,
    DTL_LANG_LT = 17,
    DTL_LANG_NE = 18,
    DTL_LANG_NO = 19,
    DTL_LANG_PT = 20,
    DTL_LANG_RO = 21,
    DTL_LANG_RU = 22,
    DTL_LANG_SR = 23,
    DTL_LANG_ES = 24,
    DTL_LANG_SV = 25,
    DTL_LANG_TA = 26,
    DTL_LANG_TR = 27,
    DTL_LANG_YI = 28,
};

/* Scripts that some stemmer is written for; any other script is DTL_SCRIPT_OTHER, none (digits) is
 * 0. */
enum {
    DTL_SCRIPT_LATIN = 1 << 0,
    DTL_SCRIPT_CYRILLIC = 1 << 1,
    DTL_SCRIPT_GREEK = 1 << 2,
    DTL_SCRIPT_ARABIC = 1 << 3,
    DTL_SCRIPT_HEBREW = 1 << 4,
    DTL_SCRIPT_DEVANAGARI = 1 << 5,
    DTL_SCRIPT_ARMENIAN = 1 << 6,
    DTL_SCRIPT_TAMIL = 1 << 7,
    DTL_SCRIPT_OTHER = 1 << 8,
};

struct dtl_stemmer_row {
    const char *iso;      /* tag of the language */
    const char *snowball; /* name of its algorithm in libstemmer; NULL for byte 0 */
    unsigned scripts;     /* DTL_SCRIPT_ bits: what it is written in */
};

/** NULL when there is no such byte. */
const struct dtl_stemmer_row *dtl_stemmer_row(dtl_lang lang);
/** Whose stemmer takes a word of one script in an article not written in it; 0: nobody's. */
dtl_lang dtl_lang_of_script(unsigned script);
/** The stop list of a language, sorted; NULL and 0 when it has none. */
const char *const *dtl_stopwords(dtl_lang lang, size_t *count);
#endif
