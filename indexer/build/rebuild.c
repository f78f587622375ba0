/*
 * rebuild.c - a damaged segment made anew from the articles it stores.
 *
 * Postings, dictionaries and identities can be computed from the articles; only the columns say
 * where those lie. What cannot be read is named to the caller and left out. The old segment is
 * dropped whole in the same publication, so nothing of it is asked for again.
 */
#include "indexer/build/run_private.h"

#include "common/segment/columns.h"
#include "common/segment/identities.h"

#include <stdlib.h>

static enum dtl_status no_memory(struct dtl_error *err)
{
    dtl_fail(err, DTL_ENOMEM, 0, "no memory to rebuild a segment");
    return DTL_ENOMEM; /* said so that an analyser sees it is no success */
}

static bool ends_run(enum dtl_status st)
{
    return st == DTL_ENOMEM || st == DTL_EIO || st == DTL_EFULL;
}

/* Is the article in another segment too, added there later? Then it was dead here. */
static enum dtl_status is_superseded(struct dtl_run *r, uint32_t segment, dtl_doc doc,
                                     struct dtl_bytes id, struct dtl_bytes source, bool *yes,
                                     struct dtl_error *err)
{
    uint32_t ours = 0;
    struct dtl_error e = {0};
    *yes = false;
    if (dtl_columns_generation(&r->snapshot->segment[segment], doc, &ours, &e) < 0)
        return DTL_OK;
    for (uint32_t i = 0; i < r->snapshot->segments && !*yes; i++) {
        struct dtl_segment *s = &r->snapshot->segment[i];
        dtl_doc *docs = NULL;
        size_t n = 0;
        if (i == segment)
            continue;
        enum dtl_status st = dtl_identities_find(s, source, false, id, &r->scratch, &docs, &n, &e);
        if (ends_run(st)) {
            *err = e;
            return st;
        }
        for (size_t k = 0; st == DTL_OK && k < n && !*yes; k++) {
            uint32_t theirs = 0;
            *yes = !dtl_is_dead(s, docs[k]) &&
                   dtl_columns_generation(s, docs[k], &theirs, &e) == DTL_OK && theirs > ours;
        }
    }
    return DTL_OK;
}

enum dtl_status dtl_run_bury(struct dtl_run *r, uint32_t segment, uint64_t *buried,
                             struct dtl_error *err)
{
    struct dtl_segment *s = &r->snapshot->segment[segment];
    for (dtl_doc d = 0; d < s->facts.docs; d++) {
        struct dtl_bytes id = {0}, source = {0};
        bool yes = false;
        dtl_arena_reset(&r->scratch);
        if (dtl_is_dead(s, d))
            continue;
        enum dtl_status st = dtl_identities_of(s, d, &r->scratch, &id, &source, err);
        if (st == DTL_OK)
            st = is_superseded(r, segment, d, id, source, &yes, err);
        if (st < 0)
            return st;
        if (yes && !dtl_run_kill(r, segment, d))
            return no_memory(err);
        *buried += yes;
    }
    return DTL_OK;
}

/* One document of a damaged segment: into the batch, or lost. */
static enum dtl_status rebuild_one(struct dtl_run *r, uint32_t segment, dtl_doc doc, bool deaths,
                                   dtl_lost_fn lost, void *ctx, struct dtl_error *err)
{
    struct dtl_segment *s = &r->snapshot->segment[segment];
    struct dtl_error why = {0};
    struct dtl_article a;
    uint32_t generation = 0, local = 0;
    bool gone = false;
    dtl_arena_reset(&r->scratch);
    enum dtl_status st = dtl_columns_generation(s, doc, &generation, &why);
    if (st == DTL_OK)
        st = dtl_snapshot_article(r->snapshot, s, doc, &r->scratch, &a, &why);
    if (st == DTL_OK && deaths)
        st = is_superseded(r, segment, doc, a.id, a.source, &gone, &why);
    if (st == DTL_OK && !gone)
        st = dtl_batch_add(&r->batch, &a, generation, &local, &why);
    if (ends_run(st)) {
        *err = why;
        return st;
    }
    if (st == DTL_OK) {
        r->figures.unchanged += !gone;
        return dtl_run_is_full(r) ? dtl_run_spill(r, err) : DTL_OK;
    }
    struct dtl_bytes id = {0}, source = {0};
    if (dtl_identities_of(s, doc, &r->scratch, &id, &source, &why) < 0)
        id = source = (struct dtl_bytes){0};
    lost(ctx, s, id, source);
    return DTL_OK;
}

enum dtl_status dtl_run_rebuild(struct dtl_run *r, uint32_t segment, bool deaths, dtl_lost_fn lost,
                                void *ctx, struct dtl_error *err)
{
    struct dtl_segment *s = &r->snapshot->segment[segment];
    enum dtl_status st = DTL_OK;
    if (!r->whole && !(r->whole = calloc(r->snapshot->segments + 1, sizeof *r->whole)))
        return no_memory(err);
    r->whole[segment] = true;
    for (dtl_doc d = 0; d < s->facts.docs && st == DTL_OK; d++)
        if (!dtl_is_dead(s, d))
            st = rebuild_one(r, segment, d, deaths, lost, ctx, err);
    return st;
}
