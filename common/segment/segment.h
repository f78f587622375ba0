/*
 * common/segment/segment.h - an immutable piece of the index: what the catalog says of it, and its
 * open parts.
 *
 * Documents are numbered by zone, and inside a zone by (latest day falling, earliest day falling,
 * id bytes rising, source bytes rising). Inside one zone other than OTHER, document order therefore
 * *is* the tie order of results and the order of --sort newest; docs/decisions says why ids and not
 * their hashes.
 */
#ifndef DTL_SEGMENT_SEGMENT_H
#define DTL_SEGMENT_SEGMENT_H
#include "common/base/date.h"
#include "common/segment/document.h"
#include "common/segment/part.h"

#define DTL_SEGMENT_DOCS_MAX (1u << 22)

enum dtl_part_id { /* part of the key on disk */
                   DTL_PART_TERMS = 1,
                   DTL_PART_FORMS,
                   DTL_PART_POSTINGS,
                   DTL_PART_POSITIONS,
                   DTL_PART_VARIANTS,
                   DTL_PART_COLUMNS,
                   DTL_PART_IDENTITIES,
                   DTL_PARTS_END, /* one past the last; parts are counted from 1 */
};

struct dtl_zone { /* documents [first, first + docs) */
    dtl_doc first;
    uint32_t docs;
    dtl_day oldest,
        newest; /* smallest `earliest`, largest `latest`; DTL_DAY_NONE when docs is 0 or undated */
};

struct dtl_group_use { /* an article group this segment's frames stand in */
    uint32_t serial;
    uint64_t bytes; /* of frames this segment uses there, at creation */
};

/** The catalog row: all that can be known without touching a chunk. */
struct dtl_segment_facts {
    uint32_t serial;   /* unique for ever */
    dtl_day first_day; /* smallest `earliest`; DTL_DAY_NONE when all are undated */
    uint32_t docs;
    struct dtl_zone zone[DTL_ZONES];
    uint64_t weighted_total; /* sum of exact weighted lengths */
    uint64_t word_total;     /* sum of title and body words */
    uint64_t text_bytes;     /* sum of title and body bytes */
    uint64_t part_bytes[DTL_PARTS_END];
    uint32_t terms, forms;
    uint32_t lang_docs[DTL_LANGS]; /* documents by stemmer; [0]: no stemmer */
    struct dtl_group_use *group;   /* sorted by serial */
    size_t groups;
};

/**
 * Serialised without its key. Decode checks every number against the others, computes first_day
 * from the zones (the caller compares it with the key) and leaves serial 0 for the caller to set;
 * `group` is in `arena`.
 */
bool dtl_segment_facts_encode(const struct dtl_segment_facts *f, struct dtl_buffer *out);
enum dtl_status dtl_segment_facts_decode(struct dtl_bytes in, struct dtl_arena *arena,
                                         struct dtl_segment_facts *out,
                                         struct dtl_error *err) DTL_MUST_USE;

struct dtl_dead; /* dead.h */

struct dtl_segment { /* open: parts resolve lazily; lives in the snapshot's arena */
    struct dtl_segment_facts facts;
    struct dtl_part part[DTL_PARTS_END];
    struct dtl_arena *arena;
    const struct dtl_dead *dead; /* NULL: none */
    struct dtl_terms
        *terms; /* private to terms.c, forms.c, columns.c, identities.c: opened on first use */
    struct dtl_forms *forms;
    struct dtl_columns *columns;
    struct dtl_identities *identities;
};

/** Open over `fetch`; touches no chunk. `s->dead` is the caller's to set. */
enum dtl_status dtl_segment_open(struct dtl_segment *s, const struct dtl_segment_facts *facts,
                                 dtl_fetch_fn fetch, void *ctx, struct dtl_arena *arena,
                                 struct dtl_error *err) DTL_MUST_USE;
#endif
