/*
 * block.c - 128 postings: the gaps between documents, then the frequencies less one, each a patched
 * group.
 *
 * Gaps are counted from `base`, so the first document of a block is as cheap as the others and a
 * block can be decoded knowing only where the one before it ended: that is what the block directory
 * stores.
 */
#include "common/codec/block.h"

#include "common/codec/pfor.h"

_Static_assert(DTL_BLOCK == DTL_GROUP,
               "a full block is one group of documents and one of frequencies");

bool dtl_block_encode(struct dtl_buffer *out, dtl_doc base, const dtl_doc docs[DTL_BLOCK],
                      const uint32_t tfs[DTL_BLOCK])
{
    uint32_t gaps[DTL_BLOCK], less[DTL_BLOCK];
    for (size_t i = 0; i < DTL_BLOCK; i++) {
        gaps[i] = docs[i] - (i ? docs[i - 1] + 1 : base);
        less[i] = tfs[i] - 1;
    }
    return dtl_pfor_encode(out, gaps, DTL_BLOCK, DTL_PFOR_QUICK) &&
           dtl_pfor_encode(out, less, DTL_BLOCK, DTL_PFOR_QUICK);
}

enum dtl_status dtl_block_finish(uint32_t *docs, uint32_t *tfs, size_t n, dtl_doc base,
                                 dtl_doc limit, struct dtl_error *err)
{
    uint64_t next =
        base; /* 64 bits: 128 damaged gaps cannot pass it, so one comparison at the end is enough */
    uint32_t tf_top = 0;
    for (size_t i = 0; i < n; i++) {
        next += docs[i];
        docs[i] = (dtl_doc)next++;
        tf_top = tfs[i] > tf_top ? tfs[i] : tf_top;
        tfs[i]++;
    }
    if (next > limit)
        return dtl_fail(err, DTL_ECORRUPT, 0, "posting beyond the %u documents of the segment",
                        limit);
    if (tf_top >= DTL_TF_MAX)
        return dtl_fail(err, DTL_ECORRUPT, 0, "posting with a frequency over the limit");
    return DTL_OK;
}

enum dtl_status dtl_block_decode(struct dtl_bytes in, dtl_doc base, dtl_doc limit,
                                 dtl_doc docs[DTL_BLOCK], uint32_t tfs[DTL_BLOCK], size_t *used,
                                 struct dtl_error *err)
{
    size_t a = 0, b = 0;
    enum dtl_status st = dtl_pfor_decode(in, DTL_BLOCK, docs, &a, err);
    if (st == DTL_OK)
        st = dtl_pfor_decode(dtl_bytes(in.p + a, in.n - a), DTL_BLOCK, tfs, &b, err);
    if (st == DTL_OK)
        st = dtl_block_finish(docs, tfs, DTL_BLOCK, base, limit, err);
    if (st == DTL_OK)
        *used = a + b;
    return st;
}
