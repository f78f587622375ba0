/* query/result/format.h - --format: a line a hit, written as the person wants it. */
#ifndef DTL_RESULT_FORMAT_H
#define DTL_RESULT_FORMAT_H
#include "query/result/render.h"

/** DTL_EUSAGE when `format` has a directive or an escape that does not exist; err->text names it.
 */
enum dtl_status dtl_format_check(const char *format, struct dtl_error *err) DTL_MUST_USE;

/** Does it show what matched (%m)? Then snippets are made. */
bool dtl_format_snippets(const char *format);

/** The directives and escapes, a line each, for --help. */
void dtl_format_help(struct dtl_buffer *out);

/**
 * One hit by r->format, which was checked. A line end follows, NUL with -0, unless the format
 * writes one itself. Fields are sanitised, and so are the format's own characters, tabs and line
 * ends aside.
 */
void dtl_format_hit(const struct dtl_render *r, const struct dtl_row *row, struct dtl_buffer *out);
#endif
