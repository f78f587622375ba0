/* query/result/text.h - hits as a person reads them. Private to render and its neighbours. */
#ifndef DTL_RESULT_TEXT_H
#define DTL_RESULT_TEXT_H
#include "query/result/render.h"

void dtl_text_hit(const struct dtl_render *r, const struct dtl_row *row, struct dtl_buffer *out);
void dtl_text_end(const struct dtl_render *r, const struct dtl_summary *s, struct dtl_buffer *out);

/** --table: its heading, and a line a hit; as wide as the terminal, 80 where there is none. */
void dtl_table_begin(const struct dtl_render *r, struct dtl_buffer *out);
void dtl_table_hit(const struct dtl_render *r, const struct dtl_row *row, struct dtl_buffer *out);

/** `m` folded to the terminal's width where its script allows it, three columns in. */
void dtl_text_folded(const struct dtl_render *r, const struct dtl_marked *m,
                     struct dtl_buffer *out);
#endif
