/* common/base/status.h - how every function in Dateline says what went wrong. */
#ifndef DTL_BASE_STATUS_H
#define DTL_BASE_STATUS_H
#include <stdint.h>

/* name, value, exit status of a program that ends with it, message: one table, three uses */
/* clang-format off */
#define DTL_STATUS_LIST(X) \
    X(DTL_OK,         0, 0, "ok") \
    X(DTL_END,        1, 0, "no more items") \
    X(DTL_NOTFOUND,   2, 1, "not found") \
    X(DTL_ENOMEM,    -1, 4, "out of memory") \
    X(DTL_EIO,       -2, 4, "read or write failed") \
    X(DTL_EFULL,     -3, 4, "disk full") \
    X(DTL_ECORRUPT,  -4, 3, "index is damaged") \
    X(DTL_ENOINDEX,  -5, 3, "no index here") \
    X(DTL_EVERSION,  -6, 3, "index of another format or other library versions") \
    X(DTL_EREFUSED,  -7, 3, "refused as dangerous") \
    X(DTL_EINPUT,    -8, 5, "article not readable") \
    X(DTL_EQUERY,    -9, 2, "query not understood") \
    X(DTL_EUSAGE,   -10, 2, "wrong usage") \
    X(DTL_ELIMIT,   -11, 2, "over a limit") \
    X(DTL_EBUSY,    -12, 75, "another run is at work")
/* clang-format on */

enum dtl_status {
#define X(name, value, exitcode, text) name = (value),
    DTL_STATUS_LIST(X)
#undef X
};

struct dtl_error { /* caller's, usually on the stack; {0} is "no error" */
    enum dtl_status code;
    uint64_t pos;   /* byte offset in the input, block or query the text speaks of */
    char text[400]; /* one line for a person, UTF-8, no newline, not yet sanitised for a terminal */
};

/** Fill *err (which may be NULL) and return `code`, so failing is one line. */
enum dtl_status dtl_fail(struct dtl_error *err, enum dtl_status code, uint64_t pos, const char *fmt,
                         ...) __attribute__((format(printf, 4, 5)));

/** The generic words for a code, and the exit status of a program that ends with it. */
const char *dtl_status_text(enum dtl_status code);
int dtl_status_exit(enum dtl_status code);

#define DTL_MUST_USE __attribute__((warn_unused_result))
#endif
