/*
 * indexer/format/toml.h - TOML as a JSON tree: of a front matter, of the configuration.
 *
 * All of TOML 1.0 but for numbers other than plain decimal ones, and dates. With latitude, for a
 * front matter: these stay the text they are printed as; a key may be stated again, the last holds.
 * Watched, for a configuration: both are errors.
 */
#ifndef DTL_FORMAT_TOML_H
#define DTL_FORMAT_TOML_H
#include "common/base/bytes.h"

#include <jansson.h>

struct dtl_toml_watch {
    void *ctx;
    /** `key` of `table` (a node of the tree in the making) stands at offset `at`; called in the
     * order of the text, for tables when they first appear. False: no memory. */
    bool (*key)(void *ctx, const json_t *table, const char *key, size_t at);
};

/**
 * `in` is valid UTF-8 with LF line ends. watch: NULL for latitude. DTL_OK: *root is new.
 * DTL_EINPUT: err->pos is the offset of the fault, err->text what is wrong, without a place.
 * DTL_ENOMEM. Depth is bounded by DTL_FORMAT_DEPTH, time by O(n).
 */
enum dtl_status dtl_toml_parse(struct dtl_bytes in, const struct dtl_toml_watch *watch,
                               json_t **root, struct dtl_error *err) DTL_MUST_USE;
#endif
