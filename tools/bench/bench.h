/*
 * tools/bench/bench.h - what the benchmark programs share: a clock, one core, the middle and the
 * spread of many measurements, and one way to print them for people and for scripts.
 *
 * A benchmark is a program, never a test: its figures depend on the machine and on what else it
 * does. So each is run on one core, many times, and prints minimum, median and 99th percentile;
 * claims are ratios of figures from one run.
 */
#ifndef DTL_BENCH_BENCH_H
#define DTL_BENCH_BENCH_H
#include "common/base/bytes.h"

double dtl_bench_seconds(void);     /* of a clock that only rises */
double dtl_bench_cpu_seconds(void); /* this process has used, all threads */

/** Stay on core `core` (-1: wherever $BENCH_CORE says, else the last one allowed). Children
 * inherit it. Returns the core; -1 when the system refuses. */
int dtl_bench_pin(int core);

/** Sort v[0..n) in place and return the value below which the share `p` (0..1) of them lies; 0
 * when n is 0. */
double dtl_bench_percentile(double *v, size_t n, double p);

/** --json among the arguments: print objects, one a line. Removes it from argv. */
bool dtl_bench_wants_json(int *argc, char **argv);

/* One result: a name and numbers, printed as a line of a table or as a JSON object. */
struct dtl_bench_column {
    const char *name; /* also the JSON key */
    double value;
    int digits; /* behind the decimal point */
};
/** The table's heading is printed before the first row and whenever the columns change. */
void dtl_bench_row(bool json, const char *what, const struct dtl_bench_column *column, size_t n);

/** Print `fmt` and leave with status 4. */
void dtl_bench_die(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));
#endif
