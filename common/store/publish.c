/*
 * publish.c - the one moment at which work becomes visible: catalog, dead, sources and manifest in
 * one transaction.
 *
 * Chunks still in the open batch go with it, so a small run is one commit. Everything is decoded
 * again as a reader will see it before it is committed: what cannot be read is not published. Rows
 * are written in key order, which touches each page of a table once. After any failure the store is
 * dead.
 */
#include "common/store/store_internal.h"

#include <stdlib.h>

static enum dtl_status removed(struct dtl_store *s, enum dtl_db db, struct dtl_bytes key, bool must,
                               struct dtl_error *err)
{
    MDB_val k = dtl_val(key);
    int rc = mdb_del(s->txn, s->dbi[db], &k, NULL);
    if (rc == 0 || (rc == MDB_NOTFOUND && !must))
        return DTL_OK;
    return dtl_lmdb_fail(err, rc, s->dir, "removing a row");
}

static enum dtl_status drop(struct dtl_store *s, struct dtl_segment_name name,
                            struct dtl_error *err)
{
    uint8_t key[DTL_KEY_SEGMENT];
    dtl_key_segment(key, name);
    enum dtl_status st = removed(s, DTL_DB_CATALOG, dtl_bytes(key, sizeof key), true, err);
    return st == DTL_OK ? removed(s, DTL_DB_DEAD, dtl_bytes(key, sizeof key), false, err) : st;
}

static enum dtl_status chunk_is_there(struct dtl_store *s, enum dtl_db db, struct dtl_bytes key,
                                      bool there, struct dtl_error *err)
{
    MDB_val k = dtl_val(key), v;
    int rc = mdb_get(s->txn, s->dbi[db], &k, &v);
    if (rc && rc != MDB_NOTFOUND)
        return dtl_lmdb_fail(err, rc, s->dir, "looking for chunks");
    if ((rc == 0) == there)
        return DTL_OK;
    return dtl_fail(err, DTL_EUSAGE, 0, "a segment was published with chunks %s",
                    there ? "missing" : "to spare");
}

static enum dtl_status chunks_are_there(struct dtl_store *s, const struct dtl_segment_facts *f,
                                        struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    for (uint8_t p = DTL_PART_TERMS; st == DTL_OK && p < DTL_PARTS_END; p++) {
        uint64_t n = (f->part_bytes[p] + DTL_CHUNK_PAYLOAD - 1) / DTL_CHUNK_PAYLOAD;
        for (uint64_t c = 0; st == DTL_OK && c <= n && n <= UINT32_MAX; c++) {
            uint8_t key[DTL_KEY_CHUNK];
            struct dtl_chunk_name name = {
                {f->first_day, f->serial},
                p, (uint32_t)c
            };
            dtl_key_chunk(key, &name);
            st = chunk_is_there(s, DTL_DB_SEGMENTS, dtl_bytes(key, sizeof key), c < n, err);
        }
    }
    for (size_t g = 0; st == DTL_OK && g < f->groups; g++) {
        uint8_t key[DTL_KEY_GROUP];
        dtl_key_group(key, f->group[g].serial, 0);
        st = chunk_is_there(s, DTL_DB_ARTICLES, dtl_bytes(key, sizeof key), true, err);
    }
    return st;
}

static enum dtl_status add(struct dtl_store *s, const struct dtl_segment_facts *f,
                           struct dtl_error *err)
{
    uint8_t key[DTL_KEY_SEGMENT] = {0};
    struct dtl_bytes kb = dtl_bytes(key, sizeof key);
    struct dtl_segment_facts again;
    if (f->serial == 0 || f->serial >= s->next_serial)
        return dtl_fail(err, DTL_EUSAGE, 0, "a segment with serial %u", f->serial);
    dtl_key_segment(key, (struct dtl_segment_name){f->first_day, f->serial});
    dtl_buffer_reset(&s->scratch);
    if (!dtl_segment_facts_encode(f, &s->scratch))
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    enum dtl_status st = dtl_env_put(s, s->txn, DTL_DB_CATALOG, kb, &s->scratch, err);
    if (st == DTL_OK)
        st = dtl_catalog_row(kb, dtl_buffer_view(&s->scratch), &s->arena, &again, err);
    return st == DTL_OK ? chunks_are_there(s, f, err) : st;
}

static enum dtl_status update_dead(struct dtl_store *s, const struct dtl_dead_update *u,
                                   struct dtl_error *err)
{
    uint8_t key[DTL_KEY_SEGMENT] = {0};
    struct dtl_bytes kb = dtl_bytes(key, sizeof key);
    struct dtl_segment_facts facts;
    struct dtl_dead *again = NULL;
    dtl_key_segment(key, u->name);
    MDB_val k = dtl_val(kb), row;
    int rc = mdb_get(s->txn, s->dbi[DTL_DB_CATALOG], &k, &row);
    if (rc)
        return dtl_lmdb_fail(err, rc, s->dir, "looking for the segment of the dead");
    if (!u->dead || u->dead->count == 0)
        return removed(s, DTL_DB_DEAD, kb, false, err);
    enum dtl_status st = dtl_catalog_row(kb, dtl_of_val(row), &s->arena, &facts, err);
    if (st != DTL_OK)
        return st;
    dtl_buffer_reset(&s->scratch);
    if (!dtl_dead_encode(u->dead, &s->scratch))
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    st = dtl_dead_decode(dtl_buffer_view(&s->scratch), &facts, &again, err);
    dtl_dead_release(st == DTL_OK ? again : NULL);
    return st == DTL_OK ? dtl_env_put(s, s->txn, DTL_DB_DEAD, kb, &s->scratch, err) : st;
}

/* ---- source rows ---- */

struct change {
    struct dtl_bytes key;
    const struct dtl_source_row *row; /* NULL: forget */
    size_t order;                     /* as given: of two rows for one path the later counts */
};

static int by_key(const void *a, const void *b)
{
    const struct change *x = a, *y = b;
    int c = dtl_bytes_compare(x->key, y->key);
    return c ? c : x->order < y->order ? -1 : x->order > y->order;
}

static bool key_of(struct dtl_arena *arena, struct dtl_bytes path, struct dtl_bytes *key)
{
    uint8_t k[DTL_KEY_SOURCE_MAX];
    if (path.n <= DTL_SOURCE_HEAD) {
        *key = path;
        return path.n > 0;
    }
    size_t n = dtl_key_source(k, path);
    uint8_t *copy = dtl_arena_alloc(arena, n);
    if (!copy)
        return false;
    memcpy(copy, k, n);
    *key = dtl_bytes(copy, n);
    return true;
}

/* Put the bookmark of a row, or remove that of a path (row NULL). */
static enum dtl_status change_bookmark(struct dtl_store *s, struct dtl_bytes path,
                                       const struct dtl_source_row *row, struct dtl_error *err)
{
    uint8_t key[DTL_KEY_BOOKMARK_MAX];
    struct dtl_bytes kb = dtl_bytes(key, dtl_key_bookmark(key, path));
    if (!row)
        return removed(s, DTL_DB_META, kb, false, err);
    dtl_buffer_reset(&s->scratch);
    if (!dtl_bookmark_encode(row, &s->scratch))
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    s->txn_bytes += s->scratch.n + kb.n;
    return dtl_env_put(s, s->txn, DTL_DB_META, kb, &s->scratch, err);
}

static enum dtl_status change_sources(struct dtl_store *s, const struct dtl_publication *p,
                                      struct dtl_error *err)
{
    size_t n = p->forgets + p->sources;
    struct change *c = dtl_arena_alloc(&s->arena, (n + 1) * sizeof *c);
    enum dtl_status st = DTL_OK;
    if (!c)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    for (size_t i = 0; i < n; i++) {
        bool forget = i < p->forgets;
        c[i].row = forget ? NULL : &p->source[i - p->forgets];
        c[i].order = i;
        if (!key_of(&s->arena, forget ? p->forget[i] : c[i].row->path, &c[i].key))
            return dtl_fail(err, DTL_EUSAGE, 0, "a source file without a path");
    }
    if (n)
        qsort(c, n, sizeof *c, by_key);
    for (size_t i = 0; st == DTL_OK && i < n; i++) {
        if (i + 1 < n && dtl_bytes_equal(c[i].key, c[i + 1].key))
            continue;
        if (!c[i].row) {
            st = removed(s, DTL_DB_SOURCES, c[i].key, false, err);
            if (st == DTL_OK)
                st = change_bookmark(s, p->forget[c[i].order], NULL, err);
            continue;
        }
        dtl_buffer_reset(&s->scratch);
        if (!dtl_source_row_encode(c[i].row, &s->scratch))
            return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
        st = dtl_env_put(s, s->txn, DTL_DB_SOURCES, c[i].key, &s->scratch, err);
        s->txn_bytes += s->scratch.n + c[i].key.n;
        if (st == DTL_OK && c[i].row->bookmark)
            st = change_bookmark(s, c[i].row->path, c[i].row, err);
    }
    return st;
}

/* ---- the whole ---- */

/* When this generation came to be, behind those before it. */
static enum dtl_status put_run(struct dtl_store *s, const struct dtl_manifest *m,
                               struct dtl_error *err)
{
    struct dtl_bytes known = {0};
    struct dtl_run_time *run = NULL, none = {0};
    struct dtl_run_time now = {m->generation, (int64_t)time(NULL)};
    size_t n = 0;
    enum dtl_status st =
        dtl_env_get(s, s->txn, DTL_DB_META, DTL_LITERAL(DTL_META_RUNS), &known, err);
    if (st == DTL_NOTFOUND)
        known = (struct dtl_bytes){0};
    else if (st < 0)
        return st;
    if ((st = dtl_runs_decode(known, &s->arena, &run, &n, err)) < 0)
        return st;
    dtl_buffer_reset(&s->scratch);
    dtl_buffer_append(&s->scratch, known.p, known.n);
    if (!dtl_runs_append(n ? &run[n - 1] : &none, &now, &s->scratch))
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    return dtl_env_put(s, s->txn, DTL_DB_META, DTL_LITERAL(DTL_META_RUNS), &s->scratch, err);
}

static enum dtl_status put_meta(struct dtl_store *s, const struct dtl_manifest *m,
                                struct dtl_error *err)
{
    dtl_buffer_reset(&s->scratch);
    dtl_manifest_encode(m, &s->scratch);
    enum dtl_status st =
        dtl_env_put(s, s->txn, DTL_DB_META, DTL_LITERAL(DTL_META_MANIFEST), &s->scratch, err);
    if (st == DTL_OK && s->staged_settings) {
        dtl_buffer_reset(&s->scratch);
        dtl_settings_encode(&s->settings, &s->scratch);
        st = dtl_env_put(s, s->txn, DTL_DB_META, DTL_LITERAL(DTL_META_SETTINGS), &s->scratch, err);
        dtl_buffer_reset(&s->scratch);
        dtl_format_encode(&s->scratch);
        if (st == DTL_OK)
            st =
                dtl_env_put(s, s->txn, DTL_DB_META, DTL_LITERAL(DTL_META_FORMAT), &s->scratch, err);
    }
    return st == DTL_OK ? dtl_writer_put_serial(s, err) : st;
}

static enum dtl_status fill(struct dtl_store *s, const struct dtl_publication *p,
                            struct dtl_manifest *m, struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    for (size_t i = 0; st == DTL_OK && i < p->drops; i++)
        st = drop(s, p->drop[i], err);
    for (size_t i = 0; st == DTL_OK && i < p->adds; i++)
        st = add(s, &p->add[i], err);
    for (size_t i = 0; st == DTL_OK && i < p->deads; i++)
        st = update_dead(s, &p->dead[i], err);
    if (st == DTL_OK)
        st = change_sources(s, p, err);
    if (st == DTL_OK)
        st = dtl_manifest_count(s, s->txn, m, err);
    if (st != DTL_OK)
        return st;
    m->generation += p->new_generation;
    if (s->staged_dictionary)
        m->dictionary = s->staged_dictionary;
    if (p->new_generation && (st = put_run(s, m, err)) < 0)
        return st;
    return put_meta(s, m, err);
}

enum dtl_status dtl_writer_publish(struct dtl_store *s, const struct dtl_publication *p,
                                   struct dtl_error *err)
{
    struct dtl_manifest m = s->manifest;
    enum dtl_status st = dtl_writer_ready(s, err);
    if (st != DTL_OK)
        return st;
    st = dtl_writer_batch(s, err);
    if (st == DTL_OK)
        st = fill(s, p, &m, err);
    if (st == DTL_OK && (p->adds || p->sources)) /* removals are let through: they make room */
        st = dtl_env_reserve(s, s->txn_bytes, err);
    if (st == DTL_OK)
        st = dtl_env_commit(s, &s->txn, s->txn_bytes, err);
    dtl_arena_reset(&s->arena);
    if (st != DTL_OK) {
        s->failed = true;
        if (s->txn)
            mdb_txn_abort(s->txn);
        s->txn = NULL;
        return st;
    }
    s->manifest = m;
    s->staged_dictionary = 0;
    s->staged_settings = false;
    for (size_t i = 0; i < p->adds; i++) {
        dtl_serials_drop(&s->pending, p->add[i].serial);
        for (size_t g = 0; g < p->add[i].groups; g++)
            dtl_serials_drop(&s->pending, p->add[i].group[g].serial);
    }
    return DTL_OK;
}
