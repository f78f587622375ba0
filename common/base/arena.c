/*
 * arena.c - bump allocation in growing blocks.
 *
 * Why: an article, a segment build and a query each make thousands of small objects that all die
 * at one moment. One reset replaces thousands of frees, and there is no order to get wrong.
 * Under AddressSanitizer, bytes not handed out are poisoned, so use after reset is still caught.
 */
#include "common/base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define DTL_ASAN 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define DTL_ASAN 1
#endif
#ifdef DTL_ASAN
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(p, n)   ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#endif

struct dtl_arena_block {
    struct dtl_arena_block *next;
    size_t size, used;
    alignas(16) unsigned char data[];
};

void *dtl_arena_take(struct dtl_arena *a, size_t bytes)
{
    if (bytes > SIZE_MAX / 4)
        return NULL;
    size_t need = (bytes + 15) & ~(size_t)15;
    struct dtl_arena_block *b = a->head;
    if (!b || b->size - b->used < need) {
        size_t size = b ? b->size * 2 : 4096;
        if (size < need)
            size = need;
        b = malloc(sizeof *b + size);
        if (!b)
            return NULL;
        *b = (struct dtl_arena_block){.next = a->head, .size = size};
        ASAN_POISON_MEMORY_REGION(b->data, size);
        a->head = b;
    }
    void *p = b->data + b->used;
    b->used += need;
    a->used_bytes += need;
    ASAN_UNPOISON_MEMORY_REGION(p, bytes);
    return p;
}

void *dtl_arena_alloc(struct dtl_arena *a, size_t bytes)
{
    void *p = dtl_arena_take(a, bytes);
    return p ? memset(p, 0, bytes) : NULL;
}

char *dtl_arena_strndup(struct dtl_arena *a, const char *s, size_t n)
{
    char *p = dtl_arena_alloc(a, n + 1);
    if (p && n) /* no text may be no pointer */
        memcpy(p, s, n);
    return p;
}

void dtl_arena_reset(struct dtl_arena *a)
{
    struct dtl_arena_block *keep = a->head; /* newest is largest */
    if (!keep)
        return;
    while (keep->next) {
        struct dtl_arena_block *old = keep->next;
        keep->next = old->next;
        free(old);
    }
    keep->used = 0;
    a->used_bytes = 0;
    ASAN_POISON_MEMORY_REGION(keep->data, keep->size);
}

void dtl_arena_release(struct dtl_arena *a)
{
    dtl_arena_reset(a);
    free(a->head);
    *a = (struct dtl_arena){0};
}
