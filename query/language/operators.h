/*
 * query/language/operators.h - operators of places by their names, and the numbers that marks take:
 * NEAR/5, ATLEAST/3, word~1, "a phrase"~3!, word^2.5. Private to query/language.
 */
#ifndef DTL_LANGUAGE_OPERATORS_H
#define DTL_LANGUAGE_OPERATORS_H
#include "query/language/lexer.h"

#define DTL_NEAR_DEFAULT 10u
#define DTL_NEAR_MAX     1000u /* of a distance, a slop, a count of ATLEAST */
#define DTL_FUZZY_MAX    2u
#define DTL_BOOST_MAX    100000u /* thousandths */

/**
 * *found: `chunk`, which stands at byte `pos`, is NEAR, W/5, SAME, ATLEAST/3 ... in capitals, and
 * kind, near, distance and needed of *out are set. DTL_EQUERY: its number is out of range or
 * missing.
 */
enum dtl_status dtl_read_operator(struct dtl_bytes chunk, size_t pos, struct dtl_lexeme *out,
                                  bool *found, struct dtl_error *err) DTL_MUST_USE;
/** `mark` is ^ and a number, all of it; *boost in thousandths. */
enum dtl_status dtl_read_boost(struct dtl_bytes mark, size_t pos, uint32_t *boost,
                               struct dtl_error *err) DTL_MUST_USE;
/** `mark` is ~ or ~ and a number, all of it; `letters` of the word decide when there is none. */
enum dtl_status dtl_read_fuzzy(struct dtl_bytes mark, size_t pos, uint32_t letters, uint8_t *edits,
                               struct dtl_error *err) DTL_MUST_USE;
/** `digits` of a slop. */
enum dtl_status dtl_read_slop(struct dtl_bytes digits, size_t pos, uint32_t *slop,
                              struct dtl_error *err) DTL_MUST_USE;
/** A whole number of at most nine digits, all of `t`. */
bool dtl_read_number(struct dtl_bytes t, uint32_t *out);
#endif
