/*
 * bench_tokenize.c - what analysis and inversion cost, beside the least any indexer can do.
 *
 * The least ("bare loop"): a table lookup a byte to find ASCII words and put them in lower case, a
 * hash carried along, one probe of an open-addressed table by that hash alone, document and
 * position appended to the word's array. No stems, no forms, no comparison of bytes, no sentences.
 *
 * All methods take the same articles (title and body) from memory, in turn, `--repeat` times, each
 * time with tables made anew. Printed: the median, the fastest and the spread (slowest less
 * fastest, of the median), and the ratio of the medians to the bare loop's.
 *
 * Usage: bench_tokenize FILE.jsonl [--bytes N] [--repeat N] [--only METHOD] [--json]
 */
#include "indexer/invert/inverter.h"
#include "tools/bench/bench.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

struct texts {
    struct dtl_article *v;
    size_t n, room, bytes;
};

static volatile uint64_t sink; /* keeps results that nobody reads */

static void *must(void *p)
{
    if (!p)
        dtl_bench_die("no memory");
    return p;
}

static void check(enum dtl_status st, const struct dtl_error *err)
{
    if (st != DTL_OK)
        dtl_bench_die("%s", err->text);
}

/* ---- the texts ---- */

static struct dtl_bytes text_of(const json_t *article, const char *key, struct dtl_arena *arena)
{
    const json_t *v = json_object_get(article, key);
    if (!json_is_string(v))
        return dtl_bytes(NULL, 0);
    size_t n = json_string_length(v);
    return dtl_bytes(must(dtl_arena_strndup(arena, json_string_value(v), n)), n);
}

static void load(struct texts *t, const char *path, size_t most, struct dtl_arena *arena)
{
    FILE *f = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;
    if (!f)
        dtl_bench_die("cannot open the file");
    for (ssize_t n; t->bytes < most && (n = getline(&line, &room, f)) >= 0;) {
        json_t *article = json_loadb(line, (size_t)n, 0, NULL);
        if (!json_is_object(article)) {
            json_decref(article);
            continue;
        }
        if (t->n == t->room) {
            t->room = t->room ? 2 * t->room : 1024;
            t->v = must(realloc(t->v, t->room * sizeof *t->v));
        }
        struct dtl_article a = {.title = text_of(article, "title", arena),
                                .body = text_of(article, "body", arena),
                                .date = DTL_UNDATED,
                                .lang = dtl_lang_code_of(DTL_LITERAL("en"))};
        t->v[t->n++] = a;
        t->bytes += a.title.n + a.body.n;
        json_decref(article);
    }
    free(line);
    fclose(f);
    if (!t->n)
        dtl_bench_die("no articles in the file");
}

/* ---- the bare loop ---- */

#define BARE_SLOTS (1u << 20)

struct bare_list {
    uint32_t *v;
    size_t n, room;
};

struct bare {
    uint8_t small[256]; /* 0: no part of a word */
    uint64_t *hash;
    uint32_t *term;
    struct bare_list *list;
    size_t terms, room;
    uint64_t words;
};

static void bare_append(struct bare_list *l, uint32_t document, uint32_t position)
{
    if (l->n + 2 > l->room) {
        l->room = l->room ? 2 * l->room : 2;
        l->v = must(realloc(l->v, l->room * sizeof *l->v));
    }
    l->v[l->n++] = document;
    l->v[l->n++] = position;
}

static uint32_t bare_term(struct bare *b, uint64_t hash)
{
    size_t i = hash >> 20 & (BARE_SLOTS - 1);
    while (b->hash[i] != hash && b->hash[i])
        i = (i + 1) & (BARE_SLOTS - 1);
    if (b->hash[i])
        return b->term[i];
    if (b->terms == BARE_SLOTS / 2)
        dtl_bench_die("too many different words for the bare loop; give fewer --bytes");
    if (b->terms == b->room) {
        b->room = b->room ? 2 * b->room : 1024;
        b->list = must(realloc(b->list, b->room * sizeof *b->list));
    }
    b->hash[i] = hash;
    b->term[i] = (uint32_t)b->terms;
    b->list[b->terms] = (struct bare_list){0};
    return (uint32_t)b->terms++;
}

static uint32_t bare_text(struct bare *b, struct dtl_bytes text, uint32_t document,
                          uint32_t position)
{
    const uint8_t *p = text.p, *end = p + text.n;
    while (p < end) {
        while (p < end && !b->small[*p])
            p++;
        if (p == end)
            break;
        uint64_t hash = UINT64_C(0xcbf29ce484222325);
        for (uint8_t c; p < end && (c = b->small[*p]) != 0; p++)
            hash = (hash ^ c) * UINT64_C(0x100000001b3);
        uint32_t term = bare_term(b, hash | 1);
        bare_append(&b->list[term], document, position++);
    }
    return position;
}

static uint64_t bare_loop(const struct texts *t)
{
    struct bare b = {.hash = must(calloc(BARE_SLOTS, sizeof *b.hash)),
                     .term = must(calloc(BARE_SLOTS, sizeof *b.term))};
    for (unsigned c = 0; c < 256; c++) {
        bool upper = c >= 'A' && c <= 'Z', lower = c >= 'a' && c <= 'z';
        if (upper || lower || (c >= '0' && c <= '9') || c >= 0x80)
            b.small[c] = (uint8_t)(upper ? c + 32 : c);
    }
    for (size_t i = 0; i < t->n; i++) {
        uint32_t position = bare_text(&b, t->v[i].title, (uint32_t)i, 0);
        b.words += bare_text(&b, t->v[i].body, (uint32_t)i, position);
    }
    for (size_t i = 0; i < b.terms; i++)
        free(b.list[i].v);
    free(b.list);
    free(b.hash);
    free(b.term);
    return b.words;
}

/* ---- ours ---- */

static enum dtl_status count_instances(void *ctx, const struct dtl_instance *v, size_t n)
{
    sink = v[n - 1].form;
    *(uint64_t *)ctx += n;
    return DTL_OK;
}

static enum dtl_status count_token(void *ctx, const struct dtl_token *token)
{
    sink = token->term.p[0];
    ++*(uint64_t *)ctx;
    return DTL_OK;
}

static uint64_t analysis(const struct texts *t, bool icu, bool one_by_one)
{
    struct dtl_error err = {0};
    struct dtl_analyzer *an = NULL;
    uint64_t words = 0;
    check(dtl_analyzer_open(&an, &err), &err);
    dtl_analyzer_use_icu(an, icu);
    for (size_t i = 0; i < t->n; i++)
        for (unsigned k = 0; k < 2; k++) {
            struct dtl_bytes text = k ? t->v[i].body : t->v[i].title;
            dtl_lang lang = dtl_lang_of(t->v[i].lang);
            check(one_by_one ? dtl_analyze(an, text, lang, 0, count_token, &words, NULL, &err)
                             : dtl_analyze_instances(an, text, lang, 0, count_instances, &words,
                                                     NULL, &err),
                  &err);
        }
    dtl_analyzer_close(an);
    return words;
}

static uint64_t by_masks(const struct texts *t)
{
    return analysis(t, false, false);
}

static uint64_t token_by_token(const struct texts *t)
{
    return analysis(t, false, true);
}

static uint64_t by_icu(const struct texts *t)
{
    return analysis(t, true, true);
}

static uint64_t inversion(const struct texts *t)
{
    struct dtl_error err = {0};
    struct dtl_analyzer *an = NULL;
    struct dtl_inverter *inv = NULL;
    uint64_t words = 0;
    check(dtl_analyzer_open(&an, &err), &err);
    check(dtl_inverter_open(&inv, DTL_TITLE_WEIGHT_DEFAULT, &err), &err);
    for (size_t i = 0; i < t->n; i++) {
        struct dtl_document_lengths lengths;
        check(dtl_inverter_add(inv, an, &t->v[i], &lengths, &err), &err);
        words += (uint64_t)lengths.title_words + lengths.body_words;
    }
    sink = dtl_inverter_memory(inv);
    dtl_inverter_close(inv);
    dtl_analyzer_close(an);
    return words;
}

/* ---- measuring ---- */

static const struct method {
    const char *name, *what;
    uint64_t (*run)(const struct texts *t);
} methods[] = {
    {"bare",      "bare loop",                        bare_loop     },
    {"analysis",  "analysis, forms by number",        by_masks      },
    {"tokens",    "analysis, token by token",         token_by_token},
    {"inversion", "analysis and inversion",           inversion     },
    {"icu",       "analysis with ICU for everything", by_icu        },
};
#define METHODS (sizeof methods / sizeof *methods)

static void print_row(const struct method *m, double *took, size_t repeat, uint64_t words,
                      size_t bytes, double bare, bool json)
{
    double median = dtl_bench_percentile(took, repeat, 0.5); /* sorts */
    double mb = (double)bytes / 1e6;
    const struct dtl_bench_column columns[] = {
        {"mb_per_s",       mb / median,                                 1},
        {"best_mb_per_s",  mb / took[0],                                1},
        {"ns_per_word",    1e9 * median / (double)words,                1},
        {"spread_percent", 100 * (took[repeat - 1] - took[0]) / median, 0},
        {"of_bare",        bare / median,                               2},
    };
    dtl_bench_row(json, json ? m->name : m->what, columns, sizeof columns / sizeof *columns);
}

static bool is_wanted(size_t method, const char *only)
{
    return !only || method == 0 || !strcmp(methods[method].name, only);
}

/* `only`: the name of a method that is run beside the bare loop; NULL: all. */
static void measure(const struct texts *t, size_t repeat, const char *only, bool json)
{
    double *took = must(calloc(METHODS * repeat, sizeof *took));
    uint64_t words[METHODS] = {0};
    for (size_t r = 0; r < repeat; r++)
        for (size_t m = 0; m < METHODS; m++) {
            if (!is_wanted(m, only))
                continue;
            double from = dtl_bench_cpu_seconds();
            words[m] = methods[m].run(t);
            took[m * repeat + r] = dtl_bench_cpu_seconds() - from;
        }
    if (!json)
        printf("%zu articles, %.1f MB of text, median of %zu\n", t->n, (double)t->bytes / 1e6,
               repeat);
    double bare = dtl_bench_percentile(took, repeat, 0.5);
    for (size_t m = 0; m < METHODS; m++)
        if (is_wanted(m, only))
            print_row(&methods[m], took + m * repeat, repeat, words[m], t->bytes, bare, json);
    free(took);
}

static size_t number(const char *s)
{
    char *end = NULL;
    unsigned long long v = s ? strtoull(s, &end, 10) : 0;
    if (!v || *end)
        dtl_bench_die("a number is missing or wrong");
    return (size_t)v;
}

int main(int argc, char **argv)
{
    static const char usage[] =
        "usage: bench_tokenize FILE.jsonl [--bytes N] [--repeat N] [--only METHOD] [--json]";
    size_t most = 64000000, repeat = 5;
    bool json = dtl_bench_wants_json(&argc, argv);
    const char *path = NULL, *only = NULL;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--bytes"))
            most = number(argv[++i]);
        else if (!strcmp(argv[i], "--repeat"))
            repeat = number(argv[++i]);
        else if (!strcmp(argv[i], "--only"))
            only = argv[++i];
        else if (argv[i][0] != '-' && !path)
            path = argv[i];
        else
            dtl_bench_die("%s", usage);
    }
    if (!path)
        dtl_bench_die("%s", usage);
    dtl_bench_pin(-1);
    struct texts t = {0};
    struct dtl_arena arena = {0};
    load(&t, path, most, &arena);
    measure(&t, repeat, only, json);
    dtl_arena_release(&arena);
    free(t.v);
    return 0;
}
