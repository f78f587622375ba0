/*
 * salvage.c - a new environment of all that is sound in a damaged one.
 *
 * Nothing is mended in place: LMDB believes what it reads, and a write into a damaged tree destroys
 * sound pages (docs/decisions/0040). The damaged file is read with pread by pages.c, every value
 * whose sum holds is put into an environment of its own beside it, and what the values say of one
 * another is made true again: rows of `dead` without a segment go, the manifest is counted anew.
 * Chunks are taken as they are, since a damaged one still has sound grains. The file is replaced
 * when the caller has rebuilt and checked the copy, and not before; the damaged one is kept.
 */
#include "common/segment/columns.h"
#include "common/store/pages.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct survey { /* one transaction of the damaged file, as far as it can be read */
    struct dtl_page_meta meta;
    uint64_t findings, entries;
    struct dtl_settings settings;
    struct dtl_manifest manifest;
    uint32_t next_serial;
    uint64_t last_run; /* generation */
    bool has_settings, has_manifest, has_serial;
};

/* ---- what can be read ---- */

static void count_finding(void *ctx, bool damage, const char *line)
{
    (void)line;
    ((struct survey *)ctx)->findings += damage;
}

static enum dtl_status read_meta(struct survey *v, struct dtl_bytes key, struct dtl_bytes body)
{
    struct dtl_error e = {0};
    struct dtl_arena arena = {0};
    struct dtl_run_time *run = NULL;
    size_t n = 0;
    if (dtl_bytes_is(key, DTL_META_FORMAT)) {
        enum dtl_status st = dtl_format_decode(body, &e);
        return st == DTL_EVERSION ? st : DTL_OK;
    }
    if (dtl_bytes_is(key, DTL_META_SETTINGS))
        v->has_settings = dtl_settings_decode(body, &v->settings, &e) == DTL_OK;
    if (dtl_bytes_is(key, DTL_META_MANIFEST))
        v->has_manifest = dtl_manifest_decode(body, &v->manifest, &e) == DTL_OK;
    if (dtl_bytes_is(key, DTL_META_SERIAL))
        v->has_serial = dtl_serial_decode(body, &v->next_serial, &e) == DTL_OK;
    if (dtl_bytes_is(key, DTL_META_RUNS)) {
        if (dtl_runs_decode(body, &arena, &run, &n, &e) == DTL_OK && n)
            v->last_run = run[n - 1].generation;
        dtl_arena_release(&arena);
    }
    return DTL_OK;
}

static enum dtl_status survey_entry(void *ctx, enum dtl_db db, struct dtl_bytes key,
                                    struct dtl_bytes value)
{
    struct survey *v = ctx;
    struct dtl_bytes body = {0};
    struct dtl_error e = {0};
    v->entries++;
    if (db == DTL_DB_SEGMENTS || db == DTL_DB_ARTICLES)
        return DTL_OK; /* their sums are looked at in the copy */
    if (dtl_value_open(value, db, key, &body, &e) != DTL_OK) {
        v->findings++;
        return DTL_OK;
    }
    return db == DTL_DB_META ? read_meta(v, key, body) : DTL_OK;
}

/* Is `a`, of the newer transaction, the one to save? */
static bool better(const struct survey *a, const struct survey *b)
{
    if (a->has_manifest != b->has_manifest)
        return a->has_manifest;
    if (a->has_manifest && a->manifest.generation != b->manifest.generation && a->entries)
        return true; /* what was acknowledged last, though there be holes in it */
    return a->findings <= b->findings;
}

/*
 * The transaction before the newest one is whole in every file: LMDB uses its pages again only two
 * transactions later. When the newest meta page is damaged, that is what there is.
 */
static enum dtl_status survey(int fd, const char *dir, struct survey *out, bool *older,
                              struct dtl_error *err)
{
    struct dtl_page_meta meta[2];
    struct survey v[2] = {{.findings = 0}, {.findings = 0}};
    struct dtl_page_figures figures;
    struct dtl_error e = {0};
    int n = dtl_page_metas_of(fd, meta);
    if (n == 0)
        return dtl_fail(err, DTL_ECORRUPT, 0,
                        "%s: both first pages of data.mdb are damaged, nothing can be found in it: "
                        "restore a backup, or remove the directory and index the archive again",
                        dir);
    for (int i = 0; i < n; i++) {
        v[i].meta = meta[i];
        v[i].meta.reads_on = true;
        figures = (struct dtl_page_figures){0};
        enum dtl_status st =
            dtl_pages_walk(fd, &v[i].meta, survey_entry, count_finding, &v[i], &figures, &e);
        if (st == DTL_EVERSION)
            return dtl_fail(err, st, 0,
                            "%s: of another format: only the version that made it can "
                            "repair it",
                            dir);
        if (st != DTL_OK)
            return dtl_fail(err, st, e.pos, "%s: %.300s", dir, e.text);
    }
    bool second = n == 2 && !better(&v[0], &v[1]);
    *older = second || (n == 1 && v[0].entries != 0);
    *out = v[second];
    return DTL_OK;
}

/* ---- the copy ---- */

struct copying {
    struct dtl_salvage *v;
    struct dtl_store *to;
    uint32_t most_serial, most_dictionary;
    bool dictionary_there; /* the manifest's */
    uint64_t rows, dead_rows, sources;
    struct dtl_manifest said;
    struct dtl_error *err;
};

static enum dtl_status put(struct copying *c, enum dtl_db db, struct dtl_bytes key,
                           struct dtl_bytes value)
{
    struct dtl_store *s = c->to;
    MDB_val k = dtl_val(key), d = dtl_val(value);
    enum dtl_status st = DTL_OK;
    if (s->txn && s->txn_bytes + value.n > DTL_TXN_BYTES)
        st = dtl_env_commit(s, &s->txn, s->txn_bytes, c->err);
    if (st == DTL_OK)
        st = dtl_writer_batch(s, c->err);
    if (st != DTL_OK)
        return st;
    int rc = mdb_put(s->txn, s->dbi[db], &k, &d, 0);
    s->txn_bytes += (value.n + 4096 + 4095) & ~(size_t)4095;
    return rc ? dtl_lmdb_fail(c->err, rc, s->dir, "copying what is sound") : DTL_OK;
}

static void note_serial(struct copying *c, uint32_t serial)
{
    if (serial > c->most_serial)
        c->most_serial = serial;
}

static enum dtl_status copy_row(struct copying *c, struct dtl_bytes key, struct dtl_bytes value)
{
    struct dtl_segment_facts f;
    struct dtl_error e = {0};
    enum dtl_status st = dtl_catalog_row(key, value, &c->to->arena, &f, &e);
    if (st == DTL_OK) {
        c->rows++;
        note_serial(c, f.serial);
        for (size_t g = 0; g < f.groups; g++)
            note_serial(c, f.group[g].serial);
        st = put(c, DTL_DB_CATALOG, key, value);
    } else if (st != DTL_ENOMEM) {
        st = DTL_OK;
    }
    dtl_arena_reset(&c->to->arena);
    return st;
}

static enum dtl_status copy_dead(struct copying *c, struct dtl_bytes key, struct dtl_bytes value,
                                 struct dtl_bytes body)
{
    struct dtl_segment_facts f;
    struct dtl_dead *dead = NULL;
    struct dtl_error e = {0};
    MDB_val k = dtl_val(key), row;
    enum dtl_status st = DTL_NOTFOUND;
    if (c->to->txn || dtl_writer_batch(c->to, c->err) == DTL_OK)
        if (mdb_get(c->to->txn, c->to->dbi[DTL_DB_CATALOG], &k, &row) == 0)
            st = dtl_catalog_row(key, dtl_of_val(row), &c->to->arena, &f, &e);
    if (st == DTL_OK)
        st = dtl_dead_decode(body, &f, &dead, &e);
    dtl_dead_release(st == DTL_OK ? dead : NULL);
    dtl_arena_reset(&c->to->arena);
    if (st != DTL_OK)
        return st == DTL_ENOMEM ? st : DTL_OK;
    c->dead_rows++;
    return put(c, DTL_DB_DEAD, key, value);
}

static bool key_is_sound(struct copying *c, enum dtl_db db, struct dtl_bytes key)
{
    struct dtl_chunk_name chunk;
    uint32_t serial = 0, number = 0;
    if (db == DTL_DB_SEGMENTS && dtl_key_chunk_read(key, &chunk))
        serial = chunk.segment.serial;
    else if (db == DTL_DB_ARTICLES)
        (void)dtl_key_group_read(key, &serial, &number);
    else if (db == DTL_DB_DICTIONARIES)
        (void)dtl_key_dictionary_read(key, &serial);
    if (serial)
        note_serial(c, serial);
    return serial != 0;
}

static enum dtl_status copy_entry(void *ctx, enum dtl_db db, struct dtl_bytes key,
                                  struct dtl_bytes value)
{
    static const char *const made_anew[] = {DTL_META_FORMAT, DTL_META_SETTINGS, DTL_META_CREATED,
                                            DTL_META_MANIFEST, DTL_META_SERIAL};
    struct copying *c = ctx;
    struct dtl_bytes body = {0};
    struct dtl_source_row source;
    struct dtl_error e = {0};
    if (db == DTL_DB_SEGMENTS || db == DTL_DB_ARTICLES)
        return key_is_sound(c, db, key) ? put(c, db, key, value) : DTL_OK;
    if (db == DTL_DB_CATALOG)
        return copy_row(c, key, value);
    if (dtl_value_open(value, db, key, &body, &e) != DTL_OK)
        return DTL_OK;
    if (db == DTL_DB_DEAD)
        return copy_dead(c, key, value, body);
    if (db == DTL_DB_SOURCES && dtl_source_row_decode(body, key, &source, &e) != DTL_OK)
        return DTL_OK;
    if (db == DTL_DB_DICTIONARIES && !key_is_sound(c, db, key))
        return DTL_OK;
    for (size_t i = 0; db == DTL_DB_META && i < sizeof made_anew / sizeof *made_anew; i++)
        if (dtl_bytes_is(key, made_anew[i]))
            return DTL_OK;
    uint32_t number = 0;
    if (db == DTL_DB_DICTIONARIES && dtl_key_dictionary_read(key, &number)) {
        c->dictionary_there |= number == c->said.dictionary;
        c->most_dictionary = number > c->most_dictionary ? number : c->most_dictionary;
    }
    c->sources += db == DTL_DB_SOURCES;
    return put(c, db, key, value);
}

static void not_told(void *ctx, bool damage, const char *line)
{
    (void)ctx, (void)damage, (void)line;
}

/* The generation no article of the copy is newer than, when neither manifest nor runs tell. */
static enum dtl_status newest_generation(struct dtl_store *s, uint64_t *out, struct dtl_error *err)
{
    struct dtl_snapshot *snap = NULL;
    struct dtl_error e = {0};
    enum dtl_status st = dtl_snapshot_open(s, &snap, err);
    for (size_t i = 0; st == DTL_OK && i < snap->segments; i++)
        for (dtl_doc d = 0; d < snap->segment[i].facts.docs; d++) {
            uint32_t generation = 0;
            if (dtl_columns_generation(&snap->segment[i], d, &generation, &e) == DTL_OK &&
                generation > *out)
                *out = generation;
        }
    dtl_snapshot_close(snap);
    return st;
}

static enum dtl_status put_manifest(struct dtl_store *s, struct dtl_manifest *m,
                                    struct dtl_error *err)
{
    enum dtl_status st = dtl_writer_batch(s, err);
    if (st == DTL_OK)
        st = dtl_manifest_count(s, s->txn, m, err);
    if (st != DTL_OK)
        return st;
    dtl_buffer_reset(&s->scratch);
    dtl_manifest_encode(m, &s->scratch);
    st = dtl_env_put(s, s->txn, DTL_DB_META, DTL_LITERAL(DTL_META_MANIFEST), &s->scratch, err);
    if (st == DTL_OK)
        st = dtl_writer_put_serial(s, err);
    if (st == DTL_OK)
        st = dtl_env_commit(s, &s->txn, s->txn_bytes, err);
    if (st == DTL_OK)
        s->manifest = *m;
    return st;
}

/* What the values say of one another, made true again. */
static enum dtl_status settle(struct copying *c, const struct survey *from, struct dtl_error *err)
{
    struct dtl_store *s = c->to;
    struct dtl_salvage *v = c->v;
    struct dtl_manifest m = {.generation = from->manifest.generation};
    v->rows_lost = c->said.rows > c->rows ? c->said.rows - c->rows : 0;
    v->deaths_lost = !from->has_manifest || c->said.dead_rows != c->dead_rows;
    v->sources_lost = !from->has_manifest || c->said.sources != c->sources;
    m.dictionary = from->has_manifest ? c->said.dictionary : c->most_dictionary;
    if (from->has_manifest && !c->dictionary_there)
        m.dictionary = 0;
    if (!from->has_manifest)
        m.generation = from->last_run;
    /* No number is given out twice, not even one that only the lost value knew. */
    s->next_serial = from->has_serial ? from->next_serial : c->most_serial + 1000;
    if (s->next_serial <= c->most_serial)
        s->next_serial = c->most_serial + 1;
    enum dtl_status st = put_manifest(s, &m, err);
    if (st == DTL_OK && m.generation == 0 && m.rows) {
        st = newest_generation(s, &m.generation, err);
        m.generation += m.generation == 0;
        if (st == DTL_OK)
            st = put_manifest(s, &m, err);
    }
    return st;
}

static enum dtl_status copy_sound(struct dtl_salvage *v, int fd, const struct survey *from,
                                  struct dtl_error *err)
{
    struct dtl_page_figures figures = {0};
    struct copying c = {.v = v, .to = v->copy, .said = from->manifest, .err = err};
    enum dtl_status st = dtl_pages_walk(fd, &from->meta, copy_entry, not_told, &c, &figures, err);
    return st == DTL_OK ? settle(&c, from, err) : st;
}

/* Which segments and groups have chunks that are missing or damaged. */
static enum dtl_status find_broken(struct dtl_salvage *v, struct dtl_error *err)
{
    struct dtl_page_meta meta;
    struct dtl_broken *broken = calloc(1, sizeof *broken);
    struct dtl_error e = {0};
    mdb_filehandle_t fd = -1;
    v->broken = broken;
    if (!broken)
        return dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    int rc = mdb_env_get_fd(v->copy->env, &fd);
    if (rc)
        return dtl_lmdb_fail(err, rc, v->copy->dir, "looking at the copy");
    enum dtl_status st = dtl_page_meta_read(fd, v->copy->dir, &meta, err);
    if (st == DTL_OK)
        st = dtl_check_file(fd, &meta, NULL, NULL, broken, &e);
    return st == DTL_ECORRUPT || st == DTL_OK ? DTL_OK : dtl_fail(err, st, e.pos, "%s", e.text);
}

bool dtl_salvage_suspects(const struct dtl_salvage *v, const struct dtl_segment_facts *f)
{
    const struct dtl_broken *b = v->broken;
    bool yes = v->settings_lost || dtl_serials_has(&b->segments, f->serial);
    for (size_t g = 0; g < f->groups && !yes; g++)
        yes = dtl_serials_has(&b->groups, f->group[g].serial);
    return yes;
}

/* ---- opening and closing ---- */

static enum dtl_status open_copy(struct dtl_salvage *v, const struct dtl_store_options *o,
                                 const struct survey *from, struct dtl_error *err)
{
    struct dtl_store_options with = {.write = true, .any_version = true};
    struct dtl_store *place = v->damaged;
    struct dtl_buffer path = {0};
    v->settings_lost = !from->has_settings;
    with.settings = from->has_settings ? from->settings : o->settings;
    dtl_place_clean(place->dir_fd, DTL_TEMP_PREFIX);
    /* With a 0 before it the number is still ours to those who tidy up, and the name another than
     * that of a run's file. */
    snprintf(v->name, sizeof v->name, DTL_TEMP_PREFIX "0%ld", (long)getpid());
    dtl_place_remove(place->dir_fd, v->name);
    enum dtl_status st = DTL_OK;
    if (!dtl_buffer_format(&path, "%s/%s", place->dir, v->name) || !dtl_buffer_byte(&path, 0))
        st = dtl_fail(err, DTL_ENOMEM, 0, "out of memory");
    else if (mkdirat(place->dir_fd, v->name, 0700) != 0)
        st = dtl_lmdb_fail(err, errno, place->dir, "making a temporary directory");
    if (st == DTL_OK)
        st = dtl_create_fill((const char *)path.p, &with.settings, err);
    if (st == DTL_OK)
        st = dtl_store_open(&v->copy, (const char *)path.p, &with, err);
    dtl_buffer_release(&path);
    return st;
}

enum dtl_status dtl_salvage_open(struct dtl_salvage *v, const char *dir,
                                 const struct dtl_store_options *o, struct dtl_error *err)
{
    struct dtl_store_options lock = {.write = true,
                                     .lock_only = true,
                                     .wait_seconds = o->wait_seconds,
                                     .allow_network_fs = o->allow_network_fs};
    struct survey from;
    struct stat file;
    int fd = -1;
    *v = (struct dtl_salvage){0};
    enum dtl_status st = dtl_store_open(&v->damaged, dir, &lock, err);
    if (st != DTL_OK)
        return st;
    fd = openat(v->damaged->dir_fd, DTL_FILE_DATA, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &file) != 0)
        st = dtl_lmdb_fail(err, errno, dir, "opening data.mdb");
    if (st == DTL_OK)
        st = dtl_env_reserve(v->damaged, (uint64_t)file.st_size, err);
    if (st == DTL_OK)
        st = survey(fd, dir, &from, &v->older, err);
    if (st == DTL_OK)
        st = open_copy(v, o, &from, err);
    if (st == DTL_OK)
        st = copy_sound(v, fd, &from, err);
    if (st == DTL_OK)
        st = find_broken(v, err);
    if (fd >= 0)
        close(fd);
    if (st != DTL_OK)
        dtl_salvage_close(v);
    return st;
}

enum dtl_status dtl_salvage_replace(struct dtl_salvage *v, struct dtl_error *err)
{
    char name[sizeof DTL_TEMP_PREFIX + 24];
    struct dtl_store *place = v->damaged;
    snprintf(name, sizeof name, DTL_TEMP_PREFIX "%ld", (long)getpid());
    enum dtl_status st = dtl_writer_flush(v->copy, err);
    if (st == DTL_OK)
        st = dtl_copy_beside(v->copy, place, name, err);
    if (st == DTL_OK)
        st = dtl_swap_in(place, name, DTL_FILE_BEFORE, err);
    if (st != DTL_OK) {
        unlinkat(place->dir_fd, name, 0);
        return st;
    }
    unlinkat(place->dir_fd, DTL_FILE_DAMAGED, 0);
    return dtl_sync_dir(place->dir_fd, place->dir, err);
}

void dtl_salvage_close(struct dtl_salvage *v)
{
    dtl_store_close(v->copy);
    if (v->damaged && *v->name)
        dtl_place_remove(v->damaged->dir_fd, v->name);
    dtl_store_close(v->damaged);
    if (v->broken) {
        free(v->broken->segments.v);
        free(v->broken->groups.v);
    }
    free(v->broken);
    *v = (struct dtl_salvage){0};
}
