/*
 * sandbox.c - two kernel interfaces without wrappers in the C library of Debian 12.
 *
 * The filter names what is refused rather than what is allowed: libraries of tomorrow may use calls
 * of tomorrow, and a search that dies of a new futex call helps nobody. A refused call fails with
 * EPERM, it does not kill.
 */
#include "common/base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED true
#else
#define SANITIZED false
#endif

/* ---- files and TCP ---- */

#define FS_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define FS_WRITE                                                                                   \
    (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |                               \
     LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG)
#define FS_MAKE                                                                                    \
    (LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |  \
     LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM)
/* later versions' rights and attribute, which the headers of Debian 12 may lack */
#define FS_REFER    (UINT64_C(1) << 13)
#define FS_TRUNCATE (UINT64_C(1) << 14)
struct attribute {
    uint64_t fs, net;
};
#define NET_TCP 3u /* bind and connect */

static long landlock_version(void)
{
    return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

/* A missing path, or one this kernel takes no rule for, is passed over: then it stays closed. */
static void allow(int rules, const char *path, uint64_t rights)
{
    struct landlock_path_beneath_attr rule = {.allowed_access = rights};
    struct stat st;
    rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
    if (rule.parent_fd < 0)
        return;
    if (fstat(rule.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode)) /* rights of files alone */
        rule.allowed_access &= LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE |
                               LANDLOCK_ACCESS_FS_WRITE_FILE | FS_TRUNCATE;
    (void)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    close(rule.parent_fd);
}

static void close_files(const struct dtl_sandbox_path *paths, size_t n, bool exec)
{
    static const char *const system[] = {
        "/usr", "/lib", "/lib64", "/etc/localtime", "/etc/ld.so.cache", NULL};
    long version = landlock_version();
    if (version < 1)
        return;
    uint64_t later = (version >= 2 ? FS_REFER : 0) | (version >= 3 ? FS_TRUNCATE : 0);
    struct attribute all = {.fs = FS_READ | FS_WRITE | FS_MAKE | LANDLOCK_ACCESS_FS_EXECUTE | later,
                            .net = version >= 4 ? NET_TCP : 0};
    size_t bytes = version >= 4 ? sizeof all : sizeof all.fs;
    int rules = (int)syscall(SYS_landlock_create_ruleset, &all, bytes, 0);
    if (rules < 0)
        return;
    uint64_t run = exec ? LANDLOCK_ACCESS_FS_EXECUTE : 0;
    for (size_t i = 0; system[i]; i++)
        allow(rules, system[i], FS_READ | run);
    if (exec)
        allow(rules, "/bin", FS_READ | run);
    if (SANITIZED)
        allow(rules, "/proc", FS_READ);
    allow(rules, "/dev/null", FS_READ | LANDLOCK_ACCESS_FS_WRITE_FILE);
    allow(rules, "/dev/tty", FS_READ | LANDLOCK_ACCESS_FS_WRITE_FILE);
    if (n > DTL_SANDBOX_PATHS)
        allow(rules, "/", FS_READ);
    for (size_t i = 0; i < n; i++)
        if (paths[i].write || n <= DTL_SANDBOX_PATHS)
            allow(rules, paths[i].path, paths[i].write ? FS_READ | FS_WRITE | later : FS_READ);
    (void)syscall(SYS_landlock_restrict_self, rules, 0);
    close(rules);
}

/* ---- calls ---- */

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#ifdef ARCHITECTURE
#define REFUSE(name)                                                                               \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(SYS_##name), 0, 1),                             \
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)
#define START_CALLS 2 /* of the filter: execve and execveat, two instructions each */

static void close_calls(bool exec)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM), /* a call of another machine's */
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000u, 0, 1), /* x32's numbers */
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        REFUSE(socket),
        REFUSE(connect),
        REFUSE(bind),
        REFUSE(listen),
        REFUSE(process_vm_readv),
        REFUSE(process_vm_writev),
        REFUSE(mount),
        REFUSE(umount2),
        REFUSE(pivot_root),
        REFUSE(chroot),
        REFUSE(unshare),
        REFUSE(setns),
        REFUSE(bpf),
        REFUSE(perf_event_open),
        REFUSE(userfaultfd),
        REFUSE(io_uring_setup),
        REFUSE(open_by_handle_at),
        REFUSE(add_key),
        REFUSE(keyctl),
        REFUSE(init_module),
        REFUSE(finit_module),
        REFUSE(kexec_load),
        REFUSE(reboot),
        REFUSE(swapon),
        REFUSE(execve),
        REFUSE(execveat),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    size_t n = sizeof filter / sizeof *filter;
    if (exec) { /* all but the two that start programs */
        filter[n - 1 - 2 * START_CALLS] = filter[n - 1];
        n -= 2 * START_CALLS;
    }
    struct sock_fprog program = {.len = (unsigned short)n, .filter = filter};
    (void)prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}
#else
static void close_calls(bool exec)
{
    (void)exec; /* numbers of this machine's calls are not known here */
}
#endif

void dtl_sandbox(const struct dtl_sandbox_path *paths, size_t n, bool exec)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) /* neither wall stands without it */
        return;
    close_files(paths, n, exec);
    close_calls(exec);
}

const char *dtl_sandbox_offered(void)
{
    static char text[48];
    long version = landlock_version();
    bool filters = prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0;
    if (version > 0)
        snprintf(text, sizeof text, "landlock %ld%s", version, filters ? " seccomp" : "");
    else
        snprintf(text, sizeof text, "%s", filters ? "seccomp" : "none");
    return text;
}
