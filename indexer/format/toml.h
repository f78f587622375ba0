/*
 * indexer/format/toml.h - the TOML of a front matter as a JSON tree.
 *
 * All of TOML 1.0 but for what no front matter says: numbers other than plain decimal ones, and
 * dates, stay the text they are printed as; a key may be stated again, the last holds.
 */
#ifndef DTL_FORMAT_TOML_H
#define DTL_FORMAT_TOML_H
#include "common/base/bytes.h"

#include <jansson.h>

/**
 * `in` is valid UTF-8 with LF line ends. DTL_OK: *root is new. DTL_EINPUT: err->pos is the offset
 * of the fault, err->text what is wrong, without a place. DTL_ENOMEM. Depth is bounded by
 * DTL_FORMAT_DEPTH, time by O(n).
 */
enum dtl_status dtl_toml_parse(struct dtl_bytes in, json_t **root,
                               struct dtl_error *err) DTL_MUST_USE;
#endif
