/*
 * Any bytes as a text of an unknown character set: decided, converted whole and as a stream, and
 * what comes out is UTF-8, the same both ways. The first byte: is it markup, and what is stated.
 */
#include "common/base/utf8.h"
#include "indexer/format/charset.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool ok)
{
    if (!ok)
        abort();
}

static void whole(struct dtl_bytes in, const char *stated, bool markup)
{
    struct dtl_arena arena = {0};
    struct dtl_charset set = {0};
    struct dtl_bytes out = {0}, declared = dtl_charset_declared(in);
    struct dtl_error err = {0};
    dtl_charset_decide(in, true, stated, markup ? declared : dtl_bytes(NULL, 0), markup, &set);
    require(set.name[0] && set.mark <= in.n && dtl_encoding_known(set.name));
    enum dtl_status st = dtl_charset_convert(in, &set, &arena, &out, &err);
    require(st == DTL_OK ? dtl_utf8_valid_prefix(out) == out.n
                         : st == DTL_EINPUT && set.by == DTL_CHARSET_STATED && err.text[0]);
    dtl_arena_release(&arena);
}

static void stream(struct dtl_bytes in, const char *stated, bool markup)
{
    struct dtl_input *under = NULL;
    struct dtl_decoded *d = NULL;
    struct dtl_error err = {0};
    struct dtl_format_options o = {.encoding = stated};
    if (dtl_input_open_bytes(&under, in, &err) != DTL_OK)
        return;
    if (dtl_decoded_open(&d, under, &o, markup, &err) == DTL_OK) {
        struct dtl_bytes view = {0};
        struct dtl_input *text = dtl_decoded_input(d);
        while (dtl_input_peek(text, 1 << 16, &view, &err) == DTL_OK && view.n) {
            size_t n = view.n;
            if (n >= 4) /* a character may be cut at the end of what is shown */
                n -= 3;
            size_t valid = dtl_utf8_valid_prefix(view);
            require(valid >= n);
            dtl_input_skip(text, valid);
        }
        dtl_decoded_close(d);
    }
    dtl_input_close(under);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const stated[] = {NULL,       NULL,      "utf-8",     "windows-1252",
                                         "UTF-16LE", "GB18030", "SHIFT_JIS", "ISO-2022-JP"};
    if (size == 0)
        return 0;
    struct dtl_bytes in = dtl_bytes(data + 1, size - 1);
    bool markup = data[0] & 8;
    whole(in, stated[data[0] & 7], markup);
    stream(in, stated[data[0] & 7], markup);
    return 0;
}
