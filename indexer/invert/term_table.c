/* term_table.c - two open-addressed tables over one pool; a slot keeps its hash, so growing reads
 * no node. */
#include "indexer/invert/term_table.h"

#include "common/base/hash.h"

#include <stdlib.h>

enum dtl_status dtl_term_table_open(struct dtl_term_table *t, struct dtl_error *err)
{
    *t = (struct dtl_term_table){0};
    return dtl_pool_open(&t->pool, err);
}

static void slots_release(struct dtl_slots *s)
{
    free(s->slot);
    *s = (struct dtl_slots){0};
}

void dtl_term_table_reset(struct dtl_term_table *t)
{
    dtl_pool_reset(&t->pool);
    slots_release(&t->terms);
    slots_release(&t->forms);
    t->nodes = 0;
}

void dtl_term_table_close(struct dtl_term_table *t)
{
    dtl_term_table_reset(t);
    dtl_pool_close(&t->pool);
}

size_t dtl_term_table_memory(const struct dtl_term_table *t)
{
    return t->pool.committed + (t->terms.capacity + t->forms.capacity) * sizeof(uint64_t);
}

/* ---- slots ---- */

static void slots_put(struct dtl_slots *s, uint64_t entry)
{
    size_t i = (size_t)(entry >> 32) & (s->capacity - 1);
    while (s->slot[i])
        i = (i + 1) & (s->capacity - 1);
    s->slot[i] = entry;
}

/* Room for one more at a load of at most three quarters. */
static bool slots_grow(struct dtl_slots *s)
{
    if (s->n + 1 <= s->capacity / 4 * 3)
        return true;
    struct dtl_slots wide = {.capacity = s->capacity ? s->capacity * 2 : 1024, .n = s->n};
    if (wide.capacity > DTL_POOL_MAX || !(wide.slot = calloc(wide.capacity, sizeof *wide.slot)))
        return false;
    for (size_t i = 0; i < s->capacity; i++)
        if (s->slot[i])
            slots_put(&wide, s->slot[i]);
    free(s->slot);
    *s = wide;
    return true;
}

static uint32_t hash_of(const struct dtl_occurrence *o, struct dtl_bytes text)
{
    return (uint32_t)dtl_hash64(text, (uint64_t)o->field << 8 | o->lang);
}

/* ---- nodes ---- */

static bool is_term(const struct dtl_term_table *t, const struct dtl_term_node *n,
                    const struct dtl_occurrence *o)
{
    return n->bytes == o->term.n && n->field == (uint8_t)o->field && n->lang == o->lang &&
           memcmp(t->pool.base + n->text, o->term.p, n->bytes) == 0;
}

#define NODES 64u /* taken at a time, so that each is a line of its own and little is lost */

static struct dtl_term_node *take_node(struct dtl_term_table *t)
{
    if (!t->nodes) {
        if (!dtl_pool_take(&t->pool, NODES * sizeof(struct dtl_term_node), 64, &t->node))
            return NULL;
        t->nodes = NODES;
    }
    uint32_t at = t->node;
    struct dtl_term_node *n = dtl_pool_at(&t->pool, at);
    t->node += (uint32_t)sizeof *n;
    t->nodes--;
    dtl_byte_run_begin(&n->run, at + (uint32_t)offsetof(struct dtl_term_node, first));
    return n;
}

struct dtl_term_node *dtl_term_table_term(struct dtl_term_table *t, const struct dtl_occurrence *o)
{
    if (o->term.n > DTL_TERM_MAX || !slots_grow(&t->terms))
        return NULL;
    struct dtl_bytes term = o->term.n ? o->term : DTL_LITERAL("");
    struct dtl_occurrence key = *o;
    key.term = term;
    uint32_t hash = hash_of(o, term);
    size_t mask = t->terms.capacity - 1, i = hash & mask;
    for (uint64_t e; (e = t->terms.slot[i]) != 0; i = (i + 1) & mask) {
        struct dtl_term_node *n = dtl_pool_at(&t->pool, (uint32_t)e - 1);
        if ((uint32_t)(e >> 32) == hash && is_term(t, n, &key))
            return n;
    }
    uint32_t text = 0;
    if (!dtl_pool_copy(&t->pool, term, &text))
        return NULL;
    struct dtl_term_node *n = take_node(t);
    if (!n)
        return NULL;
    n->text = text;
    n->bytes = (uint8_t)term.n;
    n->field = (uint8_t)o->field;
    n->lang = o->lang;
    t->terms.slot[i] = (uint64_t)hash << 32 | ((uint64_t)((uint8_t *)n - t->pool.base) + 1);
    t->terms.n++;
    return n;
}

/* The bytes of a form or of what it folds to; most equal each other or the term and are kept once.
 */
static bool keep(struct dtl_term_table *t, struct dtl_bytes b, uint32_t other, size_t other_bytes,
                 uint32_t *at)
{
    if (b.n == other_bytes && memcmp(t->pool.base + other, b.p, b.n) == 0) {
        *at = other;
        return true;
    }
    return dtl_pool_copy(&t->pool, b, at);
}

static struct dtl_variant_node *add_variant(struct dtl_term_table *t,
                                            const struct dtl_occurrence *o)
{
    struct dtl_term_node *term = dtl_term_table_term(t, o);
    uint32_t at = 0, form = 0, folded = 0;
    if (!term || o->form.n > UINT16_MAX || o->folded.n > UINT16_MAX ||
        !dtl_pool_take(&t->pool, sizeof(struct dtl_variant_node), 4, &at) ||
        !keep(t, o->form, term->text, term->bytes, &form) ||
        !keep(t, o->folded, form, o->form.n, &folded))
        return NULL;
    struct dtl_variant_node *v = dtl_pool_at(&t->pool, at);
    *v = (struct dtl_variant_node){.term = (uint32_t)((uint8_t *)term - t->pool.base),
                                   .older = term->newest,
                                   .number = term->variants++,
                                   .form = form,
                                   .folded = folded,
                                   .form_bytes = (uint16_t)o->form.n,
                                   .folded_bytes = (uint16_t)o->folded.n};
    term->newest = at;
    return v;
}

uint32_t dtl_term_table_hash(const struct dtl_occurrence *o)
{
    return hash_of(o, o->form);
}

static void expect(const struct dtl_slots *s, uint32_t hash)
{
    if (s->capacity)
        __builtin_prefetch(&s->slot[hash & (s->capacity - 1)]);
}

void dtl_term_table_expect(const struct dtl_term_table *t, const struct dtl_occurrence *o,
                           uint32_t hash)
{
    expect(&t->forms, hash);
    expect(&t->terms, hash_of(o, o->term));
}

struct dtl_variant_node *dtl_term_table_variant(struct dtl_term_table *t,
                                                const struct dtl_occurrence *o, uint32_t hash)
{
    if (!slots_grow(&t->forms))
        return NULL;
    size_t mask = t->forms.capacity - 1, i = hash & mask;
    for (uint64_t e; (e = t->forms.slot[i]) != 0; i = (i + 1) & mask) {
        if ((uint32_t)(e >> 32) != hash)
            continue;
        struct dtl_variant_node *v = dtl_pool_at(&t->pool, (uint32_t)e - 1);
        if (v->form_bytes == o->form.n &&
            memcmp(t->pool.base + v->form, o->form.p, o->form.n) == 0 &&
            is_term(t, dtl_pool_at(&t->pool, v->term), o))
            return v;
    }
    struct dtl_variant_node *v = add_variant(t, o);
    if (!v)
        return NULL;
    t->forms.slot[i] = (uint64_t)hash << 32 | ((uint64_t)((uint8_t *)v - t->pool.base) + 1);
    t->forms.n++;
    return v;
}
