/*
 * segment.c - the catalog row of a segment, and the segment opened over its chunks.
 *
 * Why so many checks in so small a row: it is the one thing every query believes without looking
 * further, it sizes every part, and sums over it are the archive's statistics. What can be computed
 * (zone starts, the first day) is not stored, so it cannot disagree.
 */
#include "common/segment/segment.h"

#define FACTS_VERSION 1u

static uint64_t sum_of_group(const struct dtl_segment_facts *f)
{
    uint64_t n = 0;
    for (size_t i = 0; i < f->groups; i++)
        n += f->group[i].bytes;
    return n;
}

bool dtl_segment_facts_encode(const struct dtl_segment_facts *f, struct dtl_buffer *out)
{
    uint32_t langs = 0;
    for (int l = 0; l < DTL_LANGS; l++)
        langs += f->lang_docs[l] != 0;
    dtl_buffer_u32(out, FACTS_VERSION);
    dtl_buffer_u32(out, f->docs);
    for (int z = 0; z < DTL_ZONES; z++) {
        dtl_buffer_u32(out, f->zone[z].docs);
        if (z != DTL_ZONE_UNDATED && f->zone[z].docs) {
            dtl_buffer_u32(out, (uint32_t)f->zone[z].oldest);
            dtl_buffer_u32(out, (uint32_t)f->zone[z].newest);
        }
    }
    dtl_buffer_u64(out, f->weighted_total);
    dtl_buffer_u64(out, f->word_total);
    dtl_buffer_u64(out, f->text_bytes);
    for (int p = DTL_PART_TERMS; p < DTL_PARTS_END; p++)
        dtl_buffer_u64(out, f->part_bytes[p]);
    dtl_buffer_u32(out, f->terms);
    dtl_buffer_u32(out, f->forms);
    dtl_buffer_u32(out, langs);
    for (uint32_t l = 0; l < DTL_LANGS; l++)
        if (f->lang_docs[l]) {
            dtl_buffer_u32(out, l);
            dtl_buffer_u32(out, f->lang_docs[l]);
        }
    dtl_buffer_u32(out, (uint32_t)f->groups);
    for (size_t i = 0; i < f->groups; i++) {
        dtl_buffer_u32(out, f->group[i].serial);
        dtl_buffer_u64(out, f->group[i].bytes);
    }
    return !out->failed;
}

static enum dtl_status damaged(uint64_t at, const char *what, struct dtl_error *err)
{
    return dtl_fail(err, DTL_ECORRUPT, at, "catalog row: %s", what);
}

/* The zone follows from the interval alone, so the ends of a zone must be ends such intervals can
 * have. */
static bool zone_plausible(int z, const struct dtl_zone *zone)
{
    if (zone->oldest < DTL_DAY_MIN || zone->newest > DTL_DAY_MAX || zone->oldest > zone->newest)
        return false;
    struct dtl_civil a = dtl_civil_of(zone->oldest), b = dtl_civil_of(zone->newest);
    switch (z) {
    case DTL_ZONE_MONTH:
        return a.day == 1 && b.day == dtl_days_in_month(b.year, b.month);
    case DTL_ZONE_YEAR:
        return a.day == 1 && a.month == 1 && b.day == 31 && b.month == 12;
    case DTL_ZONE_OTHER:
        return zone->oldest < zone->newest;
    default:
        return true;
    }
}

static enum dtl_status read_zones(struct dtl_reader *r, struct dtl_segment_facts *f,
                                  struct dtl_error *err)
{
    uint64_t docs = 0;
    f->first_day = DTL_DAY_NONE;
    for (int z = 0; z < DTL_ZONES; z++) {
        struct dtl_zone *zone = &f->zone[z];
        *zone = (struct dtl_zone){(dtl_doc)docs, dtl_read_u32(r), DTL_DAY_NONE, DTL_DAY_NONE};
        docs += zone->docs;
        if (docs > f->docs)
            return damaged(r->at, "zones hold more documents than the segment", err);
        if (zone->docs == 0 || z == DTL_ZONE_UNDATED)
            continue;
        zone->oldest = (dtl_day)dtl_read_u32(r);
        zone->newest = (dtl_day)dtl_read_u32(r);
        if (!zone_plausible(z, zone))
            return damaged(r->at, "impossible days of a zone", err);
        if (zone->oldest < f->first_day)
            f->first_day = zone->oldest;
    }
    return docs == f->docs ? DTL_OK : damaged(r->at, "zones hold fewer documents than stated", err);
}

static enum dtl_status read_sizes(struct dtl_reader *r, struct dtl_segment_facts *f,
                                  struct dtl_error *err)
{
    f->weighted_total = dtl_read_u64(r);
    f->word_total = dtl_read_u64(r);
    f->text_bytes = dtl_read_u64(r);
    const uint64_t most = (uint64_t)f->docs * UINT32_MAX;
    if (f->weighted_total > most || f->word_total > most || f->text_bytes > most)
        return damaged(r->at, "totals beyond what its documents can hold", err);
    for (int p = DTL_PART_TERMS; p < DTL_PARTS_END; p++) {
        f->part_bytes[p] = dtl_read_u64(r);
        if (f->part_bytes[p] > DTL_PART_MAX)
            return damaged(r->at, "a part of impossible size", err);
    }
    f->terms = dtl_read_u32(r);
    f->forms = dtl_read_u32(r);
    if (f->part_bytes[DTL_PART_COLUMNS] < f->docs ||
        f->part_bytes[DTL_PART_IDENTITIES] < (uint64_t)f->docs * 8 ||
        f->part_bytes[DTL_PART_TERMS] < f->terms || (f->terms == 0 && f->forms))
        return damaged(r->at, "a part too small for what it is said to hold", err);
    return DTL_OK;
}

static enum dtl_status read_langs(struct dtl_reader *r, struct dtl_segment_facts *f,
                                  struct dtl_error *err)
{
    uint64_t docs = 0;
    int64_t last = -1;
    uint32_t n = dtl_read_u32(r);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t lang = dtl_read_u32(r), count = dtl_read_u32(r);
        if (r->bad || lang >= DTL_LANGS || lang <= last || count == 0)
            return damaged(r->at, "impossible counts by language", err);
        f->lang_docs[lang] = count;
        docs += count;
        last = lang;
    }
    return docs == f->docs ? DTL_OK : damaged(r->at, "counts by language do not add up", err);
}

static enum dtl_status read_groups(struct dtl_reader *r, struct dtl_arena *arena,
                                   struct dtl_segment_facts *f, struct dtl_error *err)
{
    uint32_t n = dtl_read_u32(r);
    if (r->bad || n > f->docs || (r->n - r->at) / 12 != n || (r->n - r->at) % 12)
        return damaged(r->at, "impossible number of article groups", err);
    if (n && !(f->group = dtl_arena_alloc(arena, n * sizeof *f->group)))
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for a catalog row");
    f->groups = n;
    for (uint32_t i = 0; i < n; i++) {
        f->group[i].serial = dtl_read_u32(r);
        f->group[i].bytes = dtl_read_u64(r);
        if ((i && f->group[i].serial <= f->group[i - 1].serial) || f->group[i].bytes > DTL_PART_MAX)
            return damaged(r->at, "impossible article groups", err);
    }
    return sum_of_group(f) <= (uint64_t)f->docs * UINT32_MAX
               ? DTL_OK
               : damaged(r->at, "article groups larger than its articles can be", err);
}

enum dtl_status dtl_segment_facts_decode(struct dtl_bytes in, struct dtl_arena *arena,
                                         struct dtl_segment_facts *out, struct dtl_error *err)
{
    struct dtl_reader r = dtl_reader_of(in);
    struct dtl_segment_facts f = {0};
    if (dtl_read_u32(&r) != FACTS_VERSION)
        return damaged(0, "not of this version", err);
    f.docs = dtl_read_u32(&r);
    if (f.docs == 0 || f.docs > DTL_SEGMENT_DOCS_MAX)
        return damaged(4, "impossible number of documents", err);
    enum dtl_status st;
    if ((st = read_zones(&r, &f, err)) < 0 || (st = read_sizes(&r, &f, err)) < 0 ||
        (st = read_langs(&r, &f, err)) < 0 || (st = read_groups(&r, arena, &f, err)) < 0)
        return st;
    if (r.bad || r.at != r.n)
        return damaged(r.at, "of another length than stated", err);
    *out = f;
    return DTL_OK;
}

enum dtl_status dtl_segment_open(struct dtl_segment *s, const struct dtl_segment_facts *facts,
                                 dtl_fetch_fn fetch, void *ctx, struct dtl_arena *arena,
                                 struct dtl_error *err)
{
    struct dtl_segment fresh = {.facts = *facts, .arena = arena};
    for (int p = DTL_PART_TERMS; p < DTL_PARTS_END; p++) {
        enum dtl_status st =
            dtl_part_open(&fresh.part[p], (uint8_t)p, facts->part_bytes[p], fetch, ctx, arena, err);
        if (st < 0)
            return st;
    }
    *s = fresh;
    return DTL_OK;
}
