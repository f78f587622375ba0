/* fuzz_html_text.c - any bytes that are UTF-8 as HTML. */
#include "common/base/utf8.h"
#include "indexer/format/html_text.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dtl_arena arena = {0};
    struct dtl_bytes in = dtl_bytes(data, size), out;
    in.n = dtl_utf8_valid_prefix(in); /* the readers have seen to that */
    if (dtl_html_text(in, &arena, &out) && dtl_utf8_valid_prefix(out) != out.n)
        abort();
    if (dtl_html_line(in, &arena, &out) && out.n && memchr(out.p, '\n', out.n))
        abort();
    dtl_arena_release(&arena);
    return 0;
}
