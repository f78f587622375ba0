/* identities: who is who, found by hash and told by bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/segment/identities.h"
#include "memory_parts.h"
#include "random.h"

struct fixture {
    struct memory_parts *m;
    struct dtl_arena arena;
    struct dtl_segment s;
};

struct who {
    char id[40], source[12];
};

static void build(struct fixture *f, const struct who *all, uint32_t n)
{
    *f = (struct fixture){.m = calloc(1, sizeof *f->m)};
    assert_non_null(f->m);
    struct dtl_identities_builder *b = NULL;
    struct dtl_part_writer w;
    assert_int_equal(dtl_identities_builder_open(&b, NULL), DTL_OK);
    dtl_part_writer_init(&w, DTL_PART_IDENTITIES, memory_sink, f->m);
    for (uint32_t i = 0; i < n; i++)
        assert_int_equal(dtl_identities_builder_add(b, dtl_bytes_of(all[i].source),
                                                    dtl_bytes_of(all[i].id), NULL),
                         DTL_OK);
    assert_true(dtl_identities_builder_memory(b) >= n * 16u);
    assert_int_equal(dtl_identities_builder_finish(b, &w, NULL), DTL_OK);
    assert_int_equal(dtl_part_finish(&w, NULL), DTL_OK);
    struct dtl_segment_facts facts = {.docs = n};
    facts.part_bytes[DTL_PART_IDENTITIES] = w.bytes;
    dtl_part_writer_release(&w);
    dtl_identities_builder_close(b);
    assert_int_equal(dtl_segment_open(&f->s, &facts, memory_fetch, f->m, &f->arena, NULL), DTL_OK);
}

static void drop(struct fixture *f)
{
    dtl_arena_release(&f->arena);
    memory_release(f->m);
    free(f->m);
}

static struct who *random_people(struct random *r, uint32_t n)
{
    struct who *all = calloc(n, sizeof *all);
    assert_non_null(all);
    for (uint32_t i = 0; i < n; i++) { /* ids and pairs repeat: the part allows it */
        snprintf(all[i].id, sizeof all[i].id, "news/%u/%02u/%u.txt", 1990 + random_below(r, 2),
                 random_below(r, 12), random_below(r, n));
        uint32_t s = random_below(r, 6);
        snprintf(all[i].source, sizeof all[i].source, "%s", s ? "Reuters" : "");
        if (s > 3)
            snprintf(all[i].source, sizeof all[i].source, "paper %u", random_below(r, 9));
    }
    return all;
}

static void assert_found(struct fixture *f, const struct who *all, uint32_t n, const char *source,
                         bool any, const char *id)
{
    struct dtl_arena arena = {0};
    dtl_doc *docs = NULL;
    size_t count = 99, at = 0;
    assert_int_equal(dtl_identities_find(&f->s, dtl_bytes_of(source), any, dtl_bytes_of(id), &arena,
                                         &docs, &count, NULL),
                     DTL_OK);
    for (uint32_t i = 0; i < n; i++)
        if (strcmp(all[i].id, id) == 0 && (any || strcmp(all[i].source, source) == 0)) {
            assert_true(at < count);
            assert_int_equal(docs[at++], i);
        }
    assert_int_equal(at, count);
    dtl_arena_release(&arena);
}

static void whoever_was_added_is_found_and_named_and_nobody_else(void **state)
{
    (void)state;
    struct random r = random_start("whoever_was_added_is_found_and_named_and_nobody_else");
    const uint32_t sizes[] = {1, 2, 15, 16, 17, 33, 700};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        uint32_t n = sizes[k];
        struct who *all = random_people(&r, n);
        struct fixture f;
        build(&f, all, n);
        for (uint32_t i = 0; i < n; i++) {
            struct dtl_arena arena = {0};
            struct dtl_bytes id = {0}, source = {0};
            assert_int_equal(dtl_identities_of(&f.s, i, &arena, &id, &source, NULL), DTL_OK);
            assert_true(dtl_bytes_is(id, all[i].id));
            assert_true(dtl_bytes_is(source, all[i].source));
            dtl_arena_release(&arena);
            assert_found(&f, all, n, all[i].source, false, all[i].id);
            assert_found(&f, all, n, "nobody", true, all[i].id);
            assert_found(&f, all, n, "nobody", false, all[i].id);
            char other[60];
            snprintf(other, sizeof other, "%sx", all[i].id);
            assert_found(&f, all, n, all[i].source, false, other);
            assert_found(&f, all, n, all[i].source, true, other);
        }
        struct dtl_error err = {0};
        struct dtl_bytes id = {0}, source = {0};
        assert_int_equal(dtl_identities_of(&f.s, n, &f.arena, &id, &source, &err), DTL_ECORRUPT);
        drop(&f);
        free(all);
    }
}

static void each_of_many_is_found(void **state)
{
    (void)state;
    uint32_t n = 200000;
    struct who *all = calloc(n, sizeof *all);
    assert_non_null(all);
    for (uint32_t i = 0; i < n; i++)
        snprintf(all[i].id, sizeof all[i].id, "%09u", i);
    struct fixture f;
    build(&f, all, n);
    for (uint32_t i = 0; i < n; i += 101) {
        dtl_doc *docs = NULL;
        size_t count = 0;
        assert_int_equal(dtl_identities_find(&f.s, DTL_LITERAL(""), false, dtl_bytes_of(all[i].id),
                                             &f.arena, &docs, &count, NULL),
                         DTL_OK);
        assert_int_equal(count, 1);
        assert_int_equal(docs[0], i);
    }
    drop(&f);
    free(all);
}

/* ---- the format's example, and damage ---- */

static const struct who example_people[] = {
    {"ap/1",  "AP"     },
    {"ap/17", "AP"     },
    {"r/2",   "Reuters"},
    {"r/2",   "AP"     }
};

static struct dtl_bytes payload_of(const struct memory_parts *m)
{
    struct dtl_chunk c = {0};
    assert_int_equal(dtl_chunk_open(dtl_buffer_view(&m->chunk[DTL_PART_IDENTITIES][0]),
                                    memory_seed(DTL_PART_IDENTITIES, 0), &c, NULL),
                     DTL_OK);
    return dtl_bytes(c.payload, c.payload_bytes);
}

/* docs/FORMAT.md, "Identities". */
static void the_format_example_is_what_the_builder_writes(void **state)
{
    (void)state;
    static const uint8_t head[] = {0x44, 0x54, 0x4c, 0x49, 1, 0, 0, 0, 4, 0, 0, 0, 2, 0, 0, 0,
                                   15,   0,    0,    0,    0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0};
    static const uint8_t hashes[] = {0xa5, 0x7d, 0x34, 0xca, 0x92, 0x7e, 0x52, 0x4a,
                                     0x8e, 0x1b, 0x44, 0x52, 0x7d, 0x7a, 0x36, 0x72,
                                     0xa5, 0x7d, 0x44, 0x52, 0x7d, 0x7a, 0x36, 0x72,
                                     0xa5, 0x7d, 0x53, 0xc5, 0x99, 0x6b, 0x13, 0x85};
    static const uint8_t ids[] = {4, 'a', 'p', '/', '1', 4, 1, '7', 0, 3, 'r', '/', '2', 3, 0, 0};
    struct fixture f;
    build(&f, example_people, 4);
    struct dtl_bytes p = payload_of(f.m);
    assert_int_equal(p.n, 512);
    assert_memory_equal(p.p, head, sizeof head);
    assert_memory_equal(p.p + 64, hashes, sizeof hashes);
    assert_int_equal(p.p[128], 0x39); /* documents 1, 2, 3, 0 by hash, two bits each */
    assert_int_equal(p.p[192], 0x04); /* sources AP, AP, Reuters, AP, one bit each */
    assert_int_equal(p.p[256], 0);    /* the one block begins at 0 */
    assert_memory_equal(p.p + 320, ids, sizeof ids);
    assert_int_equal(p.p[384], 0x20); /* AP at 0, Reuters at 2, four bits each */
    assert_memory_equal(p.p + 448, "APReuters", 10);
    drop(&f);
}

static bool reads(uint32_t docs, const uint8_t *bytes, size_t n)
{
    struct memory_parts *m = calloc(1, sizeof *m);
    assert_non_null(m);
    memory_put(m, DTL_PART_IDENTITIES, dtl_bytes(bytes, n));
    struct dtl_arena arena = {0};
    struct dtl_segment s;
    struct dtl_segment_facts facts = {.docs = docs};
    facts.part_bytes[DTL_PART_IDENTITIES] = n;
    assert_int_equal(dtl_segment_open(&s, &facts, memory_fetch, m, &arena, NULL), DTL_OK);
    bool ok = true;
    for (uint32_t i = 0; i < docs; i++) {
        struct dtl_bytes id = {0}, source = {0};
        struct dtl_error err = {0};
        dtl_doc *found = NULL;
        size_t count = 0;
        enum dtl_status st = dtl_identities_of(&s, i, &arena, &id, &source, &err);
        assert_true(st == DTL_OK || st == DTL_ECORRUPT);
        ok = ok && st == DTL_OK;
        st = dtl_identities_find(&s, dtl_bytes_of(example_people[i].source), i & 1,
                                 dtl_bytes_of(example_people[i].id), &arena, &found, &count, &err);
        assert_true(st == DTL_OK || st == DTL_ECORRUPT);
        ok = ok && st == DTL_OK;
        for (size_t k = 0; k < count; k++)
            assert_true(found[k] < docs);
    }
    dtl_arena_release(&arena);
    memory_release(m);
    free(m);
    return ok;
}

static void every_proper_prefix_is_refused(void **state)
{
    (void)state;
    struct fixture f;
    build(&f, example_people, 4);
    struct dtl_bytes p = payload_of(f.m);
    assert_true(reads(4, p.p, p.n));
    for (size_t n = 1; n < p.n; n++)
        assert_false(reads(4, p.p, n));
    drop(&f);
}

static void every_flipped_byte_is_refused_or_harmless(void **state)
{
    (void)state;
    struct random r = random_start("every_flipped_byte_is_refused_or_harmless");
    struct fixture f;
    build(&f, example_people, 4);
    struct dtl_bytes p = payload_of(f.m);
    uint8_t *copy = malloc(p.n);
    assert_non_null(copy);
    memcpy(copy, p.p, p.n);
    for (size_t i = 0; i < p.n; i++)
        for (int k = 0; k < 4; k++) {
            copy[i] = (uint8_t)(p.p[i] ^ (k ? 1 + random_below(&r, 255) : 0x80));
            bool ok = reads(4, copy, p.n);
            if (i < 12)
                assert_false(ok);
            copy[i] = p.p[i];
        }
    free(copy);
    drop(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whoever_was_added_is_found_and_named_and_nobody_else),
        cmocka_unit_test(each_of_many_is_found),
        cmocka_unit_test(the_format_example_is_what_the_builder_writes),
        cmocka_unit_test(every_proper_prefix_is_refused),
        cmocka_unit_test(every_flipped_byte_is_refused_or_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
