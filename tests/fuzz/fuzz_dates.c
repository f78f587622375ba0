/* Any bytes as a date: refused with a place inside it, or days of the calendar that print and read
 * back. */
#include <stdlib.h>

#include "query/language/dates.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void calendar(struct dtl_bytes text, enum dtl_calendar_kind kind,
                     const struct dtl_clock *clock)
{
    struct dtl_calendar c = {0};
    bool relative = false;
    struct dtl_error err = {0};
    enum dtl_status st = dtl_calendar_resolve(kind, text, clock, &c, &relative, &err);
    bool ok = st == DTL_OK ? c.kind == kind && c.weekday <= 7 && c.month <= 12 && c.day <= 31 &&
                                 (c.weekday == 0) != (c.month == 0) &&
                                 (c.day != 0) == (kind == DTL_CALENDAR_DAY)
                           : st == DTL_EQUERY && err.pos <= text.n && err.text[0];
    if (!ok)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct dtl_clock clock = {19823, 19823 * (int64_t)86400};
    if (data[0] & 8)
        clock.today = data[0] & 16 ? DTL_DAY_MIN : DTL_DAY_MAX;
    struct dtl_bytes text = dtl_bytes(data + 1, size - 1);
    struct dtl_interval out = {1, 0}, again = {1, 0};
    bool relative = false, undated = false;
    struct dtl_error err = {0};
    calendar(text, (enum dtl_calendar_kind)(data[0] % 3), &clock);
    enum dtl_status st = dtl_dates_resolve((enum dtl_date_relation)(data[0] % 5), text, &clock,
                                           &out, &relative, &undated, &err);
    if (st != DTL_OK) {
        if (st != DTL_EQUERY || err.pos > text.n || !err.text[0])
            abort();
        return 0;
    }
    if (undated)
        return 0;
    if (out.earliest > out.latest || out.earliest < DTL_DAY_MIN || out.latest > DTL_DAY_MAX)
        abort();
    char printed[DTL_DATE_TEXT];
    dtl_date_print(out, printed);
    if (dtl_dates_resolve(DTL_DATE_ON, dtl_bytes_of(printed), &clock, &again, &relative, &undated,
                          &err) != DTL_OK ||
        again.earliest != out.earliest || again.latest != out.latest || relative)
        abort();
    return 0;
}
