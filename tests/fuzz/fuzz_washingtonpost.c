/* fuzz_washingtonpost.c - the washingtonpost reader on any bytes. */
#include "tests/fuzz/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_format(&dtl_format_washingtonpost, data, size);
    return 0;
}
