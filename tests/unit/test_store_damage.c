/* Truncated, flipped, zeroed and swapped pages: never a signal, never a wrong answer, and check
 * finds them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/base/hash.h"
#include "common/store/pages.h"
#include "store_fixture.h"

#include <fcntl.h>
#include <sys/wait.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

static unsigned seed = 1;

/* A small index with something in every database, and free pages. */
static struct fixture make_index(void)
{
    struct fixture f = fixture_make();
    struct dtl_segment_facts a;
    struct dtl_group_use use;
    must(fixture_open(&f, true, ERR));
    must(dtl_writer_dictionary(f.s, DTL_LITERAL("words that articles share"), ERR));
    must(fixture_publish(f.s, 19804, 7, 9000, &a, ERR));
    use = (struct dtl_group_use){a.serial + 1, 3000};
    a.group = &use;
    struct dtl_dead *d = dtl_dead_clone(NULL, &a);
    assert_non_null(d);
    roaring_bitmap_add(d->docs, 3);
    d->count = d->lang_docs[1] = 1;
    struct dtl_dead_update u = {
        {a.first_day, a.serial},
        d
    };
    struct dtl_source_row rows[60];
    char paths[60][80];
    for (int i = 0; i < 60; i++) {
        memset(paths[i], 'a' + i % 26, sizeof paths[i]);
        snprintf(paths[i], 20, "archive/%03d.txt", i);
        rows[i] = (struct dtl_source_row){.path = dtl_bytes(paths[i], sizeof paths[i]),
                                          .articles = 1,
                                          .reasons = dtl_bytes_of("#1: a reason to be kept\n")};
    }
    struct dtl_publication p = {
        .dead = &u, .deads = 1, .source = rows, .sources = 60, .new_generation = true};
    must(dtl_writer_publish(f.s, &p, ERR));
    must(fixture_publish(f.s, -3, 2, 100, &a, ERR));
    struct dtl_segment_name drop = {a.first_day, a.serial};
    must(dtl_writer_publish(f.s, &(struct dtl_publication){.drop = &drop, .drops = 1}, ERR));
    must(dtl_writer_sweep(f.s, ERR));
    dtl_dead_release(d);
    fixture_close(&f);
    return f;
}

static uint8_t *load(const char *path, size_t *n)
{
    FILE *in = fopen(path, "rb");
    assert_non_null(in);
    uint8_t *p = malloc(1 << 20);
    *n = fread(p, 1, 1 << 20, in);
    fclose(in);
    return p;
}

static void store_at(const char *path, const uint8_t *p, size_t n, off_t at)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, p, n, at), (ssize_t)n);
    close(fd);
}

/* Pages at the end of the file that LMDB itself counts as free: the file may do without them. */
static size_t needed_pages(const char *dir)
{
    MDB_env *env = NULL;
    MDB_txn *txn = NULL;
    MDB_cursor *c = NULL;
    MDB_envinfo info;
    MDB_val k, v;
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_open(env, dir, MDB_RDONLY, 0600), 0);
    assert_int_equal(mdb_env_info(env, &info), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, MDB_RDONLY, &txn), 0);
    size_t pages = info.me_last_pgno + 1;
    bool *unused = calloc(pages, sizeof *unused);
    assert_int_equal(mdb_cursor_open(txn, 0, &c), 0); /* 0: LMDB's own list of free pages */
    while (mdb_cursor_get(c, &k, &v, MDB_NEXT) == 0)
        for (size_t i = 1; i <= dtl_load64(v.mv_data); i++)
            unused[dtl_load64((const uint8_t *)v.mv_data + 8 * i)] = true;
    while (unused[pages - 1])
        pages--;
    free(unused);
    mdb_cursor_close(c);
    mdb_txn_abort(txn);
    mdb_env_close(env);
    return pages;
}

static void a_file_cut_short_of_what_it_needs_is_refused_before_it_is_mapped(void **state)
{
    (void)state;
    struct fixture f = make_index();
    char *data = temp_dir_path(f.dir, DTL_FILE_DATA);
    size_t n = 0;
    uint8_t *p = load(data, &n);
    size_t need = needed_pages(f.dir) * 4096;
    assert_true(need < n); /* the sweep left free pages at the end: both cases are tried */
    for (size_t page = 0; page <= n / 4096; page++)
        for (int around = -1; around <= 1; around++) {
            size_t cut = page * 4096 + (size_t)around;
            struct dtl_error err = {0};
            if ((page == 0 && around < 0) || cut > n)
                continue;
            assert_int_equal(truncate(data, (off_t)cut), 0);
            for (int write = 0; write < 2; write++) {
                enum dtl_status st = fixture_open(&f, write, &err);
                assert_int_equal(st, cut >= need ? DTL_OK : DTL_ECORRUPT);
                fixture_close(&f);
            }
            store_at(data, p, n, 0);
        }
    free(p);
    free(data);
    fixture_remove(&f);
}

/* ---- flips, seen by check ---- */

struct seen {
    uint64_t hash;
    uint64_t damages;
};

static enum dtl_status hash_entry(void *ctx, enum dtl_db db, struct dtl_bytes key,
                                  struct dtl_bytes value)
{
    struct seen *s = ctx;
    s->hash = dtl_hash64(value, dtl_hash64(key, s->hash + db));
    return DTL_OK;
}

static void count_damage(void *ctx, bool damage, const char *line)
{
    struct seen *s = ctx;
    assert_non_null(line);
    s->damages += damage;
}

/* Check an open file: how many findings, and the hash of what it holds. */
static struct seen examine(int fd)
{
    struct dtl_page_meta meta;
    struct dtl_page_figures figures = {0};
    struct dtl_error err = {0};
    struct seen walked = {0}, checked = {0};
    enum dtl_status st = dtl_page_meta_read(fd, "test", &meta, &err);
    if (st != DTL_OK) {
        assert_int_equal(st, DTL_ECORRUPT);
        return (struct seen){0, 1};
    }
    must(dtl_pages_walk(fd, &meta, hash_entry, count_damage, &walked, &figures, ERR));
    st = dtl_check_file(fd, &meta, count_damage, &checked, NULL, &err);
    assert_true(st == DTL_OK || st == DTL_ECORRUPT);
    assert_int_equal(st == DTL_ECORRUPT, checked.damages != 0);
    walked.damages = checked.damages;
    return walked;
}

static void a_flip_is_found_by_check_or_changes_nothing_that_is_kept(void **state)
{
    (void)state;
    struct fixture f = make_index();
    char *data = temp_dir_path(f.dir, DTL_FILE_DATA);
    size_t n = 0;
    uint8_t *p = load(data, &n);
    int fd = open(data, O_RDWR | O_CLOEXEC);
    struct seen sound = examine(fd);
    size_t hit = 0, tried = 0;
    assert_int_equal(sound.damages, 0);
    print_message("SEED=%u\n", seed);
    srandom(seed);
    static const uint8_t masks[] = {0x01, 0x80, 0xff};
    for (size_t at = 0; at < n; at += 1 + (size_t)random() % (SANITIZED ? 61 : 7)) {
        uint8_t flipped = p[at] ^ masks[(size_t)random() % 3];
        assert_int_equal(pwrite(fd, &flipped, 1, (off_t)at), 1);
        struct seen s = examine(fd);
        tried++;
        hit += s.damages != 0;
        if (s.damages == 0 && s.hash != sound.hash)
            fail_msg("the flip of byte %zu changes what is kept and is not found", at);
        assert_int_equal(pwrite(fd, &p[at], 1, (off_t)at), 1);
    }
    print_message("%zu flips, %zu found, the others in free or unused bytes\n", tried, hit);
    assert_true(hit > tried / 20);
    close(fd);
    free(p);
    free(data);
    fixture_remove(&f);
}

static void pages_zeroed_swapped_or_brought_back_are_found(void **state)
{
    (void)state;
    struct fixture f = make_index();
    char *data = temp_dir_path(f.dir, DTL_FILE_DATA);
    size_t n = 0;
    uint8_t *p = load(data, &n), *zero = calloc(1, 4096);
    int fd = open(data, O_RDWR | O_CLOEXEC);
    struct seen sound = examine(fd);
    for (size_t a = 0; a < n / 4096; a++)
        for (size_t b = 0; b <= n / 4096; b++) { /* page a becomes page b; the last: zeros */
            const uint8_t *from = b == n / 4096 ? zero : p + b * 4096;
            assert_int_equal(pwrite(fd, from, 4096, (off_t)(a * 4096)), 4096);
            struct seen s = examine(fd);
            if (s.damages == 0)
                assert_true(s.hash == sound.hash);
            assert_int_equal(pwrite(fd, p + a * 4096, 4096, (off_t)(a * 4096)), 4096);
        }
    close(fd);
    free(zero);
    free(p);
    free(data);
    fixture_remove(&f);
}

/* ---- flips, met by a program that knows nothing of them ---- */

/* Everything a query could read, as a hash; a status when something says no. */
static enum dtl_status read_all(struct fixture *f, bool write, uint64_t *hash,
                                struct dtl_error *err)
{
    struct dtl_snapshot *snap = NULL;
    struct dtl_bytes v = {0};
    uint64_t h = 0;
    enum dtl_status st = fixture_open(f, write, err);
    if (st == DTL_OK)
        st = dtl_snapshot_open(f->s, &snap, err);
    if (st == DTL_OK)
        st = dtl_snapshot_dictionary(snap, &v, err);
    if (st == DTL_OK)
        h = dtl_hash64(v, snap->docs + snap->generation);
    for (size_t i = 0; st == DTL_OK && i < snap->segments; i++)
        for (int p = 1; st == DTL_OK && p < DTL_PARTS_END; p++) {
            struct dtl_part *part = &snap->segment[i].part[p];
            if (part->bytes == 0)
                continue;
            st = dtl_part_view(part, 0, part->bytes, &snap->arena, &v, err);
            h = st == DTL_OK ? dtl_hash64(v, h) : h;
        }
    for (size_t i = 0; st == DTL_OK && i < snap->x->groups; i++) {
        uint64_t bytes = 0;
        st = dtl_snapshot_group_bytes(snap, snap->x->group[i].serial, &bytes, err);
        h += bytes;
    }
    struct dtl_arena arena = {0};
    for (int i = 0; st == DTL_OK && i < 60; i++) {
        struct dtl_source_row row = {0};
        char path[80];
        memset(path, 'a' + i % 26, sizeof path);
        snprintf(path, 20, "archive/%03d.txt", i);
        st = dtl_sources_get(snap, dtl_bytes(path, sizeof path), &arena, &row, err);
        if (st == DTL_NOTFOUND) /* a lost row makes a file to be read again, no wrong answer */
            st = DTL_OK;
        h += row.articles + row.reasons.n;
    }
    dtl_arena_release(&arena);
    dtl_snapshot_close(snap);
    fixture_close(f);
    *hash = h;
    return st;
}

static void a_flip_met_by_a_program_ends_with_the_right_answer_or_with_exit_3(void **state)
{
    (void)state;
    if (SANITIZED) {
        print_message("skipped: faults in the map are the sanitizer's\n");
        skip();
    }
    struct fixture f = make_index();
    char *data = temp_dir_path(f.dir, DTL_FILE_DATA);
    size_t n = 0, right = 0, refused = 0, rows_lost = 0;
    uint8_t *p = load(data, &n);
    uint64_t want = 0;
    must(read_all(&f, false, &want, ERR));
    print_message("SEED=%u\n", seed);
    srandom(seed);
    for (size_t at = 0; at < n; at += 1 + (size_t)random() % 29) {
        uint8_t flipped = p[at] ^ (uint8_t)(1u << random() % 8);
        store_at(data, &flipped, 1, (off_t)at);
        pid_t pid = fork();
        if (pid == 0) {
            struct dtl_error err = {0};
            uint64_t got = 0;
            int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
            if (null >= 0)
                dup2(null, STDERR_FILENO);
            dtl_store_guard("test");
            enum dtl_status st = read_all(&f, false, &got, &err);
            if (st != DTL_OK && dtl_status_exit(st) != 3)
                dprintf(STDOUT_FILENO, "%d %s\n", st, err.text);
            _exit(st != DTL_OK ? dtl_status_exit(st) : got == want ? 0 : 50);
        }
        int status = 0;
        assert_int_equal(waitpid(pid, &status, 0), pid);
        if (!WIFEXITED(status))
            fail_msg("byte %zu: signal %d", at, WTERMSIG(status));
        int code = WEXITSTATUS(status);
        if (code != 0 && code != 3 && code != 50)
            fail_msg("byte %zu: exit %d", at, code);
        right += code == 0;
        refused += code == 3;
        rows_lost += code == 50;
        store_at(data, &p[at], 1, (off_t)at);
    }
    print_message("%zu right, %zu refused, %zu with a row of `sources` not found\n", right, refused,
                  rows_lost);
    assert_true(refused > 0);
    free(p);
    free(data);
    fixture_remove(&f);
}

static void a_file_cut_while_it_is_mapped_ends_in_words_and_exit_3(void **state)
{
    (void)state;
    if (SANITIZED) {
        print_message("skipped: faults in the map are the sanitizer's\n");
        skip();
    }
    struct fixture f = make_index();
    int ends[2], status = 0;
    char words[400] = {0};
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct dtl_error err = {0};
        char *data = temp_dir_path(f.dir, DTL_FILE_DATA);
        dup2(ends[1], STDERR_FILENO);
        dtl_store_guard("dateline-query");
        if (fixture_open(&f, false, &err) != DTL_OK || truncate(data, 8192) != 0)
            _exit(1);
        struct dtl_snapshot *snap = NULL;
        _exit(dtl_snapshot_open(f.s, &snap, &err) == DTL_OK ? 0 : 2);
    }
    close(ends[1]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(read(ends[0], words, sizeof words - 1) > 0);
    close(ends[0]);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 3);
    assert_memory_equal(words, "dateline-query: a fault while reading the index", 47);
    assert_non_null(strchr(words, '\n'));
    fixture_remove(&f);
}

/* ---- what check leaves behind ---- */

static void after_a_check_found_damage_no_writer_goes_on_until_one_finds_none(void **state)
{
    (void)state;
    struct fixture f = make_index();
    struct dtl_store_options o = fixture_options(true);
    struct dtl_error err = {0};
    char *data = temp_dir_path(f.dir, DTL_FILE_DATA);
    size_t n = 0, at = 0;
    uint8_t *p = load(data, &n), byte = 0;
    for (size_t i = 0; i + 25 <= n && !at; i++) /* a byte of a dictionary's value */
        if (memcmp(p + i, "words that articles share", 25) == 0)
            at = i;
    byte = p[at] ^ 4;
    store_at(data, &byte, 1, (off_t)at);
    o.checking = true;
    must(dtl_store_open(&f.s, f.dir, &o, ERR));
    assert_int_equal(dtl_store_check(f.s, NULL, NULL, &err), DTL_ECORRUPT);
    assert_non_null(strstr(err.text, "dictionaries"));
    struct dtl_segment_facts a;
    assert_int_equal(fixture_publish(f.s, 1, 1, 1, &a, &err), DTL_EUSAGE); /* only to check */
    fixture_close(&f);
    assert_int_equal(fixture_open(&f, true, &err), DTL_ECORRUPT);
    assert_non_null(strstr(err.text, "damaged"));
    must(fixture_open(&f, false, ERR)); /* what is sound can still be read */
    assert_int_equal(dtl_store_check(f.s, NULL, NULL, &err), DTL_ECORRUPT);
    fixture_close(&f);
    store_at(data, p, n, 0);
    assert_int_equal(fixture_open(&f, true, &err), DTL_ECORRUPT); /* nobody has looked yet */
    must(dtl_store_open(&f.s, f.dir, &o, ERR));
    must(dtl_store_check(f.s, fixture_print, NULL, ERR));
    fixture_close(&f);
    must(fixture_open(&f, true, ERR));
    free(p);
    free(data);
    fixture_remove(&f);
}

struct put {
    enum dtl_db db;
    const char *finding;
};

static void collect_lines(void *ctx, bool damage, const char *line)
{
    if (damage)
        dtl_buffer_format(ctx, "%s\n", line);
}

/* Sound pages and sums, wrong story: rows put behind the publication's back. */
static void cross_references_that_do_not_hold_are_found(void **state)
{
    (void)state;
    static const struct put cases[] = {
        {DTL_DB_SEGMENTS,     "part 3 has 0 bytes, the catalog says 9000"},
        {DTL_DB_ARTICLES,     "is missing"                               },
        {DTL_DB_DICTIONARIES, "the dictionary"                           },
        {DTL_DB_DEAD,         "not the one last published"               },
        {DTL_DB_CATALOG,      "not the one last published"               },
        {DTL_DB_SOURCES,      "not the one last published"               }
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture f = make_index();
        struct dtl_error err = {0};
        MDB_txn *txn = NULL;
        MDB_cursor *c = NULL;
        MDB_val k, v;
        struct dtl_buffer lines = {0};
        must(fixture_open(&f, true, ERR));
        must(dtl_env_write(f.s, &txn, ERR));
        assert_int_equal(mdb_cursor_open(txn, f.s->dbi[cases[i].db], &c), 0);
        assert_int_equal(mdb_cursor_get(c, &k, &v, MDB_FIRST), 0);
        assert_int_equal(mdb_cursor_del(c, 0), 0);
        mdb_cursor_close(c);
        must(dtl_env_commit(f.s, &txn, 0, ERR));
        assert_int_equal(dtl_store_check(f.s, collect_lines, &lines, &err), DTL_ECORRUPT);
        dtl_buffer_byte(&lines, 0);
        if (!strstr((char *)lines.p, cases[i].finding))
            fail_msg("%s: %s", dtl_db_name[cases[i].db], (char *)lines.p);
        dtl_buffer_release(&lines);
        fixture_close(&f);
        fixture_remove(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_cut_short_of_what_it_needs_is_refused_before_it_is_mapped),
        cmocka_unit_test(a_flip_is_found_by_check_or_changes_nothing_that_is_kept),
        cmocka_unit_test(pages_zeroed_swapped_or_brought_back_are_found),
        cmocka_unit_test(a_flip_met_by_a_program_ends_with_the_right_answer_or_with_exit_3),
        cmocka_unit_test(a_file_cut_while_it_is_mapped_ends_in_words_and_exit_3),
        cmocka_unit_test(after_a_check_found_damage_no_writer_goes_on_until_one_finds_none),
        cmocka_unit_test(cross_references_that_do_not_hold_are_found),
    };
    const char *given = getenv("SEED");
    if (given)
        seed = (unsigned)strtoul(given, NULL, 10);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
