/*
 * query/plan/fields.h - what a filter on an article's own data means in this archive: the values of
 * source, author, section, tag, place, agency, lang, url, path and id; days of runs for added:.
 *
 * Values are terms of their own field bytes, so most filters are cursors over lists like words;
 * they never score. A value with * and ? is an expansion within the same budget as a word's.
 */
#ifndef DTL_PLAN_FIELDS_H
#define DTL_PLAN_FIELDS_H
#include "query/plan/plan.h"

struct dtl_field_plan { /* of one FIELD node */
    const struct dtl_node *node;
    struct dtl_word *word; /* what must follow each other; whole values are one */
    uint32_t words;
    struct dtl_field_docs { /* id: alone: documents, by segment */
        dtl_doc *doc;
        uint32_t docs;
    } * ids;
    uint64_t values; /* of an expansion: distinct ones */
};

/** Resolve the FIELD node `n`. DTL_EQUERY: nothing to look for, or over the budget. */
enum dtl_status dtl_field_resolve(struct dtl_plan *p, const struct dtl_node *n,
                                  struct dtl_field_plan *out, struct dtl_error *err) DTL_MUST_USE;
/** values.c: the lists of `w`, a value of `n`, in every segment: those of its `folded` term, or of
 * all that an expansion stands for. */
enum dtl_status dtl_value_lists(struct dtl_plan *p, struct dtl_word *w, const struct dtl_node *n,
                                struct dtl_error *err) DTL_MUST_USE;
/** NULL for other nodes. */
const struct dtl_field_plan *dtl_plan_field(const struct dtl_plan *p, const struct dtl_node *n);

/** Read when runs took place, for ADDED nodes; once. */
enum dtl_status dtl_plan_runs(struct dtl_plan *p, struct dtl_error *err) DTL_MUST_USE;
/** The day a generation was added, DTL_DAY_NONE when the index did not keep it yet. */
dtl_day dtl_plan_run_day(const struct dtl_plan *p, uint32_t generation);
#endif
