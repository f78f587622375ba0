/*
 * query/pager.h - output longer than the screen goes through the person's pager, as git does it.
 *
 * No snapshot is open while it runs: who reads for an hour must not pin the index's pages.
 */
#ifndef DTL_QUERY_PAGER_H
#define DTL_QUERY_PAGER_H
#include "common/base/bytes.h"

#include <sys/types.h>

struct dtl_pager { /* {0}: none runs */
    pid_t pid;
    int fd;
};

/** The command: $DATELINE_PAGER, else $PAGER, else less; NULL when it is empty or cat, or when the
 * terminal is dumb and nobody named one for us. */
const char *dtl_pager_command(void);

/** Does `text` take more than `rows` lines of `width` columns? */
bool dtl_pager_needed(struct dtl_bytes text, size_t width, size_t rows);

/** Start it, with LESS=FRX and LESSCHARSET=utf-8 where they are unset. False: it does not start.
 * Until it ends we ignore the keyboard's signals, which are for it. */
bool dtl_pager_start(struct dtl_pager *p, const char *command);
/** False when it was quit, or cannot be written to. */
bool dtl_pager_write(struct dtl_pager *p, struct dtl_bytes text);
/** Close its input and wait until the person has read enough. */
void dtl_pager_finish(struct dtl_pager *p);
#endif
