/*
 * process.c - start-up hygiene, messages, and the end of standard output.
 *
 * Why here: cron runs the indexer with closed descriptors and LC_ALL=C, a wrapper pipes the query
 * into head, an article's title reaches every message. Both programs meet all of it, so neither
 * decides for itself.
 */
#include "common/base/process.h"

#include "common/base/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <unistd.h>

static const char *program_name = "dateline";
static bool lacked[3];

void dtl_process_start(const char *program)
{
    program_name = program;
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF) {
            lacked[fd] = true;
            (void)!open("/dev/null",
                        fd ? O_WRONLY : O_RDONLY); /* takes the lowest free number: fd */
        }
    if (getauxval(AT_SECURE)) {
        dtl_say("refuses to run with the rights of another user (set-uid)");
        exit(3);
    }
    signal(SIGXFSZ, SIG_IGN);
    unsetenv("XML_CATALOG_FILES");
    unsetenv("ICU_DATA");
}

bool dtl_process_lacked(int fd)
{
    return fd >= 0 && fd <= 2 && lacked[fd];
}

void dtl_process_locale(void)
{
    if (!setlocale(LC_CTYPE, "C.UTF-8"))
        setlocale(LC_CTYPE, "C");
}

/* The same without memory: what is not plain ASCII becomes a question mark. */
static void say_plainly(const char *text)
{
    char line[1024];
    size_t n = (size_t)snprintf(line, sizeof line, "%.60s: %.900s", program_name, text);
    for (size_t i = 0; i < n; i++)
        if (line[i] < 0x20 || line[i] > 0x7e)
            line[i] = '?';
    line[n] = '\n';
    ssize_t written = write(STDERR_FILENO, line, n + 1);
    (void)written; /* there is nobody left to tell */
}

_Noreturn void dtl_process_out_of_memory(void)
{
    say_plainly("out of memory");
    _exit(4);
}

static void say_bytes(const char *text)
{
    struct dtl_buffer line = {0};
    dtl_buffer_text(&line, program_name);
    dtl_buffer_text(&line, ": ");
    dtl_utf8_sanitise(&line, dtl_bytes_of(text), false);
    dtl_buffer_byte(&line, '\n');
    if (line.failed)
        say_plainly(text);
    else
        fwrite(line.p, 1, line.n, stderr);
    dtl_buffer_release(&line);
}

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define SANITIZED 1
#elif defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

void dtl_process_limit_data(uint64_t bytes)
{
#ifdef SANITIZED
    (void)bytes;
#else
    struct rlimit limit;
    if (getrlimit(RLIMIT_DATA, &limit) != 0 || limit.rlim_cur <= bytes)
        return;
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_DATA, &limit); /* where it is refused, it is as it was */
#endif
}

void dtl_say(const char *fmt, ...)
{
    char *text = NULL;
    va_list ap;
    va_start(ap, fmt);
    int n = vasprintf(&text, fmt, ap);
    va_end(ap);
    if (n >= 0) {
        say_bytes(text);
        free(text);
        return;
    }
    char part[900]; /* no memory for all of it */
    va_start(ap, fmt);
    vsnprintf(part, sizeof part, fmt, ap);
    va_end(ap);
    say_plainly(part);
}

int dtl_say_error(const struct dtl_error *err)
{
    say_bytes(err->text[0] ? err->text : dtl_status_text(err->code));
    return dtl_status_exit(err->code);
}

/* Levenshtein distance of two short words; stops counting at 99. */
static size_t edits(const char *a, const char *b)
{
    enum { MAX = 64 };
    size_t n = strlen(a), m = strlen(b), row[MAX + 1];
    if (n > MAX || m > MAX)
        return 99;
    for (size_t j = 0; j <= m; j++)
        row[j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t change = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            size_t best = change < row[j] + 1 ? change : row[j] + 1;
            row[j] = best < row[j - 1] + 1 ? best : row[j - 1] + 1;
        }
    }
    return row[m];
}

const char *dtl_nearest(const char *word, const char *const *list, size_t n)
{
    const char *best = NULL;
    size_t least = strlen(word) < 5 ? 2 : 3; /* must be below */
    for (size_t i = 0; i < n; i++) {
        size_t d = edits(word, list[i]);
        if (d < least) {
            least = d;
            best = list[i];
        }
    }
    return best;
}

bool dtl_write_whole(int fd, struct dtl_bytes data)
{
    while (data.n > 0) {
        ssize_t n = write(fd, data.p, data.n);
        if (n < 0 && errno != EINTR)
            return false;
        if (n > 0)
            data = dtl_bytes(data.p + n, data.n - (size_t)n);
    }
    return true;
}

void dtl_put(struct dtl_bytes data)
{
    if (data.n)
        fwrite(data.p, 1, data.n, stdout);
}

static bool lacking; /* memory for what was to be put out */

void dtl_put_buffer(const struct dtl_buffer *b)
{
    if (b->failed)
        lacking = true;
    else
        dtl_put(dtl_buffer_view(b));
}

int dtl_finish_output(void)
{
    if (lacking) {
        (void)fflush(stdout);
        dtl_say("out of memory: the output is not whole");
        return 4;
    }
    bool failed = ferror(stdout) != 0;
    errno = 0;
    if (fflush(stdout) != 0 || failed) {
        int why = errno;
        dtl_say("cannot write the output: %s", why ? strerror(why) : "write failed");
        return 4;
    }
    if (fclose(stdout) != 0) {
        dtl_say("cannot write the output: %s", strerror(errno));
        return 4;
    }
    return 0;
}

bool dtl_number_of(const char *text, uint64_t max, uint64_t *value)
{
    uint64_t v = 0;
    if (!*text)
        return false;
    for (const char *p = text; *p; p++) {
        if (*p < '0' || *p > '9' || v > (UINT64_MAX - 9) / 10)
            return false;
        v = v * 10 + (uint64_t)(*p - '0');
    }
    if (v > max)
        return false;
    *value = v;
    return true;
}

bool dtl_size_of(const char *text, uint64_t *bytes)
{
    char digits[24];
    size_t n = strspn(text, "0123456789");
    if (!n || n >= sizeof digits)
        return false;
    memcpy(digits, text, n);
    digits[n] = 0;
    uint64_t v = 0;
    unsigned shift = 0;
    const char *unit = text + n;
    if (*unit) {
        static const char units[] = "kmgt";
        const char *u = strchr(units, *unit | 0x20);
        if (!u || (unit[1] && strcasecmp(unit + 1, "b") != 0 && strcasecmp(unit + 1, "ib") != 0))
            return false;
        shift = 10u * (unsigned)(u - units + 1);
    }
    if (!dtl_number_of(digits, UINT64_MAX >> shift, &v))
        return false;
    *bytes = v << shift;
    return true;
}
