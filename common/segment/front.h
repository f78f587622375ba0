/*
 * common/segment/front.h - a sorted dictionary in one part: keys front-coded in blocks of 64, a
 * restart every 16, an array of block heads for binary search, a footer (docs/FORMAT.md,
 * "Front-coded dictionary").
 *
 * What stands behind a key, its payload, is the user's: terms_writer/terms, forms_writer/forms;
 * the user steps over it to reach the next key.
 */
#ifndef DTL_SEGMENT_FRONT_H
#define DTL_SEGMENT_FRONT_H
#include "common/segment/part.h"

#define DTL_FRONT_BLOCK      64u
#define DTL_FRONT_RESTART    16u
#define DTL_FRONT_RESTARTS   (DTL_FRONT_BLOCK / DTL_FRONT_RESTART)
#define DTL_FRONT_KEY_MAX    4098u /* bytes of a key */
#define DTL_FRONT_FOOTER     64u
#define DTL_FRONT_TABLE_FROM 4096u /* keys: below, the heads fit a first-level cache */
#define DTL_FRONT_CANDIDATES 8u

struct dtl_front_writer {
    struct dtl_part_writer *part;
    struct dtl_buffer entries, heads, last,
        scratch;                          /* of the open block; of all blocks; the last key */
    struct dtl_buffer hashes;             /* u32 a key: what the table is made of */
    uint32_t count;                       /* keys so far */
    uint32_t restart[DTL_FRONT_RESTARTS]; /* offsets into entries */
};
void dtl_front_writer_init(struct dtl_front_writer *w, struct dtl_part_writer *part);
void dtl_front_writer_release(struct dtl_front_writer *w);
size_t dtl_front_writer_memory(const struct dtl_front_writer *w);
/**
 * Begin the entry of `key`, greater than the last one. The caller then appends its payload to
 * w->entries. DTL_EUSAGE when it does not rise, DTL_ELIMIT when too long or one too many.
 */
enum dtl_status dtl_front_add(struct dtl_front_writer *w, struct dtl_bytes key,
                              struct dtl_error *err) DTL_MUST_USE;
/** Flush, write heads, the table of keys where there are DTL_FRONT_TABLE_FROM or more, and footer.
 * `languages`: the user's own word in the footer. */
enum dtl_status dtl_front_finish(struct dtl_front_writer *w, uint64_t languages,
                                 struct dtl_error *err) DTL_MUST_USE;

struct dtl_front { /* an open dictionary */
    struct dtl_part *part;
    uint32_t entries, blocks;
    uint64_t heads_at;              /* block heads; blocks end there */
    uint64_t table_at, table_bytes; /* the table of keys; 0: absent */
    uint64_t languages;
};
/** What the table knows a key by. */
uint32_t dtl_front_hash(struct dtl_bytes key);
/**
 * Ordinals at which a key with this hash may stand; it stands nowhere else. DTL_END: the table does
 * not know (there is none, or it is crowded there); use dtl_front_find. One cache line mostly.
 */
enum dtl_status dtl_front_candidates(const struct dtl_front *f, uint32_t hash,
                                     struct dtl_arena *arena,
                                     uint32_t ordinal[DTL_FRONT_CANDIDATES], size_t *n,
                                     struct dtl_error *err) DTL_MUST_USE;
/** Fetch that line into the cache, if it has been used before. */
void dtl_front_prefetch(const struct dtl_front *f, uint32_t hash);

/** Read the footer. Touches one grain. */
enum dtl_status dtl_front_open(struct dtl_front *f, struct dtl_part *part,
                               struct dtl_arena *scratch, struct dtl_error *err) DTL_MUST_USE;

struct dtl_front_walk {    /* in one block; {0} is none. Views last as long as the part or the arena
                              given */
    struct dtl_reader r;   /* after dtl_front_key: at the payload of the current entry */
    uint32_t block, first; /* its number and its first ordinal */
    uint32_t n;            /* entries in the block */
    uint32_t at;           /* entry that dtl_front_key reads next, 0..n */
    size_t restart[DTL_FRONT_RESTARTS]; /* offsets in r.p; [0] is where entries begin */
    size_t key_bytes;
    uint8_t key[DTL_FRONT_KEY_MAX]; /* the current one */
};
/** Stand before the first entry of block `number` < f->blocks. A block that straddles chunks is
 * copied to `arena`. */
enum dtl_status dtl_front_block(const struct dtl_front *f, uint32_t number, struct dtl_arena *arena,
                                struct dtl_front_walk *w, struct dtl_error *err) DTL_MUST_USE;
/** Stand before restart `number` of the same block. */
void dtl_front_to_restart(struct dtl_front_walk *w, uint32_t number);
/** Read the next key. The payload of the one before must have been read. DTL_END after the block's
 * last. */
enum dtl_status dtl_front_key(struct dtl_front_walk *w, struct dtl_error *err) DTL_MUST_USE;
static inline struct dtl_bytes dtl_front_key_view(const struct dtl_front_walk *w)
{
    return dtl_bytes(w->key, w->key_bytes);
}
/**
 * Stand before the last restart whose key is <= `key`, or before the very first entry. DTL_END when
 * the dictionary is empty. O(log entries).
 */
enum dtl_status dtl_front_find(const struct dtl_front *f, struct dtl_bytes key,
                               struct dtl_arena *arena, struct dtl_front_walk *w,
                               struct dtl_error *err) DTL_MUST_USE;
#endif
