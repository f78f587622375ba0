/* tests/fuzz/format.h - any bytes through one format reader and the field mapping behind it. */
#ifndef DTL_TESTS_FUZZ_FORMAT_H
#define DTL_TESTS_FUZZ_FORMAT_H
#include "common/base/utf8.h"
#include "indexer/article/mapping.h"

#include <stdlib.h>

static inline void fuzz_valid(struct dtl_bytes text)
{
    if (dtl_utf8_valid_prefix(text) != text.n)
        abort(); /* everything behind the readers may rely on it */
}

static inline void fuzz_format(const struct dtl_format *format, const uint8_t *data, size_t size)
{
    static const struct dtl_intake_options none;
    struct dtl_format_options o = {.path = DTL_LITERAL("x")};
    struct dtl_arena arena = {0};
    struct dtl_error err = {0};
    struct dtl_input *in = NULL;
    void *reader = NULL;
    format->bid(dtl_bytes(data, size < DTL_FORMAT_BID_BYTES ? size : DTL_FORMAT_BID_BYTES),
                size <= DTL_FORMAT_BID_BYTES, o.path);
    if (dtl_input_open_bytes(&in, dtl_bytes(data, size), &err) != DTL_OK)
        return;
    if (format->open(&reader, in, &o, &err) != DTL_OK)
        abort();
    for (size_t calls = 0;; calls++) {
        struct dtl_record r = {0};
        struct dtl_mapped m;
        dtl_arena_reset(&arena);
        enum dtl_status st = format->next(reader, &arena, &r, &err);
        if (calls > size + 2)
            abort(); /* it does not move */
        if (st == DTL_EINPUT) {
            if (!err.text[0] || err.pos > DTL_INPUT_MAX)
                abort();
            continue;
        }
        if (st != DTL_OK)
            break;
        for (size_t i = 0; i < r.n; i++) {
            fuzz_valid(r.fields[i].name);
            for (size_t k = 0; k < r.fields[i].n; k++)
                fuzz_valid(r.fields[i].v[k].text);
        }
        if (dtl_mapping_apply(&none, format, &r, &arena, &m, &err) == DTL_OK)
            fuzz_valid(m.extra);
    }
    format->close(reader);
    dtl_input_close(in);
    dtl_arena_release(&arena);
}
#endif
