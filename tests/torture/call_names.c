/*
 * call_names.c - the calls the two programs and their libraries make, and those they might.
 *
 * A call that is not here has no name: it is counted, and listed by its number.
 */
#include "tests/torture/call_names.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#ifndef SYS_landlock_create_ruleset /* headers before Linux 5.13 */
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule       445
#define SYS_landlock_restrict_self  446
#endif

static const struct {
    const char *name;
    long number;
} calls[] = {
    {"openat",                  SYS_openat                 },
    {"openat2",                 SYS_openat2                },
    {"close",                   SYS_close                  },
    {"close_range",             SYS_close_range            },
    {"read",                    SYS_read                   },
    {"pread64",                 SYS_pread64                },
    {"readv",                   SYS_readv                  },
    {"preadv",                  SYS_preadv                 },
    {"preadv2",                 SYS_preadv2                },
    {"write",                   SYS_write                  },
    {"pwrite64",                SYS_pwrite64               },
    {"writev",                  SYS_writev                 },
    {"pwritev",                 SYS_pwritev                },
    {"pwritev2",                SYS_pwritev2               },
    {"fsync",                   SYS_fsync                  },
    {"fdatasync",               SYS_fdatasync              },
    {"msync",                   SYS_msync                  },
    {"sync_file_range",         SYS_sync_file_range        },
    {"syncfs",                  SYS_syncfs                 },
    {"renameat",                SYS_renameat               },
    {"renameat2",               SYS_renameat2              },
    {"unlinkat",                SYS_unlinkat               },
    {"mkdirat",                 SYS_mkdirat                },
    {"linkat",                  SYS_linkat                 },
    {"symlinkat",               SYS_symlinkat              },
    {"readlinkat",              SYS_readlinkat             },
    {"newfstatat",              SYS_newfstatat             },
    {"fstat",                   SYS_fstat                  },
    {"statx",                   SYS_statx                  },
    {"faccessat",               SYS_faccessat              },
    {"faccessat2",              SYS_faccessat2             },
    {"fchmod",                  SYS_fchmod                 },
    {"fchmodat",                SYS_fchmodat               },
    {"fchown",                  SYS_fchown                 },
    {"fchownat",                SYS_fchownat               },
    {"utimensat",               SYS_utimensat              },
    {"statfs",                  SYS_statfs                 },
    {"fstatfs",                 SYS_fstatfs                },
    {"ftruncate",               SYS_ftruncate              },
    {"truncate",                SYS_truncate               },
    {"fallocate",               SYS_fallocate              },
    {"fadvise64",               SYS_fadvise64              },
    {"copy_file_range",         SYS_copy_file_range        },
    {"sendfile",                SYS_sendfile               },
    {"splice",                  SYS_splice                 },
    {"lseek",                   SYS_lseek                  },
    {"getdents64",              SYS_getdents64             },
    {"flock",                   SYS_flock                  },
    {"fcntl",                   SYS_fcntl                  },
    {"ioctl",                   SYS_ioctl                  },
    {"dup",                     SYS_dup                    },
    {"dup3",                    SYS_dup3                   },
    {"pipe2",                   SYS_pipe2                  },
    {"memfd_create",            SYS_memfd_create           },
    {"mmap",                    SYS_mmap                   },
    {"munmap",                  SYS_munmap                 },
    {"mprotect",                SYS_mprotect               },
    {"mremap",                  SYS_mremap                 },
    {"madvise",                 SYS_madvise                },
    {"mlock",                   SYS_mlock                  },
    {"brk",                     SYS_brk                    },
    {"clone",                   SYS_clone                  },
    {"clone3",                  SYS_clone3                 },
    {"execve",                  SYS_execve                 },
    {"execveat",                SYS_execveat               },
    {"wait4",                   SYS_wait4                  },
    {"exit",                    SYS_exit                   },
    {"exit_group",              SYS_exit_group             },
    {"kill",                    SYS_kill                   },
    {"tgkill",                  SYS_tgkill                 },
    {"futex",                   SYS_futex                  },
    {"set_robust_list",         SYS_set_robust_list        },
    {"get_robust_list",         SYS_get_robust_list        },
    {"rseq",                    SYS_rseq                   },
    {"set_tid_address",         SYS_set_tid_address        },
    {"sched_getaffinity",       SYS_sched_getaffinity      },
    {"sched_yield",             SYS_sched_yield            },
    {"rt_sigaction",            SYS_rt_sigaction           },
    {"rt_sigprocmask",          SYS_rt_sigprocmask         },
    {"rt_sigreturn",            SYS_rt_sigreturn           },
    {"rt_sigtimedwait",         SYS_rt_sigtimedwait        },
    {"sigaltstack",             SYS_sigaltstack            },
    {"nanosleep",               SYS_nanosleep              },
    {"clock_nanosleep",         SYS_clock_nanosleep        },
    {"clock_gettime",           SYS_clock_gettime          },
    {"gettimeofday",            SYS_gettimeofday           },
    {"ppoll",                   SYS_ppoll                  },
    {"pselect6",                SYS_pselect6               },
    {"getpid",                  SYS_getpid                 },
    {"getppid",                 SYS_getppid                },
    {"gettid",                  SYS_gettid                 },
    {"getuid",                  SYS_getuid                 },
    {"geteuid",                 SYS_geteuid                },
    {"getgid",                  SYS_getgid                 },
    {"getegid",                 SYS_getegid                },
    {"getcwd",                  SYS_getcwd                 },
    {"chdir",                   SYS_chdir                  },
    {"fchdir",                  SYS_fchdir                 },
    {"umask",                   SYS_umask                  },
    {"uname",                   SYS_uname                  },
    {"sysinfo",                 SYS_sysinfo                },
    {"prctl",                   SYS_prctl                  },
    {"prlimit64",               SYS_prlimit64              },
    {"getrlimit",               SYS_getrlimit              },
    {"setrlimit",               SYS_setrlimit              },
    {"getrusage",               SYS_getrusage              },
    {"getrandom",               SYS_getrandom              },
    {"personality",             SYS_personality            },
    {"setpriority",             SYS_setpriority            },
    {"ioprio_set",              SYS_ioprio_set             },
    {"seccomp",                 SYS_seccomp                },
    {"landlock_create_ruleset", SYS_landlock_create_ruleset},
    {"landlock_add_rule",       SYS_landlock_add_rule      },
    {"landlock_restrict_self",  SYS_landlock_restrict_self },
 /* what younger machines do without */
#ifdef SYS_open
    {"open",                    SYS_open                   },
#endif
#ifdef SYS_creat
    {"creat",                   SYS_creat                  },
#endif
#ifdef SYS_rename
    {"rename",                  SYS_rename                 },
#endif
#ifdef SYS_unlink
    {"unlink",                  SYS_unlink                 },
#endif
#ifdef SYS_mkdir
    {"mkdir",                   SYS_mkdir                  },
#endif
#ifdef SYS_rmdir
    {"rmdir",                   SYS_rmdir                  },
#endif
#ifdef SYS_link
    {"link",                    SYS_link                   },
#endif
#ifdef SYS_symlink
    {"symlink",                 SYS_symlink                },
#endif
#ifdef SYS_readlink
    {"readlink",                SYS_readlink               },
#endif
#ifdef SYS_access
    {"access",                  SYS_access                 },
#endif
#ifdef SYS_stat
    {"stat",                    SYS_stat                   },
#endif
#ifdef SYS_lstat
    {"lstat",                   SYS_lstat                  },
#endif
#ifdef SYS_dup2
    {"dup2",                    SYS_dup2                   },
#endif
#ifdef SYS_pipe
    {"pipe",                    SYS_pipe                   },
#endif
#ifdef SYS_chmod
    {"chmod",                   SYS_chmod                  },
#endif
#ifdef SYS_chown
    {"chown",                   SYS_chown                  },
#endif
#ifdef SYS_lchown
    {"lchown",                  SYS_lchown                 },
#endif
#ifdef SYS_fork
    {"fork",                    SYS_fork                   },
#endif
#ifdef SYS_vfork
    {"vfork",                   SYS_vfork                  },
#endif
#ifdef SYS_poll
    {"poll",                    SYS_poll                   },
#endif
#ifdef SYS_select
    {"select",                  SYS_select                 },
#endif
#ifdef SYS_getdents
    {"getdents",                SYS_getdents               },
#endif
#ifdef SYS_time
    {"time",                    SYS_time                   },
#endif
#ifdef SYS_arch_prctl
    {"arch_prctl",              SYS_arch_prctl             },
#endif
#ifdef SYS_epoll_wait
    {"epoll_wait",              SYS_epoll_wait             },
#endif
};
enum { CALLS = sizeof calls / sizeof *calls };

const char *call_name(long number)
{
    static char text[32];
    for (size_t i = 0; i < CALLS; i++)
        if (calls[i].number == number)
            return calls[i].name;
    snprintf(text, sizeof text, "call-%ld", number);
    return text;
}

/* A name of the other machine's calls is known: a row names open and openat, and gets what there
 * is. */
static const char *const elsewhere[] = {
    "open",     "creat",    "rename",     "unlink",     "mkdir", "rmdir", "link",
    "symlink",  "readlink", "access",     "stat",       "lstat", "dup2",  "pipe",
    "chmod",    "chown",    "lchown",     "fork",       "vfork", "poll",  "select",
    "getdents", "time",     "arch_prctl", "epoll_wait", NULL};

const char *call_names_unknown(const char *names)
{
    static char text[80];
    for (const char *p = names; *p;) {
        size_t n = strcspn(p, ","), i = 0;
        bool known = false;
        for (; i < CALLS && !known; i++)
            known = strlen(calls[i].name) == n && memcmp(calls[i].name, p, n) == 0;
        for (i = 0; elsewhere[i] && !known; i++)
            known = strlen(elsewhere[i]) == n && memcmp(elsewhere[i], p, n) == 0;
        if (!known) {
            snprintf(text, sizeof text, "no call is named %.*s", (int)n, p);
            return text;
        }
        p += n + (p[n] != 0);
    }
    return NULL;
}

int call_error(const char *name)
{
    static const struct {
        const char *name;
        int number;
    } errors[] = {
        {"EIO",    EIO   },
        {"ENOSPC", ENOSPC},
        {"EINTR",  EINTR },
        {"ENOMEM", ENOMEM},
        {"EMFILE", EMFILE},
        {"ENFILE", ENFILE},
        {"EACCES", EACCES},
        {"EPERM",  EPERM },
        {"EROFS",  EROFS },
        {"EDQUOT", EDQUOT},
        {"EAGAIN", EAGAIN},
        {"EFBIG",  EFBIG },
        {"ESTALE", ESTALE},
        {"EINVAL", EINVAL},
        {"ENOENT", ENOENT},
        {"ENOSYS", ENOSYS},
    };
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (strcmp(errors[i].name, name) == 0)
            return errors[i].number;
    return 0;
}
