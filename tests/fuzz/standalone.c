/*
 * standalone.c - runs a fuzz target without libFuzzer, so that gcc builds fuzz in every test run.
 *
 * Each file named (or in a folder named) goes in as it is. Then inputs are damaged, each in its
 * turn: truncated, a byte changed, a span repeated, dropped or taken from another input, and all
 * those together; the same SEED gives the same inputs in the same order.
 *
 *     SEED              where they begin (0)
 *     DTL_FUZZ_ROUNDS   how many there are at least (600)
 *     DTL_FUZZ_SECONDS  how long it goes on at least (0)
 *
 * An input a target does not survive is printed in hexadecimal, ready to become a file of its
 * corpus; one that takes it longer than SLOW_SECONDS of the processor is a finding too.
 */
#include <dirent.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define INPUT_MAX ((size_t)1 << 20)
#define SHOWN_MAX ((size_t)16 << 10) /* of an input, in a finding */
#define SLOW_SECONDS                                                                               \
    20 /* for a sanitizer's build on a busy machine: this is for what never ends                   \
        */

struct input {
    uint8_t *p;
    size_t n;
};

static struct input *inputs;
static size_t input_count;
static struct input now; /* what the target was given last */
static uint64_t state = 0x9e3779b97f4a7c15u;
static unsigned long runs;

static size_t random_below(size_t n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return n ? (size_t)(state % n) : 0;
}

static void *room(size_t n)
{
    void *p = malloc(n ? n : 1);
    if (!p) {
        perror("malloc");
        exit(1);
    }
    return p;
}

/* ---- findings ---- */

static void show(const void *text, size_t n)
{
    if (write(STDERR_FILENO, text, n) < 0)
        _exit(1);
}

static void on_finding(int sig)
{
    static const char digits[] = "0123456789abcdef";
    const char *why = sig == SIGXCPU ? "\nthis input takes too long: " : "\nthe input was: ";
    show(why, strlen(why));
    for (size_t i = 0; i < now.n && i < SHOWN_MAX; i++) {
        const char pair[2] = {digits[now.p[i] >> 4], digits[now.p[i] & 15]};
        show(pair, 2);
    }
    show("\n", 1);
    signal(SIGABRT, SIG_DFL);
    abort();
}

static void catch_findings(void)
{
    static const int fatal[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGXCPU};
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) {
        struct sigaction was;
        if (sigaction(fatal[i], NULL, &was) == 0 && was.sa_handler == SIG_DFL)
            signal(fatal[i], on_finding); /* a sanitizer's own handler says more: it aborts later */
    }
}

static void watch_time(timer_t timer, long seconds)
{
    struct itimerspec t = {.it_value.tv_sec = seconds};
    timer_settime(timer, 0, &t, NULL);
}

/* ---- one input ---- */

static void one(const uint8_t *p, size_t n)
{
    static timer_t timer;
    static int timed;
    if (!timed) {
        struct sigevent e = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGXCPU};
        timed = timer_create(CLOCK_PROCESS_CPUTIME_ID, &e, &timer) == 0 ? 1 : -1;
    }
    uint8_t *exact = room(n); /* exact size: the sanitizer sees a one-byte over-read */
    if (n)
        memcpy(exact, p, n);
    now = (struct input){exact, n};
    if (timed > 0)
        watch_time(timer, SLOW_SECONDS);
    LLVMFuzzerTestOneInput(exact, n);
    if (timed > 0)
        watch_time(timer, 0);
    now = (struct input){0};
    free(exact);
    runs++;
}

/* One change of the m bytes at p, which has room for `most`; the new m. */
static size_t change(uint8_t *p, size_t m, size_t most)
{
    static const uint8_t odd[] = {0, 1, 0x7f, 0x80, 0xff, '\n', '"', '<', '>', '&', '\\', '{', '}'};
    size_t at = random_below(m), span = random_below(m - at < 64 ? m - at : 64);
    switch (random_below(7)) {
    case 0:
        return at;
    case 1:
        p[at] = (uint8_t)random_below(256);
        return m;
    case 2:
        p[at] ^= (uint8_t)(1u << random_below(8));
        return m;
    case 3:
        p[at] = odd[random_below(sizeof odd)];
        return m;
    case 4: /* drop a span */
        memmove(p + at, p + at + span, m - at - span);
        return m - span;
    case 5: { /* a span of another input in its place */
        const struct input *other = &inputs[random_below(input_count)];
        size_t from = random_below(other->n), n = random_below(other->n - from);
        if (n > most - at)
            n = most - at;
        if (n)
            memcpy(p + at, other->p + from, n);
        return at + n > m ? at + n : m;
    }
    default: /* repeat a span */
        if (m + span > most)
            return m;
        memmove(p + at + span, p + at, m - at);
        return m + span;
    }
}

static void damaged(const struct input *in)
{
    size_t m = in->n, most = 2 * m + 64;
    uint8_t *copy = room(most);
    if (m)
        memcpy(copy, in->p, m);
    for (size_t changes = 1 + random_below(4); changes && m; changes--)
        m = change(copy, m, most);
    one(copy, m);
    free(copy);
}

/* ---- the corpus ---- */

static void add_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f) {
        perror(path);
        exit(1);
    }
    static uint8_t data[INPUT_MAX];
    size_t n = fread(data, 1, sizeof data, f);
    fclose(f);
    inputs = realloc(inputs, (input_count + 1) * sizeof *inputs);
    if (!inputs) {
        perror("realloc");
        exit(1);
    }
    inputs[input_count] = (struct input){room(n), n};
    memcpy(inputs[input_count++].p, data, n);
}

static void add_path(const char *path)
{
    struct stat st;
    struct dirent **list = NULL;
    if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)) {
        add_file(path);
        return;
    }
    int n = scandir(path, &list, NULL, alphasort); /* sorted: the same run everywhere */
    for (int k = 0; k < n; k++) {
        if (list[k]->d_name[0] != '.') {
            char inside[4096];
            snprintf(inside, sizeof inside, "%s/%s", path, list[k]->d_name);
            add_file(inside);
        }
        free(list[k]);
    }
    free(list);
}

static unsigned long long setting(const char *name, unsigned long long otherwise)
{
    const char *value = getenv(name);
    return value ? strtoull(value, NULL, 10) : otherwise;
}

int main(int argc, char **argv)
{
    unsigned long rounds = (unsigned long)setting("DTL_FUZZ_ROUNDS", 600);
    time_t end = time(NULL) + (time_t)setting("DTL_FUZZ_SECONDS", 0);
    unsigned long long seed = setting("SEED", 0);
    state ^= seed * 2654435761u;
    printf("SEED=%llu\n", seed);
    for (int i = 1; i < argc; i++)
        add_path(argv[i]);
    catch_findings();
    one((const uint8_t *)"", 0);
    for (size_t i = 0; i < input_count; i++)
        one(inputs[i].p, inputs[i].n);
    for (unsigned long i = 0; input_count && (i < rounds || time(NULL) < end); i++)
        damaged(&inputs[i % input_count]);
    printf("%zu inputs of the corpus, %lu runs, no finding\n", input_count, runs);
    for (size_t i = 0; i < input_count; i++)
        free(inputs[i].p);
    free(inputs);
    return 0;
}
