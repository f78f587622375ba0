/* query/language/operators.h - operators of the language that are not built: refused by name, range
 * checked. */
#ifndef DTL_LANGUAGE_OPERATORS_H
#define DTL_LANGUAGE_OPERATORS_H
#include "common/base/bytes.h"

#define DTL_NEAR_MAX  1000u
#define DTL_FUZZY_MAX 2u

/** DTL_EQUERY when `chunk` is NEAR/5, W/S, ATLEAST/3 ... in capitals; else DTL_OK. `pos` is where
 * it stands. */
enum dtl_status dtl_refuse_operator(struct dtl_bytes chunk, size_t pos,
                                    struct dtl_error *err) DTL_MUST_USE;
/** `mark` is ^3 or what was written so; always fails. */
enum dtl_status dtl_refuse_boost(struct dtl_bytes mark, size_t pos,
                                 struct dtl_error *err) DTL_MUST_USE;
/** `mark` is ~ or ~2; always fails. */
enum dtl_status dtl_refuse_fuzzy(struct dtl_bytes mark, size_t pos,
                                 struct dtl_error *err) DTL_MUST_USE;
#endif
