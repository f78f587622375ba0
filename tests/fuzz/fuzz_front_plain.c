/* fuzz_front_plain.c - any bytes as YAML front matter: what is read without a tree, as with one. */
#include "common/base/utf8.h"
#include "indexer/format/front_matter.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void compare(const struct dtl_record *a, const struct dtl_record *b)
{
    if (a->n != b->n)
        abort();
    for (size_t i = 0; i < a->n; i++) {
        const struct dtl_field *x = &a->fields[i], *y = &b->fields[i];
        if (!dtl_bytes_equal(x->name, y->name) || x->n != y->n || x->list != y->list)
            abort();
        for (size_t k = 0; k < x->n; k++)
            if (x->v[k].kind != y->v[k].kind || !dtl_bytes_equal(x->v[k].text, y->v[k].text))
                abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dtl_arena arena = {0};
    struct dtl_record plain = {.n = 0}, tree = {.n = 0};
    struct dtl_error err = {0};
    json_t *root = NULL;
    struct dtl_bytes in = dtl_bytes(data, size);
    in.n = dtl_utf8_valid_prefix(in); /* the reader has seen to that */
    if (dtl_front_plain(in, &arena, &plain) == DTL_OK) {
        if (dtl_yaml_parse(in, 1, &root, &err) != DTL_OK ||
            dtl_json_fields(root, &arena, &tree, &err) != DTL_OK)
            abort();
        compare(&plain, &tree);
        json_decref(root);
    }
    dtl_arena_release(&arena);
    return 0;
}
