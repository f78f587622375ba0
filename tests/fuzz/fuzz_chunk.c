/* Any bytes as a chunk, as they are and with the header's sum made right (a hostile writer can);
 * then as a part. */
#include "common/base/hash.h"
#include "tests/unit/memory_parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void open_and_check(struct dtl_bytes value, uint64_t seed)
{
    struct dtl_chunk c = {0};
    if (dtl_chunk_open(value, seed, &c, NULL) != DTL_OK)
        return;
    if (c.payload_bytes == 0 || c.payload < value.p ||
        c.payload + c.payload_bytes + DTL_CHUNK_SLACK != value.p + value.n)
        abort();
    for (uint32_t g = 0; g <= c.grains; g++)
        (void)dtl_chunk_grain_holds(&c, g);
}

static void resummed(const uint8_t *data, size_t size, uint64_t seed)
{
    uint8_t *copy = malloc(size);
    if (!copy)
        abort();
    memcpy(copy, data, size);
    size_t grains = dtl_load32(copy + 12), table = (grains * 4 + 63) & ~(size_t)63;
    if (table <= size - DTL_CHUNK_HEADER) {
        uint64_t h = dtl_hash64(dtl_bytes(copy, 40), seed);
        dtl_store64(copy + 40, dtl_hash64(dtl_bytes(copy + DTL_CHUNK_HEADER, table), h));
    }
    open_and_check(dtl_bytes(copy, size), seed);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    open_and_check(dtl_bytes(data, size), 7);
    if (size >= DTL_CHUNK_HEADER)
        resummed(data, size, 7);
    if (size < 16)
        return 0;
    struct memory_parts *m = calloc(1, sizeof *m);
    if (!m)
        abort();
    struct dtl_arena arena = {0};
    struct dtl_part p;
    struct dtl_bytes v = {0};
    memory_put(m, 1, dtl_bytes(data, size));
    if (dtl_part_open(&p, 1, size, memory_fetch, m, &arena, NULL) != DTL_OK)
        abort();
    for (size_t i = 0; i + 16 <= size && i < 160; i += 16) {
        uint64_t at = dtl_load64(data + i) >> (data[i + 15] & 63);
        size_t n = (size_t)(dtl_load64(data + i + 8) >> (data[i] & 63));
        bool inside = at <= size && n <= size - at;
        if ((dtl_part_view(&p, at, n, &arena, &v, NULL) == DTL_OK) != inside)
            abort();
        if (inside && (v.n != n || (n && memcmp(v.p, data + at, n) != 0)))
            abort();
    }
    dtl_arena_release(&arena);
    memory_release(m);
    free(m);
    return 0;
}
