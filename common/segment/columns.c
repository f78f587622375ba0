/*
 * columns.c - the reader of per-document numbers.
 *
 * Why columns and not rows: scoring wants every length of a list's documents and nothing else, so
 * lengths are one contiguous byte each; a date filter wants days, and because documents stand in
 * the order of their days the days are a short directory of runs, not a column; the rest is asked
 * for a dozen documents a query.
 *
 * Invariants: the header fixes the whole layout, so the part has exactly one possible size and no
 * offset is stored; every number read is checked against its type and the catalog row before it is
 * given out.
 */
#include "common/segment/columns.h"

#include "common/segment/columns_layout.h"

struct dtl_columns {
    uint64_t at[COLUMNS], base[COLUMNS];
    unsigned width[COLUMNS];
    uint32_t runs, zone_runs[DTL_ZONES];
    const uint8_t *lengths;                   /* NULL until asked for */
    const uint8_t *first, *earliest, *latest; /* likewise */
    uint32_t run; /* the run found last: neighbours are asked for together */
};

static const uint64_t limit[COLUMNS] = {
    /* largest value of each */
    [COLUMN_LANG] = UINT16_MAX,        [COLUMN_DATE_SOURCE] = DTL_DATE_SET,
    [COLUMN_TITLE_WORDS] = UINT32_MAX, [COLUMN_WORDS] = UINT32_MAX,
    [COLUMN_TEXT_BYTES] = UINT32_MAX,  [COLUMN_WEIGHTED] = UINT32_MAX,
    [COLUMN_GENERATION] = UINT32_MAX,  [COLUMN_GROUP] = UINT32_MAX,
    [COLUMN_FRAME_AT] = DTL_PART_MAX,  [COLUMN_FRAME_BYTES] = UINT32_MAX,
    [COLUMN_INSTANT_KNOWN] = 1,        [COLUMN_INSTANT] = UINT64_MAX,
    [COLUMN_OFFSET] = UINT16_MAX,
};

static enum dtl_status damaged(uint64_t at, const char *what, struct dtl_error *err)
{
    return dtl_fail(err, DTL_ECORRUPT, at, "columns: %s", what);
}

static enum dtl_status read_header(struct dtl_segment *s, struct dtl_columns *x,
                                   struct dtl_error *err)
{
    struct dtl_part *p = &s->part[DTL_PART_COLUMNS];
    struct dtl_bytes h = {0};
    enum dtl_status st = dtl_part_view(p, 0, COLUMNS_HEADER, s->arena, &h, err);
    if (st < 0)
        return st;
    uint32_t docs = s->facts.docs;
    if (dtl_load32(h.p + AT_MAGIC) != COLUMNS_MAGIC ||
        dtl_load32(h.p + AT_VERSION) != COLUMNS_VERSION)
        return damaged(0, "not columns of this version", err);
    if (dtl_load32(h.p + AT_DOCS) != docs || dtl_load32(h.p + AT_COLUMNS) != COLUMNS)
        return damaged(AT_DOCS, "their number is not the catalog's", err);
    for (int z = 0; z < DTL_ZONES; z++) {
        uint32_t n = dtl_load32(h.p + AT_RUNS + (size_t)z * 4);
        uint32_t most = z == DTL_ZONE_UNDATED ? 0 : s->facts.zone[z].docs;
        if (n > most || (n == 0) != (most == 0))
            return damaged(AT_RUNS, "impossible number of intervals", err);
        x->zone_runs[z] = n;
        x->runs += n; /* at most docs */
    }
    uint64_t at = arrays_at(docs, x->runs);
    for (int c = 0; c < COLUMNS; c++) {
        const uint8_t *entry = h.p + AT_TABLE + (size_t)c * TABLE_ENTRY;
        x->base[c] = dtl_load64(entry);
        x->width[c] = dtl_load32(entry + 8);
        if (x->base[c] > limit[c] || x->width[c] > 64 || (x->width[c] > 57 && x->width[c] < 64) ||
            dtl_load32(entry + 12))
            return damaged(AT_TABLE, "impossible base or width", err);
        x->at[c] = at;
        at = dtl_align64(at + dtl_packed_bytes(docs, x->width[c]));
    }
    return at == p->bytes ? DTL_OK : damaged(at, "of another size than stated", err);
}

static enum dtl_status opened(struct dtl_segment *s, struct dtl_columns **out,
                              struct dtl_error *err)
{
    if (!s->columns) {
        struct dtl_columns *x = dtl_arena_alloc(s->arena, sizeof *x);
        if (!x)
            return dtl_fail(err, DTL_ENOMEM, 0, "no memory for columns");
        enum dtl_status st = read_header(s, x, err);
        if (st < 0)
            return st;
        s->columns = x;
    }
    *out = s->columns;
    return DTL_OK;
}

enum dtl_status dtl_columns_lengths(struct dtl_segment *s, const uint8_t **codes,
                                    struct dtl_error *err)
{
    struct dtl_columns *x = NULL;
    enum dtl_status st = opened(s, &x, err);
    if (st < 0)
        return st;
    if (!x->lengths) {
        struct dtl_bytes v = {0};
        st = dtl_part_view(&s->part[DTL_PART_COLUMNS], COLUMNS_HEADER, s->facts.docs, s->arena, &v,
                           err);
        if (st < 0)
            return st;
        x->lengths = v.p;
    }
    *codes = x->lengths;
    return DTL_OK;
}

/* ---- dates ---- */

static dtl_day day_at(const uint8_t *days, uint32_t run)
{
    return (dtl_day)dtl_load32(days + (size_t)run * 4);
}

static enum dtl_status opened_runs(struct dtl_segment *s, struct dtl_columns **out,
                                   struct dtl_error *err)
{
    struct dtl_columns *x = NULL;
    enum dtl_status st = opened(s, &x, err);
    if (st < 0)
        return st;
    if (!x->first && x->runs) {
        struct dtl_bytes v = {0};
        st = dtl_part_view(&s->part[DTL_PART_COLUMNS], runs_at(s->facts.docs),
                           (size_t)x->runs * RUN_BYTES, s->arena, &v, err);
        if (st < 0)
            return st;
        x->first = v.p;
        x->earliest = v.p + (size_t)x->runs * 4;
        x->latest = v.p + (size_t)x->runs * 8;
    }
    *out = x;
    return DTL_OK;
}

/* First document after `run`: the next one's first, or the end of the dated zones. */
static dtl_doc run_end(const struct dtl_segment *s, const struct dtl_columns *x, uint32_t run)
{
    return run + 1 < x->runs ? dtl_load32(x->first + (size_t)(run + 1) * 4)
                             : s->facts.zone[DTL_ZONE_UNDATED].first;
}

static bool in_run(const struct dtl_segment *s, const struct dtl_columns *x, uint32_t run,
                   dtl_doc doc)
{
    return doc >= dtl_load32(x->first + (size_t)run * 4) && doc < run_end(s, x, run);
}

static enum dtl_zone_id zone_of(const struct dtl_segment *s, dtl_doc doc)
{
    int z = 0;
    while (z < DTL_ZONE_UNDATED && doc - s->facts.zone[z].first >= s->facts.zone[z].docs)
        z++;
    return (enum dtl_zone_id)z;
}

enum dtl_status dtl_columns_date(struct dtl_segment *s, dtl_doc doc, struct dtl_interval *out,
                                 struct dtl_error *err)
{
    if (doc >= s->facts.docs)
        return damaged(doc, "no such document", err);
    enum dtl_zone_id z = zone_of(s, doc);
    if (z == DTL_ZONE_UNDATED) {
        *out = DTL_UNDATED;
        return DTL_OK;
    }
    struct dtl_columns *x = NULL;
    enum dtl_status st = opened_runs(s, &x, err);
    if (st < 0)
        return st;
    if (!in_run(s, x, x->run, doc)) {
        uint32_t lo = 0, hi = x->runs; /* the last run that begins at or before doc */
        while (hi - lo > 1) {
            uint32_t mid = lo + (hi - lo) / 2;
            if (dtl_load32(x->first + (size_t)mid * 4) <= doc)
                lo = mid;
            else
                hi = mid;
        }
        if (!in_run(s, x, lo, doc))
            return damaged(doc, "the intervals do not cover a document", err);
        x->run = lo;
    }
    struct dtl_interval i = {day_at(x->earliest, x->run), day_at(x->latest, x->run)};
    const struct dtl_zone *zone = &s->facts.zone[z];
    if (i.earliest > i.latest || i.earliest < zone->oldest || i.latest > zone->newest ||
        (z == DTL_ZONE_DAY) != (i.earliest == i.latest))
        return damaged(doc, "an interval does not belong to its zone", err);
    *out = i;
    return DTL_OK;
}

/* The first run of [lo, hi) whose day is below `day`; days fall along the runs of a zone. */
static uint32_t first_below(const uint8_t *days, uint32_t lo, uint32_t hi, dtl_day day)
{
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (day_at(days, mid) < day)
            hi = mid;
        else
            lo = mid + 1;
    }
    return lo;
}

/* The first whose day is at most `day`. */
static uint32_t first_up_to(const uint8_t *days, uint32_t lo, uint32_t hi, dtl_day day)
{
    return day == INT32_MAX ? lo : first_below(days, lo, hi, day + 1);
}

enum dtl_status dtl_columns_range(struct dtl_segment *s, enum dtl_zone_id z,
                                  struct dtl_interval range, bool within, dtl_doc *begin,
                                  dtl_doc *end, struct dtl_error *err)
{
    const struct dtl_zone *zone = &s->facts.zone[z];
    dtl_doc zone_end = zone->first + zone->docs;
    if (z == DTL_ZONE_UNDATED || zone->docs == 0 || zone->newest < range.earliest ||
        zone->oldest > range.latest || range.earliest > range.latest) {
        *begin = *end = zone->first;
        return DTL_OK;
    }
    if (range.earliest <= zone->oldest && range.latest >= zone->newest) {
        *begin = zone->first;
        *end = zone_end;
        return DTL_OK;
    }
    struct dtl_columns *x = NULL;
    enum dtl_status st = opened_runs(s, &x, err);
    if (st < 0)
        return st;
    uint32_t lo = 0;
    for (int k = 0; k < (int)z; k++)
        lo += x->zone_runs[k];
    uint32_t hi = lo + x->zone_runs[z], b, e;
    if (within) { /* a run that ends too late, or begins too early, is out */
        b = first_up_to(x->latest, lo, hi, range.latest);
        e = first_below(z == DTL_ZONE_OTHER ? x->latest : x->earliest, lo, hi, range.earliest);
    } else { /* in OTHER the earliest days do not fall: nothing can be cut in front */
        b = z == DTL_ZONE_OTHER ? lo : first_up_to(x->earliest, lo, hi, range.latest);
        e = first_below(x->latest, lo, hi, range.earliest);
    }
    dtl_doc from = b < hi ? dtl_load32(x->first + (size_t)b * 4) : zone_end;
    dtl_doc to = e < hi ? dtl_load32(x->first + (size_t)e * 4) : zone_end;
    if (b >= e)
        from = to = zone->first;
    if (from > to || from < zone->first || to > zone_end)
        return damaged(from, "an interval stands outside its zone", err);
    *begin = from;
    *end = to;
    return DTL_OK;
}

/* ---- rows ---- */

static enum dtl_status value_of(struct dtl_segment *s, const struct dtl_columns *x, int c,
                                dtl_doc doc, uint64_t *out, struct dtl_error *err)
{
    uint64_t v = 0;
    enum dtl_status st =
        dtl_packed_get(&s->part[DTL_PART_COLUMNS], x->at[c], x->width[c], doc, &v, err);
    if (st < 0)
        return st;
    if (v > limit[c] - x->base[c])
        return damaged(x->at[c], "a value beyond its type", err);
    v += x->base[c];
    if (c == COLUMN_GROUP && v >= s->facts.groups)
        return damaged(x->at[c], "an article group the catalog does not name", err);
    *out = v;
    return DTL_OK;
}

enum dtl_status dtl_columns_frame(struct dtl_segment *s, dtl_doc doc, uint32_t *group,
                                  uint64_t *frame_at, uint32_t *frame_bytes, struct dtl_error *err)
{
    struct dtl_columns *x = NULL;
    uint64_t g = 0, at = 0, bytes = 0;
    enum dtl_status st = opened(s, &x, err);
    if (st == DTL_OK && doc >= s->facts.docs)
        st = damaged(doc, "no such document", err);
    if (st < 0 || (st = value_of(s, x, COLUMN_GROUP, doc, &g, err)) < 0 ||
        (st = value_of(s, x, COLUMN_FRAME_AT, doc, &at, err)) < 0 ||
        (st = value_of(s, x, COLUMN_FRAME_BYTES, doc, &bytes, err)) < 0)
        return st;
    *group = (uint32_t)g;
    *frame_at = at;
    *frame_bytes = (uint32_t)bytes;
    return DTL_OK;
}

enum dtl_status dtl_columns_generation(struct dtl_segment *s, dtl_doc doc, uint32_t *generation,
                                       struct dtl_error *err)
{
    struct dtl_columns *x = NULL;
    uint64_t v = 0;
    enum dtl_status st = opened(s, &x, err);
    if (st == DTL_OK && doc >= s->facts.docs)
        st = damaged(doc, "no such document", err);
    if (st < 0 || (st = value_of(s, x, COLUMN_GENERATION, doc, &v, err)) < 0)
        return st;
    *generation = (uint32_t)v;
    return DTL_OK;
}

enum dtl_status dtl_columns_counts(struct dtl_segment *s, dtl_doc doc, uint32_t *weighted,
                                   uint32_t *words, struct dtl_error *err)
{
    struct dtl_columns *x = NULL;
    uint64_t w = 0, n = 0;
    enum dtl_status st = opened(s, &x, err);
    if (st == DTL_OK && doc >= s->facts.docs)
        st = damaged(doc, "no such document", err);
    if (st < 0 || (st = value_of(s, x, COLUMN_WEIGHTED, doc, &w, err)) < 0 ||
        (st = value_of(s, x, COLUMN_WORDS, doc, &n, err)) < 0)
        return st;
    *weighted = (uint32_t)w;
    *words = (uint32_t)n;
    return DTL_OK;
}

enum dtl_status dtl_columns_row(struct dtl_segment *s, dtl_doc doc, struct dtl_document *out,
                                struct dtl_error *err)
{
    struct dtl_columns *x = NULL;
    struct dtl_interval date = DTL_UNDATED;
    enum dtl_status st = opened(s, &x, err);
    if (st < 0 || (st = dtl_columns_date(s, doc, &date, err)) < 0)
        return st;
    uint64_t v[COLUMNS];
    for (int c = 0; c < COLUMNS; c++)
        if ((st = value_of(s, x, c, doc, &v[c], err)) < 0)
            return st;
    struct dtl_bytes code = {0};
    st = dtl_part_view(&s->part[DTL_PART_COLUMNS], COLUMNS_HEADER + (uint64_t)doc, 1, s->arena,
                       &code, err);
    if (st < 0)
        return st;
    *out = (struct dtl_document){
        .date = date,
        .instant = {unzigzag(v[COLUMN_INSTANT]), (int16_t)unzigzag(v[COLUMN_OFFSET]),
                    v[COLUMN_INSTANT_KNOWN] != 0},
        .date_source = (uint8_t)v[COLUMN_DATE_SOURCE],
        .lang = (dtl_lang_code)v[COLUMN_LANG],
        .length_code = *code.p,
        .weighted = (uint32_t)v[COLUMN_WEIGHTED],
        .title_words = (uint32_t)v[COLUMN_TITLE_WORDS],
        .words = (uint32_t)v[COLUMN_WORDS],
        .text_bytes = (uint32_t)v[COLUMN_TEXT_BYTES],
        .generation = (uint32_t)v[COLUMN_GENERATION],
        .group = (uint32_t)v[COLUMN_GROUP],
        .frame_at = v[COLUMN_FRAME_AT],
        .frame_bytes = (uint32_t)v[COLUMN_FRAME_BYTES],
    };
    return DTL_OK;
}
