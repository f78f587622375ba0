/* told.c - entries sorted by identity: searched by halving, added to by merging. */
#include "query/alerts/told.h"

#include <stdlib.h>

#include "common/base/hash.h"

#define HEAD        "dateline told 1\n"
#define HEAD_BYTES  (sizeof HEAD - 1)
#define ENTRY_BYTES 20u

static enum dtl_status damaged(struct dtl_error *err, uint64_t at, const char *how)
{
    return dtl_fail(err, DTL_ECORRUPT, at, "the record of what was told is damaged: %s", how);
}

enum dtl_status dtl_told_decode(struct dtl_bytes file, struct dtl_told *out, struct dtl_error *err)
{
    struct dtl_told t = {0};
    struct dtl_reader r = dtl_reader_of(file);
    if (file.n > DTL_TOLD_BYTES)
        return damaged(err, DTL_TOLD_BYTES, "it is too long");
    struct dtl_bytes head = dtl_read_bytes(&r, HEAD_BYTES);
    if (r.bad || !dtl_bytes_is(head, HEAD))
        return damaged(err, 0, "it does not begin as one");
    t.generation = dtl_read_u64(&r);
    t.published = (int64_t)dtl_read_u64(&r);
    uint64_t n = dtl_read_u64(&r);
    if (r.bad || n > (file.n - r.at) / ENTRY_BYTES || r.at + n * ENTRY_BYTES + 8 != file.n)
        return damaged(err, r.at, "its length is not that of its articles");
    if (dtl_load64(file.p + file.n - 8) != dtl_hash64(dtl_bytes(file.p, file.n - 8), 0))
        return damaged(err, file.n - 8, "its sum does not hold");
    if (!(t.entry = malloc((n + 1) * sizeof *t.entry)))
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for what was told");
    for (; t.n < n; t.n++) {
        struct dtl_told_entry e = {.identity = dtl_read_u64(&r)};
        e.content = dtl_read_u64(&r);
        e.generation = dtl_read_u32(&r);
        if (t.n && e.identity <= t.entry[t.n - 1].identity) {
            free(t.entry);
            return damaged(err, r.at - ENTRY_BYTES, "its articles are out of order");
        }
        t.entry[t.n] = e;
    }
    *out = t;
    return DTL_OK;
}

bool dtl_told_encode(const struct dtl_told *t, struct dtl_buffer *out)
{
    size_t from = out->n;
    dtl_buffer_reserve(out, HEAD_BYTES + 32 + t->n * ENTRY_BYTES);
    dtl_buffer_text(out, HEAD);
    dtl_buffer_u64(out, t->generation);
    dtl_buffer_u64(out, (uint64_t)t->published);
    dtl_buffer_u64(out, t->n);
    for (size_t i = 0; i < t->n; i++) {
        dtl_buffer_u64(out, t->entry[i].identity);
        dtl_buffer_u64(out, t->entry[i].content);
        dtl_buffer_u32(out, t->entry[i].generation);
    }
    return !out->failed &&
           dtl_buffer_u64(out, dtl_hash64(dtl_bytes(out->p + from, out->n - from), 0));
}

const struct dtl_told_entry *dtl_told_find(const struct dtl_told *t, uint64_t identity)
{
    size_t from = 0, to = t->n;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (t->entry[middle].identity == identity)
            return &t->entry[middle];
        if (t->entry[middle].identity < identity)
            from = middle + 1;
        else
            to = middle;
    }
    return NULL;
}

static int by_identity(const void *pa, const void *pb)
{
    const struct dtl_told_entry *a = pa, *b = pb;
    return (a->identity > b->identity) - (a->identity < b->identity);
}

enum dtl_status dtl_told_add(struct dtl_told *t, struct dtl_told_entry *more, size_t n,
                             struct dtl_error *err)
{
    struct dtl_told_entry *all = malloc((t->n + n + 1) * sizeof *all);
    size_t i = 0, k = 0, to = 0;
    if (!all)
        return dtl_fail(err, DTL_ENOMEM, 0, "no memory for what was told");
    if (n > 1)
        qsort(more, n, sizeof *more, by_identity);
    while (i < t->n || k < n) {
        bool old = k == n || (i < t->n && t->entry[i].identity < more[k].identity);
        struct dtl_told_entry e = old ? t->entry[i++] : more[k++];
        if (!old && i < t->n && t->entry[i].identity == e.identity)
            i++;
        if (to && all[to - 1].identity == e.identity) /* two articles of one hash: the last */
            to--;
        all[to++] = e;
    }
    free(t->entry);
    t->entry = all;
    t->n = to;
    return DTL_OK;
}

void dtl_told_release(struct dtl_told *t)
{
    free(t->entry);
    *t = (struct dtl_told){0};
}
