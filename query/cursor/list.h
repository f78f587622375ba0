/* query/cursor/list.h - one posting list as a cursor; for the files of this folder alone. */
#ifndef DTL_CURSOR_LIST_H
#define DTL_CURSOR_LIST_H
#include "query/cursor/cursor.h"

struct dtl_list {
    struct dtl_cursor c;
    uint32_t i;            /* current posting of the block, when not at the end */
    const uint8_t *filter; /* bit v: variant v counts; NULL: all do */
    struct dtl_list *next; /* of the context */
    uint32_t *kept;        /* filtered positions */
    uint32_t kept_room;
    struct dtl_postings p; /* last: it is large */
};

/** A zeroed cursor of `bytes`, noted as failure in the context when there is no memory. */
void *dtl_cursor_new(struct dtl_cursor_context *ctx, size_t bytes, const struct dtl_cursor_ops *ops,
                     uint64_t cost);

static inline bool dtl_filter_holds(const uint8_t *filter, uint32_t variant)
{
    return filter[variant >> 3] >> (variant & 7) & 1;
}

/** Make room for n positions in *room, which holds *have; false on failure. */
bool dtl_positions_room(struct dtl_cursor_context *ctx, uint32_t **room, uint32_t *have,
                        uint32_t n);
#endif
