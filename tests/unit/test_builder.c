/* A random segment, built and read back, equals the plain arrays it was made from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/segment/forms.h"
#include "common/segment/postings.h"
#include "list_model.h"

struct fixture {
    struct model model;
    struct memory_parts *parts;
    struct dtl_segment_facts facts;
    struct dtl_segment segment;
    struct dtl_arena arena;
};

static void set_up(struct fixture *f, struct random *r, uint32_t docs, uint32_t terms)
{
    *f = (struct fixture){.parts = calloc(1, sizeof *f->parts)};
    assert_non_null(f->parts);
    model_make(&f->model, r, docs, terms);
    model_build(&f->model, f->parts, &f->facts);
    model_open(&f->segment, f->parts, &f->facts, &f->arena);
}

static void tear_down(struct fixture *f)
{
    model_release(&f->model);
    dtl_arena_release(&f->arena);
    memory_release(f->parts);
    free(f->parts);
}

static void compare_entry(const struct model_term *want, const struct dtl_term *got,
                          uint32_t ordinal)
{
    struct dtl_arena arena = {0};
    struct dtl_variant *v = NULL;
    struct dtl_error err = {0};
    assert_int_equal(dtl_term_key_compare(&want->key, &got->key), 0);
    assert_int_equal(got->ordinal, ordinal);
    assert_int_equal(got->df, want->df);
    assert_int_equal(got->tf_total, want->tf_total);
    assert_int_equal(got->has_positions, want->has_positions);
    assert_int_equal(got->variants, want->variants);
    assert_in_range(got->impacts, 1, DTL_IMPACTS_MAX);
    if (want->variants) {
        assert_int_equal(dtl_term_variants(got, &arena, &v, &err), DTL_OK);
        for (size_t i = 0; i < want->variants; i++) {
            assert_true(dtl_bytes_equal(v[i].form, want->variant[i].form));
            assert_true(dtl_bytes_equal(v[i].folded, want->variant[i].folded));
            assert_int_equal(v[i].count, want->variant[i].count);
        }
    }
    dtl_arena_release(&arena);
}

static void every_term_is_found_by_key_and_by_ordinal_and_in_order(void **state)
{
    (void)state;
    struct random r = random_start(__func__);
    for (int round = 0; round < 6; round++) {
        struct fixture f;
        struct dtl_terms_iter it;
        struct dtl_term t;
        struct dtl_error err = {0};
        set_up(&f, &r, 1 + random_below(&r, 900), round ? 1 + random_below(&r, 700) : 0);
        assert_int_equal(f.facts.terms, f.model.terms);
        assert_int_equal(dtl_terms_seek(&it, &f.segment, NULL, &err), DTL_OK);
        for (uint32_t i = 0; i < f.model.terms; i++) {
            const struct model_term *want = &f.model.term[i];
            struct dtl_arena arena = {0};
            assert_int_equal(it.next, i);
            assert_int_equal(dtl_terms_next(&it, &t, &err), DTL_OK);
            compare_entry(want, &t, i);
            assert_int_equal(dtl_terms_find(&f.segment, &want->key, &arena, &t, &err), DTL_OK);
            compare_entry(want, &t, i);
            assert_int_equal(dtl_terms_at(&f.segment, i, &arena, &t, &err), DTL_OK);
            compare_entry(want, &t, i);
            dtl_arena_release(&arena);
        }
        assert_int_equal(dtl_terms_next(&it, &t, &err), DTL_END);
        assert_int_equal(dtl_terms_next(&it, &t, &err), DTL_END);
        dtl_terms_iter_release(&it);
        for (int i = 0; i < 200; i++) { /* keys that may or may not be there */
            struct dtl_arena arena = {0};
            struct dtl_term_key key = {(uint8_t)(1 + random_below(&r, 7)),
                                       (dtl_lang)random_below(&r, 4), model_word(&f.model, &r)};
            uint32_t at = 0;
            while (at < f.model.terms && dtl_term_key_compare(&f.model.term[at].key, &key) < 0)
                at++;
            bool there = at < f.model.terms && !dtl_term_key_compare(&f.model.term[at].key, &key);
            assert_int_equal(dtl_terms_find(&f.segment, &key, &arena, &t, &err),
                             there ? DTL_OK : DTL_NOTFOUND);
            assert_int_equal(dtl_terms_seek(&it, &f.segment, &key, &err), DTL_OK);
            for (uint32_t k = at; k < f.model.terms && k < at + 70; k++) {
                assert_int_equal(dtl_terms_next(&it, &t, &err), DTL_OK);
                compare_entry(&f.model.term[k], &t, k);
            }
            if (at == f.model.terms)
                assert_int_equal(dtl_terms_next(&it, &t, &err), DTL_END);
            dtl_terms_iter_release(&it);
            dtl_arena_release(&arena);
        }
        tear_down(&f);
    }
}

static void compare_posting(const struct model_term *want, struct dtl_postings *p, uint32_t i,
                            const struct model_posting *w, bool variants)
{
    struct dtl_error err = {0};
    const uint32_t *positions = NULL, *numbers = NULL;
    uint32_t count = 0;
    assert_int_equal(p->docs[i], w->doc);
    assert_int_equal(p->tfs[i], w->tf);
    if (!want->has_positions)
        return;
    if (dtl_postings_positions(p, i, &positions, &count, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(count, w->count);
    assert_memory_equal(positions, w->positions, count * sizeof *positions);
    if (want->variants && variants) {
        if (dtl_postings_variants(p, i, &numbers, &err) < 0)
            fail_msg("%s", err.text);
        assert_memory_equal(numbers, w->variants, count * sizeof *numbers);
    }
}

/* Every pair bound is at or above every posting of [from, to], in the sense of struct dtl_impact.
 */
static void assert_bounds(const struct model *m, const struct model_term *t, uint32_t from,
                          uint32_t to, const struct dtl_impact *pair, uint32_t pairs)
{
    for (uint32_t i = from; i < to; i++) {
        bool bounded = false;
        uint8_t code = m->row[t->posting[i].doc].length_code;
        for (uint32_t k = 0; k < pairs && !bounded; k++)
            bounded = pair[k].tf >= t->posting[i].tf && pair[k].length_code <= code;
        assert_true(bounded);
    }
}

static void lists_equal_plain_arrays(const struct fixture *f, struct random *r)
{
    struct dtl_segment *s = (struct dtl_segment *)(uintptr_t)&f->segment;
    for (uint32_t i = 0; i < f->model.terms; i++) {
        const struct model_term *want = &f->model.term[i];
        struct dtl_arena arena = {0};
        struct dtl_term t;
        struct dtl_postings p;
        struct dtl_error err = {0};
        assert_int_equal(dtl_terms_at(s, i, &arena, &t, &err), DTL_OK);
        assert_bounds(&f->model, want, 0, want->df, t.impact, t.impacts);
        bool variants = random_below(r, 2);
        if (dtl_postings_open(&p, s, &t, &arena, &err) < 0) /* a walk */
            fail_msg("%s", err.text);
        dtl_doc target = 0;
        uint32_t at = 0;
        enum dtl_status st;
        while ((st = dtl_postings_seek(&p, target, &err)) == DTL_OK) {
            for (uint32_t k = 0; k < p.count; k++)
                compare_posting(want, &p, k, &want->posting[at + k], variants);
            at += p.count;
            assert_int_equal(p.last, p.docs[p.count - 1]);
            target = p.last + 1;
        }
        assert_int_equal(st, DTL_END);
        assert_int_equal(at, want->df);
        assert_int_equal(p.last, DTL_DOC_END);
        assert_int_equal(p.blocks_read, p.blocks);
        assert_int_equal(dtl_postings_seek(&p, 0, &err), DTL_END);
        dtl_postings_release(&p);

        assert_int_equal(dtl_postings_open(&p, s, &t, &arena, &err), DTL_OK); /* leaps */
        target = 0;
        while (target < f->model.docs) {
            struct dtl_impact pair[DTL_IMPACTS_MAX];
            uint32_t pairs = 0;
            dtl_doc last = 0;
            at = 0;
            while (at < want->df && want->posting[at].doc < target)
                at++;
            st = dtl_postings_impacts(&p, target, pair, &pairs, &last, &err);
            assert_int_equal(st, at < want->df ? DTL_OK : DTL_END);
            if (st == DTL_OK) {
                uint32_t to = at;
                while (to < want->df && want->posting[to].doc <= last)
                    to++;
                assert_int_equal(want->posting[to - 1].doc, last);
                assert_bounds(&f->model, want, at, to, pair, pairs);
            }
            st = dtl_postings_seek(&p, target, &err);
            assert_int_equal(st, at < want->df ? DTL_OK : DTL_END);
            if (st == DTL_END)
                break;
            uint32_t k = 0;
            while (p.docs[k] < target)
                k++;
            compare_posting(want, &p, k, &want->posting[at], true);
            target = p.docs[k] + 1 + random_below(r, random_below(r, 3) ? 30 : f->model.docs);
        }
        dtl_postings_release(&p);
        dtl_arena_release(&arena);
    }
}

static void every_list_walked_and_leapt_through_equals_plain_arrays(void **state)
{
    (void)state;
    struct random r = random_start(__func__);
    for (int round = 0; round < 4; round++) {
        struct fixture f;
        set_up(&f, &r, 1 + random_below(&r, 3000), 1 + random_below(&r, 150));
        lists_equal_plain_arrays(&f, &r);
        tear_down(&f);
    }
}

static void a_list_of_many_thousand_postings_straddles_chunks(void **state)
{
    (void)state;
    struct random r = random_start(__func__);
    struct fixture f = {.parts = calloc(1, sizeof *f.parts)};
    assert_non_null(f.parts);
    model_make(&f.model, &r, 170000, 0);
    f.model.heavy = true;
    f.model.terms = 1;
    struct model_term *t = &f.model.term[0];
    *t = (struct model_term){
        .key = {DTL_FIELD_TEXT, 1, DTL_LITERAL("the")},
          .has_positions = true
    };
    t->variant[0] = (struct dtl_variant){.form = DTL_LITERAL("the"), .folded = DTL_LITERAL("the")};
    t->variant[1] = (struct dtl_variant){.form = DTL_LITERAL("The"), .folded = DTL_LITERAL("the")};
    t->variant[2] = (struct dtl_variant){.form = DTL_LITERAL("THE"), .folded = DTL_LITERAL("the")};
    t->variants = 3;
    model_fill(&f.model, &r, t, 150000, 400);
    model_build(&f.model, f.parts, &f.facts);
    model_open(&f.segment, f.parts, &f.facts, &f.arena);
    assert_true(f.facts.part_bytes[DTL_PART_POSITIONS] > DTL_CHUNK_PAYLOAD);
    lists_equal_plain_arrays(&f, &r);
    tear_down(&f);
}

static void same_input_gives_same_bytes(void **state)
{
    (void)state;
    struct random r = random_start(__func__);
    struct fixture f;
    set_up(&f, &r, 500, 300);
    struct memory_parts *again = calloc(1, sizeof *again);
    struct dtl_segment_facts facts = {0};
    assert_non_null(again);
    model_build(&f.model, again, &facts);
    for (uint32_t p = 0; p < MEMORY_PARTS; p++)
        for (uint32_t c = 0; c < MEMORY_CHUNKS; c++)
            assert_true(dtl_bytes_equal(dtl_buffer_view(&f.parts->chunk[p][c]),
                                        dtl_buffer_view(&again->chunk[p][c])));
    memory_release(again);
    free(again);
    tear_down(&f);
}

/* ---- forms ---- */

static bool holds_soft_hyphen(struct dtl_bytes b)
{
    for (size_t i = 0; i + 1 < b.n; i++)
        if (b.p[i] == 0xc2 && b.p[i + 1] == 0xad)
            return true;
    return false;
}

static bool has_form(const struct model_term *t, struct dtl_bytes folded)
{
    if (t->key.field != DTL_FIELD_TEXT || holds_soft_hyphen(folded))
        return false;
    for (size_t i = 0; i < t->variants; i++)
        if (dtl_bytes_equal(t->variant[i].folded, folded))
            return true;
    return false;
}

static void assert_lookup(struct fixture *f, struct dtl_bytes folded)
{
    struct dtl_arena arena = {0};
    uint32_t *ordinals = NULL;
    size_t count = 0, at = 0;
    struct dtl_error err = {0};
    if (dtl_forms_lookup(&f->segment, folded, &arena, &ordinals, &count, &err) < 0)
        fail_msg("%s", err.text);
    for (uint32_t i = 0; i < f->model.terms; i++)
        if (has_form(&f->model.term[i], folded)) {
            assert_true(at < count);
            assert_int_equal(ordinals[at++], i);
        }
    assert_int_equal(at, count);
    dtl_arena_release(&arena);
}

static void a_form_is_looked_up_in_every_language(void **state)
{
    (void)state;
    struct random r = random_start(__func__);
    for (int round = 0; round < 4; round++) {
        struct fixture f;
        set_up(&f, &r, 1 + random_below(&r, 100), random_below(&r, 1500));
        for (uint32_t i = 0; i < f.model.terms; i++)
            for (size_t k = 0; k < f.model.term[i].variants; k++)
                assert_lookup(&f, f.model.term[i].variant[k].folded);
        for (int i = 0; i < 50; i++)
            assert_lookup(&f, model_word(&f.model, &r));
        assert_lookup(&f, DTL_LITERAL(""));
        tear_down(&f);
    }
}

struct listing {
    const struct fixture *f;
    struct dtl_buffer last;
    size_t seen, stop;
};

static enum dtl_status list_form(void *ctx, struct dtl_bytes folded, const uint32_t *ordinals,
                                 size_t count)
{
    struct listing *l = ctx;
    size_t at = 0;
    assert_true(l->seen == 0 || dtl_bytes_compare(dtl_buffer_view(&l->last), folded) < 0);
    for (uint32_t i = 0; i < l->f->model.terms; i++)
        if (has_form(&l->f->model.term[i], folded)) {
            assert_true(at < count);
            assert_int_equal(ordinals[at++], i);
        }
    assert_int_equal(at, count);
    assert_true(count > 0);
    dtl_buffer_reset(&l->last);
    dtl_buffer_append(&l->last, folded.p, folded.n);
    return ++l->seen == l->stop ? DTL_END : DTL_OK;
}

static int bytes_order(const void *a, const void *b)
{
    return dtl_bytes_compare(*(const struct dtl_bytes *)a, *(const struct dtl_bytes *)b);
}

static size_t forms_with(const struct model *m, struct dtl_bytes prefix)
{
    struct dtl_bytes *all = calloc(m->terms * MODEL_VARIANTS + 1, sizeof *all);
    size_t n = 0, distinct = 0;
    for (uint32_t i = 0; i < m->terms; i++)
        for (size_t k = 0; k < m->term[i].variants; k++)
            if (has_form(&m->term[i], m->term[i].variant[k].folded) &&
                dtl_bytes_starts(m->term[i].variant[k].folded, prefix))
                all[n++] = m->term[i].variant[k].folded;
    qsort(all, n, sizeof *all, bytes_order);
    for (size_t i = 0; i < n; i++)
        distinct += i == 0 || !dtl_bytes_equal(all[i - 1], all[i]);
    free(all);
    return distinct;
}

static void a_prefix_lists_forms_and_terms_merged(void **state)
{
    (void)state;
    struct random r = random_start(__func__);
    for (int round = 0; round < 4; round++) {
        struct fixture f;
        struct dtl_error err = {0};
        set_up(&f, &r, 1 + random_below(&r, 100), random_below(&r, 900));
        for (int i = 0; i < 40; i++) {
            struct dtl_bytes prefix = model_word(&f.model, &r);
            prefix.n = random_below(&r, (uint32_t)prefix.n + 1);
            struct listing l = {.f = &f};
            if (dtl_forms_prefix(&f.segment, prefix, list_form, &l, &err) < 0)
                fail_msg("%s", err.text);
            assert_int_equal(l.seen, forms_with(&f.model, prefix));
            struct listing some = {.f = &f, .stop = 2};
            assert_int_equal(dtl_forms_prefix(&f.segment, prefix, list_form, &some, &err), DTL_OK);
            assert_int_equal(some.seen, l.seen < 2 ? l.seen : 2);
            dtl_buffer_release(&l.last);
            dtl_buffer_release(&some.last);
        }
        tear_down(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_term_is_found_by_key_and_by_ordinal_and_in_order),
        cmocka_unit_test(every_list_walked_and_leapt_through_equals_plain_arrays),
        cmocka_unit_test(a_list_of_many_thousand_postings_straddles_chunks),
        cmocka_unit_test(same_input_gives_same_bytes),
        cmocka_unit_test(a_form_is_looked_up_in_every_language),
        cmocka_unit_test(a_prefix_lists_forms_and_terms_merged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
