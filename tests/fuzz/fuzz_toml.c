/* fuzz_toml.c - the TOML of a front matter from any bytes. */
#include "common/base/utf8.h"
#include "indexer/format/toml.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dtl_bytes in = dtl_bytes(data, size);
    struct dtl_error err = {0};
    json_t *root = NULL;
    in.n = dtl_utf8_valid_prefix(in); /* the reader has seen to that */
    enum dtl_status st = dtl_toml_parse(in, NULL, &root, &err);
    if (st == DTL_OK && !json_is_object(root))
        abort();
    if (st == DTL_EINPUT && (!err.text[0] || err.pos > in.n))
        abort();
    json_decref(root);
    return 0;
}
