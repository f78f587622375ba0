/* The writing life of an index: create, chunks, publish, drop, sweep, crash, snapshots beside it
 * all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store_fixture.h"

#include <sys/wait.h>

static void a_new_index_is_empty_and_opens_again(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    for (int i = 0; i < 2; i++) {
        struct dtl_snapshot *snap = NULL;
        must(fixture_open(&f, i == 0, ERR));
        must(dtl_snapshot_open(f.s, &snap, ERR));
        assert_int_equal(snap->segments, 0);
        assert_int_equal(snap->docs, 0);
        assert_int_equal(snap->generation, 0);
        assert_false(dtl_interval_dated(snap->covers));
        assert_int_equal(dtl_store_settings(f.s)->title_weight, 3);
        assert_string_equal(dtl_store_settings(f.s)->detector, "d 1");
        dtl_snapshot_close(snap);
        fixture_close(&f);
    }
    fixture_remove(&f);
}

static void what_is_published_is_seen_and_summed(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    struct dtl_segment_facts a, b, u;
    struct dtl_snapshot *before = NULL, *after = NULL;
    must(fixture_open(&f, true, ERR));
    must(fixture_publish(f.s, 20, 7, 9000000, &a, ERR));
    must(dtl_snapshot_open(f.s, &before, ERR));
    must(fixture_publish(f.s, DTL_DAY_NONE, 2, 100, &u, ERR));
    must(fixture_publish(f.s, -5, 3, 100, &b, ERR));
    must(dtl_snapshot_open(f.s, &after, ERR));
    assert_int_equal(before->segments, 1);
    assert_int_equal(before->generation, 1);
    assert_int_equal(before->docs, 7);
    assert_int_equal(after->segments, 3);
    assert_int_equal(after->generation, 3);
    assert_int_equal(after->docs, 12);
    assert_int_equal(after->text_bytes, 6000);
    assert_int_equal(after->lang_docs[1], 12);
    assert_int_equal(after->covers.earliest, -5);
    assert_int_equal(after->covers.latest, 20);
    assert_int_equal(after->segment[0].facts.serial, b.serial);
    assert_int_equal(after->segment[2].facts.serial, u.serial); /* the undated last */

    struct dtl_arena arena = {0};
    struct dtl_bytes got = {0}, want = fixture_noise(&arena, 9000000 - 2 * DTL_CHUNK_PAYLOAD,
                                                     (uint64_t)a.serial << 32 | 3 << 8 | 2);
    must(dtl_part_view(&after->segment[1].part[DTL_PART_POSTINGS], 2 * DTL_CHUNK_PAYLOAD, want.n,
                       &arena, &got, ERR));
    assert_true(dtl_bytes_equal(got, want));
    dtl_arena_release(&arena);
    dtl_snapshot_close(before);
    dtl_snapshot_close(after);
    fixture_remove(&f);
}

static void
unpublished_chunks_are_removed_by_the_next_writer_and_serials_are_never_reused(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    struct dtl_segment_facts a, b;
    struct dtl_group_use use;
    must(fixture_open(&f, true, ERR));
    must(fixture_publish(f.s, 20, 7, 5000000, &a, ERR));
    uint64_t segments = fixture_entries(f.s, DTL_DB_SEGMENTS);
    uint64_t groups = fixture_entries(f.s, DTL_DB_ARTICLES);
    must(fixture_segment(f.s, 10, 5, 9000000, 0, 9000000, &use, &b, ERR));
    must(dtl_writer_dictionary(f.s, DTL_LITERAL("not for long"), ERR));
    must(dtl_writer_flush(f.s, ERR));
    uint32_t last = dtl_writer_serial(f.s);
    assert_int_equal(fixture_entries(f.s, DTL_DB_SEGMENTS), segments + 5);
    fixture_close(&f); /* a crash would leave the same */

    must(fixture_open(&f, false, ERR));
    assert_int_equal(fixture_entries(f.s, DTL_DB_SEGMENTS), segments + 5);
    fixture_close(&f);
    must(fixture_open(&f, true, ERR));
    assert_int_equal(fixture_entries(f.s, DTL_DB_SEGMENTS), segments);
    assert_int_equal(fixture_entries(f.s, DTL_DB_ARTICLES), groups);
    assert_int_equal(fixture_entries(f.s, DTL_DB_DICTIONARIES), 0);
    assert_in_range(dtl_writer_serial(f.s), last, UINT32_MAX);
    fixture_remove(&f);
}

static void a_merge_replaces_segments_and_the_sweep_takes_their_chunks(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    struct dtl_segment_facts a, b, m, other;
    struct dtl_group_use use, unpublished;
    struct dtl_snapshot *old = NULL, *now = NULL;
    must(fixture_open(&f, true, ERR));
    must(fixture_publish(f.s, 20, 7, 5000000, &a, ERR));
    must(fixture_publish(f.s, 21, 7, 5000000, &b, ERR));
    must(dtl_snapshot_open(f.s, &old, ERR));
    must(fixture_segment(f.s, 20, 14, 9000000, 0, 6000, &use, &m, ERR));
    struct dtl_segment_name drop[] = {
        {20, a.serial},
        {21, b.serial}
    };
    struct dtl_publication p = {.add = &m, .adds = 1, .drop = drop, .drops = 2};
    must(dtl_writer_publish(f.s, &p, ERR));
    must(fixture_segment(f.s, 30, 1, 100, 0, 600, &unpublished, &other, ERR));
    must(dtl_writer_sweep(f.s, ERR));
    assert_int_equal(fixture_entries(f.s, DTL_DB_ARTICLES),
                     2); /* the merge's and the pending one */
    assert_int_equal(fixture_entries(f.s, DTL_DB_SEGMENTS), 3 + 1 + 1 + 3);
    must(dtl_snapshot_open(f.s, &now, ERR));
    assert_int_equal(now->segments, 1);
    assert_int_equal(now->docs, 14);
    assert_int_equal(now->generation, 2); /* a merge changes nothing that can be found */

    struct dtl_arena arena = {0};
    struct dtl_bytes got; /* the old snapshot still has what is gone for the others */
    must(dtl_part_view(&old->segment[0].part[DTL_PART_POSTINGS], 4999000, 1000, &arena, &got, ERR));
    dtl_arena_release(&arena);
    dtl_snapshot_close(old);
    dtl_snapshot_close(now);
    fixture_remove(&f);
}

static struct dtl_dead *dead_of(const struct dtl_segment_facts *f, uint32_t n)
{
    struct dtl_dead *d = dtl_dead_clone(NULL, f);
    assert_non_null(d);
    for (uint32_t i = 0; i < n; i++)
        roaring_bitmap_add(d->docs, 2 * i);
    d->count = n;
    d->weighted_total = 100 * n;
    d->word_total = 90 * n;
    d->text_bytes = 500 * n;
    d->lang_docs[1] = n;
    d->group_bytes[0] = 10 * n;
    return d;
}

static void the_dead_are_subtracted_and_go_with_their_segment(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    struct dtl_segment_facts a;
    struct dtl_snapshot *snap = NULL;
    must(fixture_open(&f, true, ERR));
    must(fixture_publish(f.s, 20, 7, 100, &a, ERR));
    struct dtl_group_use use = {a.serial + 1, 3000};
    a.group = &use;
    struct dtl_dead *d = dead_of(&a, 3);
    struct dtl_dead_update u = {
        {20, a.serial},
        d
    };
    struct dtl_publication p = {.dead = &u, .deads = 1, .new_generation = true};
    must(dtl_writer_publish(f.s, &p, ERR));
    dtl_dead_release(d);
    must(dtl_snapshot_open(f.s, &snap, ERR));
    assert_int_equal(snap->docs, 4);
    assert_int_equal(snap->weighted_total, 400);
    assert_int_equal(snap->lang_docs[1], 4);
    assert_true(dtl_is_dead(&snap->segment[0], 2));
    assert_false(dtl_is_dead(&snap->segment[0], 1));
    dtl_snapshot_close(snap);

    struct dtl_segment_name drop = {20, a.serial};
    must(dtl_writer_publish(f.s, &(struct dtl_publication){.drop = &drop, .drops = 1}, ERR));
    must(dtl_snapshot_open(f.s, &snap, ERR));
    assert_int_equal(snap->docs, 0);
    assert_int_equal(fixture_entries(f.s, DTL_DB_DEAD), 0);
    dtl_snapshot_close(snap);
    must(dtl_writer_sweep(f.s, ERR));
    assert_int_equal(fixture_entries(f.s, DTL_DB_SEGMENTS), 0);
    assert_int_equal(fixture_entries(f.s, DTL_DB_ARTICLES), 0);
    fixture_remove(&f);
}

static enum dtl_status collect(void *ctx, const struct dtl_source_row *row)
{
    struct dtl_buffer *b = ctx;
    dtl_buffer_append(b, row->path.p, row->path.n < 6 ? row->path.n : 6);
    dtl_buffer_format(b, "=%u ", row->articles);
    return DTL_OK;
}

static void source_rows_are_put_replaced_forgotten_and_walked_in_order(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    struct dtl_snapshot *snap = NULL;
    struct dtl_buffer b = {0};
    char longer[2][900];
    memset(longer, 'z', sizeof longer);
    longer[1][899] = 'y';
    struct dtl_source_row rows[] = {
        {.path = dtl_bytes_of("b.txt"), .articles = 1,              .size = 77, .format = "dated"},
        {.path = dtl_bytes(longer[0],            900),                                      .articles = 2},
        {.path = dtl_bytes_of("a.txt"),              .articles = 3,.reasons = dtl_bytes_of("#7: no date\n")},
        {.path = dtl_bytes(longer[1], 900), .articles = 4},
        {.path = dtl_bytes_of("c.txt"),                             .articles = 5                            },
    };
    struct dtl_bytes forget[] = {dtl_bytes_of("c.txt"), dtl_bytes_of("b.txt"), dtl_bytes_of("x")};
    must(fixture_open(&f, true, ERR));
    must(dtl_writer_publish(f.s, &(struct dtl_publication){.source = rows, .sources = 5}, ERR));
    rows[0].articles = 6;
    must(dtl_writer_publish(
        f.s,
        &(struct dtl_publication){.source = rows, .sources = 1, .forget = forget, .forgets = 3},
        ERR));
    must(dtl_snapshot_open(f.s, &snap, ERR));
    must(dtl_sources_walk(snap, collect, &b, ERR));
    dtl_buffer_byte(&b, 0);
    if (strcmp((char *)b.p, "a.txt=3 b.txt=6 zzzzzz=2 zzzzzz=4 ") != 0)
        assert_string_equal((char *)b.p, "a.txt=3 b.txt=6 zzzzzz=4 zzzzzz=2 "); /* by hash */
    struct dtl_source_row row = {0};
    struct dtl_arena arena = {0};
    must(dtl_sources_get(snap, dtl_bytes(longer[1], 900), &arena, &row, ERR));
    assert_int_equal(row.articles, 4);
    assert_int_equal(row.path.n, 900);
    must(dtl_sources_get(snap, dtl_bytes_of("a.txt"), &arena, &row, ERR));
    assert_true(dtl_bytes_is(row.reasons, "#7: no date\n"));
    assert_int_equal(dtl_sources_get(snap, dtl_bytes_of("c.txt"), &arena, &row, NULL),
                     DTL_NOTFOUND);
    dtl_arena_release(&arena);
    dtl_snapshot_close(snap);
    dtl_buffer_release(&b);
    fixture_remove(&f);
}

static void a_failed_publication_publishes_nothing_and_ends_the_store(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    struct dtl_segment_facts a, b;
    struct dtl_group_use use;
    struct dtl_error err = {0};
    struct dtl_snapshot *snap = NULL;
    must(fixture_open(&f, true, ERR));
    must(fixture_publish(f.s, 20, 7, 100, &a, ERR));
    must(fixture_segment(f.s, 21, 3, 100, 0, 600, &use, &b, ERR));
    b.part_bytes[DTL_PART_POSTINGS] = DTL_CHUNK_PAYLOAD + 1; /* a chunk that was never written */
    struct dtl_publication p = {.add = &b, .adds = 1, .new_generation = true};
    assert_int_equal(dtl_writer_publish(f.s, &p, &err), DTL_EUSAGE);
    b.part_bytes[DTL_PART_POSTINGS] = 100;
    assert_int_equal(dtl_writer_publish(f.s, &p, &err), DTL_EIO);
    assert_int_equal(dtl_writer_flush(f.s, &err), DTL_EIO);
    fixture_close(&f);
    must(fixture_open(&f, true, ERR));
    must(dtl_snapshot_open(f.s, &snap, ERR));
    assert_int_equal(snap->docs, 7);
    assert_int_equal(snap->generation, 1);
    dtl_snapshot_close(snap);
    fixture_remove(&f);
}

static void the_dictionary_appears_with_a_publication_and_is_replaced_by_one(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    struct dtl_segment_facts a;
    struct dtl_snapshot *snap = NULL;
    struct dtl_bytes d = {0};
    must(fixture_open(&f, true, ERR));
    must(dtl_writer_dictionary(f.s, DTL_LITERAL("first"), ERR));
    must(dtl_writer_flush(f.s, ERR));
    must(dtl_snapshot_open(f.s, &snap, ERR));
    must(dtl_snapshot_dictionary(snap, &d, ERR));
    assert_int_equal(d.n, 0);
    dtl_snapshot_close(snap);
    must(fixture_publish(f.s, 20, 7, 100, &a, ERR));
    must(dtl_writer_dictionary(f.s, DTL_LITERAL("second"), ERR));
    must(dtl_snapshot_open(f.s, &snap, ERR));
    must(dtl_snapshot_dictionary(snap, &d, ERR));
    assert_true(dtl_bytes_is(d, "first"));
    dtl_snapshot_close(snap);
    must(fixture_publish(f.s, 21, 7, 100, &a, ERR));
    must(dtl_writer_sweep(f.s, ERR));
    must(dtl_snapshot_open(f.s, &snap, ERR));
    must(dtl_snapshot_dictionary(snap, &d, ERR));
    assert_true(dtl_bytes_is(d, "second"));
    assert_int_equal(fixture_entries(f.s, DTL_DB_DICTIONARIES), 1);
    dtl_snapshot_close(snap);
    fixture_remove(&f);
}

static void a_writer_with_other_libraries_stops_and_settings_can_be_replaced(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    struct dtl_error err = {0};
    must(fixture_open(&f, true, ERR));
    fixture_close(&f);
    struct dtl_store_options o = fixture_options(true);
    strcpy(o.settings.versions, "icu 99");
    assert_int_equal(dtl_store_open(&f.s, f.dir, &o, &err), DTL_EVERSION);
    assert_non_null(strstr(err.text, "icu 72.1"));
    assert_non_null(strstr(err.text, "icu 99"));
    assert_non_null(strstr(err.text, "compact --reanalyse"));
    o.any_version = true;
    must(dtl_store_open(&f.s, f.dir, &o, ERR));
    must(dtl_writer_settings(f.s, &o.settings, ERR));
    must(dtl_writer_publish(f.s, &(struct dtl_publication){0}, ERR));
    fixture_close(&f);
    o.any_version = false;
    must(dtl_store_open(&f.s, f.dir, &o, ERR));
    fixture_remove(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_index_is_empty_and_opens_again),
        cmocka_unit_test(what_is_published_is_seen_and_summed),
        cmocka_unit_test(
            unpublished_chunks_are_removed_by_the_next_writer_and_serials_are_never_reused),
        cmocka_unit_test(a_merge_replaces_segments_and_the_sweep_takes_their_chunks),
        cmocka_unit_test(the_dead_are_subtracted_and_go_with_their_segment),
        cmocka_unit_test(source_rows_are_put_replaced_forgotten_and_walked_in_order),
        cmocka_unit_test(a_failed_publication_publishes_nothing_and_ends_the_store),
        cmocka_unit_test(the_dictionary_appears_with_a_publication_and_is_replaced_by_one),
        cmocka_unit_test(a_writer_with_other_libraries_stops_and_settings_can_be_replaced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
