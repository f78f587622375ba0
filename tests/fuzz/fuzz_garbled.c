/* Any text: what is garbled is counted without leaving it, never more often than it has characters
 * beyond ASCII, and none twice when the text is divided where a letter stands. */
#include <stdlib.h>

#include "common/base/utf8.h"
#include "indexer/article/garbled.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dtl_bytes text = dtl_bytes(data, dtl_utf8_valid_prefix(dtl_bytes(data, size)));
    uint64_t foreign = 0, whole = dtl_garbled(text);
    for (size_t i = 0; i < text.n; i++)
        foreign += text.p[i] >= 0x80;
    if (whole > foreign)
        abort();
    for (size_t i = 0; i + 1 < text.n; i++) {
        if (text.p[i] != '\n')
            continue; /* nothing joins what a line end divides */
        uint64_t first = dtl_garbled(dtl_bytes(text.p, i));
        if (whole != first + dtl_garbled(dtl_bytes(text.p + i, text.n - i)))
            abort();
        break;
    }
    return 0;
}
