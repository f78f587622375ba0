/* worker.c - one article through analysis, inversion and compression. */
#include "indexer/build/worker.h"

static enum dtl_status no_memory(struct dtl_error *err)
{
    dtl_fail(err, DTL_ENOMEM, 0, "no memory for an article");
    return DTL_ENOMEM; /* said so that an analyser sees it is no success */
}

enum dtl_status dtl_worker_open(struct dtl_worker *w, uint32_t number, uint32_t title_weight,
                                struct dtl_error *err)
{
    struct dtl_worker fresh = {.number = number};
    enum dtl_status st;
    if ((st = dtl_pool_open(&fresh.frames, err)) == DTL_OK &&
        (st = dtl_pool_open(&fresh.locals, err)) == DTL_OK &&
        (st = dtl_analyzer_open(&fresh.analyzer, err)) == DTL_OK)
        st = dtl_inverter_open(&fresh.inverter, title_weight, err);
    if (st != DTL_OK)
        dtl_worker_close(&fresh);
    else
        *w = fresh;
    return st;
}

void dtl_worker_close(struct dtl_worker *w)
{
    dtl_frame_encoder_close(w->encoder);
    dtl_inverter_close(w->inverter);
    dtl_analyzer_close(w->analyzer);
    dtl_pool_close(&w->locals);
    dtl_pool_close(&w->frames);
    *w = (struct dtl_worker){0};
}

void dtl_worker_reset(struct dtl_worker *w)
{
    dtl_inverter_reset(w->inverter);
    dtl_pool_reset(&w->locals);
    dtl_pool_reset(&w->frames);
}

size_t dtl_worker_memory(const struct dtl_worker *w)
{
    return dtl_analyzer_memory(w->analyzer) + dtl_inverter_memory(w->inverter) +
           w->frames.committed + w->locals.committed;
}

static uint32_t saturated(uint64_t v)
{
    return v > UINT32_MAX ? UINT32_MAX : (uint32_t)v;
}

enum dtl_status dtl_worker_invert(struct dtl_worker *w, const struct dtl_article *a, uint32_t local,
                                  struct dtl_batch_article *x, struct dtl_error *err)
{
    uint32_t at = 0;
    struct dtl_document_lengths lengths = {0};
    if (!dtl_pool_take(&w->locals, sizeof local, 4, &at))
        return no_memory(err);
    memcpy(dtl_pool_at(&w->locals, at), &local, sizeof local);
    enum dtl_status st = dtl_inverter_add(w->inverter, w->analyzer, a, &lengths, err);
    x->row.length_code = dtl_length_code(lengths.weighted);
    x->row.weighted = lengths.weighted;
    x->row.title_words = lengths.title_words;
    x->row.words = saturated((uint64_t)lengths.title_words + lengths.body_words);
    return st;
}

enum dtl_status dtl_worker_compress(struct dtl_worker *w, struct dtl_bytes record,
                                    struct dtl_batch_article *x, struct dtl_error *err)
{
    struct dtl_bytes frame = {0};
    enum dtl_status st = dtl_frame_encode(w->encoder, record, &frame, err);
    if (st != DTL_OK)
        return st;
    if (!dtl_pool_copy(&w->frames, frame, &x->data))
        return no_memory(err);
    x->data_bytes = (uint32_t)frame.n;
    x->worker = (uint16_t)w->number;
    return DTL_OK;
}
