/* fuzz_anpa.c - the reader of the American wire format on any bytes. */
#include "tests/fuzz/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_format(&dtl_format_anpa, data, size);
    return 0;
}
