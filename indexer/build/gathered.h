/*
 * indexer/build/gathered.h - articles that wait to be written, wherever they stand: in memory, or
 * in a file since memory was full. The end of a run reads them all the same way.
 */
#ifndef DTL_BUILD_GATHERED_H
#define DTL_BUILD_GATHERED_H
#include "common/segment/columns.h"
#include "indexer/invert/inverted.h"

struct dtl_batch_article {
    struct dtl_document row;
    uint32_t id, source; /* offsets in `strings` */
    uint32_t id_bytes, source_bytes;
    uint32_t data, data_bytes; /* its frame, in the frames of its worker; its record in the batch's
                                  `records` while there is no dictionary */
    uint16_t worker;
    bool dropped; /* another took its place */
};

struct dtl_gathered_source { /* what one worker made */
    const uint8_t *frames;
    struct dtl_inverted terms;
    const uint32_t *local; /* by the inverter's number: the article's */
    uint32_t articles;     /* the inverter's */
    uint32_t *place;       /* by the inverter's number; set by dtl_arrange */
};

struct dtl_gathered {
    struct dtl_batch_article *article; /* by local number */
    const uint8_t *strings;
    uint32_t n;
    struct dtl_gathered_source *source; /* by worker */
    uint32_t sources;
};

static inline struct dtl_bytes dtl_gathered_id(const struct dtl_gathered *g, uint32_t local)
{
    const struct dtl_batch_article *x = &g->article[local];
    return dtl_bytes(g->strings + x->id, x->id_bytes);
}

static inline struct dtl_bytes dtl_gathered_source_of(const struct dtl_gathered *g, uint32_t local)
{
    const struct dtl_batch_article *x = &g->article[local];
    return dtl_bytes(g->strings + x->source, x->source_bytes);
}

static inline struct dtl_bytes dtl_gathered_frame(const struct dtl_gathered *g, uint32_t local)
{
    const struct dtl_batch_article *x = &g->article[local];
    return dtl_bytes(g->source[x->worker].frames + x->data, x->data_bytes);
}
#endif
