/* bm25.c - idf, length normalisation and a logarithm of our own; see bm25.h. */
#include "query/rank/bm25.h"

#include "common/segment/document.h"

#include <math.h>

double dtl_ln(double x)
{
    int e = 0;
    double m = frexp(x, &e); /* exact: x = m * 2^e, 0.5 <= m < 1 */
    if (m < 0.70710678118654752) {
        m *= 2;
        e--;
    }
    /* ln m = 2 artanh((m - 1) / (m + 1)), |s| <= 0.1716: twelve terms reach the last bit */
    double s = (m - 1) / (m + 1), square = s * s, sum = 0;
    for (int k = 23; k >= 3; k -= 2)
        sum = (sum + 1.0 / k) * square;
    return e * 0.69314718055994531 + 2 * s * (1 + sum);
}

void dtl_bm25_init(struct dtl_bm25 *b, uint64_t docs, uint64_t weighted_total)
{
    b->docs = docs;
    double average = docs ? (double)weighted_total / (double)docs : 0;
    for (int code = 0; code < 256; code++)
        b->norm[code] = average > 0 ? dtl_length_of((uint8_t)code) : 1;
    average = average > 0 ? average : 1;
    for (int code = 0; code < 256; code++) /* apart, so that the divisions go side by side */
        b->norm[code] = 1.2 * (0.4 + 0.6 * (b->norm[code] / average));
}

double dtl_bm25_idf(const struct dtl_bm25 *b, uint64_t n)
{
    double total = (double)b->docs, holding = (double)(n < b->docs ? n : b->docs);
    return dtl_ln(1 + (total - holding + 0.5) / (holding + 0.5));
}

struct dtl_weight dtl_bm25_weight(const struct dtl_bm25 *b, double idf, const uint8_t *lengths,
                                  uint32_t times)
{
    return (struct dtl_weight){
        .factor = 1e6 * idf * 2.2, .norm = b->norm, .lengths = lengths, .times = times};
}

struct dtl_weight dtl_constant_weight(uint32_t times)
{
    return (struct dtl_weight){.constant = DTL_SCORE_UNIT, .times = times};
}
