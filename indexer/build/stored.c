/* stored.c - which groups move: those the merge sees all of, and finds more than a quarter dead; in
 * compact all but the large ones that are wholly live. */
#include "indexer/build/stored.h"

#include "common/segment/columns.h"
#include "indexer/build/cut.h"

#include <stdlib.h>

static enum dtl_status no_memory(struct dtl_error *err)
{
    dtl_fail(err, DTL_ENOMEM, 0, "no memory to merge");
    return DTL_ENOMEM; /* said so that an analyser sees it is no success */
}

uint64_t dtl_stored_weight(const struct dtl_segment *s)
{
    uint64_t docs = s->facts.docs, text = s->facts.text_bytes;
    if (s->dead) {
        docs -= s->dead->count;
        text -= s->dead->text_bytes;
    }
    return dtl_cut_weight(docs, text);
}

uint64_t dtl_stored_archive_weight(const struct dtl_snapshot *snap)
{
    return dtl_cut_weight(snap->docs, snap->text_bytes);
}

static enum dtl_status frame(void *ctx, dtl_doc doc, const struct dtl_document *row,
                             struct dtl_arena *arena, struct dtl_bytes *out, struct dtl_error *err)
{
    (void)row;
    const struct dtl_stored_source *s = ctx;
    return dtl_snapshot_frame(s->snap, s->segment, doc, arena, out, err);
}

struct use { /* of an article group by one merged segment, then by all of them */
    uint32_t serial;
    uint64_t live; /* bytes of frames that stay */
};

static int by_serial(const void *a, const void *b)
{
    uint32_t x = ((const struct use *)a)->serial, y = ((const struct use *)b)->serial;
    return (x > y) - (x < y);
}

/* Live bytes of each group a segment uses, the dropped taken off. */
static enum dtl_status segment_uses(const struct dtl_merge_input *in, struct use *u,
                                    struct dtl_error *err)
{
    struct dtl_segment *s = in->segment;
    for (size_t g = 0; g < s->facts.groups; g++) {
        u[g] = (struct use){s->facts.group[g].serial, s->facts.group[g].bytes};
        if (s->dead && g < s->dead->groups)
            u[g].live -= s->dead->group_bytes[g] < u[g].live ? s->dead->group_bytes[g] : u[g].live;
    }
    if (!in->dropped)
        return DTL_OK;
    enum dtl_status st = DTL_OK;
    roaring_uint32_iterator_t *it = roaring_create_iterator(in->dropped);
    if (!it)
        return no_memory(err);
    for (; st == DTL_OK && it->has_value; roaring_advance_uint32_iterator(it)) {
        struct dtl_document row = {0};
        if ((st = dtl_columns_row(s, it->current_value, &row, err)) < 0)
            break;
        if (row.group < s->facts.groups && row.frame_bytes <= u[row.group].live)
            u[row.group].live -= row.frame_bytes;
    }
    roaring_free_uint32_iterator(it);
    return st;
}

static bool used_elsewhere(const struct dtl_snapshot *snap, const uint32_t *segment, size_t n,
                           uint32_t serial)
{
    for (uint32_t i = 0; i < snap->segments; i++) {
        bool merged = false;
        for (size_t k = 0; k < n && !merged; k++)
            merged = segment[k] == i;
        const struct dtl_segment_facts *f = &snap->segment[i].facts;
        for (size_t g = 0; !merged && g < f->groups; g++)
            if (f->group[g].serial == serial)
                return true;
    }
    return false;
}

/* compact: only large groups without a gap stay, so that small ones of many days are joined. */
static bool stays(bool all, uint64_t live, uint64_t bytes)
{
    return all ? live == bytes && bytes >= DTL_GROUP_BYTES / 2 : live >= bytes - bytes / 4;
}

static enum dtl_status choose(struct dtl_stored_inputs *x, struct dtl_snapshot *snap,
                              const uint32_t *segment, bool all, struct dtl_error *err)
{
    size_t most = 0, n = 0, kept = 0;
    enum dtl_status st = DTL_OK;
    for (size_t i = 0; i < x->n; i++)
        most += x->input[i].segment->facts.groups;
    struct use *u = calloc(most + 1, sizeof *u);
    if (!u)
        return no_memory(err);
    for (size_t i = 0; st == DTL_OK && i < x->n; i++) {
        st = segment_uses(&x->input[i], u + n, err);
        n += x->input[i].segment->facts.groups;
    }
    if (st == DTL_OK && n)
        qsort(u, n, sizeof *u, by_serial);
    for (size_t i = 0; st == DTL_OK && i < n; i++) {
        if (kept && u[kept - 1].serial == u[i].serial)
            u[kept - 1].live += u[i].live;
        else
            u[kept++] = u[i];
    }
    for (size_t i = 0; st == DTL_OK && i < kept; i++) {
        uint64_t bytes = 0;
        if ((st = dtl_snapshot_group_bytes(snap, u[i].serial, &bytes, err)) < 0)
            break;
        if (stays(all, u[i].live, bytes) || used_elsewhere(snap, segment, x->n, u[i].serial))
            continue;
        for (size_t k = 0; k < x->n; k++)
            for (size_t g = 0; g < x->input[k].segment->facts.groups; g++)
                if (x->input[k].segment->facts.group[g].serial == u[i].serial)
                    x->move[k][g] = true;
    }
    free(u);
    return st;
}

enum dtl_status dtl_stored_open(struct dtl_stored_inputs *x, struct dtl_snapshot *snap,
                                const uint32_t *segment, size_t n,
                                const roaring_bitmap_t *const *dropped, bool all,
                                struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    *x = (struct dtl_stored_inputs){.n = n};
    x->input = calloc(n + 1, sizeof *x->input);
    x->source = calloc(n + 1, sizeof *x->source);
    x->move = calloc(n + 1, sizeof(bool *));
    if (!x->input || !x->source || !x->move)
        st = no_memory(err);
    for (size_t i = 0; st == DTL_OK && i < n; i++) {
        struct dtl_segment *s = &snap->segment[segment[i]];
        x->source[i] = (struct dtl_stored_source){snap, s};
        x->input[i] = (struct dtl_merge_input){.segment = s,
                                               .dropped = dropped ? dropped[i] : NULL,
                                               .frame = frame,
                                               .ctx = &x->source[i]};
        x->input[i].move = x->move[i] = calloc(s->facts.groups + 1, sizeof(bool));
        if (!x->move[i])
            st = no_memory(err);
    }
    if (st == DTL_OK)
        st = choose(x, snap, segment, all, err);
    if (st != DTL_OK)
        dtl_stored_close(x);
    return st;
}

void dtl_stored_close(struct dtl_stored_inputs *x)
{
    for (size_t i = 0; x->move && i < x->n; i++)
        free(x->move[i]);
    free(x->move);
    free(x->source);
    free(x->input);
    *x = (struct dtl_stored_inputs){0};
}
