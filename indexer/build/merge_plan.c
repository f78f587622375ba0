/*
 * merge_plan.c - which documents stay, in which output, under which number.
 *
 * Every input is in document order already, so the order of the whole is a merge of as many lists
 * as there are inputs; ids are read only where dates tie. A plan whose weight passes the cap is cut
 * by the latest day of its documents, undated ones last, into parts of about equal weight; a day
 * too heavy for one part is cut inside, in document order.
 */
#include "common/segment/columns.h"
#include "common/segment/identities.h"
#include "indexer/build/cut.h"
#include "indexer/build/cuts.h"
#include "indexer/build/heap.h"
#include "indexer/build/merge.h"
#include "indexer/build/order.h"

#include <stdlib.h>

static enum dtl_status no_memory(struct dtl_error *err)
{
    dtl_fail(err, DTL_ENOMEM, 0, "no memory to plan a merge");
    return DTL_ENOMEM; /* said so that an analyser sees it is no success */
}

static bool stays(const struct dtl_merge_input *in, dtl_doc doc)
{
    return !dtl_is_dead(in->segment, doc) &&
           !(in->dropped && roaring_bitmap_contains(in->dropped, doc));
}

uint64_t dtl_merge_weight(const struct dtl_merge_input *input, size_t n)
{
    uint64_t weight = 0;
    for (size_t i = 0; i < n; i++) {
        const struct dtl_segment_facts *f = &input[i].segment->facts;
        uint64_t docs = f->docs, text = f->text_bytes, gone = 0;
        if (input[i].segment->dead) {
            docs -= input[i].segment->dead->count;
            text -= input[i].segment->dead->text_bytes;
        }
        if (input[i].dropped && (gone = roaring_bitmap_get_cardinality(input[i].dropped)) > docs)
            gone = docs;
        if (gone) /* their text is not known without a look at each: take the average */
            text -= text / docs * gone;
        weight += dtl_cut_weight(docs - gone, text);
    }
    return weight;
}

/* ---- where to cut ---- */

static enum dtl_status collect_days(const struct dtl_merge_input *input, size_t n,
                                    struct dtl_cut_days *d, struct dtl_error *err)
{
    for (size_t i = 0; i < n; i++) {
        for (dtl_doc doc = 0; doc < input[i].segment->facts.docs; doc++) {
            struct dtl_document row = {0};
            if (!stays(&input[i], doc))
                continue;
            enum dtl_status st = dtl_columns_row(input[i].segment, doc, &row, err);
            if (st < 0)
                return st;
            if (!dtl_cut_days_add(d, row.date.latest, 1, dtl_cut_weight(1, row.text_bytes)))
                return no_memory(err);
        }
    }
    return DTL_OK;
}

/* ---- the order ---- */

struct head { /* the next document of one input */
    struct dtl_merge_input *in;
    dtl_doc doc;
    struct dtl_order_key key;
    bool has_id;
    struct dtl_arena arena; /* of the id */
};

struct heads {
    struct head *head;
    struct dtl_heap heap; /* of heads, by key */
    enum dtl_status st;   /* of reading an id inside a comparison */
    struct dtl_error *err;
};

static enum dtl_status advance(struct head *h, dtl_doc from, struct dtl_error *err)
{
    const struct dtl_segment_facts *f = &h->in->segment->facts;
    while (from < f->docs && !stays(h->in, from))
        h->in->map[from++] = DTL_DOC_END;
    h->doc = from;
    h->has_id = false;
    if (from == f->docs)
        return DTL_END;
    unsigned zone = h->key.zone;
    while (zone < DTL_ZONES - 1 && from >= f->zone[zone].first + f->zone[zone].docs)
        zone++;
    h->key.zone = zone;
    return dtl_columns_date(h->in->segment, from, &h->key.date, err);
}

static void need_id(struct heads *x, struct head *h)
{
    if (h->has_id || x->st < 0)
        return;
    dtl_arena_reset(&h->arena);
    x->st =
        dtl_identities_of(h->in->segment, h->doc, &h->arena, &h->key.id, &h->key.source, x->err);
    h->has_id = x->st == DTL_OK;
}

static bool before(void *ctx, uint32_t a, uint32_t b)
{
    struct heads *x = ctx;
    struct head *p = &x->head[a], *q = &x->head[b];
    int c = dtl_order_compare_dates(p->key.zone, p->key.date, q->key.zone, q->key.date);
    if (c == 0) {
        need_id(x, p);
        need_id(x, q);
        c = x->st < 0 ? 0 : dtl_order_compare(&p->key, &q->key);
    }
    return c ? c < 0 : a < b;
}

static void number(struct dtl_merge_plan *plan, struct dtl_cuts *cuts, struct head *h)
{
    uint32_t part = cuts->n ? dtl_cuts_part(cuts, h->key.date.latest) : 0;
    h->in->map[h->doc] = plan->part[part].docs++;
    h->in->stay++;
    if (h->in->output)
        h->in->output[h->doc] = (uint16_t)part;
    if (h->key.date.earliest < plan->part[part].first_day)
        plan->part[part].first_day = h->key.date.earliest;
}

static enum dtl_status merge_orders(struct dtl_merge_plan *plan, struct dtl_cuts *cuts,
                                    struct heads *x, struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    for (uint32_t i = 0; i < plan->inputs; i++) {
        x->head[i].in = &plan->input[i];
        if ((st = advance(&x->head[i], 0, err)) < 0)
            return st;
        if (st == DTL_OK)
            x->heap.v[x->heap.n++] = i;
    }
    dtl_heap_order(&x->heap);
    while (x->heap.n && x->st == DTL_OK) {
        struct head *h = &x->head[x->heap.v[0]];
        number(plan, cuts, h);
        if ((st = advance(h, h->doc + 1, err)) < 0)
            return st;
        if (st == DTL_END)
            dtl_heap_take(&x->heap);
        else
            dtl_heap_sink(&x->heap, 0);
    }
    return x->st < 0 ? x->st : DTL_OK;
}

/* ---- the plan ---- */

/* A part that no document fell into (cuts are reckoned by average weights) is left out. */
static void close_gaps(struct dtl_merge_plan *plan)
{
    uint32_t kept = 0;
    for (uint32_t p = 0; p < plan->parts; p++) {
        if (plan->part[p].docs == 0)
            continue;
        for (size_t i = 0; i < plan->inputs && kept != p; i++)
            for (dtl_doc d = 0; plan->input[i].output && d < plan->input[i].segment->facts.docs;
                 d++)
                if (plan->input[i].output[d] == p)
                    plan->input[i].output[d] = (uint16_t)kept;
        plan->part[kept++] = plan->part[p];
    }
    plan->parts = kept;
}

static enum dtl_status make_room(struct dtl_merge_plan *plan, uint32_t parts, struct dtl_error *err)
{
    plan->part = calloc(parts, sizeof *plan->part);
    if (!plan->part)
        return no_memory(err);
    plan->parts = parts;
    for (uint32_t p = 0; p < parts; p++)
        plan->part[p].first_day = DTL_DAY_NONE;
    for (size_t i = 0; i < plan->inputs; i++) {
        struct dtl_merge_input *in = &plan->input[i];
        uint32_t docs = in->segment->facts.docs;
        in->stay = 0;
        in->map = malloc((docs + 1) * sizeof *in->map);
        in->output = parts > 1 ? calloc(docs + 1, sizeof *in->output) : NULL;
        if (!in->map || (parts > 1 && !in->output))
            return no_memory(err);
    }
    return DTL_OK;
}

enum dtl_status dtl_merge_plan(struct dtl_merge_plan *plan, struct dtl_merge_input *input, size_t n,
                               uint64_t cap, uint32_t docs_max, struct dtl_error *err)
{
    struct dtl_cut_days days = {0};
    struct dtl_cuts cuts = {0};
    struct heads x = {.err = err};
    uint64_t docs = 0;
    enum dtl_status st = DTL_OK;
    *plan = (struct dtl_merge_plan){.input = input, .inputs = n};
    for (size_t i = 0; i < n; i++) {
        input[i].map = NULL;
        input[i].output = NULL;
        docs += input[i].segment->facts.docs;
    }
    if (dtl_merge_weight(input, n) > cap || docs > docs_max) {
        if ((st = collect_days(input, n, &days, err)) == DTL_OK)
            st = dtl_cuts_choose(&days, cap, docs_max, &cuts, err);
    }
    free(days.v);
    x.head = calloc(n + 1, sizeof *x.head);
    x.heap = (struct dtl_heap){calloc(n + 1, sizeof(uint32_t)), 0, before, &x};
    if (st == DTL_OK && (!x.head || !x.heap.v))
        st = no_memory(err);
    if (st == DTL_OK)
        st = make_room(plan, cuts.n + 1, err);
    if (st == DTL_OK)
        st = merge_orders(plan, &cuts, &x, err);
    for (size_t i = 0; x.head && i < n; i++)
        dtl_arena_release(&x.head[i].arena);
    free(x.head);
    free(x.heap.v);
    free(cuts.v);
    if (st == DTL_OK)
        close_gaps(plan);
    else
        dtl_merge_plan_release(plan);
    return st;
}

size_t dtl_merge_plan_memory(const struct dtl_merge_plan *plan)
{
    size_t n = 0;
    for (size_t i = 0; i < plan->inputs; i++)
        n += plan->input[i].segment->facts.docs *
             (sizeof(dtl_doc) + (plan->input[i].output ? sizeof(uint16_t) : 0));
    return n;
}

void dtl_merge_plan_release(struct dtl_merge_plan *plan)
{
    for (size_t i = 0; i < plan->inputs; i++) {
        free(plan->input[i].map);
        free(plan->input[i].output);
        plan->input[i].map = NULL;
        plan->input[i].output = NULL;
    }
    free(plan->part);
    *plan = (struct dtl_merge_plan){0};
}
