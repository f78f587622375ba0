/*
 * sources.c - reading the table of source files. What is written goes through publish.c.
 *
 * A path beyond 400 bytes is found by its head and hash; the row then holds all of it, and another
 * path with the same hash is not taken for it.
 */
#include "common/store/store_internal.h"

static enum dtl_status decode(const struct dtl_store *s, struct dtl_bytes key, MDB_val v,
                              struct dtl_source_row *row, struct dtl_error *err)
{
    struct dtl_bytes body = {0};
    enum dtl_status st = dtl_value_open(dtl_of_val(v), DTL_DB_SOURCES, key, &body, err);
    (void)s;
    return st == DTL_OK ? dtl_source_row_decode(body, key, row, err) : st;
}

enum dtl_status dtl_sources_get(struct dtl_snapshot *snap, struct dtl_bytes path,
                                struct dtl_arena *arena, struct dtl_source_row *out,
                                struct dtl_error *err)
{
    uint8_t key[DTL_KEY_SOURCE_MAX];
    struct dtl_source_row row;
    struct dtl_bytes kb = dtl_bytes(key, dtl_key_source(key, path));
    MDB_val k = dtl_val(kb), v;
    if (kb.n == 0)
        return DTL_NOTFOUND;
    int rc = mdb_get(snap->x->txn, snap->store->dbi[DTL_DB_SOURCES], &k, &v);
    if (rc == MDB_NOTFOUND)
        return DTL_NOTFOUND;
    if (rc)
        return dtl_lmdb_fail(err, rc, snap->store->dir, "reading 'sources'");
    enum dtl_status st = decode(snap->store, kb, v, &row, err);
    if (st != DTL_OK)
        return st;
    if (!dtl_bytes_equal(row.path, path))
        return DTL_NOTFOUND;
    uint8_t *copy = dtl_arena_alloc(arena, path.n + row.reasons.n);
    if (!copy)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    memcpy(copy, path.p, path.n);
    if (row.reasons.n)
        memcpy(copy + path.n, row.reasons.p, row.reasons.n);
    row.path.p = copy;
    row.reasons.p = copy + path.n;
    *out = row;
    return DTL_OK;
}

enum dtl_status dtl_sources_walk(struct dtl_snapshot *snap, dtl_source_fn fn, void *ctx,
                                 struct dtl_error *err)
{
    return dtl_sources_walk_under(snap, dtl_bytes(NULL, 0), fn, ctx, err);
}

enum dtl_status dtl_sources_walk_under(struct dtl_snapshot *snap, struct dtl_bytes prefix,
                                       dtl_source_fn fn, void *ctx, struct dtl_error *err)
{
    MDB_cursor *c = NULL;
    MDB_val k, v;
    struct dtl_source_row row;
    enum dtl_status st = DTL_OK;
    if (prefix.n > DTL_SOURCE_HEAD)
        prefix.n = DTL_SOURCE_HEAD;
    MDB_cursor_op step = prefix.n ? MDB_SET_RANGE : MDB_NEXT;
    int rc = mdb_cursor_open(snap->x->txn, snap->store->dbi[DTL_DB_SOURCES], &c);
    k = dtl_val(prefix);
    while (rc == 0 && st == DTL_OK && (rc = mdb_cursor_get(c, &k, &v, step)) == 0 &&
           dtl_bytes_starts(dtl_of_val(k), prefix)) {
        step = MDB_NEXT;
        st = decode(snap->store, dtl_of_val(k), v, &row, err);
        if (st == DTL_OK)
            st = fn(ctx, &row);
    }
    if (c)
        mdb_cursor_close(c);
    if (st == DTL_END)
        return DTL_OK;
    if (st != DTL_OK || rc == 0 || rc == MDB_NOTFOUND)
        return st;
    return dtl_lmdb_fail(err, rc, snap->store->dir, "reading 'sources'");
}
