/* Any bytes as deleted documents of one segment: what is accepted lies within it and survives a
 * round trip. */
#include "common/segment/dead.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct dtl_group_use groups[] = {
    {5, 1000000},
    {9, 500    }
};
static const struct dtl_segment_facts facts = {
    .docs = 200000,
    .weighted_total = 1u << 30,
    .word_total = 1u << 29,
    .text_bytes = UINT64_C(1) << 33,
    .terms = 100000,
    .lang_docs = {50000, 0, 150000},
    .group = groups,
    .groups = 2,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dtl_dead *d = NULL, *again = NULL;
    if (dtl_dead_decode(dtl_bytes(data, size), &facts, &d, NULL) != DTL_OK)
        return 0;
    if (roaring_bitmap_get_cardinality(d->docs) != d->count || d->count > facts.docs ||
        (d->count && roaring_bitmap_maximum(d->docs) >= facts.docs))
        abort();
    for (size_t i = 0; i < d->pair_count; i++)
        if (d->pairs[i].ordinal >= facts.terms || d->pairs[i].df == 0 ||
            d->pairs[i].df > d->count || (i && d->pairs[i].ordinal <= d->pairs[i - 1].ordinal))
            abort();
    struct dtl_buffer b = {0};
    if (!dtl_dead_encode(d, &b) ||
        dtl_dead_decode(dtl_buffer_view(&b), &facts, &again, NULL) != DTL_OK ||
        !roaring_bitmap_equals(d->docs, again->docs) || d->pair_count != again->pair_count)
        abort();
    dtl_buffer_release(&b);
    dtl_dead_release(d);
    dtl_dead_release(again);
    return 0;
}
