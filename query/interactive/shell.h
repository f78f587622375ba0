/* query/interactive/shell.h - words for a shell: what is printed can be pasted and means the same.
 */
#ifndef DTL_INTERACTIVE_SHELL_H
#define DTL_INTERACTIVE_SHELL_H
#include "common/base/bytes.h"

/**
 * Append `word` as one word of a POSIX shell: as it is where every shell takes it so, in single
 * quotes otherwise. What a terminal must not see (controls, bidi controls, bytes that are no UTF-8)
 * is written \xNN in $'...', which bash, zsh and ksh read.
 */
bool dtl_shell_word(struct dtl_bytes word, struct dtl_buffer *out);
#endif
