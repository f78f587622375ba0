/* Five u16, the documents of each zone, then any bytes as the columns part: answers stay inside the
 * segment. */
#include "common/segment/columns.h"
#include "tests/unit/memory_parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_all(struct dtl_segment *s)
{
    const uint8_t *codes = NULL;
    uint32_t sum = 0;
    if (dtl_columns_lengths(s, &codes, NULL) == DTL_OK)
        for (uint32_t i = 0; i < s->facts.docs + 64; i++)
            sum += codes[i];
    for (dtl_doc d = 0; d <= s->facts.docs && d < 300; d++) {
        struct dtl_document row = {0};
        if (dtl_columns_row(s, d, &row, NULL) != DTL_OK)
            continue;
        if (d == s->facts.docs || row.group >= s->facts.groups || row.date_source > 6 ||
            (dtl_interval_dated(row.date) && row.date.earliest > row.date.latest))
            abort();
        sum += row.words;
    }
    for (int z = 0; z < DTL_ZONES; z++)
        for (dtl_day day = -40; day < 40000; day += 371) {
            dtl_doc begin = 0, end = 0;
            const struct dtl_zone *zone = &s->facts.zone[z];
            struct dtl_interval range = {day, day + (dtl_day)(sum % 50)};
            if (dtl_columns_range(s, (enum dtl_zone_id)z, range, day & 1, &begin, &end, NULL) ==
                    DTL_OK &&
                (begin > end || begin < zone->first || end > zone->first + zone->docs))
                abort();
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 11)
        return 0;
    struct dtl_group_use group[2] = {
        {1, 1},
        {2, 1}
    };
    struct dtl_segment_facts facts = {.group = group, .groups = 2};
    for (int z = 0; z < DTL_ZONES; z++) {
        uint16_t n = dtl_load16(data + (size_t)z * 2);
        bool dated = n && z != DTL_ZONE_UNDATED;
        facts.zone[z] = (struct dtl_zone){facts.docs, n, dated ? DTL_DAY_MIN : DTL_DAY_NONE,
                                          dated ? DTL_DAY_MAX : DTL_DAY_NONE};
        facts.docs += n;
    }
    facts.part_bytes[DTL_PART_COLUMNS] = size - 10;
    struct memory_parts *m = calloc(1, sizeof *m);
    if (!m)
        abort();
    struct dtl_arena arena = {0};
    struct dtl_segment s;
    memory_put(m, DTL_PART_COLUMNS, dtl_bytes(data + 10, size - 10));
    if (dtl_segment_open(&s, &facts, memory_fetch, m, &arena, NULL) != DTL_OK)
        abort();
    read_all(&s);
    dtl_arena_release(&arena);
    memory_release(m);
    free(m);
    return 0;
}
