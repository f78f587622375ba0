/*
 * common/codec/pfor.h - 1 to 128 numbers, bit-packed at the width that makes the whole smallest;
 * the few that need more bits are patched afterwards. Format: docs/FORMAT.md, "Patched groups".
 */
#ifndef DTL_CODEC_PFOR_H
#define DTL_CODEC_PFOR_H
#include "common/codec/bitpack.h"

#define DTL_PFOR_TINY 4u /* fewer values than this are plain varints, without a header */
/** The most values that one byte of well-formed groups can stand for: bounds every allocation by
 * the bytes read. */
#define DTL_PFOR_VALUES_PER_BYTE 128u

enum dtl_pfor_aim { /* what a writer chooses the width for; a reader need not know */
                    DTL_PFOR_SMALL, /* the fewest bytes: read for a few candidates */
                    DTL_PFOR_QUICK, /* a patch must save a byte more than it costs: read whole in
                                       the hot loop */
};

/**
 * Append `n` (1..128) values: a full group when n is 128, else a short one. Canonical under each
 * aim. False: no memory.
 */
bool dtl_pfor_encode(struct dtl_buffer *out, const uint32_t *in, size_t n, enum dtl_pfor_aim aim);

/**
 * Decode the group of `n` (1..128, known to the caller) values at the start of `in`.
 *
 * out    n values; undefined on failure.
 * *used  bytes of the group; bytes after it are ignored.
 * DTL_ECORRUPT: the header lies or the bytes end early; err->pos is an offset in `in`. O(n),
 * allocates nothing.
 */
enum dtl_status dtl_pfor_decode(struct dtl_bytes in, size_t n, uint32_t *out, size_t *used,
                                struct dtl_error *err) DTL_MUST_USE;
/** The same, `plus` added to each (modulo 2^32); *width: no value less `plus` has more bits. */
enum dtl_status dtl_pfor_decode_plus(struct dtl_bytes in, size_t n, uint32_t plus, uint32_t *out,
                                     unsigned *width, size_t *used,
                                     struct dtl_error *err) DTL_MUST_USE;
/**
 * Decode gaps and add them up: out[i] = base + i + gaps[0] + ... + gaps[i]. DTL_ECORRUPT when the
 * last is not below `limit`. `out` has room for DTL_GROUP whatever n is.
 */
enum dtl_status dtl_pfor_decode_rising(struct dtl_bytes in, size_t n, uint32_t base, uint32_t limit,
                                       uint32_t out[DTL_GROUP], size_t *used,
                                       struct dtl_error *err) DTL_MUST_USE;
/** Only *used: from the header alone (from the varints of a tiny group). */
enum dtl_status dtl_pfor_skip(struct dtl_bytes in, size_t n, size_t *used,
                              struct dtl_error *err) DTL_MUST_USE;

/* A run of any length: full groups, then a short one of what is left. */
bool dtl_pfor_encode_run(struct dtl_buffer *out, const uint32_t *in, size_t n,
                         enum dtl_pfor_aim aim);
enum dtl_status dtl_pfor_decode_run(struct dtl_bytes in, size_t n, uint32_t *out, size_t *used,
                                    struct dtl_error *err) DTL_MUST_USE;
enum dtl_status dtl_pfor_skip_run(struct dtl_bytes in, size_t n, size_t *used,
                                  struct dtl_error *err) DTL_MUST_USE;
/** Like skip, and the offset of each group: at[0 .. ceil(n / 128)). `in` is at most 4 GiB. */
enum dtl_status dtl_pfor_index_run(struct dtl_bytes in, size_t n, uint32_t *at, size_t *used,
                                   struct dtl_error *err) DTL_MUST_USE;
#endif
