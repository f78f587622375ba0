/* decay.c - see decay.h. */
#include "query/rank/decay.h"

#define PLACES 63u

__extension__ typedef unsigned __int128 wide;

void dtl_decay_init(struct dtl_decay *d, dtl_day today, uint32_t span)
{
    *d = (struct dtl_decay){.today = today, .span = span};
}

/* 2^-x for 0 <= x < 1 */
static double fraction(double x)
{
    double y = x * 0.69314718055994531, sum = 1;
    for (int k = 22; k >= 1; k--) /* Horner, of e^-y */
        sum = 1 - y / k * sum;
    return sum;
}

static void look_up(struct dtl_decay *d, dtl_day day)
{
    if (d->factor && d->day == day)
        return;
    int64_t age = (int64_t)d->today - (day == DTL_DAY_NONE ? DTL_DAY_MIN : day);
    uint64_t days = age > 0 ? (uint64_t)age : 0;
    uint32_t rest = (uint32_t)(days % d->span);
    d->day = day;
    d->halvings = (uint32_t)(days / d->span);
    d->factor =
        rest ? (uint64_t)(fraction((double)rest / d->span) * 0x1p63) : UINT64_C(1) << PLACES;
}

uint64_t dtl_decay_score(struct dtl_decay *d, dtl_day day, uint64_t score)
{
    look_up(d, day);
    if (d->halvings >= 64)
        return 0;
    return (uint64_t)((wide)score * d->factor >> PLACES) >> d->halvings;
}

uint64_t dtl_decay_need(struct dtl_decay *d, dtl_day day, uint64_t left)
{
    look_up(d, day);
    if (left == 0)
        return 0;
    if (d->halvings >= 64 || left > UINT64_MAX >> d->halvings)
        return UINT64_MAX;
    wide whole = (wide)(left << d->halvings) << PLACES;
    wide need = (whole + d->factor - 1) / d->factor;
    return need > UINT64_MAX ? UINT64_MAX : (uint64_t)need;
}
