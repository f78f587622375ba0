/* Figures, backup, shrinking, and a disk that is full. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store_fixture.h"

#include <dirent.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>

/* Ten segments, nine of them dropped: a file that is mostly free pages. */
static void fill_and_drop(struct fixture *f)
{
    struct dtl_segment_facts a;
    must(fixture_open(f, true, ERR));
    for (int i = 0; i < 10; i++) {
        must(fixture_publish(f->s, i, 3, 200000, &a, ERR));
        if (i == 9)
            break;
        struct dtl_segment_name drop = {i, a.serial};
        must(dtl_writer_publish(f->s, &(struct dtl_publication){.drop = &drop, .drops = 1}, ERR));
    }
}

static void expect_docs(struct fixture *f, uint64_t docs)
{
    struct dtl_snapshot *snap = NULL;
    must(dtl_snapshot_open(f->s, &snap, ERR));
    assert_int_equal(snap->docs, docs);
    dtl_snapshot_close(snap);
}

static size_t entries_of(const char *dir)
{
    size_t n = 0;
    DIR *d = opendir(dir);
    assert_non_null(d);
    while (readdir(d))
        n++;
    closedir(d);
    return n - 2;
}

static void figures_tell_used_free_and_readers(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    struct dtl_snapshot *snap = NULL;
    struct dtl_store_figures before, after;
    fill_and_drop(&f);
    must(dtl_snapshot_open(f.s, &snap, ERR));
    must(dtl_store_measure(snap, &before, ERR));
    dtl_snapshot_close(snap);
    must(dtl_writer_sweep(f.s, ERR));
    must(dtl_snapshot_open(f.s, &snap, ERR));
    must(dtl_store_measure(snap, &after, ERR));
    dtl_snapshot_close(snap);
    assert_true(before.used_bytes > after.used_bytes + 1000000);
    assert_true(after.free_bytes > before.free_bytes + 1000000);
    assert_true(after.file_bytes >= after.used_bytes);
    assert_int_equal(after.article_bytes, 3000);
    assert_int_equal(after.source_files, 0);
    assert_int_equal(after.readers, 0);

    int ready[2], status = 0;
    char c;
    assert_int_equal(pipe(ready), 0);
    pid_t pid = fork();
    if (pid == 0) {
        f.s = NULL;
        if (fixture_open(&f, false, NULL) != DTL_OK ||
            dtl_snapshot_open(f.s, &snap, NULL) != DTL_OK || write(ready[1], "r", 1) != 1)
            _exit(1);
        pause();
    }
    assert_int_equal(read(ready[0], &c, 1), 1);
    for (int i = 0; i < 5; i++)
        must(dtl_writer_publish(f.s, &(struct dtl_publication){0}, ERR));
    must(dtl_snapshot_open(f.s, &snap, ERR));
    must(dtl_store_measure(snap, &after, ERR));
    dtl_snapshot_close(snap);
    assert_int_equal(after.readers, 1);
    assert_int_equal(after.oldest_reader_lag, 5);
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    fixture_remove(&f);
}

static void a_backup_is_a_small_private_index_of_the_same_content(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    struct dtl_error err = {0};
    struct stat st, original;
    fill_and_drop(&f);
    must(dtl_writer_sweep(f.s, ERR));
    char *dest = temp_dir_path(f.temp, "backup/"), *live = f.dir;
    must(dtl_store_backup(f.s, dest, ERR));
    assert_int_equal(dtl_store_backup(f.s, dest, &err), DTL_EREFUSED);
    assert_non_null(strstr(err.text, "exists already"));
    char *nowhere = temp_dir_path(f.temp, "no/such/parent");
    assert_int_equal(dtl_store_backup(f.s, nowhere, &err), DTL_EIO);
    free(nowhere);
    assert_int_equal(entries_of(f.temp), 2);
    char *data = temp_dir_path(f.dir, DTL_FILE_DATA);
    assert_int_equal(stat(data, &original), 0);
    free(data);
    expect_docs(&f, 3);
    fixture_close(&f);

    f.dir = dest;
    data = temp_dir_path(f.dir, DTL_FILE_DATA);
    assert_int_equal(stat(data, &st), 0);
    free(data);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_true(st.st_size < original.st_size / 2);
    must(fixture_open(&f, false, ERR));
    expect_docs(&f, 3);
    fixture_close(&f);
    must(fixture_open(&f, true, ERR)); /* and it can be worked with */
    expect_docs(&f, 3);
    must(dtl_store_check(f.s, fixture_print, NULL, ERR));
    fixture_close(&f);
    free(dest);
    f.dir = live;
    fixture_remove(&f);
}

static void a_backup_is_taken_while_a_writer_has_a_transaction_open(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    struct dtl_segment_facts a;
    struct dtl_group_use use;
    int status = 0;
    fill_and_drop(&f);
    must(fixture_segment(f.s, 30, 1, 100, 0, 600, &use, &a, ERR)); /* an open batch */
    pid_t pid = fork();
    if (pid == 0) {
        char *dest = temp_dir_path(f.temp, "backup");
        f.s = NULL;
        _exit(fixture_open(&f, false, NULL) == DTL_OK && dtl_store_backup(f.s, dest, NULL) == DTL_OK
                  ? 0
                  : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    fixture_remove(&f);
}

static void a_damaged_index_is_not_backed_up_in_silence(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    struct dtl_error err = {0};
    struct dtl_segment_facts a;
    must(fixture_open(&f, true, ERR));
    must(fixture_publish(f.s, 5, 3, 20000, &a, ERR));
    fixture_close(&f);
    char *data = temp_dir_path(f.dir, DTL_FILE_DATA), *dest = temp_dir_path(f.temp, "backup");
    struct dtl_arena arena = {0};
    struct dtl_bytes want =
        fixture_noise(&arena, 64, (uint64_t)a.serial << 32 | DTL_PART_POSTINGS << 8);
    FILE *io = fopen(data, "r+b");
    assert_non_null(io);
    static uint8_t p[1 << 20];
    size_t n = fread(p, 1, sizeof p, io);
    uint8_t *hit = memmem(p, n, want.p, want.n);
    assert_non_null(hit);
    fseek(io, hit - p, SEEK_SET);
    fputc(*hit ^ 1, io);
    fclose(io);
    must(fixture_open(&f, false, ERR));
    assert_int_equal(dtl_store_backup(f.s, dest, &err), DTL_ECORRUPT);
    assert_non_null(strstr(err.text, "grains are damaged"));
    assert_int_equal(entries_of(f.temp), 1);
    fixture_close(&f);
    dtl_arena_release(&arena);
    free(data);
    free(dest);
    fixture_remove(&f);
}

static void shrinking_gives_free_pages_back(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    struct stat before, after;
    fill_and_drop(&f);
    must(dtl_writer_sweep(f.s, ERR));
    char *data = temp_dir_path(f.dir, DTL_FILE_DATA);
    assert_int_equal(stat(data, &before), 0);
    must(dtl_store_shrink(f.s, ERR));
    f.s = NULL;
    assert_int_equal(stat(data, &after), 0);
    assert_true(after.st_size < before.st_size / 2);
    assert_int_equal(after.st_mode, before.st_mode);
    must(fixture_open(&f, true, ERR));
    expect_docs(&f, 3);
    struct dtl_segment_facts a;
    must(fixture_publish(f.s, 50, 4, 100, &a, ERR));
    expect_docs(&f, 7);
    free(data);
    fixture_remove(&f);
}

static void shrinking_waits_for_readers_and_leaves_the_index_when_they_stay(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    struct dtl_error err = {0};
    int ready[2];
    char c;
    fill_and_drop(&f);
    for (int stays = 1; stays >= 0; stays--) {
        assert_int_equal(pipe(ready), 0);
        pid_t pid = fork();
        if (pid == 0) {
            struct dtl_snapshot *snap = NULL;
            f.s = NULL;
            if (fixture_open(&f, false, NULL) != DTL_OK ||
                dtl_snapshot_open(f.s, &snap, NULL) != DTL_OK || write(ready[1], "r", 1) != 1)
                _exit(1);
            dtl_nap(stays ? 60 : 0.5);
            struct dtl_arena arena = {0};
            struct dtl_bytes v;
            if (dtl_part_view(&snap->segment[0].part[DTL_PART_POSTINGS], 0, 100000, &arena, &v,
                              NULL) != DTL_OK)
                _exit(2);
            dtl_arena_release(&arena);
            dtl_snapshot_close(snap);
            fixture_close(&f);
            _exit(0);
        }
        assert_int_equal(read(ready[0], &c, 1), 1);
        f.s->swap_seconds = stays ? 0.3 : 30;
        enum dtl_status st = dtl_store_shrink(f.s, &err);
        f.s = NULL;
        assert_int_equal(st, stays ? DTL_EBUSY : DTL_OK);
        int status = 0;
        if (stays)
            kill(pid, SIGKILL);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        if (!stays)
            assert_int_equal(status, 0);
        must(fixture_open(&f, true, ERR));
        expect_docs(&f, 3);
        assert_int_equal(entries_of(f.dir), 4); /* no temporary file is left */
        close(ready[0]);
        close(ready[1]);
    }
    fixture_remove(&f);
}

static void readers_that_open_while_the_file_is_swapped_see_one_or_the_other(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    pid_t reader[3];
    fill_and_drop(&f);
    fixture_close(&f);
    for (int i = 0; i < 3; i++)
        if ((reader[i] = fork()) == 0) {
            double until = dtl_monotonic() + 2;
            while (dtl_monotonic() < until) {
                struct dtl_snapshot *snap = NULL;
                struct dtl_error err = {0};
                if (fixture_open(&f, false, &err) != DTL_OK ||
                    dtl_snapshot_open(f.s, &snap, &err) != DTL_OK || snap->docs != 3) {
                    fprintf(stderr, "%s\n", err.text);
                    _exit(1);
                }
                dtl_snapshot_close(snap);
                fixture_close(&f);
                dtl_nap(0.001);
            }
            _exit(0);
        }
    for (int i = 0; i < 5; i++) {
        must(fixture_open(&f, true, ERR));
        must(dtl_store_shrink(f.s, ERR));
        f.s = NULL;
    }
    for (int i = 0; i < 3; i++) {
        int status = 0;
        assert_int_equal(waitpid(reader[i], &status, 0), reader[i]);
        assert_int_equal(status, 0);
    }
    fixture_remove(&f);
}

/* ---- a full disk ---- */

static void too_little_room_is_said_before_anything_is_written(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    struct dtl_error err = {0};
    struct dtl_segment_facts a;
    must(fixture_open(&f, true, ERR));
    must(fixture_publish(f.s, 5, 3, 20000, &a, ERR));
    f.s->reserve_bytes = UINT64_MAX / 4;
    assert_int_equal(fixture_publish(f.s, 6, 3, 20000, &a, &err), DTL_EFULL);
    assert_non_null(strstr(err.text, "disk full"));
    fixture_close(&f);
    must(fixture_open(&f, true, ERR));
    f.s->reserve_bytes = UINT64_MAX / 4; /* removing is let through: it makes room */
    struct dtl_segment_name drop = {5, 1};
    must(dtl_writer_publish(f.s, &(struct dtl_publication){.drop = &drop, .drops = 1}, ERR));
    must(dtl_writer_sweep(f.s, ERR));
    f.s->reserve_bytes = 0;
    expect_docs(&f, 0);
    fixture_remove(&f);
}

static int fill_disk(struct fixture *f, uint32_t *published)
{
    struct dtl_error err = {0};
    if (fixture_open(f, true, &err) != DTL_OK)
        return 1;
    f->s->reserve_off = true;
    for (int day = 0; day < 10000; day++) {
        struct dtl_segment_facts a;
        enum dtl_status st = fixture_publish(f->s, day, 1, 100000, &a, &err);
        if (st == DTL_OK) {
            ++*published;
            continue;
        }
        if (st != DTL_EFULL || (!strstr(err.text, "disk full") && !strstr(err.text, "ulimit -f")))
            return fprintf(stderr, "%d %s\n", st, err.text), 2;
        if (fixture_publish(f->s, day, 1, 10, &a, &err) != DTL_EIO) /* dead from here on */
            return 3;
        fixture_close(f);
        break;
    }
    struct dtl_snapshot *snap = NULL;
    if (fixture_open(f, false, &err) != DTL_OK || dtl_snapshot_open(f->s, &snap, &err) != DTL_OK)
        return 4;
    int code = snap->docs == *published ? 0 : 5;
    dtl_snapshot_close(snap);
    if (dtl_store_check(f->s, fixture_print, NULL, &err) != DTL_OK)
        return 6;
    fixture_close(f);
    return code;
}

static void a_full_disk_loses_nothing_and_is_called_by_its_name(void **state)
{
    (void)state;
    if (geteuid() != 0) {
        print_message("skipped: a small file system needs root\n");
        skip();
    }
    for (int kb = 300; kb <= 3000; kb += 300) {
        struct fixture f = fixture_make();
        char size[32];
        uint32_t published = 0;
        snprintf(size, sizeof size, "size=%dk", kb);
        assert_int_equal(mkdir(f.dir, 0700), 0);
        if (mount("none", f.dir, "tmpfs", 0, size) != 0) {
            print_message("skipped: mounting is not allowed here\n");
            fixture_remove(&f);
            skip();
        }
        assert_int_equal(chmod(f.dir, 0700), 0);
        int code = fill_disk(&f, &published);
        fixture_close(&f);
        umount(f.dir);
        if (code)
            fail_msg("%d KB: step %d", kb, code);
        f.s = NULL;
        fixture_remove(&f);
    }
}

static void a_file_size_limit_is_a_full_disk_and_no_signal(void **state)
{
    (void)state;
    struct fixture f = fixture_make();
    int status = 0;
    must(fixture_open(&f, true, ERR));
    fixture_close(&f);
    pid_t pid = fork();
    if (pid == 0) {
        uint32_t published = 0;
        struct rlimit limit = {500000, 500000};
        dtl_store_guard("test");
        setrlimit(RLIMIT_FSIZE, &limit);
        _exit(fill_disk(&f, &published));
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    must(fixture_open(&f, true, ERR));
    fixture_remove(&f);
}

static void a_small_address_space_halves_the_map(void **state)
{
    (void)state;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    print_message("skipped: a sanitizer needs the address space\n");
    skip();
#else
    struct fixture f = fixture_make();
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        struct rlimit limit = {(rlim_t)2 << 30, (rlim_t)2 << 30};
        struct dtl_segment_facts a;
        setrlimit(RLIMIT_AS, &limit);
        if (fixture_open(&f, true, NULL) != DTL_OK || f.s->map_bytes >= (size_t)2 << 30 ||
            fixture_publish(f.s, 5, 3, 9000000, &a, NULL) != DTL_OK)
            _exit(1);
        fixture_close(&f);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    must(fixture_open(&f, true, ERR)); /* the full map again */
    assert_int_equal(f.s->map_bytes, DTL_MAP_BYTES);
    expect_docs(&f, 3);
    fixture_remove(&f);
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_tell_used_free_and_readers),
        cmocka_unit_test(a_backup_is_a_small_private_index_of_the_same_content),
        cmocka_unit_test(a_backup_is_taken_while_a_writer_has_a_transaction_open),
        cmocka_unit_test(a_damaged_index_is_not_backed_up_in_silence),
        cmocka_unit_test(shrinking_gives_free_pages_back),
        cmocka_unit_test(shrinking_waits_for_readers_and_leaves_the_index_when_they_stay),
        cmocka_unit_test(readers_that_open_while_the_file_is_swapped_see_one_or_the_other),
        cmocka_unit_test(too_little_room_is_said_before_anything_is_written),
        cmocka_unit_test(a_full_disk_loses_nothing_and_is_called_by_its_name),
        cmocka_unit_test(a_file_size_limit_is_a_full_disk_and_no_signal),
        cmocka_unit_test(a_small_address_space_halves_the_map),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
