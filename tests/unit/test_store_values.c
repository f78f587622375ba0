/* Keys, sums and small values: worked examples of docs/FORMAT.md, order, and damage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/base/hash.h"
#include "store_fixture.h"

#include <errno.h>

static void same_bytes(struct dtl_bytes got, const uint8_t *want, size_t n)
{
    assert_int_equal(got.n, n);
    assert_memory_equal(got.p, want, n);
}

static void keys_are_the_examples_of_the_format(void **state)
{
    (void)state;
    uint8_t k[DTL_KEY_SOURCE_MAX];
    /* 2024-03-22 is day 19804 */
    static const uint8_t chunk[] = {0x80, 0x00, 0x4d, 0x5c, 0, 0, 0, 7, 3, 0, 0, 0, 2};
    static const uint8_t undated[] = {0xff, 0xff, 0xff, 0xff, 0, 0, 0, 7};
    static const uint8_t before[] = {0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 7}; /* 1969-12-31 */
    static const uint8_t group[] = {0, 0, 0, 9, 0, 0, 1, 0};
    struct dtl_chunk_name name = {
        {19804, 7},
        3, 2
    };
    dtl_key_chunk(k, &name);
    same_bytes(dtl_bytes(k, DTL_KEY_CHUNK), chunk, sizeof chunk);
    dtl_key_segment(k, (struct dtl_segment_name){DTL_DAY_NONE, 7});
    same_bytes(dtl_bytes(k, DTL_KEY_SEGMENT), undated, sizeof undated);
    dtl_key_segment(k, (struct dtl_segment_name){-1, 7});
    same_bytes(dtl_bytes(k, DTL_KEY_SEGMENT), before, sizeof before);
    dtl_key_group(k, 9, 256);
    same_bytes(dtl_bytes(k, DTL_KEY_GROUP), group, sizeof group);
}

static void keys_sort_as_days_serials_parts_and_chunks_do(void **state)
{
    (void)state;
    static const dtl_day days[] = {DTL_DAY_MIN, -1, 0, 1, 19804, DTL_DAY_MAX, DTL_DAY_NONE};
    uint8_t last[DTL_KEY_CHUNK] = {0}, k[DTL_KEY_CHUNK];
    for (size_t d = 0; d < sizeof days / sizeof *days; d++)
        for (uint32_t serial = 1; serial < 1000; serial *= 7)
            for (uint8_t part = 1; part < DTL_PARTS_END; part++)
                for (uint32_t chunk = 0; chunk < 600; chunk += 255) {
                    struct dtl_chunk_name back, name = {
                                                    {days[d], serial},
                                                    part, chunk
                    };
                    dtl_key_chunk(k, &name);
                    assert_true(memcmp(last, k, sizeof k) < 0);
                    memcpy(last, k, sizeof k);
                    assert_true(dtl_key_chunk_read(dtl_bytes(k, sizeof k), &back));
                    assert_int_equal(back.segment.first_day, days[d]);
                    assert_int_equal(back.segment.serial, serial);
                    assert_int_equal(back.part, part);
                    assert_int_equal(back.chunk, chunk);
                }
}

static void keys_that_cannot_be_are_refused(void **state)
{
    (void)state;
    struct dtl_chunk_name c;
    struct dtl_segment_name s;
    uint32_t a = 0, b = 0;
    uint8_t k[DTL_KEY_CHUNK];
    dtl_key_chunk(k, &(struct dtl_chunk_name){
                         {5, 1},
                         1, 0
    });
    for (size_t n = 0; n < sizeof k; n++)
        assert_false(dtl_key_chunk_read(dtl_bytes(k, n), &c));
    k[8] = 0;
    assert_false(dtl_key_chunk_read(dtl_bytes(k, sizeof k), &c));
    k[8] = DTL_PARTS_END;
    assert_false(dtl_key_chunk_read(dtl_bytes(k, sizeof k), &c));
    dtl_key_segment(k, (struct dtl_segment_name){DTL_DAY_MAX + 1, 1});
    assert_false(dtl_key_segment_read(dtl_bytes(k, DTL_KEY_SEGMENT), &s));
    dtl_key_segment(k, (struct dtl_segment_name){5, 0});
    assert_false(dtl_key_segment_read(dtl_bytes(k, DTL_KEY_SEGMENT), &s));
    dtl_key_group(k, 0, 1);
    assert_false(dtl_key_group_read(dtl_bytes(k, DTL_KEY_GROUP), &a, &b));
    dtl_key_dictionary(k, 0);
    assert_false(dtl_key_dictionary_read(dtl_bytes(k, DTL_KEY_DICTIONARY), &a));
}

static void a_long_path_is_its_head_and_a_hash(void **state)
{
    (void)state;
    uint8_t a[DTL_KEY_SOURCE_MAX], b[DTL_KEY_SOURCE_MAX];
    char path[1000];
    memset(path, 'p', sizeof path);
    assert_int_equal(dtl_key_source(a, dtl_bytes(path, 0)), 0);
    assert_int_equal(dtl_key_source(a, dtl_bytes(path, 400)), 400);
    assert_int_equal(dtl_key_source(a, dtl_bytes(path, 401)), 408);
    assert_int_equal(dtl_key_source(b, dtl_bytes(path, 402)), 408);
    assert_memory_equal(a, b, 400);
    assert_memory_not_equal(a + 400, b + 400, 8);
    assert_true(dtl_source_order(dtl_bytes_of("a"), dtl_bytes_of("ab")) < 0);
    assert_true(dtl_source_order(dtl_bytes(path, 400), dtl_bytes(path, 401)) < 0);
    assert_int_equal(dtl_source_order(dtl_bytes(path, 900), dtl_bytes(path, 900)), 0);
}

static void a_value_verifies_under_its_own_key_and_database_only(void **state)
{
    (void)state;
    struct dtl_buffer b = {0};
    struct dtl_bytes out = {0};
    dtl_buffer_text(&b, "four");
    assert_true(dtl_value_seal(&b, 0, DTL_DB_SAVED, DTL_LITERAL("k")));
    struct dtl_bytes v = dtl_buffer_view(&b);
    assert_int_equal(v.n, 12);
    assert_int_equal(dtl_value_open(v, DTL_DB_SAVED, DTL_LITERAL("k"), &out, NULL), DTL_OK);
    assert_true(dtl_bytes_is(out, "four"));
    assert_int_equal(dtl_value_open(v, DTL_DB_SAVED, DTL_LITERAL("l"), &out, NULL), DTL_ECORRUPT);
    assert_int_equal(dtl_value_open(v, DTL_DB_META, DTL_LITERAL("k"), &out, NULL), DTL_ECORRUPT);
    for (size_t n = 0; n < v.n; n++)
        assert_int_equal(
            dtl_value_open(dtl_bytes(v.p, n), DTL_DB_SAVED, DTL_LITERAL("k"), &out, NULL),
            DTL_ECORRUPT);
    for (size_t i = 0; i < 8 * v.n; i++) {
        b.p[i / 8] ^= (uint8_t)(1u << i % 8);
        assert_int_equal(dtl_value_open(v, DTL_DB_SAVED, DTL_LITERAL("k"), &out, NULL),
                         DTL_ECORRUPT);
        b.p[i / 8] ^= (uint8_t)(1u << i % 8);
    }
    dtl_buffer_release(&b);
}

static void sums_and_long_paths_are_the_examples_of_the_format(void **state)
{
    (void)state;
    static const uint8_t format[] = {'d', 'a', 't',  'e',  'l',  'i',  'n',  'e',  2,    0,
                                     0,   0,   0x87, 0x24, 0x14, 0x0f, 0xdb, 0x84, 0x19, 0x35};
    static const uint8_t serial[] = {12, 0, 0, 0, 0xff, 0x4b, 0x1a, 0xfd, 0x7b, 0x6d, 0x91, 0x21};
    static const uint8_t tail[] = {'p', 0x53, 0x69, 0x3b, 0xdf, 0x81, 0xca, 0x15, 0xa3};
    struct dtl_buffer b = {0};
    char path[401];
    uint8_t key[DTL_KEY_SOURCE_MAX];
    dtl_format_encode(&b);
    assert_true(dtl_value_seal(&b, 0, DTL_DB_META, DTL_LITERAL("format")));
    same_bytes(dtl_buffer_view(&b), format, sizeof format);
    dtl_buffer_reset(&b);
    dtl_serial_encode(12, &b);
    assert_true(dtl_value_seal(&b, 0, DTL_DB_META, DTL_LITERAL("serial")));
    same_bytes(dtl_buffer_view(&b), serial, sizeof serial);
    memset(path, 'p', sizeof path);
    assert_int_equal(dtl_key_source(key, dtl_bytes(path, sizeof path)), 408);
    same_bytes(dtl_bytes(key + 399, 9), tail, sizeof tail);
    dtl_buffer_release(&b);
}

static void meta_values_are_the_examples_of_the_format(void **state)
{
    (void)state;
    static const uint8_t format[] = {'d', 'a', 't', 'e', 'l', 'i', 'n', 'e', 2, 0, 0, 0};
    static const uint8_t settings[] = {3,   0,   0,   0,   0xae, 0x14, 8,   'i', 'c', 'u',
                                       ' ', '7', '2', '.', '1',  4,    'c', 'l', 'd', '2'};
    static const uint8_t manifest[] = {7, 0,   0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0,
                                       0, 100, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0,
                                       0, 0,   8, 7, 6, 5, 4, 3, 2, 1, 9, 0, 0, 0};
    struct dtl_settings s = {3, 0x14ae, "icu 72.1", "cld2"}, s2;
    struct dtl_manifest m = {7, 2, 1, 100, 5, 0x0102030405060708, 9}, m2;
    struct dtl_buffer b = {0};
    uint32_t serial = 0;
    assert_true(dtl_format_encode(&b));
    same_bytes(dtl_buffer_view(&b), format, sizeof format);
    assert_int_equal(dtl_format_decode(dtl_buffer_view(&b), NULL), DTL_OK);
    struct dtl_error err = {0};
    b.p[8] = 1;
    assert_int_equal(dtl_format_decode(dtl_buffer_view(&b), &err), DTL_EVERSION);
    assert_int_equal(err.pos, 1);
    assert_non_null(strstr(err.text, "compact --reanalyse"));
    b.p[8] = DTL_FORMAT_VERSION + 1;
    assert_int_equal(dtl_format_decode(dtl_buffer_view(&b), &err), DTL_EVERSION);
    assert_int_equal(err.pos, DTL_FORMAT_VERSION + 1);
    assert_non_null(strstr(err.text, "newer"));
    b.p[8] = 0;
    assert_int_equal(dtl_format_decode(dtl_buffer_view(&b), &err), DTL_ECORRUPT);
    dtl_buffer_reset(&b);
    assert_true(dtl_settings_encode(&s, &b));
    same_bytes(dtl_buffer_view(&b), settings, sizeof settings);
    assert_int_equal(dtl_settings_decode(dtl_buffer_view(&b), &s2, NULL), DTL_OK);
    assert_int_equal(s2.title_weight, 3);
    assert_int_equal(s2.default_lang, 0x14ae);
    assert_string_equal(s2.versions, s.versions);
    assert_string_equal(s2.detector, s.detector);
    dtl_buffer_reset(&b);
    assert_true(dtl_manifest_encode(&m, &b));
    same_bytes(dtl_buffer_view(&b), manifest, sizeof manifest);
    assert_int_equal(dtl_manifest_decode(dtl_buffer_view(&b), &m2, NULL), DTL_OK);
    assert_int_equal(m2.rows_hash, m.rows_hash);
    assert_int_equal(m2.dictionary, 9);
    for (size_t n = 0; n < sizeof settings; n++)
        assert_int_equal(dtl_settings_decode(dtl_bytes(settings, n), &s2, NULL), DTL_ECORRUPT);
    for (size_t n = 0; n < sizeof manifest; n++)
        assert_int_equal(dtl_manifest_decode(dtl_bytes(manifest, n), &m2, NULL), DTL_ECORRUPT);
    for (size_t n = 0; n < sizeof format; n++)
        assert_int_equal(dtl_format_decode(dtl_bytes(format, n), NULL), DTL_ECORRUPT);
    dtl_buffer_reset(&b);
    assert_true(dtl_serial_encode(12, &b));
    assert_int_equal(dtl_serial_decode(dtl_buffer_view(&b), &serial, NULL), DTL_OK);
    assert_int_equal(serial, 12);
    assert_int_equal(dtl_serial_decode(dtl_bytes("\0\0\0\0", 4), &serial, NULL), DTL_ECORRUPT);
    dtl_buffer_release(&b);
}

/* Path "a.txt", 300 bytes, changed at 1.5 s, inode 9, device 2, 3 articles, 1 rejected, "dated". */
static const uint8_t row_example[] = {0xac, 0x02, 0x80, 0xde, 0xa0, 0xcb, 0x05, 9,   2,
                                      3,    1,    0,    5,    'd',  'a',  't',  'e', 'd',
                                      6,    '#',  '1',  ':',  ' ',  'x',  '\n'};

static void times_of_runs_are_the_example_of_the_format(void **state)
{
    (void)state;
    static const uint8_t want[] = {0x00, 0x80, 0xa8, 0xe6, 0xdf, 0x0c, 0x01, 0x77};
    const struct dtl_run_time none =
                                  {
                                      0
    },
                              run[] = {{1, 1711065600}, {3, 1711065540}};
    struct dtl_run_time *back = NULL;
    struct dtl_arena arena = {0};
    struct dtl_buffer b = {0};
    size_t n = 9;
    assert_true(dtl_runs_append(&none, &run[0], &b));
    assert_true(dtl_runs_append(&run[0], &run[1], &b));
    same_bytes(dtl_buffer_view(&b), want, sizeof want);
    assert_int_equal(dtl_runs_decode(dtl_buffer_view(&b), &arena, &back, &n, NULL), DTL_OK);
    assert_int_equal(n, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(back[i].generation, run[i].generation);
        assert_int_equal(back[i].seconds, run[i].seconds);
    }
    for (size_t cut = 1; cut < sizeof want; cut++) /* whole runs and nothing else */
        assert_int_equal(dtl_runs_decode(dtl_bytes(want, cut), &arena, &back, &n, NULL),
                         cut == 6 ? DTL_OK : DTL_ECORRUPT);
    assert_int_equal(dtl_runs_decode((struct dtl_bytes){0}, &arena, &back, &n, NULL), DTL_OK);
    assert_int_equal(n, 0);
    dtl_arena_release(&arena);
    dtl_buffer_release(&b);
}

static void a_source_row_is_the_example_of_the_format(void **state)
{
    (void)state;
    struct dtl_source_row back, row = {.path = DTL_LITERAL("a.txt"),
                                       .size = 300,
                                       .mtime_ns = 1500000000,
                                       .inode = 9,
                                       .device = 2,
                                       .format = "dated",
                                       .articles = 3,
                                       .rejected = 1,
                                       .reasons = DTL_LITERAL("#1: x\n")};
    struct dtl_buffer b = {0};
    assert_true(dtl_source_row_encode(&row, &b));
    same_bytes(dtl_buffer_view(&b), row_example, sizeof row_example);
    assert_int_equal(dtl_source_row_decode(dtl_buffer_view(&b), row.path, &back, NULL), DTL_OK);
    assert_int_equal(back.mtime_ns, 1500000000);
    assert_string_equal(back.format, "dated");
    assert_true(dtl_bytes_is(back.reasons, "#1: x\n"));
    assert_true(dtl_bytes_is(back.path, "a.txt"));
    dtl_buffer_release(&b);
}

static void a_bookmark_is_the_example_of_the_format(void **state)
{
    (void)state;
    static const uint8_t want[] = {0xac, 0x02, 0x80, 0xde, 0xa0, 0xcb, 0x05, 0x09, 0x04, 0xab,
                                   0x02, 0x03, 0x05, 1,    0,    0,    0,    0,    0,    0,
                                   0,    2,    0,    0,    0,    0,    0,    0,    0,    3,
                                   0,    0,    0,    0,    0,    0,    0};
    struct dtl_bookmark back = {0}, place = {.lead = 4,
                                             .at = 299,
                                             .records = 3,
                                             .lines = 5,
                                             .options = 1,
                                             .head = 2,
                                             .tail = 3};
    struct dtl_source_row of = {0},
                          row = {
                              .size = 300, .mtime_ns = 1500000000, .inode = 9, .bookmark = &place};
    struct dtl_buffer b = {0};
    assert_true(dtl_bookmark_encode(&row, &b));
    same_bytes(dtl_buffer_view(&b), want, sizeof want);
    for (size_t n = 0; n < sizeof want; n++) {
        uint8_t *exact = malloc(n ? n : 1);
        memcpy(exact, want, n);
        assert_int_equal(dtl_bookmark_decode(dtl_bytes(exact, n), &of, &back, NULL), DTL_ECORRUPT);
        assert_int_equal(back.at, 0);
        free(exact);
    }
    assert_int_equal(dtl_bookmark_decode(dtl_bytes(want, sizeof want), &of, &back, NULL), DTL_OK);
    assert_int_equal(of.size, 300);
    assert_int_equal(of.mtime_ns, 1500000000);
    assert_int_equal(of.inode, 9);
    assert_memory_equal(&back, &place, sizeof place);
    uint8_t behind[sizeof want];
    memcpy(behind, want, sizeof want);
    behind[9] = 0xad; /* 301: behind the end of the file */
    assert_int_equal(dtl_bookmark_decode(dtl_bytes(behind, sizeof behind), &of, &back, NULL),
                     DTL_ECORRUPT);
    dtl_buffer_release(&b);
}

static void every_prefix_of_a_source_row_is_refused_with_outputs_untouched(void **state)
{
    (void)state;
    for (size_t n = 0; n < sizeof row_example; n++) {
        struct dtl_source_row row = {.size = 77};
        uint8_t *exact = malloc(n ? n : 1);
        memcpy(exact, row_example, n);
        assert_int_equal(
            dtl_source_row_decode(dtl_bytes(exact, n), DTL_LITERAL("a.txt"), &row, NULL),
            DTL_ECORRUPT);
        assert_int_equal(row.size, 77);
        free(exact);
    }
    struct dtl_source_row row;
    char path[500];
    memset(path, 'q', sizeof path); /* a long key needs its path in the value */
    uint8_t key[DTL_KEY_SOURCE_MAX];
    size_t n = dtl_key_source(key, dtl_bytes(path, sizeof path));
    assert_int_equal(dtl_source_row_decode(dtl_bytes(row_example, sizeof row_example),
                                           dtl_bytes(key, n), &row, NULL),
                     DTL_ECORRUPT);
}

static void too_many_reasons_lose_whole_lines(void **state)
{
    (void)state;
    struct dtl_buffer reasons = {0}, b = {0};
    struct dtl_source_row back;
    while (reasons.n < DTL_REASONS_MAX + 100)
        dtl_buffer_text(&reasons, "#12345: no date in this record\n");
    struct dtl_source_row row = {.path = DTL_LITERAL("a"), .reasons = dtl_buffer_view(&reasons)};
    assert_true(dtl_source_row_encode(&row, &b));
    assert_int_equal(dtl_source_row_decode(dtl_buffer_view(&b), row.path, &back, NULL), DTL_OK);
    assert_in_range(back.reasons.n, DTL_REASONS_MAX - 31, DTL_REASONS_MAX);
    assert_int_equal(back.reasons.p[back.reasons.n - 1], '\n');
    dtl_buffer_release(&reasons);
    dtl_buffer_release(&b);
}

static void the_index_is_where_option_environment_or_home_say(void **state)
{
    (void)state;
    struct dtl_buffer b = {0};
    setenv("DATELINE_INDEX", "/env", 1);
    setenv("XDG_DATA_HOME", "/xdg", 1);
    setenv("HOME", "/home/me", 1);
    must(dtl_index_path("opt", &b, ERR));
    assert_string_equal((char *)b.p, "opt");
    assert_int_equal(b.n, 3);
    dtl_buffer_reset(&b);
    must(dtl_index_path(NULL, &b, ERR));
    assert_string_equal((char *)b.p, "/env");
    dtl_buffer_reset(&b);
    setenv("DATELINE_INDEX", "", 1);
    must(dtl_index_path(NULL, &b, ERR));
    assert_string_equal((char *)b.p, "/xdg/dateline/default");
    dtl_buffer_reset(&b);
    setenv("XDG_DATA_HOME", "relative", 1);
    must(dtl_index_path(NULL, &b, ERR));
    assert_string_equal((char *)b.p, "/home/me/.local/share/dateline/default");
    dtl_buffer_reset(&b);
    assert_int_equal(dtl_index_path("", &b, NULL), DTL_EUSAGE);
    dtl_buffer_release(&b);
}

static void every_code_has_words_and_a_status_of_ours(void **state)
{
    (void)state;
    static const struct {
        int rc, exit_status;
    } want[] = {
        {MDB_CORRUPTED,        3 },
        {MDB_INVALID,          3 },
        {MDB_PAGE_NOTFOUND,    3 },
        {MDB_PANIC,            3 },
        {MDB_VERSION_MISMATCH, 3 },
        {MDB_MAP_FULL,         4 },
        {MDB_READERS_FULL,     75},
        {MDB_MAP_RESIZED,      75},
        {MDB_TXN_FULL,         2 },
        {MDB_BAD_VALSIZE,      2 },
        {ENOSPC,               4 },
        {EDQUOT,               4 },
        {EFBIG,                4 },
        {EIO,                  4 },
        {EACCES,               4 },
        {EROFS,                4 },
        {ENOMEM,               4 },
        {ENOENT,               3 },
        {EMFILE,               4 },
        {EINTR,                4 },
        {ELOOP,                3 }
    };
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        struct dtl_error err = {0};
        enum dtl_status st = dtl_lmdb_fail(&err, want[i].rc, "/dir", "doing");
        assert_int_equal(dtl_status_exit(st), want[i].exit_status);
        assert_memory_equal(err.text, "/dir: doing: ", 13);
        assert_null(strstr(err.text, "MDB_")); /* LMDB's own words stay out */
    }
    for (int rc = MDB_KEYEXIST; rc <= MDB_LAST_ERRCODE; rc++) {
        struct dtl_error err = {0};
        assert_true(dtl_lmdb_fail(&err, rc, "/dir", "doing") < 0);
        assert_null(strstr(err.text, "MDB_"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_the_examples_of_the_format),
        cmocka_unit_test(keys_sort_as_days_serials_parts_and_chunks_do),
        cmocka_unit_test(keys_that_cannot_be_are_refused),
        cmocka_unit_test(a_long_path_is_its_head_and_a_hash),
        cmocka_unit_test(a_value_verifies_under_its_own_key_and_database_only),
        cmocka_unit_test(sums_and_long_paths_are_the_examples_of_the_format),
        cmocka_unit_test(meta_values_are_the_examples_of_the_format),
        cmocka_unit_test(times_of_runs_are_the_example_of_the_format),
        cmocka_unit_test(a_source_row_is_the_example_of_the_format),
        cmocka_unit_test(a_bookmark_is_the_example_of_the_format),
        cmocka_unit_test(every_prefix_of_a_source_row_is_refused_with_outputs_untouched),
        cmocka_unit_test(too_many_reasons_lose_whole_lines),
        cmocka_unit_test(the_index_is_where_option_environment_or_home_say),
        cmocka_unit_test(every_code_has_words_and_a_status_of_ours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
