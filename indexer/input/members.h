/*
 * indexer/input/members.h - the streams of one source file: the file itself, or each member of the
 * container it is, containers among the members opened too.
 */
#ifndef DTL_INPUT_MEMBERS_H
#define DTL_INPUT_MEMBERS_H
#include "indexer/input/container.h"

#define DTL_CONTAINER_NESTING 2 /* containers inside the outermost, one in the other */

struct dtl_stream {
    struct dtl_input *in;  /* valid to the next call */
    struct dtl_bytes path; /* of the file, then '#' and a name for each container: valid likewise */
    uint64_t mtime_ns;     /* the member's where it states one, else the file's */
    bool is_text;          /* plain text made of a page, as a WET file says of its records */
    const char *charset;   /* the character set that came with it, or NULL; valid likewise */
};

struct dtl_members;

/** Opens the file as dtl_input_open does; also DTL_ECORRUPT for a container that cannot be begun.
 * `file`'s views and `walk` (NULL: none), whose globs leave members out, must outlive it. */
enum dtl_status dtl_members_open(struct dtl_members **out, const struct dtl_file *file,
                                 const struct dtl_walk_options *walk,
                                 struct dtl_error *err) DTL_MUST_USE;
/**
 * DTL_OK; DTL_END. DTL_EINPUT: the member s->path names cannot be read, or the rest of the
 * container it names: err->text says why; call again. DTL_EIO, DTL_ENOMEM: nothing more can be
 * read.
 */
enum dtl_status dtl_members_next(struct dtl_members *m, struct dtl_stream *s,
                                 struct dtl_error *err) DTL_MUST_USE;
/** "tar", "zip", "warc", "arc", or NULL when the file itself is the one stream. */
const char *dtl_members_kind(const struct dtl_members *m);
struct dtl_input *dtl_members_file(struct dtl_members *m); /* the outermost stream */
uint64_t dtl_members_skipped(const struct dtl_members *m); /* in all containers so far */
bool dtl_members_cut(const struct dtl_members *m);         /* a container broke off */
void dtl_members_close(struct dtl_members *m);
#endif
