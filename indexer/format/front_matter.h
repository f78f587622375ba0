/*
 * indexer/format/front_matter.h - the parts of the front matter reader.
 *
 * front_matter.c finds the block on top of a page, front_yaml.c and toml.c read two of its
 * languages, front_plain.c what nearly all YAML blocks are; JSON is jansson's, and "Key: value"
 * lines are no language.
 */
#ifndef DTL_FORMAT_FRONT_MATTER_H
#define DTL_FORMAT_FRONT_MATTER_H
#include "indexer/format/json.h"

/** *root is new, an object. `first_line` is the number of the block's first line, for messages:
 * unlike toml.h's, err->text names the place. DTL_EINPUT, DTL_ENOMEM. */
enum dtl_status dtl_yaml_parse(struct dtl_bytes yaml, size_t first_line, json_t **root,
                               struct dtl_error *err) DTL_MUST_USE;

/**
 * The same without a tree, for a block of lines so plain that YAML has no rule of its own for them.
 * r->fields and r->n are set, with room for one field more; texts lie in `yaml` or in the arena.
 * DTL_NOTFOUND: not such a block, or one with a key that means more than its value; *r is as it
 * was. DTL_ENOMEM.
 */
enum dtl_status dtl_front_plain(struct dtl_bytes yaml, struct dtl_arena *arena,
                                struct dtl_record *r) DTL_MUST_USE;
#endif
