/*
 * terminal.c - ncurses started and stopped, its keys named, its terminal lent to a pager.
 *
 * ncurses' own handlers for SIGINT and SIGTERM call what a signal handler must not; ours write a
 * sequence made beforehand, put the line settings back and die by the signal. They work in the
 * middle of a search as well, so Control-C never waits for one.
 */
#include "query/interactive/terminal.h"

/* Before <term.h>, whose capabilities are macros with plain names. */
#include "common/store/store.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

#define PASTE_ON                                                                                   \
    "\033[?2004h"               /* a paste comes between ESC[200~ and ESC[201~, so that a line end \
                                 */
#define PASTE_OFF "\033[?2004l" /* in it is not the Enter key; others ignore it */

enum { ESCAPE_WAIT_MS = 25, ERRORS_MAX = 50, PASTE_BEGINS = KEY_MAX + 1 };

static struct {
    SCREEN *screen;
    struct termios before;
    char leave[512]; /* what gives the terminal back */
    size_t leave_bytes;
    volatile sig_atomic_t taken; /* ours to give back */
    bool pasting;
} it;

/* ---- giving back, from anywhere ---- */

/* Only what a signal handler may call. */
static void restore(void)
{
    if (!it.taken)
        return;
    it.taken = 0;
    ssize_t n = write(STDOUT_FILENO, it.leave, it.leave_bytes);
    (void)n; /* nobody to tell */
    tcsetattr(STDIN_FILENO, TCSANOW, &it.before);
}

static void die_by(int signal_number)
{
    int kept = errno;
    restore();
    raise(signal_number); /* its default now; delivered when this returns */
    errno = kept;
}

static void catch_signals(void)
{
    static const int deadly[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    struct sigaction act = {.sa_handler = die_by, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&act.sa_mask);
    for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++)
        sigaction(deadly[i], &act, NULL);
    dtl_store_guard_first(restore);
}

static bool has_capability(const char *name)
{
    const char *s = tigetstr(name);
    return s && s != (char *)-1; /* NOLINT: terminfo's own ways of saying no */
}

/* A capability without its padding, which a terminal of today does not need. */
static void add_capability(const char *name)
{
    if (!has_capability(name))
        return;
    const char *s = tigetstr(name);
    while (*s && it.leave_bytes + 1 < sizeof it.leave) {
        const char *end = s[0] == '$' && s[1] == '<' ? strchr(s, '>') : NULL;
        if (end)
            s = end + 1;
        else
            it.leave[it.leave_bytes++] = *s++;
    }
}

static void add_text(const char *s)
{
    while (*s && it.leave_bytes + 1 < sizeof it.leave)
        it.leave[it.leave_bytes++] = *s++;
}

static void make_leave(void)
{
    static const char *const names[] = {"rmkx", "sgr0", "op", "cnorm", "rmcup"};
    it.leave_bytes = 0;
    add_text(PASTE_OFF);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        add_capability(names[i]);
    if (!has_capability("rmcup")) /* no other screen to go back to */
        add_text("\r\n");
}

/* ---- taking ---- */

static const struct {
    const char *sequence;
    int code; /* PASTE_BEGINS + 1 on: - PASTE_BEGINS - 2 is a dtl_key */
} extra_keys[] = {
    {"\033[200~", PASTE_BEGINS                           },
    {"\033[201~", PASTE_BEGINS + 1                       },
    {"\033[1;5D", PASTE_BEGINS + 2 + DTL_KEY_WORD_LEFT   },
    {"\033[1;5C", PASTE_BEGINS + 2 + DTL_KEY_WORD_RIGHT  },
    {"\033[1;2D", PASTE_BEGINS + 2 + DTL_KEY_EARLIER     },
    {"\033[1;2C", PASTE_BEGINS + 2 + DTL_KEY_LATER       },
    {"\033[1;2A", PASTE_BEGINS + 2 + DTL_KEY_WIDEN       },
    {"\033[1;2B", PASTE_BEGINS + 2 + DTL_KEY_NARROW      },
    {"\033[1;4D", PASTE_BEGINS + 2 + DTL_KEY_YEAR_EARLIER},
    {"\033[1;4C", PASTE_BEGINS + 2 + DTL_KEY_YEAR_LATER  },
};

static void put_text(const char *s)
{
    fputs(s, stdout);
    fflush(stdout);
}

static bool is_dumb(const char *term)
{
    return !term || !*term || strcmp(term, "dumb") == 0;
}

enum dtl_status dtl_terminal_check(struct dtl_error *err)
{
    const char *term = getenv("TERM");
    if (isatty(STDIN_FILENO) != 1 || isatty(STDOUT_FILENO) != 1)
        return dtl_fail(err, DTL_EUSAGE, 0,
                        "--interactive needs a terminal on standard input and output");
    if (is_dumb(term))
        return dtl_fail(err, DTL_EUSAGE, 0,
                        "--interactive needs a terminal that can place its cursor; TERM is %s%s%s",
                        term && *term ? "'" : "", term && *term ? term : "not set",
                        term && *term ? "'" : "");
    int known = 0;
    bool can = setupterm(term, STDOUT_FILENO, &known) == OK && has_capability("cup");
    if (known == 1)
        del_curterm(cur_term);
    if (!can)
        return dtl_fail(err, DTL_EUSAGE, 0,
                        "--interactive: nothing is known of a terminal called '%.60s', or it "
                        "cannot place its cursor",
                        term);
    return DTL_OK;
}

enum dtl_status dtl_terminal_open(bool color, struct dtl_error *err)
{
    setlocale(LC_CTYPE, "C.UTF-8"); /* what is printed is UTF-8, whatever the locale */
    set_escdelay(ESCAPE_WAIT_MS);
    use_tioctl(TRUE); /* COLUMNS in the environment must not outlive a resize */
    tcgetattr(STDIN_FILENO, &it.before);
    it.screen = newterm(NULL, stdout, stdin);
    if (!it.screen)
        return dtl_fail(err, DTL_EIO, 0, "the terminal cannot be taken: %s", strerror(errno));
    make_leave();
    it.taken = 1;
    catch_signals();
    cbreak();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    intrflush(stdscr, FALSE);
    if (color && has_colors()) {
        start_color();
        use_default_colors();
    }
    struct termios line;
    if (tcgetattr(STDIN_FILENO, &line) == 0) { /* Control-S and -Q, -V and -O are keys here */
        line.c_iflag &= (tcflag_t) ~(IXON | IXOFF);
        line.c_cc[VLNEXT] = line.c_cc[VDISCARD] = _POSIX_VDISABLE;
        tcsetattr(STDIN_FILENO, TCSANOW, &line);
        def_prog_mode();
    }
    for (size_t i = 0; i < sizeof extra_keys / sizeof *extra_keys; i++)
        define_key(extra_keys[i].sequence, extra_keys[i].code);
    put_text(PASTE_ON);
    return DTL_OK;
}

void dtl_terminal_close(void)
{
    if (!it.screen)
        return;
    if (it.taken) {
        put_text(PASTE_OFF);
        endwin();
        it.taken = 0;
        tcsetattr(STDIN_FILENO, TCSANOW, &it.before);
    }
    delscreen(it.screen);
    it.screen = NULL;
}

/* ---- keys ---- */

static const struct {
    int code;
    enum dtl_key key;
} function_keys[] = {
    {KEY_LEFT,      DTL_KEY_LEFT        },
    {KEY_RIGHT,     DTL_KEY_RIGHT       },
    {KEY_HOME,      DTL_KEY_HOME        },
    {KEY_END,       DTL_KEY_END         },
    {KEY_BACKSPACE, DTL_KEY_BACKSPACE   },
    {KEY_DC,        DTL_KEY_DELETE      },
    {KEY_UP,        DTL_KEY_UP          },
    {KEY_DOWN,      DTL_KEY_DOWN        },
    {KEY_PPAGE,     DTL_KEY_PAGE_UP     },
    {KEY_NPAGE,     DTL_KEY_PAGE_DOWN   },
    {KEY_ENTER,     DTL_KEY_OPEN        },
    {KEY_SLEFT,     DTL_KEY_EARLIER     },
    {KEY_SRIGHT,    DTL_KEY_LATER       },
    {KEY_SR,        DTL_KEY_WIDEN       },
    {KEY_SF,        DTL_KEY_NARROW      },
    {KEY_F(1),      DTL_KEY_HELP        },
    {KEY_F(2),      DTL_KEY_SORT        },
    {KEY_F(3),      DTL_KEY_YEAR_EARLIER},
    {KEY_F(4),      DTL_KEY_YEAR_LATER  },
    {KEY_F(5),      DTL_KEY_EARLIER     },
    {KEY_F(6),      DTL_KEY_LATER       },
    {KEY_F(7),      DTL_KEY_NARROW      },
    {KEY_F(8),      DTL_KEY_WIDEN       },
    {KEY_F(9),      DTL_KEY_ANY_DATE    },
    {KEY_RESIZE,    DTL_KEY_RESIZE      },
};

/* Control-A is 1. */
static const enum dtl_key control_keys[32] = {
    [1] = DTL_KEY_HOME,  [2] = DTL_KEY_LEFT,       [4] = DTL_KEY_DELETE,
    [5] = DTL_KEY_END,   [6] = DTL_KEY_RIGHT,      [8] = DTL_KEY_BACKSPACE,
    [10] = DTL_KEY_OPEN, [11] = DTL_KEY_CUT_END,   [12] = DTL_KEY_REDRAW,
    [13] = DTL_KEY_OPEN, [14] = DTL_KEY_NEWER,     [16] = DTL_KEY_OLDER,
    [20] = DTL_KEY_SORT, [21] = DTL_KEY_CUT_START, [23] = DTL_KEY_CUT_WORD,
    [25] = DTL_KEY_YANK, [27] = DTL_KEY_LEAVE,
};

static const struct {
    char letter;
    enum dtl_key key;
} alt_keys[] = {
    {'b', DTL_KEY_WORD_LEFT   },
    {'f', DTL_KEY_WORD_RIGHT  },
    {',', DTL_KEY_EARLIER     },
    {'.', DTL_KEY_LATER       },
    {'<', DTL_KEY_YEAR_EARLIER},
    {'>', DTL_KEY_YEAR_LATER  },
    {'+', DTL_KEY_NARROW      },
    {'=', DTL_KEY_NARROW      },
    {'-', DTL_KEY_WIDEN       },
    {'0', DTL_KEY_ANY_DATE    },
    {'s', DTL_KEY_SORT        },
};

static enum dtl_key function_key(int code)
{
    if (code == PASTE_BEGINS || code == PASTE_BEGINS + 1) {
        it.pasting = code == PASTE_BEGINS;
        return DTL_KEY_NONE;
    }
    if (code > PASTE_BEGINS)
        return (enum dtl_key)(code - PASTE_BEGINS - 2);
    for (size_t i = 0; i < sizeof function_keys / sizeof *function_keys; i++)
        if (function_keys[i].code == code)
            return function_keys[i].key;
    return DTL_KEY_NONE;
}

/* ESC has come: what follows at once came with it, from an Alt key. */
static enum dtl_key after_escape(void)
{
    wint_t c = 0;
    timeout(0);
    int what = get_wch(&c);
    timeout(-1);
    if (what == ERR)
        return DTL_KEY_LEAVE;
    for (size_t i = 0; what == OK && i < sizeof alt_keys / sizeof *alt_keys; i++)
        if (c == (wint_t)alt_keys[i].letter)
            return alt_keys[i].key;
    return DTL_KEY_NONE;
}

struct dtl_key_press dtl_terminal_key(void)
{
    wint_t c = 0;
    int what = ERR;
    for (int errors = 0; what == ERR; errors++) {
        struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
        what = get_wch(&c); /* ERR: a signal, or nobody is there any more */
        if (what == ERR && (errors > ERRORS_MAX || (poll(&in, 1, 0) == 1 && in.revents & POLLHUP)))
            return (struct dtl_key_press){.key = DTL_KEY_GONE};
    }
    if (what == KEY_CODE_YES)
        return (struct dtl_key_press){.key = function_key((int)c)};
    if (c == 127)
        return (struct dtl_key_press){.key = DTL_KEY_BACKSPACE};
    if (c >= 32 || it.pasting)
        return (struct dtl_key_press){.key = DTL_KEY_TEXT, .text = c};
    return (struct dtl_key_press){.key = c == 27 ? after_escape() : control_keys[c]};
}

bool dtl_terminal_key_waits(void)
{
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
    return poll(&in, 1, 0) > 0;
}

/* ---- the pager ---- */

static const char *pager_command(void)
{
    static const char *const names[] = {"DATELINE_PAGER", "PAGER"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *v = getenv(names[i]);
        if (v && *v)
            return v;
    }
    return "less";
}

/* In the child. Not returning at once from a short article is what --quit-if-one-screen unset
 * means. */
static void become_pager(int from)
{
    char options[256];
    const char *less = getenv("LESS");
    snprintf(options, sizeof options, "%.200s -+F", less && *less ? less : "-R");
    setenv("LESS", options, 1);
    setenv("LESSCHARSET", "utf-8", 0);
    signal(SIGINT, SIG_DFL);
    signal(SIGQUIT, SIG_DFL);
    dup2(from, STDIN_FILENO);
    execl("/bin/sh", "sh", "-c", pager_command(), (char *)NULL);
    _exit(127);
}

static void feed(int to, struct dtl_bytes text)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, old;
    sigaction(SIGPIPE, &ignore, &old); /* a pager that is left early reads no more */
    while (text.n > 0) {
        ssize_t n = write(to, text.p, text.n);
        if (n < 0 && errno != EINTR)
            break;
        if (n > 0)
            text = dtl_bytes(text.p + n, text.n - (size_t)n);
    }
    close(to);
    sigaction(SIGPIPE, &old, NULL);
}

enum dtl_status dtl_terminal_page(struct dtl_bytes text, struct dtl_error *err)
{
    int ends[2], how = 0;
    struct sigaction ignore = {.sa_handler = SIG_IGN}, interrupt, quit;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return dtl_fail(err, DTL_EIO, 0, "a pipe to the pager: %s", strerror(errno));
    sigaction(SIGINT, &ignore, &interrupt); /* the pager's while it has the terminal */
    sigaction(SIGQUIT, &ignore, &quit);
    def_prog_mode();
    put_text(PASTE_OFF);
    endwin();
    pid_t child = fork();
    if (child == 0)
        become_pager(ends[0]);
    close(ends[0]);
    if (child > 0)
        feed(ends[1], text);
    else
        close(ends[1]);
    while (child > 0 && waitpid(child, &how, 0) < 0 && errno == EINTR)
        ;
    reset_prog_mode();
    put_text(PASTE_ON);
    clearok(stdscr, TRUE);
    refresh();
    sigaction(SIGINT, &interrupt, NULL);
    sigaction(SIGQUIT, &quit, NULL);
    if (child < 0)
        return dtl_fail(err, DTL_EIO, 0, "the pager could not be started");
    if (WIFEXITED(how) && (WEXITSTATUS(how) == 126 || WEXITSTATUS(how) == 127))
        return dtl_fail(err, DTL_EIO, 0, "the pager '%.100s' could not be started",
                        pager_command());
    return DTL_OK;
}
