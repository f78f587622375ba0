/*
 * bench_cold.c - what a whole process costs: started, answered, gone, seen from outside.
 *
 * Why all programs in turn and not one after the other: a shared machine changes its speed by the
 * second, so every round starts each program once and the baseline with them; what is compared was
 * measured together. Minima say what the program costs, medians what a user waits, quartiles how
 * noisy the hour was. With --evict the files are dropped from the page cache before every start,
 * and the bytes the kernel then read for the process, and what of the files is resident after it,
 * are counted as well.
 *
 * Usage: bench_cold [--rounds N] [--evict FILE]... [--json] [--core N] -- [NAME=]PROGRAM [ARG...]
 *        [-- [NAME=]PROGRAM [ARG...]]...
 * Programs are separated by an argument "--"; the first one is the baseline the others are compared
 * with, /bin/true when its place is empty ("-- --"). Standard output and error go to /dev/null.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { PROGRAMS_MAX = 32, FILES_MAX = 16, PAGE = 4096 };

struct program {
    const char *name;
    char **argv;
    double *milliseconds; /* a round each */
    double *cpu;          /* user and system */
    double read_mb;       /* largest of any round */
    double resident_mb;   /* of the evicted files, after it */
    long faults;          /* of the last round */
    int exit_status;
};

struct bench {
    struct program program[PROGRAMS_MAX];
    size_t programs, rounds, files;
    const char *file[FILES_MAX];
    bool json;
    posix_spawn_file_actions_t actions;
};

static void die(const char *what)
{
    perror(what);
    exit(4);
}

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* ---- the page cache ---- */

/* Pages that are mapped by somebody or dirty stay; a benchmark's index is neither. */
static void evict(const char *name)
{
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        die(name);
    if (fdatasync(fd) != 0 && errno != EINVAL && errno != EROFS)
        die(name);
    int rc = posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    if (rc) {
        errno = rc;
        die(name);
    }
    close(fd);
}

static double resident_mb(const char *name)
{
    struct stat st;
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0)
        die(name);
    size_t bytes = (size_t)st.st_size, pages = (bytes + PAGE - 1) / PAGE, resident = 0;
    if (!pages) {
        close(fd);
        return 0;
    }
    void *map = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, 0);
    unsigned char *state = malloc(pages);
    if (map == MAP_FAILED || !state || mincore(map, bytes, state) != 0)
        die(name);
    for (size_t i = 0; i < pages; i++)
        resident += state[i] & 1;
    free(state);
    munmap(map, bytes);
    close(fd);
    return (double)(resident * PAGE) / 1e6;
}

/* ---- one start ---- */

static void run(struct bench *b, struct program *p, size_t round)
{
    struct rusage used;
    int status = 0;
    pid_t pid;
    for (size_t i = 0; i < b->files; i++)
        evict(b->file[i]);
    double begin = now_ms();
    int rc = posix_spawn(&pid, p->argv[0], &b->actions, NULL, p->argv, environ);
    if (rc) {
        errno = rc;
        die(p->argv[0]);
    }
    while (wait4(pid, &status, 0, &used) < 0)
        if (errno != EINTR)
            die("wait4");
    p->milliseconds[round] = now_ms() - begin;
    p->cpu[round] = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e3 +
                    (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e3;
    double read = (double)used.ru_inblock * 512 / 1e6, resident = 0; /* blocks are always 512 */
    if (read > p->read_mb)
        p->read_mb = read;
    for (size_t i = 0; i < b->files; i++)
        resident += resident_mb(b->file[i]);
    if (resident > p->resident_mb)
        p->resident_mb = resident;
    p->faults = used.ru_minflt + used.ru_majflt;
    p->exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* ---- the tables ---- */

static int by_value(const void *pa, const void *pb)
{
    const double *a = pa, *b = pb;
    return (*a > *b) - (*a < *b);
}

static double quantile(const double *sorted, size_t n, double q)
{
    return sorted[(size_t)(q * (double)(n - 1) + 0.5)];
}

static void print_json(const struct bench *b)
{
    printf("{\"rounds\":%zu,\"evicted\":%s,\"programs\":[", b->rounds, b->files ? "true" : "false");
    for (size_t i = 0; i < b->programs; i++) {
        const struct program *p = &b->program[i];
        const double *m = p->milliseconds;
        printf("%s{\"name\":\"%s\",\"min_ms\":%.3f,\"q1_ms\":%.3f,\"median_ms\":%.3f,"
               "\"q3_ms\":%.3f,\"cpu_ms\":%.3f,\"read_mb\":%.3f,\"resident_mb\":%.3f,"
               "\"faults\":%ld,\"exit\":%d}",
               i ? "," : "", p->name, m[0], quantile(m, b->rounds, .25), quantile(m, b->rounds, .5),
               quantile(m, b->rounds, .75), quantile(p->cpu, b->rounds, .5), p->read_mb,
               p->resident_mb, p->faults, p->exit_status);
    }
    puts("]}");
}

static void print_table(const struct bench *b)
{
    const double *base = b->program[0].milliseconds;
    double base_median = quantile(base, b->rounds, .5);
    printf("%-24s %8s %8s %8s %8s %9s %9s %8s%s\n", "program", "min ms", "median", "q1", "q3",
           "min +", "median +", "faults", b->files ? "  read MB  resident MB" : "");
    for (size_t i = 0; i < b->programs; i++) {
        const struct program *p = &b->program[i];
        const double *m = p->milliseconds;
        double median = quantile(m, b->rounds, .5);
        printf("%-24.24s %8.3f %8.3f %8.3f %8.3f %+9.3f %+9.3f %8ld", p->name, m[0], median,
               quantile(m, b->rounds, .25), quantile(m, b->rounds, .75), m[0] - base[0],
               median - base_median, p->faults);
        if (b->files)
            printf(" %9.3f %12.3f", p->read_mb, p->resident_mb);
        if (p->exit_status)
            printf("  exit %d", p->exit_status);
        putchar('\n');
    }
}

/* ---- the command line ---- */

static void usage(void)
{
    fputs("usage: bench_cold [--rounds N] [--evict FILE]... [--json] [--core N] "
          "-- [NAME=]PROGRAM [ARG...] [-- ...]\n",
          stderr);
    exit(2);
}

static void add_program(struct bench *b, char **argv)
{
    static char nothing_name[] = "/bin/true";
    static char *nothing[] = {nothing_name, NULL};
    if (b->programs == PROGRAMS_MAX)
        usage();
    if (!argv[0])
        argv = nothing;
    struct program *p = &b->program[b->programs++];
    char *equals = strchr(argv[0], '=');
    p->name = argv[0];
    p->argv = argv;
    if (equals && !memchr(argv[0], '/', (size_t)(equals - argv[0]))) {
        *equals = 0;
        argv[0] = equals + 1;
    }
}

static int options(struct bench *b, int argc, char **argv)
{
    int i = 1;
    for (; i < argc && strcmp(argv[i], "--") != 0; i++) {
        bool more = i + 1 < argc;
        if (strcmp(argv[i], "--json") == 0) {
            b->json = true;
        } else if (strcmp(argv[i], "--rounds") == 0 && more) {
            b->rounds = strtoul(argv[++i], NULL, 10);
        } else if (strcmp(argv[i], "--evict") == 0 && more && b->files < FILES_MAX) {
            b->file[b->files++] = argv[++i];
        } else if (strcmp(argv[i], "--core") == 0 && more) {
            cpu_set_t set;
            CPU_ZERO(&set);
            CPU_SET(strtoul(argv[++i], NULL, 10) % CPU_SETSIZE, &set);
            if (sched_setaffinity(0, sizeof set, &set) != 0)
                die("--core");
        } else {
            usage();
        }
    }
    return i;
}

int main(int argc, char **argv)
{
    struct bench b = {.rounds = 40};
    int i = options(&b, argc, argv);
    while (i < argc) { /* argv[i] is "--" */
        argv[i++] = NULL;
        int first = i;
        while (i < argc && strcmp(argv[i], "--") != 0)
            i++;
        if (i < argc)
            argv[i] = NULL;
        add_program(&b, argv + first);
    }
    if (b.programs == 0 || b.rounds == 0)
        usage();
    posix_spawn_file_actions_init(&b.actions);
    posix_spawn_file_actions_addopen(&b.actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&b.actions, 2, "/dev/null", O_WRONLY, 0);
    for (size_t p = 0; p < b.programs; p++) {
        b.program[p].milliseconds = calloc(b.rounds, sizeof(double));
        b.program[p].cpu = calloc(b.rounds, sizeof(double));
        if (!b.program[p].milliseconds || !b.program[p].cpu)
            die("memory");
    }
    for (size_t r = 0; r < b.rounds; r++)
        for (size_t p = 0; p < b.programs; p++)
            run(&b, &b.program[p], r);
    for (size_t p = 0; p < b.programs; p++) {
        qsort(b.program[p].milliseconds, b.rounds, sizeof(double), by_value);
        qsort(b.program[p].cpu, b.rounds, sizeof(double), by_value);
    }
    if (b.json)
        print_json(&b);
    else
        print_table(&b);
    return 0;
}
