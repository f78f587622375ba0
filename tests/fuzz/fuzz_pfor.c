/* Any bytes as a patched group: no crash, every kernel says the same, and what is accepted packs
 * again and reads the same. */
#include "common/codec/block.h"
#include "common/codec/pfor.h"
#include "common/codec/tail.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition)
{
    if (!condition)
        abort();
}

static void group(struct dtl_bytes in, size_t n)
{
    uint32_t out[DTL_GROUP], again[DTL_GROUP];
    size_t used = 0, skipped = 0, more = 0;
    struct dtl_buffer b = {0};
    if (dtl_pfor_decode(in, n, out, &used, NULL) != DTL_OK)
        return;
    require(used <= in.n);
    require(dtl_pfor_skip(in, n, &skipped, NULL) == DTL_OK && skipped == used);
    require(dtl_pfor_encode(&b, out, n, DTL_PFOR_SMALL));
    require(dtl_pfor_decode(dtl_buffer_view(&b), n, again, &more, NULL) == DTL_OK && more == b.n);
    require(memcmp(out, again, n * sizeof *out) == 0);
    dtl_buffer_release(&b);
}

struct decoded {
    enum dtl_status group, postings;
    uint32_t values[DTL_GROUP];
    dtl_doc docs[DTL_BLOCK];
    uint32_t tfs[DTL_BLOCK];
    size_t group_bytes, postings_bytes;
};

/* Undecoded rest stays 0, so that whole structures compare. */
static void decode(struct decoded *d, struct dtl_bytes in, size_t n, dtl_doc base, dtl_doc limit)
{
    uint32_t room[DTL_GROUP];
    *d = (struct decoded){0};
    d->group = dtl_pfor_decode(in, n, room, &d->group_bytes, NULL);
    if (d->group == DTL_OK)
        memcpy(d->values, room, n * sizeof *room);
    dtl_doc docs[DTL_BLOCK];
    d->postings = n == DTL_BLOCK
                      ? dtl_block_decode(in, base, limit, docs, room, &d->postings_bytes, NULL)
                      : dtl_tail_decode(in, base, limit, n, docs, room, &d->postings_bytes, NULL);
    if (d->postings == DTL_OK) {
        memcpy(d->docs, docs, n * sizeof *docs);
        memcpy(d->tfs, room, n * sizeof *room);
    }
}

static void postings(struct dtl_bytes in, size_t n, dtl_doc base, dtl_doc limit)
{
    static struct decoded first, other;
    for (size_t k = 0; dtl_bitpack_at(k); k++) {
        if (!dtl_bitpack_at(k)->usable())
            continue;
        atomic_store(&dtl_bitpack_chosen, dtl_bitpack_at(k));
        decode(k ? &other : &first, in, n, base, limit);
        require(k == 0 || memcmp(&first, &other, sizeof first) == 0);
    }
    if (first.postings != DTL_OK)
        return;
    require(first.postings_bytes <= in.n);
    for (size_t i = 0; i < n; i++)
        require(first.docs[i] >= base && first.docs[i] < limit && first.tfs[i] >= 1 &&
                first.tfs[i] <= DTL_TF_MAX && (i == 0 || first.docs[i] > first.docs[i - 1]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    size_t n = 1 + data[0] % DTL_GROUP;
    struct dtl_bytes in = {data + 1, size - 1};
    group(in, n);
    postings(in, n, 0, 1000);
    postings(in, n, 900, UINT32_C(1) << 31);
    return 0;
}
