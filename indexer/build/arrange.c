/*
 * arrange.c - sort, cut, number.
 *
 * A number of eight bytes decides most comparisons: zone, latest and earliest day. Ids are read
 * only where these tie.
 */
#include "indexer/build/arrange.h"

#include "indexer/build/cut.h"
#include "indexer/build/cuts.h"
#include "indexer/build/order.h"

#include <stdlib.h>

struct sorted { /* an article while they are put in order */
    uint64_t head;
    struct dtl_arranged which;
    uint32_t part;
};

static enum dtl_status no_memory(struct dtl_error *err)
{
    dtl_fail(err, DTL_ENOMEM, 0, "no memory to put articles in order");
    return DTL_ENOMEM; /* said so that an analyser sees it is no success */
}

#define DAY_BITS 28u

static uint64_t falling(dtl_day day)
{
    return (uint64_t)(((int64_t)1 << (DAY_BITS - 1)) - 1 - (int64_t)day);
}

/* Compares as dtl_order_compare_dates does. Undated articles have a zone of their own. */
static uint64_t head_of(struct dtl_interval date)
{
    uint64_t zone = (uint64_t)dtl_interval_zone(date) << 2 * DAY_BITS;
    return dtl_interval_dated(date)
               ? zone | falling(date.latest) << DAY_BITS | falling(date.earliest)
               : zone;
}

static int compare(const void *a, const void *b, void *ctx)
{
    const struct sorted *x = a, *y = b;
    struct dtl_gathered *const *g = ctx;
    if (x->head != y->head)
        return x->head < y->head ? -1 : 1;
    int c = dtl_bytes_compare(dtl_gathered_id(g[x->which.of], x->which.local),
                              dtl_gathered_id(g[y->which.of], y->which.local));
    return c ? c
             : dtl_bytes_compare(dtl_gathered_source_of(g[x->which.of], x->which.local),
                                 dtl_gathered_source_of(g[y->which.of], y->which.local));
}

static const struct dtl_batch_article *article_of(struct dtl_gathered *const *g,
                                                  struct dtl_arranged which)
{
    return &g[which.of]->article[which.local];
}

static enum dtl_status choose_parts(struct sorted *s, size_t n, struct dtl_gathered *const *g,
                                    uint64_t cap, uint32_t docs_max, uint32_t *parts,
                                    struct dtl_error *err)
{
    struct dtl_cut_days days = {0};
    struct dtl_cuts cuts = {0};
    uint64_t weight = 0;
    enum dtl_status st = DTL_OK;
    for (size_t i = 0; st == DTL_OK && i < n; i++) {
        const struct dtl_document *row = &article_of(g, s[i].which)->row;
        uint64_t one = dtl_cut_weight(1, row->text_bytes);
        weight += one;
        if (!dtl_cut_days_add(&days, row->date.latest, 1, one))
            st = no_memory(err);
    }
    if (st == DTL_OK && (weight > cap || n > docs_max))
        st = dtl_cuts_choose(&days, cap, docs_max, &cuts, err);
    if (st == DTL_OK && cuts.n >= DTL_PARTS_MOST)
        st = dtl_fail(err, DTL_ELIMIT, cuts.n, "too many segments in one run");
    for (size_t i = 0; st == DTL_OK && i < n; i++)
        s[i].part = cuts.n ? dtl_cuts_part(&cuts, article_of(g, s[i].which)->row.date.latest) : 0;
    *parts = cuts.n + 1;
    free(cuts.v);
    free(days.v);
    return st;
}

/* The parts that have an article, numbered; each one's articles together in `order`. */
static enum dtl_status share_out(struct dtl_arrangement *a, const struct sorted *s, uint32_t parts,
                                 struct dtl_gathered *const *g, struct dtl_error *err)
{
    uint32_t *number = malloc(parts * sizeof *number);
    a->part = calloc(parts, sizeof *a->part);
    a->order = malloc((a->n + 1) * sizeof *a->order);
    if (!number || !a->part || !a->order) {
        free(number);
        return no_memory(err);
    }
    uint32_t *docs = number; /* first how many, then which */
    memset(docs, 0, parts * sizeof *docs);
    for (size_t i = 0; i < a->n; i++)
        docs[s[i].part]++;
    size_t at = 0;
    for (uint32_t p = 0; p < parts; p++) {
        uint32_t n = docs[p];
        number[p] = a->parts;
        if (n)
            a->part[a->parts++] = (struct dtl_arranged_part){.first_day = DTL_DAY_NONE, .at = at};
        at += n;
    }
    for (size_t i = 0; i < a->n; i++) {
        struct dtl_arranged_part *p = &a->part[number[s[i].part]];
        dtl_day earliest = article_of(g, s[i].which)->row.date.earliest;
        if (earliest < p->first_day)
            p->first_day = earliest;
        a->order[p->at + p->docs++] = s[i].which;
    }
    free(number);
    return DTL_OK;
}

static enum dtl_status set_places(const struct dtl_arrangement *a, struct dtl_gathered *const *g,
                                  size_t n, struct dtl_error *err)
{
    for (size_t i = 0; i < n; i++) {
        struct dtl_gathered *x = g[i];
        uint32_t *place = malloc(((size_t)x->n + 1) * sizeof *place); /* by local number */
        if (!place)
            return no_memory(err);
        for (uint32_t k = 0; k < x->n; k++)
            place[k] = DTL_PLACE_NONE;
        for (uint32_t p = 0; p < a->parts; p++)
            for (uint32_t d = 0; d < a->part[p].docs; d++)
                if (a->order[a->part[p].at + d].of == i)
                    place[a->order[a->part[p].at + d].local] = dtl_place(p, d);
        for (uint32_t k = 0; k < x->sources; k++) {
            struct dtl_gathered_source *s = &x->source[k];
            free(s->place);
            if (!(s->place = malloc(((size_t)s->articles + 1) * sizeof *s->place))) {
                free(place);
                return no_memory(err);
            }
            for (uint32_t j = 0; j < s->articles; j++)
                s->place[j] = place[s->local[j]];
        }
        free(place);
    }
    return DTL_OK;
}

enum dtl_status dtl_arrange(struct dtl_arrangement *a, struct dtl_gathered *const *g, size_t n,
                            uint64_t cap, uint32_t docs_max, struct dtl_error *err)
{
    size_t most = 0;
    uint32_t parts = 1;
    *a = (struct dtl_arrangement){0};
    for (size_t i = 0; i < n; i++)
        most += g[i]->n;
    struct sorted *s = malloc((most + 1) * sizeof *s);
    if (!s)
        return no_memory(err);
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < g[i]->n; k++)
            if (!g[i]->article[k].dropped)
                s[a->n++] = (struct sorted){
                    head_of(g[i]->article[k].row.date), {i, k},
                     0
                };
    void *ctx = (void *)(uintptr_t)g; /* qsort_r's, unwritten */
    qsort_r(s, a->n, sizeof *s, compare, ctx);
    enum dtl_status st = choose_parts(s, a->n, g, cap, docs_max, &parts, err);
    if (st == DTL_OK)
        st = share_out(a, s, parts, g, err);
    free(s);
    if (st == DTL_OK)
        st = set_places(a, g, n, err);
    if (st != DTL_OK)
        dtl_arrangement_release(a);
    return st;
}

size_t dtl_arrangement_memory(const struct dtl_arrangement *a)
{
    return a->n * (sizeof *a->order + sizeof(uint32_t));
}

void dtl_arrangement_release(struct dtl_arrangement *a)
{
    free(a->order);
    free(a->part);
    *a = (struct dtl_arrangement){0};
}
