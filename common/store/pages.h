/*
 * common/store/pages.h - LMDB's file format (0.9, 64 bit), read with pread and never through the
 * map.
 *
 * The map trusts every number in the file; this reader trusts none. What it reads is checked
 * against the file's size before it is used, so a damaged file gives a finding, not a signal.
 */
#ifndef DTL_STORE_PAGES_H
#define DTL_STORE_PAGES_H
#include "common/store/store_internal.h"

struct dtl_page_db { /* what a meta page or a named database's record says of a tree */
    uint32_t pad;
    uint16_t flags, depth;
    uint64_t branch_pages, leaf_pages, overflow_pages, entries, root;
};

struct dtl_page_meta {
    uint32_t page_bytes;
    uint64_t last_page, transaction;
    struct dtl_page_db free, main;
    bool reads_on; /* set by the caller: a page the disk does not give is a finding, not the end */
};

/** The record of a tree at `p` (48 bytes). */
struct dtl_page_db dtl_page_db_read(const uint8_t *p);

/**
 * Both meta pages of an open file; the newer in *out. DTL_ECORRUPT: not LMDB's, the two do not
 * follow one another, or the file is shorter than they say. Tolerates a writer at work.
 */
enum dtl_status dtl_page_meta_read(int fd, const char *dir, struct dtl_page_meta *out,
                                   struct dtl_error *err) DTL_MUST_USE;
/** Whichever meta pages are well formed by themselves, newest first, however the two and the file's
 * size fit: for salvage. Returns how many; pages beyond the file's end are left out. */
int dtl_page_metas_of(int fd, struct dtl_page_meta out[2]);
/** The meta page of exactly this transaction: DTL_NOTFOUND when it is gone. */
enum dtl_status dtl_page_meta_of(int fd, uint64_t transaction, uint32_t page_bytes,
                                 struct dtl_page_meta *out, struct dtl_error *err) DTL_MUST_USE;

/** One entry of a named database, in key order. Views valid inside the call. */
typedef enum dtl_status (*dtl_page_entry_fn)(void *ctx, enum dtl_db db, struct dtl_bytes key,
                                             struct dtl_bytes value);
/** A finding: one line; damage or only worth knowing. */
typedef void (*dtl_page_finding_fn)(void *ctx, bool damage, const char *line);

struct dtl_page_figures {
    uint64_t pages, free_pages, lost_pages;
    uint64_t entries[DTL_DBS];
};

/**
 * Walk every page that `meta` reaches: the free list, the main tree, every named database, every
 * value. The file must not lose those pages meanwhile (a read transaction of meta->transaction is
 * held, or nobody writes). DTL_OK when the walk came to its end, whatever it found; else memory,
 * I/O or what `entry` returned.
 */
enum dtl_status dtl_pages_walk(int fd, const struct dtl_page_meta *meta, dtl_page_entry_fn entry,
                               dtl_page_finding_fn finding, void *ctx,
                               struct dtl_page_figures *figures,
                               struct dtl_error *err) DTL_MUST_USE;

/**
 * Are all pages from `from` to `to` (the last page at most) in the free list? LMDB never writes a
 * page that was taken at the end of the file and given back in the same transaction, so a sound
 * file may be shorter than its meta page says, by pages that nobody reads. False when the list
 * cannot be read.
 */
bool dtl_pages_are_free(int fd, const struct dtl_page_meta *meta, uint64_t from, uint64_t to);

struct dtl_broken { /* serials, whose chunks are missing or damaged */
    struct dtl_serials segments, groups;
};

/**
 * dtl_pages_walk, and every sum, chunk, row and cross reference on the way: all of `check`.
 * DTL_ECORRUPT when there was damage, *err then holding the first finding. `broken`, if not NULL,
 * gets what can be told by name. The rules for the file are those of dtl_pages_walk.
 */
enum dtl_status dtl_check_file(int fd, const struct dtl_page_meta *meta, dtl_report_fn report,
                               void *ctx, struct dtl_broken *broken,
                               struct dtl_error *err) DTL_MUST_USE;
#endif
