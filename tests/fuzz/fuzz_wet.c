/* fuzz_wet.c - the wet reader on any bytes. */
#include "tests/fuzz/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_format(&dtl_format_wet, data, size);
    return 0;
}
