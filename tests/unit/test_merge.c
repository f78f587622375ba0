/* Histories of runs, merges between them and compact at the end: none of it changes an answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "build_kit.h"

#include "indexer/build/stored.h"

#define TINY ((size_t)1 << 20) /* spills every few articles */

static void compact(struct fixture *f, uint64_t cap)
{
    struct dtl_run_options o = {.memory_bytes = 64u << 20, .cap_least = cap};
    must(dtl_compact(f->s, &o, ERR));
}

static struct dtl_run_figures feed_range(struct fixture *f, uint32_t from, uint32_t to,
                                         uint32_t version, uint64_t cap)
{
    struct kit_run k = kit_begin(f, 64u << 20, cap);
    for (uint32_t i = from; i < to; i++)
        kit_add(&k, i, version, "a.jsonl");
    return kit_publish(&k);
}

static void four_small_segments_become_one_and_no_answer_changes(void **state)
{
    (void)state;
    struct fixture f = fixture_make(), g = fixture_make();
    must(fixture_open(&f, true, ERR));
    must(fixture_open(&g, true, ERR));
    feed_range(&g, 0, 140, 0, 0);
    for (uint32_t day = 0; day < 7; day++) { /* the first four, then that one and three more */
        struct dtl_run_figures r = feed_range(&f, day * 20, day * 20 + 20, 0, 0);
        assert_int_equal(r.merges, day % 3 == 0 && day);
        assert_int_equal(kit_segments(&f), day % 3 + 1);
    }
    kit_same(kit_digest(&f, true), kit_digest(&g, true));
    struct dtl_snapshot *snap = NULL;
    must(dtl_snapshot_open(f.s, &snap, ERR));
    assert_int_equal(snap->generation, 7); /* a merge is no new one */
    assert_int_equal(snap->segment[0].facts.groups, 7);
    dtl_snapshot_close(snap);
    fixture_remove(&f);
    fixture_remove(&g);
}

/* Merges of one run stay below what all of them may take; the rest waits for the next run. */
static void a_run_merges_no_more_than_its_share_and_leaves_large_segments_alone(void **state)
{
    (void)state;
    enum { CAP = 40000, DAYS = 60 };
    struct fixture f = fixture_make();
    uint32_t most = 0;
    must(fixture_open(&f, true, ERR));
    for (uint32_t day = 0; day < DAYS; day++) {
        struct dtl_snapshot *before = NULL, *after = NULL;
        uint64_t written = 0;
        must(dtl_snapshot_open(f.s, &before, ERR));
        feed_range(&f, day * 15, day * 15 + 15, 0, CAP);
        must(dtl_snapshot_open(f.s, &after, ERR));
        for (size_t i = 0; i < after->segments; i++) {
            bool old = false;
            for (size_t k = 0; k < before->segments && !old; k++)
                old = before->segment[k].facts.serial == after->segment[i].facts.serial;
            if (!old)
                written += dtl_stored_weight(&after->segment[i]);
        }
        assert_true(written <= CAP + dtl_stored_archive_weight(after) / 12 + CAP / 4);
        most = (uint32_t)after->segments > most ? (uint32_t)after->segments : most;
        dtl_snapshot_close(before);
        dtl_snapshot_close(after);
    }
    assert_true(most < DAYS / 2);
    assert_true(kit_segments(&f) > 2);
    fixture_remove(&f);
}

static void at_once_day_by_day_backwards_and_compacted_are_the_same_archive(void **state)
{
    (void)state;
    struct fixture once = fixture_make(), days = fixture_make(), back = fixture_make();
    must(fixture_open(&once, true, ERR));
    must(fixture_open(&days, true, ERR));
    must(fixture_open(&back, true, ERR));
    feed_range(&once, 0, 300, 0, 0);
    for (uint32_t day = 0; day < 20; day++)
        feed_range(&days, day * 15, day * 15 + 15, 0, 15000);
    for (uint32_t day = 20; day-- > 0;) { /* first as something else, with articles that go again */
        feed_range(&back, day * 15, day * 15 + 15, day % 3, 15000);
        kit_feed(&back, "gone.jsonl", 900 + day * 4, 904 + day * 4, 0);
    }
    feed_range(&back, 0, 300, 0, 15000);
    struct kit_run k = kit_begin(&back, 64u << 20, 15000);
    kit_file_begin(&k, "gone.jsonl", true);
    kit_file_end(&k, "gone.jsonl", false);
    kit_publish(&k);
    struct kit_digest want = kit_digest(&once, true);
    kit_same(want, kit_digest(&days, true));
    kit_same(want, kit_digest(&back, true));
    assert_true(kit_segments(&days) > 1);
    compact(&days, 0);
    compact(&back, 1000);
    kit_same(want, kit_digest(&days, true));
    kit_same(want, kit_digest(&back, true));
    assert_int_equal(kit_segments(&days), 1);
    assert_true(kit_segments(&back) > 1);
    compact(&once, 0);
    struct dtl_snapshot *a = NULL, *b = NULL;
    must(dtl_snapshot_open(once.s, &a, ERR));
    must(dtl_snapshot_open(days.s, &b, ERR));
    assert_int_equal(a->segment[0].facts.terms, b->segment[0].facts.terms);
    assert_int_equal(a->segment[0].facts.part_bytes[DTL_PART_POSITIONS],
                     b->segment[0].facts.part_bytes[DTL_PART_POSITIONS]);
    dtl_snapshot_close(a);
    dtl_snapshot_close(b);
    fixture_remove(&once);
    fixture_remove(&days);
    fixture_remove(&back);
}

static void parts_cut_at_the_cap_follow_each_other_in_time(void **state)
{
    (void)state;
    struct fixture f = fixture_make(), g = fixture_make();
    must(fixture_open(&f, true, ERR));
    must(fixture_open(&g, true, ERR));
    feed_range(&f, 0, 300, 0, 20000);
    feed_range(&g, 0, 300, 0, 0);
    kit_same(kit_digest(&f, true), kit_digest(&g, true));
    struct dtl_snapshot *snap = NULL;
    must(dtl_snapshot_open(f.s, &snap, ERR));
    assert_in_range(snap->segments, 3, 8);
    for (size_t i = 0; i < snap->segments; i++)
        for (size_t k = 0; k < snap->segments; k++) {
            dtl_day a_new = INT32_MIN, b_old = INT32_MAX;
            for (int z = 0; z < DTL_ZONE_UNDATED; z++) {
                const struct dtl_zone *a = &snap->segment[i].facts.zone[z];
                if (a->docs && a->newest > a_new)
                    a_new = a->newest;
            }
            for (dtl_doc d = 0; d < snap->segment[k].facts.docs; d++) {
                struct dtl_interval date;
                must(dtl_columns_date(&snap->segment[k], d, &date, ERR));
                if (dtl_interval_dated(date) && date.latest < b_old)
                    b_old = date.latest;
            }
            struct dtl_interval mine;
            must(dtl_columns_date(&snap->segment[i], 0, &mine, ERR));
            if (i != k &&
                a_new > b_old) { /* then all of k is older than all of i, or the reverse */
                dtl_day a_old = INT32_MAX;
                for (dtl_doc d = 0; d < snap->segment[i].facts.docs; d++) {
                    must(dtl_columns_date(&snap->segment[i], d, &mine, ERR));
                    if (dtl_interval_dated(mine) && mine.latest < a_old)
                        a_old = mine.latest;
                }
                dtl_day b_new = INT32_MIN;
                for (int z = 0; z < DTL_ZONE_UNDATED; z++) {
                    const struct dtl_zone *b = &snap->segment[k].facts.zone[z];
                    if (b->docs && b->newest > b_new)
                        b_new = b->newest;
                }
                assert_true(a_old >= b_new || b_old >= a_new);
            }
        }
    dtl_snapshot_close(snap);
    fixture_remove(&f);
    fixture_remove(&g);
}

static void one_day_too_heavy_for_a_part_is_cut_inside(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    must(fixture_open(&f, true, ERR));
    struct kit_run k = kit_begin(&f, TINY, 8000);
    for (uint32_t i = 0; i < 200; i++) {
        dtl_arena_reset(&k.arena);
        struct dtl_article a = kit_article(&k.arena, i, 0, "a.jsonl");
        a.date = i % 4 ? dtl_interval_day(100) : DTL_UNDATED;
        must(dtl_run_add(k.run, &a, ERR));
    }
    kit_publish(&k);
    assert_true(kit_segments(&f) > 3);
    assert_int_equal(kit_digest(&f, true).docs, 200);
    fixture_remove(&f);
}

static uint64_t group_bytes(struct fixture *f)
{
    struct dtl_snapshot *snap = NULL;
    struct dtl_store_figures figures;
    must(dtl_snapshot_open(f->s, &snap, ERR));
    must(dtl_store_measure(snap, &figures, ERR));
    dtl_snapshot_close(snap);
    return figures.article_bytes;
}

static void a_group_over_a_quarter_dead_is_written_anew(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    must(fixture_open(&f, true, ERR));
    kit_feed(&f, "a.jsonl", 0, 200, 0);
    uint64_t before = group_bytes(&f);
    kit_feed(&f, "a.jsonl", 0, 180, 0); /* a tenth gone: the segment is rewritten, its group kept */
    assert_int_equal(group_bytes(&f), before);
    kit_feed(&f, "a.jsonl", 0, 120, 0);
    assert_true(group_bytes(&f) < before * 3 / 4);
    assert_int_equal(kit_segments(&f), 1);
    assert_int_equal(kit_digest(&f, true).docs, 120);
    kit_feed(&f, "a.jsonl", 0, 0, 0); /* nothing left: no segment, no group */
    assert_int_equal(kit_segments(&f), 0);
    assert_int_equal(group_bytes(&f), 0);
    compact(&f, 0);
    kit_feed(&f, "a.jsonl", 0, 20, 0);
    assert_int_equal(kit_digest(&f, true).docs, 20);
    fixture_remove(&f);
}

static void an_eighth_dead_is_merged_early(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    must(fixture_open(&f, true, ERR));
    kit_feed(&f, "a.jsonl", 0, 200, 0);
    uint64_t merges = 0;
    for (uint32_t left = 190; left >= 170; left -= 10) /* a twentieth a run: dead, not rewritten */
        merges += kit_feed(&f, "a.jsonl", 0, left, 0).merges;
    assert_int_equal(merges, 1);
    struct dtl_snapshot *snap = NULL;
    must(dtl_snapshot_open(f.s, &snap, ERR));
    assert_int_equal(snap->segments, 1);
    assert_null(snap->segment[0].dead);
    dtl_snapshot_close(snap);
    assert_int_equal(kit_digest(&f, true).docs, 170);
    fixture_remove(&f);
}

/* ---- random histories against an index built from nothing ---- */

#define NUMBERS 260u
#define FILES   4u

struct model {
    uint32_t owner[NUMBERS], version[NUMBERS]; /* owner FILES: not in the archive */
};

static const char *const file_name[FILES] = {"a.jsonl", "b.jsonl", "c/d.jsonl", "e.txt"};

static void rebuilt(const struct model *m, struct kit_digest *out)
{
    struct fixture f = fixture_make();
    must(fixture_open(&f, true, ERR));
    struct kit_run k = kit_begin(&f, 64u << 20, 0);
    for (uint32_t i = 0; i < NUMBERS; i++)
        if (m->owner[i] < FILES)
            kit_add(&k, i, m->version[i], file_name[m->owner[i]]);
    kit_publish(&k);
    *out = kit_digest(&f, true);
    fixture_remove(&f);
}

static void check_rows(struct fixture *f, const struct model *m)
{
    struct dtl_snapshot *snap = NULL;
    struct dtl_arena arena = {0};
    must(dtl_snapshot_open(f->s, &snap, ERR));
    for (uint32_t file = 0; file < FILES; file++) {
        struct dtl_source_row row = {.articles = 0};
        uint32_t want = 0;
        for (uint32_t i = 0; i < NUMBERS; i++)
            want += m->owner[i] == file;
        if (dtl_sources_get(snap, dtl_bytes_of(file_name[file]), &arena, &row, ERR) == DTL_OK)
            assert_int_equal(row.articles, want);
        else
            assert_int_equal(want, 0);
    }
    dtl_arena_release(&arena);
    dtl_snapshot_close(snap);
}

/* One run: some files read again, most articles as they were, some rewritten, moved, gone or twice.
 */
static void random_run(struct fixture *f, struct model *m, struct random *r, uint64_t cap)
{
    struct kit_run k = kit_begin(f, random_below(r, 3) ? 64u << 20 : TINY, cap);
    uint32_t wild = random_below(r, 3) ? 40 : 3; /* one in so many changes */
    uint32_t file = random_below(r, FILES);
    for (uint32_t n = 1 + random_below(r, 3); n-- > 0; file = (file + 1) % FILES) {
        bool fed[NUMBERS] = {false};
        kit_file_begin(&k, file_name[file], true);
        for (uint32_t i = 0; i < NUMBERS; i++) {
            bool mine = m->owner[i] == file;
            if (random_below(r, wild) == 0)
                mine = !mine && random_below(r, 2);
            if (!mine)
                continue;
            if (random_below(r, wild) == 0)
                m->version[i] = random_below(r, 3);
            if (random_below(r, 30) == 0)
                kit_add(&k, i, 7, file_name[file]); /* and again below: the later wins */
            kit_add(&k, i, m->version[i], file_name[file]);
            m->owner[i] = file;
            fed[i] = true;
        }
        for (uint32_t i = 0; i < NUMBERS; i++)
            if (m->owner[i] == file && !fed[i])
                m->owner[i] = FILES;
        kit_file_end(&k, file_name[file], false);
    }
    kit_publish(&k);
}

static void any_history_ends_in_the_archive_built_from_nothing(void **state)
{
    (void)state;
    struct random r = random_start("history");
    for (int round = 0; round < 3; round++) {
        struct fixture f = fixture_make();
        struct model m;
        struct kit_digest want;
        uint64_t cap = random_below(&r, 2) ? 10000 : 0;
        for (uint32_t i = 0; i < NUMBERS; i++)
            m.owner[i] = i * 3 % FILES, m.version[i] = 0;
        must(fixture_open(&f, true, ERR));
        for (uint32_t file = 0; file < FILES; file++) {
            struct kit_run k = kit_begin(&f, 64u << 20, cap);
            kit_file_begin(&k, file_name[file], false);
            for (uint32_t i = 0; i < NUMBERS; i++)
                if (m.owner[i] == file)
                    kit_add(&k, i, 0, file_name[file]);
            kit_file_end(&k, file_name[file], false);
            kit_publish(&k);
        }
        for (int step = 0; step < 8; step++) {
            random_run(&f, &m, &r, cap);
            check_rows(&f, &m);
        }
        rebuilt(&m, &want);
        kit_same(want, kit_digest(&f, true));
        compact(&f, cap);
        kit_same(want, kit_digest(&f, true));
        fixture_remove(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(four_small_segments_become_one_and_no_answer_changes),
        cmocka_unit_test(a_run_merges_no_more_than_its_share_and_leaves_large_segments_alone),
        cmocka_unit_test(at_once_day_by_day_backwards_and_compacted_are_the_same_archive),
        cmocka_unit_test(parts_cut_at_the_cap_follow_each_other_in_time),
        cmocka_unit_test(one_day_too_heavy_for_a_part_is_cut_inside),
        cmocka_unit_test(a_group_over_a_quarter_dead_is_written_anew),
        cmocka_unit_test(an_eighth_dead_is_merged_early),
        cmocka_unit_test(any_history_ends_in_the_archive_built_from_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
