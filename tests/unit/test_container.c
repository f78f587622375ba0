/*
 * Containers: members as they come, what is passed over, what is refused, how deep, and that damage
 * costs what it hits.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "indexer/input/members.h"
#include "tests/unit/containers.h"
#include "tests/unit/temp_dir.h"

#include <fcntl.h>
#include <locale.h>
#include <sys/stat.h>

static char *dir;

static int start(void **state)
{
    (void)state;
    setlocale(LC_CTYPE, "C.UTF-8"); /* as dtl_process_start does */
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

static void read_all(struct dtl_input *in, struct dtl_buffer *out)
{
    struct dtl_bytes view;
    struct dtl_error err = {0};
    enum dtl_status st;
    while ((st = dtl_input_peek(in, 1000, &view, &err)) == DTL_OK && view.n) {
        if (out->n < 2000)
            dtl_buffer_append(out, view.p, view.n && view.p[0] ? (view.n < 40 ? view.n : 40) : 0);
        dtl_input_skip(in, view.n);
    }
    if (st < 0)
        dtl_buffer_format(out, "(%s)", err.text);
}

/* "path=content;" for each stream of the file written with these bytes, "path!reason;" else. */
static char *streams(struct dtl_bytes bytes, const struct dtl_walk_options *walk)
{
    struct dtl_buffer b = {0};
    struct dtl_members *m = NULL;
    struct dtl_error err = {0};
    struct dtl_file file = {.path = DTL_LITERAL("f"), .mtime_ns = 7};
    int fd = open("f", O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_int_equal(write(fd, bytes.p, bytes.n), (ssize_t)bytes.n);
    close(fd);
    enum dtl_status st = dtl_members_open(&m, &file, walk, &err);
    if (st < 0)
        dtl_buffer_format(&b, "f!%s;", err.text);
    for (int n = 0; st >= 0 && n < 10000; n++) {
        struct dtl_stream s = {0};
        st = dtl_members_next(m, &s, &err);
        if (st == DTL_END)
            break;
        dtl_buffer_append(&b, s.path.p, s.path.n);
        dtl_buffer_byte(&b, st == DTL_OK ? '=' : '!');
        if (st == DTL_OK)
            read_all(s.in, &b);
        else
            dtl_buffer_text(&b, err.text);
        dtl_buffer_byte(&b, ';');
        if (st == DTL_EINPUT)
            st = DTL_OK;
        if (st == DTL_OK && dtl_members_kind(m) && s.in && s.mtime_ns != 7)
            assert_int_equal(s.mtime_ns, UINT64_C(1000000000) * 1000000000);
    }
    if (m && dtl_members_skipped(m))
        dtl_buffer_format(&b, "%d skipped", (int)dtl_members_skipped(m));
    if (m && dtl_members_cut(m))
        dtl_buffer_text(&b, " (cut)");
    dtl_members_close(m);
    dtl_buffer_byte(&b, 0);
    return (char *)b.p;
}

static void expect(struct dtl_bytes bytes, const struct dtl_walk_options *walk, const char *text)
{
    char *got = streams(bytes, walk);
    assert_string_equal(got, text);
    free(got);
}

static void expect_packed(struct packing *p, const char *text)
{
    struct dtl_buffer b = packing_end(p);
    expect(dtl_buffer_view(&b), NULL, text);
    dtl_buffer_release(&b);
}

static const char *const formats[] = {"ustar", "pax", "gnutar", "v7tar", "zip"};

static void gives_members_in_order_by_their_names(void **state)
{
    (void)state;
    for (size_t f = 0; f < sizeof formats / sizeof *formats; f++) {
        for (int filter = 0; filter < 2; filter++) {
            struct packing p = packing_begin(formats[f], filter ? ARCHIVE_FILTER_ZSTD : 0, 1 << 20);
            packing_open(&p);
            packing_entry(&p, "news", AE_IFDIR, NULL, DTL_LITERAL(""));
            packing_add(&p, "./news/1.html", "one");
            packing_add(&p, "../../etc/x", "up");
            packing_add(&p, "/etc/passwd", "root");
            packing_add(&p, "z\xc3\xa9", "accent");
            packing_add(&p, "a\x1b[1m", "escape");
            packing_add(&p, "empty", "");
            packing_add(&p, "news/.hidden/x", "h");
            packing_add(&p, "__MACOSX/._1.html", "fork");
            packing_add(&p, "news/1.html", "again");
            expect_packed(&p, "f#news/1.html=one;f#../../etc/x=up;f#/etc/passwd=root;"
                              "f#z\xc3\xa9=accent;f#a\x1b[1m=escape;f#empty=;"
                              "f#news/1.html=again;2 skipped");
        }
    }
}

static void passes_over_what_is_no_file(void **state)
{
    (void)state;
    struct packing p = packing_begin("pax", 0, 1 << 20);
    packing_open(&p);
    packing_add(&p, "a", "A");
    packing_entry(&p, "soft", AE_IFLNK, "/etc/passwd", DTL_LITERAL(""));
    packing_entry(&p, "hard", 0, "a", DTL_LITERAL(""));
    packing_entry(&p, "pipe", AE_IFIFO, NULL, DTL_LITERAL(""));
    packing_entry(&p, "disk", AE_IFBLK, NULL, DTL_LITERAL(""));
    packing_entry(&p, "tty", AE_IFCHR, NULL, DTL_LITERAL(""));
    packing_add(&p, "b", "B");
    expect_packed(&p, "f#a=A;f#b=B;5 skipped");
}

static void unpacks_members_and_counts_the_nesting(void **state)
{
    (void)state;
    struct dtl_buffer inner = {0};
    static const char *const name[] = {"d", "c", "b", "a"};
    for (int i = 0; i < 4; i++) { /* each is the only member of the next */
        struct packing p =
            packing_begin(i % 2 ? "zip" : "ustar", i == 2 ? ARCHIVE_FILTER_GZIP : 0, 1 << 20);
        packing_open(&p);
        if (i)
            packing_entry(&p, name[i], 0, NULL, dtl_buffer_view(&inner));
        packing_add(&p, "x", "X");
        dtl_buffer_release(&inner);
        inner = packing_end(&p);
        if (i == 2)
            expect(dtl_buffer_view(&inner), NULL, "f#b#c#x=X;f#b#x=X;f#x=X;");
    }
    expect(dtl_buffer_view(&inner), NULL,
           "f#a#b#c!containers inside one another more than 2 deep; unpack the outer ones;"
           "f#a#b#x=X;f#a#x=X;f#x=X;");
    dtl_buffer_release(&inner);
}

static void leaves_out_what_is_excluded(void **state)
{
    (void)state;
    static const char *const globs[] = {"old", "*.bak", "f#news/secret*"};
    struct dtl_walk_options walk = {.exclude = globs, .excludes = 3};
    struct packing p = packing_begin("zip", 0, 1 << 20);
    packing_open(&p);
    packing_add(&p, "news/old/a", "a");
    packing_add(&p, "news/b.bak", "b");
    packing_add(&p, "news/secret.txt", "c");
    packing_add(&p, "news/d", "d");
    struct dtl_buffer b = packing_end(&p);
    expect(dtl_buffer_view(&b), &walk, "f#news/d=d;");
    dtl_buffer_release(&b);
}

static void reads_a_zip_that_comes_as_a_stream(void **state)
{
    (void)state;
    struct packing p = packing_begin("zip", 0, 1 << 20);
    packing_open(&p);
    packing_add(&p, "one", "first");
    packing_add(&p, "two", "second");
    struct dtl_buffer zip = packing_end(&p);
    struct dtl_input *in;
    struct dtl_container *c;
    struct dtl_member m = {0};
    struct dtl_error err = {0};
    struct packing outer = packing_begin("raw", ARCHIVE_FILTER_GZIP, 1 << 20);
    packing_open(&outer);
    packing_entry(&outer, "z", 0, NULL, dtl_buffer_view(&zip));
    struct dtl_buffer gz = packing_end(&outer); /* not to be read out of order */
    assert_int_equal(dtl_input_open_bytes(&in, dtl_buffer_view(&gz), &err), DTL_OK);
    assert_int_equal(dtl_container_open(&c, in, &err), DTL_OK);
    assert_int_equal(dtl_container_next(c, &m, &err), DTL_OK);
    assert_true(dtl_bytes_is(m.name, "one"));
    assert_int_equal(dtl_container_next(c, &m, &err), DTL_OK); /* unread bytes are stepped over */
    struct dtl_buffer text = {0};
    read_all(m.in, &text);
    assert_true(dtl_bytes_is(dtl_buffer_view(&text), "second"));
    assert_int_equal(dtl_container_next(c, &m, &err), DTL_END);
    assert_int_equal(dtl_container_next(c, &m, &err), DTL_END);
    dtl_buffer_release(&text);
    dtl_container_close(c);
    dtl_input_close(in);
    dtl_buffer_release(&gz);
    dtl_buffer_release(&zip);
}

static void keeps_what_stands_before_damage(void **state)
{
    (void)state;
    for (size_t f = 0; f < sizeof formats / sizeof *formats; f++) {
        struct packing p = packing_begin(formats[f], 0, 1 << 20);
        packing_open(&p);
        packing_add(&p, "one", "first");
        packing_add(&p, "two", "second");
        struct dtl_buffer b = packing_end(&p);
        size_t with_first = 0, step = b.n > 3000 ? 7 : 1;
        for (size_t n = 0; n < b.n; n += step) { /* no crash, no endless loop, at any end */
            char *got = streams(dtl_bytes(b.p, n), NULL);
            with_first += strncmp(got, "f#one=first;", 12) == 0;
            if (strncmp(got, "f#one=first;f#two=second;", 25) == 0)
                assert_true(n >= b.n / 3);
            else if (n > 1000 && f < 4)
                assert_non_null(strstr(got, "(cut)"));
            free(got);
        }
        assert_true(with_first > 0);
        dtl_buffer_release(&b);
    }
}

static void refuses_bombs_and_names_beyond_all_sense(void **state)
{
    (void)state;
    size_t n = (size_t)80 << 20;
    struct dtl_buffer bomb = {0};
    assert_true(dtl_buffer_zeros(&bomb, n));
    for (int i = 0; i < 2; i++) {
        struct packing gz = packing_begin("raw", ARCHIVE_FILTER_GZIP, (size_t)1 << 20);
        packing_open(&gz);
        packing_entry(&gz, "x", 0, NULL, dtl_buffer_view(&bomb));
        dtl_buffer_release(&bomb);
        bomb = packing_end(&gz);
    }
    struct packing p = packing_begin("zip", 0, (size_t)1 << 20);
    packing_open(&p);
    packing_entry(&p, "bomb", 0, NULL, dtl_buffer_view(&bomb));
    packing_add(&p, "after", "x");
    dtl_buffer_release(&bomb);
    struct dtl_buffer b = packing_end(&p);
    char *got = streams(dtl_buffer_view(&b), NULL);
    assert_string_equal(got,
                        "f#bomb=(unpacks to more than 1000 times its size: refused);f#after=x;");
    free(got);
    dtl_buffer_release(&b);

    char *name = calloc(1, 6000);
    memset(name, 'n', 5000);
    p = packing_begin("pax", 0, 1 << 20);
    packing_open(&p);
    packing_add(&p, name, "long");
    packing_add(&p, "after", "x");
    b = packing_end(&p);
    got = streams(dtl_buffer_view(&b), NULL);
    assert_non_null(strstr(got, "!a name over 4096 bytes;f#after=x;"));
    free(got);
    free(name);
    dtl_buffer_release(&b);
}

/* A tar header that states a size its bytes do not have: the sum is made to hold. */
static void state_size(struct dtl_buffer *tar, const char *octal)
{
    memcpy(tar->p + 124, octal, 11);
    memset(tar->p + 148, ' ', 8);
    unsigned sum = 0;
    for (int i = 0; i < 512; i++)
        sum += tar->p[i];
    snprintf((char *)tar->p + 148, 8, "%06o", sum);
}

static void refuses_a_member_by_the_size_it_states(void **state)
{
    (void)state;
    struct packing p = packing_begin("ustar", 0, 1 << 20);
    packing_open(&p);
    packing_add(&p, "huge", "first");
    struct dtl_buffer b = packing_end(&p);
    state_size(&b, "20000000000"); /* 2 GiB */
    char *got = streams(dtl_buffer_view(&b), NULL);
    assert_true(strncmp(got, "f#huge!a member over 1024 MiB; divide it;", 41) == 0);
    free(got);
    dtl_buffer_release(&b);
}

static void tells_containers_by_their_content(void **state)
{
    (void)state;
    uint8_t zeros[1024] = {0};
    assert_null(dtl_container_kind(dtl_bytes(zeros, sizeof zeros)));
    assert_null(dtl_container_kind(DTL_LITERAL("PK")));
    assert_string_equal(dtl_container_kind(DTL_LITERAL("PK\x03\x04")), "zip");
    expect(DTL_LITERAL("PK is not a zip"), NULL, "f=PK is not a zip;");
    expect(DTL_LITERAL(""), NULL, "f=;");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(gives_members_in_order_by_their_names),
        TEST(passes_over_what_is_no_file),
        TEST(unpacks_members_and_counts_the_nesting),
        TEST(leaves_out_what_is_excluded),
        TEST(reads_a_zip_that_comes_as_a_stream),
        TEST(keeps_what_stands_before_damage),
        TEST(refuses_bombs_and_names_beyond_all_sense),
        TEST(refuses_a_member_by_the_size_it_states),
        TEST(tells_containers_by_their_content),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
