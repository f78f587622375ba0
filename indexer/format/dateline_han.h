/*
 * indexer/format/dateline_han.h - datelines of Chinese, Japanese and Korean agencies. Private to
 * dateline.c.
 *
 *     新华社北京5月23日电    【パリ共同】    【パリ=AFP】    (서울=연합뉴스)
 */
#ifndef DTL_FORMAT_DATELINE_HAN_H
#define DTL_FORMAT_DATELINE_HAN_H
#include "indexer/format/dateline.h"

/** As dtl_dateline_read. */
bool dtl_dateline_han(struct dtl_bytes line, const struct dtl_date_hints *hints,
                      struct dtl_dateline *out);
#endif
