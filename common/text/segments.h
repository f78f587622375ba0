/*
 * common/text/segments.h - private to common/text: the words of a stretch of text, found without
 * ICU where that gives what ICU would.
 */
#ifndef DTL_TEXT_SEGMENTS_H
#define DTL_TEXT_SEGMENTS_H
#include "common/text/classify.h"

#define DTL_STRETCH       2048u /* bytes looked at in one go */
#define DTL_STRETCH_WORDS (DTL_STRETCH / 2)

struct dtl_segments {
    size_t n;
    size_t
        end;  /* byte up to which the text is done: nothing before it is a word that is not here */
    bool icu; /* the text from `end` on needs ICU, up to `reason` at least */
    size_t reason; /* byte that needs it */
    uint32_t from[DTL_STRETCH_WORDS + 4],
        to[DTL_STRETCH_WORDS + 4];        /* bytes of each word, rising */
    uint8_t pause[DTL_STRETCH_WORDS + 2]; /* 1: a sentence or paragraph may have ended before the
                                             word; [n]: behind the last one */
    struct dtl_classes blocks[DTL_STRETCH / DTL_BLOCK + 2]; /* scratch */
};

/**
 * The words of text[from, s->end), each from its first letter or digit to its last. `from` (<
 * text.n) is a word boundary. Always gets further, or says `icu`.
 */
void dtl_segments_fill(struct dtl_segments *s, dtl_classify_fn classify, struct dtl_bytes text,
                       size_t from);

/**
 * Where ICU may stop again when it is needed at `reason`: a boundary whatever stands around it,
 * with nothing but what dtl_segments_fill knows for a while behind it. O(what is passed over).
 */
size_t dtl_segments_resume(struct dtl_bytes text, size_t reason);
#endif
