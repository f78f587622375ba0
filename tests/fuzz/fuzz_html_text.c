/* fuzz_html_text.c - any bytes that are UTF-8 as HTML; what is read without a tree, as with one. */
#include "common/base/utf8.h"
#include "indexer/format/html_plain.h"
#include "indexer/format/html_text.h"

#include <libxml/tree.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void compare(struct dtl_bytes html)
{
    struct dtl_text_flow plain = {0}, tree = {0};
    bool deep = false;
    xmlDoc *doc = NULL;
    if (!memchr(html.p, 0, html.n) && dtl_html_plain(html, &plain) &&
        (doc = dtl_html_parse(html, &deep))) {
        dtl_text_flow_tree(&tree, (const xmlNode *)doc, NULL, NULL);
        if (!dtl_bytes_equal(dtl_buffer_view(&plain.out), dtl_buffer_view(&tree.out)))
            abort();
    }
    xmlFreeDoc(doc);
    dtl_buffer_release(&plain.out);
    dtl_buffer_release(&tree.out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dtl_arena arena = {0};
    struct dtl_bytes in = dtl_bytes(data, size), out;
    in.n = dtl_utf8_valid_prefix(in); /* the readers have seen to that */
    if (in.n)
        compare(in);
    if (dtl_html_text(in, &arena, &out) && dtl_utf8_valid_prefix(out) != out.n)
        abort();
    if (dtl_html_line(in, &arena, &out) && out.n && memchr(out.p, '\n', out.n))
        abort();
    dtl_arena_release(&arena);
    return 0;
}
