/* query/result/text.h - hits as a person reads them. Private to render. */
#ifndef DTL_RESULT_TEXT_H
#define DTL_RESULT_TEXT_H
#include "query/result/render.h"

void dtl_text_hit(const struct dtl_render *r, const struct dtl_row *row, struct dtl_buffer *out);
void dtl_text_end(const struct dtl_render *r, const struct dtl_summary *s, struct dtl_buffer *out);
#endif
