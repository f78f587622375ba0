/* query/language/suggest.h - "did you mean": the nearest of a few known names. */
#ifndef DTL_LANGUAGE_SUGGEST_H
#define DTL_LANGUAGE_SUGGEST_H
#include "common/base/bytes.h"

/** Optimal string alignment distance of two short names (over 63 bytes: SIZE_MAX). O(len * len). */
size_t dtl_edit_distance(struct dtl_bytes a, struct dtl_bytes b);

/** The nearest of `name[n]` within half the longer length, the first of equals; NULL when none is
 * near. */
const char *dtl_suggest(struct dtl_bytes wrong, const char *const *name, size_t n);
#endif
