/* Any bytes where an article says its day: a stated date, a URL, a path, the first lines of a text.
 * Nothing, or days of the calendar. */
#include "indexer/article/dates.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool ok)
{
    if (!ok)
        abort();
}

static void in_calendar(struct dtl_interval i)
{
    require(i.earliest >= DTL_DAY_MIN && i.earliest <= i.latest && i.latest <= DTL_DAY_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dtl_bytes in = dtl_bytes(data, size);
    const struct dtl_date_hints hints = {0};
    struct dtl_interval found;
    struct dtl_instant instant = {0};
    struct dtl_error err = {0};
    dtl_day day = 0;
    enum dtl_status st = dtl_date_stated(in, &hints, &found, &instant, &err);
    if (st == DTL_OK)
        in_calendar(found);
    else
        require(st == DTL_EINPUT && err.text[0]);
    for (int last = 0; last < 2; last++)
        if (dtl_date_in_name(in, last, &day))
            in_calendar(dtl_interval_day(day));
    if (dtl_date_in_text(in, &hints, &found, &instant))
        in_calendar(found);
    return 0;
}
