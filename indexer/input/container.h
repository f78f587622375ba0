/*
 * indexer/input/container.h - tar and zip as a stream of members, never as files.
 *
 * Nothing is extracted: a member is read where it stands, its name is only a name ("../../etc/x"
 * opens nothing), and what is no regular file (folders, links, devices, pipes) is passed over.
 */
#ifndef DTL_INPUT_CONTAINER_H
#define DTL_INPUT_CONTAINER_H
#include "indexer/input/source.h"

#define DTL_CONTAINER_HEAD    512                  /* bytes that tell a container */
#define DTL_CONTAINER_MEMBERS 1000000              /* names in one container, folders among them */
#define DTL_CONTAINER_MAX     (UINT64_C(64) << 30) /* bytes of all members */
#define DTL_MEMBER_MAX        (UINT64_C(1) << 30)  /* bytes of one member */
#define DTL_MEMBER_NAME_MAX   4096                 /* bytes */

struct dtl_member {
    struct dtl_bytes name; /* as it stands in the container, "./" dropped; valid to the next call */
    uint64_t mtime_ns;     /* 0: not stated */
    struct dtl_input *in;  /* the container's; unpacked like a file; valid to the next call */
    bool is_text;          /* plain text made of a page: the container says so */
    const char *charset;   /* HTTP's, or NULL: nothing says; valid to the next call */
};

struct dtl_container;

/** "tar" or "zip" when the first bytes are those of one, else NULL. `head` as far as it goes, at
 * most DTL_CONTAINER_HEAD of it are looked at. */
const char *dtl_container_kind(struct dtl_bytes head);

/** Borrows `in`, which stands at the container's first byte, until close. */
enum dtl_status dtl_container_open(struct dtl_container **out, struct dtl_input *in,
                                   struct dtl_error *err) DTL_MUST_USE;
/**
 * DTL_OK and *member; DTL_END. DTL_EINPUT: this member cannot be read (encrypted, over a cap,
 * broken compression); member->name is valid and the next call goes on. DTL_ECORRUPT: nor can
 * anything behind it. DTL_EIO, DTL_ENOMEM: reading the container failed.
 */
enum dtl_status dtl_container_next(struct dtl_container *c, struct dtl_member *member,
                                   struct dtl_error *err) DTL_MUST_USE;
/** Who is told of members passed over, by their name in the container; NULL: nobody. */
void dtl_container_tell(struct dtl_container *c, const struct dtl_skips *skips);
/** Members passed over so far: hidden names, links, devices, sockets, pipes. */
uint64_t dtl_container_skipped(const struct dtl_container *c);
/** The container ended before its end: members behind it may still exist. */
bool dtl_container_cut(const struct dtl_container *c);
void dtl_container_close(struct dtl_container *c);
#endif
