/*
 * eval.c - retrieval quality on judged collections: index each, ask its queries, compare with the
 * judgements.
 *
 * A collection is NAME.jsonl, NAME.queries.tsv (qid TAB text) and NAME.qrels (qid 0 docid
 * relevance). The programs under test are run as anyone would run them. Printed: mean average
 * precision over the first 1000, where every document judged relevant counts, found or not, and
 * queries without one are left out; and nDCG at 10 with the judgement's grade as gain.
 *
 * Usage: dateline_eval BINDIR COLLECTIONS [NAME...] [-- OPTION...]; the options go to
 * dateline-query.
 */
#include "common/base/bytes.h"

#include <ctype.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEPTH     1000
#define NAME_ROOM 64

struct reference { /* Lucene 9.12, BM25, EnglishAnalyzer: to stand beside ours */
    const char *name;
    double stop, plain, ndcg;
};
static const struct reference lucene[] = {
    {"cranfield", 0.3054, 0.3039, 0.3563},
    {"cisi",      0.2183, 0.2134, 0.3845},
    {"med",       0.5264, 0.5203, 0.6895},
    {"npl",       0.2855, 0.2808, 0.4326},
    {"cacm",      0.3310, 0.3112, 0.4871},
    {"lisa",      0.3709, 0.3582, 0.4638},
};
#define COLLECTIONS (sizeof lucene / sizeof *lucene)

struct judgement { /* or a document found: then `grade` is its rank */
    char query[NAME_ROOM], document[NAME_ROOM];
    int grade;
};
struct table {
    struct judgement *row;
    size_t n, room;
};

static void die(const char *what)
{
    perror(what);
    exit(4);
}

static void add(struct table *t, const char *query, const char *document, int grade)
{
    if (t->n == t->room) {
        t->room = t->room ? 2 * t->room : 1024;
        t->row = realloc(t->row, t->room * sizeof *t->row);
        if (!t->row)
            die("memory");
    }
    struct judgement *j = &t->row[t->n++];
    snprintf(j->query, sizeof j->query, "%s", query);
    snprintf(j->document, sizeof j->document, "%s", document);
    j->grade = grade;
}

static int by_name(const void *x, const void *y)
{
    const struct judgement *a = x, *b = y;
    int c = strcmp(a->query, b->query);
    return c ? c : strcmp(a->document, b->document);
}

static int by_rank(const void *x, const void *y)
{
    const struct judgement *a = x, *b = y;
    int c = strcmp(a->query, b->query);
    return c ? c : a->grade - b->grade;
}

static int by_grade(const void *x, const void *y)
{
    return *(const int *)y - *(const int *)x;
}

/* Run a program to its end; its standard output into `out`, or nowhere. */
static void run(const char *const *argv, FILE **out, const char *what)
{
    int fd[2] = {-1, -1}, status = 0;
    if (out && pipe(fd) < 0)
        die("pipe");
    fflush(NULL);
    pid_t pid = fork();
    if (pid < 0)
        die("fork");
    if (pid == 0) {
        int to = out ? fd[1] : open("/dev/null", O_WRONLY);
        if (dup2(to, 1) < 0)
            _exit(127);
        if (out)
            close(fd[0]);
        char *own[64] = {NULL}; /* execv asks for text it may change */
        for (size_t i = 0; argv[i] && i + 1 < sizeof own / sizeof *own; i++)
            own[i] = strdup(argv[i]);
        execv(own[0], own);
        perror(argv[0]);
        _exit(127);
    }
    if (out) { /* the caller reads to the end, then this child is waited for by wait_for */
        close(fd[1]);
        *out = fdopen(fd[0], "r");
        return;
    }
    if (waitpid(pid, &status, 0) < 0 || !WIFEXITED(status) || WEXITSTATUS(status)) {
        fprintf(stderr, "eval: %s failed\n", what);
        exit(4);
    }
}

static void read_judgements(const char *path, struct table *t)
{
    char query[NAME_ROOM], document[NAME_ROOM], iteration[NAME_ROOM];
    int grade;
    FILE *f = fopen(path, "r");
    if (!f)
        die(path);
    while (fscanf(f, "%63s %63s %63s %d", query, iteration, document, &grade) == 4)
        add(t, query, document, grade);
    fclose(f);
    qsort(t->row, t->n, sizeof *t->row, by_name);
}

static void read_run(FILE *f, struct table *t)
{
    char query[NAME_ROOM], document[NAME_ROOM], zero[NAME_ROOM], score[NAME_ROOM], tag[NAME_ROOM];
    int rank;
    while (fscanf(f, "%63s %63s %63s %d %63s %63s", query, zero, document, &rank, score, tag) == 6)
        add(t, query, document, rank);
    fclose(f);
    if (t->n)
        qsort(t->row, t->n, sizeof *t->row, by_rank);
}

static int grade_of(const struct table *judged, const char *query, const char *document)
{
    struct judgement key = {0};
    snprintf(key.query, sizeof key.query, "%s", query);
    snprintf(key.document, sizeof key.document, "%s", document);
    const struct judgement *j = bsearch(&key, judged->row, judged->n, sizeof key, by_name);
    return j ? j->grade : 0;
}

struct figures {
    double map, ndcg;
    int queries;
};

/* One query's judgements are judged->row[from, to); what was found for it begins somewhere in
 * `found`. */
static void score_query(const struct table *judged, size_t from, size_t to,
                        const struct table *found, struct figures *sum)
{
    int grades[4096], relevant = 0, hits = 0;
    double precision = 0, gain = 0, ideal = 0;
    for (size_t i = from; i < to; i++) {
        if (judged->row[i].grade > 0 && relevant < 4096)
            grades[relevant++] = judged->row[i].grade;
    }
    if (relevant == 0)
        return;
    qsort(grades, (size_t)relevant, sizeof *grades, by_grade);
    for (int i = 0; i < relevant && i < 10; i++)
        ideal += grades[i] / log2(i + 2);
    const char *query = judged->row[from].query;
    for (size_t i = 0; i < found->n; i++) {
        const struct judgement *f = &found->row[i];
        if (strcmp(f->query, query) != 0 || f->grade > DEPTH)
            continue;
        int grade = grade_of(judged, query, f->document);
        if (grade <= 0)
            continue;
        precision += (double)++hits / f->grade;
        if (f->grade <= 10)
            gain += grade / log2(f->grade + 1);
    }
    sum->map += precision / relevant;
    sum->ndcg += gain / ideal;
    sum->queries++;
}

static struct figures evaluate(const char *bin, const char *folder, const char *name, char **more,
                               int count)
{
    char directory[] = "/tmp/dateline-eval.XXXXXX", program[512], input[512], queries[512],
         qrels[512];
    struct table judged = {0}, found = {0};
    struct figures sum = {0};
    FILE *out = NULL;
    if (!mkdtemp(directory))
        die("mkdtemp");
    snprintf(input, sizeof input, "%s/%s.jsonl", folder, name);
    snprintf(queries, sizeof queries, "%s/%s.queries.tsv", folder, name);
    snprintf(qrels, sizeof qrels, "%s/%s.qrels", folder, name);
    snprintf(program, sizeof program, "%s/dateline-index", bin);
    const char *index_args[] = {program,  "--index", directory, "update", "--quiet",
                                "--lang", "en",      input,     NULL};
    run(index_args, NULL, "dateline-index");
    snprintf(program, sizeof program, "%s/dateline-query", bin);
    const char *fixed[] = {program,   "--index", directory, "--queries", queries, "-F",
                           "--match", "any",     "--trec",  "-n",        "1000"};
    size_t n = sizeof fixed / sizeof *fixed;
    const char **query_args = calloc(n + (size_t)count + 1, sizeof *query_args);
    if (!query_args)
        die("memory");
    memcpy(query_args, fixed, sizeof fixed);
    for (int i = 0; i < count; i++)
        query_args[n + (size_t)i] = more[i];
    run(query_args, &out, "dateline-query");
    read_run(out, &found);
    wait(NULL);
    read_judgements(qrels, &judged);
    for (size_t from = 0, to; from < judged.n; from = to) {
        for (to = from; to < judged.n && !strcmp(judged.row[to].query, judged.row[from].query);)
            to++;
        score_query(&judged, from, to, &found, &sum);
    }
    if (sum.queries) {
        sum.map /= sum.queries;
        sum.ndcg /= sum.queries;
    }
    free(query_args);
    free(judged.row);
    free(found.row);
    const char *remove_args[] = {"/bin/rm", "-r", directory, NULL};
    run(remove_args, NULL, "rm");
    return sum;
}

int main(int argc, char **argv)
{
    const char *all[COLLECTIONS], **names = all;
    int count = 0, below = 0, compared = 0, extra = argc;
    double ratio = 0;
    if (argc < 3) {
        fprintf(stderr, "usage: dateline_eval BINDIR COLLECTIONS [NAME...] [-- OPTION...]\n");
        return 2;
    }
    for (int i = 3; i < argc && extra == argc; i++) {
        if (!strcmp(argv[i], "--"))
            extra = i + 1;
        else
            all[count++ % (int)COLLECTIONS] = argv[i];
    }
    for (size_t i = 0; count == 0 && i < COLLECTIONS; i++)
        names[i] = lucene[i].name;
    if (count == 0)
        count = (int)COLLECTIONS;
    printf("%-10s %7s %7s %9s %9s %8s %8s %8s\n", "", "queries", "MAP", "Lucene,", "stop list",
           "nDCG@10", "Lucene", "ratio");
    for (int i = 0; i < count; i++) {
        const struct reference *ref = NULL;
        for (size_t k = 0; k < COLLECTIONS; k++)
            ref = strcmp(lucene[k].name, names[i]) ? ref : &lucene[k];
        struct figures f = evaluate(argv[1], argv[2], names[i], argv + extra, argc - extra);
        printf("%-10s %7d %7.4f", names[i], f.queries, f.map);
        if (ref) {
            printf(" %9.4f %9.4f %8.4f %8.4f %8.3f%s", ref->plain, ref->stop, f.ndcg, ref->ndcg,
                   f.map / ref->stop, f.map < ref->plain ? "  BELOW" : "");
            ratio += f.map / ref->stop;
            compared++;
            below += f.map < ref->plain;
        } else {
            printf(" %9s %9s %8.4f", "", "", f.ndcg);
        }
        printf("\n");
        fflush(stdout);
    }
    if (compared)
        printf("mean ratio to Lucene with its stop list: %.3f; below Lucene without one: %d\n",
               ratio / compared, below);
    return below ? 1 : 0;
}
