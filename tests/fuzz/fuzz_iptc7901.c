/* fuzz_iptc7901.c - the reader of the European wire format on any bytes. */
#include "tests/fuzz/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_format(&dtl_format_iptc7901, data, size);
    return 0;
}
