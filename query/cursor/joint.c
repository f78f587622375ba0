/* joint.c - see joint.h. */
#include "query/cursor/joint.h"

struct dtl_joint *dtl_joint_of(struct dtl_cursor_context *ctx, struct dtl_list **list,
                               uint32_t lists)
{
    struct dtl_joint *j = dtl_arena_alloc(ctx->arena, sizeof *j);
    if (j)
        j->place = dtl_arena_alloc(ctx->arena, lists * sizeof *j->place);
    if (!j || !j->place) {
        dtl_cursor_fail(ctx, dtl_fail(ctx->err, DTL_ENOMEM, 0, "no memory for a query's cursors"));
        return NULL;
    }
    j->list = list;
    j->lists = lists;
    return j;
}

dtl_doc dtl_joint_in_slice(struct dtl_joint *j, dtl_doc target)
{
    while (j->at < j->held && j->doc[j->at] < target)
        j->at++;
    if (j->at == j->held)
        return DTL_DOC_END;
    for (uint32_t i = 0; i < j->lists; i++) {
        struct dtl_list *l = j->list[i];
        l->i = j->place[i][j->at];
        l->c.doc = j->doc[j->at];
        l->c.fresh = false;
    }
    return j->doc[j->at];
}

/* Make blocks current that can all hold documents from *target on, which rises to the first they
 * may share; *last is where the first of them ends. */
static bool line_up(struct dtl_joint *j, dtl_doc *target, dtl_doc *last)
{
    *last = DTL_DOC_END;
    for (uint32_t i = 0; i < j->lists;) {
        struct dtl_list *l = j->list[i];
        struct dtl_postings *p = &l->p;
        if (p->count == 0 || p->last < *target) {
            uint32_t k = dtl_list_block(l, *target);
            if (k == p->blocks)
                return false;
            dtl_doc from = k ? dtl_postings_last(p, k - 1) + 1 : 0;
            if (from > *target && i > 0) { /* the lists before may pass over blocks */
                *target = from;
                *last = DTL_DOC_END;
                i = 0;
                continue;
            }
            if (!dtl_list_load(l, k) ||
                p->last < *target) /* the latter: a list without directory */
                return false;
        }
        if (p->docs[0] > *target) {
            *target = p->docs[0];
            if (i > 0) {
                *last = DTL_DOC_END;
                i = 0;
                continue;
            }
        }
        *last = p->last < *last ? p->last : *last;
        i++;
    }
    return true;
}

/* The first list's documents of [target, last] that may score enough. */
static bool lead(struct dtl_joint *j, dtl_doc target, dtl_doc last, const struct dtl_weight *w,
                 uint32_t need)
{
    struct dtl_list *l = j->list[0];
    uint32_t from = dtl_list_place(l, target), n = 0;
    uint32_t to = last < l->p.last ? dtl_list_place(l, last + 1) : l->p.count;
    uint32_t least = need ? dtl_list_least_tf(l, w, need) : 1;
    if (least > 1 && !dtl_list_tfs(l))
        return false;
    for (uint32_t i = from; i < to; i++) {
        j->doc[n] = l->p.docs[i];
        j->place[0][n] = (uint16_t)i;
        n += least == 1 || l->p.tfs[i] >= least;
    }
    j->held = n;
    return true;
}

bool dtl_joint_fill(struct dtl_joint *j, dtl_doc target, const struct dtl_weight *w, uint32_t need,
                    dtl_doc end)
{
    dtl_doc last;
    target = target > j->next ? target : j->next;
    j->at = j->held = 0;
    if (!line_up(j, &target, &last) || !lead(j, target, last, w, last < end ? need : 0))
        return false;
    for (uint32_t i = 1; i < j->lists && j->held; i++) {
        struct dtl_meeting met;
        j->held = dtl_meet(j->list[i]->p.docs, j->doc, j->held, &met);
        for (uint32_t m = 0; m < j->held; m++) {
            j->doc[m] = j->doc[met.which[m]];
            for (uint32_t k = 0; k < i; k++)
                j->place[k][m] = j->place[k][met.which[m]];
            j->place[i][m] = met.place[m];
        }
    }
    j->next = last + 1;
    return true;
}
