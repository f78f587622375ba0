/* extents.c - sets of spans combined, each in one pass. */
#include "query/cursor/extents.h"

/* Spans come by rising end; of those that contain one that came, none is kept. */
static uint32_t keep(struct dtl_extent *out, uint32_t n, struct dtl_extent s)
{
    if (n && s.begin <= out[n - 1].begin)
        return n;
    out[n] = s;
    return n + 1;
}

static bool crosses(uint32_t begin, uint32_t end, uint32_t border)
{
    return begin < border && end >= border;
}

struct pairing { /* what the two of a pair must satisfy beside standing apart */
    uint32_t distance, border;
    const uint32_t *starts; /* NULL: distance counts */
    uint32_t n, at;
};

static bool suits(struct pairing *p, struct dtl_extent first, struct dtl_extent second)
{
    if (crosses(first.begin, second.end, p->border))
        return false;
    if (!p->starts)
        return second.begin - first.end <= p->distance;
    while (p->at < p->n && p->starts[p->at] <= first.begin) /* first.begin never falls */
        p->at++;
    return p->at == p->n || p->starts[p->at] > second.end;
}

/* Pairs whose second is of `b`: for each the last of `a` before it, which is the nearest and makes
 * the smallest span. Their ends rise. */
struct pairs {
    struct dtl_extents a, b;
    uint32_t i, k; /* a[i - 1] is the last before b[k] */
    struct pairing how;
};

static bool next_pair(struct pairs *p, struct dtl_extent *out)
{
    for (; p->k < p->b.n; p->k++) {
        struct dtl_extent second = p->b.v[p->k];
        while (p->i < p->a.n && p->a.v[p->i].end < second.begin)
            p->i++;
        if (p->i == 0 || !suits(&p->how, p->a.v[p->i - 1], second))
            continue;
        *out = (struct dtl_extent){p->a.v[p->i - 1].begin, second.end};
        p->k++;
        return true;
    }
    return false;
}

/* Two streams by rising end, of equal ends the later begin first. */
static bool comes_first(struct dtl_extent a, struct dtl_extent b)
{
    return a.end != b.end ? a.end < b.end : a.begin > b.begin;
}

static uint32_t pairs_both_ways(struct pairs *forth, struct pairs *back, struct dtl_extent *out)
{
    struct dtl_extent f, b;
    uint32_t n = 0;
    bool more_f = next_pair(forth, &f), more_b = back && next_pair(back, &b);
    while (more_f || more_b) {
        if (!more_b || (more_f && comes_first(f, b))) {
            n = keep(out, n, f);
            more_f = next_pair(forth, &f);
        } else {
            n = keep(out, n, b);
            more_b = next_pair(back, &b);
        }
    }
    return n;
}

uint32_t dtl_extents_near(struct dtl_extents a, struct dtl_extents b, bool ordered,
                          uint32_t distance, uint32_t border, struct dtl_extent *out)
{
    struct pairing how = {.distance = distance, .border = border};
    struct pairs forth = {.a = a, .b = b, .how = how}, back = {.a = b, .b = a, .how = how};
    return pairs_both_ways(&forth, ordered ? NULL : &back, out);
}

uint32_t dtl_extents_together(struct dtl_extents a, struct dtl_extents b, const uint32_t *starts,
                              uint32_t n, uint32_t border, struct dtl_extent *out)
{
    static const uint32_t none;
    struct pairing how = {.border = border, .starts = n ? starts : &none, .n = n};
    struct pairs forth = {.a = a, .b = b, .how = how}, back = {.a = b, .b = a, .how = how};
    return pairs_both_ways(&forth, &back, out);
}

uint32_t dtl_extents_not_near(struct dtl_extents a, struct dtl_extents b, uint32_t distance,
                              uint32_t border, struct dtl_extent *out)
{
    uint32_t n = 0, k = 0;
    for (uint32_t i = 0; i < a.n; i++) {
        struct dtl_extent s = a.v[i];
        while (k < b.n && b.v[k].end < s.begin)
            k++;
        bool before = k > 0 && s.begin - b.v[k - 1].end <= distance &&
                      !crosses(b.v[k - 1].begin, s.end, border);
        bool after = k < b.n && (b.v[k].begin <= s.end || (b.v[k].begin - s.end <= distance &&
                                                           !crosses(s.begin, b.v[k].end, border)));
        if (!before && !after)
            out[n++] = s;
    }
    return n;
}

uint32_t dtl_extents_either(struct dtl_extents a, struct dtl_extents b, struct dtl_extent *out)
{
    uint32_t i = 0, k = 0, n = 0;
    while (i < a.n || k < b.n) {
        if (k == b.n || (i < a.n && comes_first(a.v[i], b.v[k])))
            n = keep(out, n, a.v[i++]);
        else
            n = keep(out, n, b.v[k++]);
    }
    return n;
}

uint32_t dtl_extents_inside(struct dtl_extents a, uint32_t from, uint64_t to,
                            struct dtl_extent *out)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < a.n; i++)
        if (a.v[i].begin >= from && a.v[i].end < to)
            out[n++] = a.v[i];
    return n;
}

/* ---- phrases that may be spread ---- */

uint32_t dtl_extents_loose(struct dtl_loose_word *word, uint32_t words, uint32_t slop,
                           uint32_t border, struct dtl_extent *out)
{
    struct dtl_loose_word *last = &word[words - 1];
    uint32_t n = 0;
    for (uint32_t i = 0; i < words; i++)
        word[i].at = 0;
    for (uint32_t e = 0; e < last->n; e++) {
        uint32_t end = last->positions[e], next = end;
        bool found = true;
        /* from the last word to the first, each as late as it may stand: what is allowed only
         * grows, so places are never given back */
        for (uint32_t i = words - 1; i > 0 && found; i--) {
            struct dtl_loose_word *w = &word[i - 1];
            uint32_t step = word[i].offset - w->offset;
            while (w->at < w->n && (uint64_t)w->positions[w->at] + step <= next)
                w->at++;
            found = w->at > 0;
            next = found ? w->positions[w->at - 1] : 0;
        }
        if (!found || crosses(next, end, border))
            continue;
        if (end - next - (last->offset - word[0].offset) <= slop)
            n = keep(out, n, (struct dtl_extent){next, end});
    }
    return n;
}

/* The smallest position any word has not passed; false: all are passed. */
static bool next_event(struct dtl_loose_word *word, uint32_t words, uint32_t *position)
{
    bool any = false;
    for (uint32_t i = 0; i < words; i++) {
        struct dtl_loose_word *w = &word[i];
        if (w->needed && w->at < w->n && (!any || w->positions[w->at] < *position)) {
            *position = w->positions[w->at];
            any = true;
        }
    }
    return any;
}

uint32_t dtl_extents_any_order(struct dtl_loose_word *word, uint32_t words, uint32_t slop,
                               uint32_t border, struct dtl_extent *out)
{
    uint32_t n = 0, end = 0;
    uint64_t most = (uint64_t)word[words - 1].offset - word[0].offset + slop;
    for (uint32_t i = 0; i < words; i++)
        word[i].at = 0;
    while (next_event(word, words, &end)) {
        uint32_t begin = end;
        bool all = true;
        for (uint32_t i = 0; i < words; i++) {
            struct dtl_loose_word *w = &word[i];
            if (!w->needed)
                continue;
            while (w->at < w->n && w->positions[w->at] <= end)
                w->at++;
            all &= w->at >= w->needed;
            if (w->at >= w->needed && w->positions[w->at - w->needed] < begin)
                begin = w->positions[w->at - w->needed];
        }
        if (all && end - begin <= most && !crosses(begin, end, border))
            n = keep(out, n, (struct dtl_extent){begin, end});
    }
    return n;
}
