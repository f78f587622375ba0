/*
 * indexer/input/source.h - where bytes come from: paths walked in byte order, files opened as
 * streams, standard input; .gz .zst .xz .bz2 are unpacked on the way (libarchive, filters by
 * content, never to disk).
 */
#ifndef DTL_INPUT_SOURCE_H
#define DTL_INPUT_SOURCE_H
#include "common/base/arena.h"
#include "common/base/bookmark.h"
#include "common/base/bytes.h"

#include <sys/types.h>

struct dtl_file {
    struct dtl_bytes path; /* as named on the command line, "./" dropped, folders joined by '/' */
    bool is_stdin;         /* path is "stdin" then */
    uint64_t size, mtime_ns, inode, device;
    struct dtl_bytes root;               /* the named path this came from */
    const struct dtl_bookmark *bookmark; /* read what leads, then from there on; NULL: all of it */
};

/** Called for everything that is passed over and counted as skipped: its path, and why. What a glob
 * leaves out is not. */
struct dtl_skips {
    void (*skipped)(void *ctx, struct dtl_bytes path, const char *why);
    void *ctx;
};

struct dtl_walk_options {
    const char *const *exclude; /* globs on the path and on the last name */
    size_t excludes;
    bool follow; /* symbolic links below the named paths; the named ones are always followed */
    const struct dtl_skips *skips; /* or NULL */
};

/** Does one of the globs match the path, or its last name? */
bool dtl_is_excluded(const struct dtl_walk_options *o, const char *path);

#define DTL_WALK_DEPTH 256 /* folders below a named path; deeper ones are an error */

struct dtl_walk;
/**
 * Named paths in the order given; under a folder in byte order of the full path. Hidden names are
 * skipped and counted. Nothing is opened yet: a path that does not exist is an error of
 * dtl_walk_next. `paths` are copied; the strings `o` points to are kept. Memory is proportional to
 * the depth and the largest folder.
 */
enum dtl_status dtl_walk_open(struct dtl_walk **out, const char *const *paths, size_t n,
                              const struct dtl_walk_options *o, struct dtl_error *err) DTL_MUST_USE;
/**
 * DTL_OK and *file (views valid to the next call); DTL_END; DTL_EIO for one unreadable or missing
 * path or folder (err names it; call again to go on); DTL_ENOMEM.
 */
enum dtl_status dtl_walk_next(struct dtl_walk *w, struct dtl_file *file,
                              struct dtl_error *err) DTL_MUST_USE;
/** Hidden names, symbolic links not followed, devices, sockets and pipes passed over so far. */
uint64_t dtl_walk_skipped(const struct dtl_walk *w);
void dtl_walk_close(struct dtl_walk *w);

/** What the walk would say of standard input; `path` is "stdin". */
struct dtl_file dtl_file_stdin(void);

#define DTL_INPUT_FILTERS   2                    /* compressions inside one another */
#define DTL_INPUT_MAX       (UINT64_C(64) << 30) /* unpacked bytes of one file */
#define DTL_INPUT_RATIO     1000                 /* unpacked to packed ... */
#define DTL_INPUT_RATIO_MIN (UINT64_C(64) << 20) /* ... once this much has been unpacked */

/** A byte stream with look-ahead over one opened file. */
struct dtl_input;
/**
 * Open `file` as it is now. When `file` carries an inode (the walk gives one) and another file
 * stands under its name by now, that is DTL_EIO: a link put there meanwhile is never followed.
 * DTL_ECORRUPT: broken compression. From a bookmark the stream is what leads and then what follows
 * the bookmark, never unpacked: ask dtl_bookmark_holds first.
 */
enum dtl_status dtl_input_open(struct dtl_input **out, const struct dtl_file *file,
                               struct dtl_error *err) DTL_MUST_USE;
/** The same over borrowed bytes, unpacked like a file's: tests, fuzz targets. */
enum dtl_status dtl_input_open_bytes(struct dtl_input **out, struct dtl_bytes bytes,
                                     struct dtl_error *err) DTL_MUST_USE;
/**
 * 1 to n bytes, 0 at the end, -1 with *err filled: DTL_EIO, DTL_ECORRUPT or DTL_ENOMEM, which is
 * then what peek fails with.
 */
typedef ssize_t (*dtl_pull_fn)(void *context, void *to, size_t n, struct dtl_error *err);
/** The same over whatever `pull` gives: members of a container, text made UTF-8 on the way. With
 * `unpack` compression is looked for, as in a file. `context` must outlive it. */
enum dtl_status dtl_input_open_pull(struct dtl_input **out, dtl_pull_fn pull, void *context,
                                    bool unpack, struct dtl_error *err) DTL_MUST_USE;
/** The same in place of *in, whose window's memory serves on unless it has grown: streams by the
 * thousand. *in may be NULL, and is when this fails. What was peeked of it is no longer valid. */
enum dtl_status dtl_input_reopen_pull(struct dtl_input **in, dtl_pull_fn pull, void *context,
                                      bool unpack, struct dtl_error *err) DTL_MUST_USE;
/** True for what can be read out of order by dtl_input_read_at: a file or bytes that are not
 * packed. */
bool dtl_input_size(const struct dtl_input *in, uint64_t *size);
/** Bytes from anywhere, the place of the stream unchanged: fewer than n only at the end; -1 with
 * errno. */
ssize_t dtl_input_read_at(const struct dtl_input *in, uint64_t at, void *to, size_t n);
/**
 * At least min(want, what is left) bytes from the current place, without consuming them. Valid to
 * the next call. out->n < want only at the end. DTL_EIO: unreadable; DTL_ECORRUPT: broken
 * compression, over a cap; after a failure every later call that needs more bytes fails the same
 * way.
 */
enum dtl_status dtl_input_peek(struct dtl_input *in, size_t want, struct dtl_bytes *out,
                               struct dtl_error *err) DTL_MUST_USE;
void dtl_input_skip(struct dtl_input *in, size_t n); /* n <= what peek showed */
uint64_t dtl_input_at(const struct dtl_input *in);   /* offset in the unpacked stream */
bool dtl_input_unsettled(
    struct dtl_input *in); /* size, mtime or inode differ from when it was opened */
void dtl_input_close(struct dtl_input *in);

/* ---- bookmarks: grown.c ---- */

/** Fill in the hashes and `lines` of a bookmark whose lead and place are known, the place being in
 * `line` (from 1). False: the stream is packed, no file, or cannot be read again. */
bool dtl_bookmark_seal(const struct dtl_input *in, uint64_t line, struct dtl_bookmark *b);
/**
 * Is this the file of the bookmark, grown? Its first bytes and those before the bookmark are as
 * they were; what lies between is not read. Costs two reads of DTL_BOOKMARK_WINDOW at most.
 */
bool dtl_bookmark_holds(const struct dtl_file *file, const struct dtl_bookmark *b);
#endif
