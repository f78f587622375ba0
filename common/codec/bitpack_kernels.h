/*
 * common/codec/bitpack_kernels.h - for the files of the kernels alone: their names, a function for
 * each width, what a vector kernel leaves to the scalar one.
 */
#ifndef DTL_CODEC_BITPACK_KERNELS_H
#define DTL_CODEC_BITPACK_KERNELS_H
#include "common/codec/bitpack.h"

extern const struct dtl_bitpack dtl_bitpack_avx2, dtl_bitpack_avx512, dtl_bitpack_neon;

void dtl_scalar_unpack_row(const uint8_t *in, size_t n, unsigned bits, uint32_t plus,
                           uint32_t *out);
void dtl_scalar_patch(uint32_t *v, size_t n, const uint64_t where[2], const uint32_t above[144],
                      unsigned shift);
bool dtl_scalar_sum(uint32_t *v, size_t n);
/* bitpack.c, so that asking needs nothing of what is asked for */
bool dtl_avx2_usable(void);
bool dtl_avx512_usable(void);
void dtl_avx2_pack(const uint32_t in[DTL_GROUP], unsigned bits, uint8_t *out);

static inline uint32_t dtl_width_mask(unsigned bits)
{
    return bits == 32 ? UINT32_MAX : (UINT32_C(1) << bits) - 1;
}

/* clang-format off */
#define DTL_WIDTHS(X) \
    X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15) X(16) \
    X(17) X(18) X(19) X(20) X(21) X(22) X(23) X(24) X(25) X(26) X(27) X(28) X(29) X(30) X(31) X(32)
/* Steps are written out by the preprocessor, not by a loop: shifts and shuffles must be constants
 * in builds without optimisation too. */
#define DTL_STEPS_8(S, b)  S(b, 0) S(b, 1) S(b, 2) S(b, 3) S(b, 4) S(b, 5) S(b, 6) S(b, 7)
#define DTL_STEPS_16(S, b) DTL_STEPS_8(S, b) \
    S(b, 8) S(b, 9) S(b, 10) S(b, 11) S(b, 12) S(b, 13) S(b, 14) S(b, 15)
#define DTL_STEPS_32(S, b) DTL_STEPS_16(S, b) \
    S(b, 16) S(b, 17) S(b, 18) S(b, 19) S(b, 20) S(b, 21) S(b, 22) S(b, 23) \
    S(b, 24) S(b, 25) S(b, 26) S(b, 27) S(b, 28) S(b, 29) S(b, 30) S(b, 31)
/* clang-format on */
#endif
