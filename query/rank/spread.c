/* spread.c - see spread.h. */
#include "query/rank/spread.h"

#include <stdlib.h>

void dtl_spread_init(struct dtl_spread *s, enum dtl_spread_by period, const struct dtl_topk *like)
{
    *s = (struct dtl_spread){.period = period, .like = like};
}

void dtl_spread_release(struct dtl_spread *s)
{
    for (size_t i = 0; i < s->n; i++)
        dtl_topk_release(&s->bucket[i].top);
    free(s->bucket);
    s->bucket = NULL;
    s->n = s->room = 0;
}

static int32_t period_of(const struct dtl_spread *s, dtl_day day)
{
    if (day == DTL_DAY_NONE)
        return INT32_MIN;
    struct dtl_civil c = dtl_civil_of(day);
    return s->period == DTL_SPREAD_YEAR ? c.year : 12 * c.year + c.month;
}

static enum dtl_status no_memory(const struct dtl_topk *t)
{
    return dtl_fail(t->err, DTL_ENOMEM, 0, "no memory for the hits of every period");
}

/* The bucket of `period`, made when there is none. */
static struct dtl_topk *bucket_of(struct dtl_spread *s, int32_t period)
{
    size_t from = 0, to = s->n;
    if (s->n && s->bucket[s->last].period == period)
        return &s->bucket[s->last].top;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (s->bucket[middle].period < period)
            from = middle + 1;
        else
            to = middle;
    }
    if (from == s->n || s->bucket[from].period != period) {
        if (s->n == s->room) {
            size_t room = s->room ? 2 * s->room : 64;
            struct dtl_spread_bucket *more = realloc(s->bucket, room * sizeof *more);
            if (!more)
                return NULL;
            s->bucket = more;
            s->room = room;
        }
        memmove(s->bucket + from + 1, s->bucket + from, (s->n - from) * sizeof *s->bucket);
        s->bucket[from] = (struct dtl_spread_bucket){.period = period, .top = *s->like};
        s->n++;
    }
    s->last = from;
    return &s->bucket[from].top;
}

enum dtl_status dtl_spread_offer(struct dtl_spread *s, const struct dtl_candidate *candidate)
{
    struct dtl_topk *t = bucket_of(s, period_of(s, candidate->date.earliest));
    if (!t)
        return no_memory(s->like);
    (void)dtl_topk_offer(t, candidate);
    return t->status;
}

static enum dtl_status append(struct dtl_topk *out, const struct dtl_topk *round)
{
    if (out->n + round->n > out->room) {
        size_t room = 2 * (out->n + round->n);
        struct dtl_candidate *more = realloc(out->c, room * sizeof *more);
        if (!more)
            return no_memory(out);
        out->c = more;
        out->room = room;
    }
    if (round->n)
        memcpy(out->c + out->n, round->c, round->n * sizeof *out->c);
    out->n += round->n;
    return DTL_OK;
}

enum dtl_status dtl_spread_finish(struct dtl_spread *s, uint64_t want, struct dtl_topk *out)
{
    enum dtl_status st = DTL_OK;
    for (size_t i = 0; i < s->n && st == DTL_OK; i++)
        st = dtl_topk_finish(&s->bucket[i].top);
    struct dtl_topk round = *s->like;
    round.k = UINT64_MAX;
    for (size_t r = 0; st == DTL_OK && out->n < want; r++) {
        round.n = 0;
        for (size_t i = 0; i < s->n; i++) {
            if (r < s->bucket[i].top.n)
                (void)dtl_topk_offer(&round, &s->bucket[i].top.c[r]);
        }
        if (round.n == 0)
            break;
        st = dtl_topk_finish(&round);
        if (st == DTL_OK)
            st = append(out, &round);
    }
    dtl_topk_release(&round);
    if (out->n > want)
        out->n = (size_t)want;
    return st;
}
