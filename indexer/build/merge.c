/*
 * merge.c - one part of a merge plan, written: its documents in order with their frames, then its
 * terms.
 *
 * A stored frame stays where it is when its group is carried over, and the row's group becomes the
 * group's place in the new segment's list; frames of a run's file, of groups over a quarter dead
 * and, under compact, of all but large groups wholly live are copied, never compressed again, to
 * new groups in document order.
 */
#include "indexer/build/merge.h"

#include "common/segment/columns.h"
#include "common/segment/identities.h"
#include "indexer/build/heap.h"

#include <stdlib.h>

#define COPIED UINT32_MAX

struct source { /* one input while documents are written */
    const struct dtl_merge_input *in;
    dtl_doc next;    /* its next document of this part */
    dtl_doc final;   /* what that becomes; DTL_DOC_END at the end */
    uint32_t *group; /* by place in facts.group: place in the output, or COPIED */
};

struct merging {
    const struct dtl_merge_plan *plan;
    uint32_t part;
    struct dtl_output output;
    struct dtl_builder *builder;
    struct source *source;
    struct dtl_heap heap; /* of sources, by `final` */
    struct dtl_arena scratch;
};

static enum dtl_status no_memory(struct dtl_error *err)
{
    dtl_fail(err, DTL_ENOMEM, 0, "no memory to merge");
    return DTL_ENOMEM; /* said so that an analyser sees it is no success */
}

static void seek_next(struct source *s, uint32_t part, dtl_doc from)
{
    uint32_t docs = s->in->segment->facts.docs;
    for (; from < docs; from++)
        if ((s->final = dtl_merge_map(s->in, part, from)) != DTL_DOC_END)
            break;
    s->next = from;
    if (from == docs)
        s->final = DTL_DOC_END;
}

/* ---- groups carried over ---- */

struct carried { /* a group some document of this part keeps its frame in */
    uint32_t serial, index;
};

static int by_serial(const void *a, const void *b)
{
    uint32_t x = ((const struct carried *)a)->serial, y = ((const struct carried *)b)->serial;
    return (x > y) - (x < y);
}

/* Which groups of an input this part's documents stand in: marks group[i] COPIED + nothing, or 0.
 */
static enum dtl_status used_groups(struct merging *m, struct source *s, struct dtl_error *err)
{
    const struct dtl_segment_facts *f = &s->in->segment->facts;
    s->group = calloc(f->groups + 1, sizeof *s->group);
    if (!s->group)
        return no_memory(err);
    for (size_t g = 0; g < f->groups; g++)
        s->group[g] = COPIED;
    if (!s->in->move)
        return DTL_OK;
    for (seek_next(s, m->part, 0); s->final != DTL_DOC_END; seek_next(s, m->part, s->next + 1)) {
        struct dtl_document row = {0};
        enum dtl_status st = dtl_columns_row(s->in->segment, s->next, &row, err);
        if (st < 0)
            return st;
        if (row.group >= f->groups)
            return dtl_fail(err, DTL_ECORRUPT, s->next, "document of an unknown article group");
        if (!s->in->move[row.group])
            s->group[row.group] = 0;
    }
    return DTL_OK;
}

static enum dtl_status carry_groups(struct merging *m, struct dtl_error *err)
{
    size_t n = 0, most = 0;
    enum dtl_status st = DTL_OK;
    for (size_t i = 0; i < m->plan->inputs; i++) {
        if ((st = used_groups(m, &m->source[i], err)) < 0)
            return st;
        most += m->source[i].in->segment->facts.groups;
    }
    struct carried *c = calloc(most + 1, sizeof *c);
    if (!c)
        return no_memory(err);
    for (size_t i = 0; i < m->plan->inputs; i++)
        for (size_t g = 0; g < m->source[i].in->segment->facts.groups; g++)
            if (m->source[i].group[g] != COPIED)
                c[n++].serial = m->source[i].in->segment->facts.group[g].serial;
    qsort(c, n, sizeof *c, by_serial);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || c[kept - 1].serial != c[i].serial)
            c[kept++].serial = c[i].serial;
    for (size_t i = 0; st == DTL_OK && i < kept; i++)
        st = dtl_output_carry(&m->output, c[i].serial, &c[i].index, err);
    for (size_t i = 0; i < m->plan->inputs; i++)
        for (size_t g = 0; g < m->source[i].in->segment->facts.groups; g++)
            if (m->source[i].group[g] != COPIED) {
                struct carried key = {m->source[i].in->segment->facts.group[g].serial, 0};
                const struct carried *found = bsearch(&key, c, kept, sizeof *c, by_serial);
                m->source[i].group[g] = found ? found->index : COPIED;
            }
    free(c);
    return st;
}

/* ---- documents ---- */

static bool before(void *ctx, uint32_t a, uint32_t b)
{
    const struct merging *m = ctx;
    return m->source[a].final < m->source[b].final;
}

static enum dtl_status write_document(struct merging *m, struct source *s, struct dtl_error *err)
{
    const struct dtl_merge_input *in = s->in;
    struct dtl_document row = {0};
    struct dtl_bytes id = {0}, source = {0}, frame = {0};
    enum dtl_status st;
    dtl_arena_reset(&m->scratch);
    if ((st = dtl_columns_row(in->segment, s->next, &row, err)) < 0 ||
        (st = dtl_identities_of(in->segment, s->next, &m->scratch, &id, &source, err)) < 0)
        return st;
    if (row.group >= in->segment->facts.groups)
        return dtl_fail(err, DTL_ECORRUPT, s->next, "document of an unknown article group");
    if (s->group[row.group] != COPIED) {
        row.group = s->group[row.group];
        dtl_output_carried(&m->output, row.group, row.frame_bytes);
    } else {
        struct dtl_target target = dtl_output_target(&m->output);
        if ((st = in->frame(in->ctx, s->next, &row, &m->scratch, &frame, err)) < 0 ||
            (st = target.frame(target.ctx, frame, &row, err)) < 0)
            return st;
    }
    return dtl_builder_document(m->builder, &row, source, id, err);
}

static enum dtl_status write_documents(struct merging *m, struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    for (uint32_t i = 0; i < m->plan->inputs; i++) {
        seek_next(&m->source[i], m->part, 0);
        if (m->source[i].final != DTL_DOC_END)
            m->heap.v[m->heap.n++] = i;
    }
    dtl_heap_order(&m->heap);
    while (st == DTL_OK && m->heap.n) {
        struct source *s = &m->source[m->heap.v[0]];
        st = write_document(m, s, err);
        seek_next(s, m->part, s->next + 1);
        if (s->final == DTL_DOC_END)
            dtl_heap_take(&m->heap);
        else
            dtl_heap_sink(&m->heap, 0);
    }
    return st;
}

enum dtl_status dtl_merge_write(const struct dtl_merge_plan *plan, uint32_t part,
                                struct dtl_store *store, size_t flush_bytes,
                                struct dtl_arena *arena, struct dtl_segment_facts *facts,
                                size_t *peak_bytes, struct dtl_error *err)
{
    struct merging m = {.plan = plan, .part = part};
    struct dtl_segment_facts made = {0};
    enum dtl_status st = DTL_OK;
    dtl_output_open(&m.output, store, plan->part[part].first_day, flush_bytes);
    struct dtl_target target = dtl_output_target(&m.output);
    m.source = calloc(plan->inputs + 1, sizeof *m.source);
    m.heap = (struct dtl_heap){calloc(plan->inputs + 1, sizeof(uint32_t)), 0, before, &m};
    if (!m.source || !m.heap.v) {
        st = no_memory(err);
        goto out;
    }
    for (size_t i = 0; i < plan->inputs; i++)
        m.source[i].in = &plan->input[i];
    if ((st = dtl_builder_open(&m.builder, target.chunk, target.ctx, err)) < 0 ||
        (st = carry_groups(&m, err)) < 0 || (st = write_documents(&m, err)) < 0 ||
        (st = dtl_merge_terms(plan, part, m.builder, err)) < 0)
        goto out;
    size_t held = dtl_builder_memory(m.builder) + dtl_merge_plan_memory(plan);
    if (held > *peak_bytes)
        *peak_bytes = held;
    if ((st = dtl_builder_finish(m.builder, &made, err)) < 0 ||
        (st = dtl_output_finish(&m.output, arena, &made, err)) < 0)
        goto out;
    *facts = made;
out:
    for (size_t i = 0; m.source && i < plan->inputs; i++)
        free(m.source[i].group);
    free(m.source);
    free(m.heap.v);
    dtl_builder_close(m.builder);
    dtl_output_close(&m.output);
    dtl_arena_release(&m.scratch);
    return st;
}
