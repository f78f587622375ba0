/*
 * sweep.c - delete what nothing names: chunks of dropped segments, of unused article groups, of
 * crashed runs.
 *
 * A live segment costs one seek, not a walk over its chunks: from its first key to the first key
 * after its last. Deletions go in transactions of at most 64 MB of values, so that LMDB's list of
 * freed pages stays short and a reader's old snapshot is waited for by none of them.
 */
#include "common/store/store_internal.h"

#include <stdlib.h>

struct live { /* what the catalog names */
    struct dtl_segment_name *name;
    size_t names;
    struct dtl_serials groups;
};

static enum dtl_status read_live(struct dtl_store *s, struct live *l, struct dtl_error *err)
{
    struct dtl_segment_facts *rows = NULL;
    MDB_txn *txn = NULL;
    size_t n = 0;
    enum dtl_status st = dtl_env_read(s, &txn, err);
    if (st != DTL_OK)
        return st;
    st = dtl_manifest_check(s, txn, &s->manifest, err);
    if (st == DTL_OK)
        st = dtl_catalog_read(s, txn, &s->arena, &rows, &n, err);
    mdb_txn_abort(txn);
    if (st != DTL_OK)
        return st;
    l->name = dtl_arena_alloc(&s->arena, n * sizeof *l->name);
    if (!l->name)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    for (size_t i = 0; i < n; i++) {
        l->name[i] = (struct dtl_segment_name){rows[i].first_day, rows[i].serial};
        for (size_t g = 0; g < rows[i].groups; g++)
            if (!dtl_serials_add(&l->groups, rows[i].group[g].serial))
                return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    }
    l->names = n;
    return DTL_OK;
}

static int compare_names(const void *a, const void *b)
{
    return dtl_segment_name_compare(*(const struct dtl_segment_name *)a,
                                    *(const struct dtl_segment_name *)b);
}

/* The prefix of `key` that all chunks of its segment, group or dictionary share; *keep when it is
 * live. */
static bool prefix_of(struct dtl_store *s, const struct live *l, enum dtl_db db,
                      struct dtl_bytes key, size_t *prefix, bool *keep)
{
    struct dtl_chunk_name c;
    uint32_t serial = 0, chunk = 0;
    switch (db) {
    case DTL_DB_SEGMENTS:
        if (!dtl_key_chunk_read(key, &c))
            return false;
        *prefix = DTL_KEY_SEGMENT;
        serial = c.segment.serial;
        *keep = bsearch(&c.segment, l->name, l->names, sizeof c.segment, compare_names) != NULL;
        break;
    case DTL_DB_ARTICLES:
        if (!dtl_key_group_read(key, &serial, &chunk))
            return false;
        *prefix = 4;
        *keep = dtl_serials_has(&l->groups, serial);
        break;
    default:
        if (!dtl_key_dictionary_read(key, &serial))
            return false;
        *prefix = 4;
        *keep = serial == s->manifest.dictionary || serial == s->staged_dictionary;
    }
    *keep = *keep || dtl_serials_has(&s->pending, serial);
    return true;
}

/* The first key after all with this prefix; 0 when there can be none. */
static size_t after(uint8_t *prefix, size_t n)
{
    while (n && prefix[n - 1] == 0xff)
        n--;
    if (n)
        prefix[n - 1]++;
    return n;
}

/* One transaction: go on from `at`, delete until 64 MB are freed. *more when that limit ended it.
 */
static enum dtl_status sweep_some(struct dtl_store *s, const struct live *l, enum dtl_db db,
                                  uint8_t at[DTL_KEY_CHUNK], size_t *at_bytes, bool *more,
                                  struct dtl_error *err)
{
    MDB_txn *txn = NULL;
    MDB_cursor *c = NULL;
    size_t freed = 0;
    *more = false;
    enum dtl_status st = dtl_env_write(s, &txn, err);
    if (st != DTL_OK)
        return st;
    int rc = mdb_cursor_open(txn, s->dbi[db], &c);
    while (rc == 0 && st == DTL_OK) {
        MDB_val k = dtl_val(dtl_bytes(at, *at_bytes)), v;
        size_t prefix = 0;
        bool keep = false;
        rc = mdb_cursor_get(c, &k, &v, *at_bytes ? MDB_SET_RANGE : MDB_FIRST);
        if (rc)
            break;
        if (k.mv_size > DTL_KEY_CHUNK || !prefix_of(s, l, db, dtl_of_val(k), &prefix, &keep)) {
            st = dtl_fail(err, DTL_ECORRUPT, 0, "%s: a key of '%s' is not well formed", s->dir,
                          dtl_db_name[db]);
            break;
        }
        memcpy(at, k.mv_data, keep ? prefix : k.mv_size);
        *at_bytes = keep ? after(at, prefix) : k.mv_size;
        if (keep && *at_bytes == 0)
            break;
        if (keep)
            continue;
        if (freed && freed + v.mv_size > DTL_TXN_BYTES) {
            *more = true;
            break;
        }
        freed += v.mv_size;
        rc = mdb_cursor_del(c, 0);
    }
    if (c)
        mdb_cursor_close(c);
    if (st == DTL_OK && rc && rc != MDB_NOTFOUND)
        st = dtl_lmdb_fail(err, rc, s->dir, "removing unused chunks");
    if (st == DTL_OK && freed)
        return dtl_env_commit(s, &txn, 0, err);
    mdb_txn_abort(txn);
    return st;
}

enum dtl_status dtl_sweep(struct dtl_store *s, struct dtl_error *err)
{
    static const enum dtl_db swept[] = {DTL_DB_SEGMENTS, DTL_DB_ARTICLES, DTL_DB_DICTIONARIES};
    struct live l = {0};
    enum dtl_status st = read_live(s, &l, err);
    for (size_t i = 0; st == DTL_OK && i < sizeof swept / sizeof *swept; i++) {
        uint8_t at[DTL_KEY_CHUNK];
        size_t at_bytes = 0;
        for (bool more = true; st == DTL_OK && more;)
            st = sweep_some(s, &l, swept[i], at, &at_bytes, &more, err);
    }
    free(l.groups.v);
    dtl_arena_reset(&s->arena);
    return st;
}

enum dtl_status dtl_writer_sweep(struct dtl_store *s, struct dtl_error *err)
{
    enum dtl_status st = dtl_writer_flush(s, err);
    if (st == DTL_OK)
        st = dtl_sweep(s, err);
    if (st < 0)
        s->failed = true;
    return st;
}
