/*
 * common/text/walk.h - private to common/text: the way over one text, shared by those who find
 * words in it: words.c by masks, boundaries.c by ICU.
 */
#ifndef DTL_TEXT_WALK_H
#define DTL_TEXT_WALK_H
#include "common/text/form_table.h"
#include "common/text/segments.h"
#include "common/text/window.h"

struct dtl_analyzer {
    struct dtl_words words;
    struct dtl_form_table forms;
    dtl_classify_fn classify;
    bool icu; /* always */
    uint8_t joined[2 * DTL_TERM_MAX + 2];
    struct dtl_instance instances[DTL_INSTANCES_MAX]; /* found, not yet given */
    struct dtl_segments segments;
    struct dtl_window window;
};

struct dtl_walk {
    struct dtl_analyzer *a;
    struct dtl_bytes text;
    dtl_lang lang;
    uint32_t position;               /* of the next token */
    uint32_t tokens;                 /* given */
    size_t waiting;                  /* in a->instances */
    bool any;                        /* a word was seen: the next three hold */
    bool previous_run;               /* it was a run of ideographs: no hyphen breaks one */
    size_t previous_begin, previous; /* bytes of the last word (or run of ideographs) */
    bool pause; /* a sentence or paragraph may have ended since, as far as the text was read */
    const struct dtl_word_filter *sieve; /* NULL: every word is wanted */
    dtl_instances_fn fn;
    void *ctx;
    struct dtl_error *err;
};

/** Give the tokens that wait. */
enum dtl_status dtl_walk_flush(struct dtl_walk *w);
/** The number of a word as printed (or of a joined form), for as long as nothing else is asked. */
enum dtl_status dtl_walk_form(struct dtl_walk *w, struct dtl_bytes printed, bool joined,
                              uint32_t *number);
/** One more token. */
enum dtl_status dtl_walk_put(struct dtl_walk *w, uint32_t form, size_t begin, size_t end,
                             uint32_t position, unsigned flags);
/** The word [begin, end) of one script, with what begins there and what a hyphen joins to it. */
enum dtl_status dtl_walk_word(struct dtl_walk *w, size_t begin, size_t end);
/** What begins at a word. */
unsigned dtl_walk_begins(const struct dtl_walk *w, size_t begin);
void dtl_walk_passed(struct dtl_walk *w, size_t begin, size_t end, bool run);

/** Words by masks from *at on, until the text ends or needs ICU. */
enum dtl_status dtl_walk_masks(struct dtl_walk *w, size_t *at, bool *icu);
/** Words by ICU from *at to `until` (a boundary) at least. */
enum dtl_status dtl_walk_icu(struct dtl_walk *w, size_t *at, size_t until);
#endif
