/* indexer/build/order.h - document order: what common/segment/segment.h says, as a comparison. */
#ifndef DTL_BUILD_ORDER_H
#define DTL_BUILD_ORDER_H
#include "common/base/date.h"

struct dtl_order_key {
    enum dtl_zone_id zone;
    struct dtl_interval date;
    struct dtl_bytes id, source;
};

/** Zone, latest day falling, earliest day falling: <0, 0, >0. */
static inline int dtl_order_compare_dates(enum dtl_zone_id za, struct dtl_interval a,
                                          enum dtl_zone_id zb, struct dtl_interval b)
{
    if (za != zb)
        return za < zb ? -1 : 1;
    if (a.latest != b.latest)
        return a.latest > b.latest ? -1 : 1;
    if (a.earliest != b.earliest)
        return a.earliest > b.earliest ? -1 : 1;
    return 0;
}

static inline int dtl_order_compare(const struct dtl_order_key *a, const struct dtl_order_key *b)
{
    int c = dtl_order_compare_dates(a->zone, a->date, b->zone, b->date);
    if (c == 0)
        c = dtl_bytes_compare(a->id, b->id);
    return c ? c : dtl_bytes_compare(a->source, b->source);
}
#endif
