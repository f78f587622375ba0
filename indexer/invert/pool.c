/*
 * pool.c - address space reserved without rights, made usable a step at a time.
 *
 * Reserving costs nothing and counts against no limit but RLIMIT_AS; the pages of [0, committed)
 * are the only ones that can take memory. Fresh pages are zero, and a reset gives every page back,
 * so nothing is cleared by hand. Above 2 MB the steps are of 2 MB and asked to be one page each
 * (decision 0017).
 */
#include "indexer/invert/pool.h"

#include <sys/mman.h>

#define STEP ((size_t)64 << 10) /* made usable at a time while the pool is small */
#define HUGE ((size_t)2 << 20)  /* later: what the system can back by one entry of its tables */

enum dtl_status dtl_pool_open(struct dtl_pool *p, struct dtl_error *err)
{
    for (size_t n = DTL_POOL_MAX; n >= DTL_POOL_MAX / 16; n /= 2) {
        uint8_t *got =
            mmap(NULL, n + HUGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (got == MAP_FAILED)
            continue;
        size_t skip = -(uintptr_t)got & (HUGE - 1);
        if (skip)
            munmap(got, skip);
        if (HUGE - skip)
            munmap(got + skip + n, HUGE - skip);
        *p = (struct dtl_pool){.base = got + skip, .reserved = n};
        return DTL_OK;
    }
    return dtl_fail(err, DTL_ENOMEM, 0, "no address space for a batch");
}

/* Usable bytes at least up to `need`. */
static bool commit(struct dtl_pool *p, size_t need)
{
    size_t step = need > HUGE ? HUGE : STEP;
    size_t want = (need + step - 1) & ~(step - 1);
    if (want > p->reserved)
        want = p->reserved;
    if (mprotect(p->base + p->committed, want - p->committed, PROT_READ | PROT_WRITE) != 0)
        return false;
    if (step == HUGE) { /* a wish; without it pages are small */
        size_t from = p->committed & ~(HUGE - 1);
        (void)madvise(p->base + from, want - from, MADV_HUGEPAGE);
    }
    p->committed = want;
    return true;
}

bool dtl_pool_take(struct dtl_pool *p, size_t n, size_t alignment, uint32_t *at)
{
    size_t from = (p->used + alignment - 1) & ~(alignment - 1);
    if (n > p->reserved || from > p->reserved - n)
        return false;
    if (from + n > p->committed && !commit(p, from + n))
        return false;
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
