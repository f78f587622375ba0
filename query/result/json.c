/* json.c - strings of articles in JSON; what is no UTF-8 (a file name) is kept as its bytes. */
#include "common/base/json.h"
#include "common/base/utf8.h"
#include "query/result/render.h"

static void base64(struct dtl_bytes in, struct dtl_buffer *out)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < in.n; i += 3) {
        size_t left = in.n - i;
        uint32_t v = (uint32_t)in.p[i] << 16;
        if (left > 1)
            v |= (uint32_t)in.p[i + 1] << 8;
        if (left > 2)
            v |= in.p[i + 2];
        dtl_buffer_byte(out, (uint8_t)digit[v >> 18]);
        dtl_buffer_byte(out, (uint8_t)digit[v >> 12 & 63]);
        dtl_buffer_byte(out, left > 1 ? (uint8_t)digit[v >> 6 & 63] : '=');
        dtl_buffer_byte(out, left > 2 ? (uint8_t)digit[v & 63] : '=');
    }
}

bool dtl_render_json(struct dtl_bytes text, struct dtl_buffer *out)
{
    if (dtl_utf8_valid_prefix(text) < text.n) {
        dtl_buffer_text(out, "{\"bytes\":\"");
        base64(text, out);
        return dtl_buffer_text(out, "\"}");
    }
    return dtl_json_string(out, text);
}
