/* sieve.c - the floor of a zone and what passes it; see sieve.h. */
#include "query/rank/sieve.h"

#include "common/segment/dead.h"

/* The whole score of which `left` is left to the newest document from `at` on. */
static uint64_t whole(struct dtl_sieve *s, dtl_doc at, uint64_t left)
{
    struct dtl_interval date = {s->newest, s->newest};
    if (!s->decay || left == 0)
        return left;
    if (s->zone != DTL_ZONE_OTHER && at < s->end &&
        s->top->date(s->top->ctx, s->segment, at, &date, s->err) < 0)
        date.earliest = s->newest;
    return dtl_decay_need(s->decay, date.earliest, left);
}

uint32_t dtl_sieve_floor(struct dtl_sieve *s, dtl_doc at)
{
    struct dtl_topk *t = s->top;
    uint64_t floor = 0;
    if (t->n == t->k && t->k) {
        struct dtl_candidate *worst = &t->c[0];
        bool same = worst->segment == s->segment && worst->zone == (uint32_t)s->zone;
        bool here = same && s->zone != DTL_ZONE_OTHER && worst->doc < at;
        /* else not newer; where many are kept, worsts change too often to ask */
        dtl_day day = same || t->lead ? DTL_DAY_NONE : dtl_topk_date(t, worst).earliest;
        bool newer = day != DTL_DAY_NONE && (s->newest == DTL_DAY_NONE || day > s->newest);
        floor = worst->score + (here || newer);
    }
    floor = whole(s, at, t->least > floor ? t->least : floor);
    if (s->refused > floor && at > s->refused_at)
        floor = s->refused;
    return floor == 0 ? 1 : floor > UINT32_MAX ? UINT32_MAX : (uint32_t)floor;
}

enum dtl_status dtl_sieve_offer(struct dtl_sieve *s, dtl_doc doc, uint32_t score)
{
    struct dtl_candidate c = {.score = score,
                              .whole = score,
                              .segment = s->segment,
                              .zone = s->zone,
                              .doc = doc,
                              .undetermined = true};
    if (dtl_is_dead(s->seg, doc))
        return DTL_OK;
    if (s->ranges || s->decay) {
        struct dtl_interval date = dtl_topk_date(s->top, &c);
        if (s->top->status != DTL_OK)
            return s->top->status;
        if (s->decay)
            c.score = dtl_decay_score(s->decay, date.earliest, score);
        if (s->ranges && !dtl_date_holds(date, s->ranges->range, s->ranges->within))
            return DTL_OK;
    }
    ++*s->scored;
    if (!dtl_topk_offer(s->top, &c) && s->zone != DTL_ZONE_OTHER && score >= s->refused) {
        s->refused = (uint64_t)score + 1;
        s->refused_at = doc;
    }
    return s->top->status;
}
