/* Any text as the beginning of a story: views lie in it, a date is one. */
#include "indexer/format/dateline.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(bool ok)
{
    if (!ok)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct dtl_date_hints hints = {0};
    struct dtl_dateline d;
    size_t line = 0;
    if (!dtl_dateline_find(dtl_bytes(data, n), 3, &hints, &d, &line))
        return 0;
    const uint8_t *from = data + line, *end = data + n;
    require(line < n && d.used <= n - line && d.places <= DTL_DATELINE_PLACES);
    require(d.places > 0);
    for (size_t i = 0; i < d.places; i++)
        require(d.place[i].n && d.place[i].p >= from && d.place[i].p + d.place[i].n <= end);
    require(!d.agency.n || (d.agency.p >= from && d.agency.p + d.agency.n <= end));
    require(d.agency.n || d.date.used);
    require(!d.date.used || (d.date.month >= 1 && d.date.month <= 12));
    return 0;
}
