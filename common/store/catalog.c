/*
 * catalog.c - the rows of the catalog, and the manifest that says how many there must be.
 *
 * The manifest is written by every publication and compared at every snapshot: an LMDB page that a
 * disk lost or served from an older commit may be well formed and carry good sums; its counts and
 * hash then differ.
 */
#include "common/base/hash.h"
#include "common/store/store_internal.h"

enum dtl_status dtl_catalog_row(struct dtl_bytes key, struct dtl_bytes value,
                                struct dtl_arena *arena, struct dtl_segment_facts *facts,
                                struct dtl_error *err)
{
    struct dtl_segment_name name;
    struct dtl_segment_facts f;
    struct dtl_bytes body = {0};
    if (!dtl_key_segment_read(key, &name))
        return dtl_fail(err, DTL_ECORRUPT, 0, "a key of 'catalog' is not well formed");
    enum dtl_status st = dtl_value_open(value, DTL_DB_CATALOG, key, &body, err);
    if (st == DTL_OK)
        st = dtl_segment_facts_decode(body, arena, &f, err);
    if (st != DTL_OK)
        return st;
    if (f.first_day != name.first_day)
        return dtl_fail(err, DTL_ECORRUPT, 0, "a row of 'catalog' stands under another day");
    f.serial = name.serial;
    *facts = f;
    return DTL_OK;
}

enum dtl_status dtl_catalog_read(struct dtl_store *s, MDB_txn *txn, struct dtl_arena *arena,
                                 struct dtl_segment_facts **rows, size_t *n, struct dtl_error *err)
{
    MDB_cursor *c = NULL;
    MDB_stat stat;
    MDB_val k, v;
    enum dtl_status st = DTL_OK;
    size_t i = 0;
    int rc = mdb_stat(txn, s->dbi[DTL_DB_CATALOG], &stat);
    if (rc)
        return dtl_lmdb_fail(err, rc, s->dir, "reading the catalog");
    if (stat.ms_entries > 1u << 20) /* what a damaged record says is not what is allocated */
        return dtl_fail(err, DTL_ECORRUPT, 0, "%s: the catalog has too many rows", s->dir);
    struct dtl_segment_facts *f = dtl_arena_alloc(arena, (stat.ms_entries + 1) * sizeof *f);
    if (!f)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    if ((rc = mdb_cursor_open(txn, s->dbi[DTL_DB_CATALOG], &c)) != 0)
        return dtl_lmdb_fail(err, rc, s->dir, "reading the catalog");
    while (st == DTL_OK && (rc = mdb_cursor_get(c, &k, &v, MDB_NEXT)) == 0) {
        if (i == stat.ms_entries)
            st = dtl_fail(err, DTL_ECORRUPT, 0, "%s: the catalog has more rows than it says",
                          s->dir);
        else
            st = dtl_catalog_row(dtl_of_val(k), dtl_of_val(v), arena, &f[i++], err);
    }
    mdb_cursor_close(c);
    if (st != DTL_OK)
        return st;
    if (rc != MDB_NOTFOUND)
        return dtl_lmdb_fail(err, rc, s->dir, "reading the catalog");
    *rows = f;
    *n = i;
    return DTL_OK;
}

/* Chain the keys and sums of one database's rows into *hash. */
static int hash_rows(MDB_txn *txn, MDB_dbi dbi, uint64_t *hash, uint32_t *rows)
{
    MDB_cursor *c = NULL;
    MDB_val k, v;
    uint64_t h = *hash;
    uint32_t n = 0;
    int rc = mdb_cursor_open(txn, dbi, &c);
    while (rc == 0 && (rc = mdb_cursor_get(c, &k, &v, MDB_NEXT)) == 0) {
        h = dtl_hash64(dtl_of_val(k), h);
        if (v.mv_size >= 8)
            h = dtl_hash64(dtl_bytes((const uint8_t *)v.mv_data + v.mv_size - 8, 8), h);
        n++;
    }
    if (c)
        mdb_cursor_close(c);
    if (rc != MDB_NOTFOUND)
        return rc;
    *hash = h;
    *rows = n;
    return 0;
}

enum dtl_status dtl_manifest_count(struct dtl_store *s, MDB_txn *txn, struct dtl_manifest *m,
                                   struct dtl_error *err)
{
    struct dtl_arena arena = {0};
    struct dtl_segment_facts *rows = NULL;
    struct dtl_manifest c = *m;
    MDB_stat stat;
    size_t n = 0;
    enum dtl_status st = dtl_catalog_read(s, txn, &arena, &rows, &n, err);
    c.docs = c.rows_hash = 0;
    for (size_t i = 0; st == DTL_OK && i < n; i++)
        c.docs += rows[i].docs;
    dtl_arena_release(&arena);
    if (st != DTL_OK)
        return st;
    int rc = hash_rows(txn, s->dbi[DTL_DB_CATALOG], &c.rows_hash, &c.rows);
    if (rc == 0)
        rc = hash_rows(txn, s->dbi[DTL_DB_DEAD], &c.rows_hash, &c.dead_rows);
    if (rc == 0)
        rc = mdb_stat(txn, s->dbi[DTL_DB_SOURCES], &stat);
    if (rc)
        return dtl_lmdb_fail(err, rc, s->dir, "counting rows");
    c.sources = stat.ms_entries;
    *m = c;
    return DTL_OK;
}

enum dtl_status dtl_manifest_read(struct dtl_store *s, MDB_txn *txn, struct dtl_manifest *m,
                                  struct dtl_error *err)
{
    struct dtl_bytes v = {0};
    enum dtl_status st = dtl_env_get(s, txn, DTL_DB_META, DTL_LITERAL(DTL_META_MANIFEST), &v, err);
    if (st == DTL_NOTFOUND)
        return dtl_fail(err, DTL_ECORRUPT, 0, "the manifest of the index is missing");
    return st == DTL_OK ? dtl_manifest_decode(v, m, err) : st;
}

enum dtl_status dtl_manifest_check(struct dtl_store *s, MDB_txn *txn, struct dtl_manifest *m,
                                   struct dtl_error *err)
{
    struct dtl_manifest said = {0};
    enum dtl_status st = dtl_manifest_read(s, txn, &said, err);
    struct dtl_manifest found = said;
    if (st == DTL_OK)
        st = dtl_manifest_count(s, txn, &found, err);
    if (st != DTL_OK)
        return st;
    if (said.rows != found.rows || said.dead_rows != found.dead_rows || said.docs != found.docs ||
        said.sources != found.sources || said.rows_hash != found.rows_hash)
        return dtl_fail(err, DTL_ECORRUPT, 0,
                        "%s: the catalog is not the one last published (%u segments with %llu "
                        "articles, %u with %llu expected): restore a backup",
                        s->dir, found.rows, (unsigned long long)found.docs, said.rows,
                        (unsigned long long)said.docs);
    *m = said;
    return DTL_OK;
}
