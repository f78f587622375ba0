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

static enum dtl_status finish_docs(uint32_t *docs, size_t n, dtl_doc base, dtl_doc limit,
                                   struct dtl_error *err)
{
    uint64_t next =
        base; /* 64 bits: 128 damaged gaps cannot pass it, so one comparison at the end is enough */
    for (size_t i = 0; i < n; i++) {
        next += docs[i];
        docs[i] = (dtl_doc)next++;
    }
    if (next > limit)
        return dtl_fail(err, DTL_ECORRUPT, 0, "posting beyond the %u documents of the segment",
                        limit);
    return DTL_OK;
}

static enum dtl_status finish_tfs(uint32_t *tfs, size_t n, struct dtl_error *err)
{
    uint32_t top = 0;
    for (size_t i = 0; i < n; i++) {
        top = tfs[i] > top ? tfs[i] : top;
        tfs[i]++;
    }
    if (top >= DTL_TF_MAX)
        return dtl_fail(err, DTL_ECORRUPT, 0, "posting with a frequency over the limit");
    return DTL_OK;
}

enum dtl_status dtl_block_finish(uint32_t *docs, uint32_t *tfs, size_t n, dtl_doc base,
                                 dtl_doc limit, struct dtl_error *err)
{
    enum dtl_status st = finish_docs(docs, n, base, limit, err);
    return st == DTL_OK ? finish_tfs(tfs, n, err) : st;
}

enum dtl_status dtl_block_decode_docs(struct dtl_bytes in, dtl_doc base, dtl_doc limit,
                                      dtl_doc docs[DTL_BLOCK], size_t *used, struct dtl_error *err)
{
    enum dtl_status st = dtl_pfor_decode(in, DTL_BLOCK, docs, used, err);
    return st == DTL_OK ? finish_docs(docs, DTL_BLOCK, base, limit, err) : st;
}

enum dtl_status dtl_block_decode_tfs(struct dtl_bytes in, uint32_t tfs[DTL_BLOCK], size_t *used,
                                     struct dtl_error *err)
{
    enum dtl_status st = dtl_pfor_decode(in, DTL_BLOCK, tfs, used, err);
    return st == DTL_OK ? finish_tfs(tfs, DTL_BLOCK, err) : st;
}

enum dtl_status dtl_block_decode(struct dtl_bytes in, dtl_doc base, dtl_doc limit,
                                 dtl_doc docs[DTL_BLOCK], uint32_t tfs[DTL_BLOCK], size_t *used,
                                 struct dtl_error *err)
{
    size_t a = 0, b = 0;
    enum dtl_status st = dtl_block_decode_docs(in, base, limit, docs, &a, err);
    if (st == DTL_OK)
        st = dtl_block_decode_tfs(dtl_bytes(in.p + a, in.n - a), tfs, &b, err);
    if (st == DTL_OK)
        *used = a + b;
    return st;
}
