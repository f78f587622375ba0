/* Any bytes on their way to a terminal, a log and a record of JSON or CSV: nothing but text comes
 * out, and what was harmless comes out as it was. */
#include "common/base/json.h"
#include "common/base/utf8.h"
#include "query/result/render.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool ok)
{
    if (!ok)
        abort();
}

/* Valid, and no character of it is hidden, line ends and tabs aside where they may stay. */
static void is_text(const struct dtl_buffer *b, bool lines)
{
    struct dtl_bytes text = dtl_buffer_view(b);
    require(dtl_utf8_valid_prefix(text) == text.n);
    for (size_t at = 0; at < text.n;) {
        uint32_t c = dtl_utf8_next(text, &at);
        require(!dtl_utf8_hidden(c) || (lines && (c == '\n' || c == '\t')));
        require(c >= 0x20 || (lines && (c == '\n' || c == '\t')));
        require(c != 0x7f && (c < 0x80 || c > 0x9f));
        require(c != 0x1b && (c < 0x202a || c > 0x202e) && (c < 0x2066 || c > 0x2069));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dtl_bytes in = dtl_bytes(data, size);
    struct dtl_buffer out = {0}, again = {0};
    for (int lines = 0; lines < 2; lines++) {
        dtl_buffer_reset(&out);
        dtl_buffer_reset(&again);
        require(dtl_utf8_sanitise(&out, in, lines));
        is_text(&out, lines);
        require(dtl_utf8_sanitise(&again, dtl_buffer_view(&out), lines));
        require(dtl_bytes_equal(dtl_buffer_view(&out), dtl_buffer_view(&again)));
    }
    dtl_buffer_reset(&out);
    require(dtl_render_csv(in, &out));
    is_text(&out, true);
    dtl_buffer_reset(&out);
    require(dtl_render_fit(in, size % 40, &out));
    is_text(&out, false);
    dtl_buffer_reset(&out);
    require(dtl_render_json(in, &out)); /* what is hidden is escaped, bytes are base64 */
    is_text(&out, false);
    if (dtl_utf8_valid_prefix(in) == in.n) {
        dtl_buffer_reset(&out);
        require(dtl_json_string(&out, in));
        is_text(&out, false);
    }
    dtl_buffer_release(&out);
    dtl_buffer_release(&again);
    return 0;
}
