/*
 * schedule.c - merges: how many segments an archive has, and how few of its dead it carries.
 *
 * Segments fall into tiers by the bytes of their parts, powers of eight from 64 KiB; a tier with
 * eight or more becomes one segment (or a few, cut at the cap). A segment over an eighth dead is
 * rewritten alone. A segment of half the cap or more is left alone otherwise: parts cut at the cap
 * are that large, so a merge never makes what the next would merge again.
 *
 * Each merge is a publication of its own that changes no answer. A crash between two loses nothing.
 */
#include "indexer/build/cut.h"
#include "indexer/build/run_private.h"
#include "indexer/build/stored.h"

#include <stdlib.h>

#define FAN_IN     8u
#define TIER_LEAST ((uint64_t)64 << 10)
#define TIERS      20u

static enum dtl_status no_memory(struct dtl_error *err)
{
    dtl_fail(err, DTL_ENOMEM, 0, "no memory to merge");
    return DTL_ENOMEM; /* said so that an analyser sees it is no success */
}

static unsigned tier_of(const struct dtl_segment_facts *f)
{
    uint64_t bytes = 0, top = TIER_LEAST * 8;
    unsigned tier = 0;
    for (int p = 0; p < DTL_PARTS_END; p++)
        bytes += f->part_bytes[p];
    for (; bytes >= top && tier + 1 < TIERS; top *= 8)
        tier++;
    return tier;
}

/* The numbers of the segments to merge next into `pick`; 0: nothing to do. Tiers in `barred` are
 * not tried. */
static size_t choose(const struct dtl_snapshot *snap, uint64_t cap, uint32_t barred, uint32_t *pick,
                     unsigned *tier)
{
    uint32_t count[TIERS] = {0};
    *tier = TIERS;
    for (uint32_t i = 0; i < snap->segments; i++) {
        const struct dtl_segment *s = &snap->segment[i];
        if (s->dead && s->dead->count > s->facts.docs / 8) {
            pick[0] = i;
            return 1;
        }
        if (dtl_stored_weight(s) < cap / 2)
            count[tier_of(&s->facts)]++;
    }
    for (unsigned t = 0; t < TIERS; t++) {
        size_t n = 0;
        if (count[t] < FAN_IN || barred >> t & 1)
            continue;
        for (uint32_t i = 0; i < snap->segments; i++)
            if (tier_of(&snap->segment[i].facts) == t &&
                dtl_stored_weight(&snap->segment[i]) < cap / 2)
                pick[n++] = i;
        *tier = t;
        return n;
    }
    return 0;
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
    uint32_t barred = 0;
    for (bool more = true; st == DTL_OK && more;) {
        struct merge m = {.store = store,
                          .flush_bytes = dtl_run_flush_bytes(o->memory_bytes),
                          .peak_bytes = peak_bytes};
        bool done = false;
        unsigned tier = TIERS;
        if ((st = dtl_snapshot_open(store, &m.snap, err)) != DTL_OK)
            return st;
        m.cap = dtl_cut_cap(dtl_stored_archive_weight(m.snap), o->cap_least);
        uint32_t *pick = calloc(m.snap->segments + 1, sizeof *pick);
        size_t n = pick ? choose(m.snap, m.cap, barred, pick, &tier) : 0;
        more = n > 0;
        if (!pick)
            st = no_memory(err);
        else if (n)
            st = merge_picked(&m, pick, n, false, &done, err);
        free(pick);
        dtl_arena_release(&m.arena);
        dtl_snapshot_close(m.snap);
        if (st == DTL_OK && done) {
            ++*merges;
            st = dtl_writer_sweep(store, err);
        } else if (tier < TIERS) {
            barred |= UINT32_C(1) << tier;
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
    m.cap = dtl_cut_cap(dtl_stored_archive_weight(m.snap), o->cap_least);
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
