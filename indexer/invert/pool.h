/*
 * indexer/invert/pool.h - memory of a batch: one contiguous range, filled from the front, emptied
 * at once.
 *
 * Why not an arena: what a batch keeps is named by 32-bit offsets (half the size of pointers, and
 * there are millions of them), pointers into it stay valid while it grows, and what it holds of the
 * machine's memory is known to the page, which is what --memory is kept by.
 */
#ifndef DTL_INVERT_POOL_H
#define DTL_INVERT_POOL_H
#include "common/base/bytes.h"

struct dtl_pool {
    uint8_t *base;    /* reserved address space; readable and writable up to `committed` */
    size_t reserved;  /* bytes of address space */
    size_t committed; /* bytes that may be backed by memory: what is accounted for */
    size_t used;      /* bytes handed out */
};

#define DTL_POOL_MAX ((size_t)1 << 32) /* an offset has 32 bits */

/** Reserve address space (no memory). DTL_ENOMEM when not even a sixteenth of the most is to be
 * had. */
enum dtl_status dtl_pool_open(struct dtl_pool *p, struct dtl_error *err) DTL_MUST_USE;
/** `n` zero bytes at *at, whose alignment (a power of two up to 4096) is given. False: no memory or
 * no room. */
bool dtl_pool_take(struct dtl_pool *p, size_t n, size_t alignment, uint32_t *at);
/** Copy `b` in. */
bool dtl_pool_copy(struct dtl_pool *p, struct dtl_bytes b, uint32_t *at);
/** Forget everything and give the memory back to the system. */
void dtl_pool_reset(struct dtl_pool *p);
void dtl_pool_close(struct dtl_pool *p); /* {0} is fine */

static inline void *dtl_pool_at(const struct dtl_pool *p, uint32_t at)
{
    return p->base + at;
}
#endif
