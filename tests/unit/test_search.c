/* Small archives whose answers can be told by reading them: words, phrases, dates, order, errors.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "common/segment/dead.h"
#include "indexer/build/run.h"
#include "query/language/parser.h"
#include "query/result/search.h"
#include "random.h"
#include "temp_dir.h"
#include <cmocka.h>

struct fixture {
    char *directory;
    struct dtl_store *store;
    struct dtl_snapshot *snap;
    struct dtl_arena arena;
    struct dtl_error err;
    uint32_t max_expand;
    struct dtl_result result;
    struct dtl_plan *plan;
    struct dtl_query *query;
};

static void fine(struct fixture *f, enum dtl_status st)
{
    if (st != DTL_OK)
        print_message("%s\n", f->err.text);
    assert_int_equal(st, DTL_OK);
}

static void open_store(struct fixture *f, bool write)
{
    struct dtl_store_options o = {.write = write, .create = write, .allow_network_fs = true};
    o.settings.title_weight = DTL_TITLE_WEIGHT_DEFAULT;
    o.settings.default_lang = dtl_lang_code_of(dtl_bytes_of("en"));
    snprintf(o.settings.versions, sizeof o.settings.versions, "%s", dtl_text_versions());
    snprintf(o.settings.detector, sizeof o.settings.detector, "none");
    fine(f, dtl_store_open(&f->store, f->directory, &o, &f->err));
}

struct given {
    const char *id, *date, *lang, *title, *body;
};

/* Feed articles; those without date and body are removed instead. */
static void feed(struct fixture *f, const struct given *g, size_t n)
{
    struct dtl_run_options o = {.memory_bytes = (size_t)64 << 20};
    struct dtl_run *run = NULL;
    open_store(f, true);
    fine(f, dtl_run_open(&run, f->store, &o, dtl_day_of(2025, 1, 1), &f->err));
    fine(f, dtl_run_file_begin(run, dtl_bytes_of("file"), false, &f->err));
    for (size_t i = 0; i < n; i++) {
        struct dtl_article a = {.id = dtl_bytes_of(g[i].id),
                                .path = dtl_bytes_of("file"),
                                .file_bytes = 4,
                                .title = dtl_bytes_of(g[i].title),
                                .body = dtl_bytes_of(g[i].body),
                                .date = DTL_UNDATED,
                                .lang = dtl_lang_code_of(dtl_bytes_of(g[i].lang))};
        if (!g[i].body) {
            struct dtl_snapshot *snap = dtl_run_snapshot(run);
            for (size_t s = 0; s < snap->segments; s++) {
                struct dtl_segment *seg = &snap->segment[s];
                for (dtl_doc d = 0; d < seg->facts.docs; d++) {
                    struct dtl_article old;
                    if (dtl_is_dead(seg, d))
                        continue;
                    fine(f, dtl_snapshot_article(snap, seg, d, &f->arena, &old, &f->err));
                    if (dtl_bytes_is(old.id, g[i].id))
                        fine(f, dtl_run_remove(run, seg, d, &f->err));
                }
            }
            continue;
        }
        if (g[i].date)
            fine(f, dtl_date_parse(dtl_bytes_of(g[i].date), &a.date, NULL, &f->err));
        fine(f, dtl_run_add(run, &a, &f->err));
    }
    fine(f, dtl_run_file_end(run, NULL, true, &f->err));
    fine(f, dtl_run_publish(run, &f->err));
    dtl_run_close(run);
    dtl_store_close(f->store);
    f->store = NULL;
}

static struct fixture *start(const struct given *g, size_t n)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->directory = temp_dir_make();
    f->max_expand = DTL_EXPAND_DEFAULT;
    feed(f, g, n);
    return f;
}

static void finish(struct fixture *f)
{
    dtl_plan_close(f->plan);
    dtl_snapshot_close(f->snap);
    dtl_store_close(f->store);
    dtl_arena_release(&f->arena);
    temp_dir_remove(f->directory);
    free(f);
}

static enum dtl_status try(struct fixture *f, const char *text, struct dtl_search_options *o,
                           enum dtl_match_mode match)
{
    struct dtl_parse_options parse = {.match = match};
    if (!f->snap) {
        open_store(f, false);
        fine(f, dtl_snapshot_open(f->store, &f->snap, &f->err));
    }
    dtl_plan_close(f->plan);
    f->plan = NULL;
    f->result = (struct dtl_result){0};
    f->err = (struct dtl_error){0};
    enum dtl_status st = dtl_query_parse(dtl_bytes_of(text), &parse, &f->arena, &f->query, &f->err);
    if (st == DTL_OK)
        st = dtl_plan_open(&f->plan, f->snap, f->query, f->max_expand, &f->arena, &f->err);
    if (st == DTL_OK)
        st = dtl_search(f->snap, f->plan, f->query, o, &f->arena, &f->result, &f->err);
    return st;
}

/* Ids of the hits in order, blanks between. */
static const char *found(struct fixture *f, const char *text)
{
    static char ids[400];
    struct dtl_search_options o = {.limit = UINT64_MAX};
    fine(f, try(f, text, &o, DTL_MATCH_ALL));
    assert_int_equal(f->result.hits, f->result.total);
    assert_true(f->result.complete);
    ids[0] = 0;
    for (uint64_t i = 0; i < f->result.hits; i++)
        snprintf(ids + strlen(ids), sizeof ids - strlen(ids), "%s%.*s", i ? " " : "",
                 (int)f->result.hit[i].id.n, (const char *)f->result.hit[i].id.p);
    return ids;
}

#define START(g) start(g, sizeof(g) / sizeof *(g))

static const struct given words[] = {
    {"run",   "2024-03-01", "en", NULL,              "They were running to the bank."            },
    {"runs",  "2024-03-02", "en", NULL,              "The runs of the river ended; a river bank."},
    {"title", "2024-03-03", "en", "Running water",   "About nothing else at all."                },
    {"cafe",  "2024-03-04", "fr", NULL,              "Un café noir. AT&T ouvre."                },
    {"han",   "2024-03-05", "zh", NULL,              "中国人民"                              },
    {"gap",   "2024-03-06", "en", "Ends with quiet", "words begin here, well-known ones"         },
};

static void a_word_finds_its_stem_and_an_exact_one_its_printed_form(void **state)
{
    (void)state;
    struct fixture *f = START(words);
    assert_string_equal(found(f, "runs"), "title run runs");
    assert_string_equal(found(f, "=runs"), "runs");
    assert_string_equal(found(f, "=RUNNING"), "title run");
    assert_string_equal(found(f, "title:run"), "title");
    assert_string_equal(found(f, "cafe"), "cafe");
    assert_string_equal(found(f, "\"CAFÉ noir\""), "cafe");
    assert_string_equal(found(f, "river bank"), "runs");
    assert_string_equal(found(f, "run -river"), "title run");
    assert_string_equal(found(f, "run NOT title:running"), "run runs");
    assert_string_equal(found(f, "nowhere"), "");
    finish(f);
}

static void a_window_leaves_what_a_cursor_has_passed(void **state)
{
    (void)state;
    static const struct given many[] = {
        {"wet",   "2024-03-03", "en", NULL, "tab tad tag tan tap tar water"},
        {"dry",   "2024-03-02", "en", NULL, "ten tip toe top tub tug"      },
        {"other", "2024-03-01", "en", NULL, "nobody"                       },
    };
    struct fixture *f = START(many);
    struct dtl_search_options o = {.count_only = true};
    assert_string_equal(found(f, "NOT (t* -water)"), "wet other");
    fine(f, try(f, "NOT (t* -water)", &o, DTL_MATCH_ALL)); /* by windows: the one above seeks */
    assert_int_equal(f->result.total, 2);
    finish(f);
}

static void a_phrase_keeps_order_and_does_not_cross_the_title(void **state)
{
    (void)state;
    struct fixture *f = START(words);
    assert_string_equal(found(f, "\"river bank\""), "runs");
    assert_string_equal(found(f, "\"bank river\""), "");
    assert_string_equal(found(f, "\"quiet words\""), "");
    assert_string_equal(found(f, "\"running to the\""), "run");
    assert_string_equal(found(f, "\"run to the\""), "");
    assert_string_equal(found(f, "AT&T"), "cafe");
    assert_string_equal(found(f, "well-known"), "gap");
    assert_string_equal(found(f, "known-well"), "");
    finish(f);
}

static void one_ideograph_finds_every_word_it_begins_and_more_are_a_phrase(void **state)
{
    (void)state;
    struct fixture *f = START(words);
    assert_string_equal(found(f, "中"), "han");
    assert_string_equal(found(f, "民"), "han");
    assert_string_equal(found(f, "国人民"), "han");
    assert_string_equal(found(f, "\"中国人\""), "han");
    assert_string_equal(found(f, "中人"), "");
    finish(f);
}

static void a_prefix_over_its_budget_is_an_error_with_the_remedy(void **state)
{
    (void)state;
    struct fixture *f = START(words);
    struct dtl_search_options o = {.limit = 10};
    assert_string_equal(found(f, "ri*"), "runs");
    assert_int_equal(f->result.hit[0].score, DTL_SCORE_UNIT);
    assert_string_equal(found(f, "ru*"), "title runs run"); /* constant score: newest first */
    f->max_expand = 1;
    assert_int_equal(try(f, "x ru*", &o, DTL_MATCH_ALL), DTL_EQUERY);
    assert_int_equal(f->err.pos, 2);
    assert_non_null(strstr(f->err.text, "--max-expand 2"));
    f->max_expand = 2;
    assert_int_equal(try(f, "x ru*", &o, DTL_MATCH_ALL), DTL_OK);
    finish(f);
}

static void a_query_without_a_word_is_an_error_unless_a_filter_stands_by_it(void **state)
{
    (void)state;
    struct fixture *f = START(words);
    struct dtl_search_options o = {.limit = 10};
    assert_int_equal(try(f, "\"!?\"", &o, DTL_MATCH_ALL), DTL_EQUERY);
    assert_string_equal(found(f, "since:2024-03-04"), "gap han cafe");
    finish(f);
}

static const struct given dated[] = {
    {"day",   "2024-03-22", "en", NULL, "storm"},
    {"month", "2024-03",    "en", NULL, "storm"},
    {"year",  "2024",       "en", NULL, "storm"},
    {"none",  NULL,         "en", NULL, "storm"},
    {"b-day", "2024-03-22", "en", NULL, "storm"},
    {"old",   "1895-01-02", "en", NULL, "storm"},
};

static void dates_match_by_overlap_and_order_breaks_ties(void **state)
{
    (void)state;
    struct fixture *f = START(dated);
    struct dtl_search_options o = {.limit = 10, .sort = DTL_SORT_OLDEST};
    assert_string_equal(found(f, "storm"), "b-day day month year old none");
    assert_string_equal(found(f, "storm date:2024-03-22"), "b-day day month year");
    assert_string_equal(found(f, "storm date:none"), "none");
    assert_string_equal(found(f, "storm before:1900"), "old");
    assert_string_equal(found(f, "storm (date:1895 OR date:2024-03-22)"),
                        "b-day day month year old");
    assert_string_equal(found(f, "NOT date:2024"), "old none");
    fine(f, try(f, "storm", &o, DTL_MATCH_ALL));
    assert_true(dtl_bytes_is(f->result.hit[0].id, "old"));
    assert_true(dtl_bytes_is(f->result.hit[1].id, "year"));
    assert_true(dtl_bytes_is(f->result.hit[3].id, "b-day"));
    assert_true(dtl_bytes_is(f->result.hit[5].id, "none"));
    finish(f);
}

static void totals_are_exact_whatever_the_limit(void **state)
{
    (void)state;
    struct fixture *f = START(dated);
    struct dtl_search_options o = {.limit = 2, .offset = 1, .sort = DTL_SORT_NEWEST};
    fine(f, try(f, "storm", &o, DTL_MATCH_ALL));
    assert_int_equal(f->result.total, 6);
    assert_int_equal(f->result.hits, 2);
    assert_false(f->result.complete);
    assert_true(dtl_bytes_is(f->result.hit[0].id, "day"));
    o = (struct dtl_search_options){.limit = UINT64_MAX, .offset = 5};
    fine(f, try(f, "storm", &o, DTL_MATCH_ALL));
    assert_int_equal(f->result.hits, 1);
    assert_true(f->result.complete);
    o = (struct dtl_search_options){.count_only = true};
    fine(f, try(f, "storm", &o, DTL_MATCH_ALL));
    assert_int_equal(f->result.total, 6);
    uint64_t count = 0;
    fine(f, try(f, "storm date:2024", &o, DTL_MATCH_ALL));
    fine(f,
         dtl_search_count_node(f->snap, f->plan, f->query, f->query->root, false, &count, &f->err));
    assert_int_equal(count, 6);
    fine(f,
         dtl_search_count_node(f->snap, f->plan, f->query, f->query->root, true, &count, &f->err));
    assert_int_equal(count, 4);
    finish(f);
}

static void stop_words_score_only_when_nothing_else_does(void **state)
{
    (void)state;
    struct fixture *f = START(words);
    struct dtl_search_options o = {.limit = 10};
    fine(f, try(f, "the river", &o, DTL_MATCH_ANY));
    assert_int_equal(f->result.total, 2);
    assert_true(f->result.hit[0].score > 0);
    assert_int_equal(f->result.hit[1].score, 0);
    fine(f, try(f, "the xyzzy", &o, DTL_MATCH_ANY));
    assert_true(f->result.hit[1].score > 0);
    finish(f);
}

static const struct given spread[] = {
    {"far",   "2024-03-03", "en", NULL,  "tax one two three four five six seven eight nine cut"},
    {"near",  "2024-03-02", "en", NULL,  "one two three four five six seven eight nine tax cut"},
    {"title", "2024-03-01", "en", "Tax", "cut one two three four five six seven eight nine"    },
};

static void words_near_each_other_score_more(void **state)
{
    (void)state;
    struct fixture *f = START(spread);
    struct dtl_search_options o = {.limit = 10, .first_stage = true};
    fine(f, try(f, "tax cut", &o, DTL_MATCH_ALL));
    assert_true(dtl_bytes_is(f->result.hit[1].id, "far")); /* newer than its like */
    assert_true(f->result.hit[1].score == f->result.hit[2].score);
    uint64_t alone = f->result.hit[2].score, title = f->result.hit[0].score;
    o.first_stage = false;
    fine(f, try(f, "tax cut", &o, DTL_MATCH_ALL));
    assert_int_equal(f->result.total, 3);
    for (int i = 0; i < 3; i++) {
        const struct dtl_hit *h = &f->result.hit[i];
        if (dtl_bytes_is(h->id, "near"))
            assert_true(h->score > alone + 10000);
        else if (dtl_bytes_is(h->id, "far"))
            assert_true(h->score > alone && h->score < alone + 10000); /* ten words apart */
        else
            assert_int_equal(h->score, title); /* title and body are no neighbours */
    }
    /* a phrase stands between its neighbours; expansions and stop words are passed over */
    static const char *const without[] = {"tax", "tax tax", "tax \"five six\" cut", "ta* cut",
                                          "tax -cut"};
    for (size_t i = 0; i < sizeof without / sizeof *without; i++) {
        uint64_t score[3] = {0};
        for (int stage = 0; stage < 2; stage++) {
            o.first_stage = stage == 0;
            fine(f, try(f, without[i], &o, DTL_MATCH_ANY));
            for (uint64_t k = 0; k < f->result.hits; k++)
                assert_true(stage == 0 || score[k] == f->result.hit[k].score);
            for (uint64_t k = 0; k < f->result.hits; k++)
                score[k] = f->result.hit[k].score;
        }
    }
    fine(f, try(f, "tax the cut", &o, DTL_MATCH_ANY));
    assert_true(f->result.hit[0].score > alone || f->result.hit[1].score > alone);
    finish(f);
}

/* Unaccented, `elevees` has a stem of its own in French: it meets `élever` through the printed form
 * alone. */
static void a_form_that_only_dead_articles_print_leads_nowhere(void **state)
{
    (void)state;
    struct given alive[40];
    char ids[40][8];
    for (size_t i = 0; i < 40; i++) {
        snprintf(ids[i], sizeof ids[i], "a%zu", i);
        alive[i] = (struct given){ids[i], "2024-05-05", "fr", NULL, i == 7 ? "élever" : "autre"};
    }
    alive[9].body = "élevées";
    struct fixture *f = START(alive);
    assert_string_equal(found(f, "elevees"), "a7 a9");
    dtl_plan_close(f->plan);
    f->plan = NULL;
    dtl_snapshot_close(f->snap);
    f->snap = NULL;
    dtl_store_close(f->store);
    const struct given gone = {.id = "a9"};
    feed(f, &gone, 1);
    assert_string_equal(found(f, "elevees"), "");
    assert_int_equal(f->snap->segments, 1);
    assert_non_null(f->snap->segment[0].dead); /* marked, not rewritten: or this shows nothing */
    assert_string_equal(found(f, "élever"), "a7");
    finish(f);
}

static void a_snippet_s_question_is_answered_as_the_index_does(void **state)
{
    (void)state;
    struct fixture *f = START(words);
    struct dtl_search_options o = {.limit = 10};
    struct dtl_token t = {.form = dtl_bytes_of("Running"),
                          .folded = dtl_bytes_of("running"),
                          .term = dtl_bytes_of("run"),
                          .lang = dtl_lang_of(dtl_lang_code_of(dtl_bytes_of("en")))};
    const char *const yes[] = {"runs", "=running", "runn*", "\"running\"", "RUN"};
    const char *const no[] = {"=runs", "runs*", "river"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        fine(f, try(f, yes[i], &o, DTL_MATCH_ALL));
        assert_true(dtl_word_matches(dtl_plan_words(f->plan, f->query->root)->word, &t));
    }
    for (size_t i = 0; i < sizeof no / sizeof *no; i++) {
        fine(f, try(f, no[i], &o, DTL_MATCH_ALL));
        assert_false(dtl_word_matches(dtl_plan_words(f->plan, f->query->root)->word, &t));
    }
    t.folded =
        dtl_bytes_of("run\xc2\xadning"); /* broken at a line's end: for stemmed search alone */
    fine(f, try(f, "run*", &o, DTL_MATCH_ALL));
    assert_false(dtl_word_matches(dtl_plan_words(f->plan, f->query->root)->word, &t));
    finish(f);
}

/* ---- lists of many blocks ---- */

#define LONG_LIST 21000u /* articles: a word of nearly all of them has more than 150 blocks */

/* Articles of one word in nearly all, two in many, in any number and order; `most` lacks in one of
 * 500, `usual` in one of 12, `end` in none; `some` stands in one of 20, `other` in one of 40. */
static struct given *long_lists(struct fixture *f, struct random *r)
{
    struct given *g = dtl_arena_alloc(&f->arena, LONG_LIST * sizeof *g);
    static const char *const fruit[] = {"apple", "banana", "cherry", "filler"};
    assert_non_null(g);
    for (uint32_t i = 0; i < LONG_LIST; i++) {
        struct dtl_buffer body = {0};
        char id[16], date[16];
        uint32_t often = random_below(r, 40) ? 3 : 40, filler = random_below(r, 30);
        for (uint32_t k = random_below(r, often) + (i % 64 > 0); k > 0; k--)
            dtl_buffer_format(&body, "apple %s ", fruit[random_below(r, 8) ? 3 : 1]);
        for (uint32_t k = random_below(r, 3); k > 0; k--)
            dtl_buffer_format(&body, "%s ", fruit[1 + random_below(r, 2)]);
        for (; filler > 0; filler--)
            dtl_buffer_text(&body, "filler ");
        dtl_buffer_text(&body, random_below(r, 500) ? "most " : "");
        dtl_buffer_text(&body, random_below(r, 12) ? "usual " : "");
        dtl_buffer_text(&body, random_below(r, 20) ? "" : "some ");
        dtl_buffer_text(&body, random_below(r, 40) ? "" : "other ");
        dtl_buffer_text(&body, "end");
        snprintf(id, sizeof id, "a%05u", i);
        snprintf(date, sizeof date, "2024-%02u-%02u", 1 + i / 28 % 12, 1 + i % 28);
        g[i] = (struct given){dtl_arena_strndup(&f->arena, id, strlen(id)),
                              dtl_arena_strndup(&f->arena, date, strlen(date)), "en", "",
                              dtl_arena_strndup(&f->arena, (const char *)body.p, body.n)};
        assert_false(body.failed);
        dtl_buffer_release(&body);
    }
    return g;
}

static void long_lists_pruned_are_what_they_are_exhausted(void **state)
{
    (void)state;
    static const char *const asked[] = {"apple",
                                        "filler",
                                        "cherry",
                                        "\"apple banana\"",
                                        "\"apple filler apple\"",
                                        "\"banana apple filler\"",
                                        "apple cherry",
                                        "banana OR cherry",
                                        "apple since:2024-06-03 until:2024-09-20"};
    static const uint64_t limits[] = {1, 10, 300};
    struct fixture *f = calloc(1, sizeof *f);
    struct random r = random_start("long lists");
    assert_non_null(f);
    f->directory = temp_dir_make();
    f->max_expand = DTL_EXPAND_DEFAULT;
    feed(f, long_lists(f, &r), LONG_LIST);
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
        for (size_t k = 0; k < sizeof limits / sizeof *limits; k++) {
            struct dtl_search_options o = {
                .limit = limits[k], .hits_only = true, .first_stage = true, .exhaustive = true};
            fine(f, try(f, asked[i], &o, DTL_MATCH_ALL));
            struct dtl_result all = f->result;
            o.exhaustive = false;
            fine(f, try(f, asked[i], &o, DTL_MATCH_ALL));
            assert_true(all.hits > 0);
            assert_int_equal(f->result.hits, all.hits);
            for (uint64_t h = 0; h < all.hits; h++) {
                assert_int_equal(f->result.hit[h].doc, all.hit[h].doc);
                assert_int_equal(f->result.hit[h].score, all.hit[h].score);
            }
        }
    finish(f);
}

static void words_of_nearly_every_article_are_counted(void **state)
{
    (void)state;
    static const char *const asked[] = {"most OR cherry",
                                        "usual OR cherry OR banana",
                                        "cherry OR usual OR most OR banana",
                                        "end OR most OR apple",
                                        "end OR cherry",
                                        "end cherry",
                                        "most OR some",
                                        "some OR other",
                                        "some other",
                                        "some other usual",
                                        "some OR usual OR other OR cherry",
                                        "some most",
                                        "some OR other since:2024-06-03 until:2024-09-20",
                                        "most usual",
                                        "most usual banana",
                                        "most OR usual since:2024-06-03 until:2024-09-20",
                                        "most usual since:2024-06-03 until:2024-09-20",
                                        "(end OR cherry) since:2024-03-05 until:2024-03-06",
                                        "a* OR b*",
                                        "u*"};
    struct fixture *f = calloc(1, sizeof *f);
    struct random r = random_start("nearly every article");
    assert_non_null(f);
    f->directory = temp_dir_make();
    f->max_expand = DTL_EXPAND_DEFAULT;
    feed(f, long_lists(f, &r), LONG_LIST);
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        struct dtl_search_options o = {.count_only = true, .exhaustive = true};
        fine(f, try(f, asked[i], &o, DTL_MATCH_ALL));
        uint64_t all = f->result.total;
        assert_true(all > 0);
        o.exhaustive = false;
        fine(f, try(f, asked[i], &o, DTL_MATCH_ALL));
        assert_int_equal(f->result.total, all);
    }
    finish(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_word_finds_its_stem_and_an_exact_one_its_printed_form),
        cmocka_unit_test(a_window_leaves_what_a_cursor_has_passed),
        cmocka_unit_test(a_phrase_keeps_order_and_does_not_cross_the_title),
        cmocka_unit_test(one_ideograph_finds_every_word_it_begins_and_more_are_a_phrase),
        cmocka_unit_test(a_prefix_over_its_budget_is_an_error_with_the_remedy),
        cmocka_unit_test(a_query_without_a_word_is_an_error_unless_a_filter_stands_by_it),
        cmocka_unit_test(dates_match_by_overlap_and_order_breaks_ties),
        cmocka_unit_test(totals_are_exact_whatever_the_limit),
        cmocka_unit_test(stop_words_score_only_when_nothing_else_does),
        cmocka_unit_test(words_near_each_other_score_more),
        cmocka_unit_test(a_form_that_only_dead_articles_print_leads_nowhere),
        cmocka_unit_test(a_snippet_s_question_is_answered_as_the_index_does),
        cmocka_unit_test(long_lists_pruned_are_what_they_are_exhausted),
        cmocka_unit_test(words_of_nearly_every_article_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
