/* fuzz_warc.c - any bytes as a web archive. */
#include "indexer/input/warc.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dtl_input *in;
    struct dtl_warc *w;
    struct dtl_error err = {0};
    if (dtl_input_open_bytes(&in, dtl_bytes(data, size), &err) < 0)
        return 0;
    if (dtl_warc_open(&w, in, &err) == DTL_OK) {
        for (size_t calls = 0;; calls++) {
            struct dtl_member m = {0};
            struct dtl_bytes view;
            enum dtl_status st = dtl_warc_next(w, &m, &err);
            if (calls > size + 2)
                abort(); /* it does not move */
            if (st == DTL_EINPUT && (!err.text[0] || !m.name.n))
                abort(); /* a refusal names something and says why */
            if (st != DTL_OK && st != DTL_EINPUT)
                break;
            for (size_t seen = 0; st == DTL_OK && seen < 1 << 20;) {
                if (dtl_input_peek(m.in, 4096, &view, NULL) < 0 || !view.n)
                    break;
                seen += view.n;
                dtl_input_skip(m.in, view.n);
            }
        }
        dtl_warc_close(w);
    }
    dtl_input_close(in);
    return 0;
}
