/* Any bytes as a text whose language is asked: no answer but a tag or nothing, and twice the same.
 */
#include "indexer/article/detect/detect.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char tag[4];
    dtl_lang_code code = dtl_detect_language(dtl_bytes(data, size));
    if (code && dtl_lang_code_of(dtl_bytes_of(dtl_lang_code_text(code, tag))) != code)
        abort();
    if (dtl_detect_language(dtl_bytes(data, size)) != code)
        abort();
    return 0;
}
