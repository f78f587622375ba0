/*
 * guard.c - a fault in the map ends the program with words and exit 3, never by a signal
 * (RELIABILITY H2).
 *
 * LMDB follows page numbers it read from the file; in a damaged one they may point anywhere, and a
 * file cut short while mapped faults at any touch. Sums catch nearly all damage before; this is for
 * the rest. Under sanitizers the faults are theirs to report.
 */
#include "common/base/process.h"
#include "common/store/store_internal.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define DTL_SANITIZED 1
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define DTL_SANITIZED 1
#endif

#ifndef DTL_SANITIZED
static char text[256] = "dateline: a fault while reading the index: it is damaged, or this is a "
                        "bug: run `dateline-index check`\n";

static void (*first)(void); /* before the text, or NULL */

static void say_and_end(void)
{
    if (first)
        first();
    ssize_t n = write(STDERR_FILENO, text, strlen(text));
    (void)n; /* there is nobody left to tell */
    _exit(3);
}
#endif

void dtl_guard_assert(MDB_env *env, const char *message)
{
    (void)env;
    (void)message;
#ifdef DTL_SANITIZED
    abort();
#else
    say_and_end();
#endif
}

#ifndef DTL_SANITIZED
static uintptr_t stack_end; /* where the first thread's stack can grow no further; 0: unknown */

static void find_stack_end(void)
{
    struct rlimit most;
    if (getrlimit(RLIMIT_STACK, &most) == 0 && most.rlim_cur < (uintptr_t)&most)
        stack_end = (uintptr_t)&most - most.rlim_cur;
}

/*
 * GLib without memory aborts; without any it calls itself to say so until the stack is at its end
 * (docs/decisions/0230). The stack begins a little above what find_stack_end saw.
 */
static bool lacks_memory(int signal_number, const void *where)
{
    uintptr_t at = (uintptr_t)where, slack = (uintptr_t)2 << 20;
    bool overflow =
        signal_number == SIGSEGV && stack_end && at + slack > stack_end && at < stack_end + slack;
    return errno == ENOMEM && (signal_number == SIGABRT || overflow);
}

static void on_fault(int signal_number, siginfo_t *info, void *context)
{
    (void)context;
    if (!lacks_memory(signal_number, info->si_addr))
        say_and_end();
    if (first)
        first();
    dtl_process_out_of_memory();
}
#endif

void dtl_store_guard_first(void (*fn)(void))
{
#ifdef DTL_SANITIZED
    (void)fn;
#else
    first = fn;
#endif
}

void dtl_store_guard(const char *program)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGXFSZ, &ignore, NULL); /* RLIMIT_FSIZE then is an error of write (H21) */
#ifdef DTL_SANITIZED
    (void)program;
#else
    snprintf(text, sizeof text,
             "%.40s: a fault while reading the index: it is damaged, or this is a bug: run "
             "`dateline-index check`\n",
             program);
    static _Alignas(16) unsigned char stack[64 << 10]; /* the fault may be a stack overflow */
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction act = {.sa_sigaction = on_fault, .sa_flags = SA_ONSTACK | SA_SIGINFO};
    find_stack_end();
    sigaltstack(&alternate, NULL);
    sigfillset(&act.sa_mask);
    sigaction(SIGSEGV, &act, NULL);
    sigaction(SIGBUS, &act, NULL);
    sigaction(SIGFPE, &act, NULL);
    sigaction(SIGABRT, &act, NULL);
    sigaction(SIGTRAP, &act, NULL); /* how GLib ends a process */
#endif
}
