/*
 * indexer/config/config.h - the configuration of an archive, dateline.toml: what `update` is asked
 * to do when nobody is there to ask.
 *
 * A key is an option of `update` without its dashes, so that one page describes both. What comes
 * out is a list of options in the order of the file; what their values mean, update_options.c
 * knows. dateline.toml(5) is the page.
 */
#ifndef DTL_CONFIG_CONFIG_H
#define DTL_CONFIG_CONFIG_H
#include "common/base/arena.h"
#include "common/base/bytes.h"

#define DTL_CONFIG_NAME  "dateline.toml"
#define DTL_CONFIG_BYTES ((size_t)1 << 20) /* of a file; longer ones are refused */
#define DTL_CONFIG_ROOTS 1000              /* folders and files it may name */

struct dtl_setting {
    const char *name;  /* an option of `update` */
    const char *value; /* NULL: a switch */
    uint32_t line;     /* of the file, from 1 */
    uint32_t root;     /* 0: of all roots; else of config.root[root - 1] alone */
};

struct dtl_config_root {
    const char *path; /* absolute */
    uint32_t line;
};

struct dtl_config {    /* everything in the arena it was read into */
    const char *file;  /* its path; NULL: there is none */
    const char *index; /* or NULL */
    uint32_t index_line;
    struct dtl_setting *setting;
    size_t settings;
    struct dtl_config_root *root; /* in the order of the file, each path once */
    size_t roots;
};

/**
 * The text of a configuration. DTL_EINPUT: err->pos is the line, from 1, err->text what is wrong
 * there and what to do, without a place. DTL_ENOMEM.
 */
enum dtl_status dtl_config_parse(struct dtl_bytes text, struct dtl_arena *arena,
                                 struct dtl_config *out, struct dtl_error *err) DTL_MUST_USE;

/**
 * The file at `path`, which is kept. DTL_NOTFOUND: there is none. DTL_EREFUSED: somebody else than
 * root and the caller could have written it. DTL_EIO. DTL_EUSAGE: "PATH:LINE: what is wrong".
 */
enum dtl_status dtl_config_read(const char *path, struct dtl_arena *arena, struct dtl_config *out,
                                struct dtl_error *err) DTL_MUST_USE;

/** The root that holds `path` (absolute): the longest one that is the path or a folder above it;
 * 0: none, else its number from 1. */
uint32_t dtl_config_root_of(const struct dtl_config *c, const char *path);
#endif
