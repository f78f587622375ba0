/*
 * common/segment/part.h - a part is one long string of bytes kept as chunks; offsets are logical.
 *
 * Chunk number = offset / DTL_CHUNK_PAYLOAD, so no table maps offsets to chunks. A view inside one
 * chunk is zero-copy; one that straddles is copied. Grains are verified before their first use,
 * once per process.
 */
#ifndef DTL_SEGMENT_PART_H
#define DTL_SEGMENT_PART_H
#include "common/base/arena.h"
#include "common/segment/chunk.h"

#define DTL_PART_MAX                                                                               \
    (UINT64_C(1)                                                                                   \
     << 40) /* bytes of a part; more is DTL_ECORRUPT to a reader, DTL_ELIMIT to a writer */

/**
 * Where chunks come from: the store, or a run's file. *value (the whole chunk, as dtl_chunk_encode
 * made it) is valid while the snapshot lives. A status > 0 says there is no such chunk: the reader
 * makes it DTL_ECORRUPT.
 */
typedef enum dtl_status (*dtl_fetch_fn)(void *ctx, uint8_t part, uint32_t chunk,
                                        struct dtl_bytes *value, uint64_t *seed,
                                        struct dtl_error *err);

struct dtl_part_chunk { /* opened, and which of its grains have been verified, a bit each */
    struct dtl_chunk c;
    uint64_t verified[(DTL_CHUNK_GRAINS + 63) / 64];
    uint64_t announced[(DTL_CHUNK_GRAINS + 63) / 64]; /* grains where an announced range began */
};

struct dtl_part {
    uint8_t id;
    uint64_t bytes;  /* length of the whole part */
    uint32_t chunks; /* == ceil(bytes / DTL_CHUNK_PAYLOAD) */
    dtl_fetch_fn fetch;
    void *ctx;
    struct dtl_arena
        *arena; /* for chunk states and aligned copies of small values; the snapshot's */
    struct dtl_part_chunk **open;
    bool trusted; /* a run of this very process: sums are not checked */
};

/** `arena` outlives the part. Touches no chunk. */
enum dtl_status dtl_part_open(struct dtl_part *p, uint8_t id, uint64_t bytes, dtl_fetch_fn fetch,
                              void *ctx, struct dtl_arena *arena,
                              struct dtl_error *err) DTL_MUST_USE;

/* What dtl_part_view does when a chunk must be opened, a grain verified or bytes be gathered. */
enum dtl_status dtl_part_view_first(struct dtl_part *p, uint64_t at, size_t n,
                                    struct dtl_arena *scratch, struct dtl_bytes *out,
                                    struct dtl_error *err) DTL_MUST_USE;

static inline bool dtl_part_grains_hold(const struct dtl_part_chunk *k, size_t first, size_t last)
{
    for (; first >> 6 < last >> 6; first = (first | 63) + 1)
        if (~k->verified[first >> 6] >> (first & 63))
            return false;
    uint64_t from_first = k->verified[last >> 6] >> (first & 63);
    return (~from_first << (63 - (last - first))) == 0;
}

/**
 * The n bytes at `at`, verified; DTL_CHUNK_SLACK readable bytes follow them. Zero-copy inside one
 * chunk; otherwise a copy in `scratch` (lives as long as that arena). DTL_ECORRUPT past the end or
 * on a bad sum. n 0 is fine and touches nothing. One thread at a time. A few instructions when the
 * bytes have been seen before: it is called for each block.
 */
DTL_MUST_USE static inline enum dtl_status dtl_part_view(struct dtl_part *p, uint64_t at, size_t n,
                                                         struct dtl_arena *scratch,
                                                         struct dtl_bytes *out,
                                                         struct dtl_error *err)
{
    if (at < p->bytes && n && n <= p->bytes - at) {
        const struct dtl_part_chunk *k = p->open[at / DTL_CHUNK_PAYLOAD];
        size_t from = (size_t)(at % DTL_CHUNK_PAYLOAD);
        if (k && n <= k->c.payload_bytes - from &&
            dtl_part_grains_hold(k, from / DTL_GRAIN, (from + n - 1) / DTL_GRAIN)) {
            *out = dtl_bytes(k->c.payload + from, n);
            return DTL_OK;
        }
    }
    return dtl_part_view_first(p, at, n, scratch, out, err);
}

#define DTL_ANNOUNCED      (16u << 10) /* longer ranges are announced before they are read */
#define DTL_ANNOUNCED_MOST (UINT64_C(1) << 20) /* of one list: whoever prunes reads no more */
/**
 * [at, at + n) is about to be read in small views: have the kernel fetch it in one go. Nothing when
 * it is short or was read before; a range beyond the part is the reader's to find. DTL_ECORRUPT
 * when a chunk's header is damaged.
 */
enum dtl_status dtl_part_announce(struct dtl_part *p, uint64_t at, uint64_t n,
                                  struct dtl_error *err) DTL_MUST_USE;

/** Where finished chunks go. Called in order 0, 1, ... for each part; parts interleave. */
typedef enum dtl_status (*dtl_chunk_sink_fn)(void *ctx, uint8_t part, uint32_t chunk,
                                             struct dtl_bytes payload, struct dtl_error *err);

struct dtl_part_writer {
    uint8_t id;
    uint64_t bytes; /* written so far: the offset of the next byte */
    struct dtl_buffer pending;
    dtl_chunk_sink_fn sink;
    void *ctx;
    uint32_t chunks;
};
void dtl_part_writer_init(struct dtl_part_writer *w, uint8_t id, dtl_chunk_sink_fn sink, void *ctx);
enum dtl_status dtl_part_write(struct dtl_part_writer *w, struct dtl_bytes data,
                               struct dtl_error *err) DTL_MUST_USE;
enum dtl_status dtl_part_align(struct dtl_part_writer *w, size_t alignment, struct dtl_error *err)
    DTL_MUST_USE; /* zero bytes up to a multiple */
enum dtl_status dtl_part_finish(struct dtl_part_writer *w, struct dtl_error *err) DTL_MUST_USE;
void dtl_part_writer_release(struct dtl_part_writer *w);
#endif
