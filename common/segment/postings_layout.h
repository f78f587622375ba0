/*
 * common/segment/postings_layout.h - the block directory as writer and reader see it
 * (docs/FORMAT.md, "Postings").
 *
 * list      := directory block{...} tail [ bitmap ]
 * directory := flags:u8 widths:u8 widths:u8 column{...} pairs
 * Columns have a row a block, each of 1 to 4 bytes: last document, end of its postings, of its
 * positions (when the list has any), of its variants (when there are two or more forms), of its
 * impact pairs. Ends are relative to the list's first block, position, variant or pair.
 */
#ifndef DTL_SEGMENT_POSTINGS_LAYOUT_H
#define DTL_SEGMENT_POSTINGS_LAYOUT_H
#include "common/base/bytes.h"

#define DTL_DIRECTORY_HEAD 3u

/* Flags of a directory. Both are kept for structures that may stand behind the pairs one day; a
 * reader of this format refuses a list that has any flag set. */
#define DTL_DIRECTORY_THRESHOLDS 1u /* lower frontiers at ranks 10, 100, 1000 */
#define DTL_DIRECTORY_BITMAP     2u /* a bitmap that must be understood: never set, see below */

/* The documents of a list once more, a bit each, where they stand close enough: whoever wants no
 * frequency then decodes no block. */
#define DTL_BITMAP_FEWEST   1024u /* fewer are decoded in a microsecond */
#define DTL_BITMAP_SPARSEST 6u    /* one of so many documents up to the list's last */

/** Does a list of `df` documents up to `last` have a bitmap? */
static inline bool dtl_bitmap_pays(uint32_t df, uint32_t last)
{
    return df >= DTL_BITMAP_FEWEST && (uint64_t)df * DTL_BITMAP_SPARSEST > last;
}
/** Bytes of a bitmap: words of 64 bits, little-endian, bit d % 64 of word d / 64 for document d. */
static inline size_t dtl_bitmap_bytes(uint32_t last)
{
    return 8 * ((size_t)last / 64 + 1);
}

enum dtl_directory_column {
    DTL_COLUMN_LAST,
    DTL_COLUMN_POSTINGS,
    DTL_COLUMN_POSITIONS,
    DTL_COLUMN_VARIANTS,
    DTL_COLUMN_PAIRS,
    DTL_DIRECTORY_COLUMNS,
};

struct dtl_directory_row {
    uint32_t value[DTL_DIRECTORY_COLUMNS];
};

/** Column `c` exists in a list with these properties. */
static inline bool dtl_directory_has(unsigned c, bool has_positions, uint32_t variants)
{
    return c == DTL_COLUMN_POSITIONS ? has_positions : c != DTL_COLUMN_VARIANTS || variants > 1;
}
#endif
