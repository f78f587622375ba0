/*
 * inverter.c - the way in: each occurrence of an article becomes a few bytes of its term's run.
 *
 * Why in order of arrival: the alternative, keeping the text of a batch until its order is known,
 * holds the text and the index in memory at once and cannot say beforehand how large the index of
 * it will be. Put into order at the end, a batch is as large as memory allows, known exactly at
 * every article, and the sort touches small keys of one term at a time (inverted_write.c).
 */
#include "indexer/invert/inverter_private.h"

#include <stdlib.h>

bool dtl_field_has_positions(uint8_t field)
{
    switch (field) {
    case DTL_FIELD_TEXT:
    case DTL_FIELD_TITLE:
    case DTL_FIELD_SENTENCE:
    case DTL_FIELD_PARAGRAPH:
    case DTL_FIELD_AUTHOR:
    case DTL_FIELD_URL:
        return true;
    default:
        return false;
    }
}

enum dtl_status dtl_inverter_open(struct dtl_inverter **out, uint32_t title_weight,
                                  struct dtl_error *err)
{
    struct dtl_inverter *inv = calloc(1, sizeof *inv);
    if (!inv)
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for an inverter");
    inv->title_weight = title_weight;
    enum dtl_status st = dtl_term_table_open(&inv->table, err);
    if (st != DTL_OK) {
        free(inv);
        return st;
    }
    *out = inv;
    return DTL_OK;
}

static void forget_places(struct dtl_inverter *inv)
{
    free(inv->text.v);
    free(inv->title.v);
    inv->text = inv->title = (struct dtl_places){0};
    inv->epoch = 0;
}

void dtl_inverter_close(struct dtl_inverter *inv)
{
    if (inv) {
        forget_places(inv);
        dtl_term_table_close(&inv->table);
    }
    free(inv);
}

void dtl_inverter_reset(struct dtl_inverter *inv)
{
    forget_places(inv);
    dtl_term_table_reset(&inv->table);
    inv->articles = inv->sentence = inv->paragraph = 0;
}

uint32_t dtl_inverter_articles(const struct dtl_inverter *inv)
{
    return inv->articles;
}

size_t dtl_inverter_memory(const struct dtl_inverter *inv)
{
    return sizeof *inv + dtl_term_table_memory(&inv->table) +
           (inv->text.n + inv->title.n) * sizeof(struct dtl_place);
}

/* ---- one occurrence ---- */

static enum dtl_status no_memory(struct dtl_error *err)
{
    dtl_fail(err, DTL_ENOMEM, 0, "no memory for the words of a batch");
    return DTL_ENOMEM; /* said so that an analyser sees it is no success */
}

/* Any occurrence, a number at a time. */
__attribute__((noinline)) static bool put_long(struct dtl_pool *pool, struct dtl_byte_run *run,
                                               uint64_t v, uint32_t gap, uint32_t variant)
{
    return dtl_byte_run_varint(pool, run, v) &&
           (!(v & DTL_RUN_FIRST) || dtl_byte_run_varint(pool, run, gap)) &&
           (!(v & DTL_RUN_OTHER) || dtl_byte_run_varint(pool, run, variant));
}

/* The bytes of a number below 2^14; what they are when it is 0 is nought. */
static inline uint64_t short_varint(uint64_t v)
{
    return (v & 0x7f) | (v >> 7 << 8) | (uint64_t)(v >= 0x80) << 7;
}

/* One occurrence into its term's run; false: no memory. Words come in order, so `position` is not
 * below the term's last in this article. */
static inline bool put(struct dtl_inverter *inv, struct dtl_term_node *n, uint32_t variant,
                       uint32_t position, bool title)
{
    struct dtl_pool *pool = &inv->table.pool;
    struct dtl_byte_run *run = &n->run;
    uint32_t article = inv->articles + 1;
    uint32_t gap = article - n->last_article; /* nought unless first */
    bool first = gap != 0, other = variant != (first ? 0 : n->last_variant);
    uint32_t step = position - (first ? 0 : n->last_position);
    uint64_t v = (uint64_t)step << DTL_RUN_SHIFT | (other ? DTL_RUN_OTHER : 0) |
                 (title ? DTL_RUN_TITLE : 0) | (first ? DTL_RUN_FIRST : 0);
    n->last_article = article;
    n->last_position = position;
    n->last_variant = variant;
    if ((v | gap) >> 14 | variant >> 7 || run->end - run->tail < 5)
        return put_long(pool, run, v, gap, variant);
    /* The usual case: at most 2 + 2 + 1 bytes, put together in a register without a branch. What is
     * stored beyond them is free room and the link behind it, not yet written. */
    uint32_t bytes = 1 + (v >= 0x80);
    uint64_t all = short_varint(v) | short_varint(gap) << 8 * bytes;
    bytes += (uint32_t)first + (gap >= 0x80);
    dtl_store64(pool->base + run->tail, all | (uint64_t)variant << 8 * bytes);
    run->tail += bytes + other;
    return true;
}

/* ---- words ---- */

/* Room for a place for every form of `w`. */
static bool reach(struct dtl_places *p, const struct dtl_instance *w, size_t n)
{
    size_t need = 0;
    for (size_t i = 0; i < n; i++)
        need = w[i].form >= need ? (size_t)w[i].form + 1 : need;
    if (need <= p->n)
        return true;
    size_t wide = p->n ? p->n : 1024;
    while (wide < need)
        wide *= 2;
    struct dtl_place *v = realloc(p->v, wide * sizeof *v);
    if (!v)
        return false;
    memset(v + p->n, 0, (wide - p->n) * sizeof *v);
    p->v = v;
    p->n = wide;
    return true;
}

struct article_walk {
    struct dtl_inverter *inv;
    const struct dtl_analyzer *an;
    struct dtl_error *err;
};

static struct dtl_occurrence occurrence_of(const struct article_walk *w, enum dtl_field field,
                                           const struct dtl_instance *word)
{
    struct dtl_token token;
    dtl_analyzer_token(w->an, word, &token);
    return (struct dtl_occurrence){.field = field,
                                   .lang = token.lang,
                                   .term = token.term,
                                   .form = token.form,
                                   .folded = token.folded};
}

/*
 * Forms met for the first time in this batch and field: word[fresh[0 .. n)]. Each is a line of two
 * tables that nothing touched for long, so all are fetched before the first is read.
 */
static bool find_places(const struct article_walk *w, enum dtl_field field,
                        const struct dtl_instance *word, const uint8_t *fresh, size_t n,
                        struct dtl_places *places)
{
    struct dtl_term_table *t = &w->inv->table;
    uint32_t hash[DTL_INSTANCES_MAX];
    for (size_t i = 0; i < n; i++) {
        struct dtl_occurrence o = occurrence_of(w, field, &word[fresh[i]]);
        hash[i] = dtl_term_table_hash(&o);
        dtl_term_table_expect(t, &o, hash[i]);
    }
    for (size_t i = 0; i < n; i++) {
        struct dtl_occurrence o = occurrence_of(w, field, &word[fresh[i]]);
        const struct dtl_variant_node *v = dtl_term_table_variant(t, &o, hash[i]);
        if (!v)
            return false;
        places->v[word[fresh[i]].form] = (struct dtl_place){v->term + 1, v->number};
    }
    return true;
}

/*
 * All words of one field. What they touch is fetched in rounds, each known only from the one
 * before: their places, the nodes of their terms, the ends of their runs.
 */
static enum dtl_status put_words(const struct article_walk *w, enum dtl_field field,
                                 const struct dtl_instance *word, size_t n, bool title)
{
    struct dtl_inverter *inv = w->inv;
    struct dtl_pool *pool = &inv->table.pool;
    struct dtl_places *places = field == DTL_FIELD_TITLE ? &inv->title : &inv->text;
    struct dtl_place at[DTL_INSTANCES_MAX];
    uint8_t fresh[DTL_INSTANCES_MAX];
    size_t freshes = 0;
    if (!reach(places, word, n))
        return no_memory(w->err);
    for (size_t i = 0; i < n; i++)
        __builtin_prefetch(&places->v[word[i].form]);
    for (size_t i = 0; i < n; i++) {
        at[i] = places->v[word[i].form];
        fresh[freshes] = (uint8_t)i;
        freshes += !at[i].term;
        __builtin_prefetch(dtl_pool_at(pool, at[i].term - 1), 1);
    }
    if (freshes) {
        if (!find_places(w, field, word, fresh, freshes, places))
            return no_memory(w->err);
        for (size_t i = 0; i < freshes; i++)
            at[fresh[i]] = places->v[word[fresh[i]].form];
    }
    for (size_t i = 0; i < n; i++) {
        const struct dtl_term_node *node = dtl_pool_at(pool, at[i].term - 1);
        __builtin_prefetch(pool->base + node->run.tail, 1);
    }
    for (size_t i = 0; i < n; i++)
        if (!put(inv, dtl_pool_at(pool, at[i].term - 1), at[i].variant, word[i].position, title))
            return no_memory(w->err);
    return DTL_OK;
}

static bool put_mark(struct dtl_inverter *inv, enum dtl_field field, uint32_t *node,
                     uint32_t position)
{
    struct dtl_pool *pool = &inv->table.pool;
    if (!*node) {
        struct dtl_occurrence o = {.field = field};
        const struct dtl_term_node *made = dtl_term_table_term(&inv->table, &o);
        if (!made)
            return false;
        *node = (uint32_t)((const uint8_t *)made - pool->base) + 1;
    }
    return put(inv, dtl_pool_at(pool, *node - 1), 0, position, false);
}

static enum dtl_status on_words(const struct article_walk *w, const struct dtl_instance *word,
                                size_t n, bool title)
{
    struct dtl_inverter *inv = w->inv;
    if (inv->epoch != dtl_analyzer_epoch(w->an)) { /* forms are numbered anew */
        forget_places(inv);
        inv->epoch = dtl_analyzer_epoch(w->an);
    }
    bool ok = true;
    for (size_t i = 0; i < n && ok; i++) {
        if (!word[i].flags || word[i].flags & DTL_TOKEN_JOINED)
            continue;
        if (word[i].flags & (DTL_TOKEN_SENTENCE | DTL_TOKEN_PARAGRAPH))
            ok = put_mark(inv, DTL_FIELD_SENTENCE, &inv->sentence, word[i].position);
        if (ok && word[i].flags & DTL_TOKEN_PARAGRAPH)
            ok = put_mark(inv, DTL_FIELD_PARAGRAPH, &inv->paragraph, word[i].position);
    }
    if (!ok)
        return no_memory(w->err);
    enum dtl_status st = put_words(w, DTL_FIELD_TEXT, word, n, title && inv->title_weight != 1);
    return st == DTL_OK && title ? put_words(w, DTL_FIELD_TITLE, word, n, false) : st;
}

/* ---- one article ---- */

static enum dtl_status on_title(void *ctx, const struct dtl_instance *words, size_t n)
{
    return on_words(ctx, words, n, true);
}

static enum dtl_status on_body(void *ctx, const struct dtl_instance *words, size_t n)
{
    return on_words(ctx, words, n, false);
}

static enum dtl_status on_value(void *ctx, const struct dtl_occurrence *o)
{
    const struct article_walk *w = ctx;
    struct dtl_term_node *n = dtl_term_table_term(&w->inv->table, o);
    return n && put(w->inv, n, 0, o->position, false) ? DTL_OK : no_memory(w->err);
}

enum dtl_status dtl_inverter_add(struct dtl_inverter *inv, struct dtl_analyzer *an,
                                 const struct dtl_article *a, struct dtl_document_lengths *lengths,
                                 struct dtl_error *err)
{
    struct article_walk w = {inv, an, err};
    struct dtl_document_sink sink = {on_title, on_body, on_value, &w};
    enum dtl_status st = dtl_document_feed(an, a, inv->title_weight, &sink, lengths, err);
    inv->articles++;
    return st;
}
