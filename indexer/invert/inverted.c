/*
 * inverted.c - the terms of an inverter one after another, in memory or as they were saved.
 *
 * Saved, a term is
 *
 *     head:u64 run bytes:u32 forms:u32 text bytes:u8  text  run  { form bytes:u16 folded bytes:u16
 *     form folded }
 *
 * in the order of terms: writing it touches every term's run once, reading it is one walk from
 * front to back, which is what a disk likes.
 */
#include "indexer/invert/inverted.h"

#include "indexer/invert/inverter_private.h"

#include <stdlib.h>

#define SAVED_HEAD 17u
#define SAVED_ROOM ((size_t)256 << 10) /* of what is saved, handed on at once */
#define DIGIT_BITS 8u
#define DIGITS     (1u << DIGIT_BITS)
#define FEW        64u /* terms that are not worth a radix sort */

static enum dtl_status no_memory(struct dtl_error *err)
{
    dtl_fail(err, DTL_ENOMEM, 0, "no memory to sort the words of a batch");
    return DTL_ENOMEM; /* said so that an analyser sees it is no success */
}

/* ---- the order of terms ---- */

static uint64_t head_of(const struct dtl_term_node *n, const uint8_t *text)
{
    uint64_t h = (uint64_t)n->field << 56 | (uint64_t)n->lang << 48;
    for (unsigned i = 0; i < 6 && i < n->bytes; i++)
        h |= (uint64_t)text[i] << (40 - 8 * i);
    return h;
}

static int compare_terms(const void *a, const void *b, void *ctx)
{
    const struct dtl_term_order *x = a, *y = b;
    if (x->head != y->head)
        return x->head < y->head ? -1 : 1;
    const struct dtl_term_table *t = ctx;
    return dtl_bytes_compare(dtl_term_text(t, dtl_pool_at(&t->pool, x->node)),
                             dtl_term_text(t, dtl_pool_at(&t->pool, y->node)));
}

/* By head, a byte a pass from the lowest; `v` and `room` change places. */
static void sort_heads(struct dtl_term_order **v, struct dtl_term_order **room, size_t n)
{
    for (unsigned shift = 0; shift < 64; shift += DIGIT_BITS) {
        size_t start[DIGITS] = {0}, sum = 0;
        for (size_t i = 0; i < n; i++)
            start[(*v)[i].head >> shift & (DIGITS - 1)]++;
        if (start[(*v)[0].head >> shift & (DIGITS - 1)] == n)
            continue; /* they do not differ here */
        for (size_t d = 0; d < DIGITS; d++) {
            size_t count = start[d];
            start[d] = sum;
            sum += count;
        }
        for (size_t i = 0; i < n; i++)
            (*room)[start[(*v)[i].head >> shift & (DIGITS - 1)]++] = (*v)[i];
        struct dtl_term_order *swap = *v;
        *v = *room;
        *room = swap;
    }
}

enum dtl_status dtl_inverted_sort(struct dtl_inverted *t, const struct dtl_inverter *inv,
                                  struct dtl_error *err)
{
    const struct dtl_term_table *table = &inv->table;
    struct dtl_term_order *o = malloc((table->terms.n + 1) * sizeof *o);
    struct dtl_term_order *room = malloc((table->terms.n + 1) * sizeof *room);
    size_t n = 0;
    if (!o || !room) {
        free(o);
        free(room);
        return no_memory(err);
    }
    for (size_t i = 0; i < table->terms.capacity; i++) {
        if (!table->terms.slot[i])
            continue;
        o[n].node = (uint32_t)table->terms.slot[i] - 1;
        const struct dtl_term_node *node = dtl_pool_at(&table->pool, o[n].node);
        o[n].head = head_of(node, table->pool.base + node->text);
        n++;
    }
    struct dtl_term_table *ctx =
        (struct dtl_term_table *)(uintptr_t)table; /* qsort_r's, unwritten */
    if (n < FEW) {
        qsort_r(o, n, sizeof *o, compare_terms, ctx);
    } else {
        sort_heads(&o, &room, n);
        for (size_t i = 0, end; i < n; i = end) { /* those that share a head */
            for (end = i + 1; end < n && o[end].head == o[i].head; end++)
                ;
            if (end - i > 1)
                qsort_r(o + i, end - i, sizeof *o, compare_terms, ctx);
        }
    }
    free(room);
    *t = (struct dtl_inverted){.inv = inv, .order = o, .terms = n};
    return DTL_OK;
}

struct dtl_inverted dtl_inverted_of(struct dtl_bytes saved)
{
    return (struct dtl_inverted){.saved = saved};
}

void dtl_inverted_release(struct dtl_inverted *t)
{
    free(t->order);
    *t = (struct dtl_inverted){0};
}

/* ---- reading ---- */

static struct dtl_inverted_form *form_room(struct dtl_inverted_cursor *c, uint32_t n)
{
    dtl_buffer_reset(&c->form_room);
    c->forms = n;
    if (!dtl_buffer_reserve(&c->form_room, (size_t)n * sizeof *c->form + 1))
        return NULL;
    struct dtl_inverted_form *form = (struct dtl_inverted_form *)(void *)c->form_room.p;
    c->form = form;
    return form;
}

static enum dtl_status next_in_memory(struct dtl_inverted_cursor *c, struct dtl_error *err)
{
    if (c->at == c->t->terms)
        return DTL_END;
    const struct dtl_term_table *table = &c->t->inv->table;
    const struct dtl_term_order *o = &c->t->order[c->at++];
    const struct dtl_term_node *n = dtl_pool_at(&table->pool, o->node);
    c->head = o->head;
    c->key = (struct dtl_term_key){n->field, n->lang, dtl_term_text(table, n)};
    struct dtl_inverted_form *form = form_room(c, n->variants);
    if (!form || !dtl_byte_run_view(&table->pool, &n->run, &c->run_room, &c->run))
        return no_memory(err);
    uint32_t at = n->newest;
    for (uint32_t i = 0; i < n->variants; i++) {
        const struct dtl_variant_node *v = dtl_pool_at(&table->pool, at);
        form[v->number] =
            (struct dtl_inverted_form){dtl_bytes(table->pool.base + v->form, v->form_bytes),
                                       dtl_bytes(table->pool.base + v->folded, v->folded_bytes)};
        at = v->older;
    }
    return DTL_OK;
}

static enum dtl_status next_saved(struct dtl_inverted_cursor *c, struct dtl_error *err)
{
    if (c->at == c->t->saved.n)
        return DTL_END;
    const uint8_t *p = c->t->saved.p + c->at;
    uint32_t run = dtl_load32(p + 8), forms = dtl_load32(p + 12);
    c->head = dtl_load64(p);
    c->key = (struct dtl_term_key){(uint8_t)(c->head >> 56), (dtl_lang)(c->head >> 48 & 0xff),
                                   dtl_bytes(p + SAVED_HEAD, p[16])};
    p += SAVED_HEAD + c->key.text.n;
    c->run = dtl_bytes(p, run);
    p += run;
    struct dtl_inverted_form *form = form_room(c, forms);
    if (!form)
        return no_memory(err);
    for (uint32_t i = 0; i < forms; i++) {
        size_t form_bytes = dtl_load16(p), folded_bytes = dtl_load16(p + 2);
        form[i] = (struct dtl_inverted_form){dtl_bytes(p + 4, form_bytes),
                                             dtl_bytes(p + 4 + form_bytes, folded_bytes)};
        p += 4 + form_bytes + folded_bytes;
    }
    c->at = (size_t)(p - c->t->saved.p);
    return DTL_OK;
}

enum dtl_status dtl_inverted_next(struct dtl_inverted_cursor *c, struct dtl_error *err)
{
    return c->t->inv ? next_in_memory(c, err) : next_saved(c, err);
}

void dtl_inverted_cursor_release(struct dtl_inverted_cursor *c)
{
    dtl_buffer_release(&c->run_room);
    dtl_buffer_release(&c->form_room);
}

/* ---- saving ---- */

static void save_term(struct dtl_buffer *out, const struct dtl_inverted_cursor *c)
{
    dtl_buffer_u64(out, c->head);
    dtl_buffer_u32(out, (uint32_t)c->run.n);
    dtl_buffer_u32(out, c->forms);
    dtl_buffer_byte(out, (uint8_t)c->key.text.n);
    dtl_buffer_append(out, c->key.text.p, c->key.text.n);
    dtl_buffer_append(out, c->run.p, c->run.n);
    for (uint32_t i = 0; i < c->forms; i++) {
        dtl_buffer_u16(out, (uint16_t)c->form[i].form.n);
        dtl_buffer_u16(out, (uint16_t)c->form[i].folded.n);
        dtl_buffer_append(out, c->form[i].form.p, c->form[i].form.n);
        dtl_buffer_append(out, c->form[i].folded.p, c->form[i].folded.n);
    }
}

enum dtl_status dtl_inverted_save(const struct dtl_inverted *t, dtl_save_fn fn, void *ctx,
                                  struct dtl_error *err)
{
    struct dtl_inverted_cursor c = {.t = t};
    struct dtl_buffer out = {0};
    enum dtl_status st;
    while ((st = dtl_inverted_next(&c, err)) == DTL_OK) {
        save_term(&out, &c);
        if (out.failed) {
            st = no_memory(err);
            break;
        }
        if (out.n >= SAVED_ROOM) {
            if ((st = fn(ctx, dtl_buffer_view(&out), err)) != DTL_OK)
                break;
            dtl_buffer_reset(&out);
        }
    }
    if (st == DTL_END)
        st = out.n ? fn(ctx, dtl_buffer_view(&out), err) : DTL_OK;
    dtl_buffer_release(&out);
    dtl_inverted_cursor_release(&c);
    return st;
}
