/*
 * batch.c - articles taken in one by one, given out all at once.
 *
 * Everything a batch keeps stands in pools, whose pages are counted: dtl_batch_memory is what the
 * budget of a run is held against. Frames are made as articles arrive, except while the index has
 * no dictionary: then records wait, in input order, until there are DTL_SAMPLE_BYTES of them (a
 * constant, so that the dictionary depends neither on --memory nor on --jobs) or the input ends.
 */
#include "indexer/build/batch.h"

#include "indexer/build/cut.h"
#include "indexer/build/packet.h"

#include <stdatomic.h>
#include <stdlib.h>

/* No article with less text can pass the limit of words: a word has a byte. Larger ones, which may
 * be refused, the caller's thread takes in itself. */
#define SURE_BYTES ((size_t)DTL_TOKENS_MAX / 2)

static enum dtl_status no_memory(struct dtl_error *err)
{
    dtl_fail(err, DTL_ENOMEM, 0, "no memory for an article");
    return DTL_ENOMEM; /* said so that an analyser sees it is no success */
}

static struct dtl_batch_article *article_of(const struct dtl_batch *b, uint32_t local)
{
    return (struct dtl_batch_article *)(void *)b->articles.base + local;
}

/* ---- open and close ---- */

static enum dtl_status open_encoders(struct dtl_batch *b, struct dtl_bytes dictionary,
                                     struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    for (uint32_t i = 0; st == DTL_OK && i < b->workers; i++)
        st = dtl_frame_encoder_open(&b->worker[i].encoder, dictionary, err);
    b->trained = st == DTL_OK;
    return st;
}

static enum dtl_status do_piece(void *ctx, uint32_t number, void *piece, struct dtl_error *err)
{
    struct dtl_batch *b = ctx;
    struct dtl_packet *p = piece;
    struct dtl_worker *w = &b->worker[number];
    enum dtl_status st = dtl_packet_do(p, w, article_of(b, 0), err);
    atomic_store_explicit(&w->held, dtl_worker_memory(w), memory_order_relaxed);
    dtl_packets_give_back(b->packets, p);
    return st;
}

enum dtl_status dtl_batch_open(struct dtl_batch *b, struct dtl_store *store,
                               struct dtl_bytes dictionary, uint32_t jobs, struct dtl_error *err)
{
    uint32_t title_weight = dtl_store_settings(store)->title_weight;
    enum dtl_status st = DTL_OK;
    *b = (struct dtl_batch){.store = store};
    if (!(b->worker = calloc(jobs, sizeof *b->worker)))
        st = no_memory(err);
    if (st == DTL_OK && (st = dtl_pool_open(&b->articles, err)) == DTL_OK &&
        (st = dtl_pool_open(&b->strings, err)) == DTL_OK)
        st = dtl_pool_open(&b->records, err);
    for (; st == DTL_OK && b->workers < jobs; b->workers++)
        if ((st = dtl_worker_open(&b->worker[b->workers], b->workers, title_weight, err)) != DTL_OK)
            break;
    if (st == DTL_OK && dictionary.n)
        st = open_encoders(b, dictionary, err);
    if (st == DTL_OK && !(b->packets = dtl_packets_new()))
        st = no_memory(err);
    if (st == DTL_OK && jobs > 1)
        st = dtl_crew_open(&b->crew, jobs - 1, do_piece, b, err);
    if (st != DTL_OK)
        dtl_batch_close(b);
    return st;
}

void dtl_batch_close(struct dtl_batch *b)
{
    dtl_crew_close(b->crew);
    if (b->open)
        dtl_packets_give_back(b->packets, b->open);
    dtl_packets_free(b->packets);
    for (uint32_t i = 0; i < b->workers; i++)
        dtl_worker_close(&b->worker[i]);
    free(b->worker);
    dtl_pool_close(&b->records);
    dtl_pool_close(&b->strings);
    dtl_pool_close(&b->articles);
    dtl_buffer_release(&b->record);
    *b = (struct dtl_batch){0};
}

/* Whatever a run failed at, nothing is taken away under a thread that still works with it. */
static void come_to_rest(struct dtl_batch *b)
{
    if (b->open)
        dtl_packets_give_back(b->packets, b->open);
    b->open = NULL;
    if (!b->crew)
        return;
    enum dtl_status told = dtl_crew_drain(b->crew, NULL); /* who gave the piece heard of it */
    (void)told;
}

void dtl_batch_reset(struct dtl_batch *b)
{
    come_to_rest(b);
    for (uint32_t i = 0; i < b->workers; i++) {
        dtl_worker_reset(&b->worker[i]);
        atomic_store_explicit(&b->worker[i].held, 0, memory_order_relaxed);
    }
    dtl_pool_reset(&b->records);
    dtl_pool_reset(&b->strings);
    dtl_pool_reset(&b->articles);
    dtl_buffer_release(&b->record);
    b->n = b->live = 0;
    b->cut_weight = 0;
}

size_t dtl_batch_memory(const struct dtl_batch *b)
{
    size_t held = b->articles.committed + b->strings.committed + b->records.committed +
                  b->record.capacity + (b->packets ? dtl_packets_memory(b->packets) : 0);
    for (uint32_t i = 0; i < b->workers; i++)
        held += b->crew ? atomic_load_explicit(&b->worker[i].held, memory_order_relaxed)
                        : dtl_worker_memory(&b->worker[i]);
    return held;
}

struct dtl_bytes dtl_batch_id(const struct dtl_batch *b, uint32_t local)
{
    const struct dtl_batch_article *x = article_of(b, local);
    return dtl_bytes(b->strings.base + x->id, x->id_bytes);
}

struct dtl_bytes dtl_batch_source(const struct dtl_batch *b, uint32_t local)
{
    const struct dtl_batch_article *x = article_of(b, local);
    return dtl_bytes(b->strings.base + x->source, x->source_bytes);
}

struct dtl_analyzer *dtl_batch_analyzer(const struct dtl_batch *b)
{
    return b->worker[0].analyzer;
}

/* ---- packets ---- */

static enum dtl_status send(struct dtl_batch *b, struct dtl_error *err)
{
    struct dtl_packet *p = b->open;
    b->open = NULL;
    if (!p)
        return DTL_OK;
    if (!b->crew)
        return do_piece(b, 0, p, err);
    enum dtl_status st = dtl_crew_give(b->crew, p, err);
    if (st != DTL_OK)
        dtl_packets_give_back(b->packets, p);
    return st;
}

/* The packet being filled, for so much to do with records that stand at `base`. */
static enum dtl_status packet_for(struct dtl_batch *b, unsigned todo, const uint8_t *base,
                                  struct dtl_packet **out, struct dtl_error *err)
{
    struct dtl_packet *p = b->open;
    enum dtl_status st = DTL_OK;
    if (p && (p->todo != todo || p->base != base || p->records_bytes >= DTL_PACKET_BYTES))
        st = send(b, err);
    if (st == DTL_OK && !b->open) {
        if (!(p = dtl_packets_take(b->packets)))
            return no_memory(err);
        p->todo = todo;
        p->base = base;
        b->open = p;
    }
    *out = b->open;
    return st;
}

static enum dtl_status drain(struct dtl_batch *b, struct dtl_error *err)
{
    enum dtl_status st = send(b, err);
    if (!b->crew)
        return st;
    enum dtl_status done = dtl_crew_drain(b->crew, st == DTL_OK ? err : NULL);
    return st == DTL_OK ? done : st;
}

/* ---- stored articles ---- */

static struct dtl_bytes waiting_record(const struct dtl_batch *b, uint32_t local)
{
    const struct dtl_batch_article *x = article_of(b, local);
    return dtl_bytes(b->records.base + x->data, x->data_bytes);
}

/* Compress what waited for the dictionary. */
static enum dtl_status compress_waiting(struct dtl_batch *b, struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    for (uint32_t i = 0; st == DTL_OK && i < b->n; i++) {
        struct dtl_batch_article *x = article_of(b, i);
        if (x->dropped)
            continue;
        if (!b->crew) {
            st = dtl_worker_compress(&b->worker[0], waiting_record(b, i), x, err);
            continue;
        }
        struct dtl_packet *p = NULL;
        st = packet_for(b, DTL_PACKET_COMPRESS, b->records.base, &p, err);
        if (st == DTL_OK && !dtl_packet_add(p, i, x->data, x->data_bytes))
            st = no_memory(err);
    }
    return st == DTL_OK ? drain(b, err) : st;
}

/* Settle the dictionary on the records that wait, dropped ones included, and compress them. */
static enum dtl_status train(struct dtl_batch *b, struct dtl_error *err)
{
    if (b->trained)
        return DTL_OK;
    struct dtl_buffer dictionary = {0};
    size_t *sizes = malloc((b->n + 1) * sizeof *sizes);
    enum dtl_status st = sizes ? DTL_OK : no_memory(err);
    for (uint32_t i = 0; sizes && i < b->n; i++)
        sizes[i] = article_of(b, i)->data_bytes;
    if (st == DTL_OK && b->open)
        st = send(b, err); /* the others have something to do meanwhile */
    if (st == DTL_OK)
        st = dtl_dictionary_train(dtl_bytes(b->records.base, b->records.used), sizes, b->n,
                                  &dictionary, err);
    if (st == DTL_OK && dictionary.n)
        st = dtl_writer_dictionary(b->store, dtl_buffer_view(&dictionary), err);
    if (st == DTL_OK)
        st = open_encoders(b, dtl_buffer_view(&dictionary), err);
    if (st == DTL_OK)
        st = compress_waiting(b, err);
    if (st == DTL_OK)
        dtl_pool_reset(&b->records);
    dtl_buffer_release(&dictionary);
    free(sizes);
    return st;
}

/* ---- in ---- */

static uint32_t saturated(uint64_t v)
{
    return v > UINT32_MAX ? UINT32_MAX : (uint32_t)v;
}

/* The next local number, with all that is known before analysis. */
static enum dtl_status enter(struct dtl_batch *b, const struct dtl_article *a, uint32_t generation,
                             uint32_t *local, struct dtl_error *err)
{
    uint32_t at = 0;
    if (!dtl_pool_take(&b->articles, sizeof(struct dtl_batch_article), 8, &at))
        return no_memory(err);
    struct dtl_batch_article *x = dtl_pool_at(&b->articles, at);
    x->dropped = true;
    *local = b->n++;
    x->row = (struct dtl_document){
        .date = a->date,
        .instant = a->instant,
        .date_source = (uint8_t)a->date_source,
        .lang = a->lang,
        .text_bytes = saturated((uint64_t)a->title.n + a->body.n),
        .generation = generation,
    };
    x->id_bytes = (uint32_t)a->id.n;
    x->source_bytes = (uint32_t)a->source.n;
    return dtl_pool_copy(&b->strings, a->id, &x->id) &&
                   dtl_pool_copy(&b->strings, a->source, &x->source)
               ? DTL_OK
               : no_memory(err);
}

static void keep(struct dtl_batch *b, uint32_t local)
{
    struct dtl_batch_article *x = article_of(b, local);
    x->dropped = false;
    b->live++;
    b->cut_weight += dtl_cut_weight(1, x->row.text_bytes);
}

static enum dtl_status too_large(size_t n, struct dtl_error *err)
{
    return dtl_fail(err, DTL_ELIMIT, n, "article of %zu bytes; the limit is %zu", n,
                    DTL_ARTICLE_MAX);
}

/* In this thread. */
static enum dtl_status take_in(struct dtl_batch *b, const struct dtl_article *a,
                               uint32_t generation, uint32_t *local, struct dtl_error *err)
{
    if (b->record.capacity > (1u << 20)) /* one huge article does not cost all that follow */
        dtl_buffer_release(&b->record);
    dtl_buffer_reset(&b->record);
    if (!dtl_article_encode(a, &b->record))
        return no_memory(err);
    if (b->record.n > DTL_ARTICLE_MAX)
        return too_large(b->record.n, err);
    enum dtl_status st = enter(b, a, generation, local, err);
    if (st != DTL_OK)
        return st;
    struct dtl_batch_article *x = article_of(b, *local);
    if ((st = dtl_worker_invert(&b->worker[0], a, *local, x, err)) != DTL_OK)
        return st;
    if (b->trained) {
        st = dtl_worker_compress(&b->worker[0], dtl_buffer_view(&b->record), x, err);
    } else {
        if (!dtl_pool_copy(&b->records, dtl_buffer_view(&b->record), &x->data))
            return no_memory(err);
        x->data_bytes = (uint32_t)b->record.n;
    }
    if (st == DTL_OK)
        keep(b, *local);
    return st;
}

/* To a worker. */
static enum dtl_status hand_on(struct dtl_batch *b, const struct dtl_article *a,
                               uint32_t generation, uint32_t *local, struct dtl_error *err)
{
    struct dtl_packet *p = NULL;
    struct dtl_buffer *to = &b->record;
    enum dtl_status st;
    if (b->trained) {
        st = packet_for(b, DTL_PACKET_INVERT | DTL_PACKET_COMPRESS, NULL, &p, err);
        to = st == DTL_OK ? &p->bytes : NULL;
    } else {
        st = packet_for(b, DTL_PACKET_INVERT, b->records.base, &p, err);
        dtl_buffer_reset(&b->record);
    }
    if (st != DTL_OK)
        return st;
    uint64_t at = to->n;
    if (!dtl_article_encode(a, to))
        return no_memory(err);
    size_t bytes = to->n - (size_t)at;
    if ((st = enter(b, a, generation, local, err)) != DTL_OK)
        return st;
    if (!b->trained) {
        struct dtl_batch_article *x = article_of(b, *local);
        if (!dtl_pool_copy(&b->records, dtl_buffer_view(to), &x->data))
            return no_memory(err);
        x->data_bytes = (uint32_t)bytes;
        at = x->data;
    }
    if (!dtl_packet_add(p, *local, at, bytes))
        return no_memory(err);
    keep(b, *local);
    return DTL_OK;
}

static bool is_sure(const struct dtl_article *a)
{
    size_t n = a->title.n + a->body.n + a->url.n + a->extra.n + a->id.n + a->source.n + a->path.n;
    const struct dtl_values *values[] = {&a->authors, &a->sections, &a->tags, &a->places,
                                         &a->agencies};
    for (size_t k = 0; k < sizeof values / sizeof values[0]; k++)
        for (size_t i = 0; i < values[k]->n; i++)
            n += values[k]->v[i].n;
    return n < SURE_BYTES;
}

enum dtl_status dtl_batch_add(struct dtl_batch *b, const struct dtl_article *a, uint32_t generation,
                              uint32_t *local, struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    if (is_sure(a)) {
        st = hand_on(b, a, generation, local, err);
    } else {
        /* worker 0 is this thread's own: nobody else is using it now */
        st = take_in(b, a, generation, local, err);
        if (b->crew)
            atomic_store_explicit(&b->worker[0].held, dtl_worker_memory(&b->worker[0]),
                                  memory_order_relaxed);
    }
    if (st != DTL_OK)
        return st;
    return b->records.used >= DTL_SAMPLE_BYTES ? train(b, err) : DTL_OK;
}

void dtl_batch_drop(struct dtl_batch *b, uint32_t local)
{
    struct dtl_batch_article *x = article_of(b, local);
    if (x->dropped)
        return;
    x->dropped = true;
    b->live--;
    b->cut_weight -= dtl_cut_weight(1, x->row.text_bytes);
}

/* ---- out ---- */

enum dtl_status dtl_batch_settle(struct dtl_batch *b, struct dtl_error *err)
{
    enum dtl_status st = train(b, err);
    return st == DTL_OK ? drain(b, err) : st;
}

enum dtl_status dtl_batch_gather(struct dtl_batch *b, struct dtl_gathered *g, struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    *g = (struct dtl_gathered){.article = article_of(b, 0), .strings = b->strings.base, .n = b->n};
    if (!(g->source = calloc(b->workers, sizeof *g->source)))
        return no_memory(err);
    for (; st == DTL_OK && g->sources < b->workers; g->sources++) {
        struct dtl_worker *w = &b->worker[g->sources];
        struct dtl_gathered_source *s = &g->source[g->sources];
        s->frames = w->frames.base;
        s->local = (const uint32_t *)(const void *)w->locals.base;
        s->articles = dtl_inverter_articles(w->inverter);
        st = dtl_inverted_sort(&s->terms, w->inverter, err);
    }
    if (st != DTL_OK)
        dtl_batch_release(g);
    return st;
}

void dtl_batch_release(struct dtl_gathered *g)
{
    for (uint32_t i = 0; i < g->sources; i++) {
        dtl_inverted_release(&g->source[i].terms);
        free(g->source[i].place);
    }
    free(g->source);
    *g = (struct dtl_gathered){0};
}
