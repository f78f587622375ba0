/*
 * serve.c - a program that is loaded once and run many times: preloaded, it takes the place of
 * main, reads command lines from standard input and runs each in a child of its own.
 *
 * Damage is tried hundreds of thousands of times. Two thirds of a short run are the loader's; a
 * fork has that behind it and is in every other respect the program as it is shipped.
 *
 *   request: the arguments, each ended by a unit separator (0x1f), and a newline
 *   answer:  "STATUS OUT ERR\n" and so many bytes of standard output and error; STATUS is the exit
 *            status, or minus the signal's number
 */
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARGUMENTS 64
#define SECONDS   60 /* then SIGALRM ends the child: a hang */

typedef int (*main_fn)(int, char **, char **);
typedef int (*start_fn)(main_fn, int, char **, void (*)(void), void (*)(void), void (*)(void),
                        void *);

int __libc_start_main(main_fn program, int argc, char **argv, void (*init)(void),
                      void (*fini)(void), void (*rtld_fini)(void), void *stack_end);

static main_fn real_main;

static void put_back(FILE *to, int fd, long bytes)
{
    char block[4096];
    lseek(fd, 0, SEEK_SET);
    for (ssize_t n; bytes > 0 && (n = read(fd, block, sizeof block)) > 0; bytes -= n)
        fwrite(block, 1, (size_t)n, to);
}

static void run(FILE *answers, char *program, char *line)
{
    char *args[ARGUMENTS + 2] = {program};
    int n = 1, status = 0;
    for (char *p = line, *end; n <= ARGUMENTS && (end = strchr(p, 0x1f)) != NULL; p = end + 1) {
        *end = 0;
        args[n++] = p;
    }
    int out = memfd_create("out", MFD_CLOEXEC), err = memfd_create("err", MFD_CLOEXEC);
    if (out < 0 || err < 0)
        exit(99);
    pid_t child = fork();
    if (child < 0)
        exit(99);
    if (child == 0) {
        if (!freopen("/dev/null", "r", stdin) || dup2(out, STDOUT_FILENO) < 0 ||
            dup2(err, STDERR_FILENO) < 0)
            _exit(99);
        close(fileno(answers));
        alarm(SECONDS);
        exit(real_main(n, args, environ));
    }
    if (waitpid(child, &status, 0) != child)
        exit(99);
    long out_bytes = (long)lseek(out, 0, SEEK_END), err_bytes = (long)lseek(err, 0, SEEK_END);
    fprintf(answers, "%d %ld %ld\n", WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status),
            out_bytes, err_bytes);
    put_back(answers, out, out_bytes);
    put_back(answers, err, err_bytes);
    fflush(answers);
    close(out);
    close(err);
}

static int serve(int argc, char **argv, char **env)
{
    (void)argc;
    (void)env;
    char *line = NULL;
    size_t room = 0;
    FILE *answers = fdopen(dup(STDOUT_FILENO), "w");
    if (!answers)
        return 99;
    unsetenv("LD_PRELOAD");
    while (getline(&line, &room, stdin) > 0)
        run(answers, argv[0], line);
    free(line);
    return 0;
}

int __libc_start_main(main_fn program, int argc, char **argv, void (*init)(void),
                      void (*fini)(void), void (*rtld_fini)(void), void *stack_end)
{
    union {
        void *found;
        start_fn call;
    } next = {.found = dlsym(RTLD_NEXT, "__libc_start_main")};
    real_main = program;
    return next.call(serve, argc, argv, init, fini, rtld_fini, stack_end);
}
