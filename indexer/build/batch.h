/*
 * indexer/build/batch.h - the articles of a run that are in memory: inverted, compressed, waiting
 * to be written in document order to a run's file or, when they are all there is, to the store.
 */
#ifndef DTL_BUILD_BATCH_H
#define DTL_BUILD_BATCH_H
#include "common/store/store.h"
#include "indexer/build/target.h"
#include "indexer/invert/inverter.h"
#include "indexer/invert/pool.h"

struct dtl_batch_article {
    struct dtl_document row;
    uint32_t id, source; /* offsets in `strings` */
    uint32_t id_bytes, source_bytes;
    uint32_t data, data_bytes; /* its frame in `frames`; its record in `records` while there is no
                                  dictionary */
    bool dropped;
};

struct dtl_batch {
    struct dtl_store *store;
    struct dtl_analyzer *analyzer;
    struct dtl_inverter *inverter;
    struct dtl_frame_encoder *encoder;                  /* NULL until the dictionary is settled */
    struct dtl_pool articles, strings, frames, records; /* articles: an array, by local number */
    struct dtl_buffer record;                           /* scratch */
    uint32_t n, live;                                   /* local numbers; those not dropped */
    uint64_t cut_weight;                                /* dtl_cut_weight of the live ones */
    /* set by dtl_batch_settle */
    uint32_t *order;   /* local numbers of the live, in document order */
    dtl_doc *document; /* by local number */
};

/** `dictionary`: the index's; empty: one will be trained on this run's first records. */
enum dtl_status dtl_batch_open(struct dtl_batch *b, struct dtl_store *store,
                               struct dtl_bytes dictionary, struct dtl_error *err) DTL_MUST_USE;
void dtl_batch_close(struct dtl_batch *b); /* {0} is fine */
size_t dtl_batch_memory(const struct dtl_batch *b);

/** Take an article in. DTL_ELIMIT: it is over a limit and was not; the batch goes on. */
enum dtl_status dtl_batch_add(struct dtl_batch *b, const struct dtl_article *a, uint32_t generation,
                              uint32_t *local, struct dtl_error *err) DTL_MUST_USE;
void dtl_batch_drop(struct dtl_batch *b, uint32_t local); /* another took its place */
struct dtl_batch_article *dtl_batch_article(const struct dtl_batch *b, uint32_t local);
struct dtl_bytes dtl_batch_id(const struct dtl_batch *b, uint32_t local);
struct dtl_bytes dtl_batch_source(const struct dtl_batch *b, uint32_t local);

/** Train and compress what waits for it, and put the live articles in order; before
 * dtl_batch_write. */
enum dtl_status dtl_batch_settle(struct dtl_batch *b, struct dtl_error *err) DTL_MUST_USE;
dtl_day dtl_batch_first_day(const struct dtl_batch *b); /* smallest earliest day of the settled */
uint64_t dtl_batch_frame_bytes(const struct dtl_batch *b); /* of the settled */
/** Write the settled articles as a segment; everything of *facts but serial, first_day and groups.
 */
enum dtl_status dtl_batch_write(struct dtl_batch *b, struct dtl_target target,
                                struct dtl_segment_facts *facts, size_t *peak_bytes,
                                struct dtl_error *err) DTL_MUST_USE;
void dtl_batch_reset(struct dtl_batch *b); /* forget its articles; keeps encoder and dictionary */
#endif
