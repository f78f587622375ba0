/*
 * standalone.c - runs a fuzz target without libFuzzer, so that gcc builds replay the corpus in
 * every test run.
 *
 * Each file named (or in a folder named) goes in as it is, then with deterministic damage:
 * truncated, a byte changed, a span repeated or dropped. DTL_FUZZ_ROUNDS sets the damaged runs a
 * file (default 300), SEED the start.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t state = 0x9e3779b97f4a7c15u;
static unsigned long runs;

static size_t random_below(size_t n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return n ? (size_t)(state % n) : 0;
}

static void one(const uint8_t *p, size_t n)
{
    uint8_t *exact = malloc(n ? n : 1); /* exact size: the sanitizer sees a one-byte over-read */
    if (!exact)
        abort();
    if (n)
        memcpy(exact, p, n);
    LLVMFuzzerTestOneInput(exact, n);
    free(exact);
    runs++;
}

static void damaged(const uint8_t *p, size_t n)
{
    uint8_t *copy = malloc(2 * n + 2);
    if (!copy)
        abort();
    memcpy(copy, p, n);
    size_t m = n;
    for (size_t changes = 1 + random_below(4); changes; changes--) {
        size_t at = random_below(m), span = random_below(m - at < 64 ? m - at : 64);
        switch (random_below(5)) {
        case 0:
            m = at;
            break;
        case 1:
            if (m)
                copy[at] = (uint8_t)random_below(256);
            break;
        case 2:
            if (m)
                copy[at] ^= (uint8_t)(1u << random_below(8));
            break;
        case 3: /* drop a span */
            memmove(copy + at, copy + at + span, m - at - span);
            m -= span;
            break;
        default: /* repeat a span */
            if (m + span <= 2 * n) {
                memmove(copy + at + span, copy + at, m - at);
                m += span;
            }
        }
        if (!m)
            break;
    }
    one(copy, m);
    free(copy);
}

static void replay_file(const char *path, unsigned long rounds)
{
    FILE *f = fopen(path, "rb");
    if (!f) {
        perror(path);
        exit(1);
    }
    static uint8_t data[1 << 20];
    size_t n = fread(data, 1, sizeof data, f);
    fclose(f);
    one(data, n);
    for (unsigned long i = 0; n && i < rounds; i++)
        damaged(data, n);
}

int main(int argc, char **argv)
{
    const char *r = getenv("DTL_FUZZ_ROUNDS"), *s = getenv("SEED");
    unsigned long rounds = r ? strtoul(r, NULL, 10) : 300;
    if (s)
        state ^= strtoull(s, NULL, 10) * 2654435761u;
    printf("SEED=%s\n", s ? s : "0");
    one((const uint8_t *)"", 0);
    for (int i = 1; i < argc; i++) {
        struct stat st;
        if (stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode)) {
            struct dirent **list = NULL;
            int n = scandir(argv[i], &list, NULL, alphasort); /* sorted: the same run everywhere */
            for (int k = 0; k < n; k++) {
                if (list[k]->d_name[0] != '.') {
                    char path[4096];
                    snprintf(path, sizeof path, "%s/%s", argv[i], list[k]->d_name);
                    replay_file(path, rounds);
                }
                free(list[k]);
            }
            free(list);
        } else {
            replay_file(argv[i], rounds);
        }
    }
    printf("%lu inputs, no finding\n", runs);
    return 0;
}
