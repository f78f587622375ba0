/*
 * tests/model/naive_lexicon.h - patterns and mistakes, as one would write them down first: a
 * recursive matcher and a table of distances. What the automaton is compared with.
 */
#ifndef DTL_TESTS_NAIVE_LEXICON_H
#define DTL_TESTS_NAIVE_LEXICON_H
#include "common/base/bytes.h"

/** * any letters or none, ? one letter. Exponential in stars: for short words. */
bool naive_like(struct dtl_bytes pattern, struct dtl_bytes word);
/** The same where a slash is no letter: * and ? stop at it, ** does not. */
bool naive_path_like(struct dtl_bytes pattern, struct dtl_bytes path);
/** Insertions, deletions, replacements and swaps of neighbours that make `b` of `a`; no letter
 * takes part in two of them. Code points; words of at most 63. */
unsigned naive_distance(struct dtl_bytes a, struct dtl_bytes b);
#endif
