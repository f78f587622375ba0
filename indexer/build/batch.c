/*
 * batch.c - articles taken in one by one, given out in document order.
 *
 * Everything a batch keeps stands in pools, whose pages are counted: dtl_batch_memory is what the
 * budget of a run is held against. Frames are made as articles arrive, except while the index has
 * no dictionary: then records wait, in input order, until there are DTL_SAMPLE_BYTES of them (a
 * constant, so that the dictionary does not depend on --memory) or the input ends.
 */
#include "indexer/build/batch.h"

#include "indexer/build/cut.h"
#include "indexer/build/order.h"

#include <stdlib.h>

enum dtl_status dtl_batch_open(struct dtl_batch *b, struct dtl_store *store,
                               struct dtl_bytes dictionary, struct dtl_error *err)
{
    struct dtl_batch fresh = {.store = store};
    enum dtl_status st;
    uint32_t title_weight = dtl_store_settings(store)->title_weight;
    if ((st = dtl_pool_open(&fresh.articles, err)) == DTL_OK &&
        (st = dtl_pool_open(&fresh.strings, err)) == DTL_OK &&
        (st = dtl_pool_open(&fresh.frames, err)) == DTL_OK &&
        (st = dtl_pool_open(&fresh.records, err)) == DTL_OK &&
        (st = dtl_analyzer_open(&fresh.analyzer, err)) == DTL_OK &&
        (st = dtl_inverter_open(&fresh.inverter, title_weight, err)) == DTL_OK && dictionary.n)
        st = dtl_frame_encoder_open(&fresh.encoder, dictionary, err);
    if (st != DTL_OK)
        dtl_batch_close(&fresh);
    else
        *b = fresh;
    return st;
}

void dtl_batch_close(struct dtl_batch *b)
{
    dtl_frame_encoder_close(b->encoder);
    dtl_inverter_close(b->inverter);
    dtl_analyzer_close(b->analyzer);
    dtl_pool_close(&b->records);
    dtl_pool_close(&b->frames);
    dtl_pool_close(&b->strings);
    dtl_pool_close(&b->articles);
    dtl_buffer_release(&b->record);
    free(b->order);
    free(b->document);
    *b = (struct dtl_batch){0};
}

void dtl_batch_reset(struct dtl_batch *b)
{
    dtl_inverter_reset(b->inverter);
    dtl_pool_reset(&b->records);
    dtl_pool_reset(&b->frames);
    dtl_pool_reset(&b->strings);
    dtl_pool_reset(&b->articles);
    dtl_buffer_release(&b->record);
    free(b->order);
    free(b->document);
    b->order = NULL;
    b->document = NULL;
    b->n = b->live = 0;
    b->cut_weight = 0;
}

size_t dtl_batch_memory(const struct dtl_batch *b)
{
    return dtl_inverter_memory(b->inverter) + b->articles.committed + b->strings.committed +
           b->frames.committed + b->records.committed + b->record.capacity +
           (b->order ? b->n * (sizeof *b->order + sizeof *b->document) : 0);
}

struct dtl_batch_article *dtl_batch_article(const struct dtl_batch *b, uint32_t local)
{
    return (struct dtl_batch_article *)(void *)b->articles.base + local;
}

struct dtl_bytes dtl_batch_id(const struct dtl_batch *b, uint32_t local)
{
    const struct dtl_batch_article *x = dtl_batch_article(b, local);
    return dtl_bytes(b->strings.base + x->id, x->id_bytes);
}

struct dtl_bytes dtl_batch_source(const struct dtl_batch *b, uint32_t local)
{
    const struct dtl_batch_article *x = dtl_batch_article(b, local);
    return dtl_bytes(b->strings.base + x->source, x->source_bytes);
}

static enum dtl_status no_memory(struct dtl_error *err)
{
    dtl_fail(err, DTL_ENOMEM, 0, "no memory for an article");
    return DTL_ENOMEM; /* said so that an analyser sees it is no success */
}

/* ---- stored articles ---- */

static enum dtl_status compress(struct dtl_batch *b, struct dtl_bytes record,
                                struct dtl_batch_article *x, struct dtl_error *err)
{
    struct dtl_bytes frame = {0};
    enum dtl_status st = dtl_frame_encode(b->encoder, record, &frame, err);
    if (st != DTL_OK)
        return st;
    if (!dtl_pool_copy(&b->frames, frame, &x->data))
        return no_memory(err);
    x->data_bytes = (uint32_t)frame.n;
    return DTL_OK;
}

/* Settle the dictionary on the records that wait, dropped ones included, and compress them. */
static enum dtl_status train(struct dtl_batch *b, struct dtl_error *err)
{
    if (b->encoder)
        return DTL_OK;
    struct dtl_buffer dictionary = {0};
    size_t *sizes = malloc((b->n + 1) * sizeof *sizes);
    enum dtl_status st = sizes ? DTL_OK : no_memory(err);
    for (uint32_t i = 0; sizes && i < b->n; i++)
        sizes[i] = dtl_batch_article(b, i)->data_bytes;
    if (st == DTL_OK)
        st = dtl_dictionary_train(dtl_bytes(b->records.base, b->records.used), sizes, b->n,
                                  &dictionary, err);
    if (st == DTL_OK && dictionary.n)
        st = dtl_writer_dictionary(b->store, dtl_buffer_view(&dictionary), err);
    if (st == DTL_OK)
        st = dtl_frame_encoder_open(&b->encoder, dtl_buffer_view(&dictionary), err);
    for (uint32_t i = 0; st == DTL_OK && i < b->n; i++) {
        struct dtl_batch_article *x = dtl_batch_article(b, i);
        if (!x->dropped)
            st = compress(b, dtl_bytes(b->records.base + x->data, x->data_bytes), x, err);
    }
    if (st == DTL_OK)
        dtl_pool_reset(&b->records);
    dtl_buffer_release(&dictionary);
    free(sizes);
    return st;
}

static enum dtl_status store_record(struct dtl_batch *b, struct dtl_batch_article *x,
                                    struct dtl_error *err)
{
    struct dtl_bytes record = dtl_buffer_view(&b->record);
    if (b->encoder)
        return compress(b, record, x, err);
    if (!dtl_pool_copy(&b->records, record, &x->data))
        return no_memory(err);
    x->data_bytes = (uint32_t)record.n;
    return DTL_OK;
}

/* ---- in ---- */

static uint32_t saturated(uint64_t v)
{
    return v > UINT32_MAX ? UINT32_MAX : (uint32_t)v;
}

static struct dtl_document row_of(const struct dtl_article *a,
                                  const struct dtl_document_lengths *lengths, uint32_t generation)
{
    return (struct dtl_document){
        .date = a->date,
        .instant = a->instant,
        .date_source = (uint8_t)a->date_source,
        .lang = a->lang,
        .length_code = dtl_length_code(lengths->weighted),
        .weighted = lengths->weighted,
        .title_words = lengths->title_words,
        .words = saturated((uint64_t)lengths->title_words + lengths->body_words),
        .text_bytes = saturated((uint64_t)a->title.n + a->body.n),
        .generation = generation,
    };
}

enum dtl_status dtl_batch_add(struct dtl_batch *b, const struct dtl_article *a, uint32_t generation,
                              uint32_t *local, struct dtl_error *err)
{
    uint32_t at = 0;
    if (b->record.capacity > (1u << 20)) /* one huge article does not cost all that follow */
        dtl_buffer_release(&b->record);
    dtl_buffer_reset(&b->record);
    if (!dtl_article_encode(a, &b->record))
        return no_memory(err);
    if (b->record.n > DTL_ARTICLE_MAX)
        return dtl_fail(err, DTL_ELIMIT, b->record.n, "article of %zu bytes; the limit is %zu",
                        b->record.n, DTL_ARTICLE_MAX);
    if (!dtl_pool_take(&b->articles, sizeof(struct dtl_batch_article), 8, &at))
        return no_memory(err);
    struct dtl_batch_article *x = dtl_pool_at(&b->articles, at);
    x->dropped = true;
    b->n++;
    struct dtl_document_lengths lengths = {0};
    enum dtl_status st = dtl_inverter_add(b->inverter, b->analyzer, a, &lengths, err);
    if (st != DTL_OK)
        return st;
    x->row = row_of(a, &lengths, generation);
    x->id_bytes = (uint32_t)a->id.n;
    x->source_bytes = (uint32_t)a->source.n;
    if (!dtl_pool_copy(&b->strings, a->id, &x->id) ||
        !dtl_pool_copy(&b->strings, a->source, &x->source))
        return no_memory(err);
    if ((st = store_record(b, x, err)) != DTL_OK)
        return st;
    x->dropped = false;
    b->live++;
    b->cut_weight += dtl_cut_weight(1, x->row.text_bytes);
    *local = b->n - 1;
    return b->records.used >= DTL_SAMPLE_BYTES ? train(b, err) : DTL_OK;
}

void dtl_batch_drop(struct dtl_batch *b, uint32_t local)
{
    struct dtl_batch_article *x = dtl_batch_article(b, local);
    if (x->dropped)
        return;
    x->dropped = true;
    b->live--;
    b->cut_weight -= dtl_cut_weight(1, x->row.text_bytes);
}

/* ---- out ---- */

struct sorted { /* an article while the batch is put in order */
    struct dtl_order_key key;
    uint32_t local;
};

static int compare(const void *a, const void *b)
{
    return dtl_order_compare(&((const struct sorted *)a)->key, &((const struct sorted *)b)->key);
}

enum dtl_status dtl_batch_settle(struct dtl_batch *b, struct dtl_error *err)
{
    enum dtl_status st = train(b, err);
    if (st != DTL_OK)
        return st;
    struct sorted *s = malloc((b->live + 1) * sizeof *s);
    uint32_t *order = malloc((b->live + 1) * sizeof *order);
    dtl_doc *document = malloc((b->n + 1) * sizeof *document);
    if (!s || !order || !document) {
        free(document);
        free(order);
        free(s);
        return no_memory(err);
    }
    uint32_t n = 0;
    for (uint32_t i = 0; i < b->n; i++) {
        const struct dtl_batch_article *x = dtl_batch_article(b, i);
        document[i] = DTL_DOC_END;
        if (!x->dropped)
            s[n++] = (struct sorted){
                {dtl_interval_zone(x->row.date), x->row.date, dtl_batch_id(b, i),
                 dtl_batch_source(b, i)},
                i
            };
    }
    qsort(s, n, sizeof *s, compare);
    for (uint32_t i = 0; i < n; i++) {
        order[i] = s[i].local;
        document[s[i].local] = i;
    }
    free(s);
    free(b->order);
    free(b->document);
    b->order = order;
    b->document = document;
    return DTL_OK;
}

dtl_day dtl_batch_first_day(const struct dtl_batch *b)
{
    dtl_day first = DTL_DAY_NONE;
    for (uint32_t i = 0; i < b->live; i++) {
        dtl_day day = dtl_batch_article(b, b->order[i])->row.date.earliest;
        if (day < first)
            first = day;
    }
    return first;
}

uint64_t dtl_batch_frame_bytes(const struct dtl_batch *b)
{
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < b->live; i++)
        bytes += dtl_batch_article(b, b->order[i])->data_bytes;
    return bytes;
}

enum dtl_status dtl_batch_write(struct dtl_batch *b, struct dtl_target target,
                                struct dtl_segment_facts *facts, size_t *peak_bytes,
                                struct dtl_error *err)
{
    struct dtl_builder *builder = NULL;
    enum dtl_status st = dtl_builder_open(&builder, target.chunk, target.ctx, err);
    for (uint32_t i = 0; st == DTL_OK && i < b->live; i++) {
        struct dtl_batch_article *x = dtl_batch_article(b, b->order[i]);
        struct dtl_document row = x->row;
        struct dtl_bytes frame = dtl_bytes(b->frames.base + x->data, x->data_bytes);
        if ((st = target.frame(target.ctx, frame, &row, err)) == DTL_OK)
            st = dtl_builder_document(builder, &row, dtl_batch_source(b, b->order[i]),
                                      dtl_batch_id(b, b->order[i]), err);
    }
    if (st == DTL_OK)
        st = dtl_inverter_write(b->inverter, b->document, builder, err);
    if (st == DTL_OK) {
        size_t held = dtl_builder_memory(builder) + dtl_batch_memory(b);
        if (held > *peak_bytes)
            *peak_bytes = held;
        st = dtl_builder_finish(builder, facts, err);
    }
    dtl_builder_close(builder);
    return st;
}
