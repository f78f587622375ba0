/* status.c - the table of status.h turned into three small functions. */
#include "common/base/status.h"

#include <stdarg.h>
#include <stdio.h>

enum dtl_status dtl_fail(struct dtl_error *err, enum dtl_status code, uint64_t pos, const char *fmt,
                         ...)
{
    if (err) {
        va_list ap;
        va_start(ap, fmt);
        vsnprintf(err->text, sizeof err->text, fmt, ap);
        va_end(ap);
        err->code = code;
        err->pos = pos;
    }
    return code;
}

const char *dtl_status_text(enum dtl_status code)
{
    switch (code) {
#define X(name, value, exitcode, text)                                                             \
    case name:                                                                                     \
        return text;
        DTL_STATUS_LIST(X)
#undef X
    }
    return "unknown status";
}

int dtl_status_exit(enum dtl_status code)
{
    switch (code) {
#define X(name, value, exitcode, text)                                                             \
    case name:                                                                                     \
        return exitcode;
        DTL_STATUS_LIST(X)
#undef X
    }
    return 4;
}
