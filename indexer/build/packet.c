/* packet.c - packets are used again and again; a lock guards the list of those at rest. */
#include "indexer/build/packet.h"

#include <pthread.h>
#include <stdlib.h>

struct dtl_packets {
    pthread_mutex_t lock;
    struct dtl_packet *spare;
    size_t made;
};

struct dtl_packets *dtl_packets_new(void)
{
    struct dtl_packets *p = calloc(1, sizeof *p);
    if (p)
        pthread_mutex_init(&p->lock, NULL);
    return p;
}

static void packet_free(struct dtl_packet *one)
{
    dtl_buffer_release(&one->bytes);
    dtl_buffer_release(&one->items);
    dtl_arena_release(&one->scratch);
    free(one);
}

void dtl_packets_free(struct dtl_packets *p)
{
    if (!p)
        return;
    while (p->spare) {
        struct dtl_packet *one = p->spare;
        p->spare = one->next;
        packet_free(one);
    }
    pthread_mutex_destroy(&p->lock);
    free(p);
}

size_t dtl_packets_memory(struct dtl_packets *p)
{
    pthread_mutex_lock(&p->lock);
    size_t n = p->made * DTL_PACKET_BYTES;
    pthread_mutex_unlock(&p->lock);
    return n;
}

struct dtl_packet *dtl_packets_take(struct dtl_packets *p)
{
    pthread_mutex_lock(&p->lock);
    struct dtl_packet *one = p->spare;
    if (one)
        p->spare = one->next;
    else
        p->made++;
    pthread_mutex_unlock(&p->lock);
    if (!one)
        return calloc(1, sizeof *one);
    dtl_buffer_reset(&one->bytes);
    dtl_buffer_reset(&one->items);
    one->base = NULL;
    one->todo = 0;
    one->records_bytes = 0;
    return one;
}

void dtl_packets_give_back(struct dtl_packets *p, struct dtl_packet *one)
{
    if (one->bytes.capacity > 8 * DTL_PACKET_BYTES) /* one huge article does not stay */
        dtl_buffer_release(&one->bytes);
    pthread_mutex_lock(&p->lock);
    one->next = p->spare;
    p->spare = one;
    pthread_mutex_unlock(&p->lock);
}

bool dtl_packet_add(struct dtl_packet *p, uint32_t local, uint64_t at, size_t bytes)
{
    struct dtl_packet_item item = {local, (uint32_t)bytes, at};
    p->records_bytes += bytes;
    return dtl_buffer_append(&p->items, &item, sizeof item);
}

static enum dtl_status invert(struct dtl_packet *p, struct dtl_worker *w, struct dtl_bytes record,
                              uint32_t local, struct dtl_batch_article *x, struct dtl_error *err)
{
    struct dtl_article a = {0};
    dtl_arena_reset(&p->scratch);
    enum dtl_status st = dtl_article_decode(record, &p->scratch, &a, err);
    return st == DTL_OK ? dtl_worker_invert(w, &a, local, x, err) : st;
}

/* All are inverted, then all compressed: either works on tables that fill the nearer caches, and an
 * article at a time each would find them full of the other's. */
enum dtl_status dtl_packet_do(struct dtl_packet *p, struct dtl_worker *w,
                              struct dtl_batch_article *article, struct dtl_error *err)
{
    const struct dtl_packet_item *item = (const void *)p->items.p;
    const uint8_t *base = p->base ? p->base : p->bytes.p;
    size_t n = p->items.n / sizeof *item;
    enum dtl_status st = DTL_OK;
    for (size_t i = 0; st == DTL_OK && p->todo & DTL_PACKET_INVERT && i < n; i++)
        st = invert(p, w, dtl_bytes(base + item[i].at, item[i].bytes), item[i].local,
                    &article[item[i].local], err);
    for (size_t i = 0; st == DTL_OK && p->todo & DTL_PACKET_COMPRESS && i < n; i++)
        st = dtl_worker_compress(w, dtl_bytes(base + item[i].at, item[i].bytes),
                                 &article[item[i].local], err);
    return st;
}
