/*
 * common/text/sentence.h - private to common/text: does a sentence or a paragraph begin between two
 * words?
 */
#ifndef DTL_TEXT_SENTENCE_H
#define DTL_TEXT_SENTENCE_H
#include "common/base/bytes.h"

/**
 * text[gap, next) lies between a word that ends at `gap` and one that begins at `next` (< text.n).
 * Returns DTL_TOKEN_SENTENCE and DTL_TOKEN_PARAGRAPH bits for the second word. Looks beyond `next`
 * no further than the next letter or full stop: linear over a text.
 */
uint8_t dtl_sentence_between(struct dtl_bytes text, size_t gap, size_t next);
#endif
