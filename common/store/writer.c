/*
 * writer.c - chunks on their way in: gathered in transactions of at most 64 MB, invisible until
 * published.
 *
 * Why not one transaction for a run: its dirty pages would be held in memory, and past 512 MB LMDB
 * spills them in a way that leaks. Why serials are kept with every batch: a crashed run's number is
 * never used again, so a page of its chunks that a disk brings back later does not verify under
 * anybody's key.
 */
#include "common/base/hash.h"
#include "common/store/store_internal.h"

#include <stdlib.h>

#define CHUNK_MAX ((size_t)4 << 20) /* a chunk's value with all its pages */

bool dtl_serials_has(const struct dtl_serials *l, uint32_t serial)
{
    size_t low = 0, high = l->n;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (l->v[mid] < serial)
            low = mid + 1;
        else
            high = mid;
    }
    return low < l->n && l->v[low] == serial;
}

bool dtl_serials_add(struct dtl_serials *l, uint32_t serial)
{
    if (dtl_serials_has(l, serial))
        return true;
    if (l->n == l->capacity) {
        size_t capacity = l->capacity ? 2 * l->capacity : 16;
        uint32_t *v = realloc(l->v, capacity * sizeof *v);
        if (!v)
            return false;
        l->v = v;
        l->capacity = capacity;
    }
    size_t at = l->n++;
    for (; at && l->v[at - 1] > serial; at--)
        l->v[at] = l->v[at - 1];
    l->v[at] = serial;
    return true;
}

void dtl_serials_drop(struct dtl_serials *l, uint32_t serial)
{
    size_t kept = 0;
    for (size_t i = 0; i < l->n; i++)
        if (l->v[i] != serial)
            l->v[kept++] = l->v[i];
    l->n = kept;
}

enum dtl_status dtl_writer_ready(struct dtl_store *s, struct dtl_error *err)
{
    if (s->failed)
        return dtl_fail(err, DTL_EIO, 0,
                        "%s: an earlier write failed, nothing more is written in this run", s->dir);
    if (!s->write || s->checking)
        return dtl_fail(err, DTL_EUSAGE, 0, "%s: not opened to write", s->dir);
    return DTL_OK;
}

uint32_t dtl_writer_serial(struct dtl_store *s)
{
    return s->next_serial++;
}

enum dtl_status dtl_writer_put_serial(struct dtl_store *s, struct dtl_error *err)
{
    dtl_buffer_reset(&s->scratch);
    dtl_serial_encode(s->next_serial, &s->scratch);
    return dtl_env_put(s, s->txn, DTL_DB_META, DTL_LITERAL(DTL_META_SERIAL), &s->scratch, err);
}

enum dtl_status dtl_writer_batch(struct dtl_store *s, struct dtl_error *err)
{
    if (s->txn)
        return DTL_OK;
    s->txn_bytes = 0;
    return dtl_env_write(s, &s->txn, err);
}

enum dtl_status dtl_writer_flush(struct dtl_store *s, struct dtl_error *err)
{
    enum dtl_status st = dtl_writer_ready(s, err);
    if (st != DTL_OK || !s->txn)
        return st;
    st = dtl_env_reserve(s, s->txn_bytes, err);
    if (st == DTL_OK)
        st = dtl_writer_put_serial(s, err);
    if (st == DTL_OK)
        st = dtl_env_commit(s, &s->txn, s->txn_bytes, err);
    return st;
}

/* The value of `payload` under `key`, made where LMDB will write it from. */
static enum dtl_status put_chunk(struct dtl_store *s, enum dtl_db db, struct dtl_bytes key,
                                 uint32_t serial, struct dtl_bytes payload, struct dtl_error *err)
{
    enum dtl_status st = dtl_writer_ready(s, err);
    if (st != DTL_OK)
        return st;
    if (payload.n == 0 || payload.n > DTL_CHUNK_PAYLOAD || serial == 0 || serial >= s->next_serial)
        return dtl_fail(err, DTL_EUSAGE, 0, "a chunk of %zu bytes under serial %u", payload.n,
                        serial);
    if (s->txn && s->txn_bytes + CHUNK_MAX > DTL_TXN_BYTES)
        st = dtl_writer_flush(s, err);
    if (st == DTL_OK && !s->txn) {
        st = dtl_env_reserve(s, 0, err);
        if (st == DTL_OK)
            st = dtl_writer_batch(s, err);
    }
    if (st != DTL_OK)
        return st;
    if (!dtl_serials_add(&s->pending, serial))
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    size_t n = dtl_chunk_bytes(payload.n);
    MDB_val k = dtl_val(key), v = {.mv_size = n};
    int rc = mdb_put(s->txn, s->dbi[db], &k, &v, MDB_NOOVERWRITE | MDB_RESERVE);
    if (rc) {
        s->failed = true;
        return dtl_lmdb_fail(err, rc, s->dir, "writing a chunk");
    }
    dtl_chunk_fill(v.mv_data, payload, dtl_hash_seed(dtl_db_name[db], key));
    s->txn_bytes += (n + 16 + 4095) & ~(size_t)4095;
    return DTL_OK;
}

enum dtl_status dtl_writer_segment_chunk(struct dtl_store *s, dtl_day first_day, uint32_t serial,
                                         uint8_t part, uint32_t chunk, struct dtl_bytes payload,
                                         struct dtl_error *err)
{
    uint8_t key[DTL_KEY_CHUNK];
    struct dtl_chunk_name name = {
        {first_day, serial},
        part, chunk
    };
    if (part == 0 || part >= DTL_PARTS_END)
        return dtl_fail(err, DTL_EUSAGE, 0, "a chunk of part %u", part);
    dtl_key_chunk(key, &name);
    return put_chunk(s, DTL_DB_SEGMENTS, dtl_bytes(key, sizeof key), serial, payload, err);
}

enum dtl_status dtl_writer_group_chunk(struct dtl_store *s, uint32_t serial, uint32_t chunk,
                                       struct dtl_bytes payload, struct dtl_error *err)
{
    uint8_t key[DTL_KEY_GROUP];
    dtl_key_group(key, serial, chunk);
    return put_chunk(s, DTL_DB_ARTICLES, dtl_bytes(key, sizeof key), serial, payload, err);
}

enum dtl_status dtl_writer_dictionary(struct dtl_store *s, struct dtl_bytes dictionary,
                                      struct dtl_error *err)
{
    uint8_t key[DTL_KEY_DICTIONARY];
    uint32_t number = s->next_serial;
    enum dtl_status st = dtl_writer_ready(s, err);
    if (st == DTL_OK && dictionary.n == 0)
        st = dtl_fail(err, DTL_EUSAGE, 0, "an empty dictionary");
    if (st == DTL_OK && !s->txn)
        st = dtl_env_reserve(s, 0, err);
    if (st == DTL_OK)
        st = dtl_writer_batch(s, err);
    if (st != DTL_OK)
        return st;
    s->next_serial++;
    dtl_key_dictionary(key, number);
    dtl_buffer_reset(&s->scratch);
    dtl_buffer_append(&s->scratch, dictionary.p, dictionary.n);
    st = dtl_env_put(s, s->txn, DTL_DB_DICTIONARIES, dtl_bytes(key, sizeof key), &s->scratch, err);
    if (st == DTL_OK) {
        s->staged_dictionary = number;
        s->txn_bytes += dictionary.n;
    }
    return st;
}

enum dtl_status dtl_writer_settings(struct dtl_store *s, const struct dtl_settings *settings,
                                    struct dtl_error *err)
{
    enum dtl_status st = dtl_writer_ready(s, err);
    if (st == DTL_OK) {
        s->settings = *settings;
        s->staged_settings = true;
    }
    return st;
}
