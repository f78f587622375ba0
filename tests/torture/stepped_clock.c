/*
 * stepped_clock.c - put before a program by LD_PRELOAD: its clock of the day is CLOCK_OFFSET
 * seconds off. The monotonic clock goes on as ever, as it does when an administrator sets the time.
 */
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long long offset(void)
{
    const char *wish = getenv("CLOCK_OFFSET");
    return wish ? strtoll(wish, NULL, 10) : 0;
}

int clock_gettime(clockid_t clock, struct timespec *t)
{
    long done = syscall(SYS_clock_gettime, clock, t);
    if (done == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        t->tv_sec += offset();
    return (int)done;
}

time_t time(time_t *out)
{
    struct timespec t = {0};
    (void)clock_gettime(CLOCK_REALTIME, &t);
    if (out)
        *out = t.tv_sec;
    return t.tv_sec;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone)
{
    struct timespec t = {0};
    (void)zone;
    int done = clock_gettime(CLOCK_REALTIME, &t);
    out->tv_sec = t.tv_sec;
    out->tv_usec = (suseconds_t)(t.tv_nsec / 1000);
    return done;
}
