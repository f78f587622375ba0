/*
 * calls.c - runs a program and does something at its n-th system call: ends it, makes the call fail
 * or stop short, or only counts.
 *
 *   calls [--only NAME,...] [--list FILE] [--at N (--kill | --fail ERRNO | --short | --run SHELL)]
 *         -- COMMAND...
 *
 * Calls are counted from 1, those of every thread, from the first after the program was started;
 * with --only just those named. --kill: SIGKILL before the call is made. --fail: it is not made and
 * gives that error (a close is made all the same, as Linux does when it gives an error). --short: a
 * read or write moves at most half the bytes it was asked to.
 * --run: a command of the shell is run before the call is made, with the program standing still.
 * --list writes one line a call, "N NAME PATH-OR-DESCRIPTOR", then "end N" when the program ended.
 *
 * Ends with the program's status, 128 + signal when one ended it; 99 when the trace failed, 98 when
 * --at was beyond the last call, 97 when the call to stop short has nothing to halve.
 *
 * Why ptrace and no library put before the program: liblmdb, libc and the loader make calls of
 * their own, and the programs close themselves in with Landlock and seccomp, which a tracer stands
 * outside of. The tracer sees a call before the program's seccomp filter does, so a call that is
 * replaced by number -1 may be refused by that filter: the result is set after the call, last.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/torture/call_names.h"
#include "tests/torture/registers.h"

enum act { COUNT, KILL, FAIL, SHORT, RUN };
enum { TRACE_FAILED = 99, NOT_REACHED = 98, NOT_SHORTENED = 97 };

static struct {
    const char *only;
    FILE *list;
    unsigned long at;
    enum act act;
    int error;
    const char *shell;
} want;

static unsigned long counted;
static bool acted, nothing_to_halve;

static void usage(const char *why)
{
    fprintf(stderr, "calls: %s\n", why);
    exit(TRACE_FAILED);
}

/* ---- the program's memory ---- */

static bool memory_read(pid_t pid, uint64_t at, void *to, size_t n)
{
    struct iovec here = {to, n}, there = {(void *)(uintptr_t)at, n};
    return process_vm_readv(pid, &here, 1, &there, 1, 0) == (ssize_t)n;
}

static bool memory_write(pid_t pid, uint64_t at, const void *from, size_t n)
{
    struct iovec there = {(void *)(uintptr_t)at, n};
    union {
        const void *from;
        void *to; /* iovec has no const; it is only read */
    } source = {.from = from};
    struct iovec here = {source.to, n};
    return process_vm_writev(pid, &here, 1, &there, 1, 0) == (ssize_t)n;
}

/* ---- which calls ---- */

static bool wanted(long number)
{
    if (!want.only)
        return true;
    const char *name = call_name(number);
    size_t n = strlen(name);
    for (const char *p = want.only; *p;) {
        size_t length = strcspn(p, ",");
        if (length == n && memcmp(p, name, n) == 0)
            return true;
        p += length + (p[length] != 0);
    }
    return false;
}

static void list(pid_t pid, const struct __ptrace_syscall_info *call)
{
    static const char *const by_path[] = {"openat",   "renameat2",  "renameat", "unlinkat",
                                          "mkdirat",  "newfstatat", "rename",   "unlink",
                                          "fchmodat", "open",       NULL};
    const char *name = call_name((long)call->entry.nr);
    char path[200] = "";
    for (size_t i = 0; by_path[i]; i++)
        if (strcmp(by_path[i], name) == 0) {
            size_t first = strstr(name, "at") ? 1 : 0;
            for (size_t n = sizeof path - 1; n && !path[0]; n /= 2) /* a page may end before */
                (void)memory_read(pid, call->entry.args[first], path, n);
            path[strcspn(path, "\n")] = 0;
        }
    if (path[0])
        fprintf(want.list, "%lu %s %s\n", counted, name, path);
    else
        fprintf(want.list, "%lu %s %lld\n", counted, name, (long long)call->entry.args[0]);
}

/* ---- what to do ---- */

struct halved { /* the first length of a vector, to be put back after the call */
    uint64_t at, length;
};

/** Halve what this call was asked to move. False when it moves nothing, or a single byte. */
static bool halve(pid_t pid, const struct __ptrace_syscall_info *call, struct halved *vector)
{
    const char *name = call_name((long)call->entry.nr);
    size_t n = strlen(name);
    bool many = name[n - 1] == 'v';
    uint64_t count = call->entry.args[2], length = count, at = 0;
    if (many) {
        at = call->entry.args[1] + offsetof(struct iovec, iov_len);
        if (!count || !memory_read(pid, at, &length, sizeof length))
            return false;
        count = 1;
    }
    if (length < 2)
        return false;
    uint64_t half = length / 2;
    if (many) {
        *vector = (struct halved){at, length};
        return memory_write(pid, at, &half, sizeof half) && registers_count(pid, count);
    }
    return registers_count(pid, half);
}

/** The call about to be made. True when its end is wanted too. */
static bool entering(pid_t pid, const struct __ptrace_syscall_info *call, struct halved *vector)
{
    if (acted || !wanted((long)call->entry.nr))
        return false;
    counted++;
    if (want.list)
        list(pid, call);
    if (counted != want.at)
        return false;
    acted = true;
    switch (want.act) {
    case COUNT:
        return false;
    case KILL:
        kill(pid, SIGKILL);
        return false;
    case FAIL:
        if (strcmp(call_name((long)call->entry.nr), "close") != 0 && !registers_no_call(pid))
            usage("cannot replace a call");
        return true;
    case RUN:
        if (system(want.shell) != 0)
            usage("the command of --run failed");
        return false;
    case SHORT:
        nothing_to_halve = !halve(pid, call, vector);
        return vector->at != 0;
    }
    return false;
}

static void leaving(pid_t pid, const struct halved *vector)
{
    if (vector->at)
        (void)memory_write(pid, vector->at, &vector->length, sizeof vector->length);
    else if (!registers_result(pid, -want.error))
        usage("cannot set a result");
}

/* ---- the trace ---- */

static pid_t start(char **command)
{
    pid_t child = fork();
    if (child < 0)
        usage("cannot fork");
    if (child == 0) {
        ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        raise(SIGSTOP);
        execvp(command[0], command);
        fprintf(stderr, "calls: %s: %s\n", command[0], strerror(errno));
        _exit(TRACE_FAILED);
    }
    int status;
    long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC |
                   PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_EXITKILL;
    if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status) ||
        ptrace(PTRACE_SETOPTIONS, child, NULL, options) != 0)
        usage("this machine lets no process be traced");
    ptrace(PTRACE_CONT, child, NULL, NULL); /* to the end of execve */
    if (waitpid(child, &status, 0) != child)
        usage("lost the program");
    if (!WIFSTOPPED(status)) /* it could not be started, and has said so */
        exit(TRACE_FAILED);
    ptrace(PTRACE_SYSCALL, child, NULL, NULL);
    return child;
}

/** Until every process has ended; the wait status of the first. */
static int trace(pid_t first)
{
    int last = 0, status;
    pid_t pid, held = 0; /* the thread whose call is to be finished by `leaving` */
    struct halved vector = {0};
    while ((pid = waitpid(-1, &status, __WALL)) > 0) {
        if (!WIFSTOPPED(status)) {
            if (pid == first)
                last = status;
            continue;
        }
        long deliver = 0;
        int how = WSTOPSIG(status);
        if (how == (SIGTRAP | 0x80)) {
            struct __ptrace_syscall_info call;
            if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof call, &call) <= 0)
                continue; /* it is being killed */
            if (call.op == PTRACE_SYSCALL_INFO_ENTRY) {
                if (entering(pid, &call, &vector))
                    held = pid;
            } else if (pid == held) {
                leaving(pid, &vector);
                held = 0;
            }
        } else if (how != SIGTRAP && how != SIGSTOP) {
            deliver = how;
        }
        bool free = acted && !held; /* nothing more is wanted of it: full speed */
        ptrace(free ? PTRACE_CONT : PTRACE_SYSCALL, pid, NULL, deliver);
    }
    return last;
}

static void options(int argc, char **argv, int *first)
{
    int i = 1;
    for (; i < argc && strcmp(argv[i], "--") != 0; i++) {
        const char *option = argv[i], *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (strcmp(option, "--kill") == 0) {
            want.act = KILL;
            continue;
        }
        if (strcmp(option, "--short") == 0) {
            want.act = SHORT;
            continue;
        }
        if (!value)
            usage("an option without its value");
        i++;
        if (strcmp(option, "--only") == 0) {
            const char *stranger = call_names_unknown(value);
            if (stranger)
                usage(stranger);
            want.only = value;
        } else if (strcmp(option, "--list") == 0) {
            want.list = fopen(value, "we");
            if (!want.list)
                usage("cannot write the list");
        } else if (strcmp(option, "--at") == 0) {
            want.at = strtoul(value, NULL, 10);
        } else if (strcmp(option, "--run") == 0) {
            want.act = RUN;
            want.shell = value;
        } else if (strcmp(option, "--fail") == 0) {
            want.act = FAIL;
            want.error = call_error(value);
            if (!want.error)
                usage("no such error");
        } else {
            usage("see the head of calls.c");
        }
    }
    if (i + 1 >= argc || (want.act != COUNT && !want.at))
        usage("see the head of calls.c");
    *first = i + 1;
}

int main(int argc, char **argv)
{
    int command = 0;
    options(argc, argv, &command);
    pid_t child = start(argv + command);
    int status = trace(child);
    if (want.list) {
        fprintf(want.list, "end %lu\n", counted);
        if (fclose(want.list) != 0)
            usage("cannot write the list");
    }
    if (want.at && !acted)
        return NOT_REACHED;
    if (nothing_to_halve)
        return NOT_SHORTENED;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
