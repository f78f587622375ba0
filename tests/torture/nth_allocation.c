/*
 * nth_allocation.c - put before a program by LD_PRELOAD: its n-th allocation fails.
 *
 * ALLOCATION_FAILS=N fails the N-th call of malloc, calloc, realloc, aligned_alloc, posix_memalign
 * or memalign, counted from 1 over all threads; N+ that one and every later one.
 * ALLOCATION_COUNT=FILE: how many there were, written when the program ends.
 *
 * Counted from this library's constructor on, which runs after those of the other libraries: what
 * the loader takes is its own. The file is opened there too, before the program closes itself in.
 */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* glibc's own, under names of its own: asking dlsym for malloc would allocate */
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t alignment, size_t n);

static atomic_ulong counted;
static atomic_bool counting;
static unsigned long at;
static bool onward;
static int report_fd = -1;

__attribute__((constructor)) static void begin(void)
{
    const char *wish = getenv("ALLOCATION_FAILS"), *path = getenv("ALLOCATION_COUNT");
    char *end = NULL;
    at = wish ? strtoul(wish, &end, 10) : 0;
    onward = end && *end == '+';
    int fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
    if (fd >= 0) { /* out of the way of the numbers the program gets */
        report_fd = fcntl(fd, F_DUPFD_CLOEXEC, 200);
        close(fd);
    }
    atomic_store(&counting, true);
}

__attribute__((destructor)) static void report(void)
{
    atomic_store(&counting, false);
    if (report_fd >= 0 && dprintf(report_fd, "%lu\n", atomic_load(&counted)) < 0)
        _exit(99);
}

static bool fails(void)
{
    if (!atomic_load_explicit(&counting, memory_order_relaxed))
        return false;
    unsigned long n = atomic_fetch_add(&counted, 1) + 1;
    if (!at || (n != at && !(onward && n > at)))
        return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t n)
{
    return fails() ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
    return fails() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
    return fails() ? NULL : __libc_realloc(p, n);
}

void *memalign(size_t alignment, size_t n)
{
    return fails() ? NULL : __libc_memalign(alignment, n);
}

void *aligned_alloc(size_t alignment, size_t n)
{
    return memalign(alignment, n);
}

int posix_memalign(void **out, size_t alignment, size_t n)
{
    void *p = memalign(alignment, n);
    if (!p)
        return ENOMEM;
    *out = p;
    return 0;
}
