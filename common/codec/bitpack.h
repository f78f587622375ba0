/*
 * common/codec/bitpack.h - unsigned 32-bit numbers at a fixed width of 0..32 bits. Format:
 * docs/FORMAT.md, "Bit packing".
 *
 * Two layouts. A *group* is 128 values in four lanes, so that 128-bit registers, and wider ones,
 * unpack it with shifts alone. A *row* is any number of values laid bit after bit: smaller when
 * there are few.
 */
#ifndef DTL_CODEC_BITPACK_H
#define DTL_CODEC_BITPACK_H
#include "common/base/bytes.h"

#define DTL_GROUP 128u

/** A way to pack and unpack groups. Every kernel gives the same bytes and the same values as the
 * scalar one. */
struct dtl_bitpack {
    const char *name;
    bool (*usable)(void); /* on this processor */
    /** 128 values below 2^bits -> 16 * bits bytes. bits 0..32. `out` and `in` do not overlap. */
    void (*pack)(const uint32_t in[DTL_GROUP], unsigned bits, uint8_t *out);
    /** 16 * bits bytes -> 128 values. Reads nothing past them. */
    void (*unpack)(const uint8_t *in, unsigned bits, uint32_t out[DTL_GROUP]);
};

/** The reference; always compiled, always tested. */
extern const struct dtl_bitpack dtl_bitpack_scalar;

/** The best kernel of this processor, chosen at the first call. Any thread. */
const struct dtl_bitpack *dtl_bitpack(void);
/** Kernel number i (0 is the scalar one), NULL past the last: for tests and benchmarks. */
const struct dtl_bitpack *dtl_bitpack_at(size_t i);

static inline size_t dtl_group_bytes(unsigned bits)
{
    return 16 * (size_t)bits;
}

/** Bytes of a row: ceil(n * bits / 8). */
static inline size_t dtl_row_bytes(size_t n, unsigned bits)
{
    return (n * bits + 7) / 8;
}
/** n values below 2^bits -> dtl_row_bytes bytes; the unused high bits of the last byte are 0. */
void dtl_row_pack(const uint32_t *in, size_t n, unsigned bits, uint8_t *out);
/** The inverse; reads no byte past dtl_row_bytes. */
void dtl_row_unpack(const uint8_t *in, size_t n, unsigned bits, uint32_t *out);

/** Bits needed for v: 0 for 0, 32 for 2^31 and above. */
static inline unsigned dtl_bit_width(uint32_t v)
{
    return v ? 32 - (unsigned)__builtin_clz(v) : 0;
}
#endif
