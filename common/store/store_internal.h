/*
 * common/store/store_internal.h - what the files of this folder share; nobody else includes it
 * (tests may).
 *
 * Map of the folder, in the order a program meets it:
 *   path.c      where the index is            place.c     what a directory holds, ownership, modes,
 * file systems create.c    a new index, by rename        lock.c      writer.lock, swap.lock env.c
 * LMDB itself: flags, map size, transactions, every error code in our words open.c dtl_store_open
 * and _close     keys.c value.c meta.c   bytes of keys and of small values snapshot.c sources.c
 * bookmarks.c reading writer.c publish.c sweep.c                writing pages.c check.c LMDB's file
 * format read with pread verdict.c    dtl_store_check salvage.c what is sound of a damaged index
 * maintain.c measure, backup, shrink       guard.c     faults in the map note.c     the last run
 */
#ifndef DTL_STORE_INTERNAL_H
#define DTL_STORE_INTERNAL_H
#include "common/store/store.h"

#include <lmdb.h>
#include <sys/stat.h>
#include <time.h>

/* ---- the databases ---- */

enum dtl_db {
    DTL_DB_META,
    DTL_DB_CATALOG,
    DTL_DB_SEGMENTS,
    DTL_DB_ARTICLES,
    DTL_DB_DICTIONARIES,
    DTL_DB_DEAD,
    DTL_DB_SOURCES,
    DTL_DB_SAVED,
    DTL_DBS
};
extern const char *const dtl_db_name[DTL_DBS];

/* ---- keys.c: big-endian, so that LMDB's order is time's order ---- */

#define DTL_KEY_SEGMENT    8u   /* first day (biased), serial: catalog and dead */
#define DTL_KEY_CHUNK      13u  /* first day, serial, part, chunk */
#define DTL_KEY_GROUP      8u   /* group serial, chunk */
#define DTL_KEY_DICTIONARY 4u   /* number */
#define DTL_SOURCE_HEAD    400u /* bytes of a path its key keeps */
#define DTL_KEY_SOURCE_MAX (DTL_SOURCE_HEAD + 8u)

struct dtl_chunk_name {
    struct dtl_segment_name segment;
    uint8_t part;
    uint32_t chunk;
};

void dtl_key_segment(uint8_t out[DTL_KEY_SEGMENT], struct dtl_segment_name name);
bool dtl_key_segment_read(struct dtl_bytes key, struct dtl_segment_name *out);
void dtl_key_chunk(uint8_t out[DTL_KEY_CHUNK], const struct dtl_chunk_name *name);
bool dtl_key_chunk_read(struct dtl_bytes key, struct dtl_chunk_name *out);
void dtl_key_group(uint8_t out[DTL_KEY_GROUP], uint32_t serial, uint32_t chunk);
bool dtl_key_group_read(struct dtl_bytes key, uint32_t *serial, uint32_t *chunk);
void dtl_key_dictionary(uint8_t out[DTL_KEY_DICTIONARY], uint32_t number);
bool dtl_key_dictionary_read(struct dtl_bytes key, uint32_t *number);
/** Bytes written to `out`; 0 when the path is empty, which no file's is. */
size_t dtl_key_source(uint8_t out[DTL_KEY_SOURCE_MAX], struct dtl_bytes path);
int dtl_segment_name_compare(struct dtl_segment_name a, struct dtl_segment_name b);

/* ---- value.c: every value but a chunk ends in an xxHash3-64 seeded with database and key ---- */

#define DTL_VALUE_SUM 8u /* bytes of it */
/** Append the sum of b's bytes from `from` on. */
bool dtl_value_seal(struct dtl_buffer *b, size_t from, enum dtl_db db, struct dtl_bytes key);
/** The value without its sum. DTL_ECORRUPT when the sum does not hold. */
enum dtl_status dtl_value_open(struct dtl_bytes value, enum dtl_db db, struct dtl_bytes key,
                               struct dtl_bytes *out, struct dtl_error *err) DTL_MUST_USE;

bool dtl_source_row_encode(const struct dtl_source_row *row, struct dtl_buffer *out);
/** `key` gives the path of a short one; views into `in` and `key`. */
enum dtl_status dtl_source_row_decode(struct dtl_bytes in, struct dtl_bytes key,
                                      struct dtl_source_row *out,
                                      struct dtl_error *err) DTL_MUST_USE;
#define DTL_REASONS_MAX                                                                            \
    (64u << 10) /* bytes of a row's reasons; longer ones lose whole lines at the end */

/* ---- meta.c: the values of the database `meta` ---- */

#define DTL_META_FORMAT   "format"
#define DTL_META_SETTINGS "settings"
#define DTL_META_CREATED  "created"
#define DTL_META_MANIFEST "manifest"
#define DTL_META_SERIAL   "serial"
#define DTL_META_RUNS     "runs"
#define DTL_META_BOOKMARK "bookmark " /* and the key of a source file */

#define DTL_KEY_BOOKMARK_MAX (sizeof DTL_META_BOOKMARK - 1 + DTL_KEY_SOURCE_MAX)
/** Bytes written to `out`; 0 when the path is empty. */
size_t dtl_key_bookmark(uint8_t out[DTL_KEY_BOOKMARK_MAX], struct dtl_bytes path);
/** The bookmark of a row that has one. */
bool dtl_bookmark_encode(const struct dtl_source_row *row, struct dtl_buffer *out);
/** *row: size, time and inode of the reading it belongs to. */
enum dtl_status dtl_bookmark_decode(struct dtl_bytes in, struct dtl_source_row *row,
                                    struct dtl_bookmark *out, struct dtl_error *err) DTL_MUST_USE;

struct dtl_manifest { /* what the last publication left, to be compared with what is found */
    uint64_t generation;
    uint32_t rows;       /* of the catalog */
    uint32_t dead_rows;  /* of `dead` */
    uint64_t docs;       /* of all segments, dead ones included */
    uint64_t sources;    /* rows of `sources` */
    uint64_t rows_hash;  /* over the sums of catalog and dead rows, in key order */
    uint32_t dictionary; /* number of the zstd dictionary; 0: none yet */
};

bool dtl_format_encode(struct dtl_buffer *out);
/** DTL_EVERSION: another format, whose number is err->pos. */
enum dtl_status dtl_format_decode(struct dtl_bytes in, struct dtl_error *err) DTL_MUST_USE;
bool dtl_settings_encode(const struct dtl_settings *v, struct dtl_buffer *out);
enum dtl_status dtl_settings_decode(struct dtl_bytes in, struct dtl_settings *out,
                                    struct dtl_error *err) DTL_MUST_USE;
bool dtl_manifest_encode(const struct dtl_manifest *m, struct dtl_buffer *out);
enum dtl_status dtl_manifest_decode(struct dtl_bytes in, struct dtl_manifest *out,
                                    struct dtl_error *err) DTL_MUST_USE;
bool dtl_serial_encode(uint32_t next, struct dtl_buffer *out);
enum dtl_status dtl_serial_decode(struct dtl_bytes in, uint32_t *next,
                                  struct dtl_error *err) DTL_MUST_USE;
/** Append a run that comes after `last` ({0}: none). */
bool dtl_runs_append(const struct dtl_run_time *last, const struct dtl_run_time *run,
                     struct dtl_buffer *out);
enum dtl_status dtl_runs_decode(struct dtl_bytes in, struct dtl_arena *arena,
                                struct dtl_run_time **runs, size_t *n,
                                struct dtl_error *err) DTL_MUST_USE;

/* ---- the store ---- */

#define DTL_TXN_BYTES    ((size_t)64 << 20)   /* of dirty pages in one transaction */
#define DTL_DISK_RESERVE ((uint64_t)64 << 20) /* left free on the disk by every batch */
#define DTL_LOOSE_BYTES  ((uint64_t)64 << 20) /* free pages that are not worth a copy yet */
#define DTL_SWAP_SECONDS 35.0                 /* a query ends its transaction within 30 */
#define DTL_MAX_READERS  1022u
#define DTL_MAP_BYTES    ((size_t)1 << 40)
#define DTL_MAP_MOST     ((size_t)1 << 46) /* 64 TiB; the address space ends at 128 */

/* Flags of the environment: one place. Those never used lose commits or kill processes (RELIABILITY
 * H6, H14). */
#define DTL_ENV_READ  (MDB_NOTLS | MDB_NORDAHEAD | MDB_RDONLY)
#define DTL_ENV_WRITE (MDB_NOTLS | MDB_NORDAHEAD)
#define DTL_ENV_NEVER                                                                              \
    (MDB_WRITEMAP | MDB_MAPASYNC | MDB_NOSYNC | MDB_NOMETASYNC | MDB_NOLOCK | MDB_NOMEMINIT |      \
     MDB_FIXEDMAP | MDB_NOSUBDIR)
_Static_assert((DTL_ENV_READ & DTL_ENV_NEVER) == 0, "see RELIABILITY.md H6, H14");
_Static_assert((DTL_ENV_WRITE & DTL_ENV_NEVER) == 0, "see RELIABILITY.md H6, H14");

struct dtl_serials { /* sorted, growing */
    uint32_t *v;
    size_t n, capacity;
};

struct dtl_store {
    char *dir;  /* as given, without trailing slashes */
    int dir_fd; /* open for fsync, openat and statvfs; -1 */
    MDB_env *env;
    MDB_dbi dbi[DTL_DBS];
    bool write;
    bool checking;    /* opened to be checked: nothing is removed */
    bool failed;      /* a write failed: every later call fails (RELIABILITY H7) */
    int writer_fd;    /* writer.lock; also a reader's on a read-only medium; -1 */
    size_t snapshots; /* open ones: the map may be resized at 0 only */
    size_t map_bytes;
    bool unmapped;          /* widening the map failed, and LMDB has none now */
    uint64_t reserve_bytes; /* DTL_DISK_RESERVE; tests lower it */
    bool reserve_off;       /* tests: let the disk fill */
    double swap_seconds;    /* how long shrink waits for readers to end; tests wait less */
    struct dtl_settings settings;
    struct dtl_manifest manifest; /* as this process last read or wrote it */
    /* writing */
    MDB_txn *txn;     /* gathering chunks; NULL between batches */
    size_t txn_bytes; /* put into it */
    uint32_t next_serial;
    struct dtl_serials pending; /* serials with chunks and no publication: not to be swept */
    uint32_t staged_dictionary; /* becomes current with the next publication; 0: none */
    bool staged_settings;       /* `settings` changed: written by the next publication */
    struct dtl_buffer scratch;  /* values on their way in */
    struct dtl_arena arena;     /* of one call of the writer; reset at its end */
};

static inline MDB_val dtl_val(struct dtl_bytes b)
{
    union {
        const uint8_t *from;
        void *to; /* LMDB's struct has no const; what goes in is only read */
    } p = {.from = b.p};
    return (MDB_val){b.n, p.to};
}
static inline struct dtl_bytes dtl_of_val(MDB_val v)
{
    return dtl_bytes(v.mv_data, v.mv_size);
}

/* ---- env.c ---- */

/** Every LMDB and system code in our words: "DIR: what: ...", and the status that goes with it. */
enum dtl_status dtl_lmdb_fail(struct dtl_error *err, int rc, const char *dir, const char *what);
/** Open the environment of s->dir (s->write says how) and its databases; checks file size and
 * identity. */
enum dtl_status dtl_env_open(struct dtl_store *s, struct dtl_error *err) DTL_MUST_USE;
/** A read transaction; retries when slots or map are short. */
enum dtl_status dtl_env_read(struct dtl_store *s, MDB_txn **txn,
                             struct dtl_error *err) DTL_MUST_USE;
/** A write transaction that may dirty `bytes`: grows the map, checks the disk reserve unless
 * `small`. */
enum dtl_status dtl_env_write(struct dtl_store *s, MDB_txn **txn,
                              struct dtl_error *err) DTL_MUST_USE;
/** Commit with signals blocked; any failure marks the store failed. *txn is gone either way. */
enum dtl_status dtl_env_commit(struct dtl_store *s, MDB_txn **txn, uint64_t bytes,
                               struct dtl_error *err) DTL_MUST_USE;
/** RELIABILITY H1: the file must hold every page its newest meta page speaks of. */
enum dtl_status dtl_env_size_check(struct dtl_store *s, struct dtl_error *err) DTL_MUST_USE;
/** DTL_EFULL when writing `bytes` would eat into the reserve. */
enum dtl_status dtl_env_reserve(struct dtl_store *s, uint64_t bytes,
                                struct dtl_error *err) DTL_MUST_USE;
/** mdb_env_create with our limits; *env is the caller's. */
enum dtl_status dtl_env_new(MDB_env **env, const char *dir, struct dtl_error *err) DTL_MUST_USE;
/** mdb_env_open, the map halved until the address space holds it. Closes *env on failure (*env
 * NULL). */
enum dtl_status dtl_env_map(MDB_env **env, const char *dir, unsigned flags, mdb_mode_t mode,
                            size_t *map_bytes, struct dtl_error *err) DTL_MUST_USE;

/** mdb_get and dtl_value_open in one: DTL_NOTFOUND when there is no such key. View into the map. */
enum dtl_status dtl_env_get(struct dtl_store *s, MDB_txn *txn, enum dtl_db db, struct dtl_bytes key,
                            struct dtl_bytes *out, struct dtl_error *err) DTL_MUST_USE;
/** Seal b's bytes from `from` on and put them. Marks the store failed when it fails. */
enum dtl_status dtl_env_put(struct dtl_store *s, MDB_txn *txn, enum dtl_db db, struct dtl_bytes key,
                            struct dtl_buffer *b, struct dtl_error *err) DTL_MUST_USE;

/* ---- place.c ---- */

enum dtl_place {
    DTL_PLACE_MISSING,  /* no such directory */
    DTL_PLACE_EMPTY,    /* a directory with nothing in it but a configuration or what an interrupted
                           creation left */
    DTL_PLACE_INDEX,    /* data.mdb is there */
    DTL_PLACE_VANISHED, /* its lock files are there, data.mdb is not */
    DTL_PLACE_FOREIGN,  /* other files */
};
#define DTL_FILE_DATA   "data.mdb"
#define DTL_FILE_LOCK   "lock.mdb"
#define DTL_FILE_WRITER "writer.lock"
#define DTL_FILE_SWAP   "swap.lock"
#define DTL_FILE_DAMAGED                                                                           \
    "damaged" /* written by a check that found damage; writers refuse while it is there */
#define DTL_FILE_NOTE   "last-run"         /* how the last run went; nothing depends on it */
#define DTL_FILE_CONFIG "dateline.toml"    /* the administrator's, who may put it here first */
#define DTL_FILE_BEFORE "data.mdb.damaged" /* what `check --repair` replaced */
#define DTL_TEMP_PREFIX "temporary."       /* files and folders of a run: "temporary.PID" */

enum dtl_status dtl_place_look(const char *dir, enum dtl_place *out,
                               struct dtl_error *err) DTL_MUST_USE;
/** What a place without an index is, in words and a status: never DTL_OK unless DTL_PLACE_INDEX. */
enum dtl_status dtl_place_refusal(const char *dir, enum dtl_place place, struct dtl_error *err);
/** Owner, mode and kind of the directory and LMDB's two files (H4); and with `metas` both meta
 * pages (H1, H3). */
enum dtl_status dtl_place_inspect(int dir_fd, const char *dir, bool metas,
                                  struct dtl_error *err) DTL_MUST_USE;
/** Refuse network file systems (H23). */
enum dtl_status dtl_place_file_system(int dir_fd, const char *dir,
                                      struct dtl_error *err) DTL_MUST_USE;
/** fsync of a directory by path or descriptor. */
enum dtl_status dtl_sync_dir(int dir_fd, const char *dir, struct dtl_error *err) DTL_MUST_USE;
/** Give a file in dir_fd the owner, group and mode that go with data.mdb there; failures are
 * ignored. */
void dtl_place_adopt(int dir_fd, int fd, bool lock);
/** Remove files and folders PREFIX + PID of dir_fd whose process is gone. */
void dtl_place_clean(int dir_fd, const char *prefix);
/** Remove the folder `name` of parent_fd and the files an index has; nothing else is touched. */
void dtl_place_remove(int parent_fd, const char *name);
/** The last component of `dir` and the folder it stands in ("." when it has none); both fresh
 * strings. */
bool dtl_place_split(const char *dir, char **parent, char **base);

/* ---- create.c ---- */

/** Make an index at s->dir, which is missing or empty. DTL_OK also when another process was faster.
 */
enum dtl_status dtl_store_create(const char *dir, const struct dtl_store_options *o,
                                 enum dtl_place place, struct dtl_error *err) DTL_MUST_USE;
/** A fresh environment in the folder `path` with all databases and meta; both files 0600, synced.
 */
enum dtl_status dtl_create_fill(const char *path, const struct dtl_settings *settings,
                                struct dtl_error *err) DTL_MUST_USE;

/** Rename that never replaces. False with errno EEXIST or ENOTEMPTY when something is there. */
bool dtl_rename_new(int from_fd, const char *from, int to_fd, const char *to, bool folder);

/* ---- lock.c ---- */

enum dtl_status dtl_lock_writer(struct dtl_store *s, double wait_seconds,
                                struct dtl_error *err) DTL_MUST_USE;
/** A reader on a read-only medium, where LMDB cannot lock: keeps writers away while it lives (H14).
 */
enum dtl_status dtl_lock_out_writers(struct dtl_store *s, struct dtl_error *err) DTL_MUST_USE;
void dtl_unlock_writer(struct dtl_store *s);
/** LOCK_SH for opening or LOCK_EX for the swap; *out -1 when a reader finds no such file. */
enum dtl_status dtl_lock_swap(struct dtl_store *s, bool exclusive, double wait_seconds, int *out,
                              struct dtl_error *err) DTL_MUST_USE;
double dtl_monotonic(void);   /* seconds */
bool dtl_nap(double seconds); /* false when a signal came */

/* ---- catalog.c: the rows, and the manifest they are compared with ---- */

/** Decode one row's value; sets serial and first_day from the key, which must agree with the zones.
 */
enum dtl_status dtl_catalog_row(struct dtl_bytes key, struct dtl_bytes value,
                                struct dtl_arena *arena, struct dtl_segment_facts *facts,
                                struct dtl_error *err) DTL_MUST_USE;
/** Every row in key order, newest first day last; facts live in `arena`. */
enum dtl_status dtl_catalog_read(struct dtl_store *s, MDB_txn *txn, struct dtl_arena *arena,
                                 struct dtl_segment_facts **rows, size_t *n,
                                 struct dtl_error *err) DTL_MUST_USE;
/** Count what `txn` holds; generation and dictionary are left alone. */
enum dtl_status dtl_manifest_count(struct dtl_store *s, MDB_txn *txn, struct dtl_manifest *m,
                                   struct dtl_error *err) DTL_MUST_USE;
enum dtl_status dtl_manifest_read(struct dtl_store *s, MDB_txn *txn, struct dtl_manifest *m,
                                  struct dtl_error *err) DTL_MUST_USE;
/** Read the manifest and count: DTL_ECORRUPT when they differ. */
enum dtl_status dtl_manifest_check(struct dtl_store *s, MDB_txn *txn, struct dtl_manifest *m,
                                   struct dtl_error *err) DTL_MUST_USE;

/* ---- snapshot.c ---- */

struct dtl_group { /* an article group, opened when an article of it is first wanted */
    uint32_t serial;
    bool open;
    struct dtl_part part;
    struct dtl_snapshot *snapshot;
};
struct dtl_chunk_source { /* what a segment's parts fetch from */
    struct dtl_snapshot *snapshot;
    struct dtl_segment_name name;
};
struct dtl_snapshot_private {
    MDB_txn *txn;
    struct dtl_manifest manifest;
    struct dtl_chunk_source *source; /* parallel to the segments */
    struct dtl_dead **dead;          /* parallel to the segments; NULL: none */
    struct dtl_group *group;         /* all the segments name, sorted */
    size_t groups;
    struct dtl_frame_decoder *decoder; /* opened for the first article */
};

/* ---- writer.c, sweep.c ---- */

enum dtl_status dtl_writer_ready(struct dtl_store *s, struct dtl_error *err) DTL_MUST_USE;
/** The open batch, begun when there is none. */
enum dtl_status dtl_writer_batch(struct dtl_store *s, struct dtl_error *err) DTL_MUST_USE;
enum dtl_status dtl_writer_put_serial(struct dtl_store *s, struct dtl_error *err) DTL_MUST_USE;
bool dtl_serials_has(const struct dtl_serials *l, uint32_t serial);
bool dtl_serials_add(struct dtl_serials *l, uint32_t serial); /* false: no memory */
void dtl_serials_drop(struct dtl_serials *l, uint32_t serial);
enum dtl_status dtl_sweep(struct dtl_store *s, struct dtl_error *err) DTL_MUST_USE;

/* ---- maintain.c ---- */

/** A synced and checked copy of the index without free pages: the file `name` of place->dir_fd. */
enum dtl_status dtl_copy_beside(struct dtl_store *s, const struct dtl_store *place,
                                const char *name, struct dtl_error *err) DTL_MUST_USE;
/**
 * Put the file `name` of s->dir_fd in the place of data.mdb when nobody has the index open; waits
 * s->swap_seconds for that. `keep`: another name the old file keeps, or NULL.
 */
enum dtl_status dtl_swap_in(struct dtl_store *s, const char *name, const char *keep,
                            struct dtl_error *err) DTL_MUST_USE;

/* ---- guard.c ---- */

void dtl_guard_assert(MDB_env *env, const char *message);
#endif
