/*
 * chunk.c - one value of the `segments` or `articles` database, and how damage in it is noticed.
 *
 * Why a sum a grain and not one a chunk: a query touches a few pages of a 4 MiB value, and a sum
 * over all of it would read the rest from disk. The header's own 64-bit sum covers the table of
 * grain sums, so a reader that opened a chunk knows every sum in it is the writer's; everything is
 * seeded with database and key, so a value that landed under another key does not verify.
 *
 * The numbers are chosen for LMDB, which puts a large value 16 bytes into a page: 48 bytes of
 * header bring the table, and with it the payload, to a multiple of 64 in memory.
 */
#include "common/segment/chunk.h"

#include "common/base/hash.h"

#define CHUNK_MAGIC   0x434c5444u /* "DTLC" */
#define CHUNK_VERSION 1u

enum { /* offsets in the header */
       AT_MAGIC = 0,
       AT_VERSION = 4,
       AT_PAYLOAD_BYTES = 8,
       AT_GRAINS = 12,
       AT_RESERVED = 16,
       AT_SUM = 40,
};

static size_t table_bytes(uint32_t grains)
{
    return ((size_t)grains * 4 + 63) & ~(size_t)63;
}

static uint64_t header_sum(const uint8_t *value, uint32_t grains, uint64_t seed)
{
    uint64_t of_header = dtl_hash64(dtl_bytes(value, AT_SUM), seed);
    return dtl_hash64(dtl_bytes(value + DTL_CHUNK_HEADER, table_bytes(grains)), of_header);
}

/* The last grain's sum covers the slack too: a byte that vector loads may see is a byte that is
 * checked. */
static uint32_t grain_sum(const uint8_t *payload, uint32_t payload_bytes, uint32_t g, uint64_t seed)
{
    uint32_t at = g * DTL_GRAIN, n = payload_bytes - at;
    n = n > DTL_GRAIN ? DTL_GRAIN : n + DTL_CHUNK_SLACK;
    return (uint32_t)dtl_hash64(dtl_bytes(payload + at, n),
                                seed + (uint64_t)(g + 1) * UINT64_C(0x9e3779b97f4a7c15));
}

static uint32_t grains_of(size_t n)
{
    return (uint32_t)((n + DTL_GRAIN - 1) / DTL_GRAIN);
}

size_t dtl_chunk_bytes(size_t n)
{
    if (n == 0 || n > DTL_CHUNK_PAYLOAD)
        return 0;
    return DTL_CHUNK_HEADER + table_bytes(grains_of(n)) + n + DTL_CHUNK_SLACK;
}

void dtl_chunk_fill(uint8_t *v, struct dtl_bytes payload, uint64_t seed)
{
    uint32_t grains = grains_of(payload.n);
    size_t at = DTL_CHUNK_HEADER + table_bytes(grains);
    memset(v, 0, at);
    memcpy(v + at, payload.p, payload.n);
    memset(v + at + payload.n, 0, DTL_CHUNK_SLACK);
    dtl_store32(v + AT_MAGIC, CHUNK_MAGIC);
    dtl_store32(v + AT_VERSION, CHUNK_VERSION);
    dtl_store32(v + AT_PAYLOAD_BYTES, (uint32_t)payload.n);
    dtl_store32(v + AT_GRAINS, grains);
    for (uint32_t g = 0; g < grains; g++)
        dtl_store32(v + DTL_CHUNK_HEADER + (size_t)g * 4,
                    grain_sum(v + at, (uint32_t)payload.n, g, seed));
    dtl_store64(v + AT_SUM, header_sum(v, grains, seed));
}

bool dtl_chunk_encode(struct dtl_buffer *out, struct dtl_bytes payload, uint64_t seed)
{
    size_t n = dtl_chunk_bytes(payload.n);
    if (n == 0)
        return !(out->failed = true);
    if (!dtl_buffer_reserve(out, n))
        return false;
    dtl_chunk_fill(out->p + out->n, payload, seed);
    out->n += n;
    return true;
}

enum dtl_status dtl_chunk_open(struct dtl_bytes value, uint64_t seed, struct dtl_chunk *out,
                               struct dtl_error *err)
{
    if (value.n < DTL_CHUNK_HEADER)
        return dtl_fail(err, DTL_ECORRUPT, value.n, "a chunk is shorter than its header");
    if (dtl_load32(value.p + AT_MAGIC) != CHUNK_MAGIC)
        return dtl_fail(err, DTL_ECORRUPT, AT_MAGIC, "a chunk without its mark");
    if (dtl_load32(value.p + AT_VERSION) != CHUNK_VERSION)
        return dtl_fail(err, DTL_ECORRUPT, AT_VERSION, "a chunk of unknown version %u",
                        dtl_load32(value.p + AT_VERSION));
    uint32_t n = dtl_load32(value.p + AT_PAYLOAD_BYTES), grains = dtl_load32(value.p + AT_GRAINS);
    if (n == 0 || n > DTL_CHUNK_PAYLOAD || grains != (n + DTL_GRAIN - 1) / DTL_GRAIN)
        return dtl_fail(err, DTL_ECORRUPT, AT_PAYLOAD_BYTES, "a chunk of impossible size");
    size_t at = DTL_CHUNK_HEADER + table_bytes(grains);
    if (value.n != at + n + DTL_CHUNK_SLACK)
        return dtl_fail(err, DTL_ECORRUPT, value.n, "a chunk of %zu bytes, %zu stated", value.n,
                        at + n + DTL_CHUNK_SLACK);
    if (dtl_load64(value.p + AT_SUM) != header_sum(value.p, grains, seed))
        return dtl_fail(err, DTL_ECORRUPT, AT_SUM, "a chunk's header does not verify");
    *out = (struct dtl_chunk){.payload = value.p + at,
                              .payload_bytes = n,
                              .grains = grains,
                              .sums = value.p + DTL_CHUNK_HEADER,
                              .seed = seed};
    return DTL_OK;
}

bool dtl_chunk_grain_holds(const struct dtl_chunk *c, uint32_t g)
{
    return g < c->grains && dtl_load32(c->sums + (size_t)g * 4) ==
                                grain_sum(c->payload, c->payload_bytes, g, c->seed);
}
