/*
 * query/saved.h - saved queries, read for query:NAME: the user's file of names and texts.
 *
 * $XDG_CONFIG_HOME/dateline/queries, else ~/.config/dateline/queries; one `NAME = QUERY` or
 * `NAME<TAB>QUERY` a line, # before a comment. It is read when a query first asks for a name, and
 * never written or made.
 */
#ifndef DTL_QUERY_SAVED_H
#define DTL_QUERY_SAVED_H
#include "common/base/bytes.h"
#include "common/base/status.h"

struct dtl_saved {
    struct dtl_buffer path, text;
    bool read;
};

/**
 * The text kept under `name`, a view that lives until dtl_saved_end. `saved` is a struct dtl_saved.
 * DTL_NOTFOUND: err->text says which names there are. DTL_EUSAGE: a line of the file is not
 * understood or a name stands twice. DTL_EIO: it cannot be read.
 */
enum dtl_status dtl_saved_find(void *saved, struct dtl_bytes name, struct dtl_bytes *text,
                               struct dtl_error *err) DTL_MUST_USE;
/** Where they stand, NUL-ended in `path`; DTL_NOTFOUND: there is no home directory. */
enum dtl_status dtl_saved_path(struct dtl_buffer *path, struct dtl_error *err) DTL_MUST_USE;
void dtl_saved_end(struct dtl_saved *s);
#endif
