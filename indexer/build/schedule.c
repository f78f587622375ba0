/*
 * schedule.c - merges: how many segments an archive has, and how few of its dead it carries.
 *
 * Segments fall into tiers by weight, powers of four from 64 KiB; a tier with four or more becomes
 * one segment. All merges after one run together take no more than dtl_cut_merges, so that no day
 * pays for the years before it: what does not fit is left to the next run, and a segment of half
 * that weight is left alone. A segment over an eighth dead is rewritten alone, whatever it weighs.
 *
 * Each merge is a publication of its own that changes no answer. A crash between two loses nothing.
 * Figures: docs/decisions/0045.
 */
#include "indexer/build/cut.h"
#include "indexer/build/run_private.h"
#include "indexer/build/stored.h"

#include <stdlib.h>

#define FAN_IN     4u
#define TIER_LEAST ((uint64_t)64 << 10)
#define TIERS      20u

static enum dtl_status no_memory(struct dtl_error *err)
{
    dtl_fail(err, DTL_ENOMEM, 0, "no memory to merge");
    return DTL_ENOMEM; /* said so that an analyser sees it is no success */
}

static unsigned tier_of(uint64_t weight)
{
    uint64_t top = TIER_LEAST * FAN_IN;
    unsigned tier = 0;
    for (; weight >= top && tier + 1 < TIERS; top *= FAN_IN)
        tier++;
    return tier;
}

struct choice {     /* what to merge next */
    uint32_t *pick; /* numbers of segments */
    size_t n;       /* 0: nothing */
    uint64_t weight;
    unsigned tier; /* TIERS: a segment of many dead */
};

static int by_weight(const void *a, const void *b, void *ctx)
{
    const struct dtl_snapshot *snap = ctx;
    uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
    uint64_t x = dtl_stored_weight(&snap->segment[i]), y = dtl_stored_weight(&snap->segment[k]);
    return x != y ? (x < y ? -1 : 1) : (i > k) - (i < k);
}

/* The segments of a tier, smallest first, as many as may be taken. */
static void choose_tier(struct dtl_snapshot *snap, unsigned tier, uint64_t most, struct choice *c)
{
    size_t n = 0;
    for (uint32_t i = 0; i < snap->segments; i++) {
        uint64_t weight = dtl_stored_weight(&snap->segment[i]);
        if (weight < most / 2 && tier_of(weight) == tier)
            c->pick[n++] = i;
    }
    c->n = 0;
    c->weight = 0;
    c->tier = tier;
    if (n < FAN_IN)
        return;
    qsort_r(c->pick, n, sizeof *c->pick, by_weight, snap);
    for (; c->n < n; c->n++) {
        uint64_t weight = dtl_stored_weight(&snap->segment[c->pick[c->n]]);
        if (c->weight + weight > most)
            break;
        c->weight += weight;
    }
}

/* What to merge when merges of this run have taken `spent` so far. Tiers in `barred` are not tried.
 */
static void choose(struct dtl_snapshot *snap, uint64_t most, uint64_t spent, uint32_t barred,
                   struct choice *c)
{
    for (uint32_t i = 0; i < snap->segments; i++) {
        const struct dtl_segment *s = &snap->segment[i];
        if (s->dead && s->dead->count > s->facts.docs / 8) {
            *c = (struct choice){.pick = c->pick, .n = 1, .tier = TIERS};
            c->pick[0] = i;
            return;
        }
    }
    for (unsigned t = 0; t < TIERS; t++) {
        if (barred >> t & 1)
            continue;
        choose_tier(snap, t, most, c);
        if (c->n > 1 && (spent == 0 || spent + c->weight <= most))
            return;
    }
    c->n = 0;
}

/* ---- one merge ---- */

struct merge {
    struct dtl_store *store;
    struct dtl_snapshot *snap;
    uint64_t cap;
    size_t flush_bytes;
    size_t *peak_bytes;
    struct dtl_arena arena;
};

static enum dtl_status publish_merge(struct merge *m, const struct dtl_merge_plan *plan,
                                     const uint32_t *pick, size_t n, struct dtl_error *err)
{
    struct dtl_segment_facts *add = calloc(plan->parts + 1, sizeof *add);
    struct dtl_segment_name *drop = calloc(n + 1, sizeof *drop);
    enum dtl_status st = add && drop ? DTL_OK : no_memory(err);
    for (uint32_t i = 0; st == DTL_OK && i < plan->parts; i++)
        st = dtl_merge_write(plan, i, m->store, m->flush_bytes, &m->arena, &add[i], m->peak_bytes,
                             err);
    for (size_t i = 0; st == DTL_OK && i < n; i++) {
        const struct dtl_segment_facts *f = &m->snap->segment[pick[i]].facts;
        drop[i] = (struct dtl_segment_name){f->first_day, f->serial};
    }
    struct dtl_publication all = {.add = add, .adds = plan->parts, .drop = drop, .drops = n};
    if (st == DTL_OK)
        st = dtl_writer_publish(m->store, &all, err);
    free(drop);
    free(add);
    return st;
}

/* Merge the picked segments; *done false: it would not make fewer of them, nothing was written. */
static enum dtl_status merge_picked(struct merge *m, const uint32_t *pick, size_t n,
                                    bool all_frames, bool *done, struct dtl_error *err)
{
    struct dtl_stored_inputs x = {0};
    struct dtl_merge_plan plan = {0};
    enum dtl_status st = dtl_stored_open(&x, m->snap, pick, n, NULL, all_frames, err);
    if (st == DTL_OK)
        st = dtl_merge_plan(&plan, x.input, n, n == 1 && !all_frames ? UINT64_MAX : m->cap,
                            DTL_SEGMENT_DOCS_MAX, err);
    *done = st == DTL_OK && (n == 1 || all_frames || plan.parts < n);
    if (*done)
        st = publish_merge(m, &plan, pick, n, err);
    dtl_merge_plan_release(&plan);
    dtl_stored_close(&x);
    return st;
}

enum dtl_status dtl_schedule_merges(struct dtl_store *store, const struct dtl_run_options *o,
                                    uint64_t *merges, size_t *peak_bytes, struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    uint64_t spent = 0;
    uint32_t barred = 0;
    for (bool more = true; st == DTL_OK && more;) {
        struct merge m = {.store = store,
                          .flush_bytes = dtl_run_flush_bytes(o->memory_bytes),
                          .peak_bytes = peak_bytes};
        struct choice c = {.tier = TIERS};
        bool done = false;
        if ((st = dtl_snapshot_open(store, &m.snap, err)) != DTL_OK)
            return st;
        uint64_t archive = dtl_stored_archive_weight(m.snap);
        m.cap = dtl_cut_cap(archive, o->cap_least);
        if ((c.pick = calloc(m.snap->segments + 1, sizeof *c.pick)))
            choose(m.snap, dtl_cut_merges(archive, o->cap_least), spent, barred, &c);
        else
            st = no_memory(err);
        more = c.n > 0;
        if (more)
            st = merge_picked(&m, c.pick, c.n, false, &done, err);
        free(c.pick);
        dtl_arena_release(&m.arena);
        dtl_snapshot_close(m.snap);
        if (st == DTL_OK && done) {
            ++*merges;
            spent += c.weight;
            st = dtl_writer_sweep(store, err);
        } else if (c.tier < TIERS) {
            barred |= UINT32_C(1) << c.tier;
        }
    }
    return st;
}

enum dtl_status dtl_compact(struct dtl_store *store, const struct dtl_run_options *o,
                            struct dtl_error *err)
{
    size_t peak = 0;
    bool done = false;
    struct merge m = {
        .store = store, .flush_bytes = dtl_run_flush_bytes(o->memory_bytes), .peak_bytes = &peak};
    enum dtl_status st = dtl_snapshot_open(store, &m.snap, err);
    if (st != DTL_OK)
        return st;
    size_t n = m.snap->segments;
    m.cap = dtl_cut_compact(dtl_stored_archive_weight(m.snap), o->cap_least);
    uint32_t *pick = calloc(n + 1, sizeof *pick);
    if (!pick)
        st = no_memory(err);
    for (uint32_t i = 0; pick && i < n; i++)
        pick[i] = i;
    if (st == DTL_OK && n)
        st = merge_picked(&m, pick, n, true, &done, err);
    free(pick);
    dtl_arena_release(&m.arena);
    dtl_snapshot_close(m.snap);
    return st == DTL_OK ? dtl_writer_sweep(store, err) : st;
}
