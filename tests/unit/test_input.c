/*
 * The walk and the stream: order, what is passed over and counted, links, exchanges under way;
 * packed files, their caps and their damage.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "indexer/input/source.h"
#include "tests/unit/temp_dir.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

static char *dir;

static int start(void **state)
{
    (void)state;
    dir = temp_dir_make();
    return chdir(dir);
}

static int stop(void **state)
{
    (void)state;
    int r = chdir("/");
    temp_dir_remove(dir);
    return r;
}

static void write_file(const char *name, const void *p, size_t n)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, p, n), (ssize_t)n);
    close(fd);
}

static void touch(const char *name)
{
    write_file(name, "x", 1);
}

/* The walk as text: paths with a blank behind each, errors in brackets; the count skipped last. */
static void expect_walk(const char *const *paths, size_t n, const struct dtl_walk_options *o,
                        const char *text)
{
    struct dtl_walk *w;
    struct dtl_error err = {0};
    struct dtl_buffer b = {0};
    enum dtl_status st;
    assert_int_equal(dtl_walk_open(&w, paths, n, o, &err), DTL_OK);
    struct dtl_file file;
    while ((st = dtl_walk_next(w, &file, &err)) != DTL_END) {
        if (st == DTL_OK)
            dtl_buffer_format(&b, "%.*s ", (int)file.path.n, (const char *)file.path.p);
        else
            dtl_buffer_format(&b, "(%s) ", err.text);
    }
    dtl_buffer_format(&b, "%d", (int)dtl_walk_skipped(w));
    dtl_buffer_byte(&b, 0);
    dtl_walk_close(w);
    assert_string_equal(b.p, text);
    dtl_buffer_release(&b);
}
#define EXPECT(o, text, ...)                                                                       \
    expect_walk((const char *const[]){__VA_ARGS__},                                                \
                sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *), o, text)

static void walks_in_byte_order_of_the_full_path(void **state)
{
    (void)state;
    mkdir("a", 0700);
    mkdir("a/b", 0700);
    mkdir("a/empty", 0700);
    touch("a/b/x");
    touch("a/b.txt"); /* '.' is before '/' ... */
    touch("a/b-c");
    touch("a/b0"); /* ... and '0' behind it */
    touch("a/\xc3\xa9");
    touch("a/Z");
    touch("z");
    EXPECT(NULL, "a/Z a/b-c a/b.txt a/b/x a/b0 a/\xc3\xa9 z 0", ".");
    EXPECT(NULL, "z a/Z a/b-c a/b.txt a/b/x a/b0 a/\xc3\xa9 0", "./z", "a//");
    EXPECT(NULL, "a/b/x a/b.txt 0", "./a/./b/", "a/b.txt");
    expect_walk(NULL, 0, NULL, "0");
}

static void skips_hidden_names_and_counts_them(void **state)
{
    (void)state;
    mkdir("a", 0700);
    mkdir("a/.git", 0700);
    touch("a/.git/x");
    touch("a/.hidden");
    touch("a/..two");
    touch("a/x");
    EXPECT(NULL, "a/x 3", "a");
    EXPECT(NULL, "a/.hidden 0", "a/.hidden"); /* named is meant */
}

static void leaves_out_what_is_excluded(void **state)
{
    (void)state;
    mkdir("a", 0700);
    mkdir("a/old", 0700);
    touch("a/old/x.txt");
    touch("a/x.txt");
    touch("a/x.bak");
    static const char *const globs[] = {"*.bak", "old"};
    struct dtl_walk_options o = {.exclude = globs, .excludes = 2};
    EXPECT(&o, "a/x.txt 0", "a", "a/x.bak");
    static const char *const paths[] = {"a/old/*"};
    o = (struct dtl_walk_options){.exclude = paths, .excludes = 1};
    EXPECT(&o, "a/x.bak a/x.txt 0", "a");
}

static void follows_links_when_named_or_asked(void **state)
{
    (void)state;
    mkdir("a", 0700);
    mkdir("real", 0700);
    touch("real/x");
    assert_int_equal(symlink("../real", "a/folder"), 0);
    assert_int_equal(symlink("../real/x", "a/file"), 0);
    assert_int_equal(symlink("..", "a/loop"), 0);
    assert_int_equal(symlink("nowhere", "a/gone"), 0);
    struct dtl_walk_options follow = {.follow = true};
    EXPECT(NULL, "4", "a");
    EXPECT(NULL, "a/file a/folder/x 0", "a/file", "a/folder");
    EXPECT(NULL, "(a/gone: link to nothing) 0", "a/gone");
    EXPECT(&follow, "a/file a/folder/x (a/gone: link to nothing) real/x 1",
           "."); /* a/loop is the folder we are in */
}

static void reports_what_cannot_be_read_and_goes_on(void **state)
{
    (void)state;
    mkdir("a", 0700);
    mkdir("a/locked", 0000);
    touch("a/x");
    assert_int_equal(mkfifo("a/pipe", 0600), 0);
    if (geteuid() == 0) /* root may read all */
        EXPECT(NULL, "(gone: No such file or directory) a/x 1", "gone", "a");
    else
        EXPECT(NULL, "(gone: No such file or directory) (a/locked: Permission denied) a/x 1",
               "gone", "a");
    EXPECT(NULL, "(a/pipe: neither a file nor a folder; name - to read standard input) 0",
           "a/pipe");
    chmod("a/locked", 0700);
}

static void ends_at_the_depth_it_names(void **state)
{
    (void)state;
    struct dtl_buffer path = {0};
    for (int i = 0; i <= DTL_WALK_DEPTH; i++) {
        dtl_buffer_text(&path, i ? "/d" : "d");
        dtl_buffer_byte(&path, 0);
        assert_int_equal(mkdir((const char *)path.p, 0700), 0);
        path.n--;
        if (i == 0)
            touch("d/z");
    }
    struct dtl_walk *w;
    struct dtl_error err = {0};
    struct dtl_file file;
    assert_int_equal(dtl_walk_open(&w, (const char *const[]){"d"}, 1, NULL, &err), DTL_OK);
    assert_int_equal(dtl_walk_next(w, &file, &err), DTL_EIO);
    assert_non_null(strstr(err.text, "too many folders deep"));
    assert_int_equal(dtl_walk_next(w, &file, &err), DTL_OK);
    assert_true(dtl_bytes_is(file.path, "d/z"));
    assert_int_equal(dtl_walk_next(w, &file, &err), DTL_END);
    dtl_walk_close(w);
    dtl_buffer_release(&path);
}

static struct dtl_file file_of(const char *name)
{
    static struct dtl_walk *w; /* the views die with the walk: closed by the next call */
    struct dtl_error err;
    struct dtl_file file;
    dtl_walk_close(w);
    w = NULL;
    if (!name)
        return (struct dtl_file){0};
    assert_int_equal(dtl_walk_open(&w, &name, 1, NULL, &err), DTL_OK);
    assert_int_equal(dtl_walk_next(w, &file, &err), DTL_OK);
    return file;
}

static void notices_a_file_that_changes_or_is_exchanged(void **state)
{
    (void)state;
    struct dtl_input *in;
    struct dtl_error err = {0};
    touch("x");
    struct dtl_file file = file_of("x");
    assert_int_equal(file.size, 1);
    assert_int_equal(dtl_input_open(&in, &file, &err), DTL_OK);
    assert_false(dtl_input_unsettled(in));
    write_file("x", "longer", 6);
    assert_true(dtl_input_unsettled(in));
    dtl_input_close(in);
    file = file_of("x");
    assert_int_equal(dtl_input_open(&in, &file, &err), DTL_OK);
    touch("y");
    assert_int_equal(rename("y", "x"), 0);
    assert_true(dtl_input_unsettled(in));
    dtl_input_close(in);
    file = file_of("x");
    touch("secret"); /* a link to another file in its place */
    assert_int_equal(rename("x", "kept"), 0);
    assert_int_equal(symlink("secret", "x"), 0);
    assert_int_equal(dtl_input_open(&in, &file, &err), DTL_EIO);
    assert_string_equal(err.text, "another file took its place since the folder was listed");
    assert_int_equal(unlink("x"), 0);
    assert_int_equal(mkfifo("x", 0600), 0); /* must not hang */
    assert_int_equal(dtl_input_open(&in, &file, &err), DTL_EIO);
    assert_int_equal(unlink("x"), 0);
    assert_int_equal(dtl_input_open(&in, &file, &err), DTL_EIO);
    file_of(NULL);
}

/* ---- streams ---- */

static struct dtl_buffer packed(int filter, struct dtl_bytes in)
{
    struct dtl_buffer b = {0};
    size_t room = in.n + in.n / 8 + (1u << 20), used = 0;
    assert_true(dtl_buffer_reserve(&b, room));
    struct archive *a = archive_write_new();
    struct archive_entry *e = archive_entry_new();
    assert_int_equal(archive_write_add_filter(a, filter), ARCHIVE_OK);
    archive_write_set_format_raw(a);
    archive_write_set_bytes_per_block(a, 0);
    assert_int_equal(archive_write_open_memory(a, b.p, room, &used), ARCHIVE_OK);
    archive_entry_set_pathname(e, "x");
    archive_entry_set_filetype(e, AE_IFREG);
    assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
    assert_int_equal(archive_write_data(a, in.p, in.n), (la_ssize_t)in.n);
    archive_entry_free(e);
    assert_int_equal(archive_write_close(a), ARCHIVE_OK);
    archive_write_free(a);
    b.n = used;
    return b;
}

/* Reads all in steps of `step`; the last status. */
static enum dtl_status drain(struct dtl_bytes in, size_t step, struct dtl_buffer *out,
                             struct dtl_error *err)
{
    struct dtl_input *input;
    struct dtl_bytes view;
    enum dtl_status st = dtl_input_open_bytes(&input, in, err);
    if (st < 0)
        return st;
    while ((st = dtl_input_peek(input, step, &view, err)) == DTL_OK && view.n) {
        assert_true(view.n >= step || dtl_input_at(input) == out->n);
        size_t n = view.n < step ? view.n : step;
        dtl_buffer_append(out, view.p, n);
        dtl_input_skip(input, n);
        assert_int_equal(dtl_input_at(input), out->n);
    }
    if (st < 0)
        assert_int_equal(dtl_input_peek(input, SIZE_MAX / 4, &view, NULL), st);
    dtl_input_close(input);
    return st;
}

static const int filters[] = {ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_ZSTD, ARCHIVE_FILTER_XZ,
                              ARCHIVE_FILTER_BZIP2};

static struct dtl_buffer sample(size_t n)
{
    struct dtl_buffer b = {0};
    uint32_t x = 1;
    for (size_t i = 0; i < n; i++) {
        x = x * 1664525 + 1013904223;
        dtl_buffer_byte(&b, (uint8_t)((uint32_t) "etaoin s"[x >> 24 & 7] + (x >> 30)));
    }
    return b;
}

static void reads_every_packing_in_any_step(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 5, 100, 300000, 2000000};
    static const size_t steps[] = {7, 4096, 1000000, 5000000};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        struct dtl_buffer text = sample(sizes[s]);
        for (size_t f = 0; f <= 4; f++) {
            struct dtl_buffer p = f < 4 ? packed(filters[f], dtl_buffer_view(&text)) : text;
            for (size_t k = 0; k < sizeof steps / sizeof *steps; k++) {
                struct dtl_buffer out = {0};
                struct dtl_error err = {0};
                assert_int_equal(drain(dtl_buffer_view(&p), steps[k], &out, &err), DTL_OK);
                assert_true(dtl_bytes_equal(dtl_buffer_view(&out), dtl_buffer_view(&text)));
                dtl_buffer_release(&out);
            }
            if (f < 4)
                dtl_buffer_release(&p);
        }
        dtl_buffer_release(&text);
    }
}

static void reads_two_packings_and_refuses_three(void **state)
{
    (void)state;
    struct dtl_buffer text = sample(10000), out = {0};
    struct dtl_error err = {0};
    struct dtl_buffer one = packed(ARCHIVE_FILTER_ZSTD, dtl_buffer_view(&text));
    struct dtl_buffer two = packed(ARCHIVE_FILTER_GZIP, dtl_buffer_view(&one));
    struct dtl_buffer three = packed(ARCHIVE_FILTER_XZ, dtl_buffer_view(&two));
    assert_int_equal(drain(dtl_buffer_view(&two), 100, &out, &err), DTL_OK);
    assert_int_equal(out.n, text.n);
    assert_int_equal(drain(dtl_buffer_view(&three), 100, &out, &err), DTL_ECORRUPT);
    assert_string_equal(err.text, "more than 2 compressions inside one another");
    dtl_buffer_release(&one);
    dtl_buffer_release(&two);
    dtl_buffer_release(&three);
    dtl_buffer_release(&text);
    dtl_buffer_release(&out);
}

static void stops_a_bomb(void **state)
{
    (void)state;
    size_t n = (size_t)200 << 20;
    uint8_t *zeros = calloc(1, n);
    assert_non_null(zeros);
    for (size_t f = 1; f < 4; f += 2) { /* zstd and bzip2 pack zeros far beyond the ratio */
        struct dtl_buffer bomb = packed(filters[f], dtl_bytes(zeros, n)), out = {0};
        struct dtl_error err = {0};
        assert_int_equal(drain(dtl_buffer_view(&bomb), 1 << 16, &out, &err), DTL_ECORRUPT);
        assert_string_equal(err.text, "unpacks to more than 1000 times its size: refused");
        assert_in_range(out.n, DTL_INPUT_RATIO_MIN - (1 << 20), DTL_INPUT_RATIO_MIN + (1 << 20));
        dtl_buffer_release(&bomb);
        dtl_buffer_release(&out);
    }
    free(zeros);
}

static void refuses_a_dictionary_larger_than_a_run_may_use(void **state)
{
    (void)state;
    struct dtl_buffer text = sample(3000), out = {0};
    struct dtl_buffer xz = packed(ARCHIVE_FILTER_XZ, dtl_buffer_view(&text));
    struct dtl_error err = {0};
    size_t at = 14; /* the block header behind size and flags: LZMA2, one byte, the dictionary */
    assert_int_equal(xz.p[13], 0);
    assert_int_equal(xz.p[at], 0x21);
    xz.p[at + 2] = 31; /* 192 MiB */
    assert_int_equal(drain(dtl_buffer_view(&xz), 100, &out, &err), DTL_ECORRUPT);
    assert_string_equal(err.text, "xz with a dictionary over 128 MiB; pack it with xz -9");
    xz.p[at + 2] = 30; /* 128 MiB: let through, though its check sum is wrong now */
    assert_int_equal(drain(dtl_buffer_view(&xz), 100, &out, &err), DTL_ECORRUPT);
    assert_non_null(strstr(err.text, "broken compression"));
    dtl_buffer_release(&xz);
    dtl_buffer_release(&text);
    dtl_buffer_release(&out);
}

static void reports_broken_packing(void **state)
{
    (void)state;
    struct dtl_buffer text = sample(3000);
    for (size_t f = 0; f < 4; f++) {
        struct dtl_buffer p = packed(filters[f], dtl_buffer_view(&text));
        for (size_t n = 8; n < p.n; n += n < 64 ? 1 : 13) { /* cut short: never all, never silent */
            struct dtl_buffer out = {0};
            struct dtl_error err = {0};
            enum dtl_status st = drain(dtl_bytes(p.p, n), 100, &out, &err);
            if (st == DTL_OK && out.n != text.n) /* the check sum alone may be missing */
                fail_msg("filter %d cut at %zu of %zu: %zu bytes, no error", filters[f], n, p.n,
                         out.n);
            if (st != DTL_OK)
                assert_int_equal(st, DTL_ECORRUPT);
            dtl_buffer_release(&out);
        }
        for (size_t at = 0; at < p.n; at += 7) { /* damaged: whatever, but no crash */
            struct dtl_buffer out = {0};
            struct dtl_error err = {0};
            p.p[at] ^= 0x20;
            enum dtl_status st = drain(dtl_buffer_view(&p), 100, &out, &err);
            assert_true(st == DTL_OK || st == DTL_ECORRUPT);
            p.p[at] ^= 0x20;
            dtl_buffer_release(&out);
        }
        dtl_buffer_release(&p);
    }
    dtl_buffer_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(walks_in_byte_order_of_the_full_path, start, stop),
        cmocka_unit_test_setup_teardown(skips_hidden_names_and_counts_them, start, stop),
        cmocka_unit_test_setup_teardown(leaves_out_what_is_excluded, start, stop),
        cmocka_unit_test_setup_teardown(follows_links_when_named_or_asked, start, stop),
        cmocka_unit_test_setup_teardown(reports_what_cannot_be_read_and_goes_on, start, stop),
        cmocka_unit_test_setup_teardown(ends_at_the_depth_it_names, start, stop),
        cmocka_unit_test_setup_teardown(notices_a_file_that_changes_or_is_exchanged, start, stop),
        cmocka_unit_test(reads_every_packing_in_any_step),
        cmocka_unit_test(reads_two_packings_and_refuses_three),
        cmocka_unit_test(stops_a_bomb),
        cmocka_unit_test(refuses_a_dictionary_larger_than_a_run_may_use),
        cmocka_unit_test(reports_broken_packing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
