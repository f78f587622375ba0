/* suggest.c - edit distance over names of fields, options, months: a typing slip costs one. */
#include "query/language/suggest.h"

enum { LONGEST = 63 };

size_t dtl_edit_distance(struct dtl_bytes a, struct dtl_bytes b)
{
    if (a.n > LONGEST || b.n > LONGEST)
        return SIZE_MAX;
    uint8_t row[3]
               [LONGEST + 1]; /* two rows back, one back, current: transpositions look two back */
    uint8_t *two = row[0], *one = row[1], *now = row[2];
    for (size_t j = 0; j <= b.n; j++)
        two[j] = one[j] = (uint8_t)j;
    for (size_t i = 1; i <= a.n; i++) {
        now[0] = (uint8_t)i;
        for (size_t j = 1; j <= b.n; j++) {
            bool same = a.p[i - 1] == b.p[j - 1];
            unsigned best = (unsigned)one[j - 1] + !same;
            if (one[j] + 1u < best)
                best = one[j] + 1u;
            if (now[j - 1] + 1u < best)
                best = now[j - 1] + 1u;
            if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1] &&
                two[j - 2] + 1u < best)
                best = two[j - 2] + 1u;
            now[j] = (uint8_t)best;
        }
        uint8_t *free_row = two;
        two = one;
        one = now;
        now = free_row;
    }
    return one[b.n];
}

const char *dtl_suggest(struct dtl_bytes wrong, const char *const *name, size_t n)
{
    const char *best = NULL;
    size_t least = SIZE_MAX;
    for (size_t i = 0; i < n; i++) {
        struct dtl_bytes known = dtl_bytes_of(name[i]);
        size_t d = dtl_edit_distance(wrong, known);
        size_t longer = wrong.n > known.n ? wrong.n : known.n;
        if (d < least && d <= (longer + 1) / 2 && d < longer) {
            least = d;
            best = name[i];
        }
    }
    return best;
}
