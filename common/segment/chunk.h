/*
 * common/segment/chunk.h - the unit of storage: at most 4 MiB - 16, every 4 KiB grain with its own
 * sum (docs/FORMAT.md, "Chunk"). Layout: header of 48 bytes | u32 sum a grain, padded to 64 |
 * payload | 64 zero bytes.
 */
#ifndef DTL_SEGMENT_CHUNK_H
#define DTL_SEGMENT_CHUNK_H
#include "common/base/bytes.h"

#define DTL_GRAIN        4096u
#define DTL_CHUNK_GRAINS 1022u
#define DTL_CHUNK_PAYLOAD                                                                          \
    ((size_t)DTL_CHUNK_GRAINS *                                                                    \
     DTL_GRAIN)              /* 4,186,112 bytes of a part in every chunk but the last */
#define DTL_CHUNK_SLACK  64u /* zero bytes after the payload: vector loads may overrun into them */
#define DTL_CHUNK_HEADER 48u

/** Append the whole chunk value for `payload` (1..DTL_CHUNK_PAYLOAD bytes). `seed`:
 * dtl_hash_seed(db, key). */
bool dtl_chunk_encode(struct dtl_buffer *out, struct dtl_bytes payload, uint64_t seed);
/** Bytes of the value for a payload of `n` bytes; 0: no chunk has such a payload. */
size_t dtl_chunk_bytes(size_t n);
/** Write it to `value`, dtl_chunk_bytes of them. */
void dtl_chunk_fill(uint8_t *value, struct dtl_bytes payload, uint64_t seed);

struct dtl_chunk { /* an opened chunk; views into the value */
    const uint8_t *payload;
    uint32_t payload_bytes, grains;
    const uint8_t *sums; /* u32 a grain */
    uint64_t seed;
};

/** Check header and table of sums (not the payload). DTL_ECORRUPT when they do not verify under
 * `seed`. */
enum dtl_status dtl_chunk_open(struct dtl_bytes value, uint64_t seed, struct dtl_chunk *out,
                               struct dtl_error *err) DTL_MUST_USE;
/** True when the sum of grain `g` holds. */
bool dtl_chunk_grain_holds(const struct dtl_chunk *c, uint32_t g);
#endif
