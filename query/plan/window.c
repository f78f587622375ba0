/* window.c - see window.h. */
#include "query/plan/window.h"

#include "common/segment/dead.h"

/* Is the document of the window, whose range of document numbers it is in? */
static enum dtl_status admits(struct dtl_segment *s, const struct dtl_date_ranges *r, bool test,
                              dtl_doc doc, bool *yes, struct dtl_error *err)
{
    struct dtl_interval date;
    *yes = !dtl_is_dead(s, doc);
    if (!*yes || !test)
        return DTL_OK;
    enum dtl_status st = dtl_columns_date(s, doc, &date, err);
    *yes = st == DTL_OK && dtl_date_holds(date, r->range, r->within);
    return st;
}

struct totals {
    uint64_t docs, weighted, words;
};

static bool is_whole(const struct dtl_segment *s, const struct dtl_date_ranges *r)
{
    for (int z = 0; z < DTL_ZONES; z++) {
        const struct dtl_zone *zone = &s->facts.zone[z];
        if (r->zone[z].end - r->zone[z].begin != zone->docs ||
            (z == DTL_ZONE_OTHER && zone->docs && r->test_other))
            return false;
    }
    return true;
}

static void add_segment(const struct dtl_segment *s, struct totals *t)
{
    t->docs += s->facts.docs - (s->dead ? s->dead->count : 0);
    t->weighted += s->facts.weighted_total - (s->dead ? s->dead->weighted_total : 0);
    t->words += s->facts.word_total - (s->dead ? s->dead->word_total : 0);
}

static enum dtl_status add_articles(struct dtl_segment *s, const struct dtl_date_ranges *r,
                                    struct totals *t, struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    for (int z = 0; z < DTL_ZONES; z++) {
        bool test = z == DTL_ZONE_OTHER && r->test_other;
        for (dtl_doc d = r->zone[z].begin; d < r->zone[z].end && st == DTL_OK; d++) {
            uint32_t weighted = 0, words = 0;
            bool yes = false;
            st = admits(s, r, test, d, &yes, err);
            if (st != DTL_OK || !yes)
                continue;
            st = dtl_columns_counts(s, d, &weighted, &words, err);
            t->docs++;
            t->weighted += weighted;
            t->words += words;
        }
    }
    return st;
}

enum dtl_status dtl_plan_window_open(struct dtl_plan *p, struct dtl_error *err)
{
    const struct dtl_query *q = p->query;
    struct totals t = {0};
    enum dtl_status st = DTL_OK;
    struct dtl_plan_window *w = dtl_arena_alloc(p->arena, sizeof *w);
    if (w)
        w->ranges = dtl_arena_alloc(p->arena, (p->snap->segments + 1) * sizeof *w->ranges);
    if (!w || !w->ranges)
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for the window's statistics");
    for (size_t i = 0; i < p->snap->segments && st == DTL_OK; i++) {
        struct dtl_segment *s = &p->snap->segment[i];
        struct dtl_date_ranges *r = &w->ranges[i];
        if (!dtl_date_ranges_possible(s, q->dates, q->within, q->undated))
            continue;
        st = dtl_date_ranges_of(s, q->dates, q->within, q->undated, r, err);
        if (st == DTL_OK && is_whole(s, r))
            add_segment(s, &t);
        else if (st == DTL_OK)
            st = add_articles(s, r, &t, err);
    }
    p->window = w;
    p->docs = t.docs;
    p->average_words = t.docs ? (double)t.words / (double)t.docs : 0;
    dtl_bm25_init(&p->bm25, t.docs, t.weighted);
    return st;
}

/* Does block k hold documents of the range alone, DTL_BLOCK of them? The last one may be short. */
static bool inside(const struct dtl_postings *p, uint32_t k, struct dtl_doc_range range)
{
    return k > 0 && k + 1 < p->blocks && dtl_postings_last(p, k - 1) + 1 >= range.begin &&
           dtl_postings_last(p, k) < range.end;
}

static enum dtl_status count_zone(struct dtl_segment *s, struct dtl_postings *p,
                                  const struct dtl_date_ranges *r, int zone, uint64_t *df,
                                  struct dtl_error *err)
{
    struct dtl_doc_range range = r->zone[zone];
    bool test = zone == DTL_ZONE_OTHER && r->test_other;
    enum dtl_status st = DTL_OK;
    uint32_t k = p->term.df < DTL_BLOCK ? 0 : dtl_postings_find(p, 0, range.begin);
    for (; k < p->blocks && range.begin < range.end && st == DTL_OK; k++) {
        if (!s->dead && !test && inside(p, k, range)) {
            *df += DTL_BLOCK;
            continue;
        }
        st = dtl_postings_load(p, k, err);
        for (uint32_t i = 0; st == DTL_OK && i < p->count; i++) {
            bool yes = false;
            if (p->docs[i] >= range.end)
                return DTL_OK;
            if (p->docs[i] >= range.begin)
                st = admits(s, r, test, p->docs[i], &yes, err);
            *df += yes;
        }
    }
    return st;
}

enum dtl_status dtl_plan_window_df(struct dtl_plan *p, size_t segment, const struct dtl_term *t,
                                   uint64_t *df, struct dtl_error *err)
{
    struct dtl_segment *s = &p->snap->segment[segment];
    const struct dtl_date_ranges *r = &p->window->ranges[segment];
    struct dtl_arena scratch = {0};
    struct dtl_postings list = {0};
    uint64_t count = 0;
    enum dtl_status st = dtl_postings_open(&list, s, t, &scratch, err);
    for (int z = 0; z < DTL_ZONES && st == DTL_OK; z++)
        st = count_zone(s, &list, r, z, &count, err);
    dtl_postings_release(&list);
    dtl_arena_release(&scratch);
    *df = count;
    return st;
}
