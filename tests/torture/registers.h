/*
 * tests/torture/registers.h - a stopped thread's system call, changed: its number, an argument, its
 * result. Each is false when the machine's registers cannot be read or set; every other kind of
 * machine than these two does without (the rows are skipped there).
 */
#ifndef DTL_TORTURE_REGISTERS_H
#define DTL_TORTURE_REGISTERS_H
#include <elf.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/user.h>

#if defined(__x86_64__)
typedef struct user_regs_struct registers;
#elif defined(__aarch64__)
typedef struct user_regs_struct registers; /* x0 to x30, sp, pc, pstate */
#else
#error "the registers of system calls are known for x86-64 and aarch64"
#endif

static inline bool registers_get(pid_t pid, registers *r)
{
    struct iovec all = {r, sizeof *r};
    return ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &all) == 0;
}

static inline bool registers_set(pid_t pid, registers *r)
{
    struct iovec all = {r, sizeof *r};
    return ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &all) == 0;
}

/** Before a call: no call is made instead. */
static inline bool registers_no_call(pid_t pid)
{
#if defined(__x86_64__)
    registers r;
    if (!registers_get(pid, &r))
        return false;
    r.orig_rax = (unsigned long long)-1;
    return registers_set(pid, &r);
#else
    int none = -1;
    struct iovec number = {&none, sizeof none};
    return ptrace(PTRACE_SETREGSET, pid, NT_ARM_SYSTEM_CALL, &number) == 0;
#endif
}

/** Before a call: the third argument, which is the count of read, write and their kin. */
static inline bool registers_count(pid_t pid, uint64_t value)
{
    registers r;
    if (!registers_get(pid, &r))
        return false;
#if defined(__x86_64__)
    r.rdx = value;
#else
    r.regs[2] = value;
#endif
    return registers_set(pid, &r);
}

/** After a call: what it gave. */
static inline bool registers_result(pid_t pid, long value)
{
    registers r;
    if (!registers_get(pid, &r))
        return false;
#if defined(__x86_64__)
    r.rax = (unsigned long long)value;
#else
    r.regs[0] = (unsigned long long)value;
#endif
    return registers_set(pid, &r);
}
#endif
