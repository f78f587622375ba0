/* common/segment/identities_layout.h - what identities.c and its builder agree on; private to the
 * two. */
#ifndef DTL_SEGMENT_IDENTITIES_LAYOUT_H
#define DTL_SEGMENT_IDENTITIES_LAYOUT_H
#include "common/segment/packed.h"

#define IDENTITIES_MAGIC   0x494c5444u /* "DTLI" */
#define IDENTITIES_VERSION 1u
#define IDENTITIES_HEADER  64u
#define IDENTITIES_BLOCK   16u /* ids front-coded together */

enum { /* offsets in the header */
       AT_MAGIC = 0,
       AT_VERSION = 4,
       AT_DOCS = 8,
       AT_SOURCES = 12,
       AT_ID_BYTES = 16,
       AT_SOURCE_BYTES = 24,
};

struct identities_layout { /* offsets in the part and widths in bits */
    uint64_t hashes, docs_at, ordinals, blocks, ids, source_starts, source_text, end;
    unsigned doc_width, ordinal_width, block_width, source_width;
    uint32_t sources, block_count;
    uint64_t id_bytes, source_bytes;
};

/* Sizes at most those of a part: no sum here can overflow. */
static inline struct identities_layout identities_layout(uint32_t docs, uint32_t sources,
                                                         uint64_t id_bytes, uint64_t source_bytes)
{
    struct identities_layout l = {
        .doc_width = dtl_packed_width(docs ? docs - 1 : 0),
        .ordinal_width = dtl_packed_width(sources ? sources - 1 : 0),
        .block_width = dtl_packed_width(id_bytes),
        .source_width = dtl_packed_width(source_bytes),
        .sources = sources,
        .block_count = (docs + IDENTITIES_BLOCK - 1) / IDENTITIES_BLOCK,
        .id_bytes = id_bytes,
        .source_bytes = source_bytes,
    };
    l.hashes = IDENTITIES_HEADER;
    l.docs_at = dtl_align64(l.hashes + (uint64_t)docs * 8);
    l.ordinals = dtl_align64(l.docs_at + dtl_packed_bytes(docs, l.doc_width));
    l.blocks = dtl_align64(l.ordinals + dtl_packed_bytes(docs, l.ordinal_width));
    l.ids = dtl_align64(l.blocks + dtl_packed_bytes(l.block_count, l.block_width));
    l.source_starts = dtl_align64(l.ids + id_bytes);
    l.source_text = dtl_align64(l.source_starts + dtl_packed_bytes(sources, l.source_width));
    l.end = dtl_align64(l.source_text + source_bytes);
    return l;
}
#endif
