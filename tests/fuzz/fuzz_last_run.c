/* fuzz_last_run.c - the file that remembers a run, from any bytes; written again it says the same.
 */
#include "indexer/report/last_run.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dtl_last_run first, again;
    struct dtl_buffer b = {0};
    dtl_last_run_decode(dtl_bytes(data, size), &first);
    if (first.heards > DTL_HEARD_MAX || !memchr(first.trouble, 0, sizeof first.trouble))
        abort();
    for (const char *c = first.trouble; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            abort();
    if (!dtl_last_run_encode(&first, &b))
        abort();
    dtl_last_run_decode(dtl_buffer_view(&b), &again);
    if (memcmp(&first, &again, sizeof first) != 0)
        abort();
    dtl_buffer_release(&b);
    return 0;
}
