/*
 * tests/unit/list_exercise.h - every reader of terms, forms and lists run over a segment that may
 * be damaged: what is accepted must be sane, what is refused must be refused as damage.
 */
#ifndef DTL_TESTS_LIST_EXERCISE_H
#define DTL_TESTS_LIST_EXERCISE_H
#include "common/segment/forms.h"
#include "common/segment/postings.h"

#include <stdlib.h>

static inline void exercise_require(bool condition)
{
    if (!condition)
        abort();
}

static inline enum dtl_status exercise_result(enum dtl_status st)
{
    exercise_require(st >= 0 || st == DTL_ECORRUPT);
    return st;
}

static inline enum dtl_status exercise_block(struct dtl_postings *p, dtl_doc docs, dtl_doc *next,
                                             bool every)
{
    enum dtl_status st = DTL_OK;
    struct dtl_error err = {0};
    for (uint32_t i = 0; i < p->count; i++) {
        exercise_require(p->docs[i] >= *next && p->docs[i] < docs && p->tfs[i] >= 1);
        *next = p->docs[i] + 1;
    }
    exercise_require(p->count >= 1 && p->last == p->docs[p->count - 1]);
    for (uint32_t i = every ? 0 : p->count - 1; p->term.has_positions && i < p->count; i++) {
        const uint32_t *positions = NULL, *variants = NULL;
        uint32_t count = 0;
        st = exercise_result(dtl_postings_positions(p, i, &positions, &count, &err));
        if (st < 0)
            return st;
        exercise_require(count >= 1 && count <= p->tfs[i]);
        for (uint32_t k = 1; k < count; k++)
            exercise_require(positions[k] >= positions[k - 1]);
        if (p->term.variants == 0)
            continue;
        if ((st = exercise_result(dtl_postings_variants(p, i, &variants, &err))) < 0)
            return st;
        for (uint32_t k = 0; k < count; k++)
            exercise_require(variants[k] < p->term.variants);
    }
    return st;
}

/* A list's bitmap can be read to its end, and holds no word beyond the segment. */
static inline enum dtl_status exercise_bitmap(struct dtl_postings *p, dtl_doc docs)
{
    struct dtl_bytes bits = {0};
    struct dtl_error err = {0};
    uint64_t sum = 0;
    enum dtl_status st = exercise_result(dtl_postings_bitmap(p, &bits, &err));
    for (size_t at = 0; st == DTL_OK && at < bits.n; at += 8)
        sum += (uint64_t)__builtin_popcountll(dtl_load64(bits.p + at));
    exercise_require(bits.n % 8 == 0 && bits.n <= 8 * ((size_t)docs / 64 + 1) && sum <= 8 * bits.n);
    return st == DTL_END ? DTL_OK : st;
}

/* Walk the list of `t`, then leap through it by impacts. */
static inline enum dtl_status exercise_list(struct dtl_segment *s, const struct dtl_term *t)
{
    struct dtl_arena arena = {0};
    struct dtl_postings p = {.x = NULL};
    struct dtl_error err = {0};
    dtl_doc next = 0, docs = s->facts.docs;
    enum dtl_status st = exercise_result(dtl_postings_open(&p, s, t, &arena, &err));
    if (st == DTL_OK)
        st = exercise_bitmap(&p, docs);
    while (st == DTL_OK && (st = exercise_result(dtl_postings_seek(&p, next, &err))) == DTL_OK)
        st = exercise_block(&p, docs, &next, true);
    dtl_postings_release(&p);
    enum dtl_status walked = st;
    st = exercise_result(dtl_postings_open(&p, s, t, &arena, &err));
    for (next = 0; st == DTL_OK; next = p.last < docs ? p.last + 1 : docs) {
        struct dtl_impact pairs[DTL_IMPACTS_MAX];
        uint32_t n = 0;
        dtl_doc last = 0;
        st = exercise_result(dtl_postings_impacts(&p, next, pairs, &n, &last, &err));
        if (st != DTL_OK)
            break;
        exercise_require(n >= 1 && n <= DTL_IMPACTS_MAX);
        st = exercise_result(dtl_postings_seek(&p, next + docs / 7, &err));
        if (st == DTL_OK) {
            dtl_doc low = 0;
            st = exercise_block(&p, docs, &low, false);
        }
    }
    dtl_postings_release(&p);
    dtl_arena_release(&arena);
    return walked < 0 ? walked : st;
}

static inline enum dtl_status exercise_form(void *ctx, struct dtl_bytes folded,
                                            const uint32_t *ordinals, size_t count)
{
    struct dtl_segment *s = ctx;
    exercise_require(folded.n > 0 && count > 0);
    for (size_t i = 0; i < count; i++)
        exercise_require(ordinals[i] < s->facts.terms);
    return DTL_OK;
}

static inline enum dtl_status exercise_term(struct dtl_segment *s, const struct dtl_term *t)
{
    struct dtl_arena arena = {0};
    struct dtl_variant *v = NULL;
    struct dtl_term again;
    struct dtl_error err = {0};
    uint32_t *ordinals = NULL;
    size_t count = 0;
    exercise_require(t->df >= 1 && t->df <= s->facts.docs && t->impacts >= 1);
    enum dtl_status st = exercise_list(s, t);
    if (st >= 0 && t->variants)
        st = exercise_result(dtl_term_variants(t, &arena, &v, &err));
    if (st >= 0)
        st = exercise_result(dtl_terms_find(s, &t->key, &arena, &again, &err));
    if (st >= 0)
        st = exercise_result(dtl_terms_at(s, t->ordinal, &arena, &again, &err));
    if (st >= 0 && v)
        st = exercise_result(dtl_forms_lookup(s, v[0].folded, &arena, &ordinals, &count, &err));
    dtl_arena_release(&arena);
    return st;
}

/* DTL_OK: all of it could be read. DTL_ECORRUPT: some reader refused something. */
static inline enum dtl_status exercise_segment(struct dtl_segment *s)
{
    struct dtl_terms_iter it;
    struct dtl_term t;
    struct dtl_error err = {0};
    enum dtl_status result = DTL_OK;
    enum dtl_status st = exercise_result(dtl_terms_seek(&it, s, NULL, &err));
    while (st == DTL_OK && (st = exercise_result(dtl_terms_next(&it, &t, &err))) == DTL_OK)
        if (exercise_term(s, &t) < 0)
            result = DTL_ECORRUPT;
    if (st < 0)
        result = st;
    dtl_terms_iter_release(&it);
    st = exercise_result(dtl_forms_prefix(s, (struct dtl_bytes){0}, exercise_form, s, &err));
    return st < 0 ? st : result;
}
#endif
