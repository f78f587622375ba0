/*
 * indexer/build/mailbox.h - chunks on their way from the threads that encode segments to the one
 * that knows the store. A few at a time: who finds the box full waits.
 */
#ifndef DTL_BUILD_MAILBOX_H
#define DTL_BUILD_MAILBOX_H
#include "common/base/bytes.h"
#include "common/base/status.h"

struct dtl_letter {
    struct dtl_letter *next;
    uint32_t index; /* of the segment */
    uint8_t part;
    uint32_t chunk;
    struct dtl_buffer payload;
};

struct dtl_mailbox;
struct dtl_mailbox *dtl_mailbox_new(uint32_t writers); /* NULL: no memory */
void dtl_mailbox_free(struct dtl_mailbox *m);          /* when all have left; NULL is fine */

/** A writer's: copies `payload`. Fails when the reader has (dtl_mailbox_fail). */
enum dtl_status dtl_mailbox_post(struct dtl_mailbox *m, uint32_t index, uint8_t part,
                                 uint32_t chunk, struct dtl_bytes payload,
                                 struct dtl_error *err) DTL_MUST_USE;
void dtl_mailbox_leave(struct dtl_mailbox *m); /* a writer's last word */

/** The reader's: the next letter, to be given back; NULL: all writers have left. */
struct dtl_letter *dtl_mailbox_take(struct dtl_mailbox *m);
void dtl_mailbox_done(struct dtl_mailbox *m, struct dtl_letter *letter);
void dtl_mailbox_fail(struct dtl_mailbox *m);
#endif
