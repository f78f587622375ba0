/*
 * store_fixture.h - a store in a temporary directory, and segments whose chunks are random bytes.
 *
 * The store never looks into a part, so a segment that only it must handle needs no terms: five
 * bytes a document of columns and eight of identities satisfy the checks of its catalog row.
 */
#ifndef DTL_TESTS_STORE_FIXTURE_H
#define DTL_TESTS_STORE_FIXTURE_H
#include "common/store/store_internal.h"
#include "temp_dir.h"

static struct dtl_error fixture_error;
#define ERR (&fixture_error)
#define must(call)                                                                                 \
    do {                                                                                           \
        enum dtl_status must_st = (call);                                                          \
        if (must_st != DTL_OK)                                                                     \
            fail_msg("%s: %d %s", #call, must_st, fixture_error.text);                             \
    } while (0)

static const struct dtl_settings fixture_settings = {
    .title_weight = 3, .default_lang = 1, .versions = "icu 72.1 snowball 2.2.0", .detector = "d 1"};

struct fixture {
    char *temp, *dir;
    struct dtl_store *s;
};

static inline struct dtl_store_options fixture_options(bool write)
{
    return (struct dtl_store_options){
        .write = write, .create = write, .allow_network_fs = true, .settings = fixture_settings};
}

static inline enum dtl_status fixture_open(struct fixture *f, bool write, struct dtl_error *err)
{
    struct dtl_store_options o = fixture_options(write);
    enum dtl_status st = dtl_store_open(&f->s, f->dir, &o, err);
    if (st == DTL_OK)
        f->s->reserve_bytes = 0;
    return st;
}

static inline void fixture_close(struct fixture *f)
{
    dtl_store_close(f->s);
    f->s = NULL;
}

static inline struct fixture fixture_make(void)
{
    struct fixture f = {.temp = temp_dir_make()};
    f.dir = temp_dir_path(f.temp, "index");
    return f;
}

static inline void fixture_print(void *ctx, bool damage, const char *line)
{
    (void)ctx;
    printf("%s: %s\n", damage ? "damage" : "note", line);
}

/* Whatever a test did with a sound index, the index stays sound. */
static inline void fixture_remove(struct fixture *f)
{
    if (f->s)
        must(dtl_store_check(f->s, fixture_print, NULL, ERR));
    fixture_close(f);
    free(f->dir);
    temp_dir_remove(f->temp);
}

static inline struct dtl_bytes fixture_noise(struct dtl_arena *arena, size_t n, uint64_t seed)
{
    uint8_t *p = dtl_arena_alloc(arena, n + 8);
    for (size_t i = 0; i < n; i += 8) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        memcpy(p + i, &seed, 8);
    }
    return dtl_bytes(p, n);
}

/* Write the chunks of a part of `bytes` bytes. */
static inline enum dtl_status fixture_part(struct dtl_store *s, dtl_day day, uint32_t serial,
                                           uint8_t part, uint64_t bytes, struct dtl_error *err)
{
    struct dtl_arena arena = {0};
    enum dtl_status st = DTL_OK;
    uint32_t chunk = 0;
    for (uint64_t at = 0; st == DTL_OK && at < bytes; at += DTL_CHUNK_PAYLOAD, chunk++) {
        size_t n = bytes - at < DTL_CHUNK_PAYLOAD ? (size_t)(bytes - at) : DTL_CHUNK_PAYLOAD;
        struct dtl_bytes noise =
            fixture_noise(&arena, n, (uint64_t)serial << 32 | (uint64_t)part << 8 | chunk);
        st = part ? dtl_writer_segment_chunk(s, day, serial, part, chunk, noise, err)
                  : dtl_writer_group_chunk(s, serial, chunk, noise, err);
        dtl_arena_reset(&arena);
    }
    dtl_arena_release(&arena);
    return st;
}

/* Facts of `docs` articles of one day and their chunks; `group` 0: a new group of group_bytes. */
static inline enum dtl_status fixture_segment(struct dtl_store *s, dtl_day day, uint32_t docs,
                                              uint64_t postings, uint32_t group,
                                              uint64_t group_bytes, struct dtl_group_use *use,
                                              struct dtl_segment_facts *out, struct dtl_error *err)
{
    struct dtl_segment_facts f = {.serial = dtl_writer_serial(s),
                                  .first_day = day,
                                  .docs = docs,
                                  .weighted_total = docs * UINT64_C(100),
                                  .word_total = docs * UINT64_C(90),
                                  .text_bytes = docs * UINT64_C(500),
                                  .group = use,
                                  .groups = 1};
    for (int z = 0; z < DTL_ZONES; z++)
        f.zone[z] = (struct dtl_zone){z > DTL_ZONE_DAY ? docs : 0, 0, DTL_DAY_NONE, DTL_DAY_NONE};
    int z = day == DTL_DAY_NONE ? DTL_ZONE_UNDATED : DTL_ZONE_DAY;
    f.zone[z] = (struct dtl_zone){0, docs, day, day};
    f.lang_docs[1] = docs;
    f.part_bytes[DTL_PART_POSTINGS] = postings;
    f.part_bytes[DTL_PART_COLUMNS] = 5 * (uint64_t)docs;
    f.part_bytes[DTL_PART_IDENTITIES] = 8 * (uint64_t)docs;
    enum dtl_status st = DTL_OK;
    if (group == 0) {
        group = dtl_writer_serial(s);
        st = fixture_part(s, 0, group, 0, group_bytes, err);
    }
    *use = (struct dtl_group_use){group, group_bytes};
    for (uint8_t p = 1; st == DTL_OK && p < DTL_PARTS_END; p++)
        st = fixture_part(s, day, f.serial, p, f.part_bytes[p], err);
    *out = f;
    return st;
}

/* One segment of `docs` articles published as a new generation. */
static inline enum dtl_status fixture_publish(struct dtl_store *s, dtl_day day, uint32_t docs,
                                              uint64_t postings, struct dtl_segment_facts *out,
                                              struct dtl_error *err)
{
    struct dtl_group_use use;
    enum dtl_status st = fixture_segment(s, day, docs, postings, 0, 3000, &use, out, err);
    struct dtl_publication p = {.add = out, .adds = 1, .new_generation = true};
    if (st == DTL_OK)
        st = dtl_writer_publish(s, &p, err);
    out->group = NULL;
    return st;
}

static inline uint64_t fixture_entries(struct dtl_store *s, enum dtl_db db)
{
    MDB_txn *txn = NULL;
    MDB_stat stat = {0};
    if (mdb_txn_begin(s->env, NULL, MDB_RDONLY, &txn) != 0)
        return UINT64_MAX;
    mdb_stat(txn, s->dbi[db], &stat);
    mdb_txn_abort(txn);
    return stat.ms_entries;
}
#endif
