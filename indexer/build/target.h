/*
 * indexer/build/target.h - where a segment in the making goes: the store, or a run's file.
 *
 * Articles' frames come in document order, each before its document's row is built, so that an
 * article group holds neighbours in time beside each other and its bytes depend on the articles
 * alone.
 */
#ifndef DTL_BUILD_TARGET_H
#define DTL_BUILD_TARGET_H
#include "common/segment/builder.h"

/** Put one frame; fills row->group, row->frame_at and row->frame_bytes. */
typedef enum dtl_status (*dtl_frame_sink_fn)(void *ctx, struct dtl_bytes frame,
                                             struct dtl_document *row, struct dtl_error *err);

struct dtl_target {
    dtl_chunk_sink_fn chunk;
    dtl_frame_sink_fn frame;
    void *ctx;
};
#endif
