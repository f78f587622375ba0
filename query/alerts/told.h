/*
 * query/alerts/told.h - what a saved search has told: which articles, in which version.
 *
 * An article is new to a saved search when its identity is not here, and revised when it is here
 * with another content. That is asked of the articles themselves, not of a place in time: an index
 * that was rebuilt, restored from a backup or moved tells nothing twice and leaves nothing out.
 * The generation an article came with spares reading it again, as long as the index has the same
 * history (docs/decisions/0226).
 *
 *     told    := "dateline told 1\n" generation:u64 published:i64 entries:u64 entry{entries}
 * sum:u64 entry   := identity:u64 content:u64 generation:u32          identities rising
 *
 * Little-endian; sum: XXH3-64 of the bytes before it, seed 0.
 */
#ifndef DTL_ALERTS_TOLD_H
#define DTL_ALERTS_TOLD_H
#include "common/base/bytes.h"

#define DTL_TOLD_UNKNOWN INT64_MIN
#define DTL_TOLD_BYTES   ((size_t)1 << 31) /* of a file: 107 million articles */

struct dtl_told_entry {
    uint64_t identity, content;
    uint32_t generation; /* the article's, of the index it was read from */
};

struct dtl_told {        /* {0} has told nothing */
    uint64_t generation; /* of the index, when it was asked last */
    int64_t published;   /* when that generation was made, in seconds; UNKNOWN: nothing says */
    struct dtl_told_entry *entry;
    size_t n;
};

/** Read a file's bytes. DTL_ECORRUPT: they are no such file, or damaged. Released by the caller. */
enum dtl_status dtl_told_decode(struct dtl_bytes file, struct dtl_told *out,
                                struct dtl_error *err) DTL_MUST_USE;
bool dtl_told_encode(const struct dtl_told *t, struct dtl_buffer *out);
/** NULL: that article was not told. O(log n). */
const struct dtl_told_entry *dtl_told_find(const struct dtl_told *t, uint64_t identity);
/** Add `n` entries, which are sorted by this; where an identity is here already, the new one stays.
 */
enum dtl_status dtl_told_add(struct dtl_told *t, struct dtl_told_entry *more, size_t n,
                             struct dtl_error *err) DTL_MUST_USE;
void dtl_told_release(struct dtl_told *t);
#endif
