/* near.c - see near.h. */
#include "query/rank/near.h"

/* round(DTL_NEAR_UNIT / g^2) */
static uint32_t worth(uint32_t g)
{
    uint32_t square = g * g;
    return (2 * DTL_NEAR_UNIT + square) / (2 * square);
}

struct dtl_near_weight dtl_near_weight(double idf_a, double idf_b, uint32_t times)
{
    return (struct dtl_near_weight){.factor = 1e6 * 0.3 * ((idf_a + idf_b) / 2) * 2.2,
                                    .times = times};
}

uint64_t dtl_nearness(const uint32_t *a, uint32_t a_count, const uint32_t *b, uint32_t b_count)
{
    uint64_t sum = 0;
    uint32_t k = 0; /* the first of b at or after the occurrence */
    for (uint32_t i = 0; i < a_count; i++) {
        while (k < b_count && b[k] < a[i])
            k++;
        uint32_t after = k, near = DTL_NEAR_WORDS + 1;
        if (after < b_count && b[after] == a[i]) /* both words printed as one: no distance */
            after++;
        if (after < b_count && b[after] - a[i] < near)
            near = b[after] - a[i];
        if (k > 0 && a[i] - b[k - 1] < near)
            near = a[i] - b[k - 1];
        if (near <= DTL_NEAR_WORDS)
            sum += worth(near);
    }
    return sum;
}

uint64_t dtl_near_score(const struct dtl_near_weight *w, uint64_t nearness, uint32_t words,
                        double average)
{
    if (nearness == 0)
        return 0;
    double k = 1.2 * (0.4 + 0.6 * (average > 0 ? words / average : 1));
    double f = (double)nearness / DTL_NEAR_UNIT;
    return (uint64_t)(w->factor * f / (f + k) + 0.5) * w->times;
}

uint64_t dtl_near_most(const struct dtl_near_weight *w)
{
    return (uint64_t)(w->factor + 1) * w->times;
}

uint64_t dtl_nearness_most(uint64_t a, uint64_t b)
{
    /* an occurrence of b has two neighbours of each distance: 2 (1 + 1/4 + 1/9 + ...) < 3.3 */
    uint64_t by_b = b > UINT32_MAX ? UINT64_MAX : b * (DTL_NEAR_UNIT / 10 * 33);
    uint64_t by_a = a > UINT32_MAX ? UINT64_MAX : a * DTL_NEAR_UNIT;
    return by_a < by_b ? by_a : by_b;
}
