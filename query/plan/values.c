/*
 * values.c - the lists of a field's values: looked up, or walked as the forms of words are.
 *
 * Fields keep their values as terms of a field byte of their own, in the order of bytes, so a value
 * with * and ? is a walk from its first letters on. A path over DTL_TERM_MAX bytes is a head and a
 * hash there; whether it matches is asked of one of its articles.
 */
#include "query/plan/fields.h"

#include "common/base/hash.h"
#include "common/segment/document.h"

#include <stdlib.h>

static enum dtl_status no_memory(struct dtl_error *err)
{
    return dtl_fail(err, DTL_ENOMEM, 0, "no memory for the query's filters");
}

static enum dtl_field field_byte(enum dtl_node_field f)
{
    static const enum dtl_field byte[] = {
        [DTL_NODE_SOURCE] = DTL_FIELD_SOURCE,   [DTL_NODE_AUTHOR] = DTL_FIELD_AUTHOR,
        [DTL_NODE_SECTION] = DTL_FIELD_SECTION, [DTL_NODE_TAG] = DTL_FIELD_TAG,
        [DTL_NODE_PLACE] = DTL_FIELD_PLACE,     [DTL_NODE_AGENCY] = DTL_FIELD_AGENCY,
        [DTL_NODE_LANG] = DTL_FIELD_LANG,       [DTL_NODE_URL] = DTL_FIELD_URL,
        [DTL_NODE_PATH] = DTL_FIELD_PATH,
    };
    return byte[f];
}

/* ---- walking the values of a field ---- */

#define NEAR_VALUES 48u /* dead values are stepped over, so many; then it pays to seek */

struct values {
    struct dtl_plan *p;
    const struct dtl_node *node;
    const struct dtl_word *w; /* the expansion */
    enum dtl_field field;
    struct dtl_automaton_walk *automaton; /* NULL: the beginning is all */
    struct dtl_buffer ordinals;           /* u32, of one segment */
    struct dtl_buffer hashes;             /* u64, of all segments */
    struct dtl_stopwatch watch;
};

static enum dtl_status over(struct values *x, bool of_time, struct dtl_error *err)
{
    const uint64_t *hash = (const void *)x->hashes.p;
    uint64_t n = x->hashes.n / sizeof *hash;
    return dtl_over_budget(x->p, x->node->text, n, of_time, x->node->begin, err);
}

/* A long path is a head and a hash: whether it matches, its article alone can tell. */
static bool is_cut_path(const struct values *x, struct dtl_bytes value)
{
    return x->field == DTL_FIELD_PATH && value.n == DTL_TERM_MAX;
}

static enum dtl_status take_value(struct values *x, const struct dtl_term *t, size_t *dead,
                                  struct dtl_error *err)
{
    struct dtl_bytes value = t->key.text;
    bool passes = !x->automaton || is_cut_path(x, value);
    *dead = 0;
    if (dtl_stopwatch_over(&x->watch))
        return over(x, true, err);
    if (!passes)
        passes = dtl_automaton_walk_distance(x->automaton, value, dead) >= 0;
    if (!passes)
        return DTL_OK;
    dtl_buffer_u32(&x->ordinals, t->ordinal);
    dtl_buffer_u64(&x->hashes, dtl_hash64(value, 0));
    return x->ordinals.failed || x->hashes.failed ? no_memory(err) : DTL_OK;
}

static bool successor(uint8_t *head, size_t *bytes)
{
    while (*bytes && head[*bytes - 1] == UINT8_MAX)
        --*bytes;
    if (*bytes)
        head[*bytes - 1]++;
    return *bytes > 0;
}

static enum dtl_status walk_values(struct values *x, struct dtl_segment *s, struct dtl_error *err)
{
    struct dtl_term_key key = {.field = (uint8_t)x->field, .text = x->w->folded};
    struct dtl_terms_iter it;
    struct dtl_term t;
    uint8_t head[DTL_TERM_MAX];
    size_t dead = 0;
    uint32_t stepped = 0;
    enum dtl_status st = dtl_terms_seek(&it, s, &key, err);
    while (st == DTL_OK && (st = dtl_terms_next(&it, &t, err)) == DTL_OK) {
        if (t.key.field != x->field || !dtl_bytes_starts(t.key.text, x->w->folded))
            break;
        if (dead && !is_cut_path(x, t.key.text) &&
            dtl_bytes_starts(t.key.text, dtl_bytes(head, dead))) {
            if (++stepped < NEAR_VALUES || x->field == DTL_FIELD_PATH)
                continue;
            if (!successor(head, &dead))
                break;
            key.text = dtl_bytes(head, dead);
            dtl_terms_iter_release(&it);
            st = dtl_terms_seek(&it, s, &key, err);
            dead = 0;
            continue;
        }
        st = take_value(x, &t, &dead, err);
        if (dead)
            memcpy(head, t.key.text.p, dead);
        stepped = 0;
    }
    dtl_terms_iter_release(&it);
    return st < 0 ? st : DTL_OK;
}

/* ---- lists ---- */

/* Does the file of a cut path match? Its articles all have the same one. */
static enum dtl_status whole_path_passes(struct values *x, struct dtl_segment *s,
                                         const struct dtl_term *t, bool *passes,
                                         struct dtl_error *err)
{
    struct dtl_arena scratch = {0};
    struct dtl_postings postings = {0};
    struct dtl_article a;
    enum dtl_status st = dtl_postings_open(&postings, s, t, &scratch, err);
    *passes = false;
    if (st == DTL_OK)
        st = dtl_postings_seek(&postings, 0, err);
    if (st == DTL_OK && postings.count)
        st = dtl_snapshot_article(x->p->snap, s, postings.docs[0], &scratch, &a, err);
    if (st == DTL_OK && postings.count) {
        *passes = dtl_automaton_accepts(x->w->like, dtl_article_file(&a));
    }
    dtl_postings_release(&postings);
    dtl_arena_release(&scratch);
    return st;
}

static enum dtl_status keep_lists(struct values *x, struct dtl_segment *s,
                                  struct dtl_word_lists *in, struct dtl_error *err)
{
    size_t n = x->ordinals.n / sizeof(uint32_t);
    struct dtl_term *term = dtl_arena_take(x->p->arena, (n + 1) * sizeof *term);
    in->list = dtl_arena_take(x->p->arena, (n + 1) * sizeof *in->list);
    if (!term || !in->list)
        return no_memory(err);
    enum dtl_status st =
        dtl_terms_at_many(s, (const void *)x->ordinals.p, n, x->p->arena, term, err);
    for (size_t i = 0; i < n && st == DTL_OK; i++) {
        bool passes = true;
        if (x->w->like && is_cut_path(x, term[i].key.text))
            st = whole_path_passes(x, s, &term[i], &passes, err);
        if (st == DTL_OK && passes)
            in->list[in->count++] = (struct dtl_word_list){.term = &term[i]};
    }
    return st;
}

static int by_u64(const void *x, const void *y)
{
    uint64_t a = dtl_load64(x), b = dtl_load64(y);
    return (a > b) - (a < b);
}

static uint64_t distinct(struct dtl_buffer *hashes)
{
    size_t n = hashes->n / sizeof(uint64_t);
    uint64_t count = n > 0;
    if (n > 1)
        qsort(hashes->p, n, sizeof(uint64_t), by_u64);
    for (size_t i = 1; i < n; i++)
        count += dtl_load64(hashes->p + 8 * i) != dtl_load64(hashes->p + 8 * (i - 1));
    return count;
}

/* The lists of an expansion in every segment. */
static enum dtl_status expand_values(struct dtl_plan *p, struct dtl_word *w,
                                     struct dtl_word_lists *in, const struct dtl_node *n,
                                     struct dtl_error *err)
{
    struct dtl_arena scratch = {0};
    struct values x = {
        .p = p, .node = n, .w = w, .field = field_byte(n->field), .watch = dtl_stopwatch_start(p)};
    enum dtl_status st = DTL_OK;
    if (w->like && !(x.automaton = dtl_automaton_walk_open(w->like, &scratch)))
        st = no_memory(err);
    for (size_t i = 0; i < p->snap->segments && st == DTL_OK; i++) {
        dtl_buffer_reset(&x.ordinals);
        st = walk_values(&x, &p->snap->segment[i], err);
        if (st == DTL_OK && x.hashes.n / sizeof(uint64_t) > p->max_expand &&
            (w->forms = distinct(&x.hashes)) > p->max_expand)
            continue; /* counted to the end, so that the message can say how many */
        if (st == DTL_OK)
            st = keep_lists(&x, &p->snap->segment[i], &in[i], err);
    }
    w->forms = distinct(&x.hashes);
    if (st == DTL_OK && w->forms > p->max_expand)
        st = dtl_over_budget(p, n->text, w->forms, false, n->begin, err);
    dtl_buffer_release(&x.ordinals);
    dtl_buffer_release(&x.hashes);
    dtl_arena_release(&scratch);
    return st;
}

static enum dtl_status exact_value(struct dtl_plan *p, const struct dtl_word *w,
                                   struct dtl_word_lists *in, enum dtl_field field,
                                   struct dtl_error *err)
{
    struct dtl_term_key key = {.field = (uint8_t)field, .text = w->folded};
    if (key.text.n > DTL_TERM_MAX)
        key.text.n = DTL_TERM_MAX;
    for (size_t i = 0; i < p->snap->segments; i++) {
        struct dtl_term found, *copy;
        enum dtl_status st = dtl_terms_find(&p->snap->segment[i], &key, p->arena, &found, err);
        if (st == DTL_NOTFOUND)
            continue;
        if (st < 0)
            return st;
        copy = dtl_arena_take(p->arena, sizeof *copy);
        in[i].list = dtl_arena_take(p->arena, sizeof *in[i].list);
        if (!copy || !in[i].list)
            return no_memory(err);
        *copy = found;
        in[i].list[0] = (struct dtl_word_list){.term = copy};
        in[i].count = 1;
    }
    return DTL_OK;
}

enum dtl_status dtl_value_lists(struct dtl_plan *p, struct dtl_word *w, const struct dtl_node *n,
                                struct dtl_error *err)
{
    struct dtl_word_lists *in = dtl_arena_alloc(p->arena, (p->snap->segments + 1) * sizeof *in);
    if (!in)
        return no_memory(err);
    w->in = in;
    return w->prefix ? expand_values(p, w, in, n, err)
                     : exact_value(p, w, in, field_byte(n->field), err);
}
