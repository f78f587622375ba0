/* A query's time: asked for, and where nobody asks, ended by a signal with a line and status 2. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "query/limit.h"

#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void is_over_when_asked(void **state)
{
    struct dtl_error err = {0};
    (void)state;
    assert_false(dtl_limit_over(NULL));
    dtl_limit_begin(3600);
    assert_false(dtl_limit_over(NULL));
    dtl_limit_begin(0.000001); /* a batch's next line begins anew */
    struct timespec moment = {.tv_nsec = 1000000};
    nanosleep(&moment, NULL);
    assert_true(dtl_limit_over(NULL));
    assert_int_equal(dtl_limit_fail(&err), DTL_ELIMIT);
    assert_non_null(strstr(err.text, "longer than 1e-06 s"));
    dtl_limit_end();
    assert_false(dtl_limit_over(NULL));
    dtl_limit_begin(0); /* without a limit */
    assert_false(dtl_limit_over(NULL));
}

static void ends_who_does_not_ask(void **state)
{
    char text[512];
    int pipe_of[2], status;
    (void)state;
    assert_int_equal(pipe(pipe_of), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(pipe_of[1], STDERR_FILENO);
        dtl_limit_begin(0.01);
        for (;;)
            pause();
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    ssize_t n = read(pipe_of[0], text, sizeof text - 1);
    assert_true(n > 0);
    text[n] = 0;
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 2);
    assert_non_null(strstr(text, "dateline-query: the query took longer than 0.01 s"));
    assert_int_equal(text[n - 1], '\n');
    close(pipe_of[0]);
    close(pipe_of[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_over_when_asked),
        cmocka_unit_test(ends_who_does_not_ask),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
