/*
 * common/text/analyzer.h - text to tokens, the same at index time and at query time
 * (docs/FORMAT.md, "Analysis").
 *
 * Chain: word boundaries (UAX #29 by ICU, script change is a boundary, Han and Kana as overlapping
 * bigrams, the last character of a run also as a unigram) -> printed form (NFC) -> apostrophes
 * unified -> NFKC casefold -> diacritics foreign to the stemmer's alphabet folded -> stem -> the
 * rest folded -> term. All of it linear: runs of more than 30 non-starters are cut (UAX #15
 * Stream-Safe) and normalisation works on bounded pieces.
 */
#ifndef DTL_TEXT_ANALYZER_H
#define DTL_TEXT_ANALYZER_H
#include "common/base/arena.h"
#include "common/text/language.h"

#define DTL_TERM_MAX                                                                               \
    255u /* bytes of a term or form, cut at a code point boundary, same in both programs */
#define DTL_TOKENS_MAX 5000000u /* an article's; more is DTL_ELIMIT */

enum dtl_token_flags {
    DTL_TOKEN_SENTENCE = 1 << 0, /* first token of a sentence */
    DTL_TOKEN_PARAGRAPH =
        1 << 1, /* first token of a paragraph (after a blank line); implies SENTENCE */
    DTL_TOKEN_UNIGRAM =
        1
        << 2, /* last character of a Han/Kana run of two or more: for prefixes, never in phrases */
    DTL_TOKEN_JOINED =
        1 << 3, /* both halves of a word broken by a hyphen at a line end: stemmed search only;
                   stands at the position of its first half; `form` holds U+00AD at the break */
};

/** Views are valid inside the callback only. */
struct dtl_token {
    struct dtl_bytes form; /* as printed, NFC, at most DTL_TERM_MAX bytes */
    struct dtl_bytes
        folded; /* form with case and every diacritic folded: the key of the forms dictionary */
    struct dtl_bytes term; /* the stem, folded */
    dtl_lang lang;         /* whose stem */
    uint8_t flags;
    uint32_t position;   /* rises by one a word; a UNIGRAM has a position of its own, a JOINED token
                            none */
    uint32_t begin, end; /* bytes of the text it was printed in */
};

struct dtl_analyzer;

/** Return anything but DTL_OK to stop; dtl_analyze returns it. */
typedef enum dtl_status (*dtl_token_fn)(void *ctx, const struct dtl_token *token);

/** One per thread. Holds ICU iterators, stemmers as they are first needed, and a cache of forms. */
enum dtl_status dtl_analyzer_open(struct dtl_analyzer **out, struct dtl_error *err) DTL_MUST_USE;
void dtl_analyzer_close(struct dtl_analyzer *a); /* NULL is fine */

/**
 * Call `fn` for each token of `text` (UTF-8; invalid bytes read as U+FFFD, a boundary) in order of
 * position.
 *
 * lang       the article's stemmer; a word in a script it is not written in takes that script's
 * stemmer. position   of the first token. *next      position after the last token (text without
 * words: == position). May be NULL. DTL_ELIMIT over DTL_TOKENS_MAX tokens; else what `fn` returned.
 * O(text.n).
 */
enum dtl_status dtl_analyze(struct dtl_analyzer *a, struct dtl_bytes text, dtl_lang lang,
                            uint32_t position, dtl_token_fn fn, void *ctx, uint32_t *next,
                            struct dtl_error *err) DTL_MUST_USE;

/**
 * The term of one printed form in an article of language `lang`, as dtl_analyze would give it.
 * *term is a view into the analyzer, valid to its next call; *owner the stemmer that made it.
 */
enum dtl_status dtl_analyzer_term(struct dtl_analyzer *a, struct dtl_bytes form, dtl_lang lang,
                                  struct dtl_bytes *term, dtl_lang *owner,
                                  struct dtl_error *err) DTL_MUST_USE;

/** `form` with case and all diacritics folded, into `arena`: the forms dictionary's key. U+00AD is
 * kept. */
enum dtl_status dtl_fold(struct dtl_analyzer *a, struct dtl_bytes form, struct dtl_arena *arena,
                         struct dtl_bytes *folded, struct dtl_error *err) DTL_MUST_USE;

/** `form` in NFC, into `arena`: what `case:` and variants compare. */
enum dtl_status dtl_nfc(struct dtl_analyzer *a, struct dtl_bytes form, struct dtl_arena *arena,
                        struct dtl_bytes *nfc, struct dtl_error *err) DTL_MUST_USE;

/** Columns a terminal uses for `text` (East Asian width, combining marks 0). */
size_t dtl_text_columns(struct dtl_bytes text);

/** Version strings fixed in `meta`: ICU, Unicode, Snowball, for --version and the writer's check.
 */
const char *dtl_text_versions(void); /* "icu 72.1 unicode 15.0 snowball 2.2.0", static */
#endif
