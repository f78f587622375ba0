/* The small values of the store: what decodes encodes again to a value that decodes the same; keys
 * likewise. */
#include "common/store/store_internal.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void settings(struct dtl_bytes in)
{
    struct dtl_settings a, b;
    struct dtl_buffer out = {0};
    if (dtl_settings_decode(in, &a, NULL) == DTL_OK &&
        (!dtl_settings_encode(&a, &out) ||
         dtl_settings_decode(dtl_buffer_view(&out), &b, NULL) != DTL_OK ||
         a.title_weight != b.title_weight || a.default_lang != b.default_lang ||
         strcmp(a.versions, b.versions) != 0 || strcmp(a.detector, b.detector) != 0))
        abort();
    dtl_buffer_release(&out);
}

static void manifest(struct dtl_bytes in)
{
    struct dtl_manifest m;
    struct dtl_buffer out = {0};
    if (dtl_manifest_decode(in, &m, NULL) == DTL_OK &&
        (!dtl_manifest_encode(&m, &out) || !dtl_bytes_equal(dtl_buffer_view(&out), in)))
        abort();
    dtl_buffer_release(&out);
}

/* The first bytes are the key, as many as the first of them says, times two. */
static void source(struct dtl_bytes in)
{
    size_t n = in.n ? 2u * in.p[0] : 0;
    struct dtl_source_row a, b;
    struct dtl_buffer out = {0};
    if (in.n < 1 + n)
        return;
    struct dtl_bytes key = dtl_bytes(in.p + 1, n), value = dtl_bytes(in.p + 1 + n, in.n - 1 - n);
    if (dtl_source_row_decode(value, key, &a, NULL) == DTL_OK &&
        (!dtl_source_row_encode(&a, &out) ||
         dtl_source_row_decode(dtl_buffer_view(&out), key, &b, NULL) != DTL_OK ||
         !dtl_bytes_equal(a.path, b.path) || !dtl_bytes_equal(a.reasons, b.reasons) ||
         a.mtime_ns != b.mtime_ns || a.undated != b.undated))
        abort();
    dtl_buffer_release(&out);
}

static void bookmark(struct dtl_bytes in)
{
    struct dtl_bookmark b;
    struct dtl_source_row row = {0};
    struct dtl_buffer out = {0};
    if (dtl_bookmark_decode(in, &row, &b, NULL) == DTL_OK) {
        struct dtl_bookmark again;
        row.bookmark = &b;
        if (b.at > row.size || !dtl_bookmark_encode(&row, &out) ||
            dtl_bookmark_decode(dtl_buffer_view(&out), &row, &again, NULL) != DTL_OK ||
            memcmp(&again, &b, sizeof b) != 0)
            abort();
    }
    dtl_buffer_release(&out);
}

static void runs(struct dtl_bytes in)
{
    struct dtl_arena arena = {0};
    struct dtl_run_time *run = NULL;
    size_t n = 0;
    if (dtl_runs_decode(in, &arena, &run, &n, NULL) == DTL_OK)
        for (size_t i = 1; i < n; i++)
            if (run[i].generation <= run[i - 1].generation)
                abort();
    dtl_arena_release(&arena);
}

static void keys(struct dtl_bytes in)
{
    uint8_t k[DTL_KEY_SOURCE_MAX];
    struct dtl_chunk_name c;
    struct dtl_segment_name s;
    uint32_t a = 0, b = 0;
    if (dtl_key_chunk_read(in, &c)) {
        dtl_key_chunk(k, &c);
        if (!dtl_bytes_equal(dtl_bytes(k, DTL_KEY_CHUNK), in))
            abort();
    }
    if (dtl_key_segment_read(in, &s)) {
        dtl_key_segment(k, s);
        if (!dtl_bytes_equal(dtl_bytes(k, DTL_KEY_SEGMENT), in))
            abort();
    }
    if (dtl_key_group_read(in, &a, &b)) {
        dtl_key_group(k, a, b);
        if (!dtl_bytes_equal(dtl_bytes(k, DTL_KEY_GROUP), in))
            abort();
    }
    if (dtl_key_dictionary_read(in, &a)) {
        dtl_key_dictionary(k, a);
        if (!dtl_bytes_equal(dtl_bytes(k, DTL_KEY_DICTIONARY), in))
            abort();
    }
}

/* The first byte chooses; the rest is the value. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint32_t serial = 0;
    if (size == 0)
        return 0;
    struct dtl_bytes in = dtl_bytes(data + 1, size - 1), body;
    switch (data[0] % 6) {
    case 0:
        settings(in);
        break;
    case 1:
        manifest(in);
        runs(in);
        bookmark(in);
        break;
    case 2:
        source(in);
        break;
    case 3:
        keys(in);
        break;
    case 4:
        if (dtl_serial_decode(in, &serial, NULL) == DTL_OK && serial == 0)
            abort();
        break;
    default:
        if (dtl_value_open(in, DTL_DB_SAVED, DTL_LITERAL("k"), &body, NULL) == DTL_OK &&
            body.n + 8 != in.n)
            abort();
        if (dtl_format_decode(in, NULL) == DTL_OK && in.n != 12)
            abort();
    }
    return 0;
}
