/* Any text as a printed date: what is read lies in the text and in the calendar. */
#include "indexer/format/printed_date.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const char *const langs[] = {"", "en", "fr", "hr"};
    for (int i = 0; i < 8; i++) {
        struct dtl_printed_date d;
        struct dtl_date_hints hints = {dtl_lang_code_of(dtl_bytes_of(langs[i / 2])),
                                       (enum dtl_day_order)(i % 3)};
        bool years = i % 2;
        if (dtl_printed_date(dtl_bytes(data, n), &hints, years, &d) != DTL_OK)
            continue;
        bool dated = dtl_interval_dated(d.date);
        if (d.used == 0 || d.used > n || (years && !dated) || d.month < 1 || d.month > 12)
            abort();
        if (dated && (d.date.earliest > d.date.latest || d.date.earliest < DTL_DAY_MIN ||
                      d.date.latest > DTL_DAY_MAX))
            abort();
        if (!dated && (d.day < 1 || d.day > 31))
            abort();
    }
    return 0;
}
