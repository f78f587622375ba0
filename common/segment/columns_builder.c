/*
 * columns_builder.c - gathers rows in document order and writes the columns part.
 *
 * Every column is kept until the end, because the width of an entry is known only then; each in the
 * fewest whole bytes a number that hold its values so far, and in none at all while they are all
 * the same, so a row costs some twenty bytes of the run's memory budget rather than the hundred of
 * its struct.
 */
#include "common/segment/columns.h"
#include "common/segment/columns_layout.h"

#include <stdlib.h>

struct gathered { /* one column */
    struct dtl_buffer values;
    unsigned bytes; /* a value: 0 (all equal `min`), 1, 2, 4 or 8 */
    uint64_t min, max;
};

struct dtl_columns_builder {
    uint32_t docs, runs;
    struct gathered column[COLUMNS];
    struct dtl_buffer lengths, first, earliest, latest;
    uint32_t zone_runs[DTL_ZONES];
    struct dtl_zone zone[DTL_ZONES];
    enum dtl_zone_id last_zone;
    struct dtl_interval last;
};

static uint64_t value_at(const struct gathered *g, uint32_t i)
{
    const uint8_t *p = g->values.p + (size_t)i * g->bytes;
    switch (g->bytes) {
    case 0:
        return g->min;
    case 1:
        return *p;
    case 2:
        return dtl_load16(p);
    case 4:
        return dtl_load32(p);
    default:
        return dtl_load64(p);
    }
}

static void append(struct dtl_buffer *b, unsigned bytes, uint64_t v)
{
    dtl_buffer_append(b, &v, bytes); /* little-endian: the low bytes come first */
}

static bool widen(struct gathered *g, unsigned bytes, uint32_t docs)
{
    struct dtl_buffer wider = {0};
    if (!dtl_buffer_reserve(&wider, ((size_t)docs + 1) * bytes))
        return false;
    for (uint32_t i = 0; i < docs; i++)
        append(&wider, bytes, value_at(g, i));
    dtl_buffer_release(&g->values);
    g->values = wider;
    g->bytes = bytes;
    return true;
}

static bool gather(struct gathered *g, uint64_t v, uint32_t docs)
{
    if (docs == 0)
        g->min = g->max = v;
    if (g->bytes == 0 && v == g->min)
        return true;
    uint64_t most = v > g->max ? v : g->max;
    unsigned need = most <= UINT8_MAX ? 1 : most <= UINT16_MAX ? 2 : most <= UINT32_MAX ? 4 : 8;
    if (need > g->bytes && !widen(g, need, docs))
        return false;
    g->max = most;
    g->min = v < g->min ? v : g->min;
    append(&g->values, g->bytes, v);
    return !g->values.failed;
}

enum dtl_status dtl_columns_builder_open(struct dtl_columns_builder **out, struct dtl_error *err)
{
    struct dtl_columns_builder *b = calloc(1, sizeof *b);
    if (!b)
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for columns");
    for (int z = 0; z < DTL_ZONES; z++)
        b->zone[z] = (struct dtl_zone){0, 0, DTL_DAY_NONE, DTL_DAY_NONE};
    *out = b;
    return DTL_OK;
}

void dtl_columns_builder_close(struct dtl_columns_builder *b)
{
    if (!b)
        return;
    for (int c = 0; c < COLUMNS; c++)
        dtl_buffer_release(&b->column[c].values);
    dtl_buffer_release(&b->lengths);
    dtl_buffer_release(&b->first);
    dtl_buffer_release(&b->earliest);
    dtl_buffer_release(&b->latest);
    free(b);
}

/* True when `row` may follow the last one: zones rise, days fall. */
static bool in_order(const struct dtl_columns_builder *b, enum dtl_zone_id z, struct dtl_interval i)
{
    if (b->docs == 0 || z > b->last_zone)
        return true;
    return z == b->last_zone && (i.latest < b->last.latest ||
                                 (i.latest == b->last.latest && i.earliest <= b->last.earliest));
}

static void add_day(struct dtl_columns_builder *b, enum dtl_zone_id z, struct dtl_interval i)
{
    struct dtl_zone *zone = &b->zone[z];
    bool same = zone->docs && i.latest == b->last.latest && i.earliest == b->last.earliest;
    if (zone->docs++ == 0)
        zone->first = b->docs;
    if (z == DTL_ZONE_UNDATED)
        return;
    if (zone->oldest == DTL_DAY_NONE || i.earliest < zone->oldest)
        zone->oldest = i.earliest;
    if (zone->newest == DTL_DAY_NONE || i.latest > zone->newest)
        zone->newest = i.latest;
    if (same)
        return;
    b->runs++;
    b->zone_runs[z]++;
    dtl_buffer_u32(&b->first, b->docs);
    dtl_buffer_u32(&b->earliest, (uint32_t)i.earliest);
    dtl_buffer_u32(&b->latest, (uint32_t)i.latest);
}

enum dtl_status dtl_columns_builder_add(struct dtl_columns_builder *b,
                                        const struct dtl_document *row, struct dtl_error *err)
{
    struct dtl_interval i = row->date;
    bool dated = dtl_interval_dated(i);
    if (b->docs == DTL_SEGMENT_DOCS_MAX)
        return dtl_fail(err, DTL_ELIMIT, b->docs, "a segment holds at most %u articles",
                        DTL_SEGMENT_DOCS_MAX);
    if (dated && (i.earliest < DTL_DAY_MIN || i.latest > DTL_DAY_MAX || i.earliest > i.latest))
        return dtl_fail(err, DTL_ECORRUPT, b->docs, "document %u has an impossible date", b->docs);
    if (!dated)
        i = DTL_UNDATED;
    enum dtl_zone_id z = dtl_interval_zone(i);
    if (!in_order(b, z, i))
        return dtl_fail(err, DTL_ECORRUPT, b->docs, "document %u is out of order", b->docs);
    if (row->date_source > DTL_DATE_SET || row->frame_at > DTL_PART_MAX)
        return dtl_fail(err, DTL_ECORRUPT, b->docs, "document %u has an impossible row", b->docs);
    bool known = row->instant.known;
    const uint64_t v[COLUMNS] = {
        [COLUMN_LANG] = row->lang,
        [COLUMN_DATE_SOURCE] = row->date_source,
        [COLUMN_TITLE_WORDS] = row->title_words,
        [COLUMN_WORDS] = row->words,
        [COLUMN_TEXT_BYTES] = row->text_bytes,
        [COLUMN_WEIGHTED] = row->weighted,
        [COLUMN_GENERATION] = row->generation,
        [COLUMN_GROUP] = row->group,
        [COLUMN_FRAME_AT] = row->frame_at,
        [COLUMN_FRAME_BYTES] = row->frame_bytes,
        [COLUMN_INSTANT_KNOWN] = known,
        [COLUMN_INSTANT] = known ? zigzag(row->instant.seconds) : 0,
        [COLUMN_OFFSET] = known ? zigzag(row->instant.offset_minutes) : 0,
    };
    bool ok = dtl_buffer_byte(&b->lengths, row->length_code);
    for (int c = 0; c < COLUMNS; c++)
        ok = ok && gather(&b->column[c], v[c], b->docs);
    add_day(b, z, i);
    if (!ok || b->first.failed || b->earliest.failed || b->latest.failed)
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for columns");
    b->last_zone = z;
    b->last = i;
    b->docs++;
    return DTL_OK;
}

const uint8_t *dtl_columns_builder_lengths(const struct dtl_columns_builder *b)
{
    return b->lengths.p;
}

uint32_t dtl_columns_builder_docs(const struct dtl_columns_builder *b)
{
    return b->docs;
}

void dtl_columns_builder_zones(const struct dtl_columns_builder *b, struct dtl_zone zone[DTL_ZONES])
{
    dtl_doc at = 0;
    for (int z = 0; z < DTL_ZONES; z++) {
        zone[z] = b->zone[z];
        zone[z].first = at; /* an empty zone stands where it would */
        at += zone[z].docs;
    }
}

size_t dtl_columns_builder_memory(const struct dtl_columns_builder *b)
{
    size_t n = sizeof *b + b->lengths.capacity + b->first.capacity + b->earliest.capacity +
               b->latest.capacity;
    for (int c = 0; c < COLUMNS; c++)
        n += b->column[c].values.capacity;
    return n;
}

static enum dtl_status write_column(const struct gathered *g, uint32_t docs,
                                    struct dtl_part_writer *w, struct dtl_error *err)
{
    struct dtl_packer k;
    enum dtl_status st = DTL_OK;
    unsigned width = dtl_packed_width(g->max - g->min);
    dtl_packer_init(&k, w, width);
    for (uint32_t i = 0; width && i < docs && st == DTL_OK; i++)
        st = dtl_packer_put(&k, value_at(g, i) - g->min, err);
    return st < 0 ? st : dtl_packer_finish(&k, err);
}

enum dtl_status dtl_columns_builder_finish(struct dtl_columns_builder *b, struct dtl_part_writer *w,
                                           struct dtl_error *err)
{
    uint8_t h[COLUMNS_HEADER] = {0};
    dtl_store32(h + AT_MAGIC, COLUMNS_MAGIC);
    dtl_store32(h + AT_VERSION, COLUMNS_VERSION);
    dtl_store32(h + AT_DOCS, b->docs);
    dtl_store32(h + AT_COLUMNS, COLUMNS);
    for (int z = 0; z < DTL_ZONES; z++)
        dtl_store32(h + AT_RUNS + (size_t)z * 4, b->zone_runs[z]);
    for (int c = 0; c < COLUMNS; c++) {
        uint8_t *entry = h + AT_TABLE + (size_t)c * TABLE_ENTRY;
        dtl_store64(entry, b->column[c].min);
        dtl_store32(entry + 8, dtl_packed_width(b->column[c].max - b->column[c].min));
    }
    const struct dtl_bytes front[] = {dtl_bytes(h, sizeof h), dtl_buffer_view(&b->lengths)};
    const struct dtl_bytes runs[] = {dtl_buffer_view(&b->first), dtl_buffer_view(&b->earliest),
                                     dtl_buffer_view(&b->latest)};
    enum dtl_status st = DTL_OK;
    for (size_t i = 0; i < 2 && st == DTL_OK; i++)
        st = dtl_part_write(w, front[i], err);
    if (st == DTL_OK)
        st = dtl_part_align(w, 64, err);
    for (size_t i = 0; i < 3 && st == DTL_OK; i++)
        st = dtl_part_write(w, runs[i], err);
    if (st == DTL_OK)
        st = dtl_part_align(w, 64, err);
    for (int c = 0; c < COLUMNS && st == DTL_OK; c++)
        st = write_column(&b->column[c], b->docs, w, err);
    return st;
}
