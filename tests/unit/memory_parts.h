/*
 * tests/unit/memory_parts.h - parts kept in memory: a sink for writers and a fetch for readers, for
 * tests and fuzz targets of everything that stands on chunks.
 */
#ifndef DTL_TESTS_MEMORY_PARTS_H
#define DTL_TESTS_MEMORY_PARTS_H
#include "common/base/hash.h"
#include "common/segment/part.h"

#include <stdlib.h>

#define MEMORY_PARTS  16u
#define MEMORY_CHUNKS 64u

struct memory_parts {                                     /* {0} is empty; release frees it */
    struct dtl_buffer chunk[MEMORY_PARTS][MEMORY_CHUNKS]; /* whole values */
    uint64_t bytes[MEMORY_PARTS];                         /* of payload */
    uint32_t fetches;
};

static inline uint64_t memory_seed(uint8_t part, uint32_t chunk)
{
    uint32_t key[2] = {part, chunk};
    return dtl_hash_seed("memory", dtl_bytes(key, sizeof key));
}

static inline enum dtl_status memory_sink(void *ctx, uint8_t part, uint32_t chunk,
                                          struct dtl_bytes payload, struct dtl_error *err)
{
    struct memory_parts *m = ctx;
    if (part >= MEMORY_PARTS || chunk >= MEMORY_CHUNKS || m->chunk[part][chunk].n)
        return dtl_fail(err, DTL_EIO, chunk, "chunk %u of part %u out of turn", chunk, part);
    m->bytes[part] += payload.n;
    return dtl_chunk_encode(&m->chunk[part][chunk], payload, memory_seed(part, chunk))
               ? DTL_OK
               : dtl_fail(err, DTL_ENOMEM, 0, "no memory");
}

static inline enum dtl_status memory_fetch(void *ctx, uint8_t part, uint32_t chunk,
                                           struct dtl_bytes *value, uint64_t *seed,
                                           struct dtl_error *err)
{
    (void)err;
    struct memory_parts *m = ctx;
    m->fetches++;
    if (part >= MEMORY_PARTS || chunk >= MEMORY_CHUNKS || m->chunk[part][chunk].n == 0)
        return DTL_NOTFOUND;
    *value = dtl_buffer_view(&m->chunk[part][chunk]);
    *seed = memory_seed(part, chunk);
    return DTL_OK;
}

/* `bytes` as part `part`, cut into chunks that verify. */
static inline void memory_put(struct memory_parts *m, uint8_t part, struct dtl_bytes bytes)
{
    struct dtl_part_writer w;
    dtl_part_writer_init(&w, part, memory_sink, m);
    if (dtl_part_write(&w, bytes, NULL) < 0 || dtl_part_finish(&w, NULL) < 0)
        abort();
    dtl_part_writer_release(&w);
}

static inline void memory_release(struct memory_parts *m)
{
    for (uint32_t p = 0; p < MEMORY_PARTS; p++)
        for (uint32_t c = 0; c < MEMORY_CHUNKS; c++)
            dtl_buffer_release(&m->chunk[p][c]);
    memset(m->bytes, 0, sizeof m->bytes);
}
#endif
