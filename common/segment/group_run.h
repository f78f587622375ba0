/*
 * common/segment/group_run.h - a run of patched groups of which only those asked for are decoded.
 *
 * A block of a frequent word holds thousands of positions; a phrase asks for a few of its postings.
 */
#ifndef DTL_SEGMENT_GROUP_RUN_H
#define DTL_SEGMENT_GROUP_RUN_H
#include "common/codec/bitpack.h"

struct dtl_group_run { /* {0} is an empty run; reused from block to block */
    struct dtl_bytes in;
    uint32_t total;     /* values */
    uint32_t *value;    /* of the decoded groups; heap */
    uint32_t *group_at; /* offset of each group in `in` */
    uint8_t *done;      /* 1: decoded */
    size_t room;        /* values there is memory for */
};

/**
 * Begin a run of `total` values in exactly the bytes `in`, borrowed. Decodes group headers alone.
 * DTL_ECORRUPT when the groups do not fill `in`, DTL_ENOMEM.
 */
enum dtl_status dtl_group_run_open(struct dtl_group_run *r, struct dtl_bytes in, uint32_t total,
                                   struct dtl_error *err) DTL_MUST_USE;
/** Make room for `total` values the caller fills in itself: all count as decoded. */
enum dtl_status dtl_group_run_plain(struct dtl_group_run *r, uint32_t total,
                                    struct dtl_error *err) DTL_MUST_USE;
enum dtl_status dtl_group_run_decode(struct dtl_group_run *r, uint32_t begin, uint32_t end,
                                     struct dtl_error *err) DTL_MUST_USE;
/** Decode what is not yet decoded of values [begin, end). */
DTL_MUST_USE static inline enum dtl_status
dtl_group_run_need(struct dtl_group_run *r, uint32_t begin, uint32_t end, struct dtl_error *err)
{
    uint32_t g = begin / DTL_GROUP;
    if (begin < end && r->done[g] && (end - 1) / DTL_GROUP == g)
        return DTL_OK; /* as nearly always: a posting has few values */
    return dtl_group_run_decode(r, begin, end, err);
}
void dtl_group_run_release(struct dtl_group_run *r);
#endif
