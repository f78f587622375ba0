/* Any bytes as a record of what was told, and as a definition: what is accepted is written back the
 * same. The sum is made to hold, so that what lies behind it is reached. */
#include <stdlib.h>

#include "common/base/hash.h"
#include "query/alerts/definition.h"
#include "query/alerts/told.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void record(struct dtl_bytes in)
{
    struct dtl_buffer file = {0}, again = {0};
    struct dtl_told t = {0};
    dtl_buffer_append(&file, in.p, in.n);
    dtl_buffer_u64(&file, dtl_hash64(in, 0));
    if (dtl_told_decode(dtl_buffer_view(&file), &t, NULL) == DTL_OK) {
        if (!dtl_told_encode(&t, &again) ||
            !dtl_bytes_equal(dtl_buffer_view(&file), dtl_buffer_view(&again)))
            abort();
        for (size_t i = 0; i < t.n; i++)
            if (dtl_told_find(&t, t.entry[i].identity) != &t.entry[i])
                abort();
    }
    dtl_told_release(&t);
    dtl_buffer_release(&file);
    dtl_buffer_release(&again);
}

static void definition(struct dtl_bytes in)
{
    struct dtl_arena arena = {0};
    struct dtl_buffer file = {0};
    struct dtl_definition d = {0}, again = {0};
    if (dtl_definition_decode(in, "x", &arena, &d, NULL) == DTL_OK &&
        dtl_definition_encode(&d, &file, NULL) == DTL_OK) {
        if (dtl_definition_decode(dtl_buffer_view(&file), "x", &arena, &again, NULL) != DTL_OK ||
            !dtl_bytes_equal(d.query, again.query) || d.options != again.options)
            abort();
        for (size_t i = 0; i < d.options; i++)
            if (strcmp(d.option[i], again.option[i]) != 0)
                abort();
    }
    dtl_buffer_release(&file);
    dtl_arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dtl_told t = {0};
    if (dtl_told_decode(dtl_bytes(data, size), &t, NULL) == DTL_OK)
        dtl_told_release(&t);
    record(dtl_bytes(data, size));
    definition(dtl_bytes(data, size));
    return 0;
}
