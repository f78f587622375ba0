/*
 * common/segment/lettercase.h - the few case mappings with which printed forms are stored relative
 * to their folded form. Part of the format, never Unicode's own tables: a segment must read the
 * same under every library version.
 */
#ifndef DTL_SEGMENT_LETTERCASE_H
#define DTL_SEGMENT_LETTERCASE_H
#include "common/base/bytes.h"

enum dtl_letter_case {                   /* numbers are part of the format ("Variant list") */
                       DTL_CASE_FOLDED,  /* as the folded form */
                       DTL_CASE_TITLE,   /* first code point raised */
                       DTL_CASE_UPPER,   /* every code point raised */
                       DTL_CASE_LITERAL, /* none of these */
                       DTL_CASES,
};

/** The capital of `c` in the ranges this format knows (ASCII, Latin-1, Greek, Cyrillic, Armenian),
 * else `c`. */
uint32_t dtl_raise(uint32_t c);

/**
 * Append `folded` printed in `letters` (not DTL_CASE_LITERAL), each ' as U+2019 when `curly`.
 * False: no memory. At most 3 bytes a byte of `folded`.
 */
bool dtl_letter_case_apply(struct dtl_buffer *out, struct dtl_bytes folded,
                           enum dtl_letter_case letters, bool curly);
#endif
