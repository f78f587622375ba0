/* bench.c - clock, core, percentiles, output of the benchmark programs. */
#include "tools/bench/bench.h"

#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double seconds_of(clockid_t clock)
{
    struct timespec t = {0};
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

double dtl_bench_seconds(void)
{
    return seconds_of(CLOCK_MONOTONIC);
}

double dtl_bench_cpu_seconds(void)
{
    return seconds_of(CLOCK_PROCESS_CPUTIME_ID);
}

int dtl_bench_pin(int core)
{
    cpu_set_t allowed, one;
    const char *named = getenv("BENCH_CORE");
    if (core < 0 && named && *named)
        core = (int)strtol(named, NULL, 10);
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0)
        return -1;
    for (size_t i = CPU_SETSIZE; core < 0 && i-- > 0;)
        if (CPU_ISSET(i, &allowed))
            core = (int)i;
    if (core < 0 || core >= CPU_SETSIZE)
        return -1;
    CPU_ZERO(&one);
    CPU_SET((size_t)core, &one);
    return sched_setaffinity(0, sizeof one, &one) == 0 ? core : -1;
}

static int by_value(const void *x, const void *y)
{
    const double *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

double dtl_bench_percentile(double *v, size_t n, double p)
{
    if (n == 0)
        return 0;
    qsort(v, n, sizeof *v, by_value);
    size_t at = (size_t)(p * (double)(n - 1) + 0.5);
    return v[at < n ? at : n - 1];
}

bool dtl_bench_wants_json(int *argc, char **argv)
{
    bool json = false;
    int kept = 1;
    for (int i = 1; i < *argc; i++) {
        if (strcmp(argv[i], "--json") == 0)
            json = true;
        else
            argv[kept++] = argv[i];
    }
    argv[kept] = NULL;
    *argc = kept;
    return json;
}

void dtl_bench_row(bool json, const char *what, const struct dtl_bench_column *column, size_t n)
{
    static char heading[1024];
    char now[1024] = "";
    size_t at = 0;
    if (json) {
        printf("{\"what\":\"%s\"", what);
        for (size_t i = 0; i < n; i++)
            printf(",\"%s\":%.*f", column[i].name, column[i].digits, column[i].value);
        printf("}\n");
        return;
    }
    for (size_t i = 0; i < n && at < sizeof now; i++)
        at += (size_t)snprintf(now + at, sizeof now - at, " %14s", column[i].name);
    if (strcmp(now, heading) != 0) {
        printf("%-28s%s\n", "", now);
        memcpy(heading, now, sizeof now);
    }
    printf("%-28s", what);
    for (size_t i = 0; i < n; i++)
        printf(" %14.*f", column[i].digits, column[i].value);
    printf("\n");
    fflush(stdout);
}

void dtl_bench_die(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
    exit(4);
}
