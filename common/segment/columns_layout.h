/* common/segment/columns_layout.h - what columns.c and columns_builder.c agree on; private to the
 * two. */
#ifndef DTL_SEGMENT_COLUMNS_LAYOUT_H
#define DTL_SEGMENT_COLUMNS_LAYOUT_H
#include "common/segment/packed.h"

#define COLUMNS_MAGIC   0x4b4c5444u /* "DTLK" */
#define COLUMNS_VERSION 1u
#define COLUMNS_HEADER  256u /* the lengths follow */

enum column { /* order of the header's table and of the arrays; part of the format */
              COLUMN_LANG,
              COLUMN_DATE_SOURCE,
              COLUMN_TITLE_WORDS,
              COLUMN_WORDS,
              COLUMN_TEXT_BYTES,
              COLUMN_WEIGHTED,
              COLUMN_GENERATION,
              COLUMN_GROUP,
              COLUMN_FRAME_AT,
              COLUMN_FRAME_BYTES,
              COLUMN_INSTANT_KNOWN,
              COLUMN_INSTANT, /* zigzag seconds; 0 where not known, as the offset */
              COLUMN_OFFSET,  /* zigzag minutes */
              COLUMNS
};

enum { /* offsets in the header */
       AT_MAGIC = 0,
       AT_VERSION = 4,
       AT_DOCS = 8,
       AT_COLUMNS = 12,
       AT_RUNS = 16,  /* u32 a zone: intervals in its run directory */
       AT_TABLE = 48, /* base u64, width u32, zero u32 a column */
       TABLE_ENTRY = 16,
};

/* The run directory: three arrays of `runs` entries: first document u32, earliest day i32, latest
 * day i32. */
#define RUN_BYTES 12u

static inline uint64_t runs_at(uint32_t docs)
{
    return dtl_align64(COLUMNS_HEADER + (uint64_t)docs);
}

static inline uint64_t arrays_at(uint32_t docs, uint32_t runs)
{
    return dtl_align64(runs_at(docs) + (uint64_t)runs * RUN_BYTES);
}

static inline uint64_t zigzag(int64_t v)
{
    return ((uint64_t)v << 1) ^ (uint64_t)(v >> 63);
}

static inline int64_t unzigzag(uint64_t v)
{
    return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
}
#endif
