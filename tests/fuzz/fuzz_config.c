/* fuzz_config.c - a configuration from any bytes. */
#include "indexer/config/config.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dtl_arena arena = {0};
    struct dtl_config c = {0};
    struct dtl_error err = {0};
    enum dtl_status st = dtl_config_parse(dtl_bytes(data, size), &arena, &c, &err);
    uint64_t lines = 1;
    for (size_t i = 0; i < size; i++)
        lines += data[i] == '\n';
    if (st == DTL_EINPUT && (!err.text[0] || err.pos < 1 || err.pos > lines))
        abort();
    for (size_t i = 0; st == DTL_OK && i < c.settings; i++)
        if (!*c.setting[i].name || c.setting[i].root > c.roots || c.setting[i].line > lines)
            abort();
    for (size_t i = 0; st == DTL_OK && i < c.roots;
         i++) /* a root holds itself, and what is below it */
        if (c.root[i].path[0] != '/' || dtl_config_root_of(&c, c.root[i].path) != i + 1)
            abort();
    dtl_arena_release(&arena);
    return 0;
}
