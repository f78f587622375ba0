/*
 * bench_formats.c - how fast each form is read, beside the analysis that waits behind it.
 *
 * For each file: all of it through the intake (recognised, unpacked, taken apart, mapped, dated),
 * then the titles and bodies that came out through the analysis, in turn, `--repeat` times; the
 * fastest of each counts. Of markup also the bare parse by libxml2: of an .xml file as a whole, of
 * NAME.tar by the same documents in NAME.bare.
 *
 * Usage: bench_formats [--repeat N] [--json] FILE...   (tools/bench/make_formats makes the files)
 */
#include "common/text/analyzer.h"
#include "indexer/article/intake.h"
#include "tools/bench/bench.h"

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define DOCUMENT_END                                                                               \
    "\n<!-- end of document -->\n" /* between pages or items, for the bare parse                   \
                                    */

struct texts {
    struct dtl_article *v;
    size_t n, room, bytes;
    struct dtl_arena arena;
};

static void check(enum dtl_status st, const struct dtl_error *err)
{
    if (st < 0)
        dtl_bench_die("%s", err->text);
}

static struct dtl_bytes kept(struct dtl_arena *arena, struct dtl_bytes b)
{
    char *p = dtl_arena_strndup(arena, b.n ? (const char *)b.p : "", b.n);
    if (!p)
        dtl_bench_die("no memory");
    return dtl_bytes(p, b.n);
}

static void keep(struct texts *t, const struct dtl_article *a)
{
    if (t->n == t->room) {
        t->room = t->room ? 2 * t->room : 1024;
        t->v = realloc(t->v, t->room * sizeof *t->v);
        if (!t->v)
            dtl_bench_die("no memory");
    }
    t->v[t->n] = (struct dtl_article){
        .title = kept(&t->arena, a->title), .body = kept(&t->arena, a->body), .lang = a->lang};
    t->bytes += a->title.n + a->body.n;
    t->n++;
}

/* All articles of the file; into `t` where that is not NULL. */
static size_t read_all(const char *path, struct texts *t, const char **format)
{
    struct dtl_intake_options o = {.default_lang = dtl_lang_code_of(DTL_LITERAL("en")),
                                   .lang = dtl_lang_code_of(DTL_LITERAL("en"))};
    struct dtl_file file = {.path = dtl_bytes_of(path), .root = dtl_bytes_of(path)};
    struct dtl_intake *in = NULL;
    struct dtl_arena arena = {0};
    struct dtl_error err = {0};
    size_t n = 0;
    check(dtl_intake_open(&in, &file, &o, &err), &err);
    *format = dtl_intake_format(in);
    for (;;) {
        struct dtl_article a = {0};
        dtl_arena_reset(&arena);
        enum dtl_status st = dtl_intake_next(in, &arena, &a, &err);
        if (st == DTL_END)
            break;
        check(st, &err);
        if (t)
            keep(t, &a);
        n++;
    }
    dtl_intake_close(in);
    dtl_arena_release(&arena);
    return n;
}

static enum dtl_status count_instances(void *ctx, const struct dtl_instance *v, size_t n)
{
    (void)v;
    *(uint64_t *)ctx += n;
    return DTL_OK;
}

static void analyse(const struct texts *t)
{
    struct dtl_analyzer *an = NULL;
    struct dtl_error err = {0};
    uint64_t words = 0;
    check(dtl_analyzer_open(&an, &err), &err);
    for (size_t i = 0; i < t->n; i++)
        for (int k = 0; k < 2; k++)
            check(dtl_analyze_instances(an, k ? t->v[i].body : t->v[i].title,
                                        dtl_lang_of(t->v[i].lang), 0, count_instances, &words, NULL,
                                        &err),
                  &err);
    dtl_analyzer_close(an);
}

/* ---- the bare parse ---- */

static char *whole_file(const char *path, size_t *n)
{
    struct stat st;
    FILE *f = fopen(path, "rb");
    if (!f || fstat(fileno(f), &st) != 0)
        dtl_bench_die("%s: cannot be read", path);
    char *p = malloc((size_t)st.st_size + 1);
    *n = p ? fread(p, 1, (size_t)st.st_size, f) : 0;
    fclose(f);
    if (*n != (size_t)st.st_size)
        dtl_bench_die("%s: cannot be read", path);
    p[*n] = 0;
    return p;
}

static void parse_bare(const char *p, size_t n, bool html)
{
    xmlDoc *doc = html
                      ? htmlReadMemory(p, (int)n, NULL, "UTF-8",
                                       HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET)
                      : xmlReadMemory(p, (int)n, NULL, "UTF-8",
                                      XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NONET |
                                          XML_PARSE_HUGE | XML_PARSE_NODICT);
    if (!doc)
        dtl_bench_die("libxml2 does not parse it");
    xmlFreeDoc(doc);
}

static void parse_all(const char *p, size_t n, bool html)
{
    const char *end = p + n;
    while (p < end) {
        const char *cut = memmem(p, (size_t)(end - p), DOCUMENT_END, strlen(DOCUMENT_END));
        parse_bare(p, (size_t)((cut ? cut : end) - p), html);
        p = cut ? cut + strlen(DOCUMENT_END) : end;
    }
}

/* ---- one file ---- */

static double least(double best, double start)
{
    double took = dtl_bench_cpu_seconds() - start;
    return best == 0 || took < best ? took : best;
}

static void measure(const char *path, unsigned repeat, bool json)
{
    struct texts t = {0};
    const char *format = "";
    size_t bytes = 0, articles = read_all(path, &t, &format);
    const char *ending = strrchr(path, '.');
    bool packed = ending && !strcmp(ending, ".tar"), html = strstr(path, "html") != NULL;
    char bare_path[4096];
    struct stat st;
    snprintf(bare_path, sizeof bare_path, "%.*s.bare", (int)(ending ? ending - path : 0), path);
    bool markup = packed ? stat(bare_path, &st) == 0 : ending && !strcmp(ending, ".xml");
    size_t bare_bytes = 0;
    char *text = whole_file(path, &bytes);
    if (markup && packed) {
        free(text);
        text = whole_file(bare_path, &bare_bytes);
    } else {
        bare_bytes = bytes;
    }
    double read = 0, analysis = 0, bare = 0;
    for (unsigned i = 0; i < repeat; i++) {
        double start = dtl_bench_cpu_seconds();
        read_all(path, NULL, &format);
        read = least(read, start);
        start = dtl_bench_cpu_seconds();
        analyse(&t);
        analysis = least(analysis, start);
        start = dtl_bench_cpu_seconds();
        if (markup)
            parse_all(text, bare_bytes, html);
        bare = markup ? least(bare, start) : 0;
    }
    double mb = (double)bytes / 1e6;
    const char *name = strrchr(path, '/');
    dtl_bench_row(json, name ? name + 1 : path,
                  (struct dtl_bench_column[]){
                      {"articles",        (double)articles,                 0},
                      {"mb",              mb,                               1},
                      {"mb_per_s",        mb / read,                        1},
                      {"articles_per_s",  (double)articles / read,          0},
                      {"analysis_mb_s",   (double)t.bytes / 1e6 / analysis, 1},
                      {"of_analysis",     read / analysis,                  2},
                      {"of_bare_libxml2", markup ? read / bare : 0,         2}
    },
                  7);
    dtl_arena_release(&t.arena);
    free(t.v);
    free(text);
}

int main(int argc, char **argv)
{
    bool json = dtl_bench_wants_json(&argc, argv);
    unsigned repeat = 5;
    int first = 1;
    if (argc > 2 && strcmp(argv[1], "--repeat") == 0) {
        repeat = (unsigned)strtoul(argv[2], NULL, 10);
        first = 3;
    }
    if (first >= argc || !repeat)
        dtl_bench_die("usage: bench_formats [--repeat N] [--json] FILE...");
    dtl_bench_pin(-1);
    for (int i = first; i < argc; i++)
        measure(argv[i], repeat, json);
    return 0;
}
