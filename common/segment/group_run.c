/*
 * group_run.c - groups decoded on demand.
 *
 * A group's size is in its header, so all of them are found without decoding one. Memory is taken
 * once for the largest block a list has, and only after the bytes proved able to hold that many.
 */
#include "common/segment/group_run.h"

#include "common/codec/pfor.h"

#include <stdlib.h>

static enum dtl_status make_room(struct dtl_group_run *r, uint32_t total, struct dtl_error *err)
{
    if (total <= r->room && r->value)
        return DTL_OK;
    size_t want = total < 2 * r->room ? 2 * r->room : total;
    want = (want + DTL_GROUP) / DTL_GROUP * DTL_GROUP;
    size_t groups = want / DTL_GROUP;
    uint32_t *value = malloc(want * sizeof *value + groups * (sizeof *r->group_at + 1));
    if (!value)
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for %zu positions", want);
    free(r->value); /* what it held is of another block */
    r->value = value;
    r->group_at = value + want;
    r->done = (uint8_t *)(r->group_at + groups);
    r->room = want;
    return DTL_OK;
}

enum dtl_status dtl_group_run_open(struct dtl_group_run *r, struct dtl_bytes in, uint32_t total,
                                   struct dtl_error *err)
{
    size_t groups = ((size_t)total + DTL_GROUP - 1) / DTL_GROUP, used = 0;
    if (groups > in.n) /* a group takes a byte at least: bounds the memory by what is there */
        return dtl_fail(err, DTL_ECORRUPT, in.n, "%u values in %zu bytes", total, in.n);
    enum dtl_status st = make_room(r, total, err);
    if (st == DTL_OK)
        st = dtl_pfor_index_run(in, total, r->group_at, &used, err);
    if (st == DTL_OK && used != in.n)
        st = dtl_fail(err, DTL_ECORRUPT, used, "bytes left after the groups of a block");
    if (st < 0)
        return st;
    memset(r->done, 0, groups);
    r->in = in;
    r->total = total;
    return DTL_OK;
}

enum dtl_status dtl_group_run_plain(struct dtl_group_run *r, uint32_t total, struct dtl_error *err)
{
    enum dtl_status st = make_room(r, total, err);
    if (st < 0)
        return st;
    memset(r->done, 1, ((size_t)total + DTL_GROUP - 1) / DTL_GROUP);
    r->total = total;
    return DTL_OK;
}

enum dtl_status dtl_group_run_decode(struct dtl_group_run *r, uint32_t begin, uint32_t end,
                                     struct dtl_error *err)
{
    for (uint32_t g = begin / DTL_GROUP; begin < end && g <= (end - 1) / DTL_GROUP; g++) {
        if (r->done[g])
            continue;
        uint32_t first = g * DTL_GROUP, n = r->total - first;
        size_t used = 0;
        struct dtl_bytes in = dtl_bytes(r->in.p + r->group_at[g], r->in.n - r->group_at[g]);
        enum dtl_status st =
            dtl_pfor_decode(in, n < DTL_GROUP ? n : DTL_GROUP, r->value + first, &used, err);
        if (st < 0)
            return st;
        r->done[g] = 1;
    }
    return DTL_OK;
}

void dtl_group_run_release(struct dtl_group_run *r)
{
    free(r->value);
    *r = (struct dtl_group_run){0};
}
