/*
 * common/segment/frames.h - stored articles: one zstd frame each, appended to an article group
 * (docs/FORMAT.md, "Article groups"). A group is a part of its own, id 0, in the `articles`
 * database.
 */
#ifndef DTL_SEGMENT_FRAMES_H
#define DTL_SEGMENT_FRAMES_H
#include "common/segment/article.h"
#include "common/segment/part.h"

#define DTL_DICTIONARY_BYTES (256u << 10)
#define DTL_SAMPLE_BYTES                                                                           \
    ((size_t)8 << 20)                      /* of an index's first records: what it is trained on   \
                                            */
#define DTL_ARTICLE_MAX ((size_t)64 << 20) /* bytes of a record */

/** Compresses records; one per thread. `dictionary` may be empty; it is copied. */
struct dtl_frame_encoder;
enum dtl_status dtl_frame_encoder_open(struct dtl_frame_encoder **out, struct dtl_bytes dictionary,
                                       struct dtl_error *err) DTL_MUST_USE;
/** *frame is valid to the next call. */
enum dtl_status dtl_frame_encode(struct dtl_frame_encoder *e, struct dtl_bytes record,
                                 struct dtl_bytes *frame, struct dtl_error *err) DTL_MUST_USE;
void dtl_frame_encoder_close(struct dtl_frame_encoder *e);

struct dtl_frame_decoder; /* prepares its dictionary on first use */
/** `dictionary` is borrowed until close. */
enum dtl_status dtl_frame_decoder_open(struct dtl_frame_decoder **out, struct dtl_bytes dictionary,
                                       struct dtl_error *err) DTL_MUST_USE;
/** The record, into `arena`. DTL_ECORRUPT when the frame lies about its size or exceeds
 * DTL_ARTICLE_MAX. */
enum dtl_status dtl_frame_decode(struct dtl_frame_decoder *d, struct dtl_bytes frame,
                                 struct dtl_arena *arena, struct dtl_bytes *record,
                                 struct dtl_error *err) DTL_MUST_USE;
void dtl_frame_decoder_close(struct dtl_frame_decoder *d);

/**
 * Train a dictionary on records laid end to end (`sizes`, n of them; only the first
 * DTL_SAMPLE_BYTES are used: 0.1 s), appended to `out`; nothing when they are too few (under 64, or
 * 64 KiB). The same samples give the same bytes.
 */
enum dtl_status dtl_dictionary_train(struct dtl_bytes samples, const size_t *sizes, size_t n,
                                     struct dtl_buffer *out, struct dtl_error *err) DTL_MUST_USE;
#endif
