/* Any bytes as a catalog row: what is accepted is consistent and encodes to the same bytes. */
#include "common/segment/segment.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dtl_arena arena = {0};
    struct dtl_segment_facts f = {0};
    struct dtl_buffer b = {0};
    if (dtl_segment_facts_decode(dtl_bytes(data, size), &arena, &f, NULL) == DTL_OK) {
        uint64_t docs = 0;
        for (int z = 0; z < DTL_ZONES; z++) {
            if (f.zone[z].first != docs)
                abort();
            docs += f.zone[z].docs;
        }
        if (docs != f.docs || docs > DTL_SEGMENT_DOCS_MAX || !dtl_segment_facts_encode(&f, &b) ||
            !dtl_bytes_equal(dtl_buffer_view(&b), dtl_bytes(data, size)))
            abort();
    }
    dtl_buffer_release(&b);
    dtl_arena_release(&arena);
    return 0;
}
