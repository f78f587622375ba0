/*
 * range.c - documents by date. In the zones of days, months and years intervals are equal or
 * disjoint, so a filter is one range of documents a zone; among stated ranges each candidate's
 * interval is looked at.
 */
#include "query/cursor/list.h"

void dtl_date_ranges_all(const struct dtl_segment *s, struct dtl_date_ranges *out)
{
    *out = (struct dtl_date_ranges){0};
    for (int z = 0; z < DTL_ZONES; z++) {
        out->zone[z].begin = s->facts.zone[z].first;
        out->zone[z].end = s->facts.zone[z].first + s->facts.zone[z].docs;
    }
}

bool dtl_date_ranges_possible(const struct dtl_segment *s, struct dtl_interval range, bool within,
                              bool undated)
{
    (void)within; /* an interval inside the range meets it */
    if (undated)
        return s->facts.zone[DTL_ZONE_UNDATED].docs > 0;
    for (int z = 0; z < DTL_ZONE_UNDATED; z++) {
        const struct dtl_zone *zone = &s->facts.zone[z];
        if (zone->docs && zone->oldest <= range.latest && zone->newest >= range.earliest)
            return true;
    }
    return false;
}

enum dtl_status dtl_date_ranges_of(struct dtl_segment *s, struct dtl_interval range, bool within,
                                   bool undated, struct dtl_date_ranges *out, struct dtl_error *err)
{
    struct dtl_date_ranges r = {.range = range, .within = within, .test_other = !undated};
    const struct dtl_zone *zone = s->facts.zone;
    if (undated) {
        r.zone[DTL_ZONE_UNDATED].begin = zone[DTL_ZONE_UNDATED].first;
        r.zone[DTL_ZONE_UNDATED].end = zone[DTL_ZONE_UNDATED].first + zone[DTL_ZONE_UNDATED].docs;
        *out = r;
        return DTL_OK;
    }
    for (int z = 0; z < DTL_ZONE_UNDATED; z++) {
        if (zone[z].docs == 0 || zone[z].oldest > range.latest || zone[z].newest < range.earliest)
            continue;
        enum dtl_status st = dtl_columns_range(s, (enum dtl_zone_id)z, range, within,
                                               &r.zone[z].begin, &r.zone[z].end, err);
        if (st < 0)
            return st;
    }
    *out = r;
    return DTL_OK;
}

struct dates {
    struct dtl_cursor c;
    struct dtl_date_ranges r;
};

static dtl_doc dates_seek(struct dtl_cursor *c, dtl_doc target)
{
    struct dates *d = (struct dates *)c;
    for (int z = 0; z < DTL_ZONES; z++) {
        struct dtl_doc_range *range = &d->r.zone[z];
        dtl_doc at = range->begin > target ? range->begin : target;
        if (z != DTL_ZONE_OTHER || !d->r.test_other) {
            if (at < range->end)
                return at;
            continue;
        }
        for (; at < range->end; at++) {
            struct dtl_interval date = DTL_UNDATED;
            enum dtl_status st = dtl_columns_date(c->ctx->segment, at, &date, c->ctx->err);
            if (st < 0)
                return dtl_cursor_fail(c->ctx, st);
            if (dtl_date_holds(date, d->r.range, d->r.within))
                return at;
        }
    }
    return DTL_DOC_END;
}

static uint64_t dates_score(struct dtl_cursor *c)
{
    (void)c;
    return 0;
}

struct dtl_cursor *dtl_cursor_dates(struct dtl_cursor_context *ctx,
                                    const struct dtl_date_ranges *ranges)
{
    static const struct dtl_cursor_ops ops = {.seek = dates_seek, .score = dates_score};
    uint64_t cost = 0;
    for (int z = 0; z < DTL_ZONES; z++)
        cost += ranges->zone[z].end - ranges->zone[z].begin;
    struct dates *d = dtl_cursor_new(ctx, sizeof *d, &ops, cost);
    if (!d)
        return NULL;
    d->r = *ranges;
    return &d->c;
}
