/*
 * indexer/invert/byte_run.h - one term's postings as they arrive: a string of bytes in growing
 * chunks of a pool.
 *
 * An occurrence is
 *
 *     varint(step << 3 | other << 2 | title << 1 | first)  [varint(local step)]  [varint(variant)]
 *
 * step   from the posting's last position (from 0 for the first)
 * first  a new posting begins: the number added to the list's last article follows
 * title  it weighs the title weight, not 1
 * other  its variant is not the posting's last one (0 before the first): its number follows
 *
 * so nothing has to be known in advance, and a posting is decoded without the ones before it.
 */
#ifndef DTL_INVERT_BYTE_RUN_H
#define DTL_INVERT_BYTE_RUN_H
#include "indexer/invert/pool.h"

struct dtl_byte_run { /* 16 bytes; {0} is empty */
    uint32_t head;    /* the first chunk */
    uint32_t tail;    /* where the next byte goes */
    uint32_t end;     /* end of the last chunk's bytes; its link to the next follows there */
    uint8_t level;    /* of the last chunk: its size */
};

#define DTL_BYTE_RUN_FIRST 20u /* bytes of the first chunk with its link */

/** Begin an empty run in DTL_BYTE_RUN_FIRST bytes of the pool that the caller has taken. */
static inline void dtl_byte_run_begin(struct dtl_byte_run *r, uint32_t at)
{
    *r = (struct dtl_byte_run){.head = at, .tail = at, .end = at + DTL_BYTE_RUN_FIRST - 4};
}

bool dtl_byte_run_byte(struct dtl_pool *p, struct dtl_byte_run *r, uint8_t v);

static inline bool dtl_byte_run_varint(struct dtl_pool *p, struct dtl_byte_run *r, uint64_t v)
{
    if (r->end - r->tail >= 10) { /* the usual case: it fits */
        uint8_t *at = p->base + r->tail, *from = at;
        for (; v >= 0x80; v >>= 7)
            *at++ = (uint8_t)(v | 0x80);
        *at++ = (uint8_t)v;
        r->tail += (uint32_t)(at - from);
        return true;
    }
    for (; v >= 0x80; v >>= 7)
        if (!dtl_byte_run_byte(p, r, (uint8_t)(v | 0x80)))
            return false;
    return dtl_byte_run_byte(p, r, (uint8_t)v);
}

/** The whole run in one piece: a view into the pool when it is one chunk, else gathered in `out`.
 */
bool dtl_byte_run_view(const struct dtl_pool *p, const struct dtl_byte_run *r,
                       struct dtl_buffer *out, struct dtl_bytes *view);
#endif
