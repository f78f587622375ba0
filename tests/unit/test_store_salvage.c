/* What is sound of a damaged index, in a copy; and that nothing changes before it is put in place.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store_fixture.h"

static uint8_t bytes[1 << 20];
static size_t length;

static void load(const char *path)
{
    FILE *in = fopen(path, "rb");
    assert_non_null(in);
    length = fread(bytes, 1, sizeof bytes, in);
    fclose(in);
}

static void store(const char *path)
{
    FILE *out = fopen(path, "r+b");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes, 1, length, out), length);
    fclose(out);
}

struct damaged { /* two segments, of 3 and of 5 documents, published one after the other */
    struct fixture f;
    struct dtl_segment_facts a, b;
    char *data;
    struct dtl_salvage v;
    struct dtl_store_options o;
};

static struct damaged make(void)
{
    struct damaged d = {.f = fixture_make(), .o = fixture_options(false)};
    must(fixture_open(&d.f, true, ERR));
    must(fixture_publish(d.f.s, 5, 3, 20000, &d.a, ERR));
    must(fixture_publish(d.f.s, 9, 5, 20000, &d.b, ERR));
    fixture_close(&d.f);
    d.a.groups = d.b.groups = 0; /* views of the fixture's, gone with it */
    d.data = temp_dir_path(d.f.dir, DTL_FILE_DATA);
    load(d.data);
    return d;
}

static void finish(struct damaged *d)
{
    free(d->data);
    fixture_remove(&d->f);
}

static uint64_t docs_of(struct dtl_store *s)
{
    struct dtl_snapshot *snap = NULL;
    must(dtl_snapshot_open(s, &snap, ERR));
    uint64_t docs = snap->docs;
    dtl_snapshot_close(snap);
    return docs;
}

static void a_damaged_chunk_makes_its_segment_suspect_and_no_other(void **state)
{
    (void)state;
    struct damaged d = make();
    struct dtl_arena arena = {0};
    struct dtl_bytes want =
        fixture_noise(&arena, 64, (uint64_t)d.a.serial << 32 | DTL_PART_POSTINGS << 8);
    uint8_t *hit = memmem(bytes, length, want.p, want.n);
    assert_non_null(hit);
    *hit ^= 1;
    store(d.data);
    must(dtl_salvage_open(&d.v, d.f.dir, &d.o, ERR));
    assert_false(d.v.older);
    assert_int_equal(d.v.rows_lost, 0);
    assert_int_equal(docs_of(d.v.copy), 8);
    assert_true(dtl_salvage_suspects(&d.v, &d.a));
    assert_false(dtl_salvage_suspects(&d.v, &d.b));
    dtl_salvage_close(&d.v);
    uint8_t *before = malloc(length);
    assert_non_null(before);
    memcpy(before, bytes, length);
    load(d.data);
    assert_memory_equal(before, bytes, length); /* nothing was changed */
    free(before);
    dtl_arena_release(&arena);
    finish(&d);
}

static void without_the_newest_meta_page_the_transaction_before_is_found(void **state)
{
    (void)state;
    struct damaged d = make();
    bool second = dtl_load64(bytes + 4096 + 144) > dtl_load64(bytes + 144);
    memset(bytes + (second ? 4096 : 0), 0, 4096);
    store(d.data);
    must(dtl_salvage_open(&d.v, d.f.dir, &d.o, ERR));
    assert_true(d.v.older);
    assert_int_equal(docs_of(d.v.copy), 3);
    dtl_salvage_close(&d.v);
    finish(&d);
}

static void without_both_nothing_is_found(void **state)
{
    (void)state;
    struct damaged d = make();
    struct dtl_error err = {0};
    memset(bytes, 0, 8192);
    store(d.data);
    assert_int_equal(dtl_salvage_open(&d.v, d.f.dir, &d.o, &err), DTL_ECORRUPT);
    assert_non_null(strstr(err.text, "restore a backup"));
    finish(&d);
}

static void the_copy_takes_the_place_and_the_damaged_file_is_kept(void **state)
{
    (void)state;
    struct damaged d = make();
    char *kept = temp_dir_path(d.f.dir, DTL_FILE_BEFORE);
    memset(bytes + 144, 0xff, 2); /* a transaction number that does not follow */
    store(d.data);
    assert_int_equal(fixture_open(&d.f, false, ERR), DTL_ECORRUPT);
    must(dtl_salvage_open(&d.v, d.f.dir, &d.o, ERR));
    must(dtl_salvage_replace(&d.v, ERR));
    dtl_salvage_close(&d.v);
    must(fixture_open(&d.f, true, ERR));
    assert_true(docs_of(d.f.s) >= 3);
    uint8_t *before = malloc(length);
    assert_non_null(before);
    memcpy(before, bytes, length);
    load(kept);
    assert_memory_equal(before, bytes, length);
    free(before);
    unlink(kept);
    free(kept);
    finish(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_damaged_chunk_makes_its_segment_suspect_and_no_other),
        cmocka_unit_test(without_the_newest_meta_page_the_transaction_before_is_found),
        cmocka_unit_test(without_both_nothing_is_found),
        cmocka_unit_test(the_copy_takes_the_place_and_the_damaged_file_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
