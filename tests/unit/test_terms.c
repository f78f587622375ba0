/* The term dictionary: the format's bytes, lookups at the edges, damage in any byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "damage.h"
#include "list_example.h"
#include "list_exercise.h"

/* "Terms": the whole part of the example segment, padding between the pieces left out */
static const uint8_t block[] = {
    0x50, 0x01, 0x01, 'r',  'u',  'n',  0x00, 0x00, 0x00, /* key, where lists stand */
    0x13, 0x0e, 0x01, 0x12, 0x40, 'n',  'i',  'n',  'g',  /* bytes, df and flags, printed forms */
    0x28, 0x06, 0x00, 0x0d, 0x00, 0x01, 0x03, 0x08, 0x02, /* length code and the list */
    0x02, 0x01,                                           /* counts of the forms */
    0x45, 'a',  'w',  'a',  'y',  0x09, 0x06, 0x02,       /* runaway */
    0x28, 0x00, 0x01, 0x01, 0x00, 0x05, 0x01,             /* its list */
    0x60, 0x05, 0x00, 'w',  'i',  'r',  'e',  0x07,       /* wire */
    0x81, 0x08, 0x10, 0x00, 0x01, 0x01, 0x28};            /* placed: 16 bytes of postings */
static const uint8_t head[] = {0, 0, 0, 'n', 'u', 'r', 0x01, 0x01, 0, 0, 0, 0, 0, 0, 0, 0};
static const uint8_t footer[] = {1, 0, 0, 0, 3, 0, 0, 0, 0x40};

struct fixture {
    struct model model;
    struct memory_parts *parts;
    struct dtl_segment_facts facts;
    uint8_t part;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->parts = calloc(1, sizeof *f->parts);
    example_make(&f->model);
    model_build(&f->model, f->parts, &f->facts);
    f->part = DTL_PART_TERMS;
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    model_release(&f->model);
    memory_release(f->parts);
    free(f->parts);
    free(f);
    return 0;
}

static void the_part_is_that_of_the_format_document(void **state)
{
    struct fixture *f = *state;
    struct dtl_bytes part = example_part(f->parts, DTL_PART_TERMS);
    assert_int_equal(part.n, 192);
    assert_memory_equal(part.p, block, sizeof block);
    assert_memory_equal(part.p + 64, head, sizeof head);
    assert_memory_equal(part.p + 128, footer, sizeof footer);
    assert_int_equal(part.p[128 + 32], 0x02); /* TEXT terms in language 1 */
}

static void the_example_reads_back(void **state)
{
    struct fixture *f = *state;
    struct dtl_arena arena = {0};
    struct dtl_segment s;
    struct dtl_term t;
    struct dtl_error err = {0};
    model_open(&s, f->parts, &f->facts, &arena);
    struct dtl_term_key key = {DTL_FIELD_TEXT, 1, DTL_LITERAL("run")};
    assert_int_equal(dtl_terms_find(&s, &key, &arena, &t, &err), DTL_OK);
    assert_int_equal(t.df, 2);
    assert_int_equal(t.tf_total, 3);
    assert_true(t.is_inline);
    assert_int_equal(t.impact[0].tf, 2);
    assert_int_equal(t.impact[0].length_code, 40);
    key = (struct dtl_term_key){DTL_FIELD_SOURCE, 0, DTL_LITERAL("wire")};
    assert_int_equal(dtl_terms_find(&s, &key, &arena, &t, &err), DTL_OK);
    assert_int_equal(t.df, 129);
    assert_false(t.is_inline);
    assert_int_equal(t.postings_bytes, 16);
    assert_int_equal(exercise_segment(&s), DTL_OK);
    dtl_arena_release(&arena);
}

static void keys_beside_the_terms_are_not_found(void **state)
{
    struct fixture *f = *state;
    struct dtl_arena arena = {0};
    struct dtl_segment s;
    struct dtl_term t = {.ordinal = 77};
    struct dtl_error err = {0};
    static uint8_t huge[DTL_TERM_MAX + 1];
    model_open(&s, f->parts, &f->facts, &arena);
    const struct dtl_term_key keys[] = {
        {0,                0,   DTL_LITERAL("")        },
        {DTL_FIELD_TEXT,   1,   DTL_LITERAL("ru")      },
        {DTL_FIELD_TEXT,   1,   DTL_LITERAL("runa")    },
        {DTL_FIELD_TEXT,   1,   DTL_LITERAL("runawayx")},
        {DTL_FIELD_TEXT,   2,   DTL_LITERAL("run")     },
        {DTL_FIELD_SOURCE, 0,   DTL_LITERAL("wire2")   },
        {255,              255, DTL_LITERAL("run")     },
        {DTL_FIELD_TEXT,   1,   {huge, sizeof huge}    }
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        assert_int_equal(dtl_terms_find(&s, &keys[i], &arena, &t, &err), DTL_NOTFOUND);
    assert_int_equal(t.ordinal, 77); /* untouched */
    assert_int_equal(dtl_terms_at(&s, 3, &arena, &t, &err), DTL_ECORRUPT);
    dtl_arena_release(&arena);
}

static enum dtl_status read_part(void *ctx, struct dtl_bytes in)
{
    struct fixture *f = ctx;
    struct dtl_arena arena = {0};
    struct dtl_segment s;
    struct dtl_segment_facts facts = f->facts;
    if (in.n == 0)
        return DTL_ECORRUPT; /* such a part is refused with the catalog row */
    example_replace(f->parts, f->part, in);
    facts.part_bytes[f->part] = in.n;
    model_open(&s, f->parts, &facts, &arena);
    enum dtl_status st = exercise_segment(&s);
    dtl_arena_release(&arena);
    return st;
}

static void damage_part(struct fixture *f, uint8_t id)
{
    struct dtl_bytes part = example_part(f->parts, id);
    uint8_t *copy = malloc(part.n);
    memcpy(copy, part.p, part.n);
    f->part = id;
    assert_int_equal(damage_prefixes(read_part, f, copy, part.n), 0);
    damage_flips(read_part, f, copy, part.n);
    example_replace(f->parts, id, dtl_bytes(copy, part.n));
    free(copy);
}

static void no_damaged_byte_of_terms_forms_or_postings_is_fatal(void **state)
{
    struct fixture *f = *state;
    damage_part(f, DTL_PART_TERMS);
    damage_part(f, DTL_PART_FORMS);
    damage_part(f, DTL_PART_POSTINGS);
}

static void an_empty_segment_has_an_empty_dictionary(void **state)
{
    (void)state;
    struct model m;
    struct memory_parts *parts = calloc(1, sizeof *parts);
    struct dtl_segment_facts facts = {0};
    struct dtl_segment s;
    struct dtl_arena arena = {0};
    struct dtl_terms_iter it;
    struct dtl_term t;
    struct dtl_error err = {0};
    struct random r = {1};
    model_make(&m, &r, 3, 0);
    model_build(&m, parts, &facts);
    model_open(&s, parts, &facts, &arena);
    struct dtl_term_key key = {DTL_FIELD_TEXT, 1, DTL_LITERAL("run")};
    assert_int_equal(facts.terms, 0);
    assert_int_equal(facts.forms, 0);
    assert_int_equal(dtl_terms_find(&s, &key, &arena, &t, &err), DTL_NOTFOUND);
    assert_int_equal(dtl_terms_seek(&it, &s, &key, &err), DTL_OK);
    assert_int_equal(dtl_terms_next(&it, &t, &err), DTL_END);
    dtl_terms_iter_release(&it);
    assert_int_equal(exercise_segment(&s), DTL_OK);
    dtl_arena_release(&arena);
    model_release(&m);
    memory_release(parts);
    free(parts);
}

static void the_builder_refuses_what_would_not_be_canonical(void **state)
{
    (void)state;
    struct memory_parts *parts = calloc(1, sizeof *parts);
    struct dtl_builder *b = NULL;
    struct dtl_error err = {0};
    struct dtl_document row = {.date = dtl_interval_day(19000)};
    const uint32_t falling[] = {5, 4}, variants[] = {0, 1};
    struct dtl_variant v[] = {
        {DTL_LITERAL("b"), DTL_LITERAL("b"), 2}
    };
    struct dtl_term_key key = {DTL_FIELD_TEXT, 1, DTL_LITERAL("b")};
    struct dtl_term_key lower = {DTL_FIELD_TEXT, 1, DTL_LITERAL("a")};
    assert_int_equal(dtl_builder_open(&b, memory_sink, parts, &err), DTL_OK);
    assert_int_equal(dtl_builder_document(b, &row, DTL_LITERAL("s"), DTL_LITERAL("1"), &err),
                     DTL_OK);
    struct dtl_posting good = {0, 2, 1, falling, variants};
    assert_int_equal(dtl_builder_posting(b, &good, &err), DTL_EUSAGE); /* no term yet */
    assert_int_equal(dtl_builder_term(b, &key, v, 1, true, &err), DTL_OK);
    struct dtl_posting bad[] = {
        {1, 1, 1, falling, variants}, /* no such article */
        {0, 0, 1, falling, variants}, /* frequency 0 */
        {0, 1, 2, falling, variants}, /* more positions than frequency */
        {0, 2, 0, falling, variants}, /* none */
        {0, 2, 2, falling, variants}
    }; /* positions fall; variant 1 of 1 */
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(dtl_builder_posting(b, &bad[i], &err), DTL_EUSAGE);
    assert_int_equal(dtl_builder_posting(b, &good, &err), DTL_OK);
    assert_int_equal(dtl_builder_posting(b, &good, &err), DTL_EUSAGE); /* the same article again */
    assert_int_equal(dtl_builder_term(b, &lower, NULL, 0, true, &err),
                     DTL_EUSAGE); /* announced 2, came 1 */
    dtl_builder_close(b);
    memory_release(parts);

    b = NULL;
    assert_int_equal(dtl_builder_open(&b, memory_sink, parts, &err), DTL_OK);
    assert_int_equal(dtl_builder_document(b, &row, DTL_LITERAL("s"), DTL_LITERAL("1"), &err),
                     DTL_OK);
    assert_int_equal(dtl_builder_term(b, &key, NULL, 0, false, &err), DTL_OK);
    struct dtl_posting plain = {.doc = 0, .tf = 1};
    assert_int_equal(dtl_builder_posting(b, &plain, &err), DTL_OK);
    assert_int_equal(dtl_builder_term(b, &lower, NULL, 0, false, &err), DTL_OK);
    assert_int_equal(dtl_builder_posting(b, &plain, &err), DTL_OK);
    struct dtl_segment_facts facts = {0};
    assert_int_equal(dtl_builder_finish(b, &facts, &err), DTL_EUSAGE); /* terms fall */
    dtl_builder_close(b);
    memory_release(parts);
    free(parts);
}

static void a_term_without_postings_is_dropped(void **state)
{
    (void)state;
    struct memory_parts *parts = calloc(1, sizeof *parts);
    struct dtl_builder *b = NULL;
    struct dtl_error err = {0};
    struct dtl_document row = {.date = dtl_interval_day(19000)};
    struct dtl_segment_facts facts = {0};
    struct dtl_term_key key = {DTL_FIELD_TAG, 0, DTL_LITERAL("a")};
    struct dtl_term_key next = {DTL_FIELD_TAG, 0, DTL_LITERAL("b")};
    assert_int_equal(dtl_builder_open(&b, memory_sink, parts, &err), DTL_OK);
    assert_int_equal(dtl_builder_document(b, &row, DTL_LITERAL("s"), DTL_LITERAL("1"), &err),
                     DTL_OK);
    assert_int_equal(dtl_builder_term(b, &key, NULL, 0, false, &err), DTL_OK);
    assert_int_equal(dtl_builder_term(b, &next, NULL, 0, false, &err), DTL_OK);
    struct dtl_posting plain = {.doc = 0, .tf = 1};
    assert_int_equal(dtl_builder_posting(b, &plain, &err), DTL_OK);
    assert_int_equal(dtl_builder_finish(b, &facts, &err), DTL_OK);
    assert_int_equal(facts.terms, 1);
    dtl_builder_close(b);
    memory_release(parts);
    free(parts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_part_is_that_of_the_format_document, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_example_reads_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keys_beside_the_terms_are_not_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_damaged_byte_of_terms_forms_or_postings_is_fatal, set_up,
                                        tear_down),
        cmocka_unit_test(an_empty_segment_has_an_empty_dictionary),
        cmocka_unit_test(the_builder_refuses_what_would_not_be_canonical),
        cmocka_unit_test(a_term_without_postings_is_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
