/* common/codec/varint.h - the varint of one byte, inline: nearly all that dictionaries and short
 * lists hold. */
#ifndef DTL_CODEC_VARINT_H
#define DTL_CODEC_VARINT_H
#include "common/base/bytes.h"

/** dtl_read_varint, with its commonest case in front. */
static inline uint64_t dtl_varint(struct dtl_reader *r)
{
    if (!r->bad && r->at < r->n && r->p[r->at] < 0x80)
        return r->p[r->at++];
    return dtl_read_varint(r);
}

/** dtl_read_varint32 likewise. */
static inline uint32_t dtl_varint32(struct dtl_reader *r)
{
    if (!r->bad && r->at < r->n && r->p[r->at] < 0x80)
        return r->p[r->at++];
    return dtl_read_varint32(r);
}

/** dtl_read_u8 likewise. */
static inline uint8_t dtl_byte(struct dtl_reader *r)
{
    if (!r->bad && r->at < r->n)
        return r->p[r->at++];
    return dtl_read_u8(r);
}

/** dtl_read_bytes likewise. */
static inline struct dtl_bytes dtl_take(struct dtl_reader *r, size_t n)
{
    if (r->bad || r->n - r->at < n)
        return dtl_read_bytes(r, n);
    struct dtl_bytes b = {r->p + r->at, n};
    r->at += n;
    return b;
}
#endif
