/*
 * compare.c - the engine against the naive index: random archives, random queries, every hit,
 * score, total and place.
 *
 * Usage: compare [ROUNDS [QUERIES [own]]]. With `own` the engine is compared with itself, pruned
 * walks with the exhaustive one, which is fast enough for a million queries. Each round is an
 * archive of its own, fed in several runs with articles rewritten and removed between them, so that
 * there are segments, dead articles and merges; after each run, and after the archive was
 * compacted, queries are asked of both. SEED repeats a round: seeds of rounds follow one another.
 */
#include "common/store/store.h"
#include "indexer/build/run.h"
#include "query/result/search.h"
#include "tests/model/naive_index.h"
#include "tests/model/random_text.h"
#include "tests/unit/temp_dir.h"

#include <inttypes.h>

struct round {
    struct random r;
    uint64_t seed;
    char *directory;
    struct naive *naive;
    struct dtl_analyzer *analyzer; /* lent to most plans */
    uint32_t identities;
    uint32_t killed_one_in;
    bool own; /* compare the engine with itself */
    uint64_t queries, hits, nothing, dead;
};

static void check(enum dtl_status st, const struct dtl_error *err, const char *what)
{
    if (st == DTL_OK)
        return;
    printf("%s: %s (%d)\n", what, err->text[0] ? err->text : dtl_status_text(st), (int)st);
    exit(1);
}

/* ---- feeding both ---- */

static struct dtl_store *open_store(struct round *x, bool write)
{
    struct dtl_error err = {0};
    struct dtl_store *store = NULL;
    struct dtl_store_options o = {.write = write, .create = write, .allow_network_fs = true};
    o.settings.title_weight = DTL_TITLE_WEIGHT_DEFAULT;
    o.settings.default_lang = dtl_lang_code_of(dtl_bytes_of("en"));
    snprintf(o.settings.versions, sizeof o.settings.versions, "%s", dtl_text_versions());
    snprintf(o.settings.detector, sizeof o.settings.detector, "none");
    check(dtl_store_open(&store, x->directory, &o, &err), &err, "open");
    return store;
}

static void remove_some(struct round *x, struct dtl_run *run)
{
    struct dtl_snapshot *snap = dtl_run_snapshot(run);
    struct dtl_error err = {0};
    for (size_t i = 0; i < snap->segments; i++) {
        struct dtl_segment *s = &snap->segment[i];
        for (dtl_doc d = 0; d < s->facts.docs; d++) {
            struct dtl_arena arena = {0};
            struct dtl_article a = {0};
            if (dtl_is_dead(s, d) || random_below(&x->r, x->killed_one_in))
                continue;
            check(dtl_snapshot_article(snap, s, d, &arena, &a, &err), &err, "article");
            naive_remove(x->naive, a.source, a.id);
            check(dtl_run_remove(run, s, d, &err), &err, "remove");
            dtl_arena_release(&arena);
        }
    }
}

static void feed(struct round *x, uint32_t articles, bool removals)
{
    struct dtl_error err = {0};
    struct dtl_run_options o = {.memory_bytes = (size_t)64 << 20};
    struct dtl_store *store = open_store(x, true);
    struct dtl_run *run = NULL;
    struct dtl_arena arena = {0};
    check(dtl_run_open(&run, store, &o, dtl_day_of(2024, 1, 1), &err), &err, "run");
    if (removals)
        remove_some(x, run);
    check(dtl_run_file_begin(run, dtl_bytes_of("fed"), false, &err), &err, "file");
    for (uint32_t i = 0; i < articles; i++) {
        struct dtl_article a;
        random_article(&x->r, x->identities, &arena, &a);
        naive_put(x->naive, &a);
        check(dtl_run_add(run, &a, &err), &err, "add");
        dtl_arena_reset(&arena);
    }
    check(dtl_run_file_end(run, NULL, true, &err), &err, "file end");
    check(dtl_run_publish(run, &err), &err, "publish");
    dtl_run_close(run);
    dtl_store_close(store);
    dtl_arena_release(&arena);
}

/* ---- asking both ---- */

static void describe(const struct dtl_node *n, int depth)
{
    static const char *const kinds[] = {"word",   "phrase", "and",      "or",   "not",
                                        "quorum", "date",   "all",      "near", "atleast",
                                        "field",  "number", "calendar", "added"};
    char from[DTL_DATE_TEXT], to[DTL_DATE_TEXT];
    printf("%*s%s", 2 * depth + 2, "", kinds[n->kind]);
    if (n->kind <= DTL_NODE_PHRASE)
        printf(" [%.*s]%s%s%s", (int)n->text.n, (const char *)n->text.p, n->exact ? " exact" : "",
               n->prefix ? " prefix" : "", n->scope == DTL_SCOPE_TITLE ? " title" : "");
    if (n->kind <= DTL_NODE_PHRASE)
        printf(" wildcard %d fuzzy %d", n->wildcard, n->fuzzy);
    if (n->kind <= DTL_NODE_PHRASE)
        printf(" scope %d/%u case %d accents %d stemmed %d gaps %d slop %u%s", (int)n->scope,
               n->first, n->letter_case, n->accents, n->stemmed, n->gaps, n->slop,
               n->any_order ? "!" : "");
    if (n->kind == DTL_NODE_NEAR || n->kind == DTL_NODE_ATLEAST)
        printf(" how %d/%u at least %u", (int)n->near, n->distance, n->needed);
    if (n->boost != DTL_BOOST_NONE)
        printf(" boost %u", n->boost);
    if (n->kind == DTL_NODE_FIELD)
        printf(" %d [%.*s]%s", (int)n->field, (int)n->text.n, (const char *)n->text.p,
               n->wildcard ? " wildcard" : "");
    if (n->kind == DTL_NODE_NUMBER)
        printf(" %" PRIu64 "..%" PRIu64, n->low, n->high);
    if (n->kind == DTL_NODE_CALENDAR)
        printf(" %d: %u %u %u", (int)n->calendar.kind, n->calendar.weekday, n->calendar.month,
               n->calendar.day);
    if (n->kind == DTL_NODE_QUORUM)
        printf(" %u", n->needed);
    if (n->boost)
        printf(" ^%u", n->boost);
    if (n->kind == DTL_NODE_DATE)
        printf(" %s %s..%s", n->undated ? "none" : "", dtl_day_print(n->range.earliest, from),
               dtl_day_print(n->range.latest, to));
    printf("\n");
    for (uint32_t i = 0; i < n->children; i++)
        describe(n->child[i], depth + 1);
}

static void print_hit(const char *who, struct dtl_bytes source, struct dtl_bytes id,
                      struct dtl_interval date, uint64_t score)
{
    char text[DTL_DATE_TEXT];
    printf("  %s %.*s/%.*s %s %" PRIu64 "\n", who, (int)source.n, (const char *)source.p, (int)id.n,
           (const char *)id.p, dtl_date_print(date, text), score);
}

static void fail(struct round *x, const struct dtl_query *q, const struct dtl_search_options *o,
                 const struct naive_result *want, const struct dtl_result *got, const char *what)
{
    char from[DTL_DATE_TEXT], to[DTL_DATE_TEXT];
    printf("SEED=%" PRIu64 ": %s after %" PRIu64 " queries, %zu articles\n", x->seed, what,
           x->queries, naive_size(x->naive));
    printf(" first stage %d half life %u today %d spread %d window %d\n", o->first_stage,
           o->half_life, (int)o->today, (int)o->spread, q->window_statistics);
    printf(" sort %d limit %" PRIu64 " offset %" PRIu64 " dates %d undated %d %s..%s within %d\n",
           (int)o->sort, o->limit, o->offset, q->has_dates, q->undated,
           dtl_day_print(q->dates.earliest, from), dtl_day_print(q->dates.latest, to), q->within);
    describe(q->root, 0);
    printf(" total: naive %zu, engine %" PRIu64 "\n", want->hits, got->total);
    for (size_t i = 0; i < 12; i++) {
        size_t k = i + (size_t)o->offset;
        if (k < want->hits)
            print_hit("naive ", want->hit[k].source, want->hit[k].id, want->hit[k].date,
                      want->hit[k].score);
        if (i < got->hits)
            print_hit("engine", got->hit[i].source, got->hit[i].id, got->hit[i].date,
                      got->hit[i].score);
    }
    exit(1);
}

static bool same_hit(const struct naive_hit *a, const struct dtl_hit *b)
{
    return a->score == b->score && dtl_bytes_equal(a->id, b->id) &&
           dtl_bytes_equal(a->source, b->source) && a->date.earliest == b->date.earliest &&
           a->date.latest == b->date.latest;
}

static void random_ranking(struct round *x, struct dtl_query *q, struct dtl_search_options *o)
{
    static const uint32_t spans[] = {1, 7, 31, 366, 40000};
    o->first_stage = random_below(&x->r, 4) == 0;
    q->window_statistics = random_below(&x->r, 4) == 0;
    if (random_below(&x->r, 4) == 0) {
        o->half_life = spans[random_below(&x->r, 5)];
        o->today = dtl_day_of(2001 + (int)random_below(&x->r, 3), 6, 15);
    }
    if (random_below(&x->r, 6) == 0)
        o->spread = random_below(&x->r, 2) ? DTL_SPREAD_MONTH : DTL_SPREAD_YEAR;
}

static void ask(struct round *x, struct dtl_snapshot *snap)
{
    struct dtl_arena arena = {0};
    struct dtl_error err = {0};
    struct dtl_plan *plan = NULL;
    struct dtl_result got = {0};
    struct naive_result want;
    struct dtl_query *q = random_query(&x->r, &arena);
    enum dtl_sort sort = (enum dtl_sort)random_below(&x->r, 3);
    struct dtl_search_options o = {.sort = sort, .limit = 10};
    if (random_below(&x->r, 2))
        o.limit = random_below(&x->r, 4) ? random_below(&x->r, 40) : UINT64_MAX;
    if (random_below(&x->r, 3) == 0)
        o.offset = random_below(&x->r, 30);
    x->queries++;
    random_ranking(x, q, &o);
    struct naive_options plainly = {.sort = (enum naive_sort)sort,
                                    .first_stage = o.first_stage,
                                    .half_life = o.half_life,
                                    .today = o.today,
                                    .period = (int)o.spread};
    naive_search(x->naive, q, &plainly, &want);
    struct dtl_analyzer **lent = x->queries % 16 ? &x->analyzer : NULL;
    enum dtl_status st = dtl_plan_open_with(&plan, snap, q, DTL_EXPAND_DEFAULT, lent, &arena, &err);
    if (st == DTL_EQUERY && !q->has_dates) { /* nothing but punctuation */
        x->nothing++;
        goto out;
    }
    check(st, &err, "plan");
    check(dtl_search(snap, plan, q, &o, &arena, &got, &err), &err, "search");
    if (got.total != want.hits)
        fail(x, q, &o, &want, &got, "totals differ");
    uint64_t left = want.hits > o.offset ? want.hits - o.offset : 0;
    if (got.hits != (left < o.limit ? left : o.limit))
        fail(x, q, &o, &want, &got, "numbers of hits differ");
    if (got.complete != (got.hits == left))
        fail(x, q, &o, &want, &got, "completeness differs");
    for (uint64_t i = 0; i < got.hits; i++) {
        if (!same_hit(&want.hit[o.offset + i], &got.hit[i]))
            fail(x, q, &o, &want, &got, "hits differ");
    }
    x->hits += got.hits;

    struct dtl_result other = {0};
    o.hits_only = true; /* no total: free to stop early */
    check(dtl_search(snap, plan, q, &o, &arena, &other, &err), &err, "hits");
    if (other.hits != got.hits || other.total > want.hits || (want.hits && o.limit && !other.total))
        fail(x, q, &o, &want, &other, "hits differ without a total");
    if (other.exact ? other.total != want.hits || other.complete != got.complete : other.complete)
        fail(x, q, &o, &want, &other, "a total that is not wanted claims too much");
    for (uint64_t i = 0; i < other.hits; i++) {
        if (!same_hit(&want.hit[o.offset + i], &other.hit[i]))
            fail(x, q, &o, &want, &other, "hits differ without a total");
    }
    o.hits_only = false;
    o.exhaustive = true; /* the reference of the campaigns is right itself */
    check(dtl_search(snap, plan, q, &o, &arena, &other, &err), &err, "exhaustive");
    if (other.hits != got.hits || other.total != want.hits || !other.exact)
        fail(x, q, &o, &want, &other, "the exhaustive walk differs");
    for (uint64_t i = 0; i < other.hits; i++) {
        if (!same_hit(&want.hit[o.offset + i], &other.hit[i]))
            fail(x, q, &o, &want, &other, "the exhaustive walk differs");
    }
    o.exhaustive = false;

    struct dtl_result counted = {0};
    o.count_only = true;
    check(dtl_search(snap, plan, q, &o, &arena, &counted, &err), &err, "count");
    if (counted.total != want.hits || counted.hits)
        fail(x, q, &o, &want, &counted, "counts differ");
    o.first_only = true;
    check(dtl_search(snap, plan, q, &o, &arena, &counted, &err), &err, "first");
    if ((counted.total > 0) != (want.hits > 0))
        fail(x, q, &o, &want, &counted, "the first match differs");
    uint64_t count = 0;
    check(dtl_search_count_node(snap, plan, q, q->root, true, &count, &err), &err, "node");
    if (count != want.hits)
        fail(x, q, &o, &want, &counted, "the root's count differs");
out:
    dtl_plan_close(plan);
    free(want.hit);
    dtl_arena_release(&arena);
}

/* Pruned answers against the exhaustive one; counts against its total. */
static void ask_own(struct round *x, struct dtl_snapshot *snap)
{
    struct dtl_arena arena = {0};
    struct dtl_error err = {0};
    struct dtl_plan *plan = NULL;
    struct dtl_result want = {0}, got = {0};
    struct dtl_query *q = random_query(&x->r, &arena);
    struct dtl_search_options o = {.sort = (enum dtl_sort)random_below(&x->r, 3), .limit = 10};
    if (random_below(&x->r, 2))
        o.limit = 1 + random_below(&x->r, 40);
    if (random_below(&x->r, 4) == 0)
        o.offset = random_below(&x->r, 30);
    x->queries++;
    random_ranking(x, q, &o);
    enum dtl_status st =
        dtl_plan_open_with(&plan, snap, q, DTL_EXPAND_DEFAULT, &x->analyzer, &arena, &err);
    if (st == DTL_EQUERY && !q->has_dates) {
        x->nothing++;
        goto out;
    }
    check(st, &err, "plan");
    o.exhaustive = true;
    check(dtl_search(snap, plan, q, &o, &arena, &want, &err), &err, "exhaustive");
    o.exhaustive = false;
    for (int hits_only = 0; hits_only < 2; hits_only++) {
        struct naive_result none = {0};
        o.hits_only = hits_only;
        check(dtl_search(snap, plan, q, &o, &arena, &got, &err), &err, "search");
        bool same = got.hits == want.hits && (got.total == want.total || !got.exact);
        same &= got.exact ? got.complete == want.complete : hits_only && !got.complete;
        for (uint64_t i = 0; same && i < got.hits; i++)
            same = got.hit[i].segment == want.hit[i].segment && got.hit[i].doc == want.hit[i].doc &&
                   got.hit[i].score == want.hit[i].score;
        if (!same)
            fail(x, q, &o, &none, &got, "the pruned answer is not the exhaustive one");
    }
    o.count_only = true;
    check(dtl_search(snap, plan, q, &o, &arena, &got, &err), &err, "count");
    if (got.total != want.total) {
        struct naive_result none = {0};
        fail(x, q, &o, &none, &got, "the count is not the exhaustive one");
    }
    x->hits += want.hits;
out:
    dtl_plan_close(plan);
    dtl_arena_release(&arena);
}

static void ask_many(struct round *x, uint32_t queries)
{
    struct dtl_error err = {0};
    struct dtl_store *store = open_store(x, false);
    struct dtl_snapshot *snap = NULL;
    check(dtl_snapshot_open(store, &snap, &err), &err, "snapshot");
    if (snap->docs != naive_size(x->naive)) {
        printf("SEED=%" PRIu64 ": naive holds %zu articles, the index %" PRIu64 "\n", x->seed,
               naive_size(x->naive), snap->docs);
        exit(1);
    }
    for (size_t i = 0; i < snap->segments; i++)
        x->dead += snap->segment[i].dead ? snap->segment[i].dead->count : 0;
    for (uint32_t i = 0; i < queries; i++)
        (x->own ? ask_own : ask)(x, snap);
    dtl_snapshot_close(snap);
    dtl_store_close(store);
}

int main(int argc, char **argv)
{
    uint32_t rounds = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 8;
    uint32_t queries = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 160;
    const char *given = getenv("SEED");
    uint64_t seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
    uint64_t asked = 0, hits = 0, dead = 0;
    printf("SEED=%" PRIu64 "\n", seed);
    for (uint32_t i = 0; i < rounds; i++) {
        struct round x = {.seed = seed + i, .r = {(seed + i) * UINT64_C(0x9e3779b97f4a7c15)}};
        struct dtl_error err = {0};
        x.own = argc > 3;
        x.directory = temp_dir_make();
        x.naive = naive_open(DTL_TITLE_WEIGHT_DEFAULT);
        x.identities = 10 + random_below(&x.r, random_below(&x.r, 2) ? 400 : 9000);
        /* a run that kills more than a little of a segment rewrites it: few deaths leave marks,
         * many do not */
        x.killed_one_in = random_below(&x.r, 3) ? 30 : 8;
        /* some archives are larger than a window of documents, and their lists than a block */
        bool large = i % 8 == 7;
        if (large)
            x.identities = 20000;
        uint32_t runs = 1 + random_below(&x.r, large ? 3 : 6);
        for (uint32_t run = 0; run < runs; run++) {
            uint32_t few = random_below(&x.r, random_below(&x.r, 3) ? 60 : 300);
            feed(&x, large ? 2000 + 10 * few : few, run > 0);
            ask_many(&x, large ? queries / 16 : queries / 4);
        }
        if (random_below(&x.r, 2)) {
            struct dtl_run_options o = {.memory_bytes = (size_t)64 << 20};
            struct dtl_store *store = open_store(&x, true);
            check(dtl_compact(store, &o, &err), &err, "compact");
            dtl_store_close(store);
        }
        ask_many(&x, large ? queries / 8 : queries);
        asked += x.queries;
        hits += x.hits;
        dead += x.dead;
        naive_close(x.naive);
        dtl_analyzer_close(x.analyzer);
        temp_dir_remove(x.directory);
    }
    printf("%" PRIu64 " queries, %" PRIu64 " hits, %" PRIu64 " articles dead: equal\n", asked, hits,
           dead);
    return 0;
}
