/*
 * value.c - small values: the sum every one ends in, and the row of a source file (docs/FORMAT.md,
 * "Values").
 *
 * LMDB has no checksums: a flipped byte in a leaf page is served as it is. The sum is seeded with
 * database and key, so a value that a damaged branch page serves under another key does not verify
 * either.
 */
#include "common/base/hash.h"
#include "common/store/store_internal.h"

bool dtl_value_seal(struct dtl_buffer *b, size_t from, enum dtl_db db, struct dtl_bytes key)
{
    if (b->failed || from > b->n)
        return false;
    uint64_t seed = dtl_hash_seed(dtl_db_name[db], key);
    return dtl_buffer_u64(b, dtl_hash64(dtl_bytes(b->p + from, b->n - from), seed));
}

enum dtl_status dtl_value_open(struct dtl_bytes value, enum dtl_db db, struct dtl_bytes key,
                               struct dtl_bytes *out, struct dtl_error *err)
{
    if (value.n < DTL_VALUE_SUM)
        return dtl_fail(err, DTL_ECORRUPT, value.n, "a value of '%s' is shorter than its sum",
                        dtl_db_name[db]);
    struct dtl_bytes body = dtl_bytes(value.p, value.n - DTL_VALUE_SUM);
    uint64_t seed = dtl_hash_seed(dtl_db_name[db], key);
    if (dtl_hash64(body, seed) != dtl_load64(value.p + body.n))
        return dtl_fail(err, DTL_ECORRUPT, body.n, "the sum of a value of '%s' does not hold",
                        dtl_db_name[db]);
    *out = body;
    return DTL_OK;
}

/* Whole lines only: a reason cut in its middle would say something else. */
static struct dtl_bytes cut_reasons(struct dtl_bytes r)
{
    if (r.n <= DTL_REASONS_MAX)
        return r;
    size_t n = DTL_REASONS_MAX;
    while (n && r.p[n - 1] != '\n')
        n--;
    return dtl_bytes(r.p, n);
}

bool dtl_source_row_encode(const struct dtl_source_row *row, struct dtl_buffer *out)
{
    struct dtl_bytes reasons = cut_reasons(row->reasons);
    size_t format = strnlen(row->format, sizeof row->format - 1);
    dtl_buffer_varint(out, row->size);
    dtl_buffer_varint(out, row->mtime_ns);
    dtl_buffer_varint(out, row->inode);
    dtl_buffer_varint(out, row->device);
    dtl_buffer_varint(out, row->articles);
    dtl_buffer_varint(out, row->rejected);
    dtl_buffer_varint(out, row->undated);
    dtl_buffer_varint(out, format);
    dtl_buffer_append(out, row->format, format);
    dtl_buffer_varint(out, reasons.n);
    dtl_buffer_append(out, reasons.p, reasons.n);
    if (row->path.n > DTL_SOURCE_HEAD) /* to the end of the value */
        dtl_buffer_append(out, row->path.p, row->path.n);
    return !out->failed;
}

static bool printable(struct dtl_bytes s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < 0x21 || s.p[i] > 0x7e)
            return false;
    return true;
}

enum dtl_status dtl_source_row_decode(struct dtl_bytes in, struct dtl_bytes key,
                                      struct dtl_source_row *out, struct dtl_error *err)
{
    struct dtl_reader r = dtl_reader_of(in);
    struct dtl_source_row row = {0};
    row.size = dtl_read_varint(&r);
    row.mtime_ns = dtl_read_varint(&r);
    row.inode = dtl_read_varint(&r);
    row.device = dtl_read_varint(&r);
    row.articles = dtl_read_varint32(&r);
    row.rejected = dtl_read_varint32(&r);
    row.undated = dtl_read_varint32(&r);
    uint32_t n = dtl_read_varint32(&r);
    if (r.bad || n >= sizeof row.format)
        goto bad;
    struct dtl_bytes format = dtl_read_bytes(&r, n);
    n = dtl_read_varint32(&r);
    if (r.bad || n > DTL_REASONS_MAX || !printable(format))
        goto bad;
    if (format.n)
        memcpy(row.format, format.p, format.n);
    row.reasons = dtl_read_bytes(&r, n);
    if (r.bad)
        goto bad;
    struct dtl_bytes rest = dtl_read_bytes(&r, in.n - r.at);
    uint8_t k[DTL_KEY_SOURCE_MAX];
    row.path = key.n > DTL_SOURCE_HEAD ? rest : key;
    if ((key.n > DTL_SOURCE_HEAD) != (rest.n > DTL_SOURCE_HEAD) || (rest.n && row.path.p != rest.p))
        goto bad;
    if (key.n == 0 || !dtl_bytes_equal(dtl_bytes(k, dtl_key_source(k, row.path)), key))
        goto bad;
    *out = row;
    return DTL_OK;
bad:
    return dtl_fail(err, DTL_ECORRUPT, r.at, "a row of 'sources' is not well formed");
}
