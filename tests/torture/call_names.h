/* tests/torture/call_names.h - system calls and errors by name. */
#ifndef DTL_TORTURE_CALL_NAMES_H
#define DTL_TORTURE_CALL_NAMES_H
#include <stdbool.h>
#include <stddef.h>

/** "openat"; "call-NUMBER" for one without a name here. Valid until the next call. */
const char *call_name(long number);
/** A message about the first name of "NAME,NAME" that is no call of any machine; NULL: all are. */
const char *call_names_unknown(const char *names);
/** EIO for "EIO"; 0 for a name that is no error here. */
int call_error(const char *name);
#endif
