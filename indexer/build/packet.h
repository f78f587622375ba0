/*
 * indexer/build/packet.h - some hundred kilobytes of articles on their way to a worker, or
 * to be worked on together by the only one.
 *
 * An article travels as its record: that is one copy, it is what is compressed, and reading it back
 * is a few views.
 */
#ifndef DTL_BUILD_PACKET_H
#define DTL_BUILD_PACKET_H
#include "common/base/arena.h"
#include "indexer/build/batch.h"

#define DTL_PACKET_BYTES ((size_t)512 << 10) /* from here on a packet is handed on */

enum { /* what is to be done with its articles */
       DTL_PACKET_INVERT = 1,
       DTL_PACKET_COMPRESS = 2,
};

struct dtl_packet {
    struct dtl_packet *next; /* of the spare ones */
    unsigned todo;
    const uint8_t *base;      /* NULL: the records stand in `bytes` */
    struct dtl_buffer bytes;  /* own records, end to end */
    struct dtl_buffer items;  /* struct dtl_packet_item */
    size_t records_bytes;     /* of all items */
    struct dtl_arena scratch; /* of who does it */
};

struct dtl_packet_item {
    uint32_t local, bytes;
    uint64_t at;
};

struct dtl_packets;
struct dtl_packets *dtl_packets_new(void);    /* NULL: no memory */
void dtl_packets_free(struct dtl_packets *p); /* NULL is fine; nobody may use a packet any more */
size_t dtl_packets_memory(struct dtl_packets *p);
/** A packet, empty; NULL: no memory. From any thread, as giving it back. */
struct dtl_packet *dtl_packets_take(struct dtl_packets *p);
void dtl_packets_give_back(struct dtl_packets *p, struct dtl_packet *one);

bool dtl_packet_add(struct dtl_packet *p, uint32_t local, uint64_t at, size_t bytes);
/** Do what there is to do; `w` is the doer's. `article`: the batch's, by local number. */
enum dtl_status dtl_packet_do(struct dtl_packet *p, struct dtl_worker *w,
                              struct dtl_batch_article *article,
                              struct dtl_error *err) DTL_MUST_USE;
#endif
