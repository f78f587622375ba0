/*
 * Any bytes as a query, planned and run over a small archive of several languages, segments and
 * dead articles: pruned answers are the exhaustive ones, counts agree with them, every hit gets its
 * snippet and its line in every form, and nothing but text comes out. The first byte chooses order
 * and ranking, the second how the text is read.
 */
#include "common/base/utf8.h"
#include "common/store/store.h"
#include "indexer/build/run.h"
#include "query/language/parser.h"
#include "query/result/render.h"
#include "tests/model/random_text.h"
#include "tests/unit/temp_dir.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define RUNS       3
#define ARTICLES   220 /* of a run */
#define IDENTITIES 400 /* so some are written again */
#define TODAY      19823

static struct dtl_snapshot *archive;
static struct dtl_analyzer *analyzer;
static char *directory;

static void require(bool ok)
{
    if (!ok)
        abort();
}

static void feed(struct random *r)
{
    struct dtl_error err = {0};
    struct dtl_store *store = NULL;
    struct dtl_run *run = NULL;
    struct dtl_arena arena = {0};
    struct dtl_store_options o = {.write = true, .create = true, .allow_network_fs = true};
    struct dtl_run_options run_options = {.memory_bytes = (size_t)64 << 20, .jobs = 1};
    o.settings.title_weight = DTL_TITLE_WEIGHT_DEFAULT;
    o.settings.default_lang = dtl_lang_code_of(DTL_LITERAL("en"));
    snprintf(o.settings.versions, sizeof o.settings.versions, "%s", dtl_text_versions());
    snprintf(o.settings.detector, sizeof o.settings.detector, "none");
    require(dtl_store_open(&store, directory, &o, &err) == DTL_OK);
    require(dtl_run_open(&run, store, &run_options, TODAY, &err) == DTL_OK);
    require(dtl_run_file_begin(run, DTL_LITERAL("fed"), false, &err) == DTL_OK);
    for (int i = 0; i < ARTICLES; i++) {
        struct dtl_article a;
        random_article(r, IDENTITIES, &arena, &a);
        require(dtl_run_add(run, &a, &err) == DTL_OK);
        dtl_arena_reset(&arena);
    }
    require(dtl_run_file_end(run, NULL, true, &err) == DTL_OK);
    require(dtl_run_publish(run, &err) == DTL_OK);
    dtl_run_close(run);
    dtl_store_close(store);
    dtl_arena_release(&arena);
}

static void make_archive(void)
{
    struct random r = {20261124};
    struct dtl_error err = {0};
    struct dtl_store *store = NULL;
    struct dtl_store_options o = {.allow_network_fs = true};
    directory = temp_dir_make();
    for (int i = 0; i < RUNS; i++)
        feed(&r);
    require(dtl_store_open(&store, directory, &o, &err) == DTL_OK);
    require(dtl_snapshot_open(store, &archive, &err) == DTL_OK);
    temp_dir_remove(directory); /* what is mapped stays */
}

/* ---- answers ---- */

static void same_hits(const struct dtl_result *a, const struct dtl_result *b)
{
    require(a->hits == b->hits);
    for (uint64_t i = 0; i < a->hits; i++)
        require(a->hit[i].segment == b->hit[i].segment && a->hit[i].doc == b->hit[i].doc &&
                a->hit[i].score == b->hit[i].score);
}

static void check_hit(const struct dtl_hit *hit, uint64_t rank, struct dtl_snippets *snippets,
                      struct dtl_buffer *out)
{
    static const enum dtl_form forms[] = {DTL_FORM_TEXT,  DTL_FORM_TSV,    DTL_FORM_CSV,
                                          DTL_FORM_JSON,  DTL_FORM_TREC,   DTL_FORM_IDS,
                                          DTL_FORM_TABLE, DTL_FORM_MATCHES};
    struct dtl_arena arena = {0};
    struct dtl_error err = {0};
    struct dtl_article a = {0};
    struct dtl_row row = {.rank = rank, .score = hit->score, .id = hit->id, .date = hit->date};
    require(dtl_snapshot_article(archive, hit->segment, hit->doc, &arena, &a, &err) == DTL_OK);
    row.article = &a;
    row.title = row.heading = a.title;
    row.path = a.path;
    row.source = a.source;
    require(dtl_snippet_make(snippets, &a, (size_t)(hit->segment - archive->segment), 60, &arena,
                             &row.snippet, &err) == DTL_OK);
    const struct dtl_marked *m = &row.snippet.body;
    for (uint32_t i = 0, at = 0; i < m->spans; at = m->span[i++].end)
        require(m->span[i].begin >= at && m->span[i].end > m->span[i].begin &&
                m->span[i].end <= m->text.n);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct dtl_render r = {.form = forms[i], .width = 60};
        dtl_buffer_reset(out);
        require(dtl_render_hit(&r, &row, out));
        require(dtl_utf8_valid_prefix(dtl_buffer_view(out)) == out->n);
        for (size_t k = 0; k < out->n; k++)
            require(out->p[k] >= 0x20 || strchr("\n\t\r", out->p[k]));
    }
    dtl_arena_release(&arena);
}

static void check_answers(const struct dtl_query *q, struct dtl_plan *plan,
                          struct dtl_search_options o, struct dtl_arena *arena)
{
    struct dtl_error err = {0};
    struct dtl_result pruned = {0}, exhaustive = {0}, counted = {0};
    struct dtl_snippets *snippets = NULL;
    struct dtl_buffer out = {0};
    enum dtl_status st = dtl_search(archive, plan, q, &o, arena, &pruned, &err);
    require(st == DTL_OK || (st == DTL_EQUERY && err.text[0]));
    if (st != DTL_OK)
        return;
    o.exhaustive = true;
    require(dtl_search(archive, plan, q, &o, arena, &exhaustive, &err) == DTL_OK);
    same_hits(&pruned, &exhaustive);
    require(pruned.total == exhaustive.total);
    o.exhaustive = false;
    o.count_only = true;
    require(dtl_search(archive, plan, q, &o, arena, &counted, &err) == DTL_OK);
    require(counted.total == exhaustive.total);
    require(dtl_snippets_open(&snippets, plan, q, &err) == DTL_OK);
    for (uint64_t i = 0; i < pruned.hits && i < 3; i++)
        check_hit(&pruned.hit[i], i + 1, snippets, &out);
    dtl_snippets_close(snippets);
    dtl_buffer_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint32_t fading[] = {0, 0, 7, 366};
    if (!archive)
        make_archive();
    if (size < 2)
        return 0;
    struct dtl_parse_options how = {.literal = data[1] & 1,
                                    .lenient = data[1] & 2,
                                    .match = (enum dtl_match_mode)(data[1] >> 2 & 3),
                                    .match_value = 1 + (data[1] >> 5)};
    if (how.match == DTL_MATCH_PERCENT)
        how.match_value *= 12;
    how.clock = (struct dtl_clock){TODAY, TODAY * (int64_t)86400};
    struct dtl_search_options o = {.sort = (enum dtl_sort)(data[0] % 3),
                                   .limit = 1 + (data[0] >> 4),
                                   .first_stage = data[1] & 16,
                                   .half_life = fading[data[0] >> 2 & 3],
                                   .today = TODAY};
    struct dtl_arena arena = {0};
    struct dtl_query *q = NULL;
    struct dtl_plan *plan = NULL;
    struct dtl_error err = {0};
    if (dtl_query_parse(dtl_bytes(data + 2, size - 2), &how, &arena, &q, &err) == DTL_OK) {
        q->window_statistics = data[0] & 2;
        enum dtl_status st =
            dtl_plan_open_with(&plan, archive, q, DTL_EXPAND_DEFAULT, &analyzer, &arena, &err);
        if (st == DTL_OK)
            check_answers(q, plan, o, &arena);
        else
            require(st == DTL_EQUERY && err.text[0]);
        dtl_plan_close(plan);
    }
    dtl_arena_release(&arena);
    return 0;
}
