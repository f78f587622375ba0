/* One writer, many readers: who waits, who is told, what a killed one leaves behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

static int pipes[2];

static void ready(void)
{
    if (write(pipes[1], "r", 1) != 1)
        _exit(90);
}

static void await_ready(void)
{
    char c;
    assert_int_equal(read(pipes[0], &c, 1), 1);
}

static void ended(pid_t pid, int status)
{
    int got = 0;
    assert_int_equal(waitpid(pid, &got, 0), pid);
    assert_true(WIFEXITED(got));
    assert_int_equal(WEXITSTATUS(got), status);
}

static pid_t hold_the_lock(struct fixture *f, double seconds)
{
    pid_t pid = fork();
    if (pid == 0) {
        struct dtl_error err = {0};
        if (fixture_open(f, true, &err) != DTL_OK)
            _exit(1);
        ready();
        dtl_nap(seconds);
        fixture_close(f);
        _exit(0);
    }
    await_ready();
    return pid;
}

static void a_second_writer_is_told_who_works_and_since_when(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    struct dtl_error err = {0};
    char words[64];
    pid_t pid = hold_the_lock(&f, 60);
    assert_int_equal(fixture_open(&f, true, &err), DTL_EBUSY);
    snprintf(words, sizeof words, "another run (pid %ld, since 2", (long)pid);
    if (!strstr(err.text, words) || !strstr(err.text, ") is at work"))
        fail_msg("%s", err.text);
    kill(pid, SIGKILL); /* the kernel gives the lock back at once */
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    must(fixture_open(&f, true, ERR));
    fixture_remove(&f);
}

static void a_writer_waits_as_long_as_it_was_told(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    struct dtl_store_options o = fixture_options(true);
    struct dtl_error err = {0};
    pid_t pid = hold_the_lock(&f, 1);
    double begun = dtl_monotonic();
    o.wait_seconds = 0.2;
    assert_int_equal(dtl_store_open(&f.s, f.dir, &o, &err), DTL_EBUSY);
    assert_true(dtl_monotonic() - begun >= 0.2);
    o.wait_seconds = -1;
    must(dtl_store_open(&f.s, f.dir, &o, ERR));
    ended(pid, 0);
    fixture_remove(&f);
}

static void readers_work_beside_a_writer_and_each_sees_one_generation(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    struct dtl_segment_facts facts;
    pid_t reader[4];
    must(fixture_open(&f, true, ERR));
    fixture_close(&f);
    for (int i = 0; i < 4; i++)
        if ((reader[i] = fork()) == 0) {
            struct dtl_error err = {0};
            uint64_t last = 0;
            for (int n = 0; n < 200 && last < 20; n++) {
                struct dtl_snapshot *snap = NULL;
                if (fixture_open(&f, false, &err) != DTL_OK)
                    _exit(1);
                for (int k = 0; k < 5; k++) {
                    if (dtl_snapshot_open(f.s, &snap, &err) != DTL_OK)
                        _exit(2);
                    /* generation n has segments of 1, 2, ... n documents */
                    uint64_t g = snap->generation;
                    if (snap->segments != g || snap->docs != g * (g + 1) / 2 || g < last)
                        _exit(3);
                    last = g;
                    dtl_snapshot_close(snap);
                    dtl_nap(0.002);
                }
                fixture_close(&f);
            }
            _exit(0);
        }
    must(fixture_open(&f, true, ERR));
    for (uint32_t n = 1; n <= 20; n++)
        must(fixture_publish(f.s, (dtl_day)n, n, 50000, &facts, ERR));
    for (int i = 0; i < 4; i++)
        ended(reader[i], 0);
    fixture_remove(&f);
}

/* Fill all slots of the reader table from children that are then killed: their slots must come
 * back. */
static void slots_of_killed_readers_are_freed_when_all_are_taken(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    must(fixture_open(&f, true, ERR));
    fixture_close(&f);
    must(fixture_open(&f, false, ERR)); /* keeps the table from being reset */
    for (int round = 0; round < 2; round++) {
        pid_t pid = fork();
        if (pid == 0) {
            struct dtl_error err = {0};
            MDB_txn *txn;
            f.s = NULL; /* the parent's environment is not ours */
            if (fixture_open(&f, false, &err) != DTL_OK)
                _exit(1);
            for (unsigned i = 0; i < DTL_MAX_READERS - 2; i++)
                if (mdb_txn_begin(f.s->env, NULL, MDB_RDONLY, &txn) != 0)
                    _exit(2);
            ready();
            pause();
        }
        await_ready();
        struct dtl_snapshot *snap[4] = {0};
        struct dtl_error err = {0};
        enum dtl_status st = DTL_OK;
        int n = 0;
        while (n < 4 && (st = dtl_snapshot_open(f.s, &snap[n], &err)) == DTL_OK)
            n++;
        if (round == 0) {
            assert_int_equal(st, DTL_EBUSY); /* alive: they keep their slots */
            assert_non_null(strstr(err.text, "reader slots"));
        }
        while (n)
            dtl_snapshot_close(snap[--n]);
        kill(pid, SIGKILL);
        assert_int_equal(waitpid(pid, NULL, 0), pid);
        for (n = 0; n < 4; n++)
            must(dtl_snapshot_open(f.s, &snap[n], ERR));
        while (n)
            dtl_snapshot_close(snap[--n]);
    }
    fixture_remove(&f);
}

static void a_reader_with_a_small_map_follows_the_file(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    struct dtl_segment_facts facts;
    struct dtl_snapshot *snap = NULL;
    struct dtl_error err = {0};
    int ready_now[2];
    char c;
    must(fixture_open(&f, true, ERR));
    fixture_close(&f);
    assert_int_equal(pipe(ready_now), 0);
    pid_t pid = fork();
    if (pid == 0) {
        if (read(ready_now[0], &c, 1) != 1 || fixture_open(&f, true, &err) != DTL_OK ||
            fixture_publish(f.s, 1, 1, 9000000, &facts, &err) != DTL_OK)
            _exit(1);
        fixture_close(&f);
        _exit(0);
    }
    must(fixture_open(&f, false, ERR));
    f.s->map_bytes = 1 << 20; /* as under `ulimit -v` */
    assert_int_equal(mdb_env_set_mapsize(f.s->env, f.s->map_bytes), 0);
    must(dtl_snapshot_open(f.s, &snap, ERR));
    assert_int_equal(snap->docs, 0);
    assert_int_equal(write(ready_now[1], "g", 1), 1);
    ended(pid, 0);
    struct dtl_snapshot *second = NULL; /* the map cannot move under an open snapshot */
    assert_int_equal(dtl_snapshot_open(f.s, &second, &err), DTL_EBUSY);
    dtl_snapshot_close(snap);
    must(dtl_snapshot_open(f.s, &snap, ERR));
    assert_int_equal(snap->docs, 1);
    assert_true(f.s->map_bytes >= 16 << 20);
    dtl_snapshot_close(snap);
    fixture_remove(&f);
}

static void the_flags_that_lose_commits_are_never_set(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    for (int write = 1; write >= 0; write--) {
        unsigned flags = 0;
        must(fixture_open(&f, write, ERR));
        assert_int_equal(mdb_env_get_flags(f.s->env, &flags), 0);
        assert_int_equal(flags & DTL_ENV_NEVER, 0);
        assert_int_equal(flags & (MDB_NOTLS | MDB_NORDAHEAD), MDB_NOTLS | MDB_NORDAHEAD);
        assert_int_equal(!(flags & MDB_RDONLY), write);
        fixture_close(&f);
    }
    fixture_remove(&f);
}

static void no_descriptor_is_left_for_children(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    must(fixture_open(&f, true, ERR));
    mdb_filehandle_t fd = -1;
    assert_int_equal(mdb_env_get_fd(f.s->env, &fd), 0);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    assert_true(fcntl(f.s->dir_fd, F_GETFD) & FD_CLOEXEC);
    assert_true(fcntl(f.s->writer_fd, F_GETFD) & FD_CLOEXEC);
    fixture_remove(&f);
}

/* kill -9 anywhere in a run: what was published stays, the rest leaves no trace. */
static void a_writer_killed_at_any_moment_loses_nothing_published(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    const char *given = getenv("SEED");
    unsigned seed = given ? (unsigned)strtoul(given, NULL, 10) : 1;
    print_message("SEED=%u\n", seed);
    srandom(seed);
    must(fixture_open(&f, true, ERR));
    fixture_close(&f);
    uint64_t acknowledged = 0;
    for (int round = 0; round < 40; round++) {
        int acks[2];
        char c;
        assert_int_equal(pipe(acks), 0);
        pid_t pid = fork();
        if (pid == 0) {
            struct dtl_segment_facts facts;
            struct dtl_error err = {0};
            if (fixture_open(&f, true, &err) != DTL_OK)
                _exit(1);
            for (;;) {
                if (fixture_publish(f.s, round, 1, 3000, &facts, &err) != DTL_OK)
                    _exit(2);
                if (write(acks[1], "a", 1) != 1)
                    _exit(3);
            }
        }
        close(acks[1]);
        dtl_nap(0.001 * (double)(random() % 60));
        kill(pid, SIGKILL);
        int status = 0;
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFSIGNALED(status));
        while (read(acks[0], &c, 1) == 1)
            acknowledged++;
        close(acks[0]);
        struct dtl_snapshot *snap = NULL;
        must(fixture_open(&f, round % 2, ERR));
        must(dtl_snapshot_open(f.s, &snap, ERR));
        assert_in_range(snap->generation, acknowledged, acknowledged + 1);
        acknowledged = snap->generation;
        assert_int_equal(snap->docs, acknowledged);
        dtl_snapshot_close(snap);
        if (round % 2)
            must(dtl_store_check(f.s, fixture_print, NULL, ERR));
        fixture_close(&f);
    }
    fixture_remove(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_second_writer_is_told_who_works_and_since_when),
        cmocka_unit_test(a_writer_waits_as_long_as_it_was_told),
        cmocka_unit_test(readers_work_beside_a_writer_and_each_sees_one_generation),
        cmocka_unit_test(slots_of_killed_readers_are_freed_when_all_are_taken),
        cmocka_unit_test(a_reader_with_a_small_map_follows_the_file),
        cmocka_unit_test(the_flags_that_lose_commits_are_never_set),
        cmocka_unit_test(no_descriptor_is_left_for_children),
        cmocka_unit_test(a_writer_killed_at_any_moment_loses_nothing_published),
    };
    if (pipe(pipes) != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
