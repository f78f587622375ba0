/*
 * indexer/build/seen.h - the identities a run has met, and where each one's article is now.
 *
 * 24 bytes an identity. A small table is private memory; a large one lives in an unlinked file,
 * where its pages can be written back: the one structure that grows with the run, not the batch.
 */
#ifndef DTL_BUILD_SEEN_H
#define DTL_BUILD_SEEN_H
#include "common/base/bytes.h"

enum dtl_seen_class { /* what the run's summary calls it */
                      DTL_SEEN_ADDED,
                      DTL_SEEN_CHANGED,
                      DTL_SEEN_UNCHANGED,
                      DTL_SEEN_CLASSES
};

enum dtl_seen_place {                  /* high half of `where`; the low half is a number */
                      DTL_SEEN_BATCH,  /* the current batch; doc: its local number */
                      DTL_SEEN_SPILL,  /* spilled batch i; doc: its local number there */
                      DTL_SEEN_STORED, /* segment i of the snapshot, as it was before: nothing
                                          written */
};

struct dtl_seen {
    uint64_t hash; /* dtl_hash_identity */
    uint16_t place;
    uint16_t number;
    uint32_t doc;
    uint32_t file; /* of the run: who gave it last */
    uint8_t class; /* enum dtl_seen_class */
    bool taken;    /* the slot is */
    bool undated;
};

struct dtl_seen_table { /* {0} with `dir` set is empty */
    const char *dir;    /* of temporary files */
    struct dtl_seen *slot;
    size_t capacity, n;
    bool mapped;
};

/** The first entry with `hash` (prev NULL), or the next after `prev`; NULL: none. Compare the
 * bytes. */
struct dtl_seen *dtl_seen_find(const struct dtl_seen_table *t, uint64_t hash,
                               const struct dtl_seen *prev);
/** Add an entry that is not there; earlier pointers die. */
enum dtl_status dtl_seen_add(struct dtl_seen_table *t, const struct dtl_seen *e,
                             struct dtl_error *err) DTL_MUST_USE;
size_t dtl_seen_memory(const struct dtl_seen_table *t); /* private bytes */
void dtl_seen_release(struct dtl_seen_table *t);
#endif
