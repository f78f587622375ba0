/* The inverter against the plainest one: every occurrence in a list, sorted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "build_kit.h"
#include "indexer/invert/byte_run.h"
#include "indexer/invert/inverted.h"
#include "indexer/invert/term_table.h"
#include "memory_parts.h"

struct plain { /* one occurrence */
    struct dtl_term_key key;
    struct dtl_bytes form;
    dtl_doc doc;
    uint32_t position, weight, order;
};

struct plain_index {
    struct plain *v;
    size_t n, capacity;
    dtl_doc doc;
    struct dtl_arena arena;
};

static struct dtl_bytes copied(struct dtl_arena *arena, struct dtl_bytes b)
{
    return dtl_bytes(dtl_arena_strndup(arena, b.n ? (const char *)b.p : "", b.n), b.n);
}

static enum dtl_status note(void *ctx, const struct dtl_occurrence *o)
{
    struct plain_index *x = ctx;
    if (x->doc == DTL_DOC_END)
        return DTL_OK;
    if (x->n == x->capacity) {
        x->capacity = x->capacity ? x->capacity * 2 : 1024;
        x->v = realloc(x->v, x->capacity * sizeof *x->v);
    }
    x->v[x->n] = (struct plain){
        .key = {(uint8_t)o->field, o->lang, copied(&x->arena, o->term)},
        .form = copied(&x->arena, o->form),
        .doc = x->doc,
        .position = o->position,
        .weight = o->weight,
        .order = (uint32_t)x->n
    };
    x->n++;
    return DTL_OK;
}

static int by_term(const void *a, const void *b)
{
    const struct plain *x = a, *y = b;
    int c = dtl_term_key_compare(&x->key, &y->key);
    if (c == 0)
        c = (x->doc > y->doc) - (x->doc < y->doc);
    return c ? c : (x->order > y->order) - (x->order < y->order);
}

static uint32_t count_of(const struct plain *v, size_t n, struct dtl_bytes form)
{
    uint32_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += dtl_bytes_equal(v[i].form, form);
    return count;
}

/* The term whose occurrences are v[0..n), against the dictionary's entry. */
static void check_term(struct dtl_segment *s, const struct dtl_term *t, const struct plain *v,
                       size_t n)
{
    struct dtl_arena arena = {0};
    struct dtl_postings p = {0};
    struct dtl_variant *forms = NULL;
    assert_int_equal(dtl_term_key_compare(&t->key, &v[0].key), 0);
    assert_int_equal(t->has_positions, dtl_field_has_positions(t->key.field));
    assert_int_equal(t->variants != 0, v[0].form.n != 0);
    if (t->variants)
        must(dtl_term_variants(t, &arena, &forms, ERR));
    for (uint32_t i = 0; i < t->variants; i++) {
        assert_int_equal(forms[i].count, count_of(v, n, forms[i].form));
        assert_true(forms[i].count > 0);
        if (i)
            assert_true(forms[i - 1].count > forms[i].count ||
                        (forms[i - 1].count == forms[i].count &&
                         dtl_bytes_compare(forms[i - 1].form, forms[i].form) < 0));
    }
    must(dtl_postings_open(&p, s, t, &arena, ERR));
    uint32_t df = 0;
    for (size_t i = 0; i < n;) {
        size_t end = i;
        uint64_t tf = 0;
        while (end < n && v[end].doc == v[i].doc)
            tf += v[end++].weight;
        must(dtl_postings_seek(&p, v[i].doc, ERR));
        uint32_t at = 0;
        while (p.docs[at] < v[i].doc)
            at++;
        assert_int_equal(p.docs[at], v[i].doc);
        assert_int_equal(p.tfs[at], tf);
        if (t->has_positions) {
            const uint32_t *positions = NULL, *variants = NULL;
            uint32_t count = 0;
            must(dtl_postings_positions(&p, at, &positions, &count, ERR));
            assert_int_equal(count, end - i);
            if (t->variants)
                must(dtl_postings_variants(&p, at, &variants, ERR));
            for (uint32_t k = 0; k < count; k++) {
                assert_int_equal(positions[k], v[i + k].position);
                if (t->variants)
                    assert_true(dtl_bytes_equal(forms[variants[k]].form, v[i + k].form));
            }
        }
        df++;
        i = end;
    }
    assert_int_equal(t->df, df);
    dtl_postings_release(&p);
    dtl_arena_release(&arena);
}

static void check_segment(struct dtl_segment *s, const struct plain_index *x)
{
    struct dtl_terms_iter it;
    struct dtl_term t;
    must(dtl_terms_seek(&it, s, NULL, ERR));
    for (size_t i = 0; i < x->n;) {
        size_t end = i;
        while (end < x->n && dtl_term_key_compare(&x->v[end].key, &x->v[i].key) == 0)
            end++;
        must(dtl_terms_next(&it, &t, ERR));
        check_term(s, &t, x->v + i, end - i);
        i = end;
    }
    assert_int_equal(dtl_terms_next(&it, &t, ERR), DTL_END);
    dtl_terms_iter_release(&it);
}

static enum dtl_status append(void *ctx, struct dtl_bytes bytes, struct dtl_error *err)
{
    (void)err;
    return dtl_buffer_append(ctx, bytes.p, bytes.n) ? DTL_OK : DTL_ENOMEM;
}

#define ARTICLES 150u

static void every_posting_is_the_plain_inverters(void **state)
{
    (void)state;
    struct random r = random_start("inverter");
    struct plain_index x = {0};
    struct dtl_inverter *inv = NULL;
    struct dtl_analyzer *an = NULL;
    struct dtl_arena arena = {0};
    dtl_doc document[ARTICLES];
    struct dtl_document row[ARTICLES] = {{.date = {0}}};
    must(dtl_inverter_open(&inv, 3, ERR));
    must(dtl_analyzer_open(&an, ERR));
    uint32_t docs = 0;
    for (uint32_t i = 0; i < ARTICLES; i++)
        document[i] = random_below(&r, 6) ? docs++ : DTL_DOC_END;
    for (uint32_t i = ARTICLES; i > 1; i--) { /* the order of documents is not that of arrival */
        uint32_t k = random_below(&r, i);
        dtl_doc swap = document[i - 1];
        document[i - 1] = document[k];
        document[k] = swap;
    }
    for (uint32_t i = 0; i < ARTICLES; i++) {
        struct dtl_document_lengths lengths = {0}, plain = {0};
        dtl_arena_reset(&arena);
        struct dtl_article a = kit_article(&arena, i, 0, "a.jsonl");
        must(dtl_inverter_add(inv, an, &a, &lengths, ERR));
        x.doc = document[i];
        must(dtl_document_walk(an, &a, 3, note, &x, &plain, ERR));
        assert_int_equal(lengths.weighted, plain.weighted);
        if (x.doc != DTL_DOC_END)
            row[x.doc] = (struct dtl_document){.date = dtl_interval_day(7),
                                               .weighted = lengths.weighted,
                                               .length_code = dtl_length_code(lengths.weighted),
                                               .frame_bytes = 1};
    }
    assert_int_equal(dtl_inverter_articles(inv), ARTICLES);
    qsort(x.v, x.n, sizeof *x.v, by_term);
    for (int twice = 0; twice < 2; twice++) {
        struct memory_parts parts = {0};
        struct dtl_builder *b = NULL;
        struct dtl_segment_facts facts = {0};
        struct dtl_segment s;
        struct dtl_arena life = {0};
        must(dtl_builder_open(&b, memory_sink, &parts, ERR));
        for (uint32_t i = 0; i < docs; i++) {
            char id[16];
            int n = snprintf(id, sizeof id, "%05u", i);
            row[i].frame_at = i;
            must(dtl_builder_document(b, &row[i], DTL_LITERAL("s"), dtl_bytes(id, (size_t)n), ERR));
        }
        struct dtl_inverted terms = {0};
        struct dtl_buffer saved = {0};
        must(dtl_inverted_sort(&terms, inv, ERR));
        if (twice) { /* as it is read back from a file */
            must(dtl_inverted_save(&terms, append, &saved, ERR));
            dtl_inverted_release(&terms);
            terms = dtl_inverted_of(dtl_buffer_view(&saved));
        }
        struct dtl_inverted_input in = {&terms, document};
        must(dtl_inverted_write(&in, 1, 3, &b, 0, 1, ERR));
        dtl_inverted_release(&terms);
        dtl_buffer_release(&saved);
        must(dtl_builder_finish(b, &facts, ERR));
        dtl_builder_close(b);
        must(dtl_segment_open(&s, &facts, memory_fetch, &parts, &life, ERR));
        check_segment(&s, &x);
        dtl_arena_release(&life);
        memory_release(&parts);
    }
    dtl_inverter_reset(inv);
    assert_int_equal(dtl_inverter_articles(inv), 0);
    assert_true(dtl_inverter_memory(inv) < 16384);
    dtl_inverter_close(inv);
    dtl_analyzer_close(an);
    dtl_arena_release(&arena);
    dtl_arena_release(&x.arena);
    free(x.v);
}

static void a_byte_run_gives_back_what_was_put(void **state)
{
    (void)state;
    struct random r = random_start("byte run");
    struct dtl_pool pool = {0};
    struct dtl_buffer want[5] = {{0}}, scratch = {0};
    struct dtl_byte_run run[5] = {{0}};
    must(dtl_pool_open(&pool, ERR));
    for (int i = 0; i < 60000; i++) {
        uint32_t k = random_below(&r, 5);
        uint64_t v = random_next(&r) >> random_below(&r, 64);
        if (k && random_below(&r, k * k * 3)) /* runs of very different lengths */
            continue;
        assert_true(dtl_byte_run_varint(&pool, &run[k], v));
        assert_true(dtl_buffer_varint(&want[k], v));
    }
    for (int k = 0; k < 5; k++) {
        struct dtl_bytes got = {0};
        assert_true(dtl_byte_run_view(&pool, &run[k], &scratch, &got));
        assert_true(dtl_bytes_equal(got, dtl_buffer_view(&want[k])));
        dtl_buffer_release(&want[k]);
    }
    dtl_buffer_release(&scratch);
    dtl_pool_close(&pool);
}

static void a_pool_counts_what_it_holds_and_gives_all_of_it_back(void **state)
{
    (void)state;
    struct dtl_pool pool = {0};
    uint32_t at = 0, again = 0;
    must(dtl_pool_open(&pool, ERR));
    assert_int_equal(pool.committed, 0);
    assert_true(dtl_pool_take(&pool, 3, 1, &at));
    assert_true(dtl_pool_take(&pool, 8, 8, &again));
    assert_int_equal(at, 0);
    assert_int_equal(again, 8);
    assert_true(dtl_pool_take(&pool, 1u << 20, 1, &again));
    assert_true(pool.committed >= pool.used && pool.committed < pool.used + (1u << 20));
    memset(dtl_pool_at(&pool, again), 0xff, 1u << 20);
    assert_false(dtl_pool_take(&pool, DTL_POOL_MAX, 1, &again));
    dtl_pool_reset(&pool);
    assert_int_equal(pool.committed, 0);
    assert_true(dtl_pool_take(&pool, 1u << 20, 1, &again));
    const uint8_t *p = dtl_pool_at(&pool, again);
    for (size_t i = 0; i < 1u << 20; i++)
        if (p[i])
            fail_msg("byte %zu of a pool that was reset is not zero", i);
    dtl_pool_close(&pool);
    dtl_pool_close(&pool);
}

static void a_term_is_its_field_language_and_bytes(void **state)
{
    (void)state;
    struct dtl_term_table t;
    must(dtl_term_table_open(&t, ERR));
    struct dtl_occurrence o = {.field = DTL_FIELD_TEXT, .lang = 1, .term = DTL_LITERAL("run")};
    o.form = DTL_LITERAL("Running");
    o.folded = DTL_LITERAL("running");
    struct dtl_variant_node *a = dtl_term_table_variant(&t, &o, dtl_term_table_hash(&o));
    assert_non_null(a);
    assert_ptr_equal(dtl_term_table_variant(&t, &o, dtl_term_table_hash(&o)), a);
    struct dtl_occurrence other = o;
    other.form = DTL_LITERAL("run"); /* another form of the same term */
    other.folded = other.form;
    struct dtl_variant_node *b = dtl_term_table_variant(&t, &other, dtl_term_table_hash(&other));
    assert_int_equal(a->term, b->term);
    assert_int_equal(b->number, 1);
    other = o; /* the same form, another term: never taken for the first */
    other.term = DTL_LITERAL("runn");
    assert_int_not_equal(dtl_term_table_variant(&t, &other, dtl_term_table_hash(&other))->term,
                         a->term);
    other = o;
    other.lang = 2;
    assert_int_not_equal(dtl_term_table_variant(&t, &other, dtl_term_table_hash(&other))->term,
                         a->term);
    other = o;
    other.field = DTL_FIELD_TITLE;
    assert_int_not_equal(dtl_term_table_variant(&t, &other, dtl_term_table_hash(&other))->term,
                         a->term);
    other.field = DTL_FIELD_SENTENCE;
    other.term = (struct dtl_bytes){NULL, 0};
    assert_non_null(dtl_term_table_term(&t, &other));
    assert_ptr_equal(dtl_term_table_term(&t, &other), dtl_term_table_term(&t, &other));
    for (uint32_t i = 0; i < 5000; i++) { /* grow */
        char form[16];
        int n = snprintf(form, sizeof form, "f%u", i);
        other = o;
        other.term = other.form = other.folded = dtl_bytes(form, (size_t)n);
        assert_non_null(dtl_term_table_variant(&t, &other, dtl_term_table_hash(&other)));
    }
    assert_ptr_equal(dtl_term_table_variant(&t, &o, dtl_term_table_hash(&o)), a);
    dtl_term_table_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_posting_is_the_plain_inverters),
        cmocka_unit_test(a_byte_run_gives_back_what_was_put),
        cmocka_unit_test(a_pool_counts_what_it_holds_and_gives_all_of_it_back),
        cmocka_unit_test(a_term_is_its_field_language_and_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
