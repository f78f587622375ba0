/*
 * query/alerts/keep.h - the user's folders of saved searches, and files in them that change whole
 * or not at all.
 *
 *     $XDG_CONFIG_HOME/dateline/searches/NAME          what is searched (definition.h)
 *     $XDG_STATE_HOME/dateline/told/INDEX/NAME.told    what was told (told.h); INDEX is a hash of
 *                                                      the index's path
 *     $XDG_STATE_HOME/dateline/told/INDEX/NAME.lock    held while NAME is being told; stays
 *
 * The index itself is never written: its readers may have no right to, and each has cursors of his
 * own (docs/decisions/0225). Without the variables: ~/.config and ~/.local/state.
 */
#ifndef DTL_ALERTS_KEEP_H
#define DTL_ALERTS_KEEP_H
#include "common/base/bytes.h"

/** $`variable`/`below`, else ~/`otherwise`/`below`, NUL-ended and the NUL counted. A relative
 * variable is ignored. DTL_NOTFOUND: there is no home directory. */
enum dtl_status dtl_keep_path(const char *variable, const char *otherwise, const char *below,
                              struct dtl_buffer *path, struct dtl_error *err) DTL_MUST_USE;

struct dtl_keep {           /* a folder */
    int fd;                 /* -1: it is not there */
    struct dtl_buffer path; /* NUL-ended */
};

/** The folder of definitions; `make`: made when it is not there, parents included. */
enum dtl_status dtl_keep_searches(struct dtl_keep *k, bool make,
                                  struct dtl_error *err) DTL_MUST_USE;
/** The folder of what was told from the index at `index`. */
enum dtl_status dtl_keep_told(struct dtl_keep *k, const char *index, bool make,
                              struct dtl_error *err) DTL_MUST_USE;
void dtl_keep_close(struct dtl_keep *k);

/** All of a file, of at most `most` bytes. DTL_NOTFOUND: it is not there. */
enum dtl_status dtl_keep_read(const struct dtl_keep *k, const char *name, const char *suffix,
                              size_t most, struct dtl_buffer *out,
                              struct dtl_error *err) DTL_MUST_USE;
/** Write and sync .NAME beside it (no name of a search begins so), to take the place of
 * NAME`suffix` by dtl_keep_commit. What a killed run left there is overwritten: the caller holds
 * the lock, or overwrites anyway. */
enum dtl_status dtl_keep_prepare(const struct dtl_keep *k, const char *name, struct dtl_bytes data,
                                 struct dtl_error *err) DTL_MUST_USE;
/** The rename, and the folder synced: after this, and not before, the change is for good. */
enum dtl_status dtl_keep_commit(const struct dtl_keep *k, const char *name, const char *suffix,
                                struct dtl_error *err) DTL_MUST_USE;
/** What was prepared and will not be needed; that it may fail does not matter. */
void dtl_keep_discard(const struct dtl_keep *k, const char *name);
/** DTL_NOTFOUND: there was none. */
enum dtl_status dtl_keep_remove(const struct dtl_keep *k, const char *name, const char *suffix,
                                struct dtl_error *err) DTL_MUST_USE;
/** Remove NAME`suffix` from every folder of what was told, whatever the index. */
enum dtl_status dtl_keep_remove_told(const char *name, const char *suffix,
                                     struct dtl_error *err) DTL_MUST_USE;
/** Hold NAME.lock until *fd is closed. DTL_EBUSY: another process holds it; its pid is told. */
enum dtl_status dtl_keep_lock(const struct dtl_keep *k, const char *name, int *fd,
                              struct dtl_error *err) DTL_MUST_USE;
#endif
