/*
 * bookmarks.c - where growing files may be read on from: values of `meta` beside the rows of
 * `sources` (docs/FORMAT.md, "Bookmark").
 *
 * A bookmark says which reading of the file it belongs to by the row's size, time and inode. One
 * that fits no row any more is passed over, so nothing has to be taken back when a file is read
 * anew, and programs that know of no bookmarks do no harm.
 */
#include "common/store/store_internal.h"

size_t dtl_key_bookmark(uint8_t out[DTL_KEY_BOOKMARK_MAX], struct dtl_bytes path)
{
    size_t n = dtl_key_source(out + sizeof DTL_META_BOOKMARK - 1, path);
    memcpy(out, DTL_META_BOOKMARK, sizeof DTL_META_BOOKMARK - 1);
    return n ? n + sizeof DTL_META_BOOKMARK - 1 : 0;
}

bool dtl_bookmark_encode(const struct dtl_source_row *row, struct dtl_buffer *out)
{
    const struct dtl_bookmark *p = row->bookmark;
    const uint64_t numbers[] = {row->size, row->mtime_ns, row->inode, p->lead,
                                p->at,     p->records,    p->lines};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        dtl_buffer_varint(out, numbers[i]);
    dtl_buffer_u64(out, p->options);
    dtl_buffer_u64(out, p->head);
    return dtl_buffer_u64(out, p->tail);
}

enum dtl_status dtl_bookmark_decode(struct dtl_bytes in, struct dtl_source_row *row,
                                    struct dtl_bookmark *out, struct dtl_error *err)
{
    struct dtl_reader r = dtl_reader_of(in);
    struct dtl_bookmark p = {0};
    row->size = dtl_read_varint(&r);
    row->mtime_ns = dtl_read_varint(&r);
    row->inode = dtl_read_varint(&r);
    p.lead = dtl_read_varint(&r);
    p.at = dtl_read_varint(&r);
    p.records = dtl_read_varint(&r);
    p.lines = dtl_read_varint(&r);
    p.options = dtl_read_u64(&r);
    p.head = dtl_read_u64(&r);
    p.tail = dtl_read_u64(&r);
    if (r.bad || r.at != in.n || p.lead > p.at || p.lead > DTL_BOOKMARK_WINDOW || p.at > row->size)
        return dtl_fail(err, DTL_ECORRUPT, r.at,
                        "the bookmark of a growing file is not well formed");
    *out = p;
    return DTL_OK;
}

enum dtl_status dtl_sources_bookmark(struct dtl_snapshot *snap, const struct dtl_source_row *row,
                                     struct dtl_bookmark *out, struct dtl_error *err)
{
    uint8_t key[DTL_KEY_BOOKMARK_MAX];
    struct dtl_bytes body = {0};
    struct dtl_source_row of = {0};
    size_t n = dtl_key_bookmark(key, row->path);
    if (n == 0)
        return DTL_NOTFOUND;
    enum dtl_status st =
        dtl_env_get(snap->store, snap->x->txn, DTL_DB_META, dtl_bytes(key, n), &body, err);
    if (st == DTL_OK)
        st = dtl_bookmark_decode(body, &of, out, err);
    if (st == DTL_OK &&
        (of.size != row->size || of.mtime_ns != row->mtime_ns || of.inode != row->inode))
        st = DTL_NOTFOUND;
    return st;
}
