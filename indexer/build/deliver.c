/*
 * deliver.c - documents and frames part by part, then the terms of several parts in one pass.
 *
 * With several jobs the terms are written by as many threads, each for parts of its own. Only this
 * thread knows the store: a chunk that is finished comes back to it through a mailbox, and is
 * copied on the way, since its writer goes on.
 */
#include "indexer/build/deliver.h"

#include "indexer/build/mailbox.h"
#include "indexer/build/output.h"

#include <pthread.h>
#include <stdlib.h>

struct part { /* one segment being written */
    struct dtl_output output;
    struct dtl_builder *builder;
    struct dtl_target target;
    struct dtl_mailbox *mailbox; /* while other threads write */
    uint32_t index;
};

static enum dtl_status no_memory(struct dtl_error *err)
{
    dtl_fail(err, DTL_ENOMEM, 0, "no memory to write segments");
    return DTL_ENOMEM; /* said so that an analyser sees it is no success */
}

/* Where a builder's chunks go: to the store, or to the thread that knows it. */
static enum dtl_status on_chunk(void *ctx, uint8_t part, uint32_t chunk, struct dtl_bytes payload,
                                struct dtl_error *err)
{
    struct part *p = ctx;
    return p->mailbox ? dtl_mailbox_post(p->mailbox, p->index, part, chunk, payload, err)
                      : p->target.chunk(p->target.ctx, part, chunk, payload, err);
}

/* ---- documents ---- */

static enum dtl_status write_documents(const struct dtl_delivery *d, uint32_t index, struct part *p,
                                       struct dtl_error *err)
{
    const struct dtl_arranged_part *x = &d->arrangement->part[index];
    p->index = index;
    dtl_output_open(&p->output, d->store, x->first_day, d->flush_bytes);
    p->target = dtl_output_target(&p->output);
    enum dtl_status st = dtl_builder_open(&p->builder, on_chunk, p, err);
    for (uint32_t i = 0; st == DTL_OK && i < x->docs; i++) {
        struct dtl_arranged which = d->arrangement->order[x->at + i];
        const struct dtl_gathered *g = d->gathered[which.of];
        struct dtl_document row = g->article[which.local].row;
        st = p->target.frame(p->target.ctx, dtl_gathered_frame(g, which.local), &row, err);
        if (st == DTL_OK)
            st = dtl_builder_document(p->builder, &row, dtl_gathered_source_of(g, which.local),
                                      dtl_gathered_id(g, which.local), err);
    }
    return st == DTL_OK ? dtl_output_frames_end(&p->output, err) : st;
}

/* ---- terms ---- */

struct terms { /* of parts [first, first + n) */
    const struct dtl_delivery *d;
    const struct dtl_inverted_input *in;
    size_t inputs;
    struct part *part; /* n of them */
    struct dtl_segment_facts *facts;
    uint32_t first, n;
    size_t held;
    struct dtl_mailbox *mailbox;
    enum dtl_status st;
    struct dtl_error err;
};

static enum dtl_status write_terms(struct terms *t, struct dtl_error *err)
{
    struct dtl_builder **b = calloc(t->n, sizeof(struct dtl_builder *));
    if (!b)
        return no_memory(err);
    for (uint32_t i = 0; i < t->n; i++)
        b[i] = t->part[i].builder;
    enum dtl_status st =
        dtl_inverted_write(t->in, t->inputs, t->d->title_weight, b, t->first, t->n, err);
    for (uint32_t i = 0; st == DTL_OK && i < t->n; i++)
        t->held += dtl_builder_memory(b[i]);
    for (uint32_t i = 0; st == DTL_OK && i < t->n; i++)
        st = dtl_builder_finish(b[i], &t->facts[i], err);
    free(b);
    return st;
}

static void *terms_main(void *arg)
{
    struct terms *t = arg;
    t->st = write_terms(t, &t->err);
    dtl_mailbox_leave(t->mailbox);
    return NULL;
}

/* Take in what the writers finish, until they have all left. */
static enum dtl_status serve(struct dtl_mailbox *m, struct part *part, uint32_t first,
                             struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    struct dtl_letter *letter;
    while ((letter = dtl_mailbox_take(m)) != NULL) {
        struct part *p = &part[letter->index - first];
        if (st == DTL_OK)
            st = p->target.chunk(p->target.ctx, letter->part, letter->chunk,
                                 dtl_buffer_view(&letter->payload), err);
        if (st != DTL_OK)
            dtl_mailbox_fail(m); /* the writers stop at their next chunk */
        dtl_mailbox_done(m, letter);
    }
    return st;
}

/* One pass in this thread, or one in each of several. */
static enum dtl_status write_all_terms(const struct terms *whole, uint32_t jobs, size_t *held,
                                       struct dtl_error *err)
{
    uint32_t threads = whole->n < jobs ? whole->n : jobs, at = 0, begun = 0;
    if (threads < 2) {
        struct terms one = *whole;
        enum dtl_status st = write_terms(&one, err);
        *held = one.held;
        return st;
    }
    struct terms *t = calloc(threads, sizeof *t);
    pthread_t *thread = calloc(threads, sizeof *thread);
    struct dtl_mailbox *mailbox = dtl_mailbox_new(threads);
    enum dtl_status st = t && thread && mailbox ? DTL_OK : no_memory(err);
    for (uint32_t i = 0; st == DTL_OK && i < threads; i++) {
        uint32_t n = (whole->n - at) / (threads - i);
        t[i] = *whole;
        t[i].mailbox = mailbox;
        t[i].first = whole->first + at;
        t[i].part = whole->part + at;
        t[i].facts = whole->facts + at;
        t[i].n = n;
        for (uint32_t k = 0; k < n; k++)
            whole->part[at + k].mailbox = mailbox;
        at += n;
    }
    for (; st == DTL_OK && begun < threads; begun++)
        if (pthread_create(&thread[begun], NULL, terms_main, &t[begun]) != 0) {
            st = no_memory(err);
            break;
        }
    if (mailbox) {
        for (uint32_t i = begun; i < threads; i++)
            dtl_mailbox_leave(mailbox);
        if (st != DTL_OK)
            dtl_mailbox_fail(mailbox);
        enum dtl_status served =
            serve(mailbox, whole->part, whole->first, st == DTL_OK ? err : NULL);
        st = st == DTL_OK ? served : st;
    }
    for (uint32_t i = 0; i < begun; i++) {
        pthread_join(thread[i], NULL);
        *held += t[i].held;
        if (st == DTL_OK && t[i].st != DTL_OK) {
            st = t[i].st;
            if (err)
                *err = t[i].err;
        }
    }
    dtl_mailbox_free(mailbox);
    free(thread);
    free(t);
    return st;
}

/* ---- all of it ---- */

static enum dtl_status deliver_some(const struct dtl_delivery *d, struct terms *terms,
                                    struct dtl_arena *arena, size_t *peak_bytes,
                                    struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    size_t held = 0;
    for (uint32_t i = 0; st == DTL_OK && i < terms->n; i++)
        st = write_documents(d, terms->first + i, &terms->part[i], err);
    if (st == DTL_OK)
        st = write_all_terms(terms, d->jobs, &held, err);
    if (held > *peak_bytes)
        *peak_bytes = held;
    for (uint32_t i = 0; st == DTL_OK && i < terms->n; i++)
        st = dtl_output_finish(&terms->part[i].output, arena, &terms->facts[i], err);
    for (uint32_t i = 0; i < terms->n; i++) {
        dtl_builder_close(terms->part[i].builder);
        dtl_output_close(&terms->part[i].output);
        terms->part[i] = (struct part){0};
    }
    return st;
}

enum dtl_status dtl_deliver(const struct dtl_delivery *d, struct dtl_segment_facts *facts,
                            struct dtl_arena *arena, size_t *peak_bytes, struct dtl_error *err)
{
    size_t inputs = 0;
    for (size_t i = 0; i < d->n; i++)
        inputs += d->gathered[i]->sources;
    struct dtl_inverted_input *in = calloc(inputs + 1, sizeof *in);
    struct part *part = calloc(d->together, sizeof *part);
    enum dtl_status st = in && part ? DTL_OK : no_memory(err);
    inputs = 0;
    for (size_t i = 0; st == DTL_OK && i < d->n; i++)
        for (uint32_t k = 0; k < d->gathered[i]->sources; k++)
            in[inputs++] = (struct dtl_inverted_input){&d->gathered[i]->source[k].terms,
                                                       d->gathered[i]->source[k].place};
    for (uint32_t first = 0; st == DTL_OK && first < d->arrangement->parts; first += d->together) {
        uint32_t left = d->arrangement->parts - first;
        struct terms terms = {.d = d,
                              .in = in,
                              .inputs = inputs,
                              .part = part,
                              .facts = facts + first,
                              .first = first,
                              .n = left < d->together ? left : d->together};
        st = deliver_some(d, &terms, arena, peak_bytes, err);
    }
    free(part);
    free(in);
    return st;
}
