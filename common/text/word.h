/*
 * common/text/word.h - private to common/text: one printed word -> form, folded form, term.
 */
#ifndef DTL_TEXT_WORD_H
#define DTL_TEXT_WORD_H
#include "common/text/analyzer.h"
#include "common/text/stem.h"
#include "common/text/unicode.h"

struct dtl_word { /* views into the scratch or into what was given: valid to the next call on the
                     same `struct dtl_words` */
    struct dtl_bytes form, folded, term;
    dtl_lang owner;
};

struct dtl_words { /* {0} is valid: what is needed is opened when it is */
    struct dtl_unicode unicode;
    struct dtl_stemmers stemmers;
    bool failed; /* no memory: sticks */
    UChar units[DTL_WORD_UNITS], cased[DTL_WORD_UNITS], plain[DTL_WORD_UNITS];
    uint8_t form[DTL_TERM_MAX], folded[DTL_TERM_MAX], term[DTL_TERM_MAX];
};

void dtl_words_close(struct dtl_words *w);

/**
 * A word as printed, soft hyphens dropped, in an article of language `lang`. out->form is empty
 * when nothing printable is left of it; otherwise all three are 1..DTL_TERM_MAX bytes.
 */
void dtl_word_printed(struct dtl_words *w, struct dtl_bytes raw, dtl_lang lang,
                      struct dtl_word *out);

/**
 * A form as `case:` and `accent:` compare it: folded but for letter case, for diacritics, or for
 * both. Returns bytes of `out`.
 */
size_t dtl_word_literal(struct dtl_words *w, struct dtl_bytes form, bool letter_case, bool accents,
                        uint8_t out[DTL_TERM_MAX]);

/** The same of a form that may hold U+00AD where a line's end broke it: kept in form and folded,
 * not in the term. */
void dtl_word_form(struct dtl_words *w, struct dtl_bytes form, dtl_lang lang, struct dtl_word *out);
#endif
