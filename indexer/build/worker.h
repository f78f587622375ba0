/*
 * indexer/build/worker.h - what one thread needs to take articles in: its own analyser, inverter
 * and encoder, and the memory of what it made.
 *
 * Which worker takes an article changes nothing of what is written: local numbers are the batch's,
 * given in input order, and everything is put into document order at the end.
 */
#ifndef DTL_BUILD_WORKER_H
#define DTL_BUILD_WORKER_H
#include "common/segment/frames.h"
#include "indexer/build/gathered.h"
#include "indexer/invert/inverter.h"
#include "indexer/invert/pool.h"

struct dtl_worker {
    struct dtl_analyzer *analyzer;
    struct dtl_inverter *inverter;
    struct dtl_frame_encoder *encoder; /* NULL until the dictionary is settled */
    struct dtl_pool frames;
    struct dtl_pool locals; /* u32: the batch's number of each article the inverter took, in turn */
    uint32_t number;        /* of the worker in its batch */
    _Atomic size_t held;    /* dtl_worker_memory as of its last packet: others may read it */
};

enum dtl_status dtl_worker_open(struct dtl_worker *w, uint32_t number, uint32_t title_weight,
                                struct dtl_error *err) DTL_MUST_USE;
void dtl_worker_close(struct dtl_worker *w); /* {0} is fine */
void dtl_worker_reset(struct dtl_worker *w); /* forget its articles */
size_t dtl_worker_memory(const struct dtl_worker *w);

/** Analyse and invert article `local` of the batch; sets the lengths of x->row. */
enum dtl_status dtl_worker_invert(struct dtl_worker *w, const struct dtl_article *a, uint32_t local,
                                  struct dtl_batch_article *x, struct dtl_error *err) DTL_MUST_USE;
/** Compress its record: sets x->data and x->worker. */
enum dtl_status dtl_worker_compress(struct dtl_worker *w, struct dtl_bytes record,
                                    struct dtl_batch_article *x,
                                    struct dtl_error *err) DTL_MUST_USE;
#endif
