/* query/result/link.h - paths as links a terminal can open (OSC 8), for people only. */
#ifndef DTL_RESULT_LINK_H
#define DTL_RESULT_LINK_H
#include "common/base/bytes.h"

/** Is it a value of --hyperlink: a word, an alias, or a format that names {path}? */
bool dtl_link_known(const char *how);
/** The format links are made by, static or `how` itself; NULL: none. `terminal`: standard output is
 * one that is not dumb. */
const char *dtl_link_format(const char *how, bool terminal);

/**
 * Begin a link to the file that `path` (as it was named when indexed, NUL bytes excluded) leads to
 * from here. False, and nothing written, when there is no such file.
 */
bool dtl_link_begin(const char *format, struct dtl_bytes path, struct dtl_buffer *out);
void dtl_link_end(struct dtl_buffer *out);
#endif
