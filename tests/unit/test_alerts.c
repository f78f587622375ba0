/* Saved searches: what was told is kept as it was, a damaged record is refused, files change whole.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "query/alerts/definition.h"
#include "query/alerts/keep.h"
#include "query/alerts/told.h"
#include "tests/unit/random.h"
#include "tests/unit/temp_dir.h"

/* ---- told.h ---- */

/* The header's example: one article. */
static const uint8_t example[] = {
    'd', 'a',  't',  'e',  'l', 'i', 'n', 'e', ' ', 't', 'o', 'l', 'd', ' ', '1', '\n', /* */
    7,   0,    0,    0,    0,   0,   0,   0, /* generation */
    0,   0xe4, 0xfc, 0x65, 0,   0,   0,   0, /* published */
    1,   0,    0,    0,    0,   0,   0,   0, /* entries */
    1,   2,    3,    4,    5,   6,   7,   8, /* identity */
    9,   0,    0,    0,    0,   0,   0,   0, /* content */
    6,   0,    0,    0,                      /* generation */
};

static struct dtl_told one(void)
{
    struct dtl_told t = {.generation = 7, .published = 0x65fce400};
    struct dtl_told_entry e = {UINT64_C(0x0807060504030201), 9, 6};
    assert_int_equal(dtl_told_add(&t, &e, 1, NULL), DTL_OK);
    return t;
}

static void the_record_is_as_its_header_says(void **state)
{
    (void)state;
    struct dtl_told t = one(), again = {0};
    struct dtl_buffer b = {0};
    assert_true(dtl_told_encode(&t, &b));
    assert_int_equal(b.n, sizeof example + 8);
    assert_memory_equal(b.p, example, sizeof example);
    assert_int_equal(dtl_told_decode(dtl_buffer_view(&b), &again, NULL), DTL_OK);
    assert_true(again.generation == 7 && again.published == 0x65fce400 && again.n == 1);
    assert_true(dtl_told_find(&again, UINT64_C(0x0807060504030201))->content == 9);
    assert_null(dtl_told_find(&again, 1));
    dtl_told_release(&again);
    for (size_t i = 0; i < b.n; i++) { /* every byte matters */
        for (int bit = 0; bit < 8; bit++) {
            b.p[i] ^= (uint8_t)(1 << bit);
            assert_int_equal(dtl_told_decode(dtl_buffer_view(&b), &again, NULL), DTL_ECORRUPT);
            b.p[i] ^= (uint8_t)(1 << bit);
        }
        assert_int_equal(dtl_told_decode(dtl_bytes(b.p, i), &again, NULL), DTL_ECORRUPT);
    }
    dtl_buffer_release(&b);
    dtl_told_release(&t);
}

/* Against an array that is searched from its end. */
static void what_is_added_last_holds(void **state)
{
    (void)state;
    struct random r = random_start("told");
    struct dtl_told_entry said[3000];
    for (int round = 0; round < 200; round++) {
        struct dtl_told t = {.published = DTL_TOLD_UNKNOWN}, again = {0};
        struct dtl_buffer b = {0};
        size_t n = 0, span = 1 + random_below(&r, 400);
        for (unsigned runs = random_below(&r, 8); runs > 0; runs--) {
            struct dtl_told_entry more[300];
            size_t m = 0;
            for (size_t k = random_below(&r, 300); k > 0; k--) {
                uint64_t identity = random_below(&r, (uint32_t)span) * UINT64_C(0x9e3779b97f4a7c15);
                bool twice = false;
                for (size_t i = 0; i < m; i++)
                    twice = twice || more[i].identity == identity;
                if (twice)
                    continue;
                more[m] = (struct dtl_told_entry){identity, random_next(&r), random_below(&r, 9)};
                said[n++] = more[m++];
            }
            assert_int_equal(dtl_told_add(&t, more, m, NULL), DTL_OK);
        }
        assert_true(dtl_told_encode(&t, &b));
        assert_int_equal(dtl_told_decode(dtl_buffer_view(&b), &again, NULL), DTL_OK);
        for (size_t k = 0; k < span; k++) {
            uint64_t identity = k * UINT64_C(0x9e3779b97f4a7c15);
            const struct dtl_told_entry *got = dtl_told_find(&again, identity), *want = NULL;
            for (size_t i = n; i > 0 && !want; i--)
                want = said[i - 1].identity == identity ? &said[i - 1] : NULL;
            assert_int_equal(got != NULL, want != NULL);
            assert_true(!got ||
                        (got->content == want->content && got->generation == want->generation));
        }
        dtl_buffer_release(&b);
        dtl_told_release(&t);
        dtl_told_release(&again);
    }
}

/* ---- definition.h ---- */

static enum dtl_status decode(const char *text, struct dtl_arena *arena, struct dtl_definition *d)
{
    struct dtl_error err = {0};
    return dtl_definition_decode(dtl_bytes_of(text), "file", arena, d, &err);
}

static void a_definition_is_read_and_written(void **state)
{
    (void)state;
    struct dtl_arena arena = {0};
    struct dtl_definition d = {0};
    struct dtl_buffer b = {0};
    const char *text = "option --since=2024\noption --json\nquery a \"b c\" OR\xc3\xa9\n";
    assert_int_equal(decode(text, &arena, &d), DTL_OK);
    assert_int_equal(d.options, 2);
    assert_string_equal(d.option[0], "--since=2024");
    assert_true(dtl_bytes_is(d.query, "a \"b c\" OR\xc3\xa9"));
    assert_int_equal(dtl_definition_encode(&d, &b, NULL), DTL_OK);
    assert_int_equal(b.n, strlen(text));
    assert_memory_equal(b.p, text, b.n);
    assert_int_equal(decode("# mine\n\nquery a\nb", &arena, &d), DTL_OK);
    assert_true(dtl_bytes_is(d.query, "a b"));
    assert_int_equal(decode("query ", &arena, &d), DTL_OK);
    assert_int_equal(d.query.n, 0);
    static const char *const wrong[] = {"",
                                        "a",
                                        "option --since=2024\n",
                                        "option since\nquery a",
                                        "options --x\nquery a",
                                        "query",
                                        " query a"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(decode(wrong[i], &arena, &d), DTL_EUSAGE);
    d = (struct dtl_definition){.option = {"--format=a\nb"}, .options = 1};
    assert_int_equal(dtl_definition_encode(&d, &b, NULL), DTL_EUSAGE);
    dtl_buffer_release(&b);
    dtl_arena_release(&arena);
}

static void names_are_those_of_files(void **state)
{
    (void)state;
    static const char *const fine[] = {"a", "quakes-2.de", "\xc3\xa9t\xc3\xa9", "_", "0"};
    static const char *const wrong[] = {"", ".", "..", ".a", "-a", "a/b", "a b", "a\n", "\xff"};
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++)
        assert_true(dtl_saved_name_fine(dtl_bytes_of(fine[i])));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(dtl_saved_name_fine(dtl_bytes_of(wrong[i])));
    char longest[DTL_SAVED_NAME_BYTES + 1];
    memset(longest, 'x', sizeof longest);
    assert_true(dtl_saved_name_fine(dtl_bytes(longest, sizeof longest - 1)));
    assert_false(dtl_saved_name_fine(dtl_bytes(longest, sizeof longest)));
    assert_false(dtl_saved_name_fine(dtl_bytes("a\0b", 3)));
}

/* ---- keep.h ---- */

static mode_t mode_of(const char *dir, const char *name)
{
    struct stat st;
    char *path = temp_dir_path(dir, name);
    assert_int_equal(stat(path, &st), 0);
    free(path);
    return st.st_mode & 07777;
}

static void files_change_whole_and_are_the_users_alone(void **state)
{
    (void)state;
    char *dir = temp_dir_make();
    struct dtl_keep k, told;
    struct dtl_buffer got = {0};
    setenv("XDG_CONFIG_HOME", dir, 1);
    setenv("XDG_STATE_HOME", dir, 1);
    mode_t before = umask(0);
    assert_int_equal(dtl_keep_searches(&k, false, NULL), DTL_OK);
    assert_int_equal(k.fd, -1);
    assert_int_equal(dtl_keep_read(&k, "a", "", 100, &got, NULL), DTL_NOTFOUND);
    dtl_keep_close(&k);
    assert_int_equal(dtl_keep_searches(&k, true, NULL), DTL_OK);
    assert_int_equal(dtl_keep_prepare(&k, "a", DTL_LITERAL("one"), NULL), DTL_OK);
    assert_int_equal(dtl_keep_read(&k, "a", "", 100, &got, NULL), DTL_NOTFOUND);
    assert_int_equal(dtl_keep_commit(&k, "a", "", NULL), DTL_OK);
    assert_int_equal(dtl_keep_prepare(&k, "a", DTL_LITERAL("two"), NULL), DTL_OK);
    dtl_keep_discard(&k, "a");
    assert_int_equal(dtl_keep_commit(&k, "a", "", NULL), DTL_EIO);
    assert_int_equal(dtl_keep_read(&k, "a", "", 100, &got, NULL), DTL_OK);
    assert_true(dtl_bytes_is(dtl_buffer_view(&got), "one"));
    assert_int_equal(dtl_keep_read(&k, "a", "", 2, &got, NULL), DTL_ELIMIT);
    assert_int_equal(mode_of(dir, "dateline"), 0700);
    assert_int_equal(mode_of(dir, "dateline/searches"), 0700);
    assert_int_equal(mode_of(dir, "dateline/searches/a"), 0600);
    assert_int_equal(dtl_keep_remove(&k, "a", "", NULL), DTL_OK);
    assert_int_equal(dtl_keep_remove(&k, "a", "", NULL), DTL_NOTFOUND);
    dtl_keep_close(&k);
    for (int index = 0; index < 2; index++) { /* two indexes, two records */
        assert_int_equal(dtl_keep_told(&told, index ? "/one" : "/other", true, NULL), DTL_OK);
        assert_int_equal(dtl_keep_read(&told, "a", ".told", 100, &got, NULL), DTL_NOTFOUND);
        assert_int_equal(dtl_keep_prepare(&told, "a", DTL_LITERAL("x"), NULL), DTL_OK);
        assert_int_equal(dtl_keep_commit(&told, "a", ".told", NULL), DTL_OK);
        if (index == 0)
            dtl_keep_close(&told);
    }
    assert_int_equal(dtl_keep_remove_told("a", ".told", NULL), DTL_OK);
    assert_int_equal(dtl_keep_read(&told, "a", ".told", 100, &got, NULL), DTL_NOTFOUND);
    dtl_keep_close(&told);
    umask(before);
    dtl_buffer_release(&got);
    temp_dir_remove(dir);
}

static void one_at_a_time_holds_a_lock(void **state)
{
    (void)state;
    char *dir = temp_dir_make();
    struct dtl_keep k;
    struct dtl_error err = {0};
    int one = -1, two = -1;
    setenv("XDG_STATE_HOME", dir, 1);
    assert_int_equal(dtl_keep_told(&k, "/index", true, NULL), DTL_OK);
    assert_int_equal(dtl_keep_lock(&k, "a", &one, NULL), DTL_OK);
    assert_int_equal(dtl_keep_lock(&k, "a", &two, &err), DTL_EBUSY);
    assert_non_null(strstr(err.text, "(pid "));
    assert_int_equal(dtl_keep_lock(&k, "b", &two, NULL), DTL_OK);
    close(two);
    close(one);
    assert_int_equal(dtl_keep_lock(&k, "a", &one, NULL), DTL_OK);
    close(one);
    dtl_keep_close(&k);
    temp_dir_remove(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_record_is_as_its_header_says),
        cmocka_unit_test(what_is_added_last_holds),
        cmocka_unit_test(a_definition_is_read_and_written),
        cmocka_unit_test(names_are_those_of_files),
        cmocka_unit_test(files_change_whole_and_are_the_users_alone),
        cmocka_unit_test(one_at_a_time_holds_a_lock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
