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

#define TF_BITS 30u
_Static_assert(DTL_TF_MAX == UINT32_C(1) << TF_BITS, "a frequency less one has so many bits");

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

enum dtl_status dtl_block_decode_docs(struct dtl_bytes in, dtl_doc base, dtl_doc limit,
                                      dtl_doc docs[DTL_BLOCK], size_t *used, struct dtl_error *err)
{
    return dtl_pfor_decode_rising(in, DTL_BLOCK, base, limit, docs, used, err);
}

enum dtl_status dtl_tfs_decode(struct dtl_bytes in, size_t n, uint32_t *tfs, size_t *used,
                               struct dtl_error *err)
{
    unsigned width = 0;
    size_t bytes = 0;
    enum dtl_status st = dtl_pfor_decode_plus(in, n, 1, tfs, &width, &bytes, err);
    if (st < 0)
        return st;
    if (width > TF_BITS) /* a writer names no such width: only damage is looked through */
        for (size_t i = 0; i < n; i++)
            if (tfs[i] - 1 >= DTL_TF_MAX)
                return dtl_fail(err, DTL_ECORRUPT, 0, "posting with a frequency over the limit");
    *used = bytes;
    return DTL_OK;
}

enum dtl_status dtl_block_decode_tfs(struct dtl_bytes in, uint32_t tfs[DTL_BLOCK], size_t *used,
                                     struct dtl_error *err)
{
    return dtl_tfs_decode(in, DTL_BLOCK, tfs, used, err);
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
