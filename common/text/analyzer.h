/*
 * common/text/analyzer.h - text to tokens, the same at index time and at query time
 * (docs/FORMAT.md, "Analysis").
 *
 * Chain: word boundaries (UAX #29, by ICU where segments.h does not do without it; script change is
 * a boundary, Han and Kana as overlapping bigrams, the last character of a run also as a unigram)
 * -> printed form (NFC) -> apostrophes unified -> NFKC casefold -> diacritics foreign to the
 * stemmer's alphabet folded -> stem -> the rest folded -> term. All of it linear: runs of more than
 * 30 non-starters are cut (UAX #15 Stream-Safe) and normalisation works on bounded pieces.
 */
#ifndef DTL_TEXT_ANALYZER_H
#define DTL_TEXT_ANALYZER_H
#include "common/base/arena.h"
#include "common/text/language.h"

/* Bytes of a form, folded form or term; cut at a code point boundary, the same in both programs. */
#define DTL_TERM_MAX   255u
#define DTL_TOKENS_MAX 5000000u /* an article's; more is DTL_ELIMIT */

enum dtl_token_flags {
    /* First token of a sentence. */
    DTL_TOKEN_SENTENCE = 1 << 0,
    /* First token of a paragraph (after a blank line); implies SENTENCE. */
    DTL_TOKEN_PARAGRAPH = 1 << 1,
    /* Last character of a Han/Kana run of two or more: for prefixes, never in phrases. */
    DTL_TOKEN_UNIGRAM = 1 << 2,
    /* Both halves of a word broken by a hyphen at a line end: stemmed search only. Stands at the
       position of its first half; form and folded hold U+00AD at the break, and no other token's
       do. */
    DTL_TOKEN_JOINED = 1 << 3,
};

/** Views are valid inside the callback only. */
struct dtl_token {
    struct dtl_bytes form;   /* as printed, NFC, without invisible format characters */
    struct dtl_bytes folded; /* case and every diacritic folded: the key of the forms dictionary */
    struct dtl_bytes
        term;      /* the stem, folded; all three are 1..DTL_TERM_MAX bytes of valid UTF-8 */
    dtl_lang lang; /* whose stem */
    uint8_t flags;
    uint32_t position; /* rises by one a word; a UNIGRAM has one of its own, a JOINED token none */
    uint32_t begin, end; /* bytes of the text it was printed in */
};

/**
 * A token as it comes in bulk: the number of its form, for whoever keeps something by form. Numbers
 * rise from 0 in the order of first sight, for all texts and languages of an analyzer; as long as
 * its epoch stays a number never means another form, but a form that was not met for long may come
 * again under another number.
 */
struct dtl_instance {
    uint32_t form;
    uint32_t position;
    uint32_t begin, end;
    uint8_t flags;
};

#define DTL_INSTANCES_MAX  128u               /* in one go */
#define DTL_ANALYZER_BYTES ((size_t)24 << 20) /* the most its forms take, unless told otherwise */

struct dtl_analyzer;

/** Return anything but DTL_OK to stop; dtl_analyze returns it. */
typedef enum dtl_status (*dtl_token_fn)(void *ctx, const struct dtl_token *token);

/** Up to DTL_INSTANCES_MAX tokens in a row; dtl_analyzer_form says what they are. Returns as
 * dtl_token_fn does. */
typedef enum dtl_status (*dtl_instances_fn)(void *ctx, const struct dtl_instance *instances,
                                            size_t n);

/**
 * One per thread. Opening takes 140 KB and a microsecond: ICU and each stemmer are opened when a
 * text first needs them, and the table of forms grows with what is met. DTL_ENOMEM.
 */
enum dtl_status dtl_analyzer_open(struct dtl_analyzer **out, struct dtl_error *err) DTL_MUST_USE;
void dtl_analyzer_close(struct dtl_analyzer *a); /* NULL is fine */

/** Bytes that its forms may take before rare ones are forgotten; 256 KB at least. Results never
 * depend on it. */
void dtl_analyzer_limit(struct dtl_analyzer *a, size_t bytes);
size_t dtl_analyzer_memory(const struct dtl_analyzer *a); /* bytes held for forms now */
/** Changes, to what no analyzer of this process had before, when forms are numbered anew: only
 * between two calls of a dtl_instances_fn. */
uint64_t dtl_analyzer_epoch(const struct dtl_analyzer *a);

/**
 * Call `fn` for each token of `text` (UTF-8; invalid bytes read as U+FFFD, a boundary) in order of
 * position.
 *
 * lang       the article's stemmer; a word in a script it is not written in takes that script's.
 * position   of the first token.
 * *next      position after the last token (text without words: == position). May be NULL.
 *
 * DTL_ELIMIT over DTL_TOKENS_MAX tokens or at 4 GiB; DTL_ENOMEM; else what `fn` returned.
 * `fn` must not use the same analyzer. O(text.n), nothing allocated for a token.
 */
enum dtl_status dtl_analyze(struct dtl_analyzer *a, struct dtl_bytes text, dtl_lang lang,
                            uint32_t position, dtl_token_fn fn, void *ctx, uint32_t *next,
                            struct dtl_error *err) DTL_MUST_USE;

/** The same in bulk, and faster: the tokens of dtl_analyze, in its order. */
enum dtl_status dtl_analyze_instances(struct dtl_analyzer *a, struct dtl_bytes text, dtl_lang lang,
                                      uint32_t position, dtl_instances_fn fn, void *ctx,
                                      uint32_t *next, struct dtl_error *err) DTL_MUST_USE;
/**
 * Which printed words can matter, for who looks for a few in a text: by their first four bytes, in
 * either case, and their length, or by the first byte alone. May say yes too often, and does for
 * every word that is not ASCII throughout.
 */
struct dtl_word_filter {
    uint64_t bits[64];
    uint64_t first[4]; /* 256: a word that begins so is wanted */
};
/** The bit of a word of n > 0 bytes. `room`: bytes readable from its first. */
static inline uint32_t dtl_word_filter_bit(const uint8_t *p, size_t n, size_t room)
{
    uint32_t head = 0;
    if (room >= 4)
        head = dtl_load32(p) & (n >= 4 ? UINT32_MAX : (UINT32_C(1) << 8 * n) - 1);
    else
        memcpy(&head, p, n < room ? n : room);
    return (((head | UINT32_C(0x20202020)) + (uint32_t)n) * UINT32_C(0x9e3779b1)) >> 20;
}

#define DTL_INSTANCE_UNREAD UINT32_MAX /* in place of a form */
/**
 * As dtl_analyze_instances, but a word that the sieve keeps out is not looked up and not given,
 * unless it begins a sentence: then its form is DTL_INSTANCE_UNREAD. It takes its position all the
 * same. A tenth of the work where few words are wanted.
 */
enum dtl_status dtl_analyze_sifted(struct dtl_analyzer *a, struct dtl_bytes text, dtl_lang lang,
                                   const struct dtl_word_filter *sieve, dtl_instances_fn fn,
                                   void *ctx, struct dtl_error *err) DTL_MUST_USE;
/** Inside a dtl_instances_fn: the token of an instance. */
void dtl_analyzer_token(const struct dtl_analyzer *a, const struct dtl_instance *instance,
                        struct dtl_token *token);

/**
 * From here on ICU finds all boundaries, not only those it is needed for: slower, and the same
 * tokens. What tests and benchmarks compare with.
 */
void dtl_analyzer_use_icu(struct dtl_analyzer *a, bool always);

/**
 * The term of one printed form in an article of language `lang`, as dtl_analyze would give it.
 * *term is a view into the analyzer (of a long word, possibly into `form`), valid to its next call;
 * *owner the stemmer that made it. An empty form has an empty term.
 */
enum dtl_status dtl_analyzer_term(struct dtl_analyzer *a, struct dtl_bytes form, dtl_lang lang,
                                  struct dtl_bytes *term, dtl_lang *owner,
                                  struct dtl_error *err) DTL_MUST_USE;

/** `form` with case and all diacritics folded, into `arena`: the forms dictionary's key. U+00AD is
 * kept. */
enum dtl_status dtl_fold(struct dtl_analyzer *a, struct dtl_bytes form, struct dtl_arena *arena,
                         struct dtl_bytes *folded, struct dtl_error *err) DTL_MUST_USE;

/** The same as a view into the analyzer, valid to its next call. */
enum dtl_status dtl_fold_view(struct dtl_analyzer *a, struct dtl_bytes form,
                              struct dtl_bytes *folded, struct dtl_error *err) DTL_MUST_USE;

/** `form` in NFC, into `arena`: what `case:` and variants compare. U+00AD is kept. */
enum dtl_status dtl_nfc(struct dtl_analyzer *a, struct dtl_bytes form, struct dtl_arena *arena,
                        struct dtl_bytes *nfc, struct dtl_error *err) DTL_MUST_USE;

/**
 * `form` as `case:` (letter_case) and `accent:` (accents) compare it: what they do not ask for is
 * folded. *literal is a view into `out`, of DTL_TERM_MAX bytes.
 */
enum dtl_status dtl_analyzer_literal(struct dtl_analyzer *a, struct dtl_bytes form,
                                     bool letter_case, bool accents, uint8_t *out,
                                     struct dtl_bytes *literal, struct dtl_error *err) DTL_MUST_USE;

/** Columns a terminal uses for `text` (East Asian width, combining marks 0, emoji sequences as
 * one). */
size_t dtl_text_columns(struct dtl_bytes text);

/** Version strings fixed in `meta`: ICU, Unicode, Snowball, for --version and the writer's check.
 */
const char *dtl_text_versions(void); /* "icu 72.1 unicode 15.0 snowball 2.2.0", static */
#endif
