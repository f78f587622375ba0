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

#include <stdatomic.h>

#define DTL_GROUP 128u

/** The few values of a group that are wider than the others. */
struct dtl_few {
    const uint8_t *row; /* their high bits, a row of n values of width `bits` */
    size_t n;           /* 1 to DTL_FEW_MOST */
    unsigned bits;      /* 1 to DTL_FEW_BITS */
    uint64_t where[2];  /* n set bits: which of the group they are */
};
#define DTL_FEW_MOST 16u
#define DTL_FEW_BITS 25u

/**
 * What a processor does to groups and rows. Every kernel gives the same bytes and the same values
 * as the scalar one; none reads or writes a byte outside what is stated.
 */
struct dtl_bitpack {
    const char *name;
    bool (*usable)(void); /* on this processor */
    /** 128 values below 2^bits -> 16 * bits bytes. bits 0..32. `out` and `in` do not overlap. */
    void (*pack)(const uint32_t in[DTL_GROUP], unsigned bits, uint8_t *out);
    /** 16 * bits bytes -> 128 values, each with `plus` added (modulo 2^32). */
    void (*unpack)(const uint8_t *in, unsigned bits, uint32_t plus, uint32_t out[DTL_GROUP]);
    /** The same of 128 gaps, added up: out[i] = base + i + gaps[0] + ... + gaps[i], modulo 2^32. */
    void (*unpack_rising)(const uint8_t *in, unsigned bits, uint32_t base, uint32_t out[DTL_GROUP]);
    /** Both of a group some of whose values are patched: their high bits, shifted by `bits` (below
     * 32), are added first. NULL, both or neither: the steps below do as well. */
    void (*unpack_few)(const uint8_t *in, unsigned bits, const struct dtl_few *few, uint32_t plus,
                       uint32_t out[DTL_GROUP]);
    void (*unpack_few_rising)(const uint8_t *in, unsigned bits, const struct dtl_few *few,
                              uint32_t base, uint32_t out[DTL_GROUP]);
    /** A row of n values at `in`, `plus` added. */
    void (*unpack_row)(const uint8_t *in, size_t n, unsigned bits, uint32_t plus, uint32_t *out);
    /** v[i] += above[k] << shift for the k-th set bit i of `where`; all bits are below n <= 128.
     * `above` may be read up to its 144th value, `shift` is below 32. */
    void (*patch)(uint32_t *v, size_t n, const uint64_t where[2], const uint32_t above[144],
                  unsigned shift);
    /** n gaps added up in place, as unpack_rising does; v[n] to v[127] are undefined after it. */
    void (*rise)(uint32_t v[DTL_GROUP], size_t n, uint32_t base);
    /** Running sums in place, of any n: v[i] = v[0] + ... + v[i]. False: one passes 32 bits. */
    bool (*sum)(uint32_t *v, size_t n);
};

/** The reference; always compiled, always tested. */
extern const struct dtl_bitpack dtl_bitpack_scalar;

/** Kernel number i (0 is the scalar one), NULL past the last: for tests and benchmarks. */
const struct dtl_bitpack *dtl_bitpack_at(size_t i);

/* The best kernel of this processor; NULL before the first dtl_bitpack(). Not to be used directly.
 */
extern _Atomic(const struct dtl_bitpack *) dtl_bitpack_chosen;
const struct dtl_bitpack *dtl_bitpack_choose(void);

/** The best kernel of this processor, chosen at the first call. Any thread. */
static inline const struct dtl_bitpack *dtl_bitpack(void)
{
    const struct dtl_bitpack *k = atomic_load_explicit(&dtl_bitpack_chosen, memory_order_relaxed);
    return k ? k : dtl_bitpack_choose();
}

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
static inline void dtl_row_unpack(const uint8_t *in, size_t n, unsigned bits, uint32_t *out)
{
    dtl_bitpack()->unpack_row(in, n, bits, 0, out);
}

/** Bits needed for v: 0 for 0, 32 for 2^31 and above. */
static inline unsigned dtl_bit_width(uint32_t v)
{
    return v ? 32 - (unsigned)__builtin_clz(v) : 0;
}
#endif
