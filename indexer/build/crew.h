/*
 * indexer/build/crew.h - threads that take pieces of work from a short queue.
 *
 * The thread that gives the work is one of the crew: when the queue is full, or when it has nothing
 * to give and waits for the end, it does a piece itself. So a crew of two is two threads, busy
 * both, and a crew of one has no thread, no queue and no lock.
 */
#ifndef DTL_BUILD_CREW_H
#define DTL_BUILD_CREW_H
#include "common/base/status.h"

#include <stdbool.h>
#include <stdint.h>

/** Do one piece as worker `number` (0: the giver's thread). Pieces are done in any order. */
typedef enum dtl_status (*dtl_crew_fn)(void *ctx, uint32_t number, void *piece,
                                       struct dtl_error *err);

struct dtl_crew;
/** `threads` beside the caller's; fewer when the system gives no more: dtl_crew_size tells. */
enum dtl_status dtl_crew_open(struct dtl_crew **out, uint32_t threads, dtl_crew_fn fn, void *ctx,
                              struct dtl_error *err) DTL_MUST_USE;
/** Give a piece. After a failure of any piece nothing is done any more, and its error is returned
 * by every call; the piece is then not taken. */
enum dtl_status dtl_crew_give(struct dtl_crew *c, void *piece, struct dtl_error *err) DTL_MUST_USE;
/** Wait, working, until every piece is done. What the workers wrote is then the caller's to read.
 */
enum dtl_status dtl_crew_drain(struct dtl_crew *c, struct dtl_error *err) DTL_MUST_USE;
void dtl_crew_close(struct dtl_crew *c); /* pieces not begun are dropped; NULL is fine */
#endif
