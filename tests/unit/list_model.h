/*
 * tests/unit/list_model.h - a segment as plain arrays, made at random, fed to a builder and opened
 * again: what the tests of terms, forms and postings compare the real thing with.
 */
#ifndef DTL_TESTS_LIST_MODEL_H
#define DTL_TESTS_LIST_MODEL_H
#include "common/segment/builder.h"
#include "memory_parts.h"
#include "random.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define MODEL_VARIANTS 8u

struct model_posting {
    dtl_doc doc;
    uint32_t tf, count;
    uint32_t *positions, *variants;
};

struct model_term {
    struct dtl_term_key key;
    bool has_positions;
    struct dtl_variant variant[MODEL_VARIANTS]; /* canonical order */
    size_t variants;
    struct model_posting *posting;
    uint32_t df;
    uint64_t tf_total;
};

struct model {
    struct dtl_arena arena;
    struct dtl_document *row;
    uint32_t docs;
    bool heavy;              /* make frequencies large */
    struct model_term *term; /* in dictionary order */
    uint32_t terms;
};

static inline struct dtl_bytes model_copy(struct model *m, const char *p, size_t n)
{
    char *copy = dtl_arena_strndup(&m->arena, p, n);
    assert_non_null(copy);
    return dtl_bytes(copy, n);
}

/* ---- terms and their printed forms ---- */

static inline struct dtl_bytes model_word(struct model *m, struct random *r)
{
    static const char *const syllable[] = {"ka", "lo",  "mi",  "ter", "s",  "un", "der",
                                           "na", "zio", "pre", "st",  "i'", "7"};
    char text[80];
    size_t n = 0;
    for (uint32_t left = 1 + random_below(r, 6); left; left--) {
        const char *s = syllable[random_below(r, 13)];
        memcpy(text + n, s, strlen(s));
        n += strlen(s);
    }
    return model_copy(m, text, n);
}

static inline struct dtl_variant model_variant(struct model *m, struct random *r,
                                               struct dtl_bytes term)
{
    char folded[120], form[200];
    size_t n = term.n, k = 0;
    memcpy(folded, term.p, n);
    switch (random_below(r, 6)) { /* the folded form: the term, another ending, a broken word */
    case 0:
        memcpy(folded + n, "s", 1);
        n += 1;
        break;
    case 1:
        n -= n > 2;
        memcpy(folded + n, "ning'x", 6);
        n += 6;
        break;
    case 2:
        memcpy(folded + n,
               "\xc2\xad"
               "ed",
               4);
        n += 4;
        break;
    default:
        break;
    }
    uint32_t letters = random_below(r, 6);
    for (size_t i = 0; i < n; i++) { /* the printed form */
        char c = folded[i];
        bool raise = letters == 1 || (letters == 2 && i == 0) || (letters == 3 && i % 3 == 1);
        if (c == '\'' && letters >= 4) {
            memcpy(form + k, "\xe2\x80\x99", 3);
            k += 3;
        } else if (c == 'u' && letters == 3) {
            memcpy(form + k, "\xc3\xbc", 2);
            k += 2;
        } else {
            form[k++] = (char)(raise && c >= 'a' && c <= 'z' ? c - 32 : c);
        }
    }
    return (struct dtl_variant){.form = model_copy(m, form, k), .folded = model_copy(m, folded, n)};
}

static inline int model_key_order(const void *a, const void *b)
{
    return dtl_term_key_compare(&((const struct model_term *)a)->key,
                                &((const struct model_term *)b)->key);
}

static inline int model_variant_order(const void *a, const void *b)
{
    const struct dtl_variant *const *x = a, *const *y = b;
    if ((*x)->count != (*y)->count)
        return (*x)->count > (*y)->count ? -1 : 1;
    return dtl_bytes_compare((*x)->form, (*y)->form);
}

/* Count the variants the postings use, put them into canonical order, renumber the postings. */
static inline void model_number_variants(struct model_term *t)
{
    struct dtl_variant old[MODEL_VARIANTS], *order[MODEL_VARIANTS];
    uint32_t number[MODEL_VARIANTS];
    memcpy(old, t->variant, sizeof old);
    for (uint32_t i = 0; i < t->df; i++)
        for (uint32_t k = 0; k < t->posting[i].count; k++)
            old[t->posting[i].variants[k]].count++;
    for (size_t i = 0; i < t->variants; i++)
        order[i] = &old[i];
    qsort(order, t->variants, sizeof *order, model_variant_order);
    size_t used = 0;
    for (size_t i = 0; i < t->variants; i++) {
        number[order[i] - old] = (uint32_t)i;
        t->variant[i] = *order[i];
        used += order[i]->count > 0;
    }
    t->variants = used;
    for (uint32_t i = 0; i < t->df; i++)
        for (uint32_t k = 0; k < t->posting[i].count; k++)
            t->posting[i].variants[k] = number[t->posting[i].variants[k]];
}

/* ---- postings ---- */

static inline struct model_posting model_one_posting(struct model *m, struct random *r,
                                                     const struct model_term *t, uint32_t most)
{
    struct model_posting p = {.tf = 1};
    while (p.tf < most && random_below(r, 8) < (m->heavy ? 6 : 3))
        p.tf += 1 + random_below(r, p.tf);
    p.count = t->has_positions ? p.tf : 0;
    if (!t->has_positions)
        return p;
    if (p.tf > 2 && random_below(r, 3) == 0)
        p.count -= random_below(r, 4) ? 2 : 1 + random_below(r, p.tf - 1); /* a word of the title */
    p.positions = dtl_arena_alloc(&m->arena, p.count * sizeof *p.positions);
    p.variants = dtl_arena_alloc(&m->arena, p.count * sizeof *p.variants);
    uint32_t at = random_below(r, 1000);
    for (uint32_t i = 0; i < p.count; i++) {
        p.positions[i] = at;
        at += random_below(r, random_below(r, 20) ? (m->heavy ? 3000 : 100) : 100000);
        uint32_t v = random_below(r, 4) ? 0 : random_below(r, (uint32_t)t->variants);
        p.variants[i] = t->variants ? v : 0;
    }
    return p;
}

static inline void model_fill(struct model *m, struct random *r, struct model_term *t, uint32_t df,
                              uint32_t most)
{
    t->df = df;
    t->posting = dtl_arena_alloc(&m->arena, df * sizeof *t->posting);
    dtl_doc doc = 0;
    for (uint32_t i = 0; i < df; i++) { /* leave room for those to come */
        uint32_t spare = m->docs - doc - (df - i);
        doc += random_below(r, 5)
                   ? random_below(r, 2 * spare / (df - i) + 1 < spare ? 2 * spare / (df - i) + 1
                                                                      : spare + 1)
                   : 0;
        t->posting[i] = model_one_posting(m, r, t, most);
        t->posting[i].doc = doc++;
        t->tf_total += t->posting[i].tf;
    }
    if (t->variants)
        model_number_variants(t);
}

/* ---- the whole ---- */

static inline void model_make(struct model *m, struct random *r, uint32_t docs, uint32_t terms)
{
    *m = (struct model){.docs = docs};
    m->row = dtl_arena_alloc(&m->arena, docs * sizeof *m->row);
    m->term = dtl_arena_alloc(&m->arena, (terms + 1) * sizeof *m->term);
    assert_non_null(m->row);
    assert_non_null(m->term);
    for (uint32_t i = 0; i < docs; i++) {
        uint32_t words = 1 + random_below(r, 2000);
        m->row[i] = (struct dtl_document){
            .date = dtl_interval_day(20000 - (dtl_day)(i / 3)),
            .lang = dtl_lang_code_of(DTL_LITERAL("en")),
            .length_code = dtl_length_code(words),
            .weighted = words,
            .words = words,
            .text_bytes = 6 * words,
            .generation = 1,
            .frame_at = 300 * (uint64_t)i,
            .frame_bytes = 300,
        };
    }
    static const uint8_t fields[] = {DTL_FIELD_TEXT,  DTL_FIELD_TEXT,     DTL_FIELD_TEXT,
                                     DTL_FIELD_TITLE, DTL_FIELD_SENTENCE, DTL_FIELD_SOURCE,
                                     DTL_FIELD_AUTHOR};
    for (uint32_t i = 0; i < terms; i++) {
        struct model_term *t = &m->term[i];
        t->key.field = fields[random_below(r, 7)];
        t->key.lang = (dtl_lang)(t->key.field <= DTL_FIELD_TITLE ? random_below(r, 3) : 0);
        t->key.text = t->key.field == DTL_FIELD_SENTENCE ? (struct dtl_bytes){0} : model_word(m, r);
        t->has_positions = t->key.field != DTL_FIELD_SOURCE;
    }
    qsort(m->term, terms, sizeof *m->term, model_key_order);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < terms; i++)
        if (kept == 0 || model_key_order(&m->term[kept - 1], &m->term[i]) != 0)
            m->term[kept++] = m->term[i];
    m->terms = kept;
    for (uint32_t i = 0; i < kept; i++) {
        struct model_term *t = &m->term[i];
        if (t->key.field <= DTL_FIELD_TITLE)
            for (uint32_t want = 1 + random_below(r, MODEL_VARIANTS); want; want--) {
                struct dtl_variant v = model_variant(m, r, t->key.text);
                bool known = false;
                for (size_t k = 0; k < t->variants; k++)
                    known |= dtl_bytes_equal(t->variant[k].form, v.form);
                if (!known)
                    t->variant[t->variants++] = v;
            }
        static const uint32_t around[] = {1, 1, 1, 2, 3, 7, 8, 20, 127, 128, 129, 256, 700};
        uint32_t df = around[random_below(r, 13)];
        if (random_below(r, 20) == 0)
            df = 1 + random_below(r, docs);
        model_fill(m, r, t, df < docs ? df : docs, random_below(r, 30) ? 20 : 3000);
    }
}

static inline void model_release(struct model *m)
{
    dtl_arena_release(&m->arena);
}

/* Feed the model to a builder over `parts`. */
static inline void model_build(const struct model *m, struct memory_parts *parts,
                               struct dtl_segment_facts *facts)
{
    struct dtl_builder *b = NULL;
    struct dtl_error err = {0};
    if (dtl_builder_open(&b, memory_sink, parts, &err) < 0)
        fail_msg("%s", err.text);
    for (uint32_t i = 0; i < m->docs; i++) {
        char id[16];
        int n = snprintf(id, sizeof id, "%08u", i);
        if (dtl_builder_document(b, &m->row[i], DTL_LITERAL("Wire"), dtl_bytes(id, (size_t)n),
                                 &err) < 0)
            fail_msg("%s", err.text);
    }
    for (uint32_t i = 0; i < m->terms; i++) {
        const struct model_term *t = &m->term[i];
        if (dtl_builder_term(b, &t->key, t->variant, t->variants, t->has_positions, &err) < 0)
            fail_msg("%s", err.text);
        for (uint32_t k = 0; k < t->df; k++) {
            const struct model_posting *p = &t->posting[k];
            struct dtl_posting posting = {p->doc, p->tf, p->count, p->positions,
                                          t->variants ? p->variants : NULL};
            if (dtl_builder_posting(b, &posting, &err) < 0)
                fail_msg("%s", err.text);
        }
    }
    assert_true(dtl_builder_memory(b) > 0);
    if (dtl_builder_finish(b, facts, &err) < 0)
        fail_msg("%s", err.text);
    dtl_builder_close(b);
}

static inline void model_open(struct dtl_segment *s, struct memory_parts *parts,
                              const struct dtl_segment_facts *facts, struct dtl_arena *arena)
{
    struct dtl_error err = {0};
    if (dtl_segment_open(s, facts, memory_fetch, parts, arena, &err) < 0)
        fail_msg("%s", err.text);
}
#endif
