/*
 * indexer/format/front_matter.h - the parts of the front matter reader.
 *
 * front_matter.c finds the block on top of a page, front_yaml.c and toml.c read two of its
 * languages; JSON is jansson's, and "Key: value" lines are no language.
 */
#ifndef DTL_FORMAT_FRONT_MATTER_H
#define DTL_FORMAT_FRONT_MATTER_H
#include "indexer/format/json.h"

/** *root is new, an object. `first_line` is the number of the block's first line, for messages:
 * unlike toml.h's, err->text names the place. DTL_EINPUT, DTL_ENOMEM. */
enum dtl_status dtl_yaml_parse(struct dtl_bytes yaml, size_t first_line, json_t **root,
                               struct dtl_error *err) DTL_MUST_USE;
#endif
