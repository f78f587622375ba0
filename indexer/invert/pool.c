/*
 * pool.c - address space reserved without rights, made usable a step at a time.
 *
 * Reserving costs nothing and counts against no limit but RLIMIT_AS; the pages of [0, committed)
 * are the only ones that can take memory. Fresh pages are zero, and a reset gives every page back,
 * so nothing is cleared by hand.
 */
#include "indexer/invert/pool.h"

#include <sys/mman.h>

#define STEP ((size_t)64 << 10)

enum dtl_status dtl_pool_open(struct dtl_pool *p, struct dtl_error *err)
{
    for (size_t n = DTL_POOL_MAX; n >= DTL_POOL_MAX / 16; n /= 2) {
        void *base = mmap(NULL, n, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (base != MAP_FAILED) {
            *p = (struct dtl_pool){.base = base, .reserved = n};
            return DTL_OK;
        }
    }
    return dtl_fail(err, DTL_ENOMEM, 0, "no address space for a batch");
}

bool dtl_pool_take(struct dtl_pool *p, size_t n, size_t alignment, uint32_t *at)
{
    size_t from = (p->used + alignment - 1) & ~(alignment - 1);
    if (n > p->reserved || from > p->reserved - n)
        return false;
    if (from + n > p->committed) {
        size_t want = (from + n + STEP - 1) & ~(STEP - 1);
        if (want > p->reserved)
            want = p->reserved;
        if (mprotect(p->base + p->committed, want - p->committed, PROT_READ | PROT_WRITE) != 0)
            return false;
        p->committed = want;
    }
    p->used = from + n;
    *at = (uint32_t)from;
    return true;
}

bool dtl_pool_copy(struct dtl_pool *p, struct dtl_bytes b, uint32_t *at)
{
    if (!dtl_pool_take(p, b.n, 1, at))
        return false;
    if (b.n)
        memcpy(p->base + *at, b.p, b.n);
    return true;
}

void dtl_pool_reset(struct dtl_pool *p)
{
    /* A failure here leaves pages that are not zero: map afresh instead of trusting them. */
    if (p->committed &&
        mmap(p->base, p->committed, PROT_NONE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) == MAP_FAILED) {
        memset(p->base, 0, p->used);
        p->used = 0;
        return;
    }
    p->committed = p->used = 0;
}

void dtl_pool_close(struct dtl_pool *p)
{
    if (p->base)
        munmap(p->base, p->reserved);
    *p = (struct dtl_pool){0};
}
