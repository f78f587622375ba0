/*
 * term_entry.c - a term's entry in about eleven bytes.
 *
 * Most terms of an archive occur in one article. Their entry is its own length, so that a search
 * for another term steps over it, the document frequency with three flags in one byte, the printed
 * form in one byte, a length code, and the list itself. Lists that do not fit stand in their parts
 * in the order of the terms, so only their sizes are kept, first of all: who steps over an entry
 * adds them up.
 */
#include "common/segment/term_entry.h"

#include "common/codec/pfor.h"
#include "common/codec/tail.h"
#include "common/codec/varint.h"
#include "common/segment/impacts.h"
#include "common/segment/occurrences.h"
#include "common/segment/variant_list.h"

#define PLACED    1u
#define POSITIONS 2u
#define VARIANTS  4u
#define DF_AT     3u

/* Put the number of bytes behind `begin` in front of them: one byte is there for it. */
static bool put_length(struct dtl_buffer *out, size_t begin)
{
    size_t bytes = out->n - begin - 1, more = 0;
    for (size_t rest = bytes >> 7; rest; rest >>= 7)
        more++;
    if (out->failed || !dtl_buffer_zeros(out, more))
        return false;
    if (more)
        memmove(out->p + begin + 1 + more, out->p + begin + 1, bytes);
    for (size_t i = 0; i <= more; i++, bytes >>= 7)
        out->p[begin + i] = (uint8_t)(bytes & 0x7f) | (i < more ? 0x80 : 0);
    return true;
}

static enum dtl_status encode_body(struct dtl_buffer *out, const struct dtl_term *t,
                                   const struct dtl_variant *v, struct dtl_error *err)
{
    enum dtl_status st = DTL_OK;
    dtl_buffer_varint(out, (uint64_t)(t->df - 1) << DF_AT | (t->is_inline ? 0 : PLACED) |
                               (t->has_positions ? POSITIONS : 0) | (t->variants ? VARIANTS : 0));
    if (!t->is_inline) {
        dtl_buffer_varint(out, t->postings_bytes);
        if (t->has_positions)
            dtl_buffer_varint(out, t->positions_bytes);
        if (t->variants)
            dtl_buffer_varint(out, t->variants > 1 ? t->variants_bytes : 0);
    }
    if (t->variants && (st = dtl_variant_list_encode(out, t->key.text, v, t->variants, err)) < 0)
        return st;
    if (t->is_inline) {
        dtl_buffer_byte(out, t->impact[0].length_code);
        dtl_buffer_append(out, t->inline_postings.p, t->inline_postings.n);
        dtl_buffer_append(out, t->inline_positions.p, t->inline_positions.n);
        dtl_buffer_append(out, t->inline_variants.p, t->inline_variants.n);
    } else {
        dtl_buffer_varint(out, t->tf_total - t->df);
        dtl_buffer_byte(out, (uint8_t)t->impacts);
        dtl_impacts_encode(out, t->impact, t->impacts);
    }
    if (t->variants)
        dtl_variant_counts_encode(out, v, t->variants, t->df, t->tf_total);
    return DTL_OK;
}

enum dtl_status dtl_term_entry_encode(struct dtl_buffer *out, const struct dtl_term *t,
                                      const struct dtl_variant *v, struct dtl_error *err)
{
    size_t begin = out->n;
    dtl_buffer_byte(out, 0);
    enum dtl_status st = encode_body(out, t, v, err);
    if (st < 0)
        return st;
    return put_length(out, begin) ? DTL_OK : dtl_fail(err, DTL_ENOMEM, 0, "no memory for a term");
}

static struct dtl_bytes rest_of(const struct dtl_reader *r)
{
    return dtl_bytes(r->p + r->at, r->n - r->at);
}

/* Cut the next `n` bytes, which are there, off the reader. */
static struct dtl_bytes cut(struct dtl_reader *r, size_t n)
{
    struct dtl_bytes b = dtl_bytes(r->p + r->at, n);
    r->at += n;
    return b;
}

static enum dtl_status decode_inline(struct dtl_reader *r, dtl_doc docs, struct dtl_term *t,
                                     struct dtl_error *err)
{
    dtl_doc doc[DTL_BLOCK];
    uint32_t tf[DTL_BLOCK], start[DTL_BLOCK + 1], top = 0;
    uint8_t length_code = dtl_byte(r);
    size_t used = 0;
    if (r->bad)
        return dtl_fail(err, DTL_ECORRUPT, r->at, "term entry ends early");
    if (t->df >= DTL_BLOCK)
        return dtl_fail(err, DTL_ECORRUPT, r->at, "inline list of %u postings", t->df);
    enum dtl_status st = dtl_tail_decode(rest_of(r), 0, docs, t->df, doc, tf, &used, err);
    if (st < 0)
        return st;
    t->inline_postings = cut(r, used);
    for (uint32_t i = 0; i < t->df; i++) {
        t->tf_total += tf[i];
        top = tf[i] > top ? tf[i] : top;
    }
    t->impact[0] = (struct dtl_impact){dtl_impact_tf_of(dtl_impact_tf_code(top)), length_code};
    t->impacts = 1;
    if (!t->has_positions)
        return DTL_OK;
    struct dtl_bytes in = rest_of(r);
    size_t counts = 0;
    if ((st = dtl_positions_starts(in, tf, t->df, start, &counts, err)) < 0 ||
        (st = dtl_pfor_skip_run(dtl_bytes(in.p + counts, in.n - counts), start[t->df], &used,
                                err)) < 0)
        return st;
    t->inline_positions = cut(r, counts + used);
    if (t->variants > 1) {
        if ((st = dtl_variants_skip(rest_of(r), start[t->df], t->variants, &used, err)) < 0)
            return st;
        t->inline_variants = cut(r, used);
    }
    return DTL_OK;
}

/* The sizes of a placed entry's lists, into sizes[0..3): postings, positions, variants. */
static bool read_sizes(struct dtl_reader *r, uint64_t info, uint64_t sizes[3])
{
    sizes[0] = dtl_varint(r);
    sizes[1] = info & POSITIONS ? dtl_varint(r) : 0;
    sizes[2] = info & VARIANTS ? dtl_varint(r) : 0;
    return !r->bad && sizes[0] && sizes[0] <= DTL_PART_MAX && sizes[1] <= DTL_PART_MAX &&
           sizes[2] <= DTL_PART_MAX;
}

static enum dtl_status decode_placed(struct dtl_reader *r, struct dtl_term *t,
                                     struct dtl_error *err)
{
    uint64_t over = dtl_varint(r);
    uint32_t pairs = dtl_byte(r);
    struct dtl_bytes impacts = dtl_take(r, (size_t)DTL_IMPACT_BYTES * pairs);
    if (r->bad || pairs == 0 || over > (uint64_t)t->df * DTL_TF_MAX)
        return dtl_fail(err, DTL_ECORRUPT, r->at, "term entry ends early or lies");
    if (t->variants ? (t->variants > 1) != (t->variants_bytes > 0) : t->variants_bytes > 0)
        return dtl_fail(err, DTL_ECORRUPT, r->at, "term of %u forms has %llu bytes of variants",
                        t->variants, (unsigned long long)t->variants_bytes);
    t->tf_total = t->df + over;
    t->impacts = pairs;
    return dtl_impacts_decode(impacts, pairs, t->impact, err);
}

/* The next entry as a reader of its own, its first number read; `r` moves behind it. */
static enum dtl_status next_entry(struct dtl_reader *r, struct dtl_reader *entry, uint64_t *info,
                                  struct dtl_error *err)
{
    uint64_t bytes = dtl_varint(r);
    if (r->bad || bytes > r->n - r->at)
        return dtl_fail(err, DTL_ECORRUPT, r->at, "term entry ends early");
    *entry = dtl_reader_of(dtl_bytes(r->p + r->at, (size_t)bytes));
    r->at += (size_t)bytes;
    *info = dtl_varint(entry);
    return entry->bad ? dtl_fail(err, DTL_ECORRUPT, r->at, "empty term entry") : DTL_OK;
}

static void pass_lists(struct dtl_list_ends *ends, const uint64_t sizes[3])
{
    ends->postings += sizes[0];
    ends->positions += sizes[1];
    ends->variants += sizes[2];
}

enum dtl_status dtl_term_entry_skip(struct dtl_reader *r, struct dtl_list_ends *ends,
                                    struct dtl_error *err)
{
    struct dtl_reader entry;
    uint64_t info = 0, sizes[3];
    enum dtl_status st = next_entry(r, &entry, &info, err);
    if (st < 0 || !(info & PLACED))
        return st;
    if (!read_sizes(&entry, info, sizes))
        return dtl_fail(err, DTL_ECORRUPT, r->at, "term entry names a list of impossible size");
    pass_lists(ends, sizes);
    return DTL_OK;
}

enum dtl_status dtl_term_entry_decode(struct dtl_reader *r, dtl_doc docs,
                                      struct dtl_list_ends *ends, struct dtl_term *t,
                                      struct dtl_error *err)
{
    struct dtl_reader entry;
    uint64_t info = 0, sizes[3] = {0};
    enum dtl_status st = next_entry(r, &entry, &info, err);
    if (st < 0)
        return st;
    if (info >> DF_AT >= docs)
        return dtl_fail(err, DTL_ECORRUPT, r->at, "term in more documents than there are");
    struct dtl_term_key key = t->key;
    uint32_t ordinal = t->ordinal;
    *t = (struct dtl_term){.key = key,
                           .ordinal = ordinal,
                           .df = (uint32_t)(info >> DF_AT) + 1,
                           .has_positions = info & POSITIONS,
                           .is_inline = !(info & PLACED)};
    if (!t->is_inline) {
        if (!read_sizes(&entry, info, sizes))
            return dtl_fail(err, DTL_ECORRUPT, r->at, "term entry names a list of impossible size");
        t->postings_at = ends->postings;
        t->positions_at = ends->positions;
        t->variants_at = ends->variants;
        t->postings_bytes = sizes[0];
        t->positions_bytes = sizes[1];
        t->variants_bytes = sizes[2];
        pass_lists(ends, sizes);
    }
    if (info & VARIANTS) {
        size_t begin = entry.at;
        if (!t->has_positions)
            return dtl_fail(err, DTL_ECORRUPT, r->at, "term with variants but no positions");
        if ((st = dtl_variant_list_skip(&entry, &t->variants, err)) < 0)
            return st;
        t->variant_list = dtl_bytes(entry.p + begin, entry.at - begin);
    }
    st = t->is_inline ? decode_inline(&entry, docs, t, err) : decode_placed(&entry, t, err);
    if (st == DTL_OK && t->variants) {
        size_t begin = entry.at;
        st = dtl_variant_counts_skip(&entry, t->variants, t->df, t->tf_total, err);
        t->variant_counts = dtl_bytes(entry.p + begin, entry.at - begin);
    }
    if (st == DTL_OK && entry.at != entry.n)
        st = dtl_fail(err, DTL_ECORRUPT, r->at, "bytes left in a term entry");
    return st;
}
