/*
 * common/segment/packed.h - arrays of numbers of one fixed bit width, read in place
 * (docs/FORMAT.md, "Columns").
 *
 * Entry i stands at bits [i * width, (i + 1) * width), low bits first. Widths are 0 to 57 and 64:
 * so every entry lies inside one unaligned 64-bit load.
 */
#ifndef DTL_SEGMENT_PACKED_H
#define DTL_SEGMENT_PACKED_H
#include "common/segment/part.h"

/** Bits an array with entries up to `max` takes: 0..57, or 64. */
static inline unsigned dtl_packed_width(uint64_t max)
{
    unsigned bits = max ? 64 - (unsigned)__builtin_clzll(max) : 0;
    return bits > 57 ? 64 : bits;
}

/** Bytes of `n` entries (n at most 2^32: no overflow). */
static inline uint64_t dtl_packed_bytes(uint64_t n, unsigned width)
{
    return (n * width + 7) / 8;
}

static inline uint64_t dtl_align64(uint64_t at)
{
    return (at + 63) & ~UINT64_C(63);
}

/** Entry `i` of the array at `at`; a value astride two chunks costs a small copy in the part's own
 * arena. */
enum dtl_status dtl_packed_get(struct dtl_part *p, uint64_t at, unsigned width, uint64_t i,
                               uint64_t *out, struct dtl_error *err) DTL_MUST_USE;

struct dtl_packer { /* writes one array; finish before the next */
    struct dtl_part_writer *w;
    unsigned width, bits;
    uint64_t acc;
    size_t n;
    uint8_t out[1024];
};
void dtl_packer_init(struct dtl_packer *k, struct dtl_part_writer *w, unsigned width);
enum dtl_status dtl_packer_put(struct dtl_packer *k, uint64_t v,
                               struct dtl_error *err) DTL_MUST_USE;
/** Write what is left and zero bytes up to a multiple of 64. */
enum dtl_status dtl_packer_finish(struct dtl_packer *k, struct dtl_error *err) DTL_MUST_USE;
#endif
