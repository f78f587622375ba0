/* limit.c - one deadline a process: asked where asking is cheap, an alarm where it is not. */
#include "query/limit.h"

#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define GRACE 1.0 /* seconds from the deadline to the alarm */

static double limit, deadline; /* seconds; deadline on the monotonic clock, 0: none */
static char text[200];         /* what the handler writes */
static volatile size_t text_n;

static double monotonic(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void ring(int sig)
{
    (void)sig;
    ssize_t n = write(STDERR_FILENO, text, text_n);
    (void)n; /* nobody to tell when this fails */
    _exit(dtl_status_exit(DTL_ELIMIT));
}

static void set_timer(double seconds)
{
    struct itimerval t = {0};
    t.it_value.tv_sec = (time_t)seconds;
    t.it_value.tv_usec = (suseconds_t)((seconds - (double)t.it_value.tv_sec) * 1e6);
    setitimer(ITIMER_REAL, &t, NULL);
}

enum dtl_status dtl_limit_fail(struct dtl_error *err)
{
    return dtl_fail(err, DTL_ELIMIT, 0,
                    "the query took longer than %g s and was ended, nothing of it is shown; a date "
                    "filter or rarer words take less, --timeout SEC allows more",
                    limit);
}

void dtl_limit_begin(double seconds)
{
    struct dtl_error err = {0};
    dtl_limit_end();
    if (seconds <= 0)
        return;
    limit = seconds;
    deadline = monotonic() + seconds;
    (void)dtl_limit_fail(&err);
    int n = snprintf(text, sizeof text, "dateline-query: %s\n", err.text);
    text_n = n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
    struct sigaction a = {.sa_handler = ring};
    sigemptyset(&a.sa_mask);
    sigaction(SIGALRM, &a, NULL);
    set_timer(seconds + GRACE);
}

void dtl_limit_end(void)
{
    if (deadline > 0)
        set_timer(0);
    deadline = 0;
}

bool dtl_limit_over(void *unused)
{
    (void)unused;
    return deadline > 0 && monotonic() >= deadline;
}
