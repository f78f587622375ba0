/* Any bytes as a stored article, and as the dictionary of a whole one: refused, or of the size it
 * says. */
#include "common/segment/frames.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void decode(struct dtl_bytes dictionary, struct dtl_bytes frame)
{
    struct dtl_frame_decoder *d = NULL;
    struct dtl_arena arena = {0};
    struct dtl_bytes record = {0};
    struct dtl_article a = {0};
    if (dtl_frame_decoder_open(&d, dictionary, NULL) != DTL_OK)
        abort();
    if (dtl_frame_decode(d, frame, &arena, &record, NULL) == DTL_OK) {
        if (record.n > DTL_ARTICLE_MAX)
            abort();
        (void)!dtl_article_decode(record, &arena, &a, NULL);
    }
    dtl_frame_decoder_close(d);
    dtl_arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dtl_bytes in = dtl_bytes(data, size);
    decode(dtl_bytes(NULL, 0), in);
    decode(DTL_LITERAL("a dictionary that is only text, as zstd allows"), in);
    static const uint8_t frame[] = {0x28, 0xb5, 0x2f, 0xfd, 0x24, 0x05, 0x29, 0x00, 0x00,
                                    'a',  'r',  't',  'i',  'c',  0,    0,    0,    0};
    decode(in, dtl_bytes(frame, sizeof frame));
    return 0;
}
