/*
 * indexer/article/garbled.h - how much of a text was read in the wrong character set before it came
 * to us.
 *
 * Two traces are counted: U+FFFD, a character somebody could not read, and UTF-8 that was taken for
 * windows-1252 (`â€™` for an apostrophe). Two of the latter's characters also meet in sound text
 * (`Spaß”`), so a sequence counts only where chance does not make it: beside another of its kind,
 * with a control character in it, with the beginning of signs (`Â£`, `â€`), or as a capital letter
 * against small ones (`PÃ¤ivi`).
 */
#ifndef DTL_ARTICLE_GARBLED_H
#define DTL_ARTICLE_GARBLED_H
#include "common/base/bytes.h"

/** Characters of `text` (valid UTF-8) that are garbled. One pass; ASCII costs a byte an eighth of a
 * step. */
uint64_t dtl_garbled(struct dtl_bytes text);
#endif
