/*
 * snapshot.c - what one read transaction sees: segments, their dead, the archive's statistics, its
 * articles.
 *
 * Opening reads the catalog and the rows of `dead` that exist and touches no chunk; parts and
 * article groups fetch theirs when they are first looked at. Everything is a view into the map or
 * stands in the snapshot's arena, and dies with it.
 */
#include "common/base/hash.h"
#include "common/segment/columns.h"
#include "common/store/store_internal.h"

#include <stdlib.h>

static enum dtl_status fetch(struct dtl_snapshot *snap, enum dtl_db db, struct dtl_bytes key,
                             struct dtl_bytes *value, uint64_t *seed, struct dtl_error *err)
{
    struct dtl_store *s = snap->store;
    MDB_val k = dtl_val(key), v;
    int rc = mdb_get(snap->x->txn, s->dbi[db], &k, &v);
    if (rc == MDB_NOTFOUND)
        return dtl_fail(err, DTL_ECORRUPT, 0, "%s: a chunk of '%s' is missing: restore a backup",
                        s->dir, dtl_db_name[db]);
    if (rc)
        return dtl_lmdb_fail(err, rc, s->dir, "reading a chunk");
    *value = dtl_of_val(v);
    *seed = dtl_hash_seed(dtl_db_name[db], key);
    return DTL_OK;
}

static enum dtl_status fetch_segment(void *ctx, uint8_t part, uint32_t chunk,
                                     struct dtl_bytes *value, uint64_t *seed, struct dtl_error *err)
{
    const struct dtl_chunk_source *from = ctx;
    uint8_t key[DTL_KEY_CHUNK];
    dtl_key_chunk(key, &(struct dtl_chunk_name){from->name, part, chunk});
    return fetch(from->snapshot, DTL_DB_SEGMENTS, dtl_bytes(key, sizeof key), value, seed, err);
}

static enum dtl_status fetch_group(void *ctx, uint8_t part, uint32_t chunk, struct dtl_bytes *value,
                                   uint64_t *seed, struct dtl_error *err)
{
    const struct dtl_group *g = ctx;
    uint8_t key[DTL_KEY_GROUP];
    (void)part; /* a group is one part */
    dtl_key_group(key, g->serial, chunk);
    return fetch(g->snapshot, DTL_DB_ARTICLES, dtl_bytes(key, sizeof key), value, seed, err);
}

static enum dtl_status open_segments(struct dtl_snapshot *snap, struct dtl_error *err)
{
    struct dtl_snapshot_private *x = snap->x;
    struct dtl_segment_facts *facts = NULL;
    size_t n = 0;
    enum dtl_status st = dtl_catalog_read(snap->store, x->txn, &snap->arena, &facts, &n, err);
    if (st != DTL_OK)
        return st;
    snap->segment = dtl_arena_alloc(&snap->arena, n * sizeof *snap->segment);
    x->source = dtl_arena_alloc(&snap->arena, n * sizeof *x->source);
    x->dead = dtl_arena_alloc(&snap->arena, n * sizeof *x->dead);
    if (!snap->segment || !x->source || !x->dead)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    snap->segments = n;
    for (size_t i = 0; i < n; i++) {
        x->source[i] = (struct dtl_chunk_source){
            snap, (struct dtl_segment_name){facts[i].first_day, facts[i].serial}
        };
        st = dtl_segment_open(&snap->segment[i], &facts[i], fetch_segment, &x->source[i],
                              &snap->arena, err);
        if (st != DTL_OK)
            return st;
    }
    return DTL_OK;
}

static enum dtl_status open_one_dead(struct dtl_snapshot *snap, struct dtl_bytes key,
                                     struct dtl_bytes value, size_t *at, struct dtl_error *err)
{
    struct dtl_snapshot_private *x = snap->x;
    struct dtl_segment_name name;
    struct dtl_bytes body = {0};
    if (!dtl_key_segment_read(key, &name))
        return dtl_fail(err, DTL_ECORRUPT, 0, "%s: a key of 'dead' is not well formed",
                        snap->store->dir);
    while (*at < snap->segments && dtl_segment_name_compare(x->source[*at].name, name) < 0)
        ++*at;
    if (*at == snap->segments || dtl_segment_name_compare(x->source[*at].name, name) != 0)
        return dtl_fail(err, DTL_ECORRUPT, 0, "%s: a row of 'dead' has no segment",
                        snap->store->dir);
    enum dtl_status st = dtl_value_open(value, DTL_DB_DEAD, key, &body, err);
    if (st == DTL_OK)
        st = dtl_dead_decode(body, &snap->segment[*at].facts, &x->dead[*at], err);
    if (st == DTL_OK)
        snap->segment[*at].dead = x->dead[*at];
    return st;
}

/* Both tables are in the same order: one merge. */
static enum dtl_status open_dead(struct dtl_snapshot *snap, struct dtl_error *err)
{
    MDB_cursor *c = NULL;
    MDB_val k, v;
    size_t at = 0;
    enum dtl_status st = DTL_OK;
    int rc = mdb_cursor_open(snap->x->txn, snap->store->dbi[DTL_DB_DEAD], &c);
    while (rc == 0 && st == DTL_OK && (rc = mdb_cursor_get(c, &k, &v, MDB_NEXT)) == 0)
        st = open_one_dead(snap, dtl_of_val(k), dtl_of_val(v), &at, err);
    if (c)
        mdb_cursor_close(c);
    if (st != DTL_OK || rc == MDB_NOTFOUND)
        return st;
    return dtl_lmdb_fail(err, rc, snap->store->dir, "reading 'dead'");
}

static int by_serial(const void *a, const void *b)
{
    uint32_t x = ((const struct dtl_group *)a)->serial, y = ((const struct dtl_group *)b)->serial;
    return x < y ? -1 : x > y;
}

static enum dtl_status list_groups(struct dtl_snapshot *snap, struct dtl_error *err)
{
    struct dtl_snapshot_private *x = snap->x;
    size_t n = 0, kept = 0;
    for (size_t i = 0; i < snap->segments; i++)
        n += snap->segment[i].facts.groups;
    x->group = dtl_arena_alloc(&snap->arena, n * sizeof *x->group);
    if (!x->group)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    n = 0;
    for (size_t i = 0; i < snap->segments; i++)
        for (size_t g = 0; g < snap->segment[i].facts.groups; g++)
            x->group[n++].serial = snap->segment[i].facts.group[g].serial;
    if (n)
        qsort(x->group, n, sizeof *x->group, by_serial);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || x->group[kept - 1].serial != x->group[i].serial)
            x->group[kept++].serial = x->group[i].serial;
    x->groups = kept;
    return DTL_OK;
}

static bool subtract(uint64_t *total, uint64_t all, uint64_t dead)
{
    if (dead > all)
        return false;
    *total += all - dead;
    return true;
}

/* The statistics are the live archive's: what a segment was created with, less what its dead
 * subtract. */
static enum dtl_status add_up(struct dtl_snapshot *snap, struct dtl_error *err)
{
    static const struct dtl_dead none;
    snap->covers = DTL_UNDATED;
    for (size_t i = 0; i < snap->segments; i++) {
        const struct dtl_segment_facts *f = &snap->segment[i].facts;
        const struct dtl_dead *d = snap->x->dead[i] ? snap->x->dead[i] : &none;
        bool fine = subtract(&snap->docs, f->docs, d->count) &&
                    subtract(&snap->weighted_total, f->weighted_total, d->weighted_total) &&
                    subtract(&snap->word_total, f->word_total, d->word_total) &&
                    subtract(&snap->text_bytes, f->text_bytes, d->text_bytes);
        for (size_t l = 0; fine && l < DTL_LANGS; l++)
            fine = subtract(&snap->lang_docs[l], f->lang_docs[l], d->lang_docs[l]);
        if (!fine)
            return dtl_fail(err, DTL_ECORRUPT, 0,
                            "%s: segment %u has more dead than it holds: restore a backup",
                            snap->store->dir, f->serial);
        for (int z = 0; z < DTL_ZONES; z++) {
            const struct dtl_zone *zone = &f->zone[z];
            if (zone->docs == 0 || zone->oldest == DTL_DAY_NONE)
                continue;
            if (!dtl_interval_dated(snap->covers))
                snap->covers = (struct dtl_interval){zone->oldest, zone->newest};
            if (zone->oldest < snap->covers.earliest)
                snap->covers.earliest = zone->oldest;
            if (zone->newest > snap->covers.latest)
                snap->covers.latest = zone->newest;
        }
    }
    return DTL_OK;
}

enum dtl_status dtl_snapshot_open(struct dtl_store *s, struct dtl_snapshot **out,
                                  struct dtl_error *err)
{
    struct dtl_snapshot *snap = calloc(1, sizeof *snap);
    if (!snap)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    snap->store = s;
    snap->x = dtl_arena_alloc(&snap->arena, sizeof *snap->x);
    enum dtl_status st = snap->x ? DTL_OK : dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    if (st == DTL_OK)
        st = dtl_env_read(s, &snap->x->txn, err);
    if (st == DTL_OK) {
        s->snapshots++;
        st = dtl_manifest_check(s, snap->x->txn, &snap->x->manifest, err);
    }
    if (st == DTL_OK)
        st = open_segments(snap, err);
    if (st == DTL_OK)
        st = open_dead(snap, err);
    if (st == DTL_OK)
        st = list_groups(snap, err);
    if (st == DTL_OK)
        st = add_up(snap, err);
    if (st != DTL_OK) {
        dtl_snapshot_close(snap);
        return st;
    }
    snap->generation = snap->x->manifest.generation;
    *out = snap;
    return DTL_OK;
}

void dtl_snapshot_close(struct dtl_snapshot *snap)
{
    if (!snap)
        return;
    if (snap->x) {
        for (size_t i = 0; snap->x->dead && i < snap->segments; i++)
            dtl_dead_release(snap->x->dead[i]);
        if (snap->x->decoder)
            dtl_frame_decoder_close(snap->x->decoder);
        if (snap->x->txn) {
            mdb_txn_abort(snap->x->txn);
            snap->store->snapshots--;
        }
    }
    dtl_arena_release(&snap->arena);
    free(snap);
}

enum dtl_status dtl_snapshot_dictionary(struct dtl_snapshot *snap, struct dtl_bytes *out,
                                        struct dtl_error *err)
{
    uint8_t key[DTL_KEY_DICTIONARY];
    uint32_t number = snap->x->manifest.dictionary;
    if (number == 0) {
        *out = (struct dtl_bytes){0};
        return DTL_OK;
    }
    dtl_key_dictionary(key, number);
    enum dtl_status st = dtl_env_get(snap->store, snap->x->txn, DTL_DB_DICTIONARIES,
                                     dtl_bytes(key, sizeof key), out, err);
    return st == DTL_NOTFOUND
               ? dtl_fail(err, DTL_ECORRUPT, 0, "%s: the dictionary is missing", snap->store->dir)
               : st;
}

enum dtl_status dtl_snapshot_runs(struct dtl_snapshot *snap, struct dtl_arena *arena,
                                  struct dtl_run_time **runs, size_t *n, struct dtl_error *err)
{
    struct dtl_bytes v = {0};
    enum dtl_status st =
        dtl_env_get(snap->store, snap->x->txn, DTL_DB_META, DTL_LITERAL(DTL_META_RUNS), &v, err);
    *n = 0;
    if (st == DTL_NOTFOUND)
        return DTL_OK;
    return st == DTL_OK ? dtl_runs_decode(v, arena, runs, n, err) : st;
}

/* A group's length is not kept: its last chunk says where it ends. */
enum dtl_status dtl_snapshot_group_bytes(struct dtl_snapshot *snap, uint32_t serial,
                                         uint64_t *bytes, struct dtl_error *err)
{
    struct dtl_store *s = snap->store;
    MDB_cursor *c = NULL;
    uint8_t after[DTL_KEY_GROUP];
    uint32_t found = 0, chunk = 0;
    struct dtl_chunk last = {0};
    dtl_key_group(after, serial, UINT32_MAX);
    MDB_val k = dtl_val(dtl_bytes(after, sizeof after)), v;
    int rc = mdb_cursor_open(snap->x->txn, s->dbi[DTL_DB_ARTICLES], &c);
    if (rc == 0) {
        rc = mdb_cursor_get(c, &k, &v, MDB_SET_RANGE);
        rc = mdb_cursor_get(c, &k, &v, rc == MDB_NOTFOUND ? MDB_LAST : MDB_PREV);
    }
    struct dtl_bytes key = rc == 0 ? dtl_of_val(k) : (struct dtl_bytes){0};
    enum dtl_status st = DTL_OK;
    if (rc && rc != MDB_NOTFOUND)
        st = dtl_lmdb_fail(err, rc, s->dir, "looking for an article group");
    else if (rc || !dtl_key_group_read(key, &found, &chunk) || found != serial)
        st = dtl_fail(err, DTL_ECORRUPT, 0, "%s: article group %u is missing: restore a backup",
                      s->dir, serial);
    else
        st = dtl_chunk_open(dtl_of_val(v), dtl_hash_seed(dtl_db_name[DTL_DB_ARTICLES], key), &last,
                            err);
    if (st == DTL_OK)
        *bytes = (uint64_t)chunk * DTL_CHUNK_PAYLOAD + last.payload_bytes;
    if (c)
        mdb_cursor_close(c);
    return st;
}

static enum dtl_status open_group(struct dtl_snapshot *snap, uint32_t serial,
                                  struct dtl_group **out, struct dtl_error *err)
{
    struct dtl_group wanted = {.serial = serial};
    struct dtl_group *g =
        bsearch(&wanted, snap->x->group, snap->x->groups, sizeof wanted, by_serial);
    uint64_t bytes = 0;
    if (!g)
        return dtl_fail(err, DTL_ECORRUPT, 0, "no segment names article group %u", serial);
    if (!g->open) {
        g->snapshot = snap;
        enum dtl_status st = dtl_snapshot_group_bytes(snap, serial, &bytes, err);
        if (st == DTL_OK)
            st = dtl_part_open(&g->part, 0, bytes, fetch_group, g, &snap->arena, err);
        if (st != DTL_OK)
            return st;
        g->open = true;
    }
    *out = g;
    return DTL_OK;
}

enum dtl_status dtl_snapshot_frame(struct dtl_snapshot *snap, struct dtl_segment *s, dtl_doc doc,
                                   struct dtl_arena *arena, struct dtl_bytes *frame,
                                   struct dtl_error *err)
{
    uint32_t group = 0, bytes = 0;
    uint64_t at = 0;
    struct dtl_group *g = NULL;
    enum dtl_status st = dtl_columns_frame(s, doc, &group, &at, &bytes, err);
    if (st == DTL_OK)
        st = open_group(snap, s->facts.group[group].serial, &g, err);
    return st == DTL_OK ? dtl_part_view(&g->part, at, bytes, arena, frame, err) : st;
}

/*
 * A decoder over the dictionary as it lies in the map, its sum not looked at: ten hits use a few
 * pages of its 256 KiB, and every frame has a sum of what it decodes to, so a rotten dictionary is
 * found by the first article it would change.
 */
static enum dtl_status open_decoder(struct dtl_snapshot *snap, struct dtl_error *err)
{
    uint8_t key[DTL_KEY_DICTIONARY];
    struct dtl_bytes dictionary = {0};
    uint32_t number = snap->x->manifest.dictionary;
    dtl_key_dictionary(key, number);
    MDB_val k = dtl_val(dtl_bytes(key, sizeof key)), v = {0};
    int rc = number ? mdb_get(snap->x->txn, snap->store->dbi[DTL_DB_DICTIONARIES], &k, &v) : 0;
    if (rc == MDB_NOTFOUND || (number && rc == 0 && v.mv_size <= DTL_VALUE_SUM))
        return dtl_fail(err, DTL_ECORRUPT, 0, "%s: the dictionary is missing", snap->store->dir);
    if (rc)
        return dtl_lmdb_fail(err, rc, snap->store->dir, "reading the dictionary");
    if (number)
        dictionary = dtl_bytes(v.mv_data, v.mv_size - DTL_VALUE_SUM);
    return dtl_frame_decoder_open(&snap->x->decoder, dictionary, err);
}

/* A frame that will not decode: whose fault? The dictionary's sum, never looked at before, says. */
static enum dtl_status blame(struct dtl_snapshot *snap, enum dtl_status st, struct dtl_error *err)
{
    struct dtl_bytes dictionary = {0};
    struct dtl_error other = {0};
    if (st == DTL_ECORRUPT && dtl_snapshot_dictionary(snap, &dictionary, &other) < 0 && err)
        *err = other;
    return st;
}

enum dtl_status dtl_snapshot_article(struct dtl_snapshot *snap, struct dtl_segment *s, dtl_doc doc,
                                     struct dtl_arena *arena, struct dtl_article *out,
                                     struct dtl_error *err)
{
    struct dtl_bytes frame = {0}, record = {0};
    enum dtl_status st = dtl_snapshot_frame(snap, s, doc, arena, &frame, err);
    if (st == DTL_OK && !snap->x->decoder)
        st = open_decoder(snap, err);
    if (st != DTL_OK)
        return st;
    st = dtl_frame_decode(snap->x->decoder, frame, arena, &record, err);
    return st == DTL_OK ? dtl_article_decode(record, arena, out, err) : blame(snap, st, err);
}
