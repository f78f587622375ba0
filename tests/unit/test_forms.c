/* The forms dictionary: the format's bytes, who is found by which spelling, who is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/segment/forms.h"
#include "list_example.h"

/* "Forms": the example segment has one form that is not its term */
static const uint8_t block[] = {0x70, 'r', 'u', 'n', 'n', 'i', 'n', 'g', 0x00};

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

static void assert_terms_of(struct fixture *f, const char *folded, size_t n, const uint32_t *want)
{
    uint32_t *ordinals = NULL;
    size_t count = 77;
    struct dtl_error err = {0};
    assert_int_equal(
        dtl_forms_lookup(&f->segment, dtl_bytes_of(folded), &f->arena, &ordinals, &count, &err),
        DTL_OK);
    assert_int_equal(count, n);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(ordinals[i], want[i]);
}

static void the_part_is_that_of_the_format_document(void **state)
{
    (void)state;
    struct fixture f = {.parts = calloc(1, sizeof *f.parts)};
    example_make(&f.model);
    open_model(&f);
    struct dtl_bytes part = example_part(f.parts, DTL_PART_FORMS);
    assert_int_equal(part.n, 128);
    assert_memory_equal(part.p, block, sizeof block);
    assert_int_equal(f.facts.forms, 1);
    static const uint32_t run[] = {0}, away[] = {1};
    assert_terms_of(&f, "run", 1, run);
    assert_terms_of(&f, "running", 1, run);
    assert_terms_of(&f, "runaway", 1, away);
    assert_terms_of(&f, "wire", 0, NULL); /* not of the text */
    assert_terms_of(&f, "runn", 0, NULL);
    close_model(&f);
}

/* One term of one article printed in the given forms, each once. */
static void add(struct model *m, dtl_lang lang, const char *term, const char *const *folded)
{
    struct model_term *t = &m->term[m->terms++];
    *t = (struct model_term){
        .key = {DTL_FIELD_TEXT, lang, dtl_bytes_of(term)},
          .has_positions = true, .df = 1
    };
    t->posting = dtl_arena_alloc(&m->arena, sizeof *t->posting);
    uint32_t *at = dtl_arena_alloc(&m->arena, MODEL_VARIANTS * sizeof *at);
    for (; folded[t->variants]; t->variants++) {
        struct dtl_bytes f = dtl_bytes_of(folded[t->variants]);
        t->variant[t->variants] = (struct dtl_variant){f, f, 1};
        at[t->variants] = (uint32_t)t->variants;
    }
    *t->posting = (struct model_posting){0, (uint32_t)t->variants, (uint32_t)t->variants, at, at};
    t->tf_total = t->variants;
}

static enum dtl_status collect(void *ctx, struct dtl_bytes folded, const uint32_t *ordinals,
                               size_t count)
{
    struct dtl_buffer *out = ctx;
    dtl_buffer_append(out, folded.p, folded.n);
    for (size_t i = 0; i < count; i++)
        dtl_buffer_format(out, " %u", ordinals[i]);
    dtl_buffer_text(out, ";");
    return DTL_OK;
}

static void assert_prefix(struct fixture *f, const char *prefix, const char *want)
{
    struct dtl_buffer out = {0};
    struct dtl_error err = {0};
    assert_int_equal(dtl_forms_prefix(&f->segment, dtl_bytes_of(prefix), collect, &out, &err),
                     DTL_OK);
    dtl_buffer_byte(&out, 0);
    assert_string_equal((const char *)out.p, want);
    dtl_buffer_release(&out);
}

static void a_spelling_finds_its_terms_in_every_language_and_joined_words_never(void **state)
{
    (void)state;
    static const char *const news_en[] = {"news", NULL}, *const new_fr[] = {"new", "news", NULL},
                             *const happi[] = {"happier", "happy", NULL},
                             *const govern[] = {"govern\xc2\xadment", "government", NULL},
                             *const joined[] = {"re\xc2\xadport", NULL};
    struct fixture f = {.parts = calloc(1, sizeof *f.parts)};
    f.model.docs = 1;
    f.model.row = dtl_arena_alloc(&f.model.arena, sizeof *f.model.row);
    f.model.row->date = dtl_interval_day(19000);
    f.model.term = dtl_arena_alloc(&f.model.arena, 5 * sizeof *f.model.term);
    add(&f.model, 1, "govern", govern);
    add(&f.model, 1, "happi", happi);
    add(&f.model, 1, "news", news_en);
    add(&f.model, 1, "report", joined);
    add(&f.model, 2, "new", new_fr);
    open_model(&f);
    static const uint32_t both[] = {2, 4}, french[] = {4}, first[] = {0}, second[] = {1};
    assert_terms_of(&f, "news", 2, both);
    assert_terms_of(&f, "new", 1, french);
    assert_terms_of(&f, "happi", 0, NULL); /* a stem nobody printed */
    assert_terms_of(&f, "happy", 1, second);
    assert_terms_of(&f, "government", 1, first);
    assert_terms_of(&f, "govern", 0, NULL);
    assert_terms_of(&f, "govern\xc2\xadment", 0, NULL);
    assert_terms_of(&f, "report", 0, NULL);
    assert_prefix(&f, "new", "new 4;news 2 4;");
    assert_prefix(&f, "g", "government 0;");
    assert_prefix(&f, "re", "");
    assert_prefix(&f, "", "government 0;happier 1;happy 1;new 4;news 2 4;");
    assert_int_equal(f.facts.forms, 4);
    close_model(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_part_is_that_of_the_format_document),
        cmocka_unit_test(a_spelling_finds_its_terms_in_every_language_and_joined_words_never),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
