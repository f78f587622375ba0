/*
 * reanalyse.c - every live article through today's analysis, in one run.
 *
 * Terms depend on the versions of ICU, Unicode and Snowball, so an index made with others takes no
 * more articles. What it stores is the articles themselves: they are inverted anew and the old
 * segments dropped in the same publication. Identities, files and the generation that added each
 * article stay as they are.
 */
#include "indexer/build/run_private.h"

#include "common/segment/columns.h"

enum dtl_status dtl_run_reanalyse(struct dtl_run *r, struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    for (uint32_t i = 0; i < r->snapshot->segments && st >= 0; i++) {
        struct dtl_segment *s = &r->snapshot->segment[i];
        for (dtl_doc d = 0; d < s->facts.docs && st >= 0; d++) {
            struct dtl_document row;
            struct dtl_article a;
            uint32_t local = 0;
            if (dtl_is_dead(s, d))
                continue;
            dtl_arena_reset(&r->scratch);
            if ((st = dtl_columns_row(s, d, &row, err)) < 0 ||
                (st = dtl_snapshot_article(r->snapshot, s, d, &r->scratch, &a, err)) < 0 ||
                (st = dtl_batch_add(&r->batch, &a, row.generation, &local, err)) < 0)
                break;
            if (!dtl_run_kill(r, i, d))
                return dtl_fail(err, DTL_ENOMEM, 0, "no memory to replace an article");
            r->figures.unchanged++;
            if (dtl_run_is_full(r))
                st = dtl_run_spill(r, err);
        }
    }
    return st < 0 ? st : DTL_OK;
}
