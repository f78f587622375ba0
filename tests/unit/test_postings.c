/* Posting lists: the format's directory, seeking by the contract, shapes of lists, damage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "list_example.h"
#include "list_exercise.h"

/* "Postings": the list of `wire` */
static const uint8_t example[] = {0x00, 0x00, 0x00,       /* flags, widths */
                                  0x7f, 0x82,             /* last documents */
                                  0x02, 0x03,             /* ends of the postings */
                                  0x01, 0x02,             /* ends of the impact pairs */
                                  0x01, 0x28, 0x01, 0x28, /* impact pairs */
                                  0x00, 0x00,             /* 128 documents in a row, all once */
                                  0x05};                  /* one more, two numbers on */

struct fixture {
    struct model model;
    struct memory_parts *parts;
    struct dtl_segment_facts facts;
    struct dtl_segment segment;
    struct dtl_arena arena;
};

static void open_model(struct fixture *f)
{
    model_build(&f->model, f->parts, &f->facts);
    model_open(&f->segment, f->parts, &f->facts, &f->arena);
}

static void close_model(struct fixture *f)
{
    model_release(&f->model);
    memory_release(f->parts);
    free(f->parts);
    dtl_arena_release(&f->arena);
}

static void the_list_is_that_of_the_format_document(void **state)
{
    (void)state;
    struct fixture f = {.parts = calloc(1, sizeof *f.parts)};
    struct dtl_term t;
    struct dtl_postings p;
    struct dtl_error err = {0};
    example_make(&f.model);
    open_model(&f);
    struct dtl_bytes part = example_part(f.parts, DTL_PART_POSTINGS);
    assert_true(dtl_bytes_equal(part, dtl_bytes(example, sizeof example)));
    assert_int_equal(dtl_terms_at(&f.segment, 2, &f.arena, &t, &err), DTL_OK);
    assert_int_equal(dtl_postings_open(&p, &f.segment, &t, &f.arena, &err), DTL_OK);
    assert_int_equal(p.count, 0);
    assert_int_equal(p.blocks, 2);
    assert_int_equal(p.blocks_read, 0);
    assert_int_equal(dtl_postings_seek(&p, 128, &err), DTL_OK); /* skips the first block */
    assert_int_equal(p.blocks_read, 1);
    assert_int_equal(p.block, 1);
    assert_int_equal(p.count, 1);
    assert_int_equal(p.docs[0], 130);
    assert_int_equal(dtl_postings_seek(&p, 3, &err), DTL_OK); /* never moves back */
    assert_int_equal(p.docs[0], 130);
    assert_int_equal(dtl_postings_seek(&p, 131, &err), DTL_END);
    assert_int_equal(p.last, DTL_DOC_END);
    assert_int_equal(p.count, 0);
    assert_int_equal(dtl_postings_seek(&p, 0, &err), DTL_END); /* may be asked again */
    dtl_postings_release(&p);
    dtl_postings_release(&p); /* safe twice */
    close_model(&f);
}

static void impacts_are_told_without_decoding(void **state)
{
    (void)state;
    struct fixture f = {.parts = calloc(1, sizeof *f.parts)};
    struct dtl_term t;
    struct dtl_postings p;
    struct dtl_error err = {0};
    struct dtl_impact pairs[DTL_IMPACTS_MAX];
    uint32_t n = 0;
    dtl_doc last = 0;
    example_make(&f.model);
    open_model(&f);
    assert_int_equal(dtl_terms_at(&f.segment, 2, &f.arena, &t, &err), DTL_OK);
    assert_int_equal(dtl_postings_open(&p, &f.segment, &t, &f.arena, &err), DTL_OK);
    assert_int_equal(dtl_postings_impacts(&p, 0, pairs, &n, &last, &err), DTL_OK);
    assert_int_equal(n, 1);
    assert_int_equal(pairs[0].tf, 1);
    assert_int_equal(pairs[0].length_code, 40);
    assert_int_equal(last, 127);
    assert_int_equal(dtl_postings_impacts(&p, 128, pairs, &n, &last, &err), DTL_OK);
    assert_int_equal(last, 130);
    assert_int_equal(dtl_postings_impacts(&p, 131, pairs, &n, &last, &err), DTL_END);
    assert_int_equal(p.blocks_read, 0);
    assert_int_equal(dtl_postings_seek(&p, 0, &err), DTL_OK); /* asking ahead moved nothing */
    assert_int_equal(p.docs[0], 0);
    dtl_postings_release(&p);
    close_model(&f);
}

static void blocks_are_read_in_any_order_and_frequencies_when_asked_for(void **state)
{
    (void)state;
    struct fixture f = {.parts = calloc(1, sizeof *f.parts)};
    struct dtl_term t;
    struct dtl_postings p;
    struct dtl_error err = {0};
    const uint8_t *pairs = NULL;
    uint32_t end[2];
    example_make(&f.model);
    open_model(&f);
    assert_int_equal(dtl_terms_at(&f.segment, 2, &f.arena, &t, &err), DTL_OK);
    assert_int_equal(dtl_postings_open(&p, &f.segment, &t, &f.arena, &err), DTL_OK);
    assert_int_equal(dtl_postings_find(&p, 0, 127), 0);
    assert_int_equal(dtl_postings_find(&p, 0, 128), 1);
    assert_int_equal(dtl_postings_find(&p, 0, 131), 2);
    assert_int_equal(dtl_postings_last(&p, 0), 127);
    assert_int_equal(dtl_postings_last(&p, 1), 130);
    assert_int_equal(dtl_postings_pairs(&p, 0, 2, &pairs, end, &err), DTL_OK);
    assert_memory_equal(pairs, example + 9, 4);
    assert_int_equal(end[0], 1);
    assert_int_equal(end[1], 2);
    assert_int_equal(dtl_postings_pairs(&p, 1, 2, &pairs, end, &err), DTL_OK);
    assert_memory_equal(pairs, example + 11, 2);
    assert_int_equal(end[0], 1);
    assert_int_equal(p.blocks_read, 0);
    assert_int_equal(dtl_postings_load(&p, 1, &err), DTL_OK);
    assert_int_equal(p.docs[0], 130);
    assert_int_equal(dtl_postings_load(&p, 0, &err), DTL_OK);
    assert_int_equal(p.count, 128);
    assert_int_equal(p.docs[127], 127);
    assert_int_equal(dtl_postings_tfs(&p, &err), DTL_OK);
    assert_int_equal(p.tfs[127], 1);
    assert_int_equal(dtl_postings_load(&p, 0, &err), DTL_OK); /* it is there */
    assert_int_equal(p.blocks_read, 2);
    assert_int_equal(dtl_postings_seek_docs(&p, 128, &err), DTL_OK);
    assert_int_equal(p.docs[0], 130);
    dtl_postings_release(&p);
    close_model(&f);
}

static void a_segment_whose_lists_need_every_shape(struct fixture *f, struct random *r)
{
    static const uint32_t dfs[] = {1, 40, 127, 128, 129, 256, 300};
    *f = (struct fixture){.parts = calloc(1, sizeof *f->parts)};
    model_make(&f->model, r, 400, 0);
    f->model.term = dtl_arena_alloc(&f->model.arena, 7 * sizeof *f->model.term);
    for (uint32_t i = 0; i < 7; i++) {
        struct model_term *t = &f->model.term[f->model.terms++];
        char name[2] = {(char)('a' + i), 0};
        t->key = (struct dtl_term_key){DTL_FIELD_TEXT, 1, model_copy(&f->model, name, 1)};
        t->has_positions = true;
        for (t->variants = 0; t->variants < 1 + i % 3; t->variants++) {
            char form[3] = {name[0], (char)('x' + t->variants), 0};
            struct dtl_bytes b = model_copy(&f->model, form, 2);
            t->variant[t->variants] = (struct dtl_variant){b, b, 0};
        }
        model_fill(&f->model, r, t, dfs[i], 5);
    }
    open_model(f);
}

/* One term in `df` documents, every `step`th. */
static void a_segment_of_one_list(struct fixture *f, uint32_t df, uint32_t step)
{
    *f = (struct fixture){.parts = calloc(1, sizeof *f->parts)};
    struct model *m = &f->model;
    *m = (struct model){.docs = df * step + 100, .terms = 1};
    m->row = dtl_arena_alloc(&m->arena, m->docs * sizeof *m->row);
    m->term = dtl_arena_alloc(&m->arena, sizeof *m->term);
    for (uint32_t i = 0; i < m->docs; i++)
        m->row[i] = (struct dtl_document){.date = dtl_interval_day(19000), .length_code = 40};
    struct model_term *t = m->term;
    t->key = (struct dtl_term_key){DTL_FIELD_SOURCE, 0, DTL_LITERAL("wire")};
    t->posting = dtl_arena_alloc(&m->arena, df * sizeof *t->posting);
    for (uint32_t i = 0; i < df; i++)
        t->posting[i] = (struct model_posting){i * step, 1, 0, NULL, NULL};
    t->tf_total = t->df = df;
    open_model(f);
}

/* Bytes of each part changed one at a time: whatever is read then is sane or refused. */
static void damage(struct fixture *f, struct random *r)
{
    assert_int_equal(exercise_segment(&f->segment), DTL_OK);
    static const uint8_t parts[] = {DTL_PART_TERMS, DTL_PART_POSTINGS, DTL_PART_POSITIONS,
                                    DTL_PART_VARIANTS};
    for (size_t k = 0; k < sizeof parts; k++) {
        struct dtl_bytes part = example_part(f->parts, parts[k]);
        uint8_t *good = malloc(part.n), *bad = malloc(part.n);
        size_t n = part.n, refused = 0;
        if (n)
            memcpy(good, part.p, n);
        for (int i = 0; n && i < 700; i++) {
            struct dtl_arena arena = {0};
            struct dtl_segment s;
            memcpy(bad, good, n);
            bad[random_below(r, (uint32_t)n)] ^= (uint8_t)(1 + random_below(r, 255));
            example_replace(f->parts, parts[k], dtl_bytes(bad, n));
            model_open(&s, f->parts, &f->facts, &arena);
            refused += exercise_segment(&s) < 0;
            dtl_arena_release(&arena);
        }
        assert_true(refused > 0 || n == 0);
        if (n)
            example_replace(f->parts, parts[k], dtl_bytes(good, n));
        free(good);
        free(bad);
    }
    close_model(f);
}

static void no_damaged_byte_of_a_list_is_fatal(void **state)
{
    (void)state;
    struct random r = random_start(__func__);
    struct fixture f;
    a_segment_whose_lists_need_every_shape(&f, &r);
    damage(&f, &r);
    a_segment_of_one_list(&f, 1100, 3); /* with a bitmap */
    damage(&f, &r);
}

static void dense_lists_have_their_documents_as_bits_too(void **state)
{
    (void)state;
    static const struct {
        uint32_t df, step;
        bool dense;
    } lists[] = {
        {1024, 1, true },
        {1023, 1, false},
        {1500, 5, true },
        {1500, 6, true }, /* the last begins its sixth */
        {1500, 7, false}
    };
    for (size_t k = 0; k < sizeof lists / sizeof *lists; k++) {
        struct fixture f;
        struct dtl_term t;
        struct dtl_postings p;
        struct dtl_error err = {0};
        struct dtl_bytes bits = {0};
        uint32_t df = lists[k].df, step = lists[k].step, last = (df - 1) * step, set = 0;
        a_segment_of_one_list(&f, df, step);
        assert_int_equal(dtl_terms_at(&f.segment, 0, &f.arena, &t, &err), DTL_OK);
        assert_int_equal(dtl_postings_open(&p, &f.segment, &t, &f.arena, &err), DTL_OK);
        assert_int_equal(dtl_postings_bitmap(&p, &bits, &err), lists[k].dense ? DTL_OK : DTL_END);
        assert_int_equal(bits.n, lists[k].dense ? 8 * (last / 64 + 1) : 0);
        for (uint32_t d = 0; d < 8 * bits.n; d++) {
            bool held = bits.p[d / 8] >> d % 8 & 1;
            set += held;
            assert_int_equal(held, d % step == 0 && d <= last);
        }
        assert_int_equal(set, lists[k].dense ? df : 0);
        assert_int_equal(p.blocks_read, 0);
        assert_int_equal(dtl_postings_load(&p, p.blocks - 1, &err), DTL_OK); /* ends where it did */
        assert_int_equal(p.last, last);
        assert_int_equal(dtl_postings_check_bitmap(&p, &err), DTL_OK);
        dtl_postings_release(&p);
        close_model(&f);
    }
}

static void what_follows_the_blocks_is_a_bitmap_or_damage(void **state)
{
    (void)state;
    for (int less = 0; less < 2; less++) {
        struct fixture f;
        struct dtl_term t;
        struct dtl_postings p;
        struct dtl_error err = {0};
        a_segment_of_one_list(&f, 1024, 2);
        assert_int_equal(dtl_terms_at(&f.segment, 0, &f.arena, &t, &err), DTL_OK);
        t.postings_bytes -= less ? 8 : 0;
        assert_int_equal(dtl_postings_open(&p, &f.segment, &t, &f.arena, &err),
                         less ? DTL_ECORRUPT : DTL_OK);
        dtl_postings_release(&p);
        close_model(&f);
    }
}

static void a_bitmap_with_other_documents_is_found_out(void **state)
{
    (void)state;
    for (int k = 0; k < 3; k++) { /* one lacks, one too many, one in another's place */
        struct fixture f;
        struct dtl_term t;
        struct dtl_postings p;
        struct dtl_error err = {0};
        struct dtl_arena arena = {0};
        struct dtl_segment s;
        uint8_t bad[2048];
        a_segment_of_one_list(&f, 1024, 2);
        struct dtl_bytes part = example_part(f.parts, DTL_PART_POSTINGS);
        assert_true(part.n <= sizeof bad);
        memcpy(bad, part.p, part.n);
        assert_int_equal(bad[part.n - 1], 0x55);
        bad[part.n - 1] = (uint8_t[]){0x15, 0x75, 0x65}[k];
        example_replace(f.parts, DTL_PART_POSTINGS, dtl_bytes(bad, part.n));
        model_open(&s, f.parts, &f.facts, &arena);
        assert_int_equal(dtl_terms_at(&s, 0, &arena, &t, &err), DTL_OK);
        assert_int_equal(dtl_postings_open(&p, &s, &t, &arena, &err), DTL_OK);
        assert_int_equal(dtl_postings_check_bitmap(&p, &err), DTL_ECORRUPT);
        dtl_postings_release(&p);
        dtl_arena_release(&arena);
        close_model(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_list_is_that_of_the_format_document),
        cmocka_unit_test(impacts_are_told_without_decoding),
        cmocka_unit_test(blocks_are_read_in_any_order_and_frequencies_when_asked_for),
        cmocka_unit_test(no_damaged_byte_of_a_list_is_fatal),
        cmocka_unit_test(dense_lists_have_their_documents_as_bits_too),
        cmocka_unit_test(a_bitmap_with_other_documents_is_found_out),
        cmocka_unit_test(what_follows_the_blocks_is_a_bitmap_or_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
