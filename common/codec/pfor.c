/*
 * pfor.c - patched bit packing: one wide value in a group must not widen the other 127.
 *
 * The packed width is the one that gives the fewest bytes (the wider one of equals: fewer patches
 * to apply), so equal values always give equal bytes. A patch is an index and the value's bits
 * above the packed width; those bits are a row of their own whose width the header names. Many
 * patches are indexed by a bit for each value instead of a byte for each patch. Either way a
 * group's size is known from its first three bytes, and a reader can step over it.
 *
 * Invariants a reader checks: packed width + patch width <= 32, patches rise by index and stay
 * below n, as many as the header says.
 */
#include "common/codec/pfor.h"

#include "common/codec/varint.h"

#define HEAD_BITS    0x3fu
#define HEAD_PATCHED 0x40u
#define TOLL         1u  /* bytes a patch must save beyond its own, where speed counts */
#define SUMMABLE     24u /* bits: 128 gaps of so many, from a base below 2^31, stay below 2^32 */

static size_t packed_bytes(size_t n, unsigned bits)
{
    return n == DTL_GROUP ? dtl_group_bytes(bits) : dtl_row_bytes(n, bits);
}

/* Which values are patched: a byte each while that is shorter than a bit for every value. */
static bool is_bitmap(size_t n, size_t patches)
{
    return patches > (n + 7) / 8;
}

static size_t index_bytes(size_t n, size_t patches)
{
    return is_bitmap(n, patches) ? (n + 7) / 8 : patches;
}

static size_t patch_bytes(size_t n, size_t patches, unsigned high)
{
    return patches ? 2 + index_bytes(n, patches) + dtl_row_bytes(patches, high) : 0;
}

/* dtl_bit_width without asking whether it is 0. */
static inline unsigned width_of(uint32_t v)
{
    return 63u - (unsigned)__builtin_clzll((uint64_t)v << 1 | 1);
}

static unsigned choose_width(const uint32_t *in, size_t n, size_t toll, size_t *patches,
                             unsigned *high)
{
    uint16_t of_width[4][33] = {{0}}; /* four: neighbours are often as wide, and would wait */
    uint32_t all = 0;
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        for (size_t k = 0; k < 4; k++) {
            of_width[k][width_of(in[i + k])]++;
            all |= in[i + k];
        }
    for (; i < n; i++) {
        of_width[0][width_of(in[i])]++;
        all |= in[i];
    }
    unsigned top = dtl_bit_width(all), best = top;
    size_t best_bytes = packed_bytes(n, top), wider = 0;
    *patches = 0;
    for (unsigned bits = top; bits-- > 0;) {
        wider += (size_t)of_width[0][bits + 1] + of_width[1][bits + 1] + of_width[2][bits + 1] +
                 of_width[3][bits + 1];
        size_t bytes = packed_bytes(n, bits) + patch_bytes(n, wider, top - bits);
        if (bytes + toll * wider < best_bytes) {
            best = bits;
            best_bytes = bytes + toll * wider;
            *patches = wider;
        }
    }
    *high = top - best;
    return best;
}

static void put_index(uint8_t *p, size_t n, const uint8_t *index, size_t patches)
{
    if (!is_bitmap(n, patches)) {
        memcpy(p, index, patches);
        return;
    }
    memset(p, 0, index_bytes(n, patches));
    for (size_t k = 0; k < patches; k++)
        p[index[k] / 8] = (uint8_t)(p[index[k] / 8] | 1u << index[k] % 8);
}

bool dtl_pfor_encode(struct dtl_buffer *out, const uint32_t *in, size_t n, enum dtl_pfor_aim aim)
{
    if (n < DTL_PFOR_TINY) {
        for (size_t i = 0; i < n; i++)
            dtl_buffer_varint(out, in[i]);
        return !out->failed;
    }
    size_t patches = 0;
    unsigned high = 0,
             bits = choose_width(in, n, aim == DTL_PFOR_QUICK ? TOLL : 0, &patches, &high);
    if (!dtl_buffer_reserve(out, 1 + packed_bytes(n, bits) + patch_bytes(n, patches, high)))
        return false;
    uint32_t low[DTL_GROUP], above[DTL_GROUP];
    uint8_t index[DTL_GROUP];
    size_t found = 0;
    uint32_t mask = bits == 32 ? UINT32_MAX : (UINT32_C(1) << bits) - 1;
    for (size_t i = 0; i < n; i++)
        low[i] = in[i] & mask;
    for (size_t i = 0; patches && i < n; i++) { /* patches: so bits < 32 */
        index[found] = (uint8_t)i;
        above[found] = in[i] >> bits;
        found += in[i] > mask;
    }
    uint8_t *p = out->p + out->n;
    *p++ = (uint8_t)(bits | (patches ? HEAD_PATCHED : 0));
    if (patches) {
        *p++ = (uint8_t)patches;
        *p++ = (uint8_t)high;
    }
    if (n == DTL_GROUP)
        dtl_bitpack()->pack(low, bits, p);
    else
        dtl_row_pack(low, n, bits, p);
    p += packed_bytes(n, bits);
    if (patches) {
        put_index(p, n, index, patches);
        p += index_bytes(n, patches);
        dtl_row_pack(above, patches, high, p);
        p += dtl_row_bytes(patches, high);
    }
    out->n = (size_t)(p - out->p);
    return true;
}

struct head {
    unsigned bits, high;
    size_t patches, packed_at, bytes;
};

static inline enum dtl_status read_head(struct dtl_bytes in, size_t n, struct head *h,
                                        struct dtl_error *err)
{
    if (in.n == 0)
        return dtl_fail(err, DTL_ECORRUPT, 0, "group without a header");
    h->bits = in.p[0] & HEAD_BITS;
    h->patches = 0;
    h->high = 0;
    h->packed_at = 1;
    if (in.p[0] & ~(HEAD_BITS | HEAD_PATCHED) || h->bits > 32)
        return dtl_fail(err, DTL_ECORRUPT, 0, "group header names an impossible width");
    if (in.p[0] & HEAD_PATCHED) {
        if (in.n < 3)
            return dtl_fail(err, DTL_ECORRUPT, in.n, "group header ends early");
        h->patches = in.p[1];
        h->high = in.p[2];
        h->packed_at = 3;
        if (h->patches == 0 || h->patches > n)
            return dtl_fail(err, DTL_ECORRUPT, 1, "group of %zu has %zu patches", n, h->patches);
        if (h->high == 0 || h->high + h->bits > 32)
            return dtl_fail(err, DTL_ECORRUPT, 2, "group patches pass 32 bits");
    }
    h->bytes = 1 + packed_bytes(n, h->bits) + patch_bytes(n, h->patches, h->high);
    if (in.n < h->bytes)
        return dtl_fail(err, DTL_ECORRUPT, in.n, "group ends early");
    return DTL_OK;
}

static enum dtl_status decode_tiny(struct dtl_bytes in, size_t n, uint32_t plus, uint32_t *out,
                                   size_t *used, struct dtl_error *err)
{
    struct dtl_reader r = dtl_reader_of(in);
    for (size_t i = 0; i < n; i++) {
        uint32_t v = dtl_varint32(&r);
        if (out)
            out[i] = v + plus;
    }
    if (r.bad)
        return dtl_fail(err, DTL_ECORRUPT, r.at, "tiny group ends early or passes 32 bits");
    *used = r.at;
    return DTL_OK;
}

/* Patched values as a bit each, from either kind of index; false when the index lies. */
static bool read_index(const uint8_t *index, size_t n, size_t patches, uint64_t where[2])
{
    if (is_bitmap(n, patches)) {
        where[0] = where[1] = 0;
        memcpy(where, index, (n + 7) / 8);
        unsigned past = n % 64; /* the last word of a short group must not pass n */
        if (past && where[n / 64] >> past)
            return false;
        return (size_t)(__builtin_popcountll(where[0]) + __builtin_popcountll(where[1])) == patches;
    }
    unsigned next = 0;
    uint64_t low = 0, high = 0; /* in registers: a patch must not wait for the one before */
    bool rises = true;
    for (size_t k = 0; k < patches; k++) {
        unsigned i = index[k];
        uint64_t bit = UINT64_C(1) << i % 64, is_high = 0 - (uint64_t)(i / 64 & 1);
        rises &= i >= next;
        next = i + 1;
        low |= bit & ~is_high;
        high |= bit & is_high;
    }
    where[0] = low;
    where[1] = high;
    return rises && next <= n;
}

/* Add what the patches hold above the packed width to `out`. */
static enum dtl_status apply_patches(const struct dtl_bitpack *k, const uint8_t *packed, size_t n,
                                     const struct head *h, uint32_t *out, struct dtl_error *err)
{
    const uint8_t *index = packed + packed_bytes(n, h->bits);
    uint32_t above[DTL_GROUP + 16]; /* sixteen more may be read */
    uint64_t where[2];
    if (!read_index(index, n, h->patches, where))
        return dtl_fail(err, DTL_ECORRUPT, h->packed_at + packed_bytes(n, h->bits),
                        "group patches the wrong values");
    k->unpack_row(index + index_bytes(n, h->patches), h->patches, h->high, 0, above);
    k->patch(out, n, where, above, h->bits);
    return DTL_OK;
}

/* Few patches on a whole group: some processors do all of it in registers. False: by steps, which
 * also say what is wrong with an index. */
static inline bool few_of(const struct dtl_bitpack *k, struct dtl_bytes in, const struct head *h,
                          struct dtl_few *few)
{
    const uint8_t *index = in.p + h->packed_at + dtl_group_bytes(h->bits);
    few->row = index + h->patches;
    few->n = h->patches;
    few->bits = h->high;
    return h->patches && h->patches <= DTL_FEW_MOST && h->high <= DTL_FEW_BITS && k->unpack_few &&
           read_index(index, DTL_GROUP, h->patches, few->where);
}
_Static_assert(DTL_FEW_MOST <= DTL_GROUP / 8, "few patches are indexed by bytes");

static enum dtl_status decode_group(struct dtl_bytes in, size_t n, const struct head *h,
                                    uint32_t plus, uint32_t *out, struct dtl_error *err)
{
    const struct dtl_bitpack *k = dtl_bitpack();
    const uint8_t *packed = in.p + h->packed_at;
    struct dtl_few few;
    if (n == DTL_GROUP && few_of(k, in, h, &few)) {
        k->unpack_few(packed, h->bits, &few, plus, out);
        return DTL_OK;
    }
    if (n == DTL_GROUP)
        k->unpack(packed, h->bits, plus, out);
    else
        k->unpack_row(packed, n, h->bits, plus, out);
    return h->patches ? apply_patches(k, packed, n, h, out, err) : DTL_OK;
}

enum dtl_status dtl_pfor_decode_plus(struct dtl_bytes in, size_t n, uint32_t plus, uint32_t *out,
                                     unsigned *width, size_t *used, struct dtl_error *err)
{
    if (n < DTL_PFOR_TINY) {
        *width = 32;
        return decode_tiny(in, n, plus, out, used, err);
    }
    struct head h = {0};
    enum dtl_status st = read_head(in, n, &h, err);
    if (st == DTL_OK)
        st = decode_group(in, n, &h, plus, out, err);
    if (st < 0)
        return st;
    *width = h.bits + h.high;
    *used = h.bytes;
    return DTL_OK;
}

enum dtl_status dtl_pfor_decode(struct dtl_bytes in, size_t n, uint32_t *out, size_t *used,
                                struct dtl_error *err)
{
    unsigned width;
    return dtl_pfor_decode_plus(in, n, 0, out, &width, used, err);
}

/* The same one by one, in 64 bits: gaps this wide are damage, or a list no segment could hold. */
static enum dtl_status rise_slowly(uint32_t *v, size_t n, uint32_t base, uint32_t limit,
                                   struct dtl_error *err)
{
    uint64_t next = base; /* 128 gaps of 32 bits cannot pass 64: one comparison at the end */
    for (size_t i = 0; i < n; i++) {
        next += v[i];
        v[i] = (uint32_t)next++;
    }
    return next > limit ? dtl_fail(err, DTL_ECORRUPT, 0, "number beyond the limit of %u", limit)
                        : DTL_OK;
}

enum dtl_status dtl_pfor_decode_rising(struct dtl_bytes in, size_t n, uint32_t base, uint32_t limit,
                                       uint32_t out[DTL_GROUP], size_t *used, struct dtl_error *err)
{
    struct head h = {.bits = 32}; /* of a tiny group: any width */
    enum dtl_status st =
        n < DTL_PFOR_TINY ? decode_tiny(in, n, 0, out, &h.bytes, err) : read_head(in, n, &h, err);
    if (st < 0)
        return st;
    bool summable = h.bits + h.high <= SUMMABLE && base <= UINT32_MAX / 2;
    const struct dtl_bitpack *k = dtl_bitpack();
    struct dtl_few few;
    if (summable && n == DTL_GROUP && !h.patches) {
        k->unpack_rising(in.p + h.packed_at, h.bits, base, out);
    } else if (summable && n == DTL_GROUP && few_of(k, in, &h, &few)) {
        k->unpack_few_rising(in.p + h.packed_at, h.bits, &few, base, out);
    } else {
        if (n >= DTL_PFOR_TINY && (st = decode_group(in, n, &h, 0, out, err)) < 0)
            return st;
        if (summable)
            k->rise(out, n, base);
        else if ((st = rise_slowly(out, n, base, limit, err)) < 0)
            return st;
    }
    if (out[n - 1] >= limit)
        return dtl_fail(err, DTL_ECORRUPT, 0, "number beyond the limit of %u", limit);
    *used = h.bytes;
    return DTL_OK;
}

enum dtl_status dtl_pfor_skip(struct dtl_bytes in, size_t n, size_t *used, struct dtl_error *err)
{
    if (n < DTL_PFOR_TINY)
        return decode_tiny(in, n, 0, NULL, used, err);
    struct head h = {0};
    enum dtl_status st = read_head(in, n, &h, err);
    if (st == DTL_OK)
        *used = h.bytes;
    return st;
}

bool dtl_pfor_encode_run(struct dtl_buffer *out, const uint32_t *in, size_t n,
                         enum dtl_pfor_aim aim)
{
    for (size_t at = 0; at < n; at += DTL_GROUP)
        if (!dtl_pfor_encode(out, in + at, n - at < DTL_GROUP ? n - at : DTL_GROUP, aim))
            return false;
    return true;
}

enum dtl_status dtl_pfor_decode_run(struct dtl_bytes in, size_t n, uint32_t *out, size_t *used,
                                    struct dtl_error *err)
{
    size_t bytes = 0;
    for (size_t at = 0; at < n; at += DTL_GROUP) {
        size_t one = 0;
        enum dtl_status st =
            dtl_pfor_decode(dtl_bytes(in.p + bytes, in.n - bytes),
                            n - at < DTL_GROUP ? n - at : DTL_GROUP, out + at, &one, err);
        if (st < 0)
            return st;
        bytes += one;
    }
    *used = bytes;
    return DTL_OK;
}

enum dtl_status dtl_pfor_index_run(struct dtl_bytes in, size_t n, uint32_t *at, size_t *used,
                                   struct dtl_error *err)
{
    size_t bytes = 0;
    for (size_t i = 0; i < n; i += DTL_GROUP) {
        size_t one = 0;
        enum dtl_status st = dtl_pfor_skip(dtl_bytes(in.p + bytes, in.n - bytes),
                                           n - i < DTL_GROUP ? n - i : DTL_GROUP, &one, err);
        if (st < 0)
            return st;
        if (at)
            at[i / DTL_GROUP] = (uint32_t)bytes;
        bytes += one;
    }
    *used = bytes;
    return DTL_OK;
}

enum dtl_status dtl_pfor_skip_run(struct dtl_bytes in, size_t n, size_t *used,
                                  struct dtl_error *err)
{
    return dtl_pfor_index_run(in, n, NULL, used, err);
}
