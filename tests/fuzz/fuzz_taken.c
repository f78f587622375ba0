/* fuzz_taken.c - any bytes as the reasons of a row, and as a file that took its articles: what is
 * noted is found, the reasons stay behind it, and noting it again changes nothing. */
#include "indexer/build/taken.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* How many names there are; *named: `by` or "other files" is among them. */
static size_t count(struct dtl_bytes reasons, struct dtl_bytes by, bool *named)
{
    struct dtl_bytes name;
    size_t n = 0;
    *named = false;
    for (size_t at = 0; dtl_taken_next(reasons, &at, &name); n++) {
        if (name.n && (name.p < reasons.p || name.p + name.n > reasons.p + reasons.n))
            abort();
        *named |= !name.n || dtl_bytes_equal(name, by);
    }
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dtl_buffer b = {0};
    size_t cut = size ? data[0] % 64 + (size_t)1 : 0;
    bool named;
    if (cut > size)
        cut = size;
    struct dtl_bytes by = dtl_bytes(data, cut), before = dtl_bytes(data + cut, size - cut);
    if (!dtl_buffer_append(&b, before.p, before.n))
        abort();
    size_t was = count(before, by, &named);
    bool there = named;
    if (!dtl_taken_note(&b, by))
        abort();
    if (b.n < before.n || memcmp(b.p + b.n - before.n, before.p, before.n) != 0)
        abort();
    if (count(dtl_buffer_view(&b), by, &named) != was + !there || !named)
        abort();
    size_t n = b.n;
    if (!dtl_taken_note(&b, by) || b.n != n)
        abort();
    dtl_buffer_release(&b);
    return 0;
}
