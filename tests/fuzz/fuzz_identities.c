/* A u16, the number of documents, then any bytes as the identities part: answers stay inside the
 * segment. */
#include "common/segment/identities.h"
#include "tests/unit/memory_parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 3)
        return 0;
    struct dtl_segment_facts facts = {.docs = dtl_load16(data)};
    facts.part_bytes[DTL_PART_IDENTITIES] = size - 2;
    struct memory_parts *m = calloc(1, sizeof *m);
    if (!m)
        abort();
    struct dtl_arena arena = {0};
    struct dtl_segment s;
    memory_put(m, DTL_PART_IDENTITIES, dtl_bytes(data + 2, size - 2));
    if (dtl_segment_open(&s, &facts, memory_fetch, m, &arena, NULL) != DTL_OK)
        abort();
    for (dtl_doc d = 0; d <= facts.docs && d < 200; d++) {
        struct dtl_bytes id = {0}, source = {0};
        dtl_doc *docs = NULL;
        size_t count = 0;
        if (dtl_identities_of(&s, d, &arena, &id, &source, NULL) != DTL_OK)
            continue;
        if (d == facts.docs)
            abort();
        if (dtl_identities_find(&s, source, d & 1, id, &arena, &docs, &count, NULL) == DTL_OK)
            for (size_t i = 0; i < count; i++)
                if (docs[i] >= facts.docs || (i && docs[i] < docs[i - 1]))
                    abort();
    }
    dtl_arena_release(&arena);
    memory_release(m);
    free(m);
    return 0;
}
