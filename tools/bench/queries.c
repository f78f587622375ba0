/* queries.c - query files read, turned into our language, and timed. */
#include "tools/bench/queries.h"

#include "common/segment/identities.h"
#include "query/language/parser.h"
#include "query/result/snippet.h"
#include "tools/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>

#define SNIPPET_CHARS 160u

/* "20200131" -> " since:2020-01-31" */
static void add_day(struct dtl_buffer *text, const char *field, const char *day)
{
    if (strlen(day) == 8)
        dtl_buffer_format(text, " %s:%.4s-%.2s-%.2s", field, day, day + 4, day + 6);
}

static const char *text_of(struct dtl_arena *arena, const char *op, char *words, const char *from,
                           const char *to)
{
    struct dtl_buffer text = {0};
    const char *between = strcmp(op, "or") == 0 ? " OR " : strcmp(op, "phrase") == 0 ? "-" : " ";
    char *save = NULL;
    bool dated = *from || *to;
    dtl_buffer_text(&text, dated ? "(" : "");
    for (char *w = strtok_r(words, " ", &save); w; w = strtok_r(NULL, " ", &save))
        dtl_buffer_format(&text, "%s%s", text.n > (size_t)dated ? between : "", w);
    dtl_buffer_text(&text, strcmp(op, "prefix") == 0 ? "*" : "");
    dtl_buffer_text(&text, dated ? ")" : "");
    add_day(&text, "since", from);
    add_day(&text, "until", to);
    const char *out = dtl_arena_strndup(arena, (const char *)text.p, text.n);
    if (text.failed || !out)
        dtl_bench_die("no memory for the queries");
    dtl_buffer_release(&text);
    return out;
}

void dtl_bench_queries_read(struct dtl_bench_queries *q, const char *path, uint32_t runs)
{
    FILE *f = fopen(path, "r");
    char *line = NULL;
    size_t room = 0, capacity = 0;
    *q = (struct dtl_bench_queries){0};
    if (!f)
        dtl_bench_die("%s: cannot be read", path);
    while (getline(&line, &room, f) > 0) {
        char *field[7], *rest = line;
        line[strcspn(line, "\r\n")] = 0;
        for (size_t i = 0; i < 7; i++)
            if (!(field[i] = strsep(&rest, "\t")))
                dtl_bench_die("%s: line %zu has fewer than 7 fields", path, q->n + 1);
        if (q->n == capacity) {
            capacity = capacity ? 2 * capacity : 1024;
            q->query = realloc(q->query, capacity * sizeof *q->query);
            if (!q->query)
                dtl_bench_die("no memory for the queries");
        }
        struct dtl_bench_query *n = &q->query[q->n++];
        *n = (struct dtl_bench_query){
            .qid = dtl_arena_strndup(&q->arena, field[0], strlen(field[0])),
            .kind = dtl_arena_strndup(&q->arena, field[1], strlen(field[1])),
            .text = text_of(&q->arena, field[2], field[3], field[4], field[5]),
            .sort = strcmp(field[6], "date") == 0 ? DTL_SORT_NEWEST : DTL_SORT_RELEVANCE,
            .seconds = dtl_arena_alloc(&q->arena, runs * sizeof(double)),
            .first = "",
        };
        if (!n->qid || !n->kind || !n->seconds)
            dtl_bench_die("no memory for the queries");
    }
    free(line);
    fclose(f);
}

struct asking { /* what all queries of a run share */
    struct dtl_snapshot *snap;
    struct dtl_parse_options parse;
    struct dtl_analyzer *analyzer;
    struct dtl_arena arena, article;
    struct dtl_bench_queries *q;
    enum dtl_bench_mode mode;
};

/* Ten hits as they are printed: stored fields and a snippet of each. */
static enum dtl_status fetch(struct asking *a, struct dtl_plan *plan, const struct dtl_query *q,
                             const struct dtl_result *r, struct dtl_error *err)
{
    struct dtl_snippets *snippets = NULL;
    enum dtl_status st = dtl_snippets_open(&snippets, plan, q, err);
    for (uint64_t i = 0; i < r->hits && st == DTL_OK; i++) {
        struct dtl_article article = {0};
        struct dtl_snippet snippet = {0};
        dtl_arena_reset(&a->article);
        st = dtl_snapshot_article(a->snap, r->hit[i].segment, r->hit[i].doc, &a->article, &article,
                                  err);
        if (st == DTL_OK)
            st =
                dtl_snippet_make(snippets, &article, (size_t)(r->hit[i].segment - a->snap->segment),
                                 SNIPPET_CHARS, &a->article, &snippet, err);
    }
    dtl_snippets_close(snippets);
    return st;
}

static const char *id_of(struct asking *a, const struct dtl_hit *hit)
{
    struct dtl_error err = {0};
    struct dtl_bytes id, source;
    if (dtl_identities_of(hit->segment, hit->doc, &a->arena, &id, &source, &err) < 0)
        dtl_bench_die("%s", err.text);
    const char *copy = dtl_arena_strndup(&a->q->arena, (const char *)id.p, id.n);
    return copy ? copy : "";
}

static void ask(struct asking *a, struct dtl_bench_query *b, double *cap_left)
{
    struct dtl_error err = {0};
    struct dtl_query *q = NULL;
    struct dtl_plan *plan = NULL;
    struct dtl_result r = {0};
    struct dtl_search_options o = {.sort = b->sort,
                                   .limit = 10,
                                   .count_only = a->mode == DTL_BENCH_COUNT,
                                   .hits_only = true,
                                   .places_only = a->mode == DTL_BENCH_TOP10,
                                   .first_stage = a->mode != DTL_BENCH_WHOLE};
    double start = dtl_bench_seconds();
    dtl_arena_reset(&a->arena);
    enum dtl_status st = dtl_query_parse(dtl_bytes_of(b->text), &a->parse, &a->arena, &q, &err);
    if (st == DTL_OK) {
        q->all_words_score = a->mode != DTL_BENCH_WHOLE;
        st = dtl_plan_open_with(&plan, a->snap, q, DTL_EXPAND_DEFAULT, &a->analyzer, &a->arena,
                                &err);
    }
    if (st == DTL_OK)
        st = dtl_search(a->snap, plan, q, &o, &a->arena, &r, &err);
    if (st == DTL_OK && a->mode == DTL_BENCH_SNIP)
        st = fetch(a, plan, q, &r, &err);
    double took = dtl_bench_seconds() - start;
    if (st != DTL_OK)
        dtl_bench_die("query %s: %s", b->qid, err.text);
    b->seconds[b->runs++] = took;
    *cap_left -= took;
    b->hits = a->mode == DTL_BENCH_COUNT ? r.total : r.hits;
    b->blocks_read = r.work.blocks_read;
    if (r.hits && !*b->first)
        b->first = id_of(a, &r.hit[0]);
    dtl_plan_close(plan);
}

void dtl_bench_queries_run(struct dtl_bench_queries *q, struct dtl_store *store,
                           enum dtl_bench_mode mode, uint32_t runs, double cap)
{
    struct dtl_error err = {0};
    struct asking a = {.parse = {.match = DTL_MATCH_ALL}, .q = q, .mode = mode};
    double *left = calloc(q->n + 1, sizeof *left);
    if (!left || dtl_clock_of("2026-01-01", "UTC", &a.parse.clock, &err) < 0 ||
        dtl_snapshot_open(store, &a.snap, &err) < 0)
        dtl_bench_die("%s", err.text[0] ? err.text : "no memory");
    for (size_t i = 0; i < q->n; i++)
        left[i] = cap;
    for (uint32_t round = 0; round < runs; round++)
        for (size_t i = 0; i < q->n; i++)
            if (left[i] > 0)
                ask(&a, &q->query[i], &left[i]);
    free(left);
    dtl_analyzer_close(a.analyzer);
    dtl_arena_release(&a.arena);
    dtl_arena_release(&a.article);
    dtl_snapshot_close(a.snap);
}

enum dtl_bench_mode dtl_bench_mode_of(const char *name)
{
    static const char *const names[] = {"top10", "count", "snip", "whole"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return (enum dtl_bench_mode)i;
    dtl_bench_die("mode '%s' is none of top10, count, snip, whole", name);
}

struct dtl_store *dtl_bench_open(const char *index)
{
    struct dtl_store_options o = {0};
    struct dtl_store *store = NULL;
    struct dtl_error err = {0};
    if (dtl_store_open(&store, index, &o, &err) < 0)
        dtl_bench_die("%s: %s", index, err.text);
    return store;
}
