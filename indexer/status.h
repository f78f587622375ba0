/* indexer/status.h - what `status` tells beyond its page of figures, a list an option. */
#ifndef DTL_INDEXER_STATUS_H
#define DTL_INDEXER_STATUS_H
#include "common/store/store.h"

/** Who decided, character set, articles; then each garbled article: lines with tabs, to `out`. */
enum dtl_status dtl_status_charsets(struct dtl_snapshot *snap, struct dtl_buffer *out,
                                    struct dtl_error *err) DTL_MUST_USE;
#endif
