/* The sandbox, in children of this test: what is named works, nothing else does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/sandbox.h"
#include "tests/unit/temp_dir.h"

static char *dir;
static char inside[256], other[256], input[256];

static void write_file(const char *name, const char *text)
{
    FILE *f = fopen(name, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static int set_up(void **state)
{
    (void)state;
    dir = temp_dir_make();
    snprintf(inside, sizeof inside, "%s/index", dir);
    snprintf(input, sizeof input, "%s/input.txt", dir);
    snprintf(other, sizeof other, "%s/secret.txt", dir);
    assert_int_equal(mkdir(inside, 0700), 0);
    write_file(input, "x");
    write_file(other, "x");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    temp_dir_remove(dir);
    return 0;
}

static int fails_with(bool failed)
{
    return failed ? errno : 0;
}

static int opens(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC, 0600), why = fails_with(fd < 0);
    if (fd >= 0)
        close(fd);
    return why;
}

/* The exit status of a child that is closed in and then runs `what`. */
static int closed_in(int (*what)(void), bool exec)
{
    pid_t child = fork();
    if (child == 0) {
        struct dtl_sandbox_path paths[] = {
            {inside,          true },
            {input,           false},
            {"/no/such/path", false},
        };
        dtl_sandbox(paths, 3, exec);
        _exit(what());
    }
    int status = 0;
    assert_true(child > 0 && waitpid(child, &status, 0) == child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int read_named(void)
{
    return opens(input, O_RDONLY);
}
static int write_named_for_reading(void)
{
    return opens(input, O_WRONLY);
}
static int read_another(void)
{
    return opens(other, O_RDONLY);
}
static int read_passwords(void)
{
    return opens("/etc/passwd", O_RDONLY);
}
static int create_inside(void)
{
    char from[300], to[300];
    snprintf(from, sizeof from, "%s/a", inside);
    snprintf(to, sizeof to, "%s/b", inside);
    int why = opens(from, O_RDWR | O_CREAT | O_TRUNC);
    why = why ? why : fails_with(rename(from, to) != 0);
    why = why ? why : fails_with(truncate(to, 1) != 0);
    return why ? why : fails_with(unlink(to) != 0);
}
static int create_outside(void)
{
    char name[300];
    snprintf(name, sizeof name, "%s/new", dir);
    return opens(name, O_RDWR | O_CREAT);
}
static int make_socket(void)
{
    return fails_with(socket(AF_UNIX, SOCK_STREAM, 0) < 0);
}
static int start_program(void)
{
    pid_t child = fork();
    if (child == 0) {
        execl("/usr/bin/true", "true", (char *)NULL);
        _exit(errno);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child)
        return 98;
    return WEXITSTATUS(status);
}

static bool has_landlock(void)
{
    return strncmp(dtl_sandbox_offered(), "landlock", 8) == 0;
}

static void opens_what_is_named_and_nothing_else(void **state)
{
    (void)state;
    if (!has_landlock())
        skip();
    assert_int_equal(closed_in(read_named, false), 0);
    assert_int_equal(closed_in(write_named_for_reading, false), EACCES);
    assert_int_equal(closed_in(read_another, false), EACCES);
    assert_int_equal(closed_in(read_passwords, false), EACCES);
    assert_int_equal(closed_in(create_inside, false), 0);
    assert_int_equal(closed_in(create_outside, false), EACCES);
}

static void reaches_no_network_and_starts_no_program(void **state)
{
    (void)state;
    if (strcmp(dtl_sandbox_offered(), "none") == 0)
        skip();
    assert_int_equal(closed_in(make_socket, false), EPERM);
    assert_int_equal(closed_in(start_program, false), EPERM);
    assert_int_equal(closed_in(make_socket, true), EPERM);
    assert_int_equal(closed_in(start_program, true), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_what_is_named_and_nothing_else),
        cmocka_unit_test(reaches_no_network_and_starts_no_program),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
