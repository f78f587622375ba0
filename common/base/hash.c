/* hash.c - thin names over xxHash, inlined so that nothing else includes it. */
#include "common/base/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t dtl_hash64(struct dtl_bytes data, uint64_t seed)
{
    return XXH3_64bits_withSeed(data.p, data.n, seed);
}

uint64_t dtl_hash_seed(const char *db, struct dtl_bytes key)
{
    return dtl_hash64(key, dtl_hash64(dtl_bytes_of(db), 0));
}

uint64_t dtl_hash_identity(struct dtl_bytes source, struct dtl_bytes id)
{
    return (dtl_hash64(id, 0) & ~DTL_IDENTITY_SOURCE_MASK) |
           (dtl_hash64(source, 0) & DTL_IDENTITY_SOURCE_MASK);
}
