/* A writing run: what is new, changed, equal and gone; the same bytes however it was fed; merges
 * that change no answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "build_kit.h"

#define TINY ((size_t)1 << 20) /* spills every few articles */

static void articles_fed_are_found_whole(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    must(fixture_open(&f, true, ERR));
    struct dtl_run_figures fed = kit_feed(&f, "a.jsonl", 0, 60, 0);
    assert_int_equal(fed.added, 60);
    assert_int_equal(fed.changed + fed.unchanged + fed.removed + fed.twice, 0);
    struct kit_digest d = kit_digest(&f, true);
    assert_int_equal(d.docs, 60);
    assert_int_equal(kit_segments(&f), 1);
    struct dtl_snapshot *snap = NULL;
    struct dtl_arena arena = {0};
    struct dtl_source_row row;
    must(dtl_snapshot_open(f.s, &snap, ERR));
    assert_int_equal(snap->generation, 1);
    must(dtl_sources_get(snap, DTL_LITERAL("a.jsonl"), &arena, &row, ERR));
    assert_int_equal(row.articles, 60);
    assert_int_equal(row.undated, fed.undated);
    dtl_arena_release(&arena);
    dtl_snapshot_close(snap);
    fixture_remove(&f);
}

static void an_unchanged_file_writes_nothing(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    must(fixture_open(&f, true, ERR));
    kit_feed(&f, "a.jsonl", 0, 60, 0);
    struct dtl_run_figures again = kit_feed(&f, "a.jsonl", 0, 60, 0);
    assert_int_equal(again.unchanged, 60);
    assert_int_equal(again.added + again.changed + again.removed, 0);
    struct dtl_snapshot *snap = NULL;
    must(dtl_snapshot_open(f.s, &snap, ERR));
    assert_int_equal(snap->generation, 1);
    assert_int_equal(snap->segments, 1);
    dtl_snapshot_close(snap);
    fixture_remove(&f);
}

static void a_run_given_up_leaves_nothing(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    must(fixture_open(&f, true, ERR));
    kit_feed(&f, "a.jsonl", 0, 30, 0);
    struct kit_digest before = kit_digest(&f, true);
    struct kit_run k = kit_begin(&f, TINY, 0);
    kit_file_begin(&k, "a.jsonl", true);
    for (uint32_t i = 10; i < 200; i++)
        kit_add(&k, i, 1, "a.jsonl");
    kit_file_end(&k, "a.jsonl", false);
    assert_true(dtl_run_figures(k.run)->spills > 0);
    dtl_run_close(k.run);
    dtl_arena_release(&k.arena);
    kit_same(before, kit_digest(&f, true));
    fixture_remove(&f);
}

static void a_changed_article_replaces_and_a_missing_one_goes(void **state)
{
    (void)state;
    struct fixture f = fixture_make(), g = fixture_make();
    must(fixture_open(&f, true, ERR));
    must(fixture_open(&g, true, ERR));
    kit_feed(&f, "a.jsonl", 0, 400, 0);
    struct kit_run k = kit_begin(&f, 64u << 20, 0);
    kit_file_begin(&k, "a.jsonl", true);
    for (uint32_t i = 5; i < 400; i++)
        kit_add(&k, i, i % 100 == 7, "a.jsonl");
    assert_int_equal(kit_file_end(&k, "a.jsonl", false).articles, 395);
    struct dtl_run_figures r = kit_publish(&k);
    assert_int_equal(r.changed, 4);
    assert_int_equal(r.unchanged, 391);
    assert_int_equal(r.removed, 5);
    assert_int_equal(kit_segments(&f), 2); /* nine of four hundred: dead, not rewritten */
    k = kit_begin(&g, 64u << 20, 0);
    kit_file_begin(&k, "a.jsonl", false);
    for (uint32_t i = 5; i < 400; i++)
        kit_add(&k, i, i % 100 == 7, "a.jsonl");
    kit_file_end(&k, "a.jsonl", false);
    kit_publish(&k);
    kit_same(kit_digest(&f, true), kit_digest(&g, true));
    fixture_remove(&f);
    fixture_remove(&g);
}

static void a_file_not_read_to_its_end_keeps_what_it_gave(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    must(fixture_open(&f, true, ERR));
    kit_feed(&f, "a.jsonl", 0, 40, 0);
    struct kit_run k = kit_begin(&f, 64u << 20, 0);
    kit_file_begin(&k, "a.jsonl", true);
    for (uint32_t i = 0; i < 10; i++)
        kit_add(&k, i, 0, "a.jsonl");
    assert_int_equal(kit_file_end(&k, "a.jsonl", true).articles, 40);
    struct dtl_run_figures r = kit_publish(&k);
    assert_int_equal(r.unchanged, 10);
    assert_int_equal(r.removed, 0);
    assert_int_equal(kit_digest(&f, true).docs, 40);
    fixture_remove(&f);
}

static void of_an_identity_fed_twice_the_later_wins(void **state)
{
    (void)state;
    struct fixture f = fixture_make(), g = fixture_make();
    must(fixture_open(&f, true, ERR));
    must(fixture_open(&g, true, ERR));
    for (int small = 0; small < 2; small++) { /* in one batch, then over spilled runs */
        struct kit_run k = kit_begin(&f, small ? TINY : 64u << 20, 0);
        uint32_t from = small ? 1000 : 0;
        for (uint32_t version = 0; version < 3; version++)
            for (uint32_t i = from; i < from + 50; i++)
                if (version == 0 || i % 2 == version % 2)
                    kit_add(&k, i, version, "a.jsonl");
        struct dtl_run_figures r = kit_publish(&k);
        assert_int_equal(r.added, 50);
        assert_int_equal(r.twice, 50);
        assert_int_equal(r.changed + r.unchanged + r.removed, 0);
        assert_true(small == (r.spills > 0));
        k = kit_begin(&g, 64u << 20, 0);
        for (uint32_t i = from; i < from + 50; i++)
            kit_add(&k, i, i % 2 ? 1 : 2, "a.jsonl");
        kit_publish(&k);
    }
    kit_same(kit_digest(&f, true), kit_digest(&g, true));
    fixture_remove(&f);
    fixture_remove(&g);
}

static void back_and_forth_in_one_run_ends_where_it_began(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    must(fixture_open(&f, true, ERR));
    kit_feed(&f, "a.jsonl", 0, 40, 0);
    struct kit_digest before = kit_digest(&f, true);
    struct kit_run k = kit_begin(&f, 64u << 20, 0);
    for (uint32_t version = 0; version < 2; version++)
        for (uint32_t i = 0; i < 40; i++)
            kit_add(&k, i, !version, "a.jsonl");
    struct dtl_run_figures r = kit_publish(&k);
    assert_int_equal(r.unchanged, 40);
    assert_int_equal(r.changed, 0);
    assert_int_equal(r.twice, 40);
    kit_same(before, kit_digest(&f, true));
    fixture_remove(&f);
}

static void a_moved_article_keeps_its_text_and_takes_the_new_path(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    struct dtl_arena arena = {0};
    struct dtl_source_row row;
    struct dtl_snapshot *snap = NULL;
    must(fixture_open(&f, true, ERR));
    kit_feed(&f, "a.jsonl", 0, 40, 0);
    struct kit_digest before = kit_digest(&f, false);
    struct kit_run k = kit_begin(&f, 64u << 20, 0);
    kit_file_begin(&k, "b.jsonl", false);
    for (uint32_t i = 0; i < 10; i++)
        kit_add(&k, i, 0, "b.jsonl");
    kit_file_end(&k, "b.jsonl", false);
    struct dtl_run_figures r = kit_publish(&k);
    assert_int_equal(r.unchanged, 10);
    assert_int_equal(r.added + r.changed + r.removed, 0);
    kit_same(before, kit_digest(&f, false));
    must(dtl_snapshot_open(f.s, &snap, ERR));
    must(dtl_sources_get(snap, DTL_LITERAL("a.jsonl"), &arena, &row, ERR));
    assert_int_equal(row.articles, 30);
    must(dtl_sources_get(snap, DTL_LITERAL("b.jsonl"), &arena, &row, ERR));
    assert_int_equal(row.articles, 10);
    dtl_snapshot_close(snap);

    k = kit_begin(&f, 64u << 20, 0); /* removed with its file, then found in another: moved */
    kit_file_begin(&k, "a.jsonl", true);
    kit_file_end(&k, "a.jsonl", false);
    assert_int_equal(dtl_run_figures(k.run)->removed, 30);
    kit_file_begin(&k, "c.jsonl", false);
    for (uint32_t i = 10; i < 20; i++)
        kit_add(&k, i, 0, "c.jsonl");
    kit_file_end(&k, "c.jsonl", false);
    r = kit_publish(&k);
    assert_int_equal(r.removed, 20);
    assert_int_equal(r.unchanged, 10);
    assert_int_equal(kit_digest(&f, true).docs, 20);
    dtl_arena_release(&arena);
    fixture_remove(&f);
}

static void a_file_forgotten_takes_its_articles_along(void **state)
{
    (void)state;
    struct fixture f = fixture_make(), g = fixture_make();
    char deep[600];
    memset(deep, 'd', sizeof deep - 1);
    deep[sizeof deep - 1] = 0;
    must(fixture_open(&f, true, ERR));
    must(fixture_open(&g, true, ERR));
    kit_feed(&f, "a.jsonl", 0, 30, 0);
    kit_feed(&g, "a.jsonl", 0, 30, 0);
    deep[598] = 'x'; /* two paths with one head: their terms differ by a hash */
    kit_feed(&f, deep, 30, 40, 0);
    deep[598] = 'y';
    kit_feed(&f, deep, 40, 60, 0);
    struct kit_run k = kit_begin(&f, 64u << 20, 0);
    uint64_t n = 0;
    must(dtl_run_file_articles(k.run, dtl_bytes_of(deep), &n, ERR));
    assert_int_equal(n, 20);
    must(dtl_run_forget(k.run, dtl_bytes_of(deep), ERR));
    deep[598] = 'x';
    must(dtl_run_forget(k.run, dtl_bytes_of(deep), ERR));
    struct dtl_run_figures r = kit_publish(&k);
    assert_int_equal(r.removed, 30);
    kit_same(kit_digest(&f, true), kit_digest(&g, true));
    struct dtl_snapshot *snap = NULL;
    struct dtl_source_row row;
    struct dtl_arena arena = {0};
    must(dtl_snapshot_open(f.s, &snap, ERR));
    assert_int_equal(dtl_sources_get(snap, dtl_bytes_of(deep), &arena, &row, ERR), DTL_NOTFOUND);
    dtl_snapshot_close(snap);
    dtl_arena_release(&arena);
    fixture_remove(&f);
    fixture_remove(&g);
}

static void an_article_removed_takes_its_counts_along(void **state)
{
    (void)state;
    struct fixture f = fixture_make(), g = fixture_make();
    must(fixture_open(&f, true, ERR));
    must(fixture_open(&g, true, ERR));
    kit_feed(&f, "a.jsonl", 0, 300, 0);
    kit_feed(&g, "a.jsonl", 0, 297, 0);
    for (uint32_t i = 297; i < 300; i++) { /* one a run: the dead add up */
        struct kit_run k = kit_begin(&f, 64u << 20, 0);
        struct dtl_article a = kit_article(&k.arena, i, 0, "a.jsonl");
        struct dtl_segment *s = dtl_run_snapshot(k.run)->segment;
        dtl_doc *docs = NULL;
        size_t n = 0;
        must(dtl_identities_find(s, a.source, false, a.id, &k.arena, &docs, &n, ERR));
        assert_int_equal(n, 1);
        must(dtl_run_remove(k.run, s, docs[0], ERR));
        must(dtl_run_remove(k.run, s, docs[0], ERR));
        assert_int_equal(kit_publish(&k).removed, 1);
    }
    assert_int_equal(kit_segments(&f), 1);
    kit_same(kit_digest(&f, true), kit_digest(&g, true));
    struct dtl_run_options o = {.memory_bytes = 64u << 20};
    must(dtl_compact(f.s, &o, ERR));
    kit_same(kit_digest(&f, true), kit_digest(&g, true));
    fixture_remove(&f);
    fixture_remove(&g);
}

static void an_article_over_a_limit_is_left_out_and_the_run_goes_on(void **state)
{
    (void)state;
    struct fixture f = fixture_make(), g = fixture_make();
    must(fixture_open(&f, true, ERR));
    must(fixture_open(&g, true, ERR));
    kit_feed(&g, "a.jsonl", 0, 20, 0);
    struct kit_run k = kit_begin(&f, 64u << 20, 0);
    kit_file_begin(&k, "a.jsonl", false);
    for (uint32_t i = 0; i < 20; i++)
        kit_add(&k, i, 0, "a.jsonl");
    struct dtl_article a = kit_article(&k.arena, 500, 0, "a.jsonl");
    size_t n = DTL_ARTICLE_MAX + 1;
    char *huge = malloc(n);
    memset(huge, ' ', n);
    a.body = dtl_bytes(huge, n);
    assert_int_equal(dtl_run_add(k.run, &a, ERR), DTL_ELIMIT);
    for (size_t i = 0; i < n; i += 2) /* found out in the middle of its words */
        huge[i] = 'x';
    a.body.n = 2 * (size_t)DTL_TOKENS_MAX + 10;
    assert_int_equal(dtl_run_add(k.run, &a, ERR), DTL_ELIMIT);
    free(huge);
    assert_int_equal(kit_file_end(&k, "a.jsonl", false).articles, 20);
    struct dtl_run_figures r = kit_publish(&k);
    assert_int_equal(r.added, 20);
    kit_same(kit_digest(&f, true), kit_digest(&g, true));
    fixture_remove(&f);
    fixture_remove(&g);
}

static void a_run_without_articles_publishes_its_rows_and_no_generation(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    struct dtl_snapshot *snap = NULL;
    struct dtl_source_row row;
    struct dtl_arena arena = {0};
    must(fixture_open(&f, true, ERR));
    struct kit_run k = kit_begin(&f, 64u << 20, 0);
    kit_file_begin(&k, "empty.jsonl", false);
    kit_file_end(&k, "empty.jsonl", false);
    kit_publish(&k);
    must(dtl_snapshot_open(f.s, &snap, ERR));
    must(dtl_sources_get(snap, DTL_LITERAL("empty.jsonl"), &arena, &row, ERR));
    assert_int_equal(row.articles, 0);
    assert_int_equal(snap->generation, 0);
    assert_int_equal(snap->segments, 0);
    dtl_snapshot_close(snap);
    dtl_arena_release(&arena);
    fixture_remove(&f);
}

/* ---- however it was fed ---- */

static void shuffle(struct random *r, uint32_t *v, uint32_t n)
{
    for (uint32_t i = n; i > 1; i--) {
        uint32_t k = random_below(r, i), swap = v[i - 1];
        v[i - 1] = v[k];
        v[k] = swap;
    }
}

#define FED   240u
#define WAYS  7
#define PARTS 16

static void the_same_articles_give_the_same_bytes_however_they_are_fed(void **state)
{
    (void)state;
    struct random r = random_start("the same bytes");
    static const struct {
        bool tiny;
        uint64_t cap;
        uint32_t jobs, like; /* which way gives the same segments */
    } ways[WAYS] = {
        {false, 0,     1, 0},
        {false, 0,     1, 0},
        {true,  0,     1, 0},
        {true,  20000, 1, 3},
        {false, 0,     2, 0},
        {false, 20000, 3, 3},
        {true,  20000, 2, 3},
    };
    uint64_t bytes[WAYS][PARTS] = {{0}};
    size_t parts[WAYS] = {0};
    uint32_t order[FED];
    for (uint32_t i = 0; i < FED; i++)
        order[i] = i;
    for (int way = 0; way < WAYS; way++) {
        struct fixture f = fixture_make();
        must(fixture_open(&f, true, ERR));
        /* trains one dictionary for all */
        kit_feed_jobs(&f, "first.jsonl", 5000, 5600, 0, ways[way].jobs);
        uint32_t last = kit_segments(&f) ? 1 : 0;
        struct kit_run k =
            kit_begin_jobs(&f, ways[way].tiny ? TINY : 64u << 20, ways[way].cap, ways[way].jobs);
        for (uint32_t i = 0; i < FED; i++)
            kit_add(&k, order[i], 0, "a.jsonl");
        if (way == 0 || way == 4) /* dropped again: no trace of it may be left */
            for (uint32_t i = 0; i < FED; i += 9)
                kit_add(&k, order[i], 0, "a.jsonl");
        struct dtl_run_figures figures = kit_publish(&k);
        if (ways[way].tiny && ways[way].jobs == 1)
            assert_true(figures.spills > 3);
        if (!ways[way].tiny && !ways[way].cap)
            assert_int_equal(figures.spills, 0);
        struct dtl_snapshot *snap = NULL;
        must(dtl_snapshot_open(f.s, &snap, ERR));
        for (size_t i = 0; i < snap->segments; i++)
            if (snap->segment[i].facts.serial > last + 1 && parts[way] < PARTS)
                bytes[way][parts[way]++] = kit_segment_bytes(snap, &snap->segment[i]);
        dtl_snapshot_close(snap);
        fixture_remove(&f);
        shuffle(&r, order, FED);
        assert_int_equal(parts[way], parts[ways[way].like]);
        for (size_t i = 0; i < parts[way]; i++)
            assert_int_equal(bytes[way][i], bytes[ways[way].like][i]);
    }
    assert_int_equal(parts[0], 1);
    assert_true(parts[3] > 1); /* cut by the cap */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(articles_fed_are_found_whole),
        cmocka_unit_test(an_unchanged_file_writes_nothing),
        cmocka_unit_test(a_run_given_up_leaves_nothing),
        cmocka_unit_test(a_changed_article_replaces_and_a_missing_one_goes),
        cmocka_unit_test(a_file_not_read_to_its_end_keeps_what_it_gave),
        cmocka_unit_test(of_an_identity_fed_twice_the_later_wins),
        cmocka_unit_test(back_and_forth_in_one_run_ends_where_it_began),
        cmocka_unit_test(a_moved_article_keeps_its_text_and_takes_the_new_path),
        cmocka_unit_test(a_file_forgotten_takes_its_articles_along),
        cmocka_unit_test(an_article_removed_takes_its_counts_along),
        cmocka_unit_test(an_article_over_a_limit_is_left_out_and_the_run_goes_on),
        cmocka_unit_test(a_run_without_articles_publishes_its_rows_and_no_generation),
        cmocka_unit_test(the_same_articles_give_the_same_bytes_however_they_are_fed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
