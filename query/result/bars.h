/* query/result/bars.h - numbers as lengths and heights, in eighths of a column. */
#ifndef DTL_RESULT_BARS_H
#define DTL_RESULT_BARS_H
#include "common/base/bytes.h"

/** A bar of value/most of `width` columns, at least an eighth unless the value is 0; then blanks up
 * to `width`. */
void dtl_bar(uint64_t value, uint64_t most, size_t width, struct dtl_buffer *out);
/** One column of a sparkline; a blank for 0. */
void dtl_spark(uint64_t value, uint64_t most, struct dtl_buffer *out);
/** A fraction, at most `places` decimals, no zeros at the end: 0.25, 12, 0. */
void dtl_decimal(double value, int places, struct dtl_buffer *out);
#endif
