/* Any bytes as an article record: what is accepted is canonical. */
#include "common/segment/article.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dtl_arena arena = {0};
    struct dtl_article a = {0};
    struct dtl_buffer b = {0};
    if (dtl_article_decode(dtl_bytes(data, size), &arena, &a, NULL) == DTL_OK) {
        if (a.id.n == 0 || a.file_bytes > a.path.n || a.date_source > DTL_DATE_SET ||
            (dtl_interval_dated(a.date) &&
             (a.date.earliest < DTL_DAY_MIN || a.date.latest > DTL_DAY_MAX ||
              a.date.earliest > a.date.latest)))
            abort();
        if (!dtl_article_encode(&a, &b) ||
            !dtl_bytes_equal(dtl_buffer_view(&b), dtl_bytes(data, size)) ||
            !dtl_article_equal(&a, &a))
            abort();
    }
    dtl_buffer_release(&b);
    dtl_arena_release(&arena);
    return 0;
}
