/* cuts.c - days gathered, weighed and shared out; then each document asks for its part. */
#include "indexer/build/cuts.h"

#include <stdlib.h>

bool dtl_cut_days_add(struct dtl_cut_days *d, dtl_day day, uint64_t docs, uint64_t weight)
{
    if (d->n && d->v[d->n - 1].day == day) {
        d->v[d->n - 1].docs += docs;
        d->v[d->n - 1].weight += weight;
        return true;
    }
    if (d->n == d->capacity) {
        size_t capacity = d->capacity ? d->capacity * 2 : 256;
        struct dtl_cut_day *v = realloc(d->v, capacity * sizeof *v);
        if (!v)
            return false;
        d->v = v;
        d->capacity = capacity;
    }
    d->v[d->n++] = (struct dtl_cut_day){day, docs, weight};
    return true;
}

static int newest_first(const void *a, const void *b)
{
    const struct dtl_cut_day *x = a, *y = b;
    bool ux = x->day == DTL_DAY_NONE, uy = y->day == DTL_DAY_NONE; /* undated last */
    if (ux != uy)
        return ux ? 1 : -1;
    return (x->day < y->day) - (x->day > y->day);
}

/* In order, newest first, a row a day. */
static void settle(struct dtl_cut_days *d)
{
    if (d->n)
        qsort(d->v, d->n, sizeof *d->v, newest_first);
    size_t kept = 0;
    for (size_t i = 0; i < d->n; i++) {
        if (kept && d->v[kept - 1].day == d->v[i].day) {
            d->v[kept - 1].docs += d->v[i].docs;
            d->v[kept - 1].weight += d->v[i].weight;
        } else {
            d->v[kept++] = d->v[i];
        }
    }
    d->n = kept;
}

/* Fill parts up to the target; documents of a day weigh alike. */
enum dtl_status dtl_cuts_choose(struct dtl_cut_days *d, uint64_t cap, uint32_t docs_max,
                                struct dtl_cuts *out, struct dtl_error *err)
{
    settle(d);
    uint64_t weight = 0, docs = 0, in_weight = 0, in_docs = 0;
    for (size_t i = 0; i < d->n; i++) {
        weight += d->v[i].weight;
        docs += d->v[i].docs;
    }
    uint64_t parts = (weight + cap - 1) / cap;
    uint64_t target = parts > 1 ? (weight + parts - 1) / parts : weight + 1;
    for (size_t i = 0; i < d->n; i++) {
        uint64_t taken = 0, each = d->v[i].weight / d->v[i].docs + 1;
        while (taken < d->v[i].docs) {
            uint64_t left = d->v[i].docs - taken;
            uint64_t fit = in_weight < target ? (target - in_weight + each - 1) / each : 0;
            if (out->n + 1 >= parts) /* the last part takes what rounding left over */
                fit = left;
            if (fit > docs_max - in_docs)
                fit = docs_max - in_docs;
            if (left <= fit) { /* the day's rest goes into this part */
                in_docs += left;
                in_weight += left * each;
                break;
            }
            if (taken == 0 && in_weight >= target / 2 && in_docs && left <= docs_max)
                fit = 0; /* not cut inside: the whole day begins the next part */
            taken += fit;
            struct dtl_cut *v = realloc(out->v, (out->n + 1) * sizeof *v);
            if (!v)
                return dtl_fail(err, DTL_ENOMEM, 0, "no memory to cut a segment");
            out->v = v;
            out->v[out->n++] = (struct dtl_cut){d->v[i].day, taken, 0};
            in_docs = in_weight = 0;
        }
    }
    if (out->n >= UINT16_MAX)
        return dtl_fail(err, DTL_ELIMIT, out->n, "too many parts in one merge");
    return DTL_OK;
}

/* The part of the next document of `day`. Cuts are in order of days, newest first. */
uint32_t dtl_cuts_part(struct dtl_cuts *c, dtl_day day)
{
    uint32_t low = 0, high = c->n;
    struct dtl_cut_day x = {.day = day}, y = {0};
    while (low < high) { /* the first cut at this day or an older one */
        uint32_t middle = low + (high - low) / 2;
        y.day = c->v[middle].day;
        if (newest_first(&y, &x) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == c->n || c->v[low].day != day)
        return low;
    uint64_t place = c->v[low].seen++;
    uint32_t part = low;
    while (part < c->n && c->v[part].day == day && c->v[part].take <= place)
        part++;
    return part;
}
