/* common/base/hash.h - the two hashes of the index, both XXH3 (xxHash 0.8, stable since). */
#ifndef DTL_BASE_HASH_H
#define DTL_BASE_HASH_H
#include "common/base/bytes.h"

/** 64-bit XXH3 of `data` under `seed`: checksums, seeds, hash tables. */
uint64_t dtl_hash64(struct dtl_bytes data, uint64_t seed);

/** The seed of everything stored under `key` in database `db`: a value moved to another key does
 * not verify. */
uint64_t dtl_hash_seed(const char *db, struct dtl_bytes key);

/**
 * Identity of an article: the high 48 bits depend on `id` alone, the low 16 on `source`, so that an
 * id whose publication is not known is one range of the identities table. Equal hashes are compared
 * by their bytes.
 */
uint64_t dtl_hash_identity(struct dtl_bytes source, struct dtl_bytes id);
#define DTL_IDENTITY_SOURCE_MASK UINT64_C(0xffff)
#endif
