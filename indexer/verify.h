/* indexer/verify.h - the deep part of `check`: what the structures of a segment say of each other.
 */
#ifndef DTL_INDEXER_VERIFY_H
#define DTL_INDEXER_VERIFY_H
#include "common/store/store.h"

struct dtl_verify {
    struct dtl_snapshot *snapshot;
    struct dtl_segment *segment; /* under test */
    uint64_t findings; /* lines of damage so far; after 100 of a segment the rest is counted only */
    uint64_t terms, postings, positions, articles, sampled_words;
    dtl_report_fn report; /* NULL: findings are counted only */
    void *ctx;
    bool fast;              /* what the store can tell is enough */
    struct dtl_arena arena; /* reset after each step */
};

/** One line of damage, prefixed with the segment. */
void dtl_verify_say(struct dtl_verify *v, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/**
 * Columns against facts, identities both ways, stored articles against columns; then every list of
 * every term, its counts, positions and variants, and every form. Damage is reported and does not
 * end the walk; an error of the system does.
 */
enum dtl_status dtl_verify_documents(struct dtl_verify *v, struct dtl_error *err) DTL_MUST_USE;
enum dtl_status dtl_verify_terms(struct dtl_verify *v, struct dtl_error *err) DTL_MUST_USE;

/** Analyse one live article again and find each of its words, with its frequency and positions, in
 * the lists. */
enum dtl_status dtl_verify_sample(struct dtl_verify *v, dtl_doc doc,
                                  struct dtl_error *err) DTL_MUST_USE;

/**
 * All of a check of an open index: dtl_store_check, then, unless `v->fast`, every segment, then
 * `samples` random live articles (UINT64_MAX: all). DTL_ECORRUPT when anything was found.
 */
enum dtl_status dtl_check_index(struct dtl_store *store, uint64_t samples, uint64_t seed,
                                struct dtl_verify *v, struct dtl_error *err) DTL_MUST_USE;
#endif
