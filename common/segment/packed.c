/*
 * packed.c - fixed-width bit arrays: one load to read an entry, one accumulator to write them.
 *
 * Why fixed width and not blocks: a result page asks for a dozen rows anywhere in four million, and
 * the answer to each must cost one grain, not a block's decoding.
 */
#include "common/segment/packed.h"

enum dtl_status dtl_packed_get(struct dtl_part *p, uint64_t at, unsigned width, uint64_t i,
                               uint64_t *out, struct dtl_error *err)
{
    if (width == 0) {
        *out = 0;
        return DTL_OK;
    }
    uint64_t bit = i * width;
    unsigned shift = bit & 7;
    struct dtl_bytes v = {0};
    enum dtl_status st = dtl_part_view(p, at + bit / 8, (shift + width + 7) / 8, p->arena, &v, err);
    if (st < 0)
        return st;
    uint64_t word = dtl_load64(v.p) >> shift; /* views have 64 readable bytes behind them */
    *out = width == 64 ? word : word & ((UINT64_C(1) << width) - 1);
    return DTL_OK;
}

void dtl_packer_init(struct dtl_packer *k, struct dtl_part_writer *w, unsigned width)
{
    *k = (struct dtl_packer){.w = w, .width = width};
}

static enum dtl_status flush(struct dtl_packer *k, struct dtl_error *err)
{
    enum dtl_status st = dtl_part_write(k->w, dtl_bytes(k->out, k->n), err);
    k->n = 0;
    return st;
}

enum dtl_status dtl_packer_put(struct dtl_packer *k, uint64_t v, struct dtl_error *err)
{
    enum dtl_status st;
    if (k->n + 8 > sizeof k->out && (st = flush(k, err)) < 0)
        return st;
    if (k->width == 64) {
        dtl_store64(k->out + k->n, v);
        k->n += 8;
        return DTL_OK;
    }
    k->acc |= v << k->bits; /* at most 7 bits wait, and width is at most 57 */
    k->bits += k->width;
    for (; k->bits >= 8; k->bits -= 8, k->acc >>= 8)
        k->out[k->n++] = (uint8_t)k->acc;
    return DTL_OK;
}

enum dtl_status dtl_packer_finish(struct dtl_packer *k, struct dtl_error *err)
{
    enum dtl_status st;
    if (k->n + 8 > sizeof k->out && (st = flush(k, err)) < 0)
        return st;
    if (k->bits)
        k->out[k->n++] = (uint8_t)k->acc;
    k->bits = 0;
    k->acc = 0;
    if ((st = flush(k, err)) < 0)
        return st;
    return dtl_part_align(k->w, 64, err);
}
