/* indexer/build/heap.h - numbers kept so that the first comes before all others: what every merge
 * of several orders here runs on. */
#ifndef DTL_BUILD_HEAP_H
#define DTL_BUILD_HEAP_H
#include <stdbool.h>
#include <stdint.h>

typedef bool (*dtl_heap_before_fn)(void *ctx, uint32_t a, uint32_t b);

struct dtl_heap {
    uint32_t *v; /* the caller's array */
    uint32_t n;
    dtl_heap_before_fn before;
    void *ctx;
};

/** Put v[i] where it belongs below: after v[0] came to stand for something later. */
static inline void dtl_heap_sink(struct dtl_heap *h, uint32_t i)
{
    for (;;) {
        uint32_t child = 2 * i + 1;
        if (child >= h->n)
            return;
        if (child + 1 < h->n && h->before(h->ctx, h->v[child + 1], h->v[child]))
            child++;
        if (!h->before(h->ctx, h->v[child], h->v[i]))
            return;
        uint32_t swap = h->v[i];
        h->v[i] = h->v[child];
        h->v[child] = swap;
        i = child;
    }
}

/** Order v[0..n). */
static inline void dtl_heap_order(struct dtl_heap *h)
{
    for (uint32_t i = h->n; i-- > 0;)
        dtl_heap_sink(h, i);
}

static inline void dtl_heap_add(struct dtl_heap *h, uint32_t number)
{
    uint32_t i = h->n++;
    h->v[i] = number;
    while (i && h->before(h->ctx, h->v[i], h->v[(i - 1) / 2])) {
        uint32_t up = (i - 1) / 2, swap = h->v[i];
        h->v[i] = h->v[up];
        h->v[up] = swap;
        i = up;
    }
}

/** Take the first away. */
static inline uint32_t dtl_heap_take(struct dtl_heap *h)
{
    uint32_t first = h->v[0];
    h->v[0] = h->v[--h->n];
    dtl_heap_sink(h, 0);
    return first;
}
#endif
