/*
 * tests/unit/damage.h - what a decoder must survive: every proper prefix and every flipped byte of
 * good bytes.
 */
#ifndef DTL_TESTS_DAMAGE_H
#define DTL_TESTS_DAMAGE_H
#include "common/base/bytes.h"

#include <stdlib.h>

/** Decodes bytes that may be damaged. */
typedef enum dtl_status (*damage_fn)(void *ctx, struct dtl_bytes in);

/* Run `fn` on a copy that is a malloc of exactly n bytes, so that the sanitizer sees a one-byte
 * over-read. */
static inline enum dtl_status damage_exact(damage_fn fn, void *ctx, const uint8_t *p, size_t n)
{
    uint8_t *exact = malloc(n ? n : 1);
    if (!exact)
        abort();
    if (n)
        memcpy(exact, p, n);
    enum dtl_status st = fn(ctx, dtl_bytes(exact, n));
    free(exact);
    return st;
}

/* How many proper prefixes `fn` accepts: 0 for a structure that knows its own length. */
static inline size_t damage_prefixes(damage_fn fn, void *ctx, const uint8_t *p, size_t n)
{
    size_t accepted = 0;
    for (size_t k = 0; k < n; k++)
        accepted += damage_exact(fn, ctx, p, k) >= 0;
    return accepted;
}

/* Every byte set to several other values; `fn` may accept or refuse, but neither crash nor lie. */
static inline void damage_flips(damage_fn fn, void *ctx, const uint8_t *p, size_t n)
{
    static const uint8_t change[] = {0x01, 0x02, 0x04, 0x10, 0x40, 0x80, 0xff, 0x7f};
    uint8_t *copy = malloc(n ? n : 1);
    if (!copy)
        abort();
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < sizeof change; k++) {
            memcpy(copy, p, n);
            copy[i] ^= change[k];
            (void)damage_exact(fn, ctx, copy, n);
        }
    free(copy);
}
#endif
