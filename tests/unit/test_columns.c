/* columns: every row comes back, and date ranges equal a scan of the rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/segment/columns.h"
#include "memory_parts.h"
#include "random.h"

static const struct dtl_interval whole_time = {DTL_DAY_MIN, DTL_DAY_MAX};

/* ---- rows in document order ---- */

static struct dtl_interval random_date(struct random *r, int spread)
{
    int year = 1990 + (int)random_below(r, 3), month = 1 + (int)random_below(r, 12);
    dtl_day day = dtl_day_of(year, month, 1) + (dtl_day)random_below(r, 28);
    switch (random_below(r, 12)) {
    case 0:
        return dtl_interval_month(year, month);
    case 1:
        return dtl_interval_year(year);
    case 2:
        return (struct dtl_interval){day, day + 1 + (dtl_day)random_below(r, 700)};
    case 3:
        return DTL_UNDATED;
    default:
        return dtl_interval_day(day + (dtl_day)random_below(r, (uint32_t)spread));
    }
}

static int in_document_order(const void *a, const void *b)
{
    const struct dtl_document *x = a, *y = b;
    int zx = (int)dtl_interval_zone(x->date), zy = (int)dtl_interval_zone(y->date);
    if (zx != zy)
        return zx < zy ? -1 : 1;
    if (x->date.latest != y->date.latest)
        return x->date.latest > y->date.latest ? -1 : 1;
    return (x->date.earliest < y->date.earliest) - (x->date.earliest > y->date.earliest);
}

static struct dtl_document *random_rows(struct random *r, uint32_t n)
{
    struct dtl_document *rows = calloc(n, sizeof *rows);
    assert_non_null(rows);
    uint32_t wide = random_below(r, 4); /* sometimes everything is constant, sometimes nothing */
    for (uint32_t i = 0; i < n; i++) {
        bool varies = wide == 0 || random_below(r, wide * 10) > 0;
        rows[i] = (struct dtl_document){
            .date = random_date(r, 40),
            .date_source = (uint8_t)random_below(r, 7),
            .lang = (dtl_lang_code)(varies ? random_below(r, 0x7fff) : 7),
            .length_code = (uint8_t)random_below(r, 256),
            .weighted = varies ? (uint32_t)random_next(r) : 12,
            .title_words = random_below(r, 30),
            .words = 1000 + random_below(r, varies ? 5000000 : 1),
            .text_bytes = (uint32_t)random_next(r) >> random_below(r, 32),
            .generation = varies ? random_below(r, 900) : 900,
            .group = random_below(r, 3),
            .frame_at = wide ? random_next(r) % DTL_PART_MAX : 5,
            .frame_bytes = wide == 3 ? (uint32_t)random_next(r) : 800,
        };
        if (wide && random_below(r, 2))
            rows[i].instant = (struct dtl_instant){
                wide == 1 ? (int64_t)random_next(r) : (int64_t)random_below(r, 2000000000),
                (int16_t)((int)random_below(r, 2000) - 1000), true};
    }
    qsort(rows, n, sizeof *rows, in_document_order);
    return rows;
}

/* ---- a segment that has nothing but columns ---- */

struct fixture {
    struct memory_parts *m;
    struct dtl_arena arena;
    struct dtl_group_use group[3];
    struct dtl_segment s;
};

static void build(struct fixture *f, const struct dtl_document *rows, uint32_t n)
{
    *f = (struct fixture){.m = calloc(1, sizeof *f->m)};
    assert_non_null(f->m);
    struct dtl_columns_builder *b = NULL;
    struct dtl_part_writer w;
    assert_int_equal(dtl_columns_builder_open(&b, NULL), DTL_OK);
    dtl_part_writer_init(&w, DTL_PART_COLUMNS, memory_sink, f->m);
    for (uint32_t i = 0; i < n; i++) {
        assert_int_equal(dtl_columns_builder_docs(b), i);
        assert_int_equal(dtl_columns_builder_add(b, &rows[i], NULL), DTL_OK);
        assert_int_equal(dtl_columns_builder_lengths(b)[i], rows[i].length_code);
    }
    assert_in_range(dtl_columns_builder_memory(b), n, (size_t)n * 150 + 20000);
    struct dtl_segment_facts facts = {.docs = n, .group = f->group, .groups = 3};
    dtl_columns_builder_zones(b, facts.zone);
    assert_int_equal(dtl_columns_builder_finish(b, &w, NULL), DTL_OK);
    assert_int_equal(dtl_part_finish(&w, NULL), DTL_OK);
    facts.part_bytes[DTL_PART_COLUMNS] = w.bytes;
    dtl_part_writer_release(&w);
    dtl_columns_builder_close(b);
    assert_int_equal(dtl_segment_open(&f->s, &facts, memory_fetch, f->m, &f->arena, NULL), DTL_OK);
}

static void drop(struct fixture *f)
{
    dtl_arena_release(&f->arena);
    memory_release(f->m);
    free(f->m);
}

static void assert_row(const struct dtl_document *got, const struct dtl_document *want)
{
    assert_int_equal(got->date.earliest, want->date.earliest);
    assert_int_equal(got->date.latest, want->date.latest);
    assert_int_equal(got->instant.known, want->instant.known);
    assert_true(got->instant.seconds == want->instant.seconds);
    assert_int_equal(got->instant.offset_minutes, want->instant.offset_minutes);
    assert_int_equal(got->date_source, want->date_source);
    assert_int_equal(got->lang, want->lang);
    assert_int_equal(got->length_code, want->length_code);
    assert_int_equal(got->weighted, want->weighted);
    assert_int_equal(got->title_words, want->title_words);
    assert_int_equal(got->words, want->words);
    assert_int_equal(got->text_bytes, want->text_bytes);
    assert_int_equal(got->generation, want->generation);
    assert_int_equal(got->group, want->group);
    assert_true(got->frame_at == want->frame_at);
    assert_int_equal(got->frame_bytes, want->frame_bytes);
}

/* ---- tests ---- */

static void every_row_comes_back(void **state)
{
    (void)state;
    struct random r = random_start("every_row_comes_back");
    const uint32_t sizes[] = {1, 2, 3, 17, 64, 500, 3000};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes * 4; k++) {
        uint32_t n = sizes[k / 4];
        struct dtl_document *rows = random_rows(&r, n);
        struct fixture f;
        build(&f, rows, n);
        const uint8_t *codes = NULL;
        assert_int_equal(dtl_columns_lengths(&f.s, &codes, NULL), DTL_OK);
        for (uint32_t i = 0; i < n; i++) {
            uint32_t doc = k % 2 ? random_below(&r, n) : i;
            struct dtl_document row = {0};
            struct dtl_interval date = {0};
            assert_int_equal(dtl_columns_row(&f.s, doc, &row, NULL), DTL_OK);
            assert_row(&row, &rows[doc]);
            assert_int_equal(codes[doc], rows[doc].length_code);
            assert_int_equal(dtl_columns_date(&f.s, doc, &date, NULL), DTL_OK);
            assert_int_equal(date.latest, rows[doc].date.latest);
        }
        struct dtl_error err = {0};
        struct dtl_document row = {.words = 77};
        assert_int_equal(dtl_columns_row(&f.s, n, &row, &err), DTL_ECORRUPT);
        assert_int_equal(row.words, 77);
        drop(&f);
        free(rows);
    }
}

static bool meets(struct dtl_interval i, struct dtl_interval range, bool within)
{
    return within ? i.earliest >= range.earliest && i.latest <= range.latest
                  : i.earliest <= range.latest && i.latest >= range.earliest;
}

static void ranges_of_documents_equal_a_scan(void **state)
{
    (void)state;
    struct random r = random_start("ranges_of_documents_equal_a_scan");
    for (int k = 0; k < 30; k++) {
        uint32_t n = 1 + random_below(&r, 400);
        struct dtl_document *rows = random_rows(&r, n);
        struct fixture f;
        build(&f, rows, n);
        for (int q = 0; q < 300; q++) {
            dtl_day day = dtl_day_of(1989, 10, 1) + (dtl_day)random_below(&r, 1600);
            struct dtl_interval range = {day, day + (dtl_day)random_below(&r, q % 3 ? 40 : 900)};
            range = q == 0   ? whole_time
                    : q == 1 ? (struct dtl_interval){DTL_DAY_MIN, day}
                    : q == 2 ? (struct dtl_interval){day, DTL_DAY_MAX}
                             : range;
            bool within = random_below(&r, 2);
            for (int z = 0; z < DTL_ZONES; z++) {
                dtl_doc begin = 0, end = 0;
                const struct dtl_zone *zone = &f.s.facts.zone[z];
                assert_int_equal(
                    dtl_columns_range(&f.s, (enum dtl_zone_id)z, range, within, &begin, &end, NULL),
                    DTL_OK);
                assert_true(begin <= end && begin >= zone->first &&
                            end <= zone->first + zone->docs);
                for (dtl_doc d = zone->first; d < zone->first + zone->docs; d++) {
                    bool in = d >= begin && d < end;
                    bool should = z != DTL_ZONE_UNDATED && meets(rows[d].date, range, within);
                    if (z == DTL_ZONE_OTHER)
                        assert_true(in || !should);
                    else
                        assert_int_equal(in, should);
                }
            }
        }
        drop(&f);
        free(rows);
    }
}

static void a_whole_or_an_empty_zone_is_known_without_reading(void **state)
{
    (void)state;
    struct random r = random_start("a_whole_or_an_empty_zone_is_known_without_reading");
    struct dtl_document *rows = random_rows(&r, 100);
    struct fixture f;
    build(&f, rows, 100);
    dtl_doc begin = 0, end = 0;
    for (int z = 0; z < DTL_ZONES; z++) {
        assert_int_equal(
            dtl_columns_range(&f.s, (enum dtl_zone_id)z, whole_time, true, &begin, &end, NULL),
            DTL_OK);
        assert_int_equal(end - begin, z == DTL_ZONE_UNDATED ? 0 : f.s.facts.zone[z].docs);
        assert_int_equal(dtl_columns_range(&f.s, (enum dtl_zone_id)z, dtl_interval_year(1850),
                                           false, &begin, &end, NULL),
                         DTL_OK);
        assert_int_equal(begin, end);
    }
    assert_int_equal(f.m->fetches, 0);
    drop(&f);
    free(rows);
}

static void lengths_of_a_large_segment_are_contiguous_over_chunks(void **state)
{
    (void)state;
    uint32_t n = DTL_SEGMENT_DOCS_MAX;
    struct dtl_columns_builder *b = NULL;
    assert_int_equal(dtl_columns_builder_open(&b, NULL), DTL_OK);
    struct dtl_document row = {
        .date = {0, 0}
    };
    for (uint32_t i = 0; i < n; i++) {
        row.length_code = (uint8_t)(i * 31);
        row.words = i;
        row.frame_at = (uint64_t)i * 900;
        row.date.earliest = row.date.latest = (dtl_day)(20000 - i / 1000);
        assert_int_equal(dtl_columns_builder_add(b, &row, NULL), DTL_OK);
    }
    struct dtl_error err = {0};
    assert_int_equal(dtl_columns_builder_add(b, &row, &err), DTL_ELIMIT);
    struct fixture f = {.m = calloc(1, sizeof *f.m)};
    assert_non_null(f.m);
    struct dtl_part_writer w;
    dtl_part_writer_init(&w, DTL_PART_COLUMNS, memory_sink, f.m);
    struct dtl_segment_facts facts = {.docs = n, .group = f.group, .groups = 1};
    dtl_columns_builder_zones(b, facts.zone);
    assert_int_equal(dtl_columns_builder_finish(b, &w, NULL), DTL_OK);
    assert_int_equal(dtl_part_finish(&w, NULL), DTL_OK);
    facts.part_bytes[DTL_PART_COLUMNS] = w.bytes;
    dtl_part_writer_release(&w);
    dtl_columns_builder_close(b);
    assert_int_equal(dtl_segment_open(&f.s, &facts, memory_fetch, f.m, &f.arena, NULL), DTL_OK);
    const uint8_t *codes = NULL;
    assert_int_equal(dtl_columns_lengths(&f.s, &codes, NULL), DTL_OK);
    for (uint32_t i = 0; i < n; i++)
        assert_true(codes[i] == (uint8_t)(i * 31));
    for (uint32_t i = 0; i < n; i += 997) {
        struct dtl_document got = {0};
        assert_int_equal(dtl_columns_row(&f.s, i, &got, NULL), DTL_OK);
        assert_int_equal(got.words, i);
        assert_true(got.frame_at == (uint64_t)i * 900);
        assert_int_equal(got.date.earliest, 20000 - (dtl_day)(i / 1000));
    }
    drop(&f);
}

static void rows_out_of_document_order_are_refused(void **state)
{
    (void)state;
    const struct {
        struct dtl_interval a, b;
        enum dtl_status st;
    } pairs[] = {
        {{10, 10},    {10, 10},             DTL_OK      },
        {{10, 10},    {9, 9},               DTL_OK      },
        {{10, 10},    {11, 11},             DTL_ECORRUPT},
        {{10, 12},    {9, 12},              DTL_OK      },
        {{9, 12},     {10, 12},             DTL_ECORRUPT},
        {{9, 12},     {8, 13},              DTL_ECORRUPT},
        {{9, 12},     {10, 10},             DTL_ECORRUPT}, /* zones fall */
        {{10, 10},    {9, 12},              DTL_OK      },
        {DTL_UNDATED, DTL_UNDATED,          DTL_OK      },
        {DTL_UNDATED, {1, 1},               DTL_ECORRUPT},
        {{1, 1},      DTL_UNDATED,          DTL_OK      },
        {{1, 1},      {2, 1},               DTL_ECORRUPT},
        {{1, 1},      {DTL_DAY_MIN - 1, 0}, DTL_ECORRUPT},
        {{1, 1},      {0, DTL_DAY_MAX + 1}, DTL_ECORRUPT},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct dtl_columns_builder *b = NULL;
        struct dtl_error err = {0};
        assert_int_equal(dtl_columns_builder_open(&b, NULL), DTL_OK);
        struct dtl_document row = {.date = pairs[i].a};
        assert_int_equal(dtl_columns_builder_add(b, &row, &err), DTL_OK);
        row.date = pairs[i].b;
        assert_int_equal(dtl_columns_builder_add(b, &row, &err), pairs[i].st);
        assert_int_equal(dtl_columns_builder_docs(b), pairs[i].st == DTL_OK ? 2 : 1);
        dtl_columns_builder_close(b);
    }
}

/* ---- the format's example, and damage ---- */

static const struct dtl_document example_rows[] = {
    {.date = {19804, 19804},
     .lang = 0x05c5,
     .length_code = 34,
     .weighted = 36,
     .title_words = 6,
     .words = 24,
     .text_bytes = 150,
     .generation = 1,
     .frame_at = 0,
     .frame_bytes = 130,
     .date_source = DTL_DATE_META},
    {.date = {19804, 19804},
     .lang = 0x05c5,
     .length_code = 12,
     .weighted = 12,
     .title_words = 2,
     .words = 8,
     .text_bytes = 61,
     .generation = 1,
     .frame_at = 130,
     .frame_bytes = 70,
     .date_source = DTL_DATE_META},
    {.date = {19783, 19813},
     .lang = 0x05c5,
     .length_code = 5,
     .weighted = 5,
     .title_words = 0,
     .words = 5,
     .text_bytes = 30,
     .generation = 1,
     .frame_at = 200,
     .frame_bytes = 48,
     .date_source = DTL_DATE_META},
};

static struct dtl_bytes payload_of(const struct memory_parts *m)
{
    struct dtl_chunk c = {0};
    assert_int_equal(dtl_chunk_open(dtl_buffer_view(&m->chunk[DTL_PART_COLUMNS][0]),
                                    memory_seed(DTL_PART_COLUMNS, 0), &c, NULL),
                     DTL_OK);
    return dtl_bytes(c.payload, c.payload_bytes);
}

/* Everything a reader does to a part of `bytes`; true when nothing was refused. */
static bool reads(const struct dtl_segment_facts *like, const uint8_t *bytes, size_t n)
{
    struct memory_parts *m = calloc(1, sizeof *m);
    assert_non_null(m);
    memory_put(m, DTL_PART_COLUMNS, dtl_bytes(bytes, n));
    struct dtl_arena arena = {0};
    struct dtl_segment s;
    struct dtl_segment_facts facts = *like;
    facts.part_bytes[DTL_PART_COLUMNS] = n;
    assert_int_equal(dtl_segment_open(&s, &facts, memory_fetch, m, &arena, NULL), DTL_OK);
    const uint8_t *codes = NULL;
    bool ok = dtl_columns_lengths(&s, &codes, NULL) == DTL_OK;
    for (uint32_t i = 0; i < facts.docs; i++) {
        struct dtl_document row = {0};
        struct dtl_error err = {0};
        enum dtl_status st = dtl_columns_row(&s, i, &row, &err);
        assert_true(st == DTL_OK || st == DTL_ECORRUPT);
        ok = ok && st == DTL_OK;
    }
    for (int z = 0; z < DTL_ZONES; z++)
        for (dtl_day d = 19780; d < 19815; d += 2) {
            dtl_doc begin = 0, end = 0;
            enum dtl_status st =
                dtl_columns_range(&s, (enum dtl_zone_id)z, (struct dtl_interval){d, d + 3}, d % 4,
                                  &begin, &end, NULL);
            ok = ok && st == DTL_OK;
            assert_true(begin <= end && end <= facts.docs);
        }
    dtl_arena_release(&arena);
    memory_release(m);
    free(m);
    return ok;
}

/* docs/FORMAT.md, "Columns": the header's first bytes and where things stand for the three rows
 * above. */
static void the_format_example_is_what_the_builder_writes(void **state)
{
    (void)state;
    static const uint8_t head[] = {0x44, 0x54, 0x4c, 0x4b, 1, 0, 0, 0, 3, 0, 0, 0, 13, 0, 0, 0,
                                   1,    0,    0,    0,    1, 0, 0, 0, 0, 0, 0, 0, 0,  0, 0, 0};
    struct fixture f;
    build(&f, example_rows, 3);
    struct dtl_bytes p = payload_of(f.m);
    assert_memory_equal(p.p, head, sizeof head);
    static const uint8_t lang[] = {0xc5, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    assert_memory_equal(p.p + 48, lang, sizeof lang); /* constant: width 0 */
    static const uint8_t words[] = {5, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0};
    assert_memory_equal(p.p + 48 + 3 * 16, words, sizeof words); /* from 5, five bits each */
    static const uint8_t lengths[] = {34, 12, 5, 0};
    assert_memory_equal(p.p + 256, lengths, sizeof lengths);
    static const uint8_t runs[] = {0,    0,    0, 0, 2,    0,    0, 0, 0x5c, 0x4d, 0, 0,
                                   0x47, 0x4d, 0, 0, 0x5c, 0x4d, 0, 0, 0x65, 0x4d, 0, 0};
    assert_memory_equal(p.p + 320, runs, sizeof runs);
    static const uint8_t title_words[] = {0x16, 0}; /* 6, 2, 0 in three bits each: 0 000010 110 */
    assert_memory_equal(p.p + 384, title_words, sizeof title_words);
    static const uint8_t word_counts[] = {0x73, 0}; /* 19, 3, 0 in five bits each */
    assert_memory_equal(p.p + 448, word_counts, sizeof word_counts);
    assert_int_equal(p.n, 320 + 64 + 6 * 64);
    assert_true(reads(&f.s.facts, p.p, p.n));
    drop(&f);
}

static void every_proper_prefix_is_refused(void **state)
{
    (void)state;
    struct fixture f;
    build(&f, example_rows, 3);
    struct dtl_bytes p = payload_of(f.m);
    for (size_t n = 1; n < p.n; n++)
        assert_false(reads(&f.s.facts, p.p, n));
    drop(&f);
}

/* Below verified sums nothing is checked twice, so some flips only change a number; none may do
 * more. */
static void every_flipped_byte_is_refused_or_harmless(void **state)
{
    (void)state;
    struct random r = random_start("every_flipped_byte_is_refused_or_harmless");
    struct fixture f;
    build(&f, example_rows, 3);
    struct dtl_bytes p = payload_of(f.m);
    uint8_t *copy = malloc(p.n);
    assert_non_null(copy);
    memcpy(copy, p.p, p.n);
    for (size_t i = 0; i < p.n; i++)
        for (int k = 0; k < 4; k++) {
            copy[i] = (uint8_t)(p.p[i] ^ (k ? 1 + random_below(&r, 255) : 0x80));
            bool ok = reads(&f.s.facts, copy, p.n);
            if (i < 36)
                assert_false(ok);
            copy[i] = p.p[i];
        }
    free(copy);
    drop(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_comes_back),
        cmocka_unit_test(ranges_of_documents_equal_a_scan),
        cmocka_unit_test(a_whole_or_an_empty_zone_is_known_without_reading),
        cmocka_unit_test(lengths_of_a_large_segment_are_contiguous_over_chunks),
        cmocka_unit_test(rows_out_of_document_order_are_refused),
        cmocka_unit_test(the_format_example_is_what_the_builder_writes),
        cmocka_unit_test(every_proper_prefix_is_refused),
        cmocka_unit_test(every_flipped_byte_is_refused_or_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
