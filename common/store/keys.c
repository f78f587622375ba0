/*
 * keys.c - the keys of every database (docs/FORMAT.md, "Keys").
 *
 * Numbers are big-endian, so LMDB's byte order is the order of the numbers. A day is signed: it is
 * kept with its top bit turned over, which puts days before 1970 first and DTL_DAY_NONE (the
 * undated) after every day.
 */
#include "common/base/hash.h"
#include "common/store/store_internal.h"

const char *const dtl_db_name[DTL_DBS] = {
    "meta", "catalog", "segments", "articles", "dictionaries", "dead", "sources", "saved",
};

static uint32_t biased(dtl_day day)
{
    return (uint32_t)day ^ UINT32_C(0x80000000);
}

static bool read_day(const uint8_t *p, dtl_day *day)
{
    dtl_day d = (dtl_day)(dtl_load32_be(p) ^ UINT32_C(0x80000000));
    if (d != DTL_DAY_NONE && (d < DTL_DAY_MIN || d > DTL_DAY_MAX))
        return false;
    *day = d;
    return true;
}

void dtl_key_segment(uint8_t out[DTL_KEY_SEGMENT], struct dtl_segment_name name)
{
    dtl_store32_be(out, biased(name.first_day));
    dtl_store32_be(out + 4, name.serial);
}

bool dtl_key_segment_read(struct dtl_bytes key, struct dtl_segment_name *out)
{
    dtl_day day = 0;
    if (key.n != DTL_KEY_SEGMENT || !read_day(key.p, &day) || dtl_load32_be(key.p + 4) == 0)
        return false;
    *out = (struct dtl_segment_name){day, dtl_load32_be(key.p + 4)};
    return true;
}

void dtl_key_chunk(uint8_t out[DTL_KEY_CHUNK], const struct dtl_chunk_name *name)
{
    dtl_key_segment(out, name->segment);
    out[8] = name->part;
    dtl_store32_be(out + 9, name->chunk);
}

bool dtl_key_chunk_read(struct dtl_bytes key, struct dtl_chunk_name *out)
{
    struct dtl_chunk_name c = {0};
    if (key.n != DTL_KEY_CHUNK || !dtl_key_segment_read(dtl_bytes(key.p, 8), &c.segment))
        return false;
    c.part = key.p[8];
    c.chunk = dtl_load32_be(key.p + 9);
    if (c.part == 0 || c.part >= DTL_PARTS_END)
        return false;
    *out = c;
    return true;
}

void dtl_key_group(uint8_t out[DTL_KEY_GROUP], uint32_t serial, uint32_t chunk)
{
    dtl_store32_be(out, serial);
    dtl_store32_be(out + 4, chunk);
}

bool dtl_key_group_read(struct dtl_bytes key, uint32_t *serial, uint32_t *chunk)
{
    if (key.n != DTL_KEY_GROUP || dtl_load32_be(key.p) == 0)
        return false;
    *serial = dtl_load32_be(key.p);
    *chunk = dtl_load32_be(key.p + 4);
    return true;
}

void dtl_key_dictionary(uint8_t out[DTL_KEY_DICTIONARY], uint32_t number)
{
    dtl_store32_be(out, number);
}

bool dtl_key_dictionary_read(struct dtl_bytes key, uint32_t *number)
{
    if (key.n != DTL_KEY_DICTIONARY || dtl_load32_be(key.p) == 0)
        return false;
    *number = dtl_load32_be(key.p);
    return true;
}

/* A path of up to 400 bytes is its own key. A longer one is its first 400 and the hash of all of
   it: 408 bytes, a length no short path's key has, so the two kinds never meet. */
size_t dtl_key_source(uint8_t out[DTL_KEY_SOURCE_MAX], struct dtl_bytes path)
{
    if (path.n <= DTL_SOURCE_HEAD) {
        if (path.n)
            memcpy(out, path.p, path.n);
        return path.n;
    }
    uint64_t h = dtl_hash64(path, 0);
    memcpy(out, path.p, DTL_SOURCE_HEAD);
    dtl_store32_be(out + DTL_SOURCE_HEAD, (uint32_t)(h >> 32));
    dtl_store32_be(out + DTL_SOURCE_HEAD + 4, (uint32_t)h);
    return DTL_KEY_SOURCE_MAX;
}

int dtl_source_order(struct dtl_bytes a, struct dtl_bytes b)
{
    uint8_t ka[DTL_KEY_SOURCE_MAX], kb[DTL_KEY_SOURCE_MAX];
    size_t na = dtl_key_source(ka, a), nb = dtl_key_source(kb, b);
    return dtl_bytes_compare(dtl_bytes(ka, na), dtl_bytes(kb, nb));
}

int dtl_segment_name_compare(struct dtl_segment_name a, struct dtl_segment_name b)
{
    if (a.first_day != b.first_day)
        return a.first_day < b.first_day ? -1 : 1;
    return a.serial < b.serial ? -1 : a.serial > b.serial;
}
