/* The identities of a run: found again at any size, in memory and in a file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "indexer/build/seen.h"
#include "indexer/build/temp.h"
#include "temp_dir.h"

#include <sys/mman.h>

static uint64_t hash_of(uint32_t i)
{
    return (i / 3) * UINT64_C(0x9e3779b97f4a7c15) << 16 | 7; /* three identities share one */
}

static void every_identity_is_found_at_any_size(void **state)
{
    (void)state;
    char *dir = temp_dir_make();
    struct dtl_error err = {0};
    struct dtl_seen_table t = {.dir = dir};
    const uint32_t n = 300000;
    size_t most = 0;
    assert_null(dtl_seen_find(&t, 1, NULL));
    for (uint32_t i = 0; i < n; i++) {
        struct dtl_seen e = {.hash = hash_of(i), .doc = i, .place = DTL_SEEN_BATCH};
        assert_int_equal(dtl_seen_add(&t, &e, &err), DTL_OK);
        if (dtl_seen_memory(&t) > most)
            most = dtl_seen_memory(&t);
    }
    assert_int_equal(t.n, n);
    assert_true(t.mapped); /* large: its pages belong to a file, and are not counted */
    assert_int_equal(dtl_seen_memory(&t), 0);
    assert_true(most < (8u << 20));
    for (uint32_t i = 0; i < n; i++) {
        uint32_t met = 0;
        for (struct dtl_seen *e = NULL; (e = dtl_seen_find(&t, hash_of(i), e)) != NULL; met++)
            assert_int_equal(e->doc / 3, i / 3);
        assert_int_equal(met, 3);
    }
    assert_null(dtl_seen_find(&t, hash_of(0) + 1, NULL));
    dtl_seen_release(&t);
    assert_null(dtl_seen_find(&t, hash_of(0), NULL));
    temp_dir_remove(dir);
}

static void temporary_files_have_no_name_and_say_what_failed(void **state)
{
    (void)state;
    char *dir = temp_dir_make(), *missing = temp_dir_path(dir, "missing");
    struct dtl_error err = {0};
    int fd = -1;
    void *p = NULL;
    assert_int_equal(dtl_temp_open(dir, &fd, &err), DTL_OK);
    assert_int_equal(dtl_temp_write(fd, 5000, dtl_bytes("far", 3), &err), DTL_OK);
    assert_int_equal(dtl_temp_map(fd, 4096, 907, &p, &err), DTL_OK);
    assert_memory_equal((const char *)p + 904, "far", 3);
    munmap(p, 907);
    assert_int_equal(rmdir(dir), 0); /* empty: nothing is seen of the file */
    close(fd);
    assert_int_equal(dtl_temp_open(missing, &fd, &err), DTL_EIO);
    assert_non_null(strstr(err.text, "temporary file"));
    free(missing);
    free(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_identity_is_found_at_any_size),
        cmocka_unit_test(temporary_files_have_no_name_and_say_what_failed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
