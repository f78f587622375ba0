/*
 * byte_run.c - chunks that grow by half: a term met once costs 20 bytes, a frequent one wastes at
 * most a third.
 */
#include "indexer/invert/byte_run.h"

#define LINK      4u /* bytes of the offset behind each chunk */
#define LEVEL_MAX 16u

static const uint16_t level_bytes[LEVEL_MAX + 1] = {DTL_BYTE_RUN_FIRST - LINK,
                                                    24,
                                                    36,
                                                    56,
                                                    84,
                                                    128,
                                                    192,
                                                    288,
                                                    432,
                                                    648,
                                                    972,
                                                    1460,
                                                    2192,
                                                    3288,
                                                    4932,
                                                    7400,
                                                    11100};

bool dtl_byte_run_byte(struct dtl_pool *p, struct dtl_byte_run *r, uint8_t v)
{
    if (r->tail == r->end) {
        uint8_t level = 0;
        if (r->end)
            level = r->level < LEVEL_MAX ? (uint8_t)(r->level + 1) : r->level;
        uint32_t at = 0;
        if (!dtl_pool_take(p, level_bytes[level] + LINK, 4, &at))
            return false;
        if (r->end)
            dtl_store32(p->base + r->end, at);
        else
            r->head = at;
        r->level = level;
        r->tail = at;
        r->end = at + level_bytes[level];
    }
    p->base[r->tail++] = v;
    return true;
}

bool dtl_byte_run_view(const struct dtl_pool *p, const struct dtl_byte_run *r,
                       struct dtl_buffer *out, struct dtl_bytes *view)
{
    uint32_t at = r->head, level = 0;
    dtl_buffer_reset(out);
    while (at + level_bytes[level] != r->end) {
        if (!dtl_buffer_append(out, p->base + at, level_bytes[level]))
            return false;
        at = dtl_load32(p->base + at + level_bytes[level]);
        level += level < LEVEL_MAX;
    }
    if (out->n == 0) {
        *view = dtl_bytes(p->base + at, r->tail - at);
        return true;
    }
    if (!dtl_buffer_append(out, p->base + at, r->tail - at))
        return false;
    *view = dtl_buffer_view(out);
    return true;
}
