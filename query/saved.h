/*
 * query/saved.h - saved searches by name: for query:NAME, and for --new and its kin.
 *
 * Two places: what --save wrote (query/alerts), a file a search; and the user's own file,
 * $XDG_CONFIG_HOME/dateline/queries, else ~/.config/dateline/queries; one `NAME = QUERY` or
 * `NAME<TAB>QUERY` a line, # before a comment, edited by hand and never written here. Both are read
 * when a name is first asked for; a name that stands in both is an error.
 */
#ifndef DTL_QUERY_SAVED_H
#define DTL_QUERY_SAVED_H
#include "common/base/bytes.h"
#include "common/base/status.h"
#include "query/alerts/definition.h"

struct dtl_saved {
    struct dtl_buffer path, text; /* of the user's own file */
    struct dtl_buffer file;       /* of one search */
    struct dtl_arena arena;
    bool read;
};

/**
 * The text kept under `name`, a view that lives until dtl_saved_end. `saved` is a struct dtl_saved.
 * DTL_NOTFOUND: err->text says which names there are. DTL_EUSAGE: a line of a file is not
 * understood, a name stands twice, or it was saved with options that query:NAME cannot heed.
 * DTL_EIO: it cannot be read.
 */
enum dtl_status dtl_saved_find(void *saved, struct dtl_bytes name, struct dtl_bytes *text,
                               struct dtl_error *err) DTL_MUST_USE;
/** The same with its options, for --new; those of the user's own file have none. */
enum dtl_status dtl_saved_definition(struct dtl_saved *s, struct dtl_bytes name,
                                     struct dtl_definition *out,
                                     struct dtl_error *err) DTL_MUST_USE;
/** Does the user's own file have this name? Then --save and --forget leave it to him. */
enum dtl_status dtl_saved_by_hand(struct dtl_saved *s, struct dtl_bytes name, bool *yes,
                                  struct dtl_error *err) DTL_MUST_USE;
/** All names in the order of their bytes, NUL-ended, in the arena of `s`. */
enum dtl_status dtl_saved_names(struct dtl_saved *s, const char ***names, size_t *n,
                                struct dtl_error *err) DTL_MUST_USE;
/** Where the user's own stand, NUL-ended in `path`; DTL_NOTFOUND: there is no home directory. */
enum dtl_status dtl_saved_path(struct dtl_buffer *path, struct dtl_error *err) DTL_MUST_USE;
void dtl_saved_end(struct dtl_saved *s);
#endif
