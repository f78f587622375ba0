/*
 * common/store/store.h - the index directory: one LMDB environment, opened to read or to write.
 *
 * What an operator must know (docs/OPERATING.md): never delete data.mdb or lock.mdb under a running
 * program; a long-lived reader makes the file grow; no network file systems; copy a live index only
 * with `backup`. The rules H1 to H23 of docs/RELIABILITY.md are kept here and nowhere else.
 *
 * Files of the directory: data.mdb, lock.mdb (LMDB's), writer.lock (LOCK_EX for a run), swap.lock
 * (LOCK_SH while opening, LOCK_EX for the rename of `compact`).
 */
#ifndef DTL_STORE_STORE_H
#define DTL_STORE_STORE_H
#include "common/base/bookmark.h"
#include "common/segment/article.h"
#include "common/segment/dead.h"
#include "common/segment/frames.h"

#define DTL_FORMAT_VERSION 2u

/** Settings fixed at creation, in `meta`. */
struct dtl_settings {
    uint32_t title_weight;
    dtl_lang_code default_lang;
    char versions[128]; /* dtl_text_versions() of the creator; a writer with others stops
                           (DTL_EVERSION) */
    char detector[32];  /* name and version of the language detector */
};

/** Where the index is: --index, $DATELINE_INDEX, $XDG_DATA_HOME/dateline/default,
 * ~/.local/share/dateline/default. Appended to `out`, a NUL after it (not counted). DTL_EUSAGE when
 * nothing says where. */
enum dtl_status dtl_index_path(const char *option, struct dtl_buffer *out,
                               struct dtl_error *err) DTL_MUST_USE;

struct dtl_store;

struct dtl_store_options {
    bool write;          /* take the writer's lock and allow transactions that change */
    bool create;         /* with write: make the index when there is none, parents included */
    const char *group;   /* --group NAME at creation, or NULL */
    double wait_seconds; /* with write: how long to wait for the lock; < 0 for ever, 0 not at all
                            (DTL_EBUSY) */
    bool any_version;    /* with write: `compact --reanalyse` may open an index of other library
                            versions or of an older format */
    bool allow_network_fs;
    bool checking;  /* with write: `check` may open what a check found damaged or other versions
                       made; nothing is removed and no chunk or publication is taken */
    bool lock_only; /* with write: hold the index and open nothing: for salvage */
    struct dtl_settings settings; /* used when created */
};

/**
 * Open. Readers: DTL_ENOINDEX, DTL_ECORRUPT, DTL_EREFUSED (ownership, modes), DTL_EVERSION,
 * DTL_EBUSY (no reader slot). Writers also DTL_EBUSY with the holder's pid and start in err->text;
 * chunks a crashed run left are removed before this returns.
 */
enum dtl_status dtl_store_open(struct dtl_store **out, const char *dir,
                               const struct dtl_store_options *o,
                               struct dtl_error *err) DTL_MUST_USE;
void dtl_store_close(struct dtl_store *s); /* NULL is fine; a writer that did not publish leaves no
                                              trace to readers */
const struct dtl_settings *dtl_store_settings(const struct dtl_store *s);
const char *dtl_store_directory(const struct dtl_store *s);

/* ---- reading: snapshot.c ---- */

/** What one read transaction sees. Everything in it lives until dtl_snapshot_close. */
struct dtl_snapshot {
    struct dtl_store *store;
    uint64_t generation;
    struct dtl_segment *segment; /* newest first day last: catalog order */
    size_t segments;
    uint64_t docs;                                   /* live */
    uint64_t weighted_total, word_total, text_bytes; /* live */
    uint64_t lang_docs[DTL_LANGS];                   /* live */
    struct dtl_interval covers; /* smallest earliest, largest latest; DTL_UNDATED when none dated */
    struct dtl_arena arena;
    struct dtl_snapshot_private *x;
};
enum dtl_status dtl_snapshot_open(struct dtl_store *s, struct dtl_snapshot **out,
                                  struct dtl_error *err) DTL_MUST_USE;
void dtl_snapshot_close(struct dtl_snapshot *snap); /* NULL is fine */

/** Load one article; its views live in `arena`. */
enum dtl_status dtl_snapshot_article(struct dtl_snapshot *snap, struct dtl_segment *s, dtl_doc doc,
                                     struct dtl_arena *arena, struct dtl_article *out,
                                     struct dtl_error *err) DTL_MUST_USE;
/** The raw frame, for merges that copy it; zero-copy where it can be. */
enum dtl_status dtl_snapshot_frame(struct dtl_snapshot *snap, struct dtl_segment *s, dtl_doc doc,
                                   struct dtl_arena *arena, struct dtl_bytes *frame,
                                   struct dtl_error *err) DTL_MUST_USE;
/** The zstd dictionary the index's frames use; empty when there is none yet. */
enum dtl_status dtl_snapshot_dictionary(struct dtl_snapshot *snap, struct dtl_bytes *out,
                                        struct dtl_error *err) DTL_MUST_USE;
struct dtl_run_time { /* when a generation was published */
    uint64_t generation;
    int64_t seconds; /* since 1970-01-01T00:00:00Z */
};
/**
 * The times of runs, generations rising, into `arena`. Runs of programs that did not keep them yet
 * are not among them: *n may be 0.
 */
enum dtl_status dtl_snapshot_runs(struct dtl_snapshot *snap, struct dtl_arena *arena,
                                  struct dtl_run_time **runs, size_t *n,
                                  struct dtl_error *err) DTL_MUST_USE;
/** Total bytes of an article group (all chunks' payloads). */
enum dtl_status dtl_snapshot_group_bytes(struct dtl_snapshot *snap, uint32_t serial,
                                         uint64_t *bytes, struct dtl_error *err) DTL_MUST_USE;

/* ---- the table of source files: sources.c ---- */

struct dtl_source_row {
    struct dtl_bytes path; /* as named, bytes; beyond 400 its key is the head and a hash, the whole
                              path is in the value */
    uint64_t size, mtime_ns, inode, device;
    char format[24];
    uint32_t articles; /* live ones it gave */
    uint32_t rejected;
    uint32_t undated;
    struct dtl_bytes reasons; /* one line a rejected input ("#7: reason\n"), capped; the last says
                                 how many more */
    const struct dtl_bookmark *bookmark; /* when a row is put: where the file may be read on from,
                                      or NULL; no reader fills it in */
};
/** Where the file may be read on from when it has grown. DTL_NOTFOUND: nowhere, or what is kept
 * belongs to another reading than the row's. */
enum dtl_status dtl_sources_bookmark(struct dtl_snapshot *snap, const struct dtl_source_row *row,
                                     struct dtl_bookmark *out, struct dtl_error *err) DTL_MUST_USE;
/** DTL_NOTFOUND when the path is not known. Views into `arena`. */
enum dtl_status dtl_sources_get(struct dtl_snapshot *snap, struct dtl_bytes path,
                                struct dtl_arena *arena, struct dtl_source_row *out,
                                struct dtl_error *err) DTL_MUST_USE;
/** The order of the table: paths by bytes, as far as 400 of them; longer ones that agree so far, by
 * their hash. */
int dtl_source_order(struct dtl_bytes a, struct dtl_bytes b);
/** Every row in key order (dtl_source_order); `fn` returns DTL_END to stop. Views valid inside the
 * callback. */
typedef enum dtl_status (*dtl_source_fn)(void *ctx, const struct dtl_source_row *row);
enum dtl_status dtl_sources_walk(struct dtl_snapshot *snap, dtl_source_fn fn, void *ctx,
                                 struct dtl_error *err) DTL_MUST_USE;
/** Only the rows whose paths begin with `prefix`, without looking at others; of a prefix beyond 400
 * bytes, those that begin like its first 400. */
enum dtl_status dtl_sources_walk_under(struct dtl_snapshot *snap, struct dtl_bytes prefix,
                                       dtl_source_fn fn, void *ctx,
                                       struct dtl_error *err) DTL_MUST_USE;

/* ---- writing: writer.c, publish.c. One writer, holding the lock, all from one thread ---- */

/** A serial no segment or group has ever published under; taken for this run. */
uint32_t dtl_writer_serial(struct dtl_store *s);

/**
 * Store one chunk of a segment that will be published with (first_day, serial), or of an article
 * group. Chunks gather in transactions of at most 64 MB; before each the disk reserve is checked
 * (DTL_EFULL).
 */
enum dtl_status dtl_writer_segment_chunk(struct dtl_store *s, dtl_day first_day, uint32_t serial,
                                         uint8_t part, uint32_t chunk, struct dtl_bytes payload,
                                         struct dtl_error *err) DTL_MUST_USE;
enum dtl_status dtl_writer_group_chunk(struct dtl_store *s, uint32_t serial, uint32_t chunk,
                                       struct dtl_bytes payload,
                                       struct dtl_error *err) DTL_MUST_USE;
/** Set the shared zstd dictionary; only while the index has none, or in `compact`. */
enum dtl_status dtl_writer_dictionary(struct dtl_store *s, struct dtl_bytes dictionary,
                                      struct dtl_error *err) DTL_MUST_USE;
/** Commit what dtl_writer_*_chunk gathered (the chunks stay invisible); needed before a snapshot
 * reads them. */
enum dtl_status dtl_writer_flush(struct dtl_store *s, struct dtl_error *err) DTL_MUST_USE;

struct dtl_segment_name {
    dtl_day first_day;
    uint32_t serial;
};
struct dtl_dead_update {
    struct dtl_segment_name name;
    const struct dtl_dead *dead;
};

/**
 * Settings that replace the index's with the next publication, which also says the format anew:
 * `compact --reanalyse`, opened with any_version, has analysed everything with this program's
 * libraries and written it in this program's format.
 */
enum dtl_status dtl_writer_settings(struct dtl_store *s, const struct dtl_settings *settings,
                                    struct dtl_error *err) DTL_MUST_USE;

/** One publication: everything here becomes visible in one transaction, or nothing. */
struct dtl_publication {
    const struct dtl_segment_facts *add;
    size_t adds;
    const struct dtl_segment_name
        *drop; /* their dead rows go too; chunks are deleted afterwards by dtl_writer_sweep */
    size_t drops;
    const struct dtl_dead_update *dead;
    size_t deads;
    const struct dtl_source_row *source; /* put, in any order */
    size_t sources;
    const struct dtl_bytes *forget; /* source paths to delete */
    size_t forgets;
    bool new_generation; /* what can be found changed; merges leave it */
};
/** On failure nothing was published and the store must be closed (never retried: RELIABILITY H7).
 */
enum dtl_status dtl_writer_publish(struct dtl_store *s, const struct dtl_publication *p,
                                   struct dtl_error *err) DTL_MUST_USE;

/** Delete chunks of dropped segments and of article groups no live segment names, 64 MB a
 * transaction. */
enum dtl_status dtl_writer_sweep(struct dtl_store *s, struct dtl_error *err) DTL_MUST_USE;

/* ---- beside the data: note.c ---- */

/** Replace the file `last-run`, whole or not at all. Only with a store opened to write. DTL_EIO,
 * DTL_EFULL: it stands as before. */
enum dtl_status dtl_store_note(struct dtl_store *s, struct dtl_bytes text,
                               struct dtl_error *err) DTL_MUST_USE;
/** Its text as it is, to be believed as little as any other; DTL_NOTFOUND. */
enum dtl_status dtl_store_noted(const struct dtl_store *s, struct dtl_buffer *out,
                                struct dtl_error *err) DTL_MUST_USE;
/** Bytes of the index's file system: left for us, and all. False when it does not say. */
bool dtl_store_disk(const struct dtl_store *s, uint64_t *left, uint64_t *total);

/* ---- maintenance: maintain.c ---- */

struct dtl_store_figures { /* for `status` */
    uint64_t file_bytes, used_bytes, free_bytes;
    uint32_t readers;
    uint64_t oldest_reader_lag; /* transactions behind */
    uint64_t source_files;
    uint64_t article_bytes; /* payload of groups */
};
enum dtl_status dtl_store_measure(struct dtl_snapshot *snap, struct dtl_store_figures *out,
                                  struct dtl_error *err) DTL_MUST_USE;

/** A consistent copy into the new directory `dest` while readers and a writer work. */
enum dtl_status dtl_store_backup(struct dtl_store *s, const char *dest,
                                 struct dtl_error *err) DTL_MUST_USE;

/**
 * True when so much of the file is free, over a third of what is used and at least 64 MB, that
 * dtl_store_shrink is worth a copy: free pieces become too small for what would be put there.
 */
bool dtl_store_is_loose(struct dtl_store *s);

/** Rewrite data.mdb without free pages and swap it in by rename, under swap.lock. The store is
 * closed by this. */
enum dtl_status dtl_store_shrink(struct dtl_store *s, struct dtl_error *err) DTL_MUST_USE;

/**
 * Walk the file's pages with pread (never the map), then every value's sum, every chunk's grains,
 * keys against the catalog. `report` gets one line a finding; damage DTL_ECORRUPT. Orphan chunks
 * are reported, not damage.
 */
typedef void (*dtl_report_fn)(void *ctx, bool damage, const char *line);
enum dtl_status dtl_store_check(struct dtl_store *s, dtl_report_fn report, void *ctx,
                                struct dtl_error *err) DTL_MUST_USE;

/**
 * A check above the store found damage in a structure: as after a dtl_store_check that did, no
 * writer goes on until a dtl_store_check (run before the deeper one) finds none. Only with a store
 * opened to write; nothing otherwise.
 */
void dtl_store_condemn(struct dtl_store *s, const char *finding);

/* ---- salvage: salvage.c ---- */

/**
 * A damaged index, held by the writer's lock, and a new one of all that is sound in it, in a folder
 * of the index's own. The copy takes snapshots and publications like any index; chunks that are
 * damaged are still in it, and dtl_salvage_suspects says whose.
 */
struct dtl_salvage {
    struct dtl_store *copy; /* open to write; nobody else sees it */
    bool older;             /* the newest transaction could not be found: this is the one before */
    bool settings_lost;     /* those of the options are used: every segment must be analysed anew */
    bool deaths_lost;       /* removed articles may be live again */
    bool sources_lost;      /* files are missing from the table */
    uint64_t rows_lost;     /* segments of which nothing is known any more */
    /* private */
    struct dtl_store *damaged;
    struct dtl_broken *broken;
    char name[40];
};
/**
 * Copy what can be read; the index itself is not written to. `o`: settings for an index whose own
 * are lost, how long to wait for the lock. DTL_ECORRUPT: nothing can be found in it; DTL_EFULL
 * when there is no room for the copy, DTL_EBUSY.
 */
enum dtl_status dtl_salvage_open(struct dtl_salvage *v, const char *dir,
                                 const struct dtl_store_options *o,
                                 struct dtl_error *err) DTL_MUST_USE;
/** Has this segment of the copy, or an article group it uses, lost chunks, or have they damage? */
bool dtl_salvage_suspects(const struct dtl_salvage *v, const struct dtl_segment_facts *f);
/** The copy, checked by the caller, becomes the index, in one rename when nobody has it open
 * (DTL_EBUSY after a while). The damaged file stays beside it as `data.mdb.damaged`. */
enum dtl_status dtl_salvage_replace(struct dtl_salvage *v, struct dtl_error *err) DTL_MUST_USE;
void dtl_salvage_close(struct dtl_salvage *v); /* not replaced: nothing has changed */

/** Install the handlers of a fault in the map: fixed text, exit 3 (RELIABILITY H2); of a library
 * that aborts without memory: exit 4. Not under sanitizers. */
void dtl_store_guard(const char *program);
/** Called before that text, by a signal handler: who has taken the terminal gives it back. NULL:
 * nobody. */
void dtl_store_guard_first(void (*fn)(void));

/** "lmdb 0.9.24", static. */
const char *dtl_store_version(void);
#endif
