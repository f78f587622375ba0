/*
 * common/segment/postings_layout.h - the block directory as writer and reader see it
 * (docs/FORMAT.md, "Postings").
 *
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
#define DTL_DIRECTORY_BITMAP     2u /* a dense bitmap of the documents */

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
