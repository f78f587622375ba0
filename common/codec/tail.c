/*
 * tail.c - short posting blocks: what is left of a list after its full blocks, and the whole of
 * most lists.
 *
 * Why a second encoding: a full block pays for 128 entries even when it holds three, and most terms
 * of a news archive occur in fewer than 128 articles. Below eight postings a pair of varints has
 * the least overhead, with the frequency 1 in a bit of the document's gap; from eight on two short
 * groups are smaller, because their widths need not be multiples of seven (docs/decisions/0020 has
 * the figures).
 *
 * Invariants: document numbers strictly rise; a tail is never empty and never full. The reader
 * checks all that the bytes could break, because segments are mapped files and disks change.
 */
#include "common/codec/tail.h"

#include "common/codec/pfor.h"
#include "common/codec/varint.h"

static bool encode_pairs(struct dtl_buffer *out, dtl_doc base, const dtl_doc *docs,
                         const uint32_t *tfs, size_t n)
{
    dtl_doc next = base;
    for (size_t i = 0; i < n; i++) {
        bool once = tfs[i] == 1;
        dtl_buffer_varint(out, (uint64_t)(docs[i] - next) << 1 | once);
        if (!once)
            dtl_buffer_varint(out, tfs[i] - 2);
        next = docs[i] + 1;
    }
    return !out->failed;
}

bool dtl_tail_encode(struct dtl_buffer *out, dtl_doc base, const dtl_doc *docs, const uint32_t *tfs,
                     size_t n)
{
    if (n < DTL_TAIL_PAIRS)
        return encode_pairs(out, base, docs, tfs, n);
    uint32_t gaps[DTL_BLOCK], less[DTL_BLOCK];
    for (size_t i = 0; i < n; i++) {
        gaps[i] = docs[i] - (i ? docs[i - 1] + 1 : base);
        less[i] = tfs[i] - 1;
    }
    return dtl_pfor_encode(out, gaps, n, DTL_PFOR_QUICK) &&
           dtl_pfor_encode(out, less, n, DTL_PFOR_QUICK);
}

static enum dtl_status decode_pairs(struct dtl_bytes in, dtl_doc base, dtl_doc limit, size_t n,
                                    dtl_doc *docs, uint32_t *tfs, size_t *used,
                                    struct dtl_error *err)
{
    struct dtl_reader r = dtl_reader_of(in);
    uint64_t next = base; /* 64 bits: base + skip may pass 32 in a damaged tail */
    for (size_t i = 0; i < n; i++) {
        size_t start = r.at;
        uint64_t pair = dtl_varint(&r), skip = pair >> 1;
        bool once = pair & 1;
        uint32_t more = once ? 0 : dtl_varint32(&r);
        if (r.bad)
            return dtl_fail(err, DTL_ECORRUPT, r.at,
                            "tail ends inside a number, or it is too wide");
        if (skip >= limit || next + skip >= limit || more > DTL_TF_MAX - 2)
            return dtl_fail(err, DTL_ECORRUPT, start, "tail entry %zu out of range", i);
        next += skip;
        docs[i] = (dtl_doc)next++;
        tfs[i] = once ? 1 : more + 2;
    }
    *used = r.at;
    return DTL_OK;
}

enum dtl_status dtl_tail_decode(struct dtl_bytes in, dtl_doc base, dtl_doc limit, size_t n,
                                dtl_doc docs[DTL_BLOCK], uint32_t tfs[DTL_BLOCK], size_t *used,
                                struct dtl_error *err)
{
    if (n == 0 || n >= DTL_BLOCK)
        return dtl_fail(err, DTL_ECORRUPT, 0, "tail of %zu postings", n);
    if (n < DTL_TAIL_PAIRS)
        return decode_pairs(in, base, limit, n, docs, tfs, used, err);
    size_t a = 0, b = 0;
    enum dtl_status st = dtl_pfor_decode_rising(in, n, base, limit, docs, &a, err);
    if (st == DTL_OK)
        st = dtl_tfs_decode(dtl_bytes(in.p + a, in.n - a), n, tfs, &b, err);
    if (st == DTL_OK)
        *used = a + b;
    return st;
}
