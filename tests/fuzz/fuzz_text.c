/* fuzz_text.c - the text reader on any bytes. */
#include "tests/fuzz/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_format(&dtl_format_text, data, size);
    return 0;
}
