/*
 * fuzz_json.c - the JSON reader on any bytes; and each line by the fast path and by the library,
 * which must agree where the fast path answers.
 */
#include "indexer/format/json.h"
#include "tests/fuzz/format.h"
#include "tests/unit/records.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void compare(struct dtl_bytes line)
{
    struct dtl_arena arena = {0};
    struct dtl_record fast = {0}, tree = {0};
    struct dtl_error err = {0};
    if (dtl_json_fast(line, &arena, &fast) == DTL_OK) {
        struct dtl_buffer a = {0}, b = {0};
        if (dtl_json_tree(line, &arena, &tree, &err) != DTL_OK)
            abort();
        records_print(&fast, &a);
        records_print(&tree, &b);
        if (!dtl_bytes_equal(dtl_buffer_view(&a), dtl_buffer_view(&b)))
            abort();
        dtl_buffer_release(&a);
        dtl_buffer_release(&b);
    }
    /* what is kept as printed is JSON to the library, and so is all around it */
    if (dtl_json_flat(line, &arena, &fast) == DTL_OK) {
        if (dtl_json_tree(line, &arena, &tree, &err) != DTL_OK || tree.n != fast.n)
            abort();
        for (size_t i = 0; i < fast.n; i++) {
            struct dtl_bytes text = fast.fields[i].n ? fast.fields[i].v->text : line;
            json_t *v = fast.fields[i].list || fast.fields[i].v->kind != DTL_VALUE_NESTED
                            ? json_null()
                            : json_loadb((const char *)text.p, text.n, JSON_ALLOW_NUL, NULL);
            if (!v)
                abort();
            json_decref(v);
        }
    }
    dtl_arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_format(&dtl_format_json, data, size);
    for (size_t at = 0; at < size;) {
        const uint8_t *nl = memchr(data + at, '\n', size - at);
        size_t end = nl ? (size_t)(nl - data) : size;
        compare(dtl_bytes(data + at, end - at));
        at = end + 1;
    }
    return 0;
}
