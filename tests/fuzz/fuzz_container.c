/* fuzz_container.c - any bytes as a file that may be a container, nested ones opened too. */
#include "indexer/input/container.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MEMBER_BYTES ((size_t)1 << 20) /* looked at of each member */

static void read_some(struct dtl_input *in, int depth);

static void open_container(struct dtl_input *in, int depth)
{
    struct dtl_container *c;
    struct dtl_error err = {0};
    if (dtl_container_open(&c, in, &err) < 0)
        return;
    for (int n = 0; n < 10000; n++) {
        struct dtl_member m = {0};
        enum dtl_status st = dtl_container_next(c, &m, &err);
        if (st == DTL_OK)
            read_some(m.in, depth + 1);
        else if (st != DTL_EINPUT)
            break;
        else if (!err.text[0] || !m.name.n)
            abort(); /* a refusal names its member and says why */
    }
    dtl_container_close(c);
}

static void read_some(struct dtl_input *in, int depth)
{
    struct dtl_bytes head;
    if (dtl_input_peek(in, DTL_CONTAINER_HEAD, &head, NULL) < 0)
        return;
    if (dtl_container_kind(head) && depth < 3) {
        open_container(in, depth);
        return;
    }
    for (size_t seen = 0; seen < MEMBER_BYTES;) {
        if (dtl_input_peek(in, 4096, &head, NULL) < 0 || !head.n)
            break;
        seen += head.n;
        dtl_input_skip(in, head.n);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dtl_input *in;
    struct dtl_error err = {0};
    if (dtl_input_open_bytes(&in, dtl_bytes(data, size), &err) < 0)
        return 0;
    read_some(in, 0);
    dtl_input_close(in);
    return 0;
}
