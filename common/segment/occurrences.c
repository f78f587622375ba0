/*
 * occurrences.c - positions and variant numbers of one posting block.
 *
 * A posting's weighted frequency counts a word of the title several times, its positions count it
 * once. Where the two differ the block says so in front, as an exception; most blocks of most lists
 * have none, and a block whose frequencies are all 1 cannot have any and spends no byte on saying
 * so.
 *
 * A title word adds weight - 1 too many, so the usual difference is 2: it shares the byte of the
 * index.
 *
 * Positions are gaps (the first of a posting from 0) in patched groups of 128, without regard to
 * where a posting begins: groups keep their full size, and the counts say how to cut them.
 */
#include "common/segment/occurrences.h"

#include "common/codec/pfor.h"
#include "common/codec/varint.h"

#define USUAL_DIFFERENCE 2u
#define NARROW           (1u << 24) /* frequencies below it: a block's sum stays below 2^31 */

/* Full blocks are most: loops of a known length become vectors. */
static uint32_t or_of(const uint32_t *v, size_t n)
{
    uint32_t any = 0;
    if (n == DTL_BLOCK) {
        for (size_t i = 0; i < DTL_BLOCK; i++)
            any |= v[i];
        return any;
    }
    for (size_t i = 0; i < n; i++)
        any |= v[i];
    return any;
}

static void less_one(uint32_t *restrict out, const uint32_t *restrict v, size_t n)
{
    if (n == DTL_BLOCK) {
        for (size_t i = 0; i < DTL_BLOCK; i++)
            out[i] = v[i] - 1;
        return;
    }
    for (size_t i = 0; i < n; i++)
        out[i] = v[i] - 1;
}

static bool may_differ(const uint32_t *tfs, size_t n)
{
    return or_of(tfs, n) > 1;
}

static bool encode_exceptions(struct dtl_buffer *out, const uint32_t *tfs, const uint32_t *counts,
                              size_t n)
{
    size_t found = 0, next = 0;
    for (size_t i = 0; i < n; i++)
        found += tfs[i] != counts[i];
    dtl_buffer_varint(out, found);
    for (size_t i = 0; i < n; i++) {
        if (tfs[i] == counts[i])
            continue;
        uint32_t difference = tfs[i] - counts[i];
        bool other = difference != USUAL_DIFFERENCE;
        dtl_buffer_varint(out, (i - next) << 1 | other);
        if (other)
            dtl_buffer_varint(out, difference - 1);
        next = i + 1;
    }
    return !out->failed;
}

bool dtl_positions_encode(struct dtl_buffer *out, const uint32_t *tfs, const uint32_t *counts,
                          size_t n, const uint32_t *gaps, size_t total)
{
    if (may_differ(tfs, n) && !encode_exceptions(out, tfs, counts, n))
        return false;
    return dtl_pfor_encode_run(out, gaps, total, DTL_PFOR_SMALL);
}

static enum dtl_status read_exceptions(struct dtl_reader *r, const uint32_t *tfs, size_t n,
                                       uint32_t *counts, struct dtl_error *err)
{
    uint64_t found = dtl_varint(r);
    size_t next = 0;
    if (found > n)
        return dtl_fail(err, DTL_ECORRUPT, r->at, "more exceptions than postings");
    for (uint64_t k = 0; k < found && !r->bad; k++) {
        uint64_t code = dtl_varint(r);
        uint64_t difference = code & 1 ? dtl_varint(r) : USUAL_DIFFERENCE - 1;
        if (code >> 1 >= n - next || difference >= tfs[next + (size_t)(code >> 1)] - 1)
            return dtl_fail(err, DTL_ECORRUPT, r->at, "exception without its posting");
        next += (size_t)(code >> 1);
        counts[next] = tfs[next] - 1 - (uint32_t)difference;
        next++;
    }
    return r->bad ? dtl_fail(err, DTL_ECORRUPT, r->at, "exceptions end early") : DTL_OK;
}

/* Where occurrences of each posting begin, from their numbers: start[i + 1] is the sum of the first
 * i + 1. False: more than `most`. */
static bool add_up(uint32_t start[DTL_BLOCK + 1], const uint32_t *counts, size_t n, uint64_t most,
                   bool narrow)
{
    start[0] = 0;
    if (narrow) { /* sums of 128 cannot pass 32 bits: counts less one are gaps, in vector registers
                   */
        uint32_t *sums = start + 1;
        less_one(sums, counts, n);
        dtl_bitpack()->rise(sums, n, 1);
        return start[n] <= most;
    }
    uint64_t total = 0;
    for (size_t i = 0; i < n; i++) {
        total += counts[i];
        if (total > most || total > UINT32_MAX)
            return false;
        start[i + 1] = (uint32_t)total;
    }
    return true;
}

enum dtl_status dtl_positions_starts(struct dtl_bytes in, const uint32_t *tfs, size_t n,
                                     uint32_t start[DTL_BLOCK + 1], size_t *used,
                                     struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    struct dtl_reader r = dtl_reader_of(in);
    uint32_t changed[DTL_BLOCK], any = or_of(tfs, n);
    const uint32_t *counts = tfs;
    if (any > 1 && in.n && in.p[0] == 0) { /* nearly every block: no exception */
        r.at = 1;
    } else if (any > 1) {
        memcpy(changed, tfs, n * sizeof *changed);
        counts = changed;
        if ((st = read_exceptions(&r, tfs, n, changed, err)) < 0)
            return st;
    }
    uint64_t most = (uint64_t)(in.n - r.at) * DTL_PFOR_VALUES_PER_BYTE;
    if (!add_up(start, counts, n, most, any < NARROW))
        return dtl_fail(err, DTL_ECORRUPT, r.at, "more positions than bytes could hold");
    *used = r.at;
    return DTL_OK;
}

bool dtl_variants_encode(struct dtl_buffer *out, const uint32_t *numbers, size_t total,
                         uint32_t variants)
{
    if (total >= DTL_VARIANTS_ROW)
        return dtl_pfor_encode_run(out, numbers, total, DTL_PFOR_SMALL);
    unsigned bits = dtl_bit_width(variants - 1);
    size_t bytes = dtl_row_bytes(total, bits);
    if (!dtl_buffer_reserve(out, bytes))
        return false;
    dtl_row_pack(numbers, total, bits, out->p + out->n);
    out->n += bytes;
    return true;
}

enum dtl_status dtl_variants_skip(struct dtl_bytes in, size_t total, uint32_t variants,
                                  size_t *used, struct dtl_error *err)
{
    if (total >= DTL_VARIANTS_ROW)
        return dtl_pfor_skip_run(in, total, used, err);
    size_t bytes = dtl_row_bytes(total, dtl_bit_width(variants - 1));
    if (bytes > in.n)
        return dtl_fail(err, DTL_ECORRUPT, in.n, "variants end early");
    *used = bytes;
    return DTL_OK;
}

enum dtl_status dtl_occurrences_open(struct dtl_occurrences *o, struct dtl_bytes in,
                                     const uint32_t *tfs, size_t n, struct dtl_error *err)
{
    size_t used = 0;
    enum dtl_status st = dtl_positions_starts(in, tfs, n, o->start, &used, err);
    if (st == DTL_OK)
        st = dtl_group_run_open(&o->positions, dtl_bytes(in.p + used, in.n - used), o->start[n],
                                err);
    if (st < 0)
        return st;
    o->n = (uint32_t)n;
    o->variants = 0;
    memset(o->absolute, 0, n * sizeof *o->absolute);
    return DTL_OK;
}

enum dtl_status dtl_occurrences_variants(struct dtl_occurrences *o, struct dtl_bytes in,
                                         uint32_t variants, struct dtl_error *err)
{
    uint32_t total = o->start[o->n];
    size_t used = 0;
    enum dtl_status st = DTL_OK;
    if (variants > 1 && total >= DTL_VARIANTS_ROW) {
        st = dtl_group_run_open(&o->numbers, in, total, err);
    } else if ((st = dtl_group_run_plain(&o->numbers, total, err)) == DTL_OK) {
        unsigned bits = dtl_bit_width(variants - 1);
        if (variants > 1 && (st = dtl_variants_skip(in, total, variants, &used, err)) == DTL_OK &&
            used != in.n)
            st = dtl_fail(err, DTL_ECORRUPT, used, "bytes left after a block's variants");
        if (st == DTL_OK)
            dtl_row_unpack(in.p, total, bits, o->numbers.value);
    }
    if (st < 0)
        return st;
    o->variants = variants;
    memset(o->checked, 0, o->n * sizeof *o->checked);
    return DTL_OK;
}

enum dtl_status dtl_occurrences_of(struct dtl_occurrences *o, uint32_t i,
                                   const uint32_t **positions, struct dtl_error *err)
{
    uint32_t begin = o->start[i], end = o->start[i + 1], *value = o->positions.value;
    if (!o->absolute[i]) {
        enum dtl_status st = dtl_group_run_need(&o->positions, begin, end, err);
        if (st < 0)
            return st;
        if (!dtl_bitpack()->sum(value + begin, end - begin))
            return dtl_fail(err, DTL_ECORRUPT, i, "position passes 32 bits");
        o->absolute[i] = true;
    }
    *positions = value + begin;
    return DTL_OK;
}

enum dtl_status dtl_occurrences_numbers(struct dtl_occurrences *o, uint32_t i,
                                        const uint32_t **numbers, struct dtl_error *err)
{
    uint32_t begin = o->start[i], end = o->start[i + 1];
    if (!o->checked[i]) {
        enum dtl_status st = dtl_group_run_need(&o->numbers, begin, end, err);
        if (st < 0)
            return st;
        for (uint32_t k = begin; k < end; k++)
            if (o->numbers.value[k] >= o->variants)
                return dtl_fail(err, DTL_ECORRUPT, i, "variant %u of %u", o->numbers.value[k],
                                o->variants);
        o->checked[i] = true;
    }
    *numbers = o->numbers.value + begin;
    return DTL_OK;
}

enum dtl_status dtl_occurrences_gaps(struct dtl_occurrences *o, const uint32_t **gaps,
                                     struct dtl_error *err)
{
    const uint32_t *value = o->positions.value;
    enum dtl_status st = dtl_group_run_need(&o->positions, 0, o->start[o->n], err);
    if (st < 0)
        return st;
    uint64_t all = 0; /* no position passes what all gaps of the block come to */
    for (uint32_t k = 0; k < o->start[o->n]; k++)
        all += value[k];
    for (uint32_t i = 0; i < o->n && all > UINT32_MAX; i++) {
        uint64_t at = 0;
        for (uint32_t k = o->start[i]; k < o->start[i + 1]; k++)
            at += value[k];
        if (at > UINT32_MAX)
            return dtl_fail(err, DTL_ECORRUPT, i, "position passes 32 bits");
    }
    *gaps = value;
    return DTL_OK;
}

enum dtl_status dtl_occurrences_all_numbers(struct dtl_occurrences *o, const uint32_t **numbers,
                                            struct dtl_error *err)
{
    uint32_t total = o->start[o->n], top = 0;
    enum dtl_status st = dtl_group_run_need(&o->numbers, 0, total, err);
    if (st < 0)
        return st;
    for (uint32_t k = 0; k < total; k++)
        top = o->numbers.value[k] > top ? o->numbers.value[k] : top;
    if (total && top >= o->variants)
        return dtl_fail(err, DTL_ECORRUPT, o->n, "variant %u of %u", top, o->variants);
    *numbers = o->numbers.value;
    return DTL_OK;
}

void dtl_occurrences_release(struct dtl_occurrences *o)
{
    dtl_group_run_release(&o->positions);
    dtl_group_run_release(&o->numbers);
}
