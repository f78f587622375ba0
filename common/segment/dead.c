/*
 * dead.c - the deleted documents of one segment, as stored beside its catalog row.
 *
 * Why totals and pairs and not the bitmap alone: scores are computed from the live archive's counts
 * before any list is read, so what the dead held must be known without walking their postings.
 *
 * CRoaring 0.2.66 trusts what a container says of itself once it is loaded: a container out of
 * order, or with another cardinality than stated, breaks later operations. So a bitmap read from
 * disk is never kept: its values are copied out one by one, must rise, and a new bitmap is made of
 * them.
 */
#include "common/segment/dead.h"

#include <stdlib.h>

#define DEAD_VERSION 1u

/*
 * The canonical form: a bitmap made of the values at once, then run-optimised. What a bitmap's own
 * containers became while values were added to it decides ties of size, so its own form may differ.
 */
static void encode_bitmap(const roaring_bitmap_t *docs, struct dtl_buffer *out)
{
    uint64_t count = roaring_bitmap_get_cardinality(docs);
    uint32_t *values = malloc(((size_t)count + 1) * sizeof *values);
    roaring_bitmap_t *best = NULL;
    if (values) {
        roaring_bitmap_to_uint32_array(docs, values);
        best = roaring_bitmap_of_ptr((size_t)count, values);
    }
    free(values);
    if (!best) {
        out->failed = true;
        return;
    }
    roaring_bitmap_run_optimize(best);
    size_t n = roaring_bitmap_portable_size_in_bytes(best);
    dtl_buffer_varint(out, n);
    if (dtl_buffer_reserve(out, n))
        out->n += roaring_bitmap_portable_serialize(best, (char *)out->p + out->n);
    roaring_bitmap_free(best);
}

bool dtl_dead_encode(const struct dtl_dead *d, struct dtl_buffer *out)
{
    dtl_buffer_varint(out, DEAD_VERSION);
    dtl_buffer_varint(out, d->count);
    dtl_buffer_varint(out, d->weighted_total);
    dtl_buffer_varint(out, d->word_total);
    dtl_buffer_varint(out, d->text_bytes);
    encode_bitmap(d->docs, out);
    for (int l = 0; l < DTL_LANGS; l++)
        dtl_buffer_varint(out, d->lang_docs[l]);
    dtl_buffer_varint(out, d->groups);
    for (size_t g = 0; g < d->groups; g++)
        dtl_buffer_varint(out, d->group_bytes[g]);
    dtl_buffer_varint(out, d->pair_count);
    uint32_t next = 0; /* the smallest ordinal that may follow */
    for (size_t i = 0; i < d->pair_count; i++) {
        dtl_buffer_varint(out, d->pairs[i].ordinal - next);
        dtl_buffer_varint(out, d->pairs[i].df - 1);
        next = d->pairs[i].ordinal + 1;
    }
    return !out->failed;
}

/* ---- reading ---- */

static enum dtl_status damaged(uint64_t at, const char *what, struct dtl_error *err)
{
    return dtl_fail(err, DTL_ECORRUPT, at, "deleted documents: %s", what);
}

struct values {
    uint32_t *v;
    uint32_t n, most, docs;
};

static bool take(uint32_t value, void *ctx)
{
    struct values *x = ctx;
    if (x->n == x->most || value >= x->docs || (x->n && value <= x->v[x->n - 1])) {
        x->n = UINT32_MAX;
        return false;
    }
    x->v[x->n++] = value;
    return true;
}

/*
 * CRoaring's loader writes to stderr when it runs out of bytes, and when its count of containers,
 * kept in an int, is negative. Both are asked before it is called.
 */
static bool loads(struct dtl_bytes in)
{
    enum { COOKIE_WITH_COUNT = 12346, CONTAINERS_MAX = 1 << 16 };
    if (in.n < 8 ||
        (dtl_load32(in.p) == COOKIE_WITH_COUNT && dtl_load32(in.p + 4) > CONTAINERS_MAX))
        return false;
    return roaring_bitmap_portable_deserialize_size((const char *)in.p, in.n) == in.n;
}

static enum dtl_status decode_bitmap(struct dtl_bytes in, uint32_t docs, uint32_t count,
                                     roaring_bitmap_t **out, struct dtl_error *err)
{
    if (!loads(in))
        return damaged(0, "the bitmap is cut short", err);
    struct values x = {.most = count, .docs = docs};
    roaring_bitmap_t *read = NULL, *fresh = NULL;
    enum dtl_status st = DTL_OK;
    x.v = malloc(((size_t)count + 1) * sizeof *x.v);
    read = roaring_bitmap_portable_deserialize_safe((const char *)in.p, in.n);
    if (!x.v || !read) {
        st = dtl_fail(err, DTL_ENOMEM, 0, "no memory for deleted documents");
        goto out;
    }
    roaring_iterate(read, take, &x);
    if (x.n != count) {
        st = damaged(0, "the bitmap does not hold what is stated", err);
        goto out;
    }
    fresh = roaring_bitmap_of_ptr(count, x.v);
    if (!fresh) {
        st = dtl_fail(err, DTL_ENOMEM, 0, "no memory for deleted documents");
        goto out;
    }
    roaring_bitmap_run_optimize(fresh);
    *out = fresh;
out:
    if (read)
        roaring_bitmap_free(read);
    free(x.v);
    return st;
}

static enum dtl_status decode_counts(struct dtl_reader *r, const struct dtl_segment_facts *facts,
                                     struct dtl_dead *d, struct dtl_error *err)
{
    uint64_t docs = 0;
    for (int l = 0; l < DTL_LANGS; l++) {
        d->lang_docs[l] = dtl_read_varint32(r);
        if (d->lang_docs[l] > facts->lang_docs[l])
            return damaged(r->at, "more of a language than the segment has", err);
        docs += d->lang_docs[l];
    }
    if (docs != d->count)
        return damaged(r->at, "counts by language do not add up", err);
    if (dtl_read_varint(r) != facts->groups)
        return damaged(r->at, "other article groups than the segment's", err);
    d->groups = facts->groups;
    if (!(d->group_bytes = calloc(d->groups + 1, sizeof *d->group_bytes)))
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for deleted documents");
    for (size_t g = 0; g < d->groups; g++) {
        d->group_bytes[g] = dtl_read_varint(r);
        if (d->group_bytes[g] > facts->group[g].bytes)
            return damaged(r->at, "more bytes of an article group than the segment has", err);
    }
    return DTL_OK;
}

static enum dtl_status decode_pairs(struct dtl_reader *r, const struct dtl_segment_facts *facts,
                                    struct dtl_dead *d, struct dtl_error *err)
{
    uint64_t n = dtl_read_varint(r), next = 0;
    if (n > (r->n - r->at) / 2 || n > facts->terms)
        return damaged(r->at, "impossible number of terms", err);
    if (!(d->pairs = malloc((size_t)(n + 1) * sizeof *d->pairs)))
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for deleted documents");
    for (uint64_t i = 0; i < n; i++) {
        uint64_t ordinal = next + dtl_read_varint32(r), df = (uint64_t)dtl_read_varint32(r) + 1;
        if (r->bad || ordinal >= facts->terms || df > d->count)
            return damaged(r->at, "an impossible term", err);
        d->pairs[i] = (struct dtl_dead_pair){(uint32_t)ordinal, (uint32_t)df};
        next = ordinal + 1;
    }
    d->pair_count = (size_t)n;
    return DTL_OK;
}

static enum dtl_status decode(struct dtl_bytes in, const struct dtl_segment_facts *facts,
                              struct dtl_dead *d, struct dtl_error *err)
{
    struct dtl_reader r = dtl_reader_of(in);
    if (dtl_read_varint(&r) != DEAD_VERSION)
        return damaged(0, "not of this version", err);
    d->count = dtl_read_varint32(&r);
    d->weighted_total = dtl_read_varint(&r);
    d->word_total = dtl_read_varint(&r);
    d->text_bytes = dtl_read_varint(&r);
    if (d->count > facts->docs || d->weighted_total > facts->weighted_total ||
        d->word_total > facts->word_total || d->text_bytes > facts->text_bytes)
        return damaged(r.at, "more than the segment has", err);
    struct dtl_bytes bitmap = dtl_read_bytes(&r, dtl_read_varint(&r));
    if (r.bad || bitmap.n == 0)
        return damaged(r.at, "cut short", err);
    enum dtl_status st;
    if ((st = decode_bitmap(bitmap, facts->docs, d->count, &d->docs, err)) < 0 ||
        (st = decode_counts(&r, facts, d, err)) < 0 || (st = decode_pairs(&r, facts, d, err)) < 0)
        return st;
    return r.bad || r.at != r.n ? damaged(r.at, "of another length than stated", err) : DTL_OK;
}

enum dtl_status dtl_dead_decode(struct dtl_bytes in, const struct dtl_segment_facts *facts,
                                struct dtl_dead **out, struct dtl_error *err)
{
    struct dtl_dead *d = calloc(1, sizeof *d);
    if (!d)
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for deleted documents");
    enum dtl_status st = decode(in, facts, d, err);
    if (st < 0) {
        dtl_dead_release(d);
        return st;
    }
    *out = d;
    return DTL_OK;
}

void dtl_dead_release(struct dtl_dead *d)
{
    if (!d)
        return;
    if (d->docs)
        roaring_bitmap_free(d->docs);
    free(d->group_bytes);
    free(d->pairs);
    free(d);
}

struct dtl_dead *dtl_dead_clone(const struct dtl_dead *d, const struct dtl_segment_facts *facts)
{
    struct dtl_dead *copy = calloc(1, sizeof *copy);
    if (!copy)
        return NULL;
    size_t pairs = d ? d->pair_count : 0, groups = facts->groups;
    if (d)
        *copy = *d;
    copy->docs = d ? roaring_bitmap_copy(d->docs) : roaring_bitmap_create();
    copy->groups = groups;
    copy->group_bytes = calloc(groups + 1, sizeof *copy->group_bytes);
    copy->pairs = malloc((pairs + 1) * sizeof *copy->pairs);
    if (!copy->docs || !copy->group_bytes || !copy->pairs) {
        dtl_dead_release(copy);
        return NULL;
    }
    if (d) {
        memcpy(copy->group_bytes, d->group_bytes,
               (groups < d->groups ? groups : d->groups) * sizeof *copy->group_bytes);
        memcpy(copy->pairs, d->pairs, pairs * sizeof *copy->pairs);
    }
    return copy;
}

uint32_t dtl_dead_df(const struct dtl_segment *s, uint32_t ordinal)
{
    const struct dtl_dead *d = s->dead;
    size_t lo = 0, hi = d ? d->pair_count : 0;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (d->pairs[mid].ordinal < ordinal)
            lo = mid + 1;
        else
            hi = mid;
    }
    return d && lo < d->pair_count && d->pairs[lo].ordinal == ordinal ? d->pairs[lo].df : 0;
}
