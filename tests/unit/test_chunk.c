/* chunks and parts: what is written is read, and no damage goes unnoticed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/base/hash.h"
#include "memory_parts.h"
#include "random.h"

static uint8_t *filled(size_t n, struct random *r)
{
    uint8_t *p = malloc(n ? n : 1);
    assert_non_null(p);
    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)random_next(r);
    return p;
}

/* docs/FORMAT.md, "Chunk": the payload "chunk" under seed 7. */
static const uint8_t example[] = {
    0x44, 0x54, 0x4c, 0x43, 0x01, 0x00, 0x00, 0x00, 0x05, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x4e, 0x1c, 0x99, 0x64, 0xda, 0x2d, 0xa2, 0xa5,
    0xf2, 0xd2, 0xd9, 0x3e, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x63, 0x68, 0x75, 0x6e, 0x6b, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00,
};

static void the_format_example_is_what_the_encoder_writes(void **state)
{
    (void)state;
    struct dtl_buffer b = {0};
    assert_true(dtl_chunk_encode(&b, DTL_LITERAL("chunk"), 7));
    assert_int_equal(b.n, sizeof example);
    assert_memory_equal(b.p, example, sizeof example);
    struct dtl_chunk c = {0};
    assert_int_equal(dtl_chunk_open(dtl_buffer_view(&b), 7, &c, NULL), DTL_OK);
    assert_int_equal(c.payload_bytes, 5);
    assert_int_equal(c.payload - b.p, 48 + 64);
    assert_true(dtl_chunk_grain_holds(&c, 0));
    assert_false(dtl_chunk_grain_holds(&c, 1));
    dtl_buffer_release(&b);
}

static bool chunk_holds(const uint8_t *p, size_t n, uint64_t seed)
{
    uint8_t *exact = malloc(n ? n : 1);
    assert_non_null(exact);
    if (n)
        memcpy(exact, p, n);
    struct dtl_chunk c = {0};
    struct dtl_error err = {0};
    bool ok = dtl_chunk_open(dtl_bytes(exact, n), seed, &c, &err) == DTL_OK;
    if (!ok) {
        assert_int_equal(err.code, DTL_ECORRUPT);
        assert_null(c.payload);
    }
    for (uint32_t g = 0; ok && g < c.grains; g++)
        ok = dtl_chunk_grain_holds(&c, g);
    free(exact);
    return ok;
}

static void every_flipped_byte_of_a_chunk_is_found(void **state)
{
    (void)state;
    struct random r = random_start("every_flipped_byte_of_a_chunk_is_found");
    const size_t sizes[] = {1, 100, DTL_GRAIN, DTL_GRAIN + 1, 3 * DTL_GRAIN - 5};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        uint8_t *payload = filled(sizes[k], &r);
        struct dtl_buffer b = {0};
        assert_true(dtl_chunk_encode(&b, dtl_bytes(payload, sizes[k]), 99));
        assert_true(chunk_holds(b.p, b.n, 99));
        for (size_t i = 0; i < b.n; i++) {
            uint8_t flip = (uint8_t)(1 + random_below(&r, 255));
            b.p[i] ^= flip;
            assert_false(chunk_holds(b.p, b.n, 99));
            b.p[i] ^= flip;
        }
        dtl_buffer_release(&b);
        free(payload);
    }
}

static void every_proper_prefix_of_a_chunk_is_refused(void **state)
{
    (void)state;
    for (size_t n = 0; n < sizeof example; n++)
        assert_false(chunk_holds(example, n, 7));
    uint8_t longer[sizeof example + 1] = {0};
    memcpy(longer, example, sizeof example);
    assert_false(chunk_holds(longer, sizeof longer, 7));
}

static void a_chunk_under_another_key_does_not_verify(void **state)
{
    (void)state;
    assert_true(chunk_holds(example, sizeof example, 7));
    assert_false(chunk_holds(example, sizeof example, 8));
}

static void a_largest_chunk_fits_lmdb_and_an_empty_or_larger_one_is_refused(void **state)
{
    (void)state;
    struct dtl_buffer b = {0};
    uint8_t *zeros = calloc(1, DTL_CHUNK_PAYLOAD + 1);
    assert_non_null(zeros);
    assert_true(dtl_chunk_encode(&b, dtl_bytes(zeros, DTL_CHUNK_PAYLOAD), 1));
    assert_in_range(b.n, DTL_CHUNK_PAYLOAD, (4u << 20) - 16);
    assert_true(chunk_holds(b.p, b.n, 1));
    dtl_buffer_reset(&b);
    assert_false(dtl_chunk_encode(&b, dtl_bytes(zeros, DTL_CHUNK_PAYLOAD + 1), 1));
    dtl_buffer_reset(&b);
    assert_false(dtl_chunk_encode(&b, dtl_bytes(zeros, 0), 1));
    dtl_buffer_release(&b);
    free(zeros);
}

static void views_of_a_part_are_its_bytes_wherever_chunks_end(void **state)
{
    (void)state;
    struct random r = random_start("views_of_a_part_are_its_bytes_wherever_chunks_end");
    size_t n = 2 * DTL_CHUNK_PAYLOAD + 12345;
    uint8_t *plain = filled(n, &r);
    struct memory_parts *m = calloc(1, sizeof *m);
    assert_non_null(m);
    struct dtl_part_writer w;
    dtl_part_writer_init(&w, 3, memory_sink, m);
    for (size_t at = 0; at < n;) { /* in pieces of any size */
        size_t take = random_below(&r, 900000);
        take = take > n - at ? n - at : take;
        assert_int_equal(dtl_part_write(&w, dtl_bytes(plain + at, take), NULL), DTL_OK);
        at += take;
        assert_int_equal(w.bytes, at);
    }
    assert_int_equal(dtl_part_finish(&w, NULL), DTL_OK);
    assert_int_equal(w.chunks, 3);
    dtl_part_writer_release(&w);

    struct dtl_arena arena = {0}, scratch = {0};
    struct dtl_part p;
    assert_int_equal(dtl_part_open(&p, 3, n, memory_fetch, m, &arena, NULL), DTL_OK);
    assert_int_equal(m->fetches, 0);
    for (int i = 0; i < 2000; i++) {
        uint64_t at = random_below(&r, (uint32_t)n);
        if (i % 3 == 0) /* about a chunk's end */
            at = (1 + random_below(&r, 2)) * DTL_CHUNK_PAYLOAD - random_below(&r, 100);
        size_t most = n - at, take = i % 50 ? random_below(&r, 5000) : random_below(&r, 5000000);
        take = take > most ? most : take;
        struct dtl_bytes v = {0};
        if (i % 4 == 0)
            assert_int_equal(dtl_part_announce(&p, at, take, NULL), DTL_OK);
        assert_int_equal(dtl_part_view(&p, at, take, &scratch, &v, NULL), DTL_OK);
        assert_int_equal(v.n, take);
        assert_memory_equal(v.p, plain + at, take);
        uint32_t sum = 0;
        for (size_t k = 0; k < DTL_CHUNK_SLACK; k++)
            sum += v.p[take + k]; /* readable: the sanitizer says otherwise if not */
        (void)sum;
        dtl_arena_reset(&scratch);
    }
    assert_int_equal(m->fetches, 3);

    struct dtl_bytes v = {0};
    struct dtl_error err = {0};
    const struct {
        uint64_t at;
        size_t n;
    } beyond[] = {
        {n,          1       },
        {n + 1,      0       },
        {UINT64_MAX, 1       },
        {0,          SIZE_MAX},
        {5,          n       },
        {UINT64_MAX, SIZE_MAX}
    };
    for (size_t i = 0; i < sizeof beyond / sizeof *beyond; i++) {
        assert_int_equal(dtl_part_view(&p, beyond[i].at, beyond[i].n, &scratch, &v, &err),
                         DTL_ECORRUPT);
        assert_null(v.p);
        assert_int_equal(dtl_part_announce(&p, beyond[i].at, beyond[i].n, &err), DTL_OK);
    }
    assert_int_equal(dtl_part_view(&p, n, 0, &scratch, &v, NULL), DTL_OK);
    assert_int_equal(v.n, 0);
    dtl_arena_release(&arena);
    dtl_arena_release(&scratch);
    memory_release(m);
    free(m);
    free(plain);
}

static void a_rotten_grain_is_met_only_by_those_who_read_it(void **state)
{
    (void)state;
    struct random r = random_start("a_rotten_grain_is_met_only_by_those_who_read_it");
    size_t n = 10 * DTL_GRAIN;
    uint8_t *plain = filled(n, &r);
    struct memory_parts *m = calloc(1, sizeof *m);
    assert_non_null(m);
    memory_put(m, 1, dtl_bytes(plain, n));
    m->chunk[1][0].p[48 + 64 + 5 * DTL_GRAIN + 77] ^= 4;
    struct dtl_arena arena = {0};
    struct dtl_part p;
    struct dtl_bytes v = {0};
    struct dtl_error err = {0};
    assert_int_equal(dtl_part_open(&p, 1, n, memory_fetch, m, &arena, NULL), DTL_OK);
    assert_int_equal(dtl_part_view(&p, 0, 5 * DTL_GRAIN, &arena, &v, &err), DTL_OK);
    assert_int_equal(dtl_part_view(&p, 6 * DTL_GRAIN, 4 * DTL_GRAIN, &arena, &v, &err), DTL_OK);
    assert_int_equal(dtl_part_view(&p, 5 * DTL_GRAIN, 1, &arena, &v, &err), DTL_ECORRUPT);
    assert_int_equal(dtl_part_view(&p, 5 * DTL_GRAIN, 1, &arena, &v, &err), DTL_ECORRUPT);
    assert_int_equal(dtl_part_view(&p, 0, n, &arena, &v, &err), DTL_ECORRUPT);
    p.trusted = true;
    assert_int_equal(dtl_part_view(&p, 0, n, &arena, &v, &err), DTL_OK);
    dtl_arena_release(&arena);
    memory_release(m);
    free(m);
    free(plain);
}

static void a_missing_or_shorter_chunk_is_damage(void **state)
{
    (void)state;
    struct memory_parts *m = calloc(1, sizeof *m);
    assert_non_null(m);
    memory_put(m, 1, DTL_LITERAL("twelve bytes"));
    struct dtl_arena arena = {0};
    struct dtl_part p;
    struct dtl_bytes v = {0};
    struct dtl_error err = {0};
    assert_int_equal(dtl_part_open(&p, 2, 12, memory_fetch, m, &arena, NULL), DTL_OK);
    assert_int_equal(dtl_part_view(&p, 0, 1, &arena, &v, &err), DTL_ECORRUPT);
    assert_int_equal(dtl_part_open(&p, 1, 13, memory_fetch, m, &arena, NULL), DTL_OK);
    assert_int_equal(dtl_part_view(&p, 0, 1, &arena, &v, &err), DTL_ECORRUPT);
    assert_int_equal(dtl_part_open(&p, 1, DTL_PART_MAX, memory_fetch, m, &arena, NULL), DTL_OK);
    size_t before = arena.used_bytes; /* a part said to be huge must cost no memory to find out */
    assert_int_equal(dtl_part_view(&p, 0, DTL_PART_MAX, &arena, &v, &err), DTL_ECORRUPT);
    assert_in_range(arena.used_bytes - before, 0, 4096);
    assert_int_equal(dtl_part_announce(&p, DTL_CHUNK_PAYLOAD, 1, &err), DTL_OK); /* not looked at */
    assert_int_equal(dtl_part_announce(&p, DTL_CHUNK_PAYLOAD, 1u << 20, &err), DTL_ECORRUPT);
    assert_int_equal(dtl_part_open(&p, 1, DTL_PART_MAX + 1, memory_fetch, m, &arena, &err),
                     DTL_ECORRUPT);
    dtl_arena_release(&arena);
    memory_release(m);
    free(m);
}

static void small_values_become_aligned(void **state)
{
    (void)state;
    struct memory_parts *m = calloc(1, sizeof *m);
    assert_non_null(m);
    uint8_t plain[1000];
    memset(plain, 'x', sizeof plain);
    for (size_t shift = 0; shift < 64; shift++) {
        struct dtl_arena arena = {0};
        memory_put(m, 1, dtl_bytes(plain, sizeof plain));
        struct dtl_buffer *c = &m->chunk[1][0]; /* move the value inside its buffer */
        assert_true(dtl_buffer_reserve(c, 64));
        memmove(c->p + shift, c->p, c->n);
        struct dtl_buffer whole = *c;
        *c = (struct dtl_buffer){.p = whole.p + shift, .n = whole.n};
        struct dtl_part p;
        struct dtl_bytes v = {0};
        assert_int_equal(dtl_part_open(&p, 1, sizeof plain, memory_fetch, m, &arena, NULL), DTL_OK);
        assert_int_equal(dtl_part_view(&p, 0, sizeof plain, &arena, &v, NULL), DTL_OK);
        assert_int_equal((uintptr_t)v.p & 63, 0);
        assert_memory_equal(v.p, plain, sizeof plain);
        *c = whole;
        memory_release(m);
        dtl_arena_release(&arena);
    }
    free(m);
}

static void alignment_writes_zeros_up_to_the_multiple(void **state)
{
    (void)state;
    struct memory_parts *m = calloc(1, sizeof *m);
    assert_non_null(m);
    struct dtl_part_writer w;
    dtl_part_writer_init(&w, 0, memory_sink, m);
    assert_int_equal(dtl_part_align(&w, 64, NULL), DTL_OK);
    assert_int_equal(w.bytes, 0);
    assert_int_equal(dtl_part_write(&w, DTL_LITERAL("a"), NULL), DTL_OK);
    assert_int_equal(dtl_part_align(&w, 4096, NULL), DTL_OK);
    assert_int_equal(w.bytes, 4096);
    assert_int_equal(dtl_part_align(&w, 4096, NULL), DTL_OK);
    assert_int_equal(w.bytes, 4096);
    assert_int_equal(dtl_part_finish(&w, NULL), DTL_OK);
    assert_int_equal(w.chunks, 1);
    dtl_part_writer_release(&w);
    memory_release(m);
    free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_format_example_is_what_the_encoder_writes),
        cmocka_unit_test(every_flipped_byte_of_a_chunk_is_found),
        cmocka_unit_test(every_proper_prefix_of_a_chunk_is_refused),
        cmocka_unit_test(a_chunk_under_another_key_does_not_verify),
        cmocka_unit_test(a_largest_chunk_fits_lmdb_and_an_empty_or_larger_one_is_refused),
        cmocka_unit_test(views_of_a_part_are_its_bytes_wherever_chunks_end),
        cmocka_unit_test(a_rotten_grain_is_met_only_by_those_who_read_it),
        cmocka_unit_test(a_missing_or_shorter_chunk_is_damage),
        cmocka_unit_test(small_values_become_aligned),
        cmocka_unit_test(alignment_writes_zeros_up_to_the_multiple),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
