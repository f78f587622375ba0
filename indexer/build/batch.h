/*
 * indexer/build/batch.h - the articles of a run that are in memory: inverted, compressed, waiting
 * to be written in document order, or put into a file when memory is full (spill.h).
 *
 * Articles are handed on in packets, to workers where there are several jobs. What the caller sees
 * does not depend on that: local numbers are given in input order, and an article that would be
 * refused is refused before it is handed on.
 */
#ifndef DTL_BUILD_BATCH_H
#define DTL_BUILD_BATCH_H
#include "common/store/store.h"
#include "indexer/build/crew.h"
#include "indexer/build/worker.h"

#define DTL_JOBS_MAX 256u

struct dtl_packet;

struct dtl_batch {
    struct dtl_store *store;
    struct dtl_worker *worker; /* the first is the caller's */
    uint32_t workers;
    struct dtl_crew *crew;                      /* NULL: one job */
    struct dtl_pool articles, strings, records; /* articles: an array, by local number */
    bool trained;                               /* the dictionary is settled */
    struct dtl_buffer record;                   /* scratch */
    uint32_t n, live;                           /* local numbers; those not dropped */
    uint64_t cut_weight;                        /* dtl_cut_weight of the live ones */
    struct dtl_packet *open;                    /* being filled; NULL: none */
    struct dtl_packets *packets;                /* all of them; NULL with one job */
};

/** `dictionary`: the index's; empty: one will be trained on this run's first records. `jobs`: 1..
 * DTL_JOBS_MAX threads, the caller's among them. */
enum dtl_status dtl_batch_open(struct dtl_batch *b, struct dtl_store *store,
                               struct dtl_bytes dictionary, uint32_t jobs,
                               struct dtl_error *err) DTL_MUST_USE;
void dtl_batch_close(struct dtl_batch *b); /* {0} is fine */
/** Bytes held, as of the last packets. */
size_t dtl_batch_memory(const struct dtl_batch *b);

/** Take an article in. DTL_ELIMIT: it is over a limit and was not; the batch goes on. */
enum dtl_status dtl_batch_add(struct dtl_batch *b, const struct dtl_article *a, uint32_t generation,
                              uint32_t *local, struct dtl_error *err) DTL_MUST_USE;
void dtl_batch_drop(struct dtl_batch *b, uint32_t local); /* another took its place */
struct dtl_bytes dtl_batch_id(const struct dtl_batch *b, uint32_t local);
struct dtl_bytes dtl_batch_source(const struct dtl_batch *b, uint32_t local);
/** For the caller, between calls: what its own thread analyses with. */
struct dtl_analyzer *dtl_batch_analyzer(const struct dtl_batch *b);

/** Finish every article: train the dictionary and compress what waits for it, wait for workers. */
enum dtl_status dtl_batch_settle(struct dtl_batch *b, struct dtl_error *err) DTL_MUST_USE;
/** The settled batch as it stands, terms sorted; release before the next article. */
enum dtl_status dtl_batch_gather(struct dtl_batch *b, struct dtl_gathered *g,
                                 struct dtl_error *err) DTL_MUST_USE;
void dtl_batch_release(struct dtl_gathered *g); /* {0} is fine */
void dtl_batch_reset(struct dtl_batch *b); /* forget its articles; keeps encoders and dictionary */
#endif
