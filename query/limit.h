/*
 * query/limit.h - how long a query may keep its snapshot, and what memory the program may take.
 *
 * Pages that a snapshot sees are not used again while it lives, so a query without end would make
 * the index grow with every run (RELIABILITY H9). What was found until then is never printed: a
 * part would look like the whole.
 */
#ifndef DTL_QUERY_LIMIT_H
#define DTL_QUERY_LIMIT_H
#include "common/base/status.h"
#include <stdbool.h>

#define DTL_TIMEOUT_DEFAULT 30.0 /* seconds */
#define DTL_TIMEOUT_MAX     86400.0
#define DTL_MEMORY_DEFAULT  (UINT64_C(1) << 30) /* bytes of private memory */

/**
 * A query begins: it may take `seconds`; 0: as long as it likes. Search asks dtl_limit_over and
 * fails with dtl_limit_fail, so that a batch goes on with the next line. What does not ask is ended
 * a second later by SIGALRM: one line on standard error, exit status 2.
 */
void dtl_limit_begin(double seconds);
/** Nothing is limited any more: the snapshot is closed, or is held for a time of its own. */
void dtl_limit_end(void);
bool dtl_limit_over(void *unused);
/** DTL_ELIMIT, with how long it was and what to do. */
enum dtl_status dtl_limit_fail(struct dtl_error *err);
#endif
