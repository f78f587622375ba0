/* pager.c - one child, one pipe. */
#include "query/pager.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/utf8.h"
#include "common/text/analyzer.h"

extern char **environ;

static bool is(const char *name, const char *value)
{
    const char *v = getenv(name);
    return v && strcmp(v, value) == 0;
}

const char *dtl_pager_command(void)
{
    const char *own = getenv("DATELINE_PAGER"), *command = own;
    if (!own && (!getenv("TERM") || is("TERM", "dumb")))
        return NULL;
    if (!command)
        command = getenv("PAGER");
    if (!command)
        command = "less";
    return *command && strcmp(command, "cat") != 0 ? command : NULL;
}

/* Columns of a line, our escape sequences left out. */
static size_t columns(struct dtl_bytes line)
{
    size_t wide = 0;
    for (size_t at = 0; at < line.n;) {
        const uint8_t *escape = memchr(line.p + at, 0x1b, line.n - at);
        size_t end = escape ? (size_t)(escape - line.p) : line.n;
        wide += dtl_text_columns(dtl_bytes(line.p + at, end - at));
        bool link = end + 1 < line.n && line.p[end + 1] == ']';
        for (at = end; at < line.n && (link ? line.p[at] != '\\' : line.p[at] != 'm');)
            at++;
        at += at < line.n;
    }
    return wide;
}

bool dtl_pager_needed(struct dtl_bytes text, size_t width, size_t rows)
{
    size_t used = 0;
    while (text.n && used < rows) {
        const uint8_t *end = memchr(text.p, '\n', text.n);
        size_t n = end ? (size_t)(end - text.p) : text.n;
        size_t wide = columns(dtl_bytes(text.p, n));
        used += wide && width ? (wide + width - 1) / width : 1;
        n += end != NULL;
        text = dtl_bytes(text.p + n, text.n - n);
    }
    return used >= rows; /* the prompt needs a line too */
}

static bool spawn(struct dtl_pager *p, const char *command, int in)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t dfl;
    char *argv[] = {(char[]){"sh"}, (char[]){"-c"}, strdup(command), NULL};
    if (!argv[2] || posix_spawn_file_actions_init(&actions) != 0) {
        free(argv[2]);
        return false;
    }
    posix_spawnattr_init(&attributes);
    sigemptyset(&dfl);
    sigaddset(&dfl, SIGINT);
    sigaddset(&dfl, SIGQUIT);
    sigaddset(&dfl, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes, &dfl);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    bool ok = posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO) == 0 &&
              posix_spawn(&p->pid, "/bin/sh", &actions, &attributes, argv, environ) == 0;
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    free(argv[2]);
    return ok;
}

bool dtl_pager_start(struct dtl_pager *p, const char *command)
{
    int pipe_ends[2];
    if (pipe2(pipe_ends, O_CLOEXEC) != 0)
        return false;
    setenv("LESS", "FRX", 0);
    setenv("LESSCHARSET", "utf-8", 0);
    signal(SIGINT, SIG_IGN);
    signal(SIGQUIT, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    bool ok = spawn(p, command, pipe_ends[0]);
    close(pipe_ends[0]);
    p->fd = pipe_ends[1];
    if (!ok) {
        close(pipe_ends[1]);
        *p = (struct dtl_pager){0};
        signal(SIGINT, SIG_DFL);
        signal(SIGQUIT, SIG_DFL);
        signal(SIGPIPE, SIG_DFL);
    }
    return ok;
}

bool dtl_pager_write(struct dtl_pager *p, struct dtl_bytes text)
{
    while (text.n > 0) {
        ssize_t n = write(p->fd, text.p, text.n);
        if (n < 0 && errno != EINTR)
            return false;
        if (n > 0)
            text = dtl_bytes(text.p + n, text.n - (size_t)n);
    }
    return true;
}

void dtl_pager_finish(struct dtl_pager *p)
{
    if (!p->pid)
        return;
    close(p->fd);
    while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    *p = (struct dtl_pager){0};
}
