/*
 * common/base/sandbox.h - from a call on, this process opens no file but those named, reaches no
 * network and starts no program: what a hostile article, archive or index could still make it do
 * after every check has failed.
 *
 * Landlock (Linux 5.13) holds files and TCP, a seccomp filter the rest. What the kernel lacks or a
 * container forbids is left out in silence: it is a second wall, not the first. A program linked
 * with sanitizers may read /proc and trace itself besides, which they need.
 */
#ifndef DTL_BASE_SANDBOX_H
#define DTL_BASE_SANDBOX_H
#include "common/base/bytes.h"

struct dtl_sandbox_path {
    const char *path; /* a file, or a folder with all beneath; one that is missing is passed over */
    bool write;       /* files may be made, changed, renamed and removed there too */
};

#define DTL_SANDBOX_PATHS 4096u /* more than these, and everything may be read */

/**
 * Close in: once, before threads are started. Beside `paths`, what the C library, ICU and iconv
 * read (/usr, /lib, the time zone) stays readable. `exec`: programs may still be started (a pager),
 * closed in likewise.
 */
void dtl_sandbox(const struct dtl_sandbox_path *paths, size_t n, bool exec);

/** "landlock 7 seccomp", "seccomp", or "none": what this kernel offers. Static text. */
const char *dtl_sandbox_offered(void);
#endif
