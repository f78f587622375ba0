/*
 * term.c - one posting list as a cursor, plain or filtered by printed form.
 *
 * A list holds every form of its stem. `=word`, phrases and prefixes walk the same list and look at
 * the variant of each occurrence; a posting none of whose occurrences passes is no match. Where all
 * forms pass, no filter is given and positions are never touched.
 */
#include "query/cursor/list.h"

bool dtl_positions_room(struct dtl_cursor_context *ctx, uint32_t **room, uint32_t *have, uint32_t n)
{
    if (n <= *have)
        return true;
    uint32_t more = n < 32 ? 64 : n < UINT32_MAX / 2 ? 2 * n : n;
    uint32_t *p = dtl_arena_alloc(ctx->arena, (size_t)more * sizeof *p);
    if (!p) {
        dtl_cursor_fail(ctx, dtl_fail(ctx->err, DTL_ENOMEM, 0, "no memory for positions"));
        return false;
    }
    *room = p;
    *have = more;
    return true;
}

/* Positions and variants of posting i; 0 when they cannot be read. */
static uint32_t occurrences(struct dtl_list *l, const uint32_t **positions,
                            const uint32_t **variants)
{
    struct dtl_cursor_context *ctx = l->c.ctx;
    uint32_t n = 0;
    enum dtl_status st = dtl_postings_positions(&l->p, l->i, positions, &n, ctx->err);
    if (st == DTL_OK && l->filter)
        st = dtl_postings_variants(&l->p, l->i, variants, ctx->err);
    if (st != DTL_OK) {
        dtl_cursor_fail(ctx, st);
        return 0;
    }
    ctx->positions_read += n;
    return n;
}

bool dtl_list_passes(struct dtl_list *l)
{
    const uint32_t *positions = NULL, *variants = NULL;
    uint32_t n = occurrences(l, &positions, &variants);
    for (uint32_t i = 0; i < n; i++) {
        if (dtl_filter_holds(l->filter, variants[i]))
            return true;
    }
    return false;
}

/* First posting >= target, whatever its forms; the caller knows the cursor stands before it. */
static dtl_doc list_seek(struct dtl_list *l, dtl_doc target)
{
    struct dtl_postings *p = &l->p;
    if (p->count == 0 || p->last < target) {
        enum dtl_status st = dtl_postings_seek_docs(p, target, l->c.ctx->err);
        if (st != DTL_OK)
            return st < 0 ? dtl_cursor_fail(l->c.ctx, st) : DTL_DOC_END;
        l->i = 0;
    }
    uint32_t i = l->i, near = i + 8 < p->count ? i + 8 : p->count;
    while (i < near && p->docs[i] < target) /* in a walk the next posting is the answer */
        i++;
    if (i == near && i < p->count) {
        uint32_t end = p->count;
        while (i < end) {
            uint32_t middle = i + (end - i) / 2;
            if (p->docs[middle] < target)
                i = middle + 1;
            else
                end = middle;
        }
    }
    l->i = i;
    return i < p->count ? p->docs[i] : DTL_DOC_END; /* the latter only in a damaged list */
}

static dtl_doc plain_seek(struct dtl_cursor *c, dtl_doc target)
{
    return list_seek((struct dtl_list *)c, target);
}

static dtl_doc filtered_seek(struct dtl_cursor *c, dtl_doc target)
{
    struct dtl_list *l = (struct dtl_list *)c;
    for (;;) {
        dtl_doc d = list_seek(l, target);
        if (d == DTL_DOC_END || dtl_list_passes(l))
            return d;
        if (c->ctx->status != DTL_OK)
            return DTL_DOC_END;
        target = d + 1;
    }
}

static uint64_t plain_tf(struct dtl_cursor *c)
{
    struct dtl_list *l = (struct dtl_list *)c;
    return dtl_list_tfs(l) ? l->p.tfs[l->i] : 0;
}

static uint64_t filtered_tf(struct dtl_cursor *c)
{
    struct dtl_list *l = (struct dtl_list *)c;
    const uint32_t *positions = NULL, *variants = NULL;
    uint32_t n = occurrences(l, &positions, &variants);
    /* the posting's frequency says whether an occurrence stands in the title: most do not, and need
     * no row */
    bool titled = l->p.tfs[l->i] != n && l->p.term.key.field == DTL_FIELD_TEXT;
    uint32_t title = titled ? dtl_cursor_title_words(c->ctx, c->doc) : 0;
    uint64_t tf = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (dtl_filter_holds(l->filter, variants[i]))
            tf += positions[i] < title ? c->ctx->title_weight : 1;
    }
    return tf;
}

static uint32_t list_positions(struct dtl_cursor *c, const uint32_t **out)
{
    struct dtl_list *l = (struct dtl_list *)c;
    const uint32_t *positions = NULL, *variants = NULL;
    uint32_t n = occurrences(l, &positions, &variants), kept = 0;
    *out = positions;
    if (!l->filter)
        return n;
    if (!dtl_positions_room(c->ctx, &l->kept, &l->kept_room, n))
        return 0;
    for (uint32_t i = 0; i < n; i++) {
        if (dtl_filter_holds(l->filter, variants[i]))
            l->kept[kept++] = positions[i];
    }
    *out = l->kept;
    return kept;
}

static void plain_window(struct dtl_cursor *c, struct dtl_window *w)
{
    struct dtl_list *l = (struct dtl_list *)c;
    const struct dtl_postings *p = &l->p;
    const struct dtl_weight *weight = c->weight;
    for (;;) {
        uint32_t from = l->i, i = from;
        while (i < p->count && p->docs[i] < w->end)
            dtl_window_set(w, p->docs[i++]);
        if (i > from && (w->scores || w->tfs) && !dtl_list_tfs(l)) {
            c->doc = DTL_DOC_END;
            return;
        }
        if (w->scores && weight) {
            for (uint32_t k = from; k < i; k++)
                w->scores[p->docs[k] - w->begin] += dtl_weight_score(weight, p->tfs[k], p->docs[k]);
        } else if (w->tfs) {
            for (uint32_t k = from; k < i; k++)
                w->tfs[p->docs[k] - w->begin] += p->tfs[k];
        }
        l->i = i;
        if (i < p->count) {
            c->doc = p->docs[i];
            return;
        }
        if (p->last == DTL_DOC_END || (c->doc = list_seek(l, p->last + 1)) >= w->end)
            return;
    }
}

static const struct dtl_cursor_ops plain_ops = {
    .seek = plain_seek, .window = plain_window, .tf = plain_tf, .positions = list_positions};
static const struct dtl_cursor_ops filtered_ops = {
    .seek = filtered_seek, .tf = filtered_tf, .positions = list_positions};

bool dtl_cursor_is_list(const struct dtl_cursor *c)
{
    return c->ops == &plain_ops || c->ops == &filtered_ops;
}

struct dtl_cursor *dtl_cursor_term(struct dtl_cursor_context *ctx, const struct dtl_term *term,
                                   const uint8_t *filter)
{
    struct dtl_list *l =
        dtl_cursor_new(ctx, sizeof *l, filter ? &filtered_ops : &plain_ops, term->df);
    if (!l)
        return NULL;
    enum dtl_status st = dtl_postings_open(&l->p, ctx->segment, term, ctx->arena, ctx->err);
    if (st != DTL_OK) {
        dtl_postings_release(&l->p);
        dtl_cursor_fail(ctx, st);
        return NULL;
    }
    l->filter = filter;
    l->c.kind = filter ? DTL_CURSOR_OTHER : DTL_CURSOR_LIST;
    l->c.slow = filter != NULL;
    l->next = ctx->lists;
    ctx->lists = l;
    return &l->c;
}
